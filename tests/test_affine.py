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


DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
PARTS = {"rotation": 0.3, "scale_x": 1.2, "scale_y": 0.8, "shear": 0.1, "t_x": 0.2, "t_y": -0.4}
READERS = {
    "invert": affine.invert,
    "decompose": lambda theta: torch.stack(affine.decompose(theta)),
    "to OpenCV": lambda theta: pixel_from_theta(theta, (7, 9), (5, 4), convention="opencv"),
    "from OpenCV": lambda theta: theta_from_pixel(theta, (7, 9), (5, 4), convention="opencv"),
}
each_reader = pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())


@each_reader
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1e-3, 1.0, 20.0])
def test_maps_that_only_rounding_keeps_from_being_flat_are_refused(read, dtype, scale):
    source = torch.Generator().manual_seed(0)
    columns, rows = torch.randn(2, 200, 2, generator=source, dtype=torch.float64)
    linear = scale * columns.to(dtype)[:, :, None] * rows.to(dtype)[:, None]
    theta = torch.cat((linear, torch.ones(200, 2, 1, dtype=dtype)), dim=2)
    with pytest.raises(ValueError, match="got 0 or no finite number at batch index") as caught:
        read(theta)
    assert str(caught.value).endswith(str(list(range(200))))


@pytest.mark.parametrize(
    ("x", "y", "dtype"),
    [
        (2e-4, 2e-4, torch.float16),
        (2e-4, 1e3, torch.float16),
        (1e-30, 1e-30, torch.float32),
        (1e-30, 1e30, torch.bfloat16),
        (1e25, 1e30, torch.float32),
        (1e-200, 1e-250, torch.float64),
        (1.0, 1e-300, torch.float64),
    ],
)
def test_small_and_large_maps_are_not_flat(x, y, dtype):
    x, y = torch.tensor([[x], [y]], dtype=dtype)
    inverse, near = affine.invert(affine.scaling(x, y)), {"rtol": 2 * torch.finfo(dtype).eps}
    assert_close(inverse[:, 0, 0], (1 / x.double()).to(dtype), atol=0, **near)
    assert_close(inverse[:, 1, 1], (1 / y.double()).to(dtype), atol=0, **near)
    parts = affine.decompose(affine.from_parts(rotation=0.5, scale_x=x, scale_y=y))
    assert_close(torch.cat(parts[1:3]), torch.cat((x, y)), atol=0, rtol=8 * near["rtol"])


def test_an_inverse_that_its_dtype_cannot_hold_is_refused():
    with pytest.raises(ValueError, match=r"expected an inverse in torch.float16, got none"):
        affine.invert(affine.scaling(torch.tensor([1e-5]).half()))
    lost = affine.translation(math.nan, 0.0)
    with pytest.raises(ValueError, match=r"expected an inverse in torch.float32, .* index \[0\]"):
        affine.invert(lost)


@pytest.mark.parametrize("one", DTYPES)
@pytest.mark.parametrize("other", DTYPES)
def test_the_widest_dtype_holds_whatever_the_order(one, other):
    wide = torch.promote_types(one, other)
    a, b = torch.full((2,), 0.3, dtype=one), torch.tensor(1 / 3, dtype=other)
    maps = {
        "x": affine.translation(a, b), "y": affine.shear(b, a), "s": affine.scaling(a, b),
        "parts": affine.from_parts(t_x=a, scale_x=b),
        "product": affine.compose(affine.rotation(a), affine.scaling(b), affine.rotation(a)),
    }  # fmt: skip
    assert {name: theta.dtype for name, theta in maps.items()} == dict.fromkeys(maps, wide)
    assert maps["x"][0, 1, 2] == b.to(wide)
    exact = affine.compose(affine.rotation(a.double()), affine.scaling(b.double())).to(wide)
    found = affine.compose(affine.rotation(a.to(wide)), affine.scaling(b))
    assert_close(found, exact, atol=2 * torch.finfo(wide).eps, rtol=0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_half_precision_is_rounded_once(dtype):
    values = {name: torch.tensor([value], dtype=dtype) for name, value in PARTS.items()}
    theta = affine.from_parts(**values)
    exact = affine.from_parts(**{name: value.double() for name, value in values.items()})
    near = {"rtol": torch.finfo(dtype).eps, "atol": 0}
    assert_close(theta.double(), exact, **near)
    wide = theta.double()
    for read in READERS.values():
        assert_close(read(theta).double(), read(wide), rtol=0, atol=12 * near["rtol"])
    assert_close(affine.invert(theta).double(), affine.invert(wide), **near)
    assert_close(affine.compose(theta, theta).double(), affine.compose(wide, wide), **near)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_autocast_takes_no_digit(dtype):
    def all_of_it():
        angle = torch.tensor([0.3, 0.4], dtype=dtype)
        theta = affine.from_parts(**PARTS | {"rotation": angle})
        inverse = affine.invert(affine.compose(theta, affine.rotation(angle), theta))
        skimage = pixel_from_theta(theta, (7, 9), (5, 4))
        back = theta_from_pixel(skimage, (7, 9), (5, 4))
        grid = affine_grid(theta, (3, 4))
        return inverse, skimage, back, grid, *(read(theta) for read in READERS.values())

    expected = all_of_it()
    with torch.autocast("cpu", torch.bfloat16):
        found = all_of_it()
    for one, other in zip(found, expected, strict=True):
        assert_close(one, other, rtol=0, atol=0)


def test_a_number_too_large_for_the_dtype_is_refused():
    half = torch.ones(2).half()
    with pytest.raises(ValueError, match=r"y: expected a number that torch.float16 holds, got fl"):
        affine.scaling(half, 1e5)
    assert affine.scaling(half.float(), 1e5)[0, 1, 1] == 1e5


@each_reader
def test_it_compiles_in_one_graph_and_under_vmap_and_flat_maps_give_nan(read):
    theta = affine.from_parts(rotation=torch.tensor([0.3, 0.4]), scale_x=1.2, t_y=0.2)
    compiled = torch.compile(read, fullgraph=True, backend="aot_eager")
    assert_close(compiled(theta), read(theta))
    assert_close(
        torch.func.vmap(read)(theta[:, None]), torch.stack([read(theta[i : i + 1]) for i in (0, 1)])
    )
    assert_close(torch.func.jacfwd(read)(theta), torch.func.jacrev(read)(theta))
    flat = torch.cat((theta, affine.scaling(0.0)))
    for found in (compiled(flat), torch.func.vmap(read)(flat[:, None])):
        assert found.isnan().any()
    with pytest.raises(ValueError, match=r"at batch index \[2\]"):
        read(flat)


def test_no_maps_are_no_error():
    none = torch.zeros(0, 2, 3)
    for read in (affine.invert, affine.homogeneous, lambda theta: affine_grid(theta, 4)):
        assert read(none).shape[0] == 0
        each = torch.func.vmap(lambda theta, read=read: read(theta[None])[0])
        assert each(none).shape == read(none).shape


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_grid_in_half_precision_is_rounded_once(dtype):
    theta = affine.from_parts(rotation=torch.tensor([0.3, 2.0]), t_x=0.4).to(dtype)
    exact = affine_grid(theta.double(), (33, 65))
    near = {"rtol": torch.finfo(dtype).eps / 2, "atol": 1e-6}
    assert_close(affine_grid(theta, (33, 65)).double(), exact, **near)


def test_on_the_device_meta_maps_have_shapes_and_no_values():
    theta = affine.identity().expand(3, 2, 3).to("meta")
    assert affine.invert(theta).shape == (3, 2, 3)
    assert affine.decompose(theta).rotation.shape == (3,)
