"""The slopes in the figures' JavaScript, run by V8, held equal to torch and to Python."""

import json

import pytest
import torch
from py_mini_racer import MiniRacer
from torch.nn import functional as F

from stnlib import affine
from stnlib.coordinates import normalised_from_pixel
from stnlib.widgets import PixelLab
from stnlib.widgets.shared.scripts import join_scripts

MODES = ("bilinear", "nearest")
PADDINGS = ("zeros", "border", "reflection")
OPTIONS = [
    {"mode": mode, "padding": padding, "alignCorners": corners}
    for mode in MODES for padding in PADDINGS for corners in (False, True)
]  # fmt: skip


@pytest.fixture(scope="module")
def js():
    """Call a JavaScript function of a list of cases: js("(case) => …", cases)."""
    engine = MiniRacer()
    engine.eval(join_scripts("pixel_lab/state.js", "pixel_lab/words.js"))

    def run(function, cases):
        return json.loads(engine.eval(f"JSON.stringify({json.dumps(cases)}.map({function}))"))

    return run


def slopes_of_torch(image, points, options):
    """Value, slope in x and slope in y, in pixels, at (N, 2) places in pixels: (N, 3)."""
    size, corners = image.shape, options["alignCorners"]
    points = points.clone().requires_grad_()
    grid = normalised_from_pixel(points, size, align_corners=corners)[None, None]
    value = F.grid_sample(
        image[None, None], grid, options["mode"], options["padding"], align_corners=corners
    ).flatten()
    (slopes,) = torch.autograd.grad(value.sum(), points)
    return torch.cat((value[:, None], slopes), dim=1).detach()


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(map(str, o.values())))
@pytest.mark.parametrize("size", [(3, 4), (1, 5), (6, 2)])
def test_slopes_are_those_of_torch_inside_and_far_outside(js, options, size):
    if 1 in size and options["alignCorners"]:
        size = (2, 5)  # with True, all of -1 ... 1 would be the one pixel
    source = torch.Generator().manual_seed(2)
    image = torch.rand(*size, generator=source, dtype=torch.float64)
    points = 22 * torch.rand(300, 2, generator=source, dtype=torch.float64) - 9
    case = {"data": image.flatten().tolist(), "height": size[0], "width": size[1]}
    cases = [{**case, "point": point, "options": options} for point in points.tolist()]
    got = torch.tensor(js("(c) => readSlopes(c, ...c.point, c.options)", cases)).double()
    want = slopes_of_torch(image, points, options)
    assert (got - want).abs().max() < 1e-6


@pytest.mark.parametrize("padding", PADDINGS)
def test_on_the_kinks_the_side_is_that_of_torch(js, padding):
    image = torch.tensor([[0.1, 0.9, 0.4, 0.5], [0.7, 0.2, 0.6, 0.3]], dtype=torch.float64)
    options = {"mode": "bilinear", "padding": padding, "alignCorners": False}
    places = [(x / 2, y / 2) for x in range(-3, 10) for y in range(-3, 6)]
    case = {"data": image.flatten().tolist(), "height": 2, "width": 4}
    cases = [{**case, "point": place, "options": options} for place in places]
    got = torch.tensor(js("(c) => readSlopes(c, ...c.point, c.options)", cases))
    want = slopes_of_torch(image, torch.tensor(places, dtype=torch.float64), options)
    assert (got - want).abs().max() < 1e-6


def lab_state(lab, **more):
    return {
        "image": {"data": [v for row in lab.image for v in row],
                  "height": lab.shape[0], "width": lab.shape[1]},
        "mode": lab.mode, "padding": lab.padding_mode, "point": lab.point, "pixel": lab.pixel,
        "options": {"mode": lab.mode, "padding": lab.padding_mode, "alignCorners": False}, **more,
    }  # fmt: skip


STOPS = [(2.3, 0.8), (6.0, 1.0), (-0.5, 1.0), (-1.4, 1.5), (7.0, 3.0), (0.0, 0.4), (8.2, -1.1)]


