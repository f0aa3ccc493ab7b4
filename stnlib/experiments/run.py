"""One recorded run: a network, trained from a seed as its plan says, and what is kept of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from stnlib._checks import check_choice, describe
from stnlib.experiments.plans import Experiment, description
from stnlib.experiments.task import Task
from stnlib.networks import count_parameters
from stnlib.training import History, fit, misses
from stnlib.training.checks import check_seed
from stnlib.training.history import means

POINTS = 20  # of an error curve, and of θ with its statistics; of θ alone, twice as many
FEW = 4  # of statistics whose θ nobody watches
CHECKPOINTS = 10  # in a run


def run(
    experiment: Experiment, network: str, seed: int, *, device: str = "cpu",
    checkpoint: Path | None = None, progress: str = "none",
) -> tuple[dict, nn.Module]:  # fmt: skip
    """Train one network of an experiment from one seed, which sets its weights and its batches.

    Args:
        experiment, network: what to train: a name among the experiment's plans.
        device, checkpoint, progress: as in :func:`stnlib.training.fit`.

    Returns:
        What the record keeps, and the trained network. A run that came to nan is kept as one
        with all pictures wrong, and the word ``diverged``.

    Raises:
        TypeError, ValueError: no such network, or a seed that is no whole number from 0 on.
    """
    if not isinstance(experiment, Experiment):
        raise TypeError(f"experiment: expected an Experiment, got {describe(experiment)}")
    check_choice("network", network, tuple(experiment.plans))
    check_seed(seed)
    plan, said = experiment.plans[network], description(experiment, network)
    task = (plan.task or experiment.task)(device)
    torch.manual_seed(seed)
    model = plan.build()
    kept = {"network": network, "seed": seed, "parameters": count_parameters(model)}
    kept |= {"steps": plan.steps, "plan": said, **conditions(device)}
    noted = (POINTS if experiment.watch else FEW) if experiment.statistics else 2 * POINTS
    judged = 1 if experiment.once else POINTS
    try:
        history = fit(
            model, task, steps=plan.steps, seed=seed, device=device, progress=progress,
            probe=task.probe if experiment.watch or experiment.statistics else None,
            record_every=max(plan.steps // noted, 1),
            test=task.test, judge=task.judge, evaluate_every=max(plan.steps // judged, 1),
            checkpoint=checkpoint, checkpoint_every=max(plan.steps // CHECKPOINTS, 1),
            **plan.options,
        )  # fmt: skip
    except FloatingPointError as error:
        diverged = str(error).partition(";")[0]
        return kept | {"seconds": 0.0, "error": 100.0, "diverged": diverged}, model
    kept |= curves(history) | missed(model, task)
    kept |= statistics(history) if experiment.statistics else {}
    kept |= experiment.measure(model, task) if experiment.measure else {}
    return kept, model


def conditions(device: str) -> dict:
    """Return under what the seconds, and the last digits of the errors, came about."""
    return {
        "device": device,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__.split("+")[0],
    }


def curves(history: History) -> dict:
    """Return what is kept of a history: CPU seconds, errors along the way, θ of the probe."""
    kept = {
        "seconds": round(history.cpu_seconds[-1], 2),
        "error": history.error[-1],
        "error_step": history.error_step,
        "error_seconds": [round(history.cpu_seconds[step - 1], 2) for step in history.error_step],
        "error_curve": history.error,
    }
    if history.theta:
        rounded = [[[round(x, 3) for x in one] for one in probe] for probe in history.theta]
        kept |= {"theta_step": history.theta_step, "theta": rounded}
    return kept


def missed(model: nn.Module, task: Task) -> dict:
    """Return how many of its distorted copies are missed of each test digit, in one text.

    A character is a number: 0 to 9, then A for 10, and so on.
    """
    each = misses(model, *task.test, judge=task.judge).reshape(task.copies, -1).sum(0)
    return {"copies": task.copies, "misses": "".join(np.base_repr(n, 36) for n in each.tolist())}


def statistics(history: History) -> dict:
    """Return losses and gradients, means over 40 stretches, and what the probe showed."""
    names = ("loss", "gradient", "gradient_localisation")
    kept = {n: [float(f"{x:.4g}") for x in means(getattr(history, n), 2 * POINTS)] for n in names}
    for name in ("outside", "spacing", "read", "contrast"):
        kept[name] = [[round(x, 2) for x in one] for one in getattr(history, name)]
    kept["spread"] = [float(f"{x:.3g}") for x in history.spread]
    return kept


def history_of(record: dict) -> History:
    """Return the history that a record with statistics keeps, its losses thinned out.

    Raises:
        ValueError: a record without statistics.
    """
    if not isinstance(record, dict):
        raise TypeError(f"record: expected what run gives, got {describe(record)}")
    if not {"loss", "error_curve"} <= set(record):
        name = record.get("network")
        raise ValueError(f"record: expected one with statistics, got {name!r} without")
    history = History(error=record["error_curve"])
    for name in ("error_step", "theta_step", "theta", *statistics(history)):
        setattr(history, name, record.get(name, []))
    return history
