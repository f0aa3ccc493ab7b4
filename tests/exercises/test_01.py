"""What the exercises of chapter 1 say to right and to wrong answers."""

import pytest

from tests.exercises.running import cases, said

QUARTER = "[[0.5, 0, -0.5], [0, 0.5, 0.5]]"
MIRROR = "[[-1, 0, 0], [0, 1, 0]]"
TURN = "[[0, 1, 0], [-1, 0, 0]]"


def look(quarter=QUARTER, mirror=MIRROR, turn=TURN):
    return f"answer = [{quarter}, {mirror}, {turn}]"


def pivot(returned, before="pass"):
    return f"def turn_about(alpha, x, y):\n    {before}\n    return {returned}"


def six(returned, before="pass"):
    return f"def theta_from(targets, sources):\n    {before}\n    return {returned}"


ONES = "P = torch.cat((targets, torch.ones(1, 3)))"


def none_if(flat):
    return f'{ONES}\n    if {flat}: return "none"'


FLAT = none_if("torch.linalg.matrix_rank(P) < 3")
THERE, BACK = "affine.translation(x, y)", "affine.translation(-x, -y)"

ANSWERS = {
    "ex-01-look": {
        "right": [
            look(),
            f"answer = [torch.tensor(one) for one in ({QUARTER}, {MIRROR}, {TURN})]",
            look(turn="affine.rotation(-math.pi / 2)[0]", mirror="affine.scaling(-1.0, 1.0)[0]"),
            look(mirror="affine.scaling(-1.0, 1.0)"),  # a batch of one
        ],
        "not yet": [
            look(quarter="[[2, 0, 1], [0, 2, -1]]"),  # from the input to the output
            look(quarter="[[0.5, 0, -0.5], [0, 0.5, -0.5]]"),  # y up
            look(quarter="[[0.5, 0, 0.5], [0, 0.5, -0.5]]"),
            look(quarter="[[0.5, 0, -1], [0, 0.5, 1]]"),
            look(mirror="[[1, 0, 0], [0, -1, 0]]"),
            look(mirror="[[-1, 0, 0], [0, -1, 0]]"),
            look(turn="[[0, -1, 0], [1, 0, 0]]"),  # turns the grid clockwise
            look(turn="[[0, 1, 0], [1, 0, 0]]"),  # mirrored too
            look(turn="[[1, 0, 0], [0, 1, 0]]"),
            look(turn="[[0, 1, 0], [-1, 0, math.nan]]"),
            f"answer = [{QUARTER}, {MIRROR}]",
            f"answer = {QUARTER}",
            "answer = torch.zeros(3, 2, 3)",
            look(quarter="[[0.5, 0, -0.5], [0, 0.5, 0.5], [0, 0, 1]]"),
            look(quarter="[[0.5, 0], [0, 0.5], [-0.5, 0.5]]"),  # a point a row
            look(quarter="[[0.5, 0, -0.5], [0, 0.5, 0.51]]"),
            look(TURN, MIRROR, QUARTER),
            "answer = [0.5, -1, 1]",
            "answer = ['quarter', 'mirror', 'turn']",
        ],
    },
    "ex-01-pivot": {
        "right": [
            pivot(f"affine.compose({THERE}, affine.rotation(alpha), {BACK})"),
            pivot(
                "torch.tensor([[[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y]]])",
                "c, s = math.cos(alpha), math.sin(alpha)",
            ),
        ],
        "not yet": [
            # 40 degrees, and other scales and a shear beside
            pivot(
                f"affine.compose({THERE}, affine.from_parts(rotation=alpha, scale_x=3.0, "
                f"scale_y=0.2, shear=1.0), {BACK})"
            ),
            pivot(
                f"affine.compose({THERE}, affine.rotation(alpha), affine.scaling(1.0, -1.0), "
                f"{BACK})"
            ),
            pivot(f"affine.compose({BACK}, affine.rotation(alpha), {THERE})"),
            pivot(f"affine.compose({THERE}, affine.rotation(-alpha), {BACK})"),
            pivot(f"affine.compose({THERE}, affine.rotation(math.radians(alpha)), {BACK})"),
            pivot("affine.rotation(alpha)"),
            pivot(  # no point outside the picture
                f"affine.compose({THERE}, affine.rotation(alpha), {BACK})",
                "x, y = min(max(x, -1), 1), min(max(y, -1), 1)",
            ),
            pivot(  # no more than half a turn
                f"affine.compose({THERE}, affine.rotation(min(alpha, math.pi)), {BACK})"
            ),
            pivot(
                f"affine.compose({THERE.replace('x, y', 'y, x')}, affine.rotation(alpha), "
                f"{BACK.replace('-x, -y', '-y, -x')})"
            ),
            pivot(f"affine.compose({THERE}, affine.rotation(alpha), {BACK}) * 1.001"),
            pivot("affine.from_parts(rotation=alpha, t_x=x, t_y=y)"),
            pivot(f"affine.compose({THERE}, affine.rotation(0.7), {BACK})"),
            pivot(f"affine.compose({THERE}, affine.rotation(alpha), {BACK})[0]"),
            pivot("40"),
            pivot("torch.full((1, 2, 3), math.nan)"),
            "turn_about = 40",
        ],
    },
    "ex-01-six": {
        "right": [
            six("sources @ P.inverse()", FLAT),
            six("torch.linalg.solve(P.T, sources.T).T", FLAT),
            six("sources.double() @ P.double().inverse()", FLAT),
            six("sources @ P.inverse()", none_if("not torch.linalg.cond(P) < 1e6")),
            six(
                "sources @ P.inverse()",
                none_if("torch.linalg.det(P).abs() < 1e-6 * targets.norm() ** 2"),
            ),
            six(  # the first corner, and two sides
                "torch.cat((A, sources[:, :1] - A @ targets[:, :1]), dim=1)",
                "E, F = targets[:, 1:] - targets[:, :1], sources[:, 1:] - sources[:, :1]\n"
                "    if (E[0, 0] * E[1, 1] - E[0, 1] * E[1, 0]).abs() < 1e-5 * E.norm() ** 2: "
                'return "none"\n'
                "    A = F @ E.inverse()",
            ),
        ],
        "not yet": [
            six("(sources @ P.inverse())[None]", FLAT),
            six("(sources @ P.inverse()).tolist()", FLAT),
            six(  # the same slope, which fails on an upright line
                "sources @ P.inverse()",
                f"(a, b, c), (d, e, f) = targets\n    {ONES}\n"
                '    if (e - d) / (b - a) == (f - d) / (c - a): return "none"',
            ),
            *(  # a fixed limit is wrong for numbers of another size
                six("sources @ P.inverse()", none_if(f"torch.linalg.det(P).abs() < {limit}"))
                for limit in ("0.3", "1e-3", "1e-5", "1e-6", "1e-9", "1e-30")
            ),
            six("sources @ P.inverse()", none_if("torch.linalg.det(P) == 0")),
            six("sources @ P.inverse()", none_if("torch.linalg.det(P) < 1e-6")),  # one side only
            six(  # two points in one place, but no line
                "sources @ P.inverse()",
                none_if("any((P[:, i] == P[:, i - 1]).all() for i in range(3))"),
            ),
            six(  # landing places on a line are allowed
                "sources @ P.inverse()",
                FLAT.replace("< 3:", "< 3 or torch.linalg.matrix_rank(sources) < 2:"),
            ),
            six("sources @ P.inverse()", ONES),  # no word where there is no single answer
            six("sources @ torch.linalg.pinv(P)", ONES),
            six("P.inverse() @ sources.T", FLAT),
            six("torch.linalg.lstsq(sources.T, P.T).solution.T[:2]", FLAT),
            six("torch.tensor([[0.7, -0.15, 0.05], [0.15, 0.65, 0.1]])", FLAT),  # of one triple
            six('"none"'),
            six("affine.identity()[0]", FLAT),
            six("affine.identity()", FLAT),
            six("0", FLAT),
            six("torch.full((2, 3), math.nan)", FLAT),
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), [*cases("01", ANSWERS)])
def test_an_answer_gets_its_word(label, answer, word):
    found = said("01", label, answer)
    assert found.split(":")[0] == word
