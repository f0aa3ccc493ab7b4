"""The distorted digits: one reading through the theta they return, even ranges, nothing lost."""

import dataclasses

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from stnlib import affine, affine_grid, sample
from stnlib.digits import load_digits
from stnlib.distortions import RTS, TC, E, P, R

ALL = [R(), RTS(), TC(), TC(distractors=0)]
each = pytest.mark.parametrize("distortion", ALL, ids=repr)
DIGITS = load_digits(28).images


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def read(images, theta, size):
    grid = affine_grid(theta, size, align_corners=False)
    return torch.nn.functional.grid_sample(images, grid, align_corners=False)


@each
def test_the_picture_is_one_reading_through_theta(distortion):
    originals = DIGITS[:40]
    images, theta = distortion(originals, generator=seeded())
    side = getattr(distortion, "size", 28)
    assert images.shape == (40, 1, side, side)
    assert theta.shape == (40, 2, 3)
    clean = read(originals, theta, (side, side))
    if getattr(distortion, "distractors", 0):
        changed = images != clean
        assert (images >= clean).all()
        assert 1 <= changed.flatten(1).sum(1).max() <= 6 * 6 * 6
        assert changed.flatten(1).any(1).sum() > 30
    else:
        assert torch.equal(images, clean)
    grid = affine_grid(theta, (side, side), align_corners=False)
    assert_close(sample(originals, grid), clean)


@each
def test_the_inverse_of_theta_gives_the_original_back(distortion):
    y, x = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    smooth = torch.exp(-((x - 12) ** 2 + 2 * (y - 15) ** 2) / 60)  # hard to blur by reading twice
    originals = smooth.expand(60, 1, 28, 28) * (torch.hypot(x - 13.5, y - 13.5) < 13)
    images, theta = distortion(originals, generator=seeded())
    if getattr(distortion, "distractors", 0):
        images = read(originals, theta, images.shape[2:])
    back = read(images, affine.invert(theta), (28, 28))
    inside = torch.hypot(x - 13.5, y - 13.5) < 9
    error = (back - originals).abs()[..., inside]
    assert error.max() < 0.05
    assert error.mean() < 0.01


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
    assert len(first.theta.flatten(1).unique(dim=0)) == 9


@each
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_dtype_and_input_are_kept(distortion, dtype):
    originals = DIGITS[:4].to(dtype)
    copy = originals.clone()
    images, theta = distortion(originals, generator=seeded())
    assert images.dtype == theta.dtype == dtype
    assert torch.equal(originals, copy)
    reference = distortion(DIGITS[:4], generator=seeded()).theta
    assert_close(theta.float(), reference, rtol=0, atol=1e-5 if dtype != torch.float16 else 0.02)


def assert_even(values, low, high, tolerance=0.03):
    """Uniform on low ... high: extremes, mean and the four quarters of the range."""
    spread = high - low
    assert low - 1e-4 <= values.min() <= low + tolerance * spread
    assert high - tolerance * spread <= values.max() <= high + 1e-4
    quarters = values.sub(low).div(spread).mul(4).long().clamp(0, 3).bincount(minlength=4)
    assert (quarters / len(values) - 0.25).abs().max() < 0.035
    assert abs(values.mean() - (low + high) / 2) < 0.02 * spread


def parts_of(distortion, originals):
    return affine.decompose(distortion(originals, generator=seeded(3)).theta)


def test_r_turns_evenly_and_does_nothing_else():
    parts = parts_of(R(90), DIGITS[:1].expand(2000, -1, -1, -1))
    assert_even(parts.rotation.rad2deg(), -90, 90)
    for value, expected in zip(parts[1:], (1, 1, 0, 0, 0), strict=True):
        assert_close(value, torch.full((2000,), float(expected)), rtol=0, atol=1e-6)


def test_rts_turns_resizes_and_places_evenly():
    dot = torch.zeros(2000, 1, 28, 28)
    dot[:, :, 13:15, 13:15] = 1
    parts = parts_of(RTS(42, 45, (0.7, 1.2)), dot)
    assert_even(parts.rotation.rad2deg(), -45, 45)
    digit_scale = 42 / 28 / parts.scale_x
    assert_even(digit_scale, 0.7, 1.2)
    assert_close(parts.scale_x, parts.scale_y)
    assert_close(parts.shear, torch.zeros(2000), rtol=0, atol=1e-5)
    assert parts.rotation.sub(parts.rotation.mean()).mul(digit_scale - 0.95).mean().abs() < 0.005
    theta = RTS()(dot, generator=seeded(3)).theta
    landed = affine.invert(theta)[:, :, 2] * 21  # of the middle, in pixels of the canvas
    turn = parts.rotation.cos().abs() + parts.rotation.sin().abs()
    room = 21 - 1.5 * digit_scale * turn  # half a pixel of ink from the middle, and one of skirt
    for axis in (0, 1):
        assert_even(landed[:, axis] / room, -1, 1)


