"""Every page of the built site, opened twice in a real browser, and all figures tried on the way.

Once served, on a wide window, in light, then in dark and back, then in print; once opened as a
file, on a phone, in dark. Each check is a subtest, so that one visit tells all that is wrong, with
its page and its figure. Figures are found by the class ``live-figure``, what the hand can move by
``data-handle``: a new page or a new figure is tested without a change here.
"""

import functools
import gzip
import re

import pytest

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 720}
ALL_FIGURES = "book/widgets.html"
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # what a theme changes for axe
FORMULA = r"([xyXY])=(-?[\d.]+)·(\S+?)([+-][\d.]+)·(\S+?)([+-][\d.]+)=(-?[\d.]+)"


@functools.cache
def figures_in(file):
    return len(re.findall(r'class="(?:[^"]* )?live-figure[ "]', file.read_text(encoding="utf-8")))


def test_the_book_has_live_figures(site):
    assert sum(map(figures_in, site.rglob("*.html"))) > 0
    assert figures_in(site / ALL_FIGURES) > 0


def test_a_page_on_a_wide_window(visit, subtests, site, page_name):
    tour = visit(page_name, viewport=WIDE)
    count = figures_in(site / page_name)
    with subtests.test("figures below the window wait"):
        below = figures_wait(tour)
        assert below or page_name != ALL_FIGURES
    tour.ready()
    with subtests.test("the page is not wider than the window"):
        assert tour.width() <= WIDE["width"]
    figures = tour.figures()
    for name, figure in figures.items():
        for check in (is_alive, has_its_room, the_mouse_moves_it_and_undo_takes_it_back,
                      keys_move_it_and_reset_takes_it_back, the_formula_holds):  # fmt: skip
            with subtests.test(check.__name__.replace("_", " "), figure=name):
                check(tour, figure)
    if page_name == ALL_FIGURES:
        with subtests.test("there is a formula"):
            assert tour.page.locator(".stn-lines p").count() > 0
    look_in_both_themes(tour, figures, subtests, page_name)
    for name, figure in figures.items():
        with subtests.test("the still is printed", figure=name):
            the_still_is_printed(tour, figure)
    with subtests.test("every figure has come alive, and nothing went wrong"):
        assert tour.problems == []
        assert len(figures) == count
    if count:
        with subtests.test("the page is light"):
            has_formulas = 'class="math' in (site / page_name).read_text(encoding="utf-8")
            most = 690_000 if has_formulas else 260_000
            most += 130_000 * (page_name == "book/intro.html")  # weights of three networks
            most += 308_000 * (page_name == ALL_FIGURES)  # ten stills, digits and weights
            assert 100_000 < weight_of(tour, site) <= most


def test_a_page_on_a_phone_opened_as_a_file(visit, subtests, site, page_name):
    tour = visit(page_name, address=site.as_uri(), theme="dark", viewport=PHONE)
    tour.ready()
    figures = tour.figures()
    with subtests.test("the page is not wider than the phone"):
        assert tour.width() <= PHONE["width"]
    for name, figure in figures.items():
        for check in (is_dark, has_its_room, fits_a_phone, the_mouse_moves_it):
            with subtests.test(check.__name__.replace("_", " "), figure=name):
                check(tour, figure)
    with subtests.test("every figure has come alive, and nothing went wrong"):
        assert tour.problems == []
        assert len(figures) == figures_in(site / page_name)


@pytest.mark.parametrize("font", ["the page's own", "DejaVu Sans"])
def test_a_page_fits_the_smallest_screen(visit, subtests, page_name, font):
    """So 1280 pixels at 400 % look. DejaVu Sans is wide; a machine without Arial shows it."""
    tour = visit(page_name, viewport=SMALL)
    if font != "the page's own":
        tour.page.add_style_tag(content=f"* {{ font-family: '{font}' !important }}")
    tour.ready()
    for name, figure in tour.figures().items():
        with subtests.test("the figure fits", figure=name):
            fits_a_phone(tour, figure)
    assert tour.page.evaluate("document.scrollingElement.scrollWidth") <= SMALL["width"]


# --- before the hand ----------------------------------------------------------------------------


