"""The experiments of chapter 11: a window finds what pictures have in common, without labels."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from stnlib.experiments import search
from stnlib.experiments.hidden import Hidden, HiddenOnce, Hide
from stnlib.experiments.localise import (
    Finder,
    FreeWindow,
    LooseWindow,
    Window,
    measure_boxes,
    noisy_pixels,
    noisy_unit_pixels,
    pixels,
    triplet_hinge,
    unit_pixels,
)
from stnlib.experiments.plans import Experiment, Plan
from stnlib.experiments.task import TaskPlan

STEPS = 600
CONDITIONS = {"alone": 0, "16 scraps": 16}
FAILING_DIGITS = (3, 7)
RATES_FIND = {
    "window": 2e-3, "plain pixels": 8e-3, "noise": 1e-3, "unit length": 1e-3,
    "unit length, 16 scraps": 4e-3, "may leave": 8e-3, "free size": 1e-3,
}  # fmt: skip

hidden = partial(TaskPlan, glyph=28, kind=Hidden, copies=2)
FINDER = partial(Finder, Window(), noisy_unit_pixels)
BROKEN = {  # what is built, and the number of scraps
    "plain pixels": (partial(Finder, Window(), pixels), 0),
    "noise": (partial(Finder, Window(), noisy_pixels), 0),
    "unit length": (partial(Finder, Window(), unit_pixels), 0),
    "unit length, 16 scraps": (partial(Finder, Window(), unit_pixels), 16),
    "may leave": (partial(Finder, LooseWindow(), noisy_unit_pixels), 0),
    "free size": (partial(Finder, FreeWindow(), noisy_unit_pixels), 0),
}


def finding(digits: tuple[int, ...], kind: type[Hidden] = Hidden) -> dict[str, Plan]:
    """Return the plan of each digit, alone and among scraps."""
    return {
        f"{digit}: {name}": Plan(
            FINDER, STEPS, {"loss": triplet_hinge}, hidden(Hide(digit, count), kind=kind)
        )
        for name, count in CONDITIONS.items()
        for digit in digits
    }


def breaking(digits: tuple[int, ...]) -> dict[str, Plan]:
    """Return the plans that are changed in one thing each, in the codes or in the window."""
    return {
        f"{digit}: {name}": Plan(build, STEPS, {"loss": triplet_hinge}, hidden(Hide(digit, count)))
        for name, (build, count) in BROKEN.items()
        for digit in digits
    }


def on_validation(plans: dict[str, Plan]) -> dict[str, Plan]:
    """Return the plans, judged on the digits to choose with."""
    return {
        name: replace(plan, task=replace(plan.task, validation=True))
        for name, plan in plans.items()
    }


def kind_of(network: str) -> str:
    """Return what has a rate of its own: the kind of failure, or the window on all its tasks."""
    kind = network.partition(": ")[2]
    return "window" if kind in CONDITIONS else kind


def at_rates(plans: dict[str, Plan]) -> dict[str, Plan]:
    """Return the plans, each at the rate of its kind."""
    return search.at_rates(plans, {name: RATES_FIND[kind_of(name)] for name in plans})


EXPERIMENTS = {
    "search_find": Experiment(
        "Which rate suits a window that finds a digit without labels, and what breaks it?",
        hidden(Hide(0), validation=True),
        search.trials(on_validation(finding(tuple(range(10))) | breaking((3,))), shares=(0.5,)),
        seeds=(10,),
        watch=False,
    ),
    "find": Experiment(
        "Does a window find the digits of a class that nobody shows it, alone and among scraps?",
        hidden(Hide(0)),
        at_rates(finding(tuple(range(10)))),
        seeds=(0, 1, 2),
        measure=measure_boxes,
    ),
    "find_failures": Experiment(
        "What does the window do when the codes or the window are changed?",
        hidden(Hide(0)),
        at_rates(breaking(FAILING_DIGITS)),
        seeds=(0, 1, 2),
        measure=measure_boxes,
    ),
    "find_once": Experiment(
        "The same on pictures that are hidden once, judged on themselves, as in the paper.",
        hidden(Hide(0), kind=HiddenOnce),
        at_rates(finding(tuple(range(10)), HiddenOnce)),
        seeds=(0, 1, 2),
        watch=False,
        measure=measure_boxes,
    ),
}
