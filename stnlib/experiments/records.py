"""Records of runs: JSON files with one run a line, read by the chapters, replaced in one step."""

from __future__ import annotations

import copy
import io
import json
import os
import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn

from stnlib._checks import check_choice, check_path, describe
from stnlib.experiments.catalogue import EXPERIMENTS
from stnlib.experiments.plans import Experiment, description, difference
from stnlib.training.checkpoint import write_whole
from stnlib.training.checks import check_seed

FOLDER = Path(str(files(__package__))) / "recorded"


def path_of(name: str) -> Path:
    """Return where the package keeps the record of an experiment."""
    return FOLDER / f"{name}.json"


def load(record: str | os.PathLike) -> list[dict]:
    """Return the runs of a record, as :func:`stnlib.experiments.run` gave them.

    Args:
        record: an experiment's name, for the record in the package, or a JSON file.

    Raises:
        FileNotFoundError: there is no such record.
        ValueError: the file is no record, or the package's record is not of its experiment's plans
            as they stand.
    """
    path = check_path("record", record)
    named = path.suffix != ".json"
    if named:
        path = path_of(str(record))
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.json"))) or "none"
        raise FileNotFoundError(f"record: expected one of {known}, or a JSON file, got {record}")
    try:
        runs = json.loads(path.read_text(encoding="utf8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"record: expected a JSON file of runs, got {path} ({error})") from None
    keys = {"network", "seed"}
    if not isinstance(runs, list) or not all(isinstance(r, dict) and keys <= set(r) for r in runs):
        raise ValueError(f"record: expected a list of runs in {path}, got {describe(runs)}")
    if named:
        check(runs, EXPERIMENTS[str(record)])
    return runs


def check(runs: list[dict], experiment: Experiment) -> None:
    """Raise a ValueError where a run is missing, or is not of its plan as it stands."""
    wanted = [(network, seed) for network in experiment.plans for seed in experiment.seeds]
    found = [(one["network"], one["seed"]) for one in runs]
    if found != wanted:
        odd = sorted({*found} ^ {*wanted}) or "another order"
        raise ValueError(f"record: expected each network with each seed of its plans, got {odd}")
    plans = {network: description(experiment, network) for network in experiment.plans}
    for one in runs:
        if differs := difference(one, plans[one["network"]]):
            raise ValueError(
                f"record: {one['network']}, seed {one['seed']}, is not of its plan, {differs}; "
                "run it again"
            )


def weights_of(path: Path, network: str, seed: int) -> Path:
    """Return where the weights of a run lie, beside its record."""
    word = re.sub(r"\W+", "_", network)  # make knows no spaces
    return path.with_name(f"{path.stem}-{word}-{seed}.npz")


def fold_norms(model: nn.Module) -> nn.Module:
    """Let each convolution do what the batch norm behind it does in eval mode, but for its bias.

    So numbers that are rounded once are not rounded again where a page folds the two together.
    """
    model = copy.deepcopy(model).eval()
    with torch.no_grad():
        for conv, norm in pairwise(model.modules()):
            if not isinstance(norm, nn.BatchNorm2d):
                continue
            factor = norm.weight / (norm.running_var + norm.eps).sqrt()
            conv.weight *= factor[:, None, None, None]
            norm.bias -= norm.running_mean * factor
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
            norm.weight.fill_(1)
    return model


def save_weights(path: Path, network: str, seed: int, model: nn.Module) -> None:
    """Keep a trained network beside its record, two bytes a number."""
    model = fold_norms(model)
    kept = {name: value.cpu().half().numpy() for name, value in model.state_dict().items()}
    memory = io.BytesIO()
    np.savez_compressed(memory, **kept)
    write_whole(weights_of(path, network, seed), memory.getvalue())


def trained(experiment: str, network: str, seed: int = 0) -> nn.Module:
    """Return a network that a record keeps with its weights, rounded to two bytes a number.

    Raises:
        ValueError: no such experiment or network.
        FileNotFoundError: the record keeps no weights of it.
    """
    check_choice("experiment", experiment, tuple(EXPERIMENTS))
    plans = EXPERIMENTS[experiment].plans
    check_choice("network", network, tuple(plans))
    path = weights_of(path_of(experiment), network, check_seed(seed))
    if not path.is_file():
        raise FileNotFoundError(f"experiment: expected one that keeps weights, found no {path}")
    model = plans[network].build()
    with np.load(path) as kept:
        state = {name: torch.from_numpy(value).float() for name, value in kept.items()}
    whole = {name: value.to(model.state_dict()[name].dtype) for name, value in state.items()}
    model.load_state_dict(whole)
    return model.eval()


def save(path: Path, runs: list[dict]) -> None:
    """Replace a record in one step: after Ctrl-C there is the old one or the new one."""
    lines = (json.dumps(run, ensure_ascii=False, separators=(",", ":")) for run in runs)
    write_whole(path, ("[\n" + ",\n".join(lines) + "\n]\n").encode())
