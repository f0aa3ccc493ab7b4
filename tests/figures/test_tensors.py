"""What a figure shows, as tensors: ``matrix``, ``grid`` and ``output`` are what stnlib computes."""

from itertools import product

import pytest
import torch
from torch.testing import assert_close

from stnlib import affine, sample, transforms
from stnlib.coordinates import normalised_from_pixel, regular_grid
from stnlib.digits import load_digits
from stnlib.pixel_matrix import pixel_from_theta, theta_from_pixel
from stnlib.splatting import splat
from stnlib.training import History
from stnlib.widgets import (
    AlignmentLandscape,
    ConventionChecker,
    GridBender,
    GridExplorer,
    PixelLab,
    PoseProbe,
    Recording,
    TrainingBench,
    TrainingReplay,
    VolumeExplorer,
)
from stnlib.widgets.volume_explorer.example import example

SOURCE = torch.Generator().manual_seed(2)
PICTURES = (torch.rand(3, 1, 6, 8, generator=SOURCE) * 255).round() / 255
MAPS = torch.eye(2, 3) + 0.3 * torch.randn(4, 3, 2, 3, generator=SOURCE)
MODES, PADDINGS = ("bilinear", "nearest"), ("zeros", "border", "reflection")
READING = list(product(MODES, PADDINGS, (False, True)))


@pytest.mark.parametrize(("mode", "padding", "corners"), READING)
def test_the_explorer_gathers_and_throws_as_stnlib_does(mode, padding, corners):
    theta = affine.from_parts(rotation=0.4, scale_x=1.2, t_y=0.2)
    options = {"mode": mode, "align_corners": corners}
    figure = GridExplorer(PICTURES[0], theta=theta, output_size=(5, 4), padding_mode=padding,
                          **options)  # fmt: skip
    grid = affine.affine_grid(theta, (5, 4), align_corners=corners)
    assert_close(figure.matrix, theta)
    assert_close(figure.grid, grid)
    assert_close(figure.output, sample(PICTURES[:1], grid, padding_mode=padding, **options))
    figure.direction = "splat"
    grid = affine.affine_grid(theta, (6, 8), align_corners=corners)
    assert_close(figure.grid, grid)
    thrown = splat(PICTURES[:1], grid, (5, 4), **options)
    assert_close(figure.splat.weight, thrown.weight)
    assert_close(figure.output, thrown.average())


def test_the_checker_gives_theta_and_both_matrices_under_either_convention():
    sizes = {"input_size": (7, 3), "output_size": (4, 9)}
    for given, corners in product(("theta", "opencv", "skimage"), (False, True)):
        numbers = MAPS[0, :1].double()
        figure, theta = ConventionChecker(numbers, given=given, **sizes), numbers
        if given != "theta":
            theta = theta_from_pixel(numbers, convention=given, align_corners=corners, **sizes)
        assert_close(figure.matrix(corners), theta)
        for form in ("opencv", "skimage"):
            expected = pixel_from_theta(theta, convention=form, align_corners=corners, **sizes)
            assert_close(figure.pixel_matrix(form, corners), expected)
    flat = ConventionChecker([1, 1, 0, 1, 1, 0], given="opencv")
    with pytest.raises(ValueError, match="determinant other than 0"):
        flat.matrix(False)


CONTROLLED = {"piece-wise affine": "PiecewiseAffine", "thin plate spline": "ThinPlateSpline"}
FIXED = ("attention", "similarity", "affine", "projective")


@pytest.mark.parametrize("family", [*FIXED, *CONTROLLED])
def test_the_bender_starts_at_each_identity_and_follows_theta(family):
    figure = GridBender(PICTURES[0], family=family, control_grid=(3, 2))
    own = (getattr(transforms, CONTROLLED[family])((3, 2)) if family in CONTROLLED
           else getattr(transforms, family.capitalize())())  # fmt: skip
    assert_close(figure.output, figure.input, rtol=0, atol=1e-5)
    theta = own.identity() + 0.1
    figure.theta = theta[None]
    assert_close(figure.params, theta[None])
    assert_close(figure.grid, own.grid(theta[None], (6, 8)))
    assert_close(figure.output, sample(PICTURES[:1], figure.grid))
    assert not figure.folded.any()
    assert (figure.output - figure.input).abs().max() > 0.01


def test_the_bender_finds_where_the_grid_is_turned_over():
    theta = [0.0] * 18
    theta[8] = 1.3  # the middle of 3 × 3 is pulled past its neighbour
    folded = GridBender(control_grid=(3, 3), theta=theta).folded
    assert folded.shape == (28, 28)
    assert 0 < folded.sum() < 28 * 28
    assert folded[14, 20]
    assert not folded[14, 4]


