"""Checks of arguments: each takes the argument's name first, then what came, and returns it.

Every error says what was expected and what came: a TypeError for a wrong type, a ValueError else.
"""

from __future__ import annotations

import numbers

import torch
from torch import Tensor

MODES = ("bilinear", "nearest")
PADDING_MODES = ("zeros", "border", "reflection")
Size = int | tuple[int, int]  # (height, width) in pixels; one number means a square


def describe(value: object) -> str:
    """Say what came: dtype and shape of a tensor, type and value of anything else."""
    if isinstance(value, Tensor):
        return f"a {value.dtype} tensor of shape {tuple(value.shape)}"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def check_tensor(name: str, value: object, expected: str) -> Tensor:
    """Return a floating point tensor; ``expected`` is the shape to tell of."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name}: expected a torch tensor of shape {expected}, got {describe(value)}"
        )
    if not value.is_floating_point():
        raise TypeError(f"{name}: expected a floating point tensor, got {describe(value)}")
    return value


def check_image(name: str, value: object) -> Tensor:
    """Return pictures, (B, C, H, W) with at least one pixel."""
    image = check_tensor(name, value, "(B, C, H, W)")
    if image.dim() != 4 or 0 in image.shape[2:]:
        raise ValueError(
            f"{name}: expected shape (B, C, H, W) with H, W >= 1, got {describe(image)}"
        )
    return image


def check_grid(name: str, value: object, image: Tensor) -> Tensor:
    """Return a (B, H', W', 2) grid that fits the picture in batch, dtype and device."""
    grid = check_tensor(name, value, "(B, H', W', 2)")
    if grid.dim() != 4 or grid.shape[-1] != 2:
        raise ValueError(f"{name}: expected shape (B, H', W', 2), got {describe(grid)}")
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


def check_size(name: str, value: object) -> tuple[int, int]:
    """Return (height, width), whole numbers from 1 on; a single one is the side of a square."""
    if isinstance(value, numbers.Integral):
        return (check_count(name, value),) * 2
    try:
        height, width = value
    except (TypeError, ValueError):
        raise ValueError(
            f"{name}: expected (height, width) or one number for both, got {describe(value)}"
        ) from None
    return (
        check_count(f"{name}[0], the height", height),
        check_count(f"{name}[1], the width", width),
    )


def check_count(name: str, value: object, least: int = 1) -> int:
    """Return a whole number from ``least`` on."""
    if isinstance(value, torch.SymInt) or (isinstance(value, Tensor) and torch.jit.is_tracing()):
        return value  # a side of any picture, under torch.export and torch.jit.trace
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name}: expected a whole number, got {describe(value)}")
    if value < least:
        raise ValueError(f"{name}: expected at least {least}, got {value}")
    return int(value)


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    """Return one of the words in ``choices``."""
    if value not in choices:
        words = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name}: expected one of {words}, got {describe(value)}")
    return value


def check_flag(name: str, value: object) -> bool:
    """Return True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: expected True or False, got {describe(value)}")
    return value


def check_points(name: str, value: object) -> Tensor:
    """Return points: a tensor whose last axis is (x, y)."""
    points = check_tensor(name, value, "(..., 2)")
    if points.dim() < 1 or points.shape[-1] != 2:
        raise ValueError(f"{name}: expected shape (..., 2), (x, y) last, got {describe(points)}")
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
    return value


def check_number(name: str, value: object, what: str = "a number") -> float:
    """Return a plain number, which may be infinite or nan; ``what`` says what is expected."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name}: expected {what}, got {describe(value)}")
    return value


def check_nonzero(name: str, determinant: Tensor) -> Tensor:
    """Return determinants (B,) of maps that do not flatten the plane."""
    bad = (~determinant.isfinite() | (determinant == 0)).nonzero().flatten().tolist()
    if bad:
        raise ValueError(
            f"{name}: expected a determinant other than 0, got 0 or no finite number "
            f"at batch index {bad}"
        )
    return determinant


def stack_numbers(**values: object) -> Tensor:
    """Return named numbers, or () or (B,) tensors, side by side: (B, as many as there are)."""
    for name, value in values.items():
        if isinstance(value, Tensor):
            good = value.is_floating_point() and value.dim() < 2
        else:
            good = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if not good:
            raise TypeError(f"{name}: expected a number or a (B,) tensor, got {describe(value)}")
    like = next((v for v in values.values() if isinstance(v, Tensor)), torch.empty(0))
    columns = [torch.as_tensor(v, dtype=like.dtype, device=like.device) for v in values.values()]
    try:
        columns = torch.broadcast_tensors(*columns, like.new_empty(1))[:-1]
    except RuntimeError:
        named = zip(values, columns, strict=True)
        shapes = ", ".join(f"{name} {tuple(column.shape)}" for name, column in named)
        raise ValueError(f"parameters: expected one batch size, got {shapes}") from None
    return torch.stack(columns, dim=-1)
