"""What θ means: what is measured of a trained transformer, and the networks to measure it on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, grid_sample, mse_loss

from stnlib.affine import affine_grid, compose, invert, rotation, scaling, translation
from stnlib.alignment import Recovery, common_pose, mean_angle, pose, recovery, wrap
from stnlib.distortions import Distorted
from stnlib.experiments.task import Task
from stnlib.networks import cnn, st_cnn
from stnlib.training import evaluate

WINDOW, SIDE = 20, 28  # pixels of the transformer's output, and of an upright digit with its rim
TURNS = (0, 15, 30, 45, 60, 75, 90)  # degrees, by which a perfectly aligned digit is turned
MOVES = (0, 1, 2, 3, 4, 5)  # pixels of the output, by which it is moved

small_cnn = partial(cnn, WINDOW, channels=(16, 32))
norm_cnn = partial(cnn, WINDOW, channels=(16, 32), batch_norm=True)
linear_classifier = partial(cnn, WINDOW, channels=(), hidden=())


def st_cnn_with(classifier: Callable[[], nn.Module], *, batch_norm: bool = False) -> nn.Sequential:
    """Return :func:`~stnlib.networks.st_cnn` for 42 × 42 with another classifier.

    ``batch_norm`` is for the localisation network alone.
    """
    network = st_cnn(42, batch_norm=batch_norm)
    network.classifier = classifier()
    return network


def upright_window(theta: Tensor, window: float = WINDOW / SIDE) -> Tensor:
    """Return the map of a perfect transformer, given the one that made the picture.

    ``window`` is the part of the upright digit's side that is read; the default just holds the ink.
    """
    return compose(invert(theta), scaling(window))


@dataclass(frozen=True)
class Undone:
    """A distortion undone by its own truth: an oracle's transformer, with its one more reading.

    Attributes:
        distortion: what is undone.
        degrees: turn each picture by an angle drawn evenly from −degrees ... degrees afterwards.
        window: as in :func:`upright_window`.
    """

    distortion: Callable[..., Distorted]
    degrees: float = 0.0
    window: float = WINDOW / SIDE

    def __call__(self, images: Tensor, *, generator: torch.Generator) -> Distorted:
        made = self.distortion(images, generator=generator)
        maps = upright_window(made.theta, self.window)
        if self.degrees:
            draw = 2 * torch.rand(len(images), generator=generator) - 1
            maps = compose(maps, rotation(math.radians(self.degrees) * draw.to(maps)))
        return Distorted(_read(made.images, maps), made.theta)


class Told(Task):
    """A task whose labels hold the map of a perfect transformer too: (B, 7)."""

    def __call__(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        index = torch.randint(len(self.labels), (self.batch,), generator=generator)
        index = index.to(self.labels.device)
        made = self.distortion(self.images[index], generator=generator)
        maps = upright_window(made.theta).flatten(1)
        return made.images, torch.cat((self.labels[index, None].to(maps), maps), dim=1)


class Taught(nn.Module):
    """A network whose transformer learns from the true maps alone, and its classifier from labels.

    While it is trained it gives scores and the maps of θ, (B, 16); afterwards the scores alone.
    """

    def __init__(self, network: nn.Sequential) -> None:
        super().__init__()
        self.transformer, self.classifier = network.transformer, network.classifier

    def forward(self, image: Tensor) -> Tensor:
        with torch.no_grad():
            read = self.transformer(image)
        scores = self.classifier(read)
        if not self.training:
            return scores
        maps = self.transformer.transform.matrix(self.transformer.theta(image))
        return torch.cat((scores, maps.flatten(1)), dim=1)


def taught_st_cnn() -> Taught:
    """Return a taught :func:`~stnlib.networks.st_cnn` for 42 × 42."""
    return Taught(st_cnn(42))


def taught_loss(answer: Tensor, told: Tensor) -> Tensor:
    """Return the cross-entropy of the scores and the squared error of the maps, added."""
    scores, maps = answer.split((10, 6), dim=1)
    return cross_entropy(scores, told[:, 0].long()) + mse_loss(maps, told[:, 1:])


@torch.no_grad()
def measure_pose(model: nn.Module, task: Task) -> dict:
    """Return what a record keeps of a trained transformer, over the task's test set.

    Nothing of a network without one, or with an output of another size.

    Returns:
        ``pose`` and ``pose_by_class``: :class:`~stnlib.alignment.Recovery` with one common pose
        taken out, or one for each class. ``classes``: the first, for the pictures of each class.
        ``gauge``: the common pose, and ``class_gauges``: those of the classes, log-scale, angle
        and shift. ``overlap``: the energy of a class's mean output, as a share of the mean energy.
        ``turned``, ``moved``: percent wrong when the classifier gets the first 1,000 digits
        perfectly aligned, then turned by ``TURNS``, or moved by ``MOVES``, every other one to the
        other side. ``slope``: of the learned angle over the true one, both without their mean.
        ``sample``: θ of the first 100 test pictures.
    """
    transformer = getattr(model, "transformer", None)
    if transformer is None or transformer.output_size != (WINDOW, WINDOW):
        return {}
    images, labels = task.test
    model.eval()
    theta = torch.cat([transformer.theta(some) for some in images.split(256)])
    learned, truth = transformer.transform.matrix(theta), invert(task.test_theta)
    common, by_class = common_pose(learned, truth), common_pose(learned, truth, labels)
    members = [labels == label for label in range(10)]
    recover = partial(recovery, side=images.shape[-1])
    sign = 1 - 2 * (torch.arange(1000) % 2)
    aligned = compose(truth, common)[:1000]

    def wrong(change: Tensor) -> float:
        read = _read(images[:1000], compose(aligned, change))
        return evaluate(model.classifier, read, labels[:1000])

    return {
        "pose": _short(recover(learned, truth)),
        "pose_by_class": _short(recover(learned, truth, by_class)),
        "classes": [_short(recover(learned[m], truth[m], common)) for m in members],
        "gauge": _numbers(common),
        "class_gauges": [_numbers(by_class[m][:1]) for m in members],
        "overlap": round(_overlap(_read(images, learned), members), 4),
        "turned": [round(wrong(rotation(sign * math.radians(turn))), 2) for turn in TURNS],
        "moved": [round(wrong(translation(sign * 2 * move / WINDOW, 0.0)), 2) for move in MOVES],
        "slope": round(_slope(learned, truth), 4),
        "sample": [[round(x, 3) for x in one] for one in theta[:100].tolist()],
    }


def _read(images: Tensor, maps: Tensor) -> Tensor:
    return grid_sample(images, affine_grid(maps, (WINDOW, WINDOW)), align_corners=False)


def _short(found: Recovery) -> dict[str, float]:
    return {name: round(value, 4) for name, value in found._asdict().items()}


def _numbers(one: Tensor) -> list[float]:
    """Return log-scale, angle in radians and shift of one map."""
    return [round(x, 4) for x in torch.cat([part.flatten() for part in pose(one)]).tolist()]


def _slope(learned: Tensor, truth: Tensor) -> float:
    """Return the slope of the learned angles over the true ones, each around its circular mean."""
    angles = (pose(one).angle for one in (learned, truth))
    mine, true = (wrap(angle - mean_angle(angle)) for angle in angles)
    true = true - true.mean()
    return ((true * mine).sum() / true.square().sum()).item()


def _overlap(made: Tensor, members: list[Tensor]) -> float:
    """Return the energy of the classes' mean pictures, as shares of the mean energy; the mean."""
    classes = [made[m] for m in members]
    return sum(overlap(one).item() for one in classes) / len(classes)


def overlap(pictures: Tensor) -> Tensor:
    """Return the energy of the mean picture as a share of the mean energy: 1 if all are equal."""
    return pictures.mean(dim=0).square().sum() / pictures.square().sum(dim=(1, 2, 3)).mean()
