"""The experiments of chapter 10: several transformers.

Rivals have as many weights. Where they are compared at equal seconds, the transformer's number of
steps was chosen, and the others' follow from what a step of theirs costs on one CPU thread.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from stnlib.distortions import RTS, R
from stnlib.experiments import search
from stnlib.experiments.numbers import (
    Numbers,
    measure_windows,
    one_window,
    three_heads,
    three_windows,
)
from stnlib.experiments.plans import Experiment, Plan
from stnlib.experiments.pose import Told, taught_loss
from stnlib.experiments.rows import deep_cnn, looking, measure_turn, told_looking
from stnlib.experiments.sums import Sums, measure_share, sum_cnn, sum_fcn, sum_st_fcn
from stnlib.experiments.task import TaskPlan
from stnlib.transforms import Affine, ThinPlateSpline


def half_length(
    about: str, task: TaskPlan, plans: dict[str, Plan], measure=None, rates=search.RATES
) -> Experiment:
    """Return the search of the rates, with half of the steps and one seed, on validation digits."""
    return Experiment(
        about,
        replace(task, validation=True),
        search.trials(plans, (0.5,), rates),
        seeds=(10,),
        watch=False,
        measure=measure,
    )


SUM_TASK = TaskPlan(RTS(21), size=14, glyph=10, kind=Sums, batch=256)
SPLINE = ThinPlateSpline((4, 4))
SEARCHED_SUMS = {
    "fcn": Plan(partial(sum_fcn, 21, 91), 8000),
    "cnn": Plan(sum_cnn, 1000),
    "1 × affine": Plan(partial(sum_st_fcn, 21, 1, Affine(), localisation=80), 6000),
    "2 × affine": Plan(partial(sum_st_fcn, 21, 2, Affine(), localisation=32), 6000),
    "1 × spline": Plan(partial(sum_st_fcn, 21, 1, SPLINE, localisation=79), 6000),
    "2 × spline": Plan(partial(sum_st_fcn, 21, 2, SPLINE, localisation=32), 6000),
}
RATES_SUMS = {
    "fcn": 8e-3, "cnn": 8e-3, "1 × affine": 4e-3, "2 × affine": 2e-3, "1 × spline": 4e-3,
    "2 × spline": 2e-3,
}  # fmt: skip
BEST_SUMS = search.at_rates(SEARCHED_SUMS, RATES_SUMS)
SUMS_PLANS = BEST_SUMS | {"cnn, three times the seconds": replace(BEST_SUMS["cnn"], steps=3000)}
MNIST_SUMS = {name: replace(plan, steps=3 * plan.steps) for name, plan in BEST_SUMS.items()}

ROW_TASK = TaskPlan(R(180))
SEARCHED_ROW = {
    "one look": Plan(partial(looking, 1), 1500),
    "four looks, θ": Plan(partial(looking, 4), 1500),
    "four looks, pixels": Plan(partial(looking, 4, pixels=True), 1500),
}
RATES_ROW = {"one look": 4e-3, "four looks, θ": 1e-3, "four looks, pixels": 1e-3}
BEST_ROW = search.at_rates(SEARCHED_ROW, RATES_ROW)
ROW_PLANS = BEST_ROW | {
    "one look, equal seconds": replace(BEST_ROW["one look"], steps=3200),
    "two looks, θ": replace(BEST_ROW["four looks, θ"], build=partial(looking, 2)),
    "two looks, pixels": replace(
        BEST_ROW["four looks, pixels"], build=partial(looking, 2, pixels=True)
    ),
}
TOLD_TASK = replace(ROW_TASK, kind=Told)
SEARCHED_TOLD = {"one look": Plan(told_looking, 1500, {"loss": taught_loss})}

DEPTH_TASK = TaskPlan(RTS(28), size=20, glyph=14)
SEARCHED_DEPTHS = {
    "none": Plan(partial(deep_cnn, (), 64), 1800),
    "input": Plan(partial(deep_cnn, ("input",), 40), 1800),
    "first": Plan(partial(deep_cnn, ("first",), 57), 1800),
    "all": Plan(partial(deep_cnn, ("input", "first", "second"), 28), 1800),
}
RATES_DEPTHS = {"none": 4e-3, "input": 2e-3, "first": 2e-3, "all": 2e-3}

NUMBER_TASK = TaskPlan(
    RTS((28, 48), degrees=20, scale=(0.8, 1.15)), size=14, glyph=10, kind=Numbers
)
SEARCHED_NUMBERS = {
    "three heads": Plan(three_heads, 1500),
    "cut in three": Plan(partial(one_window, frozen=True), 1500),
    "one window": Plan(one_window, 1500),
    "three windows": Plan(three_windows, 1500),
    "three windows, one start": Plan(partial(three_windows, apart=False), 1500),
}
RATES_NUMBERS = {
    "three heads": 2e-3, "cut in three": 4e-3, "one window": 4e-3, "three windows": 4e-3,
    "three windows, one start": 2e-3,
}  # fmt: skip
BEST_NUMBERS = search.at_rates(SEARCHED_NUMBERS, RATES_NUMBERS)
NUMBERS_PLANS = BEST_NUMBERS | {
    "three heads, three times the seconds": replace(BEST_NUMBERS["three heads"], steps=4500)
}

EXPERIMENTS = {
    "search_row": half_length(
        "Which rate suits one look and four at digits turned all the way round?",
        ROW_TASK,
        SEARCHED_ROW,
        measure_turn,
    ),
    "search_told": half_length(
        "Which rate suits one look that is told the true turn?",
        TOLD_TASK,
        SEARCHED_TOLD,
        measure_turn,
    ),
    "search_depths": half_length(
        "Which rate suits transformers at each depth?", DEPTH_TASK, SEARCHED_DEPTHS
    ),
    "search_sums": half_length(
        "Which rate suits each network that adds two digits?",
        SUM_TASK,
        SEARCHED_SUMS,
        measure_share,
    ),
    "search_numbers": half_length(
        "Which rate suits each network that reads three digits?",
        NUMBER_TASK,
        SEARCHED_NUMBERS,
        measure_windows,
    ),
    "row": Experiment(
        "Do several looks in a row set digits upright that may lie any way?",
        ROW_TASK,
        ROW_PLANS,
        measure=measure_turn,
    ),
    "row_told": Experiment(
        "How well does one look set them upright when it is told the true turn?",
        TOLD_TASK,
        search.at_rates(SEARCHED_TOLD, {"one look": 8e-3}),
        measure=measure_turn,
    ),
    "depths": Experiment(
        "What is gained by transformers on feature maps, beside the one on the input?",
        DEPTH_TASK,
        search.at_rates(SEARCHED_DEPTHS, RATES_DEPTHS),
        watch=False,
    ),
    "numbers": Experiment(
        "Are three windows better than one to read a number of three digits?",
        NUMBER_TASK,
        NUMBERS_PLANS,
        measure=measure_windows,
    ),
    "sums": Experiment(
        "Two digits in two channels: can one transformer serve both?",
        SUM_TASK,
        SUMS_PLANS,
        measure=measure_share,
    ),
    "sums_mnist": Experiment(
        "The same on MNIST, its digits at half their size, in three times the steps.",
        replace(SUM_TASK, mnist=True, copies=1),
        MNIST_SUMS,
        seeds=(0, 1, 2),
        watch=False,
        measure=measure_share,
    ),
}
