"""Build affine maps, combine them and lead them back."""

from __future__ import annotations

import math
import numbers
from functools import reduce

import torch
from torch import Tensor

from stnlib._checks import check_dense, check_tensor, check_wide, describe, refuse_where
from stnlib._precision import working_dtype


def matrix(theta: Tensor, axes: int = 2) -> Tensor:
    """Return theta as (B, 2, 3) from (B, 6) or (B, 2, 3).

    With three ``axes`` as (B, 3, 4) from (B, 12) or (B, 3, 4).

    Raises:
        TypeError, ValueError: no floating point tensor of either shape.

    >>> matrix(torch.arange(6.0)[None])
    tensor([[[0., 1., 2.],
             [3., 4., 5.]]])
    """
    rows, columns = axes, axes + 1
    expected = f"(B, {rows}, {columns}) or (B, {rows * columns})"
    theta = check_tensor("theta", theta, expected)
    if theta.shape[1:] not in ((rows, columns), (rows * columns,)):
        raise ValueError(f"theta: expected shape {expected}, got {describe(theta)}")
    return theta.reshape(theta.shape[0], rows, columns)


def homogeneous(theta: Tensor) -> Tensor:
    """Return theta as (B, 3, 3), with the row (0, 0, 1) below, so that maps multiply.

    A map of volumes is returned as (B, 4, 4).
    """
    of_volumes = isinstance(theta, Tensor) and theta.shape[1:] in ((3, 4), (12,))
    theta = matrix(theta, 3 if of_volumes else 2)
    last = theta.new_tensor((*[0] * theta.shape[1], 1)).expand(len(theta), 1, -1)
    return torch.cat((theta, last), dim=1)


def identity() -> Tensor:
    """Return the map that moves nothing, (1, 2, 3).

    >>> identity()
    tensor([[[1., 0., 0.],
             [0., 1., 0.]]])
    """
    return scaling(1.0)


def rotation(angle: float | Tensor) -> Tensor:
    """Return a rotation by ``angle`` radians: clockwise on screen, as y points down.

    Args:
        angle: number or (B,) tensor.

    Returns:
        (B, 2, 3) tensor, B = 1 for a number.

    >>> rotation(torch.pi / 2).round(decimals=3) + 0.0
    tensor([[[ 0., -1.,  0.],
             [ 1.,  0.,  0.]]])
    """
    angle = stack_numbers(angle=angle)[:, 0]
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    return matrix(torch.stack((cos, -sin, zero, sin, cos, zero), dim=-1))


def scaling(x: float | Tensor, y: float | Tensor | None = None) -> Tensor:
    """Return a scaling by ``x`` along x and ``y`` along y (the same when left out).

    >>> scaling(2.0)
    tensor([[[2., 0., 0.],
             [0., 2., 0.]]])
    """
    return matrix(stack_numbers(x=x, a=0.0, b=0.0, c=0.0, y=x if y is None else y, d=0.0))


def shear(x: float | Tensor = 0.0, y: float | Tensor = 0.0) -> Tensor:
    """Return a shear: ``x`` slants vertical lines, ``y`` slants horizontal ones.

    >>> shear(0.5)
    tensor([[[1.0000, 0.5000, 0.0000],
             [0.0000, 1.0000, 0.0000]]])
    """
    return matrix(stack_numbers(a=1.0, x=x, b=0.0, y=y, c=1.0, d=0.0))


def translation(x: float | Tensor, y: float | Tensor) -> Tensor:
    """Return a shift by (x, y) in normalised units: 2 is the width or height of the picture.

    >>> translation(0.5, 0.0)
    tensor([[[1.0000, 0.0000, 0.5000],
             [0.0000, 1.0000, 0.0000]]])
    """
    return matrix(stack_numbers(a=1.0, b=0.0, x=x, c=0.0, d=1.0, y=y))


def compose(*thetas: Tensor) -> Tensor:
    """Multiply maps as matrices are written: the LAST one acts first on an output point.

    Args:
        thetas: one or more (B, 2, 3) or (B, 6) tensors, or of volumes all (B, 3, 4) or (B, 12); a
            batch of 1 fits every batch.

    Returns:
        (B, 2, 3) tensor, of volumes (B, 3, 4).

    Raises:
        TypeError, ValueError: nothing given, wrong shapes, maps of pictures and of volumes, or
            batches that do not fit.

    >>> compose(translation(1.0, 0.0), scaling(2.0))      # scale first, then shift
    tensor([[[2., 0., 1.],
             [0., 2., 0.]]])
    """
    if not thetas:
        raise ValueError("compose: expected at least one theta, got none")
    maps = [homogeneous(theta) for theta in thetas]
    dtype = reduce(torch.promote_types, (part.dtype for part in maps))
    if len({part.shape[1] for part in maps}) > 1:
        raise ValueError("compose: expected maps of pictures, or of volumes, got both")
    product = maps[0].to(working_dtype(dtype))
    for right in maps[1:]:
        if len({len(product), len(right)} - {1}) > 1:
            raise ValueError(
                f"compose: expected one batch size, got {len(product)} and {len(right)}"
            )
        product = (product[..., None] * right[:, None]).sum(2)  # autocast would halve @
    return product[:, :-1].to(dtype)


