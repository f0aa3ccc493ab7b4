"""Every figure, in every state that teaches something, looks and speaks as it did."""

import numpy as np
import pytest

from tests.figures import pictures
from tests.figures.drawings import DRAWINGS
from tests.figures.states import DRAGS, STATES

pytestmark = pytest.mark.browser

SERIF, MONO = '"DejaVu Serif", serif', '"DejaVu Sans Mono", monospace'
SOME = ("GridExplorer/border", "GridBender/affine", "PixelLab/stops", "AlignmentLandscape/basin",
        "ConventionChecker/opencv", "PoseProbe/turned", "TrainingReplay/two runs")  # fmt: skip


@pytest.mark.parametrize("name", pictures.NAMES)
def test_a_figure_looks_and_speaks_as_it_did(gallery, name):
    look = pictures.show(gallery, name)
    pictures.check(name, pictures.picture_of(look), look.words)


@pytest.mark.parametrize("name", DRAGS)
def test_a_handle_follows_the_mouse(gallery, name):
    state, handle, by, slack = DRAGS[name]
    gallery.put(STATES[state]())
    before = gallery.middle(handle)
    gallery.drag(handle, *by)
    assert np.hypot(*(np.subtract(gallery.middle(handle), before) - by)) <= slack


@pytest.mark.parametrize("other", [{"font": SERIF}, {"font": MONO}, {"scale": 2}], ids=str)
def test_another_font_or_screen_is_no_fault(gallery, other):
    gallery.use(**other)
    try:
        for name in SOME:
            look = pictures.show(gallery, name)
            pictures.check(name, pictures.picture_of(look), look.words)
    finally:
        gallery.use()


def test_there_is_a_picture_for_every_state_and_no_other():
    names = (*pictures.NAMES, *DRAWINGS)
    assert set(pictures.FOLDER.rglob("*.png")) == {pictures.file_of(name) for name in names}
    assert tuple(pictures.words()) == names
