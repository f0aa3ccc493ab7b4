"""The paper's distorted digits (section 4.1): each gives the pictures AND the map it applied.

Convention:
    theta maps points of the DISTORTED picture (output) to points of the ORIGINAL (input), each in
    its own normalised coordinates, ``align_corners=False``. It is what a spatial transformer would
    have to undo. What theta holds depends on the family of the map:

    ==========  ===========================  ==================================================
    distortion  theta                        the map that reads the original back
    ==========  ===========================  ==================================================
    R, RTS, TC  (B, 2, 3), Affine            ``affine.invert(theta)``
    P           (B, 8), Projective           ``Projective().invert(theta)``
    E           (B, 2K), ThinPlateSpline     none in closed form: its inverse is no spline
    ==========  ===========================  ==================================================
"""

from stnlib.distortions.base import Distorted
from stnlib.distortions.bent import E, P
from stnlib.distortions.similarities import RTS, TC, R

__all__ = ["RTS", "TC", "Distorted", "E", "P", "R"]
