"""Sentences of chapter 1 that say more than their cell printed, each tried elsewhere."""

import math
import warnings
from functools import cache

import pytest
import torch
from matplotlib.path import Path
from skimage.data import camera
from torch.nn import functional
from torch.testing import assert_close

from stnlib import affine, affine_grid, coordinates, regular_grid, sample
from tests.claims.quoting import claim

LETTER = torch.tensor(
    [
        [-0.4, 0.4, 0.4, -0.1, -0.1, 0.2, 0.2, -0.1, -0.1, -0.4],
        [-0.6, -0.6, -0.3, -0.3, -0.1, -0.1, 0.2, 0.2, 0.6, 0.6],
    ],
    dtype=torch.float64,
)
SIZES = [(20, 40), (40, 20), (7, 5), (3, 64), (28, 28), (2, 3)]
FLAGS = [False, True]


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).double()


def thetas(count=200, seed=0):
    """Random maps, mirrored ones among them, small and large; none close to flat."""
    made = numbers(count, 2, 3, seed=seed) * 10 ** numbers(count, 1, 1, seed=seed + 1)
    det = torch.linalg.det(made[:, :, :2])
    return made[det.abs() > 1e-2 * made[:, :, :2].square().sum((1, 2))]


def moved(theta, points):
    return points @ theta[0, :, :2].T + theta[0, :, 2]


def area(corners):
    """Of a polygon, (2, N): positive where the corners go round clockwise on the screen."""
    x, y = corners
    return ((x * y.roll(-1) - y * x.roll(-1)).sum() / 2).item()


@cache
def dots():
    return 2 * regular_grid(90, dtype=torch.float64).reshape(-1, 2)


def inside(corners):
    return Path(corners.T).contains_points(dots())


def overlap(corners):
    """Of a shape with the letter in its place: 1 where they look the same."""
    one, other = inside(corners), inside(LETTER)
    return (one & other).sum() / (one | other).sum()


