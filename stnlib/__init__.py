"""stnlib: spatial transformers in small, readable pieces, to learn from and to use.

The maths needs torch alone: a part of it that is not imported here is imported when it is first
asked for, as ``stnlib.networks``. ``stnlib.digits``, ``stnlib.plotting``, ``stnlib.experiments``
and ``stnlib.widgets`` need more packages and are imported by name.
"""

from importlib import import_module

from stnlib import affine, coordinates, pixel_matrix, sampler, splatting, transformer, transforms
from stnlib.affine import affine_grid
from stnlib.coordinates import regular_grid
from stnlib.sampler import sample
from stnlib.splatting import splat
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import *  # noqa: F403  (the families)

LATER = ("alignment", "distortions", "networks", "several", "training")
__all__ = ["SpatialTransformer", "affine", "affine_grid", "coordinates", "pixel_matrix"]
__all__ += ["regular_grid", "sample", "sampler", "splat", "splatting", "transformer", "transforms"]
__all__ += [*transforms.__all__, *LATER]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Import a part of the maths when it is first asked for."""
    if name in LATER:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *LATER})
