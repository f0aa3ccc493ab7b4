"""What is drawn on axes: pictures, grids, points, arrows, values, fields and moves."""

from __future__ import annotations

import numpy as np

from stnlib._arrays import real_numbers
from stnlib._checks import (
    check_choice,
    check_count,
    check_flag,
    check_sequence,
    describe,
)
from stnlib._extras import needs
from stnlib.plotting.arguments import check_axes, extent_of, number_of, pairs_of, picture_of
from stnlib.plotting.style import (
    ARROW_X,
    ARROW_Y,
    DIVERGING,
    FRAMES,
    GREY,
    INPUT,
    OUTPUT,
    TEXT,
)

with needs("figures"):
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.patheffects import withStroke


def draw_image(
    ax: Axes,
    image: object,
    *,
    align_corners: bool = False,
    frame: str = "normalised",
    title: str | None = None,
    edge: str | None = None,
    vmin: float = 0,
    vmax: float = 1,
) -> None:
    """Draw a grey picture so that its pixels lie where the convention says.

    Args:
        ax: axes to draw on.
        image: (H, W), (1, H, W) or (1, 1, H, W).
        align_corners: what -1 and 1 mean; only for the normalised frame.
        frame: units of the axes, ``"normalised"`` or ``"pixel"`` (column, row).
        title: above the picture. edge: colour of its border. vmin, vmax: black and white.

    Raises:
        TypeError, ValueError: no axes, wrong type, shape or word.
    """
    check_axes(ax)
    values = picture_of(image)
    check_choice("frame", frame, FRAMES)
    check_flag("align_corners", align_corners)
    extent = extent_of(values.shape, frame, align_corners)
    ends = {"vmin": number_of("vmin", vmin), "vmax": number_of("vmax", vmax)}
    ax.imshow(values, cmap=GREY, **ends, extent=extent, interpolation="nearest")
    if frame == "normalised":
        ax.set_xticks([-1, 0, 1])
        ax.set_yticks([-1, 0, 1])
        height, width = (max(n - align_corners, 1) for n in values.shape)
        ax.set_aspect(height / width)
    if edge is not None:
        left, right, bottom, top = extent
        ring = [left, right, right, left, left], [top, top, bottom, bottom, top]
        ax.plot(*ring, color=edge, linewidth=2, clip_on=False, zorder=2)
    if title is not None:
        ax.set_title(title, fontsize=10, color=TEXT)


def draw_grid(
    ax: Axes,
    grid: object,
    *,
    color: str = INPUT,
    outline: bool = True,
    points: bool = False,
    every: int = 1,
) -> None:
    """Draw a sampling grid as lines, or as dots, with the outline of its outer points.

    Args:
        ax: axes in normalised coordinates.
        grid: (H, W, 2) or (1, H, W, 2).
        color: of lines and dots. outline: draw the outer rows and columns thicker.
        points: dots in place of lines. every: keep one row and column in so many.

    Raises:
        TypeError, ValueError: no axes, wrong type or shape.
    """
    check_axes(ax)
    values = pairs_of(grid, "grid")
    if values.ndim not in (3, 4) or (values.ndim == 4 and len(values) != 1) or not values.size:
        raise ValueError(f"grid: expected shape (H, W, 2) or (1, H, W, 2), got {describe(grid)}")
    values = values.reshape(values.shape[-3:])
    every = check_count("every", every)
    check_flag("outline", outline)
    some = values[::every, ::every]
    if check_flag("points", points):
        ax.scatter(*some.reshape(-1, 2).T, s=5, color=color, linewidths=0, zorder=3)
    else:
        lines = [*some, *some.transpose(1, 0, 2)]
        ax.add_collection(LineCollection(lines, colors=color, linewidths=0.7, alpha=0.8, zorder=3))
    if outline:
        border = np.concatenate((values[0], values[1:, -1], values[-1, -2::-1], values[-2::-1, 0]))
        ax.plot(*border.T, color=color, linewidth=1.8, zorder=4)
    ax.autoscale_view()


def draw_points(
    ax: Axes, points: object, *, color: str = INPUT, labels: list[str] | None = None, marker="o"
) -> None:
    """Mark (N, 2) points (x, y), each with its label if there are any.

    Raises:
        TypeError, ValueError: no axes, wrong type or shape, or another number of labels.
    """
    check_axes(ax)
    values = pairs_of(points, "points").reshape(-1, 2)
    labels = None if labels is None else check_sequence("labels", labels, "texts")
    if labels is not None and len(labels) != len(values):
        raise ValueError(f"labels: expected {len(values)}, got {len(labels)}")
    ax.scatter(*values.T, color=color, marker=marker, s=36, edgecolors="white", zorder=5)
    labels = [""] * len(values) if labels is None else labels
    for point, label in zip(values, labels, strict=True):
        ax.annotate(
            label,
            point,
            xytext=(6, 6),
            textcoords="offset points",
            color=color,
            fontsize=10,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )


