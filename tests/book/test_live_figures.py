"""What a live figure does on a phone, with reduced motion, without JavaScript, and when it fails.

Once for each class of figure: the page ``book/widgets.html`` shows them all. What every figure of
every page must do is in ``test_pages.py``.
"""

import re
from pathlib import Path

import nbformat
import pytest
from anywidget import AnyWidget

from stnlib import widgets

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ALL_FIGURES = "book/widgets.html"

PLAY = '[data-action="play"], [data-action="run"]'

MOVABLE = ".stn-handle:not([hidden]), [data-entry], .stn-picker[data-handle]"

FIGURES_SCRIPT = "**/_static/figures.js*"
PAGE = "book/intro.html"


def all_classes():
    known = [getattr(widgets, name) for name in widgets.__all__]
    return {one.__name__ for one in known if issubclass(one, AnyWidget)}


# --- a finger -----------------------------------------------------------------------------------


def move_finger(tour, start, end):
    """Put a finger down, move it in steps, and lift it."""
    client = tour.context.new_cdp_session(tour.page)

    def send(kind, *points):
        touches = [{"x": x, "y": y} for x, y in points]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
        tour.rest()

    send("touchStart", start)
    for part in (0.2, 0.4, 0.6, 0.8, 1.0):
        send("touchMove", [a + part * (b - a) for a, b in zip(start, end, strict=True)])
    send("touchEnd")


def scrolled(tour):
    return tour.page.evaluate("scrollY")


def a_finger_moves_it_and_not_the_page(tour, figure):
    """Drag mostly downwards, or upwards if the handle stands at the end of its way."""
    target = figure.locator('[data-handle]:not([data-handle="pixel"])').first
    before, place = tour.look(figure), target.get_attribute("style")
    for dx, dy in ((12, 48), (-12, -48)):
        x, y = tour.centre(target)
        top = scrolled(tour)
        move_finger(tour, (x, y), (x + dx, y + dy))
        assert scrolled(tour) == top, "a drag scrolled the page"
        if target.get_attribute("style") != place:
            break
    assert tour.look(figure)["pictures"] != before["pictures"], "a finger moved nothing"


def a_finger_beside_the_handles_scrolls(tour, figure):
    canvas = figure.locator("canvas").first
    tour.centre(canvas)
    before = tour.look(figure)
    place = canvas.evaluate("""(canvas) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      for (let y = Math.max(top, 200) + 8; y < Math.min(top + height, innerHeight); y += 8) {
        for (let x = left + 8; x < left + width; x += 8) {
          if (document.elementFromPoint(x, y) === canvas) return [x, y];
        }
      }
    }""")
    assert place, "handles cover the whole drawing"
    top = scrolled(tour)
    tour.page.evaluate("""() => {
      window.stopped = false;
      document.addEventListener("scrollend", () => { window.stopped = true; }, { once: true });
    }""")
    move_finger(tour, place, (place[0], place[1] - 150))
    tour.page.wait_for_function("stopped")  # it glides on after the finger is lifted
    assert scrolled(tour) > top + 60, "the page did not scroll"
    assert tour.look(figure)["pictures"] == before["pictures"], "the finger moved something"


def canvases_are_sharp(tour, figure):
    """A canvas that is shown has as many pixels as the screen has there."""
    sizes = figure.locator("canvas:visible").evaluate_all("""(nodes) => nodes.map((node) =>
      [node.width / devicePixelRatio, node.getBoundingClientRect().width])""")
    assert sizes
    for pixels, width in sizes:
        assert pixels == pytest.approx(width, abs=1)


def test_more_shows_what_the_first_figure_leaves_out(visit):
    """The first page shows a grid, its handles and the output; the button brings the rest."""
    opened = visit("book/intro.html")
    figure = opened.page.locator(".live-figure").first
    figure.locator('[data-live-state="mounted"]').wait_for()
    button = figure.get_by_role("button", name="More")
    groups = figure.locator("input[type=range], .stn-entry, [data-choice]")
    assert groups.count() >= 6 + 6 + 5
    for wanted in (False, True, False):
        assert button.get_attribute("aria-expanded") == str(wanted).lower()
        assert {one.is_visible() for one in groups.all()} == {wanted}
        assert figure.locator(".stn-handle").first.is_visible()
        button.click()


