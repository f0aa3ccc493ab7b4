"""The experiments with volumes: solids, their sums, the networks, what is measured of a box."""

import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from stnlib import Affine3d, SpatialTransformer, affine, affine_grid, sample
from stnlib.digits import load_split
from stnlib.experiments import EXPERIMENTS, TaskPlan, search
from stnlib.experiments.volume_networks import (
    Flatten,
    flat_cnn,
    pooled_volume_cnn,
    volume_cnn,
    volume_st_cnn,
)
from stnlib.experiments.volumes import (
    SIDE,
    Solid,
    VolumeSums,
    _turn,
    box_on,
    measure_box,
    off_axis,
)
from stnlib.networks import count_parameters
from stnlib.training import evaluate, fit, misses
from stnlib.training.history import History
from stnlib.widgets.volume_explorer.example import box_of

TRAIN, _, TEST = load_split(16, glyph=14)
ONE = TaskPlan(Solid(), size=16, glyph=14, batch=8, copies=2)
TWO = TaskPlan(Solid(scale=(0.4, 0.5), move=0.45), size=16, glyph=14, kind=VolumeSums, batch=16)


def draw(plan, seed=0):
    return plan("cpu")(torch.Generator().manual_seed(seed))


# ---- solids


def test_an_upright_solid_has_its_picture_in_the_slices_that_it_fills():
    picture = torch.rand(1, 1, 12, 12, generator=torch.Generator().manual_seed(0))
    upright = Solid(degrees=0, scale=(0.5, 0.5), depth=0.5, move=0)
    made = upright(picture, generator=torch.Generator().manual_seed(0))
    expected = torch.zeros(1, 1, 24, 24, 24)
    expected[:, :, 9:15, 6:18, 6:18] = picture[:, :, None]
    expected[:, :, :, [5, 18]] = made.images[:, :, :, [5, 18]]  # reading spreads to one voxel more
    expected[..., [5, 18]] = made.images[..., [5, 18]]
    assert_close(made.images, expected)
    assert_close(made.theta, torch.tensor([[2.0, 2, 4]]).diag_embed().repeat(1, 1, 1) @ eye())
    assert made.images[:, :, 9:15, 5].abs().max() < 0.51 * picture.max()


def eye():
    return torch.eye(3, 4)[None]


def test_the_turn_is_that_of_the_live_figure():
    """About z first, then x, then y, as written there apart."""
    angles = torch.tensor([[10.0, -50.0, 130.0], [0.0, 20.0, -70.0]])
    expected = [box_of(tuple(one.tolist()), 1.0, 1.0, (0.0, 0.0, 0.0)) for one in angles]
    assert_close(_turn(angles.deg2rad()), torch.cat(expected)[:, :, :3].float())


def test_theta_reads_the_digits_back():
    task = ONE("cpu")
    assert task.test[0].shape == (1000, 1, SIDE, SIDE, SIDE)
    back = sample(task.test[0][:300], affine_grid(box_on(task.test_theta[:300]), (1, 16, 16)))
    away = torch.cdist(back.flatten(1), TEST.images.flatten(1))
    assert (TEST.labels[away.argmin(1)] == task.test[1][:300]).float().mean() > 0.97
    assert task.test[1].tolist() == TEST.labels.tolist() * 2
    sizes = 1 / task.test_theta[:, 0, :3].norm(dim=1)
    assert 0.55 <= sizes.min() < 0.56
    assert 0.69 < sizes.max() <= 0.7
    assert_close(
        affine.compose(task.test_theta, box_on(task.test_theta)),
        eye().expand(1000, 3, 4),
        atol=1e-5,
        rtol=0,
    )
    middles = box_on(task.test_theta)[:, :, 3]
    assert 0.19 < middles.abs().amax() < 0.2001


