"""What is not installed with stnlib alone: an error that says which extra brings it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Raise a ModuleNotFoundError that names the extra if an import inside finds no module."""
    try:
        yield
    except ModuleNotFoundError as error:
        message = f'{error.name} is not installed; pip install "stnlib[{extra}]" brings it'
        raise ModuleNotFoundError(message, name=error.name) from None
