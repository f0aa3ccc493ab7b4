"""The Python side of the pixel lab: traits, what Python's judges say, the still and its words."""

import re

import pytest
import torch
from traitlets import TraitError

from stnlib import sample
from stnlib.coordinates import normalised_from_pixel
from stnlib.widgets import PixelLab

BAD = [
    ({"image": torch.rand(13, 2)}, "image: expected at most 12 × 12 pixels"),
    ({"image": torch.rand(2, 3, 4)}, r"image: expected .* got shape \(2, 3, 4\)"),
    ({"image": torch.rand(4, 4) + 1}, r"image: expected values in 0 \.\.\. 1"),
    ({"image": "digit"}, "image: expected"),
    ({"point": 3}, r"point: expected \(x, y\)"),
    ({"point": (1, 2, 3)}, r"point: expected \(x, y\), got shape \(3,\)"),
    ({"point": (9.0, 0.0)}, r"point: expected x in -1.75 \.\.\. 8.75 and y in .* got \(9.0, 0.0\)"),
    ({"point": (0.0, -2.0)}, "point: expected x in"),
    ({"stops": [(2, 1), (99, 0)]}, r"stops: expected x in .* got \(99.0, 0.0\)"),
    ({"stops": [3]}, r"stops: expected \(x, y\)"),
    ({"mode": "bicubic"}, "mode: expected one of"),
    ({"padding_mode": "wrap"}, "padding_mode: expected one of"),
    ({"pixel": (4, 0)}, r"pixel: expected \(row, column\) inside \(4, 8\)"),
    ({"pixel": "a"}, "pixel: expected None or"),
    ({"panels": ["lens"]}, "panels: expected one of"),
]


@pytest.mark.parametrize(("settings", "message"), BAD, ids=lambda v: str(v)[:40])
def test_bad_settings_say_what_was_expected_and_what_came(settings, message):
    with pytest.raises((TypeError, ValueError, TraitError), match=message):
        PixelLab(**settings)


@pytest.mark.parametrize(("settings", "message"), BAD, ids=lambda v: str(v)[:40])
def test_bad_settings_are_refused_later_too_and_change_nothing(settings, message):
    lab = PixelLab()
    before, judged = repr(lab), lab.judged
    for name, value in settings.items():
        with pytest.raises((TypeError, ValueError, TraitError), match=message):
            setattr(lab, name, value)
    assert repr(lab) == before
    assert lab.judged == judged


def test_the_default_is_the_point_of_chapter_3():
    lab = PixelLab()
    assert lab.shape == (4, 8)
    assert lab.value == pytest.approx(0.754)
    assert lab.slopes == pytest.approx((0.18, 0.38))


def test_values_stay_as_they_are():
    lab = PixelLab([[0.1, 0.2], [0.3, 0.7]])
    assert lab.image == ((0.1, 0.2), (0.3, 0.7))


def entry(lab, point, mode="bilinear", padding="zeros"):
    [found] = [
        e for e in lab.judged["entries"]
        if e["point"] == list(point) and (e["mode"], e["padding"]) == (mode, padding)
    ]  # fmt: skip
    return found


def test_the_judges_follow_point_and_picture_in_a_running_kernel():
    lab = PixelLab([[0.0, 1.0], [0.0, 1.0]], point=(0.5, 0.5))
    assert entry(lab, (0.5, 0.5))["autograd"] == [1.0, 0.0]
    lab.set_state({"image": [[0.0, 0.5], [0.0, 0.5]]})
    assert entry(lab, (0.5, 0.5))["autograd"] == [0.5, 0.0]
    lab.set_state({"point": [0.25, 0.5], "padding_mode": "border"})
    assert entry(lab, (0.25, 0.5), padding="border")["differences"] == [0.5, 0.0]
    assert lab.judged["image"] == [[0.0, 0.5], [0.0, 0.5]]


def test_differences_on_a_kink_are_the_mean_and_autograd_takes_a_side():
    lab = PixelLab(stops=[(6, 1)])
    found = entry(lab, (6, 1))
    assert found["autograd"][0] == pytest.approx(-0.3)
    assert found["differences"][0] == pytest.approx(-0.45)
    assert entry(lab, (6, 1), mode="nearest")["autograd"] == [0, 0]


def test_the_value_is_that_of_stnlib():
    lab = PixelLab(torch.rand(4, 5), point=(-0.7, 2.2), padding_mode="reflection")
    grid = normalised_from_pixel(torch.tensor([lab.point]).double(), lab.shape)[None, None]
    value = sample(lab.input, grid, padding_mode="reflection")
    assert lab.value == pytest.approx(value.item())


def test_a_smaller_picture_keeps_point_pixel_and_stops_inside():
    lab = PixelLab(point=(8, 1), pixel=(3, 7), stops=[(7, 3), (1, 1)])
    lab.image = torch.zeros(2, 3)
    assert lab.point == (3.75, 1)
    assert lab.pixel == (1, 2)
    assert lab.stops == ((1, 1),)


def test_the_repr_and_the_words_tell_the_state():
    lab = PixelLab(padding_mode="border", pixel=(1, 2))
    assert repr(lab) == (
        "PixelLab(point=(2.3, 0.8), mode='bilinear', padding_mode='border', pixel=(1, 2))"
    )
    text = lab.describe()
    assert "column 2.30, row 0.80" in text
    assert "V = 0.14 · 0.3 + 0.06 · 0.8 + 0.56 · 0.8 + 0.24 · 0.9 = 0.754" in text
    assert "slopes are 0.18 along x and 0.38 along y" in text
    assert "slopes" not in PixelLab(panels=["sum"]).describe()
    assert re.search("nearest pixel's value", PixelLab(mode="nearest").describe())


def test_the_still_follows_the_state():
    assert PixelLab().still() == PixelLab().still()
    stills = {
        PixelLab(**state).still()
        for state in ({}, {"point": (6, 1)}, {"padding_mode": "border"}, {"mode": "nearest"},
                      {"panels": ["sum"]}, {"image": torch.rand(4, 8)})
    }  # fmt: skip
    assert len(stills) == 6
    assert max(map(len, stills)) < 40_000
