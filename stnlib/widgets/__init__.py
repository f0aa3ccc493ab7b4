"""Live figures: widgets in JupyterLab, and live in static pages without a kernel."""

from stnlib.widgets.alignment_landscape import AlignmentLandscape
from stnlib.widgets.convention_checker import ConventionChecker
from stnlib.widgets.grid_bender import GridBender
from stnlib.widgets.grid_explorer import GridExplorer
from stnlib.widgets.pixel_lab import PixelLab
from stnlib.widgets.pose_probe import PoseProbe
from stnlib.widgets.training_replay import Recording, TrainingReplay

__all__ = [
    "AlignmentLandscape",
    "ConventionChecker",
    "GridBender",
    "GridExplorer",
    "PixelLab",
    "PoseProbe",
    "Recording",
    "TrainingReplay",
]
