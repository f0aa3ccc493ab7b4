"""The same search for every rival: each rate, with half the steps and with all, on validation."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from statistics import fmean

from stnlib.experiments.plans import Plan

RATES = (1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2)
SHARES = (0.5, 1.0)  # of the steps


def rated(plan: Plan, rate: float) -> Plan:
    """Return a plan with another learning rate."""
    return replace(plan, options=plan.options | {"learning_rate": rate})


def at_rates(plans: dict[str, Plan], rates: dict[str, float]) -> dict[str, Plan]:
    """Return the plans, each with the rate of its name."""
    return {name: rated(plan, rates[name]) for name, plan in plans.items()}


def trials(
    plans: dict[str, Plan], shares: tuple[float, ...] = SHARES, rates: tuple[float, ...] = RATES
) -> dict[str, Plan]:
    """Return a plan for each rate and number of steps of each network, named after the three."""
    found = {}
    for (name, plan), share, rate in product(plans.items(), shares, rates):
        steps = round(plan.steps * share)
        found[f"{name}, {steps} steps, {rate:g}"] = rated(replace(plan, steps=steps), rate)
    return found


def best(runs: list[dict], network: str) -> tuple[float, int]:
    """Return the rate that the search chooses for a network, and the steps.

    It is the rate with the lowest mean error over all its runs, whatever their length, since one
    run alone may have been lucky; then, at this rate, the length with the lowest error.

    Args:
        runs: of the record of :func:`trials`.
        network: a name among those searched.
    """
    errors: dict[float, dict[int, list[float]]] = {}
    for run in runs:
        if run["network"].rsplit(", ", 2)[0] == network:
            lengths = errors.setdefault(run["plan"]["learning_rate"], {})
            lengths.setdefault(run["steps"], []).append(run["error"])
    means = {rate: {n: fmean(e) for n, e in lengths.items()} for rate, lengths in errors.items()}
    rate = min(means, key=lambda one: fmean(means[one].values()))
    return rate, min(means[rate], key=means[rate].get)
