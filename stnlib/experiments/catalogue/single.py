"""The experiments of chapters 6 to 9: one transformer.

Rivals have as many weights. Where they are compared at equal seconds, the transformer's number of
steps was chosen, and the others' follow from what a step of theirs costs on one CPU thread.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import product

from torch import nn

from stnlib.distortions import RTS, TC, E, P, R
from stnlib.experiments import bend, search
from stnlib.experiments.failures import failing, shallow_cnn, small_st_cnn
from stnlib.experiments.plans import Experiment, Plan
from stnlib.experiments.pose import (
    SIDE,
    WINDOW,
    Told,
    Undone,
    linear_classifier,
    measure_pose,
    norm_cnn,
    small_cnn,
    st_cnn_with,
    taught_loss,
    taught_st_cnn,
)
from stnlib.experiments.repairs import repair_plans
from stnlib.experiments.rivals import (
    freeze_transformer,
    pooled_cnn,
    tutorial_network,
    tutorial_training,
)
from stnlib.experiments.task import TaskPlan
from stnlib.networks import cnn, fcn, st_cnn, st_fcn
from stnlib.transforms import Affine


def compare_families(distortion: object, plans: dict[str, Plan]) -> Experiment:
    """Return the comparison of the families on one distortion."""
    name = type(distortion).__name__
    return Experiment(
        f"Which family of maps is best on {name}, and which grids fold over?",
        TaskPlan(distortion),
        plans,
        watch=False,
        measure=bend.measure_folds,
    )


def oracle_plans(
    jitters: tuple[float, ...], windows: tuple[float, ...], *, batch_norm: bool = False, **options
) -> dict[str, Plan]:
    """Return the oracle's classifier for each jitter, in training only, and each window."""
    plans = {}
    for window, degrees in product(windows, jitters):
        name = f"window {window:.2f}, jitter {degrees}" + batch_norm * ", batch norm"
        clean = Undone(RTS(), window=window)
        task = TaskPlan(replace(clean, degrees=degrees), tested=clean, **options)
        plans[name] = Plan(norm_cnn if batch_norm else small_cnn, 1800, task=task)
    return plans


