"""Small drawings of every function of stnlib.plotting, for reference pictures and facts."""

from __future__ import annotations

from types import ModuleType

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes

from stnlib import affine, affine_grid
from tests.figures import data

PIXELS = torch.tensor([[0.1, 0.9, 0.3, 0.6], [0.5, 0.2, 1.0, 0.4], [0.0, 0.7, 0.1, 0.8]])
FIELD = torch.tensor([[-3.0, -1.0, 0.0], [0.5, 2.0, 1.0]])
POINTS = torch.tensor([[0.5, -0.75], [-0.25, 0.5], [0.8, 0.6]])
ENDS = torch.tensor([[-0.5, -0.5], [0.4, 0.8], [0.8, -0.2]])
THETA = affine.from_parts(rotation=0.4, scale_x=0.6, scale_y=0.8, t_x=0.2, t_y=-0.1)


def _ground(plotting: ModuleType, ax: Axes) -> None:
    plotting.draw_image(ax, data.digits().images[7])


def image(plotting: ModuleType, ax: Axes) -> None:
    plotting.draw_image(ax, PIXELS, edge=plotting.OUTPUT, title="a picture")


def image_of_centres(plotting: ModuleType, ax: Axes) -> None:
    plotting.draw_image(ax, PIXELS, align_corners=True)


def image_of_pixels(plotting: ModuleType, ax: Axes) -> None:
    plotting.draw_image(ax, PIXELS, frame="pixel", edge=plotting.INPUT, vmax=2)


def grid_of_lines(plotting: ModuleType, ax: Axes) -> None:
    _ground(plotting, ax)
    plotting.draw_grid(ax, affine_grid(THETA, (9, 12)))


def grid_of_dots(plotting: ModuleType, ax: Axes) -> None:
    _ground(plotting, ax)
    grid = affine_grid(THETA, (9, 12))
    plotting.draw_grid(ax, grid, points=True, every=2, color=plotting.FOLD, outline=False)


def points(plotting: ModuleType, ax: Axes) -> None:
    _ground(plotting, ax)
    plotting.draw_points(ax, POINTS, labels=["a", "b", "c"])


def arrows(plotting: ModuleType, ax: Axes) -> None:
    plotting.draw_points(ax, POINTS, color=plotting.OUTPUT, marker="s")
    plotting.draw_arrows(ax, POINTS, ENDS)


def values(plotting: ModuleType, ax: Axes) -> None:
    plotting.draw_values(ax, PIXELS)


def field(plotting: ModuleType, ax: Axes) -> None:
    plotting.draw_field(ax, FIELD)


def field_in_limits(plotting: ModuleType, ax: Axes) -> None:
    plotting.draw_field(ax, FIELD, limit=10)


DRAWINGS = {
    f"plotting/{draw.__name__.replace('_', ' ')}": draw
    for draw in (image, image_of_centres, image_of_pixels, grid_of_lines, grid_of_dots, points,
                 arrows, values, field, field_in_limits)
}  # fmt: skip


def drawn(name: str, plotting: ModuleType) -> tuple[np.ndarray, Axes]:
    """Draw one of them; return its colours, (H, W, 3) bytes, and its axes."""
    with matplotlib.rc_context({"figure.dpi": 100}):
        figure, (ax,) = plotting.panels(1)
        DRAWINGS[name](plotting, ax)
        figure.canvas.draw()
        colours = np.asarray(figure.canvas.buffer_rgba())[:, :, :3].copy()
        plt.close(figure)
    return colours, ax


def colour_at(drawing: tuple[np.ndarray, Axes], x: float, y: float, reach: int = 0) -> np.ndarray:
    """Return the colours round a place in the units of the axes, (2 reach + 1, the same, 3)."""
    colours, ax = drawing
    column, up = ax.transData.transform((x, y)).round().astype(int)
    row = len(colours) - 1 - up
    return colours[row - reach : row + reach + 1, column - reach : column + reach + 1].astype(int)
