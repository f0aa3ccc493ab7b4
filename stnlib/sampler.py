"""Read a picture between its pixels, with the gradients of the paper written out by hand.

A volume is read by the same sum with one factor more: eight pixels, three hats. What is written
here along each axis in turn holds for two axes and for three.
"""

from __future__ import annotations

from collections.abc import Iterator

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

RIM = 2  # zeros around the picture: pixels read out there are all 0, and so are their slopes


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
        pixel for NaN and the pixel at that end for an infinity. That is how torch reads pictures.
        Of volumes it reads other values at such points, and under reflection at points so far out
        that their dtype no longer tells pixels apart.
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
        image: (B, C, H, W), the input feature map U, or volumes (B, C, D, H, W).
        grid: (B, H', W', 2), for volumes (B, D', H', W', 3); same dtype and device.
        mode: ``"bilinear"``, which is torch's word for trilinear too, or ``"nearest"``.
        padding_mode: what lies outside the picture: ``"zeros"``, the nearest pixel of the
            ``"border"``, or the picture's ``"reflection"``.
        align_corners: as in :mod:`stnlib.coordinates`.

    Returns:
        (B, C, H', W') tensor V; (B, C, D', H', W') of volumes.

    Raises:
        TypeError, ValueError: wrong type, shape or word.

    >>> picture = torch.tensor([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> sample(picture, torch.tensor([[[[0.0, -0.5], [0.5, 0.5]]]]))
    tensor([[[[0.5000, 3.0000]]]])
    """
    image = check_image("image", image, 2, 3)
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
    return read.unflatten(2, grid.shape[1:-1]).to(dtype)


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
    """Return :func:`_place` along x, along y and, in a volume, along z."""
    sides = enumerate(image.shape[:1:-1])
    return [_place(grid[..., k], n, padding_mode, align_corners) for k, n in sides]


def _steps(image: Tensor) -> list[int]:
    """Return from which number to which a pixel's neighbour along x, y (and z) lies."""
    steps = [1]
    for n in image.shape[:2:-1]:
        steps.append(steps[-1] * (n + 2 * RIM))
    return steps


def _number(corner: list[Tensor], image: Tensor, steps: list[int]) -> Tensor:
    """Number the pixels of the rimmed picture, (B, C, N); far away is on the rim."""
    sides = image.shape[:1:-1]
    if steps[-1] * (sides[-1] + 2 * RIM) > 2**24:  # float32 counts no further
        corner = [place.double() for place in corner]
    number = corner[0].clamp(-RIM, sides[0])
    for place, n, step in zip(corner[1:], sides[1:], steps[1:], strict=True):
        number.add_(place.clamp(-RIM, n), alpha=step)
    number = number.add_(RIM * sum(steps)).nan_to_num_(0).long()
    return number.flatten(1)[:, None].expand(-1, image.shape[1], -1)


def _rimmed(image: Tensor) -> Tensor:
    """Put the rim around a picture and lay its pixels in a row, (B, C, N)."""
    return pad(image, (RIM, RIM) * (image.dim() - 2)).flatten(2)


def _around(image: Tensor, number: Tensor, steps: list[int]) -> list[Tensor]:
    """Return the four (eight) pixels around each point, (B, C, N) each: x changes fastest."""
    pixels, starts = _rimmed(image), [0]
    for step in steps:
        starts += [start + step for start in starts]
    return [pixels[..., start:].gather(2, number) for start in starts]


def _pairs(values: list[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
    """Give those next to each other along the axis that changes fastest."""
    return zip(values[::2], values[1::2], strict=True)


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
    steps = _steps(image)
    values = _around(image, _number(corner, image, steps), steps)
    for hat in hats:
        values = [a + (b - a) * hat for a, b in _pairs(values)]
    return values[0]


class _Bilinear(torch.autograd.Function):
    """Bilinear reading, (B, C, N): along each axis in turn two values become one.

    A ``hat`` is that of the farther of two pixels, on the right or below; the nearer has 1 - hat.
    """

    @staticmethod
    def forward(
        ctx: FunctionCtx, image: Tensor, grid: Tensor, padding_mode: str, align_corners: bool
    ) -> Tensor:
        places, ctx.slopes = zip(*_places(grid, image, padding_mode, align_corners), strict=True)
        corner, steps = [place.floor() for place in places], _steps(image)
        hats = [p.sub_(low).flatten(1)[:, None] for p, low in zip(places, corner, strict=True)]
        number = _number(corner, image, steps)
        V, V_slopes = _around(image, number, steps), []
        for hat in hats:
            V_slopes = [[a.lerp_(b, hat) for a, b in _pairs(slope)] for slope in V_slopes]
            V_slopes.append([b.sub_(a) for a, b in _pairs(V)])  # eq. 7: b - a in place of the hats
            V = [a.addcmul_(b_a, hat) for a, b_a in _pairs(V)]  # eq. 5: a + (b - a) hat
        ctx.ways = padding_mode, align_corners
        ctx.save_for_backward(image, grid, number, *hats, *(slope for (slope,) in V_slopes))
        return V[0]

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        image, grid, number, *kept = ctx.saved_tensors
        if torch.is_grad_enabled():  # the gradient is to be differentiated itself
            _, pull = torch.func.vjp(lambda *two: _differentiable(*two, *ctx.ways), image, grid)
            return *pull(gradient), None, None
        axes = grid.shape[-1]
        hats, V_slopes, to_image, to_grid = kept[:axes], kept[axes:], None, None
        if ctx.needs_input_grad[0]:
            rimmed = [n + 2 * RIM for n in image.shape[2:]]
            pixels = gradient.new_zeros(*image.shape[:2], *rimmed)
            _spread(pixels.flatten(2), number, gradient, hats, _steps(image))
            to_image = pixels[(..., *axes * [slice(RIM, -RIM)])]
        if ctx.needs_input_grad[1]:  # eq. 7, summed over the channels, which share the grid
            planes = gradient.new_empty(axes, *grid.shape[:-1])
            for plane, slope, V_slope in zip(planes, ctx.slopes, V_slopes, strict=True):
                torch.sum(gradient * V_slope, 1, out=plane.flatten(1))
                plane.mul_(slope)
            to_grid = planes.movedim(0, -1)
        return to_image, to_grid, None, None


def _spread(
    pixels: Tensor, number: Tensor, gradient: Tensor, hats: list[Tensor], steps: list[int]
) -> None:
    """Add the gradient times its product of hats to each pixel around a point (eq. 6)."""
    if not hats:
        pixels.scatter_add_(2, number, gradient)
        return
    share = gradient * hats[-1]
    _spread(pixels[..., steps[-1] :], number, share, hats[:-1], steps[:-1])
    _spread(pixels, number, torch.sub(gradient, share, out=share), hats[:-1], steps[:-1])


def _nearest(image: Tensor, grid: Tensor, padding_mode: str, align_corners: bool) -> Tensor:
    """Read the nearest pixels, (B, C, N): the value jumps, between the jumps its slope is 0."""
    places = _places(grid.detach(), image, padding_mode, align_corners)
    number = _number([place.round() for place, _ in places], image, _steps(image))
    read = _rimmed(image).gather(2, number)
    never = torch.zeros((), dtype=torch.bool, device=grid.device)
    return torch.where(never, grid[..., 0].flatten(1)[:, None], read)  # a slope of 0, not of None
