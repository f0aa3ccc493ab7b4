"""Checks of arguments. Every error says what was expected and what came."""

from __future__ import annotations

import numbers

import torch
from torch import Tensor

MODES = ("bilinear", "nearest")
PADDING_MODES = ("zeros", "border", "reflection")


def describe(value: object) -> str:
    """Say what came: dtype and shape of a tensor, type and value of anything else."""
    if isinstance(value, Tensor):
        return f"a {value.dtype} tensor of shape {tuple(value.shape)}"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def check_tensor(name: str, value: object, expected: str) -> Tensor:
    """Refuse what is no floating point tensor."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name}: expected a torch tensor of shape {expected}, got {describe(value)}"
        )
    if not value.is_floating_point():
        raise TypeError(f"{name}: expected a floating point tensor, got {describe(value)}")
    return value


def check_image(value: object, name: str = "image") -> Tensor:
    """Refuse what is no (B, C, H, W) picture with at least one pixel."""
    image = check_tensor(name, value, "(B, C, H, W)")
    if image.dim() != 4 or 0 in image.shape[2:]:
        raise ValueError(
            f"{name}: expected shape (B, C, H, W) with H, W >= 1, got {describe(image)}"
        )
    return image


def check_grid(value: object, image: Tensor) -> Tensor:
    """Refuse what is no (B, H', W', 2) grid that fits the picture in batch, dtype and device."""
    grid = check_tensor("grid", value, "(B, H', W', 2)")
    if grid.dim() != 4 or grid.shape[-1] != 2:
        raise ValueError(f"grid: expected shape (B, H', W', 2), got {describe(grid)}")
    if grid.shape[0] != image.shape[0]:
        raise ValueError(
            f"grid: expected the batch size of the image, {image.shape[0]}, got {describe(grid)}"
        )
    if grid.dtype != image.dtype or grid.device != image.device:
        raise TypeError(
            f"grid: expected the image's {image.dtype} on {image.device}, "
            f"got {grid.dtype} on {grid.device}"
        )
    return grid


def check_size(value: object, name: str = "size") -> tuple[int, int]:
    """Refuse what is no (height, width) of whole numbers from 1 on."""
    try:
        height, width = value
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected (height, width), got {describe(value)}") from None
    return check_count(height, f"{name}[0], the height"), check_count(
        width, f"{name}[1], the width"
    )


def check_count(value: object, name: str, least: int = 1) -> int:
    """Refuse what is no whole number, or one below ``least``."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name}: expected a whole number, got {describe(value)}")
    if value < least:
        raise ValueError(f"{name}: expected at least {least}, got {value}")
    return int(value)


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    """Refuse what is not one of the words in ``choices``."""
    if value not in choices:
        words = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name}: expected one of {words}, got {describe(value)}")
    return value


def check_flag(name: str, value: object) -> bool:
    """Refuse what is neither True nor False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: expected True or False, got {describe(value)}")
    return value


def check_points(value: object, name: str = "points") -> Tensor:
    """Refuse what does not end in an axis of (x, y)."""
    points = check_tensor(name, value, "(..., 2)")
    if points.dim() < 1 or points.shape[-1] != 2:
        raise ValueError(f"{name}: expected shape (..., 2), (x, y) last, got {describe(points)}")
    return points


def check_parameters(value: object, n_params: int) -> Tensor:
    """Refuse what is no (B, n_params) tensor."""
    theta = check_tensor("theta", value, f"(B, {n_params})")
    if theta.dim() != 2 or theta.shape[1] != n_params:
        raise ValueError(f"theta: expected shape (B, {n_params}), got {describe(theta)}")
    return theta


def check_dtype(value: object) -> torch.dtype | None:
    """Refuse a dtype that is not floating point; None means torch's default."""
    if value is not None and not (isinstance(value, torch.dtype) and value.is_floating_point):
        raise TypeError(f"dtype: expected a floating point torch.dtype, got {describe(value)}")
    return value
