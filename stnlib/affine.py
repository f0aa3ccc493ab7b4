"""Affine maps: build them, combine them, read them, and map a grid through them.

Convention:
    theta is (B, 2, 3), or (B, 6) row-major: (θ11, θ12, θ13, θ21, θ22, θ23). It maps OUTPUT points
    to INPUT points, x right and y down, so a positive angle turns the grid clockwise on screen,
    and the content of the picture counter-clockwise.

Precision:
    What is made of several tensors has the widest of their dtypes, also under autocast. Half
    precision is computed in float32 and rounded once. A map counts as flat when its determinant
    ad - bc is within ``4 eps (abs(ad) + abs(bc))`` of 0, eps being that of its dtype: rounding
    alone may have kept it from 0. Flat maps are refused; under ``torch.compile`` and
    ``torch.func.vmap``, where no value can be looked at, what comes of them is nan.
"""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import torch
from torch import Tensor

from stnlib._checks import (
    Size,
    check_size,
    check_tensor,
    describe,
    refuse_where,
    stack_numbers,
)
from stnlib._precision import working_dtype
from stnlib.coordinates import axis


class AffineParts(NamedTuple):
    """The six readable numbers of an affine map, each of shape (B,); see :func:`from_parts`."""

    rotation: Tensor
    scale_x: Tensor
    scale_y: Tensor
    shear: Tensor
    t_x: Tensor
    t_y: Tensor


def matrix(theta: Tensor) -> Tensor:
    """Return theta as (B, 2, 3) from (B, 6) or (B, 2, 3).

    Raises:
        TypeError, ValueError: no floating point tensor of either shape.

    >>> matrix(torch.arange(6.0)[None])
    tensor([[[0., 1., 2.],
             [3., 4., 5.]]])
    """
    theta = check_tensor("theta", theta, "(B, 2, 3) or (B, 6)")
    if theta.shape[1:] not in ((2, 3), (6,)):
        raise ValueError(f"theta: expected shape (B, 2, 3) or (B, 6), got {describe(theta)}")
    return theta.reshape(theta.shape[0], 2, 3)


def homogeneous(theta: Tensor) -> Tensor:
    """Return theta as (B, 3, 3), with the row (0, 0, 1) below, so that maps multiply."""
    theta = matrix(theta)
    last = theta.new_tensor((0, 0, 1)).expand(len(theta), 1, 3)
    return torch.cat((theta, last), dim=1)


def identity() -> Tensor:
    """Return the map that moves nothing, (1, 2, 3).

    >>> identity()
    tensor([[[1., 0., 0.],
             [0., 1., 0.]]])
    """
    return scaling(1.0)


def rotation(angle: float | Tensor) -> Tensor:
    """Return a rotation by ``angle`` radians: clockwise on screen, as y points down.

    Args:
        angle: number or (B,) tensor.

    Returns:
        (B, 2, 3) tensor, B = 1 for a number.

    >>> rotation(torch.pi / 2).round(decimals=3) + 0.0
    tensor([[[ 0., -1.,  0.],
             [ 1.,  0.,  0.]]])
    """
    angle = stack_numbers(angle=angle)[:, 0]
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    return matrix(torch.stack((cos, -sin, zero, sin, cos, zero), dim=-1))


def scaling(x: float | Tensor, y: float | Tensor | None = None) -> Tensor:
    """Return a scaling by ``x`` along x and ``y`` along y (the same when left out).

    >>> scaling(2.0)
    tensor([[[2., 0., 0.],
             [0., 2., 0.]]])
    """
    return matrix(stack_numbers(x=x, a=0.0, b=0.0, c=0.0, y=x if y is None else y, d=0.0))


def shear(x: float | Tensor = 0.0, y: float | Tensor = 0.0) -> Tensor:
    """Return a shear: ``x`` slants vertical lines, ``y`` slants horizontal ones.

    >>> shear(0.5)
    tensor([[[1.0000, 0.5000, 0.0000],
             [0.0000, 1.0000, 0.0000]]])
    """
    return matrix(stack_numbers(a=1.0, x=x, b=0.0, y=y, c=1.0, d=0.0))


