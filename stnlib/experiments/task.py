"""Distorted digits without end to train on, and a fixed set to test on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from stnlib._checks import check_callable, check_count, describe
from stnlib.digits import Digits, check_digits, load_mnist, load_split, split
from stnlib.distortions import Distorted
from stnlib.training.checks import find_device

MNIST_SIDE = 28
TEST_SEED = 99  # of the test set's distortions, the same in every experiment


class Task:
    """What :func:`stnlib.training.fit` draws its batches from: digits, distorted anew each time.

    Convention:
        A test digit is never trained on, and the test set is the same in every run.

    Args:
        train, test: digits.
        distortion: one of :mod:`stnlib.distortions`.
        batch: pictures a step.
        copies: how many distorted versions of each test digit are in the test set, 35 at most.
        tested: the distortion of the test set, where it is another one.
        device: where pictures are made.

    Attributes:
        test: (images, labels) of the test set.
        test_theta: the map that made each of its pictures, as the distortion gives it.
        probe_index: of the first test picture of each class from 2 on: eight pictures to watch,
            since a 0 or a 1 shows little of its pose.
        judge: of answers that are no class scores, as :func:`stnlib.training.misses` takes it; None
            where they are.

    Raises:
        TypeError, ValueError: no digits, or no test picture of a class from 2 on; ``distortion``
            or ``tested`` is no function; ``batch`` or ``copies`` is no whole number from 1 on.
    """

    judge: Callable[[Tensor, Tensor], Tensor] | None = None

    def __init__(
        self, train: Digits, test: Digits, distortion: Callable[..., Distorted], *,
        batch: int = 64, copies: int = 4, tested: Callable[..., Distorted] | None = None,
        device: str | torch.device = "cpu",
    ) -> None:  # fmt: skip
        for name, digits in (("train", train), ("test", test)):
            if not isinstance(digits, Digits):
                raise TypeError(f"{name}: expected Digits(images, labels), got {describe(digits)}")
            check_digits(name, digits)
        if not len(train.labels):
            raise ValueError("train: expected one picture at least, got none")
        self.distortion = check_callable("distortion", distortion)
        tested = distortion if tested is None else check_callable("tested", tested)
        self.batch, self.copies = check_count("batch", batch), copies
        device = find_device(device, nn.Module())
        self.images, self.labels = train.images.to(device), train.labels.to(device)
        generator = torch.Generator().manual_seed(TEST_SEED)
        sets = [
            tested(test.images.to(device), generator=generator)
            for _ in range(check_count("copies", copies, most=35))
        ]
        labels = test.labels.to(device).repeat(copies)
        self.test = torch.cat([one.images for one in sets]), labels
        self.test_theta = torch.cat([one.theta for one in sets])
        if missing := set(range(2, 10)) - set(labels.tolist()):
            raise ValueError(f"test: expected each class from 2 to 9, got none of {missing}")
        self.probe_index = torch.stack([(labels == c).nonzero()[0, 0] for c in range(2, 10)])

    @property
    def probe(self) -> Tensor:
        """The pictures at ``probe_index``."""
        return self.test[0][self.probe_index]

    def __call__(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Draw a batch: images (B, C, H, W) and labels (B,)."""
        index = torch.randint(len(self.labels), (self.batch,), generator=generator)
        index = index.to(self.labels.device)
        made = self.distortion(self.images[index], generator=generator)
        return made.images, self.labels[index]


@dataclass(frozen=True)
class TaskPlan:
    """Which digits, how distorted, how many at a time: called with a device, it gives the task.

    Attributes:
        distortion: a dataclass, as those of :mod:`stnlib.distortions`.
        mnist: MNIST's 60,000 digits to train on and its 10,000 to test on, or 50,000 of the former
            and the 10,000 others to choose with; else the three parts of
            :func:`stnlib.digits.load_split`.
        size: pixels of a digit's side; for MNIST a divisor of 28, and means over squares of pixels.
        glyph: of :func:`stnlib.digits.load_split`.
        batch, copies: as in :class:`Task`. kind: the class of the task.
        validation: judge on the digits to choose with, in place of the test digits.
        tested: the distortion of the pictures that it is judged on, where it is another one.
    """

    distortion: Callable[..., Distorted]
    mnist: bool = False
    size: int = 28
    glyph: int | None = None
    batch: int = 64
    copies: int = 4
    kind: type[Task] = Task
    validation: bool = False
    tested: Callable[..., Distorted] | None = None
    test_seed: int = field(default=TEST_SEED, init=False)

    def __call__(self, device: str) -> Task:
        return _make(self, device)


@cache
def _make(plan: TaskPlan, device: str) -> Task:
    """Make each task once."""
    if plan.mnist and plan.validation:
        train, judged = split(load_mnist(), 10_000)
    elif plan.mnist:
        train, judged = load_mnist(), load_mnist(train=False)
    else:
        train, validation, test = load_split(plan.size, glyph=plan.glyph)
        judged = validation if plan.validation else test
    if plan.mnist and plan.size != MNIST_SIDE:
        train, judged = (_shrink(digits, plan.size) for digits in (train, judged))
    sizes = {"batch": plan.batch, "copies": plan.copies, "tested": plan.tested}
    return plan.kind(train, judged, plan.distortion, **sizes, device=device)


def _shrink(digits: Digits, size: int) -> Digits:
    """Return MNIST's digits with means over squares of pixels."""
    if MNIST_SIDE % check_count("size", size):
        raise ValueError(f"size: expected a divisor of {MNIST_SIDE} for MNIST, got {size}")
    return digits._replace(images=avg_pool2d(digits.images, MNIST_SIDE // size))


class Fixed(Task):
    """A task whose training pictures are 256, distorted once: what a network can learn by heart."""

    PICTURES = 256

    def __init__(self, train: Digits, test: Digits, distortion: Callable, **options) -> None:
        super().__init__(train, test, distortion, **options)
        generator = torch.Generator().manual_seed(TEST_SEED + 1)
        images = self.images[: self.PICTURES]
        self.images = self.distortion(images, generator=generator).images
        self.labels = self.labels[: self.PICTURES]

    def __call__(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        index = torch.randint(len(self.labels), (self.batch,), generator=generator)
        index = index.to(self.labels.device)
        return self.images[index], self.labels[index]
