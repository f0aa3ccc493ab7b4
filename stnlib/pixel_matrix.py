"""θ as other libraries write it: a matrix on pixel indices.

Convention:
    ``"skimage"``: (B, 3, 3), output pixel → input pixel: the ``inverse_map`` of
    ``skimage.transform.warp``. ``"opencv"``: (B, 2, 3), input pixel → output pixel: the ``M`` of
    ``cv2.warpAffine`` without ``WARP_INVERSE_MAP``. Both multiply (column, row, 1) and count from
    pixel centres.
"""

from __future__ import annotations

from torch import Tensor

from stnlib._checks import (
    Size,
    check_choice,
    check_flag,
    check_size,
    check_tensor,
    describe,
    refuse_where,
)
from stnlib._precision import working_dtype
from stnlib.affine import compose, homogeneous, invert, matrix

CONVENTIONS = ("skimage", "opencv")


def _normalised_from_pixel(size: tuple[int, int], align_corners: bool, like: Tensor) -> Tensor:
    """Return the (1, 2, 3) map from pixel indices to normalised coordinates, never in half."""
    height, width = size
    span_x, span_y = (width - 1, height - 1) if align_corners else (width, height)
    if not span_x or not span_y:
        raise ValueError(
            "size: expected at least 2 pixels each way under align_corners=True, "
            f"got (height, width) = {size}"
        )
    values = (2 / span_x, 0, (1 - width) / span_x, 0, 2 / span_y, (1 - height) / span_y)
    return matrix(like.new_tensor(values, dtype=working_dtype(like.dtype))[None])


def pixel_from_theta(
    theta: Tensor,
    input_size: Size,
    output_size: Size,
    *,
    convention: str = "skimage",
    align_corners: bool = False,
) -> Tensor:
    """Turn theta into a matrix on pixel indices (column, row), for other libraries.

    Args:
        theta: (B, 2, 3) or (B, 6), output → input, normalised.
        input_size, output_size: (height, width) in pixels, or one number; they may differ.
        convention: ``"skimage"`` or ``"opencv"``, see the module.
        align_corners: as in :mod:`stnlib.coordinates`.

    Returns:
        (B, 3, 3) or (B, 2, 3) tensor, as the convention says.

    Raises:
        TypeError, ValueError: wrong type, shape or word; one pixel each way under
            ``align_corners=True``; for OpenCV a map that has no inverse.

    >>> from stnlib.affine import translation
    >>> pixel_from_theta(translation(0.5, 0.0), (10, 20), (10, 20))[0, 0].round(decimals=3)
    tensor([1., 0., 5.])
    """
    theta = matrix(theta)
    check_choice("convention", convention, CONVENTIONS)
    check_flag("align_corners", align_corners)
    source = _normalised_from_pixel(check_size("input_size", input_size), align_corners, theta)
    target = _normalised_from_pixel(check_size("output_size", output_size), align_corners, theta)
    if convention == "opencv":
        return compose(invert(target), invert(theta), source).to(theta.dtype)
    return homogeneous(compose(invert(source), theta, target).to(theta.dtype))


def theta_from_pixel(
    pixel_matrix: Tensor,
    input_size: Size,
    output_size: Size,
    *,
    convention: str = "skimage",
    align_corners: bool = False,
) -> Tensor:
    """Turn another library's matrix on pixel indices into theta: undo :func:`pixel_from_theta`.

    Args:
        pixel_matrix: (B, 2, 3), or (B, 3, 3) whose last row is (0, 0, 1).
        input_size, output_size, convention, align_corners: as in :func:`pixel_from_theta`.

    Returns:
        (B, 2, 3) tensor.

    Raises:
        TypeError, ValueError: as in :func:`pixel_from_theta`; a last row other than (0, 0, 1).

    >>> import torch
    >>> theta_from_pixel(torch.tensor([[[1.0, 0, 5], [0, 1, 0]]]), (10, 20), (10, 20))[0, 0]
    tensor([1.0000, 0.0000, 0.5000])
    """
    pixel_matrix = check_tensor("pixel_matrix", pixel_matrix, "(B, 2, 3) or (B, 3, 3)")
    if pixel_matrix.shape[1:] not in ((2, 3), (3, 3)):
        raise ValueError(
            f"pixel_matrix: expected shape (B, 2, 3) or (B, 3, 3), got {describe(pixel_matrix)}"
        )
    other = (pixel_matrix[:, 2:] != pixel_matrix.new_tensor((0, 0, 1))).flatten(1).any(1)
    expected = "pixel_matrix: expected the last row (0, 0, 1), got another"
    pixel_matrix = refuse_where(other, expected, pixel_matrix)
    check_choice("convention", convention, CONVENTIONS)
    check_flag("align_corners", align_corners)
    source = check_size("input_size", input_size)
    target = check_size("output_size", output_size)
    source_from_target = pixel_matrix[:, :2]
    if convention == "opencv":
        source_from_target = invert(source_from_target)
    normalised_source = _normalised_from_pixel(source, align_corners, pixel_matrix)
    normalised_target = _normalised_from_pixel(target, align_corners, pixel_matrix)
    theta = compose(normalised_source, source_from_target, invert(normalised_target))
    return theta.to(pixel_matrix.dtype)
