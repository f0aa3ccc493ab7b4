"""Notebooks under `pytest --nbval`: their pictures are compared, too; live figures by their words.

A training ends a little differently on another machine, so pictures need not be the same bytes.
A fresh picture must be nearer to the stored one than a blank, a turned or a mirrored picture
would be, and no part of it may have lost, or gained, what there is to see.
"""

import base64
import io
from types import MethodType

import nbformat
import numpy as np
from nbval.plugin import IPyNbCell
from PIL import Image

LIVE = {"application/vnd.jupyter.widget-view+json", "application/vnd.stnlib.figure+json"}
GRID = 48  # pictures are compared as GRID x GRID blocks
PARTS = (2, 4)  # rows and columns of parts, each with its own contrast
SAME = 0.007  # mean difference of blocks, of 1: other anti-aliasing, fewer colours
NEAR = 0.6  # of the way to a blank, a turned or a mirrored picture
CONTRAST = 1.6  # a part may have so many times the contrast, or so many times less
WAIT = 60  # seconds for an output on a busy machine


def pytest_itemcollected(item):
    if isinstance(item, IPyNbCell):
        item.compare_outputs = MethodType(compare_outputs, item)
        item.output_timeout = WAIT


def compare_outputs(cell, fresh, stored):
    """nbval's own comparison, and then that of the pictures."""
    fresh, stored = [*map(words_of_live, fresh)], [*map(words_of_live, stored)]
    if not IPyNbCell.compare_outputs(cell, fresh, stored):
        return False
    pairs = pictures(fresh), pictures(stored)
    if len(pairs[0]) != len(pairs[1]):
        wrong = [f"{len(pairs[0])} pictures instead of {len(pairs[1])}"]
    else:
        wrong = [what for pair in zip(*pairs, strict=True) if (what := difference(*pair))]
    cell.comparison_traceback += wrong
    return not wrong


def words_of_live(output):
    """The output of a live figure without its picture and its state; any other as it is."""
    if LIVE.isdisjoint(output.get("data", {})):
        return output
    return nbformat.from_dict({**output, "data": {"text/plain": output["data"]["text/plain"]}})


def pictures(outputs):
    found = [output.get("data", {}).get("image/png") for output in outputs]
    return [base64.b64decode(png) for png in found if png]


def blocks(png):
    """The picture on white, as means of (GRID, GRID, 3) blocks, 0 ... 1."""
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(white, picture).convert("RGB")
    return np.asarray(flat.resize((GRID, GRID), Image.Resampling.BOX), float) / 255


def contrasts(seen):
    rows, columns = PARTS
    return seen.reshape(rows, GRID // rows, columns, GRID // columns, 3).std((1, 3)).max(-1)


def difference(fresh, stored):
    """What is wrong with a fresh picture, in words; nothing if it shows what it should."""
    sizes = [Image.open(io.BytesIO(png)).size for png in (fresh, stored)]
    if not np.allclose(*sizes, rtol=0.05):
        return "picture of {} pixels instead of {}".format(*sizes)
    new, old = blocks(fresh), blocks(stored)
    blank = np.median(old, axis=(0, 1))
    others = (blank, old[::-1, ::-1], old[:, ::-1], old[::-1])
    limit = max(SAME, NEAR * min(abs(old - other).mean() for other in others))
    found = abs(new - old).mean()
    if found > limit:
        return f"another picture: a mean difference of {found:.4f}, at most {limit:.4f} is allowed"
    ratio = (contrasts(new) + 0.02) / (contrasts(old) + 0.02)
    if ratio.min() < 1 / CONTRAST or ratio.max() > CONTRAST:
        return f"part of the picture is missing or new: {ratio.min():.2f} ... {ratio.max():.2f}"
    return ""
