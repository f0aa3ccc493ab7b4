"""The settings of the figures: what is taken, what is refused and in which words, what follows."""

import copy
import json
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from traitlets import TraitError

from stnlib import affine, widgets
from stnlib.digits import load_digits
from stnlib.networks import cnn
from stnlib.transforms import FAMILIES, Affine, ThinPlateSpline
from stnlib.widgets import (
    AlignmentLandscape,
    ConventionChecker,
    DrawDigit,
    GridBender,
    GridExplorer,
    PixelLab,
    PoseProbe,
    Recording,
    TrainingBench,
    TrainingReplay,
    VolumeExplorer,
)
from stnlib.widgets.stored import stored_of

ROOT = Path(__file__).resolve().parents[2]
FIGURES = [getattr(widgets, name) for name in widgets.__all__ if name != "Recording"]
NAN = float("nan")
MAPS = torch.eye(2, 3) + 0.3 * torch.rand(4, 3, 2, 3, generator=torch.Generator().manual_seed(0))
IMAGES = torch.rand(3, 1, 6, 8, generator=torch.Generator().manual_seed(1))
NETWORK = cnn(20, channels=(4, 4)).eval()
FLAT = nn.Sequential(nn.Flatten())
IDENTITY_3D = torch.eye(3, 4)
PADDED = nn.Conv2d(1, 2, 3, padding=1)


def recording(**changes):
    values = {"step": [0, 10, 20, 40], "theta": MAPS, "output_size": (5, 4)}
    return Recording(**values | {"error_step": [20, 40], "error": [50, 12.5]} | changes)


NEEDED = {
    TrainingReplay: {"runs": {"one": recording(), "two": recording()}, "images": IMAGES},
    PoseProbe: {"networks": {"a": NETWORK}, "images": IMAGES, "labels": [1, 2, 3],
                "aligned": MAPS[0], "chosen": MAPS[1]},
}  # fmt: skip


def make(figure, **settings):
    return figure(**NEEDED.get(figure, {}) | settings)


