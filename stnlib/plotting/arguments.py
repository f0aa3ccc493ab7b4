"""What drawing functions are given, checked and made ready."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from stnlib._arrays import real_numbers
from stnlib._checks import (
    check_number,
    describe,
)
from stnlib._extras import needs

with needs("figures"):
    from matplotlib.axes import Axes


def check_axes(ax: object) -> Axes:
    """Return axes of matplotlib."""
    if not isinstance(ax, Axes):
        raise TypeError(f"ax: expected axes of matplotlib, got {describe(ax)}")
    return ax


def picture_of(image: object) -> np.ndarray:
    """Return (H, W) numbers from an (H, W), (1, H, W) or (1, 1, H, W) picture."""
    values = real_numbers("image", image)
    ones = set(values.shape[:-2]) <= {1}
    if values.ndim not in (2, 3, 4) or not ones or not values.size:
        raise ValueError(
            f"image: expected shape (H, W), (1, H, W) or (1, 1, H, W), got {describe(image)}"
        )
    return values.reshape(values.shape[-2:])


def number_of(name: str, value: object) -> float:
    """Return a number, also from a tensor that holds one."""
    single = isinstance(value, Tensor) and value.numel() == 1
    return check_number(name, value.item() if single else value)


def pairs_of(points: object, name: str) -> np.ndarray:
    """Return (..., 2) numbers."""
    values = real_numbers(name, points)
    if values.ndim < 1 or values.shape[-1] != 2:
        raise ValueError(f"{name}: expected shape (..., 2), got {describe(points)}")
    return values


def extent_of(shape: tuple[int, int], frame: str, align_corners: bool) -> tuple[float, ...]:
    """Return left, right, bottom, top of a picture in the units of the axes."""
    height, width = shape
    if frame == "pixel":
        return (-0.5, width - 0.5, height - 0.5, -0.5)
    if not align_corners:
        return (-1, 1, 1, -1)
    reach_x, reach_y = (n / max(n - 1, 1) for n in (width, height))
    return (-reach_x, reach_x, reach_y, -reach_y)
