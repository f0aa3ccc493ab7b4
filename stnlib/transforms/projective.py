"""The plane projective map: what a camera does to a flat picture."""

from __future__ import annotations

import torch
from torch import Tensor

from stnlib._checks import Size, check_tensor, describe, refuse_where
from stnlib.affine import planes
from stnlib.transforms.base import Transform

HORIZON = 1e-3


class Projective(Transform):
    """The plane projective map H: eight parameters, a 3 × 3 matrix whose last entry is 1.

    With (u, v, w) = H (x, y, 1) the input point is (u/w, v/w). Straight lines stay straight,
    parallels need not. M_θ B holds for (u, v, w); the division comes after it.

    Convention:
        θ is row-major: (θ11, θ12, θ13, θ21, θ22, θ23, θ31, θ32). Points with w = 0 form a line, the
        horizon; the picture is free of it while ``abs(θ31) + abs(θ32) < 1``. Towards the horizon
        input points run off to infinity, and beyond it they come back from the other end, turned
        over: ``folded`` reports them if the near side is not. Where ``abs(w) < 0.001``, w is
        replaced by ±0.001, so that values and gradients are finite for every finite θ of common
        size, and such points read far outside the picture.

    >>> tilted = torch.tensor([[1.0, 0, 0, 0, 1, 0, 0, 0.5]])      # the lower edge lies farther off
    >>> Projective().points(tilted, torch.tensor([[1.0, -1.0], [1.0, 1.0]]))
    tensor([[[ 2.0000, -2.0000],
             [ 0.6667,  0.6667]]])
    """

    n_params = 8

    def identity(self) -> Tensor:
        return torch.tensor((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0))

    def matrix(self, theta: Tensor) -> Tensor:
        """Return the map as (B, 3, 3), for homogeneous points (x, y, 1)."""
        theta = self._check(theta)
        return torch.cat((theta, torch.ones_like(theta[:, :1])), dim=1).reshape(-1, 3, 3)

    def invert(self, theta: Tensor) -> Tensor:
        """Return the θ of the map that leads back, (B, 8).

        Raises:
            ValueError: the map flattens the plane, or what leads back has 0 as its last entry,
                so that no eight numbers describe it. Under ``torch.compile`` and
                ``torch.func.vmap``, which look at no value, the result is nan instead.
        """
        rows = self.matrix(theta)
        a, b, c = rows.unbind(1)
        cross = torch.linalg.cross
        adjugate = torch.stack((cross(b, c), cross(c, a), cross(a, b)), dim=-1)
        flat = torch.linalg.vecdot(a, cross(b, c)) == 0
        return _eight(adjugate, flat, "invert: expected a map that can be undone")

    @staticmethod
    def from_corners(corners: Tensor) -> Tensor:
        """Return the θ that sends the corners of the square −1 … 1 to four points.

        The weight w of each corner is the area of the triangle that the other three points make.

        Args:
            corners: (B, 4, 2), where the corners (−1, −1), (1, −1), (−1, 1), (1, 1) go. Four points
                with one inside the triangle of the others, or sides that cross, put the horizon
                into the square.

        Returns:
            (B, 8) tensor.

        Raises:
            TypeError, ValueError: wrong type or shape, or three of the points lie on one line.
        """
        corners = check_tensor("corners", corners, "(B, 4, 2)")
        if corners.dim() != 3 or corners.shape[1:] != (4, 2):
            raise ValueError(f"corners: expected shape (B, 4, 2), got {describe(corners)}")
        a, b, c, d = torch.cat((corners, torch.ones_like(corners[..., :1])), dim=-1).unbind(1)

        def area(p: Tensor, q: Tensor, r: Tensor) -> Tensor:
            return torch.linalg.vecdot(p, torch.linalg.cross(q, r))[:, None]

        weights = area(b, d, c), area(a, d, c), area(a, b, d), area(a, b, c)
        flat = (torch.cat(weights, dim=1) == 0).any(1)
        a, b, c, d = (w * p for w, p in zip(weights, (a, b, c, d), strict=True))
        columns = torch.stack((b - a, c - a, b + c), dim=-1)
        return _eight(columns, flat, "corners: expected no three points on one line")

    def _map(self, theta: Tensor, points: Tensor) -> Tensor:
        rows = self.matrix(theta)
        u, v, w = (points @ rows[:, :, :2].mT + rows[:, None, :, 2]).unbind(-1)
        return torch.stack((u, v), dim=-1) * _one_over(w)[..., None]

    def grid(self, theta: Tensor, size: Size, *, align_corners: bool = False) -> Tensor:
        rows = self.matrix(theta)
        u_v, w = (
            planes(some, size, align_corners=align_corners) for some in (rows[:, :2], rows[:, 2:])
        )
        return (u_v * _one_over(w)).permute(0, 2, 3, 1)


def _one_over(w: Tensor) -> Tensor:
    """Return 1/w, with w kept away from 0 on its own side."""
    return torch.where(w < 0, w.clamp(max=-HORIZON), w.clamp(min=HORIZON)).reciprocal()


def _eight(rows: Tensor, flat: Tensor, expected: str) -> Tensor:
    """Scale (B, 3, 3) so that the last entry is 1, and drop it."""
    bad = flat | (rows[:, 2, 2] == 0) | ~rows.isfinite().flatten(1).all(1)
    rows = refuse_where(bad, f"{expected}, its last entry not 0, got none", rows)
    return (rows / rows[:, 2:, 2:]).flatten(1)[:, :8]
