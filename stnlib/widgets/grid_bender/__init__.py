"""GridBender, a live figure."""

from stnlib.widgets.grid_bender.figure import GridBender

__all__ = ["GridBender"]