@pytest.fixture(scope="module")
def lab():
    return PixelLab(stops=STOPS)


def test_by_hand_by_autograd_and_by_differences_agree_at_every_stop(js, lab):
    entries = [e for e in lab.judged["entries"] if e["point"] in [list(s) for s in STOPS]]
    assert len(entries) == len(STOPS) * 6
    states = []
    for e in entries:
        options = {"mode": e["mode"], "padding": e["padding"], "alignCorners": False}
        states.append(
            lab_state(lab, options=options, **{k: e[k] for k in ("mode", "padding", "point")})
        )
    found = js("(s) => deriveLab(s).slopes", states)
    for entry, slopes in zip(entries, found, strict=True):
        taken = [slope["taken"] for slope in slopes]
        assert taken == pytest.approx(entry["autograd"], abs=1e-6), entry
        middle = [(slope["left"] + slope["right"]) / 2 for slope in slopes]
        assert middle == pytest.approx(entry["differences"], abs=1e-6), entry


def test_the_sides_of_a_kink_are_the_differences_of_neighbours(js, lab):
    [derived] = js("deriveLab", [lab_state(lab, point=(6, 1))])
    assert derived["slopes"][0]["left"] == pytest.approx(-0.6)
    assert derived["slopes"][0]["right"] == pytest.approx(-0.3)
    assert derived["slopes"][0]["kink"]
    [derived] = js("deriveLab", [lab_state(lab, point=(2.3, 0.8))])
    assert not any(slope["kink"] for slope in derived["slopes"])
    assert derived["value"] == pytest.approx(0.754)


def test_the_gradient_by_the_pixels_is_that_of_torch(js):
    source = torch.Generator().manual_seed(4)
    points = (9 * torch.rand(60, 2, generator=source) - 2).clamp(max=5.7).tolist()
    for mode in MODES:
        for padding in PADDINGS:
            picture = torch.rand(5, 5, generator=source, dtype=torch.float64)
            lab = PixelLab(picture, mode=mode, padding_mode=padding)
            states = [lab_state(lab, point=[max(v, -1.7) for v in point]) for point in points]
            found = js("(s) => ({ ...deriveLab(s), lines: 0 })", states)
            for state, derived in zip(states, found, strict=True):
                U = lab.input.requires_grad_()
                place = torch.tensor([state["point"]], dtype=torch.float64)
                grid = normalised_from_pixel(place, (5, 5))[None, None]
                V = F.grid_sample(U, grid, mode, padding, align_corners=False)
                (by_pixel,) = torch.autograd.grad(V.sum(), U)
                got = [derived["byPixel"][str(i)] for i in range(25)]
                assert got == pytest.approx(by_pixel.flatten().tolist(), abs=1e-6)
                assert derived["value"] == pytest.approx(V.item(), abs=1e-6)


def test_in_the_dead_zones_no_step_changes_the_value_and_elsewhere_one_may(js):
    image = torch.tensor([[0.9, 0.5, 0.7], [0.4, 0.8, 0.2], [0.6, 0.3, 1.0]])
    for padding in PADDINGS:
        lab = PixelLab(image, padding_mode=padding)
        places = [(x / 4 + 0.1, y / 4 + 0.1) for x in range(-7, 14) for y in range(-7, 14)]
        states = [lab_state(lab, point=place) for place in places]
        inside = """(s) => [deadZones(s).some(([l, t, r, b]) =>
          l < s.point[0] && s.point[0] < r && t < s.point[1] && s.point[1] < b),
          deriveLab(s).slopes.every(({ taken }) => Math.abs(taken) < 1e-9)]"""
        dead, flat = zip(*js(inside, states), strict=True)
        reflected = padding == "reflection"  # flat places between mirrors, but no zone
        assert dead == (flat if not reflected else (False,) * len(flat))


def words(js, function, lab, **more):
    return js(f"(s) => {function}(s, deriveLab(s))", [lab_state(lab, **more)])[0]


