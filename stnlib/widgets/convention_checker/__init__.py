"""A live figure of the conventions: θ, pixel matrices, align_corners, pictures not square."""

from __future__ import annotations

from typing import ClassVar

import torch
import traitlets
from torch import Tensor

from stnlib._checks import check_flag
from stnlib.pixel_matrix import pixel_from_theta, theta_from_pixel
from stnlib.widgets.shared.base import LiveFigure
from stnlib.widgets.shared.traits import (
    Checked,
    Picture,
    Theta,
    check_pixel,
    check_sides,
    one_of,
    picture_from_json,
    picture_to_json,
    validate,
)

__all__ = ["ConventionChecker"]

FORMS = ("theta", "opencv", "skimage")
LETTER = ("..####..", "..#.....", "..###...", "..#.....", "..#.....")


def _letter() -> Tensor:
    """Return a letter F in 5 × 8 pixels: it looks different however it is turned or mirrored."""
    return torch.tensor([[0.9 if mark == "#" else 0.2 for mark in row] for row in LETTER])


class ConventionChecker(LiveFigure):
    """One affine map, given as θ or as a pixel matrix, read under both ``align_corners``.

    Convention:
        ``"theta"`` maps OUTPUT points to INPUT points, −1 ... 1; ``"skimage"`` OUTPUT pixels to
        INPUT pixels; ``"opencv"`` INPUT pixels to OUTPUT pixels: see :mod:`stnlib.pixel_matrix`.

    Args:
        numbers: 6 numbers or (2, 3): the map, in the form named by ``given``.
        given: ``"theta"``, ``"opencv"`` or ``"skimage"``.
        image: (H, W), (1, H, W) or (1, 1, H, W) in 0 ... 1; a letter in 5 × 8 when left out. It is
            stretched over an input of another size.
        input_size, output_size: (height, width), 2 ... 4096 each; the image's when left out.
        pixel: (row, column) of the output pixel whose way is shown.

    Raises:
        TypeError, ValueError, traitlets.TraitError: a setting that does not fit.
    """

    settings: ClassVar[tuple[str, ...]] = ("given", "numbers", "input_size", "output_size")

    image = Picture().tag(sync=True, to_json=picture_to_json, from_json=picture_from_json)
    given = one_of(FORMS, "theta").tag(sync=True)
    numbers = Theta().tag(sync=True)
    input_size = Checked(check_sides, default_value=(5, 8)).tag(sync=True)
    output_size = Checked(check_sides, default_value=(5, 8)).tag(sync=True)
    pixel = Checked(check_pixel, default_value=(0, 7)).tag(sync=True)

    def __init__(self, numbers: object = None, **settings: object) -> None:
        image = settings.pop("image", None)
        image = Picture().validate(self, _letter() if image is None else image)
        settings["input_size"] = check_sides("input_size", settings.get("input_size", image.shape))
        settings.setdefault("output_size", settings["input_size"])
        if numbers is not None:
            settings["numbers"] = numbers
        settings.setdefault(
            "pixel", (0, check_sides("output_size", settings["output_size"])[1] - 1)
        )
        super().__init__(image=image, **settings)

    @validate("pixel")
    def _pixel_fits(self, proposal: dict) -> tuple[int, int]:
        pixel, size = proposal["value"], self.output_size
        if pixel is None or pixel[0] >= size[0] or pixel[1] >= size[1]:
            raise ValueError(f"pixel: expected (row, column) inside {size}, got {pixel}")
        return pixel

    @traitlets.observe("output_size")
    def _keep_pixel_inside(self, change: dict) -> None:
        self.pixel = tuple(min(i, n - 1) for i, n in zip(self.pixel, self.output_size, strict=True))

    def _given(self) -> Tensor:
        return torch.tensor(self.numbers, dtype=torch.float64).reshape(1, 2, 3)

    def matrix(self, align_corners: bool) -> Tensor:
        """Return θ under one convention, (1, 2, 3) in float64.

        Raises:
            ValueError: OpenCV's matrix was given, and it has no inverse.
        """
        check_flag("align_corners", align_corners)
        if self.given == "theta":
            return self._given()
        sizes = {"input_size": self.input_size, "output_size": self.output_size}
        options = {"convention": self.given, "align_corners": align_corners}
        return theta_from_pixel(self._given(), **sizes, **options)

    def pixel_matrix(self, convention: str, align_corners: bool) -> Tensor:
        """Return the pixel matrix for ``"skimage"``, (1, 3, 3), or ``"opencv"``, (1, 2, 3).

        Raises:
            ValueError: the word is another one, or the map has no inverse where one is needed.
        """
        sizes = {"input_size": self.input_size, "output_size": self.output_size}
        options = {"convention": convention, "align_corners": align_corners}
        return pixel_from_theta(self.matrix(align_corners), **sizes, **options)
