"""The map of a loss over angle and shift, for stills: what heat_map.js draws in the page."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from torch import Tensor

from stnlib.plotting import TEXT

RAMP = ["#0d2c48", "#225c84", "#689cb2", "#bcd0ce", "#f6f1e2"]  # dark is a small loss


def lattice(n: int, turn: float, move: float) -> Tensor:
    """Return n × n starts (degrees, pixels), row by row from the smallest angle: (n * n, 2)."""
    degrees, shifts = (torch.linspace(-r, r, n, dtype=torch.float64) for r in (turn, move))
    return torch.cartesian_prod(degrees, shifts)


def draw_heat_map(
    ax: Axes, losses: Callable[[Tensor], Tensor], reach: tuple[float, float], *, n: int,
    bands: int, most: float, every: float, label: str,
) -> None:  # fmt: skip
    """Draw a map with its axes and its title; marks come on top.

    Args:
        losses: turns (N, 2) degrees and pixels into (N,) losses.
        reach: the map goes so many (degrees, pixels) to both sides.
        n: places on the lattice, each way.
        bands: how many colours there are up to ``most``, the loss of the lightest one.
        every: a line stands at each multiple of it.
        label: what a shift is.
    """
    turn, move = reach
    loss = losses(lattice(n, turn, move)).reshape(n, n).numpy()
    places = np.linspace(-move, move, n), np.linspace(-turn, turn, n)
    levels, ramp = np.linspace(0, most, bands + 1), LinearSegmentedColormap.from_list("loss", RAMP)
    ax.contourf(*places, loss.clip(0, most - 0.01), levels, cmap=ramp)
    lines = every * np.arange(1, 20)
    ax.contour(*places, loss, levels=lines, colors="#22303c", linewidths=0.5, alpha=0.6)
    ax.set(xlim=(-move, move), ylim=(turn, -turn))
    for axis, end, unit in ((ax.xaxis, move, ""), (ax.yaxis, turn, "°")):
        ticks = np.linspace(-end, end, 5)
        axis.set_ticks(ticks, [f"{value:g}{unit}".replace("-", "−") for value in ticks])
    ax.set_xlabel(label, size=8, color=TEXT)
    ax.tick_params(labelsize=8, colors=TEXT, length=2)
    title = "Loss over angle and shift: dark is small"
    ax.set_title(title, size=9, color=TEXT, weight="bold", loc="left", pad=4)
