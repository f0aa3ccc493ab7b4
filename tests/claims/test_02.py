"""Sentences of chapter 2 that say more than a cell shows, each tried elsewhere."""

import math

import pytest
import torch
from skimage import data
from torch.nn import functional
from torch.testing import assert_close

from stnlib import affine_grid, regular_grid, sample, splat
from stnlib.affine import compose, invert, rotation, scaling, translation
from stnlib.coordinates import pixel_from_normalised
from stnlib.digits import load_digits
from tests.claims.quoting import claim

ROOT_2 = math.sqrt(2)
TWINS = [(3, 4), (5, 12), (7, 24), (9, 40)]  # the longest two sides differ by one


def turn(angle, dtype=torch.float64):
    return rotation(torch.tensor([angle], dtype=dtype))


def zoom(x, y=None):
    return scaling(x, y).double()


def landed(content, side, mode="nearest"):
    """How much lands on the output pixels, and which of these have a source in the input."""
    white = torch.ones(1, 1, side, side, dtype=content.dtype)
    weight = splat(white, affine_grid(content, side), mode=mode).weight[0, 0]
    source = affine_grid(invert(content), side)[0]
    return weight, (source.abs() <= 1).all(dim=-1)


def share(content, side, mode="nearest", count=0):
    weight, covered = landed(content, side, mode)
    return (weight[covered] == count).double().mean().item()


def randoms(n, generator=0, **options):
    return torch.rand(n, generator=torch.Generator().manual_seed(generator), **options).tolist()


def photograph(step=8):
    return torch.from_numpy(data.camera()[::step, ::step] / 255.0)[None, None]


@claim(
    "02",
    "While no pixel has moved by half a pixel along either axis, each one is rounded back to where "
    "it was.",
)
@pytest.mark.parametrize("side", [5, 28, 41, 100])
def test_a_move_below_half_a_pixel_moves_nothing(side):
    picture = torch.rand(1, 1, side, side, dtype=torch.float64)
    still = 0
    for a, b, c in zip(randoms(60, 0), randoms(60, 1), randoms(60, 2), strict=True):
        small = 4 / side
        parts = turn((a - 0.5) * small), zoom(1 + (b - 0.5) * small, 1 + (c - 0.5) * small)
        content = compose(*parts, translation(0.4 * a / side, -0.3 * b / side))
        landing = affine_grid(content, side)
        moved = (landing - regular_grid((side, side), dtype=torch.float64)).abs().max() * side / 2
        thrown = splat(picture, landing, mode="nearest").total
        if moved < 0.5:
            still += 1
            assert_close(thrown, picture, rtol=0, atol=0)
        elif moved > 0.55:  # the half is the limit
            assert not torch.equal(thrown, picture)
    assert 5 < still < 55


@claim(
    "02",
    "At 28 × 28 pixels that lasts up to a turn of 2 degrees or a zoom of 1.03: no hole, but no "
    "turn and no growth, either.",
)
def test_the_limits_at_28_pixels():
    for dtype in (torch.float32, torch.float64):
        picture = torch.rand(1, 1, 28, 28, dtype=dtype)

        def thrown(content, picture=picture):
            return splat(picture, affine_grid(content.to(picture), 28), mode="nearest").total

        for part in (0.2, 0.5, 0.9, 1):
            for sign in (-1, 1):
                assert torch.equal(thrown(turn(math.radians(2 * part * sign))), picture)
            assert torch.equal(thrown(zoom(1 + 0.03 * part)), picture)
        assert not torch.equal(thrown(turn(math.radians(2.2))), picture)
        assert not torch.equal(thrown(zoom(1.04)), picture)


@claim(
    "02",
    "A zoom by $s$ above 1 spreads $n^2$ values over about $s^2 n^2$ places, so in a large picture "
    "a share near $1 - 1/s^2$ stays empty.",
)
def test_the_share_that_a_zoom_leaves_empty():
    for side in (300, 401):
        for s in (1.01, 1.07, 1.3, ROOT_2, 1.9, 2, 2.5, 3.7, 6):
            assert share(zoom(s), side) == pytest.approx(1 - 1 / s**2, abs=4 / side)
    assert abs(share(zoom(1.02), 28) - (1 - 1 / 1.02**2)) > 0.03  # not in a small one


