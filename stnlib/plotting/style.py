"""Colours, matplotlib's defaults, and figures with panels in a row."""

from __future__ import annotations

import math

from stnlib._checks import check_count, check_number, check_sequence
from stnlib._extras import needs

with needs("figures"):
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INPUT = "#2288D2"
OUTPUT = "#E8730C"
FOLD = "#D6336C"
ARROW_X, ARROW_Y = "#1F8A4C", "#9B59D0"  # where (1, 0) and (0, 1) land: the columns of a matrix
TEXT = "#7b7b7b"  # 4.2 : 1 on white and on the book's dark ground
LINE = "#999999"
GREY = "gray"
DIVERGING = "RdBu_r"
FRAMES = ("normalised", "pixel")
STYLE = {
    **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), "none"),
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.titlecolor"), TEXT),
    **dict.fromkeys(("xtick.color", "ytick.color"), TEXT),
    "axes.edgecolor": LINE,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.dpi": 100,
    "font.size": 10,
    "grid.color": LINE,
    "grid.alpha": 0.35,
    "legend.frameon": False,
}


def use_style() -> None:
    """Set matplotlib's defaults for figures that are read on light and on dark pages."""
    plt.rcParams.update(STYLE)


def panels(
    n: int,
    *,
    height: float = 2.6,
    width: float | None = None,
    titles: list[str] | None = None,
) -> tuple[Figure, list[Axes]]:
    """Return a figure with ``n`` equal axes in a row.

    Args:
        n: how many. height, width: of one panel, in inches (square when ``width`` is left out).
        titles: one a panel.

    Raises:
        TypeError, ValueError: ``n`` below 1, no size above 0, or another number of titles.
    """
    check_count("n", n)
    for name, value in (("height", height), ("width", height if width is None else width)):
        if not 0 < check_number(name, value) < math.inf:
            raise ValueError(f"{name}: expected a finite number above 0, got {value}")
    if titles is not None and len(titles := check_sequence("titles", titles, "texts")) != n:
        raise ValueError(f"titles: expected {n}, got {len(titles)}")
    size = (n * (height if width is None else width), height + 0.3)
    figure, axes = plt.subplots(1, n, figsize=size, squeeze=False, layout="constrained")
    for ax, title in zip(axes[0], [""] * n if titles is None else titles, strict=True):
        ax.set_title(title, fontsize=10, color=TEXT)
        ax.tick_params(labelsize=8, colors=TEXT, length=2)
        for spine in ax.spines.values():
            spine.set_color(LINE)
    return figure, list(axes[0])
