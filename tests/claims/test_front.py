"""Claims of the first page and of the primer, tried on other pictures, sizes and seeds."""

import inspect
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.testing import assert_close

from stnlib import affine, affine_grid, experiments, regular_grid, sample
from stnlib.digits import load_digits
from stnlib.distortions import RTS
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


def turned_back(record, network):
    """The runs of a network, and how much of a turn each turns back."""
    runs = [run for run in experiments.load(record) if run["network"] == network]
    assert [run["seed"] for run in runs] == [0, 1, 2, 3, 4]
    return runs, [run["slope"] for run in runs]


@claim("intro", "In training it was told the label and nothing else.")
def test_the_loss_of_the_recorded_runs_knows_the_label_alone():
    runs, _ = turned_back("pose_parts", "in the localisation")
    assert all(run["plan"]["loss"] == "cross_entropy" for run in runs)
    task = experiments.EXPERIMENTS["pose_parts"].task("cpu")
    pictures, labels = task(torch.Generator().manual_seed(0))  # a batch holds nothing more
    assert pictures.shape == (64, 1, 42, 42)
    assert labels.shape == (64,)
    assert {*labels.tolist()} <= {*range(10)}
    assert task.test[1][task.probe_index[:3]].tolist() == [2, 3, 4]  # the labels of Figure 4


@claim(
    "intro",
    "This is the first of five runs, which all turn their digits back most of the way; runs of "
    "another network (chapter 6) do not agree on it:",
)
def test_all_runs_of_one_network_turn_and_those_of_another_do_not_agree():
    _, slopes = turned_back("pose_parts", "in the localisation")
    assert min(slopes) > 0.6
    _, others = turned_back("rts", "st_cnn")
    assert min(others) < 0.2
    assert max(others) > 0.6


@claim("primer", "Where its input is negative its slope is 0, and no gradient passes.")
def test_relu_stops_gradients():
    x = -torch.rand(1000) - 1e-6
    x.requires_grad_()
    nn.functional.relu(x).mul(torch.randn(1000)).sum().backward()
    assert x.grad.count_nonzero() == 0


@claim(
    "primer",
    "`detach` and `torch.no_grad` leave a value without notes: no gradient goes through it.",
)
def test_a_value_without_notes():
    x = torch.randn(5, requires_grad=True)
    with torch.no_grad():
        silent = (x**2).exp()
    for value in (x.detach(), (3 * x).sin().detach(), silent):
        assert not value.requires_grad
        (slopes,) = torch.autograd.grad((value * x).sum(), x)
        assert_close(slopes, value)  # as of a number


@claim(
    "primer",
    "**Dropout** sets a random part of the numbers to 0 and enlarges the others to match, in "
    "training only.",
)
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_dropout(part):
    torch.manual_seed(0)
    layer, x = nn.Dropout(part), 1 + torch.rand(100_000)
    kept = layer(x)
    left = kept != 0
    assert left.float().mean().item() == pytest.approx(1 - part, abs=0.01)
    assert_close(kept[left], x[left] / (1 - part))
    assert kept.mean().item() == pytest.approx(x.mean().item(), rel=0.03)
    assert torch.equal(layer.eval()(x), x)


@claim("primer", "A network can learn its pictures by heart.")
@pytest.mark.parametrize("seed", range(2))
def test_a_network_learns_labels_that_mean_nothing(seed):
    torch.manual_seed(seed)
    pictures = load_digits(14).images[:160].flatten(1)
    labels = torch.randint(10, (160,))
    network = nn.Sequential(nn.Linear(196, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(200):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(pictures[:100]), labels[:100]).backward()
        optimizer.step()
    right = network(pictures).argmax(1) == labels
    assert right[:100].all()
    assert right[100:].float().mean() < 0.3


@claim("primer", "A chain of linear layers is again one linear layer.")
@pytest.mark.parametrize("seed", range(3))
def test_linear_layers_make_one(seed):
    torch.manual_seed(seed)
    chain = nn.Sequential(nn.Linear(5, 8), nn.Linear(8, 3), nn.Linear(3, 4)).double()
    bias = chain(torch.zeros(1, 5).double())
    weight = chain(torch.eye(5).double()) - bias
    x = torch.randn(20, 5).double()
    assert_close(chain(x), x @ weight + bias)


@claim("primer", "Its weights are few, and what it finds in one place it finds in any other.")
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
    "in the first step every weight moves by the learning rate, whether its slope is "
    "large or small, but not where it is 0.",
)
@pytest.mark.parametrize("rate", [1e-3, 0.05])
def test_adams_first_step(rate):
    slopes = torch.tensor([1e-4, -1e-3, 1.0, -1e3, 1e6, 0.0]).double()
    weights = torch.zeros(6).double().requires_grad_()
    optimizer = torch.optim.Adam([weights], lr=rate)
    (weights * slopes).sum().backward()
    optimizer.step()
    assert_close(weights.detach(), -rate * slopes.sign(), rtol=1e-3, atol=0)


