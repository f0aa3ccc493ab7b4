"""Live figures: widgets in JupyterLab, and live in static pages without a kernel."""

from stnlib.widgets.grid_bender import GridBender
from stnlib.widgets.grid_explorer import GridExplorer

__all__ = ["GridBender", "GridExplorer"]
