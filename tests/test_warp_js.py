"""The figures' JavaScript, run by V8 without a browser, held equal to torch and to stnlib."""

import json
import math

import pytest
import torch
from py_mini_racer import MiniRacer
from torch.nn import functional as F

from stnlib import affine, coordinates
from stnlib.splatting import splat
from stnlib.widgets.shared.scripts import join_scripts

SIZES = [(5, 7), (6, 4), (1, 5), (4, 1), (1, 1), (2, 2), (3, 3), (8, 8)]
OPTIONS = [
    {"mode": mode, "padding": padding, "alignCorners": corners}
    for mode in ("bilinear", "nearest")
    for padding in ("zeros", "border", "reflection")
    for corners in (False, True)
]


@pytest.fixture(scope="module")
def js():
    """Call a JavaScript function of a list of cases: js("(case) => …", cases)."""
    engine = MiniRacer()
    engine.eval(join_scripts("shared/moves.js", "grid_explorer/words.js"))

    def run(function, cases):
        code = f"JSON.stringify({json.dumps(cases)}.map({function}))"
        return json.loads(engine.eval(code))

    return run


@pytest.fixture(scope="module")
def cases():
    """Random pictures and maps of many sizes in every mode, padding and convention."""
    source = torch.Generator().manual_seed(7)
    made = []
    for options in OPTIONS:
        for index, (height, width) in enumerate(SIZES):
            rows, columns = SIZES[(index * 3 + 1) % len(SIZES)]
            image = torch.rand(height, width, generator=source, dtype=torch.float64)
            theta = 1.4 * torch.randn(6, generator=source, dtype=torch.float64)
            if index == 0:
                theta = affine.matrix(torch.tensor([[1.0, 0, 0, 0, 1, 0]]).double()).flatten()
            made.append({
                "data": image.flatten().tolist(), "height": height, "width": width,
                "theta": theta.tolist(), "size": [rows, columns], "options": options,
            })  # fmt: skip
    return made


def tensors(case):
    image = torch.tensor(case["data"], dtype=torch.float64)
    image = image.reshape(1, 1, case["height"], case["width"])
    return image, torch.tensor(case["theta"], dtype=torch.float64).reshape(1, 2, 3)


def worst(results, expected):
    """The largest difference over all cases, which must agree in length."""
    assert len(results) == len(expected) > 0
    gap = 0.0
    for got, want in zip(results, expected, strict=True):
        want = torch.as_tensor(want, dtype=torch.float64).flatten()
        got = torch.tensor(got, dtype=torch.float64).flatten()
        assert got.shape == want.shape
        gap = max(gap, (got - want).abs().max().item())
    return gap


def test_axis_and_pixel_coordinates_are_those_of_stnlib(js):
    sizes = [(n, corners) for n in (1, 2, 3, 5, 28) for corners in (False, True)]
    got = js("([n, corners]) => [...axis(n, corners)]", sizes)
    want = [coordinates.axis(n, align_corners=c, dtype=torch.float64) for n, c in sizes]
    assert worst(got, want) < 1e-12
    got = js(
        "([n, corners]) => [-1.3, 0, 0.7].map((x) => pixelFromNormalised(x, n, corners))", sizes
    )
    points = torch.tensor([[-1.3, 0], [0, 0], [0.7, 0]], dtype=torch.float64)
    want = [
        coordinates.pixel_from_normalised(points, (4, n), align_corners=c)[:, 0] for n, c in sizes
    ]
    assert worst(got, want) < 1e-12


@pytest.mark.filterwarnings("ignore:Since version 1.3.0, affine_grid behavior has changed")
def test_grid_is_that_of_torch(js, cases):
    got = js("(c) => [...affineGrid(c.theta, c.size, c.options.alignCorners)]", cases)
    want = [
        F.affine_grid(tensors(c)[1], (1, 1, *c["size"]), align_corners=c["options"]["alignCorners"])
        for c in cases
    ]
    assert worst(got, want) < 1e-9


SAMPLE = """(c) => [...sample(c, affineGrid(c.theta, c.size, c.options.alignCorners), c.options)]"""


