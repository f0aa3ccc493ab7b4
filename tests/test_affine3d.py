"""Grids, affine maps and the layer for volumes: exact values, torch's 5-D functions, gradients."""

import copy
import itertools
import math
import pickle
import subprocess
import sys
import warnings

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import affine_grid as torch_affine_grid
from torch.testing import assert_close

from stnlib import Affine, Affine3d, SpatialTransformer, affine, affine_grid, regular_grid, sample
from stnlib.coordinates import axis, normalised_from_pixel, pixel_from_normalised
from stnlib.training import fit
from stnlib.transforms import FAMILIES, Transform

pytestmark = pytest.mark.filterwarnings("ignore:Since version 1.3.0")  # torch on one-pixel rows
SIZES = [(3, 5, 4), (1, 4, 6), (4, 1, 2), (2, 3, 1), (1, 1, 1)]
DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
FAMILY = Affine3d()
each_size = pytest.mark.parametrize("size", SIZES)
both_conventions = pytest.mark.parametrize("align_corners", [False, True])
sizes = st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12))
thetas = st.lists(st.floats(-3, 3, width=32), min_size=12, max_size=12).map(
    lambda values: torch.tensor([values], dtype=torch.float64)
)


def near_identity(batch=3, dtype=torch.float64):
    noise = torch.randn(batch, 12, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return (FAMILY.identity().double() + 0.2 * noise).to(dtype)


# the regular grid and the two conventions


@given(sizes, st.booleans())
def test_regular_grid_equals_torch(size, align_corners):
    expected = torch_affine_grid(torch.eye(3, 4)[None], (1, 1, *size), align_corners=align_corners)
    assert_close(regular_grid(size, align_corners=align_corners)[None], expected)


def test_the_slice_decides_z_the_row_y_and_the_column_x():
    grid = regular_grid((2, 3, 5))
    assert grid.shape == (2, 3, 5, 3)
    assert grid[1, 0, 3].tolist() == [axis(5)[3], axis(3)[0], axis(2)[1]]


@given(sizes, st.booleans(), st.tuples(*3 * [st.floats(-3, 3)]))
def test_pixels_and_back(size, align_corners, pixel):
    pixel = torch.tensor(pixel, dtype=torch.float64)
    there = normalised_from_pixel(pixel, size, align_corners=align_corners)
    back = pixel_from_normalised(there, size, align_corners=align_corners)
    flat = torch.tensor([n == 1 for n in size[::-1]]) & align_corners
    assert_close(back, torch.where(flat, 0.0, pixel))


@both_conventions
def test_the_regular_grid_is_the_pixel_centres(align_corners):
    size = (2, 3, 5)
    grid = regular_grid(size, align_corners=align_corners, dtype=torch.float64)
    pixels = pixel_from_normalised(grid, size, align_corners=align_corners)
    z, y, x = torch.meshgrid(*(torch.arange(float(n)) for n in size), indexing="ij")
    assert_close(pixels, torch.stack((x, y, z), -1).double())


# affine maps


@given(thetas, sizes, st.booleans())
def test_affine_grid_equals_torch(theta, size, align_corners):
    found = affine_grid(theta, size, align_corners=align_corners)
    expected = torch_affine_grid(
        theta.unflatten(1, (3, 4)), (1, 1, *size), align_corners=align_corners
    )
    assert_close(found, expected, atol=1e-12, rtol=1e-12)
    assert torch.equal(
        found, affine_grid(theta.unflatten(1, (3, 4)), size, align_corners=align_corners)
    )


def test_affine_grid_gradient_and_torchs():
    theta = near_identity().requires_grad_()
    assert torch.autograd.gradcheck(lambda theta: affine_grid(theta, (2, 3, 5)), theta)
    upstream = torch.randn(3, 2, 3, 5, 3, dtype=torch.float64)
    found = torch.autograd.grad(affine_grid(theta, (2, 3, 5)), theta, upstream)
    of_torch = torch_affine_grid(theta.unflatten(1, (3, 4)), (3, 1, 2, 3, 5), align_corners=False)
    assert_close(found, torch.autograd.grad(of_torch, theta, upstream))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_grid_in_half_precision_is_rounded_once(dtype):
    theta = near_identity(dtype=dtype)
    exact = affine_grid(theta.double(), (9, 17, 33))
    near = {"rtol": torch.finfo(dtype).eps / 2, "atol": 1e-6}
    assert_close(affine_grid(theta, (9, 17, 33)).double(), exact, **near)


@given(thetas, thetas, thetas)
def test_composing_is_associative_and_is_the_matrix_product(first, second, third):
    together = affine.compose(first, second, third)
    step_by_step = affine.compose(first, affine.compose(second, third))
    product = affine.homogeneous(first) @ affine.homogeneous(second) @ affine.homogeneous(third)
    assert_close(together, step_by_step)
    assert_close(together, product[:, :3])
    assert product[:, 3].tolist() == [[0, 0, 0, 1]]


def test_the_last_map_acts_first():
    shift, double = torch.eye(3, 4)[None], 2 * torch.eye(3, 4)[None]
    shift[0, 2, 3] = 1.0
    assert affine.compose(shift, double)[0, 2].tolist() == [0, 0, 2, 1]
    assert affine.compose(double, shift)[0, 2].tolist() == [0, 0, 2, 2]


# the family


def test_it_reads_theta_row_by_row():
    theta = torch.arange(1.0, 13.0)[None]
    where = FAMILY.points(theta, torch.tensor([[1.0, 10.0, 100.0]]))
    assert where.tolist() == [[[325.0, 773.0, 1221.0]]]


def test_it_stands_apart_from_the_families_of_the_plane():
    assert (FAMILY.n_params, FAMILY.axes, FAMILY.linear_in_theta) == (12, 3, True)
    assert Affine3d not in FAMILIES.values()
    assert {family.axes for family in FAMILIES.values()} == {2}


@each_size
@both_conventions
def test_identity_gives_the_volume_back(size, align_corners):
    volume = torch.rand(2, 3, *size)
    grid = FAMILY.grid(FAMILY.identity().expand(2, -1), size, align_corners=align_corners)
    assert_close(grid, regular_grid(size, align_corners=align_corners).expand_as(grid))
    nearest = sample(volume, grid, mode="nearest", align_corners=align_corners)
    assert torch.equal(nearest, volume)
    assert_close(sample(volume, grid, align_corners=align_corners), volume)


@pytest.mark.parametrize("grid_of", [FAMILY.grid, lambda *a, **k: Transform.grid(FAMILY, *a, **k)])
@both_conventions
def test_grid_is_points_of_the_regular_grid(grid_of, align_corners):
    theta, size = near_identity(), (2, 4, 6)
    regular = regular_grid(size, align_corners=align_corners, dtype=torch.float64).reshape(-1, 3)
    grid = grid_of(theta, size, align_corners=align_corners)
    assert grid.shape == (3, 2, 4, 6, 3)
    assert_close(grid.reshape(3, -1, 3), FAMILY.points(theta, regular))
    assert torch.equal(grid_of(theta, 4), grid_of(theta, (4, 4, 4)))


def test_differentiable_in_theta_and_in_points():
    theta, points = near_identity().requires_grad_(), torch.rand(3, 5, 3).double().requires_grad_()
    assert torch.autograd.gradcheck(FAMILY.points, (theta, points))
    assert torch.autograd.gradcheck(FAMILY.determinant, (theta, points))


def test_determinant_is_that_of_the_linear_part_and_a_mirror_is_folded():
    theta, points = near_identity(), torch.rand(3, 5, 3, dtype=torch.float64)
    theta[1, 10] *= -1
    expected = torch.linalg.det(FAMILY.matrix(theta)[:, :, :3])
    assert_close(FAMILY.determinant(theta, points), expected[:, None].expand(3, 5))
    assert FAMILY.folded(theta, points)[:, 0].tolist() == [False, True, False]


def test_a_map_of_the_plane_is_a_map_of_one_slice():
    flat, plane = near_identity()[:, [0, 1, 3, 4, 5, 7]], torch.zeros(3, 12, dtype=torch.float64)
    plane[:, [0, 1, 3, 4, 5, 7]], plane[:, 10] = flat, 1
    grid = FAMILY.grid(plane, (1, 4, 5))
    assert_close(grid[:, 0, :, :, :2], Affine().grid(flat, (4, 5)))
    assert (grid[..., 2] == 0).all()


def everything(theta, points):
    """{public method: what it returns}."""
    both = {name: getattr(FAMILY, name)(theta, points) for name in ("points", "determinant")}
    made = {"matrix": FAMILY.matrix(theta), "basis": FAMILY.basis(points)}
    return both | made | {"grid": FAMILY.grid(theta, (2, 3, 4))}


@pytest.mark.parametrize("one", DTYPES)
@pytest.mark.parametrize("other", DTYPES)
def test_the_wider_dtype_holds_half_is_rounded_once_and_autocast_takes_no_digit(one, other):
    points = (2 * torch.rand(3, 5, 3, dtype=torch.float64) - 1).to(other)
    theta, wide = near_identity(dtype=one), torch.promote_types(one, other)
    exact, found = everything(theta.double(), points.double()), everything(theta, points)
    cast = found
    if torch.float16 not in (one, other):  # which torch does not autocast on a CPU
        with torch.autocast("cpu", torch.bfloat16):
            cast = everything(theta, points)
    for name, value in found.items():
        dtype = {"basis": other, "grid": one, "matrix": one}.get(name, wide)
        assert value.dtype == dtype, name
        assert torch.equal(cast[name], value), name
        near = {"rtol": max(torch.finfo(dtype).eps, 1e-6), "atol": 2e-6}
        assert_close(value.double(), exact[name], **near, msg=name)


def test_it_compiles_works_under_vmap_and_its_copies_map_alike():
    theta, points = near_identity(), torch.rand(3, 5, 3, dtype=torch.float64)
    expected = everything(theta, points)
    torch._dynamo.reset()
    compiled = torch.compile(everything, backend="aot_eager", fullgraph=True, dynamic=True)
    assert_close(compiled(theta, points), expected)
    for name in ("points", "determinant", "folded"):
        call = getattr(FAMILY, name)
        each = torch.func.vmap(lambda one, some, call=call: call(one[None], some)[0])
        assert_close(each(theta, points), call(theta, points))
    for other in (copy.deepcopy(FAMILY), pickle.loads(pickle.dumps(FAMILY))):
        assert torch.equal(other.grid(theta, (2, 3, 4)), expected["grid"])


# the layer


class Mean(nn.Module):
    """A localisation network's first part for volumes of every size."""

    def forward(self, volume):
        return volume.mean((2, 3, 4))


def transformer(output_size=None, **options):
    torch.manual_seed(0)
    network = nn.Sequential(Mean(), nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 12))
    return SpatialTransformer(network, FAMILY, output_size, **options)


