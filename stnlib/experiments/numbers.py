"""Numbers of three digits, moved, turned and among clutter: the task and the networks."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

import torch
from torch import Tensor, nn

from stnlib.affine import invert, matrix
from stnlib.distortions import RTS
from stnlib.distortions.similarities import scraps
from stnlib.experiments.task import TEST_SEED, Task
from stnlib.networks import ConvLocalisation, cnn
from stnlib.several import ParallelTransformer
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import Affine

DIGITS, CANVAS = 3, (28, 48)  # digits of a number; the canvas, which the distortion has too
SCRAPS, PATCH = 4, 5  # of other digits, and their side
WINDOW = 20  # height of what a transformer reads


class Numbers(Task):
    """Three digits side by side, distorted as one picture, among scraps of other digits.

    A label is three digits, (B, 3). ``copies`` is that of each test digit as the first of three;
    which ones stand behind it is drawn once.
    """

    def __init__(self, train, test, distortion, **options) -> None:
        super().__init__(train, test, distortion, **options)
        generator = torch.Generator().manual_seed(TEST_SEED)
        sets = []
        for _ in range(self.copies):
            first = torch.arange(len(test.labels))
            rest = [torch.randperm(len(first), generator=generator) for _ in range(DIGITS - 1)]
            index = torch.stack((first, *rest), dim=1)
            sets.append(_write(test.images, test.labels, index, distortion, generator))
        images, labels, theta = (torch.cat(parts) for parts in zip(*sets, strict=True))
        self.test, self.test_theta = (images, labels), theta
        self.probe_index = torch.arange(8)

    def __call__(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        index = torch.randint(len(self.labels), (self.batch, DIGITS), generator=generator)
        return _write(self.images, self.labels, index, self.distortion, generator)[:2]


def _write(images, labels, index, distortion: RTS, generator) -> tuple[Tensor, Tensor, Tensor]:
    """Return pictures (B, 1, H, W), labels (B, 3) and the maps of the rows (B, 2, 3)."""
    rows = torch.cat([images[one] for one in index.unbind(1)], dim=3)
    made = distortion(rows, generator=generator)
    draw = torch.rand((len(index), SCRAPS, 5), generator=generator)
    crops, places = scraps(images[index[:, 0]], CANVAS, PATCH, draw)
    flat = made.images.flatten(2).scatter_reduce(2, places, crops, "amax")
    return flat.reshape(made.images.shape), labels[index], made.theta


class ThreeScores(nn.Module):
    """Ten scores for each of three digits: (B, 30) becomes (B, 10, 3)."""

    def forward(self, scores: Tensor) -> Tensor:
        return scores.unflatten(1, (10, DIGITS))


class Cut(nn.Module):
    """Cut a picture (B, 1, H, 3 · W) into three side by side, (B, 3, H, W)."""

    def forward(self, image: Tensor) -> Tensor:
        return torch.cat(image.chunk(DIGITS, dim=3), dim=1)


class EachAlone(nn.Module):
    """One classifier for all windows: the channels one by one, scores (B, 10, k)."""

    def __init__(self, classifier: nn.Module) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, windows: Tensor) -> Tensor:
        each = self.classifier(windows.flatten(0, 1)[:, None])
        return each.unflatten(0, windows.shape[:2]).transpose(1, 2)


def three_heads(
    channels: tuple[int, ...] = (14, 29, 35), kernels: tuple[int, ...] = (5, 5, 3)
) -> nn.Sequential:
    """Return a CNN with batch norm that gives the scores of all three digits."""
    sizes = {"channels": channels, "kernels": kernels, "classes": 10 * DIGITS}
    return nn.Sequential(cnn(CANVAS, batch_norm=True, **sizes), ThreeScores())


def one_window(*, frozen: bool = False) -> nn.Sequential:
    """Return a transformer that reads the row, cut in three for one classifier.

    ``frozen``: it stays at the identity, and the picture itself is cut in three.
    """
    transformer = _transformer((WINDOW, DIGITS * WINDOW), (10, 22))
    transformer.requires_grad_(not frozen)
    parts = OrderedDict(transformer=transformer, cut=Cut(), classifier=_reader())
    return nn.Sequential(parts)


def three_windows(*, apart: bool = True) -> nn.Sequential:
    """Return three transformers side by side, each read by one and the same classifier.

    They start at the left, middle and right third of the picture; not ``apart``: at the identity.
    """
    starts = [(1 / DIGITS, (2 * i + 1) / DIGITS - 1) for i in range(DIGITS)]
    one = partial(_transformer, (WINDOW, WINDOW), (8, 8))
    several = ParallelTransformer(*(one(start=start if apart else (1.0, 0.0)) for start in starts))
    return nn.Sequential(OrderedDict(transformer=several, classifier=_reader()))


def _reader() -> EachAlone:
    return EachAlone(cnn(WINDOW, channels=(16, 32), batch_norm=True))


def _transformer(
    size: tuple[int, int], channels: tuple[int, int], start: tuple[float, float] = (1.0, 0.0)
) -> SpatialTransformer:
    """Return a transformer that starts with a window so wide, at such an x, over all rows."""
    look = ConvLocalisation(CANVAS, 6, channels, batch_norm=True)
    transformer = SpatialTransformer(look, Affine(), size)
    with torch.no_grad():
        look[-1].bias[[0, 2]] = look[-1].bias.new_tensor(start)
    return transformer


@torch.no_grad()
def measure_windows(model: nn.Module, task: Task) -> dict:
    """Return which digit each window, or third of the one window, lies over.

    Returns:
        ``nearest``: three rows, one for each window from the first head on: in how many percent of
        the test pictures its middle is nearest to the first, second and third digit; ``pixels``:
        the median way from its middle to the nearest. Nothing of a network without transformers.
    """
    several = getattr(model, "transformer", None)
    if several is None:
        return {}
    model.eval()
    images = task.test[0]
    theta = torch.cat([several.theta(some) for some in images.split(256)])
    thirds = theta.new_tensor([[-2 / 3, 0.0], [0.0, 0.0], [2 / 3, 0.0]])
    if isinstance(several, ParallelTransformer):
        middles = torch.stack([matrix(one)[:, :, 2] for one in theta.chunk(DIGITS, dim=1)], dim=1)
    else:
        middles = Affine().points(theta, thirds)
    true = Affine().points(invert(task.test_theta).flatten(1), thirds)
    half = theta.new_tensor(CANVAS[::-1]) / 2
    away = torch.cdist(middles * half, true * half)  # (N, window, digit)
    nearest = nn.functional.one_hot(away.argmin(2), DIGITS).float().mean(0)
    return {
        "nearest": [[round(100 * x, 1) for x in row] for row in nearest.tolist()],
        "pixels": [round(x, 2) for x in away.amin(2).median(0).values.tolist()],
    }
