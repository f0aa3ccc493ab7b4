"""P and E: one reading through the theta they return, the paper's numbers, nothing folded."""

import dataclasses

import pytest
import torch
from torch.testing import assert_close

from stnlib import Projective, ThinPlateSpline, regular_grid, sample
from stnlib.digits import load_digits
from stnlib.distortions import E, P

ALL = [P(), E(), P(move=12), E(move=6, control_grid=(3, 5))]
each = pytest.mark.parametrize("distortion", ALL, ids=repr)
DIGITS = load_digits(28).images
SQUARE = torch.tensor([[-1.0, -1], [1, -1], [-1, 1], [1, 1]])


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@each
def test_the_picture_is_one_reading_through_theta(distortion):
    originals = torch.cat((DIGITS[:20], 1 - DIGITS[20:40]), dim=0)[:, :, :, 2:]  # not square
    images, theta = distortion(originals, generator=seeded())
    assert theta.shape == (40, distortion.transform.n_params)
    grid = distortion.transform.grid(theta, (28, 26))
    assert images.shape == originals.shape
    assert_close(images, sample(originals, grid))
    assert (images - originals).abs().flatten(1).amax(1).min() > 0.1


def test_each_names_its_family():
    assert isinstance(P().transform, Projective)
    assert isinstance(E().transform, ThinPlateSpline)
    assert E(control_grid=(3, 5)).transform.control_grid == (3, 5)
    assert E().transform is E(move=3).transform  # solved once


def test_the_inverse_of_p_gives_the_original_back():
    y, x = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    smooth = torch.exp(-((x - 12) ** 2 + 2 * (y - 15) ** 2) / 60).expand(60, 1, 28, 28)
    images, theta = P()(smooth, generator=seeded())
    family = P().transform
    back = sample(images, family.grid(family.invert(theta), (28, 28)))
    inside = torch.hypot(x - 13.5, y - 13.5) < 8
    assert (back - smooth).abs()[..., inside].mean() < 0.01


@each
def test_the_generator_alone_decides(distortion):
    torch.manual_seed(1)
    first = distortion(DIGITS[:9], generator=seeded(5))
    torch.manual_seed(2)
    again = distortion(DIGITS[:9], generator=seeded(5))
    other = distortion(DIGITS[:9], generator=seeded(6))
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.theta, again.theta)
    assert not torch.equal(first.theta, other.theta)
    assert len(first.theta.unique(dim=0)) == 9


@each
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_dtype_and_input_are_kept(distortion, dtype):
    originals = DIGITS[:4].to(dtype)
    copy = originals.clone()
    images, theta = distortion(originals, generator=seeded())
    assert images.dtype == theta.dtype == dtype
    assert torch.equal(originals, copy)
    reference = distortion(DIGITS[:4], generator=seeded()).theta
    assert_close(theta.float(), reference, rtol=0, atol=1e-5 if dtype != torch.float16 else 0.03)


@each
def test_nothing_is_folded_and_no_horizon_comes_near(distortion):
    _, theta = distortion(DIGITS[:1].expand(1000, -1, -1, -1), generator=seeded())
    points = regular_grid((28, 28)).reshape(-1, 2)
    folded = distortion.transform.folded(theta, points)
    assert folded.float().mean() < 5e-4  # cells are looked at, and a point may lie in between
    if isinstance(distortion, P):
        assert not folded.any()
        assert theta[:, 6:].abs().sum(1).max() <= 0.9


def corners_of(theta):
    """Where the corners of the original lie in the distorted picture."""
    return Projective().points(Projective().invert(theta), SQUARE)