T, V = TypeError, ValueError
BAD = {
    GridExplorer: [
        ("theta", [1, 2, 3], V, "theta: expected 6 numbers"),
        ("theta", "six", T, "theta: expected 6 numbers"),
        ("theta", [1, 0, 0, 0, 1, NAN], V, "theta: expected finite numbers"),
        ("theta", torch.eye(3), V, r"theta: .* got shape \(3, 3\)"),
        ("theta", ["1", "0", "0", "0", "1", "0"], T, "theta: expected 6 numbers"),
        ("theta", np.array([1j, 0, 0, 0, 1, 0]), T, "theta: expected 6 numbers"),
        ("theta", torch.eye(2, 3) * 1j, T, "theta: expected 6 numbers"),
        ("image", torch.rand(4, 4, device="meta"), T, "image: expected .* got a torch.float32"),
        ("theta", None, T, "theta: expected 6 numbers"),
        ("image", torch.rand(2, 3, 4, 4), V, r"image: expected .* got shape \(2, 3, 4, 4\)"),
        ("image", torch.rand(4, 4) + 1, V, r"image: expected values in 0 \.\.\. 1"),
        ("image", [[0.5, float("inf")]], V, "image: expected finite numbers"),
        ("image", torch.rand(513, 2), V, "image: expected at most 512"),
        ("image", torch.rand(0, 2), V, "image: expected"),
        ("image", "digit.png", T, "image: expected"),
        ("output_size", 2.5, V, r"output_size: expected \(height, width\)"),
        ("output_size", (0, 3), V, "output_size.*at least 1"),
        ("output_size", (4, 1024), V, "output_size: expected at most 512"),
        ("mode", "bicubic", V, "mode: expected one of 'bilinear', 'nearest', got str 'bicubic'"),
        ("padding_mode", "wrap", V, "padding_mode: expected one of"),
        ("align_corners", 1, T, "align_corners: expected True or False"),
        ("direction", "scatter", V, "direction: expected one of 'gather', 'splat'"),
        ("pixel", 3, T, r"pixel: expected None or \(row, column\)"),
        ("pixel", (-1, 0), V, "pixel: expected row and column from 0 on"),
        ("pixel", (1.5, 0), T, r"pixel: expected None or \(row, column\)"),
        ("image", np.ones((513, 2), np.uint8), V, "image: expected at most 512"),
        ("mode", np.array(["bilinear", "nearest"]), V, "mode: expected one of"),
        ("controls", 3, V, "controls: expected one of"),
        ("pixel", (28, 0), V, r"pixel: expected \(row, column\) inside \(28, 28\), got \(28, 0\)"),
        ("controls", ["knobs"], V, "controls: expected one of"),
    ],
    PixelLab: [
        ("image", torch.rand(13, 2), V, "image: expected at most 12 × 12 pixels"),
        ("image", torch.rand(2, 3, 4), V, r"image: expected .* got shape \(2, 3, 4\)"),
        ("image", torch.rand(4, 4) + 1, V, r"image: expected values in 0 \.\.\. 1"),
        ("image", "digit", T, "image: expected"),
        ("point", 3, V, r"point: expected \(x, y\)"),
        ("point", (1, 2, 3), V, r"point: expected \(x, y\), got shape \(3,\)"),
        ("point", (9.0, 0.0), V, r"point: expected x in -1.75 \.\.\. 8.75 and y .* \(9.0, 0.0\)"),
        ("point", (0.0, -2.0), V, "point: expected x in"),
        ("stops", [(2, 1), (99, 0)], V, r"stops: expected x in .* got \(99.0, 0.0\)"),
        ("stops", [3], V, r"stops: expected \(x, y\)"),
        ("stops", 3, V, r"stops: expected \(x, y\)"),
        ("mode", "bicubic", V, "mode: expected one of"),
        ("padding_mode", "wrap", V, "padding_mode: expected one of"),
        ("pixel", (4, 0), V, r"pixel: expected \(row, column\) inside \(4, 8\)"),
        ("pixel", "a", T, "pixel: expected None or"),
        ("panels", ["lens"], V, "panels: expected one of"),
    ],
    ConventionChecker: [
        ("numbers", [1, 2, 3], V, "numbers: expected 6 numbers"),
        ("numbers", [1, 0, 0, 0, 1, NAN], V, "numbers: expected finite numbers"),
        ("given", "kornia", V, "given: expected one of 'theta', 'opencv', 'skimage', got str"),
        ("input_size", (1, 5), V, r"input_size: expected 2 \.\.\. 4096 .*, got \(1, 5\)"),
        ("output_size", (5, 4097), V, r"output_size: expected 2 \.\.\. 4096"),
        ("output_size", 2.5, V, r"output_size: expected \(height, width\)"),
        ("pixel", (5, 0), V, r"pixel: expected \(row, column\) inside \(5, 8\), got \(5, 0\)"),
        ("pixel", None, V, "pixel"),
        ("image", torch.rand(2, 3, 4, 4), V, "image: expected"),
    ],
    GridBender: [
        ("family", "bilinear", V, "family: expected one of 'attention', 'similarity', 'affine'"),
        ("theta", [0.0] * 6, V, "theta: thin plate spline expects 32 numbers, got 6"),
        ("theta", "32", T, "theta: expected a row of numbers, got str '32'"),
        ("theta", [NAN] * 32, V, "theta: expected finite numbers"),
        ("control_grid", (1, 4), V, r"control_grid\[0\], the rows: expected at least 2"),
        ("control_grid", (6, 4), V, r"control_grid: expected at most 5 × 5 points, got \(6, 4\)"),
        ("control_grid", 2.5, V, r"control_grid: expected \(rows, columns\)"),
        ("image", torch.rand(2, 2, 4, 4), V, "image: expected"),
    ],
    AlignmentLandscape: [
        ("image", torch.rand(4, 5), V, r"image: expected a square picture .* got \(4, 5\)"),
        ("image", torch.rand(65, 65), V, "image: expected a square picture"),
        ("image", torch.rand(4, 4) + 1, V, "image: expected values in 0"),
        ("start", 3, V, r"start: expected \(degrees, pixels\), got int 3"),
        ("start", (121, 0), V, r"start: expected at most 120 degrees .* got \(121.0, 0.0\)"),
        ("start", (0, -12.5), V, "start: expected at most"),
        ("blur", 5, V, r"blur: expected 0 \.\.\. 4, got 5"),
        ("blur", "much", T, "blur: expected a number, got str 'much'"),
        ("rate", 1.0, V, r"rate: expected 0.005 \.\.\. 0.1, got 1.0"),
        ("image", np.full((4, 4), 0.3), V, "image: expected more than one grey"),
        ("numbers", 4, V, "numbers: expected 2, 3 or 6, got int 4"),
        ("numbers", np.array([2, 3]), V, "numbers: expected 2, 3 or 6"),
        ("step", 201, V, r"step: expected 0 \.\.\. 200, got 201"),
        ("step", 1.5, T, "step: expected a number, got float 1.5"),
        ("basin", 1, T, "basin: expected True or False"),
        ("steps", 5, TraitError, "read-only"),
    ],
    PoseProbe: [
        ("networks", [], T, "networks: expected {name: classifier}"),
        ("networks", {}, T, "networks: expected {name: classifier}"),
        ("networks", {"a": PADDED}, T, "network: expected convolutions without padding"),
        ("networks", {"a": FLAT}, V, r"network: expected 1 \.\.\. 60000 weights"),
        ("networks", {"a": 7}, T, "networks: expected a classifier as 'a', got int 7"),
        ("labels", [1], V, "labels: expected 3, one for each image, got 1"),
        ("aligned", MAPS[0][:2], V, "aligned: expected 3, one for each image, got 2"),
        ("images", IMAGES[:2], V, "labels: expected 2, one for each image, got 3"),
        ("labels", [1, 11, 2], V, r"labels: expected whole numbers 0 \.\.\. 9"),
        ("labels", 3, V, r"labels: expected whole numbers 0 \.\.\. 9"),
        ("labels", [1, 2.5, 2], V, r"labels: expected whole numbers 0 \.\.\. 9"),
        ("aligned", torch.zeros(3, 5), V, r"aligned: expected shape \(N, 2, 3\), got \(3, 5\)"),
        ("aligned", NAN * MAPS[0], V, "aligned: expected finite numbers"),
        ("chosen", MAPS[0] / 0, V, "chosen: expected finite numbers"),
        ("picture", 3, V, r"picture: expected 0 \.\.\. 2, got 3"),
        ("network", "b", V, "network: expected one of 'a', got str 'b'"),
        ("offset", 3, V, r"offset: expected \(degrees, pixels\), got int 3"),
        ("offset", (91, 0), V, r"offset: expected at most 90 degrees .* got \(91.0, 0.0\)"),
    ],
    TrainingBench: [
        ("family", "projective", V, "family: expected one of 'attention', 'similarity', 'affine'"),
        ("start", "zeros", V, "start: expected one of 'identity', 'random', got str 'zeros'"),
        ("localisation_rate", 5, V, "localisation_rate: expected one of 0, 0.1, 1, 10, 20, got 5"),
        ("localisation_rate", "high", T, "localisation_rate: expected a number"),
        ("rate", 2, V, "rate: expected one of 1, 20, got 2"),
        ("degrees", 181, V, r"degrees: expected 0 \.\.\. 180, got 181"),
        ("resize", 0.6, V, r"resize: expected 0 \.\.\. 0.5, got 0.6"),
        ("move", NAN, V, r"move: expected 0 \.\.\. 1"),
        ("background", 0, V, "background: expected one of 'black', 'white'"),
        ("classifier", "huge", V, "classifier: expected one of 'linear', 'small', 'large'"),
        ("pictures", 256, V, "pictures: expected one of 'new', '256'"),
        ("seed", -1, V, "seed"),
        ("steps", 0, V, "steps"),
        ("step", 401, V, r"step: expected 0 \.\.\. 400, got 401"),
        ("digit", 8, V, "digit"),
        ("held", 3, V, r"held: expected 3, 4 or 6 numbers, got shape \(\)"),
        ("held", "θ", T, "held: expected None or θ, got str 'θ'"),
        ("held", [0.0, NAN, 0.0, 0.0], V, "held: expected finite numbers"),
        ("held", [0.0] * 5, V, r"held: expected 3, 4 or 6 numbers, got shape \(5,\)"),
        ("digits", {}, TraitError, "read-only"),
    ],
    DrawDigit: [
        ("strokes", 3.5, T, "strokes: expected a digit, or strokes .*, got float 3.5"),
        ("strokes", 10, V, "strokes: expected one of"),
        ("strokes", [[1, 2]], V, r"strokes: expected \(N, 2\) numbers a stroke, got \(2,\)"),
        ("strokes", [[[1, 2, 3]]], V, r"strokes: expected \(N, 2\) numbers a stroke"),
        ("strokes", [[[1, NAN]]], V, "strokes: expected finite numbers"),
        ("strokes", [[[1, 900]]], V, "strokes: expected points on the canvas"),
        ("strokes", [[[1, 2]]] * 2001, V, "strokes: expected at most 2000 points, got 2001"),
        ("strokes", "four", T, "strokes: expected"),
        ("angle", 181, V, r"angle: expected -180 \.\.\. 180, got 181"),
        ("size", 0, V, r"size: expected 0.4 \.\.\. 1.6, got 0"),
        ("shift", 3, V, r"shift: expected \(x, y\)"),
        ("shift", (0, 16), V, "shift: expected at most 15 pixels each way"),
        ("around", 1, T, "around: expected True or False"),
        ("networks", {}, TraitError, "read-only"),
    ],
    VolumeExplorer: [
        ("volume", torch.rand(4, 4), V, r"volume: expected \(D, H, W\), .* got shape \(4, 4\)"),
        ("volume", torch.rand(2, 1, 3, 3, 3), V, r"volume: .* got shape \(2, 1, 3, 3, 3\)"),
        ("volume", torch.rand(0, 2, 2), V, r"volume: .* got shape \(0, 2, 2\)"),
        ("volume", torch.rand(2, 33, 2), V, r"volume: expected at most 32 .* got \(2, 33, 2\)"),
        ("volume", torch.rand(3, 4, 5) + 1, V, r"volume: expected values in 0 \.\.\. 1"),
        ("volume", [[[0.5, NAN]]], V, "volume: expected finite numbers"),
        ("volume", "digit", T, "volume: expected"),
        ("theta", [1.0] * 6, V, r"theta: expected 12 numbers, .* got shape \(6,\)"),
        ("theta", torch.eye(4), V, r"theta: .* got shape \(4, 4\)"),
        ("theta", [NAN] * 12, V, "theta: expected finite numbers"),
        ("theta", [101.0] * 12, V, r"theta: expected numbers of -100 \.\.\. 100"),
        ("theta", "twelve", T, "theta: expected 12 numbers"),
        ("boxes", [IDENTITY_3D], T, "boxes: expected {name: 12 numbers}"),
        ("boxes", {1: IDENTITY_3D}, T, "boxes: expected {name: 12 numbers}"),
        ("boxes", {}, V, r"boxes: expected 1 \.\.\. 8 boxes, got 0"),
        ("boxes", dict.fromkeys("abcdefghi", IDENTITY_3D), V, r"boxes: expected 1 .* got 9"),
        ("boxes", {"a": [1, 2]}, V, "boxes: expected 12 numbers"),
        ("projection", "sum", V, "projection: expected one of 'mean', 'max', got str 'sum'"),
        ("view", 3, V, r"view: expected \(degrees across, degrees up\), got \(\)"),
        ("view", (0, 91), V, "view: expected at most 180 and 90 degrees"),
        ("view", "above", T, "view: expected"),
    ],
    TrainingReplay: [
        ("runs", {}, T, "runs: expected {name: Recording}"),
        ("runs", recording(), T, "runs: expected {name: Recording}"),
        ("runs", {"one": 1}, T, "runs: expected {name: Recording}, got str 'one': int 1"),
        ("runs", {1: recording()}, T, "runs: expected {name: Recording}, got int 1"),
        ("images", IMAGES[:2], V, "runs: expected θ of 2 images, 'one' has 3"),
        ("runs", {"one": recording(theta=MAPS[:, :2])}, V, "runs: expected θ of 3 images, .one"),
        ("images", torch.rand(3, 4, 4, 4), V, "images: expected .* of 1 to 3 channels"),
        ("images", torch.rand(3, 1, 2, 4, 4), V, "images: expected a tensor or an array"),
        ("images", [[0.5]], V, "images: expected a tensor or an array"),
        ("images", torch.rand(13, 1, 4, 4), V, "images: expected at most 12 pictures, got 13"),
        ("images", np.ones((3, 513, 2), np.uint8), V, "image: expected at most 512"),
        ("images", IMAGES + 1, V, r"image: expected values in 0 \.\.\. 1"),
        ("step", 41, V, r"step: expected 0 \.\.\. 40, got 41"),
        ("step", -1, V, "step"),
        ("step", 1.5, T, "step"),
        ("digit", 3, V, r"digit: expected 0 \.\.\. 2, got 3"),
        ("labels", [1, 2], V, "labels: expected 3, one for each image, got 2"),
        ("labels", "123", T, r"labels: expected \(N,\) digits or words, got str '123'"),
        ("labels", [1.5, 2, 3], T, r"labels: expected \(N,\) digits or words"),
        ("labels", [[1], [2, 3], [4]], T, r"labels: expected \(N,\) digits or words"),
        ("left", "three", V, "left: expected one of 'one', 'two', got str 'three'"),
        ("right", "three", V, "right: expected one of 'one', 'two', got str 'three'"),
    ],
}
ROWS = [pytest.param(figure, *row, id=f"{figure.__name__}-{row[0]}-{str(row[1])[:20]}")
        for figure, rows in BAD.items() for row in rows]  # fmt: skip
