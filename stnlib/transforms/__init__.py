"""The maps T_θ of the paper, one interface for all; ``FAMILIES`` is the one list of them.

``Affine3d``, the affine map of volumes, has the same interface and is not in the list.

All but ``Projective`` are T_θ = M_θ B, with B known from the points alone. Those with
``linear_in_theta`` are computed so, as one product of matrices.
"""

from stnlib.transforms.affine_families import Affine, Affine3d, Attention, Similarity
from stnlib.transforms.base import BasisTransform, Transform
from stnlib.transforms.control_grid import ControlGrid
from stnlib.transforms.piecewise_affine import PiecewiseAffine
from stnlib.transforms.projective import Projective
from stnlib.transforms.thin_plate_spline import ThinPlateSpline

# The families of the plane. Each class can be called without arguments: K = 16 control points where
# there are any. The tests of families, and what stnlib and this package export, follow from this
# list. It holds no map of volumes: who takes a family from it gives it pictures.
FAMILIES: dict[str, type[Transform]] = {
    "attention": Attention,  # 3 numbers; keeps shape and direction: moves and resizes
    "similarity": Similarity,  # 4; shape: moves, resizes and turns
    "affine": Affine,  # 6; straight lines, parallels, ratios of areas
    "projective": Projective,  # 8; straight lines
    "piece-wise affine": PiecewiseAffine,  # 2K; straight lines inside each triangle
    "thin plate spline": ThinPlateSpline,  # 2K; nothing, but bends as little as it can
}

__all__ = ["FAMILIES", "Affine3d", "BasisTransform", "ControlGrid", "Transform"]
__all__ += [family.__name__ for family in FAMILIES.values()]
