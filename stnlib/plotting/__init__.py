"""Figures in one style: input blue, output orange, ink white on black, origin top left.

:func:`use_style` makes the ground of later figures transparent and their words grey, so that they
can be read on a light page and on a dark one.
"""

from stnlib.plotting.drawing import (
    draw_arrows,
    draw_field,
    draw_grid,
    draw_image,
    draw_move,
    draw_points,
    draw_values,
)
from stnlib.plotting.style import (
    ARROW_X,
    ARROW_Y,
    DIVERGING,
    FOLD,
    GREY,
    INPUT,
    LINE,
    OUTPUT,
    STYLE,
    TEXT,
    panels,
    use_style,
)

__all__ = [
    "ARROW_X", "ARROW_Y", "DIVERGING", "FOLD", "GREY", "INPUT", "LINE", "OUTPUT", "STYLE", "TEXT",
    "draw_arrows", "draw_field", "draw_grid", "draw_image", "draw_move", "draw_points",
    "draw_values", "panels", "use_style",
]  # fmt: skip
