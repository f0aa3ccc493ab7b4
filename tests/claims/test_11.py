"""Sentences of chapter 11 that say more than its cells printed, each tried elsewhere."""

from functools import cache
from itertools import pairwise

import pytest
import torch

from stnlib import sample
from stnlib.experiments.catalogue.find import hidden
from stnlib.experiments.hidden import Hide
from stnlib.experiments.localise import (
    Finder,
    LooseWindow,
    Window,
    anywhere,
    noisy_pixels,
    noisy_unit_pixels,
    pixels,
    triplet_hinge,
    unit_pixels,
)
from stnlib.training import fit
from tests.claims.quoting import claim

SHARES = (0.0, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0)


@cache
def curve(digit, encode, seed=3):
    """The loss as more of the windows lie on their digits, the others on black."""
    task = hidden(Hide(digit), validation=True)("cpu")
    images, boxes = task.test
    middles = (boxes[:, :2] + boxes[:, 2:]) / 84 - 1
    black = torch.where(middles < 0, 2 / 3, -2 / 3)
    torch.manual_seed(seed)
    found = []
    for share in SHARES:
        losses = []
        for _ in range(4):
            places = torch.where(torch.rand(len(images), 1) < share, middles, black)
            windows = sample(images, LooseWindow().grid(places, 28))
            codes = torch.stack((encode(windows), encode(anywhere(images))), dim=1)
            losses.append(triplet_hinge(codes, None).item())
        found.append(sum(losses) / len(losses))
    return found


@pytest.mark.parametrize("digit", range(10))
@claim(
    "11",
    "With plain pixels both ends are low, and between them stands a hill, more than 20 times as "
    "high.",
    "**Figure 11.2.** The loss as more and more windows lie on their digit, for four encoders. "
    "Only the last falls all the way.",
)
def test_only_noise_and_unit_length_leave_no_hill(digit):
    plain = curve(digit, pixels)
    assert max(plain) > 20 * max(plain[0], plain[-1])
    for encode in (noisy_pixels, unit_pixels):
        found = curve(digit, encode)
        assert max(found) > 1.2 * max(found[0], found[-1])
    mended = curve(digit, noisy_unit_pixels)
    assert all(b < a + 0.02 for a, b in pairwise(mended))
    assert mended[0] > 2 * mended[-1]


@claim(
    "11",
    "The code of a digit has a squared length of more than 150, beside a margin of 1.",
    "Add noise before that, and two black crops are no longer alike: their codes are nearly at "
    "right angles.",
)
def test_codes_of_digits_are_long_and_those_of_black_at_right_angles():
    for digit in range(10):
        images = hidden(Hide(digit))("cpu").images
        assert pixels(images).square().sum(1).mean() > 150
    torch.manual_seed(1)
    codes = noisy_unit_pixels(torch.zeros(100, 1, 28, 28))
    cosines = (codes @ codes.T)[~torch.eye(100, dtype=torch.bool)]
    assert cosines.abs().max() < 0.2  # 78° at least


@pytest.mark.parametrize(("digit", "seed"), [(4, 1), (1, 2)])
@claim(
    "11",
    "The same pictures, network, loss and seed: the windows of plain pixels go where there is "
    "nothing.",
)
def test_plain_pixels_lead_to_black_and_the_mended_codes_to_the_digits(digit, seed):
    task, ends = hidden(Hide(digit))("cpu"), {}
    for encode in (pixels, noisy_unit_pixels):
        torch.manual_seed(seed)
        finder = Finder(Window(), encode)
        history = fit(
            finder, task, steps=200, learning_rate=2e-3, seed=seed, loss=triplet_hinge,
            test=task.test, judge=task.judge, progress="none",
        )  # fmt: skip
        with torch.no_grad():
            ink = finder.transformer(task.test[0]).sum() / task.test[0].sum()
        ends[encode] = history.error[-1], ink.item()
    assert ends[pixels][0] > 95
    assert ends[pixels][1] < 0.01
    assert ends[noisy_unit_pixels][0] < 15
    assert ends[noisy_unit_pixels][1] > 0.9
