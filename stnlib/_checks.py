"""Checks of arguments: each takes the argument's name first, then what came, and returns it.

Every error says what was expected and what came: a TypeError for a wrong type, a ValueError else.
"""

from __future__ import annotations

import numbers
import os
from collections.abc import Callable, Iterable, Mapping, Set
from pathlib import Path

import torch
from torch import Tensor, nn

MODES = ("bilinear", "nearest")
PADDING_MODES = ("zeros", "border", "reflection")
LONGEST = 2**31 - 1  # pixels on a side: torch's kernels count no further
Size = int | tuple[int, int]  # (height, width) in pixels; one number means a square
Volume = tuple[int, int, int]  # (depth, height, width) in pixels
SIDES = ("depth", "height", "width")  # of a picture the last two
PICTURE = {2: "H, W", 3: "D, H, W"}


def describe(value: object) -> str:
    """Say what came: dtype and shape of a tensor, type and value of anything else."""
    if isinstance(value, Tensor):
        return f"a {value.dtype} tensor of shape {tuple(value.shape)}"
    return f"{type(value).__name__} {_short(value)}"


def _short(value: object) -> str:
    """Write a value in 60 letters at most."""
    try:
        text = repr(value)
    except ValueError:
        return "of more digits than Python writes"
    return text if len(text) <= 60 else text[:57] + "..."


def check_tensor(name: str, value: object, expected: str) -> Tensor:
    """Return a floating point tensor; ``expected`` is the shape to tell of."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name}: expected a torch tensor of shape {expected}, got {describe(value)}"
        )
    if not value.is_floating_point():
        raise TypeError(f"{name}: expected a floating point tensor, got {describe(value)}")
    check_wide(name, value.dtype)
    return check_dense(name, value)


def check_wide(name: str, dtype: torch.dtype) -> torch.dtype:
    """Return a dtype of 16 bits or more: torch stores smaller ones, and does not add them."""
    if dtype.itemsize < 2:
        raise TypeError(f"{name}: expected 16 bits a number or more, got {dtype}")
    return dtype


def check_dense(name: str, value: Tensor) -> Tensor:
    """Return a tensor that holds all of its numbers."""
    if value.layout != torch.strided or value.is_nested:
        raise TypeError(f"{name}: expected a dense tensor, got one of layout {value.layout}")
    return value


def check_filled(name: str, value: Tensor) -> Tensor:
    """Return a dense tensor that has numbers, which one on the device meta has not."""
    if check_dense(name, value).is_meta:
        raise TypeError(f"{name}: expected numbers, got {describe(value)} on meta, without")
    return value


def check_image(name: str, value: object, *axes: int) -> Tensor:
    """Return pictures, (B, C, H, W) with at least one pixel; volumes where 3 is among ``axes``."""
    sides = [PICTURE[count] for count in axes or (2,)]
    image = check_tensor(name, value, " or ".join([f"(B, C, {some})" for some in sides]))
    if image.dim() - 2 not in (axes or (2,)) or 0 in image.shape[2:]:
        expected = " or ".join(f"(B, C, {some}) with {some} >= 1" for some in sides)
        raise ValueError(f"{name}: expected shape {expected}, got {describe(image)}")
    return image


def check_grid(name: str, value: object, image: Tensor) -> Tensor:
    """Return a (B, H', W', 2) grid that fits the picture in batch, dtype and device.

    That of a volume is (B, D', H', W', 3).
    """
    shape = "(B, H', W', 2)" if image.dim() == 4 else "(B, D', H', W', 3)"
    grid = check_tensor(name, value, shape)
    if grid.dim() != image.dim() or grid.shape[-1] != image.dim() - 2:
        raise ValueError(f"{name}: expected shape {shape}, got {describe(grid)}")
    if grid.shape[0] != image.shape[0]:
        raise ValueError(
            f"{name}: expected the batch size of the image, {image.shape[0]}, got {describe(grid)}"
        )
    if grid.dtype != image.dtype or grid.device != image.device:
        raise TypeError(
            f"{name}: expected the image's {image.dtype} on {image.device}, "
            f"got {grid.dtype} on {grid.device}"
        )
    return grid


def check_size(name: str, value: object, *axes: int) -> tuple[int, ...]:
    """Return (height, width), whole numbers from 1 on; a single one is the side of a square.

    ``axes`` says how many numbers there may be; a single number stands for the first count in it.
    """
    axes = axes or (2,)
    if isinstance(value, numbers.Integral):
        return (check_count(name, value, most=LONGEST),) * axes[0]
    try:
        sides = in_order(value)
        if len(sides) not in axes:
            raise ValueError
    except (TypeError, ValueError):
        words = ", ".join(SIDES[-axes[0] :])
        number = "one number for " + ("both" if axes[0] == 2 else "all")
        raise ValueError(f"{name}: expected ({words}) or {number}, got {describe(value)}") from None
    words = SIDES[-len(sides) :]
    counts = [
        check_count(f"{name}[{k}], the {word}", sides[k], most=LONGEST)
        for k, word in enumerate(words)
    ]
    return tuple(counts)


def in_order(value: object) -> tuple:
    """Return what a list, a tuple or the like holds; a TypeError of a set, which has no order."""
    if isinstance(value, (Set, Mapping)):
        raise TypeError
    return tuple(value)


def check_count(name: str, value: object, least: int = 1, most: int | None = None) -> int:
    """Return a whole number from ``least`` on, up to ``most`` if that is given."""
    if isinstance(value, torch.SymInt) or (isinstance(value, Tensor) and torch.jit.is_tracing()):
        return value  # a side of any picture, under torch.export and torch.jit.trace
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name}: expected a whole number, got {describe(value)}")
    value = int(value)
    if value < least:
        raise ValueError(f"{name}: expected at least {least}, got {_short(value)}")
    if most is not None and value > most:
        raise ValueError(f"{name}: expected at most {most}, got {_short(value)}")
    return value


def check_sequence(name: str, value: object, of: str = "whole numbers") -> tuple:
    """Return what a list, a tuple or the like holds."""
    if isinstance(value, (str, bytes, Set, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"{name}: expected a sequence of {of}, got {describe(value)}")
    return tuple(value)


def check_callable(name: str, value: object, what: str = "a function") -> Callable:
    """Return what can be called."""
    if not callable(value):
        raise TypeError(f"{name}: expected {what}, got {describe(value)}")
    return value


def check_module(name: str, value: object) -> nn.Module:
    """Return a module, not its class."""
    if not isinstance(value, nn.Module):
        raise TypeError(f"{name}: expected an nn.Module, got {describe(value)}")
    return value


def check_path(name: str, value: object) -> Path:
    """Return a path."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name}: expected a path, got {describe(value)}")
    if not os.fspath(value) or "\0" in os.fsdecode(value):
        raise ValueError(f"{name}: expected a path, got {describe(value)}")
    return Path(os.fsdecode(value))


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    """Return one of the words in ``choices``."""
    if not any(value is one or (isinstance(value, str) and value == one) for one in choices):
        words = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name}: expected one of {words}, got {describe(value)}")
    return choices[choices.index(value)]


