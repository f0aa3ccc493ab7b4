"""The loss as a landscape: drop a start on the map and watch descent on theta walk."""

from __future__ import annotations

import math
import numbers as kinds
from typing import ClassVar

import traitlets
from torch import Tensor

from stnlib._checks import check_flag, describe
from stnlib.affine import affine_grid, from_parts
from stnlib.sampler import sample
from stnlib.widgets.shared.base import LiveFigure, as_tensor
from stnlib.widgets.shared.traits import (
    Checked,
    Picture,
    picture_from_json,
    picture_to_json,
    pose_within,
    validate,
)

__all__ = ["AlignmentLandscape"]

STEPS = 200
LARGEST = 64
TURN, MOVE = 120, 12  # the map goes so many degrees and pixels to both sides
SLANT = (0.8, 0.6)  # the direction of the shift


def _default_image() -> Tensor:
    """Return one embedded digit, a 2: its landscape has many valleys."""
    from stnlib.digits import load_digits

    return load_digits().images[12]


def _between(low: float, high: float, kind: type = kinds.Real) -> object:
    """Make a check of a number in low ... high."""

    def check(name: str, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, kind):
            raise TypeError(f"{name}: expected a number, got {describe(value)}")
        if not low <= value <= high:
            raise ValueError(f"{name}: expected {low:g} ... {high:g}, got {value}")
        return int(value) if isinstance(value, kinds.Integral) else float(value)

    return check


def _check_numbers(name: str, value: object) -> int:
    """Return 2, 3 or 6."""
    if isinstance(value, bool) or not isinstance(value, kinds.Real) or value not in (2, 3, 6):
        raise ValueError(f"{name}: expected 2, 3 or 6, got {describe(value)}")
    return int(value)


class AlignmentLandscape(LiveFigure):
    """Align a moved picture with itself by descent on theta, on the map of its loss (eq. 7).

    Convention:
        The target is the picture itself, so the true theta is the identity, in the middle of the
        map. A start is off by an angle (clockwise on screen) and by a shift along (0.8, 0.6).
        The loss is the mean squared difference in units of the picture's variance.

    Args:
        image: a square picture in 0 ... 1, at most 64 × 64, not of one grey; a handwritten 2 when
            left out.
        start: (degrees, pixels), at most 120 and 12 either way.
        blur: standard deviation of the blur in pixels, 0 ... 4, for picture and target.
        rate: of descent, 0.005 ... 0.1.
        numbers: how many descent may change: 2 (angle and shift: the walk stays on the map),
            3 (angle and both shifts) or 6 (all of theta; its place on the map is a projection).
        step: how many of the 200 steps have been made.
        basin: mark on a lattice of starts which ones end at the true place.

    Raises:
        TypeError, ValueError, traitlets.TraitError: a setting that does not fit.
    """

    settings: ClassVar[tuple[str, ...]] = ("start", "blur", "rate", "numbers", "step", "basin")

    image = Picture().tag(sync=True, to_json=picture_to_json, from_json=picture_from_json)
    start = pose_within(TURN, MOVE, (20.0, 10.0)).tag(sync=True)
    blur = Checked(_between(0, 4), default_value=0).tag(sync=True)
    rate = Checked(_between(0.005, 0.1), default_value=0.02).tag(sync=True)
    numbers = Checked(_check_numbers, default_value=2).tag(sync=True)
    step = Checked(_between(0, STEPS, kinds.Integral), default_value=STEPS).tag(sync=True)
    basin = Checked(check_flag, default_value=False).tag(sync=True)
    steps = traitlets.Int(STEPS, read_only=True).tag(sync=True)

    def __init__(self, image: object = None, **settings: object) -> None:
        super().__init__(image=_default_image() if image is None else image, **settings)

    @validate("image")
    def _small_and_square(self, proposal: dict) -> object:
        height, width = proposal["value"].shape
        if height != width or not 2 <= height <= LARGEST:
            raise ValueError(
                f"image: expected a square picture of 2 × 2 to {LARGEST} × {LARGEST} pixels, "
                f"got {(height, width)}"
            )
        if (proposal["value"] == proposal["value"][0, 0]).all():
            raise ValueError("image: expected more than one grey, got a constant picture")
        return proposal["value"]

    @property
    def side(self) -> int:
        """Height and width of the picture."""
        return len(self.image)

    @property
    def input(self) -> Tensor:
        """The picture, which is the target too, not blurred: (1, 1, H, W) in 0 ... 1."""
        return as_tensor(self.image)

    @property
    def matrix(self) -> Tensor:
        """theta at the start, (1, 2, 3)."""
        degrees, shift = self.start
        t_x, t_y = (part * shift * 2 / self.side for part in SLANT)
        return from_parts(rotation=math.radians(degrees), t_x=t_x, t_y=t_y).float()

    @property
    def grid(self) -> Tensor:
        """The sampling grid at the start, (1, H, W, 2)."""
        return affine_grid(self.matrix, (self.side, self.side), align_corners=False)

    @property
    def output(self) -> Tensor:
        """What it reads there, not blurred, (1, 1, H, W)."""
        return sample(self.input, self.grid, align_corners=False)