@claim(
    "02",
    "But a turn about the centre by 36.87 degrees, an angle of the triangle with sides 3,"
    " 4 and 5, leaves none at any size.",
)
def test_the_turn_without_holes():
    for side in [*range(1, 90), 255, 256]:
        for a, b in TWINS[:1] if side < 90 else TWINS:
            for angle in (math.atan2(a, b), math.atan2(b, a), -math.atan2(a, b)):
                assert share(turn(angle), side) == 0
    for a, b in [(8, 15), (20, 21), (12, 35), (28, 45)]:  # other triangles with whole sides
        assert share(turn(math.atan2(a, b)), 200) > 0.01
    for degrees in (36, 36.5, 37.5):
        assert share(turn(math.radians(degrees)), 200) > 0.01


@claim(
    "02",
    "The angle of 8-15-17 (28.07 degrees) makes, about the centre of a large picture, more "
    "holes than 45 degrees.",
)
def test_the_triangle_with_more_holes():
    for side in (20, 28, 29, 64, 200, 301):
        for angle in (math.atan2(8, 15), math.atan2(15, 8)):
            assert share(turn(angle), side) > share(turn(math.pi / 4), side) + 0.04


@claim("02", "At 45 degrees about one pixel in six is a hole.")
def test_the_holes_of_an_eighth_of_a_turn():
    for side in (24, 28, 53, 100, 401):
        for angle in (math.pi / 4, -3 * math.pi / 4):
            assert share(turn(angle), side) == pytest.approx(1 / 6, abs=0.01)


@claim(
    "02",
    "Holes depend on **size, zoom and angle**, at some angles on the centre of the turn, too;",
)
def test_the_centre_of_the_turn_counts_at_some_angles():
    def around(angle, x, y, side=100):
        there = translation(2 * x / side, 2 * y / side).double()
        return share(compose(there, turn(angle), invert(there)), side)

    for a, b in TWINS[:3]:
        assert around(math.atan2(a, b), 5, 0) == 0
        assert around(math.atan2(a, b), 0.3, 0.2) > 0.03
        assert around(math.atan2(a, b), 7.25, -3) > 0.03
    assert around(math.atan2(8, 15), 5, 0) - around(math.atan2(8, 15), 0.3, 0.2) > 0.1
    for degrees in (20, 33, 41):  # and at others hardly
        here = around(math.radians(degrees), 0, 0, 300)
        assert around(math.radians(degrees), 0.3, 0.2, 300) == pytest.approx(here, abs=0.003)


@claim(
    "02",
    "At most angles, the landing points of a large turned picture fall anywhere in a "
    "pixel with equal chance (not at the lonely dots of Figure 2.5).",
)
def test_where_landing_points_lie_in_their_pixels():
    def counts(angle, side=800):
        place = pixel_from_normalised(affine_grid(turn(angle), side), (side, side))
        cells = ((place - place.floor()) * 5).long().clamp(max=4)
        return torch.bincount((5 * cells[..., 0] + cells[..., 1]).flatten(), minlength=25)

    for degrees in (7, 17.3, 29, 41, 44, 58, 81):
        assert (counts(math.radians(degrees)) / (800**2 / 25) - 1).abs().max() < 0.05
    for a, b in [(3, 4), (8, 15)]:
        assert (counts(math.atan2(a, b)) / (800**2 / 25) - 1).abs().max() > 0.2


@claim(
    "02",
    "Asking has no such curve: no output pixel is forgotten.",
    "- **Any size of output, without holes.**",
)
def test_asking_leaves_no_hole():
    for side in (1, 7, 28, 100):
        white = torch.ones(1, 1, side, side, dtype=torch.float64)
        for a, b, c in zip(randoms(40, 0), randoms(40, 1), randoms(40, 2), strict=True):
            theta = compose(turn(6.3 * a), zoom(0.1 + 2 * b, 0.1 + c), translation(a, b - c))
            grid = affine_grid(theta, (side, 2 * side + 1))  # the output has a size of its own
            inside = (grid.abs() < 1 - 1e-9).all(dim=-1)[:, None]
            for mode in ("nearest", "bilinear"):
                assert (sample(white, grid, mode=mode)[inside] > 0).all()


