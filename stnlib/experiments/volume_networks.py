"""The networks of chapter 12, which read volumes: (B, 1, 24, 24, 24)."""

from __future__ import annotations

from collections import OrderedDict
from itertools import pairwise

import torch
from torch import Tensor, nn

from stnlib._checks import check_choice
from stnlib.experiments.volumes import SIDE
from stnlib.networks import cnn
from stnlib.several import ParallelTransformer
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import Affine3d


class Flatten(nn.Module):
    """Make a volume (B, C, D, H, W) a picture (B, C, H, W): its mean along z, or its middle.

    Where the number of slices is even, the middle is the mean of two, as a reading at z = 0.
    """

    def __init__(self, how: str = "mean") -> None:
        super().__init__()
        self.how = check_choice("how", how, ("mean", "middle"))

    def forward(self, volume: Tensor) -> Tensor:
        depth = volume.shape[2]
        if self.how == "middle":
            volume = volume[:, :, (depth - 1) // 2 : depth // 2 + 1]
        return volume.mean(2)

    def extra_repr(self) -> str:
        return f"how={self.how!r}"


def volume_localisation(channels: tuple[int, int], hidden: int, side: int = SIDE) -> nn.Sequential:
    """Return a localisation network of volumes: two convolutions at half the voxels, 12 numbers."""
    first, second = channels
    left = (side // 2 - 2) // 2 - 2
    return nn.Sequential(
        nn.AvgPool3d(2), nn.Conv3d(1, first, 3), nn.ReLU(), nn.MaxPool3d(2),
        nn.Conv3d(first, second, 3), nn.ReLU(), nn.Flatten(),
        nn.Linear(second * left**3, hidden), nn.ReLU(), nn.Linear(hidden, 12),
    )  # fmt: skip


def volume_st_cnn(
    slices: int, *, count: int = 1, localisation: tuple[int, int, int] = (8, 16, 32),
    channels: tuple[int, ...] = (16, 24), hidden: int = 48, window: int = 20, classes: int = 10,
) -> nn.Sequential:  # fmt: skip
    """Return ``count`` transformers of volumes side by side, and a CNN of what they read.

    Each reads ``slices`` slices of ``window`` × ``window`` pixels, of which the mean is taken.
    ``localisation`` has two channels and a hidden width.
    """
    *two, width = localisation
    read = [
        SpatialTransformer(volume_localisation(two, width), Affine3d(), (slices, window, window))
        for _ in range(count)
    ]
    transformer = read[0] if count == 1 else ParallelTransformer(*read)
    options = {"channels": channels, "hidden": (hidden,), "batch_norm": True, "classes": classes}
    rest = cnn(window, in_channels=count, **options)
    parts = OrderedDict(transformer=transformer, flatten=Flatten(), classifier=rest)
    return nn.Sequential(parts)


def flat_cnn(how: str, channels: tuple[int, ...] = (16, 32), hidden: int = 66) -> nn.Sequential:
    """Return a CNN of the volume's mean along z, or of its middle slice."""
    options = {"channels": channels, "hidden": (hidden,), "batch_norm": True}
    return nn.Sequential(Flatten(how), cnn(SIDE, **options))


def volume_cnn(
    channels: tuple[int, ...] = (12, 24, 28), hidden: int = 30, classes: int = 10
) -> nn.Sequential:
    """Return a CNN of volumes: convolutions with batch norm at half the voxels, dense layers."""
    features = nn.Sequential(*_convolutions_3d(channels), nn.Flatten())
    with torch.no_grad():
        width = features.eval()(torch.zeros(1, 1, SIDE, SIDE, SIDE)).shape[1]
    dense = [nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, classes)]
    return nn.Sequential(*features.train(), *dense)


def pooled_volume_cnn(channels: tuple[int, ...] = (12, 24, 38), classes: int = 10) -> nn.Sequential:
    """Return a CNN of volumes with one pool over all that is left, and one layer behind it."""
    layers = _convolutions_3d(channels)
    end = [nn.AdaptiveMaxPool3d(1), nn.Flatten(), nn.Linear(channels[-1], classes)]
    return nn.Sequential(*layers, *end)


def _convolutions_3d(channels: tuple[int, ...]) -> list[nn.Module]:
    """List a mean over 2 × 2 × 2 voxels, then convolutions of 3 × 3 × 3, the second pooled."""
    layers: list[nn.Module] = [nn.AvgPool3d(2)]
    for place, (before, after) in enumerate(pairwise((1, *channels))):
        layers += [nn.Conv3d(before, after, 3, bias=False), nn.BatchNorm3d(after), nn.ReLU()]
        layers += [nn.MaxPool3d(2)] if place == 1 else []
    return layers
