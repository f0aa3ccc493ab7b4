"""The projective map: against scikit-image, from corners and back, and what the horizon does."""

import numpy as np
import pytest
import torch
from skimage import transform as skimage_transform
from torch import nn
from torch.testing import assert_close

from stnlib import Affine, Projective, affine, regular_grid
from stnlib.networks import st_cnn
from stnlib.transformer import SpatialTransformer
from stnlib.transforms.projective import HORIZON

FAMILY = Projective()
SQUARE = torch.tensor([[-1.0, -1], [1, -1], [-1, 1], [1, 1]], dtype=torch.float64)
# Horizons through a corner, the middle, a pixel's centre of 4 × 4, outside; a map of zeros only.
HORIZONS = torch.tensor(
    [
        [1.0, 0, 0, 0, 1, 0, 1, 0],
        [1, 0, 0, 0, 1, 0, 0.5, -0.5],
        [1, 0, 0, 0, 1, 0, 4, 0],
        [1, 0.3, -1, 0.2, 1, 2, -4, 8],
        [0, 0, 0, 0, 0, 0, 4, 4],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 1, 0, 300, -900],
    ]
)


def thetas(batch=5, size=0.2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(batch, 8, dtype=torch.float64, generator=generator)
    return FAMILY.identity().double() + size * noise


def corners(batch=6, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return SQUARE + 0.3 * torch.randn(batch, 4, 2, dtype=torch.float64, generator=generator)


def test_a_known_point():
    theta = torch.tensor([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.5, -0.25]])
    found = FAMILY.points(theta, torch.tensor([[2.0, 4.0]]))  # w = 1 + 1 - 1 = 1
    assert found.tolist() == [[[13.0, 34.0]]]
    found = FAMILY.points(theta, torch.tensor([[2.0, 0.0]]))  # w = 2
    assert found.tolist() == [[[2.5, 7.0]]]


def test_equal_to_scikit_image_on_both_sides_of_the_horizon():
    points = regular_grid((9, 9), dtype=torch.float64).reshape(-1, 2)
    for theta in thetas(size=0.8):
        matrix = FAMILY.matrix(theta[None])[0]
        w = points @ matrix[2, :2] + 1
        assert (w.abs() > HORIZON).all()
        oracle = skimage_transform.ProjectiveTransform(matrix.numpy())(points.numpy())
        assert_close(FAMILY.points(theta[None], points)[0], torch.from_numpy(oracle))
        assert torch.equal(
            FAMILY.folded(theta[None], points)[0], torch.linalg.det(matrix) / w**3 < 0
        )


def test_it_holds_the_affine_maps():
    theta = thetas()
    theta[:, 6:] = 0
    assert_close(FAMILY.grid(theta, (4, 5)), Affine().grid(theta[:, :6], (4, 5)))


def test_straight_lines_stay_straight_and_parallels_do_not():
    line = torch.linspace(-1, 1, 7, dtype=torch.float64)
    upper, lower = (torch.stack((line, torch.full_like(line, y)), -1) for y in (-0.5, 0.5))
    directions = []
    for points in (upper, lower):
        mapped = FAMILY.points(thetas(), points)
        way = mapped[:, -1:] - mapped[:, :1]
        off = way[..., 0] * (mapped - mapped[:, :1])[..., 1]
        off = off - way[..., 1] * (mapped - mapped[:, :1])[..., 0]
        assert off.abs().max() < 1e-12
        directions.append(way[:, 0])
    a, b = directions
    assert ((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).abs() > 1e-3).all()


def test_from_corners_sends_the_corners_there_as_in_scikit_image():
    wanted = corners()
    theta = FAMILY.from_corners(wanted)
    assert_close(FAMILY.points(theta, SQUARE), wanted)
    for row, target in zip(theta, wanted, strict=True):
        oracle = skimage_transform.ProjectiveTransform.from_estimate(SQUARE.numpy(), target.numpy())
        assert_close(
            FAMILY.matrix(row[None])[0], torch.from_numpy(oracle.params), rtol=1e-6, atol=1e-8
        )
    assert torch.equal(FAMILY.from_corners(SQUARE[None]), FAMILY.identity().double()[None])


def test_from_corners_is_differentiable():
    assert torch.autograd.gradcheck(FAMILY.from_corners, corners().requires_grad_())


def test_a_dented_quadrilateral_puts_the_horizon_into_the_square():
    dented = SQUARE.clone()
    dented[3] = -0.5
    theta = FAMILY.from_corners(dented[None])
    assert_close(FAMILY.points(theta, SQUARE)[0], dented)
    folded = FAMILY.folded(theta, regular_grid((20, 20), dtype=torch.float64).reshape(-1, 2))
    assert 0 < folded.sum() < 400


def test_invert_leads_back():
    theta, points = thetas(), regular_grid((5, 5), dtype=torch.float64).reshape(-1, 2)
    there = FAMILY.points(theta, points)
    assert_close(FAMILY.points(FAMILY.invert(theta), there), points.expand_as(there))
    assert_close(FAMILY.invert(FAMILY.invert(theta)), theta)
    flat = theta.clone()
    flat[:, 6:] = 0
    assert_close(FAMILY.invert(flat)[:, :6], affine.invert(flat[:, :6]).flatten(1))


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_the_horizon_gives_finite_values_and_gradients(dtype):
    theta = HORIZONS[:-1].to(dtype).requires_grad_()
    for align_corners in (False, True):
        grid = FAMILY.grid(theta, (4, 4), align_corners=align_corners)
        points = regular_grid((4, 4), align_corners=align_corners, dtype=dtype).reshape(-1, 2)
        points.requires_grad_()
        mapped = FAMILY.points(theta, points)
        assert_close(grid.flatten(1, 2), mapped, rtol=2e-3, atol=2e-3)
        assert grid.isfinite().all()
        if dtype == torch.float16:
            continue  # slopes of a million have no place in it; the transformer works in float32
        for slope in torch.autograd.grad(mapped.sum(), (theta, points)):
            assert slope.isfinite().all()
        assert FAMILY.determinant(theta, points).isfinite().all()
    at_horizon = FAMILY.points(theta, theta.new_tensor([[-1.0, 0.5]]))[0, 0]
    assert at_horizon.tolist() == pytest.approx([-1 / HORIZON, 0.5 / HORIZON], rel=2e-3)


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("align_corners", [False, True])
def test_no_nan_reaches_a_network_from_the_horizon(mode, padding_mode, align_corners):
    """Every map of the table in turn: value and all gradients of a whole transformer."""
    for row in HORIZONS:
        network = nn.Sequential(nn.Flatten(), nn.Linear(16, 8))
        words = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
        module = SpatialTransformer(network, FAMILY, **words)
        with torch.no_grad():
            network[1].bias.copy_(row)
        image = torch.rand(2, 1, 4, 4, requires_grad=True)
        out = module(image)
        out.square().sum().backward()
        assert out.isfinite().all()
        for weights in (image, *network.parameters()):
            assert weights.grad.isfinite().all()


def test_zeros_outside_give_no_slope_at_the_horizon():
    """With padding zeros, what lies at the horizon is far outside, and pulls at nothing."""
    module = st_cnn(28, transform=FAMILY, output_size=None)
    with torch.no_grad():
        module.transformer.localisation[-1].bias.copy_(HORIZONS[0])
    module(torch.rand(4, 1, 28, 28)).square().sum().backward()
    slope = module.transformer.localisation[-1].bias.grad
    assert slope.isfinite().all()
    assert slope.abs().max() < 100


def test_beyond_the_horizon_the_picture_is_turned_over():
    theta = torch.tensor([[1.0, 0, 0, 0, 1, 0, 2, 0]])
    left, right = FAMILY.folded(theta, torch.tensor([[-0.75, 0.0], [0.0, 0.0]]))[0].tolist()
    assert (left, right) == (True, False)


def test_the_grid_is_the_formula_point_by_point():
    theta = thetas(1)[0].numpy()
    grid = FAMILY.grid(torch.from_numpy(theta)[None], (3, 4)).numpy()[0]
    for row, y in enumerate(np.array([-2, 0, 2]) / 3):
        for column, x in enumerate(np.array([-3, -1, 1, 3]) / 4):
            u, v, w = np.append(theta, 1).reshape(3, 3) @ (x, y, 1)
            assert grid[row, column] == pytest.approx([u / w, v / w])


def test_inverting_compiles_into_one_graph_and_works_under_vmap():
    theta = Projective().identity() + 0.1 * torch.rand(3, 8)
    torch._dynamo.reset()
    compiled = torch.compile(Projective().invert, backend="aot_eager", fullgraph=True)
    each = torch.func.vmap(lambda theta: Projective().invert(theta[None])[0])
    for invert in (compiled, each):
        assert_close(invert(theta), Projective().invert(theta))
        flat = torch.cat((torch.zeros(1, 8), theta))
        assert invert(flat).isnan().all(1).tolist() == [True, False, False, False]


DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
SOURCE = {"generator": torch.Generator(), "dtype": torch.float64}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1e-3, 1.0, 20.0])
@pytest.mark.parametrize("rank", [1, 2])
def test_maps_that_only_rounding_keeps_from_being_flat_are_refused(dtype, scale, rank):
    SOURCE["generator"].manual_seed(0)
    columns, rows = torch.randn(2, 200, 3, rank, **SOURCE)
    matrix = columns @ rows.mT * torch.tensor([[scale], [scale], [1.0]], dtype=torch.float64)
    theta = (matrix / matrix[:, 2:, 2:]).flatten(1)[:, :8].to(dtype)
    with pytest.raises(ValueError, match="expected a map that can be undone") as caught:
        FAMILY.invert(theta)
    assert str(caught.value).endswith(str(list(range(200))))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("far", [0.0, 5.0, 1000.0])
