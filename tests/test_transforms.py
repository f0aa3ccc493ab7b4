"""Every transform keeps the one interface: each of ``stnlib.transforms.FAMILIES`` is tried."""

import copy
import pickle

import pytest
import torch
from torch.testing import assert_close

from stnlib import (
    Affine,
    Attention,
    Projective,
    Similarity,
    ThinPlateSpline,
    affine,
    affine_grid,
    regular_grid,
    sample,
)
from stnlib.transforms import FAMILIES, BasisTransform, ControlGrid, Transform

CONTROLLED = [kind for kind in FAMILIES.values() if issubclass(kind, ControlGrid)]
BENT = [kind((3, 4)) for kind in CONTROLLED]
ALL = [*(kind() for kind in FAMILIES.values()), *BENT]
ALL += [ThinPlateSpline((4, 3), regularisation=0.1)]
SIZES = [(5, 7), (1, 6), (6, 1), (1, 1)]
each_family = pytest.mark.parametrize("family", ALL, ids=repr)
each_bent = pytest.mark.parametrize("family", BENT, ids=repr)


def near_identity(family, batch=3, seed=0):
    noise = torch.randn(
        batch, family.n_params, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)
    )
    return family.identity().double() + 0.2 * noise


def seeded_points(*shape, reach=1.2):
    """Points in and somewhat around the square, off every edge by luck of the seed."""
    generator = torch.Generator().manual_seed(3)
    return reach * (2 * torch.rand(*shape, 2, dtype=torch.float64, generator=generator) - 1)


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
    points = seeded_points(3, 5).requires_grad_()
    assert torch.autograd.gradcheck(family.points, (theta, points))
    assert torch.autograd.gradcheck(lambda theta: family.grid(theta, (3, 4)), theta)


@each_family
def test_composed_is_one_map_behind_the_other_or_refused(family):
    first, second = near_identity(family, seed=1), near_identity(family, seed=2)
    if isinstance(family, ControlGrid):
        with pytest.raises(NotImplementedError, match=f"got {type(family).__name__}: read twice"):
            family.compose(first, second)
        return
    points = seeded_points(3, 5)
    composed = family.compose(first, second)
    assert_close(
        family.points(composed, points), family.points(first, family.points(second, points))
    )
    unmoved = family.identity().double().expand(3, -1)
    assert_close(family.compose(first, unmoved), first)
    assert_close(family.compose(unmoved, first), first)
    assert torch.autograd.gradcheck(family.compose, (first.requires_grad_(), second))


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


@each_family
def test_half_precision_stays_close(family):
    theta, points = near_identity(family), seeded_points(3, 9, reach=1.0)
    coarse = family.points(theta.half(), points.half()).double()
    assert_close(coarse, family.points(theta, points), rtol=0, atol=0.02)


@each_family
def test_determinant_is_that_of_small_differences(family):
    theta, points, step = near_identity(family), seeded_points(3, 20), 1e-6
    columns = []
    for way in torch.eye(2, dtype=torch.float64):
        ahead, behind = (family.points(theta, points + s * step * way) for s in (1, -1))
        columns.append((ahead - behind) / (2 * step))
    expected = torch.linalg.det(torch.stack(columns, dim=-1))
    assert_close(family.determinant(theta, points), expected, rtol=1e-5, atol=1e-5)
    assert torch.equal(family.folded(theta, points), expected < 0)
    shared = family.determinant(theta, points[0])
    assert_close(shared[1], family.determinant(theta[1:2], points[0])[0])


@each_family
def test_determinant_is_differentiable_in_theta(family):
    theta, points = near_identity(family).requires_grad_(), seeded_points(3, 5)
    assert torch.autograd.gradcheck(lambda theta: family.determinant(theta, points), theta)


@pytest.mark.parametrize("kind", FAMILIES.values())
def test_compiles_into_one_graph_of_any_size_from_the_first_call_on(kind):
    family = kind()
    theta, points = near_identity(family), seeded_points(3, 5)

    def call(theta):
        grid = family.grid(theta, (5, 6))
        return family.points(theta, points), family.determinant(theta, points), grid

    torch._dynamo.reset()
    compiled = torch.compile(call, backend="aot_eager", fullgraph=True, dynamic=True)
    assert_close(compiled(theta), call(theta))


