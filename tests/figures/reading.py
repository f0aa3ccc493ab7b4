"""Reads numbers from the pixels of a figure, as an eye would: frames, pictures, bars, curves."""

from __future__ import annotations

import numpy as np

BLUE, ORANGE = (34, 136, 210), (232, 115, 12)
INK, MUTED = (34, 40, 50), (85, 85, 85)
FOLD = (214, 51, 108)


def mask(canvas: np.ndarray, colour: tuple[int, int, int], near: int = 24) -> np.ndarray:
    """Return where a canvas has a colour, (H, W)."""
    return (np.abs(canvas.astype(int) - colour) <= near).all(2)


def runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """Return the stretches of a row that are marked, as (first, one after the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(int), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _lines(marks: np.ndarray, least: int) -> list[int]:
    """Return the rows that hold so many marks in stretches: other lines may cross a frame."""
    lengths = ([b - a for a, b in runs(row)] for row in marks)
    return [i for i, found in enumerate(lengths) if sum(n for n in found if n > 11) >= least]


def inside(canvas: np.ndarray, colour: tuple[int, int, int], least: int = 60) -> tuple[int, ...]:
    """Return left, top, right, bottom of what an upright frame of a colour holds."""
    marks = mask(canvas, colour)
    rows, columns = _lines(marks, least), _lines(marks.T, least)
    assert len(rows) > 1 < len(columns), f"there is no frame of {colour}"

    def gap(lines: list[int]) -> tuple[int, int]:
        widest = int(np.argmax(np.diff(lines)))
        return lines[widest] + 1, lines[widest + 1]

    (top, bottom), (left, right) = gap(rows), gap(columns)
    return left, top, right, bottom


def middles(canvas: np.ndarray, box: tuple[int, ...], size: tuple[int, int]) -> np.ndarray:
    """Return the colours in the middles of a picture's pixels, (rows, columns, 3)."""
    left, top, right, bottom = box
    ys, xs = ((np.arange(n) + 0.5) / n * length for n, length in
              zip(size, (bottom - top, right - left), strict=True))  # fmt: skip
    return canvas[(top + ys).astype(int)[:, None], (left + xs).astype(int)[None]].astype(float)


def patches(canvas: np.ndarray, box: tuple[int, ...], size: tuple[int, int]) -> np.ndarray:
    """Return the colour that each pixel of a picture shows most of, (rows, columns, 3)."""
    left, top, right, bottom = box
    rows = np.linspace(top, bottom, size[0] + 1).round().astype(int)
    columns = np.linspace(left, right, size[1] + 1).round().astype(int)
    cell = lambda i, j: canvas[rows[i] : rows[i + 1], columns[j] : columns[j + 1]]  # noqa: E731
    return np.array([[np.median(cell(i, j), (0, 1)) for j in range(size[1])]
                     for i in range(size[0])])  # fmt: skip


def bars(canvas: np.ndarray, box: tuple[int, ...], count: int = 10) -> np.ndarray:
    """Return the heights of as many bars as stand side by side in a box."""
    left, top, right, bottom = box
    places = left + (np.arange(count) + 0.5) * (right - left) / count
    part = canvas[top:bottom, places.astype(int)]
    return (mask(part, MUTED, 4) | mask(part, ORANGE, 4)).sum(0)


def block(canvas: np.ndarray) -> tuple[int, ...]:
    """Return left, top, right, bottom of the one picture on white, its thin frame included."""
    marks = canvas.min(2) < 245
    rows, columns = (np.flatnonzero(count >= 0.6 * count.max())
                     for count in (marks.sum(1), marks.sum(0)))  # fmt: skip
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def coloured(canvas: np.ndarray) -> tuple[int, ...]:
    """Return left, top, right, bottom of the map of the loss: the square at the left."""
    def longest(flags: np.ndarray) -> tuple[int, int]:
        first, end = max(runs(flags), key=lambda run: run[1] - run[0])
        return first + 1, end - 1  # without its frame

    marks = canvas.min(2) < 250
    left, right = longest(marks.mean(0) > 0.6)
    top, bottom = longest(marks[:, left:right].mean(1) > 0.85)
    return left, top, right, bottom


def alike(first: np.ndarray, second: np.ndarray) -> float:
    """Return the correlation of two lists of numbers."""
    return float(np.corrcoef(np.ravel(first), np.ravel(second))[0, 1])


def lightness(canvas: np.ndarray, box: tuple[int, ...], places: np.ndarray) -> np.ndarray:
    """Return how light a map is at places, -1 ... 1 on both axes, thin dark lines overlooked."""
    left, top, right, bottom = box
    shade = canvas[top:bottom, left:right].astype(float).mean(2)
    across, down = (((1 + places) / 2 * n).astype(int) for n in (right - left, bottom - top))
    return np.array([[np.quantile(shade[y - 4 : y + 5, x - 4 : x + 5], 0.8) for x in across]
                     for y in down])  # fmt: skip
