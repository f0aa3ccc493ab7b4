"""AlignmentLandscape, a live figure."""

from stnlib.widgets.alignment_landscape.figure import AlignmentLandscape

__all__ = ["AlignmentLandscape"]
