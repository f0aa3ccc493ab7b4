"""Every transform keeps the one interface; new families join the list ``FAMILIES``."""

import pytest
import torch
from torch.testing import assert_close

from stnlib import Affine, Attention, Similarity, affine, affine_grid, regular_grid, sample

FAMILIES = [Affine(), Attention(), Similarity()]
SIZES = [(5, 7), (1, 6), (6, 1), (1, 1)]
each_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda f: type(f).__name__)


def near_identity(family, batch=3, seed=0):
    noise = torch.randn(
        batch, family.n_params, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)
    )
    return family.identity().double() + 0.2 * noise


@each_family
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("align_corners", [False, True])
def test_identity_gives_the_picture_back(family, size, align_corners):
    picture = torch.rand(2, 3, *size)
    theta = family.identity().expand(2, -1)
    grid = family.grid(theta, size, align_corners=align_corners)
    assert_close(grid, regular_grid(size, align_corners=align_corners).expand_as(grid))
    nearest = sample(picture, grid, mode="nearest", align_corners=align_corners)
    assert torch.equal(nearest, picture)
    assert_close(sample(picture, grid, align_corners=align_corners), picture)


@each_family
@pytest.mark.parametrize("align_corners", [False, True])
def test_grid_is_points_of_the_regular_grid(family, align_corners):
    theta, size = near_identity(family), (4, 6)
    regular = regular_grid(size, align_corners=align_corners, dtype=torch.float64).reshape(-1, 2)
    grid = family.grid(theta, size, align_corners=align_corners)
    assert grid.shape == (3, 4, 6, 2)
    assert_close(grid.reshape(3, -1, 2), family.points(theta, regular))
    assert_close(family.points(theta, regular), family.points(theta, regular.expand(3, -1, -1)))


@each_family
def test_differentiable_in_theta_and_in_points(family):
    theta = near_identity(family).requires_grad_()
    points = torch.rand(3, 5, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(family.points, (theta, points))
    assert torch.autograd.gradcheck(lambda theta: family.grid(theta, (3, 4)), theta)


@each_family
def test_batch_rows_do_not_mix(family):
    theta = near_identity(family)
    alone = torch.cat([family.grid(row[None], (4, 5)) for row in theta])
    assert_close(family.grid(theta, (4, 5)), alone)


@each_family
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_dtype_is_kept(family, dtype):
    theta = family.identity().to(dtype)[None]
    assert family.grid(theta, (3, 4)).dtype == dtype
    assert family.points(theta, torch.zeros(2, 2, dtype=dtype)).dtype == dtype


def test_affine_reads_theta_row_by_row():
    theta = torch.tensor([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
    assert Affine().points(theta, torch.tensor([[10.0, 100.0]])).tolist() == [[[213.0, 546.0]]]


def test_attention_is_a_restricted_affine_map():
    theta = torch.tensor([[0.5, 0.25, -0.1]])
    full = affine.from_parts(scale_x=0.5, scale_y=0.5, t_x=0.25, t_y=-0.1)
    assert_close(Attention().grid(theta, (4, 5)), affine_grid(full, (4, 5)))


def test_similarity_is_a_restricted_affine_map():
    theta = torch.tensor([[0.3, 0.7, 0.25, -0.1]])
    scale = theta[0, 0].exp().item()
    full = affine.from_parts(rotation=0.7, scale_x=scale, scale_y=scale, t_x=0.25, t_y=-0.1)
    assert_close(Similarity().grid(theta, (4, 5)), affine_grid(full, (4, 5)))
