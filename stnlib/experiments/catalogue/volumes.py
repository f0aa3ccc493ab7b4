"""The experiments of chapter 12: volumes.

The networks have as many weights, and as many steps as take about half a minute on one CPU thread.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from stnlib.experiments import search
from stnlib.experiments.catalogue.several import half_length
from stnlib.experiments.plans import Experiment, Plan
from stnlib.experiments.task import TaskPlan
from stnlib.experiments.volume_networks import (
    flat_cnn,
    pooled_volume_cnn,
    volume_cnn,
    volume_st_cnn,
)
from stnlib.experiments.volumes import Solid, measure_box

VOLUME_TASK = TaskPlan(Solid(), size=16, glyph=14, copies=2)
VOLUME_RATES = (4e-3, 8e-3, 1.6e-2)
SEARCHED_VOLUMES = {
    "transformer, mean": Plan(partial(volume_st_cnn, 8), 400),
    "transformer, one slice": Plan(partial(volume_st_cnn, 1), 600),
    "3-D CNN": Plan(volume_cnn, 320),
    "3-D CNN, pooled": Plan(pooled_volume_cnn, 330),
    "mean alone": Plan(partial(flat_cnn, "mean"), 960),
    "middle slice alone": Plan(partial(flat_cnn, "middle"), 960),
}
RATES_VOLUMES = {
    "transformer, mean": 4e-3, "transformer, one slice": 4e-3, "3-D CNN": 4e-3,
    "3-D CNN, pooled": 4e-3, "mean alone": 4e-3, "middle slice alone": 4e-3,
}  # fmt: skip
BEST_VOLUMES = search.at_rates(SEARCHED_VOLUMES, RATES_VOLUMES)
VOLUME_PLANS = BEST_VOLUMES | {
    "transformer, mean, twice the seconds": replace(BEST_VOLUMES["transformer, mean"], steps=800),
    "3-D CNN, pooled, twice the seconds": replace(BEST_VOLUMES["3-D CNN, pooled"], steps=660),
}

EXPERIMENTS = {
    "search_volumes": half_length(
        "Which rate suits each network that reads a solid digit in a volume?",
        VOLUME_TASK,
        SEARCHED_VOLUMES,
        measure_box,
        VOLUME_RATES,
    ),
    "volumes": Experiment(
        "A digit made solid and turned in a volume: is a transformer worth its cost?",
        VOLUME_TASK,
        VOLUME_PLANS,
        watch=False,
        measure=measure_box,
    ),
}
