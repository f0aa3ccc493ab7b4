"""The drawing of the three parts: its numbers are those of the recorded network, by torch alone."""

import base64
import gzip
import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from stnlib import experiments

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import draw_transformer as tool  # noqa: E402

PARTS = (None, *tool.PARTS)
EMBEDDED = re.compile(r'href="data:image/png;base64,([^"]+)"')
NUMBER = re.compile(r"(?<![#\w.])-?\d+(?:\.\d+)?")


def stored(part):
    return (tool.FOLDER / f"transformer{f'_{part}' if part else ''}.svg").read_text("utf8")


def pictures(drawing):
    """The input and the output in it, (H, W) from 0 to 1."""
    files = [io.BytesIO(base64.b64decode(data)) for data in EMBEDDED.findall(drawing)]
    return [torch.tensor(np.array(Image.open(file).convert("L"))) / 255 for file in files]


@pytest.fixture(scope="module")
def matrix():
    """The map of the recorded network for the picture: t = (log scale, angle, x, y)."""
    runs = experiments.load("pose_parts")
    run = next(run for run in runs if run["network"] == "in the localisation")
    log_scale, angle, x, y = torch.tensor(run["theta"][-1][tool.PROBE], dtype=torch.float64)
    cos, sin = log_scale.exp() * angle.cos(), log_scale.exp() * angle.sin()
    return torch.stack((cos, -sin, x, sin, cos, y)).reshape(1, 2, 3)


@pytest.mark.parametrize("part", PARTS)
def test_the_stored_drawing_is_what_the_tool_draws(part):
    here, there = stored(part), tool.transformer(part)
    words = [NUMBER.sub("#", EMBEDDED.sub("", text)) for text in (here, there)]
    assert words[0] == words[1]
    numbers = [list(map(float, NUMBER.findall(EMBEDDED.sub("", t)))) for t in (here, there)]
    assert numbers[0] == pytest.approx(numbers[1], abs=0.11)
    for one, other in zip(pictures(here), pictures(there), strict=True):
        assert (one - other).abs().max() <= 1 / 15 + 1e-6  # one grey
    assert len(gzip.compress(here.encode())) < 3000


def test_the_output_is_what_torch_reads_through_the_grid(matrix):
    source, read = pictures(stored(None))
    task = experiments.EXPERIMENTS["pose_parts"].task("cpu")
    assert (source - task.probe[tool.PROBE, 0]).abs().max() < 1 / 29
    assert task.test[1][task.probe_index[tool.PROBE]] == 6  # the words beside it say so
    grid = functional.affine_grid(matrix.float(), (1, 1, *read.shape), align_corners=False)
    wanted = functional.grid_sample(source[None, None], grid, align_corners=False)[0, 0]
    assert (read - wanted).abs().max() < 0.1


def test_each_arrow_leads_from_an_output_pixel_to_its_point_of_the_input(matrix):
    drawing = stored(None)
    (asking,) = re.findall(r'<g class="ask">(.*?)</g>', drawing)
    arrows = re.findall(r"M(\S+) (\S+)Q\S+ \S+ (\S+) (\S+)\"", asking)
    assert len(arrows) == len(tool.ASKING) == 3
    frames = re.findall(r'<image x="(\d+)" y="(\d+)" width="(\d+)"', drawing)
    (left, top, side), (right, same, also) = (map(int, frame) for frame in frames)
    assert (same, also) == (top, side)
    for (row, column), arrow in zip(tool.ASKING, arrows, strict=True):
        x0, y0, x1, y1 = map(float, arrow)
        pixel = (x0 - right) / side * 20 - 0.5, (y0 - top) / side * 20 - 0.5
        assert pixel == pytest.approx((column, row), abs=0.02)
        target = torch.tensor([(x0 - right) / side * 2 - 1, (y0 - top) / side * 2 - 1, 1])
        x, y = (matrix[0] @ target.double()).tolist()
        assert ((x1 - left) / side * 2 - 1, (y1 - top) / side * 2 - 1) == pytest.approx(
            (x, y), abs=0.003
        )


def test_one_part_stands_out_in_each(matrix):
    for part in tool.PARTS:
        drawing = stored(part)
        assert re.findall(r"^\.(\w+) \.b rect \{ fill: #666", drawing, re.MULTILINE) == [part]
        (pale,) = re.findall(r"^(.*) \{ opacity: .5; \}", drawing, re.MULTILINE)
        assert f".{part}" not in pale.split(", ")
        assert {f".{one}" for one in tool.PARTS if one != part} < {*pale.split(", ")}
        body = re.sub(r"<style>.*?</style>", "", drawing, flags=re.DOTALL)
        assert body == re.sub(r"<style>.*?</style>", "", stored(None), flags=re.DOTALL)