def figures_wait(tour):
    """Assert that figures far below the window are not mounted yet; return how many."""
    below = tour.page.evaluate("""() => [...document.querySelectorAll(".live-figure")]
      .filter((figure) => figure.getBoundingClientRect().top > 3 * innerHeight)
      .map((figure) => Boolean(figure.querySelector(".live-figure-mount")))""")
    assert not any(below), "a figure did not wait until it came near"
    return len(below)


def is_alive(tour, figure):
    assert not figure.locator(".live-figure-still").is_visible()
    assert tour.look(figure)["pictures"], "a figure without a canvas"


def has_its_room(tour, figure):
    """The page kept the height that the figure has now: tools/measure_figures.py measures it.

    Another machine's fonts change heights by up to 13 %.
    """
    room = "phone" if tour.page.viewport_size["width"] < 640 else "wide"
    kept = figure.evaluate("(node, name) => node.style.getPropertyValue(name)", f"--room-{room}")
    height = float(figure.get_attribute("data-height"))  # before "More" showed the rest
    assert float(kept.removesuffix("px")) == pytest.approx(height, rel=0.15)


# --- the hand -----------------------------------------------------------------------------------


def handles(figure):
    """The elements that the hand moves, except those that only choose a pixel."""
    found = figure.locator('[data-handle]:not([data-handle="pixel"])')
    assert found.count() > 0, "a live figure has nothing that the hand can move"
    return found.all()


def the_mouse_moves_it_and_undo_takes_it_back(tour, figure):
    """Drag every handle; each press of Undo then takes back one whole drag."""
    undo = figure.locator('[data-action="undo"]')
    assert undo.count() == 0 or undo.is_disabled(), "there is something to undo at the start"
    seen = [tour.look(figure)]
    for target in handles(figure):
        tour.drag(target)
        seen.append(tour.look(figure))
        name = target.get_attribute("data-handle")
        assert seen[-1]["pictures"] != seen[-2]["pictures"], f"the mouse at {name} moved nothing"
    if undo.count() == 0:
        return
    for before in seen[-2::-1]:
        undo.click()
        tour.page.mouse.move(2, 2)
        assert tour.look(figure) == before, "Undo took back more or less than a drag"
    assert undo.is_disabled(), "there is something to undo after all was undone"


def keys_move_it_and_reset_takes_it_back(tour, figure):
    """Press keys on every handle; Reset then takes back everything."""
    reset = figure.locator('[data-action="reset"]')
    start = before = tour.look(figure)
    for target in handles(figure):
        target.press("ArrowRight")
        target.press("Shift+ArrowDown")
        after = tour.look(figure)
        if after["pictures"] == before["pictures"]:  # it stands at the end of its way
            target.press("ArrowLeft")
            after = tour.look(figure)
        name = target.get_attribute("data-handle")
        assert after["pictures"] != before["pictures"], f"keys at {name} moved nothing"
        before = after
    if reset.count():
        reset.click()
        tour.page.mouse.move(2, 2)
        assert tour.look(figure) == start, "Reset left something"


def the_formula_holds(tour, figure):
    """Point at two pixels; the numbers in each line of the formula give its result."""
    lines = figure.locator(".stn-lines p")
    for part in (0.2, 0.7) if lines.count() else ():
        picker = figure.locator('[data-handle="pixel"]')
        tour.centre(picker)
        box = picker.bounding_box()
        tour.page.mouse.move(box["x"] + part * box["width"], box["y"] + 0.4 * box["height"])
        tour.rest()
        for line in lines.all_inner_texts():
            text = line.replace("\N{MINUS SIGN}", "-").replace(" ", "")
            _, a, x, b, y, c, total = re.fullmatch(FORMULA, text).groups()
            value = float(a) * number(x) + float(b) * number(y) + float(c)
            assert value == pytest.approx(float(total), abs=0.03), line


def number(text):
    return float(text.strip("()"))


# --- the looks ----------------------------------------------------------------------------------


