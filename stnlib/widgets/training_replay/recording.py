"""A recorded training run, small enough to travel in a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from stnlib._checks import MODES, PADDING_MODES, check_choice, check_flag, check_size, describe
from stnlib.training import History
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import Affine, ThinPlateSpline, Transform
from stnlib.widgets.shared.traits import finite_array

FULL = 32767  # the largest number that two bytes hold
MOST = 4  # grids on one picture
READING = ("output_size", "mode", "padding_mode", "align_corners")


@dataclass(frozen=True, repr=False, eq=False)
class Recording:
    """What :class:`~stnlib.widgets.TrainingReplay` shows of one run.

    Convention:
        theta maps OUTPUT points to INPUT points, as everywhere in stnlib.

    Args:
        step: (T,) whole numbers, rising: after so many steps theta was recorded.
        theta: (T, N, 2, 3), the affine maps of N probe pictures at these steps.
        output_size: (height, width) that the transformer gives.
        error_step, error: after so many steps, so many percent of the test pictures were wrong.
        mode, padding_mode, align_corners: how the transformer reads, as in :func:`stnlib.sample`.
        transforms: of several transformers that read each picture, four at most: affine ones and
            thin plate splines. ``theta`` is then (T, N, n), their numbers in a row, and is kept
            with six numbers for each affine one.

    Raises:
        TypeError, ValueError: shapes, numbers or words that do not fit.
    """

    step: np.ndarray
    theta: np.ndarray
    output_size: tuple[int, int]
    error_step: np.ndarray = ()
    error: np.ndarray = ()
    mode: str = "bilinear"
    padding_mode: str = "zeros"
    align_corners: bool = False
    transforms: tuple[Transform, ...] = ()

    def __post_init__(self) -> None:
        theta = finite_array("theta", self.theta, "numbers")
        theta, transforms = _six_numbers(theta, _check_transforms(self.transforms))
        if not transforms and (theta.ndim != 4 or theta.shape[2:] != (2, 3) or 0 in theta.shape):
            raise ValueError(f"theta: expected shape (T, N, 2, 3), got {theta.shape}")
        step, error_step = (_steps(name, getattr(self, name)) for name in ("step", "error_step"))
        error = finite_array("error", self.error, "numbers")
        if len(step) != len(theta):
            raise ValueError(f"step: expected {len(theta)}, one for each theta, got {len(step)}")
        if error.shape != error_step.shape:
            raise ValueError(f"error: expected shape {error_step.shape}, got {error.shape}")
        if len(error) and (error.min() < 0 or error.max() > 100):
            raise ValueError(f"error: expected percent, got {error.min():g} ... {error.max():g}")
        values = {"theta": theta, "step": step, "error_step": error_step, "error": error}
        values["transforms"] = transforms
        values["output_size"] = check_size("output_size", self.output_size)
        for name, value in values.items():
            object.__setattr__(self, name, value)
        check_choice("mode", self.mode, MODES)
        check_choice("padding_mode", self.padding_mode, PADDING_MODES)
        check_flag("align_corners", self.align_corners)

    @classmethod
    def of(
        cls, history: History, transformer: SpatialTransformer | Sequence[SpatialTransformer]
    ) -> Recording:
        """Take what :func:`stnlib.training.fit` recorded with a ``probe``.

        Args:
            history: of a model with one transformer, or with several, whose ``theta`` gives the
                numbers of all of them in a row.
            transformer: it, or a list of them, in the same order, that read in the same way.

        Raises:
            TypeError: no history, or no transformer. ValueError: nothing was recorded, or the
                transform is neither an affine one nor a thin plate spline, or the transformer has
                no output size of its own, or several read in different ways.
        """
        if not isinstance(history, History):
            raise TypeError(f"history: expected what fit returns, got {describe(history)}")
        given = transformer if isinstance(transformer, (list, tuple)) else [transformer]
        for one in given or [transformer]:
            if not isinstance(one, SpatialTransformer):
                raise TypeError(f"transformer: expected a SpatialTransformer, got {one!r:.60}")
        if not history.theta:
            raise ValueError("history: expected θ of probe pictures: call fit with probe=")
        for one in given:
            _check_family("transformer", one.transform)
            if one.output_size is None:
                raise ValueError("transformer: expected an output_size, got None")
        read = [{name: getattr(one, name) for name in READING} for one in given]
        if different := [one for one in read if one != read[0]]:
            raise ValueError(
                f"transformer: expected all to read alike, got {read[0]}, {different[0]}"
            )
        return cls(
            history.theta_step,
            history.theta,
            error_step=history.error_step,
            error=history.error,
            transforms=[one.transform for one in given],
            **read[0],
        )

    @property
    def families(self) -> tuple[Transform, ...]:
        """The transform of each grid on a picture."""
        return self.transforms or (Affine(),)

    def numbers(self, record: int) -> list[Tensor]:
        """Return θ of each transformer at one record: (N, n) each."""
        theta = torch.from_numpy(self.theta[record]).flatten(1).float()
        return list(theta.split([family.n_params for family in self.families], dim=1))

    def at(self, step: int) -> int:
        """Return the index of the last record at or before a step; the first, if none is."""
        return max(int(np.searchsorted(self.step, step, side="right")) - 1, 0)

    def to_json(self) -> dict:
        """Write the run as the page reads it: theta in two bytes a number, times ``unit``."""
        unit = float(np.abs(self.theta).max() or 1) / FULL
        stored = {
            "step": self.step.tolist(),
            "theta": np.round(self.theta / unit).astype("<i2").tobytes(),
            "unit": unit,
            "output_size": list(self.output_size),
            "error_step": self.error_step.tolist(),
            "error": self.error.round(3).tolist(),
            "mode": self.mode,
            "padding": self.padding_mode,
            "alignCorners": self.align_corners,
        }
        if self.transforms:  # a size of control points, or none for an affine map
            stored["grids"] = [list(getattr(t, "control_grid", ())) for t in self.transforms]
        return stored

    @classmethod
    def from_json(cls, value: dict) -> Recording:
        """Read what :meth:`to_json` wrote; a ``name`` beside it is left out."""
        given = {key: part for key, part in value.items() if key not in ("name", "unit")}
        maps = np.frombuffer(given.pop("theta"), "<i2") * value["unit"]
        grids = given.pop("grids", ())
        given["transforms"] = [ThinPlateSpline(size) if size else Affine() for size in grids]
        numbers = (sum(t.n_params for t in given["transforms"]),) if grids else (2, 3)
        given["theta"] = maps.reshape(len(value["step"]), -1, *numbers)
        given["padding_mode"] = given.pop("padding")
        return cls(align_corners=given.pop("alignCorners"), **given)

    def __repr__(self) -> str:
        records, pictures = self.theta.shape[:2]
        several = f" with {len(self.transforms)} grids" if len(self.transforms) > 1 else ""
        told = f"{records} records of {pictures} pictures{several}"
        return f"Recording({told}, to step {self.step[-1]})"


def _steps(name: str, value: object) -> np.ndarray:
    """Return whole numbers from 0 on that rise."""
    array = finite_array(name, value, "numbers")
    if array.ndim != 1 or (array != array.round()).any() or (np.diff(array, prepend=-1) <= 0).any():
        raise ValueError(f"{name}: expected rising whole numbers from 0 on, got {describe(value)}")
    return array.astype(int)


def _check_family(name: str, transform: Transform) -> None:
    """Refuse a map that the page does not know."""
    if not isinstance(transform, (Affine, ThinPlateSpline)):
        kind = type(transform).__name__
        raise ValueError(f"{name}: expected an affine transform or a thin plate spline, got {kind}")
    if getattr(transform, "regularisation", 0):
        raise ValueError(
            f"{name}: expected a spline without regularisation, got {transform.regularisation:g}"
        )


def _check_transforms(value: object) -> tuple[Transform, ...]:
    """Return a few transforms that the page knows."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(t, Transform) for t in value):
        raise TypeError(f"transforms: expected a list of transforms, got {value!r:.60}")
    if len(value) > MOST:
        raise ValueError(f"transforms: expected at most {MOST}, got {len(value)}")
    for transform in value:
        _check_family("transforms", transform)
    return tuple(value)


def _six_numbers(
    theta: np.ndarray, transforms: tuple[Transform, ...]
) -> tuple[np.ndarray, tuple[Transform, ...]]:
    """Return θ with six numbers for each affine map; as (T, N, 2, 3) and () for one alone."""
    if not transforms:
        return theta, transforms
    counts = [transform.n_params for transform in transforms]
    if theta.ndim != 3 or theta.shape[2] != sum(counts) or 0 in theta.shape:
        told = " + ".join(map(str, counts))
        raise ValueError(
            f"theta: expected shape (T, N, {sum(counts)}), {told} numbers a picture, "
            f"got {theta.shape}"
        )
    rows, parts, kept = torch.from_numpy(theta).flatten(0, 1), [], []
    for transform, part in zip(transforms, rows.split(counts, dim=1), strict=True):
        if isinstance(transform, Affine):
            transform, part = Affine(), transform.matrix(part).detach().flatten(1)
        parts.append(part)
        kept.append(transform)
    if len(kept) == 1 and isinstance(kept[0], Affine):
        return parts[0].reshape(*theta.shape[:2], 2, 3).numpy(), ()
    return torch.cat(parts, dim=1).reshape(*theta.shape[:2], -1).numpy(), tuple(kept)
