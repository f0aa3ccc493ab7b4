"""The affine map, and what is left of it with fewer parameters."""

from __future__ import annotations

import torch
from torch import Tensor

from stnlib._checks import Size, Volume, check_points, check_size
from stnlib._precision import working_dtype
from stnlib.affine import affine_grid, compose, matrix
from stnlib.transforms.base import BasisTransform


class Affine(BasisTransform):
    """The affine map A_θ (eq. 1): six parameters (θ11, θ12, θ13, θ21, θ22, θ23).

    >>> affine = Affine()
    >>> affine.points(affine.identity()[None], torch.tensor([[0.5, -0.5]]))
    tensor([[[ 0.5000, -0.5000]]])
    """

    n_params = 6
    linear_in_theta = True

    def identity(self) -> Tensor:
        return torch.eye(self.axes, self.axes + 1).flatten()

    def matrix(self, theta: Tensor) -> Tensor:
        """Return the map as (B, 2, 3), of volumes (B, 3, 4)."""
        return matrix(self._check(theta), self.axes)

    def basis(self, points: Tensor) -> Tensor:
        """Return (x, y, 1) for each point, of volumes (x, y, z, 1)."""
        points = check_points("points", points, self.axes)
        return torch.cat((points, torch.ones_like(points[..., :1])), dim=-1)

    def _compose(self, first: Tensor, second: Tensor) -> Tensor:
        return compose(self.matrix(first), self.matrix(second)).flatten(1)

    def grid(self, theta: Tensor, size: Size | Volume, *, align_corners: bool = False) -> Tensor:
        exact = self.matrix(self._check(theta).to(working_dtype(theta.dtype)))
        sides = check_size("size", size, self.axes)
        return affine_grid(exact, sides, align_corners=align_corners).to(theta.dtype)


class Affine3d(Affine):
    """The affine map of volumes: twelve parameters, (θ11, θ12, θ13, θ14, θ21, …, θ34).

    (x, y, z) is the input point of the output point (X, Y, Z): x = θ11·X + θ12·Y + θ13·Z + θ14.

    >>> Affine3d().matrix(Affine3d().identity()[None])
    tensor([[[1., 0., 0., 0.],
             [0., 1., 0., 0.],
             [0., 0., 1., 0.]]])
    """

    n_params = 12
    axes = 3


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

    def _compose(self, first: Tensor, second: Tensor) -> Tensor:
        return super()._compose(first, second)[:, (0, 2, 5)]


class Similarity(Affine):
    """Rotation, isotropic scaling and translation: four parameters (log_scale, angle, t_x, t_y).

    A point is scaled by exp(log_scale), turned by ``angle`` radians, then moved. The logarithm
    keeps the scale above 0 and makes zeros the identity, which suits a regression layer. It is not
    bounded, so that equal steps are equal ratios everywhere; where the scale is no finite number
    any more (float32: from 89 on), ``fit`` stops with a FloatingPointError.

    >>> Similarity().matrix(torch.tensor([[0.0, 0.0, 0.5, 0.0]]))
    tensor([[[1.0000, -0.0000, 0.5000],
             [0.0000, 1.0000, 0.0000]]])
    """

    n_params = 4
    linear_in_theta = False

    def identity(self) -> Tensor:
        return torch.zeros(4)

    def matrix(self, theta: Tensor) -> Tensor:
        """Return the map as (B, 2, 3)."""
        exact = self._check(theta).to(working_dtype(theta.dtype))
        log_scale, angle, t_x, t_y = exact.unbind(-1)
        cos, sin = log_scale.exp() * angle.cos(), log_scale.exp() * angle.sin()
        return matrix(torch.stack((cos, -sin, t_x, sin, cos, t_y), dim=-1)).to(theta.dtype)

    def _compose(self, first: Tensor, second: Tensor) -> Tensor:
        place = super()._compose(first, second)[:, (2, 5)]
        return torch.cat((first[:, :2] + second[:, :2], place), dim=1)
