"""Train a classifier from its labels, watch it, and go on where a run was cut off."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from stnlib import _checkpoint
from stnlib._checks import check_choice, check_count, check_image, describe
from stnlib._diagnosis import Finding, diagnose
from stnlib._history import History
from stnlib._progress import KINDS, Progress
from stnlib._run import Run, check_pair, find_device, mode

__all__ = ["Finding", "History", "diagnose", "evaluate", "fit"]


def fit(
    model: nn.Module,
    batches: Callable[[torch.Generator], tuple[Tensor, Tensor]],
    *,
    steps: int,
    learning_rate: float = 2e-3,
    localisation_rate: float | None = None,
    optimizer: str | Callable[[list[dict]], torch.optim.Optimizer] = "adam",
    schedule: str = "cosine",
    warmup: int = 0,
    loss: Callable[[Tensor, Tensor], Tensor] = cross_entropy,
    seed: int = 0,
    device: str | torch.device | None = None,
    probe: Tensor | None = None,
    record_every: int = 50,
    test: tuple[Tensor, Tensor] | None = None,
    evaluate_every: int = 200,
    checkpoint: str | os.PathLike | None = None,
    checkpoint_every: int = 200,
    progress: str = "auto",
) -> History:
    """Train a model in place, on batches drawn as it goes; no label tells it θ (section 3.4).

    The same call gives the same weights, bit for bit on one machine's CPU with one number of
    threads, killed in between or not: call again with the same ``checkpoint``, and the run goes on
    from there. The caller's own random numbers are left alone.

    Args:
        model: maps images to the first argument of ``loss``; labels are the second.
        batches: called for each step with a CPU generator, returns (images, labels). It draws from
            that generator only, and remembers nothing from call to call.
        steps: number of weight updates.
        learning_rate: where the schedule starts.
        localisation_rate: that of the weights in modules named ``localisation``; None: the same.
        optimizer: ``"adam"``, or called with parameter groups that hold ``params`` and ``lr``.
        schedule: of both rates: ``"cosine"`` down to 0, or ``"constant"``.
        warmup: so many steps at the start raise both rates evenly to the schedule's.
        seed: of the generator, and of dropout and the like.
        device: ``"cuda"``, ``"mps"``, ...; None: where the model is.
        probe: images whose θ is recorded every ``record_every`` steps, by the first module that
            has a method ``theta``.
        test: (images, labels) for the error every ``evaluate_every`` steps and at the end.
        checkpoint: file to resume from; replaced every ``checkpoint_every`` steps and at the end.
        progress: ``"bar"`` (of tqdm), ``"lines"`` or ``"none"``; ``"auto"``: a bar in a terminal
            and in JupyterLab, lines elsewhere.

    Returns:
        History: of the whole run, with the part before a kill.

    Raises:
        TypeError, ValueError: bad arguments, or the checkpoint of a run with other settings.
        RuntimeError: the device is not there. FileNotFoundError: nor the checkpoint's folder.
        FloatingPointError: loss or gradient is not finite; the checkpoint stays a good one.
    """
    counts = {"steps": steps, "record_every": record_every, "evaluate_every": evaluate_every}
    for name, value in (counts | {"checkpoint_every": checkpoint_every}).items():
        check_count(value, name)
    check_choice("progress", progress, KINDS)
    if probe is not None:
        check_image(probe, "probe")
    if test is not None:
        _check_set(*check_pair("test", test))
    seed = check_count(seed, "seed", least=0)
    run = Run(model, steps, schedule, warmup, loss, seed, device)
    run.prepare(optimizer, learning_rate, localisation_rate)
    settings = {name: str(value) for name, value in counts.items()} | run.settings()
    settings |= {"probe": str(None if probe is None else [*probe.shape])}
    settings |= {"test": str(None if test is None else [*test[0].shape])}
    path = None if checkpoint is None else Path(checkpoint)
    if path is not None and not path.parent.is_dir():
        raise FileNotFoundError(f"checkpoint: expected a folder {path.parent}, found none")

    def due(every: int) -> bool:
        return run.step % every == 0 or run.step == steps

    with mode(model, train=True), _checkpoint.own_random_numbers(seed, run.device):
        resumed = path is not None and run.load(path, settings)
        if probe is not None and not resumed:
            run.record(probe)
        with Progress(progress, steps, run.step) as show:
            while run.step < steps:
                run.advance(batches)
                if probe is not None and due(record_every):
                    run.record(probe)
                if test is not None and due(evaluate_every):
                    run.history.error_step.append(run.step)
                    run.history.error.append(evaluate(model, *test))
                if path is not None and due(checkpoint_every):
                    run.save(path, settings)
                show(run.step, run.history.recent_loss())
    return run.history


def evaluate(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    batch_size: int = 256,
    device: str | torch.device | None = None,
) -> float:
    """Return the percentage of pictures whose highest output is not at their label.

    Args:
        model: maps (B, C, H, W) to (B, classes). It is put in eval mode meanwhile.
        images: (N, C, H, W).
        labels: (N,).
        batch_size: pictures at a time.
        device: as in :func:`fit`; the model moves there.

    Raises:
        TypeError, ValueError: wrong type or shape, or no pictures.
        RuntimeError: the device is not there.
    """
    _check_set(images, labels)
    check_count(batch_size, "batch_size")
    device = find_device(device, model)
    wrong = 0
    with mode(model.to(device), train=False), torch.no_grad():
        for some, truth in zip(images.split(batch_size), labels.split(batch_size), strict=True):
            answer = model(some.to(device)).argmax(1)
            wrong += (answer != truth.to(device)).sum().item()
    return 100 * wrong / len(labels)


def _check_set(images: object, labels: object) -> tuple[Tensor, Tensor]:
    """Refuse what is no set of pictures with one label each."""
    check_image(images, "images")
    if not isinstance(labels, Tensor) or labels.shape != images.shape[:1] or not len(labels):
        raise ValueError(
            f"labels: expected one for each of {len(images)} pictures, and one at least, "
            f"got {describe(labels)}"
        )
    return images, labels
