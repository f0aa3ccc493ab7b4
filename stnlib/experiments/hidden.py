"""Digits of one class, each hidden somewhere on a large canvas: the task (the paper's appendix)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from stnlib._checks import LONGEST, check_count, check_image, describe
from stnlib.digits import Digits
from stnlib.distortions.base import Distorted, keep, uniform
from stnlib.distortions.similarities import scraps
from stnlib.experiments.task import TEST_SEED, Task
from stnlib.training.checks import find_device

FOUND = 0.5  # a window counts as found where its IoU with the true box is larger


@dataclass(frozen=True)
class Hide:
    """Put each picture at a random place of a canvas, among scraps of other digits.

    A picture moves by whole pixels and lies on the canvas as a whole. Where a scrap meets ink, the
    brighter of the two is kept. ``theta`` of the result is the box, (B, 4): left, top, right and
    bottom edge in pixels.

    Attributes:
        digit: the class whose pictures are hidden.
        distractors: scraps on a canvas. size: its side. patch: that of a scrap.
    """

    digit: int
    distractors: int = 0
    size: int = 84
    patch: int = 6

    def __post_init__(self) -> None:
        limits = {"digit": (0, 9), "distractors": (0, LONGEST), "size": (1, LONGEST)}
        for name, (least, most) in (limits | {"patch": (1, LONGEST)}).items():
            keep(self, **{name: check_count(name, getattr(self, name), least, most)})
        if self.patch > self.size:
            raise ValueError(f"patch: expected at most the size, {self.size}, got {self.patch}")

    def __call__(self, images: Tensor, others: Tensor, *, generator: torch.Generator) -> Distorted:
        """Hide (B, 1, S, S) pictures; scraps are cut out of ``others``, (N, 1, S, S)."""
        for name, some in (("images", images), ("others", others)):
            _check_square(name, some, self.patch, self.size)
        draw = uniform(images, 3 + 5 * self.distractors, generator)
        side, canvas = images.shape[-1], (self.size, self.size)
        room = self.size - side + 1
        corner = (draw[:, :2] * room).long().clamp(max=room - 1)  # (B, 2): left, top
        inside = torch.arange(side, device=images.device)
        rows = corner[:, 1, None, None] + inside[:, None]
        columns = corner[:, 0, None, None] + inside
        flat = images.new_zeros(len(images), 1, self.size**2)
        places = (rows * self.size + columns).flatten(1)[:, None]
        flat.scatter_(2, places, images.flatten(2))
        if self.distractors:
            cut = others[(draw[:, 2] * len(others)).long().clamp(max=len(others) - 1)]
            many = draw[:, 3:].unflatten(1, (self.distractors, 5))
            crops, places = scraps(cut, canvas, self.patch, many)
            flat = flat.scatter_reduce(2, places, crops, "amax")
        box = torch.cat((corner, corner + side), dim=1).to(images)
        return Distorted(flat.reshape(len(images), 1, *canvas), box)


class Hidden(Task):
    """Pictures of one class, hidden: the batches tell the class alone, the test set has the boxes.

    ``distortion`` is a :class:`Hide`. A test picture is missed where the IoU of the model's box and
    the true one is ½ at most.
    """

    def __init__(
        self, train: Digits, test: Digits, distortion: Hide, *, batch: int = 64, copies: int = 2,
        tested: Hide | None = None, device: str | torch.device = "cpu",
    ) -> None:  # fmt: skip
        if not isinstance(distortion, Hide):
            raise TypeError(f"distortion: expected a Hide, got {describe(distortion)}")
        device = find_device(device, nn.Module())
        self.distortion, self.batch, self.copies = distortion, batch, copies
        self.images, self.others = _apart(train, distortion.digit, device)
        self.labels = torch.full((len(self.images),), distortion.digit, device=device)
        tested = tested or distortion
        generator = torch.Generator().manual_seed(TEST_SEED)
        images, others = _apart(test, tested.digit, device)
        sets = [tested(images, others, generator=generator) for _ in range(copies)]
        self.test = tuple(torch.cat(parts) for parts in zip(*sets, strict=True))
        self.test_theta = self.test[1]
        self.probe_index = torch.arange(8)

    def __call__(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        index = torch.randint(len(self.images), (self.batch,), generator=generator)
        index = index.to(self.images.device)
        made = self.distortion(self.images[index], self.others, generator=generator)
        return made.images, self.labels[index]

    @staticmethod
    def judge(boxes: Tensor, truth: Tensor) -> Tensor:
        """Say of each picture whether the box misses the true one: (B,) bool."""
        return overlap_of_boxes(boxes, truth) <= FOUND


def _check_square(name: str, images: Tensor, least: int, most: int) -> None:
    """Raise where these are no square pictures of one channel, with such a side."""
    height, width = check_image(name, images).shape[2:]
    if images.shape[1] != 1 or height != width or not least <= height <= most:
        raise ValueError(
            f"{name}: expected square pictures of one channel, {least} to {most} pixels wide, "
            f"got {describe(images)}"
        )


class HiddenOnce(Hidden):
    """The paper's own way: the training pictures, hidden once, are also those that are judged."""

    def __init__(self, train: Digits, test: Digits, distortion: Hide, **options) -> None:
        super().__init__(train, train, distortion, **options | {"copies": 1})

    def __call__(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        index = torch.randint(len(self.images), (self.batch,), generator=generator)
        index = index.to(self.images.device)
        return self.test[0][index], self.labels[index]


def _apart(digits: Digits, digit: int, device) -> tuple[Tensor, Tensor]:
    """Return the pictures of one class, and all others."""
    mine = digits.labels == digit
    return digits.images[mine].to(device), digits.images[~mine].to(device)


def overlap_of_boxes(first: Tensor, second: Tensor) -> Tensor:
    """Return the intersection over union (IoU) of boxes (B, 4): left, top, right, bottom."""
    low = torch.maximum(first[:, :2], second[:, :2])
    high = torch.minimum(first[:, 2:], second[:, 2:])
    common = (high - low).clamp(min=0).prod(1)
    areas = [(box[:, 2:] - box[:, :2]).prod(1) for box in (first, second)]
    return common / (areas[0] + areas[1] - common)