def test_points_that_only_rounding_keeps_from_one_line_are_refused(dtype, far):
    SOURCE["generator"].manual_seed(0)
    start, way = torch.randn(2, 200, 1, 2, **SOURCE)
    line = start + torch.randn(200, 3, 1, **SOURCE) * way
    four = torch.cat((line, torch.randn(200, 1, 2, **SOURCE)), dim=1)
    for place in range(4):
        with pytest.raises(ValueError, match="expected no three points on one line") as caught:
            FAMILY.from_corners((four.roll(place, 1) + far).to(dtype))
        assert str(caught.value).endswith(str(list(range(200))))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_small_and_far_squares_and_slight_tilts_are_not_flat(dtype):
    """A square far off, of a thousandth of its distance; one that is tilted until it is thin."""
    for size, far in ((1e-3, 1.0), (1.0, 1e3), (1e-6, 0.0), (1e6, 1e7)):
        wanted = (size * SQUARE + far)[None].to(dtype)
        theta = FAMILY.from_corners(wanted)
        found = FAMILY.points(theta, SQUARE.to(dtype))
        assert_close(found, wanted, rtol=8 * torch.finfo(dtype).eps, atol=0)
        centred = FAMILY.from_corners((size * SQUARE)[None].to(dtype))
        assert FAMILY.invert(centred)[0, 0].item() == pytest.approx(1 / size, rel=1e-5)
    tilted = FAMILY.identity().to(dtype)[None].clone()
    tilted[0, 1] = tilted[0, 3] = 1 - 1e-5
    assert FAMILY.invert(tilted)[0, 0].item() == pytest.approx(5e4, rel=1e-2)


