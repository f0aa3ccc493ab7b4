"""A live figure to draw on: where a trained transformer puts its grid, and what it reads."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

import numpy as np
import torch
import traitlets
from torch import Tensor

from stnlib._checks import check_choice, check_flag, describe
from stnlib.affine import affine_grid
from stnlib.experiments import trained
from stnlib.sampler import sample
from stnlib.widgets.draw_digit.examples import example
from stnlib.widgets.draw_digit.raster import SIDE, posed, rasterise
from stnlib.widgets.shared.base import LiveFigure
from stnlib.widgets.shared.network import layers_of
from stnlib.widgets.shared.traits import Checked, between, check_place, finite_array

__all__ = ["DrawDigit"]

MOST = 2000  # points of a drawing
REACH = 15  # pixels that a drawing can be moved
FIRST = 4


@cache
def _networks() -> dict[str, list[dict]]:
    """Return the trained networks in pieces, as the page gets them."""
    st = trained("draw", "st_cnn")
    parts = {"localisation": st.transformer.localisation, "classifier": st.classifier}
    parts["plain"] = trained("draw", "cnn")
    return {name: [layer.to_json() for layer in layers_of(part)] for name, part in parts.items()}


def _check_strokes(name: str, value: object) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return strokes of (x, y) in pixels; one of the ten examples for a digit."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return example(int(check_choice(name, str(value), tuple("0123456789"))))
    try:
        strokes = [finite_array(name, stroke, "(N, 2) numbers a stroke") for stroke in value]
    except TypeError:
        raise TypeError(
            f"{name}: expected a digit, or strokes of (x, y) in pixels, got {describe(value)}"
        ) from None
    for stroke in strokes:
        if stroke.ndim != 2 or stroke.shape[1] != 2 or not len(stroke):
            raise ValueError(f"{name}: expected (N, 2) numbers a stroke, got {stroke.shape}")
        if np.abs(stroke - SIDE / 2).max() > 4 * SIDE:
            raise ValueError(f"{name}: expected points on the canvas of 42 × 42 pixels or near it")
    if sum(map(len, strokes)) > MOST:
        raise ValueError(f"{name}: expected at most {MOST} points, got {sum(map(len, strokes))}")
    return tuple(tuple(map(tuple, stroke.round(2).tolist())) for stroke in strokes)


def _check_shift(name: str, value: object) -> tuple[float, float]:
    """Return (x, y) in pixels, at most REACH each way."""
    place = check_place(name, value)
    if max(map(abs, place)) > REACH:
        raise ValueError(f"{name}: expected at most {REACH} pixels each way, got {place}")
    return place


class DrawDigit(LiveFigure):
    """Draw a digit, and see where a trained spatial transformer puts its grid (section 4.1).

    Beside it a CNN of as many weights reads the same drawing. Both were trained on MNIST's digits,
    turned by up to 45°, resized by 0.7 to 1.2 and moved anywhere on 42 × 42 pixels: the record
    ``draw`` of :mod:`stnlib.experiments`, which keeps their weights. They run in the page.

    Args:
        strokes: of the pen, each (N, 2), (x, y) in pixels of the canvas; or a digit 0 ... 9 for one
            that is stored.
        angle, size: by how many degrees, clockwise on screen, and by which factor the drawing is
            turned and resized about the middle of the canvas.
        shift: (x, y) in pixels, by which it is then moved.
        around: whether the answers all the way round are shown.

    Raises:
        TypeError, ValueError, traitlets.TraitError: a setting that does not fit.
    """

    settings: ClassVar[tuple[str, ...]] = ("angle", "size", "shift", "around")

    strokes = Checked(_check_strokes, default_value=example(FIRST)).tag(sync=True)
    angle = between(-180, 180, 0.0).tag(sync=True)
    size = between(0.4, 1.6, 1.0).tag(sync=True)
    shift = Checked(_check_shift, default_value=(0.0, 0.0)).tag(sync=True)
    around = Checked(check_flag, default_value=False).tag(sync=True)
    networks = traitlets.Dict(read_only=True).tag(sync=True)
    examples = traitlets.List(read_only=True).tag(sync=True)

    @traitlets.default("networks")
    def _trained(self) -> dict:
        return _networks()

    @traitlets.default("examples")
    def _stored(self) -> list:
        return [example(digit) for digit in range(10)]

    @property
    def input(self) -> Tensor:
        """The drawing, (1, 1, 42, 42) in 0 ... 1."""
        strokes = (torch.tensor(stroke, dtype=torch.float64) for stroke in self.strokes)
        return rasterise([posed(one, self.angle, self.size, self.shift) for one in strokes])

    @property
    def matrix(self) -> Tensor:
        """The map of the grid that the ST-CNN puts on it, (1, 2, 3)."""
        transformer = trained("draw", "st_cnn").transformer
        with torch.no_grad():
            return transformer.transform.matrix(transformer.theta(self.input))

    @property
    def grid(self) -> Tensor:
        """The sampling grid, (1, 20, 20, 2)."""
        return affine_grid(self.matrix, (20, 20), align_corners=False)

    @property
    def output(self) -> Tensor:
        """What it reads, (1, 1, 20, 20)."""
        return sample(self.input, self.grid, align_corners=False)
