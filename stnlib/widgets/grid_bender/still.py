"""The still of a grid bender, drawn by matplotlib, and its description in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from matplotlib.figure import Figure

from stnlib.plotting import FOLD, INPUT, OUTPUT, TEXT, draw_grid, draw_image, draw_points
from stnlib.transforms import ThinPlateSpline

if TYPE_CHECKING:
    from stnlib.widgets.grid_bender.figure import GridBender

ANCHORS = {
    "attention": [[0.0, 0.0], [1.0, 1.0]],
    "similarity": [[0.0, 0.0], [1.0, 1.0]],
    "affine": [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]],
    "projective": [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]],
    "piece-wise affine": None,  # its control points
    "thin plate spline": None,
}


def anchors(bender: GridBender) -> torch.Tensor:
    """The points that the hand holds, before they move, (N, 2)."""
    points = ANCHORS[bender.family]
    points = bender.transform.control_points if points is None else torch.tensor(points)
    return points.float()


def describe_bend(bender: GridBender) -> str:
    """Say what the figure shows: both pictures, the family, its numbers, and its folds."""
    height, width = bender.image.shape
    over = int(bender.folded.sum())
    return (
        f"An input picture of {height} × {width} pixels with a sampling grid, and the output that "
        f"it reads, through a map of the family {bender.family} with {len(bender.theta)} numbers. "
        f"The grid is turned over at {over or 'none'} of its {height * width} points."
    )


def draw_bend(bender: GridBender) -> Figure:
    """Draw input, grid, folds, the points to hold, and the output."""
    figure = Figure(figsize=(6.4, 3.5))
    left = figure.add_axes((0.01, 0.02, 0.54, 0.86))
    right = figure.add_axes((0.56, 0.02, 0.43, 0.86))
    draw_image(left, bender.input, edge=INPUT)
    lines = _lines(bender)
    draw_grid(left, lines)
    grid, folded = bender.grid[0], bender.folded
    left.scatter(*grid[folded].T, s=9, marker="x", color=FOLD, linewidths=1, zorder=4)
    held = bender.transform.points(bender.row, anchors(bender))[0]
    if isinstance(bender.transform, ThinPlateSpline):
        _draw_parts(left, bender, held)
    draw_points(left, held, color=INPUT)
    draw_image(right, bender.output, edge=OUTPUT)
    for ax, reach in ((left, 1.45), (right, 1.15)):
        ax.set(xlim=(-reach, reach), ylim=(1.2, -1.2))
        ax.set_axis_off()
    left.set_title(f"Input, {bender.family}: {len(bender.theta)} numbers", color=TEXT, fontsize=10)
    right.set_title("Output", color=TEXT, fontsize=10)
    return figure


def _lines(bender: GridBender) -> torch.Tensor:
    """Nine by nine lines of the grid, from edge to edge."""
    side = torch.linspace(-1, 1, 9, dtype=torch.float32)
    y, x = torch.meshgrid(side, side, indexing="ij")
    points = torch.stack((x, y), dim=-1).reshape(-1, 2)
    return bender.transform.points(bender.row, points).reshape(9, 9, 2).clamp(-9, 9)


def _draw_parts(ax: object, bender: GridBender, held: torch.Tensor) -> None:
    """Draw the linear part of a spline as a dashed frame, and its bending as arrows from there."""
    linear = bender.transform.linear_part(bender.row)[0]
    ring = torch.tensor([[-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1], [-1, -1, 1]])
    ax.plot(*(ring.float() @ linear.T).T, color=OUTPUT, linewidth=1.4, linestyle="--", zorder=4)
    before = anchors(bender) @ linear[:, :2].T + linear[:, 2]
    for (x, y), (u, v) in zip(before.tolist(), held.tolist(), strict=True):
        ax.plot([x, u], [y, v], color=OUTPUT, linewidth=1.4, zorder=4)
