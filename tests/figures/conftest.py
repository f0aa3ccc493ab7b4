"""A page for the live figures, shared by all tests of this folder."""

import pytest

from tests.figures.gallery import Gallery
from tests.figures.states import STATES


@pytest.fixture(scope="session")
def gallery():
    """Open one page; skip without Chromium."""
    try:
        made = Gallery().__enter__()
    except RuntimeError as error:
        pytest.skip(f"NO PICTURE WAS LOOKED AT: {error}")
    yield made
    made.__exit__()


@pytest.fixture
def shown(gallery):
    """Show a state: shown("PixelLab/default") -> (figure, its look)."""

    def show(state):
        figure = STATES[state]()
        gallery.put(figure)
        return figure, gallery.look()

    return show