def test_the_words_write_out_the_numbers_on_screen(js, lab):
    told = words(js, "sumWords", lab)
    assert told["line"] == "The point is at column 2.30, row 0.80, between four pixels."
    plain = told["sum"].replace("\u00a0", " ")
    assert plain == "V = 0.14 · 0.3 + 0.06 · 0.8 + 0.56 · 0.8 + 0.24 · 0.9 = 0.754"
    lines = [line.replace("\u00a0", " ") for line in words(js, "slopeWords", lab)]
    assert lines[0] == "∂V/∂x = 0.20 · (0.8 − 0.3) + 0.80 · (0.9 − 0.8) = 0.18"
    assert lines[1] == "∂V/∂y = 0.70 · (0.8 − 0.3) + 0.30 · (0.9 − 0.8) = 0.38"
    assert "on one pixel" in words(js, "sumWords", lab, point=(6, 1))["line"]
    assert "between two pixels" in words(js, "sumWords", lab, point=(6, 1.5))["line"]
    kink = words(js, "slopeWords", lab, point=(6, 1))[0]
    assert "−0.60 on the left, −0.30 on the right" in kink
    assert "[−0.60, −0.30] is a sub-gradient. torch takes −0.30" in kink


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"point": (2.3, 0.8)}, "difference of neighbours"),
        ({"point": (6, 1)}, "rectangle"),
        ({"point": (5, 1.5)}, "A kink: the slope to one side"),
        ({"point": (-1.5, 1)}, "dead zone"),
        ({"point": (-0.5, 1.5), "image": [[0.5] * 4] * 4}, "fades to 0"),
        ({"point": (0.5, 0.5)}, "Even ground"),
        ({"mode": "nearest"}, "no slope to follow"),
    ],
)
def test_the_words_say_where_the_point_stands(js, lab, state, said):
    given = PixelLab(**{**{"image": lab.image}, **state})
    assert said in words(js, "placeWords", given)


def test_a_pixel_tells_its_weight(js, lab):
    assert "∂V/∂U = 0.56" in words(js, "pixelWords", lab, pixel=(1, 2))
    assert "V grows by 0.056" in words(js, "pixelWords", lab, pixel=(1, 2))
    assert "no say" in words(js, "pixelWords", lab, pixel=(3, 7))
    assert "Click a pixel" in words(js, "pixelWords", lab, pixel=None)


def test_python_is_asked_only_about_the_picture_that_it_judged(js, lab):
    ask = f"(s) => judgedAt({json.dumps(lab.judged)}, s)"
    [found] = js(ask, [lab_state(lab)])
    assert found["autograd"] == pytest.approx([0.18, 0.38])
    changed = lab_state(lab)
    changed["image"]["data"][3] = 0.55
    assert js(ask, [changed, lab_state(lab, point=(2.4, 0.8))]) == [None, None]


@pytest.mark.parametrize("size", [(5, 7), (8, 8), (1, 3)])
def test_the_slopes_of_a_loss_by_theta_are_those_of_torch(js, size):
    source = torch.Generator().manual_seed(9)
    for _ in range(6):
        image, target = torch.rand(2, 1, 1, *size, generator=source, dtype=torch.float64)
        theta = affine.identity().double() + 0.4 * torch.randn(1, 2, 3, generator=source)
        theta = theta.double().requires_grad_()
        grid = affine.affine_grid(theta, size, align_corners=False)
        read = F.grid_sample(image, grid, align_corners=False)
        loss = ((read - target) ** 2).mean()
        (gradient,) = torch.autograd.grad(loss, theta)
        case = {"data": image.flatten().tolist(), "height": size[0], "width": size[1],
                "target": target.flatten().tolist(), "theta": theta.flatten().tolist()}  # fmt: skip
        [[found, slopes]] = js("""(c) => {
          const slopes = [0, 0, 0, 0, 0, 0];
          return [lossSlopes(withRim(c), c.target, c.theta, slopes), slopes];
        }""", [case])  # fmt: skip
        assert found == pytest.approx(loss.item(), abs=1e-9)
        assert slopes == pytest.approx(gradient.flatten().tolist(), abs=1e-9)
