"""Ten digits as strokes, for those who do not draw."""

from __future__ import annotations

import math

MIDDLE, HALF = 21.0, 8.5  # of the canvas, and half a digit's height, in pixels


def _arc(x: float, y: float, wide: float, tall: float, start: float, end: float) -> list[tuple]:
    """Return points of an ellipse about (x, y), from one angle to another (degrees, clockwise)."""
    count = max(2, round(abs(end - start) / 20))
    angles = [math.radians(start + (end - start) * i / count) for i in range(count + 1)]
    return [(x + wide * math.cos(angle), y + tall * math.sin(angle)) for angle in angles]


_DIGITS = (  # in a box of −1 ... 1 each way, y down
    [_arc(0, 0, 0.6, 1, -60, 300)],
    [[(-0.25, -0.65), (0.08, -1), (0.02, 0), (-0.05, 1)]],
    [[*_arc(0, -0.45, 0.55, 0.55, 190, 390), (0.2, 0.2), (-0.6, 1), (0.65, 0.95)]],
    [[*_arc(-0.05, -0.5, 0.5, 0.5, 210, 440), *_arc(-0.05, 0.47, 0.6, 0.53, -85, 150)]],
    [[(-0.35, -0.95), (-0.6, 0.2), (0.6, 0.15)], [(0.3, -0.6), (0.25, 0.2), (0.2, 1)]],
    [[(0.55, -0.95), (-0.35, -0.95), (-0.45, -0.15), *_arc(-0.05, 0.4, 0.6, 0.58, 235, 510)]],
    [[(0.35, -1), (-0.2, -0.5), *_arc(0, 0.45, 0.55, 0.55, 195, 555)]],
    [[(-0.6, -0.85), (0.6, -0.95), (0.25, -0.1), (-0.1, 1)]],
    [[*_arc(0, -0.5, 0.45, 0.48, -20, -200), *_arc(0, 0.5, 0.55, 0.5, -60, 240), (0.43, -0.62)]],
    [[*_arc(-0.05, -0.45, 0.5, 0.53, -10, -370), (0.42, 0.2), (0.2, 1)]],
)


def example(digit: int) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return the strokes of a digit on the canvas: tuples of (x, y) in pixels."""
    return tuple(
        tuple((round(MIDDLE + HALF * x, 2), round(MIDDLE + HALF * y, 2)) for x, y in stroke)
        for stroke in _DIGITS[digit]
    )