POOLED = {
    "5-5-3": Plan(pooled_cnn, 1500),
    "5-5-3, mean": Plan(partial(pooled_cnn, pool=nn.AdaptiveAvgPool2d), 1500),
    "5-5-5": Plan(partial(pooled_cnn, channels=(12, 28, 30), kernels=(5, 5, 5)), 1850),
    "5-3-3-3": Plan(
        partial(pooled_cnn, channels=(16, 24, 36, 54), kernels=(5, 3, 3, 3), strides=(2, 1, 1, 1)),
        1950,
    ),
    "3-3-3-3, stride 1": Plan(
        partial(pooled_cnn, channels=(12, 20, 36, 62), kernels=(3,) * 4, strides=(1,) * 4), 650
    ),
}
# In equal seconds. The rates are those that stnlib.experiments.search chooses.
SEARCHED = {
    "fcn": Plan(partial(fcn, 42), 7600),
    "st_fcn": Plan(partial(st_fcn, 42), 5300),
    "cnn": Plan(partial(cnn, 42), 1050),
    "st_cnn": Plan(partial(st_cnn, 42), 1800),
    "cnn, batch norm": Plan(partial(cnn, 42, batch_norm=True), 850),
    "pooled_cnn": Plan(pooled_cnn, 1500),
    "st_cnn, batch norm": Plan(partial(st_cnn, 42, batch_norm=True), 1650),
}
RATES = {
    "fcn": 4e-3, "st_fcn": 2e-3, "cnn": 4e-3, "st_cnn": 2e-3, "cnn, batch norm": 4e-3,
    "pooled_cnn": 8e-3, "st_cnn, batch norm": 2e-3,
}  # fmt: skip
BEST = search.at_rates(SEARCHED, RATES)
RTS_PLANS = BEST | {
    "cnn, equal steps": replace(BEST["cnn"], steps=1800),
    "st_cnn, frozen": Plan(partial(freeze_transformer, partial(st_cnn, 42)), 2700),
    "tutorial": Plan(tutorial_network, 540, tutorial_training()),
    "tutorial, Adam": Plan(tutorial_network, 540),
}
ST_AFFINE = partial(st_cnn, 42, transform=Affine())
START_PLANS = {
    "affine": Plan(ST_AFFINE, 1800),
    "affine, random start": Plan(partial(ST_AFFINE, identity_start=False), 1800),
    "rate × 10": Plan(partial(st_cnn, 42), 1800, {"learning_rate": 2e-2}),
}
ST_TC = partial(st_cnn, 60, localisation=(16, 32, 32), transform=Affine(), output_size=28)
CNN_TC = partial(cnn, 60, channels=(15, 30, 42))
WARMUP = {"warmup": 100}
SEARCHED_TC = {
    "cnn": Plan(CNN_TC, 350, WARMUP),
    "st_cnn": Plan(ST_TC, 750, WARMUP),
    "pooled_cnn": Plan(partial(pooled_cnn, channels=(24, 60, 88)), 390, WARMUP),
    "st_cnn, batch norm": Plan(partial(ST_TC, batch_norm=True), 675, WARMUP),
}
RATES_TC = {"cnn": 4e-3, "st_cnn": 2e-3, "pooled_cnn": 1.6e-2, "st_cnn, batch norm": 1e-3}
BEST_TC = search.at_rates(SEARCHED_TC, RATES_TC)
TC_PLANS = BEST_TC | {"cnn, equal steps": replace(BEST_TC["cnn"], steps=750)}
DRAW_PLANS = {
    "st_cnn": Plan(partial(st_cnn_with, small_cnn, batch_norm=True), 22000),
    "cnn": Plan(partial(cnn, 42, batch_norm=True), 22000),
}
SEARCHED_BEND = bend.plain_plan() | bend.family_plans()
RATES_BEND = {"pooled_cnn": 8e-3, "affine": 2e-3, "projective": 8e-3, "spline": 2e-3}
BEST_BEND = search.at_rates(SEARCHED_BEND, RATES_BEND)
TINY = {"size": 14, "glyph": 10, "copies": 1}  # digits of 10 pixels
FAST = {"learning_rate": 5e-3}
SMALL = TaskPlan(RTS(21, degrees=20, scale=(0.8, 1.2)), **TINY)
LARGE = TaskPlan(R(60), copies=1)  # other pictures, another size, another network
DEPTH_PLANS = {
    "before": Plan(partial(shallow_cnn, "before"), 300, FAST),
    "behind": Plan(partial(shallow_cnn, "behind"), 300, FAST),
    "none": Plan(partial(shallow_cnn, None), 300, FAST),
}
ST_LINEAR = partial(st_cnn_with, linear_classifier)
POSE_PLANS = {
    "linear": Plan(ST_LINEAR, 1800),
    "linear, frozen": Plan(partial(freeze_transformer, ST_LINEAR), 1800),
}
PARTS_PLANS = {
    "in the classifier": Plan(partial(st_cnn_with, norm_cnn), 1800),
    "in the localisation": Plan(partial(st_cnn_with, small_cnn, batch_norm=True), 1800),
}
TAUGHT_PLANS = {
    "plain": Plan(taught_st_cnn, 1800, {"loss": taught_loss}),
}
EXPERIMENTS = {
    "search_rts": Experiment(
        "Which rate, and half of the steps or all, suits each network of rts?",
        TaskPlan(RTS(), validation=True),
        search.trials(SEARCHED),
        seeds=(10,),
        watch=False,
    ),
    "search_tc": Experiment(
        "Which rate suits each network of tc?",
        TaskPlan(TC(), validation=True),
        search.trials(SEARCHED_TC, shares=(1.0,)),
        seeds=(10, 11),
        watch=False,
    ),
    "search_bend": Experiment(
        "Which rate suits each family of maps?",
        TaskPlan(E(), validation=True),
        search.trials(SEARCHED_BEND, shares=(1.0,)),
        seeds=(10,),
        watch=False,
    ),
    "rts": Experiment(
        "Is a transformer worth its cost on turned, moved and scaled digits?",
        TaskPlan(RTS()),
        RTS_PLANS,
        measure=measure_pose,
    ),
    "rivals": Experiment(
        "Which plain CNN with a pool at its end is best, at these weights and seconds?",
        TaskPlan(RTS(), validation=True),
        {name: search.rated(plan, 4e-3) for name, plan in POOLED.items()},
        seeds=(10,),
        watch=False,
    ),
    "starts": Experiment(
        "What do a random start and a high learning rate do to st_cnn of rts?",
        TaskPlan(RTS()),
        START_PLANS,
        statistics=True,
    ),
    "tc": Experiment("Is it worth its cost on digits among clutter?", TaskPlan(TC()), TC_PLANS),
    "failures": Experiment(
        "How does the training of a small network fail, and what does its history show of it?",
        SMALL,
        failing(small_st_cnn, SMALL, 400, 5e-3),
        statistics=True,
    ),
    "failures_elsewhere": Experiment(
        "Are the same failures named in a network, on pictures and seeds that no rule was made on?",
        LARGE,
        failing(partial(st_cnn, 28), LARGE, 600, 2e-3),
        seeds=(10, 11, 12, 13, 14),
        watch=False,
        statistics=True,
    ),
    "repairs": Experiment(
        "Which change keeps a window in the picture at a rate at which it runs away?",
        SMALL,
        repair_plans(),
        watch=False,
        statistics=True,
    ),
    "depth": Experiment(
        "Is a transformer behind the first convolution as good as one before it?",
        TaskPlan(R(90), **TINY),
        DEPTH_PLANS,
    ),
    "pose": Experiment(
        "Does a linear classifier, which needs its digits upright, get them so?",
        TaskPlan(RTS()),
        POSE_PLANS,
        measure=measure_pose,
    ),
    "pose_parts": Experiment(
        "Batch norm in one of the two networks: which of them makes the aim worse?",
        TaskPlan(RTS()),
        PARTS_PLANS,
        measure=measure_pose,
    ),
    "pose_taught": Experiment(
        "How well does the localisation network of st_cnn know θ when it is told?",
        TaskPlan(RTS(), kind=Told),
        TAUGHT_PLANS,
        measure=measure_pose,
    ),
    "search_oracle": Experiment(
        "How wide a window and how much jitter suit a classifier that is given the truth?",
        TaskPlan(RTS(), validation=True),
        oracle_plans((0, 5, 15, 30), (WINDOW / SIDE, 0.85, 1.0), validation=True),
        seeds=(10, 11),
    ),
    "pose_oracle": Experiment(
        "What does a classifier make of digits that were set upright by the truth?",
        TaskPlan(RTS()),
        oracle_plans((0, 30), (WINDOW / SIDE, 0.85))  # jitter and window of search_oracle
        | oracle_plans((0,), (WINDOW / SIDE,), batch_norm=True)
        | oracle_plans((30,), (0.85,), batch_norm=True)
        | {"linear": Plan(linear_classifier, 1800, task=TaskPlan(Undone(RTS())))},
    ),
    "bend_r": compare_families(R(), BEST_BEND),
    "bend_p": compare_families(P(), BEST_BEND),
    "bend_e": compare_families(E(), BEST_BEND),
    "bend_control": Experiment(
        "Is a family best on the distortions that it undoes exactly?",
        TaskPlan(R()),
        {
            n: search.rated(p, RATES_BEND[n.partition(",")[0]])
            for n, p in bend.control_plans().items()
        },
        seeds=(0, 1, 2, 3),
        watch=False,
        measure=bend.measure_folds,
    ),
    "draw": Experiment(
        "Networks of equal weights that read what a hand has drawn.",
        TaskPlan(RTS(), mnist=True, batch=128, copies=1),
        DRAW_PLANS,
        seeds=(0,),
        weights=True,
    ),
}
