"""The distortions that turn, move and resize: R, RTS and TC. theta is affine, (B, 2, 3)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from stnlib._checks import LONGEST, Size, check_count, check_size, describe
from stnlib._precision import full_precision
from stnlib.affine import affine_grid, rotation
from stnlib.distortions.base import (
    Distorted,
    between,
    check_degrees,
    check_scale,
    keep,
    uniform,
)


@dataclass(frozen=True)
class R:
    """Rotation about the middle by an angle drawn evenly from −degrees ... degrees.

    The picture keeps its size.

    >>> R(90)(torch.rand(4, 1, 28, 28), generator=torch.Generator().manual_seed(0)).images.shape
    torch.Size([4, 1, 28, 28])
    """

    degrees: float = 90

    def __post_init__(self) -> None:
        keep(self, degrees=check_degrees("degrees", self.degrees))

    def __call__(self, images: Tensor, *, generator: torch.Generator) -> Distorted:
        """Distort (B, C, H, W) pictures; the generator alone decides how."""
        draw = uniform(images, 1, generator)
        linear = _linear(draw[:, 0], self.degrees)
        return _read(images, linear, torch.zeros_like(linear[:, :, 0]), tuple(images.shape[2:]))


@dataclass(frozen=True)
class RTS:
    """Rotation, translation and scale: the digit turned, resized, and put anywhere on a canvas.

    Angle and scale are drawn evenly; a scale of 1.2 makes the digit larger, so theta holds 1/1.2.
    The place is drawn evenly from those that keep all of the ink on the canvas, each inked pixel
    with the neighbours that bilinear reading spreads it to. Ink that is too large for the canvas is
    centred.

    ``size`` is (height, width) of the canvas, or its side.

    >>> RTS()(torch.rand(4, 1, 28, 28), generator=torch.Generator().manual_seed(0)).images.shape
    torch.Size([4, 1, 42, 42])
    """

    size: Size = 42
    degrees: float = 45
    scale: tuple[float, float] = (0.7, 1.2)

    def __post_init__(self) -> None:
        sides = check_size("size", self.size)
        keep(self, size=sides[0] if sides[0] == sides[1] else sides)
        keep(self, degrees=check_degrees("degrees", self.degrees))
        keep(self, scale=check_scale("scale", self.scale))

    def __call__(self, images: Tensor, *, generator: torch.Generator) -> Distorted:
        """Distort (B, C, H, W) pictures; the generator alone decides how."""
        draw = uniform(images, 4, generator)
        linear = _linear(draw[:, 0], self.degrees, between(self.scale, draw[:, 1]))
        canvas = check_size("size", self.size)
        return _read(images, linear, _place(images, linear, canvas, draw[:, 2:]), canvas)


@dataclass(frozen=True)
class TC:
    """Translation and clutter: the digit anywhere on a canvas, among scraps of other digits.

    The digit moves by whole pixels and so stays as sharp as the clutter. A distractor is a crop of
    patch × patch pixels of another picture of the batch. Where it is cut out and where it is put
    are drawn evenly, so some crops are blank. Where it meets ink, the brighter of the two is kept.
    theta tells of the digit only.

    >>> TC()(torch.rand(4, 1, 28, 28), generator=torch.Generator().manual_seed(0)).images.shape
    torch.Size([4, 1, 60, 60])
    """

    size: int = 60
    distractors: int = 6
    patch: int = 6

    def __post_init__(self) -> None:
        for name, least in (("size", 1), ("distractors", 0), ("patch", 1)):
            keep(self, **{name: check_count(name, getattr(self, name), least, LONGEST)})
        if self.patch > self.size:
            raise ValueError(f"patch: expected at most the size, {self.size}, got {self.patch}")

    def __call__(self, images: Tensor, *, generator: torch.Generator) -> Distorted:
        """Distort (B, C, H, W) pictures, B >= 2; the generator alone decides how."""
        draw = uniform(images, 2 + 5 * self.distractors, generator)
        canvas = (self.size, self.size)
        linear = _linear(draw[:, 0], 0.0)
        half_pixel = (images.new_tensor(images.shape[:1:-1]) - self.size) / 2
        middle = _place(images, linear, canvas, draw[:, :2])
        middle = (middle - half_pixel).round() + half_pixel  # pixel centres on pixel centres
        clean, theta = _read(images, linear, middle, canvas)
        if not self.distractors:
            return Distorted(clean, theta)
        self._check_room(images)
        crops, places = scraps(images, canvas, self.patch, draw[:, 2:].reshape(len(images), -1, 5))
        flat = clean.flatten(2).scatter_reduce(2, places, crops, "amax")
        return Distorted(flat.reshape(clean.shape), theta)

    def _check_room(self, images: Tensor) -> None:
        """Raise where there is one picture only, or they are smaller than a crop."""
        if len(images) < 2 or self.patch > min(images.shape[2:]):
            raise ValueError(
                f"images: expected at least 2 pictures of at least {self.patch} × {self.patch} "
                f"pixels to take distractors from, got {describe(images)}"
            )


def scraps(
    images: Tensor, canvas: tuple[int, int], patch: int, draw: Tensor
) -> tuple[Tensor, Tensor]:
    """Cut patches of other pictures out, and say where each pixel goes on the flat canvas.

    Args:
        images: (B, C, H, W), to cut from. canvas: its (height, width). patch: side of a scrap.
        draw: (B, K, 5), numbers from 0 to 1: which other picture, where in it, and where to put it.

    Returns:
        The scraps and their places, (B, C, K·p·p) both.
    """
    batch, channels, height, width = images.shape
    other, top, left, row, column = draw.unbind(-1)
    own = torch.arange(batch, device=images.device)[:, None]
    other = (own + 1 + _whole(other, batch - 1)) % batch
    inside = torch.arange(patch, device=images.device)
    rows = _whole(top, height - patch + 1)[..., None, None] + inside[:, None]
    columns = _whole(left, width - patch + 1)[..., None, None] + inside
    crops = images[other[..., None, None], :, rows, columns]  # (B, K, p, p, C)
    rows = _whole(row, canvas[0] - patch + 1)[..., None, None] + inside[:, None]
    columns = _whole(column, canvas[1] - patch + 1)[..., None, None] + inside
    places = (rows * canvas[1] + columns).reshape(batch, 1, -1).expand(-1, channels, -1)
    return crops.permute(0, 4, 1, 2, 3).reshape(batch, channels, -1), places


def _whole(draw: Tensor, count: int) -> Tensor:
    """Turn numbers from 0 to 1 into whole numbers 0 ... count − 1."""
    return (draw.float() * count).long().clamp(max=count - 1)


def _linear(draw: Tensor, degrees: float, scale: Tensor | float = 1.0) -> Tensor:
    """Return the 2 × 2 part of theta in pixels: a turn, and 1/scale."""
    angle = math.radians(degrees) * (2 * draw - 1)
    scale = torch.as_tensor(scale, dtype=draw.dtype, device=draw.device)
    return rotation(angle)[:, :, :2] / scale.reshape(-1, 1, 1)


def _place(images: Tensor, linear: Tensor, canvas: tuple[int, int], draw: Tensor) -> Tensor:
    """Draw where the middle of the original lands: pixels (x, y) from the middle of the canvas."""
    height, width = images.shape[2:]
    y = torch.arange(height, device=images.device, dtype=images.dtype) - (height - 1) / 2
    x = torch.arange(width, device=images.device, dtype=images.dtype) - (width - 1) / 2
    centres = torch.stack((x.expand(height, -1), y[:, None].expand(-1, width))).flatten(1)
    to_canvas = linear.mT / linear[:, :, :1].square().sum(1, keepdim=True)  # its inverse
    with full_precision(images.device):
        landed = to_canvas @ centres  # (B, 2, H·W)
    ink = (images != 0).any(1).flatten(1)
    ink = (ink | ~ink.any(1, keepdim=True))[:, None]  # a blank picture counts as all ink
    skirt = to_canvas.abs().sum(2)  # as far as one pixel of ink is spread
    half = images.new_tensor((canvas[1] / 2, canvas[0] / 2))
    low = skirt - half - landed.masked_fill(~ink, math.inf).amin(2)
    high = half - skirt - landed.masked_fill(~ink, -math.inf).amax(2)
    return (low + high) / 2 + (draw - 0.5) * (high - low).clamp(min=0)


def _read(images: Tensor, linear: Tensor, middle: Tensor, canvas: tuple[int, int]) -> Distorted:
    """Read the pictures once, bilinearly, through p_in = linear · (p_out − middle) in pixels."""
    half_in = images.new_tensor(images.shape[:1:-1]) / 2
    half_out = images.new_tensor(canvas[::-1]) / 2
    shift = -(linear * middle[:, None]).sum(2, keepdim=True)  # autocast would halve @
    theta = torch.cat((linear * half_out, shift), dim=2) / half_in[:, None]
    grid = affine_grid(theta, canvas, align_corners=False)
    return Distorted(grid_sample(images, grid, align_corners=False), theta)
