"""What TrainingReplay and ConventionChecker do in the page besides being dragged."""

import re

import pytest

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 900}
PAGE = "book/widgets.html"


def mount(visit, name, **options):
    """Open the page of all figures and return (visit, the mounted figure of this class)."""
    tour = visit(PAGE, viewport=WIDE, **options)
    figures = tour.page.locator(".live-figure")
    for figure in figures.all():
        figure.scroll_into_view_if_needed()
        mounted = figure.locator('[data-live-state="mounted"]')
        mounted.wait_for()
        if mounted.get_attribute("data-live-figure") == name:
            mounted.scroll_into_view_if_needed()
            return tour, mounted
    raise AssertionError(f"{PAGE} shows no {name}")


def settle(page):
    """Wait until what was asked for has been painted."""
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")


def step_of(figure):
    return int(figure.locator('[data-slider="step"]').get_attribute("aria-valuetext").split()[0])


def test_a_replay_moves_when_asked_and_stops_when_asked(visit):
    tour, figure = mount(visit, "TrainingReplay")
    last = step_of(figure)
    tour.page.wait_for_timeout(300)
    assert step_of(figure) == last, "it moved by itself"
    play = figure.locator('[data-action="play"]')
    play.click()
    tour.page.wait_for_function(
        "([node, last]) => Number.parseInt(node.getAttribute('aria-valuetext')) > 0.1 * last "
        "&& Number.parseInt(node.getAttribute('aria-valuetext')) < last",
        arg=[figure.locator('[data-slider="step"]').element_handle(), last],
    )
    assert play.inner_text() == "Pause"
    play.click()
    stopped = step_of(figure)
    assert 0 < stopped < last
    tour.page.wait_for_timeout(300)
    assert step_of(figure) == stopped, "it went on after Pause"
    assert play.inner_text() == "Play"
    play.click()
    figure.locator("text=Pause").wait_for()
    figure.locator("text=Play").wait_for(timeout=20_000)
    assert step_of(figure) == last, "it did not play to the end"
    assert tour.problems == []


def test_with_reduced_motion_a_replay_jumps_once_a_press(visit):
    tour, figure = mount(visit, "TrainingReplay", reduced_motion="reduce")
    last = step_of(figure)
    following = figure.locator('[data-action="play"]')
    assert following.inner_text() == "Next"
    seen = []
    for _ in range(3):
        following.click()
        tour.page.wait_for_timeout(300)
        seen.append(step_of(figure))
    assert seen == [0, round(0.1 * last), round(0.2 * last)]


def test_a_pressed_picture_is_shown_large(visit):
    _, figure = mount(visit, "TrainingReplay")
    columns = figure.locator(".stn-picker")
    assert columns.count() == 8
    before = figure.locator(".stn-now").first.inner_text()
    columns.nth(3).click()
    figure.locator("text=On picture 4 its grid").first.wait_for()
    assert figure.locator(".stn-now").first.inner_text() != before
    pressed = [column.get_attribute("aria-pressed") for column in columns.all()]
    assert pressed == ["true" if i == 3 else "false" for i in range(8)]


def entry(figure, row, column):
    return figure.get_by_label(f"Number in row, column {row}, {column}")


def numbers(figure, form, side=0):
    """The six numbers that a side shows for a form."""
    box = figure.locator(".stn-sides > div").nth(side).locator(".stn-form", has_text=form)
    return [float(text.replace("\N{MINUS SIGN}", "-")) for text in
            box.locator(".stn-bracket > span").all_inner_texts()]  # fmt: skip


def test_typed_numbers_change_both_sides_and_nonsense_is_named(visit):
    tour, figure = mount(visit, "ConventionChecker")
    assert numbers(figure, "θ", 0) == [1, 0, 0.25, 0, 1, 0]
    assert numbers(figure, "θ", 1) == pytest.approx([1, 0, 2 / 7, 0, 1, 0], abs=6e-4)
    entry(figure, 1, 3).fill("2")
    settle(tour.page)
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
    settle(tour.page)
    assert numbers(figure, "scikit-image", 0) == [1, 0, 2, 0, 1, 0]
    assert numbers(figure, "θ", 0)[0] == 0.5
    assert tour.problems == []


def test_a_map_changes_its_form_and_stays_the_same_map(visit):
    tour, figure = mount(visit, "ConventionChecker")
    figure.get_by_role("button", name="turn 30° in θ").click()
    settle(tour.page)
    before = numbers(figure, "θ", 0)
    assert before == pytest.approx([0.866, -0.5, 0, 0.5, 0.866, 0])
    figure.locator('[data-choice="given"] label', has_text="OpenCV").click()
    settle(tour.page)
    assert numbers(figure, "θ", 0) == before
    assert numbers(figure, "θ", 1) != before
    typed = [float(entry(figure, r, c).input_value().replace("\N{MINUS SIGN}", "-"))
             for r in (1, 2) for c in (1, 2, 3)]  # fmt: skip
    assert numbers(figure, "OpenCV", 0) == pytest.approx(typed, abs=6e-4)


def test_a_pasted_matrix_fills_all_fields_and_the_code_can_be_copied(visit):
    permissions = ["clipboard-read", "clipboard-write"]
    tour, figure = mount(visit, "ConventionChecker", permissions=permissions)
    tour.page.evaluate("navigator.clipboard.writeText('[[0, -1, 5], [1, 0, 0.5], [0, 0, 1]]')")
    entry(figure, 2, 1).click()
    tour.page.keyboard.press("Control+V")
    settle(tour.page)
    assert numbers(figure, "scikit-image", 1) == [0, -1, 5, 1, 0, 0.5]
    figure.locator("summary").nth(1).click()
    figure.locator('[data-action="copy"]').nth(1).click()
    figure.locator("text=Copied").wait_for()
    copied = tour.page.evaluate("navigator.clipboard.readText()")
    assert "align_corners=True" in copied
    assert re.search(r"matrix = np.array\(\[\[0, -1, 5\], \[1, 0, 0.5\], \[0, 0, 1\]\]\)", copied)
    assert tour.problems == []