def draw_arrows(ax: Axes, start: object, end: object, *, color: str = TEXT) -> None:
    """Draw arrows from (N, 2) points to (N, 2) points.

    Raises:
        TypeError, ValueError: no axes, wrong types or shapes.
    """
    check_axes(ax)
    tails = pairs_of(start, "start").reshape(-1, 2)
    heads = pairs_of(end, "end").reshape(-1, 2)
    if tails.shape != heads.shape:
        raise ValueError(f"end: expected {len(tails)} points, as many as start, got {len(heads)}")
    style = {"arrowstyle": "-|>", "color": color, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}
    for tail, head in zip(tails, heads, strict=True):
        ax.annotate("", xy=head, xytext=tail, arrowprops=style, zorder=4)
    ax.update_datalim(np.concatenate((tails, heads)))
    ax.autoscale_view()


def draw_values(ax: Axes, image: object, *, fmt: str = "{:.1f}") -> None:
    """Draw a few large pixels with their numbers; axes in (column, row).

    Raises:
        TypeError, ValueError: no axes, wrong type or shape.
    """
    values = picture_of(image)
    if not isinstance(fmt, str):
        raise TypeError(f"fmt: expected a format such as '{{:.1f}}', got {describe(fmt)}")
    try:
        fmt.format(0.0)
    except (ValueError, LookupError, AttributeError):
        raise ValueError(
            f"fmt: expected a format such as '{{:.1f}}', got {describe(fmt)}"
        ) from None
    draw_image(ax, values, frame="pixel", vmin=min(0, values.min()), vmax=max(1, values.max()))
    middle = (min(0, values.min()) + max(1, values.max())) / 2
    for (row, column), value in np.ndenumerate(values):
        ink = "black" if value > middle else "white"
        ax.text(column, row, fmt.format(value), ha="center", va="center", color=ink, fontsize=9)
    ax.set_xticks(range(values.shape[1]))
    ax.set_yticks(range(values.shape[0]))


def draw_field(ax: Axes, values: object, *, limit: float | None = None) -> None:
    """Draw signed (H, W) numbers on a diverging map centred on 0; axes in (column, row).

    Args:
        ax: axes. values: (H, W), (1, H, W) or (1, 1, H, W).
        limit: the value of the full colours, above 0; the largest finite size when left out.

    Raises:
        TypeError, ValueError: no axes, wrong type or shape, or a limit not above 0.
    """
    check_axes(ax)
    field = picture_of(values)
    sizes = np.abs(field[np.isfinite(field)])
    reach = (sizes.max(initial=0) or 1) if limit is None else number_of("limit", limit)
    if not reach > 0:
        raise ValueError(f"limit: expected a number above 0, got {limit}")
    extent = extent_of(field.shape, "pixel", False)
    ax.imshow(
        field, cmap=DIVERGING, vmin=-reach, vmax=reach, extent=extent, interpolation="nearest"
    )


def draw_move(
    ax: Axes, theta: object, corners: object, *, grid: bool = True, reach: float = 2
) -> None:
    """Draw a shape and the square from -1 to 1 before an affine map, orange, and after it, blue.

    The map's columns are drawn as arrows: where (1, 0) lands and where (0, 1) lands.

    Args:
        ax: axes. theta: (2, 2), (2, 3) or (1, 2, 3).
        corners: (N, 2) points (x, y) of the shape.
        grid: draw the square, with a grid in it. reach: the axes run from -reach to reach.

    Raises:
        TypeError, ValueError: no axes, wrong type or shape.
    """
    check_axes(ax)
    columns = real_numbers("theta", theta)
    if columns.shape not in ((2, 2), (2, 3), (1, 2, 3)):
        raise ValueError(f"theta: expected (2, 2), (2, 3) or (1, 2, 3), got {describe(theta)}")
    columns = columns.reshape(2, -1).T
    linear, shift = columns[:2], columns[2:].sum(0)
    before = pairs_of(corners, "corners").reshape(-1, 2)
    ax.fill(*before.T, color=OUTPUT, alpha=0.5, linewidth=0)
    ax.fill(*(before @ linear + shift).T, color=INPUT, alpha=0.75, linewidth=0)
    if grid:
        x, y = np.meshgrid(*[np.linspace(-1, 1, 5)] * 2)
        square = np.stack((x, y), axis=-1)
        draw_grid(ax, square[::4, ::4], color=OUTPUT)
        draw_grid(ax, square @ linear + shift)
    for arrow, color, name in zip(linear, (ARROW_X, ARROW_Y), "xy", strict=True):
        style = {"arrowstyle": "-|>", "color": color, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", xy=shift + arrow, xytext=shift, arrowprops=style, zorder=5)
        away = shift + arrow + 0.13 * reach * arrow / max(np.hypot(*arrow), 1e-9)
        ax.text(*away, name, color=color, fontsize=10, ha="center", va="center", zorder=6)
    ticks = [-1, 0, 1]
    ax.set(xlim=(-reach, reach), ylim=(reach, -reach), xticks=ticks, yticks=ticks, aspect="equal")