@pytest.mark.filterwarnings("ignore:Since version 1.3.0, affine_grid behavior has changed")
def test_reading_is_that_of_torch(js, cases):
    want = []
    for case in cases:
        image, theta = tensors(case)
        corners = case["options"]["alignCorners"]
        grid = F.affine_grid(theta, (1, 1, *case["size"]), align_corners=corners)
        want.append(F.grid_sample(
            image, grid, case["options"]["mode"], case["options"]["padding"], corners,
        ))  # fmt: skip
    assert worst(js(SAMPLE, cases), want) < 1e-5


def test_nearest_rounds_halves_to_the_even_pixel(js):
    case = {
        "data": [0.1, 0.2, 0.3, 0.4], "height": 1, "width": 4, "size": [1, 3],
        "options": {"mode": "nearest", "padding": "zeros", "alignCorners": True},
        "theta": [1 / 3, 0, 0, 0, 1, 0],
    }  # fmt: skip
    assert js(SAMPLE, [case])[0] == pytest.approx([0.2, 0.3, 0.3])  # columns 1, 1.5 and 2
    halves = [-1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, 2.5001]
    assert js("(x) => roundEven(x)", halves) == torch.tensor(halves).round().tolist()


def test_the_identity_gives_the_picture_back(js):
    cases = [
        {
            "data": torch.rand(h * w).tolist(), "height": h, "width": w, "size": [h, w],
            "theta": [1, 0, 0, 0, 1, 0], "options": options,
        }
        for options in OPTIONS for h, w in SIZES
    ]  # fmt: skip
    assert worst(js(SAMPLE, cases), [case["data"] for case in cases]) < 1e-6


def test_one_reading_adds_up_to_the_sampled_value(js, cases):
    read = """(c) => {
      const grid = affineGrid(c.theta, c.size, c.options.alignCorners);
      const values = [];
      for (let k = 0; k < grid.length; k += 2) {
        const { value, cells } = readPoint(c, [grid[k], grid[k + 1]], c.options);
        const weight = cells.reduce((sum, cell) => sum + cell.weight, 0);
        values.push(Math.abs(weight - 1) < 1e-9 ? value : 99);
      }
      return values;
    }"""
    assert worst(js(read, cases), js(SAMPLE, cases)) < 1e-6


def test_splatting_is_that_of_stnlib_and_the_adjoint_of_reading(js, cases):
    throw = """(c) => {
      const grid = affineGrid(c.theta, [c.height, c.width], c.options.alignCorners);
      const { total, weight } = splat(c, grid, c.size, c.options);
      const { average, holes } = settle({ total, weight });
      return [...total, ...weight, ...average, holes];
    }"""
    want, adjoint = [], 0.0
    for case in cases:
        image, theta = tensors(case)
        mode, corners = case["options"]["mode"], case["options"]["alignCorners"]
        size = (case["height"], case["width"])
        grid = affine.affine_grid(theta, size, align_corners=corners)
        done = splat(image, grid, tuple(case["size"]), mode=mode, align_corners=corners)
        parts = [done.total, done.weight, done.average(), done.holes().sum()]
        want.append(torch.cat([part.double().flatten() for part in parts]))
        canvas = torch.zeros(1, 1, *case["size"], dtype=torch.float64, requires_grad=True)
        F.grid_sample(canvas, grid, mode, "zeros", corners).mul(image).sum().backward()
        adjoint = max(adjoint, (canvas.grad - done.total).abs().max().item())
    assert adjoint < 1e-9
    assert worst(js(throw, cases), want) < 1e-5


def test_parts_and_back_are_those_of_stnlib(js):
    source = torch.Generator().manual_seed(3)
    thetas = torch.randn(200, 6, generator=source, dtype=torch.float64)
    got = js("(theta) => Object.values(decompose(theta))", thetas.tolist())
    assert worst(got, list(torch.stack(affine.decompose(thetas), dim=1))) < 1e-9
    assert worst(js("(theta) => fromParts(decompose(theta))", thetas.tolist()), list(thetas)) < 1e-9
    flat = [[0, 0, 0.1, 0, 0, 0.2], [1, 2, 0, 2, 4, 0], [0, 1, 0, 0, 1, 0]]
    for parts in js("(t) => Object.values(decompose(t))", flat):
        assert all(math.isfinite(part) for part in parts)


