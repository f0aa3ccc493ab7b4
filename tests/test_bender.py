"""The Python side of the grid bender: settings that fit, folds, still and words."""

import pytest
import torch
from torch.testing import assert_close
from traitlets import TraitError

from stnlib.digits import load_digits
from stnlib.widgets import GridBender
from stnlib.widgets.grid_bender.figure import NAMES

FOLDED = [0.0] * 18
FOLDED[8] = 1.3  # the middle of 3 × 3 is pulled past its neighbour


def test_the_default_is_a_digit_read_as_it_is():
    bender = GridBender()
    assert_close(bender.output, load_digits().images[33:34], rtol=0, atol=0.5 / 255 + 1e-5)
    assert not bender.folded.any()
    assert repr(bender).startswith("GridBender(family='thin plate spline', control_grid=(4, 4), th")


@pytest.mark.parametrize("family", NAMES)
def test_every_family_starts_at_its_identity_and_follows_theta(family):
    bender = GridBender(torch.rand(6, 9), family=family, control_grid=(3, 2))
    assert_close(bender.output, bender.input, rtol=0, atol=1e-5)
    assert bender.still().startswith(b"\x89PNG")
    theta = bender.transform.identity() + 0.1
    bender.theta = theta[None]
    assert_close(bender.row, theta[None])
    assert_close(bender.grid, bender.transform.grid(theta[None], (6, 9)))
    assert f"{len(theta)} numbers" in bender.describe()
    assert (bender.output - bender.input).abs().max() > 0.01


def test_another_family_starts_afresh_if_its_numbers_are_others():
    bender = GridBender(theta=[0.1] * 32)
    bender.family = "piece-wise affine"  # as many numbers, with the same meaning
    assert bender.theta == (0.1,) * 32
    bender.family = "projective"
    assert bender.theta == (1, 0, 0, 0, 1, 0, 0, 0)
    bender.family = "thin plate spline"
    bender.control_grid = (3, 3)
    assert bender.theta == (0,) * 18


def test_what_the_page_sends_arrives_at_once():
    bender = GridBender()
    sent = {"family": "projective", "control_grid": [3, 3], "theta": [1, 0, 0, 0, 1, 0, 0.1, 0]}
    bender.set_state(sent)
    assert bender.theta == (1, 0, 0, 0, 1, 0, 0.1, 0)
    assert bender.control_grid == (3, 3)
    bender.set_state({"theta": [0.2] * 18, "family": "thin plate spline"})
    assert bender.theta == (0.2,) * 18


def test_folds_are_found_drawn_and_told():
    bender = GridBender(control_grid=(3, 3), theta=FOLDED)
    count = int(bender.folded.sum())
    assert 0 < count < 28 * 28
    assert f"turned over at {count} of its 784 points" in bender.describe()
    marks = [c for c in bender.draw().axes[0].collections if len(c.get_offsets()) == count]
    assert len(marks) == 1
    assert "turned over at none of its" in GridBender().describe()
    assert bender.still() == bender.still()


@pytest.mark.parametrize("family", NAMES)
def test_it_does_not_care_for_the_default_dtype(family):
    expected = GridBender(family=family).still()
    torch.set_default_dtype(torch.float64)
    try:
        assert GridBender(family=family).still() == expected
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"family": "bilinear"}, "family: expected one of 'attention', 'similarity', 'affine'"),
        ({"theta": [0.0] * 6}, "theta: thin plate spline expects 32 numbers, got 6"),
        ({"theta": "32"}, "theta: expected a row of numbers, got str '32'"),
        ({"theta": [float("nan")] * 32}, "theta: expected finite numbers"),
        ({"control_grid": (1, 4)}, r"control_grid\[0\], the rows: expected at least 2"),
        ({"control_grid": (6, 4)}, r"control_grid: expected at most 5 × 5 points, got \(6, 4\)"),
        ({"control_grid": 4}, r"control_grid: expected \(rows, columns\), got int 4"),
        ({"image": torch.rand(2, 2, 4, 4)}, "image: expected"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises((TypeError, ValueError, TraitError), match=message):
        GridBender(**settings)