def moved(*args, **options):
    """A transformer that has left the identity, differently for each volume."""
    module = transformer(*args, **options)
    nn.init.normal_(module.localisation[-1].weight, std=0.4)
    return module


def volumes(batch=3, size=(3, 6, 5), dtype=torch.float32):
    generator = torch.Generator().manual_seed(2)
    return torch.rand(batch, 2, *size, generator=generator, dtype=dtype)


WAYS = list(
    itertools.product(("bilinear", "nearest"), ("zeros", "border", "reflection"), (False, True))
)
NAMES = ("mode", "padding_mode", "align_corners")
each_way = pytest.mark.parametrize("way", [dict(zip(NAMES, way, strict=True)) for way in WAYS])


@each_size
@both_conventions
def test_identity_start_gives_the_volume_back(size, align_corners):
    volume = volumes(size=size)
    nearest = transformer(mode="nearest", align_corners=align_corners)
    assert torch.equal(nearest(volume), volume)
    assert_close(transformer(align_corners=align_corners)(volume), volume)
    assert torch.equal(nearest.theta(volume), FAMILY.identity().expand(3, -1))


@each_way
def test_the_three_parts_by_hand(way):
    module, volume = moved((2, 7, 4), **way).double(), volumes(dtype=torch.float64)
    theta = module.localisation(volume)
    grid = FAMILY.grid(theta, (2, 7, 4), align_corners=way["align_corners"])
    assert_close(module.grid(volume), grid)
    assert module(volume).shape == (3, 2, 2, 7, 4)
    assert_close(module(volume), sample(volume, grid, **way))
    still = transformer((2, 7, 4), **way).double()
    assert (module(volume) - still(volume)).abs().max() > 0.1


