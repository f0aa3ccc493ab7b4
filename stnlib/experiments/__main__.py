"""The command ``python -m stnlib.experiments``: run what a record lacks, and write it down."""

from __future__ import annotations

import argparse
import operator
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import fmean

import torch

from stnlib.experiments import EXPERIMENTS, records
from stnlib.experiments.plans import Experiment, description, difference
from stnlib.experiments.run import run
from stnlib.experiments.task import Task
from stnlib.training.checkpoint import OtherRunError, check_writable
from stnlib.training.checks import check_file, find_device


def options(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m stnlib.experiments",
        description="Repeat the book's recorded runs. After Ctrl-C the same command goes on.",
    )
    parser.add_argument("experiment", nargs="?", choices=EXPERIMENTS, metavar="experiment")
    parser.add_argument("--networks", nargs="+", help="those to run (all of the experiment)")
    parser.add_argument("--seeds", nargs="+", type=int, help="those to run (the record's)")
    parser.add_argument("--record", type=Path, help="JSON file (the one in the package)")
    parser.add_argument("--again", action="store_true", help="run also what the record has")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, mps (cpu)")
    parser.add_argument("--threads", type=int, default=1, help="of the CPU (1)")
    parser.add_argument("--folder", type=Path, default=Path("_build/runs"), help="of checkpoints")
    parser.add_argument("--data", help="folder of MNIST's idx files (what STNLIB_MNIST names)")
    asked = parser.parse_args(arguments)
    plans = EXPERIMENTS[asked.experiment].plans if asked.experiment else {}
    for name in asked.networks or ():
        if name not in plans:
            parser.error(f"--networks: expected some of {', '.join(plans)}, got {name}")
    if asked.seeds and min(asked.seeds) < 0:
        parser.error(f"--seeds: expected numbers from 0 on, got {min(asked.seeds)}")
    if asked.threads < 1:
        parser.error(f"--threads: expected at least 1, got {asked.threads}")
    return asked


def table() -> str:
    """Return the list of experiments, with what their records lack."""
    lines = []
    for name, experiment in EXPERIMENTS.items():
        recorded = read(records.path_of(name))
        todo = lacking(fitting(recorded, experiment), experiment)
        lines += [f"{name:18}  {experiment.about}"]
        lines += [f"{'':18}    seeds {experiment.seeds}: {' | '.join(experiment.plans)}"]
        left = f"{len(todo)} runs to do{duration(todo, recorded)}" if todo else "complete"
        lines += [f"{'':18}    {left}"]
    lines += ["", "python -m stnlib.experiments NAME runs what its record lacks."]
    return "\n".join(lines)


def lacking(runs: list[dict], experiment: Experiment) -> list[tuple[str, int]]:
    """Return the (network, seed) that are not among the runs."""
    have = {(one["network"], one["seed"]) for one in runs}
    return [(n, s) for s in experiment.seeds for n in experiment.plans if (n, s) not in have]


def duration(todo: list[tuple[str, int]], recorded: list[dict]) -> str:
    """Say how long runs may take, by what earlier ones took: "", or words behind a comma."""
    took: dict[str, list[float]] = {}
    for one in recorded:
        took.setdefault(one["network"], []).append(one["seconds"])
    known = [fmean(took[network]) for network, _ in todo if network in took]
    minutes = f", about {sum(known) / 60:.0f} CPU minutes" if known else ""
    unknown = len(todo) - len(known)
    return minutes + f", {unknown} of unknown length" * bool(unknown)


def fitting(runs: list[dict], experiment: Experiment) -> list[dict]:
    """Return those runs that are of the experiment's plans as they stand."""
    plans = {network: description(experiment, network) for network in experiment.plans}
    return [
        one
        for one in runs
        if one["network"] in plans and difference(one, plans[one["network"]]) is None
    ]


def keep(path: Path, new: dict, order: tuple[str, ...]) -> None:
    """Put a run into the record, in place of an older one of its network and seed."""
    key = operator.itemgetter("network", "seed")
    runs = [one for one in read(path) if key(one) != key(new) and one["network"] in order] + [new]
    records.save(path, sorted(runs, key=lambda one: (order.index(one["network"]), one["seed"])))


def read(path: Path) -> list[dict]:
    """Return the runs of a record that may not be there yet."""
    return records.load(path) if path.is_file() else []


def repeat(name: str, network: str, seed: int, path: Path, folder: Path, device: str) -> None:
    """Do one run of an experiment, or the rest of it, and put it into the record.

    Raises:
        OtherRunError: its checkpoint is of another plan, or none.
    """
    checkpoint = folder / f"{name}-{network}-{seed}-{device}.pt"
    try:
        new, model = run(EXPERIMENTS[name], network, seed, device=device, checkpoint=checkpoint)
    except OtherRunError as error:
        told = (
            f"checkpoint of {network}, seed {seed}: expected {error.expected}, got {error.found}; "
            f"delete {checkpoint}, and the same command begins this run anew"
        )
        raise OtherRunError(told, error.expected, error.found) from None
    if EXPERIMENTS[name].weights:
        records.save_weights(path, network, seed, model)
    keep(path, new, tuple(EXPERIMENTS[name].plans))
    checkpoint.unlink(missing_ok=True)  # a run that came to nan may have written none
    print(f"{network:20} seed {seed}: {new['error']:5.2f} % in {new['seconds']:.0f} s", flush=True)


def make_ready(
    path: Path, folder: Path, device: str, tasks: Iterable[Callable[[str], Task]]
) -> None:
    """Make the folder of checkpoints and the tasks, and raise where the runs would fail."""
    find_device(device, torch.nn.Module())
    check_writable("--record", check_file("--record", path))
    folder.mkdir(parents=True, exist_ok=True)
    check_writable("--folder", folder / "checkpoint")
    for make in tasks:
        make(device)  # which reads the digits, or says what is missing


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; write the record after each run."""
    if hasattr(sys.stdout, "reconfigure"):  # a kernel's stdout has none, and needs none
        sys.stdout.reconfigure(errors="backslashreplace")  # whatever a file or pipe is encoded in
    asked = options(arguments)
    if asked.experiment is None:
        print(table())
        return 0
    if asked.data is not None:
        os.environ["STNLIB_MNIST"] = asked.data
    experiment = EXPERIMENTS[asked.experiment]
    path = records.path_of(asked.experiment) if asked.record is None else asked.record
    recorded = read(path)
    runs = fitting(recorded, experiment)
    have = set() if asked.again else {(one["network"], one["seed"]) for one in runs}
    networks = asked.networks or experiment.plans
    todo = [(n, seed) for seed in asked.seeds or experiment.seeds for n in networks]
    todo = [pair for pair in todo if pair not in have]
    known = f"{len(todo)} runs to do, {len(runs)} in {path}"
    print(f"{asked.experiment}: {known}{duration(todo, recorded)}", flush=True)
    if todo:
        try:
            tasks = [experiment.plans[network].task or experiment.task for network, _ in todo]
            make_ready(path, asked.folder, asked.device, tasks)
        except (OSError, ValueError, RuntimeError) as error:
            print(f"Error: {error}", file=sys.stderr)
            return 1
    torch.set_num_threads(asked.threads)
    for network, seed in todo:
        try:
            repeat(asked.experiment, network, seed, path, asked.folder, asked.device)
        except OtherRunError as error:
            print(f"Error: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from here", file=sys.stderr)
        sys.exit(130)
