"""Read a picture between its pixels, with the gradients of the paper written out by hand."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.forward_ad import unpack_dual
from torch.autograd.function import FunctionCtx
from torch.nn.functional import pad

from stnlib._checks import (
    MODES,
    PADDING_MODES,
    check_choice,
    check_flag,
    check_grid,
    check_image,
)
from stnlib.coordinates import span

RIM = 2  # zeros around the picture: four pixels out there are all 0, and so are their slopes


def sample(
    image: Tensor,
    grid: Tensor,
    *,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> Tensor:
    """Read a picture at the points of a grid (eq. 3, with the kernel of eq. 4 or eq. 5).

    Convention:
        ``grid[b, i, j]`` is the INPUT point (x, y) that output pixel (i, j) reads. A point halfway
        between two pixels is ``nearest`` to the even one, as in torch. The result equals
        ``torch.nn.functional.grid_sample``. A point that is not finite reads: NaN (bilinear,
        zeros) or 0 (nearest, zeros); under reflection the first pixel; under border the first
        pixel for NaN and the pixel at that end for an infinity.
        Pixels are counted as torch counts them, (x + 1) W/2 - 1/2, so that rounding puts a point
        on the same side of a tie. On fewer than 1 % of the kinks torch still takes the other
        side: it rounds once where the processor fuses product and sum, and twice elsewhere.

    Gradient:
        Written by hand from eq. 6 and eq. 7. On a kink, where the point has a pixel's own
        coordinate, the slope is the one to the right (below), U[m + 1] - U[m], as in torch. It is
        0 more than a pixel outside the picture (zeros), on its outer centres and beyond (border),
        and for ``nearest``. Under ``create_graph=True`` and ``torch.func`` torch differentiates
        eq. 5 itself, with these slopes, as often as asked: values and slopes are the same.

    Args:
        image: (B, C, H, W), the input feature map U.
        grid: (B, H', W', 2), same dtype and device.
        mode: ``"bilinear"`` or ``"nearest"``.
        padding_mode: what lies outside the picture: ``"zeros"``, the nearest pixel of the
            ``"border"``, or the picture's ``"reflection"``.
        align_corners: as in :mod:`stnlib.coordinates`.

    Returns:
        (B, C, H', W') tensor V.

    Raises:
        TypeError, ValueError: wrong type, shape or word.

    >>> picture = torch.tensor([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> sample(picture, torch.tensor([[[[0.0, -0.5], [0.5, 0.5]]]]))
    tensor([[[[0.5000, 3.0000]]]])
    """
    image = check_image("image", image)
    grid = check_grid("grid", grid, image)
    check_choice("mode", mode, MODES)
    check_choice("padding_mode", padding_mode, PADDING_MODES)
    check_flag("align_corners", align_corners)
    dtype, ways = image.dtype, (padding_mode, align_corners)
    if dtype.itemsize < 4:  # half precision cannot number the pixels
        image, grid = image.float(), grid.float()
    if mode == "nearest":
        read = _nearest(image, grid, *ways)
    elif _seen_through(image, grid):
        read = _differentiable(image, grid, *ways)
    else:
        read = _Bilinear.apply(image, grid, *ways)
    return read.unflatten(2, grid.shape[1:3]).to(dtype)


def _place(
    coordinate: Tensor, n: int, padding_mode: str, align_corners: bool
) -> tuple[Tensor, Tensor | float]:
    """Return the pixel coordinate along one axis, and its slope in the normalised one."""
    half_span = span(n, align_corners) / 2
    place = (coordinate + 1) * half_span - (0 if align_corners else 0.5)
    if padding_mode == "zeros":
        return place, half_span
    slope = torch.full_like(place, half_span)
    if padding_mode == "reflection":
        low = 0.0 if align_corners else -0.5  # mirrors stand at the outer centres, or edges
        period = 2 * (n - 1 - 2 * low)
        slope = torch.where(place < low, -slope, slope)
        distance = (place - low).abs()
        distance = distance - (distance / period).trunc() * period
        slope = torch.where(distance > period / 2, -slope, slope)
        place = low + torch.minimum(distance, period - distance)  # NaN if the mirrors meet
    slope = torch.where((place > 0) & (place < n - 1), slope, 0)
    # this comparison sends NaN to the first pixel, as torch does
    return torch.where(place > 0, place.clamp(max=n - 1), 0), slope


def _places(grid: Tensor, image: Tensor, padding_mode: str, align_corners: bool) -> list[tuple]:
    """Return :func:`_place` along x and along y."""
    sides = image.shape[3], image.shape[2]
    return [_place(grid[..., k], n, padding_mode, align_corners) for k, n in enumerate(sides)]


def _number(left: Tensor, top: Tensor, image: Tensor) -> Tensor:
    """Number the pixels of the rimmed picture, (B, C, H'W'); far away is on the rim."""
    channels, height, width = image.shape[1:]
    row = width + 2 * RIM
    if (height + 2 * RIM) * row > 2**24:  # float32 counts no further
        left, top = left.double(), top.double()
    number = top.clamp(-RIM, height).mul_(row).add_(left.clamp(-RIM, width))
    number = number.add_(RIM * row + RIM).nan_to_num_(0).long()
    return number.flatten(1)[:, None].expand(-1, channels, -1)


def _rimmed(image: Tensor) -> Tensor:
    """Put the rim around a picture and lay its pixels in a row, (B, C, N)."""
    return pad(image, (RIM, RIM, RIM, RIM)).flatten(2)


def _unrimmed(pixels: Tensor, width: int) -> Tensor:
    """Undo :func:`_rimmed`."""
    return pixels.unflatten(2, (-1, width + 2 * RIM))[..., RIM:-RIM, RIM:-RIM]


def _seen_through(*tensors: Tensor) -> bool:
    """Say whether torch looks into a function: ``torch.func``, forward mode, ``torch.compile``."""
    if torch.compiler.is_compiling() or torch._C._are_functorch_transforms_active():
        return True
    return any(unpack_dual(tensor).tangent is not None for tensor in tensors)


def _differentiable(image: Tensor, grid: Tensor, padding_mode: str, align_corners: bool) -> Tensor:
    """Return what :class:`_Bilinear` does, in operations that torch differentiates itself."""
    hats, corner = [], []
    for (place, slope), coordinate in zip(
        _places(grid.detach(), image, padding_mode, align_corners), grid.unbind(-1), strict=True
    ):
        corner.append(place.floor())
        move = (coordinate - coordinate.detach()).nan_to_num(0)  # 0; it carries the slope
        hats.append((place - corner[-1] + move * slope).flatten(1)[:, None])
    right, below = hats
    number, row = _number(*corner, image), image.shape[3] + 2 * RIM
    pixels = _rimmed(image)
    a, b, c, d = (pixels[..., start:].gather(2, number) for start in (0, 1, row, row + 1))
    upper, lower = a + (b - a) * right, c + (d - c) * right
    return upper + (lower - upper) * below


class _Bilinear(torch.autograd.Function):
    """Bilinear reading, (B, C, H'W'). Letters: a b over c d are the four pixels around a point."""

    @staticmethod
    def forward(
        ctx: FunctionCtx, image: Tensor, grid: Tensor, padding_mode: str, align_corners: bool
    ) -> Tensor:
        (x, x_slope), (y, y_slope) = _places(grid, image, padding_mode, align_corners)
        left, top = x.floor(), y.floor()
        right = x.sub_(left).flatten(1)[:, None]  # the hat of b and d along x; a, c: 1 - right
        below = y.sub_(top).flatten(1)[:, None]  # the hat of c and d along y; a, b: 1 - below
        number, row = _number(left, top, image), image.shape[3] + 2 * RIM
        pixels = _rimmed(image)
        a, b, c, d = (pixels[..., start:].gather(2, number) for start in (0, 1, row, row + 1))
        b -= a
        d -= c
        a.addcmul_(b, right)  # the upper pair at x: a + (b - a) right
        c.addcmul_(d, right)  # the lower pair at x: c + (d - c) right
        V_x = b.lerp_(d, below)  # eq. 7: (b - a)(1 - below) + (d - c) below
        V_y = c.sub_(a)  # eq. 7 along y: lower pair - upper pair
        V = a.addcmul_(V_y, below)  # eq. 5
        ctx.slopes = x_slope, y_slope
        ctx.ways = padding_mode, align_corners
        ctx.save_for_backward(image, grid, number, right, below, V_x, V_y)
        return V

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        image, grid, number, right, below, V_x, V_y = ctx.saved_tensors
        if torch.is_grad_enabled():  # the gradient is to be differentiated itself
            _, pull = torch.func.vjp(lambda *two: _differentiable(*two, *ctx.ways), image, grid)
            return *pull(gradient), None, None
        to_image = to_grid = None
        if ctx.needs_input_grad[0]:  # eq. 6: each of the four pixels gets its product of hats
            row = image.shape[3] + 2 * RIM
            pixels = gradient.new_zeros(*image.shape[:2], (image.shape[2] + 2 * RIM) * row)
            lower = gradient * below
            for start, pair in ((row, lower), (0, gradient - lower)):
                share = pair * right
                pixels[..., start + 1 :].scatter_add_(2, number, share)
                pixels[..., start:].scatter_add_(2, number, pair.sub_(share))
            to_image = _unrimmed(pixels, image.shape[3])
        if ctx.needs_input_grad[1]:  # eq. 7, summed over the channels, which share the grid
            planes = gradient.new_empty(2, *grid.shape[:3])
            for plane, slope, V_slope in zip(planes, ctx.slopes, (V_x, V_y), strict=True):
                torch.sum(gradient * V_slope, 1, out=plane.flatten(1))
                plane.mul_(slope)
            to_grid = planes.permute(1, 2, 3, 0)
        return to_image, to_grid, None, None


def _nearest(image: Tensor, grid: Tensor, padding_mode: str, align_corners: bool) -> Tensor:
    """Read the nearest pixels, (B, C, H'W'): the value jumps, between the jumps its slope is 0."""
    (x, _), (y, _) = _places(grid.detach(), image, padding_mode, align_corners)
    number = _number(x.round(), y.round(), image)
    read = _rimmed(image).gather(2, number)
    never = torch.zeros((), dtype=torch.bool, device=grid.device)
    return torch.where(never, grid[..., 0].flatten(1)[:, None], read)  # a slope of 0, not of None
