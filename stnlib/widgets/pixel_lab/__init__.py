"""A few large pixels and one point to drag: how one read works, and its gradient."""

from __future__ import annotations

from typing import ClassVar

import torch
import traitlets
from torch import Tensor
from torch.nn.functional import grid_sample

from stnlib._checks import MODES, PADDING_MODES
from stnlib.coordinates import normalised_from_pixel
from stnlib.widgets.shared.base import LiveFigure
from stnlib.widgets.shared.traits import (
    Checked,
    Values,
    check_pixel,
    check_place,
    finite_array,
    one_of,
    validate,
    words_from,
)

__all__ = ["PixelLab"]

REACH = 1.75  # how far the point may go beyond the outer pixel centres, in pixels
PANELS = ("sum", "slopes", "pixel", "switches")
STEP = 1e-4  # of the central differences, in pixels


def _default_image() -> Tensor:
    """Return the upper half of the smallest real digit, its values rounded to tenths."""
    from stnlib.digits import load_digits

    return (load_digits(8, glyph=8).images[0, 0, :4].double() * 10).round() / 10


def _check_stops(name: str, value: object) -> tuple[tuple[float, float], ...]:
    """Return places (x, y)."""
    places = finite_array(name, value, "(x, y) of each place")
    if places.size and places.shape[1:] != (2,):
        raise ValueError(f"{name}: expected (x, y) of each place, got shape {places.shape}")
    return tuple(tuple(place) for place in places.tolist())


class PixelLab(LiveFigure):
    """One reading by hand: its weights, its value, its slopes (eq. 5, 6 and 7).

    Convention:
        The point is (x, y) in pixels, column before row, whole numbers on pixel centres. -1 and 1
        are the edges of the picture (``align_corners=False``), which only reflection notices.
        On a kink the slope is the one that ``stnlib.sample`` and torch take.

    Args:
        image: (H, W), (1, H, W) or (1, 1, H, W) in 0 ... 1, at most 12 × 12; half a digit when
            left out. Values are kept as they are.
        point: (x, y), at most 1.75 pixels outside the outer centres.
        mode, padding_mode: as in :func:`stnlib.sample`.
        pixel: (row, column) of the pixel whose value can be changed; None waits for a click.
        stops: marked points. For these, Python stores what autograd and central differences find.
        panels: which are shown, of ``"sum"``, ``"slopes"``, ``"pixel"``, ``"switches"``.

    Raises:
        TypeError, ValueError, traitlets.TraitError: a setting that does not fit.
    """

    settings: ClassVar[tuple[str, ...]] = ("point", "mode", "padding_mode", "pixel")

    image = Values().tag(sync=True)
    point = Checked(check_place, default_value=(2.3, 0.8)).tag(sync=True)
    mode = one_of(MODES, "bilinear").tag(sync=True)
    padding_mode = one_of(PADDING_MODES, "zeros").tag(sync=True)
    pixel = Checked(check_pixel, default_value=None, allow_none=True).tag(sync=True)
    stops = Checked(_check_stops, default_value=()).tag(sync=True)
    panels = words_from(PANELS).tag(sync=True)
    judged = traitlets.Dict().tag(sync=True)

    def __init__(self, image: object = None, **settings: object) -> None:
        super().__init__(image=_default_image() if image is None else image, **settings)
        self._judge()
        self.observe(self._judge, ["image", "point", "mode", "padding_mode", "stops"])

    @validate("point", "stops")
    def _inside(self, proposal: dict) -> object:
        name, value = proposal["trait"].name, proposal["value"]
        highest = [n - 1 + REACH for n in self.shape[::-1]]
        for place in (value,) if name == "point" else value:
            if any(not -REACH <= v <= high for v, high in zip(place, highest, strict=True)):
                raise ValueError(
                    f"{name}: expected x in {-REACH} ... {highest[0]} and y in "
                    f"{-REACH} ... {highest[1]}, got {place}"
                )
        return value

    @validate("pixel")
    def _pixel_fits(self, proposal: dict) -> tuple[int, int] | None:
        pixel = proposal["value"]
        if pixel is not None and any(i >= n for i, n in zip(pixel, self.shape, strict=True)):
            raise ValueError(f"pixel: expected (row, column) inside {self.shape}, got {pixel}")
        return pixel

    @traitlets.observe("image")
    def _keep_inside(self, change: dict) -> None:
        sides = self.shape[::-1]
        self.point = tuple(min(v, n - 1 + REACH) for v, n in zip(self.point, sides, strict=True))
        self.stops = tuple(
            stop for stop in self.stops
            if all(v <= n - 1 + REACH for v, n in zip(stop, sides, strict=True))
        )  # fmt: skip
        if self.pixel is not None:
            self.pixel = tuple(min(i, n - 1) for i, n in zip(self.pixel, self.shape, strict=True))

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) of the picture."""
        return len(self.image), len(self.image[0])

    @property
    def input(self) -> Tensor:
        """The picture as a (1, 1, H, W) double tensor."""
        return torch.tensor(self.image, dtype=torch.float64)[None, None]

    def read(self, points: Tensor, *, mode: str, padding_mode: str) -> Tensor:
        """Return the values (N,) that torch's own ``grid_sample`` reads at (N, 2) pixel places."""
        grid = normalised_from_pixel(points, self.shape, align_corners=False)[None, None]
        options = {"mode": mode, "padding_mode": padding_mode, "align_corners": False}
        return grid_sample(self.input, grid, **options).flatten()

    @property
    def value(self) -> float:
        """V at the point."""
        place = torch.tensor([self.point], dtype=torch.float64)
        return self.read(place, mode=self.mode, padding_mode=self.padding_mode).item()

    @property
    def slopes(self) -> tuple[float, float]:
        """(dV/dx, dV/dy) at the point, by autograd, a pixel being 1 long."""
        return tuple(self._slopes(self.point, self.mode, self.padding_mode)[0])

    def _slopes(self, point: tuple, mode: str, padding_mode: str) -> tuple[list, list]:
        """Return both slopes by autograd and by central differences."""
        options = {"mode": mode, "padding_mode": padding_mode}
        with torch.inference_mode(False), torch.enable_grad():
            place = torch.tensor([point], dtype=torch.float64, requires_grad=True)
            (gradient,) = torch.autograd.grad(self.read(place, **options).sum(), place)
        steps = STEP * torch.eye(2, dtype=torch.float64)
        there, back = (self.read(place.detach() + sign * steps, **options) for sign in (1, -1))
        differences = (there - back) / (2 * STEP)
        return tuple(
            [round(v, 6) + 0.0 for v in d.flatten().tolist()] for d in (gradient, differences)
        )

    def _judge(self, change: dict | None = None) -> None:
        """Store what Python's two judges say at the point and at the stops."""
        here = (self.point, self.mode, self.padding_mode)
        asked = [(stop, m, p) for stop in self.stops for m in MODES for p in PADDING_MODES]
        names = ("point", "mode", "padding", "autograd", "differences")
        entries = [
            dict(zip(names, (list(case[0]), *case[1:], *self._slopes(*case)), strict=True))
            for case in dict.fromkeys([here, *asked])
        ]
        self.judged = {"image": [list(row) for row in self.image], "entries": entries}
