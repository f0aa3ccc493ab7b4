"""The families in JavaScript, run by V8 without a browser, held equal to stnlib's."""

import json

import pytest
import torch
from py_mini_racer import MiniRacer
from torch.testing import assert_close

from stnlib.coordinates import axis
from stnlib.transforms import FAMILIES, ControlGrid, Projective, ThinPlateSpline
from stnlib.widgets import GridBender
from stnlib.widgets.grid_bender.figure import NAMES
from stnlib.widgets.grid_bender.still import anchors
from stnlib.widgets.shared.scripts import join_scripts

SIZES = ((4, 4), (2, 2), (3, 4), (5, 2))
CASES = [
    (name, size)
    for name in NAMES
    for size in (SIZES if issubclass(FAMILIES[name], ControlGrid) else SIZES[:1])
]
each = pytest.mark.parametrize(("name", "size"), CASES, ids=str)


def exact(values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.fixture(scope="module")
def js():
    """Evaluate an expression that may use the names of ``values``: js("f(a)", a=1)."""
    engine = MiniRacer()
    engine.eval(join_scripts("shared/warp.js", "grid_bender/families.js"))

    def run(expression, **values):
        names = ", ".join(values)
        given = ", ".join(json.dumps(value) for value in values.values())
        return json.loads(engine.eval(f"JSON.stringify((({names}) => {expression})({given}))"))

    return run


def bender(name, size, seed=0, strength=0.3):
    """A figure whose map is well away from the identity."""
    figure = GridBender(family=name, control_grid=size)
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(figure.transform.n_params, generator=generator).double()
    figure.theta = figure.transform.identity().double() + strength * noise
    return figure


def double(figure):
    return exact([figure.theta])


@each
def test_the_grid_and_its_folds_are_those_of_stnlib(js, name, size):
    figure = bender(name, size, strength=0.5)
    found = js(
        "(({grid, folded}) => [[...grid], [...folded]])"
        "(bentGrid(familyOf(name, size).jet(theta), axis(9, false), axis(7, false)))",
        name=name, size=size, theta=figure.theta,
    )  # fmt: skip
    grid, folded = (exact(values) for values in found)
    theta, family = double(figure), figure.transform
    assert_close(grid.reshape(1, 7, 9, 2), family.grid(theta, (7, 9)), rtol=1e-9, atol=1e-9)
    y, x = torch.meshgrid(axis(7, dtype=torch.float64), axis(9, dtype=torch.float64), indexing="ij")
    points = torch.stack((x, y), -1).reshape(-1, 2)
    assert torch.equal(folded.bool(), family.folded(theta, points)[0])
    outside = [[1.3, 0.2], [-2.0, 1.7], [0.31, -1.2], [0.77, 0.41]]
    jets = js("points.map(([x, y]) => familyOf(name, size).jet(theta)(x, y))",
              name=name, size=size, theta=figure.theta, points=outside)  # fmt: skip
    where = exact(outside)
    assert_close(exact(jets)[:, :2], family.points(theta, where)[0])
    assert_close(exact(jets)[:, 2], family.determinant(theta, where)[0])


def test_the_horizon_is_kept_away_as_in_stnlib(js):
    theta = [1, 0.2, 0.1, 0, 1, 0.3, 1, 0]
    points = [[-1, 0.5], [-1.0004, 0.5], [-0.9996, 0.5], [-2, 0.5]]
    found = js("points.map(([x, y]) => familyOf('projective').jet(theta)(x, y))",
               theta=theta, points=points)  # fmt: skip
    row, where = exact(theta), exact(points)
    family = Projective()
    assert_close(exact(found)[:, :2], family.points(row[None], where)[0])
    assert_close(exact(found)[:, 2], family.determinant(row[None], where)[0])


@each
def test_the_family_counts_its_numbers_and_holds_its_points(js, name, size):
    figure = bender(name, size)
    count, places = js("[familyOf(name, size).count, held(familyOf(name, size), theta)]",
                       name=name, size=size, theta=figure.theta)  # fmt: skip
    assert count == figure.transform.n_params
    expected = figure.transform.points(double(figure), anchors(figure).double())[0]
    assert_close(exact(places), expected, rtol=1e-6, atol=1e-6)
    fitted = js("familyOf(name, size).fit(places)", name=name, size=size, places=places)
    assert_close(exact([fitted]), double(figure))


@each
def test_a_dragged_point_goes_where_the_hand_says(js, name, size):
    figure = bender(name, size, strength=0.1)
    start = figure.transform.points(double(figure), anchors(figure).double())[0]
    for index in range(len(start)):
        goal = (start[index] + exact([0.07, -0.05])).tolist()
        theta = js("dragPoint(familyOf(name, size), theta, index, goal)",
                   name=name, size=size, theta=figure.theta, index=index, goal=goal)  # fmt: skip
        theta = exact([theta])
        after = figure.transform.points(theta, anchors(figure).double())[0]
        if name == "attention" and index == 1:  # one number cannot follow both ways
            assert after[1].sub(after[0]).diff().abs() < 1e-9
            continue
        assert_close(after[index], exact(goal), rtol=1e-5, atol=1e-5)
        others = [i for i in range(len(start)) if i != index]
        moved = after[others] - start[others]
        together = name in ("attention", "similarity") and index == 0
        expected = exact([0.07, -0.05] if together else [0.0, 0.0])
        assert_close(moved, expected.expand_as(moved), rtol=1e-5, atol=1e-5)


def test_another_family_takes_over_what_it_can(js):
    figure = bender("projective", (4, 4), strength=0.1)
    code = "adopt(familyOf(to, size), familyOf(name, size).jet(theta))"
    for name, size in CASES:
        theta = js(code, to=name, name="projective", size=size, theta=figure.theta)
        new = GridBender(family=name, control_grid=size, theta=theta)
        if name in ("attention", "similarity"):
            continue
        where = anchors(new).double()
        expected = figure.transform.points(double(figure), where)
        assert_close(new.transform.points(double(new), where), expected, rtol=1e-6, atol=1e-6)
    affine = bender("affine", (4, 4))
    for name in ("projective", "thin plate spline", "piece-wise affine"):
        theta = js(code, to=name, name="affine", size=(3, 3), theta=affine.theta)
        new = GridBender(family=name, control_grid=(3, 3), theta=theta)
        assert_close(new.grid, affine.grid, rtol=1e-4, atol=1e-4)


def test_what_no_map_can_do_is_refused(js):
    line = [[-1, -1], [0, 0], [1, 1], [2, 0]]
    assert js("familyOf('projective').fit(points)", points=line) is None
    assert js("familyOf('similarity').fit(points)", points=[[1, 1], [1, 1]]) is None
    assert js("dragPoint(familyOf('similarity'), [0, 0, 0, 0], 1, [0, 0])") is None


@pytest.mark.parametrize("size", [(2, 2), (3, 4), (5, 5)])
def test_the_linear_part_of_a_spline(js, size):
    figure = bender("thin plate spline", size)
    found = js("familyOf('thin plate spline', size).linearPart(theta)",
               size=size, theta=figure.theta)  # fmt: skip
    expected = ThinPlateSpline(size).linear_part(double(figure))
    assert_close(exact(found).reshape(1, 2, 3), expected)


def test_solving_needs_the_largest_pivot(js):
    matrix = [[0.0, 2.0, 1.0], [1.0, 1e-14, 3.0], [2.0, 1.0, 0.0]]
    sides = [[1.0, 0.0], [2.0, 1.0], [3.0, -1.0]]
    found = torch.tensor(js("solve(matrix, sides)", matrix=matrix, sides=sides)).double()
    assert_close(exact(matrix) @ found, exact(sides))
