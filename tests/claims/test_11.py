"""Sentences of chapter 11 that say more than its cells printed, each tried elsewhere."""

from functools import cache
from itertools import pairwise

import pytest
import torch

from stnlib import sample
from stnlib.experiments import load
from stnlib.experiments.catalogue.find import hidden, kind_of
from stnlib.experiments.hidden import Hide, overlap_of_boxes
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
def curve(digit, encode, seed=3, scraps=0):
    """The loss as more of the windows lie on their digits, the others in an empty corner."""
    task = hidden(Hide(digit, scraps), validation=True)("cpu")
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
    "And they pay much: the code of a digit has a squared length of more than 150 in the mean, "
    "beside a margin of 1.",
    "Add noise before that (normal numbers with a standard deviation of 0.5, new for each crop), "
    "and two black crops are no longer alike: their codes are nearly at right angles.",
)
def test_codes_of_digits_are_long_and_those_of_black_at_right_angles():
    for digit in range(10):
        images = hidden(Hide(digit))("cpu").images
        assert pixels(images).square().sum(1).mean() > 150
    torch.manual_seed(1)
    codes = noisy_unit_pixels(torch.zeros(100, 1, 28, 28))
    cosines = (codes @ codes.T)[~torch.eye(100, dtype=torch.bool)]
    assert cosines.abs().max() < 0.2  # 78° at least


@pytest.mark.parametrize("digit", range(10))
@claim(
    "11",
    "Those left behind pay for it: a window that moves is now unlike them, while their random "
    "crops are often as black as they are.",
)
def test_those_left_behind_pay_for_the_first_windows_that_move(digit):
    images, boxes = hidden(Hide(digit), validation=True)("cpu").test
    places = (boxes[:, :2] + boxes[:, 2:]) / 84 - 1
    moved = len(images) // 10
    places[moved:] = torch.where(places[moved:] < 0, 2 / 3, -2 / 3)
    torch.manual_seed(0)
    windows = pixels(sample(images, LooseWindow().grid(places, 28)))
    random = pixels(anywhere(images))
    assert (random.amax(1) == 0).float().mean() > 0.2
    alike = (windows[:, None] - windows).square().sum(2)
    hinge = (alike - (windows - random).square().sum(1)[:, None] + 1).clamp(min=0)
    assert hinge[moved:, :moved].mean() > 5 * hinge[:moved, moved:].mean()


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


def runs_of(record, kind=""):
    return [run for run in load(record) if run["network"].partition(": ")[2].startswith(kind)]


def found(run):
    return 100 - run["error"]


@claim(
    "11",
    "**Alone, every digit is found, in all 60 runs.**",
    "Among scraps 94 to 100 percent are found, but in one of the other 60 runs, of class 4, only "
    "3.",
)
def test_all_are_found_alone_and_nearly_all_among_scraps():
    alone, scraps = (
        [round(found(run)) for record in ("find", "find_once") for run in runs_of(record, kind)]
        for kind in ("alone", "16 scraps")
    )
    assert len(alone) == len(scraps) == 60
    assert {*alone} == {100}
    lost = min(scraps)
    scraps.remove(lost)
    assert (lost, min(scraps), max(scraps)) == (3, 94, 100)


@claim(
    "11",
    "In the search, with half of the steps, 1 run of 20 lost nearly all digits at twice our rate, "
    "2 at four times and 6 at eight times.",
)
def test_high_rates_lose_the_digits_in_some_runs():
    lost = {}
    for run in load("search_find"):
        if kind_of(run["network"].rsplit(", ", 2)[0]) == "window":
            lost.setdefault(run["plan"]["learning_rate"], []).append(found(run) < 6)
    assert {len(runs) for runs in lost.values()} == {20}
    assert {rate / 2e-3: sum(runs) for rate, runs in lost.items()} == {
        0.5: 0, 1: 0, 2: 1, 4: 2, 8: 6,
    }  # fmt: skip


@claim(
    "11",
    "Where Figure 11.2 has a hill, next to nothing is found: 2 percent at most, in all 18 runs.",
    "A window that never leaves the middle of the picture finds more, about 8 percent here.",
)
def test_nothing_is_found_behind_a_hill():
    for kind in ("plain pixels", "noise", "unit length"):
        runs = [run for run in runs_of("find_failures", kind) if "scraps" not in run["network"]]
        assert len(runs) == 6
        assert max(found(run) for run in runs) <= 2
    shares = []
    for digit in range(10):
        truth = hidden(Hide(digit))("cpu").test[1]
        middle = torch.tensor([[28.0, 28, 56, 56]]).expand(len(truth), 4)
        shares.append((overlap_of_boxes(middle, truth) > 0.5).float().mean().item())
    assert 0.07 < sum(shares) / 10 < 0.09


