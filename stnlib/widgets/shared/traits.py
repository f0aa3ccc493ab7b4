"""Traits of the live figures: checked in Python, whoever sets them; errors say what came."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
import traitlets

from stnlib._arrays import real_numbers
from stnlib._checks import check_choice, check_count, check_number, check_size, describe

IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
LARGEST = 512
FEW = 12
MOST_PICTURES = 12


def finite_array(name: str, value: object, expected: str) -> np.ndarray:
    """Return finite numbers from a tensor, an array or lists, in memory of their own."""
    array = real_numbers(name, value, expected)
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: expected finite numbers, got {describe(value)}")
    return array


class Kept(np.ndarray):
    """Pictures as a figure keeps them: bytes 0 ... 255, however dark."""


def as_bytes(numbers: np.ndarray) -> Kept:
    """Keep numbers 0 ... 1."""
    return np.round(255 * numbers).astype(np.uint8).view(Kept)


def unit_numbers(name: str, value: object, expected: str) -> np.ndarray:
    """Return a picture's numbers: uint8 counts 0 ... 255, or as a mask if it has 0 and 1 only."""
    array = finite_array(name, value, expected)
    dtype = value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype
    is_bytes = str(dtype).endswith("uint8")
    if is_bytes and (isinstance(value, Kept) or array.max(initial=0) > 1):
        array /= 255
    return array


def _grey(value: object, largest: int) -> np.ndarray:
    """Return the (H, W) numbers 0 ... 1 of a picture of at most ``largest`` pixels a side."""
    expected = "(H, W), (1, H, W) or (1, 1, H, W) with values in 0 ... 1"
    array = unit_numbers("image", value, expected)
    if array.ndim not in (2, 3, 4) or set(array.shape[:-2]) - {1} or 0 in array.shape:
        raise ValueError(f"image: expected {expected}, got shape {array.shape}")
    if array.min() < -1e-6 or array.max() > 1 + 1e-6:
        raise ValueError(
            f"image: expected values in 0 ... 1, got {array.min():.4g} ... {array.max():.4g}"
        )
    grey = array.reshape(array.shape[-2:]).clip(0, 1)
    if max(grey.shape) > largest:
        raise ValueError(f"image: expected at most {largest} × {largest} pixels, got {grey.shape}")
    return grey


class Theta(traitlets.TraitType):
    """Six finite numbers, row by row, from lists, arrays or tensors of six, (2, 3) or (1, 2, 3)."""

    default_value = IDENTITY

    def validate(self, obj: object, value: object) -> tuple[float, ...]:
        expected = "6 numbers, or (2, 3), (1, 6), (1, 2, 3)"
        array = finite_array(self.name, value, expected)
        if array.shape not in ((6,), (2, 3), (1, 6), (1, 2, 3)):
            raise ValueError(f"{self.name}: expected {expected}, got shape {array.shape}")
        return tuple(array.flatten().tolist())


class Picture(traitlets.TraitType):
    """A grey picture, kept as uint8 (H, W), from (H, W), (1, H, W) or (1, 1, H, W) in 0 ... 1."""

    def validate(self, obj: object, value: object) -> Kept:
        return as_bytes(_grey(value, LARGEST))