each_bad = pytest.mark.parametrize(("figure", "name", "value", "error", "words"), ROWS)


@each_bad
def test_a_bad_setting_is_refused(figure, name, value, error, words):
    with pytest.raises(error, match=words):
        make(figure, **{name: value})


@each_bad
def test_a_bad_setting_is_refused_later_too_and_changes_nothing(figure, name, value, error, words):
    made = make(figure)
    before = stored_of(made), repr(made)
    with pytest.raises(error, match=words):
        setattr(made, name, value)
    assert (stored_of(made), repr(made)) == before


@pytest.mark.parametrize(
    ("figure", "name", "value"),
    [
        (GridExplorer, "pixel", (28, 0)),
        (PixelLab, "point", (99, 0)),
        (ConventionChecker, "pixel", (5, 0)),
        (GridBender, "theta", (0.0,)),
        (AlignmentLandscape, "image", torch.eye(65)),
        (PoseProbe, "network", "b"),
        (TrainingReplay, "left", "three"),
    ],
)
def test_what_does_not_fit_is_taken_back_when_changes_are_held(figure, name, value):
    made = make(figure)
    before = stored_of(made)
    with pytest.raises(V, match="expect"), made.hold_trait_notifications():  # as for the page
        setattr(made, name, value)
    assert stored_of(made) == before


