"""The maps T_θ of the paper, a file a family, one interface for all.

====================  ============  =====================================================
family                parameters    what it keeps
====================  ============  =====================================================
``Attention``         3             shape and direction; moves and resizes
``Similarity``        4             shape; moves, resizes and turns
``Affine``            6             straight lines, parallels, ratios of areas
``Projective``        8             straight lines
``PiecewiseAffine``   2 · K points  straight lines inside each triangle
``ThinPlateSpline``   2 · K points  nothing, but bends as little as it can
====================  ============  =====================================================

All but ``Projective`` are T_θ = M_θ B, with B known from the points alone. Those with
``linear_in_theta`` are computed so, as one product of matrices.
"""

from stnlib.transforms.affine import Affine, Attention, Similarity
from stnlib.transforms.base import BasisTransform, Transform
from stnlib.transforms.piecewise_affine import PiecewiseAffine
from stnlib.transforms.projective import Projective
from stnlib.transforms.thin_plate_spline import ThinPlateSpline

__all__ = [
    "Affine",
    "Attention",
    "BasisTransform",
    "PiecewiseAffine",
    "Projective",
    "Similarity",
    "ThinPlateSpline",
    "Transform",
]
