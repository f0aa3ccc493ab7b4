"""The piece-wise affine map: against matplotlib and scikit-image, continuous across edges."""

import numpy as np
import pytest
import torch
from matplotlib.tri import LinearTriInterpolator, Triangulation
from skimage.transform import PiecewiseAffineTransform
from torch.testing import assert_close

from stnlib import PiecewiseAffine, affine, regular_grid
from stnlib.transforms import Affine

FAMILY = PiecewiseAffine((3, 4))
WHERE = regular_grid((3, 4), align_corners=True, dtype=torch.float64).reshape(-1, 2)


def theta(batch=1, size=0.2, seed=0, family=FAMILY):
    generator = torch.Generator().manual_seed(seed)
    return size * torch.randn(batch, family.n_params, dtype=torch.float64, generator=generator)


def inside(count, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return 2 * torch.rand(count, 2, dtype=torch.float64, generator=generator) - 1


def triangles(rows, columns):
    cells = [r * columns + c for r in range(rows - 1) for c in range(columns - 1)]
    upper = [(a, a + 1, a + columns + 1) for a in cells]
    return upper + [(a, a + columns, a + columns + 1) for a in cells]


def test_equal_to_matplotlib_on_the_same_triangles():
    moves, points, where = theta(), inside(500), WHERE.numpy()
    mesh = Triangulation(*where.T, triangles(3, 4))
    target = where + moves.reshape(-1, 2).numpy()
    oracle = [LinearTriInterpolator(mesh, values)(*points.numpy().T) for values in target.T]
    assert not np.ma.is_masked(oracle[0])
    found = FAMILY.points(moves, points)[0]
    assert_close(found, torch.from_numpy(np.stack(oracle, axis=-1).data))


def test_equal_to_scikit_image_where_it_cuts_alike():
    """scikit-image may cut a cell the other way; on our way it must agree, and on every edge."""
    where = WHERE.numpy()
    moves, points = theta(seed=4), inside(800)
    oracle = PiecewiseAffineTransform.from_estimate(where, where + moves.reshape(-1, 2).numpy())
    ours = {frozenset(triangle) for triangle in triangles(3, 4)}
    simplices = oracle._tesselation.simplices
    alike = np.array([frozenset(triangle.tolist()) in ours for triangle in simplices])
    same = alike[oracle._tesselation.find_simplex(points.numpy())]
    difference = np.abs(oracle(points.numpy()) - FAMILY.points(moves, points)[0].numpy()).max(1)
    assert same.sum() >= 100
    assert difference[same].max() < 1e-12
    line = torch.linspace(-1, 1, 50, dtype=torch.float64)
    edges = [torch.stack((line, torch.full_like(line, y)), -1) for y in (-1, 0, 1)]
    edges += [torch.stack((torch.full_like(line, x), line), -1) for x in (-1, -1 / 3, 1)]
    edge = torch.cat(edges)
    assert np.abs(oracle(edge.numpy()) - FAMILY.points(moves, edge)[0].numpy()).max() < 1e-12


def test_it_is_continuous_everywhere_inside_and_outside():
    moves, start = theta(), 1.5 * inside(4000)
    near = start + 1e-7
    jump = (FAMILY.points(moves, near) - FAMILY.points(moves, start)).abs().max()
    assert jump < 1e-6


def test_an_affine_move_of_the_control_points_is_an_affine_map_inside():
    wanted = affine.from_parts(rotation=torch.tensor([0.4]).double(), scale_x=0.8, t_y=0.1)
    where = WHERE
    moves = (Affine().points(wanted.flatten(1), where) - where).flatten(1)
    assert_close(FAMILY.points(moves, inside(99)), Affine().points(wanted.flatten(1), inside(99)))


def test_outside_a_point_moves_like_the_nearest_one_inside():
    moves = theta()
    outer = torch.tensor([[1.5, 0.3], [-2.0, 3.0], [0.1, -1.2]], dtype=torch.float64)
    nearest = outer.clamp(-1, 1)
    moved = FAMILY.points(moves, outer) - outer
    assert_close(moved, FAMILY.points(moves, nearest) - nearest)


def test_one_point_moves_only_the_triangles_around_it():
    moves = torch.zeros(1, 24)
    moves[0, 10] = 0.1  # row 1, column 1, in x
    points = regular_grid((40, 60)).reshape(-1, 2)
    moved = (FAMILY.points(moves, points)[0] - points)[:, 0].abs() > 1e-6
    assert (points[moved] >= torch.tensor([-1.0, -1.0])).all()
    assert (points[moved] <= torch.tensor([1 / 3, 1.0])).all()
    assert 0.4 < moved.float().mean() < 0.55  # six of twelve triangles


def test_the_determinant_is_constant_in_each_triangle_and_takes_a_side_on_an_edge():
    family = PiecewiseAffine((2, 2))
    moves = torch.tensor([[0.0, 0, 1, 0, 0, 0, 0, 0]])
    points = torch.tensor([[0.9, -0.3], [0.2, 0.1], [-0.5, 0.5], [0.25, 0.25], [1.0, 1.0]])
    assert family.determinant(moves, points)[0].tolist() == [1.5, 1.5, 1.0, 1.5, 1.5]


@pytest.mark.parametrize("slope_on_a_bound", [1.0, 0.5])
def test_the_border_belongs_to_the_square_whatever_slope_clamp_has_there(
    slope_on_a_bound, monkeypatch
):
    """Releases of torch differ; the slopes of maximum and minimum are shared where both meet."""
    if slope_on_a_bound == 0.5:

        def clamp(values, min, max):
            low, high = values.new_tensor(min), values.new_tensor(max)
            return torch.minimum(torch.maximum(values, low), high)

        monkeypatch.setattr(torch.Tensor, "clamp", clamp)
    grid = regular_grid((5, 7), align_corners=True, dtype=torch.float64).reshape(-1, 2)
    moves = affine.from_parts(scale_x=1.5, scale_y=0.8).double().flatten(1)
    moves = (Affine().points(moves, WHERE) - WHERE).flatten(1)
    assert_close(FAMILY.determinant(moves, grid), torch.full((1, 35), 1.2).double())
    assert not FAMILY.folded(moves, grid).any()


def test_a_point_pulled_across_an_edge_folds_its_triangles():
    moves = torch.zeros(1, 24, dtype=torch.float64)
    moves[0, 10] = 1.0  # the neighbour is 2/3 away
    assert FAMILY.folded(moves, inside(500)).any()
    moves[0, 10] = 0.6
    assert not FAMILY.folded(moves, inside(500)).any()


def test_not_a_number_comes_through_as_itself():
    points = torch.tensor([[float("nan"), 0.0], [0.0, 0.0]])
    found = FAMILY.points(theta().float(), points)[0]
    assert found[0].isnan().any()
    assert found[1].isfinite().all()


@pytest.mark.parametrize("size", [(2, 2), (2, 5), (7, 3)])
def test_hats_sum_to_one(size):
    basis = PiecewiseAffine(size).basis(inside(50))
    assert basis.shape == (50, 2 + size[0] * size[1])
    assert_close(basis[:, 2:].sum(1), torch.ones(50, dtype=torch.float64))
    assert ((basis[:, 2:] > 0).sum(1) <= 3).all()