@each_family
def test_each_method_works_under_vmap(family):
    theta, points = near_identity(family), seeded_points(3, 5)
    for call in (family.points, family.determinant, family.folded):
        each = torch.func.vmap(lambda theta, points, call=call: call(theta[None], points)[0])
        assert_close(each(theta, points), call(theta, points))
    grids = torch.func.vmap(lambda theta: family.grid(theta[None], (4, 5))[0])(theta)
    assert_close(grids, family.grid(theta, (4, 5)))
    none = torch.zeros(0, family.n_params)
    assert torch.func.vmap(lambda theta: family.grid(theta[None], 4)[0])(none).shape == (0, 4, 4, 2)


@each_family
def test_nothing_is_folded_at_the_identity_and_a_mirror_is_folded_everywhere(family):
    points = regular_grid((9, 11)).reshape(-1, 2)
    assert not family.folded(family.identity()[None], points).any()
    mirror = torch.tensor([-1.0, 1.0])
    if isinstance(family, ControlGrid):
        theta = (family.control_points * (mirror - 1)).reshape(1, -1)
    elif type(family) in (Affine, Projective):
        theta = family.identity()[None].clone()
        theta[0, 0] = -1
    else:
        return  # not every family can mirror
    assert_close(family.points(theta, points)[0], points * mirror)
    assert family.folded(theta, points).all()


@each_family
def test_it_says_truly_whether_it_is_linear_in_theta(family):
    points, (a, b) = seeded_points(9), near_identity(family, batch=2)
    middle = family.points(((a + b) / 2)[None], points)
    both = family.points(torch.stack((a, b)), points)
    straight = torch.allclose(middle[0], both.mean(0), atol=1e-9)
    assert straight == family.linear_in_theta


@pytest.mark.parametrize("family", [f for f in ALL if isinstance(f, BasisTransform)], ids=repr)
def test_a_map_is_its_matrix_times_its_basis(family):
    theta, points = near_identity(family), seeded_points(9)
    product = torch.einsum("bik,nk->bni", family.matrix(theta), family.basis(points))
    assert_close(family.points(theta, points), product)


@each_family
def test_it_learns_nothing_itself_and_its_copies_map_alike(family):
    theta = near_identity(family)
    assert family.state_dict() == {}
    for other in (copy.deepcopy(family), pickle.loads(pickle.dumps(family))):
        assert torch.equal(other.grid(theta, (7, 5)), family.grid(theta, (7, 5)))


@each_bent
def test_control_points_go_where_theta_says(family):
    theta = near_identity(family)
    where = family.control_points.double()
    assert where.shape == (12, 2)
    assert where[1].tolist() == pytest.approx([-1 / 3, -1])  # row by row
    moved = where + theta.reshape(3, 12, 2)
    assert_close(family.points(theta, where), moved)
    assert torch.equal(family.displacements(theta), theta.reshape(3, 12, 2))


@each_bent
def test_the_kept_basis_follows_every_change(family):
    """One basis is kept: another size, convention or dtype, or a gradient, needs its own."""
    theta = near_identity(family)
    for size in ((5, 4), (4, 5), (5, 4)):
        for align_corners in (False, True):
            for dtype in (torch.float32, torch.float64):
                grid = family.grid(theta.to(dtype), size, align_corners=align_corners)
                points = regular_grid(size, align_corners=align_corners, dtype=dtype)
                assert grid.dtype == dtype
                expected = family.points(theta.to(dtype), points.reshape(-1, 2))
                assert_close(grid.flatten(1, 2), expected, rtol=1e-5, atol=1e-5)
    with torch.inference_mode():
        family.grid(theta, (7, 7))
    family.grid(theta.requires_grad_(), (7, 7)).sum().backward()
    assert theta.grad.abs().sum() > 0
    assert copy.deepcopy(family)._kept is None


@each_bent
def test_several_threads_may_use_one_family(family, monkeypatch):
    """The kept basis is read once: a second read may find that of another thread."""
    theta = near_identity(family)
    expected = family.grid(theta, (5, 4))

    class Replaced(tuple):
        def __getitem__(self, index):  # another thread keeps its own once the key is compared
            family._kept = ("another key", torch.zeros(()))
            return super().__getitem__(index)

    monkeypatch.setattr(family, "_kept", Replaced(family._kept))
    assert torch.equal(family.grid(theta, (5, 4)), expected)


@pytest.mark.parametrize("kind", CONTROLLED)
def test_the_default_device_decides_nothing(kind):
    """``width_for`` builds networks on the meta device; tables must hold numbers all the same."""
    theta = near_identity(kind((3, 3)))
    with torch.device("meta"):
        family = kind((3, 3))
        grid = family.grid(theta, (4, 5))
    assert_close(grid, kind((3, 3)).grid(theta, (4, 5)))


