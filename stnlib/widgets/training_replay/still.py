"""The still of a training replay, drawn by matplotlib, and its description in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stnlib.affine import affine_grid
from stnlib.plotting import INPUT, OUTPUT, TEXT, draw_grid, draw_image
from stnlib.widgets.training_replay.recording import Recording

if TYPE_CHECKING:
    from stnlib.widgets.training_replay.figure import TrainingReplay

WIDTH = 6.4  # inches, as all lengths here
EDGE = 0.03
REACH = 1.14  # how far the panel of the input reaches, where ±1 are the sides of the picture
DASHES = ("-", (0, (4, 3)))
PARTS = (("turn of the grid, °", 20), ("scale", 0.2), ("middle, x", 0.2), ("middle, y", 0.2))


def describe_replay(replay: TrainingReplay) -> str:
    """Say what the figure shows: the step, each run's error, and its grid on the chosen picture."""
    count = len(replay.images)
    text = f"A recorded training after {replay.step} of {replay.last_step} steps, {count} pictures"
    for name, run in replay.shown.items():
        error = run.error_at(replay.step)
        told = "error not measured yet" if error is None else f"{error:.1f} % test error"
        turn, scale, x, y = parts_over(run, replay.digit)[run.at(replay.step)]
        text += (
            f"; {name}: {told}, grid on picture {replay.digit + 1} turned by {turn:.0f} degrees, "
            f"scaled by {scale:.2f}, its middle at ({x:.2f}, {y:.2f})"
        )
    return f"{text}."


def parts_over(run: Recording, digit: int) -> np.ndarray:
    """Return turn in degrees (without jumps), scale and middle of one picture's grid: (T, 4)."""
    (a, b, x), (c, d, y) = run.theta[:, digit].transpose(1, 2, 0)
    turn = np.degrees(np.unwrap(np.arctan2(c, a)))
    return np.stack((turn, np.sqrt(np.abs(a * d - b * c)), x, y), axis=1)


def draw_replay(replay: TrainingReplay) -> Figure:
    """Draw the chosen picture large, all pictures small, and the curves."""
    runs = list(replay.shown.values())
    count = len(replay.images)
    cell = min(WIDTH / count, 0.7)
    block = min((WIDTH - 0.25 * (len(runs) - 1) - EDGE) / len(runs), 3.8)
    tall = 0.6 * block
    strip = 0.3 + tall + 0.25
    curves = strip + cell * (1 + len(runs)) + 0.35
    height = curves + 2.2
    figure = Figure(figsize=(WIDTH, height))

    def place(left: float, top: float, width: float, tall: float) -> Axes:
        sides = (left / WIDTH, 1 - (top + tall) / height, width / WIDTH, tall / height)
        return figure.add_axes(sides)

    for k, (name, run) in enumerate(replay.shown.items()):
        left = k * (block + 0.25)
        figure.text(left / WIDTH, 1 - 0.16 / height, name, weight="bold", color=TEXT, va="center")
        out = block - tall - 0.15
        axes = place(left, 0.3, tall, tall), place(left + tall + 0.15, 0.32, out, out)
        _draw_block(*axes, replay, name, run)
    _draw_strip(replay, cell, lambda i, k: place(i * cell + 0.02, strip + k * cell, cell - 0.04,
                                                 cell - 0.04))  # fmt: skip
    _draw_error(place(0.45, curves, WIDTH - 0.65, 0.8), replay)
    for i in range(4):
        ax = place(0.45 + i * WIDTH / 4, curves + 1.3, WIDTH / 4 - 0.55, 0.7)
        _draw_part(ax, replay, i)
    return figure


def _square(theta: np.ndarray) -> np.ndarray:
    """Return the square from −1 to 1 moved through one theta, (2, 5)."""
    ring = np.array([[-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1], [1, 1, 1, 1, 1]])
    return theta @ ring


