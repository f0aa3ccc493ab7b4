"""Reading held equal to torch's grid_sample, values and gradients, everywhere it may differ."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import grid_sample
from torch.testing import assert_close

from stnlib import regular_grid, sample

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
    image = torch.randn(2, 3, *size, dtype=dtype)
    grid = 2 * torch.randn(2, 9, 11, 2, dtype=dtype)
    assert_close(*both(image, grid, mode, padding_mode, align_corners), atol=1e-5, rtol=1e-5)


def quarters_of_pixels(power_of_two, align_corners):
    """Every quarter of a pixel in and around a picture, in coordinates exact in binary."""
    span = torch.tensor(power_of_two[::-1], dtype=torch.float64)
    height, width = (n + 1 if align_corners and n > 1 else n for n in power_of_two)
    quarters = [torch.arange(-8, 8 * n + 8, dtype=torch.float64) / 4 for n in (width, height)]
    pixels = torch.cartesian_prod(*quarters)
    return (height, width), ((2 * pixels + 1 - torch.tensor([width, height])) / span)[None, None]


@every_way
@pytest.mark.parametrize("power_of_two", [(4, 4), (1, 1), (1, 8), (8, 2)])
def test_on_the_kinks_and_the_borders(mode, padding_mode, align_corners, power_of_two):
    size, grid = quarters_of_pixels(power_of_two, align_corners)
    image = torch.randn(1, 2, *size, dtype=torch.float64)
    assert_close(*both(image, grid, mode, padding_mode, align_corners))


ODD = (math.nan, math.inf, -math.inf, 1e20, -1e20, 1e10, 2.0**31, 3e38, 1e5, -333.3, -1.0, 0.0, 0.5)


@every_way
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_far_huge_and_not_finite_points(mode, padding_mode, align_corners, size, dtype):
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


def gradients(read, image, grid, upstream, way):
    image, grid = image.clone().requires_grad_(), grid.clone().requires_grad_()
    mode, padding_mode, align_corners = way
    output = read(image, grid, mode=mode, padding_mode=padding_mode, align_corners=align_corners)
    return torch.autograd.grad(output, (image, grid), upstream)


def same_gradients(image, grid, way, **tolerance):
    upstream = torch.randn(*image.shape[:2], *grid.shape[1:3], dtype=image.dtype)
    ours = gradients(sample, image, grid, upstream, way)
    torchs = gradients(grid_sample, image, grid, upstream, way)
    for found, expected in zip(ours, torchs, strict=True):
        assert_close(found, expected, **tolerance)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [*SIZES, (28, 28)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_gradients_at_random_points(way, size, dtype):
    tight = {"atol": 1e-9, "rtol": 1e-9} if dtype == torch.float64 else {"atol": 1e-3, "rtol": 1e-3}
    image = torch.randn(2, 3, *size, dtype=dtype)
    same_gradients(image, 2 * torch.randn(2, 9, 11, 2, dtype=dtype), way, **tight)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("power_of_two", [(4, 4), (1, 1), (1, 8), (8, 2)])
def test_gradients_on_the_kinks_and_the_borders(way, power_of_two):
    size, grid = quarters_of_pixels(power_of_two, way[2])
    same_gradients(torch.randn(1, 2, *size, dtype=torch.float64), grid, way)


@pytest.mark.parametrize("way", WAYS)
def test_gradients_far_away_are_torchs(way):
    values = torch.tensor((1e20, -1e20, 1e5, -333.3, -1.0, 0.0, 0.5), dtype=torch.float64)
    grid = torch.cartesian_prod(values, values)[None, None].contiguous()
    same_gradients(torch.randn(1, 2, 3, 5, dtype=torch.float64), grid, way)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 3e38])
@pytest.mark.parametrize("way", WAYS)
def test_a_point_that_is_not_finite_spoils_no_other_gradient(way, value):
    image, grid = torch.randn(1, 1, 4, 5), torch.rand(1, 1, 3, 2) - 0.5
    upstream = torch.ones(1, 1, 1, 3)
    expected = gradients(sample, image, grid, upstream, way)[1][0, 0, 1:]
    grid[0, 0, 0, 0] = value
    assert_close(gradients(sample, image, grid, upstream, way)[1][0, 0, 1:], expected)


def slope_at(column, picture, **ways):
    """The slope along x, per pixel, of a row of pixels read at one column."""
    image = torch.tensor(picture, dtype=torch.float64).reshape(1, 1, 1, -1)
    n = image.shape[-1]
    x = torch.tensor((2 * column + 1) / n - 1, dtype=torch.float64, requires_grad=True)
    grid = torch.stack((x, torch.zeros_like(x))).reshape(1, 1, 1, 2)
    return torch.autograd.grad(sample(image, grid, **ways).sum(), x)[0].item() * 2 / n


def test_on_a_kink_the_slope_is_the_one_to_the_right():
    picture = [1.0, 5.0, 7.0, 4.0]
    assert slope_at(0.5, picture) == 4.0
    assert slope_at(1.0, picture) == 2.0  # 7 - 5, and neither 5 - 1 nor the 5 of eq. 7 as printed
    assert slope_at(1.0, [3.0] * 4) == 0.0
    assert slope_at(1.0, picture, mode="nearest") == 0.0


def test_the_dead_zone_outside_the_picture():
    picture = [1.0, 5.0, 7.0, 4.0]
    assert slope_at(3.5, picture) == -4.0
    assert slope_at(4.5, picture) == 0.0
    assert slope_at(-1.5, picture) == 0.0
    assert slope_at(3.5, picture, padding_mode="border") == 0.0
    assert slope_at(3.0, picture, padding_mode="border") == 0.0
    assert slope_at(4.5, picture, padding_mode="reflection") == 3.0  # reads 2.5, backwards


@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("align_corners", [False, True])
def test_gradcheck_off_the_kinks(padding_mode, align_corners):
    image = torch.rand(2, 2, 4, 5, dtype=torch.float64, requires_grad=True)
    pixels = torch.randint(-3, 7, (2, 4, 4, 2)) + 0.6 * torch.rand(2, 4, 4, 2).double() + 0.1
    size = torch.tensor([5, 4])
    span = size - 1 if align_corners else size
    grid = ((2 * pixels + 1 - size) / span).requires_grad_()
    ways = {"padding_mode": padding_mode, "align_corners": align_corners}
    assert torch.autograd.gradcheck(lambda image, grid: sample(image, grid, **ways), (image, grid))


def off_the_kinks(align_corners):
    """A picture, and points between its pixels and around it, away from all mirrors."""
    image = torch.rand(2, 2, 4, 5, dtype=torch.float64)
    pixels = torch.randint(-3, 7, (2, 2, 3, 2)) + 0.3 * torch.rand(2, 2, 3, 2).double() + 0.1
    size = torch.tensor([5, 4])
    return image, (2 * pixels + 1 - size) / (size - 1 if align_corners else size)


@every_way
def test_second_derivatives(mode, padding_mode, align_corners):
    image, grid = off_the_kinks(align_corners)
    two = image.requires_grad_(), grid.requires_grad_()
    ways = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    assert torch.autograd.gradgradcheck(lambda *two: sample(*two, **ways), two)


def test_a_second_derivative_of_known_value():
    image = torch.tensor([[[[1.0, 5.0], [7.0, 4.0]]]], requires_grad=True)
    grid = torch.zeros(1, 1, 1, 2, requires_grad=True)  # V_xy = 1 - 5 - 7 + 4, and a pixel is 1
    to_grid = torch.autograd.grad(sample(image, grid).sum(), grid, create_graph=True)[0]
    assert to_grid.flatten().tolist() == [-0.5 + 1.0 - 0.0, 2.5]
    again = torch.autograd.grad(to_grid[..., 0].sum(), (image, grid))
    assert again[0].flatten().tolist() == [-0.5, 0.5, -0.5, 0.5]
    assert again[1].flatten().tolist() == [0.0, -7.0]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("power_of_two", [(4, 4), (1, 1), (1, 8), (8, 2)])
def test_a_gradient_to_be_differentiated_is_the_same_on_every_kink(way, power_of_two):
    size, grid = quarters_of_pixels(power_of_two, way[2])
    image = torch.randn(1, 2, *size, dtype=torch.float64)
    names = dict(zip(("mode", "padding_mode", "align_corners"), way, strict=True))
    expected = gradients(sample, image, grid, torch.ones(1, 2, *grid.shape[1:3]).double(), way)
    found = torch.func.grad(lambda *two: sample(*two, **names).sum(), (0, 1))(image, grid)
    two = image.requires_grad_(), grid.requires_grad_()
    again = torch.autograd.grad(sample(*two, **names).sum(), two, create_graph=True)
    for one in (found, again):
        assert_close(one, expected)


@every_way
def test_the_transforms_of_torch_func(mode, padding_mode, align_corners):
    image, grid = off_the_kinks(align_corners)
    ways = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}

    def one(image, grid):
        return sample(image[None], grid[None], **ways)[0]

    def torchs(image, grid):
        return grid_sample(image[None], grid[None], **ways)[0]

    func, move = torch.func, torch.rand_like(grid[0])
    assert_close(func.vmap(one)(image, grid), sample(image, grid, **ways))
    assert_close(func.vmap(one, (None, 0))(image[0], grid)[1], one(image[0], grid[1]))
    for argnums in (0, 1):
        expected = func.jacrev(torchs, argnums)(image[0], grid[0])
        assert_close(func.jacrev(one, argnums)(image[0], grid[0]), expected)
        assert_close(func.jacfwd(one, argnums)(image[0], grid[0]), expected)
        each = func.vmap(func.jacrev(one, argnums))(image, grid)
        assert_close(each[0], expected)
    slope = func.jvp(lambda grid: one(image[0], grid), (grid[0],), (move,))[1]
    assert_close(slope, torch.einsum("chwijk,ijk->chw", expected, move))
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(grid[0], move)
        found = torch.autograd.forward_ad.unpack_dual(one(image[0], dual)).tangent
    assert_close(torch.zeros_like(slope) if found is None else found, slope)


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_what_was_read_may_be_changed_in_place(mode):
    image, grid = torch.rand(1, 2, 4, 5, requires_grad=True), torch.rand(1, 3, 3, 2)
    sample(image, grid, mode=mode).mul_(2).sum().backward()
    assert image.grad.sum().item() == pytest.approx(2 * 18, abs=8)
    expected = torch.autograd.grad(2 * sample(image, grid, mode=mode).sum(), image)[0]
    assert_close(image.grad, expected)


@every_way
def test_compiles_into_one_graph(mode, padding_mode, align_corners):
    image, grid = off_the_kinks(align_corners)
    two = image.requires_grad_(), grid.requires_grad_()
    ways = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    torch._dynamo.reset()
    compiled = torch.compile(lambda *two: sample(*two, **ways), backend="aot_eager", fullgraph=True)
    read = [call(*two).square().sum() for call in (compiled, lambda *two: sample(*two, **ways))]
    found, expected = (torch.autograd.grad(value, two) for value in read)
    assert_close(found, expected)


def test_torchs_own_table_of_slopes_on_the_kinks_of_five_pixels():
    """float32, where ± 0.8, 0.4 and the like are pixel centres only if rounded as torch rounds."""
    image = torch.randn(1, 1, 5, 5)
    for align_corners in (False, True):
        line = regular_grid((1, 5), align_corners=align_corners)[0, :, 0]
        grid = torch.cartesian_prod(line, line)[None, None].contiguous()
        for padding_mode in ("zeros", "border", "reflection"):
            same_gradients(image, grid, ("bilinear", padding_mode, align_corners))


@pytest.mark.parametrize("align_corners", [False, True])
def test_kinks_and_ties_whose_coordinate_rounds_are_torchs(align_corners):
    other, count = 0, 0
    for n in range(2, 61):
        pixel = torch.arange(2 * n - 1) / 2
        x = (2 * pixel + 1 - n) / (n - 1 if align_corners else n)
        grid = torch.stack((x, torch.zeros_like(x)), dim=-1)[None, None]
        image = (torch.arange(float(n)) ** 2)[None, None, None]
        assert torch.equal(*both(image, grid, "nearest", "zeros", align_corners))
        assert_close(*both(image, grid, "bilinear", "zeros", align_corners), atol=1e-2, rtol=0)
        way, upstream = ("bilinear", "zeros", align_corners), torch.ones(1, 1, *x[None].shape)
        ours, torchs = (
            gradients(read, image, grid, upstream, way)[1][..., 0] for read in (sample, grid_sample)
        )
        other, count = other + ((ours - torchs).abs() > 0.3 * n).sum().item(), count + len(x)
    assert other < 0.01 * count


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_only_the_gradients_asked_for(mode):
    image, grid = torch.rand(1, 2, 4, 5), torch.rand(1, 3, 3, 2)
    for needed in (image, grid):
        needed.requires_grad_()
        sample(image, grid, mode=mode).sum().backward()
        assert needed.grad.shape == needed.shape
        needed.requires_grad_(False)
    assert torch.equal(image.grad.isfinite(), torch.ones_like(image, dtype=torch.bool))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_reads_the_right_pixels(dtype):
    image = torch.rand(1, 1, 60, 60).to(dtype)
    grid = regular_grid((60, 60), dtype=dtype)[None]
    assert torch.equal(sample(image, grid, mode="nearest"), image)


def test_a_picture_of_more_pixels_than_float32_can_count():
    image = torch.zeros(1, 1, 4200, 4200)
    image[0, 0, -1] = torch.arange(4200)
    last_row = regular_grid((4200, 4200))[None, -1:]
    assert torch.equal(sample(image, last_row, mode="nearest")[0, 0], image[0, 0, -1:])