def test_a_known_shift_along_z():
    module, volume = (
        transformer(),
        torch.arange(1.0, 5.0).reshape(1, 1, 4, 1, 1).repeat(1, 2, 1, 1, 1),
    )
    with torch.no_grad():
        module.localisation[-1].bias[11] = 0.5  # one slice of four
    assert_close(module(volume)[0, 0].flatten(), torch.tensor([2.0, 3.0, 4.0, 0.0]))


def test_one_number_is_the_side_of_a_cube():
    assert transformer(4).output_size == (4, 4, 4)
    assert transformer(4)(volumes()).shape == (3, 2, 4, 4, 4)


def test_gradients_of_volume_and_weights_are_right():
    module, volume = moved((2, 3, 4)).double(), volumes(2, dtype=torch.float64).requires_grad_()
    last = module.localisation[-1]

    def read(volume, weight, bias):
        new = {"localisation.3.weight": weight, "localisation.3.bias": bias}
        return torch.func.functional_call(module, new, (volume,))

    assert torch.autograd.gradcheck(read, (volume, last.weight, last.bias))


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_under_autocast_only_the_localisation_network_loses_digits(mode):
    volume, module = volumes(size=(2, 3, 400)), moved(mode=mode)
    with torch.autocast("cpu", torch.bfloat16):
        assert module.localisation(volume).dtype == torch.bfloat16
        out, theta = module(volume), module.theta(volume)
    assert out.dtype == torch.float32
    expected = sample(volume, FAMILY.grid(theta, (2, 3, 400)), mode=mode)
    assert_close(out, expected, rtol=0, atol=2e-4)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_volumes_dtype_comes_back(dtype):
    volume = volumes(size=(2, 3, 300), dtype=torch.float64).to(dtype)
    out = transformer().to(dtype)(volume)
    assert out.dtype == dtype
    assert_close(out, volume, rtol=1e-2, atol=2e-4)


