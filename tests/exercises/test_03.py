"""What the exercises of chapter 3 say to right and to wrong answers."""

import pytest

from tests.exercises.running import cases, said


def border(clamped):
    return f"""
import torch.nn.functional as F
def read_border(U, x, y):
    height, width = U.shape
    return {clamped}
"""


def stranger(body):
    return f"""
def kernel_of(read, distance):
    lit = torch.zeros(9, 9)
    lit[4, 4] = 1
    middle = torch.full_like(distance, 4.0)
    return {body}
"""


ANSWERS = {
    "ex-03-kernel": {
        "right": [
            stranger("read(lit, middle + distance, middle)"),
            stranger("read(torch.ones(1, 1), distance, 0 * distance)"),
            stranger("torch.stack([read(lit, 4 + d[None], middle[:1])[0] for d in distance])"),
            stranger("read(lit[3:6], middle + distance, middle - 3)"),  # not square
        ],
        "not yet": [
            stranger("read(torch.ones(9, 9), middle + distance, middle)"),  # area under the kernel
            stranger("hat(distance)"),  # one of them
            stranger("read(lit, middle + distance, middle).clamp(0, 1)"),
            stranger("read(lit, middle - distance, middle)"),  # mirrored
            stranger("read(lit, distance, middle)"),  # the distance from pixel 0
            stranger("read(lit, middle + distance, middle + distance)"),  # both axes
            stranger("hat(distance / 2)"),  # another of them
            stranger("read(lit, middle + distance.abs(), middle)"),  # taken for even
            stranger("read(lit[:, 4:], distance.clamp(min=0), middle)"),  # one side only
            stranger("read(lit, middle, middle + distance)"),  # the kernel along y
            stranger("read(lit[3:6], middle - 3, middle + distance)"),
            stranger("read(lit[3:6].T, middle + distance, middle - 3)"),  # x taken for rows
            stranger("read(lit, middle + distance, middle + distance).abs().sqrt()"),
            stranger("read(lit[:, 4:5].expand(9, 9), middle + distance, middle)"),  # a bright row
            stranger("read(lit, middle + torch.linspace(-2.5, 2.5, 41), middle)"),  # its own places
            "kernel_of = 1",
        ],
    },
    "ex-03-border": {
        "right": [
            border("read_four(U, x.clamp(0, width - 1), y.clamp(0, height - 1))"),
            border("read_four(U, x.relu() - (x - width + 1).relu(), y.clamp(0, height - 1))"),
            """
def read_border(U, x, y):  # the pixels' numbers are brought back, not the points
    height, width = U.shape
    left, top, V = x.floor(), y.floor(), 0
    for n in (top, top + 1):
        for m in (left, left + 1):
            value = U[n.clamp(0, height - 1).long(), m.clamp(0, width - 1).long()]
            V = V + value * hat(x - m) * hat(y - n)
    return V
""",
        ],
        "not yet": [
            border(
                "read_four(F.pad(U[None, None], (9,) * 4, mode='replicate')[0, 0], x + 9, y + 9)"
            ),
            border(
                "read_four(F.pad(U[None, None], (2000,) * 4, mode='replicate')[0, 0], "
                "x + 2000, y + 2000)"
            ),
            border("read_four(U, x, y.clamp(0, height - 1))"),  # y only
            border("read_four(U, x.clamp(0, width - 1), y)"),
            border("read_four(U, x.clamp(-0.5, width - 0.5), y.clamp(-0.5, height - 0.5))"),
            border("read_four(U, x.clamp(0, height - 1), y.clamp(0, width - 1))"),  # swapped
            border("read_four(U, x.clamp(0, 7), y.clamp(0, 7))"),  # a literal 7
            border("read_four(U, x.clamp(0, width), y.clamp(0, height))"),
            border("read_all(U, x, y, box)"),
            border("read_four(U, x.abs(), y.abs())"),
        ],
    },
    "ex-03-stripes": {
        "right": [
            "def seen(n, size): return abs(n - size * round(n / size))",
            "def seen(n, size): return min(n % size, size - n % size)",
            """
def seen(n, size):
    n = n % size
    return n if 2 * n <= size else size - n
""",
        ],
        "not yet": [
            "def seen(n, size): return min(n, size // 2)",  # stops at the limit
            "def seen(n, size): return abs(size - n)",  # the first fold only
            "def seen(n, size): return n % size",
            "def seen(n, size): return n if 2 * n <= size else size - n",  # negative later
            "def seen(n, size): return n if 2 * n <= size else 0",  # grey
            "def seen(n, size): return min(n % 18, -n % 18)",  # 18 only
            "def seen(n, size): return size // 2 - abs(n % size - size // 2)",  # even sizes only
            "def seen(n, size): return min(abs(n - k * size) for k in range(5))",  # ends too soon
            "def seen(n, size): return min(n % size, -n % size) if size != 15 else n % 15",
            "seen = 2",
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), cases("03", ANSWERS))
def test_an_answer_gets_its_word(label, answer, word):
    assert said("03", label, answer).split(":")[0] == word
