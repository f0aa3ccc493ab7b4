"""Every figure, in every state that teaches something, looks and speaks as it did."""

import json

import pytest

from tests.figures import pictures
from tests.figures.states import STATES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def words():
    return json.loads(pictures.WORDS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("state", STATES)
def test_a_figure_looks_and_speaks_as_it_did(gallery, words, state):
    gallery.put(STATES[state]())
    look = gallery.look()
    seen, expected = pictures.picture_of(look), pictures.stored(pictures.file_of(state))
    apart = pictures.apart(seen, expected)
    if apart > pictures.TOLERANCE:
        file = pictures.show_red(state, seen, expected)
        said = f"{state}: a block is {apart:.0f} levels off."
        pytest.fail(f"{said} Seen, expected, and what differs: {file}", pytrace=False)
    assert look.words == words[state]


def test_there_is_a_picture_for_every_state_and_no_other(words):
    files = set(pictures.FOLDER.rglob("*.png"))
    assert files == {pictures.file_of(state) for state in STATES}
    assert list(words) == list(STATES)
