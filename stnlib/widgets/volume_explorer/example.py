"""The volume of the first state: two digits, made solid, turned and put into one volume."""

from __future__ import annotations

import math
from functools import cache

import torch
from torch import Tensor

from stnlib.affine import affine_grid, homogeneous
from stnlib.digits import load_digits
from stnlib.sampler import sample

SIDE = 32
IDENTITY = (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
LARGE, SMALL = "the 8 set upright", "the 2 set upright"


def box_of(
    turn: tuple[float, float, float], size: float, depth: float, middle: tuple[float, float, float]
) -> Tensor:
    """Return the map (1, 3, 4) of a box: resized, turned about z, x and y in this order, moved.

    Args:
        turn: degrees about x, y and z.
        size: half its width and height; 1 is the volume's.
        depth: of its depth, in widths.
        middle: (x, y, z) of its middle.
    """
    about_x, about_y, about_z = (_rotation(axis, degrees) for axis, degrees in enumerate(turn))
    stretch = torch.tensor([size, size, size * depth], dtype=torch.float64).diag()
    linear = about_y @ about_x @ about_z @ stretch
    return torch.cat((linear, linear.new_tensor(middle)[:, None]), dim=1)[None]


def _rotation(axis: int, degrees: float) -> Tensor:
    """Return the rotation about an axis (x, y, z) that takes the next axis to the one after it."""
    one, other = (axis + 1) % 3, (axis + 2) % 3
    matrix = torch.eye(3, dtype=torch.float64)
    matrix[one, one] = matrix[other, other] = math.cos(math.radians(degrees))
    matrix[other, one] = math.sin(math.radians(degrees))
    matrix[one, other] = -matrix[other, one]
    return matrix


def _solid(picture: Tensor, box: Tensor) -> Tensor:
    """Return a volume in which a picture (1, H, W) fills a box, as deep as the box is."""
    deep = picture[None, :, None].double().expand(1, 1, SIDE, *picture.shape[-2:])
    back = torch.linalg.inv(homogeneous(box))[:, :3]  # a place of the volume in the box
    return sample(deep, affine_grid(back, (SIDE, SIDE, SIDE)))


@cache
def example() -> tuple[Tensor, dict[str, tuple[float, ...]]]:
    """Return the volume, (1, 1, 32, 32, 32), and boxes to put over it, by name."""
    images, labels = load_digits(20, glyph=18)
    eight, two = (images[int((labels == digit).nonzero()[0])] for digit in (8, 2))
    large = ((-24.0, 56.0, 0.0), 0.54, 0.9, (-0.32, -0.06, -0.3))
    small = ((28.0, -50.0, 12.0), 0.5, 0.8, (0.42, 0.3, 0.38))
    volume = torch.maximum(_solid(eight, box_of(*large)), _solid(two, box_of(*small)))
    boxes = {
        LARGE: box_of(*large),
        SMALL: box_of(*small),
        "the 8 from its side": box_of((0.0, -34.0, 24.0), *large[1:]),
        "a thin slice of the 8": box_of(*large[:2], 0.1, large[3]),
    }
    named = {name: tuple(box.flatten().round(decimals=6).tolist()) for name, box in boxes.items()}
    return volume.clamp(0, 1), {**named, "the whole volume": IDENTITY}
