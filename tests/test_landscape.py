"""The alignment landscape: descent in JavaScript against torch's, traits, the still, the words."""

import json

import pytest
import torch
from py_mini_racer import MiniRacer
from torch.nn import functional as F
from traitlets import TraitError

from stnlib import affine
from stnlib.widgets import AlignmentLandscape
from stnlib.widgets.alignment_landscape import descent
from stnlib.widgets.shared.heat_map import lattice
from stnlib.widgets.shared.scripts import join_scripts

PARTS = ("alignment_landscape/walk.js", "alignment_landscape/words.js")


@pytest.fixture(scope="module")
def js():
    """Call a JavaScript function of a list of cases: js("(case) => …", cases)."""
    engine = MiniRacer()
    engine.eval(join_scripts(*PARTS))

    def run(function, cases):
        return json.loads(engine.eval(f"JSON.stringify({json.dumps(cases)}.map({function}))"))

    return run


@pytest.fixture(scope="module")
def landscape():
    return AlignmentLandscape()


def as_case(landscape, **more):
    data = [value / 255 for value in landscape.image.flatten().tolist()]
    return {
        "data": data, "height": landscape.side, "width": landscape.side, "blur": landscape.blur,
        "rate": landscape.rate, "count": landscape.numbers, "start": landscape.start, **more,
    }  # fmt: skip


WALK = """(c) => {
  const known = prepare(blurPicture(c, c.blur));
  return walkOn(known, startPath(known, c.count, c.start), c.rate, c.steps);
}"""


def by_autograd(landscape, steps):
    """Descend with torch's own grid, read and autograd, nothing of ours but the start."""
    picture = landscape.picture
    size, scale = picture.shape, picture.var(correction=0)
    start = torch.tensor([landscape.start], dtype=torch.float64)
    numbers = descent.start_numbers(landscape.numbers, start, landscape.side)
    path = []
    for _ in range(steps + 1):
        numbers = numbers.detach().requires_grad_()
        theta = descent.theta_from(numbers)
        grid = F.affine_grid(theta, size, align_corners=False)
        loss = ((F.grid_sample(picture, grid, align_corners=False) - picture) ** 2).mean() / scale
        (slope,) = torch.autograd.grad(loss, numbers)
        path.append((theta.detach().flatten().tolist(), slope.flatten().tolist(), loss.item()))
        numbers = numbers - landscape.rate * slope
    return path


@pytest.mark.filterwarnings("ignore:Since version 1.3.0, affine_grid behavior has changed")
@pytest.mark.parametrize("numbers", [2, 3, 6])
@pytest.mark.parametrize(("start", "blur"), [((20, 10), 0), ((20, 10), 2), ((-50, -3.3), 0.75)])
def test_descent_in_the_page_is_descent_in_torch(js, numbers, start, blur):
    landscape = AlignmentLandscape(start=start, blur=blur, numbers=numbers)
    [walked] = js(WALK, [as_case(landscape, steps=40)])
    assert len(walked) == 41
    for here, (theta, slopes, loss) in zip(walked, by_autograd(landscape, 40), strict=True):
        assert here["theta"] == pytest.approx(theta, abs=1e-6)
        assert here["slopes"] == pytest.approx(slopes, abs=1e-4)
        assert here["loss"] == pytest.approx(loss, abs=1e-6)


@pytest.mark.parametrize("numbers", [2, 3, 6])
def test_the_still_draws_the_walk_of_the_page(js, numbers):
    landscape = AlignmentLandscape(start=(-35, 4), blur=1, numbers=numbers)
    [walked] = js(WALK, [as_case(landscape, steps=200)])
    assert landscape.path.shape == (201, 2, 3)
    for step in (0, 1, 50, 200):
        path = landscape.path[step].flatten().tolist()
        assert walked[step]["theta"] == pytest.approx(path, abs=1e-5)


def test_blur_in_the_page_is_blur_in_python(js, landscape):
    source = torch.Generator().manual_seed(1)
    image = torch.rand(1, 1, 9, 7, generator=source, dtype=torch.float64)
    case = {"data": image.flatten().tolist(), "height": 9, "width": 7}
    for sigma in (0, 0.25, 1, 3.5):
        [found] = js(f"(c) => [...blurPicture(c, {sigma}).data]", [case])
        assert found == pytest.approx(descent.blur(image, sigma).flatten().tolist(), abs=1e-12)
    assert descent.blur(image, 1).std() < 0.6 * image.std()


def test_the_map_holds_the_loss_of_each_start(js):
    landscape = AlignmentLandscape(blur=1)
    starts = lattice(5, 120, 12)
    case = as_case(landscape, places=starts.tolist())
    [found] = js("(c) => [...lossesAt(prepare(blurPicture(c, c.blur)), c.places)]", [case])
    assert found == pytest.approx(landscape.losses(starts).tolist(), abs=1e-9)
    assert found[12] == pytest.approx(0, abs=1e-20)  # the true place, in the middle
    assert min(found[:12] + found[13:]) > 0.5


def test_places_on_the_map_and_distances_are_right(js, landscape):
    theta = descent.theta_from(descent.start_numbers(2, torch.tensor([[50.0, -3.0]]), 28))
    numbers = theta.flatten().tolist()
    [[place, turned, off]] = js("(t) => [onMap(t, 28), onMap(t, 28, 380), offBy(t, 28)]", [numbers])
    assert place == pytest.approx([50, -3], abs=1e-4)
    assert turned == pytest.approx([410, -3], abs=1e-4)
    assert off == pytest.approx(descent.off_by(theta, 28).item(), abs=1e-5)
    shifted = affine.translation(2 * 0.8 * 2 / 28, 2 * 0.6 * 2 / 28).double()
    assert descent.off_by(shifted, 28).item() == pytest.approx(2, abs=1e-6)


