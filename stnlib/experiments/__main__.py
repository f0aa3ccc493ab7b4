"""The command ``python -m stnlib.experiments``: run what a record lacks, and write it down."""

from __future__ import annotations

import argparse
import operator
import sys
from pathlib import Path

import torch

from stnlib.experiments import EXPERIMENTS, records
from stnlib.experiments.run import Experiment, run


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
    found = parser.parse_args(arguments)
    plans = EXPERIMENTS[found.experiment].plans if found.experiment else {}
    for name in found.networks or ():
        if name not in plans:
            parser.error(f"--networks: expected some of {', '.join(plans)}, got {name}")
    if found.threads < 1:
        parser.error(f"--threads: expected at least 1, got {found.threads}")
    return found


def table() -> str:
    """Return the list of experiments."""
    lines = []
    for name, experiment in EXPERIMENTS.items():
        lines += [f"{name:10}  {experiment.about}"]
        lines += [f"{'':10}    {', '.join(experiment.plans)}; seeds {experiment.seeds}"]
    return "\n".join(lines)


def pending(experiment: Experiment, found: argparse.Namespace, runs: list[dict]) -> list[tuple]:
    """List (network, seed) of what is to be run."""
    have = set() if found.again else {(one["network"], one["seed"]) for one in runs}
    seeds, networks = found.seeds or experiment.seeds, found.networks or experiment.plans
    wanted = [(network, seed) for seed in seeds for network in networks]
    return [pair for pair in wanted if pair not in have]


def keep(path: Path, new: dict, order: tuple[str, ...]) -> None:
    """Put a run into the record, in place of an older one of its network and seed."""
    key = operator.itemgetter("network", "seed")
    runs = [one for one in read(path) if key(one) != key(new)] + [new]
    records.save(path, sorted(runs, key=lambda one: (order.index(one["network"]), one["seed"])))


def read(path: Path) -> list[dict]:
    """Return the runs of a record that may not be there yet."""
    return records.load(path) if path.is_file() else []


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; write the record after each run."""
    found = options(arguments)
    if found.experiment is None:
        print(table())
        return 0
    experiment, path = EXPERIMENTS[found.experiment], found.record
    path = records.path_of(found.experiment) if path is None else path
    runs = read(path)
    todo = pending(experiment, found, runs)
    print(f"{found.experiment}: {len(todo)} runs to do, {len(runs)} in {path}", flush=True)
    found.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(found.threads)
    for network, seed in todo:
        checkpoint = found.folder / f"{found.experiment}-{network}-{seed}-{found.device}.pt"
        new, _ = run(experiment, network, seed, device=found.device, checkpoint=checkpoint)
        keep(path, new, tuple(experiment.plans))
        checkpoint.unlink()
        came = f"{new['error']:5.2f} % in {new['seconds']:.0f} s"
        print(f"{network:20} seed {seed}: {came}", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from here", file=sys.stderr)
        sys.exit(130)
