"""PoseProbe, a live figure."""

from stnlib.widgets.pose_probe.figure import PoseProbe

__all__ = ["PoseProbe"]
