"""Sentences of chapter 8 that say more than its cells printed, each tried elsewhere."""

import warnings
from functools import partial

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from stnlib import Affine, Similarity, affine, sample
from stnlib.distortions import RTS
from stnlib.experiments import TaskPlan
from stnlib.experiments.catalogue import SMALL
from stnlib.experiments.failures import Swapped, small_st_cnn
from stnlib.experiments.repairs import HIGH, STEPS, Tethered, tethered_loss
from stnlib.networks import st_cnn
from stnlib.training import evaluate, fit
from tests.claims.quoting import claim


@claim(
    "08",
    "**A window that reads nothing but 0 has a slope of exactly 0, wherever it stands** (kinks "
    "apart).",
)
@pytest.mark.parametrize("family", [Similarity(), Affine()])
def test_a_window_that_reads_nothing_has_no_slope(family):
    images, labels = TaskPlan(RTS(), copies=1)("cpu").test
    side = images.shape[-1]
    for seed in range(2):
        torch.manual_seed(seed)
        classifier = st_cnn(side).classifier.eval()
        size = st_cnn(side).transformer.output_size
        parts = {"scale_x": 0.05 + 0.3 * torch.rand(300), "rotation": 6 * torch.rand(300)}
        parts |= {"t_x": 3 * torch.rand(300) - 1.5, "t_y": 3 * torch.rand(300) - 1.5}
        maps = affine.from_parts(**parts, scale_y=parts["scale_x"])
        if type(family) is Affine:
            theta = maps.flatten(1)
        else:
            keys = ("rotation", "t_x", "t_y")
            theta = torch.stack((parts["scale_x"].log(), *(parts[key] for key in keys)), dim=1)
        torch.testing.assert_close(family.matrix(theta), maps)
        theta.requires_grad_()
        which = torch.randint(len(images), (300,))
        grid = family.grid(theta, size)
        read = sample(images[which], grid)
        loss = cross_entropy(classifier(read), labels[which], reduction="sum")
        slope = torch.autograd.grad(loss, theta)[0].abs().amax(1)
        inside = (grid.abs() <= 1).flatten(1).all(1)
        black, bright = read.amax((1, 2, 3)) == 0, read.amax((1, 2, 3)) > 0.3
        for place in (inside, ~inside):
            assert (black & place).sum() > 10
            assert slope[black & place].max() == 0
            assert (slope[bright & place] > 0).float().mean() > 0.98


def detached(theta):
    return theta.detach()


def by_items(theta):
    return torch.stack([torch.tensor([number.item() for number in row]) for row in theta])


def through_numpy(theta):
    return torch.from_numpy(theta.detach().numpy())


class Broken(Similarity):
    def __init__(self, change):
        super().__init__()
        self.change = change

    def matrix(self, theta):
        return super().matrix(self.change(theta))


@claim(
    "08",
    '`detach`, `item`, a detour through NumPy, `round` and `mode="nearest"` leave the same trace.',
)
@pytest.mark.parametrize("change", [detached, by_items, through_numpy, torch.round, "nearest"])
def test_what_cuts_the_graph_leaves_a_gradient_of_zero_from_the_first_step(change):
    task = SMALL("cpu")
    for seed in range(2):
        torch.manual_seed(seed)
        network = small_st_cnn(transform=Similarity() if change == "nearest" else Broken(change))
        if change == "nearest":
            network.transformer.mode = "nearest"
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            history = fit(network, task, steps=5, seed=seed, progress="none")
        assert max(history.gradient_localisation) == 0 < min(history.gradient)
    assert max(fit(small_st_cnn(), task, steps=1, progress="none").gradient_localisation) > 0


@claim(
    "08",
    "under the loss on $\\theta$, the last hidden units of the localisation network have died and "
    "give 0 whatever the picture is.",
)
@pytest.mark.parametrize("seed", [5, 6])
def test_the_units_before_theta_die_under_the_loss(seed):
    task = SMALL("cpu")
    torch.manual_seed(seed)
    network = Tethered()
    loss = partial(tethered_loss, weight=1.0)
    fit(network, task, steps=STEPS, seed=seed, progress="none", loss=loss, **HIGH)
    layers = list(network.transformer.localisation)
    assert isinstance(layers[-1], nn.Linear)
    with torch.no_grad():
        hidden = nn.Sequential(*layers[:-1])(task.test[0])
    assert hidden.abs().max() == 0


@claim(
    "08",
    "It matters as soon as somebody else uses $\\theta$: give that of the swapped network to a "
    "correct reader, and its classifier errs on more than half of the pictures.",
)
@pytest.mark.parametrize("seed", [3, 4])
def test_the_theta_of_a_swapped_network_is_of_no_use_to_a_correct_reader(seed):
    task = SMALL("cpu")
    torch.manual_seed(seed)
    network = small_st_cnn(transform=Swapped())
    fit(network, task, steps=300, learning_rate=5e-3, seed=seed, progress="none")
    assert evaluate(network, *task.test) < 30
    network.transformer.transform = Similarity()
    assert evaluate(network, *task.test) > 50
