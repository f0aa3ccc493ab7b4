"""What the exercise of book/between_libraries.ipynb says to right and to wrong answers."""

import inspect

import pytest
import torch

from tests.exercises.running import cases, said

INVERSE = "full = affine.homogeneous(M[None])[0].inverse()"
INPUT, OUTPUT = "normalised_from_pixel(*input_size)", "normalised_from_pixel(*output_size)"


def normalised_from_pixel(height, width):  # as the page has it
    return torch.tensor([[2 / width, 0, 1 / width - 1], [0, 2 / height, 1 / height - 1], [0, 0, 1]])


def answer(returned, before=INVERSE):
    own = inspect.getsource(normalised_from_pixel)
    return (
        f"{own}\ndef theta_from_opencv(M, input_size, output_size):\n"
        f"    {before}\n    return {returned}"
    )


ANSWERS = {
    "ex-libraries-opencv": {
        "right": [
            answer(f"({INPUT} @ full @ {OUTPUT}.inverse())[None, :2]"),
            answer(
                "affine.invert(full)",
                f"full = ({OUTPUT} @ affine.homogeneous(M[None])[0] @ {INPUT}.inverse())[None, :2]",
            ),
        ],
        "not yet": [
            answer("M[None]"),
            answer("full[None, :2]"),
            answer(  # the other direction
                f"({INPUT} @ full @ {OUTPUT}.inverse())[None, :2]",
                "full = affine.homogeneous(M[None])[0]",
            ),
            answer(f"({OUTPUT} @ full @ {INPUT}.inverse())[None, :2]"),
            answer(f"({INPUT}.inverse() @ full @ {OUTPUT})[None, :2]"),
            answer(f"({INPUT} @ full @ {INPUT}.inverse())[None, :2]"),
            answer(  # height and width exchanged
                "(normalised_from_pixel(*input_size[::-1]) @ full "
                "@ normalised_from_pixel(*output_size[::-1]).inverse())[None, :2]"
            ),
            answer(  # edges for centres
                "affine.compose(affine.translation(1 / input_size[1], 1 / input_size[0]), "
                f"({INPUT} @ full @ {OUTPUT}.inverse())[None, :2])"
            ),
            answer(  # under the other align_corners
                "pixel_matrix.theta_from_pixel(M[None], input_size, output_size, "
                'convention="opencv", align_corners=True)'
            ),
            answer(f"({INPUT} @ full @ {OUTPUT}.inverse())"),
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), [*cases("between", ANSWERS)])
def test_an_answer_gets_its_word(label, answer, word):
    found = said("between", label, answer)
    assert found.split(":")[0] == word
