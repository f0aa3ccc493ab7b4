"""The same search for every rival: each rate with half the steps and with all, on validation."""

from __future__ import annotations

from itertools import product
from statistics import fmean

from stnlib.experiments.plans import Plan

RATES = (1e-3, 2e-3, 4e-3, 8e-3)
SHARES = (0.5, 1.0)  # of the steps


def trials(plans: dict[str, Plan]) -> dict[str, Plan]:
    """Return a plan for each rate and number of steps of each network, named after the three."""
    found = {}
    for (name, plan), share, rate in product(plans.items(), SHARES, RATES):
        steps = round(plan.steps * share)
        options = plan.options | {"learning_rate": rate}
        found[f"{name}, {steps} steps, {rate:g}"] = Plan(plan.build, steps, options)
    return found


def best(runs: list[dict], plans: dict[str, Plan]) -> dict[str, tuple[float, int, float]]:
    """Return of each network the rate and the steps with the lowest mean error, and that error.

    Args:
        runs: of the record of ``trials(plans)``.
        plans: the networks.
    """
    errors: dict[str, dict[tuple[float, int], list[float]]] = {}
    for run in runs:
        name = run["network"].rsplit(", ", 2)[0]
        trial = run["plan"]["learning_rate"], run["steps"]
        errors.setdefault(name, {}).setdefault(trial, []).append(run["error"])
    means = {n: {t: fmean(some) for t, some in errors[n].items()} for n in plans}
    chosen = {name: min(tried, key=tried.get) for name, tried in means.items()}
    return {name: (*chosen[name], means[name][chosen[name]]) for name in plans}
