"""Two digits in two channels, to be added: the task and the networks (the paper's appendix)."""

from __future__ import annotations

from collections import OrderedDict
from itertools import pairwise

import torch
from torch import Tensor, nn

from stnlib.affine import invert, matrix
from stnlib.alignment import recovery
from stnlib.experiments.task import TEST_SEED, Task
from stnlib.networks import cnn
from stnlib.several import ParallelTransformer
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import Affine, Transform

CLASSES = 19  # sums of two digits


class Sums(Task):
    """Two digits in two channels, each distorted by itself; the label is their sum (appendix).

    ``test_theta`` holds the maps of both, (N, 2, 2, 3). ``copies`` is that of each test digit in
    the first channel; which digit stands in the second is drawn once.
    """

    def __init__(self, train, test, distortion, **options) -> None:
        super().__init__(train, test, distortion, **options)
        generator = torch.Generator().manual_seed(TEST_SEED)
        sets = []
        for _ in range(self.copies):
            partner = torch.randperm(len(test.labels), generator=generator)
            pair = torch.stack((torch.arange(len(partner)), partner), dim=1)
            sets.append(self._add(test.images, test.labels, pair, generator))
        images, labels, theta = (torch.cat(parts) for parts in zip(*sets, strict=True))
        self.test, self.test_theta = (images, labels), theta
        self.probe_index = torch.arange(8)

    def __call__(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        pair = torch.randint(len(self.labels), (self.batch, 2), generator=generator)
        return self._add(self.images, self.labels, pair, generator)[:2]

    def _add(self, images, labels, pair, generator) -> tuple[Tensor, Tensor, Tensor]:
        """Return the pictures, sums (B,) and the maps of both digits, (B, 2, ...)."""
        made = [self.distortion(images[index], generator=generator) for index in pair.unbind(1)]
        maps = torch.stack([one.theta for one in made], dim=1)
        return self.together(*(one.images for one in made)), labels[pair].sum(1), maps

    @staticmethod
    def together(first: Tensor, second: Tensor) -> Tensor:
        """Return one picture of both, (B, 2, H, W)."""
        return torch.cat((first, second), dim=1)


def norm_dense(*widths: int) -> nn.Sequential:
    """Return linear layers of these widths, with batch norm and ReLU between two of them."""
    layers: list[nn.Module] = [nn.Flatten()]
    for before, after in pairwise(widths[:-1]):
        layers += [nn.Linear(before, after, bias=False), nn.BatchNorm1d(after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(*widths[-2:]))


def sum_fcn(size: int, hidden: int) -> nn.Sequential:
    """Return a fully connected network with batch norm that reads two channels."""
    return norm_dense(2 * size * size, hidden, hidden, CLASSES)


def sum_cnn(
    size: int = 21, channels: tuple[int, ...] = (24, 72), hidden: int = 70
) -> nn.Sequential:
    """Return a :func:`~stnlib.networks.cnn` with batch norm, in its dense part too."""
    parts = [*cnn(size, channels=channels, hidden=(), in_channels=2, batch_norm=True)][:-2]
    features = nn.Sequential(*parts).eval()(torch.zeros(1, 2, size, size)).numel()
    return nn.Sequential(*parts, norm_dense(features, hidden, CLASSES))


def sum_st_fcn(
    size: int, count: int, transform: Transform, *, localisation: int, hidden: int = 48,
    output_size: int = 12,
) -> nn.Sequential:  # fmt: skip
    """Return ``count`` transformers side by side, then a network as :func:`sum_fcn`.

    Each has a localisation network of its own, of two hidden layers, and reads both channels.
    """
    read = [
        SpatialTransformer(
            norm_dense(2 * size * size, localisation, 32, transform.n_params),
            transform,
            output_size,
        )
        for _ in range(count)
    ]
    rest = norm_dense(count * 2 * output_size**2, hidden, hidden, CLASSES)
    return nn.Sequential(OrderedDict(transformer=ParallelTransformer(*read), classifier=rest))


@torch.no_grad()
def measure_share(model: nn.Module, task: Task) -> dict:
    """Return whose place each transformer follows: nothing of a network without one.

    Returns:
        ``follows``: for each transformer, R² of the place, once for the digit of each channel, as
        :func:`stnlib.alignment.recovery` gives it. Of a map that is no affine one the affine map
        is taken that agrees with it at the middle and half-way to two sides.
    """
    several = getattr(model, "transformer", None)
    if not isinstance(several, ParallelTransformer):
        return {}
    model.eval()
    images = task.test[0]
    follows = []
    for one in several:
        maps = torch.cat([nearest_affine(one.transform, one.theta(x)) for x in images.split(256)])
        found = [
            recovery(maps, invert(task.test_theta[:, channel]), side=images.shape[-1])
            for channel in range(task.test_theta.shape[1])
        ]
        follows.append([round(one.r2_shift, 4) for one in found])
    return {"follows": follows}


def nearest_affine(transform: Transform, theta: Tensor) -> Tensor:
    """Return the affine map that a map agrees with at (0, 0), (½, 0) and (0, ½), (B, 2, 3)."""
    if isinstance(transform, Affine):
        return transform.matrix(theta)
    middle, right, below = transform.points(
        theta, theta.new_tensor([[0.0, 0.0], [0.5, 0.0], [0.0, 0.5]])
    ).unbind(1)
    return matrix(torch.stack((2 * (right - middle), 2 * (below - middle), middle), -1).flatten(1))
