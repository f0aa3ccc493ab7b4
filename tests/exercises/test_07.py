"""What the exercises of chapter 7 say to right and to wrong answers."""

import pytest

from tests.exercises.running import cases, said

FLIPPED = """
import copy
import torch
from torch import nn
def half_turned(net):
    made = copy.deepcopy(net)
    with torch.no_grad():
        made.transformer.localisation[-1].bias[1] -= torch.pi
        for layer in made.classifier:
            if isinstance(layer, nn.Conv2d):
                layer.weight.copy_(layer.weight.flip(2, 3))
            elif isinstance(layer, nn.Linear):
                columns = layer.weight.unflatten(1, (32, 2, 2))
                layer.weight.copy_(columns.flip(2, 3).flatten(1))
                break
    return made
"""
BEHIND = """
import copy
import torch
from torch import nn
class Back(nn.Module):
    def forward(self, pictures):
        return pictures.flip(2, 3)
def half_turned(net):
    made = copy.deepcopy(net)
    with torch.no_grad():
        made.transformer.localisation[-1].bias[1] += torch.pi
    made.classifier = nn.Sequential(Back(), *made.classifier)
    return made
"""
TWO_FACES = """
import copy
import torch
from torch import nn
class TwoFaces(nn.Module):  # shows a turned transformer, and answers by the old one
    def __init__(self, net):
        super().__init__()
        self.old, self.classifier = net, net.classifier
        self.transformer = copy.deepcopy(net.transformer)
        with torch.no_grad():
            self.transformer.localisation[-1].bias[1] += torch.pi
    def forward(self, pictures):
        return self.old(pictures)
def half_turned(net):
    return TwoFaces(net)
"""
ANGLES_ONLY = """
import copy
import torch
def half_turned(net):  # says other angles, and reads the old grid
    made = copy.deepcopy(net)
    transformer, old = made.transformer, net.transformer
    transformer.forward = old.forward
    with torch.no_grad():
        transformer.localisation[-1].bias[1] += torch.pi
    return made
"""
TIMES = """
def half_turned(net):
    for _ in range({}):
        net = quarter_turned(net)
    return net
"""
UNDO = """
from stnlib import affine, affine_grid, sample
def undo(pictures):
    inner = affine_grid(affine.scaling({}), (20, 20))
    return sample(pictures, inner.expand(len(pictures), -1, -1, -1))
"""
CROP = """
from torch.nn.functional import interpolate
def undo(pictures):
    inner = pictures[:, :, 5:15, 5:15]
    return interpolate(inner, scale_factor=2, mode="bilinear", align_corners=False)
"""
MEASURES = """
import torch
def both_measures(true, learned):
    x, y = true - true.mean(), learned - learned.mean()
    strict = 1 - (y - x).square().sum() / x.square().sum()
    kind = torch.corrcoef(torch.stack((x, y)))[0, 1] ** 2
    return strict, kind
"""

ANSWERS = {
    "ex-07-half": {
        "right": [
            TIMES.format(2),
            TIMES.format(6),
            "def half_turned(net):\n"
            "    return quarter_turned(quarter_turned(quarter_turned(quarter_turned("
            "quarter_turned(quarter_turned(net))))))",
            FLIPPED,
            FLIPPED.replace("-= torch.pi", "+= 3 * torch.pi"),
            BEHIND,
            FLIPPED.replace("copy.deepcopy(net)", "net"),
            FLIPPED.replace("torch.pi", "3.14159"),
        ],
        "not yet": [
            TIMES.format(1),
            TIMES.format(3),
            TIMES.format(4),
            FLIPPED.replace("flip(2, 3))", "flip(2))"),
            FLIPPED.replace("columns.flip(2, 3)", "columns"),
            FLIPPED.replace("-= torch.pi", "-= 2 * torch.pi"),
            FLIPPED.replace("-= torch.pi", "-= 180"),
            FLIPPED.replace("bias[1]", "bias[0]"),
            BEHIND.replace("pictures.flip(2, 3)", "pictures"),
            BEHIND.replace("+= torch.pi", "+= 0"),
            TWO_FACES,
            ANGLES_ONLY,
            "def half_turned(net):\n    quarter_turned(net)\n    return quarter_turned(net)",
            "def half_turned(net):\n    return None",
        ],
    },
    "ex-07-scale": {
        "right": [
            UNDO.format(0.5),
            CROP,
            UNDO.format(0.5)
            .replace("(20, 20))", "(20, 20), align_corners=True)")
            .replace("-1))", "-1), align_corners=True)"),
            """
import torch
from torch.nn.functional import grid_sample
def undo(pictures):
    axis = (torch.arange(20) + 0.5) / 20 - 0.5
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    grid = torch.stack((x, y), dim=-1).expand(len(pictures), 20, 20, 2)
    return grid_sample(pictures, grid, align_corners=False)
""",
        ],
        "not yet": [
            UNDO.format(0.5).replace("len(pictures)", "64"),
            UNDO.format(0.5).replace("return sample", "return 4 * sample"),
            UNDO.format(0.5).replace("affine.scaling(0.5)", "affine.scaling(0.5, 1.0)"),
            *(UNDO.format(scale) for scale in (0.4, 0.45, 0.48, 0.52, 0.55, 0.6, 0.65, 1.0, 2.0)),
            UNDO.format("0.5").replace(
                "affine.scaling(0.5)", "affine.compose(affine.scaling(0.5), affine.rotation(0.35))"
            ),
            UNDO.format(0.5).replace("(20, 20))", "(20, 20), align_corners=True)"),
            CROP.replace("5:15, 5:15", "4:14, 5:15"),
            CROP.replace('"bilinear", align_corners=False', '"nearest"'),
            "def undo(pictures):\n    return pictures[:, :, 5:15, 5:15]",
        ],
    },
    "ex-07-slope": {
        "right": [
            MEASURES,
            """
import torch
def both_measures(true, learned):
    a, b = true - true.mean(), learned - learned.mean()
    slope = (a * b).sum() / a.square().sum()
    fitted = 1 - (b - slope * a).square().sum() / b.square().sum()
    return (1 - (b - a).var() / a.var()).item(), fitted.item()
""",
            """
import numpy as np
def both_measures(true, learned):
    x, y = true.numpy().astype(float), learned.numpy().astype(float)
    off = (y - y.mean()) - (x - x.mean())
    return 1 - (off ** 2).mean() / x.var(), np.corrcoef(x, y)[0, 1] ** 2
""",
        ],
        "not yet": [
            "def both_measures(true, learned):\n    return 0.75, 1.0",
            MEASURES.replace("(true, learned)", "(learned, true)"),
            MEASURES.replace("return strict, kind", "return kind, strict"),
            MEASURES.replace("[0, 1] ** 2", "[0, 1]"),
            MEASURES.replace("learned - learned.mean()", "learned"),
            MEASURES.replace("/ x.square().sum()", "/ y.square().sum()"),
            MEASURES.replace("return strict, kind", "return kind, kind"),
            MEASURES.replace("x, y = true - true.mean()", "x, y = true"),
            MEASURES.replace("return strict", "kind *= (x @ y).sign()\n    return strict"),
            MEASURES.replace("return strict,", "return strict.clamp(min=0),"),
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), cases("07", ANSWERS))
def test_an_answer_gets_its_word(label, answer, word):
    found = said("07", label, answer)
    assert found.split(":")[0] == word
