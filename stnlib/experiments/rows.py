"""Transformers in a row, and at several depths of a network."""

from __future__ import annotations

import math
from collections import OrderedDict
from itertools import pairwise

import torch
from torch import Tensor, nn

from stnlib._checks import check_choice
from stnlib.affine import invert
from stnlib.alignment import mean_angle, pose, recovery, wrap
from stnlib.experiments.pose import Taught
from stnlib.experiments.task import Task
from stnlib.networks import cnn
from stnlib.several import CompositionalTransformer
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import Similarity

WINDOW = 20


class PixelsPassedOn(nn.Module):
    """One transformer, applied again to the pixels that it gave: each look reads what was read.

    All looks but the last keep the picture's size. ``theta`` is that of all maps together.
    """

    def __init__(self, transformer: SpatialTransformer, times: int) -> None:
        super().__init__()
        self.transformer, self.times = transformer, times
        self.transform, self.output_size = transformer.transform, transformer.output_size

    def forward(self, image: Tensor) -> Tensor:
        for _ in range(self.times - 1):
            image = self.transformer.read(image, self.transformer.theta(image), image.shape[2:])
        return self.transformer(image)

    def theta(self, image: Tensor) -> Tensor:
        """Return θ of the maps in a row, (B, n_params)."""
        theta = self.transformer.theta(image)
        for _ in range(self.times - 1):
            image = self.transformer.read(image, self.transformer.theta(image), image.shape[2:])
            theta = self.transform.compose(theta, self.transformer.theta(image))
        return theta


def layer_norm_dense(size: int, hidden: tuple[int, ...], outputs: int) -> nn.Sequential:
    """Return linear layers on a picture, with layer norm and ReLU between two of them.

    Batch norm would mix the statistics of the looks that share the layers.
    """
    layers: list[nn.Module] = [nn.Flatten()]
    for before, after in pairwise((size * size, *hidden)):
        layers += [nn.Linear(before, after), nn.LayerNorm(after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden[-1], outputs))


def looking(times: int, *, pixels: bool = False, size: int = 28) -> nn.Sequential:
    """Return a network whose transformer looks so many times, passing on θ, or pixels.

    Every number of looks has the same weights: there is one localisation network.
    """
    look = layer_norm_dense(size, (64, 64), 4)
    transformer = SpatialTransformer(look, Similarity(), WINDOW)
    several = (PixelsPassedOn if pixels else CompositionalTransformer)(transformer, times)
    rest = cnn(WINDOW, channels=(16, 32))
    return nn.Sequential(OrderedDict(transformer=several, classifier=rest))


def told_looking() -> Taught:
    """Return :func:`looking`, once, told the true maps: from nothing else it learns where to."""
    return Taught(looking(1))


@torch.no_grad()
def measure_turn(model: nn.Module, task: Task) -> dict:
    """Return how well a transformer undoes turns: nothing of a network without one.

    Returns:
        ``slope``: of the learned angles over the true ones, both around their mean direction;
        ``r2_angle`` and ``degrees``: as :func:`stnlib.alignment.recovery` gives them, one common
        pose taken out; ``opposite``: percent of pictures that are more than 90° off;
        ``degrees_of_axis``: the median error when upside down counts as upright.
    """
    several = getattr(model, "transformer", None)
    if several is None:
        return {}
    model.eval()
    theta = torch.cat([several.theta(some) for some in task.test[0].split(256)])
    learned, truth = several.transform.matrix(theta), invert(task.test_theta)
    found = recovery(learned, truth, side=task.test[0].shape[-1])
    angles = [pose(one).angle for one in (learned, truth)]
    mine, true = (wrap(angle - mean_angle(angle)) for angle in angles)
    off = wrap(angles[0] - angles[1])
    twice = wrap(2 * off - mean_angle(2 * off)).abs() / 2
    off = wrap(off - mean_angle(off)).abs()
    kept = {
        "slope": ((true - true.mean()) * mine).sum() / (true - true.mean()).square().sum(),
        "r2_angle": found.r2_angle,
        "degrees": found.degrees,
        "degrees_of_axis": twice.rad2deg().median(),
        "opposite": 100 * (off > torch.pi / 2).float().mean(),
    }
    return {name: round(float(value), 4) for name, value in kept.items()}


def deep_cnn(places: tuple[str, ...], hidden: int) -> nn.Sequential:
    """Return a CNN for 28 × 28 pixels with a transformer at each of the places.

    Places are ``"input"``, ``"first"`` and ``"second"``, behind which block of convolution, ReLU
    and max-pool. Each transformer keeps the size of what it reads.
    """
    for place in places:
        check_choice("place", place, ("input", "first", "second"))
    blocks = {
        "input": ([], 1, 28),
        "first": ([nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2)], 16, 12),
        "second": ([nn.Conv2d(16, 32, 5), nn.ReLU(), nn.MaxPool2d(2)], 32, 4),
    }
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    for name, (layers, channels, side) in blocks.items():
        if layers:
            parts[name] = nn.Sequential(*layers)
        if name in places:
            look = nn.Sequential(
                nn.AvgPool2d(2), nn.Conv2d(channels, 8, 3, padding=1), nn.ReLU(),
                nn.MaxPool2d(2, ceil_mode=True), nn.Flatten(),
                nn.Linear(8 * math.ceil(side / 4) ** 2, 32), nn.ReLU(), nn.Linear(32, 4),
            )  # fmt: skip
            parts[f"transformer at {name}"] = SpatialTransformer(look, Similarity())
    rest = nn.Sequential(nn.Flatten(), nn.Linear(512, hidden), nn.ReLU(), nn.Linear(hidden, 10))
    return nn.Sequential(parts | {"classifier": rest})
