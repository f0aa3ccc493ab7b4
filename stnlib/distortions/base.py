"""What all distortions share: their result, their random numbers and the checks of their ranges."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from stnlib._checks import check_image, check_number, describe, in_order


class Distorted(NamedTuple):
    """Distorted pictures (B, C, H', W'), and the theta (B, ...) that each was read through."""

    images: Tensor
    theta: Tensor


def keep(distortion: object, **checked: object) -> None:
    """Let a frozen distortion hold what was checked: plain numbers and tuples, with a hash."""
    for name, value in checked.items():
        object.__setattr__(distortion, name, value)


def check_degrees(name: str, value: object) -> float:
    """Return an angle from 0 to 180."""
    if not 0 <= (degrees := check_number(name, value)) <= 180:
        raise ValueError(f"{name}: expected 0 to 180, got {value}")
    return degrees


def check_scale(name: str, value: object) -> tuple[float, float]:
    """Return a pair of rising factors above 0."""
    try:
        low, high = (check_number(name, end) for end in in_order(value))
        if not 0 < low <= high < math.inf:
            raise ValueError
    except (TypeError, ValueError):
        raise ValueError(
            f"{name}: expected (low, high) with 0 < low <= high, got {describe(value)}"
        ) from None
    return low, high


def check_move(name: str, value: object) -> float:
    """Return a number of pixels, from 0 to 1000."""
    if not 0 <= (pixels := check_number(name, value, "a number of pixels")) <= 1000:
        raise ValueError(f"{name}: expected 0 to 1000 pixels, got {value}")
    return pixels


def uniform(images: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Draw (B, count) numbers from 0 to 1, the same ones whatever device the pictures are on."""
    return _draw(torch.rand, images, count, generator)


def normal(images: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Draw (B, count) numbers of mean 0 and variance 1, the same ones on every device."""
    return _draw(torch.randn, images, count, generator)


def between(ends: tuple[float, float], draw: Tensor) -> Tensor:
    """Spread numbers from 0 to 1 over low ... high."""
    low, high = ends
    return low + (high - low) * draw


def _draw(function, images: Tensor, count: int, generator: torch.Generator) -> Tensor:
    check_image("images", images)
    if not isinstance(generator, torch.Generator):
        raise TypeError(f"generator: expected a torch.Generator, got {describe(generator)}")
    return function(len(images), count, generator=generator, device=generator.device).to(images)
