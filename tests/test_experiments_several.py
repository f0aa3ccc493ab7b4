"""The experiments with several transformers: their tasks, their networks, what is measured."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from stnlib import Affine, Similarity, ThinPlateSpline, affine, affine_grid, sample
from stnlib.digits import Digits, load_split
from stnlib.distortions import RTS, R
from stnlib.experiments import TaskPlan
from stnlib.experiments.numbers import (
    CANVAS,
    Numbers,
    measure_windows,
    one_window,
    three_heads,
    three_windows,
)
from stnlib.experiments.rows import PixelsPassedOn, deep_cnn, looking, measure_turn
from stnlib.experiments.sums import (
    Sums,
    measure_share,
    nearest_affine,
    sum_cnn,
    sum_fcn,
    sum_st_fcn,
)
from stnlib.experiments.task import _shrink
from stnlib.networks import count_parameters
from stnlib.training import misses

TRAIN, _, TEST = load_split(14, glyph=10)
SUMS = TaskPlan(RTS(21), size=14, glyph=10, kind=Sums, batch=16, copies=2)
NUMBERS = TaskPlan(
    RTS(CANVAS, degrees=20, scale=(0.8, 1.15)), size=14, glyph=10, kind=Numbers, batch=16, copies=2
)


def draw(plan, seed=0):
    return plan("cpu")(torch.Generator().manual_seed(seed))


# ---- sums


def test_a_sum_is_that_of_the_digits_in_the_two_channels():
    task = SUMS("cpu")
    images, labels = task.test
    assert images.shape == (1000, 2, 21, 21)
    back = [
        sample(
            images[:200, c : c + 1], affine_grid(affine.invert(task.test_theta[:200, c]), (14, 14))
        )
        for c in (0, 1)
    ]
    found = []
    for read in back:  # the digit of the test set that lies closest
        away = torch.cdist(read.flatten(1), TEST.images.flatten(1))
        found.append(TEST.labels[away.argmin(1)])
    assert (found[0] == TEST.labels[:200]).float().mean() > 0.97
    assert (found[0] + found[1] == labels[:200]).float().mean() > 0.97
    assert not torch.equal(images[:500, 1], images[500:, 1])


def test_batches_of_sums_are_drawn_from_both_channels():
    images, labels = draw(SUMS)
    assert images.shape == (16, 2, 21, 21)
    assert labels.min() >= 0
    assert labels.max() <= 18
    assert images.flatten(2).amax(2).min() > 0.5
    again = draw(SUMS)
    assert torch.equal(again[0], images)
    assert len({*torch.cat([draw(SUMS, seed)[1] for seed in range(40)]).tolist()}) == 19


def test_networks_of_sums_have_as_many_weights():
    spline = ThinPlateSpline((4, 4))
    built = [
        sum_fcn(21, 91), sum_cnn(),
        sum_st_fcn(21, 1, Affine(), localisation=80), sum_st_fcn(21, 2, Affine(), localisation=32),
        sum_st_fcn(21, 1, spline, localisation=79), sum_st_fcn(21, 2, spline, localisation=32),
    ]  # fmt: skip
    counts = [count_parameters(network) for network in built]
    assert max(counts) < 1.02 * min(counts)
    images, _ = draw(SUMS)
    assert {network(images).shape for network in built} == {(16, 19)}


class Follows(nn.Linear):
    """A localisation network that knows the true map of one channel of the test pictures."""

    def __init__(self, theta):
        super().__init__(1, 6)
        self.known, self.seen = theta.flatten(1), 0

    def forward(self, image):
        start, self.seen = self.seen, self.seen + len(image)
        return self.known[start : self.seen]


def test_the_share_says_which_digit_is_followed():
    task = SUMS("cpu")
    network = sum_st_fcn(21, 2, Affine(), localisation=4)
    for one, channel in zip(network.transformer, (1, 0), strict=True):
        one.localisation = Follows(affine.invert(task.test_theta[:, channel]))
    (first, second) = measure_share(network, task)["follows"]
    assert first[1] == second[0] == pytest.approx(1, abs=1e-3)
    assert first[0] < 0.2
    assert second[1] < 0.2
    assert measure_share(sum_cnn(), task) == {}


def test_the_nearest_affine_map_of_a_spline_that_is_affine_is_that_map():
    spline, maps = (
        ThinPlateSpline((4, 4)),
        Similarity().matrix(torch.tensor([[0.2, 0.5, 0.1, -0.2]])),
    )
    points = Affine().points(maps.flatten(1), spline.control_points)
    assert_close(
        nearest_affine(spline, (points - spline.control_points).flatten(1)),
        maps,
        rtol=1e-4,
        atol=1e-4,
    )


# ---- numbers


def test_a_number_is_three_digits_in_a_row_among_scraps():
    task = NUMBERS("cpu")
    images, labels = task.test
    assert images.shape == (1000, 1, *CANVAS)
    assert labels.shape == (1000, 3)
    assert labels[:500, 0].tolist() == TEST.labels.tolist()
    back = sample(images[:200], affine_grid(affine.invert(task.test_theta[:200]), (14, 42)))
    for place, read in enumerate(back.chunk(3, dim=3)):
        away = torch.cdist(read.flatten(1), TEST.images.flatten(1))
        assert (TEST.labels[away.argmin(1)] == labels[:200, place]).float().mean() > 0.85
    clean = replace(NUMBERS, kind=_Clean)("cpu").test[0]
    assert (images != clean).flatten(1).any(1).float().mean() > 0.9  # scraps


class _Clean(Numbers):
    """Numbers without scraps."""

    def __init__(self, *args, **options):
        from stnlib.experiments import numbers

        before, numbers.SCRAPS = numbers.SCRAPS, 0
        try:
            super().__init__(*args, **options)
        finally:
            numbers.SCRAPS = before


def test_networks_of_numbers_answer_for_each_digit():
    images, labels = draw(NUMBERS)
    built = {
        "heads": three_heads(), "one": one_window(), "three": three_windows(),
        "same": three_windows(apart=False), "cut": one_window(frozen=True),
    }  # fmt: skip
    for network in built.values():
        assert network(images).shape == (16, 10, 3)
        assert misses(network, images, labels).shape == (16,)
    counts = {name: count_parameters(network) for name, network in built.items()}
    assert max(counts.values()) < 1.02 * min(n for name, n in counts.items() if name != "cut")


def test_windows_start_apart_or_at_the_identity():
    picture = torch.rand(1, 1, *CANVAS)
    starts = three_windows().eval().transformer.theta(picture).reshape(3, 6)
    assert_close(starts[:, 2], torch.tensor([-2 / 3, 0, 2 / 3]))
    assert_close(starts[:, 0], torch.full((3,), 1 / 3))
    same = three_windows(apart=False).eval().transformer.theta(picture).reshape(3, 6)
    assert_close(same, Affine().identity().expand(3, 6))


def test_one_classifier_reads_each_window_alone():
    network = three_windows().eval()
    windows = torch.rand(2, 3, 20, 20)
    scores = network.classifier(windows)
    assert scores.shape == (2, 10, 3)
    assert_close(scores.flip(2), network.classifier(windows.flip(1)))


def test_windows_that_lie_over_their_digits_are_found_there():
    task = NUMBERS("cpu")
    network = one_window()
    network.transformer.localisation = Follows(affine.invert(task.test_theta))
    found = measure_windows(network, task)
    assert found["nearest"] == [[100.0, 0, 0], [0, 100.0, 0], [0, 0, 100.0]]
    assert max(found["pixels"]) < 0.01
    assert measure_windows(three_heads(), task) == {}


# ---- in a row, and at depth


def test_pixels_passed_on_are_read_again_and_theta_is_of_all_maps():
    torch.manual_seed(0)
    network = looking(3, pixels=True)
    several = network.transformer
    assert isinstance(several, PixelsPassedOn)
    nn.init.normal_(several.transformer.localisation[-1].weight, std=0.1)
    images, _ = draw(TaskPlan(R(180), batch=4))
    view = images
    for _ in range(2):
        view = several.transformer.read(view, several.transformer.theta(view), (28, 28))
    assert torch.equal(several(images), several.transformer(view))
    sharp = sample(images, Similarity().grid(several.theta(images), (20, 20)))
    off = (sharp - several(images)).square().mean() / sharp.square().mean()
    assert 1e-4 < off < 0.3  # the same place, read more softly


def test_every_number_of_looks_has_the_same_weights():
    assert len({count_parameters(looking(n, pixels=p)) for n in (1, 2, 4) for p in (0, 1)}) == 1


def test_a_turn_that_is_known_is_recovered_and_upside_down_counts_as_opposite():
    task = TaskPlan(R(180), copies=1)("cpu")
    network, truth = looking(1), affine.invert(task.test_theta)
    angles = torch.atan2(truth[:, 1, 0], truth[:, 0, 0])

    def told(angles):
        theta = torch.zeros(len(angles), 4)
        theta[:, 1] = angles
        network.transformer.transformer.localisation = Follows(theta)
        return measure_turn(network, task)

    right = told(angles)
    assert right["r2_angle"] == pytest.approx(1, abs=1e-3)
    assert right["slope"] == pytest.approx(1, abs=1e-3)
    assert right["opposite"] == 0
    half = told(angles + math.pi * (torch.arange(len(angles)) % 3 == 0))
    assert half["opposite"] == pytest.approx(100 / 3, abs=1)
    assert half["degrees_of_axis"] < 0.1
    assert measure_turn(deep_cnn((), 64), task) == {}


def test_networks_of_all_depths_have_as_many_weights_and_start_alike():
    plans = {(): 64, ("input",): 40, ("first",): 57, ("input", "first", "second"): 28}
    built = [deep_cnn(places, hidden) for places, hidden in plans.items()]
    counts = [count_parameters(network) for network in built]
    assert max(counts) < 1.02 * min(counts)
    images = torch.rand(2, 1, 28, 28)
    deep = built[-1].eval()
    without = nn.Sequential(*(part for name, part in deep.named_children() if " at " not in name))
    assert_close(deep(images), without(images))
    with pytest.raises(ValueError, match="place: expected one of 'input', 'first', 'second'"):
        deep_cnn(("third",), 8)


def test_mnist_is_shrunk_by_means_over_squares():
    digits = Digits(torch.rand(3, 1, 28, 28), torch.arange(3))
    small = _shrink(digits, 14)
    assert small.images.shape == (3, 1, 14, 14)
    assert_close(small.images[1, 0, 2, 5], digits.images[1, 0, 4:6, 10:12].mean())
    assert small.labels is digits.labels
    for size in (0, 12, 56):
        with pytest.raises(ValueError, match=f"size: expected .*, got {size}"):
            _shrink(digits, size)
