"""Digits made solid and turned in a volume: the tasks of chapter 12, and how a box stands."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import grid_sample, normalize

from stnlib._checks import check_count, check_number
from stnlib.affine import affine_grid
from stnlib.distortions import Distorted
from stnlib.distortions.base import between, check_degrees, check_scale, keep, uniform
from stnlib.experiments.sums import Sums
from stnlib.experiments.task import Task
from stnlib.transformer import SpatialTransformer

SIDE = 24  # of a volume, in voxels


@dataclass(frozen=True)
class Solid:
    """Make a digit solid, turn it about z, x and y in this order, resize and move it.

    A picture becomes a volume (B, C, side, side, side). theta, (B, 3, 4), is the map that it was
    read through, from a point of the volume to one of the solid, whose x and y are the picture's;
    the solid reaches from −1 to 1 in all three.

    Attributes:
        side: of the volume in voxels. degrees: each turn is drawn evenly from −degrees ... degrees.
        scale: half the solid's width and height, drawn evenly; 1 is half of the volume's.
        depth: of the solid, in widths of it.
        move: its middle is drawn evenly from −move ... move, along each axis.

    >>> made = Solid()(torch.rand(4, 1, 16, 16), generator=torch.Generator().manual_seed(0))
    >>> made.images.shape, made.theta.shape
    (torch.Size([4, 1, 24, 24, 24]), torch.Size([4, 3, 4]))
    """

    side: int = SIDE
    degrees: float = 45
    scale: tuple[float, float] = (0.55, 0.7)
    depth: float = 0.4
    move: float = 0.2

    def __post_init__(self) -> None:
        keep(self, side=check_count("side", self.side))
        keep(self, degrees=check_degrees("degrees", self.degrees))
        keep(self, scale=check_scale("scale", self.scale))
        if not 0 < check_number("depth", self.depth) <= 10:
            raise ValueError(f"depth: expected above 0 and 10 at most, got {self.depth}")
        if not 0 <= check_number("move", self.move) <= 1:
            raise ValueError(f"move: expected 0 to 1, got {self.move}")
        keep(self, depth=self.depth, move=self.move)

    def __call__(self, images: Tensor, *, generator: torch.Generator) -> Distorted:
        """Return the volumes of pictures (B, C, H, W); the generator alone decides how."""
        draw = uniform(images, 7, generator)
        turn = _turn(math.radians(self.degrees) * (2 * draw[:, :3] - 1))
        half = between(self.scale, draw[:, 3:4])
        middle = self.move * (2 * draw[:, 4:] - 1)
        size = half * half.new_tensor([1.0, 1.0, self.depth])
        linear = turn.transpose(1, 2) / size[..., None]  # the inverse of turn · size
        theta = torch.cat((linear, -linear @ middle[..., None]), dim=2)
        return Distorted(_fill(images, theta, size[:, 2], self.side), theta)


def _turn(angles: Tensor) -> Tensor:
    """Return rotations (B, 3, 3) by angles (B, 3) about x, y and z; that about z acts first."""
    maps = torch.eye(3).to(angles).repeat(3, len(angles), 1, 1)
    for axis, angle in enumerate(angles.unbind(1)):
        one, other = (axis + 1) % 3, (axis + 2) % 3
        maps[axis, :, one, one] = maps[axis, :, other, other] = angle.cos()
        maps[axis, :, other, one] = angle.sin()
        maps[axis, :, one, other] = -angle.sin()
    about_x, about_y, about_z = maps
    return about_y @ about_x @ about_z


def _fill(images: Tensor, theta: Tensor, depth: Tensor, side: int) -> Tensor:
    """Read pictures as solids of these half depths: as pictures in x and y, cut off in z."""
    grid = affine_grid(theta, (side, side, side))
    flat = grid[..., :2].flatten(2, 3)  # D rows of H · W points
    read = grid_sample(images, flat, align_corners=False).unflatten(3, (side, side))
    reach = depth[:, None, None, None] * side / 2  # of z, in voxels
    inside = ((1 - grid[..., 2].abs()) * reach + 0.5).clamp(0, 1)
    return read * inside[:, None]


class VolumeSums(Sums):
    """Two solids in one volume, each turned and moved by itself; the label is the digits' sum.

    They may lie in each other. ``test_theta`` holds the maps of both, (N, 2, 3, 4).
    """

    @staticmethod
    def together(first: Tensor, second: Tensor) -> Tensor:
        """Return one volume of both, (B, 1, D, H, W)."""
        return torch.maximum(first, second)


@torch.no_grad()
def measure_box(model: nn.Module, task: Task) -> dict:
    """Return where a transformer's box stands to its solid: nothing of a network without one.

    Returns:
        ``off_face``: median degrees between the planes of the box's slices and of the solid's;
        ``off_depth``: between the two directions of depth, in which the box is flattened;
        ``start_face``, ``start_depth``: the same of the identity; ``boxes``: θ of the probe
        pictures.
    """
    transformer = getattr(model, "transformer", None)
    if not isinstance(transformer, SpatialTransformer):
        return {}
    model.eval()
    boxes = torch.cat([transformer.theta(some) for some in task.test[0].split(256)])
    start = transformer.transform.identity().expand_as(boxes)
    kept = {}
    for name, theta in (("off", boxes), ("start", start)):
        found = off_axis(theta.reshape(-1, 3, 4), task.test_theta)
        kept |= {f"{name}_{what}": round(one.median().item(), 2) for what, one in found.items()}
    probe = boxes[task.probe_index]
    return kept | {"boxes": [[round(x, 4) for x in one] for one in probe.tolist()]}


def box_on(solid: Tensor) -> Tensor:
    """Return the box that stands on a solid: the inverse (B, 3, 4) of its map (B, 3, 4)."""
    linear = torch.linalg.inv(solid[:, :, :3])
    return torch.cat((linear, -linear @ solid[:, :, 3:]), dim=2)


def off_axis(box: Tensor, solid: Tensor) -> dict[str, Tensor]:
    """Return degrees, (B,), between a box's face and depth and those of a solid.

    Args:
        box: map from the box to the volume, (B, 3, 4). solid: from the volume to the solid.
    """
    right, down, depth = box[:, :, :3].unbind(2)
    true_depth = box_on(solid)[:, :, 2]
    pairs = {"face": (torch.linalg.cross(right, down), solid[:, 2, :3])}
    pairs["depth"] = (depth, true_depth)
    return {name: _degrees(*pair) for name, pair in pairs.items()}


def _degrees(a: Tensor, b: Tensor) -> Tensor:
    """Return the angle between two lines, 0 to 90 degrees."""
    along = (normalize(a, dim=1) * normalize(b, dim=1)).sum(1).abs()
    return along.clamp(max=1).acos().rad2deg()