def test_figures_of_runs_and_networks_keep_to_what_is_there():
    replay = make(TrainingReplay, digit=2)
    replay.runs = {"three": recording(step=[0, 1, 2, 3], error_step=[2, 3])}
    assert (replay.left, replay.right, replay.step, replay.digit) == ("three", None, 3, 2)
    with replay.hold_trait_notifications():
        replay.runs, replay.images = {"four": recording(theta=MAPS[:, :2])}, IMAGES[:2]
    assert (replay.names, replay.digit, len(replay.output)) == (("four",), 1, 2)
    probe = make(PoseProbe, picture=2)
    probe.networks = {"b": NETWORK}
    with probe.hold_trait_notifications():
        probe.images, probe.labels = IMAGES[:1], [4]
        probe.aligned = probe.chosen = MAPS[0][:1]
    assert (probe.network, probe.picture, probe.label) == ("b", 0, 4)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_slopes_are_found_where_torch_keeps_no_gradients(mode):
    with mode():
        lab = PixelLab()
        slopes = lab.slopes
    assert lab.judged == PixelLab().judged
    assert slopes == PixelLab().slopes != (0, 0)


def test_a_picture_of_pillow_and_rows_of_bytes_are_bytes():
    rows = np.array([[0, 51], [102, 255]], np.uint8)
    for picture in (Image.fromarray(rows), list(rows)):
        assert torch.allclose(GridExplorer(picture).input[0, 0], torch.tensor(rows) / 255)


