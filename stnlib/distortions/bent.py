"""The distortions that no affine map undoes: P, projective, and E, elastic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from stnlib.distortions.base import (
    Distorted,
    between,
    check_move,
    check_scale,
    keep,
    normal,
    uniform,
)
from stnlib.transforms import Projective, ThinPlateSpline, Transform

FARTHEST = 0.9  # |θ31| + |θ32|; at 1 the horizon of the map touches the picture


@dataclass(frozen=True)
class P:
    """Projection: the picture made smaller, and each of its corners pulled somewhere else.

    The scale is drawn evenly. Each corner then moves by normal numbers with a standard deviation of
    ``move`` pixels along x and along y. A move that would fold the picture, or bring the horizon
    into it, is halved until it does not: with the paper's numbers and 28 × 28 pixels, in about one
    picture of seven. theta is (B, 8), of :class:`~stnlib.transforms.Projective`. The picture keeps
    its size, so an end of the ink may be pulled out of it.

    >>> P()(torch.rand(4, 1, 28, 28), generator=torch.Generator().manual_seed(0)).theta.shape
    torch.Size([4, 8])
    """

    scale: tuple[float, float] = (0.75, 1.0)
    move: float = 5.0

    def __post_init__(self) -> None:
        keep(self, scale=check_scale("scale", self.scale))
        keep(self, move=check_move("move", self.move))

    @property
    def transform(self) -> Projective:
        """The family of theta."""
        return Projective()

    def __call__(self, images: Tensor, *, generator: torch.Generator) -> Distorted:
        """Distort (B, C, H, W) pictures; the generator alone decides how."""
        scale, moves = _scale_and_moves(self, images, 4, generator)
        square = scale.new_tensor([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
        family = self.transform
        # under vmap a flat map gives nan, and is no error
        back = torch.func.vmap(lambda one: family.invert(family.from_corners(one[None]))[0])

        def attempt(moves: Tensor) -> tuple[Tensor, Tensor]:
            corners = scale * square + moves
            theta = back(corners)
            return theta, _dented(corners) | ~(theta[:, 6:].abs().sum(1) <= FARTHEST)

        return _read(images, family, _gentle(moves, attempt))


@dataclass(frozen=True)
class E:
    """Elastic: the picture made smaller and bent by a thin plate spline.

    The scale is drawn evenly. Each point of a control grid on the DISTORTED picture then reads the
    original at a place moved by normal numbers with a standard deviation of ``move`` pixels along x
    and along y. A move that would turn a cell of the sampling grid over is halved until it does
    not. theta is (B, 2K), of :class:`~stnlib.transforms.ThinPlateSpline`; it holds the scale too.

    >>> E()(torch.rand(4, 1, 28, 28), generator=torch.Generator().manual_seed(0)).theta.shape
    torch.Size([4, 32])
    """

    scale: tuple[float, float] = (0.75, 1.0)
    move: float = 1.5
    control_grid: tuple[int, int] = (4, 4)

    def __post_init__(self) -> None:
        keep(self, scale=check_scale("scale", self.scale))
        keep(self, move=check_move("move", self.move))
        made = ThinPlateSpline(self.control_grid)  # which checks it
        keep(self, control_grid=made.control_grid)

    @property
    def transform(self) -> ThinPlateSpline:
        """The family of theta."""
        return _spline(self.control_grid)

    def __call__(self, images: Tensor, *, generator: torch.Generator) -> Distorted:
        """Distort (B, C, H, W) pictures; the generator alone decides how."""
        family = self.transform
        points = family.control_points
        scale, moves = _scale_and_moves(self, images, len(points), generator)
        shrink = (1 / scale - 1) * points.to(scale)

        def attempt(moves: Tensor) -> tuple[Tensor, Tensor]:
            theta = (shrink + moves).flatten(1)
            return theta, _turned_over(family.grid(theta, tuple(images.shape[2:])))

        return _read(images, family, _gentle(moves, attempt))


@lru_cache(maxsize=8)
def _spline(control_grid: tuple[int, int]) -> ThinPlateSpline:
    """Solve each control grid's system once."""
    return ThinPlateSpline(control_grid)


def _scale_and_moves(
    distortion: P | E, images: Tensor, count: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draw a scale (B, 1, 1), and moves (B, count, 2) in normalised units."""
    scale = between(distortion.scale, uniform(images, 1, generator)).float()
    moves = normal(images, 2 * count, generator).float().unflatten(1, (count, 2))
    pixel = 2 / moves.new_tensor(images.shape[:1:-1])
    exact = torch.float64 if images.dtype == torch.float64 else torch.float32
    return scale[:, :, None].to(exact), (distortion.move * pixel * moves).to(exact)


def _gentle(moves: Tensor, attempt: Callable[[Tensor], tuple[Tensor, Tensor]]) -> Tensor:
    """Halve the moves of those pictures that come out badly, until none does."""
    theta, bad = attempt(moves)
    while bad.any():
        moves = torch.where(bad[:, None, None], moves / 2, moves)
        theta, bad = attempt(moves)
    return theta


def _dented(corners: Tensor) -> Tensor:
    """Say which quadrilaterals (B, 4, 2), row by row, are not convex or are turned over."""
    ring = corners[:, [0, 1, 3, 2]]
    side = ring.roll(-1, 1) - ring
    after = side.roll(-1, 1)
    turn = side[..., 0] * after[..., 1] - side[..., 1] * after[..., 0]
    return (turn <= 0).any(1)


def _turned_over(grid: Tensor) -> Tensor:
    """Say which grids (B, H, W, 2) have a cell whose corner turns the wrong way."""
    right, below = grid.diff(dim=2)[:, :-1], grid.diff(dim=1)[:, :, :-1]
    return (right[..., 0] * below[..., 1] <= right[..., 1] * below[..., 0]).flatten(1).any(1)


def _read(images: Tensor, family: Transform, theta: Tensor) -> Distorted:
    """Read the pictures once, bilinearly."""
    theta = theta.to(images.dtype)
    grid = family.grid(theta, tuple(images.shape[2:]), align_corners=False)
    return Distorted(grid_sample(images, grid, align_corners=False), theta)
