"""stnlib.exercises: one word for every answer, and no traceback."""

import numpy as np
import pytest
import torch

from stnlib.exercises import judge

THETA = torch.tensor([[[1.0, 0.5, 0.0], [0.0, 1.0, 0.25]]])


def said(capsys, *arguments, **options):
    judge(*arguments, **options)
    return capsys.readouterr().out.strip()


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (THETA.clone(), THETA),
        (THETA.double() + 9e-5, THETA),
        (THETA.numpy(), THETA),
        (THETA.tolist(), THETA),
        (3, 3.0),
        (np.float32(0.25), 0.25),
        (torch.tensor(2), 2),
        (True, True),
        ("up", "up"),
        ((1, THETA), [1.0, THETA]),
        (torch.nn.Parameter(THETA), THETA),
        (4.0, lambda answer: answer > 3),
        (4.0, lambda answer: torch.tensor(True)),
    ],
)
def test_a_right_answer(capsys, answer, right):
    assert said(capsys, answer, right) == "right"


@pytest.mark.parametrize(
    ("answer", "right", "words"),
    [
        (None, THETA, "not yet"),
        (None, lambda answer: True, "not yet"),
        (THETA + 1e-3, THETA, "not yet"),
        (THETA * torch.nan, THETA, "not yet"),
        (THETA[0], THETA, "not yet: expected shape (1, 2, 3), got shape (2, 3)"),
        (THETA + 0j, THETA, "not yet: expected real numbers, got complex ones"),
        ("theta", THETA, "not yet: expected a tensor of shape (1, 2, 3), got"),
        ([2], 2, "not yet: expected one number, got shape (1,)"),
        (True, 1, "not yet: expected a number, got"),
        (1, True, "not yet: expected True or False, got"),
        ("down", "up", "not yet"),
        ((1,), (1, 2), "not yet: expected 2 answers, got tuple"),
        ((1, 3), (1, 2), "not yet"),
        (4.0, lambda answer: answer > 5, "not yet"),
        (4.0, lambda answer: "it is too small", "not yet: it is too small"),
        (4.0, lambda answer: answer.shape, "not yet: AttributeError: "),
    ],
)
def test_another_answer(capsys, answer, right, words):
    assert said(capsys, answer, right).startswith(words)


def test_a_function_is_tried_on_every_argument(capsys):
    points = [(0.0,), (torch.tensor([1.0, -2.0]),)]
    assert said(capsys, lambda x: x * x, lambda x: x**2, on=points) == "right"
    assert said(capsys, lambda x: x + 0 * x, lambda x: x**2, on=points) == "not yet"
    assert said(capsys, lambda x: None, lambda x: x**2, on=points) == "not yet"
    assert said(capsys, 3, lambda x: x**2, on=points) == "not yet: expected a function, got int 3"
    assert "TypeError" in said(capsys, lambda: 3, lambda x: x**2, on=points)


def test_an_answer_that_writes_into_its_arguments_leaves_the_next_call_alone(capsys):
    given = torch.ones(2)
    said(capsys, lambda x: x.zero_(), lambda x: x**2, on=[(given,), (given,)])
    assert given.tolist() == [1, 1]


def test_bad_calls():
    with pytest.raises(TypeError, match="right: expected a function"):
        judge(3, 4, on=[(1,)])
    with pytest.raises(ValueError, match="atol"):
        judge(3, 4, atol=-1)
