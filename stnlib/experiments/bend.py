"""Three families of maps on four distortions: the networks, and what is measured of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial

import torch
from torch import Tensor, nn
from torch.nn.functional import grid_sample

from stnlib._checks import Size
from stnlib.coordinates import regular_grid
from stnlib.distortions import Distorted
from stnlib.experiments.plans import Plan
from stnlib.experiments.rivals import pooled_cnn
from stnlib.experiments.task import Task, TaskPlan
from stnlib.networks import st_cnn
from stnlib.transforms import Affine, Projective, ThinPlateSpline, Transform

COMPARED = {"affine": Affine(), "projective": Projective(), "spline": ThinPlateSpline((4, 4))}
STEPS = 1800
ROUNDS, CLOSE = 60, 1e-3  # to find an inverse; normalised units


def family_plans() -> dict[str, Plan]:
    """Return :func:`~stnlib.networks.st_cnn` with each family, for 28 × 28 pixels.

    All have batch norm, as the strongest plain rival has.
    """
    return {
        name: Plan(partial(st_cnn, 28, transform=family, batch_norm=True), STEPS)
        for name, family in COMPARED.items()
    }


def plain_plan() -> dict[str, Plan]:
    """Return the rival for 28 × 28 pixels, of as many weights and seconds."""
    build = partial(pooled_cnn, channels=(15, 32, 47))
    return {"pooled_cnn": Plan(build, 2800)}


def control_plans() -> dict[str, Plan]:
    """Return each family on the distortions that each of them undoes exactly."""
    plans = {}
    for inverse, other in COMPARED.items():
        task = TaskPlan(Undoable(other, 0.15, pool=2000), tested=Undoable(other, 0.15))
        for name, plan in family_plans().items():
            plans[f"{name}, undoable by {inverse}"] = replace(plan, steps=1200, task=task)
    return plans


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
        pool: how many maps are drawn, once, to choose from; None: a new one for each picture.
    """

    family: Transform
    spread: float
    pool: int | None = None

    def __call__(self, images: Tensor, *, generator: torch.Generator) -> Distorted:
        """Distort (B, C, H, W) pictures; the generator alone decides how."""
        size = tuple(images.shape[2:])
        if self.pool is None:
            theta, source = self.draw(len(images), size, generator)
        else:
            theta, source = _pool(self, size)
            chosen = torch.randint(self.pool, (len(images),), generator=generator)
            theta, source = theta[chosen], source[chosen]
        source = source.to(images).unflatten(1, size)
        return Distorted(grid_sample(images, source, align_corners=False), theta.to(images))

    def draw(self, count: int, size: Size, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return so many θ, and the points (count, H · W, 2) that T_θ sends to the pixels."""
        moves = self.spread * torch.randn((count, self.family.n_params), generator=generator)
        source, off = self._undo(moves, size)
        while len(bad := (off > CLOSE).nonzero()[:, 0]):
            moves[bad] /= 2
            source[bad], off[bad] = self._undo(moves[bad], size)
        return self.family.identity() + moves, source

    def _undo(self, moves: Tensor, size: Size) -> tuple[Tensor, Tensor]:
        """Return the points (B, H · W, 2) that T_θ sends to the pixels, and how far off."""
        theta = self.family.identity() + moves
        wanted = regular_grid(size).reshape(1, -1, 2)
        source, left = wanted.repeat(len(moves), 1, 1), torch.arange(len(moves))
        off = torch.full((len(moves),), torch.inf)
        for _ in range(ROUNDS):  # each point moves by what is still missing
            missing = wanted - self.family.points(theta[left], source[left])
            off[left] = missing.abs().amax((1, 2)).nan_to_num(torch.inf)
            left, missing = left[off[left] > CLOSE], missing[off[left] > CLOSE]
            if not len(left):
                break
            source[left] += missing
        return source, off


@cache
def _pool(distortion: Undoable, size: Size) -> tuple[Tensor, Tensor]:
    """Draw the maps of a pool, once."""
    return distortion.draw(distortion.pool, size, torch.Generator().manual_seed(0))
