"""Small networks to break: they train in seconds, on digits of 10 pixels on a canvas of 21."""

from __future__ import annotations

from torch import Tensor, nn

from stnlib._checks import Size, check_choice
from stnlib.networks import st_cnn
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import Similarity


def small_st_cnn(**options) -> nn.Sequential:
    """Return an :func:`~stnlib.networks.st_cnn` of 12,000 weights for 21 × 21 pixels."""
    widths = {"localisation": (8, 32), "channels": (16,), "hidden": (32,)}
    return st_cnn(21, output_size=12, **widths, **options)


class Swapped(Similarity):
    """A family with a slip: its grids say (y, x) where everything else says (x, y)."""

    def grid(self, theta: Tensor, size: Size, *, align_corners: bool = False) -> Tensor:
        return super().grid(theta, size, align_corners=align_corners).flip(-1)


def shallow_cnn(place: str | None) -> nn.Sequential:
    """Return a network for turned 14 × 14 digits, its transformer ``"before"`` or ``"behind"``.

    That is before or behind the one convolution; None: without a transformer.

    Raises:
        ValueError: another word.
    """
    check_choice("place", place, ("before", "behind", None))

    def transformer(channels: int) -> SpatialTransformer:
        look = nn.Sequential(
            nn.Conv2d(channels, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(8 * 49, 32), nn.ReLU(), nn.Linear(32, 4),
        )  # fmt: skip
        return SpatialTransformer(look, Similarity())

    parts = [nn.Conv2d(1, 16, 5, padding=2), nn.ReLU()]
    if place is not None:
        parts.insert(*((0, transformer(1)) if place == "before" else (2, transformer(16))))
    parts += [nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16 * 49, 32), nn.ReLU(), nn.Linear(32, 10)]
    return nn.Sequential(*parts)
