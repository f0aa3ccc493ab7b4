"""The still of a grid explorer, drawn by matplotlib, and its description in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch, Rectangle

from stnlib.affine import decompose
from stnlib.coordinates import pixel_from_normalised
from stnlib.plotting import INPUT, OUTPUT, draw_grid, draw_image

if TYPE_CHECKING:
    from stnlib.widgets.grid_explorer.figure import GridExplorer

WIDTH, HEIGHT = 6.4, 3.85  # inches
WIDE, NARROW = 1.45, 1.1  # how far a panel reaches, where ±1 are the sides of the picture


def describe_grid(explorer: GridExplorer) -> str:
    """Say what the figure shows: both pictures, the map, its readable parts."""
    height, width = explorer.image.shape
    rows, columns = explorer.output_size
    a, b, c, d, e, f = (f"{value:.2f}" for value in explorer.theta)
    verb = "reads the input" if explorer.direction == "gather" else "sends the input's pixels"
    chosen = f" {describe_pixel(explorer)}." if explorer.pixel else ""
    text = (
        f"An input picture of {height} × {width} pixels with a sampling grid, and an output of "
        f"{rows} × {columns} pixels that {verb} through θ = ({a}, {b}, {c}; {d}, {e}, {f})"
    )
    if abs(explorer.theta[0] * explorer.theta[4] - explorer.theta[1] * explorer.theta[3]) < 1e-9:
        return f"{text}, which flattens the grid onto a line.{chosen}"
    parts = decompose(explorer.matrix.double())
    angle, scale_x, scale_y, shear, t_x, t_y = (value.item() for value in parts)
    return (
        f"{text}: rotation {math.degrees(angle):.0f} degrees, scale {scale_x:.2f} and "
        f"{scale_y:.2f}, shear {shear:.2f}, moved by {t_x:.2f} and {t_y:.2f}.{chosen}"
    )


def draw_still(explorer: GridExplorer) -> Figure:
    """Draw input, grid, output and formula in the present state."""
    gather = explorer.direction == "gather"
    line = 0.3 if explorer.pixel else 0  # inches for the words about one pixel
    height = HEIGHT + line
    figure = Figure(figsize=(WIDTH, height))
    unit = 0.98 * WIDTH / (2 * (WIDE + NARROW))  # inches from 0 to 1
    left, right = (WIDE, NARROW) if gather else (NARROW, WIDE)
    options = {"align_corners": explorer.align_corners}
    middle = height - 0.3 - 1.2 * unit
    sides = (
        (0.02 * WIDTH, left, explorer.input, INPUT, "Input", explorer.image.shape),
        (2 * left * unit, right, explorer.output, OUTPUT, "Output", explorer.output_size),
    )
    axes = []
    for start, reach, picture, ink, name, (rows, columns) in sides:
        tall = min(reach, 1.2)
        box = (start, middle - tall * unit, 2 * reach * unit, 2 * tall * unit)
        ax = figure.add_axes([v / (WIDTH, height)[i % 2] for i, v in enumerate(box)])
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
    _write_formula(figure, explorer, line)
    if explorer.pixel:
        figure.text(0.5, 0.14 / height, describe_pixel(explorer), size=9, ha="center", va="center")
        _draw_pixel(figure, axes, explorer)
    return figure


def describe_pixel(explorer: GridExplorer) -> str:
    """Say where the chosen pixel reads or lands, and the value that it gets."""
    row, column = explorer.pixel
    other = explorer.image.shape if explorer.direction == "gather" else explorer.output_size
    point = explorer.grid[0, row, column]
    x, y = pixel_from_normalised(point, other, align_corners=explorer.align_corners).tolist()
    place = f"column {_number(x)}, row {_number(y)}"
    if explorer.direction == "splat":
        return f"Input pixel row {row}, column {column} lands in the output at {place}"
    value = explorer.output[0, 0, row, column].item()
    return (
        f"Output pixel row {row}, column {column} reads the input at {place}: "
        f"value {_number(value)}"
    )


def _tile(ax: object, shape: tuple[int, int], row: float, column: float, colour: str) -> tuple:
    """Frame one pixel of the picture in ``ax``; return its centre."""
    left, right, bottom, top = ax.images[0].get_extent()
    width, height = (right - left) / shape[1], (bottom - top) / shape[0]
    corner = left + column * width, top + row * height
    ax.add_patch(Rectangle(corner, width, height, fill=False, ec="white", lw=2.6))
    ax.add_patch(Rectangle(corner, width, height, fill=False, ec=colour, lw=1.4))
    return corner[0] + width / 2, corner[1] + height / 2


def _draw_pixel(figure: Figure, axes: list, explorer: GridExplorer) -> None:
    """Draw the arrow from the chosen pixel to its point, and frame the pixels at both ends."""
    gather = explorer.direction == "gather"
    start, end = (axes[1], axes[0]) if gather else (axes[0], axes[1])
    shapes = (explorer.output_size, explorer.image.shape)
    own, other = shapes if gather else shapes[::-1]
    ink, target = (OUTPUT, INPUT) if gather else (INPUT, OUTPUT)
    centre = _tile(start, own, *explorer.pixel, ink)
    point = explorer.grid[0, explorer.pixel[0], explorer.pixel[1]]
    x, y = pixel_from_normalised(point, other, align_corners=explorer.align_corners).tolist()
    if explorer.mode == "nearest":
        cells = [(round(y), round(x))]
    else:
        cells = [(math.floor(y) + i, math.floor(x) + j) for i in (0, 1) for j in (0, 1)]
    for row, column in cells:
        if 0 <= row < other[0] and 0 <= column < other[1]:
            _tile(end, other, row, column, target)
    for colour, width in (("white", 3.2), ("#333333", 1.4)):
        style = {"arrowstyle": "->", "color": colour, "lw": width, "mutation_scale": 12}
        frames = {"coordsA": start.transData, "coordsB": end.transData}
        bend = {"connectionstyle": f"arc3,rad={0.15 if gather else -0.15}"}
        figure.add_artist(ConnectionPatch(centre, point.tolist(), **frames, **style, **bend))


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
    x, y = (ring.to(explorer.matrix) @ explorer.matrix[0].T).T
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


def _write_formula(figure: Figure, explorer: GridExplorer, line: float) -> None:
    """Write both rows of the map below the pictures, letters in the colours of their pictures."""
    height = figure.get_figheight()
    gather = explorer.direction == "gather"
    to, source = ("xy", "XY") if gather else ("XY", "xy")
    to_colour, from_colour = (INPUT, OUTPUT) if gather else (OUTPUT, INPUT)
    for row, y in enumerate(((0.4 + line) / height, (0.135 + line) / height)):
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
