"""The networks: their sizes and shapes, what they learn, a fair match, and wrong numbers."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from stnlib import Affine, Attention
from stnlib.networks import (
    PAPER,
    ConvLocalisation,
    DenseLocalisation,
    cnn,
    count_parameters,
    fcn,
    st_cnn,
    st_fcn,
    width_for,
)
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import FAMILIES, Similarity

BUILDERS = {"fcn": fcn, "cnn": cnn, "st_fcn": st_fcn, "st_cnn": st_cnn}
each_builder = pytest.mark.parametrize("name", BUILDERS)


def picture(size, batch=2, channels=1):
    sides = (size, size) if isinstance(size, int) else size
    return torch.rand(batch, channels, *sides, generator=torch.Generator().manual_seed(0))


def by_hand(*layers):
    """Weights and biases of layers (in, out, kernel side): (in · side² + 1) · out each."""
    return sum((before * kernel**2 + 1) * after for before, after, kernel in layers)


SMALL_LOCALISATION = {
    "st_fcn": [(1764, 32, 1), (32, 32, 1), (32, 4, 1)],
    "st_cnn": [(1, 8, 5), (8, 16, 5), (16 * 9, 32, 1), (32, 4, 1)],
}
SMALL = {
    "fcn": [(1764, 38, 1), (38, 38, 1), (38, 10, 1)],
    "cnn": [(1, 12, 5), (12, 24, 5), (24, 26, 5), (26 * 4, 64, 1), (64, 10, 1)],
    "st_fcn": [(400, 24, 1), (24, 24, 1), (24, 10, 1)],
    "st_cnn": [(1, 16, 5), (16, 32, 5), (32 * 4, 64, 1), (64, 10, 1)],
}
PAPER_LOCALISATION = {
    "st_fcn": [(1764, 32, 1), (32, 32, 1), (32, 32, 1), (32, 6, 1)],
    "st_cnn": [(1, 20, 5), (20, 20, 5), (20 * 9, 20, 1), (20, 6, 1)],
}
PAPERS = {
    "fcn": [(1764, 256, 1), (256, 256, 1), (256, 10, 1)],
    "cnn": [(1, 64, 9), (64, 64, 7), (64 * 36, 10, 1)],
    "st_fcn": [(441, 256, 1), (256, 256, 1), (256, 10, 1)],
    "st_cnn": [(1, 64, 9), (64, 64, 7), (64, 10, 1)],
}


@pytest.mark.parametrize(
    ("name", "count"),
    [("fcn", 68_942), ("cnn", 30_532), ("st_fcn", 68_142), ("st_cnn", 30_350)],
)
def test_the_small_sizes(name, count):
    by_layer = by_hand(*SMALL[name], *SMALL_LOCALISATION.get(name, []))
    assert count_parameters(BUILDERS[name](42)) == count == by_layer


@pytest.mark.parametrize(("name", "count"), [("cnn", 30_594), ("st_cnn", 30_422)])
def test_batch_norm_takes_the_place_of_the_biases(name, count):
    model = BUILDERS[name](42, batch_norm=True)
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    assert [m.out_channels for m in convolutions] == [m.num_features for m in norms]
    assert all(m.bias is None for m in convolutions)
    channels = sum(m.out_channels for m in convolutions)
    assert count_parameters(model) == count == count_parameters(BUILDERS[name](42)) + channels


def test_frozen_weights_are_not_counted():
    layer = nn.Linear(3, 2)
    layer.bias.requires_grad_(False)
    assert count_parameters(layer) == 6


@each_builder
@pytest.mark.parametrize(("size", "pool"), [(28, 1), (42, 2), (60, 2)])
def test_the_papers_sizes(name, size, pool):
    extra = {"transform": Affine(), "pool": pool} if name.startswith("st") else {}
    model = BUILDERS[name](size, **PAPER[name], **extra)
    assert model(picture(size)).shape == (2, 10)
    if extra:
        assert model.transformer(picture(size)).shape == (2, 1, size, size)
        assert model.pool(picture(size)).shape == (2, 1, size // pool, size // pool)
    if size == 42:
        assert count_parameters(model) == by_hand(*PAPERS[name], *PAPER_LOCALISATION.get(name, []))


@each_builder
@pytest.mark.parametrize("size", [42, 60, (42, 50)])
def test_shapes(name, size):
    model = BUILDERS[name](size, classes=7, in_channels=3)
    for batch in (0, 1, 2):
        assert model(picture(size, batch, channels=3)).shape == (batch, 7)


@pytest.mark.parametrize("size", [28, 29, 42, (33, 60)])
def test_localisation_networks_of_any_size(size):
    image = picture(size, channels=2)
    for network in (
        ConvLocalisation(size, 3, channels=(4, 5), hidden=6, in_channels=2),
        DenseLocalisation(image[0].numel(), 3, hidden=(6,)),
    ):
        assert network(image).shape == (2, 3)
        SpatialTransformer(network, Attention())


def test_the_conv_localisation_network_averages_pixels_in_fours():
    network, image = ConvLocalisation(42, 4), picture(42)
    coarse = nn.functional.avg_pool2d(image, 2).repeat_interleave(2, 2).repeat_interleave(2, 3)
    torch.testing.assert_close(network(image), network(coarse))


@each_builder
def test_every_weight_learns_from_the_second_step_on(name):
    model, labels = BUILDERS[name](42), torch.arange(8)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(2):
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(picture(42, 8)), labels).backward()
        optimiser.step()
    assert all(weights.grad.abs().sum() > 0 for weights in model.parameters())


@pytest.mark.parametrize("build", [st_fcn, st_cnn])
@pytest.mark.parametrize("family", [kind() for kind in FAMILIES.values()], ids=repr)
def test_every_family_starts_at_the_identity_learns_and_can_be_matched(build, family):
    model, images = build(28, transform=family, output_size=None), picture(28, 8)
    torch.testing.assert_close(model.transformer(images), images)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(3):
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(images), torch.arange(8)).backward()
        optimiser.step()
    assert all(weights.grad.abs().sum() > 0 for weights in model.parameters())
    assert not torch.equal(model.transformer(images), images)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert model.transformer.theta(images).dtype == torch.float32
        assert model(images).isfinite().all()
    copied = pickle.loads(pickle.dumps(model)).double()
    torch.testing.assert_close(
        copied.transformer(images.double()).float(), model.transformer(images), rtol=0, atol=1e-4
    )
    fresh = build(28, transform=family, output_size=None)
    fresh.load_state_dict(model.state_dict())
    assert torch.equal(fresh(images), model(images))
    budget = count_parameters(model)

    def narrower(width):
        extra = {"hidden": (width, width)} if build is st_fcn else {"channels": (16, width)}
        return build(28, transform=family, output_size=None, **extra)

    assert width_for(narrower, budget) == (24 if build is st_fcn else 32)


@pytest.mark.parametrize("build", [st_fcn, st_cnn])
def test_the_parts_of_the_transformer_networks(build):
    model, image = build(42, transform=Attention(), output_size=(32, 36), pool=2), picture(42)
    assert [name for name, _ in model.named_children()] == ["transformer", "pool", "classifier"]
    assert model.transformer.theta(image).tolist() == [[1.0, 0.0, 0.0]] * 2
    assert model.transformer(image).shape == (2, 1, 32, 36)
    by_parts = model.classifier(nn.functional.avg_pool2d(model.transformer(image), 2))
    assert torch.equal(model(image), by_parts)
    assert isinstance(build(42).transformer.transform, Similarity)
    loose = build(42, identity_start=False)
    assert (loose.transformer.theta(image) != 0).all()


@each_builder
def test_a_copy_answers_alike(name):
    model = BUILDERS[name](42)
    copy, image = pickle.loads(pickle.dumps(model)), picture(42)
    assert torch.equal(copy(image), model(image))


RIVALS = {
    "fcn": lambda width: fcn(42, hidden=(width, width)),
    "cnn": lambda width: cnn(42, channels=(12, 24, width)),
    "st_fcn": lambda width: st_fcn(42, localisation=(12, 12), hidden=(width, width)),
    "st_cnn": lambda width: st_cnn(42, channels=(16, width)),
}


@each_builder
@pytest.mark.parametrize("budget", [30_350, 68_142])
def test_rivals_can_be_matched(name, budget):
    width = width_for(RIVALS[name], budget)
    counts = [count_parameters(RIVALS[name](width + step)) for step in (-1, 0, 1)]
    assert abs(counts[1] - budget) <= 0.02 * budget
    assert abs(counts[1] - budget) == min(abs(count - budget) for count in counts)


def test_the_defaults_are_matched_in_pairs():
    for plain, with_transformer in ((fcn, st_fcn), (cnn, st_cnn)):
        counts = count_parameters(plain(42)), count_parameters(with_transformer(42))
        assert abs(counts[0] - counts[1]) <= 0.02 * counts[1]


@pytest.mark.parametrize("width", [1, 2, 3, 7, 8, 9, 1000])
def test_the_width_of_an_exact_budget(width):
    def build(width):
        return nn.Linear(1, width)

    assert width_for(build, 2 * width, tolerance=0.0) == width
    assert width_for(build, 2 * width + 1, tolerance=0.5) in (width, width + 1)


def test_matching_leaves_the_random_numbers_alone():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    width_for(RIVALS["st_cnn"], 30_350)
    assert torch.equal(torch.rand(2), expected)


def test_numbers_of_numpy_are_plain_in_words():
    five = np.int64(5)
    assert repr(cnn(np.int64(42), kernels=(five,) * 3)) == repr(cnn(42))
    assert repr(ConvLocalisation(42, 4, (np.int64(8), 16))) == repr(ConvLocalisation(42, 4))


@pytest.mark.parametrize("batch_norm", [False, True])
def test_a_relu_behind_its_pool_changes_no_number_and_no_slope(batch_norm):
    torch.manual_seed(0)
    images = torch.rand(8, 1, 28, 28)
    network = cnn(28, channels=(6, 8), batch_norm=batch_norm)
    other = copy.deepcopy(network)
    for i, layer in enumerate(list(other)):
        if isinstance(layer, nn.MaxPool2d):
            assert isinstance(other[i + 1], nn.ReLU)
            other[i], other[i + 1] = other[i + 1], layer
    answers = network(images), other(images)
    for answer in answers:
        answer.square().sum().backward()
    assert torch.equal(*answers)
    for one, same in zip(network.parameters(), other.parameters(), strict=True):
        assert torch.equal(one.grad, same.grad)