@pytest.mark.parametrize(("mode", "padding"), list(product(MODES, PADDINGS)))
def test_the_lab_reads_and_slopes_as_stnlib_does(mode, padding):
    lab = PixelLab(PICTURES[0], point=(-0.7, 2.2), mode=mode, padding_mode=padding)
    place = torch.tensor([lab.point], dtype=torch.float64, requires_grad=True)
    value = sample(lab.input, normalised_from_pixel(place, (6, 8))[None, None],
                   mode=mode, padding_mode=padding)  # fmt: skip
    (slopes,) = torch.autograd.grad(value.sum(), place)
    assert lab.value == pytest.approx(value.item())
    assert lab.slopes == pytest.approx(slopes.flatten().tolist(), abs=1e-6)


def test_the_landscape_starts_where_its_settings_say():
    figure = AlignmentLandscape(PICTURES[0, 0, :, :6], start=(30, -2))
    theta = affine.from_parts(rotation=torch.pi / 6, t_x=-2 * 0.8 * 2 / 6, t_y=-2 * 0.6 * 2 / 6)
    assert_close(figure.matrix, theta)
    assert_close(figure.grid, affine.affine_grid(theta, (6, 6)))
    assert_close(figure.output, sample(PICTURES[:1, :, :, :6], figure.grid))


NETWORK = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(20, 10))


def probe(**settings):
    return PoseProbe({"a": NETWORK}, PICTURES, [1, 2, 3], MAPS[0], MAPS[1], output_size=(5, 4),
                     **settings)  # fmt: skip


def test_the_probe_turns_the_grid_about_its_middle_and_moves_it_right():
    figure = probe(picture=2, offset=(30, 2))
    aligned = MAPS[0, 2]
    turned = affine.rotation(torch.pi / 6)[0, :, :2] @ aligned[:, :2]
    middle = aligned[:, 2] + torch.tensor([2 * 2 / 8, 0])  # of a picture 8 wide
    assert_close(figure.matrix[0], torch.cat((turned, middle[:, None]), 1), rtol=0, atol=1e-5)
    assert_close(figure.grid, affine.affine_grid(figure.matrix, (5, 4)))
    assert_close(figure.output, sample(PICTURES[2:], figure.grid))


@pytest.mark.parametrize(("mode", "padding", "corners"), READING)
def test_the_replay_shows_the_run_on_the_left(mode, padding, corners):
    options = {"mode": mode, "padding_mode": padding, "align_corners": corners}
    runs = {name: Recording([0, 10, 20, 40], maps, (5, 4), **options)
            for name, maps in {"one": MAPS, "two": MAPS.flip(0)}.items()}  # fmt: skip
    figure = TrainingReplay(runs, PICTURES, step=15)
    assert_close(figure.matrix, MAPS[1])  # the last record before
    grid = affine.affine_grid(MAPS[1], (5, 4), align_corners=corners)
    assert_close(figure.grid, grid)
    assert_close(figure.output, sample(PICTURES, grid, **options), rtol=0, atol=1e-5)
    figure.left = "two"
    assert_close(figure.matrix, MAPS[2])


@pytest.mark.parametrize("corners", [False, True])
def test_the_replay_shows_several_grids_on_two_channels(corners):
    pictures = torch.cat((PICTURES, PICTURES.flip(0)), dim=1)
    spline = transforms.ThinPlateSpline((2, 3))
    moves = 0.3 * torch.randn(4, 3, 12, generator=torch.Generator().manual_seed(5))
    theta = torch.cat((MAPS.flatten(2), MAPS.flip(0).flatten(2), moves), dim=2)
    families = [transforms.Affine()] * 2
    options = {"align_corners": corners}
    steps = [0, 10, 20, 40]
    two = Recording(steps, theta[:, :, :12], (5, 4), transforms=families, **options)
    three = Recording(steps, theta, (5, 4), transforms=[*families, spline], **options)
    runs = {"two": two, "three": three}
    figure = TrainingReplay(runs, pictures, step=15, left="three")
    grids = [affine.affine_grid(maps[1], (5, 4), **options) for maps in (MAPS, MAPS.flip(0))]
    grids.append(spline.grid(moves[1], (5, 4), **options))
    assert_close(figure.input, pictures)
    assert_close(figure.grid, torch.stack(grids, dim=1), rtol=0, atol=1e-5)
    reads = torch.stack([sample(pictures, grid, **options) for grid in grids], dim=1)
    assert reads.shape == (3, 3, 2, 5, 4)
    assert_close(figure.output, reads, rtol=0, atol=1e-4)
    with pytest.raises(ValueError, match="matrix: expected affine maps, got ThinPlateSpline"):
        figure.matrix  # noqa: B018
    figure.left = "two"
    assert_close(figure.matrix, torch.stack((MAPS[1], MAPS[2]), dim=1))
    assert_close(figure.output, reads[:, :2], rtol=0, atol=1e-4)