@claim(
    "11",
    "Three of the six follow the digits, 4 to 10 pixels off: moved back together, they find 68 to "
    "98 percent.",
)
def test_half_of_the_windows_of_unit_length_follow_the_digits_among_scraps():
    runs = runs_of("find_failures", "unit length, 16 scraps")
    following = [run for run in runs if run["shifted"] > 50]
    assert (len(runs), len(following)) == (6, 3)
    shifted = [round(run["shifted"]) for run in following]
    assert (min(shifted), max(shifted)) == (68, 98)
    off = [round(torch.tensor(run["offset"]).norm().item()) for run in following]
    assert (min(off), max(off)) == (4, 10)


@claim(
    "11",
    "And a free size finds nothing: the window shrinks to a few pixels.",
)
def test_a_free_size_shrinks():
    runs = runs_of("find_failures", "free size")
    assert len(runs) == 6
    for run in runs:
        assert found(run) == 0
        assert run["side"] < 5


@pytest.mark.parametrize("digit", range(10))
@claim(
    "11",
    "Among scraps unit length alone has none, since two crops with scraps are not alike anyway.",
)
def test_scraps_take_the_hill_of_unit_length_away(digit):
    task = hidden(Hide(digit, 16), validation=True)("cpu")
    found = curve(digit, unit_pixels, scraps=16)
    assert all(b < a + 0.03 for a, b in pairwise(found))
    alone = hidden(Hide(digit), validation=True)("cpu")
    apart = []
    for one in (task, alone):
        middles = (one.test[1][:, :2] + one.test[1][:, 2:]) / 84 - 1
        away = torch.where(middles < 0, 2 / 3, -2 / 3)
        codes = unit_pixels(sample(one.test[0], LooseWindow().grid(away, 28)))
        apart.append(torch.pdist(codes).square().mean().item())
    assert apart[0] > 1
    assert apart[1] == 0


@pytest.mark.parametrize("digit", range(10))
@claim(
    "11",
    "If all of them stand 6 pixels right or left of their digits, the ink is still inside, and the "
    "loss rises by less than a twentieth of the way to that of black.",
    "Up or down it costs more, since the digits fill the window from top to bottom.",
)
def test_a_common_offset_costs_little(digit):
    images, boxes = hidden(Hide(digit), validation=True)("cpu").test
    middles = (boxes[:, :2] + boxes[:, 2:]) / 84 - 1

    def windows(right, down=0.0):
        places = middles + torch.tensor([right / 42, down / 42])
        return sample(images, LooseWindow().grid(places, 28))

    def loss(right, down=0.0):
        torch.manual_seed(0)
        crops = windows(right, down)
        both = [
            torch.stack((noisy_unit_pixels(crops), noisy_unit_pixels(anywhere(images))), dim=1)
            for _ in range(4)
        ]
        return sum(triplet_hinge(codes, None).item() for codes in both) / 4

    for right in (6.0, -6.0):
        assert loss(right) - loss(0.0) < 0.05 * (1 - loss(0.0))
        assert windows(right).sum() > 0.9 * windows(0.0).sum()
    assert min(loss(0.0, down) for down in (6, -6)) > max(loss(right) for right in (6, -6)) + 0.02
    rows = windows(0.0).amax((0, 1, 3))
    assert (rows > 0.1).all()


@claim(
    "11",
    "Windows that may leave stand 5 to 8 pixels to one side, on class 3 always right, on class 7 "
    "right or left, and agree as well as the others, to about a pixel.",
    "Once their common offset is taken away, every digit is found.",
    "Those that must stay in the picture are at most 2 pixels off, among scraps 3.5:",
)
def test_windows_that_may_leave_agree_aside_of_their_digits():
    runs = runs_of("find_failures", "may leave")
    assert len(runs) == 6
    aside = [run["offset"][0] for run in runs]
    assert {5, 6, 7, 8} >= {round(abs(x)) for x in aside}
    assert min(aside) < 0 < max(aside)
    assert all(run["offset"][0] > 0 for run in runs if run["network"].startswith("3"))
    for run in runs:
        assert abs(run["offset"][1]) < 0.5
        assert run["apart"] < 1.5
        assert run["shifted"] == 100
    scraps = [max(map(abs, run["offset"])) for run in runs_of("find", "16 scraps")]
    assert max(scraps) == pytest.approx(3.5, abs=0.06)
    for run in runs_of("find", "alone"):
        assert max(map(abs, run["offset"])) < 2
        assert run["apart"] < 2


@claim(
    "11",
    "That ½ is enough for “found” leaves some room for the offset, 9 pixels along one axis.",
)
def test_iou_leaves_nine_pixels_along_one_axis():
    truth = torch.tensor([[20.0, 20, 48, 48]])
    for move, is_found in ((9.0, True), (10.0, False)):
        moved = truth + torch.tensor([move, 0, move, 0])
        assert (overlap_of_boxes(moved, truth) > 0.5).item() == is_found
