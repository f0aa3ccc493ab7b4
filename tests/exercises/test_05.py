"""What the exercises of chapter 5 say to right and to wrong answers."""

import pytest

from tests.exercises.running import cases, said

CHAIN = """
import torch
from stnlib import affine_grid, regular_grid
def slope_for_theta(slope_grid, d_matrix):
    regular = regular_grid(slope_grid.shape[1:3])
    b = torch.cat((regular, torch.ones_like(regular[..., :1])), dim=-1)
    return torch.einsum("bhwi,kij,hwj->bk", slope_grid, d_matrix, b)
"""
EYES = """
import torch
from torch import nn
from stnlib import Affine, Attention, Similarity, SpatialTransformer
class TwoEyes(nn.Module):
    def __init__(self):
        super().__init__()
        self.eyes = nn.ModuleList()
        for t_x in (-0.5, 0.5):
            look = nn.Sequential(nn.Flatten(), nn.Linear(42 * 42, 8), nn.Linear(8, 3))
            eye = SpatialTransformer(look, Attention(), (20, 20))
            with torch.no_grad():
                look[-1].bias.copy_(torch.tensor([0.5, t_x, 0.0]))
            self.eyes.append(eye)

    def forward(self, images):
        return torch.cat([eye(images) for eye in self.eyes], dim=1)
"""
FIXED = """
import torch
from torch import nn
from stnlib import affine, affine_grid, sample
class TwoEyes(nn.Module):
    def forward(self, images):
        halves = [affine.from_parts(scale_x=0.5, scale_y=0.5, t_x=t) for t in (-0.5, 0.5)]
        grids = [affine_grid(half.expand(len(images), -1, -1), (20, 20)) for half in halves]
        return torch.cat([sample(images, grid) for grid in grids], dim=1)
"""
FREE = """
import torch
from torch import nn
from stnlib import Attention, sample
class TwoEyes(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.tensor([0.5, -0.5, 0.0]))
        self.second = nn.Parameter(torch.tensor([0.5, 0.5, 0.0]))

    def forward(self, images):
        own = [one.expand(len(images), -1) for one in (self.first, self.second)]
        grids = [Attention().grid(one, (20, 20)) for one in own]
        return torch.cat([sample(images, grid) for grid in grids], dim=1)
"""
SHARED = """
import torch
from torch import nn
from stnlib import Attention, sample
class TwoEyes(nn.Module):
    def __init__(self):
        super().__init__()
        self.look = nn.Linear(42 * 42, 6)
        nn.init.zeros_(self.look.weight)
        self.look.bias.data = torch.tensor([0.5, -0.5, 0.0, 0.5, 0.5, 0.0])

    def forward(self, images):
        numbers = self.look(images.flatten(1))
        grids = [Attention().grid(one, (20, 20)) for one in numbers.split(3, dim=1)]
        return torch.cat([sample(images, grid) for grid in grids], dim=1)
"""

TRUNK = """
class TwoEyes(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Flatten(), nn.Linear(42*42, 16), nn.ReLU())
        self.heads = nn.ModuleList([nn.Linear(16, 3) for _ in range(2)])
        for h, t in zip(self.heads, (-0.5, 0.5)):
            nn.init.zeros_(h.weight)
            h.bias.data = torch.tensor([0.5, t, 0.0])
    def forward(self, images):
        seen = self.trunk(images)
        grids = [Attention().grid(head(seen), (20, 20)) for head in self.heads]
        return torch.cat([sample(images, grid) for grid in grids], dim=1)
"""

# The second eye looks only at what the first one has read.
SERIAL = """
import torch
from torch import nn
from stnlib import Attention, SpatialTransformer, sample
class TwoEyes(nn.Module):
    def __init__(self):
        super().__init__()
        self.looks = nn.ModuleList()
        for side, t_x in ((42, -0.5), (20, 0.5)):
            last = nn.Linear(side * side, 3)
            nn.init.zeros_(last.weight)
            last.bias.data = torch.tensor([0.5, t_x, 0.0])
            self.looks.append(nn.Sequential(nn.Flatten(), last))

    def read(self, images, look, seen):
        return sample(images, Attention().grid(look(seen), (20, 20)))

    def forward(self, images):
        first = self.read(images, self.looks[0], images)
        second = self.read(images, self.looks[1], first.detach())
        return torch.cat((first, second), dim=1)
"""

