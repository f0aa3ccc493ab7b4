"""What maps with control points share: θ moves the points, B says how their moves spread."""

from __future__ import annotations

import torch
from torch import Tensor

from stnlib._checks import LONGEST, Size, check_count, check_points, check_size, describe, in_order
from stnlib._precision import full_precision, working_dtype
from stnlib.coordinates import regular_grid
from stnlib.transforms.base import BasisTransform


class ControlGrid(BasisTransform):
    """A map p + Σ d_k b_k(p): control point k moves by d_k, and b_k says who moves along.

    A family writes ``_spread``, the b_k. As T_θ = M_θ B, M_θ = (I | d_1 d_2 …) and
    B = (x, y, b_1, b_2, …), which makes zeros the identity, exactly. For a regular grid B is
    computed once, in float64, and kept for as long as the size stays the same; a compiled or
    exported graph computes it anew.

    Convention:
        Control points are spread evenly over −1 … 1, the outer ones ON −1 and 1, whatever
        ``align_corners`` is. θ is (dx1, dy1, dx2, dy2, …), row by row from the top left.

    Args:
        control_grid: (rows, columns), each at least 2; the paper's 16 points when left out.

    Raises:
        TypeError, ValueError: no pair of whole numbers from 2 on: points on one line, or a single
            one, hold no plane.
    """

    linear_in_theta = True

    def __init__(self, control_grid: tuple[int, int] = (4, 4)) -> None:
        super().__init__()
        try:
            rows, columns = in_order(control_grid)
        except (TypeError, ValueError):
            raise ValueError(
                f"control_grid: expected (rows, columns), got {describe(control_grid)}"
            ) from None
        rows = check_count("control_grid[0], the rows", rows, 2, LONGEST)
        columns = check_count("control_grid[1], the columns", columns, 2, LONGEST)
        self.control_grid = rows, columns
        self.n_params = 2 * rows * columns
        self._kept: tuple | None = None

    @property
    def control_points(self) -> Tensor:
        """Where the control points are before they move, (rows · columns, 2)."""
        with torch.device("cpu"):
            return regular_grid(self.control_grid, align_corners=True).reshape(-1, 2)

    def identity(self) -> Tensor:
        return torch.zeros(self.n_params)

    def displacements(self, theta: Tensor) -> Tensor:
        """Return θ as (B, rows · columns, 2)."""
        return self._check(theta).unflatten(1, (-1, 2))

    def matrix(self, theta: Tensor) -> Tensor:
        """Return M_θ, (B, 2, 2 + rows · columns)."""
        moves = self.displacements(theta).mT
        stay = torch.eye(2, dtype=moves.dtype, device=moves.device)
        return torch.cat((stay.expand(moves.shape[0], 2, 2), moves), dim=2)

    def basis(self, points: Tensor) -> Tensor:
        """Return (x, y, b_1, b_2, …) for each point, (..., 2 + rows · columns)."""
        points = check_points("points", points)
        with full_precision(points.device):
            spread = self._spread(points.to(working_dtype(points.dtype)))
        return torch.cat((points, spread.to(points.dtype)), dim=-1)

    def grid(self, theta: Tensor, size: Size, *, align_corners: bool = False) -> Tensor:
        matrix, size = self.matrix(theta), check_size("size", size)
        exact = matrix.to(working_dtype(matrix.dtype))
        with full_precision(matrix.device):
            planes = exact @ self._grid_basis(exact, size, align_corners)
        return planes.to(matrix.dtype).unflatten(2, size).permute(0, 2, 3, 1)

    def _spread(self, points: Tensor) -> Tensor:
        """Return the b_k at (..., 2) points of single or double precision."""
        raise NotImplementedError(f"{type(self).__name__} does not say how moves spread")

    def _grid_basis(self, like: Tensor, size: tuple[int, int], align_corners: bool) -> Tensor:
        """Return B of the regular grid, (2 + rows · columns, H · W), in the dtype of ``like``."""
        if torch.compiler.is_compiling() or torch.jit.is_tracing():  # a part of the graph
            return self._new_basis(like, size, align_corners)
        key, kept = (size, align_corners, like.dtype, like.device), self._kept
        if kept is None or kept[0] != key:
            with torch.inference_mode(False), torch.no_grad(), torch.device("cpu"):
                kept = key, self._new_basis(like, size, align_corners).contiguous()
            self._kept = kept
        return kept[1]  # not self._kept: another thread may have replaced it

    def _new_basis(self, like: Tensor, size: tuple[int, int], align_corners: bool) -> Tensor:
        regular = regular_grid(size, align_corners=align_corners, dtype=torch.float64, device="cpu")
        return self.basis(regular.reshape(-1, 2)).T.to(like.device, like.dtype)

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_kept": None}

    def extra_repr(self) -> str:
        return f"control_grid={self.control_grid}"
