"""Train a classifier from its labels, watch it, and go on where a run was cut off.

``fit`` trains and gives a ``History``, ``evaluate`` counts errors, ``diagnose`` names failures.
"""

from stnlib.training.diagnosis import Finding, diagnose
from stnlib.training.fit import evaluate, fit, misses
from stnlib.training.history import History

__all__ = ["Finding", "History", "diagnose", "evaluate", "fit", "misses"]
