"""The still of a grid explorer, drawn by matplotlib, and its description in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from stnlib.affine import decompose
from stnlib.plotting import INPUT, OUTPUT, draw_grid, draw_image

if TYPE_CHECKING:
    from stnlib.widgets.grid_explorer import GridExplorer

WIDTH, HEIGHT = 6.4, 3.85  # inches
WIDE, NARROW = 1.45, 1.1  # how far a panel reaches, where ±1 are the sides of the picture


def describe_grid(explorer: GridExplorer) -> str:
    """Say what the figure shows: both pictures, the map, its readable parts."""
    height, width = explorer.image.shape
    rows, columns = explorer.output_size
    a, b, c, d, e, f = (f"{value:.2f}" for value in explorer.theta)
    verb = "reads the input" if explorer.direction == "gather" else "sends the input's pixels"
    text = (
        f"An input picture of {height} × {width} pixels with a sampling grid, and an output of "
        f"{rows} × {columns} pixels that {verb} through θ = ({a}, {b}, {c}; {d}, {e}, {f})"
    )
    if abs(explorer.theta[0] * explorer.theta[4] - explorer.theta[1] * explorer.theta[3]) < 1e-9:
        return f"{text}, which flattens the grid onto a line."
    parts = decompose(explorer.matrix.double())
    angle, scale_x, scale_y, shear, t_x, t_y = (value.item() for value in parts)
    return (
        f"{text}: rotation {math.degrees(angle):.0f} degrees, scale {scale_x:.2f} and "
        f"{scale_y:.2f}, shear {shear:.2f}, moved by {t_x:.2f} and {t_y:.2f}."
    )


def draw_still(explorer: GridExplorer) -> Figure:
    """Draw input, grid, output and formula in the present state."""
    gather = explorer.direction == "gather"
    figure = Figure(figsize=(WIDTH, HEIGHT))
    unit = 0.98 * WIDTH / (2 * (WIDE + NARROW))  # inches from 0 to 1
    left, right = (WIDE, NARROW) if gather else (NARROW, WIDE)
    options = {"align_corners": explorer.align_corners}
    middle = HEIGHT - 0.3 - 1.2 * unit
    sides = (
        (0.02 * WIDTH, left, explorer.input, INPUT, "Input", explorer.image.shape),
        (2 * left * unit, right, explorer.output, OUTPUT, "Output", explorer.output_size),
    )
    axes = []
    for start, reach, picture, ink, name, (rows, columns) in sides:
        tall = min(reach, 1.2)
        box = (start, middle - tall * unit, 2 * reach * unit, 2 * tall * unit)
        ax = figure.add_axes([v / (WIDTH, HEIGHT)[i % 2] for i, v in enumerate(box)])
        draw_image(ax, picture, edge=ink, **options)
        shape = max(rows, columns) / rows, max(rows, columns) / columns
        ax.set_ylim(tall * shape[0], -tall * shape[0])
        ax.set_xlim(-reach * shape[1], reach * shape[1])
        ax.set_axis_off()
        ax.text(-1, -1.24 * shape[0], f"{name} {rows} × {columns}", color=ink, weight="bold")
        axes.append(ax)
    if not gather:
        _draw_holes(axes[1], explorer)
    _draw_map(axes[0 if gather else 1], explorer, INPUT if gather else OUTPUT)
    _write_formula(figure, explorer)
    return figure


def _draw_holes(ax: object, explorer: GridExplorer) -> None:
    """Hatch the output pixels that got nothing."""
    rows, columns = explorer.output_size
    left, right = ax.images[0].get_extent()[:2]
    bottom, top = ax.images[0].get_extent()[2:]
    width, height = (right - left) / columns, (bottom - top) / rows
    holes = explorer.splat.holes()[0, 0].nonzero().tolist()
    tiles = [Rectangle((left + c * width, top + r * height), width, height) for r, c in holes]
    style = {"facecolor": "#f8d5b6", "edgecolor": OUTPUT, "hatch": "//////", "linewidth": 0}
    ax.add_collection(PatchCollection(tiles, **style))


def _draw_map(ax: object, explorer: GridExplorer, colour: str) -> None:
    """Draw the grid that theta makes, as dots, and the outline of the square that it maps."""
    every = max(1, math.ceil(max(explorer.grid.shape[1:3]) / 28))
    dots = explorer.grid[:, ::every, ::every]
    draw_grid(ax, dots, color=colour, outline=False, points=True)
    ring = torch.tensor([[-1.0, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1], [-1, -1, 1]])
    x, y = (ring @ explorer.matrix[0].T).T
    ax.plot(x, y, color="white", linewidth=3.2)
    ax.plot(x, y, color=colour, linewidth=1.6)
    for letter, corner_x, corner_y in zip("ABDC", x, y, strict=False):
        ax.text(corner_x, corner_y, letter, ha="center", va="center", size=7, weight="bold",
                bbox={"boxstyle": "circle,pad=0.25", "fc": "white", "ec": colour, "lw": 1.4},
                clip_on=True)  # fmt: skip


def _number(value: float) -> str:
    """Write two digits with a true minus sign and no minus zero."""
    text = f"{value:.2f}"
    return (text if float(text) else "0.00").replace("-", "\N{MINUS SIGN}")


def _write_formula(figure: Figure, explorer: GridExplorer) -> None:
    """Write both rows of the map below the pictures, letters in the colours of their pictures."""
    gather = explorer.direction == "gather"
    to, source = ("xy", "XY") if gather else ("XY", "xy")
    to_colour, from_colour = (INPUT, OUTPUT) if gather else (OUTPUT, INPUT)
    for row, y in enumerate((0.105, 0.035)):
        a, b, c = explorer.theta[3 * row : 3 * row + 3]
        sign_b, sign_c = (" − " if _number(v)[0] == "−" else " + " for v in (b, c))
        pieces = (
            (to[row], to_colour), (" = ", "black"), (f"{_number(a):>5} ", "black"),
            (source[0], from_colour), (f"{sign_b}{_number(abs(b))} ", "black"),
            (source[1], from_colour), (f"{sign_c}{_number(abs(c))}", "black"),
        )  # fmt: skip
        x = 0.29
        for text, colour in pieces:
            figure.text(x, y, text, color=colour, size=11, family="DejaVu Sans Mono", va="center")
            x += 0.01437 * len(text)
