"""Affine maps: build them, combine them, read them, and map a grid through them.

Convention:
    theta is (B, 2, 3), or (B, 6) row-major: (θ11, θ12, θ13, θ21, θ22, θ23). It maps OUTPUT points
    to INPUT points, x right and y down, so a positive angle turns the grid clockwise on screen,
    and the content of the picture counter-clockwise. Of volumes theta is (B, 3, 4) or (B, 12):
    ``affine_grid``, ``compose`` and ``homogeneous`` take it; all else here is of the plane.

Precision:
    What is made of several tensors has the widest of their dtypes, also under autocast. Half
    precision is computed in float32 and rounded once. A map counts as flat when its determinant
    ad - bc is within ``4 eps (abs(ad) + abs(bc))`` of 0, eps being that of its dtype: rounding
    alone may have kept it from 0. Flat maps are refused; under ``torch.compile`` and
    ``torch.func.vmap``, where no value can be looked at, what comes of them is nan.
"""

from stnlib.affine.grid import affine_grid, planes
from stnlib.affine.maps import (
    compose,
    homogeneous,
    identity,
    invert,
    matrix,
    rotation,
    scaling,
    shear,
    translation,
)
from stnlib.affine.parts import AffineParts, decompose, from_parts

__all__ = [
    "AffineParts",
    "affine_grid",
    "compose",
    "decompose",
    "from_parts",
    "homogeneous",
    "identity",
    "invert",
    "matrix",
    "planes",
    "rotation",
    "scaling",
    "shear",
    "translation",
]
