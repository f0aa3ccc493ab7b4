"""What the exercises of chapter 9 say to right and to wrong answers."""

import pytest

from tests.exercises.running import cases, said

HAT = """
def hat_of(u, v):
    gone = torch.stack((u.abs(), v.abs(), (u - v).abs()))
    return relu(1 - gone.amax(dim=0))
"""
COST = """
def cost(theta, start):
    missing = relu(0.1 - free.determinant(theta, look_at)).sum()
    return missing + (theta - start).square().sum()
"""

ANSWERS = {
    "ex-09-road": {
        "right": [
            "numbers = [0.4, 0, 0, 0, 1, -0.6, 0, -0.6]",
            "numbers = torch.tensor([2.0, 0, 0, 0, 5, -3, 0, -3]) / 5",
            "numbers = Projective.from_corners(road[None])[0].float()",
        ],
        "not yet": [
            "numbers = [0.4, 0, 0, 0, 1, 0, 0, -0.6]",
            "numbers = [0.4, 0, 0, 0, 1, 0.6, 0, 0.6]",
            "numbers = [0.4, 0, 0, 0, 1, -0.6, -0.6, 0]",
            "numbers = [2.5, 0, 0, 0, 1, 0.6, 0, 0.6]",
            "numbers = [0.625, 0, 0, 0, 1, 0, 0, 0]",
            "numbers = [0.4, 0, 0, 0, 1, -0.6, 0, -0.6, 1]",
            "numbers = Projective().invert(Projective.from_corners(road[None]))[0]",
        ],
    },
    "ex-09-hat": {
        "right": [
            HAT,
            "def hat_of(u, v):\n    return relu(1 - (u.abs() + v.abs() + (u - v).abs()) / 2)",
            "def hat_of(u, v):\n"
            "    return relu(torch.minimum(1 - (u - v).abs(), relu(1 - u.abs()) - relu(0 * u)"
            " - relu(v.abs() - u.abs())))",
            "def hat_of(u, v):\n"
            "    return relu(1 - torch.maximum(relu(u), relu(v))"
            " - torch.maximum(relu(-u), relu(-v)))",
        ],
        "not yet": [
            "def hat_of(u, v):\n    return relu(1 - u.abs()) * relu(1 - v.abs())",
            "def hat_of(u, v):\n    return relu(1 - torch.maximum(u.abs(), v.abs()))",
            HAT.replace("(u - v)", "(u + v)"),
            "def hat_of(u, v):\n    return relu(1 - u.abs() - v.abs())",
            "def hat_of(u, v):\n    return relu(1 - (u - v).abs())",
            HAT.replace("relu(1 - gone.amax(dim=0))", "1 - gone.amax(dim=0)"),
            HAT.replace("amax", "amin"),
            HAT.replace("return", "return (u - v) / (u - v) *"),  # no number where u = v
            HAT.replace("return", "return (u * v != 0) *"),
            "def hat_of(u, v):\n    return relu(1 - (u**2 + v**2 - u * v).sqrt())",
        ],
    },
    "ex-09-unfold": {
        "right": [
            COST,
            COST.replace(".sum()\n    return missing +", ".mean()\n    return missing + 0.01 *"),
            COST.replace("relu(0.1 - ", "(0.1 - ").replace("look_at))", "look_at)).clamp(min=0)"),
            COST.replace("missing = ", "missing = 10 * "),
            COST.replace("missing = ", "missing = 1000 * ").replace(
                "relu(0.1", "relu(0.11").replace("at)).sum()", "at)).square().sum()"),
            COST.replace("look_at)).sum()", "look_at)).square().mean() * 100").replace(
                "missing +", "missing + 0.01 *"),
            COST.replace("missing = relu(0.1 - ", "missing = 5 * relu(0.1 - ").replace(
                "look_at)).sum()", "look_at).min())"),
        ],
        "not yet": [
            "def cost(theta, start):\n    return 0.01 * theta.square().sum()",
            COST.replace("return missing +", "return missing + 0 *"),
            COST.replace("return missing +", "return missing + 10 *"),
            COST.replace("look_at)).sum()", "look_at)).square().sum()"),
            COST.replace("missing + (theta - start).square().sum()", "missing"),
            COST.replace("(theta - start)", "0.03 * theta"),
            "def cost(theta, start):\n"
            "    even = (free.determinant(theta, look_at) - 1).square().mean()\n"
            "    return even + (theta - start).square().sum()",
            COST.replace("relu(0.1 - free", "relu(-free"),
            COST.replace("missing + ", ""),
            "def cost(theta, start):\n    return (theta - 0.6 * start).square().sum()",
            "def cost(theta, start):\n    return bending(theta)\n"
            "def bending(theta):\n    return free.bending_energy(theta).sum()",
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), cases("09", ANSWERS))
def test_an_answer_gets_its_word(label, answer, word):
    found = said("09", label, answer)
    assert found.split(":")[0] == word