def check_flag(name: str, value: object) -> bool:
    """Return True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: expected True or False, got {describe(value)}")
    return value


def check_points(name: str, value: object, axes: int = 2) -> Tensor:
    """Return points: a tensor whose last axis is (x, y), or (x, y, z) for three ``axes``."""
    points = check_tensor(name, value, f"(..., {axes})")
    if points.dim() < 1 or points.shape[-1] != axes:
        last = ", ".join("xyz"[:axes])
        raise ValueError(
            f"{name}: expected shape (..., {axes}), ({last}) last, got {describe(points)}"
        )
    return points


def check_parameters(name: str, value: object, n_params: int) -> Tensor:
    """Return a (B, n_params) tensor."""
    theta = check_tensor(name, value, f"(B, {n_params})")
    if theta.dim() != 2 or theta.shape[1] != n_params:
        raise ValueError(f"{name}: expected shape (B, {n_params}), got {describe(theta)}")
    return theta


def check_dtype(name: str, value: object) -> torch.dtype | None:
    """Return a floating point dtype, or None, which means torch's default."""
    if value is not None and not (isinstance(value, torch.dtype) and value.is_floating_point):
        raise TypeError(f"{name}: expected a floating point torch.dtype, got {describe(value)}")
    return value if value is None else check_wide(name, value)


def check_number(name: str, value: object, what: str = "a number") -> float:
    """Return a plain int or float, which may be infinite or nan; ``what`` says what is expected."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name}: expected {what}, got {describe(value)}")
    try:
        plain = float(value)
    except OverflowError:
        raise ValueError(f"{name}: expected {what} that a float holds, got a larger one") from None
    return int(value) if isinstance(value, numbers.Integral) else plain


def refuse_where(bad: Tensor, error: str, value: Tensor) -> Tensor:
    """Return (B, ...) values if none of (B,) is ``bad``; else raise a ValueError that lists these.

    Under ``torch.compile`` and ``torch.func.vmap``, and on the device ``meta``, no value can be
    looked at: bad ones become nan.
    """
    traced = torch.compiler.is_compiling() or torch._C._functorch.is_batchedtensor(bad)
    if traced or bad.is_meta:
        return torch.where(bad.reshape(*bad.shape, *[1] * (value.dim() - 1)), torch.nan, value)
    if bad.any():
        raise ValueError(f"{error} at batch index {bad.nonzero().flatten().tolist()}")
    return value
