"""What the exercises of chapter 11 say to right and to wrong answers."""

import pytest

from tests.exercises.running import cases, said

IOU = """
def iou(first, second):
    low = torch.maximum(first[:, :2], second[:, :2])
    high = torch.minimum(first[:, 2:], second[:, 2:])
    common = (high - low).clamp(min=0).prod(dim=1)
    areas = [(box[:, 2:] - box[:, :2]).prod(dim=1) for box in (first, second)]
    return common / (areas[0] + areas[1] - common)
"""
EXPECTED = """
def expected(p, alike, black, mixed):
    on_on = p * p * max(0.0, alike - mixed + 1)
    on_off = p * (1 - p) * 1.0
    off_on = (1 - p) * p * max(0.0, mixed - black + 1)
    off_off = (1 - p) ** 2 * 1.0
    return on_on + on_off + off_on + off_off
"""
LEFT = """
def left_over(boxes, truth):
    def middle(box):
        return (box[:, :2] + box[:, 2:]) / 2

    away = middle(boxes) - middle(truth)
    return (away - away.mean(dim=0)).norm(dim=1)
"""

ANSWERS = {
    "ex-11-iou": {
        "right": [
            IOU,
            "def iou(first, second):\n"
            "    result = []\n"
            "    for a, b in zip(first.tolist(), second.tolist()):\n"
            "        w = max(0, min(a[2], b[2]) - max(a[0], b[0]))\n"
            "        h = max(0, min(a[3], b[3]) - max(a[1], b[1]))\n"
            "        all_of = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])\n"
            "        result.append(w * h / (all_of - w * h))\n"
            "    return torch.tensor(result)",
        ],
        "not yet": [
            IOU.replace(".clamp(min=0)", ""),
            IOU.replace(".clamp(min=0).prod(dim=1)", ".prod(dim=1).clamp(min=0)"),
            IOU.replace("areas[0] + areas[1] - common", "areas[0] + areas[1]"),
            IOU.replace("areas[0] + areas[1] - common", "areas[0]"),
            IOU.replace("torch.maximum", "torch.minimum"),
            IOU.replace("(high - low)", "(high - low + 1)"),
            IOU.replace("clamp(min=0).prod(dim=1)", "clamp(min=0).sum(dim=1)"),
            "def iou(first, second):\n    return (first == second).all(dim=1).float()",
        ],
    },
    "ex-11-share": {
        "right": [
            EXPECTED,
            "def expected(p, alike, black, mixed):\n"
            "    total = 0.0\n"
            "    for n in (True, False):\n"
            "        for m in (True, False):\n"
            "            weight = (p if n else 1 - p) * (p if m else 1 - p)\n"
            "            pair = mixed if n != m else alike if n else black\n"
            "            apart = mixed if n else black\n"
            "            total += weight * max(0.0, pair - apart + 1)\n"
            "    return total",
        ],
        "not yet": [
            EXPECTED.replace(" + 1)", ")"),
            EXPECTED.replace("max(0.0, alike - mixed + 1)", "(alike - mixed + 1)"),
            EXPECTED.replace("max(0.0, mixed - black + 1)", "(mixed - black + 1)"),
            EXPECTED.replace("(1 - p) * p * max", "p * p * max"),
            EXPECTED.replace("+ on_off ", ""),
            EXPECTED.replace("+ off_off", ""),
            EXPECTED.replace("mixed - black + 1", "mixed - mixed + 1"),
            EXPECTED.replace("mixed - black", "black - mixed"),
            "def expected(p, alike, black, mixed):\n"
            "    return p * max(0.0, alike - mixed + 1) + (1 - p) * max(0.0, black - black + 1)",
        ],
    },
    "ex-11-left": {
        "right": [
            LEFT,
            "def left_over(boxes, truth):\n"
            "    x, y = ((boxes - truth)[:, i::2].sum(1) / 2 for i in (0, 1))\n"
            "    return torch.hypot(x - x.mean(), y - y.mean())",
            "def left_over(boxes, truth):\n"
            "    off = (boxes - truth).unflatten(1, (2, 2)).mean(1)\n"
            "    return torch.cdist(off, off.mean(0, keepdim=True))[:, 0]",
        ],
        "not yet": [
            LEFT.replace("away - away.mean(dim=0)", "away"),
            LEFT.replace("away.mean(dim=0)", "away.mean()"),
            LEFT.replace("away.mean(dim=0)", "away.mean(dim=1, keepdim=True)"),
            LEFT.replace("(box[:, :2] + box[:, 2:]) / 2", "box[:, :2]"),
            LEFT.replace("(box[:, :2] + box[:, 2:]) / 2", "box[:, 2:]"),
            LEFT.replace(".norm(dim=1)", ".square().sum(dim=1)"),
            LEFT.replace("return (away - away.mean(dim=0)).norm(dim=1)", "return away.mean(dim=0)"),
            LEFT.replace("/ 2", ""),
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), cases("11", ANSWERS))
def test_an_answer_gets_its_word(label, answer, word):
    found = said("11", label, answer)
    assert found.split(":")[0] == word
