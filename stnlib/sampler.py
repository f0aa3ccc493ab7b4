"""Read a picture between its pixels, with the gradients of the paper written out by hand."""

from __future__ import annotations

import torch
from torch import Tensor
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

    Gradient:
        Written by hand from eq. 6 and eq. 7. On a kink, where the point has a pixel's own
        coordinate, the slope is the one to the right (below), U[m + 1] - U[m], as in torch. It is
        0 more than a pixel outside the picture (zeros), on its outer centres and beyond (border),
        and for ``nearest``. Second derivatives (``create_graph=True``) are refused.

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
        NotImplementedError: in the backward pass, if it is to be differentiated itself.

    >>> picture = torch.tensor([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> sample(picture, torch.tensor([[[[0.0, -0.5], [0.5, 0.5]]]]))
    tensor([[[[0.5000, 3.0000]]]])
    """
    image = check_image("image", image)
    grid = check_grid("grid", grid, image)
    check_choice("mode", mode, MODES)
    check_choice("padding_mode", padding_mode, PADDING_MODES)
    check_flag("align_corners", align_corners)
    read = _Bilinear if mode == "bilinear" else _Nearest
    if image.dtype.itemsize < 4:  # half precision cannot number the pixels
        return read.apply(image.float(), grid.float(), padding_mode, align_corners).to(image.dtype)
    return read.apply(image, grid, padding_mode, align_corners)


def _place(
    coordinate: Tensor, n: int, padding_mode: str, align_corners: bool
) -> tuple[Tensor, Tensor | float]:
    """Return the pixel coordinate along one axis, and its slope in the normalised one."""
    half_span = span(n, align_corners) / 2
    place = coordinate * half_span + (n - 1) / 2
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


def _refuse_second_derivatives() -> None:
    """Stop a backward pass that is to be differentiated itself: it would lose terms silently."""
    if torch.is_grad_enabled():
        raise NotImplementedError(
            "sample: expected a first derivative, got create_graph=True; second derivatives are "
            "not written here, nor in torch's grid_sample"
        )


class _Bilinear(torch.autograd.Function):
    """Bilinear reading. Letters: a b over c d are the four pixels around a point."""

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
        ctx.sizes = image.shape, grid.shape
        ctx.save_for_backward(number, right, below, V_x, V_y)
        return V.view(*image.shape[:2], *grid.shape[1:3])

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        _refuse_second_derivatives()
        number, right, below, V_x, V_y = ctx.saved_tensors
        image_size, grid_size = ctx.sizes
        gradient = gradient.flatten(2)
        to_image = to_grid = None
        if ctx.needs_input_grad[0]:  # eq. 6: each of the four pixels gets its product of hats
            row = image_size[3] + 2 * RIM
            pixels = gradient.new_zeros(*image_size[:2], (image_size[2] + 2 * RIM) * row)
            lower = gradient * below
            for start, pair in ((row, lower), (0, gradient - lower)):
                share = pair * right
                pixels[..., start + 1 :].scatter_add_(2, number, share)
                pixels[..., start:].scatter_add_(2, number, pair.sub_(share))
            to_image = _unrimmed(pixels, image_size[3])
        if ctx.needs_input_grad[1]:  # eq. 7, summed over the channels, which share the grid
            planes = gradient.new_empty(2, *grid_size[:3])
            for plane, slope, V_slope in zip(planes, ctx.slopes, (V_x, V_y), strict=True):
                torch.sum(gradient * V_slope, 1, out=plane.flatten(1))
                plane.mul_(slope)
            to_grid = planes.permute(1, 2, 3, 0)
        return to_image, to_grid, None, None


class _Nearest(torch.autograd.Function):
    """Nearest reading: the value jumps, and between the jumps its slope in the grid is 0."""

    @staticmethod
    def forward(
        ctx: FunctionCtx, image: Tensor, grid: Tensor, padding_mode: str, align_corners: bool
    ) -> Tensor:
        (x, _), (y, _) = _places(grid, image, padding_mode, align_corners)
        number = _number(x.round(), y.round(), image)
        ctx.sizes = image.shape, grid.shape
        ctx.save_for_backward(number)
        return _rimmed(image).gather(2, number).unflatten(2, grid.shape[1:3])

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        _refuse_second_derivatives()
        (number,) = ctx.saved_tensors
        (batch, channels, height, width), grid_size = ctx.sizes
        pixels = gradient.new_zeros(batch, channels, (height + 2 * RIM) * (width + 2 * RIM))
        pixels.scatter_add_(2, number, gradient.flatten(2))
        return _unrimmed(pixels, width), gradient.new_zeros(grid_size), None, None
