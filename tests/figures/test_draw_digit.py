"""What the drawing figure computes in the page: pictures of strokes, and what both networks say."""

import base64
import json
import math
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from stnlib.digits import load_mnist
from stnlib.experiments import load, trained
from stnlib.experiments.catalogue import EXPERIMENTS
from stnlib.training import evaluate
from stnlib.widgets import DrawDigit
from stnlib.widgets.draw_digit import _networks, example
from tests.figures.test_javascript import node

HERE = Path(__file__).parent
STILL = {"angle": 0, "size": 1, "shift": [0, 0]}
UNKNOWN = not os.environ.get("STNLIB_MNIST")
needs_mnist = pytest.mark.skipif(UNKNOWN, reason="STNLIB_MNIST names no folder of MNIST's files")


def as_text(value):
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


@cache
def networks():
    return {
        name: [{key: as_text(value) for key, value in layer.items()} for layer in layers]
        for name, layers in _networks().items()
    }


def page(**given):
    """Let the figure's scripts look at drawings or pictures."""
    result = node(HERE / "draw.mjs", input=json.dumps({"networks": networks(), **given}), cwd=HERE)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def looks(name, pictures):
    """Return what torch says of pictures: probabilities, and maps of an st_cnn."""
    model = trained("draw", name)
    with torch.no_grad():
        chances = model(pictures).softmax(1)
        if name == "cnn":
            return chances
        part = model.transformer
        return chances, part.transform.matrix(part.theta(pictures)).flatten(1)


def test_the_page_says_what_torch_says_of_every_stored_digit_in_four_poses():
    poses = [STILL, {"angle": 40, "size": 0.7, "shift": [6, -3]},
             {"angle": -90, "size": 1.2, "shift": [-2, 4]},
             {"angle": 170, "size": 1, "shift": [0, 9]}]  # fmt: skip
    seen = page(drawings=[{"strokes": example(d), "pose": p} for d in range(10) for p in poses])
    pictures = torch.tensor([one["data"] for one in seen]).reshape(-1, 1, 42, 42)
    figures = [DrawDigit(strokes=d, **pose) for d in range(10) for pose in poses]
    torch.testing.assert_close(torch.cat([one.input for one in figures]), pictures)
    torch.testing.assert_close(
        torch.cat([one.matrix.flatten(1) for one in figures[::7]]),
        looks("st_cnn", pictures)[1][::7],
    )
    assert figures[0].output.shape == (1, 1, 20, 20)
    chances, maps = looks("st_cnn", pictures)
    for key, wanted in (("chances", chances), ("theta", maps), ("plain", looks("cnn", pictures))):
        np.testing.assert_allclose([one[key] for one in seen], wanted, rtol=0, atol=1e-3)
    upright = chances.argmax(1)[::4]
    assert (upright == torch.arange(10)).sum() >= 9, "a stored digit is not read"


def test_ink_is_as_bright_as_a_line_is_near():
    strokes = [[[10.5, 20.5], [30.5, 20.5]], [[5.5, 5.5]]]
    [one] = page(drawings=[{"strokes": strokes, "pose": STILL}])
    picture = np.reshape(one["data"], (42, 42))
    assert picture[20, 10:31].tolist() == [1.0] * 21
    np.testing.assert_allclose(picture[19, 12:29], 0.65)  # 1.15 + 0.5 − 1
    assert picture[18].sum() == 0
    np.testing.assert_allclose(picture[5, 4:7], [0.65, 1, 0.65])
    np.testing.assert_allclose(picture[4, 4], 1.65 - math.sqrt(2), atol=1e-9)


def test_a_pose_turns_clockwise_about_the_middle_resizes_and_moves():
    pose = {"angle": 90, "size": 0.5, "shift": [3, -4]}
    right = [[[31.0, 21.0]]]  # 10 pixels right of the middle
    [one] = page(drawings=[{"strokes": right, "pose": pose}])
    bright = np.argwhere(np.reshape(one["data"], (42, 42)) > 0.5).mean(0)
    np.testing.assert_allclose(bright, (21 + 5 - 4 - 0.5, 21 + 3 - 0.5), atol=1e-6)  # row, column


# ---- on MNIST, where it is


@needs_mnist
def test_the_stored_weights_read_mnist_as_the_record_says(capsys):
    made = EXPERIMENTS["draw"].task("cpu")
    for run in load("draw"):
        error = evaluate(trained("draw", run["network"]), *made.test)
        with capsys.disabled():
            print(f"\n{run['network']}: {error:.2f} % wrong on MNIST's test digits under RTS")
        assert error == pytest.approx(run["error"], abs=0.1)
        assert run["network"] != "st_cnn" or error <= 1.5


def skeleton(ink):
    """Return where a thin line runs through ink, (N, 2) rows and columns: Zhang and Suen, 1984."""
    ink = np.pad(ink, 1).astype(bool)
    steps = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]
    while True:
        before = ink.sum()
        for half in ((0, 2, 4, 2, 4, 6), (0, 2, 6, 0, 4, 6)):
            ring = np.stack([np.roll(ink, (-a, -b), (0, 1)) for a, b in steps])
            around, turns = ring.sum(0), (~ring & np.roll(ring, -1, 0)).sum(0)
            first, second = ring[list(half[:3])].all(0), ring[list(half[3:])].all(0)
            ink &= ~((around >= 2) & (around <= 6) & (turns == 1) & ~first & ~second)
        if ink.sum() == before:
            return np.argwhere(ink) - 1


@needs_mnist
def test_mnist_redrawn_with_the_figures_pen_is_read(capsys):
    """Thin each digit to lines, three times as fine as its pixels, and draw these with the pen."""
    digits = load_mnist(train=False)
    large = torch.nn.functional.interpolate(digits.images[:500], scale_factor=3, mode="bilinear")
    generator, drawings = np.random.default_rng(0), []
    for image in large[:, 0].numpy():
        rows, columns = skeleton(image > 0.5).T
        points = np.stack([(columns + 0.5) / 3 + 7, (rows + 0.5) / 3 + 7], 1)  # 28 px amid 42
        pose = {"angle": generator.uniform(-45, 45), "size": generator.uniform(0.7, 1.2),
                "shift": generator.uniform(-4, 4, 2).tolist()}  # fmt: skip
        drawings.append({"strokes": [[point] for point in points.round(2).tolist()], "pose": pose})
    seen = page(drawings=drawings)
    labels = digits.labels[:500].numpy()
    right = {key: np.mean([np.argmax(one[key]) for one in seen] == labels)
             for key in ("chances", "plain")}  # fmt: skip
    with capsys.disabled():
        print(f"\nredrawn: ST-CNN {right['chances']:.1%}, CNN {right['plain']:.1%} right")
    assert right["chances"] >= 0.95