def test_the_bench_has_what_its_page_has_recorded():
    bench = TrainingBench(family="affine")
    assert bench.history == History()
    assert_close(bench.matrix, affine.identity().expand(8, -1, -1))
    assert bench.output.shape == (8, 1, 12, 12)
    pictures, theta = torch.rand(8, 1, 21, 21), torch.rand(8, 6)
    seen = History(loss=[2.3], theta_step=[0, 1], theta=[[[1.0] * 6] * 8, theta.tolist()])
    sent = {"history": seen.to_dict(), "pictures": pictures.flatten().tolist()}
    bench.set_state({"seen": sent})
    assert bench.history == seen
    assert_close(bench.grid, affine.affine_grid(theta.reshape(8, 2, 3), (12, 12)))
    assert_close(bench.output, sample(pictures, bench.grid))


@pytest.mark.parametrize("make", [GridExplorer, GridBender, AlignmentLandscape, probe])
def test_the_default_dtype_of_torch_does_not_matter(make):
    tensors = ("input", "grid", "output")
    before, expected = torch.get_default_dtype(), [getattr(make(), name) for name in tensors]
    try:
        torch.set_default_dtype(torch.float64)
        for name, tensor in zip(tensors, expected, strict=True):
            assert_close(getattr(make(), name), tensor, rtol=0, atol=1e-5)
    finally:
        torch.set_default_dtype(before)


VOLUME = (torch.rand(4, 5, 6, generator=SOURCE) * 255).round() / 255


@pytest.mark.parametrize("projection", ["mean", "max"])
def test_the_volume_is_read_in_its_box_and_projected(projection):
    theta = torch.eye(3, 4)[None] + 0.3 * torch.randn(1, 3, 4, generator=SOURCE)
    figure = VolumeExplorer(VOLUME[None], theta=theta, projection=projection)
    grid = torch.nn.functional.affine_grid(theta, (1, 1, 4, 5, 6), align_corners=False)
    output = torch.nn.functional.grid_sample(VOLUME[None, None], grid, align_corners=False)
    assert_close(figure.input, VOLUME[None, None])
    assert_close(figure.matrix, theta)
    assert_close(figure.grid, grid, atol=1e-6, rtol=0)
    assert_close(figure.output, output, atol=1e-5, rtol=0)
    along = {"mean": output.mean(2), "max": output.amax(2)}[projection]
    assert_close(figure.projected, along, atol=1e-5, rtol=0)
    straight = {"mean": VOLUME.mean(0), "max": VOLUME.amax(0)}[projection]
    assert_close(figure.straight, straight[None, None])


def test_a_volume_of_bytes_is_kept_as_it_is_and_its_box_is_all_of_it():
    figure = VolumeExplorer((VOLUME * 255).byte().numpy())
    assert_close(figure.input[0, 0], VOLUME)
    assert_close(figure.output, figure.input, atol=1e-5, rtol=0)
    assert list(figure.boxes) == ["the whole volume"]
    figure = VolumeExplorer(VOLUME, boxes={"one": [0.5] * 12, "two": torch.eye(3, 4)})
    assert figure.theta == (0.5,) * 12


def test_the_first_box_reads_the_digit_that_no_straight_projection_shows():
    figure, digits = VolumeExplorer(), load_digits(20, glyph=18)
    shown = [digits.images[int((digits.labels == digit).nonzero()[0])] for digit in (8, 2)]
    whole = regular_grid((32, 32))[None]
    for name, picture in zip(list(figure.boxes)[:2], shown, strict=True):
        digit = sample(picture[None], whole)

        def alike(seen, digit=digit):
            return torch.corrcoef(torch.stack((seen.flatten(), digit.flatten())))[0, 1].item()

        figure.theta = figure.boxes[name]
        assert alike(figure.projected) > 0.95
        assert alike(figure.straight) < 0.4
        figure.theta = figure.boxes["the 8 from its side"]
        assert alike(figure.projected) < 0.6
    assert example()[1]["the whole volume"] == VolumeExplorer(VOLUME).theta
