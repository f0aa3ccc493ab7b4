"""A transformer that finds what the pictures have in common: network, loss and what is measured."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from stnlib.experiments.hidden import overlap_of_boxes
from stnlib.experiments.task import Task
from stnlib.networks import ConvLocalisation
from stnlib.sampler import sample
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import Affine, Transform

CANVAS, WINDOW = 84, 28  # pixels of the picture's side, and of what the window reads
SHARE = WINDOW / CANVAS
NOISE = 0.5  # standard deviation, of pixels from 0 to 1


class Window(Affine):
    """A window of fixed size that stays on the canvas: two parameters (t_x, t_y), 0 in the middle.

    Its middle is at tanh(t), times as far as it can move: θ is without bounds, the window is not.
    """

    n_params = 2
    linear_in_theta = False
    _compose = Transform._compose  # two windows in a row are no window of this size

    def identity(self) -> Tensor:
        return torch.zeros(self.n_params)

    def matrix(self, theta: Tensor) -> Tensor:
        """Return the map as (B, 2, 3)."""
        shift = (1 - SHARE) * self._check(theta)[:, :2].tanh()
        return _window(torch.full_like(shift[:, 0], SHARE), shift)


class LooseWindow(Window):
    """A window of fixed size that may leave the canvas: its middle is at (t_x, t_y)."""

    def matrix(self, theta: Tensor) -> Tensor:
        """Return the map as (B, 2, 3)."""
        shift = self._check(theta)
        return _window(torch.full_like(shift[:, 0], SHARE), shift)


class FreeWindow(Window):
    """A window whose size is learned too: three parameters, the third the logarithm of its size.

    It starts as large as a :class:`Window`.
    """

    n_params = 3

    def matrix(self, theta: Tensor) -> Tensor:
        """Return the map as (B, 2, 3)."""
        t_x, t_y, log_size = self._check(theta).unbind(-1)
        shift = (1 - SHARE) * torch.stack((t_x, t_y), dim=1).tanh()
        return _window(SHARE * log_size.exp(), shift)


def _window(scale: Tensor, shift: Tensor) -> Tensor:
    """Return maps (B, 2, 3) that read a square window: scale (B,) and shift (B, 2)."""
    return torch.cat((scale[:, None, None] * torch.eye(2).to(scale), shift[:, :, None]), dim=2)


def pixels(crops: Tensor) -> Tensor:
    """Return crops (B, 1, H, W) as rows of pixels."""
    return crops.flatten(1)


def unit_pixels(crops: Tensor) -> Tensor:
    """Return the pixels of each crop, divided by their length: how bright it is does not count."""
    return normalize(crops.flatten(1), eps=1e-3)


def noisy_pixels(crops: Tensor) -> Tensor:
    """Return pixels with noise added: two empty crops are not alike."""
    return pixels(crops + NOISE * torch.randn_like(crops))


def noisy_unit_pixels(crops: Tensor) -> Tensor:
    """Return pixels with noise added, divided by their length."""
    return unit_pixels(crops + NOISE * torch.randn_like(crops))


class Finder(nn.Module):
    """A transformer that moves a window over pictures, and the fixed encoder of what it reads.

    While it is trained it gives codes (B, 2, D): of the window, and of a crop at a random place of
    the same picture. Afterwards it gives the window's box in pixels, (B, 4).
    """

    def __init__(self, transform: Transform, encode: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        look = nn.Sequential(nn.AvgPool2d(2), ConvLocalisation(CANVAS // 2, transform.n_params))
        self.transformer = SpatialTransformer(look, transform, WINDOW)
        self.encode = encode

    def theta(self, image: Tensor) -> Tensor:
        """Return θ of the window."""
        return self.transformer.theta(image)

    def grid(self, image: Tensor) -> Tensor:
        """Return the window's sampling grid."""
        return self.transformer.grid(image)

    def forward(self, image: Tensor) -> Tensor:
        if not self.training:
            return box_of(self.transformer.transform.matrix(self.theta(image)))
        crops = self.transformer(image), anywhere(image)
        return torch.stack([self.encode(one) for one in crops], dim=1)


def anywhere(image: Tensor) -> Tensor:
    """Return a crop from a random place of each picture, as large as the window."""
    shift = (1 - SHARE) * (2 * torch.rand(len(image), 2, device=image.device) - 1)
    return sample(image, LooseWindow().grid(shift.to(image), WINDOW))


def box_of(maps: Tensor) -> Tensor:
    """Return the box that a map without a turn reads, (B, 4) in pixels of the canvas."""
    middle, half = maps[:, :, 2], maps[:, [0, 1], [0, 1]].abs()
    return (torch.cat((middle - half, middle + half), dim=1) + 1) * CANVAS / 2


def triplet_hinge(codes: Tensor, _: Tensor, margin: float = 1.0) -> Tensor:
    """Return the mean of max(0, |e_n − e_m|² − |e_n − r_n|² + margin) over all pairs n ≠ m.

    Args:
        codes: (B, 2, D), of windows e and of random crops r. No label is read.
    """
    windows, random = codes.unbind(1)
    apart = squared_distances(windows)
    away = (windows - random).square().sum(1)
    hinge = (apart - away[:, None] + margin).clamp(min=0)
    count = len(windows)
    return (hinge.sum() - hinge.diagonal().sum()) / (count * (count - 1))


def squared_distances(codes: Tensor) -> Tensor:
    """Return |e_n − e_m|² of all pairs, (B, B)."""
    square = codes.square().sum(1)
    return (square[:, None] + square - 2 * codes @ codes.T).clamp(min=0)


@torch.no_grad()
def measure_boxes(model: nn.Module, task: Task) -> dict:
    """Return where the windows lie on the test pictures, beside the true boxes.

    Returns:
        ``iou``: the median. ``offset``: how many pixels the middle of the window lies right of and
        below the true one, medians. ``apart``: the median distance from there. ``side``: the
        window's median side in pixels. ``shifted``: percent found when all windows are moved back
        by ``offset``.
    """
    model.eval()
    boxes, truth = torch.cat([model(some) for some in task.test[0].split(256)]), task.test[1]
    away = (boxes - truth).unflatten(1, (2, 2)).mean(1)
    offset = away.median(0).values
    back = boxes - offset.repeat(2)
    return {
        "iou": round(overlap_of_boxes(boxes, truth).median().item(), 3),
        "offset": [round(x, 2) for x in offset.tolist()],
        "apart": round((away - offset).norm(dim=1).median().item(), 2),
        "side": round((boxes[:, 2] - boxes[:, 0]).median().item(), 2),
        "shifted": round(100 * (~task.judge(back, truth)).float().mean().item(), 2),
    }
