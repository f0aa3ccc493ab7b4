"""The thin plate spline: against scikit-image, SciPy and kornia; its bending, its two parts."""

import math

import kornia.geometry.transform as kornia
import numpy as np
import pytest
import torch
from scipy.interpolate import RBFInterpolator
from skimage.transform import ThinPlateSplineTransform
from torch.testing import assert_close

from stnlib import Affine, ThinPlateSpline, affine, regular_grid

FAMILY = ThinPlateSpline((4, 4))


def theta(batch=2, size=0.2, seed=0, family=FAMILY):
    generator = torch.Generator().manual_seed(seed)
    return size * torch.randn(batch, family.n_params, dtype=torch.float64, generator=generator)


def exact_points(family):
    """The control points in double precision."""
    exact = regular_grid(family.control_grid, align_corners=True, dtype=torch.float64)
    return exact.reshape(-1, 2)


def around(count, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return 3 * torch.rand(count, 2, dtype=torch.float64, generator=generator) - 1.5


@pytest.mark.parametrize("control_grid", [(2, 2), (4, 4), (3, 7), (8, 8)])
def test_equal_to_scikit_image(control_grid):
    """scikit-image adds 1e-8 inside its logarithm, hence the tolerance."""
    family = ThinPlateSpline(control_grid)
    moves, points = theta(family=family), around(200)
    where = exact_points(family)
    for row, move in enumerate(family.displacements(moves)):
        oracle = ThinPlateSplineTransform.from_estimate(where.numpy(), (where + move).numpy())
        found = family.points(moves, points)[row]
        assert_close(found, torch.from_numpy(oracle(points.numpy())), rtol=0, atol=1e-4)


@pytest.mark.parametrize("regularisation", [0.0, 0.01, 0.5, 100.0])
def test_equal_to_scipy_with_its_smoothing(regularisation):
    family = ThinPlateSpline((4, 3), regularisation)
    moves, points, where = theta(1, family=family), around(200), exact_points(family)
    oracle = RBFInterpolator(
        where.numpy(),
        (where + family.displacements(moves)[0]).numpy(),
        kernel="thin_plate_spline",
        smoothing=regularisation,
    )
    found = family.points(moves, points)[0]
    assert_close(found, torch.from_numpy(oracle(points.numpy())), rtol=1e-7, atol=1e-7)


def test_equal_to_kornia_to_first_order():
    """kornia puts its kernels on the MOVED points, so only small moves give the same spline."""
    moves, points, where = 1e-5 * theta(), around(200), exact_points(FAMILY).expand(2, -1, -1)
    target = where + FAMILY.displacements(moves)
    kernel, linear = kornia.get_tps_transform(where, target)
    oracle = kornia.warp_points_tps(points.expand(2, -1, -1), target, kernel, linear)
    difference = (FAMILY.points(moves, points) - oracle).abs().max()
    assert difference < 1e-3 * (oracle - points).abs().max()


def test_single_precision_stays_close():
    points = around(200)
    for control_grid in ((4, 4), (8, 8), (12, 12)):
        family = ThinPlateSpline(control_grid)
        moves = theta(family=family)
        exact, rounded = family.points(moves, points), family.points(moves.float(), points.float())
        assert (rounded - exact).abs().max() < 1e-4
        grid = family.grid(moves.float(), (28, 28)).double()
        assert (grid - family.grid(moves, (28, 28))).abs().max() < 1e-5


def test_an_affine_move_is_met_exactly_however_strong_the_regularisation():
    wanted = affine.from_parts(rotation=torch.tensor([0.4]).double(), scale_x=0.8, t_y=0.1)
    for regularisation in (0.0, 1.0, 1e6):
        family = ThinPlateSpline((3, 4), regularisation)
        where = exact_points(family)
        moves = (Affine().points(wanted.flatten(1), where) - where).flatten(1)
        found = family.points(moves, around(99))
        assert_close(found, Affine().points(wanted.flatten(1), around(99)))
        assert_close(family.linear_part(moves), wanted)
        assert family.bending_energy(moves).abs().max() < 1e-10


def test_strong_regularisation_tends_to_the_best_affine_map():
    family, moves = ThinPlateSpline((4, 4), 1e8), theta(1)
    where = exact_points(family)
    source = torch.cat((where, torch.ones(16, 1, dtype=torch.float64)), dim=1)
    target = where + family.displacements(moves)[0]
    best = torch.linalg.lstsq(source, target).solution.T
    assert_close(family.linear_part(moves)[0], best, rtol=1e-5, atol=1e-5)
    assert_close(family.points(moves, around(50)), Affine().points(best.reshape(1, 6), around(50)),
                 rtol=1e-5, atol=1e-5)  # fmt: skip


def test_the_energy_is_the_integral_of_the_squared_second_derivatives():
    family = ThinPlateSpline((3, 3))
    moves, step = theta(1, family=family), 1e-3
    # Squared second derivatives fall like the fourth power, so 8 away little is left.
    side = torch.linspace(-8, 8, 641, dtype=torch.float64) + 0.0041
    y, x = torch.meshgrid(side, side, indexing="ij")

    def f(dx, dy):
        points = torch.stack((x + dx * step, y + dy * step), dim=-1).reshape(-1, 2)
        return family.points(moves, points)[0].reshape(641, 641, 2)

    f_xx = (f(1, 0) - 2 * f(0, 0) + f(-1, 0)) / step**2
    f_yy = (f(0, 1) - 2 * f(0, 0) + f(0, -1)) / step**2
    f_xy = (f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / (4 * step**2)
    integral = (f_xx**2 + 2 * f_xy**2 + f_yy**2).sum() * (side[1] - side[0]) ** 2
    assert family.bending_energy(moves)[0] == pytest.approx(integral.item(), rel=0.03)


def test_it_bends_less_than_any_other_map_through_the_same_points():
    """Add what is 0 at every control point of 3 × 3, as a spline of 5 × 5: the energy rises."""
    coarse, fine = ThinPlateSpline((3, 3)), ThinPlateSpline((5, 5))
    moves = theta(1, family=coarse)
    inner = exact_points(fine)
    through = (coarse.points(moves, inner) - inner).reshape(1, 5, 5, 2)
    least = fine.bending_energy(through.reshape(1, -1))
    assert_close(least, coarse.bending_energy(moves))
    generator = torch.Generator().manual_seed(5)
    for _ in range(5):
        extra = torch.randn(1, 5, 5, 2, dtype=torch.float64, generator=generator) * 0.05
        extra[:, ::2, ::2] = 0  # the nine points of the coarse grid
        assert fine.bending_energy((through + extra).reshape(1, -1)) > least + 1e-3


def test_regularisation_minimises_what_it_says():
    """λ/8π · energy + squared misses has no slope at the regularised spline."""
    strength = 0.3
    plain, soft = ThinPlateSpline((3, 3)), ThinPlateSpline((3, 3), strength)
    moves, where = theta(1, family=plain), exact_points(plain)
    met = (soft.points(moves, where) - where).reshape(1, -1)  # where the soft map goes instead
    assert_close(plain.points(met, around(50)), soft.points(moves, around(50)))
    assert_close(plain.bending_energy(met), soft.bending_energy(moves))
    met.requires_grad_()
    cost = (met - moves).square().sum() + strength / (8 * math.pi) * plain.bending_energy(met).sum()
    (slope,) = torch.autograd.grad(cost, met)
    assert slope.abs().max() < 1e-10


def test_far_away_only_the_linear_part_and_slow_bending_are_left():
    """The map without its linear part has no affine move in it at the control points."""
    moves = theta(1)
    linear = FAMILY.linear_part(moves).flatten(1)
    far = 1e4 * torch.tensor([[1.0, 0.3], [-0.2, 1.0]], dtype=torch.float64)
    ratio = FAMILY.points(moves, far) / Affine().points(linear, far)
    assert_close(ratio, torch.ones_like(ratio), rtol=0, atol=1e-2)


def test_gradients_at_a_control_point_are_finite_and_right():
    """r² log r has slope 0 at r = 0; a careless log gives NaN there."""
    moves, where = theta(1).requires_grad_(), exact_points(FAMILY).requires_grad_()
    slope = torch.autograd.grad(FAMILY.points(moves, where).sum(), where)[0]
    shifted = where.detach() + 1e-7
    beside = FAMILY.points(moves, shifted.requires_grad_()).sum()
    assert slope.isfinite().all()
    assert_close(slope, torch.autograd.grad(beside, shifted)[0], rtol=1e-4, atol=1e-4)
    assert FAMILY.determinant(moves, where).isfinite().all()


def test_a_fold_is_found_where_neighbours_cross():
    moves = torch.zeros(1, 32, dtype=torch.float64)
    moves[0, 10] = 1.0  # row 1, column 1 in x; its neighbour is 2/3 away
    points = regular_grid((28, 28), dtype=torch.float64).reshape(-1, 2)
    found = points[FAMILY.folded(moves, points)[0]]
    assert len(found) > 0
    assert (found - torch.tensor([0.0, -1 / 3])).norm(dim=1).max() < 0.7
    moves[0, 10] = 0.2
    assert not FAMILY.folded(moves, points).any()


def test_the_system_is_solved_once(monkeypatch):
    family = ThinPlateSpline((3, 3))
    monkeypatch.setattr(torch.linalg, "solve", None)
    monkeypatch.setattr(np.linalg, "solve", None)
    family.grid(theta(family=family), (5, 5))
    family.points(theta(family=family), around(5))