def translation(x: float | Tensor, y: float | Tensor) -> Tensor:
    """Return a shift by (x, y) in normalised units: 2 is the width or height of the picture.

    >>> translation(0.5, 0.0)
    tensor([[[1.0000, 0.0000, 0.5000],
             [0.0000, 1.0000, 0.0000]]])
    """
    return matrix(stack_numbers(a=1.0, b=0.0, x=x, c=0.0, d=1.0, y=y))


def compose(*thetas: Tensor) -> Tensor:
    """Multiply maps as matrices are written: the LAST one acts first on an output point.

    Args:
        thetas: one or more (B, 2, 3) or (B, 6) tensors; a batch of 1 fits every batch.

    Returns:
        (B, 2, 3) tensor.

    Raises:
        TypeError, ValueError: nothing given, wrong shapes, or batches that do not fit.

    >>> compose(translation(1.0, 0.0), scaling(2.0))      # scale first, then shift
    tensor([[[2., 0., 1.],
             [0., 2., 0.]]])
    """
    if not thetas:
        raise ValueError("compose: expected at least one theta, got none")
    maps = [homogeneous(theta) for theta in thetas]
    dtype = reduce(torch.promote_types, (part.dtype for part in maps))
    product = maps[0].to(working_dtype(dtype))
    for right in maps[1:]:
        if len({len(product), len(right)} - {1}) > 1:
            raise ValueError(
                f"compose: expected one batch size, got {len(product)} and {len(right)}"
            )
        product = (product[..., None] * right[:, None]).sum(2)  # autocast would halve @
    return product[:, :2].to(dtype)


def invert(theta: Tensor) -> Tensor:
    """Return the map that leads back: from input points to output points.

    Raises:
        ValueError: a map flattens the plane (determinant 0 to within rounding, or not finite), or
            its dtype cannot hold what leads back.

    >>> compose(invert(translation(0.5, 0.0)), translation(0.5, 0.0))
    tensor([[[1., 0., 0.],
             [0., 1., 0.]]])
    """
    theta = matrix(theta)
    (a, b, t_x), (c, d, t_y), sizes, determinant = _scaled("invert", theta)
    linear = torch.stack((d, -b, -c, a), -1).unflatten(1, (2, 2)) / determinant[:, None, None]
    linear = linear / sizes[:, :, None]
    shift = -(linear * torch.stack((t_x, t_y), -1)[:, None]).sum(2, keepdim=True)
    inverse = torch.cat((linear, shift), dim=2).to(theta.dtype)
    bad = ~inverse.isfinite().flatten(1).all(1)
    return refuse_where(bad, f"invert: expected an inverse in {theta.dtype}, got none", inverse)


def _scaled(name: str, theta: Tensor) -> tuple[tuple, tuple, Tensor, Tensor]:
    """Return the rows (a, b, t_x) and (c, d, t_y), with sizes (B, 2) taken out of both columns.

    The sizes are powers of two, so no digit changes, and no product under- or overflows. With them
    comes the determinant ad - bc of what is left, refused where it is 0 to within rounding.
    """
    exact = theta.to(working_dtype(theta.dtype))
    sizes = exact[:, :, :2].detach().abs().amax(1)
    sizes = torch.where(sizes > 0, sizes.log2().floor().exp2(), 1)
    linear = exact[:, :, :2] / sizes[:, None]
    (a, b), (c, d) = (row.unbind(-1) for row in linear.unbind(1))
    determinant, about = a * d - b * c, torch.finfo(theta.dtype)
    rounded = torch.maximum(linear.abs(), about.tiny / sizes[:, None])  # below tiny it is coarser
    reach = (rounded * linear.flip(1, 2).abs()).sum((1, 2))  # 2 (|ad| + |bc|) but for tiny numbers
    flat = ~(determinant.abs() > 2 * about.eps * reach)
    expected = f"{name}: expected a determinant other than 0, got 0 or no finite number"
    t_x, t_y = exact[:, :, 2].unbind(-1)
    return (a, b, t_x), (c, d, t_y), sizes, refuse_where(flat, expected, determinant)


