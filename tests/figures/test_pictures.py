"""Every figure, in every state that teaches something, looks and speaks as it did."""

import json

import numpy as np
import pytest

from tests.figures import pictures
from tests.figures.drawings import DRAWINGS
from tests.figures.states import DRAGS, STATES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def words():
    return json.loads(pictures.WORDS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", pictures.NAMES)
def test_a_figure_looks_and_speaks_as_it_did(gallery, words, name):
    look = pictures.show(gallery, name)
    seen, expected = pictures.picture_of(look), pictures.stored(pictures.file_of(name))
    apart = pictures.apart(seen, expected)
    if apart > pictures.TOLERANCE:
        file = pictures.show_red(name, seen, expected)
        said = f"{name}: a block is {apart:.0f} levels off."
        pytest.fail(f"{said} Seen, expected, and what differs: {file}", pytrace=False)
    assert look.words == words[name]


@pytest.mark.parametrize("name", DRAGS)
def test_a_handle_follows_the_mouse(gallery, name):
    state, handle, by, slack = DRAGS[name]
    gallery.put(STATES[state]())
    before = gallery.middle(handle)
    gallery.drag(handle, *by)
    assert np.hypot(*(np.subtract(gallery.middle(handle), before) - by)) <= slack


def test_there_is_a_picture_for_every_state_and_no_other(words):
    files = set(pictures.FOLDER.rglob("*.png"))
    assert files == {pictures.file_of(name) for name in (*pictures.NAMES, *DRAWINGS)}
    assert tuple(words) == pictures.NAMES
