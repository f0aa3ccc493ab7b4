"""Writing forwards: held to sums, to a plain loop, and to being the transpose of reading."""

import itertools
import math

import pytest
import torch
from torch.testing import assert_close

from stnlib import affine, affine_grid, regular_grid, sample, splat


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


def test_holes_spoil_no_gradient():
    image = torch.ones(1, 1, 1, 2, requires_grad=True)
    grid = torch.tensor([[[[-0.75, 0.0], [0.5, 0.0]]]], requires_grad=True)
    splat(image, grid, (1, 4)).average().sum().backward()
    assert_close(image.grad, torch.tensor([[[[1.0, 2.0]]]]))
    assert grid.grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_half_precision_hits_the_right_pixels_of_a_wide_picture(dtype, mode):
    """A bfloat16 counts no further than 256."""
    image, size = torch.ones(1, 1, 1, 3, dtype=dtype), (1, 301)
    target = torch.tensor([-0.5, 0.0, 0.75], dtype=dtype)
    grid = torch.stack((target, 0 * target), dim=-1)[None, None]
    found = splat(image, grid, size, mode=mode)
    exact = splat(image.double(), grid.double(), size, mode=mode)
    assert found.total.dtype == found.weight.dtype == dtype
    assert_close(found.weight.double(), exact.weight, rtol=0, atol=torch.finfo(dtype).eps)