@claim(
    "notation",
    "Names, defaults and results are those of `torch.nn.functional.grid_sample`.",
)
def test_names_defaults_and_results_are_torchs():
    theirs = inspect.signature(nn.functional.grid_sample).parameters
    for name, ours in inspect.signature(sample).parameters.items():
        if name in ("mode", "padding_mode"):
            assert ours.default == theirs[name].default
        assert name in theirs or name == "image"
    image, grid = torch.rand(2, 3, 7, 10).double(), 1.5 * torch.randn(2, 5, 4, 2).double()
    assert_close(sample(image, grid), nn.functional.grid_sample(image, grid, align_corners=False))
    for mode in ("bilinear", "nearest"):
        for padding in ("zeros", "border", "reflection"):
            for corners in (False, True):
                how = {"mode": mode, "padding_mode": padding, "align_corners": corners}
                right = nn.functional.grid_sample(image, grid, **how)
                assert_close(sample(image, grid, **how), right)


@claim("notation", "and at 0 if the second rule meets a picture that is one pixel wide.")
@pytest.mark.parametrize("size", [(1, 1), (1, 6), (7, 1), (4, 5)])
def test_where_pixel_centres_lie(size):
    for corners in (False, True):
        points = regular_grid(size, align_corners=corners).double()
        for n, found in ((size[1], points[0, :, 0]), (size[0], points[:, 0, 1])):
            i = torch.arange(n).double()
            right = 2 * i / max(n - 1, 1) - min(n - 1, 1) if corners else (2 * i + 1) / n - 1
            assert_close(found, right, rtol=0, atol=1e-6)


@claim("intro", "The grid turns with the digit, though not all the way;")
def test_the_network_that_reads_drawings_turns_its_grid():
    """On digits that it was never trained on: the book's own, turned by up to 45°."""
    digits = load_digits(28)
    made = RTS()(digits.images, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        turns = experiments.trained("draw", "st_cnn").transformer.theta(made.images)[:, 1]
    upright = affine.invert(made.theta)
    angles = torch.atan2(upright[:, 1, 0], upright[:, 0, 0])
    for label in range(1, 10):  # a 0 shows little of its turn
        mine = digits.labels == label
        slope, _ = np.polyfit(angles[mine].numpy(), turns[mine].numpy(), 1)
        assert 0.4 < slope < 0.9


@claim("intro", "It learns this although nobody tells it where to look.")
def test_the_network_that_reads_drawings_was_told_labels_alone():
    plan = next(run["plan"] for run in experiments.load("draw") if run["network"] == "st_cnn")
    assert plan["loss"] == "cross_entropy"
    assert "kind=Task," in plan["task"]  # whose batches are pictures and labels
    assert set(experiments.EXPERIMENTS["draw"].plans["st_cnn"].options) == set()


@claim(
    "intro",
    "Of MNIST's test digits, put in such places, both read more than 98 in 100 right.",
)
@pytest.mark.parametrize("network", ["st_cnn", "cnn"])
def test_both_networks_read_most_digits(network):
    (run,) = (run for run in experiments.load("draw") if run["network"] == network)
    assert "mnist=True" in run["plan"]["task"]
    assert len(run["misses"]) == 10_000
    assert run["error"] < 2
