"""A page for the live figures, shared by all tests of this folder."""

import pytest

from tests.figures.gallery import Gallery


@pytest.fixture(scope="session")
def gallery():
    """Open one page; skip without Chromium."""
    try:
        made = Gallery().__enter__()
    except RuntimeError as error:
        pytest.skip(f"NO PICTURE WAS LOOKED AT: {error}")
    yield made
    made.__exit__()