def test_a_view_of_negative_numbers_is_read():
    negative = torch.complex(torch.zeros(2, 2).double(), -torch.ones(2, 2).double()).conj().imag
    assert GridExplorer(negative).input.mean() == 1


@pytest.mark.parametrize("figure", FIGURES)
def test_a_setting_that_does_not_exist_is_refused_with_the_nearest(figure):
    right = figure.settings[-1] if figure.settings[-1] != "names" else "digit"
    wrong = f"{right}s"
    words = f"{wrong}: expected a setting of {figure.__name__}, the nearest is '{right}', got int 3"
    with pytest.raises(TypeError, match=words):
        make(figure, **{wrong: 3})
    made = make(figure)
    with pytest.raises(AttributeError, match=words):
        setattr(made, wrong, 3)
    made.note = "a reader's own"


def test_padding_is_no_setting():
    with pytest.raises(TypeError, match=r"padding: expected .* the nearest is 'padding_mode'"):
        GridExplorer(padding="border")


@pytest.mark.parametrize(
    ("figure", "settings", "words"),
    [
        (PoseProbe, {"labels": [1]}, "labels: expected 3, one for each image, got 1"),
        (PoseProbe, {"chosen": MAPS[0][:2]}, "chosen: expected 3, one for each image, got 2"),
        (TrainingReplay, {"images": IMAGES[:2]}, "runs: expected θ of 2 images, 'one' has 3"),
    ],
)
def test_settings_that_do_not_fit_each_other_are_refused(figure, settings, words):
    with pytest.raises(ValueError, match=words):
        make(figure, **settings)


@pytest.mark.parametrize(
    "value",
    [
        [1, 0, 0.5, 0, 1, 0],
        [[1, 0, 0.5], [0, 1, 0]],
        np.array([[1, 0, 0.5], [0, 1, 0]]),
        torch.tensor([[1, 0, 0.5, 0, 1, 0]]),
        affine.translation(torch.tensor([0.5], requires_grad=True), 0.0),
    ],
)
def test_theta_is_taken_from_lists_arrays_and_tensors(value):
    assert GridExplorer(theta=value).theta == (1, 0, 0.5, 0, 1, 0)
    assert ConventionChecker(value).numbers == (1, 0, 0.5, 0, 1, 0)


@pytest.mark.parametrize("shape", [(6, 8), (1, 6, 8), (1, 1, 6, 8)])
def test_a_picture_is_taken_in_three_shapes_and_kept_in_bytes(shape):
    picture = torch.linspace(0, 1, 48).reshape(shape)
    for figure in (GridExplorer(picture), GridBender(picture)):
        assert figure.image.dtype == np.uint8
        assert figure.input.shape == (1, 1, 6, 8)
        assert torch.allclose(figure.input.flatten(), picture.flatten(), atol=0.5 / 255)
    lab = PixelLab(picture[..., :4])
    assert lab.shape == (6, 4)
    assert lab.image[0][1] == round(1 / 47, 6)  # exact, not in bytes


