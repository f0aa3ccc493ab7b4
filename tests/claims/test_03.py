"""Sentences of chapter 3 that say more than its cells print, each tried elsewhere."""

import warnings
from functools import cache
from itertools import pairwise

import pytest
import torch
from skimage import data
from torch.nn.functional import affine_grid as torch_affine_grid
from torch.nn.functional import avg_pool2d, grid_sample, interpolate

from stnlib import affine, affine_grid, regular_grid, sample
from stnlib.coordinates import normalised_from_pixel, pixel_from_normalised
from stnlib.digits import load_digits
from tests.claims.quoting import claim

PHOTOS = ("camera", "coins", "chelsea", "brick")
RULES = ("zeros", "border", "reflection")
WAYS = ("nearest", "bilinear")
SIZES = [(8, 8), (5, 9), (4, 1), (3, 7)]
KERNELS = {
    "box": lambda d: ((d >= -0.5) & (d < 0.5)).to(d.dtype),
    "hat": lambda d: (1 - d.abs()).clamp(min=0),
    "narrow": lambda d: (1 - 2 * d.abs()).clamp(min=0),
    "wide": lambda d: (1 - d.abs() / 2).clamp(min=0) / 2,
}
KERNELS["sharp"] = lambda d: 2 * KERNELS["hat"](d) - KERNELS["wide"](d)
hat, box = KERNELS["hat"], KERNELS["box"]


@cache
def photo(name):
    """A grey photograph (1, 1, H, W) in 0 ... 1, cut to whole blocks of 8 and to a square."""
    values = torch.from_numpy(getattr(data, name)() / 255).float()
    values = values if values.ndim == 2 else values.mean(-1)
    n = min(values.shape) // 8 * 8
    return values[None, None, :n, :n]