def test_a_dragged_corner_follows_the_pointer_and_the_opposite_one_stays(js):
    source = torch.Generator().manual_seed(5)
    cases = [
        [theta, [sx, sy], target, slide]
        for theta, target in zip(
            torch.randn(40, 6, generator=source).tolist(),
            (2 * torch.randn(40, 2, generator=source)).tolist(), strict=True,
        )
        for sx, sy in ((-1, -1), (1, -1), (-1, 1), (1, 1)) for slide in (False, True)
    ]  # fmt: skip
    moved = js(
        """([theta, corner, target, slide]) => {
      const [sx, sy] = corner;
      const after = dragCorner(theta, corner, target, slide);
      return [after, mapPoint(after, corner), mapPoint(after, [-sx, -sy]),
              mapPoint(theta, [-sx, -sy]), mapPoint(after, [sx, -sy]), mapPoint(theta, [sx, -sy])];
    }""",
        cases,
    )
    followed = 0
    for (_, _, target, slide), (_, corner, opposite, before, beside, kept) in zip(
        cases, moved, strict=True
    ):
        assert opposite == pytest.approx(before, abs=1e-9)
        followed += corner == pytest.approx(target, abs=1e-6)
        if slide:
            assert beside == pytest.approx(kept, abs=1e-9)
    assert followed >= 0.9 * len(cases)  # the rest would make a side shorter than allowed


def test_turning_and_moving_keep_what_they_should(js):
    theta = affine.from_parts(rotation=0.3, scale_x=0.7, shear=0.2, t_x=0.4).flatten().tolist()
    [[turned, moved]] = js("(t) => [turnBy(t, 0.5), moveBy(t, [0.1, 0.2])]", [theta])
    parts = affine.decompose(torch.tensor([turned]))
    expected = (0.8, 0.7, 1.0, 0.2, 0.4, 0.0)
    assert [part.item() for part in parts] == pytest.approx(expected, abs=1e-5)
    assert moved == pytest.approx([*theta[:2], 0.5, *theta[3:5], theta[5] + 0.2])


def words(js, parts, size=(8, 8), **state):
    theta = affine.from_parts(**parts).flatten().tolist()
    full = {"theta": theta, "size": size, "padding": "zeros", "mode": "bilinear",
            "alignCorners": False, "direction": "gather",
            "image": {"data": [0.5] * 64, "height": 8, "width": 8}, **state}  # fmt: skip
    return js(
        """(s) => {
      const grid = affineGrid(s.theta, s.direction === "gather" ? s.size : [8, 8], s.alignCorners);
      const counts = s.direction === "splat" ? settle(splat(s.image, grid, s.size, s)) : null;
      return caption(s, { grid, counts });
    }""",
        [full],
    )[0]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "squarely"),
        ({"scale_x": 0.5, "scale_y": 0.5}, "content looks larger"),
        ({"scale_x": 1.5, "scale_y": 1.5}, "content looks smaller"),
        ({"rotation": 0.5}, "turned clockwise, so the content turns counter-clockwise"),
        ({"rotation": -0.5}, "turned counter-clockwise, so the content turns clockwise"),
        ({"scale_y": -1.0}, "mirrored"),
        ({"shear": 0.4}, "slants"),
        ({"t_x": 0.3}, "moved right, so the content moves left"),
        ({"t_y": -0.3}, "moved up, so the content moves down"),
        ({"t_x": 2.5}, "100 % of it lies outside and reads zeros"),
        ({"scale_x": 0.0}, "collapsed"),
    ],
)  # fmt: skip
def test_the_caption_says_what_theta_does(js, parts, said):
    assert said in words(js, parts)


def test_the_caption_speaks_of_padding_spacing_holes_and_pile_ups(js):
    assert "nearest pixel of the border" in words(js, {"t_x": 1.0}, padding="border")
    assert "4.0 pixels apart" in words(js, {}, size=(2, 2))
    splatted = words(js, {"scale_x": 2.0, "scale_y": 2.0}, direction="splat", mode="nearest")
    assert "grows" in splatted
    assert "48 of 64 output pixels got nothing (hatched); none" in splatted
    shrunk = words(js, {"scale_x": 0.5, "scale_y": 0.5}, direction="splat", mode="nearest")
    assert "shrinks" in shrunk
    assert "48 of 64 output pixels got nothing (hatched); 16 got more than one pixel." in shrunk
    assert "All 64 output pixels got exactly" in words(js, {}, direction="splat")
