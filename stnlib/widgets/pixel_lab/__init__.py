"""PixelLab, a live figure."""

from stnlib.widgets.pixel_lab.figure import PixelLab

__all__ = ["PixelLab"]