def test_solids_are_the_same_for_the_same_generator():
    images, labels = draw(ONE)
    assert images.shape == (8, 1, SIDE, SIDE, SIDE)
    assert torch.equal(draw(ONE)[0], images)
    assert not torch.equal(draw(ONE, 1)[0], images)
    assert labels.shape == (8,)
    assert 0 <= images.min() <= images.max() <= 1


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"side": 0}, ValueError, "side: expected at least 1, got 0"),
        ({"side": 2.5}, TypeError, "side: expected a whole number"),
        ({"degrees": 181}, ValueError, "degrees: expected 0 to 180"),
        ({"scale": (1, 0.5)}, ValueError, "scale: expected .low, high."),
        ({"depth": 0}, ValueError, "depth: expected above 0 and 10 at most, got 0"),
        ({"depth": "deep"}, TypeError, "depth: expected a number"),
        ({"move": math.nan}, ValueError, "move: expected 0 to 1, got nan"),
        ({"move": 2}, ValueError, "move: expected 0 to 1, got 2"),
    ],
)
def test_a_bad_solid_is_refused(options, error, said):
    with pytest.raises(error, match=said):
        Solid(**options)


def test_a_solid_is_made_of_pictures():
    with pytest.raises(ValueError, match=r"images: expected shape \(B, C, H, W\)"):
        Solid()(torch.rand(2, 1, 4, 4, 4), generator=torch.Generator())


def test_a_sum_is_that_of_the_two_solids():
    task = TWO("cpu")
    found = []
    for which in (0, 1):
        box = box_on(task.test_theta[:300, which])
        back = sample(task.test[0][:300], affine_grid(box, (1, 16, 16)))
        away = torch.cdist(back.flatten(1), TEST.images.flatten(1))
        found.append(TEST.labels[away.argmin(1)])
    assert (found[0] == TEST.labels[:300]).float().mean() > 0.85  # some lie in each other
    assert (found[0] + found[1] == task.test[1][:300]).float().mean() > 0.75
    images, labels = draw(TWO)
    assert images.shape == (16, 1, SIDE, SIDE, SIDE)
    assert torch.equal(draw(TWO)[0], images)
    assert len({*torch.cat([draw(TWO, seed)[1] for seed in range(30)]).tolist()}) == 19
    assert labels.max() <= 18


# ---- networks


def test_the_networks_have_as_many_weights():
    built = [
        volume_st_cnn(8), volume_st_cnn(1), volume_cnn(), pooled_volume_cnn(), flat_cnn("mean"),
        flat_cnn("middle"),
    ]  # fmt: skip
    counts = [count_parameters(network) for network in built]
    assert max(counts) < 1.02 * min(counts)
    images, _ = draw(ONE)
    assert {network(images).shape for network in built} == {(8, 10)}


def test_a_volume_is_flattened_by_its_mean_or_to_its_middle():
    volume = torch.arange(4.0)[None, None, :, None, None].square().expand(1, 2, 4, 3, 3)
    assert_close(Flatten()(volume), torch.full((1, 2, 3, 3), 3.5))
    assert_close(Flatten("middle")(volume), torch.full((1, 2, 3, 3), 2.5))
    assert_close(Flatten("middle")(volume[:, :, :3]), torch.ones(1, 2, 3, 3))
    one = sample(volume, affine_grid(eye(), (1, 3, 3)))
    assert_close(Flatten("middle")(volume), one[:, :, 0])
    with pytest.raises(ValueError, match="how: expected one of 'mean', 'middle', got"):
        Flatten("sum")


@pytest.mark.parametrize(("slices", "count"), [(1, 1), (4, 1), (1, 2)])
def test_transformers_start_at_the_identity_and_read_their_slices(slices, count):
    network, (images, _) = volume_st_cnn(slices, count=count, classes=19), draw(TWO)
    read = network.flatten(network.transformer(images))
    expected = sample(images, affine_grid(eye().expand(16, 3, 4), (slices, 20, 20))).mean(2)
    assert_close(read, expected.repeat(1, count, 1, 1))
    assert network(images).shape == (16, 19)
    assert network.transformer.theta(images).shape == (16, 12 * count)


# ---- what is measured


class Follows(nn.Linear):
    """A localisation network that knows the true boxes of the test volumes."""

    def __init__(self, theta):
        super().__init__(1, 12)
        self.known, self.seen = theta.flatten(1), 0

    def forward(self, image):
        start, self.seen = self.seen, self.seen + len(image)
        return self.known[start : self.seen]