ANSWERS = {
    "ex-05-chain": {
        "right": [
            CHAIN,
            """
import torch
from stnlib import regular_grid
def slope_for_theta(slope_grid, d_matrix):
    height, width = slope_grid.shape[1:3]
    regular = regular_grid((height, width))
    found = torch.zeros(len(slope_grid), len(d_matrix))
    for row in range(height):
        for column in range(width):
            x, y = regular[row, column]
            moves = d_matrix @ torch.tensor([x, y, 1.0])
            found += slope_grid[:, row, column] @ moves.T
    return found
""",
            """
import torch
from stnlib import affine_grid
def slope_for_theta(slope_grid, d_matrix):
    moves = affine_grid(d_matrix, slope_grid.shape[1:3])
    return (slope_grid[:, None] * moves).sum(dim=(2, 3, 4))
""",
        ],
        "not yet": [
            CHAIN.replace("return torch", "return len(slope_grid) ** -1 * torch"),
            CHAIN.replace("torch.cat((regular,", "torch.cat((regular.flip(-1),"),
            CHAIN.replace("d_matrix, b)", "d_matrix[:, :, :2], regular)"),
            CHAIN.replace("shape[1:3])", "shape[1:3], align_corners=True)"),
            CHAIN.replace("->bk", "->k"),
            CHAIN.replace("torch.einsum", "0.01 * torch.einsum"),
            CHAIN.replace("d_matrix, b)", "d_matrix.flip(1), b)"),
            CHAIN.replace("shape[1:3])", "shape[1:3][::-1]).transpose(0, 1)"),
            CHAIN.replace("return torch", "slope_grid = slope_grid[: len(d_matrix)]; return torch"),
            """
import torch
from stnlib import regular_grid
def slope_for_theta(slope_grid, d_matrix):
    x, y = regular_grid(slope_grid.shape[1:3]).unbind(-1)
    g_x, g_y = slope_grid.unbind(-1)
    six = g_x * x, g_x * y, g_x, g_y * x, g_y * y, g_y
    return torch.stack([one.sum(dim=(1, 2)) for one in six], dim=1)
""",
        ],
    },
    "ex-05-parallel": {
        "right": [
            EYES,
            EYES.replace("nn.Linear(42 * 42, 8), nn.Linear(8, 3)", "nn.Linear(42 * 42, 3)"),
            EYES.replace("42, 8), ", "42, 32), nn.BatchNorm1d(32), nn.ReLU(), ").replace(
                "(8, 3)", "(32, 3)"),
            EYES.replace("nn.Flatten(), nn.Linear(42 * 42, 8)",
                         "nn.AvgPool2d(6), nn.Flatten(), nn.Linear(49, 8)"),
        ],
        "not yet": [
            FREE.replace("[0.5, -0.5, 0.0]", "[[0.5, -0.5, 0.0]]").replace(
                "[0.5, 0.5, 0.0]", "[[0.5, 0.5, 0.0]]"
            ),
            TRUNK,
            SERIAL,
            SERIAL.replace(".detach()", ""),
            SERIAL.replace("first.detach()", "images[:, :, 11:31, :20]"),
            SERIAL.replace("first.detach()", "images[:, :, 11:31, 21:41]"),
            SERIAL.replace("(20, 0.5)", "(42, 0.5)").replace("first.detach()", "images.flip(0)"),
            SERIAL.replace("(20, 0.5)", "(42, 0.5)").replace(
                "first.detach()", "images.mean(0, keepdim=True).expand_as(images)"),
            SERIAL.replace("first, second)", "first, second, second)").replace(
                "(20, 0.5)", "(42, 0.5)").replace("first.detach()", "images"),
            SERIAL.replace("(20, 0.5)", "(42, 0.5)").replace("first.detach()", "images").replace(
                "look(seen)", "look(seen) * torch.tensor([0.0, 1, 1]) + torch.tensor([0.5, 0, 0])"),
            SERIAL.replace("(20, 0.5)", "(42, 0.5)").replace("first.detach()", "images").replace(
                "look(seen)", "look(seen) * torch.tensor([1.0, 1, 0])"),
            FIXED,
            FREE,
            SHARED,
            "from torch import nn\nclass TwoEyes(nn.Module):\n"
            "    def forward(self, images):\n        return pictures",
            EYES.replace("(-0.5, 0.5)", "(0.5, -0.5)"),
            EYES.replace("[0.5, t_x, 0.0]", "[1.0, t_x, 0.0]"),
            EYES.replace("[0.5, t_x, 0.0]", "[0.5, 0.0, t_x]"),
            EYES.replace("self.eyes.append(eye)", "self.eyes.append(eye.requires_grad_(False))"),
            EYES.replace("dim=1)", "dim=0)"),
            EYES.replace("(20, 20)", "(42, 42)"),
            EYES.replace("for eye in self.eyes", "for eye in (self.eyes[0], self.eyes[0])"),
            EYES.replace("nn.Linear(8, 3)", "nn.Linear(8, 6)").replace(
                "Attention()", "Affine()").replace(
                "[0.5, t_x, 0.0]", "[0.5, 0.0, t_x, 0.0, 0.5, 0.0]"),
            EYES.replace("nn.Linear(8, 3)", "nn.Linear(8, 4)").replace(
                "Attention()", "Similarity()").replace(
                "[0.5, t_x, 0.0]", "[-0.6931, 0.0, t_x, 0.0]"),
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), cases("05", ANSWERS))
def test_an_answer_gets_its_word(label, answer, word):
    found = said("05", label, answer)
    assert found.split(":")[0] == word