def invert(theta: Tensor) -> Tensor:
    """Return the map that leads back: from input points to output points.

    Raises:
        ValueError: a map flattens the plane (determinant 0 to within rounding, or not finite), or
            its dtype cannot hold what leads back.

    >>> compose(invert(translation(0.5, 0.0)), translation(0.5, 0.0))
    tensor([[[1., 0., 0.],
             [0., 1., 0.]]])
    """
    theta = matrix(theta)
    (a, b, t_x), (c, d, t_y), sizes, determinant = scaled("invert", theta)
    linear = torch.stack((d, -b, -c, a), -1).unflatten(1, (2, 2)) / determinant[:, None, None]
    linear = linear / sizes[:, :, None]
    shift = -(linear * torch.stack((t_x, t_y), -1)[:, None]).sum(2, keepdim=True)
    inverse = torch.cat((linear, shift), dim=2).to(theta.dtype)
    bad = ~inverse.isfinite().flatten(1).all(1)
    return refuse_where(bad, f"invert: expected an inverse in {theta.dtype}, got none", inverse)


def scaled(name: str, theta: Tensor) -> tuple[tuple, tuple, Tensor, Tensor]:
    """Return the rows (a, b, t_x) and (c, d, t_y), with sizes (B, 2) taken out of both columns.

    The sizes are powers of two, so no digit changes, and no product under- or overflows. With them
    comes the determinant ad - bc of what is left, refused where it is 0 to within rounding.
    """
    exact = theta.to(working_dtype(theta.dtype))
    sizes = exact[:, :, :2].detach().abs().amax(1)
    sizes = torch.where(sizes > 0, sizes.log2().floor().exp2(), 1)
    linear = exact[:, :, :2] / sizes[:, None]
    (a, b), (c, d) = (row.unbind(-1) for row in linear.unbind(1))
    determinant, about = a * d - b * c, torch.finfo(theta.dtype)
    rounded = torch.maximum(linear.abs(), about.tiny / sizes[:, None])  # below tiny it is coarser
    reach = (rounded * linear.flip(1, 2).abs()).sum((1, 2))  # 2 (|ad| + |bc|) but for tiny numbers
    flat = ~(determinant.abs() > 2 * about.eps * reach)
    expected = f"{name}: expected a determinant other than 0, got 0 or no finite number"
    t_x, t_y = exact[:, :, 2].unbind(-1)
    return (a, b, t_x), (c, d, t_y), sizes, refuse_where(flat, expected, determinant)


def stack_numbers(**values: object) -> Tensor:
    """Return named numbers, or () or (B,) tensors, side by side: (B, as many as there are).

    The widest dtype of the tensors holds, whichever comes first; numbers follow it.
    """
    for name, value in values.items():
        if isinstance(value, Tensor):
            good = check_dense(name, value).is_floating_point() and value.dim() < 2
        else:
            good = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if not good:
            raise TypeError(f"{name}: expected a number or a (B,) tensor, got {describe(value)}")
        if isinstance(value, Tensor):
            check_wide(name, value.dtype)
    tensors = [v for v in values.values() if isinstance(v, Tensor)] or [torch.empty(0)]
    dtype = reduce(torch.promote_types, (tensor.dtype for tensor in tensors))
    like, largest = tensors[0].to(dtype), torch.finfo(dtype).max
    for name, value in values.items():
        if not isinstance(value, Tensor) and largest < abs(value) < math.inf:
            raise ValueError(f"{name}: expected a number that {dtype} holds, got {describe(value)}")
    columns = [torch.as_tensor(v, dtype=dtype, device=like.device) for v in values.values()]
    try:
        columns = torch.broadcast_tensors(*columns, like.new_empty(1))[:-1]
    except RuntimeError:
        named = zip(values, columns, strict=True)
        shapes = ", ".join(f"{name} {tuple(column.shape)}" for name, column in named)
        raise ValueError(f"parameters: expected one batch size, got {shapes}") from None
    return torch.stack(columns, dim=-1)