FORMS = [np.asarray, torch.as_tensor, lambda a: a[None], lambda a: torch.as_tensor(a)[None, None]]
PAIR = [
    ("mask", [[0, 1], [1, 0]], [[0, 1], [1, 0]]),
    ("bytes", [[0, 51], [255, 1]], [[0, 0.2], [1, 1 / 255]]),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kind", "numbers", "seen"), PAIR)
def test_whole_numbers_are_bytes_or_a_mask_in_every_form(form, kind, numbers, seen):
    given = form(np.array(numbers, dtype=np.uint8))
    seen = torch.tensor(seen, dtype=torch.float64)
    for figure in (GridExplorer, GridBender, AlignmentLandscape):
        assert torch.allclose(figure(given).input[0, 0].double(), seen, atol=1e-6)
    assert torch.allclose(PixelLab(given).input[0, 0], seen, atol=1e-6)
    runs = {"runs": {"one": recording(theta=MAPS[:, :1])}}
    images = np.asarray(given).reshape(1, 2, 2)
    for value in (images, torch.tensor(images)[:, None]):
        assert torch.allclose(TrainingReplay(**runs, images=value).input[0, 0].double(), seen)


def test_a_dark_picture_stays_dark_however_often_it_is_passed_on():
    dark = torch.eye(4) / 255
    figure = GridBender(GridExplorer(dark).image)
    assert torch.allclose(figure.input[0, 0], dark)
    figure.set_state({"image": {"shape": [4, 4], "data": np.eye(4, dtype=np.uint8).tobytes()}})
    assert torch.allclose(figure.input[0, 0], dark)
    both = np.stack([np.eye(4, dtype=np.uint8), np.full((4, 4), 255, np.uint8)])  # bytes, not masks
    runs = {"one": recording(theta=MAPS[:, :2])}
    assert torch.allclose(TrainingReplay(runs, both).input[0, 0], dark)


def test_a_figure_shares_no_memory_with_what_it_was_given():
    picture, pictures = np.full((4, 4), 9, np.uint8), np.full((3, 4, 4), 9, np.uint8)
    theta = MAPS.double().numpy().copy()
    explorer, bender = GridExplorer(picture), GridBender(picture)
    replay = make(TrainingReplay, runs={"one": recording(theta=theta)}, images=pictures)
    for array in (picture, pictures, theta):
        array[...] = 200
    assert explorer.image.max() == bender.image.max() == replay.images.max() == 9
    assert replay.runs["one"].theta.max() < 3


NUMPY = [
    (GridExplorer, {"output_size": np.array([3, 4]), "pixel": np.array([1, 2])},
     {"output_size": (3, 4), "pixel": (1, 2)}),
    (GridExplorer, {"mode": np.str_("nearest"), "controls": np.array(["theta", "read"])},
     {"mode": "nearest", "controls": ("theta", "read")}),
    (PixelLab, {"point": np.array([1, 2]), "stops": np.array([[1, 1.5]])},
     {"point": (1, 2), "stops": ((1, 1.5),)}),
    (ConventionChecker, {"numbers": np.eye(2, 3), "input_size": np.int64(4)},
     {"numbers": (1, 0, 0, 0, 1, 0), "input_size": (4, 4)}),
    (GridBender, {"control_grid": np.array([2, 2]), "theta": np.zeros((1, 8), np.float32)},
     {"control_grid": (2, 2), "theta": (0,) * 8}),
    (AlignmentLandscape, {"step": np.int64(7), "blur": np.float32(0.5), "numbers": np.int8(3)},
     {"step": 7, "blur": 0.5, "numbers": 3}),
    (PoseProbe, {"labels": np.array([3, 4, 5]), "aligned": MAPS[0].numpy(),
                 "chosen": MAPS[1].tolist(), "picture": np.int64(1)}, {"label": 4}),
    (DrawDigit, {"strokes": [np.array([[1, 2], [3, 4.5]])], "angle": np.int64(5)},
     {"strokes": (((1, 2), (3, 4.5)),), "angle": 5}),
    (TrainingBench, {"held": torch.zeros(4), "step": np.int64(5), "rate": np.float32(20)},
     {"held": (0, 0, 0, 0), "step": 5, "rate": 20}),
    (VolumeExplorer, {"theta": np.eye(3, 4), "view": np.array([5, -6]),
                      "boxes": {"one": IDENTITY_3D[None]}},
     {"theta": (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0), "view": (5, -6),
      "boxes": {"one": (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)}}),
    (TrainingReplay, {"step": np.int64(10), "digit": np.uint8(2), "labels": np.array([7, 2, 9])},
     {"step": 10, "digit": 2, "labels": ("7", "2", "9")}),
    (TrainingReplay, {"labels": torch.tensor([7, 2, 9])}, {"labels": ("7", "2", "9")}),
    (TrainingReplay, {"labels": ["a seven", "a two", "a nine"]},
     {"labels": ("a seven", "a two", "a nine")}),
]  # fmt: skip


@pytest.mark.parametrize(("figure", "settings", "kept"), NUMPY)
def test_arrays_and_numbers_of_numpy_are_taken_and_travel_to_the_page(figure, settings, kept):
    made = make(figure, **settings)
    assert {name: getattr(made, name) for name in kept} == kept
    json.dumps(stored_of(made))
    assert "np." not in repr(made)


REPRS = [
    (GridExplorer, {"theta": affine.scaling(2 / 3), "padding_mode": "border"},
     "GridExplorer(theta=(0.6667, 0, 0, 0, 0.6667, 0), output_size=(28, 28), mode='bilinear', "
     "padding_mode='border', align_corners=False, direction='gather')"),
    (PixelLab, {"padding_mode": "border", "pixel": (1, 2)},
     "PixelLab(point=(2.3, 0.8), mode='bilinear', padding_mode='border', pixel=(1, 2))"),
    (ConventionChecker, {},
     "ConventionChecker(given='theta', numbers=(1, 0, 0, 0, 1, 0), input_size=(5, 8), "
     "output_size=(5, 8))"),
    (GridBender, {"family": "affine", "theta": [1, 0, -1e-9, 0, 1, 0.25]},
     "GridBender(family='affine', control_grid=(4, 4), theta=(1, 0, 0, 0, 1, 0.25))"),
    (AlignmentLandscape, {"step": 3, "blur": 1},
     "AlignmentLandscape(start=(20, 10), blur=1, rate=0.02, numbers=2, step=3, basin=False)"),
    (PoseProbe, {"picture": 2, "offset": (20, -1)},
     "PoseProbe(picture=2, network='a', offset=(20, -1))"),
    (DrawDigit, {"strokes": 7, "shift": (3, -1)},
     "DrawDigit(angle=0, size=1, shift=(3, -1), around=False)"),
    (TrainingBench, {"family": "affine", "digit": 2, "held": [1, 0, 0.5, 0, 1, 0]},
     "TrainingBench(family='affine', start='identity', localisation_rate=1, seed=0)"),
    (VolumeExplorer, {"theta": IDENTITY_3D / 3, "projection": "max", "view": (-1e-9, 4)},
     "VolumeExplorer(theta=(0.3333, 0, 0, 0, 0, 0.3333, 0, 0, 0, 0, 0.3333, 0), "
     "projection='max', view=(0, 4))"),
    (TrainingReplay, {}, "TrainingReplay(names=('one', 'two'), step=40, digit=0)"),
    (TrainingReplay, {"right": None, "step": 10},
     "TrainingReplay(names=('one'), step=10, digit=0)"),
]  # fmt: skip


@pytest.mark.parametrize(("figure", "settings", "text"), REPRS)
def test_the_repr_names_the_settings_and_no_address(figure, settings, text):
    assert repr(make(figure, **settings)) == text


SENT = [
    (GridExplorer, {"theta": [1, 0, 0, 0, 2, 0], "output_size": [9, 9], "pixel": [8, 8]},
     {"theta": (1, 0, 0, 0, 2, 0), "output_size": (9, 9), "pixel": (8, 8)}),
    (GridExplorer, {"pixel": None, "mode": "nearest"}, {"pixel": None, "mode": "nearest"}),
    (PixelLab, {"point": [0.25, 0.5], "padding_mode": "border"}, {"point": (0.25, 0.5)}),
    (ConventionChecker, {"given": "opencv", "output_size": [3, 4], "pixel": [2, 3]},
     {"given": "opencv", "output_size": (3, 4), "pixel": (2, 3)}),
    (GridBender,
     {"family": "projective", "control_grid": [3, 3], "theta": [1, 0, 0, 0, 1, 0, 0.1, 0]},
     {"theta": (1, 0, 0, 0, 1, 0, 0.1, 0), "control_grid": (3, 3)}),
    (GridBender, {"theta": [0.2] * 18, "control_grid": [3, 3]}, {"theta": (0.2,) * 18}),
    (AlignmentLandscape, {"start": [-30, 2.5], "step": 7, "numbers": 6, "basin": True},
     {"start": (-30, 2.5), "step": 7, "numbers": 6, "basin": True}),
    (PoseProbe, {"offset": [-30, 2.5], "picture": 2},
     {"offset": (-30, 2.5), "picture": 2, "label": 3}),
    (DrawDigit, {"strokes": [[[1, 2]]], "shift": [2, 3]},
     {"strokes": (((1, 2),),), "shift": (2, 3)}),
    (TrainingBench, {"localisation_rate": 20, "held": [0, 0.5, 0, 0]},
     {"localisation_rate": 20, "held": (0, 0.5, 0, 0)}),
    (VolumeExplorer, {"theta": [0.5] * 12, "view": [30, -20], "boxes": [["a", [0] * 12]]},
     {"theta": (0.5,) * 12, "view": (30, -20), "boxes": {"a": (0,) * 12}}),
    (TrainingReplay, {"step": 10, "digit": 2, "left": "two", "right": None},
     {"step": 10, "digit": 2, "names": ("two",)}),
]  # fmt: skip


@pytest.mark.parametrize(("figure", "sent", "kept"), SENT)
def test_what_the_page_sends_arrives_at_once(figure, sent, kept):
    made = make(figure)
    made.set_state(sent)
    assert {name: getattr(made, name) for name in kept} == kept


@pytest.mark.parametrize(("figure", "settings", "text"), REPRS)
def test_its_state_and_its_copies_are_the_same_figure(figure, settings, text):
    made = make(figure, **settings)
    sent, state = made.get_state(), page_state(made)
    made.set_state(sent)
    assert page_state(made) == state
    for other in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert type(other).__qualname__ == figure.__name__
        assert other.model_id != made.model_id
        assert page_state(other) == state


def test_several_grids_and_channels_are_kept_by_copies_and_by_the_page():
    theta = torch.cat((MAPS.flatten(2), 0.2 * MAPS.flatten(2)[:, :, [0, 1] * 4]), dim=2)
    run = recording(theta=theta, transforms=[Affine(), ThinPlateSpline((2, 2))])
    made = TrainingReplay({"one": run}, torch.rand(3, 2, 4, 6))
    assert (made.images.shape, made.input.shape) == ((3, 2, 4, 6), (3, 2, 4, 6))
    sent, state = made.get_state(), page_state(made)
    made.set_state(sent)
    assert page_state(made) == state
    assert page_state(copy.deepcopy(made)) == state
    assert page_state(TrainingReplay(made.runs, made.images)) == state


def page_state(figure):
    return {name: figure.get_state()[name] for name in figure._own()}


class Theirs(GridExplorer):
    """A figure that a reader made."""


def test_a_copy_of_a_readers_figure_is_one_of_theirs():
    assert copy.deepcopy(Theirs(mode="nearest")).mode == "nearest"
    assert isinstance(pickle.loads(pickle.dumps(Theirs())), Theirs)


MASKED = np.ma.masked_greater(np.eye(6), 0.5)


@pytest.mark.parametrize("masked", [MASKED, [*MASKED]])
def test_masked_places_are_refused_and_filled_ones_taken(masked):
    with pytest.raises(ValueError, match=r"in all places, got a masked array: fill it"):
        GridExplorer(image=masked)
    filled = GridExplorer(image=MASKED.filled(1.0))
    assert torch.equal(filled.input, torch.eye(6)[None, None])
    assert torch.equal(GridExplorer(image=np.ma.array(np.eye(6))).input, filled.input)


def test_what_is_shown_when_nothing_is_said():
    digit = load_digits().images[33:34]
    assert torch.allclose(GridExplorer().output, digit, atol=0.5 / 255 + 1e-5)
    assert torch.allclose(GridBender().input, digit, atol=0.5 / 255)
    assert GridExplorer(torch.rand(6, 8)).output_size == (6, 8)
    lab = PixelLab()  # the point of chapter 3
    assert (lab.shape, lab.value) == ((4, 8), pytest.approx(0.754))
    assert lab.slopes == pytest.approx((0.18, 0.38))
    checker = ConventionChecker()
    assert checker.input_size == checker.output_size == (5, 8)
    assert checker.pixel == (0, 7)
    assert ConventionChecker(image=torch.rand(4, 6)).output_size == (4, 6)
    assert ConventionChecker(input_size=(4, 6)).output_size == (4, 6)
    replay = make(TrainingReplay)
    assert (replay.names, replay.step, replay.last_step) == (("one", "two"), 40, 40)
    assert make(TrainingReplay, left="two").names == ("two", "one")
    assert make(TrainingReplay, runs={"one": recording()}).right is None
    assert make(PoseProbe, networks={"b": NETWORK, "a": NETWORK}).network == "b"


def test_a_chosen_pixel_follows_direction_and_size():
    explorer = GridExplorer(torch.rand(6, 8), output_size=(4, 5), pixel=(3, 4))
    with pytest.raises(ValueError, match=r"inside \(4, 5\)"):
        explorer.pixel = (5, 7)
    explorer.direction = "splat"
    explorer.pixel = (5, 7)  # inside the input
    explorer.direction = "gather"
    assert explorer.pixel == (3, 4)
    checker = ConventionChecker(pixel=(4, 7))
    checker.output_size = (3, 6)
    assert checker.pixel == (2, 5)


def test_a_smaller_picture_keeps_point_pixel_and_stops_inside():
    lab = PixelLab(point=(8, 1), pixel=(3, 7), stops=[(7, 3), (1, 1)])
    lab.image = torch.zeros(2, 3)
    assert (lab.point, lab.pixel, lab.stops) == ((3.75, 1), (1, 2), ((1, 1),))


def judged(lab, point, mode="bilinear", padding="zeros"):
    wanted = {"point": list(point), "mode": mode, "padding": padding}
    [found] = [entry for entry in lab.judged["entries"] if entry.items() >= wanted.items()]
    return found


def test_the_judges_follow_point_and_picture():
    lab = PixelLab([[0.0, 1.0], [0.0, 1.0]], point=(0.5, 0.5))
    assert judged(lab, (0.5, 0.5))["autograd"] == [1.0, 0.0]
    lab.set_state({"image": [[0.0, 0.5], [0.0, 0.5]]})
    assert judged(lab, (0.5, 0.5))["autograd"] == [0.5, 0.0]
    lab.set_state({"point": [0.25, 0.5], "padding_mode": "border"})
    assert judged(lab, (0.25, 0.5), padding="border")["differences"] == [0.5, 0.0]
    assert lab.judged["image"] == [[0.0, 0.5], [0.0, 0.5]]
    kinked = judged(PixelLab(stops=[(6, 1)]), (6, 1))  # differences mean, autograd takes a side
    assert kinked["autograd"][0] == pytest.approx(-0.3)
    assert kinked["differences"][0] == pytest.approx(-0.45)


def test_another_family_starts_afresh_if_its_numbers_are_others():
    bender = GridBender(theta=[0.1] * 32)
    bender.family = "piece-wise affine"  # as many numbers, with the same meaning
    assert bender.theta == (0.1,) * 32
    bender.family = "projective"
    assert bender.theta == (1, 0, 0, 0, 1, 0, 0, 0)
    bender.family = "thin plate spline"
    bender.control_grid = (3, 3)
    assert bender.theta == (0,) * 18


def test_another_digit_or_family_lets_go_of_the_grid():
    with pytest.raises(ValueError, match="held: expected 3 numbers for attention, got 4"):
        TrainingBench(family="attention", held=[0.0] * 4)
    for change in ({"digit": 1}, {"family": "affine"}):
        bench = TrainingBench(held=[0.1] * 4)
        bench.set_trait(*next(iter(change.items())))
        assert bench.held is None


@pytest.mark.parametrize("figure", FIGURES)
def test_the_page_of_all_figures_shows_each_with_its_settings(figure):
    args = figure.__doc__.split("    Args:\n")[1].split("    Raises:")[0]
    lines = re.findall(r"^ {8}(\w[\w, ]*):", args, re.MULTILINE)
    documented = {name.strip() for line in lines for name in line.split(",")}
    page = json.loads((ROOT / "book" / "widgets.ipynb").read_text(encoding="utf-8"))
    cells, name = ["".join(cell["source"]) for cell in page["cells"]], figure.__name__
    text = "\n".join(cells).split(f"\n## {name}\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == documented
    assert documented <= set(figure.class_traits(sync=True))
    assert any(cell.splitlines()[-1].startswith(f"{name}(") for cell in cells if cell.strip())
    if figure is GridBender:
        (row,) = re.findall(r"^\| `family` \|(.*?)\|", text, re.MULTILINE)
        assert re.findall(r'"(.*?)"', row) == list(FAMILIES)
