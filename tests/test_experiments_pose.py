"""What θ means: the oracle, the told task, who learns from what, and what is measured."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy, mse_loss
from torch.testing import assert_close

from stnlib import Similarity, affine, affine_grid, sample
from stnlib.alignment import pose
from stnlib.digits import Digits, load_split
from stnlib.distortions import RTS
from stnlib.experiments import EXPERIMENTS, Task, TaskPlan, load
from stnlib.experiments.pose import (
    MOVES,
    TURNS,
    Taught,
    Told,
    Undone,
    linear_classifier,
    measure_pose,
    norm_cnn,
    small_cnn,
    st_cnn_with,
    taught_loss,
    upright_window,
)
from stnlib.networks import count_parameters, st_cnn

TRAIN, VALIDATION, TEST = load_split()
SOME = Digits(TEST.images[:250], TEST.labels[:250])
WINDOW = affine_grid(affine.scaling(20 / 28), (20, 20))


def upright(digits):
    return sample(digits.images, WINDOW.expand(len(digits.images), -1, -1, -1))


def test_the_oracle_sets_digits_upright():
    made = Undone(RTS())(SOME.images, generator=torch.Generator().manual_seed(0))
    assert made.images.shape == (250, 1, 20, 20)
    assert (made.images - upright(SOME)).abs().mean() < 0.03
    blind = Undone(RTS())(SOME.images, generator=torch.Generator().manual_seed(1))
    assert not torch.equal(made.images, blind.images)  # two distortions, each undone
    turned = Undone(RTS(), degrees=40)(SOME.images, generator=torch.Generator().manual_seed(0))
    assert torch.equal(turned.theta, made.theta)
    assert (turned.images - upright(SOME)).abs().mean() > 0.05
    assert_close(turned.images.sum(), made.images.sum(), rtol=0.02, atol=0)  # turned, no more


def test_a_told_batch_holds_labels_and_the_maps_that_set_it_upright():
    told = Told(TRAIN, SOME, RTS(), batch=32, copies=1)
    images, answers = told(torch.Generator().manual_seed(3))
    plain, labels = Task(TRAIN, SOME, RTS(), batch=32, copies=1)(torch.Generator().manual_seed(3))
    assert torch.equal(images, plain)
    assert answers.shape == (32, 7)
    assert answers[:, 0].tolist() == labels.tolist()
    read = sample(images, affine_grid(answers[:, 1:], (20, 20)))
    index = torch.randint(len(TRAIN.labels), (32,), generator=torch.Generator().manual_seed(3))
    wanted = upright(Digits(TRAIN.images[index], labels))
    assert (read - wanted).abs().mean() < 0.03
    assert told.test[1].shape == (250,)


def test_a_taught_transformer_learns_from_maps_and_its_classifier_from_labels():
    network = Taught(st_cnn(42)).train()
    images, told = Told(TRAIN, SOME, RTS(), batch=8, copies=1)(torch.Generator().manual_seed(0))
    answer = network(images)
    assert answer.shape == (8, 16)
    labels, maps = told[:, 0].long(), told[:, 1:]
    wanted = cross_entropy(answer[:, :10], labels) + mse_loss(answer[:, 10:], maps)
    assert_close(taught_loss(answer, told), wanted)
    for loss, learns, rests in (
        (cross_entropy(answer[:, :10], labels), network.classifier, network.transformer),
        (mse_loss(answer[:, 10:], maps), network.transformer, network.classifier),
    ):
        network.zero_grad(set_to_none=True)
        loss.backward(retain_graph=True)
        assert any(weight.grad.any() for weight in learns.parameters())
        assert not any(w.grad.any() for w in rests.parameters() if w.grad is not None)
    scores = network.eval()(images)
    assert_close(scores, network.classifier(network.transformer(images)))


def test_another_classifier_stands_behind_the_same_transformer():
    assert count_parameters(st_cnn_with(small_cnn)) == count_parameters(st_cnn(42))
    assert count_parameters(st_cnn_with(linear_classifier).classifier) == 4010
    for build, norm, counts in ((norm_cnn, False, (0, 2)), (small_cnn, True, (2, 0))):
        network = st_cnn_with(build, batch_norm=norm)
        parts = network.transformer.localisation, network.classifier
        found = [sum(isinstance(m, nn.BatchNorm2d) for m in part.modules()) for part in parts]
        assert tuple(found) == counts
        assert network(torch.zeros(2, 1, 42, 42)).shape == (2, 10)


class Knows(nn.Module):
    """A transformer that is asked for the test set in order, and gives the true pose, or not."""

    def __init__(self, maps):
        super().__init__()
        self.transform, self.output_size, self.at = Similarity(), (20, 20), 0
        found = pose(maps)
        self.known = torch.cat((torch.stack(found[:2], dim=1), found.place), dim=1)

    def theta(self, images):
        self.at += len(images)
        return self.known[self.at - len(images) : self.at]


class Mean(nn.Module):
    """A classifier by the nearest mean picture."""

    def __init__(self):
        super().__init__()
        made = Undone(RTS())(TRAIN.images, generator=torch.Generator().manual_seed(0)).images
        means = torch.stack([made[TRAIN.labels == label].mean(0) for label in range(10)])
        self.register_buffer("means", means.flatten(1))

    def forward(self, images):
        return -torch.cdist(images.flatten(1), self.means)


def measured(task, maps):
    model = nn.Module()
    model.transformer, model.classifier = Knows(maps), Mean()
    return measure_pose(model, task)


@pytest.fixture(scope="module")
def task():
    return Task(TRAIN, TEST, RTS(), batch=8, copies=2)


def test_a_perfect_transformer_is_measured_as_perfect(task):
    found = measured(task, upright_window(task.test_theta))
    for key in ("pose", "pose_by_class"):
        assert [found[key][f"r2_{part}"] for part in ("angle", "scale", "shift")] == [1, 1, 1]
        assert found[key]["degrees"] < 0.01
    assert len(found["classes"]) == len(found["class_gauges"]) == 10
    assert found["gauge"] == pytest.approx([math.log(20 / 28), 0, 0, 0], abs=1e-4)
    assert found["overlap"] > 0.7
    assert len(found["turned"]) == len(TURNS)
    assert len(found["moved"]) == len(MOVES)
    assert found["turned"][0] == found["moved"][0] < 20
    assert found["turned"][-1] > 60
    assert found["moved"][-1] > 40
    assert len(found["sample"]) == 100
    assert found["slope"] == pytest.approx(1, abs=1e-3)


def test_a_blind_transformer_is_measured_as_blind(task):
    found = measured(task, affine.identity().repeat(1000, 1, 1))
    assert found["pose"]["r2_angle"] == pytest.approx(0, abs=0.01)
    assert found["pose"]["degrees"] > 20
    assert found["overlap"] < 0.5
    assert found["slope"] == pytest.approx(0, abs=1e-3)


def test_the_slope_is_the_share_of_the_angle_that_is_turned_back(task):
    truth = pose(upright_window(task.test_theta))
    half = affine.compose(affine.rotation(truth.angle / 2 + 3), affine.scaling(0.7))
    assert measured(task, half)["slope"] == pytest.approx(0.5, abs=1e-3)


def test_what_has_no_transformer_of_that_window_is_not_measured(task):
    assert measure_pose(small_cnn(), task) == {}
    assert measure_pose(st_cnn(42, output_size=28), task) == {}


def test_an_oracle_is_spoiled_in_training_and_tested_clean():
    plans = EXPERIMENTS["pose_oracle"].plans
    spoiled = next(plan for name, plan in plans.items() if "jitter 30" in name)
    assert spoiled.task.distortion.degrees == 30
    assert spoiled.task.tested == replace(spoiled.task.distortion, degrees=0)
    made = spoiled.task("cpu")
    clean = TaskPlan(spoiled.task.tested)("cpu")
    assert torch.equal(made.test[0], clean.test[0])
    one, other = (task(torch.Generator().manual_seed(1))[0] for task in (made, clean))
    assert not torch.equal(one, other)


def test_the_oracles_jitter_and_window_are_those_that_the_search_chooses():
    errors = {}
    for one in load("search_oracle"):
        errors.setdefault(one["network"], []).append(one["error"])
    assert min(errors, key=lambda name: sum(errors[name])) == "window 0.85, jitter 30"
    assert EXPERIMENTS["search_oracle"].task.validation
    assert "window 0.85, jitter 30" in EXPERIMENTS["pose_oracle"].plans
