"""What TrainingBench and DrawDigit do in the page besides being dragged."""

import re

import pytest

from tests.book.conftest import MOUNTED

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PAGE = "book/widgets.html"


def figure_of(tour, name):
    figure = tour.page.locator(f'.live-figure:has([data-live-figure="{name}"])')
    if not figure.count():
        figure = next(one for key, one in tour.figures().items() if key.endswith(name))
    return figure


def press(tour, figure, word):
    figure.get_by_role("button", name=word, exact=True).click()
    tour.rest()


@pytest.fixture
def bench(visit):
    """Return (visit, the bench), its run begun anew."""
    tour = visit(PAGE, viewport=WIDE, reduced_motion="reduce")
    tour.ready()
    figure = figure_of(tour, "TrainingBench")
    press(tour, figure, "Restart")
    yield tour, figure
    assert tour.problems == []


def far(figure):
    """Return how far the run has come: step, loss, error (None where it is not told)."""
    told = figure.locator(".stn-far").inner_text()
    numbers = re.fullmatch(
        r"Step (\d+) of \d+: (?:nothing learned yet|"
        r"loss ([\d.]+)(?:, ([\d.]+) % of the test digits wrong)?)\.", told
    )  # fmt: skip
    assert numbers, told
    step, loss, error = numbers.groups()
    return int(step), loss and float(loss), error and float(error)


def caption(figure):
    return figure.locator(".stn-caption").inner_text()


def choose(figure, name, word):
    words = figure.locator(f'[data-choice="{name}"]').get_by_text(word, exact=True)
    words.locator("xpath=..").locator("input").check(force=True)  # it lies over its word


def test_it_trains_only_when_asked_and_by_as_many_steps(bench):
    tour, figure = bench
    assert far(figure) == (0, None, None)
    for _ in range(10):  # two frames each
        tour.rest()
    assert far(figure)[0] == 0, "it trained by itself"
    for word, step in (("1 step", 1), ("10 steps", 11), ("Next", 51)):  # a tenth of the run
        press(tour, figure, word)
        assert far(figure)[0] == step
    for _ in range(3):
        press(tour, figure, "Next")
    step, loss, error = far(figure)
    assert step == 171
    assert loss < 2.2
    assert error < 85
    assert "diagnose, so far: nothing found." in caption(figure)


def test_play_goes_on_until_pause(visit):
    tour = visit(PAGE, viewport=WIDE)
    tour.ready()
    figure = figure_of(tour, "TrainingBench")
    start = far(figure)[0]
    figure.get_by_role("button", name="Play", exact=True).click()
    tour.page.wait_for_function(
        "(start) => Number(document.querySelector('.stn-far').textContent.match(/\\d+/)) > start",
        arg=start + 5,
    )
    press(tour, figure, "Pause")
    stopped = far(figure)[0]
    assert start < stopped < 400
    for _ in range(10):
        tour.rest()
    assert far(figure)[0] == stopped


def test_a_changed_setting_waits_for_restart_and_loses_nothing(bench):
    tour, figure = bench
    press(tour, figure, "10 steps")
    before = figure.locator(".stn-far").inner_text()
    choose(figure, "family", "affine")
    tour.rest()
    waiting = figure.locator(".stn-bench .stn-note")
    assert waiting.inner_text() == "family: takes effect at Restart."
    assert figure.locator(".stn-far").inner_text() == before
    choose(figure, "localisation_rate", "× 20")  # at once
    tour.rest()
    assert waiting.inner_text() == "family: takes effect at Restart."
    press(tour, figure, "Restart")
    assert waiting.inner_text() == ""
    assert far(figure)[0] == 0
    assert figure.locator("tbody tr").count() == 6  # numbers of θ


def test_a_preset_of_a_failure_fails_by_its_name(bench):
    tour, figure = bench
    choose(figure, "preset", "window lost")
    tour.rest()
    for _ in range(3):
        press(tour, figure, "Next")
    assert "diagnose, so far: the window is lost." in caption(figure)


def test_a_run_that_comes_to_nan_stops_and_says_so(bench):
    tour, figure = bench
    choose(figure, "rate", "× 20")
    tour.rest()
    press(tour, figure, "Next")
    told = figure.locator(".stn-far").inner_text()
    assert re.fullmatch(
        r"Stopped at step \d+ of 400: the \w+ is not a number any more\. Try a lower rate\.", told
    )
    assert "NaN" not in figure.inner_text()
    press(tour, figure, "Restart")
    assert far(figure)[0] == 0


