"""The loop of a training run, and the error on a test set."""

from __future__ import annotations

import os
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from stnlib._checks import (
    check_callable,
    check_choice,
    check_count,
    check_image,
    check_module,
)
from stnlib.training.checkpoint import (
    check_states,
    check_writable,
    fingerprint,
    in_words,
    own_random_numbers,
    without_numpy,
)
from stnlib.training.checks import (
    check_file,
    check_judged,
    check_labels,
    check_pair,
    check_set,
    find_device,
)
from stnlib.training.history import History
from stnlib.training.progress import KINDS, Progress
from stnlib.training.run import Run, mode

JUDGE = "a function of outputs and labels"


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
    judge: Callable[[Tensor, Tensor], Tensor] | None = None,
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
        judge: of answers that are no class scores, as in :func:`misses`.
        checkpoint: file to resume from; replaced every ``checkpoint_every`` steps and at the end.
            One more batch is drawn at the start, to see whether the file is of these data.
        progress: ``"bar"`` (of tqdm), ``"lines"`` or ``"none"``; ``"auto"``: a bar in a terminal
            and in JupyterLab, lines elsewhere.

    Returns:
        History: of the whole run, with the part before a kill.

    Raises:
        TypeError, ValueError: bad arguments or batches, a damaged checkpoint, or one of a run with
            other settings, another model, another first batch, other probe or test pictures.
        RuntimeError: the device is not there, or gradients are switched off.
        FileNotFoundError: the checkpoint's folder is not there.
        OSError: the checkpoint cannot be written.
        FloatingPointError: loss, gradient or an output for the test pictures is not finite; the
            checkpoint stays a good one.
    """
    every = {"record_every": record_every, "evaluate_every": evaluate_every}
    for name, value in (every | {"checkpoint_every": checkpoint_every}).items():
        check_count(name, value)
    check_choice("progress", progress, KINDS)
    if probe is not None:
        check_image("probe", probe, 2, 3)
    if test is not None:
        check_set(*check_pair("test", test))
    if judge is not None:
        check_callable("judge", judge, JUDGE)
    run = Run(
        model, steps=steps, learning_rate=learning_rate, localisation_rate=localisation_rate,
        optimizer=optimizer, schedule=schedule, warmup=warmup, loss=loss, seed=seed, device=device,
    )  # fmt: skip
    path = None if checkpoint is None else check_file("checkpoint", checkpoint)
    settings, data = {}, {}
    if path is not None:
        data = {"batches": run.first_batch(batches), "probe": [probe], "test": test or [None]}
        shapes = {name: _shape(images) for name, (images, *_) in data.items()}
        judged = {} if judge is None else in_words("judge", judge)
        settings = {"steps": steps, **every, **run.settings(), **judged, **shapes}
        settings = {name: str(value) for name, value in without_numpy(settings).items()}
        data = {name: fingerprint(*seen) for name, seen in data.items() if shapes[name]}

    jobs = []  # what is done after a step: how often, and what
    if probe is not None:
        jobs.append((record_every, lambda: run.record(probe)))
    if test is not None:
        jobs.append(
            (
                evaluate_every,
                lambda: run.history.note_error(run.step, evaluate(model, *test, judge=judge)),
            )
        )
    if path is not None:
        jobs.append((checkpoint_every, lambda: run.save(path, settings, data)))

    with mode(model, train=True), own_random_numbers(seed, run.device):
        resumed = path is not None and run.load(path, settings, data)
        if path is not None and run.step < steps:
            check_writable("checkpoint", path)
            check_states(**run.states())
        if probe is not None and not resumed:
            run.record(probe)
        with Progress(progress, steps, run.step) as show:
            while run.step < steps:
                run.advance(batches)
                for often, job in jobs:
                    if run.step % often == 0 or run.step == steps:
                        job()
                show(run.step, run.history.recent_loss())
    return run.history


def evaluate(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    judge: Callable[[Tensor, Tensor], Tensor] | None = None,
    batch_size: int = 256,
    device: str | torch.device | None = None,
) -> float:
    """Return the percentage of pictures whose highest output is not at their label alone.

    Of a picture with several labels, such as the digits of a number, all must be right.

    Args:
        model: maps (B, C, H, W) to (B, classes), or (B, classes, K) for K labels a picture. It is
            put in eval mode meanwhile.
        images: (N, C, H, W); volumes (N, C, D, H, W).
        labels: (N,) or (N, K), whole numbers from 0 to classes − 1.
        judge: of a model that gives no class scores: called with outputs and labels of some
            pictures, it says of each whether it is missed, (B,) bool. Labels may then be any
            numbers, (N,) or (N, K), such as boxes.
        batch_size: pictures at a time.
        device: as in :func:`fit`; the model moves there.

    Raises:
        TypeError, ValueError: wrong type or shape, no pictures, or a label without an output.
        RuntimeError: the device is not there.
        FloatingPointError: an output is nan.
    """
    missed = misses(model, images, labels, judge=judge, batch_size=batch_size, device=device)
    return 100 * missed.sum().item() / len(missed)


def misses(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    judge: Callable[[Tensor, Tensor], Tensor] | None = None,
    batch_size: int = 256,
    device: str | torch.device | None = None,
) -> Tensor:
    """Say of each picture whether its highest output is not at its label alone: (N,) bool.

    Args, Raises: as :func:`evaluate`.
    """
    check_set(images, labels)
    judge = _not_alone if judge is None else check_callable("judge", judge, JUDGE)
    batch_size = min(check_count("batch_size", batch_size), len(images))
    device = find_device(device, check_module("model", model))
    missed = []
    with mode(model.to(device), train=False), torch.no_grad():
        for some, truth in zip(images.split(batch_size), labels.split(batch_size), strict=True):
            given = model(some.to(device))
            if isinstance(given, Tensor) and given.isnan().any():
                raise FloatingPointError("model: expected numbers as outputs, got nan")
            missed.append(check_judged(judge(given, truth.to(device)), len(some)))
    return torch.cat(missed).cpu()


def _not_alone(outputs: Tensor, labels: Tensor) -> Tensor:
    """Say of each picture whether its highest output is not at its label alone: (B,) bool."""
    scores, truth = check_labels(outputs, labels)
    below = scores < scores.gather(1, truth[:, None])
    wrong = below.sum(1) != scores.shape[1] - 1
    return wrong if wrong.dim() == 1 else wrong.any(1)


def _shape(images: Tensor | None) -> list[int] | None:
    """Return the shape as a list."""
    return None if images is None else [*images.shape]
