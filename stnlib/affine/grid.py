"""The regular grid, mapped."""

from __future__ import annotations

import torch
from torch import Tensor

from stnlib._checks import Size, check_size
from stnlib._precision import working_dtype
from stnlib.affine.maps import matrix
from stnlib.coordinates import axis


def affine_grid(theta: Tensor, size: Size, *, align_corners: bool = False) -> Tensor:
    """Map the regular grid of the output through theta (eq. 1): the sampling grid.

    x = θ11·X + θ12·Y + θ13 needs X once a column and Y once a row, so the two axes are mapped
    apart and added by broadcasting: two additions a point in place of a matrix product.

    Args:
        theta: (B, 2, 3) or (B, 6).
        size: (height, width) of the output, or its side.
        align_corners: as in :mod:`stnlib.coordinates`.

    Returns:
        (B, H, W, 2) tensor of INPUT points (x, y), a view with x and y in planes of their own
        (``reshape`` it, not ``view``). Equal to ``torch.nn.functional.affine_grid``.

    Raises:
        TypeError, ValueError: wrong type or shape.

    >>> affine_grid(torch.tensor([[[1.0, 0.0, 0.5], [0.0, 1.0, 0.0]]]), (1, 2))
    tensor([[[[0., 0.],
              [1., 0.]]]])
    """
    return planes(matrix(theta), size, align_corners=align_corners).permute(0, 2, 3, 1)


def planes(rows: Tensor, size: Size, *, align_corners: bool = False) -> Tensor:
    """Return each row (a, b, c) of (B, R, 3) as a·X + b·Y + c on the regular grid, (B, R, H, W)."""
    height, width = check_size("size", size)
    exact = rows.to(working_dtype(rows.dtype))
    options = {"align_corners": align_corners, "dtype": exact.dtype, "device": rows.device}
    per_x, per_y, shift = exact[..., None].unbind(2)
    along_x = per_x * axis(width, **options)
    along_y = torch.addcmul(shift, per_y, axis(height, **options))
    return (along_x[:, :, None, :] + along_y[:, :, :, None]).to(rows.dtype)