@claim(
    "01",
    "The letter F will do as a shape: its turned and mirrored forms all look different.",
    "A negative sign means *mirrored*: no turn brings the F back.",
)
def test_turned_and_mirrored_letters_look_different():
    mirror = torch.tensor([[-1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    centred = LETTER - LETTER.mean(1, keepdim=True)
    assert overlap(LETTER) == 1
    for degrees in range(0, 360, 6):
        turn = affine.rotation(math.radians(degrees))[0, :, :2].double()
        assert overlap(turn @ mirror @ LETTER) < 0.9
        assert degrees == 0 or overlap(turn @ LETTER) < 0.9
        for form in (turn @ centred, turn @ mirror @ centred):  # about its own middle, too
            whole = overlap(form + LETTER.mean(1, keepdim=True))
            assert whole < 0.9 or (degrees == 0 and form is not centred and whole > 0.99)
        for other in thetas(40):
            if torch.linalg.det(other[:, :2]) < 0:
                assert torch.linalg.det(turn @ other[:, :2]) < 0


@claim("01", "A positive angle turns **clockwise**:")
@pytest.mark.parametrize("degrees", [0.01, 1, 45, 90, 135, 179])
def test_a_positive_angle_turns_clockwise(degrees):
    """On the screen, y down: what points right comes to point down, what points up, right."""
    theta = affine.rotation(math.radians(degrees))[0, :, :2]
    assert (theta @ torch.tensor([1.0, 0.0]))[1] > 0
    assert (theta @ torch.tensor([0.0, -1.0]))[0] > 0


@claim(
    "01",
    "The absolute value of the determinant is the area of that square after the move, and"
    " the factor of every area.",
)
def test_the_determinant_is_the_factor_of_every_area():
    square = torch.tensor([[0.0, 1, 1, 0], [0, 0, 1, 1]], dtype=torch.float64)
    ring = torch.linspace(0, 2 * math.pi, 60, dtype=torch.float64)[:-1]
    star = torch.stack((ring.cos(), ring.sin())) * (2 + numbers(59).cos()) + 0.7
    for theta in thetas():
        det = torch.linalg.det(theta[:, :2]).item()
        for shape in (square, LETTER, star):
            after = area(theta[:, :2] @ shape + theta[:, 2:])
            assert after == pytest.approx(det * area(shape), rel=1e-9)
    assert area(square) == 1


@claim(
    "01",
    "No: zero times arrow x plus zero times arrow y is zero, whatever the arrows are.",
)
def test_a_linear_move_leaves_the_centre():
    for scale in (0.0, 1e-30, 1.0, 1e30):
        linear = torch.nn.functional.pad(scale * numbers(500, 2, 2), (0, 1))
        middle = affine_grid(linear, (3, 5))[:, 1, 2]
        assert middle.abs().max() == 0
    parts = {"rotation": 0.4, "scale_x": -3.0, "scale_y": 0.2, "shear": 0.7}
    assert affine_grid(affine.from_parts(**parts), (3, 5))[0, 1, 2].tolist() == [0, 0]


@claim(
    "01",
    "By columns: the third is where the centre lands; from there, arrow x goes along the first "
    "and arrow y along the second.",
    "By rows: the upper decides $x$, the lower $y$.",
)
def test_columns_are_landing_places_and_rows_are_coordinates():
    for theta, other in zip(thetas(), numbers(200, 2, 3, seed=5), strict=False):
        grid = affine_grid(theta[None], 3, align_corners=True)[0]  # from -1 by 1 to 1
        centre, right, down = grid[1, 1], grid[1, 2], grid[2, 1]
        assert_close(torch.stack((right - centre, down - centre, centre), dim=1), theta)
        for row in (0, 1):
            mixed = theta.clone()
            mixed[row] = other[row]
            off = (affine_grid(mixed[None], 3, align_corners=True)[0] - grid).abs().amax((0, 1))
            assert off[row] > 0 == off[1 - row]


@claim("01", "Equal factors (not 0) keep the shape. A negative factor reverses its arrow.")
def test_equal_factors_keep_the_shape():
    sides = LETTER - LETTER.roll(1, dims=1)
    lengths = sides.norm(dim=0)
    for factor in (-7.0, -1.0, -0.02, 1e-3, 0.5, 40.0):
        scaled = affine.scaling(factor)[0, :, :2].double() @ sides
        assert_close(scaled.T @ scaled, factor**2 * sides.T @ sides, rtol=1e-6, atol=0)  # angles
        assert_close(scaled.norm(dim=0) / lengths, torch.full((10,), abs(factor)).double())
        for other in (-factor, 1.3 * factor):
            bent = affine.scaling(factor, other)[0, :, :2].double() @ sides
            ratios = bent.norm(dim=0) / lengths
            mirrored = other == -factor
            assert mirrored or ratios.max() > 1.2 * ratios.min()
            assert affine.scaling(factor, other)[0].diagonal().sign().tolist() == [
                math.copysign(1, factor), math.copysign(1, other),
            ]  # fmt: skip


@claim(
    "01",
    "The matrix next to the point acts first, so the one $\\theta$ of both is "
    "`compose(second, first)`.",
    "The product has this last row again, so six numbers are enough.",
)
def test_one_theta_for_moves_in_a_row():
    for first, second, third in zip(*(thetas(90, k)[:60, None] for k in (2, 4, 6)), strict=True):
        one_by_one = moved(second, moved(first, LETTER.T))
        assert_close(moved(affine.compose(second, first), LETTER.T), one_by_one)
        other_way = moved(affine.compose(first, second), LETTER.T)
        assert not torch.allclose(other_way, one_by_one)
        three = moved(affine.compose(third, second, first), LETTER.T)
        assert_close(three, moved(third, one_by_one))
        product = affine.homogeneous(second) @ affine.homogeneous(first)
        assert product[0, 2].tolist() == [0, 0, 1]


@claim(
    "01",
    "So the order matters, but not for two shifts, nor for two turns about the centre.",
)
def test_moves_that_change_places():
    for a, b, c, d in numbers(100, 4) * 3:
        for one, two in (
            (affine.translation(a, b), affine.translation(c, d)),
            (affine.rotation(a), affine.rotation(b)),
        ):
            assert_close(affine.compose(one, two), affine.compose(two, one))
        shift, turn = affine.translation(a, b), affine.rotation(c)
        assert not torch.allclose(affine.compose(shift, turn), affine.compose(turn, shift))


@claim(
    "01",
    "A rotation: change the sign of $\\alpha$, which turns the rows of its matrix into "
    "columns (`.T`).",
)
def test_simple_moves_are_undone_without_an_inverse():
    for a, b in numbers(100, 2) * 3:
        assert_close(affine.invert(affine.translation(a, b)), affine.translation(-a, -b))
        assert_close(affine.invert(affine.shear(a)), affine.shear(-a))
        assert_close(affine.invert(affine.scaling(a, b)), affine.scaling(1 / a, 1 / b))
        turn = affine.rotation(a)
        assert_close(affine.invert(turn), affine.rotation(-a))
        assert_close(affine.rotation(-a)[0, :, :2], turn[0, :, :2].T)


@claim("01", "That is $A^{-1}(Q - t) = A^{-1}Q - A^{-1}t$, so the new third column is $-A^{-1}t$.")
def test_the_third_column_of_the_inverse():
    for theta in thetas():
        linear, shift = theta[:, :2].inverse(), theta[:, 2]
        back = affine.invert(theta[None])[0]
        assert_close(back[:, 2], -linear @ shift)
        assert_close(back[:, :2], linear)
        assert (back[:, 2] + shift).abs().max() > 1e-3 * shift.abs().max()  # not the guess


@claim("01", "A move has an inverse exactly when its determinant is not 0.")
def test_the_inverse_is_there_when_the_determinant_is_not_0():
    for theta in thetas():
        there_and_back = moved(affine.invert(theta[None]), moved(theta[None], LETTER.T))
        assert_close(there_and_back, LETTER.T, rtol=0, atol=1e-6)
    for thin in (1e-2, 1e-5, 1e-9):
        nearly = torch.tensor([[[1.0, 1, 0.2], [1, 1 + thin, 0.1]]], dtype=torch.float64)
        back = moved(affine.invert(nearly), moved(nearly, LETTER.T))
        assert_close(back, LETTER.T, rtol=0, atol=1e-14 / thin)
    small = affine.scaling(1e-12, 1e-9)  # not 0
    assert_close(affine.compose(affine.invert(small), small), affine.identity())
    for row, factor in numbers(100, 2):
        first = torch.tensor([1.0, 2.0, 0.3])
        flat = torch.stack((first, round(factor.item()) * first + row * torch.tensor([0, 0, 1])))
        with pytest.raises(ValueError, match="determinant"):
            affine.invert(flat[None])
        two = torch.tensor([[0.0, 0.0], [2.0, -1.0]])  # two points, one landing place
        ends = moved(flat[None].float(), two)
        assert_close(ends[0], ends[1])


@claim(
    "01",
    "As long as the determinant is not 0, the six entries and these six numbers say the same.",
    "`decompose` makes $s_x$ positive, so a mirrored move shows as a negative $s_y$.",
)
def test_readable_numbers_say_the_same():
    made = thetas(500)
    parts = affine.decompose(made)
    assert_close(affine.from_parts(**parts._asdict()), made)
    assert (parts.scale_x > 0).all()
    mirrored = torch.linalg.det(made[:, :, :2]) < 0
    assert 50 < mirrored.sum() < len(made) - 50
    assert torch.equal(parts.scale_y < 0, mirrored)
    for angle in torch.linspace(-3.1, 3.1, 40):  # and the other way
        given = {"rotation": angle, "scale_x": 1.3, "scale_y": -0.4, "shear": angle, "t_x": 2.0}
        read = affine.decompose(affine.from_parts(**given))._asdict()
        for name, value in given.items():
            assert read[name].item() == pytest.approx(float(value), abs=1e-5)
    with pytest.raises(ValueError, match="determinant"):
        affine.decompose(affine.scaling(0.0, 1.0))


@claim("01", "The third column is the shift.")
def test_a_matrix_is_read_by_its_columns():
    for angle, s_x, s_y, h, x, y in numbers(200, 6):
        s_x = abs(s_x)
        made = affine.from_parts(rotation=angle, scale_x=s_x, scale_y=s_y, shear=h, t_x=x, t_y=y)
        first, second, third = made[0].unbind(1)
        turned = torch.stack((angle.cos(), angle.sin()))
        assert_close(first, s_x * turned)
        assert_close(torch.linalg.det(made[0, :, :2]), s_x * s_y)
        assert_close(second @ turned, h * s_y)
        assert_close(third, torch.stack((x, y)))
        assert_close(
            torch.stack(affine.decompose(made)[1:])[:, 0], torch.stack((s_x, s_y, h, x, y))
        )
        in_order = affine.compose(
            affine.translation(x, y), affine.rotation(angle), affine.shear(h),
            affine.scaling(s_x, s_y),
        )  # fmt: skip
        assert_close(made, in_order)


@claim("01", "Scaling both ways by −1 is no mirror: it is half a turn.")
def test_minus_1_both_ways_is_half_a_turn():
    assert_close(affine.scaling(-1.0), affine.rotation(math.pi))
    assert torch.linalg.det(affine.scaling(-1.0)[0, :, :2]) > 0


@claim("01", "- `align_corners=False` (torch's default, and ours):")
def test_false_is_the_default():
    theta, picture = thetas(3).float()[:1], torch.rand(1, 1, 5, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        grid = functional.affine_grid(theta, (1, 1, 5, 8))
        default = functional.grid_sample(picture, grid)
    assert_close(grid, affine_grid(theta, (5, 8)))
    assert_close(affine_grid(theta, (5, 8)), affine_grid(theta, (5, 8), align_corners=False))
    assert_close(default, sample(picture, grid))
    assert not torch.allclose(grid, affine_grid(theta, (5, 8), align_corners=True))


@claim(
    "01",
    "The share $(x + 1)/2$ of the rectangle lies to the left of a point, and the rectangle is $W$ "
    "pixels wide under `False`, $W - 1$ under `True`:",
)
@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("size", SIZES)
def test_where_a_point_lies_in_pixels(size, flag):
    points = torch.cat((numbers(50, 2) * 2, torch.tensor([[-1.0, -1], [0, 0], [1, 1]]).double()))
    pixels = coordinates.pixel_from_normalised(points, size, align_corners=flag)
    for k, length in enumerate(size[::-1]):  # x goes with the width
        left_edge, wide = (0.0, length - 1) if flag else (-0.5, length)
        assert_close(pixels[:, k], left_edge + (points[:, k] + 1) / 2 * wide)
    ramp = torch.arange(size[1], dtype=torch.float64).expand(1, 1, *size)  # its value is its column
    x = torch.linspace(-0.3, 0.3, 7, dtype=torch.float64)
    grid = torch.stack((x, 0 * x), dim=1)[None, None]
    read = functional.grid_sample(ramp, grid, align_corners=flag)[0, 0, 0]
    inside = coordinates.pixel_from_normalised(grid[0, 0], size, align_corners=flag)
    assert_close(read, inside[:, 0])


@claim("01", "the centre of small pixel $i$ lies at $k i + (k - 1)/2$ of the large picture.")
def test_the_centre_of_a_block():
    for k, n in ((2, 28), (4, 28), (3, 21), (5, 35)):
        small = functional.avg_pool1d(torch.arange(float(n))[None, None], k)[0, 0]
        assert_close(small, k * torch.arange(n // k) + (k - 1) / 2)


@claim(
    "01",
    "When whole blocks are averaged, −1 and 1 stay at the edge of the scene under "
    "`False`, and one $\\theta$ reads the same part of it at each size.",
    "Under `True` they move inward as pixels grow.",
)
@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("size", [(32, 48), (48, 32), (24, 24)])
def test_what_stays_when_a_picture_shrinks(size, flag):
    """A scene whose value is its own place: averaging keeps it, and reading shows where it reads.

    Its edges are at -1 and 1. Only points well inside are compared, where reading is exact.
    """
    scene = regular_grid(size, dtype=torch.float64).permute(2, 0, 1)[None]
    theta = affine.from_parts(rotation=0.3, scale_x=0.5, scale_y=0.4, shear=0.1, t_x=0.1).double()
    grid = affine_grid(theta, (6, 9))  # the same points of −1 ... 1 at each size
    reach, seen = [], []
    for k in (1, 2, 4):
        small = functional.avg_pool2d(scene, k) if k > 1 else scene
        seen.append(functional.grid_sample(small, grid, align_corners=flag))
        ends = torch.tensor([[-1.0, -1.0], [1.0, 1.0]], dtype=torch.float64)
        shrunk = tuple(n // k for n in size)
        pixels = coordinates.pixel_from_normalised(ends, shrunk, align_corners=flag)
        places = k * pixels + (k - 1) / 2  # in pixels of the large picture
        reach.append(coordinates.normalised_from_pixel(places, size)[1])
    if flag:
        assert (reach[0] > reach[1]).all()
        assert (reach[1] > reach[2]).all()
        assert (seen[2] - seen[0]).abs().max() > 0.01
    else:
        assert all(torch.allclose(r, torch.ones(2).double()) for r in reach)
        for other in seen:
            assert_close(other[0].permute(1, 2, 0), grid[0], atol=1e-9, rtol=0)


def test_a_cut_out_of_a_photograph_stays_the_same_cut_out():
    """The upper right quarter, at three sizes: the average of what was read large is what is read
    small, exactly under False, and not under True."""
    photo = torch.from_numpy(camera()[:256, :384].astype(float))[None, None] / 255
    theta = torch.tensor([[[0.5, 0, 0.5], [0, 0.5, -0.5]]], dtype=torch.float64)
    for k in (2, 4, 8):
        small = functional.avg_pool2d(photo, k)
        for flag in FLAGS:
            grids = [affine_grid(theta, (128 // n, 192 // n), align_corners=flag) for n in (1, k)]
            large = functional.grid_sample(photo, grids[0], align_corners=flag)
            seen = functional.grid_sample(small, grids[1], align_corners=flag)
            off = (functional.avg_pool2d(large, k) - seen).abs().max()
            assert off > 0.05 if flag else off < 1e-9


@claim("01", "On a square picture, a swap never raises an error.")
@pytest.mark.parametrize("flag", FLAGS)
def test_a_swap_raises_no_error_on_a_square(flag):
    def read_swapped(size):
        picture = torch.arange(float(math.prod(size))).reshape(size)
        points = regular_grid(size, align_corners=flag).reshape(-1, 2)
        pixels = coordinates.pixel_from_normalised(points, size, align_corners=flag)
        swapped = [picture[j, i] for j, i in pixels.round().int().tolist()]
        return torch.stack(swapped).reshape(size), picture

    for n in (1, 2, 5, 28):
        found, picture = read_swapped((n, n))
        assert torch.equal(found, picture.T)
        assert n == 1 or not torch.equal(found, picture)
    for size in ((3, 4), (4, 3), (1, 5)):
        with pytest.raises(IndexError):
            read_swapped(size)


@claim(
    "01",
    "Where input and output have the same size, the ratio is that of the rectangle from "
    "−1 to 1: $W/H$, or $(W - 1)/(H - 1)$ under `True`.",
)
@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("size", SIZES)
def test_the_aspect_ratio_makes_a_turn_of_pixels(size, flag):
    height, width = (n - flag for n in size)
    for angle in (-2.0, 0.2, 1.0, math.pi / 6, 3.0):
        aspect = width / height
        fixed = affine.compose(
            affine.scaling(1 / aspect, 1.0), affine.rotation(angle), affine.scaling(aspect, 1.0)
        ).double()
        pixels = numbers(20, 2) * 9
        target = coordinates.normalised_from_pixel(pixels, size, align_corners=flag)
        after = coordinates.pixel_from_normalised(moved(fixed, target), size, align_corners=flag)
        turn = affine.rotation(angle)[0, :, :2].double()
        assert_close(after - after[0], (pixels - pixels[0]) @ turn.T, atol=1e-4, rtol=0)


@claim("01", "Moving changes the third column only, rotating the other two only.")
def test_moving_and_rotating_change_other_columns():
    for a, b, x, y in numbers(50, 4):
        start = {"rotation": a, "scale_x": 0.4, "scale_y": 1.2, "shear": 0.3, "t_x": 0.2}
        before = affine.from_parts(**start)
        moving = affine.from_parts(**{**start, "t_x": x, "t_y": y}) - before
        rotating = affine.from_parts(**{**start, "rotation": b}) - before
        assert moving[0, :, :2].abs().max() == 0 < moving[0, :, 2].abs().min()
        assert rotating[0, :, 2].abs().max() == 0 < rotating[0, :, :2].abs().max()


@claim("01", "its index is `[row, column]`, its content $(x, y)$.")
@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("size", SIZES)
def test_a_grid_has_both_orders(size, flag):
    grid = regular_grid(size, align_corners=flag, dtype=torch.float64)
    assert grid.shape == (*size, 2)
    for row, column in ((0, 0), (1, 0), (0, 1), (size[0] - 1, size[1] - 2)):
        place = torch.tensor([column, row], dtype=torch.float64)
        point = coordinates.normalised_from_pixel(place, size, align_corners=flag)
        assert_close(grid[row, column], point)


@claim("01", "`affine_grid`, torch's and ours, moves it as we moved the letter.")
@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("size", SIZES)
def test_affine_grid_moves_the_regular_grid(size, flag):
    for theta in thetas(20):
        grid = moved(theta[None], regular_grid(size, align_corners=flag, dtype=torch.float64))
        assert_close(affine_grid(theta[None], size, align_corners=flag)[0], grid)
        torchs = functional.affine_grid(theta[None], (1, 1, *size), align_corners=flag)
        assert_close(torchs[0], grid)
