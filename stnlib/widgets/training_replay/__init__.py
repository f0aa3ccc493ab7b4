"""A live figure of recorded training: how the grids find the digits, step by step."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import torch
import traitlets
from torch import Tensor

from stnlib._checks import check_choice, check_count, describe
from stnlib.sampler import sample
from stnlib.transforms import Affine
from stnlib.widgets.shared.base import LiveFigure, as_tensor
from stnlib.widgets.shared.traits import (
    Checked,
    Pictures,
    picture_from_json,
    picture_to_json,
    validate,
)
from stnlib.widgets.training_replay.recording import Recording

__all__ = ["Recording", "TrainingReplay"]

LARGEST = 110_000  # bytes of θ and of pictures; the page holds them as text, a third larger


def _check_runs(name: str, value: object) -> dict[str, Recording]:
    """Return {name: Recording}."""
    if not isinstance(value, dict) or not value:
        raise TypeError(f"{name}: expected {{name: Recording}}, got {describe(value)}")
    for word, run in value.items():
        if not isinstance(word, str) or not isinstance(run, Recording):
            raise TypeError(
                f"{name}: expected {{name: Recording}}, got {describe(word)}: {describe(run)}"
            )
    return dict(value)


def _runs_to_json(runs: dict[str, Recording], _: object) -> list[dict]:
    """Write the runs as the page reads them."""
    return [{"name": name, **run.to_json()} for name, run in runs.items()]


def _runs_from_json(value: list[dict], _: object) -> dict[str, Recording]:
    """Read what :func:`_runs_to_json` wrote."""
    return {run["name"]: Recording.from_json(run) for run in value}


def _check_index(name: str, value: object) -> int:
    """Return a whole number from 0 on."""
    return check_count(name, value, least=0)


def _check_labels(name: str, value: object) -> tuple[str, ...] | None:
    """Return a word for each picture, from digits or words; None for none."""
    if value is None:
        return None
    try:
        labels = np.array(value.tolist() if isinstance(value, Tensor) else value)
    except ValueError:  # rows of different lengths
        labels = np.array(None)
    if labels.ndim != 1 or labels.dtype.kind not in "iuU":
        raise TypeError(f"{name}: expected (N,) digits or words, got {describe(value)}")
    return tuple(map(str, labels.tolist()))


class TrainingReplay(LiveFigure):
    """Recorded runs to play: grids, what they read, the error and θ over the steps (section 4.1).

    Convention:
        theta maps OUTPUT points to INPUT points; the grids are drawn on the input.

    Args:
        runs: {name: Recording}, see :meth:`Recording.of`; two of them are shown side by side. A
            recording of several transformers shows a grid for each.
        images: (N, C, H, W) or (N, H, W) in 0 ... 1, three channels at most: the probe pictures,
            8 of them fit best.
        step: the training step shown; the last one when left out.
        digit: which picture is shown large, from 0 on.
        labels: what the pictures show, (N,) digits or words, for those who do not see them.
        left, right: names of the runs shown, the first two when left out; ``right=None`` shows one.

    Raises:
        TypeError, ValueError, traitlets.TraitError: a setting that does not fit, or runs and
            pictures too large for a page.
    """

    settings: ClassVar[tuple[str, ...]] = ("names", "step", "digit")

    images = Pictures(channels=3).tag(
        sync=True, to_json=picture_to_json, from_json=picture_from_json
    )
    runs = Checked(_check_runs).tag(sync=True, to_json=_runs_to_json, from_json=_runs_from_json)
    step = Checked(_check_index, default_value=0).tag(sync=True)
    digit = Checked(_check_index, default_value=0).tag(sync=True)
    labels = Checked(_check_labels, default_value=None).tag(sync=True)
    left = traitlets.Unicode().tag(sync=True)
    right = traitlets.Unicode(None, allow_none=True).tag(sync=True)

    def __init__(self, runs: dict[str, Recording], images: object, **settings: object) -> None:
        runs = _check_runs("runs", runs)
        settings.setdefault("left", next(iter(runs)))
        settings.setdefault("right", next((n for n in runs if n != settings["left"]), None))
        settings.setdefault("step", int(max(run.step[-1] for run in runs.values())))
        super().__init__(runs=runs, images=images, **settings)

    @validate("runs", "images", "labels")
    def _all_fit_images(self, proposal: dict) -> object:
        new = {name: getattr(self, name) for name in ("runs", "images", "labels")}
        new[proposal["trait"].name] = proposal["value"]
        runs, images, labels = new.values()
        if labels is not None and len(labels) != len(images):
            raise ValueError(
                f"labels: expected {len(images)}, one for each image, got {len(labels)}"
            )
        for name, run in runs.items():
            if run.theta.shape[1] != len(images):
                count = run.theta.shape[1]
                raise ValueError(f"runs: expected θ of {len(images)} images, {name!r} has {count}")
        size = images.size + sum(2 * run.theta.size for run in runs.values())
        if size > LARGEST:
            raise ValueError(
                f"runs: expected at most {LARGEST // 1000} kB of θ and pictures, got "
                f"{size // 1000} kB: record less often"
            )
        return proposal["value"]

    @traitlets.observe("runs", "images")
    def _keep_to_what_is_there(self, change: dict) -> None:
        if self.left not in self.runs:
            self.left = next(iter(self.runs))
        if self.right is not None and self.right not in self.runs:
            self.right = next((name for name in self.runs if name != self.left), None)
        self.step = min(self.step, self.last_step)
        self.digit = min(self.digit, len(self.images) - 1)

    @validate("left", "right")
    def _run_is_known(self, proposal: dict) -> str | None:
        name, value = proposal["trait"].name, proposal["value"]
        if name == "right" and value is None:
            return None
        return check_choice(name, value, tuple(self.runs))

    @validate("digit")
    def _digit_is_there(self, proposal: dict) -> int:
        if proposal["value"] >= len(self.images):
            last = len(self.images) - 1
            raise ValueError(f"digit: expected 0 ... {last}, got {proposal['value']}")
        return proposal["value"]

    @validate("step")
    def _step_is_there(self, proposal: dict) -> int:
        if proposal["value"] > self.last_step:
            raise ValueError(f"step: expected 0 ... {self.last_step}, got {proposal['value']}")
        return proposal["value"]

    @property
    def last_step(self) -> int:
        """The last step that any run recorded."""
        return int(max(run.step[-1] for run in self.runs.values()))

    @property
    def shown(self) -> dict[str, Recording]:
        """The runs shown now, left and right."""
        return {n: self.runs[n] for n in (self.left, self.right) if n is not None}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the runs shown now."""
        return tuple(self.shown)

    @property
    def input(self) -> Tensor:
        """The probe pictures, (N, C, H, W) in 0 ... 1."""
        return as_tensor(self.images)

    @property
    def matrix(self) -> Tensor:
        """The maps of the run on the left at the present step, (N, 2, 3); (N, K, 2, 3) of K grids.

        Raises:
            ValueError: a map is a spline, which is no matrix.
        """
        run = self.runs[self.left]
        for family in run.families:
            if not isinstance(family, Affine):
                raise ValueError(f"matrix: expected affine maps, got {type(family).__name__}")
        numbers = run.numbers(run.at(self.step))
        return self._of_each([theta.unflatten(1, (2, 3)) for theta in numbers])

    @property
    def grid(self) -> Tensor:
        """The grids of the run on the left, (N, H', W', 2); (N, K, H', W', 2) of K grids."""
        return self._of_each(self._grids())

    @property
    def output(self) -> Tensor:
        """What these grids read, (N, C, H', W'); (N, K, C, H', W') of K grids."""
        run = self.runs[self.left]
        options = {"mode": run.mode, "padding_mode": run.padding_mode}
        options["align_corners"] = run.align_corners
        return self._of_each([sample(self.input, grid, **options) for grid in self._grids()])

    def _grids(self) -> list[Tensor]:
        run = self.runs[self.left]
        pairs = zip(run.families, run.numbers(run.at(self.step)), strict=True)
        options = {"align_corners": run.align_corners}
        return [family.grid(theta, run.output_size, **options) for family, theta in pairs]

    def _of_each(self, parts: list[Tensor]) -> Tensor:
        return torch.stack(parts, dim=1) if len(parts) > 1 else parts[0]