def test_half_precision_does_not_spoil_a_spline():
    family, theta = ThinPlateSpline((5, 5)), near_identity(ThinPlateSpline((5, 5))).float()
    before = family.grid(theta, (6, 6))
    after = copy.deepcopy(family).half().float().grid(theta, (6, 6))
    assert torch.equal(before, after)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@each_family
def test_on_another_device(family):
    theta, points = near_identity(family), seeded_points(3, 9)
    moved = family.to("cuda")
    assert_close(moved.points(theta.cuda(), points.cuda()).cpu(), family.points(theta, points))
    assert_close(moved.grid(theta.cuda(), (4, 5)).cpu(), family.grid(theta, (4, 5)))


DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
OF_THETA = ("matrix", "displacements", "linear_part", "bending_energy", "invert")


def everything(family, theta, points):
    """{public method: what it returns}; those of theta alone, and of points alone, too."""
    made = {name: getattr(family, name)(theta, points) for name in ("points", "determinant")}
    made["folded"] = family.folded(theta, points)
    made["grid"] = family.grid(theta, (4, 5))
    made |= {name: getattr(family, name)(theta) for name in OF_THETA if hasattr(family, name)}
    if hasattr(family, "basis"):
        made["basis"] = family.basis(points)
    if hasattr(family, "from_corners"):
        made["from_corners"] = family.from_corners(points[:, :4])
    if type(family)._compose is not Transform._compose:
        made["compose"] = family.compose(theta, theta.flip(0))
    return made


def corner_points(batch=3):
    corners = torch.tensor([[-1.0, -1], [1, -1], [-1, 1], [1, 1], [0, 0.4]], dtype=torch.float64)
    return 0.9 * corners + 0.1 * seeded_points(batch, 5)


def test_no_public_method_of_a_family_goes_untried():
    own = {name for kind in FAMILIES.values() for name in dir(kind) if name[0] != "_"}
    own -= set(dir(torch.nn.Module)) | {"n_params", "axes", "linear_in_theta", "identity"}
    tried = {name for family in ALL for name in everything(family, *mixed(family))}
    assert own - tried == {"control_points"}


def mixed(family, one=torch.float64, other=torch.float64):
    return near_identity(family).to(one), corner_points().to(other)


@each_family
def test_autocast_takes_no_digit(family):
    for dtype in (torch.float32, torch.float64):
        expected = everything(family, *mixed(family, dtype, dtype))
        fresh = copy.deepcopy(family)  # the kept basis may be made under autocast
        with torch.autocast("cpu", torch.bfloat16):
            found = everything(fresh, *mixed(family, dtype, dtype))
        for name, value in expected.items():
            assert found[name].dtype == value.dtype, name
            assert torch.equal(found[name], value), name


@each_family
@pytest.mark.parametrize("one", DTYPES)
@pytest.mark.parametrize("other", DTYPES)
def test_the_wider_dtype_holds_and_half_precision_is_rounded_once(family, one, other):
    theta, points = mixed(family, one, other)
    exact = everything(family, theta.double(), points.double())
    wide = torch.promote_types(one, other)
    for name, value in everything(family, theta, points).items():
        alone = {"basis": other, "from_corners": other, "grid": one, "compose": one}
        dtype = alone.get(name, one if name in OF_THETA else wide)
        assert value.dtype == (torch.bool if name == "folded" else dtype), name
        if dtype.itemsize == 2 and name != "folded":
            near = {"rtol": torch.finfo(dtype).eps, "atol": 2e-6}
            assert_close(value.double(), exact[name], **near, msg=name)


def test_a_fold_too_slight_for_half_precision_is_seen():
    theta = torch.tensor([[-1e-5, 0, 0, 0, 1e-3, 0]]).half()
    assert Affine().determinant(theta, torch.zeros(1, 2).half()) == 0
    assert Affine().folded(theta, torch.zeros(1, 2)).all()


@pytest.mark.parametrize("control_grid", [(8, 8), (2, 60), (60, 2)])
def test_control_points_that_lie_close_are_met_in_single_precision(control_grid):
    """Their weights are large and nearly cancel."""
    family = ThinPlateSpline(control_grid)
    theta = near_identity(family).float()
    moved = family.control_points + family.displacements(theta)
    assert_close(family.points(theta, family.control_points), moved, rtol=0, atol=2e-5)
