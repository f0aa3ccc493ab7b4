"""The regular grid, and the two ways to say where a pixel lies.

Coordinates are normalised: -1 ... 1 spans the picture, x to the right, y downward, and in a volume
z from slice to slice. A volume has one axis more, and the same functions: its size is
(depth, height, width), its points are (x, y, z). What exactly lies at -1 and 1 is the one thing
that ``align_corners`` decides, for a row of n pixels:

* ``align_corners=False`` (torch's default): the outer EDGES of the first and the last pixel.
  A pixel is 2/n wide; pixel i has its centre at (2i + 1)/n - 1.
* ``align_corners=True``: the CENTRES of the first and the last pixel.
  Centres are 2/(n - 1) apart; pixel i has its centre at 2i/(n - 1) - 1.

A row of one pixel has its centre at 0 in both. Under ``align_corners=True`` such a row has no
width, so every normalised coordinate falls on its only pixel.
"""

from __future__ import annotations

import torch
from torch import Tensor

from stnlib._checks import (
    LONGEST,
    Size,
    Volume,
    check_count,
    check_dtype,
    check_flag,
    check_points,
    check_size,
)
from stnlib._precision import working_dtype


def span(n: int, align_corners: bool) -> int:
    """Return the distance from -1 to 1, counted in pixels; ``n`` may be a tensor of counts."""
    return n - 1 if align_corners else n


def axis(
    n: int,
    *,
    align_corners: bool = False,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
) -> Tensor:
    """Return the normalised coordinates of the centres of ``n`` pixels in a row.

    Args:
        n: number of pixels, at least 1.
        align_corners: what -1 and 1 mean, see the module.
        dtype, device: of the result; torch's defaults when left out.

    Returns:
        (n,) tensor, rising, symmetric about 0.

    Raises:
        TypeError, ValueError: ``n`` is no whole number from 1 on.

    >>> axis(4)
    tensor([-0.7500, -0.2500,  0.2500,  0.7500])
    >>> axis(5, align_corners=True)
    tensor([-1.0000, -0.5000,  0.0000,  0.5000,  1.0000])
    """
    n = check_count("n", n, most=LONGEST)
    dtype = check_dtype("dtype", dtype) or torch.get_default_dtype()
    pixels = max(span(n, check_flag("align_corners", align_corners)), 1)
    steps = torch.arange(1 - n, n, 2, dtype=working_dtype(dtype), device=device)
    return (steps / pixels).to(dtype)


def regular_grid(
    size: Size | Volume,
    *,
    align_corners: bool = False,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
) -> Tensor:
    """Return the regular grid G of the paper (section 3.2): the centres of all OUTPUT pixels.

    Args:
        size: (height, width) in pixels; one number for a square; (depth, height, width).
        align_corners, dtype, device: as in :func:`axis`.

    Returns:
        (H, W, 2) tensor; ``[row, column]`` holds (x, y), so the column decides x. For a volume
        (D, H, W, 3) with (x, y, z).

    Raises:
        TypeError, ValueError: ``size`` is neither a whole number from 1 on nor two or three.

    >>> regular_grid((2, 2))
    tensor([[[-0.5000, -0.5000],
             [ 0.5000, -0.5000]],
    <BLANKLINE>
            [[-0.5000,  0.5000],
             [ 0.5000,  0.5000]]])
    >>> regular_grid((4, 2, 2))[3, 1, 0]
    tensor([-0.5000,  0.5000,  0.7500])
    """
    options = {"align_corners": align_corners, "dtype": dtype, "device": device}
    axes = [axis(n, **options) for n in check_size("size", size, 2, 3)]
    return torch.stack(torch.meshgrid(*axes, indexing="ij")[::-1], dim=-1)


def pixel_from_normalised(
    points: Tensor, size: Size | Volume, *, align_corners: bool = False
) -> Tensor:
    """Convert normalised points into pixel indices.

    Convention:
        Pixel (0, 0) has its centre at (0.0, 0.0); x counts columns, y counts rows, z slices.

    Args:
        points: (..., 2) tensor of normalised (x, y); (..., 3) for a volume.
        size: (height, width) of the picture, in pixels; one number for a square;
            (depth, height, width) of a volume.
        align_corners: what -1 and 1 mean, see the module.

    Returns:
        (..., 2) tensor of (column, row), not rounded; (..., 3) for a volume.

    Raises:
        TypeError, ValueError: wrong type or shape.

    >>> pixel_from_normalised(torch.tensor([-1.0, 1.0]), (10, 20))
    tensor([-0.5000,  9.5000])
    """
    exact, count = _exact_and_count(points, size, align_corners)
    return (exact * (span(count, align_corners) / 2) + (count - 1) / 2).to(points.dtype)


def normalised_from_pixel(
    points: Tensor, size: Size | Volume, *, align_corners: bool = False
) -> Tensor:
    """Convert pixel indices into normalised points: the inverse of :func:`pixel_from_normalised`.

    Args:
        points: (..., 2) tensor of (column, row), fractions allowed; (..., 3) for a volume.
        size, align_corners: as in :func:`pixel_from_normalised`.

    Returns:
        (..., 2) tensor of normalised (x, y), (..., 3) for a volume; 0 along an axis of one pixel
        under ``align_corners=True``, which has no width.

    Raises:
        TypeError, ValueError: wrong type or shape.

    >>> normalised_from_pixel(torch.tensor([0.0, 0.0]), (10, 20))
    tensor([-0.9500, -0.9000])
    """
    exact, count = _exact_and_count(points, size, align_corners)
    pixels = span(count, align_corners)
    flat = pixels == 0
    normalised = (2 * exact + 1 - count) / torch.where(flat, 1, pixels)
    return torch.where(flat, exact * 0, normalised).to(points.dtype)


def _exact_and_count(
    points: Tensor, size: Size | Volume, align_corners: bool
) -> tuple[Tensor, Tensor]:
    """Return points of full precision, and how many pixels there are along x, y (and z)."""
    sides = check_size("size", size, 2, 3)
    points = check_points("points", points, len(sides))
    check_flag("align_corners", align_corners)
    exact = points.to(working_dtype(points.dtype))
    return exact, exact.new_tensor(sides[::-1])
