"""Affine maps from six readable numbers, and these numbers read back."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from stnlib._precision import working_dtype
from stnlib.affine.maps import matrix, scaled, stack_numbers


class AffineParts(NamedTuple):
    """The six readable numbers of an affine map, each of shape (B,); see :func:`from_parts`."""

    rotation: Tensor
    scale_x: Tensor
    scale_y: Tensor
    shear: Tensor
    t_x: Tensor
    t_y: Tensor


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
    (a, b, t_x), (c, d, t_y), sizes, determinant = scaled("decompose", theta)
    length, slant = torch.hypot(a, c), (a * b + c * d) / determinant
    scale_x, scale_y = length * sizes[:, 0], determinant / length * sizes[:, 1]
    parts = torch.atan2(c, a), scale_x, scale_y, slant, t_x, t_y
    return AffineParts(*(part.to(theta.dtype) for part in parts))
