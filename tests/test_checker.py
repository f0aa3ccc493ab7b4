"""ConventionChecker: its arithmetic and its code against stnlib, torch and scikit-image."""

import json
import re

import numpy as np
import pytest
import torch
from py_mini_racer import MiniRacer
from skimage.transform import warp
from torch.nn import functional as F
from traitlets import TraitError

from stnlib import affine
from stnlib.pixel_matrix import pixel_from_theta, theta_from_pixel
from stnlib.widgets import ConventionChecker
from stnlib.widgets.shared.scripts import join_scripts

FORMS = ("theta", "opencv", "skimage")
SIZES = [((5, 8), (5, 8)), ((7, 3), (4, 9)), ((2, 2), (6, 2)), ((480, 640), (100, 50))]
IMAGE = torch.rand(5, 8, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


@pytest.fixture(scope="module")
def js():
    """Call a JavaScript function of a list of cases: js("(case) => …", cases)."""
    engine = MiniRacer()
    engine.eval(join_scripts("convention_checker/state.js"))

    def call(function, cases):
        return json.loads(engine.eval(f"JSON.stringify({json.dumps(cases)}.map({function}))"))

    return call


def states():
    """Random maps in every form and many sizes, as the page holds them."""
    source = torch.Generator().manual_seed(4)
    for given in FORMS:
        for image, output in SIZES:
            numbers = 1.5 * torch.randn(6, generator=source, dtype=torch.float64)
            rows, columns = output
            pixel = [int(torch.randint(n, (1,), generator=source)) for n in (rows, columns)]
            picture = {"data": IMAGE.flatten().tolist(), "height": 5, "width": 8}
            yield {"given": given, "numbers": numbers.tolist(), "input": image, "output": output,
                   "pixel": pixel, "image": picture}  # fmt: skip


CASES = [(state, corners) for state in states() for corners in (False, True)]


def checker(state):
    return ConventionChecker(
        state["numbers"], given=state["given"], image=IMAGE, input_size=state["input"],
        output_size=state["output"], pixel=state["pixel"],
    )  # fmt: skip


def test_all_forms_are_those_of_stnlib(js):
    got = js("([state, corners]) => formsOf(state, corners)", CASES)
    for (state, corners), forms in zip(CASES, got, strict=True):
        given = torch.tensor(state["numbers"], dtype=torch.float64).reshape(1, 2, 3)
        sizes, options = (state["input"], state["output"]), {"align_corners": corners}
        theta = given
        if state["given"] != "theta":
            theta = theta_from_pixel(given, *sizes, convention=state["given"], **options)
        for form in FORMS:
            want = theta
            if form != "theta":
                want = pixel_from_theta(theta, *sizes, convention=form, **options)
            python = checker(state)
            whole = python.theta(corners) if form == "theta" else python.matrix(form, corners)
            for values in (torch.tensor(forms[form]).reshape(2, 3), whole[0, :2]):
                torch.testing.assert_close(
                    values.double(), want[0, :2], atol=1e-5, rtol=1e-5, msg=f"{state} {form}"
                )


def test_a_flat_matrix_of_opencv_has_no_theta(js):
    flat = {"given": "opencv", "numbers": [1, 1, 0, 1, 1, 0], "input": [5, 8], "output": [5, 8]}
    assert js("(s) => formsOf(s, false)", [flat]) == [
        {"theta": None, "skimage": None, "opencv": flat["numbers"]}
    ]
    assert "flattens" in js("(s) => caption(s, derive(s))", [flat])[0]
    figure = ConventionChecker(flat["numbers"], given="opencv")
    assert "flattens" in figure.alt
    assert figure.still()
    with pytest.raises(ValueError, match="determinant other than 0"):
        figure.theta(False)


def test_a_flat_theta_has_no_matrix_for_opencv_only(js):
    flat = {"given": "theta", "numbers": [1, 0, 0, 0, 0, 0], "input": [5, 8], "output": [5, 8]}
    [forms] = js("(s) => formsOf(s, true)", [flat])
    assert forms["opencv"] is None
    assert forms["skimage"][4] == 0
    [code] = js("(s) => codeOf({ forms: formsOf(s, true), alignCorners: true }, s)", [flat])
    assert "no M for OpenCV" in code
    assert ConventionChecker(flat["numbers"]).still()


@pytest.mark.parametrize("corners", [False, True])
def test_the_output_is_that_of_torch_and_of_scikit_image(js, corners):
    for state in [s for s in states() if s["output"] == (4, 9) or s["input"] == (5, 8)]:
        state["input"] = (5, 8)
        read = "([s, corners]) => [...readOutput(s, formsOf(s, corners)).data]"
        got = torch.tensor(js(read, [[state, corners]])[0]).reshape(state["output"]).double()
        figure = checker(state)
        theta = figure.theta(corners)
        grid = F.affine_grid(theta, (1, 1, *state["output"]), align_corners=corners)
        torchs = F.grid_sample(IMAGE[None, None], grid, align_corners=corners)[0, 0]
        torch.testing.assert_close(got, torchs, atol=1e-5, rtol=0)
        matrix = figure.matrix("skimage", corners)[0].numpy()
        theirs = warp(IMAGE.numpy(), matrix, output_shape=state["output"], order=1)
        np.testing.assert_allclose(theirs, torchs, atol=1e-5)


@pytest.mark.parametrize("index", range(6))
def test_the_lines_under_the_picture_add_up(js, index):
    lines = js("([s, c]) => wayLines(derive(s).sides[c ? 1 : 0], s)", CASES)
    for (state, corners), found in zip(CASES, lines, strict=True):
        line = found[index]
        known = {one["name"]: round(one["value"], 2) for one in found}
        text = line["text"].replace("·", "*").replace("\N{MINUS SIGN}", "-")
        size = max(*state["input"], *state["output"], 10)
        near = pytest.approx(line["value"], abs=0.02 * size)
        assert eval(text, {}, known) == near, (line, state, corners)


def test_the_marked_pixel_goes_where_the_matrix_sends_it(js):
    ways = js("([s, c]) => derive(s).sides[c ? 1 : 0].way.place", CASES)
    for (state, corners), place in zip(CASES, ways, strict=True):
        row, column = state["pixel"]
        matrix = checker(state).matrix("skimage", corners)[0]
        expected = matrix @ torch.tensor([column, row, 1.0], dtype=torch.float64)
        np.testing.assert_allclose(place, expected[:2], atol=1e-6, rtol=1e-6)


def test_the_code_runs_and_says_the_same(js):
    codes = js("([s, c]) => codeOf({ forms: formsOf(s, c), alignCorners: c }, s)", CASES)
    for (state, corners), code in zip(CASES, codes, strict=True):
        names = {"torch": torch, "np": np, "F": F}
        exec(code, names)
        figure = checker(state)
        close = {"atol": 2e-6, "rtol": 1e-5}
        theta = names["theta"].double()
        torch.testing.assert_close(theta, figure.theta(corners), **close)
        assert names["grid"].shape == (1, *state["output"], 2)
        np.testing.assert_allclose(names["M"], figure.matrix("opencv", corners)[0], **close)
        np.testing.assert_allclose(names["matrix"], figure.matrix("skimage", corners)[0], **close)
        height, width = state["output"]
        assert f"cv2.warpAffine(image, M, ({width}, {height}))" in code
        assert f"output_shape=({height}, {width})" in code


def test_a_turn_slants_on_a_wide_picture_and_a_turn_in_pixels_does_not(js):
    state = {"input": [20, 40], "output": [20, 40], "pixel": [0, 0],
             "image": {"data": [0.5] * 40, "height": 5, "width": 8}}  # fmt: skip
    got = js(
        """(s) => Object.entries(examples(s)).map(([name, map]) => {
      const made = derive({ ...s, ...map });
      const angles = made.sides.map(({ angle }) => angle);
      return [name, angles, caption({ ...s, ...map }, made), made.apart];
    })""",
        [state],
    )[0]
    found = {name: (angles, words, apart) for name, angles, words, apart in got}
    assert found["turn 30° in θ"][0] == pytest.approx([123.0, 124.1], abs=0.1)  # chapter 1: 123.0
    assert "meet at 123° and 124°, and the content slants" in found["turn 30° in θ"][1]
    assert found["turn 30° in θ"][2] > 0.1
    assert found["turn 30° in pixels"][0] == pytest.approx([90, 90])
    assert "90° on both sides: nothing slants" in found["turn 30° in pixels"][1]
    assert "20 : 40 and 19 : 39" in found["turn 30° in pixels"][1]
    assert found["turn 30° in pixels"][2] < 1e-9
    assert "2/40 = 0.05 wide on the left and 2/39 = 0.05" in found["move by 1 pixel"][1]
    assert "−0.97 on the left" in found["identity"][1]
    assert "−1.00 on the right" in found["identity"][1]


def test_a_turn_in_pixels_keeps_the_middle(js):
    cases = [[0.7, [20, 40], [9, 12]], [-2.0, [5, 8], [5, 8]]]
    turned = js("([a, input, output]) => turnInPixels(a, input, output)", cases)
    for (_, (rows, columns), (height, width)), numbers in zip(cases, turned, strict=True):
        matrix = torch.tensor(numbers).reshape(2, 3)
        middle = matrix @ torch.tensor([(width - 1) / 2, (height - 1) / 2, 1])
        assert middle.tolist() == pytest.approx([(columns - 1) / 2, (rows - 1) / 2], abs=1e-5)


def test_typed_numbers_are_read(js):
    texts = [
        "1",
        "-0.5",
        "\N{MINUS SIGN}0.5",
        " 1e-3 ",
        "0,25",
        ".5",
        "",
        "abc",
        "1 2",
        "--1",
        "1/2",
    ]
    assert js("(text) => readNumber(text)", texts) == [
        1, -0.5, -0.5, 0.001, 0.25, 0.5, None, None, None, None, None,
    ]  # fmt: skip


def test_a_pasted_matrix_is_read(js):
    texts = [
        "[[1, 0, 5], [0, 1, -2.5]]",
        "tensor([[[ 0.866, -0.500,  1e-3],\n         [ 0.500,  0.866, .5]]])",
        "[[1 0 5]\n [0 1 3]\n [0 0 1]]",
        "[[1, 0, 5], [0, 1, 3], [0, 0.1, 1]]",
        "1 2 3",
        "",
    ]
    assert js("(text) => readNumbers(text)", texts) == [
        [1, 0, 5, 0, 1, -2.5], [0.866, -0.5, 0.001, 0.5, 0.866, 0.5], [1, 0, 5, 0, 1, 3],
        None, None, None,
    ]  # fmt: skip


BAD = [
    ({"numbers": [1, 2, 3]}, "numbers: expected 6 numbers"),
    ({"numbers": [1, 0, 0, 0, 1, float("nan")]}, "numbers: expected finite numbers"),
    ({"given": "kornia"}, "given: expected one of 'theta', 'opencv', 'skimage', got str 'kornia'"),
    ({"input_size": (1, 5)}, r"input_size: expected 2 \.\.\. 4096 pixels each way, got \(1, 5\)"),
    ({"output_size": (5, 4097)}, r"output_size: expected 2 \.\.\. 4096"),
    ({"output_size": 2.5}, r"output_size: expected \(height, width\)"),
    ({"pixel": (5, 0)}, r"pixel: expected \(row, column\) inside \(5, 8\), got \(5, 0\)"),
    ({"pixel": None}, "pixel"),
    ({"image": torch.rand(2, 3, 4, 4)}, "image: expected"),
]


@pytest.mark.parametrize(("settings", "message"), BAD, ids=lambda value: str(value)[:40])
def test_bad_settings_say_what_was_expected_and_what_came(settings, message):
    with pytest.raises((TypeError, ValueError, TraitError), match=message):
        ConventionChecker(**settings)


@pytest.mark.parametrize(("settings", "message"), BAD[:-1], ids=lambda value: str(value)[:40])
def test_bad_settings_are_refused_later_too_and_change_nothing(settings, message):
    figure = ConventionChecker()
    before = repr(figure)
    for name, value in settings.items():
        with pytest.raises((TypeError, ValueError, TraitError), match=message):
            setattr(figure, name, value)
    assert repr(figure) == before


def test_the_default_is_the_identity_on_a_letter_that_is_not_square():
    figure = ConventionChecker()
    assert figure.input_size == figure.output_size == (5, 8)
    assert figure.pixel == (0, 7)
    assert repr(figure) == (
        "ConventionChecker(given='theta', numbers=(1, 0, 0, 0, 1, 0), input_size=(5, 8), "
        "output_size=(5, 8))"
    )
    assert ConventionChecker(image=torch.rand(4, 6)).output_size == (4, 6)
    assert ConventionChecker(input_size=(4, 6)).output_size == (4, 6)


def test_the_pixel_stays_inside_a_smaller_output():
    figure = ConventionChecker(pixel=(4, 7))
    figure.output_size = (3, 6)
    assert figure.pixel == (2, 5)


def test_what_the_page_sends_arrives():
    figure = ConventionChecker()
    sent = {
        "given": "opencv",
        "numbers": [1, 0, 2, 0, 1, 0],
        "output_size": [3, 4],
        "pixel": [2, 3],
    }
    figure.set_state(sent)
    assert (figure.given, figure.output_size, figure.pixel) == ("opencv", (3, 4), (2, 3))
    assert figure.matrix("skimage", True)[0, 0].tolist() == pytest.approx([1, 0, -2])


def test_the_words_tell_both_conventions():
    words = ConventionChecker(affine.rotation(torch.pi / 6)).alt
    assert "5 × 8 pixels" in words
    assert "False: output pixel row 0, column 7 is (0.88, -0.80) and reads the input at" in words
    assert "row 1.36, column 8.13, steps right and down meet at 113 degrees" in words
    assert re.search(r"True: .* is \(1.00, -1.00\) .* meet at 117 degrees", words)


def test_the_still_is_the_same_for_the_same_state_and_follows_it():
    first = ConventionChecker().still()
    assert first == ConventionChecker().still()
    others = [{"numbers": affine.rotation(0.3)}, {"pixel": (1, 1)}, {"given": "opencv"},
              {"input_size": (100, 90)}]  # fmt: skip
    assert len({first, *(ConventionChecker(**settings).still() for settings in others)}) == 5
    assert len(first) < 40_000