def test_the_basin_in_the_page_is_that_of_python(js):
    starts = lattice(4, 70, 8)
    for numbers in (2, 6):
        landscape = AlignmentLandscape(blur=1, numbers=numbers)
        cases = [as_case(landscape, steps=200, start=start) for start in starts.tolist()]
        walked = js(f"(c) => offBy(({WALK})(c)[200].theta, c.width) < 1", cases)
        assert walked == landscape.succeeds(starts).tolist()
        assert 0 < sum(walked) < len(walked)


def test_blur_opens_the_basin_for_the_first_start():
    assert AlignmentLandscape().off > 10
    assert AlignmentLandscape(blur=2).off < 0.1


def test_the_words_follow_the_walk(js, landscape):
    told = """([c, step]) => {
      const path = (WALK)({ ...c, steps: 200 });
      return verdict(path, { ...c, step, steps: 200 }, c.start, offBy(path[step].theta, c.width));
    }""".replace("WALK", WALK)
    found = as_case(AlignmentLandscape(blur=2))
    lost, hasty = as_case(landscape), as_case(AlignmentLandscape(rate=0.08, start=(10, 3)))
    cases = [(lost, 0), (lost, 100), (lost, 200), (found, 200), (hasty, 200)]
    said = js(told, cases)
    assert "The start is turned by 20° and moved by 10.0 pixels." in said[0]
    assert said[1].startswith("Step 100 of 200: the loss is ")
    assert "another valley" in said[2]
    assert "found the true place" in said[3]
    assert "to and fro" in said[4]


def test_the_rows_of_a_step_add_up(js, landscape):
    case = as_case(landscape, steps=3)
    rows = js(f"(c) => stepRows(({WALK})(c)[3], c.rate)", [case, {**case, "count": 6}])
    assert [row[0] for row in rows[0]] == ["angle (rad)", "shift"]
    assert [row[0] for row in rows[1]] == ["θ₁₁", "θ₁₂", "θ₁₃", "θ₂₁", "θ₂₂", "θ₂₃"]
    for row in rows[0] + rows[1]:
        now, slope, after = (float(text.replace("−", "-")) for text in row[1:])
        assert now - landscape.rate * slope == pytest.approx(after, abs=2e-3)


BAD = [
    ({"image": torch.rand(4, 5)}, r"image: expected a square picture .* got \(4, 5\)"),
    ({"image": torch.rand(65, 65)}, "image: expected a square picture"),
    ({"image": torch.rand(4, 4) + 1}, "image: expected values in 0"),
    ({"start": 3}, r"start: expected \(degrees, pixels\), got int 3"),
    ({"start": (121, 0)}, r"start: expected at most 120 degrees .* got \(121.0, 0.0\)"),
    ({"start": (0, -12.5)}, "start: expected at most"),
    ({"blur": 5}, r"blur: expected 0 \.\.\. 4, got 5"),
    ({"blur": "much"}, "blur: expected a number, got str 'much'"),
    ({"rate": 1.0}, r"rate: expected 0.005 \.\.\. 0.1, got 1.0"),
    ({"numbers": 4}, "numbers: expected 2, 3 or 6, got int 4"),
    ({"step": 201}, r"step: expected 0 \.\.\. 200, got 201"),
    ({"step": 1.5}, "step: expected a number, got float 1.5"),
    ({"basin": 1}, "basin: expected True or False"),
]


@pytest.mark.parametrize(("settings", "message"), BAD, ids=lambda v: str(v)[:40])
def test_bad_settings_say_what_was_expected_and_what_came(settings, message):
    with pytest.raises((TypeError, ValueError, TraitError), match=message):
        AlignmentLandscape(**settings)


@pytest.mark.parametrize(("settings", "message"), BAD, ids=lambda v: str(v)[:40])
def test_bad_settings_are_refused_later_too_and_change_nothing(landscape, settings, message):
    before = repr(landscape)
    for name, value in settings.items():
        with pytest.raises((TypeError, ValueError, TraitError), match=message):
            setattr(landscape, name, value)
    assert repr(landscape) == before


def test_what_the_page_sends_arrives():
    landscape = AlignmentLandscape()
    landscape.set_state({"start": [-30, 2.5], "step": 7, "numbers": 6, "blur": 1.5, "basin": True})
    assert (landscape.start, landscape.step, landscape.numbers) == ((-30, 2.5), 7, 6)
    assert landscape.path.shape == (8, 2, 3)


def test_repr_words_and_still_follow_the_state():
    landscape = AlignmentLandscape(step=3, blur=1)
    assert repr(landscape) == (
        "AlignmentLandscape(start=(20, 10), blur=1, rate=0.02, numbers=2, step=3, basin=False)"
    )
    text = landscape.describe()
    assert "20 degrees and 10 pixels off; after 3 steps" in text
    assert f"{landscape.off:.1f} pixels off" in text
    stills = {landscape.still()}
    assert landscape.still() in stills
    for name, value in {"step": 60, "blur": 2, "numbers": 6, "start": (0, 3)}.items():
        setattr(landscape, name, value)
        stills.add(landscape.still())
    assert len(stills) == 5
    assert max(map(len, stills)) < 45_000