def look_in_both_themes(tour, figures, subtests, page_name):
    """Turn the page dark and back by its switch; look at the figures and let axe look at all."""
    tour.page.mouse.move(2, 2)  # it points at nothing
    light = {name: tour.look(figure) for name, figure in figures.items()}
    for name, figure in figures.items():
        with subtests.test("ink and page differ in light", figure=name):
            ink_and_page_differ(figure, dark=False)
    with subtests.test("axe finds nothing in light"):
        assert found_by_axe(tour, page_name) == []
    if not tour.page.locator(".theme-switch-button").count():  # the page for a wrong address
        return
    tour.switch_to("dark")
    for name, figure in figures.items():
        with subtests.test("the drawing follows the theme", figure=name):
            ink_and_page_differ(figure, dark=True)
            assert tour.look(figure)["pictures"] != light[name]["pictures"]
    with subtests.test("axe finds nothing in dark"):
        assert found_by_axe(tour, page_name, COLOURS) == []
    tour.switch_to("light")
    for name, figure in figures.items():
        with subtests.test("the drawing comes back with the theme", figure=name):
            assert tour.look(figure) == light[name]


def ink_and_page_differ(figure, *, dark):
    colours = figure.evaluate("""(node) => [node.querySelector(".live-figure-mount > *"),
      document.body].map((one, i) => getComputedStyle(one)[["color", "backgroundColor"][i]])""")
    ink, ground = (brightness(colour) for colour in colours)
    assert (ink > ground) == dark, f"ink {colours[0]} on {colours[1]}"
    assert abs(ink - ground) > 100, f"ink {colours[0]} on {colours[1]}"


def brightness(colour):
    red, green, blue = map(float, re.findall(r"[\d.]+", colour)[:3])
    return 0.299 * red + 0.587 * green + 0.114 * blue


def found_by_axe(tour, page_name, options=None):
    """Look at all of a page; of a chapter at the colours of its figures only: all took a minute."""
    if not page_name.startswith("notebooks/"):
        return tour.axe(options=options)
    found = [] if options else tour.axe(options={"rules": {"color-contrast": {"enabled": False}}})
    figures = tour.page.locator(".live-figure-mount").count()
    return found + (tour.axe(".live-figure-mount", COLOURS) if figures else [])


def the_still_is_printed(tour, figure):
    tour.page.emulate_media(media="print")
    still = figure.locator("img")
    assert still.count() == 1
    assert still.is_visible(), "no still in print"
    assert not figure.locator(".live-figure-mount").is_visible()
    assert len(still.get_attribute("alt")) > 40
    wide = still.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }")
    assert wide > 600
    assert still.bounding_box()["width"] > 400
    tour.page.emulate_media(media="screen")


@functools.cache
def packed_size(file):
    content = file.read_bytes()
    return min(len(gzip.compress(content)), len(content))


def weight_of(tour, site):
    """The bytes that the page has asked for, packed; late pictures count too."""
    pictures = tour.page.locator("img[src]").evaluate_all(
        "(nodes) => nodes.map((node) => node.src.split('?')[0])"
    )
    files = [address.removeprefix(f"{tour.address}/") for address in tour.loaded | set(pictures)
             if address.startswith(tour.address)]  # fmt: skip
    return sum(packed_size(site / file) for file in files)


# --- the phone ----------------------------------------------------------------------------------


def fits_a_phone(tour, figure):
    """All parts of the figure are inside the window, and a fingertip can hit what it must."""
    left, right = figure.evaluate("""(node) => {
      const inside = [...node.querySelectorAll(".live-figure-mount *")]
        .filter((part) => part.getClientRects().length && !part.closest("[aria-live]"));
      const boxes = inside.map((part) => part.getBoundingClientRect());
      return [Math.min(...boxes.map((box) => box.left)),
              Math.max(...boxes.map((box) => box.right))];
    }""")
    assert left >= -1, "the figure is wider than the phone"
    assert right <= tour.page.viewport_size["width"] + 1, "the figure is wider than the phone"
    small = figure.evaluate("""(node) => [...node.querySelectorAll(
        "button, input, [role=slider], label:has(input[type=radio])")]
      .filter((target) => target.type !== "radio" && target.getClientRects().length)
      .map((target) => [target.outerHTML.slice(0, 90), target.getBoundingClientRect()])
      .filter(([, box]) => box.width < 23.9 || box.height < 23.9)
      .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)""")
    assert small == [], "targets smaller than 24 px"


def is_dark(tour, figure):
    ink_and_page_differ(figure, dark=True)


def the_mouse_moves_it(tour, figure):
    before = tour.look(figure)
    tour.drag(handles(figure)[0])
    assert tour.look(figure)["pictures"] != before["pictures"], "the mouse moved nothing"