def test_a_grid_that_is_let_go_follows_its_pull_and_the_next_step_takes_it_back(bench):
    tour, figure = bench
    for _ in range(3):
        press(tour, figure, "Next")
    let_go = figure.get_by_role("button", name="Let go")
    assert let_go.is_disabled()
    figure.locator('[data-handle="move"]').press("Shift+ArrowRight")
    tour.rest()
    held = caption(figure)
    assert "The grid that you moved is 5.0 pixels, 0°" in held
    let_go.click()
    tour.rest()
    assert "The grid that you moved is" in caption(figure)
    assert caption(figure) != held
    press(tour, figure, "1 step")
    assert "that you moved" not in caption(figure)


NO_WORKERS = "default-src 'self' 'unsafe-inline' blob:; worker-src 'none'"


def test_without_a_worker_it_trains_in_the_page_to_the_same_numbers(visit, server, bench):
    tour, figure = bench
    for _ in range(2):
        press(tour, figure, "Next")
    wanted = [figure.locator(".stn-far").inner_text(), caption(figure)]
    other = visit("404.html", reduced_motion="reduce", viewport=WIDE)

    def with_policy(route):
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy": NO_WORKERS}
        route.fulfill(response=answer, headers=headers)

    other.page.route(f"{server}/**/*.html", with_policy)
    other.open(PAGE)
    other.ready()
    figure = figure_of(other, "TrainingBench")
    press(other, figure, "Restart")
    for _ in range(2):
        press(other, figure, "Next")
    assert [figure.locator(".stn-far").inner_text(), caption(figure)] == wanted
    assert other.problems, "the policy forbade nothing"
    assert all("worker" in problem for problem in other.problems)


# --- the drawing --------------------------------------------------------------------------------


def draw_a_line(tour, figure, ends=((0.5, 0.2), (0.5, 0.8))):
    canvas = figure.locator("canvas").first
    tour.centre(canvas)
    box = canvas.bounding_box()
    side = min(box["width"], 336)
    places = [(box["x"] + u * side, box["y"] + 24 + v * side) for u, v in ends]
    tour.page.mouse.move(*places[0])
    tour.page.mouse.down()
    tour.page.mouse.move(*places[1], steps=8)
    tour.page.mouse.up()
    tour.page.mouse.move(2, 2)
    tour.rest()


@pytest.fixture
def drawing(visit):
    tour = visit(PAGE, viewport=WIDE)
    tour.ready()
    yield tour, figure_of(tour, "DrawDigit")
    assert tour.problems == []


def test_a_line_that_the_mouse_draws_is_read_as_a_one(drawing):
    tour, figure = drawing
    assert "The ST-CNN reads 4 with probability" in caption(figure)
    press(tour, figure, "Erase")
    assert caption(figure) == "Nothing is drawn yet: draw a digit, or take a stored one."
    draw_a_line(tour, figure)
    assert "The ST-CNN reads 1 with probability" in caption(figure)
    press(tour, figure, "Undo")
    assert caption(figure).startswith("Nothing is drawn yet")
    press(tour, figure, "Undo")
    assert "The ST-CNN reads 4" in caption(figure)


def test_a_drawing_that_was_turned_grows_under_the_pen(drawing):
    tour, figure = drawing
    press(tour, figure, "Erase")
    slider = figure.locator('[data-slider="turn"]')
    slider.fill("90")
    draw_a_line(tour, figure)  # upright on the screen, whatever the turn
    upright = caption(figure)
    slider.fill("0")
    tour.rest()
    assert "The ST-CNN reads 1" in upright
    assert caption(figure) != upright


def test_all_the_way_round_is_worked_out_when_it_is_asked_for(drawing):
    tour, figure = drawing
    choose(figure, "example", "7")
    choose(figure, "around", "show")
    tour.rest()
    told = caption(figure)
    assert re.search(r"the drawing is a 7 to the ST-CNN at \d+ % of the angles", told), told


