"""Losses, probabilities and curves of the figures are torch's: read from the pixels."""

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, cross_entropy

from stnlib.widgets import AlignmentLandscape, PoseProbe
from tests.figures import data, reading
from tests.figures.states import STATES

pytestmark = pytest.mark.browser

PROBES = [state for state in STATES if state.startswith("PoseProbe")]
SIDE = 21
INNER = 0.95 * np.linspace(-1, 1, SIDE)  # places of the map that are looked at, on both axes
MOST = 6  # the loss of the probe's lightest colour; of the landscape it is 2 variances


def scores(figure: PoseProbe) -> torch.Tensor:
    """Return what torch's own network says of what the figure reads, (1, 10)."""
    net = {"templates": data.classifier, "untrained": data.untrained}[figure.network]()
    with torch.no_grad():
        return net(figure.output)


def blurred(image: torch.Tensor, sigma: float) -> torch.Tensor:
    """Return a picture, (1, 1, H, W), seen through a bell; outside lie zeros."""
    if not sigma:
        return image
    reach = int(np.ceil(3 * sigma))
    bell = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / sigma) ** 2)
    bell /= bell.sum()
    across = conv2d(image, bell.reshape(1, 1, 1, -1), padding=(0, reach))
    return conv2d(across, bell.reshape(1, 1, -1, 1), padding=(reach, 0))


def loss_of(figure: AlignmentLandscape | PoseProbe) -> float:
    """Return the loss at the place where a figure stands, by torch."""
    if isinstance(figure, PoseProbe):
        return cross_entropy(scores(figure), torch.tensor([figure.label])).item()
    output = torch.nn.functional.grid_sample(figure.seen, figure.grid, align_corners=False)
    return ((output - figure.seen) ** 2).mean().item()


@pytest.mark.parametrize("state", PROBES)
def test_the_bars_are_the_probabilities_of_torchs_own_network(shown, state):
    figure, look = shown(state)
    canvas = look.canvases[0]
    _, _, right, foot = reading.inside(canvas[:, 340:], reading.ORANGE, 100)
    box = (reading.coloured(canvas)[2] + 24, foot + 100, 341 + right, len(canvas))
    heights = reading.bars(canvas, box)
    chances = scores(figure).softmax(1)[0].numpy()
    assert heights.argmax() == chances.argmax()
    assert np.allclose(heights / 80, chances, atol=0.03)


@pytest.mark.parametrize(("state", "places"), [
    ("PoseProbe/turned", (90, 10)), ("PoseProbe/wrong", (90, 10)), ("PoseProbe/moved", (90, 10)),
    ("AlignmentLandscape/start", (120, 12)), ("AlignmentLandscape/blurred", (120, 12)),
])  # fmt: skip
def test_the_map_is_dark_where_torch_says_the_loss_is_least(shown, state, places):
    figure, look = shown(state)
    turned = isinstance(figure, PoseProbe)
    if not turned:
        figure.seen = blurred(figure.input, figure.blur)
    losses = np.empty((SIDE, SIDE))
    for place in np.ndindex(SIDE, SIDE):
        pose = [reach * INNER[k] for reach, k in zip(places, place, strict=True)]
        setattr(figure, "offset" if turned else "start", pose)
        losses[place] = loss_of(figure)
    most = MOST if turned else 2 * figure.seen.var(correction=0).item()
    light = reading.lightness(look.canvases[0], reading.coloured(look.canvases[0]), INNER)
    assert reading.alike(light, losses.clip(max=most)) > 0.9
    darkest = np.unravel_index(light.argmin(), light.shape)
    assert losses[darkest] <= np.quantile(losses, 0.03)


@pytest.mark.parametrize("state", ["one run", "two runs"])
def test_the_error_falls_from_left_to_right(shown, state):
    figure, look = shown(f"TrainingReplay/{state}")
    run, canvas = figure.runs["quick"], look.canvases[2]
    left, right, top, foot = 41, 640, 22, 118  # of the upper chart, see its charts.js
    marks = reading.mask(canvas[top:foot, left:right], reading.INK)
    lowest = foot - top - np.where(marks.any(0), foot - top - marks[::-1].argmax(0), np.nan)
    places = np.interp(run.error_step, [0, run.error_step[-1]], [0, right - left - 6]).astype(int)
    heights = lowest[places[1:-1]]
    assert (np.diff(heights) < 0).all()
    assert reading.alike(heights, run.error[1:-1]) > 0.99
    assert lowest[places[1]] > lowest[places[-2]] + 3


@pytest.mark.parametrize("state", ["default", "pixel", "nearest", "reflection", "fading"])
def test_the_curves_beside_the_pixels_are_what_torch_reads(shown, state):
    figure, look = shown(f"PixelLab/{state}")
    canvas = look.canvases[0]
    options = {"mode": figure.mode, "padding_mode": figure.padding_mode}
    left, top, right, _ = reading.inside(canvas, reading.BLUE, 100)
    cell = (right - left) / figure.shape[1]
    below = int(top + (figure.shape[0] + 1.25 + 0.4) * cell)
    marks = reading.mask(canvas[below:, : int(right)], reading.ORANGE, 60)
    columns = np.arange(0.3, figure.shape[1] - 1, 1 / 3)
    columns = columns[np.abs(columns - figure.point[0]) > 0.3]
    lines = (left + (columns + 0.5) * cell).astype(int)
    seen = [-np.nonzero(marks[:, line])[0].mean() for line in lines]
    places = torch.tensor([[column, figure.point[1]] for column in columns], dtype=torch.float64)
    assert reading.alike(seen, figure.read(places, **options)) > 0.99
    for slope in figure.slopes if figure.mode == "bilinear" else ():
        said = f"= {slope:.2f}".replace("-", "\u2212")
        assert any(said in line for line in look.words["text"])
