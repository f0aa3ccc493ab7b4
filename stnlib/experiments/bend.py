"""Three families of maps on four distortions: the networks, and what is measured of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import grid_sample

from stnlib.coordinates import regular_grid
from stnlib.distortions import Distorted
from stnlib.experiments.plans import Plan
from stnlib.experiments.rivals import pooled_cnn
from stnlib.experiments.task import Task, TaskPlan
from stnlib.networks import cnn, fcn, st_cnn
from stnlib.transforms import Affine, Projective, ThinPlateSpline, Transform

COMPARED = {"affine": Affine(), "projective": Projective(), "spline": ThinPlateSpline((4, 4))}
STEPS = 1800
ROUNDS, CLOSE = 60, 1e-3  # to find an inverse; normalised units


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


def control_plans() -> dict[str, Plan]:
    """Return each family on the distortions that each of them undoes exactly."""
    return {
        f"{name}, undoable by {inverse}": Plan(
            partial(st_cnn, 28, transform=family), STEPS, task=TaskPlan(Undoable(other, 0.15))
        )
        for name, family in COMPARED.items()
        for inverse, other in COMPARED.items()
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


@dataclass(frozen=True)
class Undoable:
    """A control: a distortion that a family undoes exactly, but for two readings.

    A map T_θ of the family is drawn, and the picture is read at T_θ⁻¹, so that reading the result
    at T_θ gives the picture back. theta is θ. The inverse is found by iteration.

    Attributes:
        family: of the map.
        spread: of θ around the identity: each number moves by so many times a normal number. A map
            whose inverse is not found is brought nearer to the identity, by halves.
    """

    family: Transform
    spread: float

    def __call__(self, images: Tensor, *, generator: torch.Generator) -> Distorted:
        """Distort (B, C, H, W) pictures; the generator alone decides how."""
        moves = torch.randn((len(images), self.family.n_params), generator=generator)
        moves, size = self.spread * moves.to(images), tuple(images.shape[2:])
        source, off = self._undo(moves, size)
        while (bad := off > CLOSE).any():
            moves = torch.where(bad[:, None], moves / 2, moves)
            source, off = self._undo(moves, size)
        made = grid_sample(images, source.unflatten(1, size), align_corners=False)
        return Distorted(made, self.family.identity().to(images) + moves)

    def _undo(self, moves: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """Return the points (B, H · W, 2) that T_θ sends to the pixels, and how far off."""
        theta = self.family.identity().to(moves) + moves
        wanted = regular_grid(size).to(moves).reshape(1, -1, 2)
        source = wanted.expand(len(moves), -1, -1)
        for _ in range(ROUNDS):  # each point moves by what is still missing
            missing = wanted - self.family.points(theta, source)
            source = source + missing
        return source, missing.abs().amax((1, 2)).nan_to_num(torch.inf)
