"""The loss as a landscape: drop a start on the map and watch descent on theta walk."""

from __future__ import annotations

import numbers as kinds
from typing import ClassVar

import torch
import traitlets
from torch import Tensor

from stnlib._checks import check_flag, describe
from stnlib.widgets.alignment_landscape import descent
from stnlib.widgets.alignment_landscape.still import MOVE, TURN, describe_landscape, draw_still
from stnlib.widgets.shared.base import LiveFigure
from stnlib.widgets.shared.traits import (
    Checked,
    Picture,
    picture_from_json,
    picture_to_json,
    pose_within,
)

STEPS = 200
LARGEST = 64


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
        return value

    return check


def _check_numbers(name: str, value: object) -> int:
    """Refuse what is not 2, 3 or 6."""
    if isinstance(value, bool) or value not in (2, 3, 6):
        raise ValueError(f"{name}: expected 2, 3 or 6, got {describe(value)}")
    return int(value)


class AlignmentLandscape(LiveFigure):
    """Align a moved picture with itself by descent on theta, on the map of its loss (eq. 7).

    Convention:
        The target is the picture itself, so the true theta is the identity, in the middle of the
        map. A start is off by an angle (clockwise on screen) and by a shift along (0.8, 0.6).
        The loss is the mean squared difference in units of the picture's variance.

    Args:
        image: a square picture in 0 ... 1, at most 64 × 64; a handwritten 2 when left out.
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

    folder: ClassVar[str] = "alignment_landscape"
    settings: ClassVar[tuple[str, ...]] = ("start", "blur", "rate", "numbers", "step", "basin")

    image = Picture().tag(sync=True, to_json=picture_to_json, from_json=picture_from_json)
    start = pose_within(TURN, MOVE, (20.0, 10.0)).tag(sync=True)
    blur = Checked(_between(0, 4), default_value=0).tag(sync=True)
    rate = Checked(_between(0.005, 0.1), default_value=0.02).tag(sync=True)
    numbers = Checked(_check_numbers, default_value=2).tag(sync=True)
    step = Checked(_between(0, STEPS, kinds.Integral), default_value=STEPS).tag(sync=True)
    basin = Checked(check_flag, default_value=False).tag(sync=True)
    steps = traitlets.Int(STEPS, read_only=True).tag(sync=True)
    _walked: tuple = (None, None)  # what the last walk was asked for, and its theta

    def __init__(self, image: object = None, **settings: object) -> None:
        super().__init__(image=_default_image() if image is None else image, **settings)
        self.alt = self.describe()

    @traitlets.validate("image")
    def _small_and_square(self, proposal: dict) -> object:
        height, width = proposal["value"].shape
        if height != width or not 2 <= height <= LARGEST:
            raise ValueError(
                f"image: expected a square picture of 2 × 2 to {LARGEST} × {LARGEST} pixels, "
                f"got {(height, width)}"
            )
        return proposal["value"]

    @property
    def side(self) -> int:
        """Height and width of the picture."""
        return len(self.image)

    @property
    def picture(self) -> Tensor:
        """The blurred picture, which is the target too: (1, 1, H, W), double."""
        image = torch.from_numpy(self.image.copy()).double()[None, None] / 255
        return descent.blur(image, self.blur)

    @property
    def path(self) -> Tensor:
        """theta after 0, 1, ... ``step`` steps of descent: (step + 1, 2, 3)."""
        key = (self.image.tobytes(), self.start, self.blur, self.rate, self.numbers)
        if self._walked[0] != key:
            start = torch.tensor([self.start], dtype=torch.float64)
            numbers = descent.start_numbers(self.numbers, start, self.side)
            walked = descent.descend(self.picture, numbers, self.rate, STEPS)
            self._walked = key, descent.theta_from(walked[:, 0])
        return self._walked[1][: self.step + 1]

    @property
    def off(self) -> float:
        """How far the grid's points are from their true places now, on average, in pixels."""
        return descent.off_by(self.path[-1:], self.side).item()

    def losses(self, starts: Tensor) -> Tensor:
        """Return the loss at (N, 2) starts in degrees and pixels: (N,)."""
        numbers = descent.start_numbers(2, starts.double(), self.side)
        return descent.losses(self.picture, descent.theta_from(numbers))

    def succeeds(self, starts: Tensor) -> Tensor:
        """Tell which of (N, 2) starts end less than a pixel off: (N,) of bool."""
        numbers = descent.start_numbers(self.numbers, starts.double(), self.side)
        end = descent.descend(self.picture, numbers, self.rate, STEPS)[-1]
        return descent.off_by(descent.theta_from(end), self.side) < 1

    def describe(self) -> str:
        """Say in words what the figure shows now."""
        return describe_landscape(self)

    def draw(self) -> object:
        """Draw the present state as a matplotlib figure."""
        return draw_still(self)
