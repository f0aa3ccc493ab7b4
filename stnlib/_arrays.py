"""Plain arrays of what a figure is given: tensors, arrays or lists of real numbers."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from stnlib._checks import check_filled, describe


def real_numbers(name: str, value: object, expected: str = "real numbers") -> np.ndarray:
    """Return real numbers as float64, in memory of their own.

    Raises:
        TypeError: words, times, complex numbers, rows of different lengths, a tensor without values
            or not dense. ValueError: an array with masked places: fill them first.
    """
    if isinstance(value, Tensor):
        plain = check_filled(name, value.detach()).cpu().resolve_conj().resolve_neg()
        plain = plain.double() if plain.is_floating_point() else plain  # numpy has no bfloat16
    else:
        plain = value
    some = plain if isinstance(plain, (list, tuple)) else [plain]
    if any(np.ma.is_masked(one) for one in some):
        raise ValueError(
            f"{name}: expected {expected} in all places, got a masked array: fill it, as with "
            "array.filled(0)"
        )
    try:
        raw = np.asarray(plain)
        if raw.dtype.kind not in "biuf":
            raise TypeError
        return np.array(raw, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"{name}: expected {expected}, got {describe(value)}") from None