def test_an_inverse_whose_last_entry_is_only_rounding_is_refused():
    theta = torch.tensor([[0.1, 0.3, 0, 0.7 * 0.1, 0.7 * 0.3, 1, 1, 0]])
    assert theta[0, 0] * theta[0, 4] != theta[0, 1] * theta[0, 3]
    with pytest.raises(ValueError, match="its last entry not 0, got none at batch index"):
        FAMILY.invert(theta)
    middle = torch.tensor([[[0.0, 0], [0.1, 0.3], [0.2, 0.1], [0.3, 0.4]]])  # areas of b, c: ±
    crossed = middle.clone()
    crossed[0, 3] = torch.tensor([0.1, -0.2])
    with pytest.raises(ValueError, match="its last entry not 0, got none at batch index"):
        FAMILY.from_corners(crossed)


def test_numbers_that_the_dtype_cannot_hold_are_refused():
    theta = FAMILY.identity()[None].half() * 1e-5
    with pytest.raises(ValueError, match=r"with numbers that torch.float16 holds, got none at .*0"):
        FAMILY.invert(theta)
    with pytest.raises(ValueError, match=r"invert: expected a map that can be undone"):
        FAMILY.invert(1e-30 * FAMILY.identity()[None])


def test_empty_batches_stay_empty_also_under_vmap():
    theta, four = torch.zeros(0, 8), torch.zeros(0, 4, 2)
    assert FAMILY.invert(theta).shape == FAMILY.from_corners(four).shape == (0, 8)
    each = torch.func.vmap(lambda one: FAMILY.invert(one[None])[0])
    assert each(theta).shape == (0, 8)
