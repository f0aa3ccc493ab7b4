"""TrainingReplay, a live figure."""

from stnlib.widgets.training_replay.figure import TrainingReplay
from stnlib.widgets.training_replay.recording import Recording

__all__ = ["Recording", "TrainingReplay"]
