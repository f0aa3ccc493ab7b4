"""Pixel matrices against scikit-image's own warp, and OpenCV's."""

import cv2
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from skimage import transform as sk
from torch.nn.functional import grid_sample
from torch.testing import assert_close

from stnlib import affine, affine_grid
from stnlib.pixel_matrix import CONVENTIONS, pixel_from_theta, theta_from_pixel

SIZES = [((20, 20), (20, 20)), ((20, 30), (20, 30)), ((24, 17), (31, 12))]


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize(("input_size", "output_size"), SIZES)
def test_pixel_matrix_reads_as_scikit_image_warps(input_size, output_size, align_corners):
    image = torch.rand(1, 1, *input_size, dtype=torch.float64)
    theta = affine.from_parts(rotation=0.4, scale_x=0.8, scale_y=1.1, shear=0.2, t_x=0.15).double()
    grid = affine_grid(theta, output_size, align_corners=align_corners)
    ours = grid_sample(image, grid, padding_mode="border", align_corners=align_corners)
    inverse_map = pixel_from_theta(theta, input_size, output_size, align_corners=align_corners)
    theirs = sk.warp(
        image[0, 0].numpy(), inverse_map[0].numpy(), output_shape=output_size, order=1, mode="edge"
    )
    assert_close(ours[0, 0], torch.from_numpy(theirs), atol=1e-9, rtol=0)


@given(
    st.tuples(st.floats(-3, 3), *[st.floats(0.25, 3)] * 2, *[st.floats(-3, 3)] * 3),
    st.sampled_from(SIZES),
    st.booleans(),
    st.sampled_from(CONVENTIONS),
)
def test_pixel_matrix_and_back(parts, sizes, align_corners, convention):
    parts = torch.tensor(parts, dtype=torch.float64)
    theta = affine.from_parts(**dict(zip(affine.AffineParts._fields, parts, strict=True)))
    options = {"convention": convention, "align_corners": align_corners}
    pixel = pixel_from_theta(theta, *sizes, **options)
    assert pixel.shape == ((1, 3, 3) if convention == "skimage" else (1, 2, 3))
    assert_close(
        theta_from_pixel(pixel, *sizes, **options), affine.matrix(theta), atol=1e-8, rtol=0
    )


def test_opencv_matrix_sends_input_pixels_to_output_pixels():
    theta = affine.translation(0.5, 0.0)  # the grid moves right by 5 of 20 pixels ...
    matrix = pixel_from_theta(theta, (10, 20), (10, 20), convention="opencv")
    assert_close(matrix[0, :, 2], torch.tensor([-5.0, 0.0]))  # ... so the content moves left


def test_opencv_itself():
    image = torch.rand(1, 1, 24, 17, generator=torch.Generator().manual_seed(0))
    theta = affine.from_parts(rotation=0.4, scale_x=0.8, t_x=0.15)
    ours = grid_sample(image, affine_grid(theta, (31, 12)), align_corners=False)[0, 0]
    matrix = pixel_from_theta(theta, (24, 17), (31, 12), convention="opencv")
    theirs = cv2.warpAffine(image[0, 0].numpy(), matrix[0].numpy(), (12, 31))
    assert (ours - torch.from_numpy(theirs)).abs().max() < 0.05  # OpenCV rounds to 1/32 pixel
