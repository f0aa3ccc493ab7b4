"""The still of a pixel lab, drawn by matplotlib, and its description in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from stnlib.plotting import INPUT, OUTPUT, TEXT

if TYPE_CHECKING:
    from stnlib.widgets.pixel_lab.figure import PixelLab

WIDTH = 6.4  # inches
REACH = 1.75
SIDE = 1.1  # inches, of the curves


def describe_lab(lab: PixelLab) -> str:
    """Say what the figure shows: the pixels, the point, the value and its slopes."""
    (x, y), (rows, columns) = lab.point, lab.shape
    text = (
        f"{rows} × {columns} pixels with their values, and a point at column {_number(x)}, "
        f"row {_number(y)}, that reads {lab.mode} with padding {lab.padding_mode}. "
        f"{write_sum(lab)}. Curves show V along the row and the column of the point"
    )
    if "slopes" not in lab.panels:
        return f"{text}."
    dx, dy = lab.slopes
    return f"{text}; its slopes are {_number(dx)} along x and {_number(dy)} along y."


def draw_still(lab: PixelLab) -> Figure:
    """Draw the pixels, both curves and the sum in the present state."""
    rows, columns = (n - 1 + 2 * REACH for n in lab.shape)
    left, gap, foot = 0.25, 0.2, 0.55
    cell = (WIDTH - left - gap - SIDE - 0.1) / columns
    cell = min(cell, 0.62)
    height = rows * cell + gap + SIDE + foot + 0.3
    figure = Figure(figsize=(WIDTH, height))

    def axes(x: float, y: float, w: float, h: float) -> Axes:
        return figure.add_axes((x / WIDTH, y / height, w / WIDTH, h / height))

    bottom = foot + SIDE + gap
    picture = axes(left, bottom, columns * cell, rows * cell)
    along_x = axes(left, foot, columns * cell, SIDE)
    along_y = axes(left + columns * cell + gap, bottom, SIDE, rows * cell)
    _draw_pixels(picture, lab)
    _draw_curve(along_x, lab, along=0)
    _draw_curve(along_y, lab, along=1)
    figure.text(0.5, 0.13 / height, write_sum(lab), size=9, ha="center", va="center")
    return figure


def write_sum(lab: PixelLab) -> str:
    """Write the value as a sum of weights times pixels, with the numbers of the present state."""
    if lab.mode == "nearest":
        return f"V = {_number(lab.value, 3)}, the nearest pixel's value"
    x, y = lab.point
    right, below = x - math.floor(x), y - math.floor(y)
    places = [(math.floor(x) + j, math.floor(y) + i) for i in (0, 1) for j in (0, 1)]
    values = _read(lab, places)
    weights = [a * b for a in (1 - below, below) for b in (1 - right, right)]
    terms = [f"{_number(w)} · {v:g}" for w, v in zip(weights, values, strict=True)]
    return f"V = {' + '.join(terms)} = {_number(lab.value, 3)}"


def _read(lab: PixelLab, places: list) -> list[float]:
    """Return the values at places (x, y), rounded to two digits."""
    points = torch.tensor(places, dtype=torch.float64)
    values = lab.read(points, mode=lab.mode, padding_mode=lab.padding_mode)
    return [round(v, 2) + 0.0 for v in values.tolist()]


def _draw_pixels(ax: Axes, lab: PixelLab) -> None:
    """Draw the pixels with their values, the padding around them pale, the point's square."""
    height, width = lab.shape
    for row in range(-2, height + 2):
        for column in range(-2, width + 2):
            inside = 0 <= row < height and 0 <= column < width
            (value,) = _read(lab, [(column, row)])
            style = {"fc": str(value), "ec": "#888888", "lw": 0.6, "alpha": 1 if inside else 0.3}
            ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, **style))
    (x, y), nearest = lab.point, lab.mode == "nearest"
    corner = (round(x), round(y)) if nearest else (x, y)
    corner = corner[0] - 0.5, corner[1] - 0.5
    ax.add_patch(Rectangle(corner, 1, 1, fc=OUTPUT, ec=OUTPUT, alpha=0.45, lw=1.5))
    if not nearest:
        cut_x, cut_y = math.floor(x) + 0.5, math.floor(y) + 0.5
        ax.plot([cut_x, cut_x], [corner[1], corner[1] + 1], color=OUTPUT, lw=1.2)
        ax.plot([corner[0], corner[0] + 1], [cut_y, cut_y], color=OUTPUT, lw=1.2)
    for row in range(height):
        for column in range(width):
            value = lab.image[row][column]
            ink = "black" if value > 0.55 else "white"
            ax.text(column, row + 0.26, f"{value:.2g}", ha="center", va="center", color=ink, size=9)
    edge = Rectangle((-0.5, -0.5), width, height, fill=False, ec=INPUT, lw=2)
    ax.add_patch(edge)
    if "slopes" in lab.panels:
        dx, dy = lab.slopes
        if math.hypot(dx, dy) > 0.05:
            end = (x + 1.5 * dx, y + 1.5 * dy)
            for colour, line in (("white", 3.4), (TEXT, 1.6)):
                style = {"arrowstyle": "->", "color": colour, "lw": line}
                ax.annotate(
                    "", xy=end, xytext=(x, y), arrowprops={**style, "shrinkA": 0, "shrinkB": 0}
                )
    ax.plot(x, y, "o", color=OUTPUT, mec="white", ms=7)
    ax.set(xlim=(-REACH, width - 1 + REACH), ylim=(height - 1 + REACH, -REACH))
    ax.set(xticks=range(width), yticks=range(height))
    ax.tick_params(labelsize=7, colors=TEXT, length=0, pad=1)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _draw_curve(ax: Axes, lab: PixelLab, along: int) -> None:
    """Draw V along x (0) or y (1), with the slope at the point: a tangent, or all of a kink."""
    sides = lab.shape[::-1]
    places = torch.arange(-REACH, sides[along] - 1 + REACH + 1e-9, 0.025, dtype=torch.float64)
    points = torch.tensor([lab.point], dtype=torch.float64).repeat(len(places), 1)
    points[:, along] = places
    values = lab.read(points, mode=lab.mode, padding_mode=lab.padding_mode)
    turn = (lambda a, b: (a, b)) if along == 0 else (lambda a, b: (b, a))
    place, value = lab.point[along], lab.value
    if "slopes" in lab.panels and lab.mode == "bilinear":
        near = [list(lab.point) for _ in range(2)]
        near[0][along], near[1][along] = math.ceil(place) - 1, math.floor(place) + 1
        at = _exact(lab, near[0]), _exact(lab, near[1])
        reach = place - near[0][along], near[1][along] - place
        left, right = (value - at[0]) / reach[0], (at[1] - value) / reach[1]
        for end in (-1, 1):
            corners = [(place, value)] + [(place + end, value + end * s) for s in (left, right)]
            corners = [turn(*corner) for corner in corners]
            ax.add_patch(Polygon(corners, fc=TEXT, alpha=0.25, lw=0))
        taken = lab.slopes[along]
        line = [place - 1, place + 1], [value - taken, value + taken]
        ax.plot(*turn(*line), color=TEXT, lw=1.2)
    ax.plot(*turn(places, values), color=OUTPUT, lw=1.8)
    ax.plot(*turn([place], [value]), "o", color=OUTPUT, mec="white", ms=6)
    limits = (-REACH, sides[along] - 1 + REACH), (-0.12, 1.12)
    if along == 0:
        ax.set(xlim=limits[0], ylim=limits[1], xticks=range(sides[0]), yticks=[0, 1])
        ax.set_xlabel(f"V along row {_number(lab.point[1])}", size=8, color=TEXT, loc="left")
    else:
        ax.set(ylim=limits[0][::-1], xlim=limits[1], yticks=range(sides[1]), xticks=[0, 1])
        ax.set_title(f"V along column {_number(lab.point[0])}", size=8, color=TEXT, pad=3)
        ax.set_yticklabels([])
    ax.grid(linestyle=":", color="#999999", linewidth=0.7)
    ax.tick_params(labelsize=7, colors=TEXT, length=0, pad=1)
    for spine in ax.spines.values():
        spine.set_color("#bbbbbb")


def _exact(lab: PixelLab, place: list) -> float:
    """Return V at one place."""
    points = torch.tensor([place], dtype=torch.float64)
    return lab.read(points, mode=lab.mode, padding_mode=lab.padding_mode).item()


def _number(value: float, digits: int = 2) -> str:
    """Write a few digits with a true minus sign and no minus zero."""
    text = f"{value:.{digits}f}"
    return (text if float(text) else text.lstrip("-")).replace("-", "\N{MINUS SIGN}")
