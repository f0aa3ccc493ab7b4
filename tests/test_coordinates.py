"""The regular grid and the two conventions, against torch and against exact arithmetic."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import affine_grid as torch_affine_grid
from torch.testing import assert_close

import stnlib
from stnlib import affine_grid
from stnlib.coordinates import axis, normalised_from_pixel, pixel_from_normalised, regular_grid
from stnlib.pixel_matrix import pixel_from_theta

sizes = st.tuples(st.integers(1, 40), st.integers(1, 40))
flags = st.booleans()


@given(st.integers(1, 300), flags)
def test_axis_is_exact(n, align_corners):
    span = max(n - 1, 1) if align_corners else n
    exact = [float(Fraction(2 * i + 1 - n, span)) for i in range(n)]
    assert axis(n, align_corners=align_corners, dtype=torch.float64).tolist() == exact


@pytest.mark.filterwarnings("ignore:Since version 1.3.0")  # torch's word on one-pixel rows
@given(sizes, flags)
def test_regular_grid_equals_torch(size, align_corners):
    theta = torch.tensor([[[1.0, 0, 0], [0, 1, 0]]])
    expected = torch_affine_grid(theta, (1, 1, *size), align_corners=align_corners)
    assert_close(regular_grid(size, align_corners=align_corners)[None], expected)


def test_the_column_decides_x():
    grid = regular_grid((2, 3))
    assert_close(grid[0, 2], torch.tensor([2 / 3, -1 / 2]))


@given(sizes, flags, st.floats(-3, 3), st.floats(-3, 3))
def test_pixels_and_back(size, align_corners, column, row):
    pixel = torch.tensor([column, row], dtype=torch.float64)
    there = normalised_from_pixel(pixel, size, align_corners=align_corners)
    back = pixel_from_normalised(there, size, align_corners=align_corners)
    flat = torch.tensor([size[1] == 1, size[0] == 1]) & align_corners
    assert_close(back, torch.where(flat, 0.0, pixel))


@pytest.mark.parametrize(
    ("align_corners", "normalised", "pixel"),
    [(False, -1.0, -0.5), (False, 1.0, 9.5), (True, -1.0, 0.0), (True, 1.0, 9.0)],
)
def test_what_minus_one_and_one_mean(align_corners, normalised, pixel):
    points = torch.full((2,), normalised)
    found = pixel_from_normalised(points, (10, 10), align_corners=align_corners)
    assert_close(found, torch.full((2,), pixel))


def test_regular_grid_is_the_pixel_centres():
    size = (3, 5)
    for align_corners in (False, True):
        grid = regular_grid(size, align_corners=align_corners, dtype=torch.float64)
        pixels = pixel_from_normalised(grid, size, align_corners=align_corners)
        rows, columns = torch.meshgrid(torch.arange(3.0), torch.arange(5.0), indexing="ij")
        assert_close(pixels, torch.stack((columns, rows), -1).double())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_dtype_is_kept(dtype):
    assert regular_grid((3, 4), dtype=dtype).dtype == dtype
    assert pixel_from_normalised(torch.zeros(2, dtype=dtype), (3, 4)).dtype == dtype
    assert normalised_from_pixel(torch.zeros(2, dtype=dtype), (3, 4)).dtype == dtype


def test_one_number_is_the_side_of_a_square_everywhere():
    theta, image, home = torch.zeros(1, 8), torch.rand(1, 1, 4, 4), regular_grid(4)[None]
    assert torch.equal(home[0], regular_grid((4, 4)))
    point = torch.tensor([0.3, -0.2])
    for convert in (pixel_from_normalised, normalised_from_pixel):
        assert torch.equal(convert(point, 4), convert(point, (4, 4)))
    for family in (stnlib.Affine(), stnlib.ThinPlateSpline((2, 2)), stnlib.Projective()):
        start = family.identity()[None]
        assert torch.equal(family.grid(start, 4), family.grid(start, (4, 4)))
    assert torch.equal(affine_grid(theta[:, :6], 4), affine_grid(theta[:, :6], (4, 4)))
    assert stnlib.splat(image, home, 6).total.shape == (1, 1, 6, 6)
    identity = stnlib.affine.identity()
    pixels = (pixel_from_theta(identity, *sizes) for sizes in ((4, 6), ((4, 4), (6, 6))))
    assert torch.equal(*pixels)
    transformer = stnlib.SpatialTransformer(nn.Linear(4, 6), stnlib.Affine(), 3)
    assert transformer.output_size == (3, 3)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("convert", [pixel_from_normalised, normalised_from_pixel])
def test_half_precision_is_rounded_once(dtype, align_corners, convert):
    points = (torch.rand(40, 2) * 300).to(dtype)
    points = points if convert is normalised_from_pixel else (points / 200 - 0.5).to(dtype)
    size, options = (301, 1999), {"align_corners": align_corners}
    exact = convert(points.double(), size, **options)
    near = {"rtol": torch.finfo(dtype).eps, "atol": 1e-4}
    assert_close(convert(points, size, **options).double(), exact, **near)
