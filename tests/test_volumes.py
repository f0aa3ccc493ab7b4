"""Volumes read, held equal to torch's 5-D grid_sample, values and gradients, as pictures are."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import grid_sample
from torch.testing import assert_close

from stnlib import regular_grid, sample
from stnlib.coordinates import normalised_from_pixel

NAMES = ("mode", "padding_mode", "align_corners")
WAYS = list(
    itertools.product(("bilinear", "nearest"), ("zeros", "border", "reflection"), (False, True))
)
SIZES = [(4, 4, 4), (2, 3, 5), (1, 1, 1), (1, 4, 3), (3, 1, 2), (2, 4, 1)]
each_way = pytest.mark.parametrize("way", WAYS)


def named(way):
    return dict(zip(NAMES, way, strict=True))


def both(volume, grid, way):
    return sample(volume, grid, **named(way)), grid_sample(volume, grid, **named(way))


def gradients(read, volume, grid, upstream, way):
    two = volume.clone().requires_grad_(), grid.clone().requires_grad_()
    return torch.autograd.grad(read(*two, **named(way)), two, upstream)


def same_gradients(volume, grid, way, **tolerance):
    upstream = torch.randn(*volume.shape[:2], *grid.shape[1:-1], dtype=volume.dtype)
    ours, torchs = (gradients(read, volume, grid, upstream, way) for read in (sample, grid_sample))
    for found, expected in zip(ours, torchs, strict=True):
        assert_close(found, expected, **tolerance)


@each_way
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_random_points(way, size, dtype):
    tight = 1e-9 if dtype == torch.float64 else 1e-3
    volume = torch.randn(2, 3, *size, dtype=dtype)
    grid = 2 * torch.randn(2, 4, 5, 6, 3, dtype=dtype)
    assert_close(*both(volume, grid, way), atol=tight / 10, rtol=tight / 10)
    same_gradients(volume, grid, way, atol=tight, rtol=tight)


def quarters_of_pixels(power_of_two, align_corners):
    """Every quarter of a pixel in and around a volume, in coordinates exact in binary."""
    span = torch.tensor(power_of_two[::-1], dtype=torch.float64)
    sides = [n + 1 if align_corners and n > 1 else n for n in power_of_two][::-1]
    quarters = [torch.arange(-8, 4 * n + 5, dtype=torch.float64) / 4 for n in sides]
    points = (2 * torch.cartesian_prod(*quarters) + 1 - torch.tensor(sides)) / span
    return sides[::-1], points[None, None, None]


@each_way
@pytest.mark.parametrize("power_of_two", [(4, 2, 4), (1, 1, 1), (1, 4, 2), (2, 1, 4), (4, 2, 1)])
def test_on_the_kinks_and_the_rim(way, power_of_two):
    size, grid = quarters_of_pixels(power_of_two, way[2])
    volume = torch.randn(1, 2, *size, dtype=torch.float64)
    assert_close(*both(volume, grid, way))
    same_gradients(volume, grid, way)


FAR = (-1.0, 0.0, 0.5, -333.3, 1e5, 1e10, -1e20, 1e20, 2.0**31, 3e38)


@each_way
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_far_and_huge_points(way, size, dtype):
    told_apart = 5 if way[1] == "reflection" else 9 if dtype == torch.float32 else 10
    values = torch.tensor(FAR, dtype=torch.float64)[:told_apart].to(dtype)
    grid = torch.cartesian_prod(values, values, values)[None, None, None].contiguous()
    volume = torch.randn(1, 2, *size, dtype=dtype)
    assert_close(*both(volume, grid, way), atol=1e-4, rtol=1e-4)
    tight = 1e-9 if dtype == torch.float64 else 1e-2
    same_gradients(volume, grid, way, atol=tight, rtol=tight)


@pytest.mark.parametrize(
    ("mode", "padding_mode", "expected"),
    [
        ("bilinear", "zeros", [math.nan] * 3),
        ("nearest", "zeros", [0, 0, 0]),
        ("bilinear", "border", [1, 3, 1]),
        ("nearest", "reflection", [1, 1, 1]),
    ],
)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_not_finite_points_read_what_the_docstring_says(mode, padding_mode, expected, axis):
    """As pictures do; here torch reads other values."""
    volume = torch.tensor([1.0, 2.0, 3.0]).reshape(
        1, 1, *(3 if k == axis else 1 for k in (2, 1, 0))
    )
    grid = torch.zeros(1, 1, 1, 3, 3)
    grid[..., axis] = torch.tensor([math.nan, math.inf, -math.inf])
    found = sample(volume, grid, mode=mode, padding_mode=padding_mode)
    assert_close(found.flatten(), torch.tensor(expected, dtype=torch.float32), equal_nan=True)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 3e38])
@each_way
def test_a_point_that_is_not_finite_spoils_no_other_gradient(way, value):
    volume, grid = torch.randn(1, 1, 3, 4, 5), torch.rand(1, 1, 1, 4, 3) - 0.5
    upstream = torch.ones(1, 1, 1, 1, 4)
    expected = gradients(sample, volume, grid, upstream, way)[1][0, 0, 0, 1:]
    grid[0, 0, 0, 0, 2] = value
    assert_close(gradients(sample, volume, grid, upstream, way)[1][0, 0, 0, 1:], expected)


@settings(max_examples=60)
@given(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)),
    st.sampled_from(WAYS),
    st.integers(0, 2**31),
    st.floats(0.1, 9),
)
def test_any_size_any_reach(size, way, seed, reach):
    generator = torch.Generator().manual_seed(seed)
    volume = torch.randn(1, 1, *size, generator=generator, dtype=torch.float64)
    grid = reach * torch.randn(1, 2, 3, 3, 3, generator=generator, dtype=torch.float64)
    assert_close(*both(volume, grid, way), atol=1e-9, rtol=1e-9)
    same_gradients(volume, grid, way, atol=1e-9, rtol=1e-9)


def test_a_known_value_and_its_slopes():
    volume = torch.tensor([[[[[0.0, 10.0], [20.0, 40.0]], [[1.0, 11.0], [21.0, 81.0]]]]])
    point = torch.tensor([-0.25, 0.25, 0.0]).reshape(1, 1, 1, 1, 3).requires_grad_()
    value = sample(volume, point)  # column 0.25, row 0.75, slice 0.5
    front, back = 19.375, 1 + 0.25 * 0.25 * 10 + 0.75 * (0.75 * 20 + 0.25 * 80)
    assert value.item() == (front + back) / 2
    slopes = torch.autograd.grad(value.sum(), point)[0].flatten().tolist()
    across = (0.25 * 10 + 0.75 * 20 + 0.25 * 10 + 0.75 * 60) / 2  # b - a of four pairs
    assert slopes == [across, (22.5 + 32.5) / 2, back - front]


def test_halfway_is_nearest_to_the_even_pixel_along_z():
    volume = torch.arange(4.0).reshape(1, 1, 4, 1, 1)
    grid = torch.zeros(1, 1, 1, 3, 3)
    grid[..., 2] = torch.tensor([-0.5, 0.0, 0.5])  # slices 0.5, 1.5, 2.5
    assert sample(volume, grid, mode="nearest").flatten().tolist() == [0, 2, 2]


@each_way
def test_a_picture_is_a_volume_of_one_slice(way):
    picture, grid = torch.randn(2, 3, 4, 5).double(), torch.randn(2, 6, 7, 2).double()
    flat = torch.cat((grid, torch.zeros_like(grid[..., :1])), dim=-1)[:, None]
    assert_close(
        sample(picture[:, :, None], flat, **named(way))[:, :, 0],
        sample(picture, grid, **named(way)),
    )


def test_empty_batch_and_no_channels():
    grid = torch.zeros(0, 2, 3, 4, 3)
    assert sample(torch.zeros(0, 1, 3, 3, 3), grid).shape == (0, 1, 2, 3, 4)
    grid = torch.zeros(2, 2, 3, 4, 3)
    assert sample(torch.zeros(2, 0, 3, 3, 3), grid).shape == (2, 0, 2, 3, 4)


def off_the_kinks(align_corners, size=(3, 4, 5)):
    """A volume, and points between its pixels and around it, away from all mirrors."""
    volume = torch.rand(2, 2, *size, dtype=torch.float64)
    pixels = torch.randint(-3, 7, (2, 1, 2, 3, 3)) + 0.1
    pixels = pixels + 0.3 * torch.rand(2, 1, 2, 3, 3, dtype=torch.float64)
    return volume, normalised_from_pixel(pixels, size, align_corners=align_corners)


@each_way
def test_gradcheck_once_and_twice(way):
    two = [tensor.requires_grad_() for tensor in off_the_kinks(way[2])]
    assert torch.autograd.gradcheck(lambda *two: sample(*two, **named(way)), two)
    assert torch.autograd.gradgradcheck(lambda *two: sample(*two, **named(way)), two)


@each_way
@pytest.mark.parametrize("power_of_two", [(2, 4, 2), (1, 4, 1)])
def test_a_gradient_to_be_differentiated_is_the_same_on_every_kink(way, power_of_two):
    size, grid = quarters_of_pixels(power_of_two, way[2])
    volume = torch.randn(1, 2, *size, dtype=torch.float64)
    upstream = torch.ones(1, 2, *grid.shape[1:-1], dtype=torch.float64)
    expected = gradients(sample, volume, grid, upstream, way)
    two = volume.requires_grad_(), grid.requires_grad_()
    again = torch.autograd.grad(sample(*two, **named(way)).sum(), two, create_graph=True)
    assert_close(again, expected)


@each_way
def test_the_transforms_of_torch_func(way):
    volume, grid = off_the_kinks(way[2])

    def one(read, volume, grid):
        return read(volume[None], grid[None], **named(way))[0]

    func = torch.func
    each = func.vmap(lambda *two: one(sample, *two))(volume, grid)
    assert_close(each, sample(volume, grid, **named(way)))
    for argnums in (1, 2):
        expected = func.jacrev(one, argnums)(grid_sample, volume[0], grid[0])
        for jacobian in (func.jacrev, func.jacfwd):
            assert_close(jacobian(one, argnums)(sample, volume[0], grid[0]), expected)


@pytest.mark.parametrize(
    ("way", "dynamic"), [*((way, False) for way in WAYS), (WAYS[0], True), (WAYS[-1], True)]
)
def test_compiles_into_one_graph(way, dynamic):
    torch._dynamo.reset()
    read = torch.compile(
        lambda *two: sample(*two, **named(way)),
        backend="aot_eager",
        fullgraph=True,
        dynamic=dynamic,
    )
    for size in [(3, 4, 5), (2, 5, 3)] if dynamic else [(3, 4, 5)]:
        two = [tensor.requires_grad_() for tensor in off_the_kinks(way[2], size)]
        values = read(*two), sample(*two, **named(way))
        assert_close(*values)
        assert_close(*(torch.autograd.grad(value.square().sum(), two) for value in values))


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_only_the_gradients_asked_for(mode):
    volume, grid = torch.rand(1, 2, 3, 4, 5), torch.rand(1, 2, 3, 3, 3)
    expected = gradients(sample, volume, grid, torch.ones(1, 2, 2, 3, 3), (mode, "zeros", False))
    for needed, right in zip((volume, grid), expected, strict=True):
        needed.requires_grad_()
        sample(volume, grid, mode=mode).sum().backward()
        assert_close(needed.grad, right)
        needed.requires_grad_(False)


def test_the_gradient_that_comes_in_is_left_as_it_is():
    volume, grid = torch.rand(1, 2, 3, 4, 5, requires_grad=True), torch.rand(1, 2, 3, 3, 3)
    upstream = torch.rand(1, 2, 2, 3, 3)
    kept = upstream.clone()
    sample(volume, grid).backward(upstream)
    assert torch.equal(upstream, kept)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@each_way
def test_half_precision_is_rounded_once(way, dtype):
    volume, grid = torch.rand(1, 2, 5, 6, 7).to(dtype), torch.randn(1, 3, 4, 5, 3).to(dtype)
    expected = sample(volume.float(), grid.float(), **named(way)).to(dtype)
    assert torch.equal(sample(volume, grid, **named(way)), expected)
    home = regular_grid((5, 6, 7), dtype=dtype)[None]
    assert torch.equal(sample(volume, home.expand(1, -1, -1, -1, -1), mode="nearest"), volume)


@each_way
def test_autocast_takes_no_digit(way):
    volume, grid = torch.rand(1, 2, 5, 6, 7), torch.randn(1, 3, 4, 5, 3)
    expected = sample(volume, grid, **named(way))
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(sample(volume, grid, **named(way)), expected)


@pytest.mark.parametrize("align_corners", [False, True])
def test_kinks_and_ties_whose_coordinate_rounds_are_torchs(align_corners):
    """float32, along each axis in turn: centres and middles that are exact in no binary number."""
    other, count = 0, 0
    for axis, n in itertools.product(range(3), range(2, 41)):
        pixel = torch.arange(2 * n - 1) / 2
        grid = torch.zeros(1, 1, 1, len(pixel), 3)
        grid[..., axis] = (2 * pixel + 1 - n) / (n - 1 if align_corners else n)
        shape = [n if k == axis else 1 for k in (2, 1, 0)]
        volume = (torch.arange(float(n)) ** 2).reshape(1, 1, *shape)
        assert torch.equal(*both(volume, grid, ("nearest", "zeros", align_corners)))
        way = ("bilinear", "zeros", align_corners)
        assert_close(*both(volume, grid, way), atol=1e-2, rtol=0)
        upstream = torch.ones(1, 1, 1, 1, len(pixel))
        ours, torchs = (
            gradients(read, volume, grid, upstream, way)[1][..., axis]
            for read in (sample, grid_sample)
        )
        other, count = other + ((ours - torchs).abs() > 0.3 * n).sum().item(), count + len(pixel)
    assert other < 0.01 * count


def test_a_volume_of_more_pixels_than_float32_can_count():
    volume = torch.zeros(1, 1, 260, 260, 260)
    volume[0, 0, -1, -1] = torch.arange(260)
    last_row = regular_grid((260, 260, 260))[None, -1:, -1:]
    assert torch.equal(sample(volume, last_row, mode="nearest")[0, 0], volume[0, 0, -1:, -1:])
