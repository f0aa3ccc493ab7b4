"""Read a picture between its pixels, and, to show why not, write one forwards."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from stnlib._checks import (
    MODES,
    PADDING_MODES,
    check_choice,
    check_flag,
    check_grid,
    check_image,
    check_size,
)
from stnlib.coordinates import pixel_from_normalised


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
    image = check_image(image)
    grid = check_grid(grid, image)
    check_choice("mode", mode, MODES)
    check_choice("padding_mode", padding_mode, PADDING_MODES)
    x, y = _locate(grid, image.shape[2:], padding_mode, check_flag("align_corners", align_corners))
    if mode == "nearest":
        return _read(image, x.round(), y.round())
    left, top = x.floor(), y.floor()
    right_share, bottom_share = x - left, y - top
    left_share, top_share = left + 1 - x, top + 1 - y
    return (
        _read(image, left, top) * (left_share * top_share)[:, None]
        + _read(image, left + 1, top) * (right_share * top_share)[:, None]
        + _read(image, left, top + 1) * (left_share * bottom_share)[:, None]
        + _read(image, left + 1, top + 1) * (right_share * bottom_share)[:, None]
    )


def _locate(
    grid: Tensor, size: tuple[int, int], padding_mode: str, align_corners: bool
) -> tuple[Tensor, Tensor]:
    """Return the pixel coordinates x and y of a grid, brought inside unless padded by zeros."""
    place = pixel_from_normalised(grid, size, align_corners=align_corners)
    if padding_mode == "zeros":
        return place.unbind(-1)
    last = place.new_tensor((size[1] - 1, size[0] - 1))
    if padding_mode == "reflection":
        margin = 0.0 if align_corners else 0.5  # mirrors stand at the outer centres, or edges
        place = _reflect(place, -margin, last + margin)
    # this comparison sends NaN to the first pixel, as torch does
    return torch.where(place > 0, torch.minimum(place, last), 0 * last).unbind(-1)


def _reflect(place: Tensor, low: float, high: Tensor) -> Tensor:
    """Fold the line between two mirrors; NaN where both stand in one place."""
    period = 2 * (high - low)
    distance = (place - low).abs()
    distance = distance - (distance / period).trunc() * period
    return low + torch.minimum(distance, period - distance)


def _read(image: Tensor, column: Tensor, row: Tensor) -> Tensor:
    """Return the pixels at whole (B, H', W') columns and rows, 0 outside: (B, C, H', W')."""
    inside, index = _index(column, row, image.shape[2:])
    flat = index.flatten(1)[:, None].expand(-1, image.shape[1], -1)
    values = image.flatten(2).gather(2, flat).unflatten(2, index.shape[1:])
    return torch.where(inside[:, None], values, 0)


def _index(column: Tensor, row: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Say which whole columns and rows are inside, and number the pixels (0 if outside)."""
    height, width = size
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    index = torch.where(inside, row, 0).long() * width + torch.where(inside, column, 0).long()
    return inside, index


class Splat(NamedTuple):
    """A picture written forwards: ``total`` (B, C, H', W') and ``weight`` (B, 1, H', W').

    ``weight`` counts what landed on each output pixel: 0 is a hole, above 1 a pile-up.
    """

    total: Tensor
    weight: Tensor

    def average(self) -> Tensor:
        """Return the mean of what landed, (B, C, H', W'), and 0 in the holes."""
        return torch.where(self.weight > 0, self.total / self.weight, 0)

    def holes(self) -> Tensor:
        """Return where nothing landed, (B, 1, H', W') bool."""
        return self.weight == 0


def splat(
    image: Tensor,
    grid: Tensor,
    size: tuple[int, int] | None = None,
    *,
    mode: str = "bilinear",
    align_corners: bool = False,
) -> Splat:
    """Throw each input pixel to its place in the output: the direction that leaves holes.

    Convention:
        Here, and only here, ``grid[b, i, j]`` is the OUTPUT point (x, y) to which input pixel
        (i, j) is sent. What lands outside the output is lost, as are points that are not finite.

    Args:
        image: (B, C, H, W).
        grid: (B, H, W, 2), a target for each pixel of the image.
        size: (height, width) of the output; that of the image when left out.
        mode: ``"nearest"`` gives all to the nearest pixel, ``"bilinear"`` shares among four.
        align_corners: as in :mod:`stnlib.coordinates`.

    Returns:
        Splat: sums and weights.

    Raises:
        TypeError, ValueError: wrong type, shape or word.

    >>> picture = torch.ones(1, 1, 1, 2)
    >>> splat(picture, torch.tensor([[[[-0.75, 0.0], [0.75, 0.0]]]]), (1, 4)).weight
    tensor([[[[1., 0., 0., 1.]]]])
    """
    image = check_image(image)
    grid = check_grid(grid, image)
    if grid.shape[1:3] != image.shape[2:]:
        raise ValueError(
            f"grid: expected a target for each of {tuple(image.shape[2:])} pixels, "
            f"got {tuple(grid.shape[1:3])}"
        )
    check_choice("mode", mode, MODES)
    height, width = image.shape[2:] if size is None else check_size(size)
    place = pixel_from_normalised(
        grid, (height, width), align_corners=check_flag("align_corners", align_corners)
    )
    x, y = place.flatten(1, 2).unbind(-1)
    ones = torch.cat((image, torch.ones_like(image[:, :1])), dim=1).flatten(2)
    canvas = image.new_zeros(*ones.shape[:2], height * width)
    for column, row, share in _targets(x, y, mode):
        inside, index = _index(column, row, (height, width))
        part = ones * torch.where(inside, share, 0)[:, None]
        canvas = canvas.scatter_add(2, index[:, None].expand_as(part), part)
    canvas = canvas.unflatten(2, (height, width))
    return Splat(canvas[:, :-1], canvas[:, -1:])


def _targets(x: Tensor, y: Tensor, mode: str) -> list[tuple[Tensor, Tensor, Tensor]]:
    """List the whole columns and rows that a point writes to, each with its share."""
    if mode == "nearest":
        return [(x.round(), y.round(), torch.ones_like(x))]
    left, top = x.floor(), y.floor()
    return [
        (column, row, (1 - (x - column).abs()) * (1 - (y - row).abs()))
        for column in (left, left + 1)
        for row in (top, top + 1)
    ]