@claim("02", "Under nearest reading, torch's slopes with respect to the grid are 0 everywhere.")
def test_nearest_reading_has_no_slopes():
    for picture in (photograph(), torch.rand(1, 1, 9, 14, dtype=torch.float64)):
        for align_corners in (False, True):
            options = {"align_corners": align_corners}
            grid = affine_grid(compose(turn(0.4), zoom(1.3)), (20, 15)).clone().requires_grad_()
            for mode in ("nearest", "bilinear"):
                (slopes,) = torch.autograd.grad(
                    functional.grid_sample(picture, grid, mode=mode, **options).square().sum(), grid
                )
                assert (slopes.abs().max() == 0) == (mode == "nearest")


@claim("02", "Rounding is to blame, not the direction.")
@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
def test_rounding_stops_the_slopes_of_both_directions(mode):
    image = photograph()
    theta = compose(turn(0.4), zoom(1.3), translation(0.01, 0.02).double())

    def asked(theta):
        return sample(image, affine_grid(theta, (20, 15)), mode=mode)

    def thrown(theta):
        return splat(image, affine_grid(theta, image.shape[2:]), (20, 15), mode=mode).total

    for fill in (asked, thrown):
        for number in range(6):
            step = torch.zeros(6, dtype=torch.float64)
            step[number] = 1e-9
            change = (fill(theta + step.view(1, 2, 3)) - fill(theta)).abs().max() / 1e-9
            assert change > 0.1 if mode == "bilinear" else change == 0


@claim(
    "02",
    "On a square picture, below a zoom of √2, no turn leaves a hole.",
    "Each source point lies within half a diagonal of a pixel centre, 0.71 pixels; after the "
    "zoom, that pixel still lands less than one pixel away.",
)
def test_shares_leave_no_holes_below_the_root_of_two():
    for side in (3, 28, 57, 150):
        for s in (0.3, 0.8, 1, 1.2, 1.3, 1.4, ROOT_2 - 1e-6):
            for degrees in (0, 7, 22.62, 28.07, 30, 36.87, 44, 45, 67, 90, 133):
                content = compose(turn(math.radians(degrees)), zoom(s))
                assert share(content, side, "bilinear") == 0
                size = (side, side)
                regular = regular_grid(size, dtype=torch.float64)
                source = affine_grid(invert(content), side)[0]
                asked = pixel_from_normalised(source, size)
                near = asked.round().clamp(0, side - 1)
                inside = (source.abs() <= 1).all(-1)
                assert (asked - near).norm(dim=-1)[inside].max() <= ROOT_2 / 2 + 1e-9
                column, row = near.long().unbind(-1)
                off = (affine_grid(content, side)[0][row, column] - regular) * side / 2
                assert off.norm(dim=-1)[inside].max() < 1


@claim(
    "02",
    "Above √2 it depends on the angle; above 2, each angle leaves holes in a large picture.",
)
def test_shares_leave_holes_above():
    for s in (1.45, 1.6, 1.9):
        assert share(zoom(s), 300, "bilinear") == 0
        assert share(compose(turn(math.pi / 4), zoom(s)), 300, "bilinear") > 0
    for s in (2.03, 2.3, 3.1):
        for degrees in (0, 3, 10, 22.62, 28.07, 30, 36.87, 45, 80):
            content = compose(turn(math.radians(degrees)), zoom(s))
            assert share(content, 300, "bilinear") > 0


@claim(
    "02",
    "Asked with {term}`bilinear reading`, a picture that rises evenly is read exactly, up to its "
    "outer pixel centres.",
)
def test_an_even_slope_is_read_exactly():
    for height, width in ((28, 28), (5, 40), (31, 2)):
        points = regular_grid((height, width), dtype=torch.float64)
        for a, b, c in zip(randoms(20, 0), randoms(20, 1), randoms(20, 2), strict=True):

            def value(at, a=a, b=b, c=c):
                return (4 * a - 2) * at[..., 0] + (b - 0.5) * at[..., 1] + c

            theta = compose(turn(6.3 * c), zoom(1.5 * a, 0.1 + b), translation(c - a, 0.2))
            grid = affine_grid(theta, (11, 17))
            found = sample(value(points)[None, None], grid)[0, 0]
            place = pixel_from_normalised(grid[0], (height, width))
            between = ((place >= 0) & (place <= torch.tensor([width - 1, height - 1]))).all(-1)
            assert_close(found[between], value(grid[0])[between])


