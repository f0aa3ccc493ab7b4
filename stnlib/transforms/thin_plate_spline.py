"""The thin plate spline: the smoothest map that sends the control points where θ says."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from stnlib._checks import check_number
from stnlib._precision import full_precision, working_dtype
from stnlib.coordinates import regular_grid
from stnlib.transforms.control_grid import ControlGrid


class ThinPlateSpline(ControlGrid):
    """The map of least bending energy ∫ f_xx² + 2 f_xy² + f_yy² through the moved control points.

    Each coordinate of the displacement is a_0 + a_1 x + a_2 y + Σ w_k U(distance to c_k), with
    U(r) = r² log r: a linear part, and bending. The weights solve one linear system that knows the
    control points only; it is solved once, in float64 on the CPU, and kept as it is: it follows the
    points' dtype and device when it is used, so that ``.half()`` cannot spoil it.

    Args:
        control_grid: (rows, columns), each at least 2; see :class:`ControlGrid`.
        regularisation: λ ≥ 0. Above 0 the map need not meet the moved points: it makes
            Σ (miss)² + λ/8π · bending energy smallest, for each coordinate, and tends to the best
            affine map as λ grows. An affine move is met exactly with any λ.

    Raises:
        TypeError, ValueError: bad control grid, or λ no number from 0 on.

    >>> family = ThinPlateSpline((3, 3))
    >>> theta = torch.zeros(1, 18)
    >>> theta[0, 8:10] = torch.tensor([0.2, 0.1])                     # the middle one moves
    >>> family.points(theta, torch.tensor([[0.0, 0.0], [0.5, 0.0], [1.0, 0.0]]))[0, :, 0]
    tensor([0.2000, 0.6131, 1.0000])
    """

    def __init__(self, control_grid: tuple[int, int] = (4, 4), regularisation: float = 0.0) -> None:
        super().__init__(control_grid)
        if not 0 <= check_number("regularisation", regularisation) < math.inf:
            raise ValueError(f"regularisation: expected 0 or more, got {regularisation}")
        self.regularisation = float(regularisation)
        with torch.device("cpu"):
            self._centres = regular_grid(self.control_grid, align_corners=True, dtype=torch.float64)
            self._centres = self._centres.reshape(-1, 2)
            self._weights, self._energy = _solve(self._centres, self.regularisation)

    def linear_part(self, theta: Tensor) -> Tensor:
        """Return the map without its bending, (B, 2, 3), for (x, y, 1)."""
        moves = self._exact_moves(theta)
        with full_precision(theta.device):
            shift, *slopes = (self._weights[-3:].to(moves) @ moves).unbind(1)
        linear = torch.stack((*slopes, shift), dim=2)
        linear = linear + torch.eye(2, 3, dtype=moves.dtype, device=moves.device)
        return linear.to(theta.dtype)

    def bending_energy(self, theta: Tensor) -> Tensor:
        """Return ∫ f_xx² + 2 f_xy² + f_yy² over the plane, of both coordinates together: (B,)."""
        moves = self._exact_moves(theta)
        with full_precision(theta.device):
            energy = torch.einsum("bki,kl,bli->b", moves, self._energy.to(moves), moves)
        return energy.to(theta.dtype)

    def _exact_moves(self, theta: Tensor) -> Tensor:
        moves = self.displacements(theta)
        return moves.to(working_dtype(moves.dtype))

    def _spread(self, points: Tensor) -> Tensor:
        exact = points if points.device.type == "mps" else points.double()  # which has no double
        centres, weights = self._centres.to(exact), self._weights.to(exact)
        ones = torch.ones_like(exact[..., :1])
        spread = torch.cat((_kernel(exact, centres), ones, exact), dim=-1) @ weights
        return spread.to(points.dtype)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, regularisation={self.regularisation}"


def _kernel(points: Tensor, centres: Tensor) -> Tensor:
    """Return U(r) = r² log r for each point and centre: (..., 2), (K, 2) -> (..., K)."""
    square = (points[..., None, :] - centres).square().sum(-1)
    return square * torch.where(square > 0, square, 1).log() / 2


def _solve(centres: Tensor, regularisation: float) -> tuple[Tensor, Tensor]:
    """Return the weights (w, a_0, a_1, a_2) for a unit move of each point, and their energy.

    The conditions are K w + λ w + P a = move and Pᵀ w = 0, with P = (1, x, y).
    """
    count = len(centres)
    kernel = _kernel(centres, centres)
    system = torch.zeros(count + 3, count + 3, dtype=torch.float64)
    system[:count, :count] = kernel + regularisation * torch.eye(count, dtype=torch.float64)
    system[:count, count], system[:count, count + 1 :] = 1, centres
    system[count:, :count] = system[:count, count:].T
    moves = torch.eye(count + 3, count, dtype=torch.float64)
    weights = torch.linalg.solve(system, moves)
    bending = weights[:count]
    return weights, 8 * math.pi * bending.T @ kernel @ bending
