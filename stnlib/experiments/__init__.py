"""The book's recorded runs: what its chapters say of many seeds, repeated by one command.

    python -m stnlib.experiments                 list the experiments
    python -m stnlib.experiments rts             run what the record of rts lacks
    python -m stnlib.experiments rts --again     run all of it anew
    python -m stnlib.experiments rts --seeds 5 6 --record mine.json --device cuda
    python -m stnlib.experiments table1 --data FOLDER   MNIST's idx files are there
    python -m stnlib.experiments table1 --jobs 2        its rows, two runs at a time
    python -m stnlib.experiments table1 --record mine   all of them, into a folder of your own

A record holds every run of its experiment: none is left out, whatever came of it.
"""

from stnlib.experiments.catalogue import EXPERIMENTS, GROUPS
from stnlib.experiments.comparison import APART, UNTOLD, Comparison, average, compare
from stnlib.experiments.plans import Experiment, Plan
from stnlib.experiments.records import load, trained
from stnlib.experiments.run import history_of, run
from stnlib.experiments.task import Task, TaskPlan

__all__ = ["APART", "EXPERIMENTS", "GROUPS", "UNTOLD", "Comparison", "Experiment", "Plan", "Task"]
__all__ += ["TaskPlan", "average", "compare", "history_of", "load", "run", "trained"]