def _draw_block(ax: Axes, out: Axes, replay: TrainingReplay, name: str, run: Recording) -> None:
    """Draw one run: the picture with grid and trail, what it reads, and θ in numbers."""
    record, picture = run.at(replay.step), replay.images[replay.digit] / 255
    theta, options = run.theta[record, replay.digit], {"align_corners": run.align_corners}
    draw_image(ax, picture, edge=INPUT, **options)
    ax.set(xlim=(-REACH, REACH), ylim=(REACH, -REACH), facecolor="#eeeeee", xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.plot(*_square(run.theta[0, replay.digit]), ":", color="#777777", linewidth=1)
    every = max(1, math.ceil(max(run.output_size) / 28))
    grid = affine_grid(torch.from_numpy(theta)[None], run.output_size, **options)
    draw_grid(ax, grid[:, ::every, ::every], outline=False, points=True)
    trail = run.theta[: record + 1, replay.digit, :, 2].T
    for colour, width in (("white", 3.2), (INPUT, 1.6)):
        ax.plot(*_square(theta), color=colour, linewidth=width)
        ax.plot(*trail, color=colour, linewidth=width)
    draw_image(out, replay.output(name)[replay.digit], edge=OUTPUT, **options)
    out.set_axis_off()
    rows = "\n".join(" ".join(f"{v:5.2f}" for v in row) for row in theta)
    text = f"θ\n{rows}".replace("-", "\N{MINUS SIGN}")
    style = {"family": "DejaVu Sans Mono", "size": 6.5, "color": TEXT, "va": "top"}
    out.text(0, -0.12, text, transform=out.transAxes, **style)


def _draw_strip(replay: TrainingReplay, cell: float, place: object) -> None:
    """Draw all pictures with their grids, and below what each run reads."""
    runs = list(replay.shown.items())
    outputs = [replay.output(name) for name, _ in runs]
    for i, picture in enumerate(replay.images):
        ax = place(i, 0)
        draw_image(ax, picture / 255, edge=INPUT, align_corners=runs[0][1].align_corners)
        for (_, run), dash in zip(runs, DASHES, strict=False):
            theta = run.theta[run.at(replay.step), i]
            ax.plot(*_square(theta), color="white", linewidth=2)
            ax.plot(*_square(theta), color=INPUT, linewidth=1.2, linestyle=dash)
        ax.set(xlim=(-1.05, 1.05), ylim=(1.05, -1.05))
        ax.set_axis_off()
        if i == replay.digit:
            ax.text(-1, -1.12, f"picture {i + 1}", size=7, color=TEXT, weight="bold")
        for k, (_, run) in enumerate(runs):
            ax = place(i, k + 1)
            draw_image(ax, outputs[k][i], edge=OUTPUT, align_corners=run.align_corners)
            ax.set(xlim=(-1.08, 1.08), ylim=(1.08, -1.08))
            ax.set_axis_off()


def _finish(ax: Axes, title: str, replay: TrainingReplay, limits: tuple[float, float]) -> None:
    """Mark the present step, and leave two numbers on each axis."""
    ax.axvline(replay.step, color="#888888", linewidth=1, zorder=1)
    ax.set(xlim=(0, replay.last_step or 1), ylim=limits, xticks=[0, replay.last_step or 1])
    ax.set_yticks(limits, [f"{v:.0f}" if abs(v) >= 10 else f"{v:.2g}" for v in limits])
    ax.set_title(title, fontsize=8, loc="left", color=TEXT, pad=3)
    ax.tick_params(labelsize=7, colors=TEXT, length=2)
    ax.spines[["top", "right"]].set_visible(False)


def _draw_error(ax: Axes, replay: TrainingReplay) -> None:
    """Draw the error of each run over the steps."""
    runs = replay.shown.items()
    top = max((run.error.max() for _, run in runs if len(run.error)), default=1)
    for (name, run), dash in zip(runs, DASHES, strict=False):
        ax.plot(run.error_step, run.error, color=TEXT, linestyle=dash, linewidth=1.3, label=name)
    ax.legend(fontsize=7, frameon=False, loc="upper right")
    _finish(ax, "test error, %", replay, (0, min(10 * math.ceil(top / 10), 100)))


def _draw_part(ax: Axes, replay: TrainingReplay, index: int) -> None:
    """Draw one readable part of θ of the chosen picture over the steps."""
    title, least = PARTS[index]
    curves = [(run, parts_over(run, replay.digit)[:, index]) for run in replay.shown.values()]
    low = min(values.min() for _, values in curves)
    high = max(values.max() for _, values in curves)
    more = max(least - (high - low), 0) / 2
    for (run, values), dash in zip(curves, DASHES, strict=False):
        ax.plot(run.step, values, color=TEXT, linestyle=dash, linewidth=1.1)
    _finish(ax, title, replay, (low - more, high + more))
