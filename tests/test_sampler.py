"""Reading held equal to torch's grid_sample, everywhere it may differ; writing held to sums."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import grid_sample
from torch.testing import assert_close

from stnlib import affine, affine_grid, regular_grid, sample, splat

WAYS = list(
    itertools.product(("bilinear", "nearest"), ("zeros", "border", "reflection"), (False, True))
)
SIZES = [(4, 4), (3, 5), (1, 1), (1, 5), (4, 1)]
every_way = pytest.mark.parametrize(("mode", "padding_mode", "align_corners"), WAYS)


def both(image, grid, mode, padding_mode, align_corners):
    ways = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    return sample(image, grid, **ways), grid_sample(image, grid, **ways)


@every_way
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_random_points(mode, padding_mode, align_corners, size, dtype):
    torch.manual_seed(0)
    image = torch.randn(2, 3, *size, dtype=dtype)
    grid = 2 * torch.randn(2, 9, 11, 2, dtype=dtype)
    assert_close(*both(image, grid, mode, padding_mode, align_corners), atol=1e-5, rtol=1e-5)


@every_way
@pytest.mark.parametrize("power_of_two", [(4, 4), (1, 1), (1, 8), (8, 2)])
def test_on_the_kinks_and_the_borders(mode, padding_mode, align_corners, power_of_two):
    torch.manual_seed(0)
    span = torch.tensor(power_of_two[::-1], dtype=torch.float64)  # so that all is exact in binary
    height, width = (n + 1 if align_corners and n > 1 else n for n in power_of_two)
    image = torch.randn(1, 2, height, width, dtype=torch.float64)
    quarters = [torch.arange(-8, 8 * n + 8, dtype=torch.float64) / 4 for n in (width, height)]
    pixels = torch.cartesian_prod(*quarters)
    grid = ((2 * pixels + 1 - torch.tensor([width, height])) / span)[None, None]
    assert_close(*both(image, grid, mode, padding_mode, align_corners))


ODD = (math.nan, math.inf, -math.inf, 1e20, -1e20, 1e10, 2.0**31, 3e38, 1e5, -333.3, -1.0, 0.0, 0.5)


@every_way
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_far_huge_and_not_finite_points(mode, padding_mode, align_corners, size, dtype):
    torch.manual_seed(0)
    image = torch.randn(1, 2, *size, dtype=dtype)
    values = torch.tensor(ODD, dtype=torch.float64).to(dtype)
    grid = torch.cartesian_prod(values, values)[None, None].contiguous()
    found, expected = both(image, grid, mode, padding_mode, align_corners)
    assert_close(found, expected, atol=1e-4, rtol=1e-4, equal_nan=True)


@pytest.mark.parametrize(
    ("mode", "padding_mode", "expected"),
    [
        ("bilinear", "zeros", [math.nan] * 3),
        ("nearest", "zeros", [0, 0, 0]),
        ("bilinear", "border", [1, 3, 1]),
        ("nearest", "reflection", [1, 1, 1]),
    ],
)
def test_not_finite_points_read_what_the_docstring_says(mode, padding_mode, expected):
    image = torch.tensor([[[[1.0, 2.0, 3.0]]]])
    grid = torch.tensor([[[[math.nan, 0.0], [math.inf, 0.0], [-math.inf, 0.0]]]])
    found = sample(image, grid, mode=mode, padding_mode=padding_mode)
    assert_close(found.flatten(), torch.tensor(expected, dtype=torch.float32), equal_nan=True)


@settings(max_examples=60)
@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from(WAYS),
    st.integers(0, 2**31),
    st.floats(0.1, 9),
)
def test_any_size_any_reach(height, width, way, seed, reach):
    generator = torch.Generator().manual_seed(seed)
    image = torch.randn(1, 1, height, width, generator=generator, dtype=torch.float64)
    grid = reach * torch.randn(1, 3, 3, 2, generator=generator, dtype=torch.float64)
    assert_close(*both(image, grid, *way), atol=1e-9, rtol=1e-9)


def test_a_known_value():
    image = torch.tensor([[[[0.0, 10.0], [20.0, 40.0]]]])
    quarter = torch.tensor([[[[-0.25, 0.25]]]])  # column 0.25, row 0.75
    # 0.75·0.25·0 + 0.25·0.25·10 + 0.75·0.75·20 + 0.25·0.75·40
    assert sample(image, quarter).item() == 19.375


def test_halfway_is_nearest_to_the_even_pixel():
    image = torch.arange(4.0).reshape(1, 1, 1, 4)
    grid = torch.tensor([[[[-0.5, 0.0], [0.0, 0.0], [0.5, 0.0]]]])  # columns 0.5, 1.5, 2.5
    assert sample(image, grid, mode="nearest").flatten().tolist() == [0, 2, 2]


def test_empty_batch_and_no_channels():
    assert sample(torch.zeros(0, 1, 3, 3), torch.zeros(0, 2, 2, 2)).shape == (0, 1, 2, 2)
    assert sample(torch.zeros(2, 0, 3, 3), torch.zeros(2, 2, 2, 2)).shape == (2, 0, 2, 2)


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_splatting_at_home_changes_nothing(mode):
    image = torch.rand(2, 3, 4, 5)
    for align_corners in (False, True):
        home = regular_grid((4, 5), align_corners=align_corners).expand(2, -1, -1, -1)
        found = splat(image, home, mode=mode, align_corners=align_corners)
        assert_close(found.total, image)
        assert_close(found.weight, torch.ones(2, 1, 4, 5))


def loop_splat(image, grid, size, mode):
    """Throw pixel after pixel, as plainly as can be."""
    total, weight = torch.zeros(size), torch.zeros(size)
    for row, column in itertools.product(range(image.shape[0]), range(image.shape[1])):
        x = ((grid[row, column, 0].item() + 1) * size[1] - 1) / 2
        y = ((grid[row, column, 1].item() + 1) * size[0] - 1) / 2
        for m, n in itertools.product(range(size[1]), range(size[0])):
            if mode == "nearest":
                share = float(round(x) == m and round(y) == n)
            else:
                share = max(0, 1 - abs(x - m)) * max(0, 1 - abs(y - n))
            total[n, m] += share * image[row, column]
            weight[n, m] += share
    return total, weight


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_splat_equals_a_plain_loop(mode):
    torch.manual_seed(0)
    image, size = torch.rand(1, 1, 5, 6), (7, 4)
    grid = affine_grid(affine.from_parts(rotation=0.4, scale_x=1.3, t_x=0.2), (5, 6))
    found = splat(image, grid, size, mode=mode)
    total, weight = loop_splat(image[0, 0], grid[0], size, mode)
    assert_close(found.total[0, 0], total)
    assert_close(found.weight[0, 0], weight)
    assert torch.equal(found.holes(), found.weight == 0)
    average = found.average()
    assert (average[found.holes()] == 0).all()
    assert_close(average * found.weight, found.total)


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_splat_is_the_transpose_of_sample(mode, align_corners):
    torch.manual_seed(0)
    image, output = torch.rand(1, 2, 5, 6), torch.rand(1, 2, 7, 4)
    grid = 1.2 * torch.rand(1, 7, 4, 2) - 0.6
    read = sample(image, grid, mode=mode, align_corners=align_corners)
    written = splat(output, grid, (5, 6), mode=mode, align_corners=align_corners).total
    assert_close((read * output).sum(), (image * written).sum())


def test_what_lands_nowhere_is_lost():
    image = torch.ones(1, 1, 1, 4)
    grid = torch.tensor([[[[math.nan, 0.0], [math.inf, 0.0], [9.0, 0.0], [0.75, 0.0]]]])
    found = splat(image, grid, mode="nearest")
    assert found.weight.flatten().tolist() == [0, 0, 0, 1]


def test_gradients_reach_the_grid_and_the_picture():
    image = torch.rand(1, 1, 4, 5, dtype=torch.float64, requires_grad=True)
    pixels = torch.rand(1, 3, 3, 2, dtype=torch.float64) * 0.6 + 0.2  # off the kinks
    grid = ((2 * (pixels + 1) + 1) / torch.tensor([5, 4]) - 1).requires_grad_()
    assert torch.autograd.gradcheck(sample, (image, grid))
