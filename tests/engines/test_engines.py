"""Every page of the built site in Firefox and WebKit: `make engines`, or a part of `make test`.

What all pages must do is told in `tests/book/test_pages.py`, which looks at more, in Chromium.
"""

import pytest

from tests.book.conftest import WHERE_IT_LANDS

ALL_FIGURES = "book/widgets.html"
HANDLES = '[data-handle]:not([data-handle="pixel"])'
CHOICES = "input[type=radio], input[type=checkbox]"


def test_each_figure_once(served, subtests):
    """For `make test`: of each kind of thing that the hand can move the first one."""
    walk(served, subtests, ALL_FIGURES, most=1)


def test_a_page(served, subtests, page_name):
    walk(served, subtests, page_name)


def test_opened_as_a_file(as_file, subtests):
    walk(as_file, subtests, ALL_FIGURES, most=1)


def walk(tour, subtests, page_name, most=None):
    tour.open(page_name)
    figures = tour.figures()
    assert page_name != ALL_FIGURES or len(figures) >= 7
    for number, name in figures.items():
        with subtests.test("it comes alive", figure=f"{number} {name}"):
            assert name is not None
        with subtests.test("the canvas is not blank", figure=f"{number} {name}"):
            the_canvas_is_not_blank(tour, number)
        for check in (the_mouse_moves_it_and_undo_takes_it_back, keys_move_it, sliders_move_it,
                      choices_change_it):  # fmt: skip
            with subtests.test(check.__name__.replace("_", " "), figure=f"{number} {name}"):
                check(tour, number, most)
    with subtests.test("nothing went wrong"):
        assert tour.problems() == []


def the_canvas_is_not_blank(tour, number):
    colours = tour.colours(number)
    assert colours, "a figure without a canvas"
    assert min(colours) > 16, f"colours of each canvas: {colours}"


def first(most, found):
    return list(found.items())[:most]


def changed(tour, number, before, *tries):
    """Try one way, then the other if the first is at its end; return the look afterwards."""
    for act in tries:
        act()
        after = tour.look(number)
        if after != before:
            return after
    return before


def the_mouse_moves_it_and_undo_takes_it_back(tour, number, most):
    handles = first(most, tour.find(number, HANDLES))
    assert handles, "a live figure has nothing that the hand can move"
    for which, name in handles:
        before = tour.look(number)
        after = changed(
            tour, number, before,
            lambda which=which: tour.drag(number, HANDLES, which, (24, 14)),
            lambda which=which: tour.drag(number, HANDLES, which, (-24, -14)),
        )  # fmt: skip
        assert after["pictures"] != before["pictures"], f"the mouse at {name} moved nothing"
        if tour.find(number, '[data-action="undo"]'):
            tour.drag(number, '[data-action="undo"]')
            assert tour.look(number) == before, f"Undo did not take back the drag of {name}"


def keys_move_it(tour, number, most):
    for which, name in first(most, tour.find(number, HANDLES)):
        before = tour.look(number)
        after = changed(
            tour, number, before,
            lambda which=which: tour.press(number, HANDLES, which, "ArrowRight"),
            lambda which=which: tour.press(number, HANDLES, which, "Shift", "ArrowDown"),
            lambda which=which: tour.press(number, HANDLES, which, "Shift", "ArrowLeft"),
        )  # fmt: skip
        assert after["pictures"] != before["pictures"], f"keys at {name} moved nothing"


def sliders_move_it(tour, number, most):
    sliders = "input[type=range]"
    for which, _ in first(most, tour.find(number, sliders)):
        before = tour.look(number)
        for part in (0.25, 0.75):
            tour.drag(number, sliders, which, part=part)
        by_mouse = tour.look(number)
        assert by_mouse["words"] != before["words"], f"the mouse on slider {which} changed nothing"
        tour.press(number, sliders, which, "ArrowLeft")
        by_key = tour.look(number)
        assert by_key["words"] != by_mouse["words"], f"a key on slider {which} changed nothing"


def choices_change_it(tour, number, most):
    """Each is taken; where the grid reads only what lies outside, one or another shows nothing."""
    choices = first(most, tour.find(number, CHOICES))
    changes = []
    for which, name in choices:
        before = tour.look(number)
        tour.drag(number, CHOICES, which)
        changes.append(tour.look(number) != before)
        assert which not in tour.find(number, CHOICES), f"the choice is not taken: {name}"
    assert any(changes) or not choices, "no choice changed anything"


def test_a_link_to_a_section_lands_there(served, subtests, page_name):
    """Every entry of "On this page" is clicked; two are opened as addresses of their own."""
    tour = served.open(page_name)
    links = tour.engine.run("""() => [...document.querySelectorAll('.bd-toc-nav a[href^="#"]')]
      .map((link) => link.hash)""")
    for link in links:
        with subtests.test("clicked", link=link):
            tour.engine.run("""async (hash) => {
              document.querySelector(`.bd-toc-nav a[href="${hash}"]`).click();
              await atRest();
            }""", link)  # fmt: skip
            lands_at_the_top(tour)
    for link in {*links[len(links) // 2 :][:1], *links[-1:]}:
        with subtests.test("opened", link=link):
            tour.open(page_name + link)
            lands_at_the_top(tour)


def lands_at_the_top(tour):
    top, bottom = tour.engine.run(WHERE_IT_LANDS)
    assert top == pytest.approx(64, abs=40) or (bottom and top > 0)
