"""GridExplorer, a live figure."""

from stnlib.widgets.grid_explorer.figure import GridExplorer

__all__ = ["GridExplorer"]
