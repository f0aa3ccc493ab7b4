"""The piece-wise affine map: a grid of control points, and one affine map in each triangle."""

from __future__ import annotations

import torch
from torch import Tensor

from stnlib.transforms.control_grid import ControlGrid


class PiecewiseAffine(ControlGrid):
    """A triangulated grid of control points; inside each triangle the map is affine.

    Every cell is cut from its top left to its bottom right. b_k is the hat that is 1 at control
    point k, falls to 0 along straight lines to its neighbours, and is 0 beyond: a point follows
    three control points only. The map is continuous across edges; its slopes jump there, and on an
    edge one of the two sides is taken. Outside −1 … 1 a point moves like the nearest one inside.

    Args:
        control_grid: (rows, columns), each at least 2; see :class:`ControlGrid`.

    >>> family = PiecewiseAffine((2, 2))
    >>> theta = torch.tensor([[0.0, 0, 0.5, 0, 0, 0, 0, 0]])       # the top right corner moves
    >>> family.points(theta, torch.tensor([[1.0, -1.0], [0.5, -0.5], [-0.5, 0.5]]))
    tensor([[[ 1.5000, -1.0000],
             [ 0.7500, -0.5000],
             [-0.5000,  0.5000]]])
    """

    def _spread(self, points: Tensor) -> Tensor:
        rows, columns = self.control_grid
        right, column = _cell(points[..., 0], columns)
        below, row = _cell(points[..., 1], rows)
        upper = right >= below  # the triangle above the cut
        most, least = torch.where(upper, right, below), torch.where(upper, below, right)
        first = row * columns + column
        corners = (first, first + torch.where(upper, 1, columns), first + columns + 1)
        weights = torch.stack((1 - most, most - least, least), dim=-1)
        flat = weights.new_zeros(*points.shape[:-1], rows * columns)
        return flat.scatter(-1, torch.stack(corners, dim=-1), weights)


def _cell(coordinate: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return how far into its cell a coordinate lies, from 0 to 1, and the number of the cell."""
    inside = torch.where(coordinate.abs() <= 1, coordinate, coordinate.detach().clamp(-1, 1))
    place = (inside + 1) * ((count - 1) / 2)
    cell = place.detach().nan_to_num(0.0).floor().clamp(0, count - 2)
    return place - cell, cell.long()
