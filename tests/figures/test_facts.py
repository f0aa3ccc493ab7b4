"""What the figures show is what torch says: read from the pixels, with no picture to compare."""

import numpy as np
import pytest
import torch

from stnlib import affine_grid, sample
from stnlib.coordinates import regular_grid
from tests.figures import reading
from tests.figures.states import STATES

pytestmark = pytest.mark.browser

LEFT, RIGHT = 0.55, 0.43  # shares of a canvas that hold no frame of the other picture
READ = [
    *(f"GridExplorer/{name}" for name in ("turned", "many pixels", "mirrored", "flat")),
    *(state for state in STATES if state.startswith(("GridBender", "PoseProbe"))),
    "AlignmentLandscape/start", "TrainingReplay/one run", "TrainingReplay/first step",
]  # fmt: skip
SPLATS = [state for state in STATES if state.startswith("GridExplorer/splat")]


def middle(gallery, handle):
    """Return the middle of a handle, on its stage."""
    node = gallery.page.locator(f'[data-handle="{handle}"]')
    (x, y), (left, top) = (
        node.evaluate("(n) => { const b = n.getBoundingClientRect(); "
                      "return [b.left + b.width / 2, b.top + b.height / 2]; }"),
        node.evaluate("(n) => { const b = n.closest('.stn-stage').getBoundingClientRect(); "
                      "return [b.left, b.top]; }"),
    )  # fmt: skip
    return np.array([x - left, y - top])


@pytest.mark.parametrize("state", READ)
def test_the_orange_picture_is_what_torch_reads(shown, state):
    figure, look = shown(state)
    canvas = look.canvases[0]
    output = 255 * figure.output[getattr(figure, "digit", 0), 0].numpy()
    start = int(RIGHT * canvas.shape[1])
    part = canvas[:, start:]
    seen = reading.middles(part, reading.inside(part, reading.ORANGE), output.shape)
    assert np.abs(seen.mean(2) - output).max() <= 1
    assert np.ptp(output) > 100


@pytest.mark.parametrize("name", ["default", "from its side", "whole", "mirrored", "flat"])
def test_both_projections_of_a_volume_are_torchs_and_the_largest_value_is_white(shown, name):
    figure, look = shown(f"VolumeExplorer/{name}")
    canvas = look.canvases[0]
    top = canvas[: int(0.28 * canvas.shape[1])]  # above the slices
    for colour, (left, right), values in (
        (reading.BLUE, (0.5, 0.76), figure.straight), (reading.ORANGE, (0.75, 1), figure.projected),
    ):  # fmt: skip
        part = top[:, int(left * canvas.shape[1]) : int(right * canvas.shape[1])]
        seen = reading.middles(part, reading.inside(part, colour), values.shape[2:])
        assert np.abs(seen.mean(2) - 255 * (values / values.max())[0, 0].numpy()).max() <= 2
        assert f"white is {values.max():.2f}" in look.words["written"][0]


@pytest.mark.parametrize("state", ["theta", "scikit-image", "opencv"])
@pytest.mark.parametrize("side", [False, True])
def test_both_conventions_show_what_torch_reads(shown, state, side):
    figure, look = shown(f"ConventionChecker/{state}")
    canvas = look.canvases[side]
    image = torch.tensor(figure.image)[None, None].float() / 255
    grid = affine_grid(figure.matrix(side).float(), figure.output_size, align_corners=side)
    pixels = (grid + 1) / 2 * (torch.tensor([8, 5]) - (1 if side else 0)) - (0 if side else 0.5)
    edges = (2 * pixels + 1) / torch.tensor([8, 5]) - 1
    output = 255 * sample(image, edges)[0, 0].numpy()
    part = canvas[:, int(0.68 * canvas.shape[1]) :]
    seen = reading.patches(part, reading.block(part), output.shape)
    off = np.abs(seen.mean(2) - output)[1:-1, 1:-1]  # the dashed square lies on the outer ones
    assert (off <= 3).mean() > 0.75  # the arrow and the ring hide some


