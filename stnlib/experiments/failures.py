"""Small networks to break: they train in seconds, on digits of 10 pixels on a canvas of 21."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from torch import Tensor, nn

from stnlib._checks import Size, check_choice
from stnlib.experiments.plans import Plan
from stnlib.experiments.task import Fixed, TaskPlan
from stnlib.networks import st_cnn
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import Affine, Similarity


def small_st_cnn(**options) -> nn.Sequential:
    """Return an :func:`~stnlib.networks.st_cnn` of 12,000 weights for 21 × 21 pixels."""
    widths = {"localisation": (8, 32), "channels": (16,), "hidden": (32,)}
    return st_cnn(21, output_size=12, **widths, **options)


class Swapped(Similarity):
    """A family with a slip: its grids say (y, x) where everything else says (x, y)."""

    def grid(self, theta: Tensor, size: Size, *, align_corners: bool = False) -> Tensor:
        return super().grid(theta, size, align_corners=align_corners).flip(-1)


def failing(
    build: Callable[..., nn.Module], task: TaskPlan, steps: int, rate: float
) -> dict[str, Plan]:
    """Return healthy runs of a network, and runs of it that are broken in one thing each.

    Args:
        build: makes the network; takes ``transform`` and ``identity_start``.
        task: for it. steps, rate: of a healthy run.
    """
    usual, affine = {"learning_rate": rate}, partial(build, transform=Affine())
    return {
        "healthy": Plan(build, steps, usual),
        "healthy, affine": Plan(affine, steps, usual),
        "healthy, long": Plan(build, 5 * steps // 2, usual),
        "random start": Plan(partial(affine, identity_start=False), steps, usual),
        "localisation × 20": Plan(affine, steps, usual | {"localisation_rate": 20 * rate}),
        "localisation × 100": Plan(affine, steps, usual | {"localisation_rate": 100 * rate}),
        "rate × 20": Plan(build, steps, {"learning_rate": 20 * rate}),
        "256 pictures": Plan(build, 5 * steps // 2, usual, replace(task, kind=Fixed)),
        "x and y swapped": Plan(partial(build, transform=Swapped()), steps, usual),
    }


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
