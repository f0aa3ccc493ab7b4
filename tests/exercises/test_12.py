"""What the exercises of chapter 12 say to right and to wrong answers."""

import pytest

from tests.exercises.running import cases, said

EIGHT = """
def eight_weights(x, y, z):
    along = [torch.tensor([1 - a, a]) for a in (z, y, x)]
    return along[0][:, None, None] * along[1][:, None] * along[2]
"""
LOOK = """
def look(turn, half, middle):
    return torch.cat((turn @ torch.diag(half), middle[:, None]), dim=1)
"""
SLOPES = """
def slopes_of_theta(points, slopes):
    return torch.einsum("pi,pj->ij", slopes, torch.cat((points, torch.ones(len(points), 1)), 1))
"""

ANSWERS = {
    "ex-12-eight": {
        "right": [
            EIGHT,
            "def eight_weights(x, y, z):\n"
            "    found = torch.empty(2, 2, 2)\n"
            "    for k in (0, 1):\n"
            "        for n in (0, 1):\n"
            "            for m in (0, 1):\n"
            "                off = abs(z - k), abs(y - n), abs(x - m)\n"
            "                found[k, n, m] = (1 - off[0]) * (1 - off[1]) * (1 - off[2])\n"
            "    return found",
            "def eight_weights(x, y, z):\n"
            "    ends = torch.arange(2)\n"
            "    return torch.einsum('k,n,m->knm', hat(z - ends), hat(y - ends), hat(x - ends))",
        ],
        "not yet": [
            EIGHT.replace("(z, y, x)", "(x, y, z)"),
            EIGHT.replace("[1 - a, a]", "[a, 1 - a]"),
            EIGHT.replace("(z, y, x)", "(y, z, x)"),
            EIGHT.replace("* along[2]", "* along[2][:2, None]"),
            EIGHT.replace(" * along[2]", " + along[2]"),
            EIGHT.replace("[1 - a, a]", "[1 - a, 1.0]"),
            EIGHT.replace("[1 - a, a]", "[1 - a, a if a < 0.95 else 0.95]"),
            "def eight_weights(x, y, z):\n    return torch.zeros(2, 2)",
        ],
    },
    "ex-12-box": {
        "right": [
            LOOK,
            "def look(turn, half, middle):\n"
            "    axes = [turn[:, i] * half[i] for i in range(3)]\n"
            "    return torch.stack((*axes, middle), dim=1)",
        ],
        "not yet": [
            LOOK.replace("turn @ torch.diag(half)", "torch.diag(half) @ turn"),
            LOOK.replace("turn @", "turn.T @"),
            LOOK.replace("diag(half)", "diag(1 / half)"),
            LOOK.replace("middle[:, None]", "-middle[:, None]"),
            LOOK.replace("middle[:, None]", "(turn @ middle)[:, None]"),
            LOOK.replace("dim=1", "dim=1).flatten("),
            "def look(turn, half, middle):\n"
            "    back = torch.linalg.inv(turn @ torch.diag(half))\n"
            "    return torch.cat((back, -back @ middle[:, None]), dim=1)",
        ],
    },
    "ex-12-slopes": {
        "right": [
            SLOPES,
            "def slopes_of_theta(points, slopes):\n"
            "    theta = torch.zeros(3, 4, requires_grad=True)\n"
            "    moved = points @ theta[:, :3].T + theta[:, 3]\n"
            "    return torch.autograd.grad((moved * slopes).sum(), theta)[0]",
            "def slopes_of_theta(points, slopes):\n"
            "    return torch.cat((slopes.T @ points, slopes.sum(0)[:, None]), dim=1)",
        ],
        "not yet": [
            SLOPES.replace("->ij", "->ji"),
            SLOPES.replace("torch.ones", "torch.zeros"),
            SLOPES.replace('"pi,pj->ij", slopes', '"pi,pj->ij", slopes / len(points)'),
            SLOPES.replace(
                "(points, torch.ones(len(points), 1))", "(torch.ones(len(points), 1), points)"
            ),
            SLOPES.replace("slopes, torch", "-slopes, torch"),
            "def slopes_of_theta(points, slopes):\n"
            "    return torch.cat((points.T @ slopes, slopes.sum(0)[:, None]), dim=1)",
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), cases("12", ANSWERS))
def test_an_answer_gets_its_word(label, answer, word):
    found = said("12", label, answer)
    assert found.split(":")[0] == word
