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
from stnlib.experiments.volumes import Solid, VolumeSums, measure_box

VOLUME_TASK = TaskPlan(Solid(), size=16, glyph=14, copies=2)
VOLUME_RATES = (2e-3, 4e-3, 8e-3, 1.6e-2)
SEARCHED_VOLUMES = {
    "transformer, mean": Plan(partial(volume_st_cnn, 8), 400),
    "transformer, one slice": Plan(partial(volume_st_cnn, 1), 600),
    "3-D CNN": Plan(volume_cnn, 320),
    "3-D CNN, pooled": Plan(pooled_volume_cnn, 330),
    "mean alone": Plan(partial(flat_cnn, "mean"), 960),
    "middle slice alone": Plan(partial(flat_cnn, "middle"), 960),
}
RATES_VOLUMES = {
    "transformer, mean": 8e-3, "transformer, one slice": 4e-3, "3-D CNN": 8e-3,
    "3-D CNN, pooled": 8e-3, "mean alone": 4e-3, "middle slice alone": 4e-3,
}  # fmt: skip
BEST_VOLUMES = search.at_rates(SEARCHED_VOLUMES, RATES_VOLUMES)
TWICE = ("transformer, mean", "transformer, one slice", "3-D CNN, pooled", "mean alone")
VOLUME_PLANS = BEST_VOLUMES | {
    f"{name}, twice the seconds": replace(BEST_VOLUMES[name], steps=2 * BEST_VOLUMES[name].steps)
    for name in TWICE
}
# Added when two of the five runs at the chosen rate had stood still, and shown beside them.
VOLUME_PLANS["transformer, mean, half the rate"] = search.rated(
    SEARCHED_VOLUMES["transformer, mean"], RATES_VOLUMES["transformer, mean"] / 2
)
PAIR_TASK = TaskPlan(
    Solid(scale=(0.4, 0.5), move=0.45), size=16, glyph=14, kind=VolumeSums, copies=1
)
PAIR_NETWORKS = {
    "two slices": Plan(
        partial(volume_st_cnn, 1, count=2, localisation=(6, 10, 24), classes=19), 900
    ),
    "one slice": Plan(partial(volume_st_cnn, 1, classes=19), 1200),
    "3-D CNN, pooled": Plan(partial(pooled_volume_cnn, classes=19), 660),
}
PAIR_PLANS = {name: search.rated(plan, 4e-3) for name, plan in PAIR_NETWORKS.items()}

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
    "volumes_two": Experiment(
        "Two solid digits in one volume, to be added: is anything learned in a minute?",
        PAIR_TASK,
        PAIR_PLANS,
        seeds=(0,),
        watch=False,
    ),
}
