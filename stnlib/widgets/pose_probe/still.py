"""The still of a pose probe, drawn by matplotlib, and its description in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stnlib.affine import affine_grid
from stnlib.alignment import pose, wrap
from stnlib.plotting import INPUT, OUTPUT, TEXT, draw_grid, draw_image
from stnlib.widgets.shared.heat_map import draw_heat_map

if TYPE_CHECKING:
    from stnlib.widgets.pose_probe.figure import PoseProbe

WIDTH, HEIGHT = 6.4, 4.0  # inches
TURN, MOVE = 90.0, 10.0  # the map goes so many degrees and pixels to both sides
ROOM = 1.2


def describe_probe(probe: PoseProbe) -> str:
    """Say what the figure shows: the pose of the grid, what the classifier says, the loss."""
    degrees, shift = probe.offset
    chances = probe.probabilities
    said = int(chances.argmax())
    return (
        f"A {probe.label} with the grid turned by {degrees:g} degrees and moved by {shift:g} "
        f"pixels from the true pose. The {probe.network} classifier says {said} with probability "
        f"{chances[said]:.2f}; the loss is {-chances[probe.label].log():.2f}. "
        "A map shows the loss over angle and shift."
    )


def draw_probe(probe: PoseProbe) -> Figure:
    """Draw the map with the pose on it, the grid on the input, what it reads, and ten bars."""
    figure = Figure(figsize=(WIDTH, HEIGHT))

    def axes(x: float, y: float, w: float, h: float) -> Axes:
        return figure.add_axes((x / WIDTH, y / HEIGHT, w / WIDTH, h / HEIGHT))

    _draw_map(axes(0.45, 0.5, 3.1, 3.1), probe)
    region, read = axes(3.8, 2.02, 1.58, 1.58), axes(5.5, 2.76, 0.84, 0.84)
    grid = affine_grid(probe.theta, probe.output_size)
    draw_image(region, probe.input, edge=INPUT)
    draw_grid(region, grid, every=3)
    region.set(xlim=(-ROOM, ROOM), ylim=(ROOM, -ROOM), facecolor="#dddddd")
    draw_image(read, probe.output, edge=OUTPUT)
    for ax, title, colour in ((region, "Input and grid", INPUT), (read, "It reads", OUTPUT)):
        ax.set(xticks=[], yticks=[])
        ax.set_title(title, size=9, color=colour, weight="bold", loc="left", pad=4)
    _draw_bars(axes(3.8, 0.5, 2.54, 1.15), probe)
    return figure


def _draw_map(ax: Axes, probe: PoseProbe) -> None:
    """Draw the loss over angle and shift, the true pose, the chosen one and the present one."""
    draw_heat_map(
        ax, probe.losses, (TURN, MOVE), n=31, bands=24, most=6, every=1,
        label="shift to the right, in pixels",
    )  # fmt: skip
    ax.plot(0, 0, "+", color="white", ms=12, mew=2)
    x, y = _chosen(probe)
    ax.plot(x, y, "o", mfc="none", mec=OUTPUT, mew=2, ms=8)
    ax.plot(probe.offset[1], probe.offset[0], "o", mfc="white", mec=INPUT, mew=2, ms=10)


def _chosen(probe: PoseProbe) -> tuple[float, float]:
    """Return (pixels, degrees) of what the localisation network chose, on the map."""
    maps = [torch.tensor([rows[probe.picture]]) for rows in (probe.chosen, probe.aligned)]
    chosen, aligned = (pose(one) for one in maps)
    turn = wrap(chosen.angle - aligned.angle).rad2deg().item()
    shift = (chosen.place - aligned.place)[0, 0].item() * probe.images.shape[2] / 2
    return shift, turn


def _draw_bars(ax: Axes, probe: PoseProbe) -> None:
    """Draw the ten probabilities."""
    chances = probe.probabilities
    colours = [OUTPUT if digit == probe.label else "#888888" for digit in range(10)]
    ax.bar(range(10), chances.tolist(), color=colours, width=0.64)
    most = int(chances.argmax())
    ax.text(most, chances[most] + 0.04, f"{chances[most]:.2f}", ha="center", size=8, color=TEXT)
    ax.set(xlim=(-0.5, 9.5), ylim=(0, 1.15), yticks=[], xticks=range(10))
    ax.tick_params(labelsize=8, colors=TEXT, length=0)
    ax.spines[["left", "right", "top"]].set_visible(False)
    ax.set_title("What the classifier says", size=9, color=TEXT, weight="bold", loc="left", pad=4)
