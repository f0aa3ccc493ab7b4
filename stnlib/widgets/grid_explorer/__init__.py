"""The first live figure: drag the sampling grid, see the output and the formula change."""

from __future__ import annotations

from typing import ClassVar

import torch
import traitlets
from torch import Tensor

from stnlib._checks import MODES, PADDING_MODES, check_flag
from stnlib.affine import affine_grid
from stnlib.sampler import sample
from stnlib.splatting import Splat, splat
from stnlib.widgets.shared.base import LiveFigure, as_tensor
from stnlib.widgets.shared.traits import (
    Checked,
    Picture,
    Theta,
    check_output_size,
    check_pixel,
    one_of,
    picture_from_json,
    picture_to_json,
    validate,
    words_from,
)

__all__ = ["GridExplorer"]

DIRECTIONS = ("gather", "splat")
CONTROLS = ("theta", "read", "sliders", "switches", "direction", "more")


def _default_image() -> Tensor:
    """Return one embedded digit: a 5, which looks different however it is turned or mirrored."""
    from stnlib.digits import load_digits

    return load_digits().images[33]


class GridExplorer(LiveFigure):
    """A picture, a sampling grid to drag, and the output that it reads (eq. 1, 3).

    Convention:
        ``direction="gather"``: theta maps OUTPUT points to INPUT points, and the grid is drawn on
        the input. ``"splat"``: the same six numbers send INPUT points to OUTPUT points, and the
        grid is drawn on the output.

    Args:
        image: (H, W), (1, H, W) or (1, 1, H, W) in 0 ... 1; a handwritten digit when left out.
        theta: 6 numbers or (2, 3), as a list, an array or a tensor.
        output_size: (height, width); that of the image when left out.
        mode, padding_mode, align_corners: as in :func:`stnlib.sample`.
        direction: which way theta is applied.
        pixel: (row, column) of the pixel whose reading is shown; None waits for a pointer. It is a
            pixel of the output when gathering, of the input when splatting.
        controls: which groups are shown, of ``"theta"`` (the formula), ``"read"`` (the pixels
            behind one pixel), ``"sliders"``, ``"switches"``, ``"direction"``; with ``"more"`` the
            others are behind a button of that name.

    Raises:
        TypeError, ValueError, traitlets.TraitError: a setting that does not fit.
    """

    settings: ClassVar[tuple[str, ...]] = (
        "theta",
        "output_size",
        "mode",
        "padding_mode",
        "align_corners",
        "direction",
    )

    image = Picture().tag(sync=True, to_json=picture_to_json, from_json=picture_from_json)
    theta = Theta().tag(sync=True)
    output_size = Checked(check_output_size, default_value=(28, 28)).tag(sync=True)
    mode = one_of(MODES, "bilinear").tag(sync=True)
    padding_mode = one_of(PADDING_MODES, "zeros").tag(sync=True)
    align_corners = Checked(check_flag, default_value=False).tag(sync=True)
    direction = one_of(DIRECTIONS, "gather").tag(sync=True)
    pixel = Checked(check_pixel, default_value=None, allow_none=True).tag(sync=True)
    controls = words_from(CONTROLS).tag(sync=True)

    def __init__(self, image: object = None, **settings: object) -> None:
        picture = Picture().validate(self, _default_image() if image is None else image)
        if settings.get("output_size") is None:
            settings["output_size"] = picture.shape
        super().__init__(image=picture, **settings)

    @validate("pixel")
    def _pixel_fits(self, proposal: dict) -> tuple[int, int] | None:
        pixel = proposal["value"]
        size = tuple(self.output_size if self.direction == "gather" else self.image.shape)
        if pixel is not None and (pixel[0] >= size[0] or pixel[1] >= size[1]):
            raise ValueError(f"pixel: expected (row, column) inside {size}, got {pixel}")
        return pixel

    @traitlets.observe("output_size", "direction", "image")
    def _keep_pixel_inside(self, change: dict) -> None:
        if self.pixel is not None:
            size = self.output_size if self.direction == "gather" else self.image.shape
            self.pixel = tuple(min(i, n - 1) for i, n in zip(self.pixel, size, strict=True))

    @property
    def matrix(self) -> Tensor:
        """theta as a (1, 2, 3) float tensor, ready for stnlib and torch."""
        return torch.tensor(self.theta, dtype=torch.float32).reshape(1, 2, 3)

    @property
    def input(self) -> Tensor:
        """The input picture as a (1, 1, H, W) float tensor in 0 ... 1."""
        return as_tensor(self.image)

    @property
    def grid(self) -> Tensor:
        """Where theta sends the regular grid: (1, H', W', 2)."""
        size = self.output_size if self.direction == "gather" else self.image.shape
        return affine_grid(self.matrix, tuple(size), align_corners=self.align_corners)

    @property
    def splat(self) -> Splat:
        """What each output pixel gets when theta is applied forwards: sums and weights."""
        size = tuple(self.image.shape)
        grid = affine_grid(self.matrix, size, align_corners=self.align_corners)
        options = {"mode": self.mode, "align_corners": self.align_corners}
        return splat(self.input, grid, tuple(self.output_size), **options)

    @property
    def output(self) -> Tensor:
        """The output picture, (1, 1, H', W'), as the figure shows it."""
        if self.direction == "splat":
            return self.splat.average()
        return sample(
            self.input,
            self.grid,
            mode=self.mode,
            padding_mode=self.padding_mode,
            align_corners=self.align_corners,
        )
