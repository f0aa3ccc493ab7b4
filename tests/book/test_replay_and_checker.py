"""What TrainingReplay and ConventionChecker do in the page besides being dragged."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 900}
PAGE = "book/widgets.html"


@pytest.fixture(scope="module")
def page(long_visit):
    """Open the page of all figures once; return (visit, {class: figure})."""
    tour = long_visit(PAGE, viewport=WIDE, permissions=["clipboard-read", "clipboard-write"])
    return tour, {name.split()[1]: figure for name, figure in tour.figures().items()}


@pytest.fixture
def replay(page):
    tour, figures = page
    yield tour, figures["TrainingReplay"]
    assert tour.problems == []


@pytest.fixture
def checker(page):
    """Return (visit, the figure as it stood at first)."""
    tour, figures = page
    figures["ConventionChecker"].locator('[data-action="reset"]').click()
    tour.rest()
    yield tour, figures["ConventionChecker"]
    assert tour.problems == []


def step_of(figure, word=0):
    """The step that is shown; with word=-1 the last one."""
    told = figure.locator('[data-slider="step"]').get_attribute("aria-valuetext")
    return int(told.split()[word])


def test_a_replay_moves_when_asked_and_stops_when_asked(replay):
    tour, figure = replay
    play, line = figure.locator('[data-action="play"]'), figure.locator('[data-slider="step"]')
    last = step_of(figure, word=-1)
    for _ in range(10):  # two frames each
        tour.rest()
    assert step_of(figure) == last, "it moved by itself"
    x, y = tour.centre(play)
    tour.page.mouse.click(x, y)
    tour.page.wait_for_function(
        """([line, last]) => {
          const step = Number.parseInt(line.getAttribute("aria-valuetext"));
          return step > 0.1 * last && step < last;
        }""",
        arg=[line.element_handle(), last],
    )
    assert play.inner_text() == "Pause"
    tour.page.mouse.click(x, y)
    expect(play).to_have_text("Play")
    stopped = step_of(figure)
    assert 0 < stopped < last
    for _ in range(10):  # two frames each
        tour.rest()
    assert step_of(figure) == stopped, "it went on after Pause"


def test_a_replay_plays_to_the_end(replay):
    tour, figure = replay
    play, line = figure.locator('[data-action="play"]'), figure.locator('[data-slider="step"]')
    line.press("End")
    line.press("PageDown")  # a tenth before the end
    tour.rest()
    last = step_of(figure, word=-1)
    assert 0.8 * last < step_of(figure) < last
    play.click()
    tour.rest()
    assert step_of(figure) == last, "it did not play to the end"
    assert play.inner_text() == "Play"


def test_each_arrow_key_moves_the_replay_by_one_record(replay):
    tour, figure = replay
    line = figure.locator('[data-slider="step"]')
    seen = []
    for key in ("End", "ArrowLeft", "ArrowLeft", "ArrowRight", "Home", "ArrowRight", "End"):
        line.press(key)
        tour.rest()
        seen.append(step_of(figure))
    assert seen == [300, 295, 290, 295, 0, 5, 300]


def test_a_pressed_picture_is_shown_large(replay):
    tour, figure = replay
    columns = figure.locator(".stn-picker")
    assert columns.count() == 8
    before = figure.locator(".stn-now").first.inner_text()
    columns.nth(3).click()
    expect(figure.locator(".stn-caption")).to_contain_text("On picture 4 its grid")
    tour.rest()
    assert figure.locator(".stn-now").first.inner_text() != before
    pressed = [column.get_attribute("aria-pressed") for column in columns.all()]
    assert pressed == ["true" if i == 3 else "false" for i in range(8)]
    names = [column.get_attribute("aria-label") for column in columns.all()]
    assert all(re.fullmatch(rf"Picture {i} of 8: \d", name) for i, name in enumerate(names, 1))


def entry(figure, row, column):
    return figure.get_by_label(f"Number in row {row}, column {column}")


def numbers(figure, form, side=0):
    """The six numbers that a side shows for a form."""
    box = figure.locator(".stn-sides > div").nth(side).locator(".stn-form", has_text=form)
    return [float(text.replace("\N{MINUS SIGN}", "-")) for text in
            box.locator(".stn-bracket > span").all_inner_texts()]  # fmt: skip


def test_typed_numbers_change_both_sides_and_nonsense_is_named(checker):
    tour, figure = checker
    assert numbers(figure, "θ", 0) == [1, 0, 0.25, 0, 1, 0]
    assert numbers(figure, "θ", 1) == pytest.approx([1, 0, 2 / 7, 0, 1, 0], abs=6e-4)
    entry(figure, 1, 3).fill("2")
    tour.rest()
    assert numbers(figure, "θ", 0) == [1, 0, 0.5, 0, 1, 0]
    assert numbers(figure, "OpenCV", 0) == [1, 0, -2, 0, 1, 0]
    entry(figure, 1, 3).fill("two")
    note = figure.locator('[role="status"]')
    assert note.inner_text() == "expected a number, got “two”"
    assert entry(figure, 1, 3).get_attribute("aria-invalid") == "true"
    entry(figure, 1, 2).focus()
    assert entry(figure, 1, 3).input_value() == "2"
    assert note.inner_text() == "output → input, pixels"
    figure.get_by_label("input columns").fill("1")
    assert "expected a whole number from 2 to 4096, got “1”" in note.inner_text()
    figure.get_by_label("input columns").fill("16")
    tour.rest()
    assert numbers(figure, "scikit-image", 0) == [1, 0, 2, 0, 1, 0]
    assert numbers(figure, "θ", 0)[0] == 0.5


def test_a_map_changes_its_form_and_stays_the_same_map(checker):
    tour, figure = checker
    figure.get_by_role("button", name="turn 30° in θ").click()
    tour.rest()
    before = numbers(figure, "θ", 0)
    assert before == pytest.approx([0.866, -0.5, 0, 0.5, 0.866, 0])
    figure.locator('[data-choice="given"] label', has_text="OpenCV").click()
    tour.rest()
    assert numbers(figure, "θ", 0) == before
    assert numbers(figure, "θ", 1) != before
    typed = [float(entry(figure, r, c).input_value().replace("\N{MINUS SIGN}", "-"))
             for r in (1, 2) for c in (1, 2, 3)]  # fmt: skip
    assert numbers(figure, "OpenCV", 0) == pytest.approx(typed, abs=6e-4)


def test_a_pasted_matrix_fills_all_fields_and_the_code_can_be_copied(checker):
    tour, figure = checker
    tour.page.evaluate("navigator.clipboard.writeText('[[0, -1, 5], [1, 0, 0.5], [0, 0, 1]]')")
    entry(figure, 2, 1).click()
    tour.page.keyboard.press("Control+V")
    tour.rest()
    assert numbers(figure, "scikit-image", 1) == [0, -1, 5, 1, 0, 0.5]
    figure.locator("summary").nth(1).click()
    figure.locator('[data-action="copy"]').nth(1).click()
    figure.locator("text=Copied").wait_for()
    copied = tour.page.evaluate("navigator.clipboard.readText()")
    assert "align_corners=True" in copied
    assert re.search(r"matrix = np.array\(\[\[0, -1, 5\], \[1, 0, 0.5\], \[0, 0, 1\]\]\)", copied)
