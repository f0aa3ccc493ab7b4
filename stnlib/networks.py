"""Localisation networks, the paper's four classifiers, and a fair match of their sizes.

The defaults are small: for 42 × 42 pictures about 30,000 weights for the two CNNs and 68,000 for
the two FCNs, which train in under a minute on a laptop. ``PAPER`` holds keyword arguments for
networks of the paper's shape, as in ``st_cnn(42, **PAPER["st_cnn"], pool=2)``: the upper end where
it gives a range of widths, and for RTS and TC a pool after the transformer.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from stnlib._checks import (
    LONGEST,
    Size,
    check_callable,
    check_count,
    check_flag,
    check_module,
    check_number,
    check_sequence,
    check_size,
    check_tensor,
    describe,
)
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import Similarity, Transform

PAPER = {"fcn": {"hidden": (256, 256)}}
PAPER["cnn"] = {"channels": (64, 64), "kernels": (9, 7), "hidden": ()}
PAPER["st_fcn"] = {**PAPER["fcn"], "output_size": None, "localisation": (32, 32, 32)}
PAPER["st_cnn"] = {**PAPER["cnn"], "output_size": None, "localisation": (20, 20, 20)}


def count_parameters(module: nn.Module) -> int:
    """Return how many numbers of a module are learned.

    >>> count_parameters(nn.Linear(3, 2))
    8
    """
    parameters = check_module("module", module).parameters()
    return sum(p.numel() for p in parameters if p.requires_grad)


def width_for(build: Callable[[int], nn.Module], budget: int, *, tolerance: float = 0.02) -> int:
    """Return the width whose network comes closest to a budget of parameters, by bisection.

    Args:
        build: makes a network from a whole number from 1 on; the more, the more parameters. It is
            called on the ``meta`` device: nothing is computed and no random number is drawn.
        budget: the number of parameters to match.
        tolerance: how far off the match may be, as a share of the budget.

    Raises:
        TypeError, ValueError: the budget is no whole number, or no width comes close enough.

    >>> width_for(lambda width: fcn(42, hidden=(width, width)), count_parameters(st_fcn(42)))
    38
    """
    budget = check_count("budget", budget)
    check_callable("build", build, "a function of a width")
    if not 0 <= check_number("tolerance", tolerance) < math.inf:
        raise ValueError(f"tolerance: expected 0 or more, got {tolerance}")

    def count(width: int) -> int:
        with torch.device("meta"):
            return count_parameters(check_module("what build returns", build(width)))

    low, high = 1, 2
    while high <= budget and count(high) <= budget:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(middle) <= budget else (low, middle)
    best = min((low, high), key=lambda width: abs(count(width) - budget))
    if abs(count(best) - budget) > tolerance * budget:
        raise ValueError(
            f"width_for: expected {budget} parameters to within {tolerance:.1%}, "
            f"the closest is width {best} with {count(best)}"
        )
    return best


class Expect(nn.Module):
    """Pass on pictures of one (C, H, W), and refuse others in one sentence."""

    def __init__(self, channels: int, sides: tuple[int, int]) -> None:
        super().__init__()
        self.shape = (check_count("in_channels", channels), *sides)

    def forward(self, image: Tensor) -> Tensor:
        shape = ", ".join(map(str, ("B", *self.shape)))
        if check_tensor("image", image, f"({shape})").shape[1:] != self.shape:
            raise ValueError(f"image: expected shape ({shape}), got {describe(image)}")
        return image


def _dense(*widths: int) -> list[nn.Module]:
    """List linear layers of these widths with a ReLU between two."""
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [
            nn.Linear(before, check_count("width of a layer", after, most=LONGEST)),
            nn.ReLU(),
        ]
    return layers[:-1]


def _convolutions(sides, channels, kernels, batch_norm=False) -> tuple[list[nn.Module], int]:
    """List conv, max-pool 2 (a last odd row is kept), ReLU, and count the features at the end.

    The largest of four numbers is the same before a ReLU and after it, slopes too, and behind the
    pool there is a quarter of them to cut off.
    """
    if len(kernels) != len(channels) - 1:
        raise ValueError(f"kernels: expected {len(channels) - 1} of them, got {len(kernels)}")
    layers, left = [], sides
    check_count("in_channels", channels[0])
    for (before, after), kernel in zip(pairwise(channels), kernels, strict=True):
        kernel = check_count("kernel", kernel)
        if min(left) < kernel:
            raise ValueError(f"size: expected room for kernels {kernels}, got {sides} pixels")
        check_count("channels of a layer", after, most=LONGEST)
        layers += [nn.Conv2d(before, after, kernel, bias=not batch_norm)]
        layers += [nn.BatchNorm2d(after)] if batch_norm else []
        layers += [nn.MaxPool2d(2, ceil_mode=True), nn.ReLU()]
        left = tuple((side - kernel + 2) // 2 for side in left)
    return [*layers, nn.Flatten()], channels[-1] * math.prod(left)


class DenseLocalisation(nn.Sequential):
    """A fully connected localisation network: C · H · W numbers, hidden widths, θ.

    >>> DenseLocalisation(42 * 42, 4)(torch.zeros(2, 1, 42, 42)).shape
    torch.Size([2, 4])
    """

    def __init__(self, in_features: int, n_params: int, hidden: Sequence[int] = (32, 32)) -> None:
        check_count("in_features", in_features)
        super().__init__(
            nn.Flatten(), *_dense(in_features, *check_sequence("hidden", hidden), n_params)
        )


class ConvLocalisation(nn.Sequential):
    """A convolutional localisation network: average-pool 2, convolutions of 5 × 5, hidden, θ.

    ``batch_norm`` puts a batch normalisation behind each convolution.

    >>> count_parameters(ConvLocalisation(42, 4))
    8196
    """

    def __init__(
        self, size: Size, n_params: int, channels=(8, 16), hidden=32, in_channels=1,
        batch_norm=False,
    ) -> None:  # fmt: skip
        height, width = sides = check_size("size", size)
        if not (channels := check_sequence("channels", channels)):
            raise ValueError("channels: expected those of one convolution at least, got none")
        half, kernels = (height // 2, width // 2), (5,) * len(channels)
        check_flag("batch_norm", batch_norm)
        layers, features = _convolutions(half, (in_channels, *channels), kernels, batch_norm)
        layers += _dense(features, hidden, n_params)
        super().__init__(Expect(in_channels, sides), nn.AvgPool2d(2), *layers)


def fcn(size: Size, *, hidden=(38, 38), classes: int = 10, in_channels: int = 1) -> nn.Sequential:
    """Return the fully connected classifier: all pixels, layers of ``hidden`` widths, scores."""
    check = Expect(in_channels, check_size("size", size))
    widths = *check_sequence("hidden", hidden), classes
    return nn.Sequential(check, nn.Flatten(), *_dense(math.prod(check.shape), *widths))


def cnn(
    size: Size, *, channels=(12, 24, 26), kernels=None, hidden=(64,), classes=10, in_channels=1,
    batch_norm=False,
) -> nn.Sequential:  # fmt: skip
    """Return the convolutional classifier: convolutions (5 × 5 each), dense layers, scores.

    ``batch_norm`` puts a batch normalisation, which the paper has not, behind each convolution.
    """
    check_flag("batch_norm", batch_norm)
    sides, channels = check_size("size", size), check_sequence("channels", channels)
    kernels = (5,) * len(channels) if kernels is None else check_sequence("kernels", kernels)
    hidden = check_sequence("hidden", hidden)
    layers, features = _convolutions(sides, (in_channels, *channels), kernels, batch_norm)
    layers += _dense(features, *hidden, classes)
    return nn.Sequential(Expect(in_channels, sides), *layers)


def st_fcn(size: Size, *, localisation=(32, 32), hidden=(24, 24), **options) -> nn.Sequential:
    """Return an :func:`fcn` behind a transformer; arguments and parts as in :func:`st_cnn`.

    ``localisation`` holds the hidden widths of its :class:`DenseLocalisation`.
    """
    return _chain(fcn, size, localisation, hidden=hidden, **options)


def st_cnn(size: Size, *, localisation=(8, 16, 32), channels=(16, 32), **options) -> nn.Sequential:
    """Return a :func:`cnn` behind a transformer: parts ``transformer``, ``pool``, ``classifier``.

    Args:
        size: (height, width) of the pictures, or their side.
        localisation: channels and, last, hidden width of its :class:`ConvLocalisation`.
        channels, kernels, hidden, classes, in_channels, batch_norm: as in :func:`cnn`;
            ``batch_norm`` is for both networks.
        transform: the family T_θ; ``Similarity()`` when left out.
        output_size: what the transformer gives, 20 × 20 when left out; None: that of the picture.
        pool: average so many pixels each way after the transformer, 1 when left out.
        identity_start: as in :class:`~stnlib.transformer.SpatialTransformer`.
    """
    return _chain(cnn, size, localisation, channels=channels, **options)


def _chain(
    classify, size: Size, widths: Sequence[int], *, transform: Transform | None = None,
    output_size=20, pool=1, identity_start=True, in_channels=1, **options,
) -> nn.Sequential:  # fmt: skip
    """Put a transformer, a pool and a classifier in a row, each fitting what comes before."""
    sides, transform = check_size("size", size), Similarity() if transform is None else transform
    if not isinstance(transform, Transform):
        raise TypeError(f"transform: expected a stnlib Transform, got {describe(transform)}")
    widths = check_sequence("localisation", widths)
    if not widths and classify is cnn:
        raise ValueError("localisation: expected channels and, last, a hidden width, got none")
    if classify is cnn:
        norm = options.get("batch_norm", False)
        shape = widths[:-1], widths[-1], in_channels, norm
        look = ConvLocalisation(sides, transform.n_params, *shape)
    else:
        look = DenseLocalisation(in_channels * math.prod(sides), transform.n_params, widths)
    read = sides if output_size is None else check_size("output_size", output_size)
    transformer = SpatialTransformer(look, transform, read, identity_start=identity_start)
    if check_count("pool", pool) > min(read):
        raise ValueError(f"pool: expected at most the output's {min(read)} pixels, got {pool}")
    pooled = tuple(side // pool for side in read)
    rest = classify(pooled, in_channels=in_channels, **options)
    parts = OrderedDict(transformer=transformer, pool=nn.AvgPool2d(pool), classifier=rest)
    return nn.Sequential(parts)