def test_p_scales_evenly_and_pulls_each_corner_by_five_pixels():
    blank = torch.zeros(4000, 1, 28, 28)
    _, theta = P(move=0)(blank, generator=seeded())
    scale = corners_of(theta)[:, 3]
    assert_close(scale[:, 0], scale[:, 1])
    assert_close(corners_of(theta)[:, 0], -scale)
    assert 0.75 <= scale.min() < 0.76
    assert 0.99 < scale.max() <= 1.0001
    assert scale.mean() == pytest.approx(0.875, abs=0.01)
    bare = scale[:, None, :] * SQUARE
    small = 14 * (corners_of(P(move=0.5)(blank, generator=seeded()).theta) - bare)
    assert small.mean((0, 1)).abs().max() < 0.02
    assert_close(small.std(0), torch.full((4, 2), 0.5), rtol=0.04, atol=0)
    assert torch.corrcoef(small.flatten(1).T).fill_diagonal_(0).abs().max() < 0.08
    pulls = 14 * (corners_of(P()(blank, generator=seeded()).theta) - bare)
    ratio = (pulls / small).flatten(1).median(1).values / 10
    power = ratio.log2().round()
    assert_close(ratio, 2**power, rtol=0.02, atol=0)
    assert 0.10 < (power < 0).float().mean() < 0.16
    assert power.max() == 0


def test_a_pixel_is_a_pixel_both_ways_in_a_picture_that_is_not_square():
    wide = torch.zeros(4000, 1, 20, 40)
    bare = corners_of(P(move=0)(wide, generator=seeded()).theta)
    pulls = (corners_of(P(move=1)(wide, generator=seeded()).theta) - bare) * torch.tensor([20, 10])
    assert_close(pulls.flatten(0, 1).std(0), torch.tensor([1.0, 1.0]), rtol=0.03, atol=0)
    bent = E(move=1, scale=(1, 1))(wide, generator=seeded()).theta.reshape(-1, 2)
    assert_close(bent.std(0) * torch.tensor([20, 10]), torch.tensor([1.0, 1.0]), rtol=0.03, atol=0)


def test_e_scales_evenly_and_moves_what_control_points_read():
    blank, family = torch.zeros(4000, 1, 28, 28), E().transform
    plain = E(move=0)(blank, generator=seeded()).theta
    linear = family.linear_part(plain)
    digit_scale = 1 / linear[:, 0, 0]
    assert 0.75 <= digit_scale.min() < 0.76
    assert 0.99 < digit_scale.max() <= 1.0001
    assert digit_scale.mean() == pytest.approx(0.875, abs=0.01)
    assert family.bending_energy(plain).abs().max() < 1e-3
    moves = 14 * (E()(blank, generator=seeded()).theta - plain)
    assert_close(moves.std(0), torch.full((32,), 1.5), rtol=0.05, atol=0)
    assert moves.mean(0).abs().max() < 0.1
    assert torch.corrcoef(moves.T).fill_diagonal_(0).abs().max() < 0.08


def test_a_move_that_would_fold_is_halved_and_no_other_is():
    blank = torch.zeros(500, 1, 28, 28)
    small, large = (
        E(move=move, scale=(1, 1))(blank, generator=seeded()).theta for move in (0.1, 4)
    )
    ratio = (large / small).median(1).values / 40
    power = ratio.log2().round()
    assert_close(ratio, 2**power, rtol=1e-3, atol=0)
    assert set(power.tolist()) >= {0.0, -1.0}
    points = regular_grid((28, 28)).reshape(-1, 2)
    doubled = E().transform.folded(2 * large[power < 0], points).any(1)
    assert doubled.float().mean() > 0.95


def test_tiny_and_blank_pictures():
    for distortion in ALL:
        for size in ((1, 1), (1, 5), (4, 1)):
            images, theta = distortion(torch.zeros(3, 2, *size), generator=seeded())
            assert images.shape == (3, 2, *size)
            assert theta.isfinite().all()
        assert distortion(torch.zeros(0, 1, 4, 4), generator=seeded()).images.shape == (0, 1, 4, 4)


def test_they_are_small_frozen_values():
    assert P() == P((0.75, 1.0), 5.0)
    assert repr(E()) == "E(scale=(0.75, 1.0), move=1.5, control_grid=(4, 4))"
    with pytest.raises(dataclasses.FrozenInstanceError):
        P().move = 3
