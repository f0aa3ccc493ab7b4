"""What may keep a window from running away at a high rate of its localisation network.

The weight of the loss on θ, the slope of the leaky units and the warm-up of the last plan were
chosen on validation digits, of six, by seeds 10 and 11.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, cross_entropy

from stnlib.experiments.failures import small_st_cnn
from stnlib.experiments.plans import Plan
from stnlib.sampler import sample
from stnlib.transforms import Similarity

HIGH = {"learning_rate": 5e-3, "localisation_rate": 0.1}
STEPS = 400


class Bounded(Similarity):
    """A similarity whose middle stays inside the picture, and whose scale in 1/e ... e."""

    def matrix(self, theta: Tensor) -> Tensor:
        log_scale, angle, *shift = theta.unbind(-1)
        bounded = log_scale.tanh(), angle, *(part.tanh() for part in shift)
        return super().matrix(torch.stack(bounded, dim=-1))


class Changed(nn.Module):
    """A network of :func:`~stnlib.networks.st_cnn` that is trained in another way.

    While it is trained, :meth:`learn` gives what the loss needs; afterwards it is as always.
    """

    def __init__(self, build: Callable[[], nn.Sequential] = small_st_cnn) -> None:
        super().__init__()
        network = build()
        self.transformer, self.classifier = network.transformer, network.classifier

    def forward(self, image: Tensor) -> Tensor:
        if self.training:
            return self.learn(image)
        return self.classifier(self.transformer(image))


class Tethered(Changed):
    """One whose θ costs: scores and the distance of θ from the identity, (B, 10 + n)."""

    def learn(self, image: Tensor) -> Tensor:
        transformer = self.transformer
        theta = transformer.theta(image)
        grid = transformer.transform.grid(theta, transformer.output_size)
        away = theta - transformer.transform.identity().to(theta)
        return torch.cat((self.classifier(sample(image, grid)), away), dim=1)


def tethered_loss(answer: Tensor, labels: Tensor, weight: float = 1.0) -> Tensor:
    """Return the cross-entropy, and ``weight`` times the mean square of the rest."""
    return cross_entropy(answer[:, :10], labels) + weight * answer[:, 10:].square().mean()


class Blurred(Changed):
    """One that reads a blurred picture at first: a pyramid, the coarsest level first.

    The blur is three boxes, of ``side`` pixels at the start and of 1 from ``until`` on.
    """

    def __init__(self, side: int = 7, until: int = STEPS // 2, **options) -> None:
        super().__init__(**options)
        self.side, self.until = side, until
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))

    def learn(self, image: Tensor) -> Tensor:
        left = max(1 - self.steps.item() / self.until, 0.0)
        self.steps += 1
        half = round(left * (self.side - 1) / 2)
        blurred = image
        for _ in range(3):
            blurred = avg_pool2d(blurred, 2 * half + 1, 1, half)
        return self.classifier(sample(blurred, self.transformer.grid(image)))


def started(log_scale: float) -> nn.Sequential:
    """Return :func:`~stnlib.experiments.failures.small_st_cnn` that starts with another window."""
    network = small_st_cnn()
    nn.init.constant_(network.transformer.localisation[-1].bias[:1], log_scale)
    return network


def leaky_st_cnn() -> nn.Sequential:
    """Return :func:`~stnlib.experiments.failures.small_st_cnn`; no unit that says θ can die."""
    network = small_st_cnn()
    look = network.transformer.localisation
    for name, part in list(look.named_children()):
        if isinstance(part, nn.ReLU):
            setattr(look, name, nn.LeakyReLU(0.01))
    return network


def repair_plans() -> dict[str, Plan]:
    """Return the runs: nothing mended, two lower rates, and repairs at the high one."""
    warmup, loss = {"warmup": STEPS // 4}, {"loss": partial(tethered_loss, weight=1.0)}
    leaky = partial(Tethered, build=leaky_st_cnn)
    return {
        "none": Plan(small_st_cnn, STEPS, HIGH),
        "localisation × 1": Plan(small_st_cnn, STEPS, HIGH | {"localisation_rate": 0.005}),
        "localisation × 4": Plan(small_st_cnn, STEPS, HIGH | {"localisation_rate": 0.02}),
        "warm-up": Plan(small_st_cnn, STEPS, HIGH | warmup),
        "bounds": Plan(partial(small_st_cnn, transform=Bounded()), STEPS, HIGH),
        "a larger window": Plan(partial(started, 0.4), STEPS, HIGH),
        "blur first": Plan(Blurred, STEPS, HIGH),
        "a loss on θ": Plan(Tethered, STEPS, HIGH | loss),
        "leaky ReLU": Plan(leaky_st_cnn, STEPS, HIGH),
        "loss and leaky": Plan(leaky, STEPS, HIGH | loss),
        "loss, leaky, warm-up": Plan(leaky, STEPS, HIGH | loss | warmup),
    }