def test_it_compiles_and_is_exported_and_traced_for_any_batch_and_size():
    module, volume = moved().eval(), volumes()
    torch._dynamo.reset()
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    assert_close(compiled(volume), module(volume))
    dims = {axis: torch.export.Dim(name) for axis, name in ((0, "b"), (2, "d"), (3, "h"), (4, "w"))}
    programs = [torch.export.export(module, (volume,), dynamic_shapes=(dims,)).module()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # each check of a shape warns that it is not traced
        programs.append(torch.jit.trace(module, volume))
    for program, (batch, *size) in itertools.product(programs, [(1, 7, 9, 4), (5, 4, 2, 12)]):
        volume = volumes(batch, size)
        assert_close(program(volume), module(volume))


class Points(Affine3d):
    """A family whose grid is given."""

    def grid(self, theta, size, *, align_corners=False):
        return self.given.to(theta)


@each_way
def test_far_and_not_finite_points_are_read_as_sample_reads_them(way):
    far = torch.tensor((math.nan, math.inf, -math.inf, -1e5, -1.0, 0.0, 0.5))
    module, volume = moved(**way), volumes(1)
    module.transform = Points()
    module.transform.given = torch.cartesian_prod(far, far, far)[None, None, None]
    expected = sample(volume, module.transform.given, **way)
    assert_close(module(volume), expected, equal_nan=True)


THROUGH_FAR_POINTS = """
import itertools, sys, torch
from torch import nn
from stnlib import Affine3d, SpatialTransformer

class At(Affine3d):
    def grid(self, theta, size, *, align_corners=False):
        return self.value + 0 * super().grid(theta, size, align_corners=align_corners)

for ways in itertools.product(
    (torch.float32, torch.float64), ("bilinear", "nearest"), ("zeros", "border", "reflection"),
    (False, True), map(float, sys.argv[1:]),
):
    dtype, mode, padding_mode, align_corners, At.value = ways
    network = nn.Sequential(nn.Flatten(), nn.Linear(2 * 125, 12))
    words = dict(mode=mode, padding_mode=padding_mode, align_corners=align_corners)
    module = SpatialTransformer(network, At(), 9, **words).to(dtype)
    volume = torch.rand(4, 2, 5, 5, 5, dtype=dtype, requires_grad=True)
    read = module(volume)
    read.sum().backward()
    if padding_mode != "zeros":
        assert read.isfinite().all() and volume.grad.isfinite().all(), ways
        assert abs(volume.grad.sum() - read.numel()) < 1, ways
print("done")
"""


def test_a_grid_that_is_not_finite_writes_into_no_other_memory():
    """In a process of its own: a fault of torch's backward pass would end this one."""
    values = (math.nan, math.inf, -math.inf, 3e38, -3e38, 1e20, 1e10, -1e5, 0.5)
    call = [sys.executable, "-c", THROUGH_FAR_POINTS, *map(str, values)]
    run = subprocess.run(call, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "done\n"), run.stderr


def test_a_theta_that_is_nan_ends_the_training_with_a_sentence():
    module = transformer()
    with torch.no_grad():
        module.localisation[-1].bias[3] = math.nan
    model = nn.Sequential(module, nn.Flatten(), nn.Linear(180, 3))
    with pytest.raises(FloatingPointError, match=r"step 1 of 3: the (loss|gradient of θ) is nan"):
        fit(model, lambda _: (volumes(), torch.tensor([0, 1, 2])), steps=3, progress="none")


def test_volumes_can_be_learned_on():
    model = nn.Sequential(transformer(), nn.Flatten(), nn.Linear(180, 3))
    history = fit(model, lambda _: (volumes(), torch.tensor([0, 1, 2])), steps=20, progress="none")
    assert history.loss[-1] < 0.5 * history.loss[0]
