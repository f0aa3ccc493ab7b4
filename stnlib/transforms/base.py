"""What all families of maps share: checked arguments, points, grids, and where they fold."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from stnlib._checks import (
    Size,
    Volume,
    check_parameters,
    check_points,
    check_size,
    describe,
)
from stnlib._precision import full_precision, working_dtype
from stnlib.coordinates import regular_grid


class Transform(nn.Module):
    """A map T_θ from OUTPUT points to INPUT points, differentiable in θ and in the points.

    A family states ``n_params`` and writes ``identity`` and ``_map``; the rest follows. It is a
    module so that it shows in the network's ``repr`` and moves with it; it learns nothing itself.

    Precision:
        What is made of θ and points has the wider of their dtypes, also under autocast. Half
        precision is computed in float32 and rounded once.

    Attributes:
        n_params: how many numbers θ has.
        axes: how many a point has: 2 for maps of pictures, (x, y); 3 for volumes, (x, y, z).
        linear_in_theta: whether each mapped point is a constant plus a linear function of θ.
    """

    n_params: int
    axes = 2
    linear_in_theta = False

    def identity(self) -> Tensor:
        """Return the (n_params,) parameters that move no point."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its identity is")

    def _map(self, theta: Tensor, points: Tensor) -> Tensor:
        """Map checked (B, N, axes) points with (B, n_params) θ, both of one working dtype."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it maps points")

    def points(self, theta: Tensor, points: Tensor) -> Tensor:
        """Map output points to input points.

        Args:
            theta: (B, n_params).
            points: (N, 2), shared by the batch, or (B, N, 2); normalised (x, y). Of volumes (N, 3)
                or (B, N, 3).

        Returns:
            (B, N, 2) tensor, of volumes (B, N, 3).

        Raises:
            TypeError, ValueError: wrong type or shape, or two devices.
        """
        theta, points, dtype = self._check_pair(theta, points)
        with full_precision(theta.device):
            return self._map(theta, points).to(dtype)

    def compose(self, first: Tensor, second: Tensor) -> Tensor:
        """Return θ of both maps in a row, T_first(T_second(point)): ``second`` acts first.

        The order is that of matrices, and of :func:`stnlib.affine.compose`.

        Args:
            first, second: (B, n_params).

        Returns:
            (B, n_params) tensor.

        Raises:
            NotImplementedError: two maps of this family in a row are no map of this family.
            TypeError, ValueError: wrong type or shape, or two batch sizes or devices.
        """
        first, second = (self._check(theta) for theta in (first, second))
        if len(first) != len(second):
            raise ValueError(
                f"second: expected shape {tuple(first.shape)}, as first, got {describe(second)}"
            )
        if first.device != second.device:
            raise TypeError(
                f"second: expected the device of first, {first.device}, got {second.device}"
            )
        dtype = torch.promote_types(first.dtype, second.dtype)
        exact = working_dtype(dtype)
        with full_precision(first.device):
            return self._compose(first.to(exact), second.to(exact)).to(dtype)

    def _compose(self, first: Tensor, second: Tensor) -> Tensor:
        """Compose checked (B, n_params) parameters of one working dtype."""
        raise NotImplementedError(
            f"compose: expected a family in which two maps in a row are one map, "
            f"got {type(self).__name__}: read twice instead, or choose an affine or projective map"
        )

    def determinant(self, theta: Tensor, points: Tensor) -> Tensor:
        """Return by how much T_θ scales areas, or volumes, around each point: det of its Jacobian.

        It is negative where the grid is turned over, and differentiable in θ, so that a loss may
        hold it above 0. On the edges of a piece-wise map one of the sides is taken.

        Args:
            theta, points: as in :meth:`points`.

        Returns:
            (B, N) tensor.

        Raises:
            TypeError, ValueError: wrong type or shape, or two devices.
        """
        determinant, dtype = self._determinant(theta, points)
        return determinant.to(dtype)

    def folded(self, theta: Tensor, points: Tensor) -> Tensor:
        """Say where the grid is turned over: (B, N) True where :meth:`determinant` is negative."""
        return self._determinant(theta, points)[0] < 0

    def _determinant(self, theta: Tensor, points: Tensor) -> tuple[Tensor, torch.dtype]:
        """Return the determinant before it is rounded, and the dtype that it is meant for."""
        theta, points, dtype = self._check_pair(theta, points)
        points, one = points.contiguous(), torch.ones_like(points[..., 0]).contiguous()
        every = range(self.axes)
        ways = [torch.stack([one if k == way else 0 * one for k in every], -1) for way in every]
        with full_precision(theta.device):
            columns = [
                torch.func.jvp(lambda points: self._map(theta, points), (points,), (way,))[1]
                for way in ways
            ]
        return _spanned(*columns), dtype

    def grid(self, theta: Tensor, size: Size | Volume, *, align_corners: bool = False) -> Tensor:
        """Map the regular grid of an output: the sampling grid.

        Args:
            theta: (B, n_params).
            size: (height, width) of the output, of a volume (depth, height, width), or its side.

        Returns:
            (B, H, W, 2) tensor of input points, of volumes (B, D, H, W, 3).
        """
        theta = self._check(theta)
        regular = regular_grid(
            check_size("size", size, self.axes),
            align_corners=align_corners,
            dtype=working_dtype(theta.dtype),
            device=theta.device,
        )
        mapped = self.points(theta, regular.reshape(-1, self.axes)).to(theta.dtype)
        return mapped.unflatten(1, regular.shape[:-1])

    def _check(self, theta: Tensor) -> Tensor:
        return check_parameters("theta", theta, self.n_params)

    def _check_pair(self, theta: Tensor, points: Tensor) -> tuple[Tensor, Tensor, torch.dtype]:
        """Check both, give each picture its points, and say what the result is rounded to."""
        theta, points = self._check(theta), check_points("points", points, self.axes)
        batch = theta.shape[0]  # len() would freeze it under torch.export
        if points.dim() not in (2, 3) or (points.dim() == 3 and points.shape[0] not in (1, batch)):
            raise ValueError(
                f"points: expected shape (N, {self.axes}) or ({batch}, N, {self.axes}), "
                f"got {describe(points)}"
            )
        if points.device != theta.device:
            raise TypeError(
                f"points: expected the device of theta, {theta.device}, got {points.device}"
            )
        dtype = torch.promote_types(theta.dtype, points.dtype)
        exact = working_dtype(dtype)
        return theta.to(exact), points.to(exact).expand(batch, *points.shape[-2:]), dtype


def _spanned(*sides: Tensor) -> Tensor:
    """Return the signed area that two (..., 2) sides span, or the volume of three (..., 3)."""
    if len(sides) == 2:
        (a, b), (c, d) = (side.unbind(-1) for side in sides)
        return a * d - b * c
    x, y, z = sides
    return (x * torch.linalg.cross(y, z)).sum(-1)


class BasisTransform(Transform):
    """A map T_θ = M_θ B (end of section 3.2): a matrix made of θ, times B made of the points.

    A family writes ``matrix`` and ``basis``.
    """

    def matrix(self, theta: Tensor) -> Tensor:
        """Return M_θ, (B, axes, K)."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its matrix is")

    def basis(self, points: Tensor) -> Tensor:
        """Return B, one row for each point: (..., axes) -> (..., K)."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its basis is")

    def _map(self, theta: Tensor, points: Tensor) -> Tensor:
        return self.basis(points) @ self.matrix(theta).mT
