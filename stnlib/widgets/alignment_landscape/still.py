"""The still of an alignment landscape, drawn by matplotlib, and its description in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stnlib.affine import affine_grid
from stnlib.plotting import INPUT, OUTPUT, TEXT, draw_grid, draw_image
from stnlib.sampler import sample
from stnlib.widgets.alignment_landscape import descent
from stnlib.widgets.shared.heat_map import draw_heat_map, lattice

if TYPE_CHECKING:
    from stnlib.widgets.alignment_landscape.figure import AlignmentLandscape

WIDTH, HEIGHT = 6.4, 4.1  # inches
TURN, MOVE = 120.0, 12.0  # the map goes so many degrees and pixels to both sides
ROOM = 1.5


def describe_landscape(landscape: AlignmentLandscape) -> str:
    """Say what the figure shows: the map, the start, how far the walk has come."""
    degrees, shift = landscape.start
    names = {2: "angle and shift", 3: "the angle and both shifts", 6: "all six numbers of θ"}
    loss = descent.losses(landscape.picture, landscape.path[-1:]).item()
    return (
        f"A map of the loss over angle and shift for a picture of {landscape.side} × "
        f"{landscape.side} pixels, blurred by {landscape.blur:g} pixels. Descent on "
        f"{names[landscape.numbers]} started {degrees:g} degrees and {shift:g} pixels off; after "
        f"{landscape.step} steps the loss is {loss:.2f} and the grid is {landscape.off:.1f} "
        "pixels off on average."
    )


def draw_still(landscape: AlignmentLandscape) -> Figure:
    """Draw the map with the walk, the grid on the input, what it reads, and the target."""
    figure = Figure(figsize=(WIDTH, HEIGHT))

    def axes(x: float, y: float, w: float, h: float) -> Axes:
        return figure.add_axes((x / WIDTH, y / HEIGHT, w / WIDTH, h / HEIGHT))

    path, picture = landscape.path, landscape.picture
    _draw_map(axes(0.5, 0.5, 3.3, 3.3), landscape, path)
    region = axes(4.05, 1.5, 2.3, 2.3)
    grid = affine_grid(path[-1:], (landscape.side, landscape.side), align_corners=False)
    draw_image(region, picture, edge=INPUT)
    draw_grid(region, grid, points=True, outline=False)
    ring = torch.tensor([[-1.0, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1], [-1, -1, 1]])
    x, y = (ring.to(path) @ path[-1].T).T
    for colour, line in (("white", 3.2), (INPUT, 1.6)):
        region.plot(x, y, color=colour, linewidth=line)
    region.set(xlim=(-ROOM, ROOM), ylim=(ROOM, -ROOM), facecolor="#dddddd")
    read = axes(4.05, 0.12, 1.08, 1.08)
    draw_image(read, sample(picture, grid, align_corners=False), edge=OUTPUT)
    target = axes(5.27, 0.12, 1.08, 1.08)
    draw_image(target, picture, edge=TEXT)
    titles = (region, "Input and grid", INPUT), (read, "What it reads", OUTPUT)
    for ax, title, colour in (*titles, (target, "Target", TEXT)):
        ax.set(xticks=[], yticks=[])
        ax.set_title(title, size=9, color=colour, weight="bold", loc="left", pad=4)
    return figure


def _draw_map(ax: Axes, landscape: AlignmentLandscape, path: torch.Tensor) -> None:
    """Draw the loss over angle and shift, the walk on it, and the starts that succeed."""
    draw_heat_map(
        ax, landscape.losses, (TURN, MOVE), n=41, bands=20, most=2, every=0.2,
        label="shift in pixels, along a slanted line",
    )  # fmt: skip
    if landscape.basin:
        starts = lattice(11, 0.95 * TURN, 0.95 * MOVE)
        found = landscape.succeeds(starts)
        for chosen, face, edge in ((found, "white", "#333333"), (~found, "none", "white")):
            x, y = starts[chosen, 1].numpy(), starts[chosen, 0].numpy()
            ax.scatter(x, y, s=14, facecolor=face, edgecolor=edge, linewidths=0.8)
    walked = path.numpy()
    angle = np.unwrap(np.arctan2(walked[:, 1, 0], walked[:, 0, 0]))
    angle = np.degrees(angle - angle[0]) + landscape.start[0]
    along = walked[:, :, 2] @ np.array(descent.SLANT) * landscape.side / 2
    for colour, line in (("white", 3.2), (OUTPUT, 1.8)):
        ax.plot(along, angle, color=colour, linewidth=line)
    ax.plot(0, 0, "+", color="white", ms=12, mew=2)
    ax.plot(landscape.start[1], landscape.start[0], "o", mfc="white", mec=INPUT, mew=2, ms=10)
    ax.plot(along[-1], angle[-1], "o", color=OUTPUT, mec="#333333", ms=7)
