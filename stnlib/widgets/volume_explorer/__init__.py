"""A live figure of a volume: turn it, put a box into it, read it there, project what is read."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import torch
import traitlets
from torch import Tensor

from stnlib._checks import describe
from stnlib.affine import affine_grid
from stnlib.sampler import sample
from stnlib.widgets.shared.base import LiveFigure
from stnlib.widgets.shared.traits import (
    Checked,
    Kept,
    as_bytes,
    finite_array,
    one_of,
    picture_from_json,
    picture_to_json,
    unit_numbers,
)
from stnlib.widgets.volume_explorer.example import IDENTITY, example

__all__ = ["VolumeExplorer"]

LARGEST = 32  # voxels a side
MOST_BOXES = 8


class _Volume(traitlets.TraitType):
    """A grey volume, kept as uint8 (D, H, W), from that or with axes of one before it."""

    def validate(self, obj: object, value: object) -> Kept:
        expected = "(D, H, W), (1, D, H, W) or (1, 1, D, H, W) with values in 0 ... 1"
        array = unit_numbers(self.name, value, expected)
        shape = array.shape
        if array.ndim not in (3, 4, 5) or set(shape[:-3]) - {1} or 0 in shape:
            raise ValueError(f"{self.name}: expected {expected}, got shape {shape}")
        if max(shape[-3:]) > LARGEST:
            raise ValueError(
                f"{self.name}: expected at most {LARGEST} voxels a side, got {shape[-3:]}"
            )
        if array.min() < -1e-6 or array.max() > 1 + 1e-6:
            raise ValueError(
                f"{self.name}: expected values in 0 ... 1, "
                f"got {array.min():.4g} ... {array.max():.4g}"
            )
        return as_bytes(array.reshape(shape[-3:]).clip(0, 1))


def _check_theta(name: str, value: object) -> tuple[float, ...]:
    """Return twelve finite numbers, row by row, at most 100 either way."""
    expected = "12 numbers, or (3, 4), (1, 12), (1, 3, 4)"
    array = finite_array(name, value, expected)
    if array.shape not in ((12,), (3, 4), (1, 12), (1, 3, 4)):
        raise ValueError(f"{name}: expected {expected}, got shape {array.shape}")
    if np.abs(array).max() > 100:
        raise ValueError(f"{name}: expected numbers of -100 ... 100, got {describe(value)}")
    return tuple(array.flatten().tolist())


def _check_boxes(name: str, value: object) -> dict[str, tuple[float, ...]]:
    """Return a few boxes by name."""
    if not isinstance(value, dict) or not all(isinstance(word, str) for word in value):
        raise TypeError(f"{name}: expected {{name: 12 numbers}}, got {describe(value)}")
    if not 1 <= len(value) <= MOST_BOXES:
        raise ValueError(f"{name}: expected 1 ... {MOST_BOXES} boxes, got {len(value)}")
    return {word: _check_theta(name, theta) for word, theta in value.items()}


def _boxes_to_json(value: dict, _: object) -> list[tuple[str, tuple[float, ...]]]:
    """Write boxes as the page reads them: a notebook sorts names, and leaves pairs in order."""
    return list(value.items())


def _boxes_from_json(value: list, _: object) -> dict:
    """Read boxes that the page sent."""
    return dict(value)


def _check_view(name: str, value: object) -> tuple[float, float]:
    """Return (degrees across, degrees up)."""
    array = finite_array(name, value, "(degrees across, degrees up)")
    if array.shape != (2,):
        raise ValueError(f"{name}: expected (degrees across, degrees up), got {array.shape}")
    if (np.abs(array) > (180, 90)).any():
        raise ValueError(f"{name}: expected at most 180 and 90 degrees either way, got {value}")
    return tuple(array.tolist())


class VolumeExplorer(LiveFigure):
    """A volume to turn, the box that an affine map reads, and the projection of what it reads.

    The box is where θ sends the output's cube. What is read there has as many voxels as the volume;
    it is shown as three middle slices, and as a projection along its depth: what a network does
    that reads a volume and classifies in the plane (eq. 1, of three axes). The projection
    straight through the volume is shown beside it. Each projection is shown so that its largest
    value is white.

    Convention:
        theta maps OUTPUT points (X, Y, Z) to INPUT points (x, y, z); x points right, y down and z
        into the page. The projections are along z and along Z.

    Args:
        volume: (D, H, W), (1, D, H, W) or (1, 1, D, H, W) in 0 ... 1, at most 32 voxels a side; two
            digits when left out, made solid and turned.
        theta: 12 numbers or (3, 4), row by row; the first of the boxes when left out.
        boxes: {name: theta}, one to eight, to be chosen by name; the identity when left out, or
            five that suit the two digits.
        projection: ``"mean"`` or ``"max"``.
        view: from where the volume is seen: (degrees across, degrees up); at (0, 0) along z.

    Raises:
        TypeError, ValueError, traitlets.TraitError: a setting that does not fit.
    """

    settings: ClassVar[tuple[str, ...]] = ("theta", "projection", "view")

    volume = _Volume().tag(sync=True, to_json=picture_to_json, from_json=picture_from_json)
    theta = Checked(_check_theta, default_value=IDENTITY).tag(sync=True)
    boxes = Checked(_check_boxes, default_value={"the whole volume": IDENTITY}).tag(
        sync=True, to_json=_boxes_to_json, from_json=_boxes_from_json
    )
    projection = one_of(("mean", "max"), "mean").tag(sync=True)
    view = Checked(_check_view, default_value=(-10.0, 22.0)).tag(sync=True)

    def __init__(self, volume: object = None, **settings: object) -> None:
        if volume is None:
            volume, boxes = example()
            settings = {"boxes": boxes, **settings}
        checked = _check_boxes("boxes", settings.get("boxes", {"the whole volume": IDENTITY}))
        settings = {"theta": next(iter(checked.values())), **settings}
        super().__init__(volume=volume, **settings)

    @property
    def input(self) -> Tensor:
        """The volume as a (1, 1, D, H, W) float tensor in 0 ... 1."""
        return torch.from_numpy(np.array(self.volume)).float()[None, None] / 255

    @property
    def matrix(self) -> Tensor:
        """theta as a (1, 3, 4) float tensor, for stnlib and torch."""
        return torch.tensor(self.theta, dtype=torch.float32).reshape(1, 3, 4)

    @property
    def grid(self) -> Tensor:
        """The sampling grid, (1, D, H, W, 3)."""
        return affine_grid(self.matrix, self.volume.shape, align_corners=False)

    @property
    def output(self) -> Tensor:
        """What the box reads, (1, 1, D, H, W)."""
        return sample(self.input, self.grid, align_corners=False)

    @property
    def straight(self) -> Tensor:
        """The volume, projected along z, (1, 1, H, W)."""
        return self._project(self.input)

    @property
    def projected(self) -> Tensor:
        """What the box reads, projected along Z, (1, 1, H, W)."""
        return self._project(self.output)

    def _project(self, volume: Tensor) -> Tensor:
        return volume.mean(2) if self.projection == "mean" else volume.amax(2)
