"""The command ``python -m stnlib.experiments``: run what a record lacks, and write it down."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import torch

from stnlib.experiments import EXPERIMENTS, GROUPS, records
from stnlib.experiments.repeat import Conditions, Todo, fitting, lacking, read, repeat
from stnlib.experiments.task import Task
from stnlib.training.checkpoint import OtherRunError, check_writable
from stnlib.training.checks import check_file, find_device


def options(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m stnlib.experiments",
        description="Repeat the book's recorded runs. After Ctrl-C the same command goes on.",
    )
    names = (*EXPERIMENTS, *GROUPS)
    parser.add_argument("experiment", nargs="?", choices=names, metavar="experiment")
    parser.add_argument("--networks", nargs="+", help="those to run (all of the experiment)")
    parser.add_argument("--seeds", nargs="+", type=int, help="those to run (the record's)")
    parser.add_argument("--record", type=Path, help="JSON file, or folder of them (the package's)")
    parser.add_argument("--again", action="store_true", help="run also what the record has")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, mps (cpu)")
    parser.add_argument("--threads", type=int, default=1, help="of the CPU, for each run (1)")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time (1)")
    parser.add_argument("--folder", type=Path, default=Path("_build/runs"), help="of checkpoints")
    parser.add_argument("--data", help="folder of MNIST's idx files (what STNLIB_MNIST names)")
    asked = parser.parse_args(arguments)
    asked.names = GROUPS.get(asked.experiment, (asked.experiment,) * bool(asked.experiment))
    plans = dict.fromkeys(network for name in asked.names for network in EXPERIMENTS[name].plans)
    for name in asked.networks or ():
        if name not in plans:
            parser.error(f"--networks: expected some of {', '.join(plans)}, got {name}")
    if asked.seeds and min(asked.seeds) < 0:
        parser.error(f"--seeds: expected numbers from 0 on, got {min(asked.seeds)}")
    for name in ("threads", "jobs"):
        if getattr(asked, name) < 1:
            parser.error(f"--{name}: expected at least 1, got {getattr(asked, name)}")
    if asked.record and asked.record.suffix == ".json" and asked.experiment in GROUPS:
        them = ", ".join(asked.names)
        parser.error(f"--record: expected a folder for {them}, got the file {asked.record}")
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


def duration(todo: list[tuple[str, int]], recorded: list[dict]) -> str:
    """Say how long runs may take, by what earlier ones took: "", or words behind a comma."""
    took: dict[str, list[float]] = {}
    for one in recorded:
        took.setdefault(one["network"], []).append(one["seconds"])
    known = [fmean(took[network]) for network, _ in todo if network in took]
    minutes = f", about {sum(known) / 60:.0f} CPU minutes" if known else ""
    unknown = len(todo) - len(known)
    return minutes + f", {unknown} of unknown length" * bool(unknown)


def make_ready(todo: list[Todo], folder: Path, device: str) -> None:
    """Make the folder of checkpoints and the tasks, and raise where the runs would fail."""
    if not todo:
        return
    find_device(device, torch.nn.Module())
    for path in {one.path for one in todo}:
        check_writable("--record", check_file("--record", path))
    folder.mkdir(parents=True, exist_ok=True)
    check_writable("--folder", folder / "checkpoint")
    for one in todo:
        experiment = EXPERIMENTS[one.name]
        make: Callable[[str], Task] = experiment.plans[one.network].task or experiment.task
        make(device)  # which reads the digits, or says what is missing


def record_of(name: str, record: Path | None) -> Path:
    """Return where the record of an experiment is: in the package, or where it is asked for."""
    if record is None:
        return records.path_of(name)
    return record if record.suffix == ".json" else record / f"{name}.json"


def plan_runs(name: str, asked: argparse.Namespace) -> list[Todo]:
    """Say what is there of an experiment and what is left, and return the latter."""
    experiment = EXPERIMENTS[name]
    path = record_of(name, asked.record)
    recorded = read(path)
    runs = fitting(recorded, experiment)
    have = set() if asked.again else {(one["network"], one["seed"]) for one in runs}
    networks = [n for n in asked.networks or experiment.plans if n in experiment.plans]
    todo = [(n, seed) for seed in asked.seeds or experiment.seeds for n in networks]
    todo = [pair for pair in todo if pair not in have]
    known = f"{len(todo)} runs to do, {len(runs)} in {path}"
    print(f"{name}: {known}{duration(todo, recorded)}", flush=True)
    return [Todo(name, network, seed, path) for network, seed in todo]


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
    todo = [one for name in asked.names for one in plan_runs(name, asked)]
    try:
        if asked.record and asked.record.suffix != ".json":
            asked.record.mkdir(parents=True, exist_ok=True)
        make_ready(todo, asked.folder, asked.device)
    except (OSError, ValueError, RuntimeError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    try:
        for one, new in repeat(
            todo, Conditions(asked.device, asked.threads, asked.folder), asked.jobs
        ):
            where = f"{one.name}: " * (len(asked.names) > 1) + f"{one.network:20} seed {one.seed}"
            print(f"{where}: {new['error']:5.2f} % in {new['seconds']:.0f} s", flush=True)
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
