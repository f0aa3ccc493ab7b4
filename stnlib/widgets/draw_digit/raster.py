"""Strokes as a picture, as raster.js makes it: a pixel is as bright as the nearest line is near."""

from __future__ import annotations

import math

import torch
from torch import Tensor

SIDE, RADIUS = 42, 1.15  # pixels of the picture; half a pen's width


def posed(stroke: Tensor, angle: float, size: float, shift: tuple[float, float]) -> Tensor:
    """Return points (N, 2) resized, turned about the middle of the canvas, and moved."""
    turn = math.radians(angle)
    cos, sin = size * math.cos(turn), size * math.sin(turn)
    turned = (stroke - SIDE / 2) @ stroke.new_tensor(((cos, sin), (-sin, cos)))
    return turned + SIDE / 2 + stroke.new_tensor(shift)


def rasterise(strokes: list[Tensor]) -> Tensor:
    """Return the picture of strokes, each (N, 2) in pixels, as (1, 1, 42, 42) in 0 ... 1."""
    places = torch.arange(SIDE, dtype=torch.float64) + 0.5
    pixels = torch.stack(torch.meshgrid(places, places, indexing="xy"), dim=-1)[:, :, None]
    ink = torch.zeros(SIDE, SIDE, dtype=torch.float64)
    for stroke in strokes:
        start, end = torch.cat((stroke[:1], stroke[:-1])), stroke
        way = end - start
        along = ((pixels - start) * way).sum(-1) / way.square().sum(-1).clamp(min=1e-12)
        away = pixels - start - along.clamp(0, 1)[..., None] * way
        ink = torch.maximum(ink, (RADIUS + 0.5 - away.norm(dim=-1)).amax(-1))
    return ink.clamp(0, 1).float()[None, None]