class Pictures(traitlets.TraitType):
    """Pictures of one size, kept as uint8 (N, H, W), from (N, 1, H, W) or (N, H, W).

    With ``channels`` above 1 they may have so many, and are then kept as (N, C, H, W).
    """

    def __init__(self, channels: int = 1, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._most = channels

    def validate(self, obj: object, value: object) -> Kept:
        shape = tuple(getattr(value, "shape", ()))
        channels = shape[1] if len(shape) == 4 else 1
        if len(shape) not in (3, 4) or channels > self._most or 0 in shape:
            expected = f"a tensor or an array {self._form()}"
            raise ValueError(f"images: expected {expected}, got {describe(value)}")
        if shape[0] > MOST_PICTURES:
            raise ValueError(f"images: expected at most {MOST_PICTURES} pictures, got {shape[0]}")
        numbers = unit_numbers("image", value, "pictures in 0 ... 1")  # a mask, or not: all alike
        planes = numbers.reshape(-1, *shape[-2:])
        grey = as_bytes(np.stack([_grey(plane, LARGEST) for plane in planes]))
        return grey.reshape(shape) if channels > 1 else grey

    def _form(self) -> str:
        if self._most == 1:
            return "(N, 1, H, W) or (N, H, W)"
        return f"(N, C, H, W) of 1 to {self._most} channels, or (N, H, W)"


class Values(traitlets.TraitType):
    """A few pixels with exact values, as rows of numbers, from the same shapes as a Picture."""

    def validate(self, obj: object, value: object) -> tuple[tuple[float, ...], ...]:
        rows = _grey(value, FEW).round(6)
        return tuple(tuple(row) for row in rows.tolist())


def picture_to_json(value: np.ndarray, _: object) -> dict:
    """Write a picture as the page reads it."""
    return {"shape": list(value.shape), "data": value.tobytes()}


def picture_from_json(value: dict, _: object) -> Kept:
    """Read a picture that the page sent."""
    return np.frombuffer(value["data"], dtype=np.uint8).reshape(value["shape"]).view(Kept)


class MisfitError(traitlets.TraitError, ValueError):
    """Settings that do not fit each other. traitlets takes back held changes for its own errors."""


def validate(*names: str) -> Callable:
    """Make of a method what traitlets.validate makes, its ValueError being a MisfitError."""

    def mark(check: Callable) -> object:
        def checked(self: object, proposal: dict) -> object:
            try:
                return check(self, proposal)
            except ValueError as error:
                raise MisfitError(error) from None

        return traitlets.validate(*names)(checked)

    return mark


class Checked(traitlets.TraitType):
    """A trait whose values pass through a function (name, value) -> value."""

    def __init__(self, check: Callable, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._check = check

    def validate(self, obj: object, value: object) -> object:
        return self._check(self.name, value)


def check_output_size(name: str, value: object) -> tuple[int, int]:
    """Return (height, width) of at most 512."""
    size = check_size(name, value)
    if max(size) > LARGEST:
        raise ValueError(f"{name}: expected at most {LARGEST} × {LARGEST} pixels, got {size}")
    return size


def check_sides(name: str, value: object) -> tuple[int, int]:
    """Return (height, width) of 2 to 4096: with one pixel −1 and 1 cannot be centres."""
    size = check_size(name, value)
    if min(size) < 2 or max(size) > 4096:
        raise ValueError(f"{name}: expected 2 ... 4096 pixels each way, got {size}")
    return size


def check_pixel(name: str, value: object) -> tuple[int, int] | None:
    """Accept None or (row, column); the size is checked by the widget."""
    if value is None:
        return None
    try:
        row, column = (check_count(name, index, least=-math.inf) for index in value)
    except (TypeError, ValueError):
        raise TypeError(f"{name}: expected None or (row, column), got {describe(value)}") from None
    if min(row, column) < 0:
        raise ValueError(f"{name}: expected row and column from 0 on, got {(row, column)}")
    return row, column


def check_place(name: str, value: object) -> tuple[float, float]:
    """Return (x, y), two finite numbers."""
    array = finite_array(name, value, "(x, y)")
    if array.shape != (2,):
        raise ValueError(f"{name}: expected (x, y), got shape {array.shape}")
    return tuple(array.tolist())


def pose_within(turn: float, move: float, default: tuple[float, float]) -> Checked:
    """Make a trait that takes (degrees, pixels) of a map that goes so far to both sides."""

    def check(name: str, value: object) -> tuple[float, float]:
        try:
            degrees, shift = check_place(name, value)
        except (TypeError, ValueError):
            raise ValueError(f"{name}: expected (degrees, pixels), got {describe(value)}") from None
        if abs(degrees) > turn or abs(shift) > move:
            raise ValueError(
                f"{name}: expected at most {turn:g} degrees and {move:g} pixels either way, "
                f"got {(degrees, shift)}"
            )
        return degrees, shift

    return Checked(check, default_value=default)


def between(low: float, high: float, default: float) -> Checked:
    """Make a trait that takes a number in a range."""

    def check(name: str, value: object) -> float:
        if not low <= check_number(name, value) <= high:
            raise ValueError(f"{name}: expected {low:g} ... {high:g}, got {value}")
        return float(value)

    return Checked(check, default_value=default)


def words_from(words: tuple[str, ...]) -> Checked:
    """Make a trait that takes some of these words; all of them at first."""

    def check(name: str, value: object) -> tuple[str, ...]:
        chosen = value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
        return tuple(check_choice(name, word, words) for word in chosen)

    return Checked(check, default_value=words)


def one_of(words: tuple[str, ...], default: str) -> Checked:
    """Make a trait that takes one of some words."""
    return Checked(lambda name, value: check_choice(name, value, words), default_value=default)
