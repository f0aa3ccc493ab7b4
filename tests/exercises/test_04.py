"""What the exercises of chapter 4 say to right answers and to wrong ones."""

import pytest

from tests.exercises.running import cases, said

BORDER = """
def backward_border(U, x, y, upstream):
    right, bottom = U.shape[1] - 1, U.shape[0] - 1
    on_x, on_y = {clamped}
    dU, dx, dy = backward_grid(U, on_x, on_y, upstream)
    return {back}
"""
CLAMPED = "x.clamp(0, right), y.clamp(0, bottom)"
IN_X, IN_Y = "((x > 0) & (x < right))", "((y > 0) & (y < bottom))"
ON_X, ON_Y = "((x >= 0) & (x <= right))", "((y >= 0) & (y <= bottom))"
BOTH = f"dU, dx * {IN_X}, dy * {IN_Y}"

HATS = """
def backward_border(U, x, y, upstream):
    moving = [one.clone().requires_grad_() for one in (U, x, y)]
    to_x = moving[1].clamp(0, U.shape[1] - 1)
    to_y = moving[2].clamp(0, U.shape[0] - 1)
    return grad(read(moving[0], to_x, to_y), moving, upstream)
"""  # a side for each hat, not for the point

ANGLE = """
def slope_by_angle(U, alpha, upstream):
    turned = affine_grid(affine.rotation(alpha), tuple({shape}))[0]
    at = pixel_from_normalised(turned, tuple(U.shape))
    _, dx, dy = backward_grid(U, *at.unbind(-1), {upstream})
    dx, dy = {scaled}
    x, y = {points}.unbind(-1)
    return {total}
"""
PER_UNIT = "dx * U.shape[1] / 2, dy * U.shape[0] / 2"
RIGHT = {
    "shape": "upstream.shape",
    "upstream": "upstream",
    "scaled": PER_UNIT,
    "points": "turned",
    "total": "(dy * x - dx * y).sum()",
}


def angle(**changes):
    return ANGLE.format(**{**RIGHT, **changes})


ANSWERS = {
    "ex-04-border": {
        "right": [
            BORDER.format(clamped=CLAMPED, back=BOTH),
            """
def backward_border(U, x, y, upstream):
    moving = U, *places = [one.clone().requires_grad_() for one in (U, x, y)]
    ends = U.shape[1] - 1, U.shape[0] - 1
    to_x, to_y = (torch.where((p > 0) & (p < end), p, p.detach().clamp(0, end))
                  for p, end in zip(places, ends))
    return grad(read(U, to_x, to_y), moving, upstream)
""",
        ],
        "not yet": [
            HATS,
            BORDER.format(clamped=CLAMPED, back=f"dU, dx * {ON_X}, dy * {ON_Y}"),
            BORDER.format(clamped=CLAMPED, back=f"dU, dx * {IN_X}, dy * {ON_Y}"),
            BORDER.format(clamped=CLAMPED, back=f"dU, dx * (x >= 0) * (x < right), dy * {IN_Y}"),
            BORDER.format(clamped=CLAMPED, back=f"dU, dx * (on_x == x), dy * {IN_Y}"),
            BORDER.format(clamped=CLAMPED, back="dU, dx, dy"),
            BORDER.format(clamped="x, y", back=BOTH),
            BORDER.format(clamped=CLAMPED, back=BOTH).replace("U.shape", "x.shape"),
            BORDER.format(clamped=CLAMPED, back=BOTH).replace("grid(U,", "grid(U.abs(),"),
            BORDER.format(clamped=CLAMPED, back=BOTH).replace("_y, upstream", "_y, upstream.abs()"),
            BORDER.format(clamped=CLAMPED, back=f"dU, dx * {IN_X} * {IN_Y}, dy * {IN_X} * {IN_Y}"),
            BORDER.format(clamped=CLAMPED, back=f"dU, dx * {IN_Y}, dy * {IN_X}"),
            BORDER.format(clamped=CLAMPED, back=f"dU * {IN_X}, dx * {IN_X}, dy * {IN_Y}"),
            BORDER.format(clamped="x.clamp(0, bottom), y.clamp(0, right)", back=BOTH),
            BORDER.format(clamped=CLAMPED, back=f"dU, dy * {IN_Y}, dx * {IN_X}"),
            BORDER.format(clamped="x % U.shape[1], y % U.shape[0]", back="dU, dx, dy"),
            BORDER.format(clamped=CLAMPED, back=BOTH).replace("on_y, upstream)", "on_y, 1)"),
            "def backward_border(U, x, y, upstream):\n    return torch.zeros(3, 6, 8).unbind()",
        ],
    },
    "ex-04-angle": {
        "right": [
            angle(),
            """
def slope_by_angle(U, alpha, upstream):
    shape = tuple(upstream.shape)
    turned = affine_grid(affine.rotation(alpha), shape)
    at = pixel_from_normalised(turned[0], tuple(U.shape))
    _, dx, dy = backward_grid(U, *at.unbind(-1), upstream)
    dx, dy = dx * U.shape[1] / 2, dy * U.shape[0] / 2
    x, y = regular_grid(shape).unbind(-1)
    six = [(d * f).sum() for d in (dx, dy) for f in (x, y, 1)]
    cos, sin = alpha.cos(), alpha.sin()
    return -sin * six[0] - cos * six[1] + cos * six[3] - sin * six[4]
""",
        ],
        "not yet": [
            angle(points="regular_grid(tuple(upstream.shape))"),
            angle(scaled="dx * 4, dy * 3"),  # the sides of one picture
            angle(total="(dx * y - dy * x).sum()"),
            angle(total="(dy * x + dx * y).sum()"),
            angle(total="(dx * x + dy * y).sum()"),
            angle(total="(dy * x - dx * y).mean()"),
            angle(scaled="dx, dy"),
            angle(scaled="dx * U.shape[0] / 2, dy * U.shape[1] / 2"),
            angle(scaled="dx * (U.shape[1] - 1) / 2, dy * (U.shape[0] - 1) / 2"),
            angle(scaled="dx * upstream.shape[1] / 2, dy * upstream.shape[0] / 2"),
            angle(upstream="torch.ones_like(upstream)"),
            angle(shape="U.shape"),
            angle().replace("rotation(alpha)", "rotation(-alpha)"),
            angle(total="(dy * x - dx * y)"),
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), cases("04", ANSWERS))
def test_an_answer_gets_its_word(label, answer, word):
    found = said("04", label, answer)
    assert found.split(":")[0] == word
