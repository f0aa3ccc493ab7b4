"""Networks to compare with: a strong plain CNN, a transformer held still, PyTorch's tutorial."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from stnlib.transformer import SpatialTransformer
from stnlib.transforms import Affine

TUTORIAL_MEAN, TUTORIAL_DEVIATION = 0.1307, 0.3081  # of MNIST's undistorted pixels


def pooled_cnn(
    *, channels: Sequence[int] = (16, 34, 52), kernels: Sequence[int] = (5, 5, 3),
    strides: Sequence[int] = (2, 1, 1), pool: type[nn.Module] = nn.AdaptiveMaxPool2d,
    classes: int = 10,
) -> nn.Sequential:  # fmt: skip
    """Return a plain CNN that is good at digits anywhere: it asks what there is, not where.

    Convolution, batch norm and ReLU, with a max-pool 2 between two of them; the largest answer of
    each last channel over the whole picture (or, by ``pool``, the mean); one linear layer. Any
    size of picture will do.
    """
    layers: list[nn.Module] = []
    parts = zip(pairwise((1, *channels)), kernels, strides, strict=True)
    for (before, after), kernel, stride in parts:
        layers += [nn.MaxPool2d(2), nn.ReLU()] if layers else []
        layers += [nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False)]
        layers += [nn.BatchNorm2d(after)]
    layers += [nn.ReLU(), pool(1), nn.Flatten(), nn.Linear(channels[-1], classes)]
    return nn.Sequential(*layers)


def freeze_transformer(build: Callable[[], nn.Sequential]) -> nn.Sequential:
    """Build a network whose transformer stays at the identity: it shrinks, and never looks."""
    network = build()
    network.transformer.requires_grad_(False)
    return network


class Normalise(nn.Module):
    """Subtract a mean and divide by a deviation: black is no longer 0, as in the tutorial."""

    def forward(self, image: Tensor) -> Tensor:
        return (image - TUTORIAL_MEAN) / TUTORIAL_DEVIATION


def tutorial_training() -> dict:
    """Return what ``fit`` is given to train as the tutorial does: plain SGD at a constant rate."""
    return {"optimizer": torch.optim.SGD, "learning_rate": 0.01, "schedule": "constant"}


def tutorial_network(size: int = 42) -> nn.Sequential:
    """Return a network of the layers that PyTorch's tutorial on spatial transformers has.

    Its pictures are 28 × 28; for others only the first linear layers grow.
    """

    def convolutions(side: int, widths: Sequence[int], kernels: Sequence[int], drop: bool):
        layers: list[nn.Module] = []
        for (before, after), kernel in zip(pairwise(widths), kernels, strict=True):
            layers += [nn.Conv2d(before, after, kernel)]
            layers += [nn.Dropout2d()] if drop and before > 1 else []
            layers += [nn.MaxPool2d(2), nn.ReLU()]
            side = (side - kernel + 1) // 2
        return [*layers, nn.Flatten()], widths[-1] * side * side

    look, seen = convolutions(size, (1, 8, 10), (7, 5), drop=False)
    look += [nn.Linear(seen, 32), nn.ReLU(), nn.Linear(32, 6)]
    rest, features = convolutions(size, (1, 10, 20), (5, 5), drop=True)
    rest += [nn.Linear(features, 50), nn.ReLU(), nn.Dropout(), nn.Linear(50, 10)]
    parts = OrderedDict(normalise=Normalise())
    parts["transformer"] = SpatialTransformer(nn.Sequential(*look), Affine())
    parts["classifier"] = nn.Sequential(*rest)
    return nn.Sequential(parts)
