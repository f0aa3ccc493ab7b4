"""Three families of maps on four distortions: the networks, and what is measured of them."""

from __future__ import annotations

from functools import partial

import torch
from torch import nn

from stnlib.coordinates import regular_grid
from stnlib.experiments.plans import Plan
from stnlib.experiments.rivals import pooled_cnn
from stnlib.experiments.task import Task
from stnlib.networks import cnn, fcn, st_cnn
from stnlib.transforms import Affine, Projective, ThinPlateSpline, Transform

COMPARED = {"affine": Affine(), "projective": Projective(), "spline": ThinPlateSpline((4, 4))}
STEPS = 1800


def family_plans(side: int) -> dict[str, Plan]:
    """Return :func:`~stnlib.networks.st_cnn` with each family, for pictures of this side.

    The first and the last family come with batch norm too, as the strongest plain rival has it.
    """
    plans = {
        name: Plan(partial(st_cnn, side, transform=family), STEPS)
        for name, family in COMPARED.items()
    }
    for name in ("affine", "spline"):
        build = partial(st_cnn, side, transform=COMPARED[name], batch_norm=True)
        plans[f"{name}, batch norm"] = Plan(build, STEPS)
    return plans


def plain_plans() -> dict[str, Plan]:
    """Return plain networks for 28 × 28 pixels, of as many weights and half to all the seconds."""
    return {
        "fcn": Plan(partial(fcn, 28, hidden=(32, 32)), 10000),
        "cnn": Plan(partial(cnn, 28, channels=(12, 24), hidden=(48,)), 2000),
        "pooled_cnn": Plan(
            partial(pooled_cnn, channels=(15, 32, 47)), 2200, {"learning_rate": 4e-3}
        ),
    }


@torch.no_grad()
def measure_folds(model: nn.Module, task: Task) -> dict:
    """Return ``folded``: the percentage of test pictures whose sampling grid folds over."""
    transformer = getattr(model, "transformer", None)
    if transformer is None:
        return {}
    model.eval()
    family: Transform = transformer.transform
    points = regular_grid(transformer.output_size).reshape(-1, 2).to(task.test[0])
    folds = [
        family.folded(transformer.theta(images), points).any(dim=1)
        for images in task.test[0].split(256)
    ]
    return {"folded": round(100 * torch.cat(folds).float().mean().item(), 2)}
