"""Write a picture forwards, pixel by pixel: the direction that leaves holes."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from stnlib._checks import (
    MODES,
    Size,
    check_choice,
    check_flag,
    check_grid,
    check_image,
    check_size,
)
from stnlib._precision import working_dtype
from stnlib.coordinates import pixel_from_normalised


class Splat(NamedTuple):
    """A picture written forwards: ``total`` (B, C, H', W') and ``weight`` (B, 1, H', W').

    ``weight`` counts what landed on each output pixel: 0 is a hole, above 1 a pile-up.
    """

    total: Tensor
    weight: Tensor

    def average(self) -> Tensor:
        """Return the mean of what landed, (B, C, H', W'), and 0 in the holes."""
        full = self.weight > 0  # a hole is divided by 1: 0 / 0 would spoil gradients, too
        return torch.where(full, self.total / torch.where(full, self.weight, 1), 0)

    def holes(self) -> Tensor:
        """Return where nothing landed, (B, 1, H', W') bool."""
        return self.weight == 0


def splat(
    image: Tensor,
    grid: Tensor,
    size: Size | None = None,
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
        size: (height, width) of the output, or its side; that of the image when left out.
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
    image = check_image("image", image)
    grid = check_grid("grid", grid, image)
    if grid.shape[1:3] != image.shape[2:]:
        raise ValueError(
            f"grid: expected a target for each of {tuple(image.shape[2:])} pixels, "
            f"got {tuple(grid.shape[1:3])}"
        )
    check_choice("mode", mode, MODES)
    height, width = image.shape[2:] if size is None else check_size("size", size)
    dtype, exact = image.dtype, working_dtype(image.dtype)  # half cannot number the pixels
    image, grid = image.to(exact), grid.to(exact)
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
    canvas = canvas.unflatten(2, (height, width)).to(dtype)
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


def _index(column: Tensor, row: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Say which whole columns and rows are inside, and number the pixels (0 if outside)."""
    height, width = size
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    index = torch.where(inside, row, 0).long() * width + torch.where(inside, column, 0).long()
    return inside, index
