"""What the exercises of chapter 8 say to right and to wrong answers."""

import pytest

from tests.exercises.running import cases, said

SLIP = """
def name_slip(read):
    identity, to_the_right, below, turn = checks(read)
    if not identity:
        square = noise[..., :5]
        exchanged = read(square, affine.identity(), (5, 5))
        return "swapped" if exchanged.allclose(square.mT, atol=1e-4) else "mixed"
    if not to_the_right:
        return "wrong_way"
    if not below:
        return "upwards"
    return "right" if turn else "transposed"
"""
LOST = """
def lost_at(history):
    for step, read in zip(history.theta_step, history.read):
        if sum(value < 0.01 for value in read) >= len(read) / 2:
            return step
    return None
"""
ANSWERS = {
    "ex-08-slip": {
        "right": [
            SLIP,
            """
def name_slip(read):
    three = torch.rand(1, 1, 7, 7), affine.from_parts(rotation=0.4, scale_x=0.8, t_y=-0.3), (6, 9)
    off = [(each(*three) - read(*three)).abs().sum().item() for each in readers]
    return readers[off.index(min(off))].__name__
""",
            # where a dot lands
            """
def name_slip(read):
    dot, turn = torch.zeros(1, 1, 31, 31), affine.from_parts(rotation=0.7, t_x=0.1, t_y=0.25)
    dot[..., 11, 18] = 1
    made = read(dot, turn, (25, 37)).flatten()
    alike = [made @ torch.nn.functional.normalize(one(dot, turn, (25, 37)).flatten(), dim=0)
             for one in readers]
    return readers[int(torch.stack(alike).argmax())].__name__
""",
        ],
        "not yet": [
            "def name_slip(read):\n    return read.__name__",
            # on a flat picture, or where two slips do the same, there is nothing to see
            """
def name_slip(read):
    flat, turn = torch.ones(1, 1, 6, 6), affine.rotation(0.5)
    wanted = read(flat, turn, (6, 6))
    same = (one(flat, turn, (6, 6)).allclose(wanted, atol=1e-4) for one in readers)
    return readers[[*same].index(True)].__name__
""",
            """
def name_slip(read):
    square, shift = torch.rand(1, 1, 6, 6), affine.translation(0.3, 0.2)
    wanted = read(square, shift, (6, 6))
    same = (one(square, shift, (6, 6)).allclose(wanted, atol=1e-4) for one in readers)
    return readers[[*same].index(True)].__name__
""",
            # by the order in which they come
            "left = []\ndef name_slip(read):\n    if not left:\n"
            "        left.extend(each.__name__ for each in readers)\n    return left.pop(0)",
            # as if the first two checks were enough
            SLIP.replace("if not below:", "if False:"),
            SLIP.replace('return "right" if turn else "transposed"', 'return "right"'),
            SLIP.replace(
                '"swapped" if exchanged.allclose(square.mT, atol=1e-4) else "mixed"', '"mixed"'
            ),
            SLIP.replace('"wrong_way"', '"right"'),
            SLIP.replace('"upwards"', '"transposed"'),
            SLIP.replace("square.mT", "square"),
            "def name_slip(read):\n    return readers[torch.randint(6, ()).item()].__name__",
            "def name_slip(read):\n    return [each.__name__ for each in readers]",
        ],
    },
    "ex-08-when": {
        "right": [
            LOST,
            """
def lost_at(history):
    dark = (torch.tensor(history.read) < 0.01).float().mean(dim=1) >= 0.5
    return history.theta_step[dark.int().argmax()] if dark.any() else None
""",
            """
import numpy as np
def lost_at(history):
    black = np.flatnonzero((np.array(history.read) < 0.01).mean(1) >= 0.5)
    return history.theta_step[black[0]] if len(black) else None
""",
            LOST.replace(
                "sum(value < 0.01 for value in read) >= len(read) / 2",
                "sorted(read)[(len(read) - 1) // 2] < 0.01",
            ),
        ],
        "not yet": [
            LOST.replace(
                "sum(value < 0.01 for value in read) >= len(read) / 2",
                "any(value < 0.01 for value in read)",
            ),
            LOST.replace(
                "sum(value < 0.01 for value in read) >= len(read) / 2",
                "all(value < 0.01 for value in read)",
            ),
            LOST.replace(
                "sum(value < 0.01 for value in read) >= len(read) / 2",
                "sum(read) / len(read) < 0.5",
            ),
            LOST.replace(
                "sum(value < 0.01 for value in read) >= len(read) / 2",
                "sum(read) / len(read) < 0.01",
            ),
            LOST.replace(">= len(read)", "> len(read)"),
            LOST.replace("value < 0.01", "value < 0.5"),
            LOST.replace("value < 0.01", "value == 0"),
            LOST.replace("value < 0.01", "value < 0.1"),
            LOST.replace("value < 0.01", "value < 0.01 * max(history.read[0])"),
            LOST.replace("len(read) / 2", "len(read) // 2"),
            LOST.replace("len(read) / 2", "2"),
            LOST.replace(
                "zip(history.theta_step, history.read)", "enumerate(history.read)"
            ).replace("return step", "return 7 * step"),
            LOST.replace("return step", "return step or None"),
            LOST.replace("history.read", "history.outside").replace("< 0.01", "> 0.8"),
            LOST.replace("return step", "last = step")
            .replace("for step,", "last = None\n    for step,")
            .replace("return None", "return last"),
            LOST.replace("zip(history.theta_step, history.read)", "enumerate(history.read)"),
            LOST.replace("return None", "return 0"),
            LOST.replace(
                "history.theta_step, history.read", "history.theta_step[1:], history.read[1:]"
            ),
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), cases("08", ANSWERS))
def test_an_answer_gets_its_word(label, answer, word):
    found = said("08", label, answer)
    assert found.split(":")[0] == word