@pytest.mark.parametrize("state", SPLATS)
def test_holes_are_hatched_where_nothing_landed_and_nowhere_else(shown, state):
    figure, look = shown(state)
    canvas = look.canvases[0]
    start = int(RIGHT * canvas.shape[1])
    part = canvas[:, start:]
    hole = (figure.splat.weight[0, 0] == 0).numpy()
    seen = reading.patches(part, reading.inside(part, reading.ORANGE), hole.shape)
    tinted = seen[:, :, 0] - seen[:, :, 2] > 20
    assert 0.1 < hole.mean() < 0.9
    assert (tinted == hole).mean() > 0.93  # the moved square and the hand hide a few
    grey = seen.mean(2)[~hole & ~tinted]
    output = 255 * figure.output[0, 0].numpy()[~hole & ~tinted]
    assert (np.abs(grey - output) < 3).mean() > 0.9


@pytest.mark.parametrize("state", ["turned", "many pixels", "splat", "splat corners"])
def test_the_handles_stand_where_theta_sends_the_corners(gallery, shown, state):
    figure, look = shown(f"GridExplorer/{state}")
    canvas = look.canvases[0]
    gather = figure.direction == "gather"
    start = 0 if gather else int(RIGHT * canvas.shape[1])
    part = canvas[:, : int(LEFT * canvas.shape[1])] if gather else canvas[:, start:]
    box = reading.inside(part, reading.BLUE if gather else reading.ORANGE, 100)
    size = figure.image.shape if gather else figure.output_size
    corners = regular_grid((2, 2), align_corners=True).reshape(-1, 2)  # A, B, C, D
    ends = corners @ figure.matrix[0, :, :2].T + figure.matrix[0, :, 2]
    for letter, end in zip("ABCD", ends.numpy(), strict=True):
        for axis, n in ((0, size[1]), (1, size[0])):
            reach = n / (n - 1) if figure.align_corners else 1
            low, high = box[axis], box[axis + 2]
            place = (low + high) / 2 + end[axis] / reach * (high - low) / 2
            seen = middle(gallery, f"corner-{letter}")[axis] - (0 if axis else start)
            assert abs(seen - place) < 1.5, (letter, axis)


@pytest.mark.parametrize("state", ["turned", "zeros", "pixel"])
def test_the_caption_says_clockwise_when_the_grid_turns_clockwise(gallery, shown, state):
    _, look = shown(f"GridExplorer/{state}")
    (ax, ay), (bx, by) = (middle(gallery, f"corner-{letter}") for letter in "AB")
    assert bx > ax
    grid, content = ("clockwise", "counter-clockwise")[:: 1 if by > ay else -1]
    said = f"turned {grid}, so the content turns {content}."
    assert any(said in line for line in look.words["text"])


@pytest.mark.parametrize("state", ["GridExplorer/pixel", "GridExplorer/splat pile-ups",
                                   "PixelLab/default", "PixelLab/pixel"])  # fmt: skip
def test_the_weights_of_the_close_up_are_the_areas_round_the_point(shown, state):
    figure, look = shown(state)
    gather = getattr(figure, "direction", "gather") == "gather"
    marks = reading.mask(look.canvases[1], reading.BLUE if gather else reading.ORANGE)
    y, x = (places.mean() for places in np.nonzero(marks))  # the square and the point in it
    right, down = (x - 8) / 60 - 0.5, (y - 8) / 60 - 0.5
    areas = [(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down]
    written = [text for text in look.words["written"][1] if text.startswith("×")]
    weights = [float(text[2:]) for text in written]
    assert np.argmax(weights) == np.argmax(areas)
    assert np.allclose(weights, areas, atol=0.06)
    assert sum(weights) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("name", ["spline folded", "piece-wise folded", "affine"])
def test_crosses_mark_the_folds_that_torch_finds(shown, name):
    figure, look = shown(f"GridBender/{name}")
    canvas = look.canvases[0]
    folded = figure.folded
    rows, columns = np.nonzero(reading.mask(canvas, reading.FOLD))
    if not folded.any():
        assert not len(rows)
        assert any("Nothing is turned over." in line for line in look.words["text"])
        return
    said = f"At {int(folded.sum())} of {folded.numel()} points (crosses) the grid is turned over."
    assert any(said in line for line in look.words["text"])
    points = figure.grid[0][folded]
    seen = points[(points.abs() < 1.3).all(1)].numpy()
    unit = canvas.shape[1] / (2 * (1.45 + 1.15))  # both panels, see its layout.js
    across = unit * (1.45 + seen[:, 0])
    assert columns.min() == pytest.approx(across.min(), abs=8)
    assert columns.max() == pytest.approx(across.max(), abs=8)
    assert np.ptp(rows) == pytest.approx(unit * np.ptp(seen[:, 1]), abs=14)