def noise(*size, seed=0, dtype=torch.float64):
    return torch.rand(*size, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def read(picture, points, mode="bilinear", padding_mode="zeros", align_corners=False):
    """What torch reads in an (H, W) picture at (N, 2) places in pixels."""
    grid = normalised_from_pixel(points, picture.shape, align_corners=align_corners)[None, None]
    options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    return grid_sample(picture[None, None], grid, **options).flatten()


def weights(points, size, kernel=hat):
    """(N, H, W)."""
    along_x, along_y = (
        kernel(points[:, k, None] - torch.arange(n)) for k, n in enumerate(size[::-1])
    )
    return along_y[:, :, None] * along_x[:, None, :]


def places(size, n=200, beyond=1.6, seed=1):
    """Points in pixels, also outside."""
    reach = torch.tensor(size[::-1]) - 1 + 2 * beyond
    return noise(n, 2, seed=seed) * reach - beyond


def close(a, b, atol=1e-9):
    torch.testing.assert_close(a, b, rtol=0, atol=atol)


@claim(
    "03",
    "Of the four pixels, a nearer one has a larger weight; a weight is zero when the "
    "point stands on the next pixel's column or row.",
)
def test_weights_fall_with_distance_and_end_on_the_next_pixel():
    for x, y in noise(500, 2):
        corners = [(0, 0), (1, 0), (0, 1), (1, 1)]
        apart = [float((x - m) ** 2 + (y - n) ** 2) for m, n in corners]
        weight = [float(hat(x - m) * hat(y - n)) for m, n in corners]
        assert [i for _, i in sorted(zip(apart, range(4), strict=True))] == [
            i for _, i in sorted(zip(weight, range(4), strict=True), reverse=True)
        ]
    on = torch.tensor([[3.0, 2.4], [3.0, 2.0], [2.4, 1.0]], dtype=torch.float64)
    found = weights(on, (5, 6))
    assert [int((w > 0).sum()) for w in found] == [2, 1, 2]
    just = weights(on - 1e-3, (5, 6))
    assert (just > 0).sum().item() == 12


@claim(
    "03",
    "The orange curve meets all pixel values. The boxes' staircase jumps halfway between "
    "pixels; the hats' curve has no jumps, only corners at the centres.",
)
@pytest.mark.parametrize("seed", range(4))
def test_staircase_and_polyline(seed):
    row = noise(11, seed=seed)
    whole = torch.arange(11.0, dtype=torch.float64)
    for kernel in (box, hat):
        at = lambda x, k=kernel: k(x[:, None] - torch.arange(11)) @ row  # noqa: E731
        close(at(whole), row)
        x = torch.linspace(-0.95, 10.95, 2381, dtype=torch.float64)  # steps of 0.005
        steps = at(x).diff()
        middle = (x[1:] + x[:-1]) / 2
        if kernel is box:
            halves = ((middle % 1) - 0.5).abs() < 0.004
            assert (steps[~halves] == 0).all()
            assert (steps.abs() > 1e-3).sum() == 12
        else:
            assert steps.abs().max() <= 0.005 * 1.01
            bends = at(x)[2:] - 2 * at(x)[1:-1] + at(x)[:-2]
            centres = (x[1:-1] - x[1:-1].round()).abs() < 0.004
            assert bends[~centres].abs().max() < 1e-9
            assert bends[centres].abs().min() > 1e-6


@claim(
    "03",
    "Weights are areas: the part of the square that lies over a pixel is that pixel's weight.",
    "So bilinear reading averages the picture over the square, each pixel being an even tile.",
)
@pytest.mark.parametrize("size", SIZES)
def test_weights_are_areas(size):
    points = places(size)

    def shared(point, n):  # lengths that two intervals of length 1 share
        low = torch.maximum(point[:, None], torch.arange(n)) - 0.5
        high = torch.minimum(point[:, None], torch.arange(n)) + 0.5
        return (high - low).clamp(min=0)

    areas = shared(points[:, 1], size[0])[:, :, None] * shared(points[:, 0], size[1])[:, None]
    close(areas, weights(points, size))
    picture = noise(*size)
    close((areas * picture).sum((1, 2)), read(picture, points))


def test_averaging_tiles_point_by_point():
    picture = noise(6, 7)
    at = (torch.arange(200) + 0.5) / 200 - 0.5
    for x, y in ((2.3, 0.8), (4.55, 3.05), (1.0, 2.5)):
        inside = torch.stack(torch.meshgrid(x + at, y + at, indexing="xy"), -1).reshape(-1, 2)
        tiles = picture[inside[:, 1].round().long(), inside[:, 0].round().long()]
        point = torch.tensor([[x, y]], dtype=torch.float64)
        close(tiles.mean(), read(picture, point)[0], atol=0.01)


@claim(
    "03",
    "Two things make the bilinear reading one: **its weights sum to 1, and none is negative. "
    "Then every value stays in the range of the picture.**",
    "Other kernels can fail: a hat half as wide has weights that sum to less than 1 "
    "between the centres, and to 0 halfway; twice the hat minus a hat twice as wide and "
    "half as high sums to 1, but can leave the range, as it has negative weights.",
)
def test_what_keeps_the_range():
    size = (12, 15)
    points = noise(400, 2) * torch.tensor([8.0, 5.0]) + 3  # all votes inside
    pictures = [noise(*size, seed=s) * 0.6 + 0.2 for s in range(3)]
    pictures += [photo(name)[0, 0, 100:112, 100:115].double() for name in PHOTOS]
    pictures.append(torch.full(size, 0.7, dtype=torch.float64))
    for name, kernel in KERNELS.items():
        w = weights(points, size, kernel)
        sums, least = w.sum((1, 2)), w.min()
        kept = (sums - 1).abs().max() < 1e-9 and least >= 0
        assert kept == (name in ("box", "hat", "wide"))
        leaves = False
        for picture in pictures:
            V = (w * picture).sum((1, 2))
            leaves |= bool(V.min() < picture.min() - 1e-9 or V.max() > picture.max() + 1e-9)
        assert leaves == (not kept)
    assert weights(torch.tensor([[5.5, 4.0]]), size, KERNELS["narrow"]).sum() == 0
    sharp = weights(points, size, KERNELS["sharp"])
    assert sharp.min() < -0.1
    close(sharp.sum((1, 2)), torch.ones(400, dtype=torch.float64))


@claim(
    "03",
    "(Beyond the outer pixel centres part of the weight falls on zeros outside.",
)
@pytest.mark.parametrize("size", SIZES)
def test_weights_sum_to_1_between_the_outer_centres(size):
    points = places(size, n=1000)
    last = torch.tensor(size[::-1]) - 1
    inside = ((points >= 0) & (points <= last)).all(1)
    sums = weights(points, size).sum((1, 2))
    assert (sums[inside] - 1).abs().max() < 1e-9 if inside.any() else size[1] == 1
    assert sums[~inside].max() < 1


@claim(
    "03",
    "Right, and wasteful: each output pixel asks all 64 pixels, and the hat lets four of them "
    "vote at most.",
)
@pytest.mark.parametrize("size", SIZES)
def test_four_votes_at_most(size):
    heard = (weights(places(size, n=2000), size) > 0).sum((1, 2))
    assert heard.max() == min(4, 2 * min(size))
    turned = affine.from_parts(rotation=2.0, scale_x=0.3, scale_y=1.7, t_x=0.2)
    points = pixel_from_normalised(affine_grid(turned.double(), (40, 30))[0], size).reshape(-1, 2)
    assert (weights(points, size) > 0).sum((1, 2)).max() <= 4


@claim(
    "03",
    'With `mode="nearest"` torch and `stnlib` read by the box, except at ties: halfway '
    "between two pixels the paper takes the right one, torch the even-numbered one "
    "(rounding can change this).",
)
def test_nearest_is_the_box_but_for_ties():
    for size in SIZES:
        picture, points = noise(*size), places(size)
        by_box = (weights(points, size, box) * picture).sum((1, 2))
        close(read(picture, points, "nearest"), by_box)
        grid = normalised_from_pixel(points, size)[None, None]
        close(sample(picture[None, None], grid, mode="nearest").flatten(), by_box)
    row = torch.arange(8.0, dtype=torch.float64)[None]
    half = torch.arange(7, dtype=torch.float64) + 0.5
    points = torch.stack((half, torch.zeros(7, dtype=torch.float64)), -1)
    even = torch.tensor([0, 2, 2, 4, 4, 6, 6], dtype=torch.float64)
    close(read(row, points, "nearest"), even)
    grid = normalised_from_pixel(points, (1, 8))[None, None]
    close(sample(row[None, None], grid, mode="nearest").flatten(), even)
    paper = (half + 0.5).floor()  # equation 4: the pixel whose number is floor(x + 0.5)
    close(box(half[:, None] - torch.arange(8)) @ row[0], paper)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_rounding_can_break_a_tie(dtype):
    odd = 0
    for n in range(2, 65):
        row, half = torch.arange(n, dtype=dtype)[None], torch.arange(n - 1, dtype=dtype) + 0.5
        found = read(row, torch.stack((half, torch.zeros_like(half)), -1), "nearest")
        assert ((found - half).abs() == 0.5).all()
        if n in (2, 4, 8, 16, 32, 64):  # nothing is rounded
            assert (found % 2 == 0).all()
        odd += int((found % 2).sum())
    assert 0 < odd < 400  # of 2016 ties; without rounding, none


@claim(
    "03",
    "**A reading is linear in the picture**, whatever the kernel and for each padding "
    "below: the weights depend on the point alone.",
)
@pytest.mark.parametrize("size", SIZES)
def test_linear_in_the_picture(size):
    points, (one, two) = places(size, beyond=3), (noise(*size, seed=s) - 0.5 for s in (3, 4))
    for padding in RULES:
        for mode in (*WAYS, "bicubic"):
            readings = [read(p, points, mode, padding) for p in (one, two, -2 * one + 0.3 * two)]
            close(readings[2], -2 * readings[0] + 0.3 * readings[1])
        lit = torch.eye(one.numel(), dtype=torch.float64).reshape(-1, *size)
        weight = torch.stack([read(p, points, "bilinear", padding) for p in lit])
        close(one.flatten() @ weight, read(one, points, "bilinear", padding))
    for kernel in KERNELS.values():
        V = [(weights(points, size, kernel) * p).sum((1, 2)) for p in (one, two, one - 5 * two)]
        close(V[2], V[0] - 5 * V[1])


@claim(
    "03",
    "Along a row or a column it is straight between pixel centres and has a {term}`kink` on each "
    "of them, unless the slopes happen to agree;",
)
def test_straight_between_kinks():
    picture = noise(6, 9)
    for flip in (False, True):
        for level in (0.3, 2.71, 4.0):
            along = torch.arange(-1.0, 9.001, 0.125, dtype=torch.float64)
            points = torch.stack((along, torch.full_like(along, level)), -1)
            V = read(picture.T if flip else picture, points.flip(1) if flip else points)
            bends = (V[2:] - 2 * V[1:-1] + V[:-2]).abs()
            centre = along[1:-1] == along[1:-1].round()
            assert bends[~centre].max() < 1e-9
            assert bends[centre].min() > 1e-4
    ramp = torch.arange(9.0, dtype=torch.float64).expand(3, 9)  # slopes that agree
    points = torch.stack((along[9:-17], torch.ones_like(along[9:-17])), -1)
    close(read(ramp, points), along[9:-17])
    diagonal = torch.arange(1.0, 2.001, 0.125, dtype=torch.float64)  # and not along any line
    V = read(picture, torch.stack((diagonal, diagonal), -1))
    assert (V[2:] - 2 * V[1:-1] + V[:-2]).abs().max() > 1e-4


@claim(
    "03",
    "Nearest reading jumps and is flat in between, so its slope tells nothing;",
    "bilinear reading does not jump, and where its pixels differ it has a slope to "
    "follow, except at single points.",
)
@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("direction", [(1, 0), (0, 1), (0.8, 0.6)])
def test_nearest_jumps_and_bilinear_does_not(name, direction):
    picture = photo(name)[0, 0, 60:160, 60:160].double()
    steps = {mode: [] for mode in WAYS}
    for step in (0.1, 0.01, 0.001):
        slide = torch.arange(20, 60, step, dtype=torch.float64)
        points = slide[:, None] * torch.tensor(direction, dtype=torch.float64) + 0.37
        for mode in WAYS:
            points.requires_grad_(True)
            V = read(picture, points, mode)
            steps[mode].append(V.detach().diff().abs().max())
            (slope,) = torch.autograd.grad(V.sum(), points)
            points = points.detach()
            assert bool((slope != 0).any()) == (mode == "bilinear")
    assert steps["nearest"][2] > 0.9 * steps["nearest"][0]
    assert steps["bilinear"][1] < 0.15 * steps["bilinear"][0]
    assert steps["bilinear"][2] < 0.15 * steps["bilinear"][1]


@pytest.mark.parametrize("seed", range(5))
def test_the_slope_is_zero_at_single_points_only(seed):
    (a, b), (c, d) = picture = noise(2, 2, seed=seed)

    def slope(x, y):
        points = torch.stack((x, y), -1).requires_grad_(True)
        return torch.autograd.grad(read(picture, points).sum(), points)[0].norm(dim=-1)

    assert slope(*noise(2, 1000, seed=seed + 9)).min() > 1e-6
    twist = a - b - c + d  # the value is a + (b - a) x + (c - a) y + twist · x y
    x, y = (a - c) / twist, (a - b) / twist
    if min(x, y) > 0 and max(x, y) < 1:
        assert slope(x[None], y[None]) < 1e-9
        assert slope(x[None] + 1e-3, y[None]) > 1e-5
    crossed = torch.eye(2, dtype=torch.float64)
    middle = torch.full((1, 2), 0.5, dtype=torch.float64, requires_grad=True)
    read(crossed, middle).sum().backward()
    assert (middle.grad == 0).all()


def turn(images, degrees, mode="bilinear"):
    theta = affine.rotation(torch.tensor(degrees * torch.pi / 180))
    grid = affine_grid(theta.expand(len(images), -1, -1), images.shape[2:])
    return sample(images, grid, mode=mode)


def disc(n, radius=0.9):
    return regular_grid((n, n)).norm(dim=-1) < radius


@cache
def smooth_digits():
    digits = load_digits(28).images[100:110]  # not those of the cell
    return interpolate(digits, scale_factor=8, mode="bicubic")


@claim(
    "03",
    "Bilinear is closer each time here; how much closer depends on the picture, the angle"
    " and the size: from less than twice to more than ten times. Turned by 0.2 degrees, "
    "nearest can be closer.",
)
def test_how_much_closer_is_a_property_of_the_picture():
    blocks = noise(1, 1, 28, 28, dtype=torch.float32)
    fine = {name: photo(name)[..., :256, :256] for name in PHOTOS}
    fine |= {"smooth": smooth_digits(), "sharp": (smooth_digits() > 0.5).float()}
    fine["tiles"] = blocks.repeat_interleave(8, 2).repeat_interleave(8, 3)
    ratios = {}
    for name, images in fine.items():
        for degrees in (30, 11, 0.2):
            truth = avg_pool2d(turn(images, degrees), 8)
            small, inside = avg_pool2d(images, 8), disc(truth.shape[-1])
            wrong = [(turn(small, degrees, m) - truth).abs()[..., inside].mean() for m in WAYS]
            ratios[name, degrees] = float(wrong[0] / wrong[1])
    assert min(ratio for (_, degrees), ratio in ratios.items() if degrees > 1) > 1.1
    assert ratios["brick", 0.2] < 0.95
    assert max(ratios[name, 30] for name in ("camera", "sharp")) < 2
    assert min(ratios["smooth", degrees] for degrees in (30, 11)) > 2.7
    assert min(ratios["tiles", degrees] for degrees in (30, 11)) > 10


def detail(images):
    """The mean squared step between neighbours."""
    return images.diff(dim=-1).square().sum() + images.diff(dim=-2).square().sum()


@claim("03", "Bilinear reading between pixels blurs more and more as turns add up;")
@pytest.mark.parametrize("degrees", [30, 10, 45, 3.7, 0.1, 180.3])
def test_bilinear_blurs_more_and_more(degrees):
    for images in (*(avg_pool2d(photo(name), 8) for name in PHOTOS), load_digits(28).images[:20]):
        now = images * disc(images.shape[-1])
        left = [detail(now)]
        for _ in range(64):
            now = turn(now, degrees)
            left.append(detail(now))
        assert all(b < a for a, b in pairwise(left[:13]))
        # one turn of what is blurred through and through can add 0.02 %
        assert all(b < 0.995 * a for a, b in pairwise(left[2**k] for k in range(7)))


@claim(
    "03",
    "The lesson, unless the picture shrinks: **multiply the matrices first** (chapter 1), **then "
    "read once.**",
)
@pytest.mark.parametrize("degrees", [(20, 15), (7, 7, 7), (30,) * 5, (3,) * 4, (45, -20)])
def test_one_reading_is_closer_than_many(degrees):
    fine = {name: photo(name) for name in PHOTOS}
    fine |= {"smooth": smooth_digits(), "sharp": (smooth_digits() > 0.5).float()}
    moves = [affine.rotation(torch.tensor(d * torch.pi / 180)) for d in degrees]
    moves.append(affine.from_parts(scale_x=0.8, scale_y=0.8))  # the picture grows
    for images in fine.values():
        small = avg_pool2d(images, 8)
        n = small.shape[-1]
        grids = [affine_grid(m.expand(len(images), -1, -1), (n, n)) for m in moves]
        product = affine.compose(*moves).expand(len(images), -1, -1)
        turned = affine.from_parts(rotation=sum(degrees) / 57.29578, scale_x=0.8, scale_y=0.8)
        whole = affine_grid(turned.expand(len(images), -1, -1), (8 * n, 8 * n))
        truth = avg_pool2d(sample(images, whole), 8)
        for mode in WAYS:
            many = small
            for grid in grids:
                many = sample(many, grid, mode=mode)
            once = sample(small, affine_grid(product, (n, n)), mode=mode)
            wrong = [(V - truth).abs()[..., disc(n, 0.85)].mean() for V in (once, many)]
            assert wrong[0] < 0.9 * wrong[1]


@claim(
    "03",
    "Nearest is closer here. On the digits of 28 × 28 pixels it is closer, too, after 12 "
    "turns; after 36 turns of 10 degrees, bilinear is.",
)
@pytest.mark.parametrize("first", [0, 100, 500])
def test_which_is_closer_after_a_full_circle(first):
    digits = load_digits(28).images[first : first + 40]
    for times, closer in ((12, "nearest"), (36, "bilinear")):
        wrong = {}
        for mode in WAYS:
            images = digits
            for _ in range(times):
                images = turn(images, 360 / times, mode)
            wrong[mode] = float((images - digits).abs()[..., disc(28)].mean())
        assert min(wrong, key=wrong.get) == closer


@claim(
    "03",
    "nearest reading keeps the values, and puts them up to half a pixel off along each axis, at "
    "every turn.",
)
def test_nearest_keeps_values_half_a_pixel_off():
    worst = 0
    for degrees in (30, 10, 77):
        picture = torch.stack((*torch.meshgrid(*[torch.arange(41.0)] * 2, indexing="xy"),
                               torch.ones(41, 41)))[None]  # fmt: skip
        theta = affine.rotation(torch.tensor(degrees * torch.pi / 180))
        asked = pixel_from_normalised(affine_grid(theta, (41, 41))[0], (41, 41))
        given = turn(picture, degrees, "nearest")[0]
        off = (given[:2].permute(1, 2, 0) - asked).abs()[given[2] == 1]
        assert off.max() <= 0.5 + 1e-4
        worst = max(worst, float(off.max()))
        for name in PHOTOS:
            small = avg_pool2d(photo(name), 8)
            values = turn(small, degrees, "nearest").unique()
            assert torch.isin(values, torch.cat((small.unique(), torch.zeros(1)))).all()
    assert worst > 0.45


@claim(
    "03",
    "(Torch's bicubic kernel reaches two pixels and has negative weights: it blurs less, asks 16 "
    "pixels in place of 4, and can leave the range of the picture.",
)
@pytest.mark.parametrize("degrees", [30, 10, 45])
def test_bicubic_blurs_less_and_leaves_the_range(degrees):
    for images in (*(avg_pool2d(photo(name), 8) for name in PHOTOS), load_digits(28).images[:20]):
        images = images * disc(images.shape[-1])
        theta = affine.rotation(torch.tensor(degrees * torch.pi / 180))
        grid = affine_grid(theta.expand(len(images), -1, -1), images.shape[2:])
        soft = sharp = images
        for _ in range(6):
            soft = sample(soft, grid)
            sharp = grid_sample(sharp, grid, mode="bicubic", align_corners=False)
            assert detail(soft) < detail(sharp)
        assert sharp.min() < images.min() - 0.01 or sharp.max() > images.max() + 0.01
    lit = torch.eye(64, dtype=torch.float64).reshape(64, 1, 8, 8)
    points = normalised_from_pixel(torch.tensor([[3.3, 4.6]], dtype=torch.float64), (8, 8))
    grid = points[None, None].expand(64, 1, 1, 2)
    weight = grid_sample(lit, grid, mode="bicubic", align_corners=False).reshape(8, 8)
    used = (weight.abs() > 1e-12).nonzero()
    assert len(used) == 16
    assert used.min(0).values.tolist() == [3, 2]
    assert used.max(0).values.tolist() == [6, 5]
    assert weight.min() < -0.01
    close(weight.sum(), torch.tensor(1.0, dtype=torch.float64))


@claim("03", "Between whole numbers, hats join these values;")
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("n", [1, 2, 5])
def test_hats_join_the_values_outside(rule, n):
    row, whole = noise(1, n, seed=n), torch.arange(-9.0, n + 9, dtype=torch.float64)

    def at(x):
        return read(row, torch.stack((x, torch.zeros_like(x)), -1), padding_mode=rule)

    x = noise(300, seed=7) * (n + 16) - 8.5
    close(at(x), hat(x[:, None] - whole) @ at(whole))


@claim(
    "03",
    "With zeros the picture does not end at its edge: it fades from the outer centre to 0 one "
    "pixel further, half of the way inside the picture.",
    "The mirror stands at the edge; under `align_corners=True` ([chapter 1](01_move_points.ipynb)) "
    "it stands on the outer centre.",
)
@pytest.mark.parametrize("n", [3, 4, 9])
def test_what_lies_outside(n):
    row = noise(1, n, seed=n) + 0.2
    x = torch.linspace(0, 1.5, 31, dtype=torch.float64)
    for low in (True, False):
        at = -x if low else n - 1 + x
        points = torch.stack((at, torch.zeros_like(at)), -1)
        outer = row[0, 0 if low else -1]
        close(read(row, points), outer * (1 - x).clamp(min=0))
    x = torch.linspace(0, 2, 41, dtype=torch.float64)
    for align_corners, mirror in ((False, -0.5), (True, 0.0)):
        for place in (mirror, n - 1 - mirror):
            sides = [torch.stack((place + s * x, torch.zeros_like(x)), -1) for s in (1, -1)]
            V = [read(row, p, padding_mode="reflection", align_corners=align_corners)
                 for p in sides]  # fmt: skip
            close(*V)
    whole = torch.tensor([[-1.0, 0], [n, 0]], dtype=torch.float64)
    close(read(row, whole, padding_mode="reflection"), row[0, [0, -1]])
    close(read(row, whole, padding_mode="reflection", align_corners=True), row[0, [1, -2]])


@claim(
    "03",
    "So an enlarged picture has a dark rim: twice as large, a corner pixel reads a "
    "quarter pixel beyond the outer centre, both ways, and keeps $0.75 \\cdot 0.75$ of its"
    " ink.",
    'With `"border"`, an {term}`identity` grid with more points enlarges as torch\'s '
    '`interpolate(size=…, mode="bilinear")` does.',
)
@pytest.mark.parametrize("size", [(4, 4), (5, 3), (2, 7), (40, 60)])
def test_an_enlarged_picture(size):
    picture = noise(1, 2, *size)
    for factor in (2, 3, 5):
        larger = [factor * n for n in size]
        grid = affine_grid(affine.identity().double(), larger)
        wanted = interpolate(picture, larger, mode="bilinear", align_corners=False)
        close(sample(picture, grid, padding_mode="border"), wanted)
        if factor == 2:
            at = pixel_from_normalised(grid, size)[0, [0, -1], [0, -1]]
            last = torch.tensor(size[::-1]) - 1
            close(at, torch.stack((0 * last - 0.25, last + 0.25)).double())
            corners = sample(picture, grid)[..., [0, 0, -1, -1], [0, -1, 0, -1]]
            close(corners, 0.75**2 * picture[..., [0, 0, -1, -1], [0, -1, 0, -1]])
            assert not torch.allclose(sample(picture, grid), wanted)
    if size == (5, 3):  # without size= torch spaces the points by the factor it is given
        wanted = interpolate(picture, scale_factor=2.5, mode="bilinear", align_corners=False)
        grid = affine_grid(affine.identity().double(), wanted.shape[2:])
        assert (sample(picture, grid, padding_mode="border") - wanted).abs().max() > 0.05


@claim(
    "03",
    "(An identity grid made with one `align_corners` and read with the other is up to "
    "half a pixel off at its ends; torch does not warn if both are written out.",
)
@pytest.mark.parametrize("n", [2, 3, 8, 28, 101])
def test_mixing_the_two_rules(n):
    size = (n, n)
    for made, used in ((True, False), (False, True)):
        grid = affine_grid(affine.identity().double(), size, align_corners=made)
        x = pixel_from_normalised(grid[0, 0], size, align_corners=used)[:, 0]
        off = 0.5 if made else -0.5 * (n - 1) / n
        close(x[[0, -1]], torch.tensor([-off, n - 1 + off], dtype=torch.float64))
        assert 0 < abs(off) <= 0.5
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            made_grid = torch_affine_grid(affine.identity(), (1, 1, *size), align_corners=made)
            grid_sample(torch.zeros(1, 1, *size), made_grid, align_corners=used)


@claim(
    "03",
    "Its size shows the zoom without one look at the digit;",
    "Zeros look innocent because a digit's background is 0.",
)
def test_the_frame_gives_the_zoom_away():
    stack = load_digits(28).images[300:305]
    normal = (stack - stack.mean()) / stack.std()
    for scale in (1.0, 1.2, 1.37, 1.5, 1.8, 2.0, 2.6):
        grid = affine_grid(affine.scaling(scale).expand(5, -1, -1), (28, 28))
        share = (sample(normal, grid) != 0).double().mean((1, 2, 3))
        assert (share**-0.5 / scale - 1).abs().max() < 0.12
        assert share.max() == share.min()  # whatever the digit
        plain = sample(stack, grid)  # with the background at 0 there is no frame
        assert (plain[:, :, [0, -1]] == 0).all()


@claim(
    "03",
    'The cure: `"border"`, if all of the rim is background; or subtract the background, '
    "read, add it again: only the rim and the outside change.",
)
@pytest.mark.parametrize("scale", [1.3, 2.0, 2.6])
def test_the_background_taken_off(scale):
    stack = load_digits(28).images[200:210]  # their rims are empty
    normal = (stack - stack.mean()) / stack.std()
    ground = normal.min()
    theta = affine.from_parts(rotation=0.3, scale_x=scale, scale_y=scale).expand(10, -1, -1)
    grid = affine_grid(theta, (28, 28))
    off, border = (
        sample(normal - ground, grid) + ground,
        sample(normal, grid, padding_mode="border"),
    )
    place = pixel_from_normalised(grid, (28, 28))
    inside = ((place >= 0) & (place <= 27)).all(-1)
    outside = ((place <= -1) | (place >= 28)).any(-1)
    plain = sample(normal, grid)[:, 0]
    close(off[:, 0][inside], plain[inside], atol=1e-5)
    close(off[:, 0][outside], ground.expand(int(outside.sum())), atol=1e-5)
    assert (plain[outside] == 0).all()
    close(border, off, atol=1e-5)


@claim(
    "03",
    "Each reads 2 × 2 pixels out of its 4 × 4: three quarters of the picture have no say.",
)
def test_three_quarters_have_no_say():
    image = noise(1, 1, 72, 72, dtype=torch.float32).requires_grad_()
    sample(image, affine_grid(affine.identity(), (18, 18))).sum().backward()
    heard = image.grad[0, 0] != 0
    assert heard.float().mean() == 0.25
    blocks = heard.unfold(0, 4, 4).unfold(1, 4, 4)
    assert (blocks[..., 1:3, 1:3]).all()
    assert (blocks.sum((-2, -1)) == 4).all()


def stripes(n, size):
    wave = torch.sin(2 * torch.pi * n * (torch.arange(size, dtype=torch.float64) + 0.5) / size)
    return (0.5 + 0.5 * wave).expand(1, 1, 4, size)


def seen(n, size, of=720):
    """How many of n stripes are seen in so many output pixels."""
    grid = affine_grid(affine.identity().double(), (1, size))
    line = sample(stripes(n, of), grid)[0, 0, 0]
    return int(torch.fft.rfft((line - line.mean()).round(decimals=6)).abs().argmax())


@claim(
    "03",
    "A stripe needs two pixels, one for light and one for dark, so 18 pixels show 9 "
    "stripes at most.",
    "Beyond 9 the number is wrong.",
)
@pytest.mark.parametrize("size", [18, 10, 31])
def test_two_pixels_a_stripe(size):
    for n in range(1, 4 * size):
        assert (seen(n, size) == n) == (n <= size / 2)
        assert seen(n, size) <= size / 2


@claim("03", "but the finer grid must not skip pixels either.")
@pytest.mark.parametrize(("size", "n"), [(9, 40), (10, 37), (12, 45)])
def test_a_finer_grid_that_skips_pixels(size, n):
    picture = stripes(n, 720)  # more than so many pixels can show: grey is right

    def finely(times):
        grid = affine_grid(affine.identity().double(), (times, times * size))
        return avg_pool2d(sample(picture, grid), times)[0, 0, 0].std()

    assert finely(4) > 0.15  # false stripes: 15 pixels and more from point to point
    assert finely(360 // size) < 0.05  # two pixels from point to point


@cache
def errors(name, n, degrees):
    """{ruler: {cure: mean error}} on another picture, and another grid, than the cell's."""
    if name == "digit":
        image = load_digits(72).images[3:4]
    else:
        image = avg_pool2d(photo(name), 4)[..., :72, :72]
    theta = affine.from_parts(rotation=degrees / 57.3, scale_x=2 / 3, scale_y=2 / 3, t_x=0.03)

    def reading(picture, n, mode="bilinear"):
        return sample(picture, affine_grid(theta, (n, n)), mode=mode)

    blurred = avg_pool2d(image, 5, 1, padding=2)
    found = {
        "alone": reading(image, n),
        "pool": reading(avg_pool2d(image, 4), n),
        "blur": reading(blurred, n),
        "fine": avg_pool2d(reading(image, 4 * n), 4),
    }
    tiny = reading(image, 16 * n, "nearest")
    truths = {
        "box": avg_pool2d(tiny, 16),
        "hat": interpolate(tiny, (n, n), mode="bilinear", antialias=True),
    }
    return {
        ruler: {cure: float((V - truth).abs().mean()) for cure, V in found.items()}
        for ruler, truth in truths.items()
    }


PICTURES = (*PHOTOS, "grass", "gravel", "digit")


@claim(
    "03",
    "Shrunk by four, the winner depends on the truth we take: with the box it is reading "
    "finely, with the hat blurring first.",
    "Reading finely shrinks better than the grid alone.",
)
@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("degrees", [20, 45])
def test_cures_of_a_shrunk_picture(name, degrees):
    found = errors(name, 12, degrees)
    assert min(found["box"], key=found["box"].get) == "fine"
    assert min(found["hat"], key=found["hat"].get) == "blur"
    for n in (6, 12, 24):  # shrunk by 8, 4 and 2
        for ruler in errors(name, n, degrees).values():
            assert ruler["fine"] < 0.6 * ruler["alone"]


@claim(
    "03",
    "Where nothing shrinks, pooling or blurring first is several times as far off as the "
    "grid alone: they do not know what the grid will do.",
)
@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("degrees", [20, 45])
def test_cures_where_nothing_shrinks(name, degrees):
    for n, times in ((48, 5), (96, 2.9)):  # at 96 the picture grows
        for ruler in errors(name, n, degrees).values():
            assert min(ruler["pool"], ruler["blur"]) > times * ruler["alone"]


@claim(
    "03",
    "An output pixel's box is one fair choice, its hat another; torch's "
    '`interpolate(mode="bilinear", antialias=True)` has that hat,',
)
@pytest.mark.parametrize(("size", "smaller"), [((72, 72), (18, 18)), ((30, 50), (7, 20))])
def test_antialias_stretches_the_hat(size, smaller):
    image = noise(1, 1, *size)
    found = interpolate(image, smaller, mode="bilinear", antialias=True)
    tables = []
    for n, m in zip(size, smaller, strict=True):
        centre = (torch.arange(m, dtype=torch.float64) + 0.5) * n / m - 0.5
        w = hat((centre[:, None] - torch.arange(n)) * m / n)
        tables.append(w / w.sum(1, keepdim=True))
    close(found[0, 0], tables[0] @ image[0, 0] @ tables[1].T, atol=1e-6)
