"""The last line of an exercise: it compares a reader's answer with the right one, in a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Real

import numpy as np
import torch
from torch import Tensor

from stnlib._checks import check_number, describe


def judge(
    answer: object,
    right: object,
    *,
    on: Iterable[tuple] | None = None,
    atol: float = 1e-4,
) -> None:
    """Print "right", or "not yet" with what is wrong with the type, the shape or the call.

    Whatever the answer is, nothing is raised for it.

    Args:
        answer: the reader's; None where there is none so far.
        right: the right answer: a number, a text, True or False, a tensor, or a list of such; or a
            function that is given the answer and says whether it is right (a text it returns says
            what is wrong). With ``on``, a function that the answer must agree with.
        on: tuples of arguments; both functions are called with each of them.
        atol: how far each number may be off.

    Raises:
        TypeError, ValueError: ``right`` is no function though ``on`` is given; ``atol`` below 0.
    """
    if check_number("atol", atol) < 0:
        raise ValueError(f"atol: expected 0 or more, got {atol}")
    if on is not None and not callable(right):
        raise TypeError(f"right: expected a function to compare with, got {describe(right)}")
    found = "" if answer is None else _found(answer, right, on, atol)
    print("right" if found == "ok" else f"not yet: {found}" if found else "not yet")


def _found(answer: object, right: object, on: Iterable[tuple] | None, atol: float) -> str:
    """Return "ok", or in words what is wrong; nothing where only the value is."""
    try:
        if on is not None:
            return _differs_on(answer, right, on, atol)
        if not callable(right):
            return _differs(answer, right, atol)
        said = right(answer)
        return said if isinstance(said, str) else "ok" if bool(said) else ""
    except Exception as error:  # the answer's own
        first = (str(error).splitlines() or [""])[0]
        return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _differs_on(answer: object, right: Callable, on: Iterable[tuple], atol: float) -> str:
    if not callable(answer):
        return f"expected a function, got {describe(answer)}"
    for arguments in on:
        wanted = right(*_copies(arguments))
        if (found := answer(*_copies(arguments))) is None:
            return ""
        if (wrong := _differs(found, wanted, atol)) != "ok":
            return wrong
    return "ok"


def _copies(arguments: tuple) -> list:
    """An answer may write into what it is given."""
    return [one.clone() if isinstance(one, Tensor) else one for one in arguments]


def _differs(answer: object, right: object, atol: float) -> str:
    if isinstance(right, (bool, str)):
        if not isinstance(answer, type(right)):
            kind = "True or False" if isinstance(right, bool) else "a text"
            return f"expected {kind}, got {describe(answer)}"
        return "ok" if answer == right else ""
    if isinstance(right, (list, tuple)):
        if not isinstance(answer, (list, tuple)) or len(answer) != len(right):
            return f"expected {len(right)} answers, got {describe(answer)}"
        found = [_differs(a, r, atol) for a, r in zip(answer, right, strict=True)]
        return next((one for one in found if one != "ok"), "ok")
    wanted = torch.as_tensor(right).detach().double()
    kinds = (Tensor, np.ndarray, np.generic, Real, list, tuple)
    if not isinstance(answer, kinds) or isinstance(answer, bool):
        what = f"a tensor of shape {tuple(wanted.shape)}" if wanted.ndim else "a number"
        return f"expected {what}, got {describe(answer)}"
    found = torch.as_tensor(answer).detach().cpu()
    if found.shape != wanted.shape:
        what = f"shape {tuple(wanted.shape)}" if wanted.ndim else "one number"
        return f"expected {what}, got shape {tuple(found.shape)}"
    if found.is_complex():
        return "expected real numbers, got complex ones"
    return "ok" if torch.allclose(found.double(), wanted, rtol=0, atol=atol) else ""
