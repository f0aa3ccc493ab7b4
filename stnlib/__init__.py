"""stnlib: spatial transformers in small, readable pieces, to learn from and to use.

The maths is imported here. ``stnlib.digits``, ``stnlib.plotting`` and ``stnlib.widgets`` need
more packages and are imported by name.
"""

from stnlib import affine, coordinates, pixel_matrix, sampler, splatting, transforms
from stnlib.affine import affine_grid
from stnlib.coordinates import regular_grid
from stnlib.sampler import sample
from stnlib.splatting import splat
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import (
    Affine,
    Attention,
    PiecewiseAffine,
    Projective,
    Similarity,
    ThinPlateSpline,
)

__all__ = [
    "Affine",
    "Attention",
    "PiecewiseAffine",
    "Projective",
    "Similarity",
    "SpatialTransformer",
    "ThinPlateSpline",
    "affine",
    "affine_grid",
    "coordinates",
    "pixel_matrix",
    "regular_grid",
    "sample",
    "sampler",
    "splat",
    "splatting",
    "transforms",
]
__version__ = "0.1.0"