def test_every_figure_answers_to_a_finger_on_a_phone(visit, subtests):
    tour = visit(ALL_FIGURES, viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    tour.page.evaluate("() => { document.body.style.paddingBottom = '2000px'; }")
    figures = tour.figures()
    assert {name.split()[1] for name in figures} == all_classes(), tour.problems
    for name, figure in figures.items():
        for check in (a_finger_moves_it_and_not_the_page, a_finger_beside_the_handles_scrolls,
                      canvases_are_sharp):  # fmt: skip
            if check is a_finger_beside_the_handles_scrolls and name.endswith("DrawDigit"):
                continue  # there it draws: test_bench_and_drawing.py
            with subtests.test(check.__name__.replace("_", " "), figure=name):
                check(tour, figure)
    with subtests.test("the page is not wider than the phone, and nothing went wrong"):
        assert tour.width() <= PHONE["width"]
        assert tour.problems == []


# --- without arrow keys and without a drag --------------------------------------------------------


def arrows_move_all_that_keys_move(tour, figure):
    """Choose one after another of what is offered, and press the buttons."""
    opener = figure.locator('[data-action="arrows"]')
    assert opener.get_attribute("aria-expanded") == "false"
    opener.click()
    chooser = figure.locator(".stn-arrows select")
    offered = chooser.locator("option").all_inner_texts()
    assert len(set(offered)) == figure.locator(MOVABLE).count()
    for number in range(len(offered)):
        chooser.select_option(index=number)
        seen = tour.look(figure)["pictures"]
        figure.locator('.stn-arrows [data-action="left"]').click()
        assert tour.look(figure)["pictures"] != seen, f"the arrows moved nothing: {offered[number]}"
    figure.locator('[data-action="reset"]').click()
    opener.click()
    assert not chooser.is_visible()


def test_buttons_do_what_arrow_keys_do(visit, subtests):
    """A screen reader keeps the arrow keys for itself. Elsewhere sliders do all that keys do."""
    tour = visit(ALL_FIGURES, viewport=PHONE)
    figures = tour.figures()
    by_sliders = {name.split()[1] for name, figure in figures.items()
                  if not figure.locator('[data-action="arrows"]').count()}  # fmt: skip
    assert by_sliders == {"DrawDigit", "PoseProbe", "TrainingReplay"}
    for name, figure in figures.items():
        if name.split()[1] not in by_sliders:
            with subtests.test("arrows move all that keys move", figure=name):
                arrows_move_all_that_keys_move(tour, figure)
    bender = next(figure for name, figure in figures.items() if name.endswith("GridBender"))
    with subtests.test("what moves is told where it stands"):
        bender.locator('[data-action="arrows"]').click()
        bender.locator(".stn-arrows select").select_option(index=0)
        before = bender.locator("option").first.inner_text()
        assert re.fullmatch(r"Point 1 of \d+, at \(−?[\d.]+, −?[\d.]+\)", before)
        bender.locator('.stn-arrows [data-action="right"]').click()
        tour.rest()
        after = bender.locator("option").first.inner_text()
        assert after != before
        spoken = bender.locator("[aria-live]")
        assert spoken.get_attribute("data-newest").endswith(after)


# --- less than all of a browser -----------------------------------------------------------------


def a_press_jumps(tour, figure):
    before = tour.look(figure)
    figure.locator(PLAY).click()
    tour.page.evaluate("atNextPaint()")
    figure.locator('[aria-busy="false"]').wait_for()  # what the press asks for is worked out
    after = tour.look(figure, moving=True)
    assert after["pictures"] != before["pictures"], "the press did nothing"
    for _ in range(10):  # two frames each
        tour.rest()
    assert tour.look(figure)["pictures"] == after["pictures"], "it went on by itself"


def a_replay_jumps_by_tenths(tour, figure):
    """From its start on, where the first press has brought it."""
    line, following = figure.locator('[data-slider="step"]'), figure.locator(PLAY)
    assert following.inner_text() == "Next"
    seen = []
    for _ in range(2):
        seen.append(line.get_attribute("aria-valuetext"))
        following.click()
        tour.rest()
    seen.append(line.get_attribute("aria-valuetext"))
    last = int(seen[0].split()[-1])
    assert seen == [f"{round(part * last)} of {last}" for part in (0, 0.1, 0.2)]


def test_with_reduced_motion_a_press_on_play_jumps_and_then_all_stands_still(visit, subtests):
    tour = visit(ALL_FIGURES, viewport=WIDE, reduced_motion="reduce")
    pressed = [(name, one) for name, one in tour.figures().items() if one.locator(PLAY).count()]
    assert len(pressed) >= 2
    for name, figure in pressed:
        with subtests.test("a press jumps", figure=name):
            a_press_jumps(tour, figure)
        if name.endswith("TrainingReplay"):
            with subtests.test("a replay jumps by tenths", figure=name):
                a_replay_jumps_by_tenths(tour, figure)


NATURAL_WIDTH = "async (image) => { await image.decode(); return image.naturalWidth; }"


def test_stills_stand_in_without_javascript(visit, subtests):
    tour = visit(ALL_FIGURES, viewport=WIDE, java_script_enabled=False)
    figures = tour.page.locator(".live-figure").all()
    assert figures
    for number, figure in enumerate(figures, 1):
        with subtests.test("the still is there", figure=number):
            still = figure.locator("img")
            assert still.count() == 1
            still.scroll_into_view_if_needed()
            assert still.is_visible()
            assert len(still.get_attribute("alt")) > 40
            assert still.evaluate(NATURAL_WIDTH) > 600
            assert still.bounding_box()["width"] > 400
    assert tour.problems == []


def test_a_figure_that_fails_keeps_its_still_and_says_so(browser, server):
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()

    def break_script(route):
        broken = "{ get() { throw Error('broken'); } }"
        route.fulfill(body=f"var stnlibFigures = new Proxy({{}}, {broken});")

    page.route(FIGURES_SCRIPT, break_script)
    with page.expect_console_message(lambda said: "stays a still picture" in said.text) as said:
        page.goto(f"{server}/{PAGE}")
    assert "broken" in said.value.text
    assert page.locator(".live-figure img").first.is_visible()
    assert page.locator(".live-figure-mount").count() == 0
    context.close()


def test_the_policy_that_the_page_of_figures_names_is_enough(visit, server):
    words = nbformat.read(ROOT / "book" / "widgets.ipynb", as_version=4).cells[0].source
    [policy] = re.findall(r"`(default-src .*?)`", words)
    tour = visit("404.html")

    def with_policy(route):
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy": policy}
        route.fulfill(response=answer, headers=headers)

    tour.page.route(f"{server}/**/*.html", with_policy)
    tour.open(ALL_FIGURES)
    tour.ready()
    figures = tour.figures()
    assert len(figures) == tour.page.locator(".live-figure").count() > 0
    for figure in figures.values():
        assert not figure.locator(".live-figure-still").is_visible()
    assert tour.problems == []
