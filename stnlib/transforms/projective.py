"""The plane projective map: what a camera does to a flat picture."""

from __future__ import annotations

import torch
from torch import Tensor

from stnlib._checks import Size, check_tensor, describe, refuse_where
from stnlib._precision import working_dtype
from stnlib.affine import planes
from stnlib.transforms.base import Transform

HORIZON = 1e-3
TRIANGLES = ((1, 3, 2), (0, 3, 2), (0, 1, 3), (0, 1, 2))  # each without one corner, a to d


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

    Precision:
        What rounding alone may have kept from 0 counts as 0, with the eps of the dtype: a
        determinant within 8 eps of the summed sizes of its six products; the last entry of an
        inverse, ad − bc, within ``4 eps (abs(ad) + abs(bc))``; the area of a triangle within 4 eps
        (its farthest ``abs(x)`` times two sides along y, and the same with x and y swapped).

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
        return torch.cat((theta, torch.ones_like(theta[:, :1])), dim=1).unflatten(1, (3, 3))

    def invert(self, theta: Tensor) -> Tensor:
        """Return the θ of the map that leads back, (B, 8).

        Raises:
            ValueError: the map flattens the plane (to within rounding, see the class), or what
                leads back has 0 as its last entry, so that no eight numbers describe it, or its
                dtype cannot hold these. Under ``torch.compile`` and ``torch.func.vmap``, which look
                at no value, the result is nan instead.
        """
        about = torch.finfo(self._check(theta).dtype)
        rows = self.matrix(theta.to(working_dtype(theta.dtype)))
        a, b, c = rows.unbind(1)
        p, q, r = rows.abs().clamp(min=about.tiny).unbind(1)  # below tiny, steps are coarser
        cross = torch.linalg.cross
        adjugate = torch.stack((cross(b, c), cross(c, a), cross(a, b)), dim=2)
        determinant, products = (a * adjugate[:, :, 0]).sum(1), (p * _with_plus(q, r)).sum(1)
        flat = _is_zero(determinant, 8 * about.eps * products)
        flat = flat | _is_zero(adjugate[:, 2, 2], 4 * about.eps * _with_plus(p, q)[:, 2])
        return _eight(adjugate, flat, "invert: expected a map that can be undone", theta.dtype)

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
            TypeError, ValueError: wrong type or shape, three of the points lie on one line (to
                within rounding, see the class), the middle goes to the horizon, or the dtype
                cannot hold the eight numbers.
        """
        corners = check_tensor("corners", corners, "(B, 4, 2)")
        if corners.dim() != 3 or corners.shape[1:] != (4, 2):
            raise ValueError(f"corners: expected shape (B, 4, 2), got {describe(corners)}")
        exact = corners.to(working_dtype(corners.dtype))
        some = exact[:, TRIANGLES]  # (B, 4, 3, 2)
        along, across = (some[:, :, 1:] - some[:, :, :1]).unbind(2)
        area = along[..., 0] * across[..., 1] - along[..., 1] * across[..., 0]
        reach = some.abs().amax(2) * (along.abs() + across.abs()).flip(-1)
        within = 4 * torch.finfo(corners.dtype).eps * reach.sum(-1)
        flat = _is_zero(area, within).any(1)
        flat = flat | _is_zero(area[:, 1] + area[:, 2], within[:, 1] + within[:, 2])
        weighted = area[..., None] * torch.cat((exact, torch.ones_like(exact[..., :1])), dim=-1)
        a, b, c, _ = weighted.unbind(1)
        columns = torch.stack((b - a, c - a, b + c), dim=-1)
        expected = "corners: expected no three points on one line"
        return _eight(columns, flat, expected, corners.dtype)

    def _compose(self, first: Tensor, second: Tensor) -> Tensor:
        left, right = self.matrix(first), self.matrix(second)
        product = (left[..., None] * right[:, None]).sum(2)
        sizes = (left[:, 2].abs() * right[:, :, 2].abs()).sum(1)
        flat = _is_zero(product[:, 2, 2], 4 * torch.finfo(first.dtype).eps * sizes)
        return _eight(product, flat, "compose: expected a product of two maps", first.dtype)

    def _map(self, theta: Tensor, points: Tensor) -> Tensor:
        rows = self.matrix(theta)
        u, v, w = (points @ rows[:, :, :2].mT + rows[:, None, :, 2]).unbind(-1)
        return torch.stack((u, v), dim=-1) * _one_over(w)[..., None]

    def grid(self, theta: Tensor, size: Size, *, align_corners: bool = False) -> Tensor:
        rows = self.matrix(self._check(theta).to(working_dtype(theta.dtype)))
        u_v, w = (
            planes(some, size, align_corners=align_corners) for some in (rows[:, :2], rows[:, 2:])
        )
        return (u_v * _one_over(w)).permute(0, 2, 3, 1).to(theta.dtype)


def _one_over(w: Tensor) -> Tensor:
    """Return 1/w, with w kept away from 0 on its own side."""
    return torch.where(w < 0, w.clamp(max=-HORIZON), w.clamp(min=HORIZON)).reciprocal()


def _with_plus(p: Tensor, q: Tensor) -> Tensor:
    """Return the cross product of (B, 3) rows with a plus for each minus."""
    return p.roll(-1, 1) * q.roll(-2, 1) + p.roll(-2, 1) * q.roll(-1, 1)


def _is_zero(value: Tensor, within: Tensor) -> Tensor:
    """Say what is no number, or 0 to within rounding, or too small for its dtype."""
    return ~(value.abs() > within.clamp(min=torch.finfo(value.dtype).tiny))


def _eight(rows: Tensor, flat: Tensor, expected: str, dtype: torch.dtype) -> Tensor:
    """Scale (B, 3, 3) so that the last entry is 1, and drop it."""
    last = torch.where(flat, 1, rows[:, 2, 2])
    eight = (rows / last[:, None, None]).flatten(1)[:, :8].to(dtype)
    eight = refuse_where(flat, f"{expected}, its last entry not 0, got none", eight)
    bad = ~(flat | eight.isfinite().all(1))
    return refuse_where(bad, f"{expected}, with numbers that {dtype} holds, got none", eight)
