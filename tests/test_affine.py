"""Affine maps: known values, group laws, gradients, and the grid against torch."""

import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.nn.functional import affine_grid as torch_affine_grid
from torch.testing import assert_close

from stnlib import affine, affine_grid
from stnlib.pixel_matrix import pixel_from_theta, theta_from_pixel

numbers = st.floats(-3, 3, width=32)
scales = st.floats(0.25, 3)
thetas = st.lists(numbers, min_size=6, max_size=6).map(
    lambda values: torch.tensor([values], dtype=torch.float64)
)
F64 = {"dtype": torch.float64}


def well_conditioned(theta):
    a, b, _, c, d, _ = theta.flatten().tolist()
    return abs(a * d - b * c) > 0.05


def test_known_values():
    quarter = affine.rotation(math.pi / 2)
    right = torch.tensor([1.0, 0.0, 1.0])
    assert_close(quarter @ right, torch.tensor([[0.0, 1.0]]))  # right turns to down: clockwise
    assert affine.scaling(2.0, 3.0).tolist() == [[[2, 0, 0], [0, 3, 0]]]
    assert affine.shear(0.5, 0.25).tolist() == [[[1, 0.5, 0], [0.25, 1, 0]]]
    assert affine.translation(0.5, -1.0).tolist() == [[[1, 0, 0.5], [0, 1, -1]]]
    assert affine.identity().tolist() == [[[1, 0, 0], [0, 1, 0]]]


def test_the_last_map_acts_first():
    shift, turn = affine.translation(1.0, 0.0), affine.rotation(math.pi / 2)
    origin = torch.tensor([0.0, 0.0, 1.0])
    assert_close(affine.compose(shift, turn) @ origin, torch.tensor([[1.0, 0.0]]))
    assert_close(affine.compose(turn, shift) @ origin, torch.tensor([[0.0, 1.0]]))


@given(thetas, thetas, thetas)
def test_composing_is_associative_and_is_the_matrix_product(first, second, third):
    together = affine.compose(first, second, third)
    step_by_step = affine.compose(first, affine.compose(second, third))
    product = affine.homogeneous(first) @ affine.homogeneous(second) @ affine.homogeneous(third)
    assert_close(together, step_by_step)
    assert_close(together, product[:, :2])


@given(thetas)
def test_inverse(theta):
    assume(well_conditioned(theta))
    for product in (
        affine.compose(affine.invert(theta), theta),
        affine.compose(theta, affine.invert(theta)),
    ):
        assert_close(product, affine.identity().double(), atol=1e-9, rtol=0)


@given(thetas)
def test_parts_build_the_map_again(theta):
    assume(well_conditioned(theta))
    parts = affine.decompose(theta)
    assert (parts.scale_x > 0).all()
    assert_close(affine.from_parts(**parts._asdict()), affine.matrix(theta))


@given(st.floats(-3, 3), scales, scales, numbers, numbers, numbers)
def test_parts_come_back(rotation, scale_x, scale_y, shear, t_x, t_y):
    given_parts = torch.tensor([rotation, scale_x, scale_y, shear, t_x, t_y], **F64)
    names = affine.AffineParts._fields
    theta = affine.from_parts(**dict(zip(names, given_parts[:, None], strict=True)))
    assert_close(torch.cat(affine.decompose(theta)), given_parts, atol=1e-9, rtol=1e-9)
    pieces = affine.compose(
        affine.translation(given_parts[4], given_parts[5]),
        affine.rotation(given_parts[0]),
        affine.shear(given_parts[3]),
        affine.scaling(given_parts[1], given_parts[2]),
    )
    assert_close(theta, pieces)


def test_mirror_shows_as_a_negative_scale_y():
    assert affine.decompose(affine.scaling(-1.0, 1.0)).scale_y.item() == -1.0


def test_batches_and_numbers_mix():
    angles = torch.linspace(-1, 1, 5, **F64)
    theta = affine.from_parts(rotation=angles, scale_x=2.0)
    assert theta.shape == (5, 2, 3)
    assert theta.dtype == torch.float64
    assert affine.compose(theta, affine.translation(1.0, 0.0).double()).shape == (5, 2, 3)
    for index in range(5):
        alone = affine.from_parts(rotation=angles[index], scale_x=2.0)
        assert_close(theta[index : index + 1], alone)


def test_gradients_flow_through_everything():
    values = torch.tensor([[0.3, 1.2, 0.8, 0.1, 0.2, -0.4]], requires_grad=True, **F64)

    def round_trip(values):
        theta = affine.from_parts(
            **dict(zip(affine.AffineParts._fields, values.unbind(-1), strict=True))
        )
        inverse = affine.invert(affine.compose(theta, theta))
        pixel = pixel_from_theta(inverse, (7, 9), (5, 4), convention="opencv")
        return torch.stack(affine.decompose(theta_from_pixel(pixel, (7, 9), (5, 4))))

    assert torch.autograd.gradcheck(round_trip, values)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_dtype_is_kept(dtype):
    theta = affine.from_parts(rotation=torch.tensor([0.3], dtype=dtype))
    assert theta.dtype == dtype
    assert affine.invert(theta).dtype == dtype
    assert affine_grid(theta, (3, 4)).dtype == dtype
    assert pixel_from_theta(theta, (3, 4), (5, 6)).dtype == dtype


@pytest.mark.filterwarnings("ignore:Since version 1.3.0")  # torch's word on one-pixel rows
@given(thetas, st.tuples(st.integers(1, 20), st.integers(1, 20)), st.booleans())
def test_affine_grid_equals_torch(theta, size, align_corners):
    found = affine_grid(theta, size, align_corners=align_corners)
    expected = torch_affine_grid(affine.matrix(theta), (1, 1, *size), align_corners=align_corners)
    assert_close(found, expected, atol=1e-12, rtol=1e-12)


def test_affine_grid_gradient():
    theta = torch.randn(2, 6, requires_grad=True, **F64)
    assert torch.autograd.gradcheck(lambda theta: affine_grid(theta, (3, 5)), theta)
