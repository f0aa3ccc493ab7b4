"""Several transformers: side by side, and one in a row with itself."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from stnlib import Affine, Affine3d, Attention, Similarity, SpatialTransformer, sample
from stnlib.several import CompositionalTransformer, ParallelTransformer

SIZE = 9


def looking(family, output_size=5, seed=0):
    """A transformer whose localisation network says something else of each picture."""
    torch.manual_seed(seed)
    last = nn.Linear(2 * SIZE**2, family.n_params)
    made = SpatialTransformer(nn.Sequential(nn.Flatten(), last), family, output_size)
    nn.init.normal_(last.weight, std=0.02)
    return made


@pytest.fixture
def pictures():
    return torch.rand(3, 2, SIZE, SIZE, generator=torch.Generator().manual_seed(4))


def test_outputs_stand_in_the_order_of_the_arguments(pictures):
    one, two = looking(Affine(), seed=1), looking(Attention(), seed=2)
    both = ParallelTransformer(one, two)
    read = both(pictures)
    assert read.shape == (3, 4, 5, 5)
    assert torch.equal(read[:, :2], one(pictures))
    assert torch.equal(read[:, 2:], two(pictures))
    theta = both.theta(pictures)
    assert torch.equal(theta[:, :6], one.theta(pictures))
    assert torch.equal(theta[:, 6:], two.theta(pictures))
    assert [*both] == [one, two]


@pytest.mark.parametrize("family", [Similarity(), Affine(), Attention()], ids=repr)
def test_each_look_is_at_the_input_through_all_maps_so_far(pictures, family):
    transformer = looking(family)
    view, maps = pictures, []
    for _ in range(3):
        maps.append(transformer.theta(view))
        theta = maps[0]
        for later in maps[1:]:
            theta = family.compose(theta, later)
        view = sample(pictures, family.grid(theta, (SIZE, SIZE)))
    several = CompositionalTransformer(transformer, 3)
    assert_close(several.theta(pictures), theta)
    assert_close(several(pictures), sample(pictures, family.grid(theta, (5, 5))))
    assert_close(several.grid(pictures), family.grid(theta, (5, 5)))
    assert (maps[2] - maps[0]).abs().max() > 0.01  # it does look again


def test_one_look_is_the_transformer_itself(pictures):
    transformer = looking(Affine())
    assert torch.equal(CompositionalTransformer(transformer, 1)(pictures), transformer(pictures))


def test_what_left_the_view_comes_back():
    """Moved out of the view and back: passed on as pixels the ink is lost, as θ it is not."""

    class OutAndBack(nn.Linear):
        def forward(self, image):
            moved = torch.zeros(len(image), 4)
            moved[:, 2] = torch.where(image.amax((1, 2, 3)) > 0, 2.0, -2.0)
            return moved

    look = SpatialTransformer(OutAndBack(1, 4), Similarity(), identity_start=False)
    picture = torch.rand(1, 1, SIZE, SIZE)
    assert_close(CompositionalTransformer(look, 2)(picture), picture)
    assert look(look(picture)).abs().max() == 0


def test_gradients_reach_the_localisation_network_through_every_look(pictures):
    transformer = looking(Similarity()).double()
    pictures = pictures.double()
    weight = transformer.localisation[1].weight

    def value():
        return CompositionalTransformer(transformer, 2)(pictures).square().sum()

    (gradient,) = torch.autograd.grad(value(), weight)
    direction = torch.randn(weight.shape, generator=torch.Generator().manual_seed(0)).double()
    with torch.no_grad():
        weight += 1e-6 * direction
        above = value()
        weight -= 2e-6 * direction
        below = value()
    assert_close((above - below) / 2e-6, (gradient * direction).sum(), rtol=1e-4, atol=1e-6)


def test_it_starts_at_the_identity(pictures):
    network = nn.Sequential(nn.Flatten(), nn.Linear(2 * SIZE**2, 4))
    several = CompositionalTransformer(SpatialTransformer(network, Similarity()), 4)
    assert_close(several(pictures), pictures)


def test_volumes_are_read_alike():
    family, volume = Affine3d(), torch.rand(2, 1, 4, 5, 6)
    last = nn.Linear(120, 12)
    one = SpatialTransformer(nn.Sequential(nn.Flatten(), last), family, (3, 3, 3))
    nn.init.normal_(last.weight, std=0.02)
    first = one.theta(volume)
    seen = sample(volume, family.grid(first, (4, 5, 6)))
    theta = family.compose(first, one.theta(seen))
    assert_close(
        CompositionalTransformer(one, 2)(volume), sample(volume, family.grid(theta, (3, 3, 3)))
    )
    assert ParallelTransformer(one, one)(volume).shape == (2, 2, 3, 3, 3)
