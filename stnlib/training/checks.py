"""Checks of what a training run is given: its device, data, labels, rates and files."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from stnlib._checks import (
    check_callable,
    check_count,
    check_filled,
    check_image,
    check_number,
    check_path,
    describe,
)


def find_device(device: str | torch.device | None, model: nn.Module) -> torch.device:
    """Return the device asked for, or the model's, if it is there."""
    if device is None:
        device = next((weight.device for weight in model.parameters()), torch.device("cpu"))
    try:  # and back: "meta" keeps no numbers
        return torch.empty(1, device=device).cpu().to(device).device
    except (RuntimeError, AssertionError, NotImplementedError, TypeError):
        raise RuntimeError(
            f"device: {device!r} was asked for, and torch {torch.__version__} finds no such device "
            'here; device="cpu" always works'
        ) from None


def check_rate(name: str, value: object) -> float:
    """Return a finite number above 0."""
    if not 0 < check_number(name, value) < math.inf:
        raise ValueError(f"{name}: expected a finite number above 0, got {value}")
    return float(value)


def check_pair(name: str, value: object) -> tuple[Tensor, Tensor]:
    """Return images and labels: two tensors."""
    pair = tuple(value) if isinstance(value, (tuple, list)) else ()
    if len(pair) != 2 or not all(isinstance(part, Tensor) for part in pair):
        raise TypeError(f"{name}: expected (images, labels), two tensors, got {describe(value)}")
    for part in pair:
        check_filled(name, part)
    return pair


def draw(batches: Callable, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return a batch: images and as many labels, one at least."""
    check_callable("batches", batches, "a function of a generator")
    images, labels = pair = check_pair("batches", batches(generator))
    if not images.dim() or not len(images) or labels.shape[:1] != images.shape[:1]:
        raise ValueError(
            "batches: expected one picture at least, and a label for each, "
            f"got {describe(images)} and {describe(labels)}"
        )
    return pair


def check_seed(seed: object) -> int:
    """Return what torch takes as a seed."""
    return check_count("seed", seed, least=0, most=2**64 - 1)


def check_labels(outputs: object, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return outputs (B, classes), and labels (B,) that are numbers of these classes, as int64.

    Or outputs (B, classes, K) and labels (B, K).
    """
    right = isinstance(outputs, Tensor) and outputs.is_floating_point()
    right = right and outputs.dim() == labels.dim() + 1 and outputs.shape[1] > 0
    if not right or (len(outputs), *outputs.shape[2:]) != (*labels.shape,):
        several = "".join(f", {count}" for count in labels.shape[1:])
        raise ValueError(
            f"model: expected outputs of shape ({len(labels)}, classes{several}), "
            f"got {describe(outputs)}"
        )
    if labels.is_complex():
        raise TypeError(f"labels: expected whole numbers, got {describe(labels)}")
    last, whole = outputs.shape[1] - 1, labels.long()
    as_given = labels if labels.is_floating_point() else whole  # torch compares no uint16 with it
    if (odd := (whole != as_given) | (whole < 0) | (whole > last)).any():
        got = as_given[odd][0].item()
        raise ValueError(f"labels: expected whole numbers from 0 to {last}, got {got}")
    return outputs, whole


def check_judged(missed: object, count: int) -> Tensor:
    """Return what a judge said of so many pictures: (count,) bool."""
    if not isinstance(missed, Tensor) or missed.dtype != torch.bool or missed.shape != (count,):
        raise ValueError(
            f"judge: expected True or False for each picture, a bool tensor of shape ({count},), "
            f"got {describe(missed)}"
        )
    return missed


def check_set(images: object, labels: object) -> tuple[Tensor, Tensor]:
    """Return pictures, or volumes, with a label or a row of labels each, and one at least."""
    check_image("images", images, 2, 3)
    right = isinstance(labels, Tensor) and labels.dim() in (1, 2) and labels.numel() > 0
    if not right or labels.shape[:1] != images.shape[:1]:
        raise ValueError(
            f"labels: expected one for each of {len(images)} pictures, and one at least, "
            f"got {describe(labels)}"
        )
    return check_filled("images", images), check_filled("labels", labels)


def check_file(name: str, value: str | os.PathLike) -> Path:
    """Return the path of a file, there or not, whose folder is there."""
    path = check_path(name, value)
    try:
        path.lstat()
    except FileNotFoundError:
        pass
    except OSError as error:  # such as a name too long
        raise type(error)(f"{name}: expected a file, got {path} ({error.strerror})") from None
    if path.exists() and not path.is_file():
        raise ValueError(f"{name}: expected a file, got {path}, which is none")
    try:
        folder = (path.resolve() if path.is_symlink() else path).parent
    except RuntimeError:
        raise ValueError(f"{name}: expected a file, got {path}, a link to itself") from None
    if not folder.is_dir():
        raise FileNotFoundError(f"{name}: expected a folder {folder}, found none")
    return path
