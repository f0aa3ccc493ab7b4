"""The maps T_θ of the paper, one class a family, one interface for all."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from stnlib._checks import check_parameters, check_points, describe
from stnlib.affine import affine_grid, matrix
from stnlib.coordinates import regular_grid


class Transform(nn.Module):
    """A map T_θ from OUTPUT points to INPUT points, differentiable in θ and in the points.

    A family states ``n_params`` and writes ``identity`` and ``_map``; the rest follows. It is a
    module so that constant tables travel with ``.to(device)``; it learns nothing of its own.
    """

    n_params: int

    def identity(self) -> Tensor:
        """Return the (n_params,) parameters that move no point."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its identity is")

    def _map(self, theta: Tensor, points: Tensor) -> Tensor:
        """Map checked (B, N, 2) points with checked (B, n_params) parameters."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it maps points")

    def points(self, theta: Tensor, points: Tensor) -> Tensor:
        """Map output points to input points.

        Args:
            theta: (B, n_params).
            points: (N, 2), shared by the batch, or (B, N, 2); normalised (x, y).

        Returns:
            (B, N, 2) tensor.

        Raises:
            TypeError, ValueError: wrong type or shape.
        """
        theta = self._check(theta)
        points = check_points(points)
        if points.dim() not in (2, 3) or (points.dim() == 3 and len(points) not in (1, len(theta))):
            raise ValueError(
                f"points: expected shape (N, 2) or ({len(theta)}, N, 2), got {describe(points)}"
            )
        return self._map(theta, points.expand(len(theta), *points.shape[-2:]))

    def grid(self, theta: Tensor, size: tuple[int, int], *, align_corners: bool = False) -> Tensor:
        """Map the regular grid of an output of ``size`` (height, width): the sampling grid.

        Returns:
            (B, H, W, 2) tensor of input points.
        """
        theta = self._check(theta)
        regular = regular_grid(
            size, align_corners=align_corners, dtype=theta.dtype, device=theta.device
        )
        return self.points(theta, regular.reshape(-1, 2)).reshape(len(theta), *regular.shape)

    def _check(self, theta: Tensor) -> Tensor:
        return check_parameters(theta, self.n_params)


class Affine(Transform):
    """The affine map A_θ (eq. 1): six parameters (θ11, θ12, θ13, θ21, θ22, θ23).

    >>> affine = Affine()
    >>> affine.points(affine.identity()[None], torch.tensor([[0.5, -0.5]]))
    tensor([[[ 0.5000, -0.5000]]])
    """

    n_params = 6

    def identity(self) -> Tensor:
        return torch.tensor((1.0, 0.0, 0.0, 0.0, 1.0, 0.0))

    def matrix(self, theta: Tensor) -> Tensor:
        """Return the map as (B, 2, 3)."""
        return matrix(self._check(theta))

    def _map(self, theta: Tensor, points: Tensor) -> Tensor:
        both = self.matrix(theta)
        return points @ both[:, :, :2].transpose(1, 2) + both[:, None, :, 2]

    def grid(self, theta: Tensor, size: tuple[int, int], *, align_corners: bool = False) -> Tensor:
        return affine_grid(self.matrix(theta), size, align_corners=align_corners)


class Attention(Affine):
    """Cropping, translation and isotropic scaling (eq. 2): three parameters (s, t_x, t_y).

    >>> Attention().matrix(torch.tensor([[0.5, 0.25, 0.0]]))
    tensor([[[0.5000, 0.0000, 0.2500],
             [0.0000, 0.5000, 0.0000]]])
    """

    n_params = 3

    def identity(self) -> Tensor:
        return torch.tensor((1.0, 0.0, 0.0))

    def matrix(self, theta: Tensor) -> Tensor:
        """Return the map as (B, 2, 3)."""
        s, t_x, t_y = self._check(theta).unbind(-1)
        zero = torch.zeros_like(s)
        return matrix(torch.stack((s, zero, t_x, zero, s, t_y), dim=-1))


class Similarity(Affine):
    """Rotation, isotropic scaling and translation: four parameters (log_scale, angle, t_x, t_y).

    A point is scaled by exp(log_scale), turned by ``angle`` radians, then moved. The logarithm
    keeps the scale above 0 and makes zeros the identity, which suits a regression layer.

    >>> Similarity().matrix(torch.tensor([[0.0, 0.0, 0.5, 0.0]]))
    tensor([[[1.0000, -0.0000, 0.5000],
             [0.0000, 1.0000, 0.0000]]])
    """

    n_params = 4

    def identity(self) -> Tensor:
        return torch.zeros(4)

    def matrix(self, theta: Tensor) -> Tensor:
        """Return the map as (B, 2, 3)."""
        log_scale, angle, t_x, t_y = self._check(theta).unbind(-1)
        cos, sin = log_scale.exp() * angle.cos(), log_scale.exp() * angle.sin()
        return matrix(torch.stack((cos, -sin, t_x, sin, cos, t_y), dim=-1))
