"""Claims of the first page and of the primer, tried on other pictures, sizes and seeds."""

import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from stnlib import affine, affine_grid, sample
from stnlib.digits import load_digits
from tests.claims.quoting import claim


def moments(picture):
    """(share of ink, direction of the longest axis in degrees, −90 ... 90, y down)."""
    rows, columns = torch.meshgrid(*map(torch.arange, picture.shape), indexing="ij")
    ink = picture / picture.sum()
    x, y = columns - (ink * columns).sum(), rows - (ink * rows).sum()
    xx, yy, xy = ((ink * product).sum() for product in (x * x, y * y, x * y))
    return picture.mean().item(), math.degrees(0.5 * math.atan2(2 * xy, xx - yy))


@claim("intro", "Turn the grid, and the digit turns the other way.")
@pytest.mark.parametrize("degrees", [-40, -15, 15, 40])
@pytest.mark.parametrize("index", [1, 4, 7, 11, 17])  # long digits, whose axis is clear
def test_the_digit_turns_against_the_grid(degrees, index):
    digit = load_digits(56, glyph=36).images[index : index + 1]
    grid = affine_grid(affine.rotation(math.radians(degrees)), (56, 56))
    before, after = (moments(one[0, 0])[1] for one in (digit, sample(digit, grid)))
    turned = (after - before + 90) % 180 - 90
    assert turned == pytest.approx(-degrees, abs=2)


@claim("intro", "Make the grid larger, and the digit shrinks.")
@pytest.mark.parametrize("scale", [1.1, 1.5, 2.0])
def test_a_larger_grid_makes_the_digit_smaller(scale):
    digits = load_digits(56, glyph=24).images[:50]
    grid = affine_grid(affine.scaling(scale), (56, 56)).expand(50, -1, -1, -1)
    ratio = sample(digits, grid).mean((1, 2, 3)) / digits.mean((1, 2, 3))
    assert_close(ratio, torch.full((50,), scale**-2), atol=0.02, rtol=0.05)


@claim("primer", "Where its input is negative its slope is 0, and no gradient passes.")
def test_relu_stops_gradients():
    x = -torch.rand(1000) - 1e-6
    x.requires_grad_()
    nn.functional.relu(x).mul(torch.randn(1000)).sum().backward()
    assert x.grad.count_nonzero() == 0


@claim("primer", "A chain of linear layers is again one linear layer.")
@pytest.mark.parametrize("seed", range(3))
def test_linear_layers_make_one(seed):
    torch.manual_seed(seed)
    chain = nn.Sequential(nn.Linear(5, 8), nn.Linear(8, 3), nn.Linear(3, 4)).double()
    bias = chain(torch.zeros(1, 5).double())
    weight = chain(torch.eye(5).double()) - bias
    x = torch.randn(20, 5).double()
    assert_close(chain(x), x @ weight + bias)


@claim(
    "primer", "Its weights are few, and what it finds in one place it finds in any other."
)
@pytest.mark.parametrize("kernel", [3, 5])
def test_a_convolution_moves_with_its_input(kernel):
    layer = nn.Conv2d(1, 4, kernel)
    picture = torch.zeros(1, 1, 24, 24)
    picture[..., 6:12, 6:12] = torch.rand(6, 6)
    moved = picture.roll((5, 3), (2, 3))
    assert_close(layer(moved)[..., 5:, 3:], layer(picture)[..., :-5, :-3])
    assert sum(w.numel() for w in layer.parameters()) == 4 * kernel**2 + 4


@claim(
    "primer",
    "in the first step every weight moves by the learning rate, whether its slope is large or "
    "small.",
)
@pytest.mark.parametrize("rate", [1e-3, 0.05])
def test_adams_first_step(rate):
    slopes = torch.tensor([1e-4, -1e-3, 1.0, -1e3, 1e6]).double()
    weights = torch.zeros(5).double().requires_grad_()
    optimizer = torch.optim.Adam([weights], lr=rate)
    (weights * slopes).sum().backward()
    optimizer.step()
    assert_close(weights.detach(), -rate * slopes.sign(), rtol=1e-3, atol=0)