@claim(
    "02",
    "**θ moves the camera, and the content moves by the inverse**: what is read at the "
    "source point $P$ appears at the target point $A_\\theta^{-1} P$.",
)
def test_the_content_moves_by_the_inverse():
    across = torch.linspace(-1, 1, 101, dtype=torch.float64)
    for a, b, c in zip(randoms(12, 0), randoms(12, 1), randoms(12, 2), strict=True):
        theta = compose(
            translation(0.3 * a, 0.2 - b / 2), turn(3 * a - 1), zoom(0.7 + b, 0.7 + c)
        ).double()
        P = torch.tensor([0.3 * b - 0.2, 0.4 * c - 0.3], dtype=torch.float64)
        x, y = regular_grid((101, 101), dtype=torch.float64).unbind(-1)
        spot = torch.exp(-(((x - P[0]) ** 2 + (y - P[1]) ** 2) / 0.01))[None, None]
        output = sample(spot, affine_grid(theta, 101))[0, 0]
        row, column = divmod(output.argmax().item(), 101)
        found = torch.stack((across[column], across[row]))
        right = invert(theta)[0, :, :2] @ P + invert(theta)[0, :, 2]
        if right.abs().max() < 0.95:
            assert (found - right).abs().max() < 0.03


@claim(
    "02",
    "A shift alone, or a turn alone, needs only another sign; a zoom alone needs $1/s$.",
)
def test_what_undoes_a_single_step():
    for a, b in zip(randoms(10, 0), randoms(10, 1), strict=True):
        angle, s = 7 * a - 3, 0.1 + 3 * b
        assert_close(invert(turn(angle)), turn(-angle))
        assert_close(invert(zoom(s)), zoom(1 / s))
        assert_close(invert(translation(a, -b)), translation(-a, b))
        both = compose(turn(angle + 4), translation(a + 0.1, -b).double())  # no product does
        signs = compose(turn(-angle - 4), translation(-a - 0.1, b).double())
        assert (invert(both) - signs).abs().max() > 1e-3


@claim("02", "So the product is $\\theta_1\\theta_2$: **the first warp stands on the left**.")
def test_the_first_warp_stands_on_the_left():
    def warp(picture, theta):
        return sample(picture, affine_grid(theta, picture.shape[2:]))

    for picture in (photograph(), load_digits(28, glyph=12).images[5:6].double()):
        wide = functional.pad(picture, (40, 40, 40, 40))  # nothing leaves the frame
        side = wide.shape[3]
        for quarters, x, y in [(1, 6, 0), (3, -5, 11), (2, 4, 9)]:
            whole = turn(quarters * math.pi / 2)
            first, second = whole, translation(2 * x / side, 2 * y / side).double()
            for one, two in ((first, second), (second, first), (first, compose(second, first))):
                twice = warp(warp(wide, one), two)
                assert_close(warp(wide, compose(one, two)), twice, rtol=0, atol=1e-9)
        other = warp(wide, compose(second, first)) - warp(warp(wide, first), second)
        assert other.abs().max() > 0.2
    # off the pixel centres, too, where reading is exact: an even slope
    points = regular_grid((64, 64), dtype=torch.float64)
    slope = (points[..., 0] - 0.7 * points[..., 1])[None, None]
    one, two = compose(turn(0.3), zoom(0.6)), compose(translation(0.1, 0).double(), zoom(0.5, 0.8))
    twice = warp(warp(slope, one), two)
    assert_close(warp(slope, compose(one, two)), twice)
    assert (warp(slope, compose(two, one)) - twice).abs().max() > 0.02


