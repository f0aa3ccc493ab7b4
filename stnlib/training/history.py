"""What a training run leaves behind besides its weights."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from statistics import fmean

from torch import Tensor, linalg

from stnlib._checks import describe


@dataclass(repr=False)
class History:
    """What :func:`fit` saw, in lists of plain numbers: ``json.dump(history.to_dict(), file)``.

    Attributes:
        loss: of each step's batch.
        seconds: spent up to each step; recording, evaluating and saving are left out.
        cpu_seconds: the same of the process's CPU time, all threads: other programs do not count.
        gradient: length of the gradient at each step, the localisation network's left out.
        gradient_localisation: that of the localisation network; empty where there is none.
        error_step, error: percent wrong on the test pictures, after so many steps.
        theta_step, theta: (B, n_params) of the probe pictures as nested lists, after so many
            steps, and before the first.
        outside: (B,) at these steps: the share of the sampling grid's points beyond the picture.
        spacing: (B,) at these steps: from one sample point to the next, in input pixels (the root
            of the mean cell's area, in a volume the cube root of its content). Both are empty
            where nothing has a ``grid`` of 2 × 2 or more.
        read: (B,) at these steps: the largest absolute value that the transformer gives.
        contrast: (B,) at these steps: how far apart the values are that it gives in one channel,
            the widest; 0 on a plain background of any grey.
        spread: at these steps: the standard deviation of the model's outputs over the probe
            pictures, a mean over the outputs; 0 where it gives all pictures the same.
    """

    loss: list = field(default_factory=list)
    seconds: list = field(default_factory=list)
    cpu_seconds: list = field(default_factory=list)
    gradient: list = field(default_factory=list)
    gradient_localisation: list = field(default_factory=list)
    error_step: list = field(default_factory=list)
    error: list = field(default_factory=list)
    theta_step: list = field(default_factory=list)
    theta: list = field(default_factory=list)
    outside: list = field(default_factory=list)
    spacing: list = field(default_factory=list)
    read: list = field(default_factory=list)
    contrast: list = field(default_factory=list)
    spread: list = field(default_factory=list)

    def to_dict(self) -> dict[str, list]:
        """Return the lists by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, list]) -> History:
        """Return the history that :meth:`to_dict` was taken from."""
        names = {entry.name for entry in fields(cls)}
        right = isinstance(values, dict) and set(values) == names
        if not right or not all(isinstance(value, list) for value in values.values()):
            raise ValueError(f"values: expected what to_dict gives, got {describe(values)}")
        return cls(**values)

    def note_error(self, step: int, error: float) -> None:
        """Add the percentage wrong on the test pictures after a step."""
        self.error_step.append(step)
        self.error.append(error)

    def note_grid(self, grid: Tensor, size: tuple[int, ...]) -> None:
        """Add how much of a sampling grid (B, H', W', 2) lies outside, and how dense it is.

        ``size`` is the (height, width) of the pictures in pixels. A grid of one row, column or
        slice has no cells, and is left out.
        """
        sides = tuple(range(1, grid.dim() - 1))
        if min(grid.shape[1:-1]) < 2:
            return
        self.outside.append((grid.abs() > 1).any(-1).float().mean(sides).tolist())
        if len(sides) == 3:
            right, down = grid.diff(dim=3)[:, :-1, :-1], grid.diff(dim=2)[:, :-1, :, :-1]
            back = grid.diff(dim=1)[:, :, :-1, :-1]
            cells = (linalg.cross(right, down, dim=-1) * back).sum(-1)
        else:
            right, down = grid.diff(dim=2)[:, :-1], grid.diff(dim=1)[:, :, :-1]
            cells = right[..., 0] * down[..., 1] - right[..., 1] * down[..., 0]
        content = cells.abs().mean(sides) * math.prod(size) / 2 ** len(sides)
        self.spacing.append((content.sqrt() if len(sides) == 2 else content ** (1 / 3)).tolist())

    def note_values(self, read: Tensor, outputs: Tensor) -> None:
        """Add how large the values are that a transformer reads, and how outputs differ."""
        if isinstance(read, Tensor) and read.dim():
            self.read.append(_finite_rows(read.abs()).amax(1).tolist())
            channels = _finite_rows(read.flatten(0, 1) if read.dim() > 1 else read)
            apart = (channels.amax(1) - channels.amin(1)).reshape(len(read), -1)
            self.contrast.append(apart.amax(1).tolist())
        if isinstance(outputs, Tensor) and outputs.dim() and len(outputs) > 1:
            self.spread.append(_finite_rows(outputs).std(0).mean().item())

    def recent_loss(self, steps: int = 50) -> float:
        """Return the mean loss of the last steps."""
        return sum(self.loss[-steps:]) / max(len(self.loss[-steps:]), 1)

    def __repr__(self) -> str:
        error = f", error {self.error[-1]:.2f} %" if self.error else ""
        return f"History({len(self.loss)} steps, loss {self.recent_loss():.3f}{error})"


def _finite_rows(values: Tensor) -> Tensor:
    """Return (B, N) numbers: a log of 0 among the outputs is no reason to lose the history."""
    return values.reshape(len(values), -1).float().nan_to_num().clamp(-1e9, 1e9)


def means(values: list[float], parts: int = 10) -> list[float]:
    """Return the means over so many equal stretches, or all values if there are fewer."""
    parts = min(len(values), parts)
    cuts = [len(values) * i // parts for i in range(parts + 1)] if parts else []
    return [fmean(values[a:b]) for a, b in pairwise(cuts)]
