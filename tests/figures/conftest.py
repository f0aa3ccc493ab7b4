"""A page for the live figures, shared by all tests of this folder."""

import pytest

from tests.figures.gallery import Gallery
from tests.figures.states import STATES


@pytest.fixture(scope="session")
def gallery(browser):
    """Open one page for all tests of this folder."""
    return Gallery(browser)


@pytest.fixture
def shown(gallery):
    """Show a state: shown("PixelLab/default") -> (figure, its look)."""

    def show(state):
        figure = STATES[state]()
        gallery.put(figure)
        return figure, gallery.look()

    return show