def test_a_finger_draws_and_does_not_scroll(visit):
    tour = visit(PAGE, viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    tour.ready()
    figure = figure_of(tour, "DrawDigit")
    press(tour, figure, "Erase")
    canvas = figure.locator("canvas").first
    x, y = tour.centre(canvas)
    top = tour.page.evaluate("scrollY")
    client = tour.context.new_cdp_session(tour.page)
    moves = [("touchMove", d) for d in (-30, 0, 20)]
    for kind, dy in (("touchStart", -60), *moves, ("touchEnd", 0)):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y + dy}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        tour.rest()
    assert tour.page.evaluate("scrollY") == top, "drawing scrolled the page"
    assert "The ST-CNN reads" in caption(figure)


# --- links to presets ---------------------------------------------------------------------------

CHAPTER = "notebooks/08_break_it.html"
LINK = 'a[href="#figure-8-5"][data-preset]'
CHOSEN = '#figure-8-5 [data-choice="preset"] input:checked'
IN_VIEW = """() => {
  const { top, bottom } = document.getElementById("figure-8-5").getBoundingClientRect();
  const bar = document.querySelector(".bd-header-article")?.getBoundingClientRect().bottom ?? 0;
  return top >= bar - 2 && top < innerHeight / 4 && bottom > 3 * innerHeight / 4;
}"""


def chosen(tour):
    word = tour.page.locator(CHOSEN)
    return word.locator("xpath=..").inner_text() if word.count() else None


def test_every_preset_of_the_bench_has_a_link_beside_the_text(visit):
    tour = visit(CHAPTER, viewport=WIDE)
    tour.figures()
    words = tour.page.locator('#figure-8-5 [data-choice="preset"] label').all_inner_texts()
    linked = [link.get_attribute("data-preset") for link in tour.page.locator(LINK).all()]
    assert len(words) == 7
    assert sorted(linked) == sorted(words)
    assert tour.problems == []


@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_link_chooses_its_preset_and_brings_the_figure_into_view(visit, screen):
    tour = visit(CHAPTER, viewport=screen, reduced_motion="reduce")
    tour.ready()
    assert not tour.page.locator("#figure-8-5 .live-figure-mount").count(), "it need not wait"
    for link in tour.page.locator(LINK).all():
        link.scroll_into_view_if_needed()
        box = link.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        link.click()
        tour.page.locator(f"#figure-8-5 {MOUNTED}").wait_for()
        tour.rest()
        name = link.get_attribute("data-preset")
        assert chosen(tour) == name
        assert tour.page.evaluate(IN_VIEW), name
        assert tour.page.evaluate("document.activeElement.ariaLabel") == link.inner_text()
        told = tour.page.locator("#figure-8-5 .stn-far").inner_text()
        assert re.fullmatch(r"Step 0 of \d+: nothing learned yet\.", told), "it trains by itself"
    assert tour.problems == []


def test_a_link_takes_no_run_away_and_the_keyboard_goes_on_from_there(visit):
    tour = visit(CHAPTER, viewport=WIDE, reduced_motion="reduce")
    tour.ready()
    first, last = (tour.page.locator(f'{LINK}[data-preset="{name}"]')
                   for name in ("window lost", "random start"))  # fmt: skip
    first.press("Enter")
    tour.page.locator(f"#figure-8-5 {MOUNTED}").wait_for()
    tour.rest()
    tour.page.keyboard.press("Tab")
    assert tour.page.evaluate("document.activeElement.textContent") == "Next"  # Play, by steps
    figure = tour.page.locator("#figure-8-5")
    press(tour, figure, "10 steps")
    before = figure.locator(".stn-far").inner_text()
    assert far(figure)[0] == 10
    last.press("Enter")
    tour.rest()
    assert chosen(tour) == "random start"
    assert figure.locator(".stn-far").inner_text() == before
    waiting = figure.locator(".stn-bench .stn-note").inner_text()
    assert waiting == "start: takes effect at Restart."
    press(tour, figure, "Restart")
    assert far(figure)[0] == 0
    assert tour.problems == []


def test_without_a_script_a_link_leads_to_the_figure_and_on_paper_it_is_words(visit):
    page = visit(CHAPTER, viewport=WIDE, java_script_enabled=False).page
    link = page.locator(LINK).last
    link.click()
    assert page.url.endswith("#figure-8-5")
    assert 0 <= page.locator("#figure-8-5").bounding_box()["y"] < 200
    page.emulate_media(media="print")
    assert link.evaluate("(node) => getComputedStyle(node).borderTopWidth") == "0px"
