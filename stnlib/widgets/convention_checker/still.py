"""The still of a convention checker, drawn by matplotlib, and its description in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch
from torch import Tensor

from stnlib.affine import affine_grid
from stnlib.coordinates import normalised_from_pixel, pixel_from_normalised
from stnlib.plotting import INPUT, OUTPUT, TEXT, draw_grid, draw_image, draw_points
from stnlib.sampler import sample

if TYPE_CHECKING:
    from stnlib.widgets.convention_checker.figure import ConventionChecker

WIDTH = 6.4  # inches, as all lengths here
NAMES = {"theta": "θ", "opencv": "OpenCV", "skimage": "scikit-image"}
MEANING = {False: "−1 and 1: edges", True: "−1 and 1: centres"}
MOST = 64  # an output is drawn with at most so many pixels a side


def forms(checker: ConventionChecker, align_corners: bool) -> dict[str, Tensor]:
    """Return the map in all forms that it has, each (2, 3): by name."""
    found = {}
    for name in NAMES:
        try:
            whole = (
                checker.theta(align_corners)
                if name == "theta"
                else checker.matrix(name, align_corners)
            )
        except ValueError:  # a flattened map has no way back
            continue
        found[name] = whole[0, :2]
    return found


def step_angle(matrix: Tensor) -> float:
    """Return the angle in degrees between one step right and one step down of the output."""
    (a, b, _), (c, d, _) = matrix.tolist()
    lengths = math.hypot(a, c) * math.hypot(b, d)
    cosine = (a * b + c * d) / lengths if lengths else 0.0
    return math.degrees(math.acos(min(max(cosine, -1), 1)))


def way(checker: ConventionChecker, align_corners: bool) -> list[tuple[float, float]]:
    """Return where the marked pixel goes: (X, Y), (x, y), (column, row) of the input."""
    row, column = checker.pixel
    options = {"align_corners": align_corners}
    pixel = torch.tensor([[column, row]], dtype=torch.float64)
    target = normalised_from_pixel(pixel, checker.output_size, **options)
    linear = checker.theta(align_corners)[0]
    source = target @ linear[:, :2].T + linear[:, 2]
    place = pixel_from_normalised(source, checker.input_size, **options)
    return [tuple(point[0].tolist()) for point in (target, source, place)]


def describe_checker(checker: ConventionChecker) -> str:
    """Say what the figure shows: the given map, and what either convention makes of it."""
    values = ", ".join(f"{value:.2f}" for value in checker.numbers)
    (rows, columns), (row, column) = checker.input_size, checker.pixel
    text = (
        f"An input of {rows} × {columns} pixels and its output, side by side under both "
        f"align_corners, for {NAMES[checker.given]} = ({values})"
    )
    for align_corners in (False, True):
        known = forms(checker, align_corners)
        if "theta" not in known:
            return f"{text}, which flattens the plane."
        (x, y), _, (c, r) = way(checker, align_corners)
        text += (
            f"; {align_corners}: output pixel row {row}, column {column} is ({x:.2f}, {y:.2f}) and "
            f"reads the input at row {r:.2f}, column {c:.2f}, steps right and down meet at "
            f"{step_angle(known['skimage']):.0f} degrees"
        )
    return f"{text}."


def draw_checker(checker: ConventionChecker) -> Figure:
    """Draw both conventions: pictures, the way of the marked pixel, the matrices."""
    rows, columns = checker.input_size
    tall = 1.15 + 1.1 * min(rows / columns, 1.3)
    height = tall + 2.75
    figure = Figure(figsize=(WIDTH, height))
    for k, align_corners in enumerate((False, True)):
        left = k * WIDTH / 2

        def place(x: float, w: float, left: float = left) -> Axes:
            sides = ((left + x) / WIDTH, 1 - (0.3 + tall) / height, w / WIDTH, tall / height)
            return figure.add_axes(sides)

        title = f"align_corners={align_corners}   {MEANING[align_corners]}"
        figure.text(left / WIDTH + 0.005, 1 - 0.16 / height, title, size=8.5, weight="bold",
                    color=TEXT, va="center")  # fmt: skip
        axes = place(0.05, 2.02), place(2.16, 0.92)
        if "theta" in forms(checker, align_corners):
            _draw_side(figure, *axes, checker, align_corners)
        _write_side(figure, left / WIDTH + 0.01, 1 - (tall + 0.45) / height, checker, align_corners)
    return figure


def _frame(ax: Axes, numbers: bool) -> None:
    """Draw the square from −1 to 1, dashed, with or without its numbers."""
    ring = [-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1]
    ax.plot(*ring, color="white", linewidth=2.4, zorder=5)
    ax.plot(*ring, "--", color="black", linewidth=1, zorder=5)
    ax.set_axis_off()
    if numbers:
        style = {"size": 7, "color": TEXT, "ha": "center", "va": "center"}
        for value, text in ((-1, "−1"), (1, "1")):
            ax.annotate(text, (value, 1), (0, -16), textcoords="offset points", **style)
            ax.annotate(text, (-1, value), (-14, 0), textcoords="offset points", **style)


def _draw_side(figure, ax: Axes, out: Axes, checker: ConventionChecker, corners: bool) -> None:
    """Draw the input with the moved grid, the output, and the arrow of the marked pixel."""
    options, theta = {"align_corners": corners}, checker.theta(corners).float()
    image = torch.from_numpy(checker.image.copy()).float()[None, None] / 255
    stretched = torch.nn.functional.interpolate(image, checker.input_size, mode="nearest-exact")
    draw_image(ax, stretched if max(checker.input_size) <= 512 else image, edge=INPUT, **options)
    size = tuple(min(n, MOST) for n in checker.output_size)
    grid = affine_grid(theta, size, **options)
    if max(checker.output_size) <= MOST:
        draw_grid(ax, grid, outline=False, points=True)
    ring = torch.tensor([[-1.0, 1, 1, -1, -1], [-1, -1, 1, 1, -1], [1, 1, 1, 1, 1]])
    _frame(ax, True)
    ax.plot(*(theta[0] @ ring), color=INPUT, linewidth=1.6, zorder=6)
    reach = [n / (n - corners) for n in checker.input_size]
    ax.set(xlim=(-1.5 * reach[1], 1.5 * reach[1]), ylim=(1.6 * reach[0], -1.6 * reach[0]))
    draw_image(out, sample(stretched, grid, **options), edge=OUTPUT, **options)
    _frame(out, False)
    (target, source, _) = way(checker, corners)
    draw_points(out, [target], color=OUTPUT)
    draw_points(ax, [source], color=INPUT)
    for colour, width in (("white", 2.6), (TEXT, 1.1)):
        style = {"arrowstyle": "->", "color": colour, "lw": width, "mutation_scale": 9}
        figure.add_artist(ConnectionPatch(target, source, out.transData, ax.transData,
                                          connectionstyle="arc3,rad=0.15", **style))  # fmt: skip


def _write_side(figure, x: float, y: float, checker: ConventionChecker, corners: bool) -> None:
    """Write the numbers of the marked pixel, and the map in all its forms."""
    known = forms(checker, corners)
    lines = ["this map is flat"]
    if "theta" in known:
        (X, Y), (x_s, y_s), (column, row) = way(checker, corners)
        lines = [
            f"output pixel   row {checker.pixel[0]}, column {checker.pixel[1]}",
            f"X, Y           {X:.2f}, {Y:.2f}",
            f"x, y           {x_s:.2f}, {y_s:.2f}",
            f"input pixel    row {row:.2f}, column {column:.2f}",
            f"steps meet at  {step_angle(known['skimage']):.0f}°",
        ]
    for name, title in NAMES.items():
        lines += ["", title + (" (given)" if name == checker.given else "")]
        if name in known:
            lines[-1:] = [lines[-1], *(" ".join(f"{v:8.3f}" for v in row) for row in known[name])]
        else:
            lines[-1] += ": no inverse"
    style = {"family": "DejaVu Sans Mono", "size": 7, "color": TEXT, "va": "top"}
    text = (
        "\n".join(lines).replace("-", "\N{MINUS SIGN}").replace("scikit\N{MINUS SIGN}", "scikit-")
    )
    figure.text(x, y, text, linespacing=1.25, **style)
