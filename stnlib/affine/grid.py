"""The regular grid, mapped."""

from __future__ import annotations

import torch
from torch import Tensor

from stnlib._checks import Size, Volume, check_size
from stnlib._precision import working_dtype
from stnlib.affine.maps import matrix
from stnlib.coordinates import axis


def affine_grid(theta: Tensor, size: Size | Volume, *, align_corners: bool = False) -> Tensor:
    """Map the regular grid of the output through theta (eq. 1): the sampling grid.

    x = θ11·X + θ12·Y + θ13 needs X once a column and Y once a row, so the two axes are mapped
    apart and added by broadcasting: two additions a point in place of a matrix product. A volume
    has one axis more, and one addition.

    Args:
        theta: (B, 2, 3) or (B, 6); for a volume (B, 3, 4) or (B, 12).
        size: (height, width) of the output, or its side; (depth, height, width) of a volume.
        align_corners: as in :mod:`stnlib.coordinates`.

    Returns:
        (B, H, W, 2) tensor of INPUT points (x, y), a view with x and y in planes of their own
        (``reshape`` it, not ``view``). For a volume (B, D, H, W, 3) with (x, y, z). Equal to
        ``torch.nn.functional.affine_grid``.

    Raises:
        TypeError, ValueError: wrong type or shape.

    >>> affine_grid(torch.tensor([[[1.0, 0.0, 0.5], [0.0, 1.0, 0.0]]]), (1, 2))
    tensor([[[[0., 0.],
              [1., 0.]]]])
    """
    sides = check_size("size", size, 2, 3)
    rows = matrix(theta, len(sides))
    return _planes(rows, sides, align_corners).movedim(1, -1)


def planes(rows: Tensor, size: Size | Volume, *, align_corners: bool = False) -> Tensor:
    """Return each row (a, b, c) of (B, R, 3) as a·X + b·Y + c on the regular grid, (B, R, H, W).

    For a volume (a, b, c, d) of (B, R, 4) as a·X + b·Y + c·Z + d, (B, R, D, H, W).
    """
    return _planes(rows, check_size("size", size, rows.shape[2] - 1), align_corners)


def _planes(rows: Tensor, sides: tuple[int, ...], align_corners: bool) -> Tensor:
    exact = rows.to(working_dtype(rows.dtype))
    options = {"align_corners": align_corners, "dtype": exact.dtype, "device": rows.device}
    *per_axis, shift = exact[..., None].unbind(2)  # of x, y (and z): (B, R, 1) each
    total = torch.addcmul(shift, per_axis.pop(), axis(sides[0], **options))
    for n in sides[1:]:  # x comes last: only there is a number added for every point
        along = per_axis.pop() * axis(n, **options)
        total = total[..., None] + along.unflatten(2, (*[1] * (total.dim() - 2), -1))
    return total.to(rows.dtype)
