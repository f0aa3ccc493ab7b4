"""Gradient descent of a picture onto itself, in torch: what walk.js does in the page.

The loss is the mean squared difference between what theta reads and the picture, in units of the
picture's variance, so that blur does not make it small.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

from stnlib.affine import affine_grid, from_parts
from stnlib.coordinates import regular_grid
from stnlib.sampler import sample

SLANT = (0.8, 0.6)  # the direction of the shift


def blur(image: Tensor, sigma: float) -> Tensor:
    """Blur a (1, 1, H, W) picture by a bell of ``sigma`` pixels; outside lie zeros."""
    if sigma == 0:
        return image
    reach = math.ceil(3 * sigma)
    bell = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=image.dtype) / sigma) ** 2)
    bell = (bell / bell.sum()).reshape(1, 1, 1, -1)
    return conv2d(conv2d(pad(image, (reach,) * 4), bell), bell.transpose(2, 3))


def start_numbers(count: int, starts: Tensor, side: int) -> Tensor:
    """Turn (N, 2) starts in degrees and pixels into (N, count) numbers to descend on."""
    angle, slant = starts[:, 0].deg2rad(), starts[:, 1] * 2 / side
    if count == 2:
        return torch.stack((angle, slant), dim=1)
    t_x, t_y = (part * slant for part in SLANT)
    if count == 3:
        return torch.stack((angle, t_x, t_y), dim=1)
    return from_parts(rotation=angle, t_x=t_x, t_y=t_y).flatten(1)


def theta_from(numbers: Tensor) -> Tensor:
    """Turn (N, 2), (N, 3) or (N, 6) numbers into theta, (N, 2, 3)."""
    if numbers.shape[1] == 6:
        return numbers.reshape(-1, 2, 3)
    angle, *shifts = numbers.unbind(1)
    t_x, t_y = shifts if len(shifts) == 2 else (part * shifts[0] for part in SLANT)
    return from_parts(rotation=angle, t_x=t_x, t_y=t_y)


def losses(picture: Tensor, theta: Tensor) -> Tensor:
    """Return the loss of each of (N, 2, 3) maps, (N,)."""
    size = tuple(picture.shape[2:])
    grid = affine_grid(theta, size, align_corners=False)
    read = sample(picture.expand(len(theta), -1, -1, -1), grid, align_corners=False)
    scale = picture.var(correction=0).clamp(min=1e-12)
    return ((read - picture) ** 2).mean(dim=(1, 2, 3)) / scale


def descend(picture: Tensor, numbers: Tensor, rate: float, steps: int) -> Tensor:
    """Return the numbers after 0, 1, ... steps: (steps + 1, N, count)."""
    path = [numbers]
    for _ in range(steps):
        here = path[-1].clone().requires_grad_()
        (slope,) = torch.autograd.grad(losses(picture, theta_from(here)).sum(), here)
        path.append(path[-1] - rate * slope)
    return torch.stack(path)


def off_by(theta: Tensor, side: int) -> Tensor:
    """Return how far the grid's points are from their true places, on average, in pixels: (N,)."""
    grid = affine_grid(theta, (side, side), align_corners=False)
    away = grid - regular_grid((side, side), align_corners=False, dtype=theta.dtype)
    return away.norm(dim=-1).mean(dim=(1, 2)) * side / 2