def test_tc_moves_by_whole_pixels_over_all_the_canvas():
    dot = torch.zeros(2000, 1, 28, 28)
    dot[:, :, 10, 20] = 1
    images, theta = TC(distractors=0)(dot, generator=seeded(3))
    assert_close(images.amax((1, 2, 3)), torch.ones(2000), rtol=0, atol=1e-4)
    place = images.flatten(1).argmax(1)
    for index in (place // 60, place % 60):
        assert_even(index.double(), 1, 58, tolerance=0.02)
    parts = affine.decompose(theta)
    for value, expected in zip(parts[:4], (0, 60 / 28, 60 / 28, 0), strict=True):
        assert_close(value, torch.full((2000,), float(expected)), rtol=0, atol=1e-5)


@pytest.mark.parametrize("distortion", [RTS(), TC(distractors=0), RTS(36)], ids=repr)
def test_no_ink_leaves_the_canvas(distortion):
    """Around the canvas lies what a canvas three times as wide would have shown: it is black."""
    originals = DIGITS[:600]
    theta = distortion(originals, generator=seeded()).theta
    side = distortion.size
    wide = read(originals, affine.compose(theta, affine.scaling(3.0)), (3 * side, 3 * side))
    wide[:, :, side : 2 * side, side : 2 * side] = 0
    assert wide.max() < 1e-4


def test_ink_too_large_for_the_canvas_is_centred():
    originals = torch.ones(5, 1, 28, 28)
    theta = RTS(20, 0, (1, 1))(originals, generator=seeded()).theta
    assert_close(theta, affine.scaling(20 / 28).expand(5, -1, -1), rtol=0, atol=1e-5)


def test_a_blank_picture_stays_blank_and_finite():
    images, theta = RTS()(torch.zeros(3, 1, 28, 28), generator=seeded())
    assert theta.isfinite().all()
    assert images.abs().sum() == 0


def test_pixels_are_square_in_a_picture_that_is_not():
    """A ring stays a ring, as wide as high, where the picture is wider than high."""
    y, x = torch.meshgrid(torch.arange(20.0), torch.arange(30.0), indexing="ij")
    ring = ((torch.hypot(x - 14.5, y - 9.5) - 5).abs() < 1).float().expand(50, 1, 20, 30)
    for distortion in (R(), RTS(), TC(distractors=0)):
        images = distortion(ring, generator=seeded()).images
        high = (images > 0.5).any(3).sum(2)
        wide = (images > 0.5).any(2).sum(2)
        assert (high - wide).abs().max() <= 1


def test_distractors_come_from_other_pictures():
    """Picture i holds the value i + 1 only: its own value appears once, as its digit."""
    originals = torch.zeros(6, 1, 20, 20)
    originals[:, :, 4:16, 4:16] = torch.arange(1.0, 7.0).reshape(6, 1, 1, 1)
    seen = set()
    for seed in range(20):
        images, theta = TC(60, distractors=8, patch=5)(originals, generator=seeded(seed))
        clean = read(originals, theta, (60, 60))
        for i, (image, bare) in enumerate(zip(images, clean, strict=True)):
            added = set(image[image != bare].tolist())
            assert i + 1 not in added
            seen |= {(i, value) for value in added}
    assert len(seen) == 6 * 5


def test_distractors_are_whole_crops_and_the_brighter_wins():
    originals = torch.ones(2, 3, 20, 20) * torch.tensor([0.25, 1.0]).reshape(2, 1, 1, 1)
    images, theta = TC(40, distractors=1, patch=4)(originals, generator=seeded())
    clean = read(originals, theta, (40, 40))
    changed = images[0] != clean[0]
    assert changed.flatten(1).sum(1).tolist() == [16, 16, 16]
    assert images[0].max() == 1
    assert_close(images[1].amax(), clean[1].amax())
    row, column = (changed[0].any(1).nonzero(), changed[0].any(0).nonzero())
    assert len(row) == len(column) == 4


def test_a_list_of_numbers_is_as_good_as_a_pair():
    listed = RTS(scale=[0.7, 1.2]), P(scale=[0.75, 1.0]), E(scale=[0.75, 1.0], control_grid=[4, 4])
    assert listed == (RTS(), P(), E())
    assert {hash(one) for one in listed} == {hash(one) for one in (RTS(), P(), E())}
    assert E(control_grid=[3, 2]).transform.control_grid == (3, 2)


def test_they_are_small_frozen_values():
    assert RTS() == RTS(42, 45, (0.7, 1.2))
    assert repr(R(30)) == "R(degrees=30)"
    with pytest.raises(dataclasses.FrozenInstanceError):
        RTS().size = 3


@pytest.mark.parametrize("distortion", [R(), RTS(), TC(), P(), E()], ids=repr)
def test_autocast_takes_no_digit(distortion):
    pictures = torch.rand(4, 1, 28, 28)
    expected = distortion(pictures, generator=torch.Generator().manual_seed(0))
    with torch.autocast("cpu", torch.bfloat16):
        found = distortion(pictures, generator=torch.Generator().manual_seed(0))
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        assert torch.equal(one, other)


def test_numbers_of_numpy_are_plain_in_words():
    one = np.float64(0.5)
    made = [
        R(np.float32(90)), RTS(np.int64(42), np.float64(45), (one, np.int8(1))),
        TC(np.int64(60), np.int8(2), np.uint8(6)), P([one, one], np.int64(5)),
        E(np.array([0.5, 1.0]), np.float32(1.5), (np.int64(4), 3)),
    ]  # fmt: skip
    assert [repr(distortion) for distortion in made] == [
        "R(degrees=90.0)", "RTS(size=42, degrees=45.0, scale=(0.5, 1))",
        "TC(size=60, distractors=2, patch=6)", "P(scale=(0.5, 0.5), move=5)",
        "E(scale=(0.5, 1.0), move=1.5, control_grid=(4, 3))",
    ]  # fmt: skip
    assert made[1] == RTS(42, 45, (0.5, 1))
    assert hash(made[1]) == hash(RTS(42, 45, (0.5, 1)))
