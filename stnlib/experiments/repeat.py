"""Run what a record lacks, several runs at a time where asked, and put each into its record."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from stnlib._extras import needs
from stnlib.experiments import EXPERIMENTS, records
from stnlib.experiments.plans import Experiment, description, difference
from stnlib.experiments.run import run
from stnlib.training.checkpoint import OtherRunError


@dataclass(frozen=True)
class Todo:
    """A run to do: of which experiment, which network, from which seed, and for which record."""

    name: str
    network: str
    seed: int
    path: Path


@dataclass(frozen=True)
class Conditions:
    """How runs are done: the device, threads of the CPU for each, and where checkpoints lie."""

    device: str
    threads: int
    folder: Path

    def checkpoint(self, one: Todo) -> Path:
        """Return where the checkpoint of a run lies."""
        return self.folder / f"{one.name}-{one.network}-{one.seed}-{self.device}.pt"


def read(path: Path) -> list[dict]:
    """Return the runs of a record that may not be there yet."""
    return records.load(path) if path.is_file() else []


def lacking(runs: list[dict], experiment: Experiment) -> list[tuple[str, int]]:
    """Return the (network, seed) that are not among the runs."""
    have = {(one["network"], one["seed"]) for one in runs}
    return [(n, s) for s in experiment.seeds for n in experiment.plans if (n, s) not in have]


def fitting(runs: list[dict], experiment: Experiment) -> list[dict]:
    """Return those runs that are of the experiment's plans as they stand."""
    plans = {network: description(experiment, network) for network in experiment.plans}
    return [
        one
        for one in runs
        if one["network"] in plans and difference(one, plans[one["network"]]) is None
    ]


def repeat(todo: list[Todo], how: Conditions, jobs: int) -> Iterator[tuple[Todo, dict]]:
    """Do the runs, so many at a time, and give each as soon as it is in its record.

    Raises:
        OtherRunError: a checkpoint is of another plan, or none.
    """
    done = _side_by_side(todo, how, jobs) if jobs > 1 else (_train(one, how) for one in todo)
    for one, new in done:
        keep(one.path, new, tuple(EXPERIMENTS[one.name].plans))
        how.checkpoint(one).unlink(missing_ok=True)  # a run that came to nan may have written none
        yield one, new


def keep(path: Path, new: dict, order: tuple[str, ...]) -> None:
    """Put a run into the record, in place of an older one of its network and seed."""
    key = operator.itemgetter("network", "seed")
    runs = [one for one in read(path) if key(one) != key(new) and one["network"] in order] + [new]
    records.save(path, sorted(runs, key=lambda one: (order.index(one["network"]), one["seed"])))


def _side_by_side(todo: list[Todo], how: Conditions, jobs: int) -> Iterator[tuple[Todo, dict]]:
    """Do the runs in processes of their own; they stop with this one."""
    with needs("digits"):  # scikit-learn comes with joblib
        from joblib import Parallel, delayed
    # by threads that wait in a loop, processes would take the cores from each other
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    pool = Parallel(jobs, return_as="generator_unordered", pre_dispatch=jobs)
    return pool(delayed(_train)(one, how) for one in todo)


def _train(one: Todo, how: Conditions) -> tuple[Todo, dict]:
    """Do a run, or the rest of it."""
    torch.set_num_threads(how.threads)
    checkpoint, experiment = how.checkpoint(one), EXPERIMENTS[one.name]
    try:
        new, model = run(
            experiment, one.network, one.seed, device=how.device, checkpoint=checkpoint
        )
    except OtherRunError as error:
        told = (
            f"checkpoint of {one.network}, seed {one.seed}: expected {error.expected}, "
            f"got {error.found}; delete {checkpoint}, and the same command begins this run anew"
        )
        raise OtherRunError(told, error.expected, error.found) from None
    if experiment.weights:
        records.save_weights(one.path, one.network, one.seed, model)
    return one, new