def from_parts(
    *,
    rotation: float | Tensor = 0.0,
    scale_x: float | Tensor = 1.0,
    scale_y: float | Tensor = 1.0,
    shear: float | Tensor = 0.0,
    t_x: float | Tensor = 0.0,
    t_y: float | Tensor = 0.0,
) -> Tensor:
    """Build translation · rotation · shear · scaling: an output point is scaled first.

    For any other order, :func:`compose` the pieces.

    Args:
        rotation: radians. scale_x, scale_y, shear: plain factors. t_x, t_y: normalised units.
            Numbers or (B,) tensors.

    Returns:
        (B, 2, 3) tensor.

    >>> from_parts(scale_x=2.0, t_y=0.5)
    tensor([[[2.0000, 0.0000, 0.0000],
             [0.0000, 1.0000, 0.5000]]])
    """
    values = stack_numbers(
        rotation=rotation, scale_x=scale_x, scale_y=scale_y, shear=shear, t_x=t_x, t_y=t_y
    )
    dtype = values.dtype
    angle, s_x, s_y, k, t_x, t_y = values.to(working_dtype(dtype)).unbind(-1)
    cos, sin = angle.cos(), angle.sin()
    across, down = (k * cos - sin) * s_y, (k * sin + cos) * s_y
    return matrix(torch.stack((cos * s_x, across, t_x, sin * s_x, down, t_y), dim=-1)).to(dtype)


def decompose(theta: Tensor) -> AffineParts:
    """Read a map back as the numbers of :func:`from_parts`; scale_x comes out positive.

    A mirror image shows as a negative scale_y.

    Raises:
        ValueError: a map flattens the plane (determinant 0 to within rounding), so that the numbers
            are not defined.

    >>> parts = decompose(from_parts(rotation=0.3, scale_x=2.0, shear=0.1))
    >>> [round(value.item(), 3) + 0.0 for value in parts]
    [0.3, 2.0, 1.0, 0.1, 0.0, 0.0]
    """
    theta = matrix(theta)
    (a, b, t_x), (c, d, t_y), sizes, determinant = _scaled("decompose", theta)
    length, slant = torch.hypot(a, c), (a * b + c * d) / determinant
    scale_x, scale_y = length * sizes[:, 0], determinant / length * sizes[:, 1]
    parts = torch.atan2(c, a), scale_x, scale_y, slant, t_x, t_y
    return AffineParts(*(part.to(theta.dtype) for part in parts))


def affine_grid(theta: Tensor, size: Size, *, align_corners: bool = False) -> Tensor:
    """Map the regular grid of the output through theta (eq. 1): the sampling grid.

    x = θ11·X + θ12·Y + θ13 needs X once a column and Y once a row, so the two axes are mapped
    apart and added by broadcasting: two additions a point in place of a matrix product.

    Args:
        theta: (B, 2, 3) or (B, 6).
        size: (height, width) of the output, or its side.
        align_corners: as in :mod:`stnlib.coordinates`.

    Returns:
        (B, H, W, 2) tensor of INPUT points (x, y), a view with x and y in planes of their own
        (``reshape`` it, not ``view``). Equal to ``torch.nn.functional.affine_grid``.

    Raises:
        TypeError, ValueError: wrong type or shape.

    >>> affine_grid(translation(0.5, 0.0), (1, 2))
    tensor([[[[0., 0.],
              [1., 0.]]]])
    """
    return planes(matrix(theta), size, align_corners=align_corners).permute(0, 2, 3, 1)


def planes(rows: Tensor, size: Size, *, align_corners: bool = False) -> Tensor:
    """Return each row (a, b, c) of (B, R, 3) as a·X + b·Y + c on the regular grid, (B, R, H, W)."""
    height, width = check_size("size", size)
    exact = rows.to(working_dtype(rows.dtype))
    options = {"align_corners": align_corners, "dtype": exact.dtype, "device": rows.device}
    per_x, per_y, shift = exact[..., None].unbind(2)
    along_x = per_x * axis(width, **options)
    along_y = torch.addcmul(shift, per_y, axis(height, **options))
    return (along_x[:, :, None, :] + along_y[:, :, :, None]).to(rows.dtype)