@claim("02", "An input pixel that the middle picture did not read has no say in the last one.")
def test_what_left_the_frame_is_lost():
    for picture in (photograph(), torch.rand(1, 1, 21, 30, dtype=torch.float64)):
        size = picture.shape[2:]
        there = compose(turn(0.35), translation(0.9, 0.2).double())
        for mode in ("nearest", "bilinear"):
            image = picture.clone().requires_grad_()
            middle = sample(image, affine_grid(there, size), mode=mode)
            last = sample(middle, affine_grid(invert(there), size), mode=mode)
            (of_middle,) = torch.autograd.grad(middle.sum(), image, retain_graph=True)
            (of_last,) = torch.autograd.grad(last.sum(), image)
            unread = of_middle == 0
            assert unread.double().mean() > 0.2
            assert (of_last[unread] == 0).all()
            once = sample(image, affine_grid(compose(there, invert(there)), size), mode=mode)
            (of_once,) = torch.autograd.grad(once.sum(), image)
            assert (of_once > 0).all()


@claim("02", "With zeros outside, the slopes come back to the picture by throwing.")
@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("read", [functional.grid_sample, sample])
def test_the_backward_pass_is_a_splat(read, mode, align_corners):
    options = {"mode": mode, "align_corners": align_corners}
    for seed, (size, out) in enumerate(
        [((9, 14), (20, 3)), ((28, 28), (28, 28)), ((1, 5), (7, 8))]
    ):
        drawn = torch.Generator().manual_seed(seed)
        image = torch.rand(2, 3, *size, generator=drawn, dtype=torch.float64).requires_grad_()
        upstream = torch.randn(2, 3, *out, generator=drawn, dtype=torch.float64)
        grid = 1.3 * torch.randn(2, *out, 2, generator=drawn, dtype=torch.float64)  # bent, too
        read(image, grid, **options).backward(upstream)
        assert_close(image.grad, splat(upstream, grid, size, **options).total)


@claim("02", "A large turned picture has as many pixels written twice as holes.")
def test_holes_and_pile_ups_are_as_many():
    for degrees in (3, 10, 22.62, 28.07, 36.87, 45, 61, 84, 90):
        weight, covered = landed(turn(math.radians(degrees)), 401)
        holes, twice = ((weight[covered] == n).double().mean() for n in (0, 2))
        assert weight[covered].max() <= 2
        assert (holes - twice).abs() < 0.001
        assert holes > 0.005 or degrees in (3, 22.62, 36.87, 90)


@claim("02", "No error comes: any 2×3 matrix is a valid θ.")
def test_any_matrix_is_a_valid_theta():
    numbers = torch.randn(40, 2, 3, generator=torch.Generator().manual_seed(0))
    flat = torch.tensor([[1.0, 2.0, 0.3], [2.0, 4.0, 0.1]])
    odd = torch.stack([torch.zeros(2, 3), flat, torch.full((2, 3), -1e20)])
    for theta in (numbers, 100 * numbers, numbers / 1e6, odd):
        grid = affine_grid(theta, (5, 6))
        for read in (sample, functional.grid_sample):
            options = {"align_corners": False}
            assert read(torch.rand(len(theta), 1, 9, 14), grid, **options).isfinite().all()


@claim("02", "As a θ it is no trouble: all output pixels read points of one line.")
def test_a_flat_theta_reads_one_line():
    for a, b, c in zip(randoms(12, 0), randoms(12, 1), randoms(12, 2), strict=True):
        flat = compose(translation(c, -a).double(), turn(7 * a), zoom(b + 0.1, 0), turn(5 * c))
        with pytest.raises(ValueError, match="determinant"):
            invert(flat)
        grid = affine_grid(flat, (9, 14))
        off = grid.reshape(-1, 2) - grid.reshape(-1, 2).mean(0)
        largest, other = torch.linalg.svdvals(off)
        assert other < 1e-9 < 0.1 < largest
        read = sample(photograph(), grid)
        assert read.isfinite().all()
        assert read.std() > 0


@claim("02", "Bilinear reading still reads every pixel there, some hardly.")
def test_at_scale_1_6_every_pixel_has_a_share():
    points = affine_grid(compose(rotation(math.radians(20)), scaling(1.6)), (28, 28))
    ones = torch.ones(1, 1, 28, 28)
    weight = splat(ones, points).weight
    assert 0 < weight.min() < 0.05
    assert (splat(ones, points, mode="nearest").weight == 0).sum() > 300
