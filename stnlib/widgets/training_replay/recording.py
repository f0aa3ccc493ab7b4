"""A recorded training run, small enough to travel in a page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from stnlib._checks import MODES, PADDING_MODES, check_choice, check_flag, check_size, describe
from stnlib.training import History
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import Affine
from stnlib.widgets.shared.traits import finite_array

FULL = 32767  # the largest number that two bytes hold


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

    def __post_init__(self) -> None:
        theta = finite_array("theta", self.theta, "numbers")
        if theta.ndim != 4 or theta.shape[2:] != (2, 3) or 0 in theta.shape:
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
        values["output_size"] = check_size("output_size", self.output_size)
        for name, value in values.items():
            object.__setattr__(self, name, value)
        check_choice("mode", self.mode, MODES)
        check_choice("padding_mode", self.padding_mode, PADDING_MODES)
        check_flag("align_corners", self.align_corners)

    @classmethod
    def of(cls, history: History, transformer: SpatialTransformer) -> Recording:
        """Take what :func:`stnlib.training.fit` recorded with a ``probe``.

        Raises:
            TypeError: no history, or no transformer. ValueError: nothing was recorded, or the
                transform is no affine one, or the transformer has no output size of its own.
        """
        if not isinstance(history, History):
            raise TypeError(f"history: expected what fit returns, got {describe(history)}")
        if not isinstance(transformer, SpatialTransformer):
            raise TypeError(f"transformer: expected a SpatialTransformer, got {transformer!r:.60}")
        if not history.theta:
            raise ValueError("history: expected θ of probe pictures: call fit with probe=")
        if not isinstance(transformer.transform, Affine):
            kind = type(transformer.transform).__name__
            raise ValueError(f"transformer: expected an affine transform, got {kind}")
        if transformer.output_size is None:
            raise ValueError("transformer: expected an output_size, got None")
        theta = torch.tensor(history.theta)
        maps = transformer.transform.matrix(theta.flatten(0, 1)).detach()
        reading = ("output_size", "mode", "padding_mode", "align_corners")
        return cls(
            history.theta_step,
            maps.reshape(*theta.shape[:2], 2, 3).numpy(),
            error_step=history.error_step,
            error=history.error,
            **{name: getattr(transformer, name) for name in reading},
        )

    def at(self, step: int) -> int:
        """Return the index of the last record at or before a step; the first, if none is."""
        return max(int(np.searchsorted(self.step, step, side="right")) - 1, 0)

    def to_json(self) -> dict:
        """Write the run as the page reads it: theta in two bytes a number, times ``unit``."""
        unit = float(np.abs(self.theta).max() or 1) / FULL
        return {
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

    @classmethod
    def from_json(cls, value: dict) -> Recording:
        """Read what :meth:`to_json` wrote; a ``name`` beside it is left out."""
        given = {key: part for key, part in value.items() if key not in ("name", "unit")}
        maps = np.frombuffer(given.pop("theta"), "<i2") * value["unit"]
        given["theta"] = maps.reshape(len(value["step"]), -1, 2, 3)
        given["padding_mode"] = given.pop("padding")
        return cls(align_corners=given.pop("alignCorners"), **given)

    def __repr__(self) -> str:
        records, pictures = self.theta.shape[:2]
        return f"Recording({records} records of {pictures} pictures, to step {self.step[-1]})"


def _steps(name: str, value: object) -> np.ndarray:
    """Return whole numbers from 0 on that rise."""
    array = finite_array(name, value, "numbers")
    if array.ndim != 1 or (array != array.round()).any() or (np.diff(array, prepend=-1) <= 0).any():
        raise ValueError(f"{name}: expected rising whole numbers from 0 on, got {describe(value)}")
    return array.astype(int)
