"""Small made-up data for the figures of training: nothing is trained, nothing is drawn by lot."""

from __future__ import annotations

import math
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, max_pool2d, relu

from stnlib import Affine, ThinPlateSpline, affine, affine_grid, sample
from stnlib.digits import Digits, load_digits
from stnlib.distortions import RTS
from stnlib.widgets import Recording

SMALL = 20  # side of what the classifiers get
TURNS = (0.6, -0.8, 0.3, -0.4, 1.1, -1.0, 0.2, 0.9, -0.5, 0.7)  # of the digits, in radians
SPREAD = 3.0  # of the scores: the larger, the surer the classifier


every = cache(load_digits)  # 1,797 pictures, enlarged once


def digit(index: int) -> Tensor:
    """Return one of them, (1, 28, 28)."""
    return every().images[index]


@cache
def digits() -> Digits:
    """Return one upright picture of each digit."""
    images, labels = every()
    index = [int((labels == label).nonzero()[0]) for label in range(10)]
    return Digits(images[index], labels[index])


@cache
def turned() -> tuple[Tensor, Tensor]:
    """Return the ten digits, turned and moved, and their true poses, (10, 2, 3).

    Convention:
        The poses map OUTPUT points to INPUT points, as everywhere in stnlib.
    """
    poses = [affine.from_parts(rotation=turn, t_x=0.12 * math.sin(9 * turn), t_y=-0.1 * turn)
             for turn in TURNS]  # fmt: skip
    away = affine.invert(torch.cat(poses))
    images = sample(digits().images, affine_grid(away, (28, 28)))
    return images, affine.compose(torch.cat(poses), affine.scaling(SMALL / 28))


def small_digit() -> Tensor:
    """Return a 5 in 14 × 14 pixels, (1, 14, 14): quick to walk on."""
    return load_digits(14).images[33]


def features(images: Tensor) -> Tensor:
    """What the classifier's first layers make of pictures of 20 × 20: a mean of 3 × 3, halved."""
    return max_pool2d(relu(conv2d(images, torch.full((1, 1, 3, 3), 1 / 9))), 2).flatten(1)


@cache
def classifier() -> nn.Sequential:
    """Return a network that compares with the mean of each digit: the nearest one wins."""
    images, labels = every()
    inner = features(images[:, :, 4:24, 4:24])
    means = torch.stack([inner[labels == label].mean(0) for label in range(10)])
    net = nn.Sequential(nn.Conv2d(1, 1, 3), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True),
                        nn.Flatten(), nn.Linear(81, 10))  # fmt: skip
    with torch.no_grad():
        net[0].weight.fill_(1 / 9)
        net[0].bias.zero_()
        net[4].weight.copy_(SPREAD * means)
        net[4].bias.copy_(-SPREAD / 2 * (means**2).sum(1))
    return net.eval()


@cache
def untrained() -> nn.Sequential:
    """Return a network that knows nothing: its weights are waves."""
    net = nn.Sequential(nn.Flatten(), nn.Linear(SMALL**2, 10))
    with torch.no_grad():
        waves = torch.arange(10 * SMALL**2, dtype=torch.float64).reshape(10, -1)
        net[1].weight.copy_(0.6 * torch.sin(12.9898 * waves))
        net[1].bias.zero_()
    return net.eval()


def blocks() -> Tensor:
    """Return a volume of three blocks of different greys, (6, 9, 14)."""
    volume = torch.zeros(6, 9, 14)
    volume[1:5, 1:4, 1:6], volume[0:3, 5:8, 3:12], volume[3:6, 2:8, 9:13] = 1.0, 0.7, 0.4
    return volume


def recording(*, pace: float, last: int = 300, turn: float = 1.0, output_size: tuple = (20, 20),
              **reading: object) -> Recording:  # fmt: skip
    """Return a run whose grids go from the identity to the true poses of the first four digits.

    Args:
        pace: of the way, a step.
        turn: a factor of all angles at the end, 1 being the true one.
    """
    steps = range(0, last + 1, 15)
    truth = affine.decompose(turned()[1][:4])
    rows = []
    for step in steps:
        part = 1 - math.exp(-pace * step)
        scale = 1 - part * (1 - SMALL / 28)
        rows.append(affine.from_parts(
            rotation=turn * part * truth.rotation, scale_x=scale, scale_y=scale,
            t_x=part * truth.t_x, t_y=part * truth.t_y,
        ))  # fmt: skip
    checks = [step for step in steps if step % 60 == 0 and step]
    error = [4 + 86 * math.exp(-pace * step) for step in checks]
    return Recording(list(steps), torch.stack(rows), output_size, checks, error, **reading)


@cache
def pairs() -> tuple[Tensor, Tensor]:
    """Return four pictures with a digit in each of two channels, (4, 2, 21, 21), and their poses.

    Convention:
        The poses, (4, 2, 2, 3), map OUTPUT points to INPUT points, as everywhere in stnlib.
    """
    source = torch.Generator().manual_seed(3)
    made = [RTS(21)(digits().images[4 * k : 4 * k + 4], generator=source) for k in (0, 1)]
    poses = [affine.compose(affine.invert(one.theta), affine.scaling(SMALL / 28)) for one in made]
    return torch.cat([one.images for one in made], dim=1), torch.stack(poses, dim=1)


@cache
def rows() -> tuple[Tensor, Tensor]:
    """Return four pictures of three digits in a row, (4, 1, 28, 48), and their poses, (4, 3, 2, 3).

    Convention:
        As for :func:`pairs`.
    """
    moves = [(-0.62, 0.15), (0.0, -0.2), (0.62, 0.1)]  # of the digits' middles
    poses = torch.cat([affine.from_parts(scale_x=16 / 48, scale_y=16 / 28, t_x=x, t_y=y)
                       for x, y in moves])  # fmt: skip
    parts = [digits().images[[k, k + 1, k + 2, k + 3]] for k in (0, 3, 6)]
    away = affine.invert(poses)
    images = sum(sample(part, affine_grid(one.expand(4, 2, 3), (28, 48)))
                 for part, one in zip(parts, away, strict=True))  # fmt: skip
    return images.clip(0, 1), poses.expand(4, 3, 2, 3)


def side_by_side(*, poses: Tensor, pace: float = 0.02, splines: bool = False) -> Recording:
    """Return a run whose grids go from the identity to their poses, one after the other.

    Args:
        poses: (4, K, 2, 3).
        pace: of the way, a step; the first grid is the quickest.
        splines: the last grid is a spline of 2 × 2 points, whose second corner goes astray.
    """
    steps, count = range(0, 301, 15), poses.shape[1]
    identity = torch.eye(2, 3)
    rates = pace / torch.arange(1, count + 1)
    parts = 1 - torch.exp(-torch.tensor(steps)[:, None] * rates)  # (T, K)
    theta = identity + parts[:, None, :, None, None] * (poses - identity)
    theta = theta.flatten(2)
    transforms = [Affine()] * count
    if splines:
        corners = torch.tensor([[-1.0, -1], [1, -1], [-1, 1], [1, 1]])
        moves = Affine().points(poses[:, -1].flatten(1), corners) - corners
        moves[:, 1] += torch.tensor([0.25, -0.35])
        bent = parts[:, -1, None, None] * moves.flatten(1)
        theta = torch.cat((theta[:, :, :-6], bent), dim=2)
        transforms[-1] = ThinPlateSpline((2, 2))
    error = [40 + 55 * math.exp(-pace * step) for step in (60, 120, 180, 240, 300)]
    return Recording(list(steps), theta, (14, 14), (60, 120, 180, 240, 300), error,
                     transforms=transforms)  # fmt: skip
