"""Alignment: the gauge, recovered poses of a perfect and of a random guesser, bad calls."""

import math

import pytest
import torch
from torch.testing import assert_close

from stnlib import Similarity, affine, affine_grid, sample
from stnlib.alignment import common_pose, deviation, mean_angle, pose, recovery, wrap
from stnlib.digits import load_digits
from stnlib.distortions import RTS

SIDE = 42
GAUGE = Similarity().matrix(torch.tensor([[-0.4, 0.3, 0.1, -0.2]], dtype=torch.float64))


@pytest.fixture(scope="module")
def truth():
    made = RTS(SIDE)(load_digits().images[:400], generator=torch.Generator().manual_seed(0))
    return affine.invert(made.theta.double())


def random_poses(count, seed=1):
    source = torch.Generator().manual_seed(seed)
    return Similarity().matrix(torch.randn(count, 4, generator=source, dtype=torch.float64))


def test_a_pose_is_what_similarity_wrote():
    theta = torch.tensor([[0.3, -2.0, 0.5, 0.25], [-1.0, 3.0, 0.0, 1.0]])
    found = pose(Similarity().matrix(theta))
    assert_close(found.log_scale, theta[:, 0])
    assert_close(found.angle, theta[:, 1])
    assert_close(found.place, theta[:, 2:])


def test_the_nearest_similarity_is_read_of_an_affine_map():
    sheared = affine.compose(affine.rotation(0.4), torch.tensor([[[1.2, 0, 0], [0, 0.8, 0]]]))
    found = pose(sheared)
    assert found.angle.item() == pytest.approx(0.4)
    assert found.log_scale.item() == pytest.approx(0, abs=1e-6)  # (1.2 + 0.8) / 2


def test_angles_are_wrapped_and_averaged_on_the_circle():
    angles = torch.tensor([math.pi - 0.1, -math.pi + 0.3], dtype=torch.float64)
    assert wrap(angles + 0.2).tolist() == pytest.approx([-math.pi + 0.1, -math.pi + 0.5])
    assert mean_angle(angles).item() == pytest.approx(-math.pi + 0.1)


def test_the_gauge_is_found_to_float_precision(truth):
    learned = affine.compose(truth, GAUGE)
    assert_close(common_pose(learned, truth), GAUGE, rtol=0, atol=1e-13)
    for part in deviation(learned, truth, GAUGE):
        assert part.abs().max() < 1e-13


def test_each_group_may_have_a_gauge_of_its_own(truth):
    groups = torch.arange(len(truth)) % 3
    gauges = random_poses(3)
    learned = affine.compose(truth, gauges[groups])
    assert_close(common_pose(learned, truth, groups), gauges[groups], rtol=0, atol=1e-12)
    assert recovery(learned, truth, common_pose(learned, truth, groups), side=SIDE).pixels < 1e-10
    assert recovery(learned, truth, side=SIDE).degrees > 5


@pytest.mark.parametrize("seed", range(5))
def test_a_gauge_changes_nothing_that_is_reported(truth, seed):
    noise = Similarity().matrix(
        0.1 * pose(random_poses(len(truth), 7)).log_scale[:, None].repeat(1, 4)
    )
    learned, gauge = affine.compose(truth, noise), random_poses(1, seed)
    before, after = (
        recovery(maps, truth, side=SIDE) for maps in (learned, affine.compose(learned, gauge))
    )
    assert after.r2_angle == pytest.approx(before.r2_angle, abs=1e-12)
    assert after.r2_scale == pytest.approx(before.r2_scale, abs=1e-12)
    assert after.degrees == pytest.approx(before.degrees, abs=1e-10)
    assert after.percent == pytest.approx(before.percent, abs=1e-10)


def test_turning_every_grid_by_a_quarter_turns_every_output_and_no_more(truth):
    images = torch.rand(20, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(2)).double()
    quarter = affine.rotation(torch.tensor([math.pi / 2], dtype=torch.float64))
    plain = sample(images, affine_grid(truth[:20], (20, 20)))
    turned = sample(images, affine_grid(affine.compose(truth[:20], quarter), (20, 20)))
    assert_close(turned, plain.rot90(1, (2, 3)), rtol=0, atol=1e-12)


def test_a_perfect_guesser_recovers_everything(truth):
    found = recovery(affine.compose(truth, GAUGE), truth, side=SIDE)
    assert found[:3] == pytest.approx((1, 1, 1), abs=1e-12)
    assert found[3:] == pytest.approx((0, 0, 0), abs=1e-9)


def test_known_errors_are_reported_in_their_units(truth):
    sign = 1 - 2.0 * (torch.arange(len(truth)) % 2)  # as often one way as the other
    off = sign * torch.tensor(10.0).deg2rad()
    scale = (sign * math.log(1.1)).exp()
    parts = affine.compose(truth, affine.rotation(off.double()), affine.scaling(scale.double()))
    found = recovery(parts, truth, affine.identity().double(), side=SIDE)
    assert found.degrees == pytest.approx(10, abs=1e-6)
    assert 100 * (1 - 1 / 1.1) - 1e-6 < found.percent < 10 + 1e-6
    assert found.pixels == pytest.approx(0, abs=1e-9)
    assert found.r2_shift == pytest.approx(1)
    moved = affine.compose(affine.translation(2 * 3 / SIDE, 2 * 4 / SIDE).double(), truth)
    found = recovery(moved, truth, affine.identity().double(), side=SIDE)
    assert found.pixels == pytest.approx(5)
    assert found.degrees == pytest.approx(0, abs=1e-9)


def test_errors_of_angles_go_the_short_way_round(truth):
    upside_down = affine.rotation(torch.tensor([math.pi], dtype=torch.float64))
    learned = affine.compose(truth, upside_down, affine.rotation(0.1).double())
    assert deviation(learned, truth, upside_down).angle.tolist() == pytest.approx(
        [0.1] * len(truth)
    )


def test_a_random_guesser_recovers_nothing(truth):
    shuffled = truth[torch.randperm(len(truth), generator=torch.Generator().manual_seed(3))]
    found = recovery(shuffled, truth, side=SIDE)
    assert max(found[:3]) < -0.5  # right spread, wrong pictures: worse than no guess
    assert found.degrees > 15
    assert found.pixels > 5


def test_a_constant_guess_explains_no_angle_and_no_scale(truth):
    found = recovery(affine.identity().double().repeat(len(truth), 1, 1), truth, side=SIDE)
    assert found.r2_angle == pytest.approx(0, abs=0.01)  # mean angle on the circle, not on the line
    assert found.r2_scale == pytest.approx(0, abs=1e-9)
    assert found.r2_shift < 0.2


def test_poses_that_do_not_vary_have_no_r2():
    same = GAUGE.repeat(4, 1, 1)
    assert math.isnan(recovery(same, same, side=SIDE).r2_angle)


def test_autocast_takes_no_digit():
    generator = torch.Generator().manual_seed(0)
    learned, truth = torch.randn(2, 20, 6, generator=generator)
    with torch.autocast("cpu", torch.bfloat16):
        found = common_pose(learned, truth), recovery(learned, truth, side=20)
    # A sum's last digit may depend on where a tensor lies; half precision would lose the third.
    assert torch.allclose(found[0], common_pose(learned, truth), rtol=1e-5, atol=1e-6)
    assert found[1] == pytest.approx(recovery(learned, truth, side=20), rel=1e-5)