def test_a_box_that_knows_stands_as_its_solid():
    task, network = ONE("cpu"), volume_st_cnn(1)
    truth = box_on(task.test_theta)
    network.transformer.localisation = Follows(truth)
    found = measure_box(network, task)
    assert max(found["off_face"], found["off_depth"]) < 0.1
    assert 25 < found["start_face"] < 45
    assert found["start_depth"] == pytest.approx(found["start_face"], abs=0.1)
    assert_close(
        torch.tensor(found["boxes"]), truth[task.probe_index].flatten(1), atol=1e-4, rtol=0
    )
    assert measure_box(volume_cnn(), task) == measure_box(flat_cnn("mean"), task) == {}


def test_the_angles_of_a_box_are_those_of_its_face_and_of_its_depth():
    solid = eye()
    face = box_of((20.0, 0.0, 60.0), 0.5, 1.0, (0.3, 0.0, 0.0)).float()
    found = off_axis(face, solid)
    assert_close(found["face"], torch.tensor([20.0]), atol=1e-3, rtol=0)
    assert_close(found["depth"], torch.tensor([20.0]), atol=1e-3, rtol=0)
    slanted = eye().clone()
    slanted[0, 0, 2] = -1.0  # its depth runs at 45 degrees, its slices are upright
    found = off_axis(slanted, solid)
    assert_close(found["face"], torch.zeros(1), atol=0.05, rtol=0)
    assert_close(found["depth"], torch.tensor([45.0]), atol=1e-3, rtol=0)


# ---- training on volumes


def test_a_run_on_volumes_keeps_theta_and_how_dense_its_grid_is(tmp_path):
    task = ONE("cpu")
    torch.manual_seed(0)
    network = volume_st_cnn(4, localisation=(2, 2, 4), channels=(2, 2), hidden=4)
    test = tuple(part[:20] for part in task.test)
    options = {"steps": 2, "probe": task.probe, "record_every": 1, "test": test, "progress": "none"}
    history = fit(network, task, checkpoint=tmp_path / "run.pt", **options)
    assert torch.tensor(history.theta).shape == (3, 8, 12)
    assert history.error == [evaluate(network, *test)]
    assert misses(network, *test).shape == (20,)
    steps = (SIDE / 4, SIDE / 20, SIDE / 20)  # voxels from point to point, at the identity
    assert history.spacing[0] == pytest.approx([math.prod(steps) ** (1 / 3)] * 8)
    assert history.outside[0] == [0] * 8


def test_the_grid_of_a_volume_outside_it_and_without_cells():
    history = History()
    grid = Affine3d().grid(torch.tensor([[1.0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 1, 0]]), (2, 2, 2))
    history.note_grid(grid, (2, 2, 2))
    assert (history.outside, history.spacing) == ([[1.0]], [[pytest.approx(1)]])
    history.note_grid(grid[:, :1], (2, 2, 2))
    assert len(history.spacing) == 1
    turned = box_of((20.0, 30.0, 60.0), 0.5, 2.0, (0.0, 0.0, 0.0)).float()
    history.note_grid(Affine3d().grid(turned.flatten(1), (3, 4, 5)), (30, 40, 50))
    assert history.spacing[1] == pytest.approx([10 * (0.5**3 * 2) ** (1 / 3)])


def test_a_transformer_of_pictures_refuses_a_volume():
    flat = SpatialTransformer(nn.Sequential(nn.Flatten(), nn.Linear(27, 12)), Affine3d())
    with pytest.raises(ValueError, match=r"image: expected shape \(B, C, D, H, W\)"):
        flat(torch.rand(2, 1, 3, 9))


def test_a_search_may_have_rates_of_its_own():
    found = search.trials(dict(EXPERIMENTS["depths"].plans), (0.5,), (1e-3, 3e-3))
    assert len(found) == 2 * len(EXPERIMENTS["depths"].plans)
    assert {plan.options["learning_rate"] for plan in found.values()} == {1e-3, 3e-3}
