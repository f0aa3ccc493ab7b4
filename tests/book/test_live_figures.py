"""Every live figure of every page of the built site, in a real browser.

Figures are found in the HTML, and the hand's targets by their attribute ``data-handle``, so a new
figure or a new page is tested without a change here.
"""

import gzip
import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
MOUNTED = '[data-live-state="mounted"]'


@pytest.fixture(scope="session")
def pages(site):
    """Return {page: number of live figures in it}; the book has at least one."""
    found = {}
    for file in sorted(site.rglob("*.html")):
        count = file.read_text(encoding="utf-8").count(f'<script type="{VIEW}"')
        if count:
            found[file.relative_to(site).as_posix()] = count
    assert found, f"no page of {site} has a live figure"
    return found


def test_a_page_holds_each_script_once(site, pages):
    for name in pages:
        text = (site / name).read_text(encoding="utf-8")
        stored = re.search(f'{re.escape(STATE)}">(.*?)</script>', text, re.DOTALL)[1]
        models = [model["state"] for model in json.loads(stored)["state"].values()]
        scripts = [state["_esm"] for state in models if isinstance(state.get("_esm"), str)]
        assert len(scripts) == len(set(scripts)) > 0, name
        assert "live.js" in text
        assert "require.min.js" not in text
        assert "html-manager" not in text


def mount_all(visit, count):
    """Scroll to each figure, so that it mounts; return the mounted elements."""
    figures = visit.page.locator(".live-figure")
    assert figures.count() == count
    for index in range(count):
        figures.nth(index).scroll_into_view_if_needed()
        figures.nth(index).locator(MOUNTED).wait_for(timeout=5000)
    return [figures.nth(index) for index in range(count)]


def settle(page):
    """Wait until what was asked for has been painted."""
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")


def look(figure):
    """What a reader sees: a hash of every canvas, and the text, once the figure has it all."""
    figure.locator('[aria-busy="true"]').wait_for(state="detached", timeout=20_000)
    return figure.evaluate("""async (node) => {
      const seen = [node.innerText];
      for (const canvas of node.querySelectorAll("canvas")) {
        const bytes = new TextEncoder().encode(canvas.toDataURL());
        seen.push([...new Uint8Array(await crypto.subtle.digest("SHA-1", bytes))].join());
      }
      return seen;
    }""")


def pictures(seen):
    return seen[1:]


def handles(figure):
    """The elements that the hand moves, except those that only choose a pixel."""
    found = figure.locator('[data-handle]:not([data-handle="pixel"])')
    assert found.count() > 0, "a live figure has nothing that the hand can move"
    return found


def middle(page, target):
    """Scroll the target to the middle of the window and return its centre there."""
    target.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    settle(page)
    box = target.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag_by_mouse(page, target, dx=24, dy=14):
    """Drag a handle; the other way if it stands at the end of its way and so has not moved."""
    x, y = middle(page, target)
    before = target.get_attribute("style")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=4)
    settle(page)
    page.mouse.up()
    page.mouse.move(2, 2)
    settle(page)
    if dx > 0 and target.get_attribute("style") == before:
        drag_by_mouse(page, target, -dx, -dy)


def move_finger(visit, start, end):
    """Put a finger down, move it in steps, and lift it."""
    client = visit.context.new_cdp_session(visit.page)

    def send(kind, *points):
        touches = [{"x": x, "y": y} for x, y in points]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
        settle(visit.page)

    send("touchStart", start)
    for part in (0.2, 0.4, 0.6, 0.8, 1.0):
        send("touchMove", [a + part * (b - a) for a, b in zip(start, end, strict=True)])
    send("touchEnd")


def drag_by_touch(visit, target, dx=12, dy=48):
    """Drag mostly downwards: the page must not take the finger for a scroll; as by mouse."""
    x, y = middle(visit.page, target)
    before = visit.page.evaluate("scrollY")
    move_finger(visit, (x, y), (x + dx, y + dy))
    assert visit.page.evaluate("scrollY") == before, "a drag scrolled the page"
    if dx > 0 and middle(visit.page, target) == (x, y):
        drag_by_touch(visit, target, -dx, dy)


def test_every_figure_mounts_and_answers_to_mouse_and_keyboard(visit, pages):
    for name, count in pages.items():
        tour = visit(name, viewport=WIDE)
        for figure in mount_all(tour, count):
            assert not figure.locator(".live-figure-still").is_visible()
            for target in handles(figure).all():
                before = look(figure)
                drag_by_mouse(tour.page, target)
                dragged = look(figure)
                assert pictures(dragged) != pictures(before), f"{name}: the mouse moved nothing"
                target.press("ArrowRight")
                target.press("Shift+ArrowDown")
                settle(tour.page)
                if pictures(look(figure)) == pictures(dragged):  # the hand went to the end
                    target.press("ArrowLeft")
                    settle(tour.page)
                assert pictures(look(figure)) != pictures(dragged), f"{name}: keys moved nothing"
        assert tour.problems == []


def test_figures_below_the_window_wait_until_they_come_near(visit, pages):
    waited = 0
    for name in pages:
        tour = visit(name, viewport=WIDE)
        settle(tour.page)
        for figure in tour.page.locator(".live-figure").all():
            box = figure.bounding_box()
            if box["y"] > 3 * WIDE["height"]:
                assert figure.locator(MOUNTED).count() == 0, f"{name}: a figure did not wait"
                waited += 1
    assert waited > 0


def test_a_page_weighs_at_most_700_kilobytes(visit, pages, server, site):
    for name, count in pages.items():
        tour, seen = visit("404.html", viewport=WIDE), set()
        tour.page.on("response", lambda got, seen=seen: seen.add(got.url.split("?")[0]))
        tour.page.goto(f"{server}/{name}", wait_until="load")
        mount_all(tour, count)
        pictures_in_page = tour.page.locator("img[src]").evaluate_all(
            "(nodes) => nodes.map((node) => node.src.split('?')[0])"
        )  # those that the browser leaves for later, too
        weight = 0
        for address in seen | set(pictures_in_page):
            if not address.startswith(server) or "mathjax" in address.lower():
                continue
            content = (site / address.removeprefix(f"{server}/")).read_bytes()
            weight += min(len(gzip.compress(content)), len(content))
        assert 100_000 < weight <= 700_000, f"{name}: {weight} bytes"


def test_with_reduced_motion_a_press_on_play_jumps_and_then_all_stands_still(visit, pages):
    pressed = 0
    for name, count in pages.items():
        tour = visit(name, viewport=WIDE, reduced_motion="reduce")
        for figure in mount_all(tour, count):
            button = figure.locator('[data-action="play"], [data-action="run"]')
            if not button.count():
                continue
            tour.page.wait_for_timeout(1500)  # a map may still become finer
            before = look(figure)
            button.click()
            settle(tour.page)
            after = look(figure)
            assert pictures(after) != pictures(before), f"{name}: the press did nothing"
            tour.page.wait_for_timeout(500)
            assert pictures(look(figure)) == pictures(after), f"{name}: it moved by itself"
            pressed += 1
    assert pressed > 0


def test_undo_takes_back_a_whole_drag_and_reset_everything(visit, pages):
    for name, count in pages.items():
        tour = visit(name, viewport=WIDE)
        for figure in mount_all(tour, count):
            if not figure.locator('[data-action="undo"]').count():
                continue
            undo, reset = (figure.locator(f'[data-action="{word}"]') for word in ("undo", "reset"))
            assert undo.is_disabled()
            seen = [look(figure)]
            for target in (handles(figure).first, handles(figure).last):
                drag_by_mouse(tour.page, target)
                seen.append(look(figure))
            for before in (seen[1], seen[0]):
                undo.click()
                tour.page.mouse.move(2, 2)
                settle(tour.page)
                assert pictures(look(figure)) == pictures(before), f"{name}: undo left something"
            assert undo.is_disabled()
            drag_by_mouse(tour.page, handles(figure).first)
            reset.click()
            tour.page.mouse.move(2, 2)
            settle(tour.page)
            assert pictures(look(figure)) == pictures(seen[0]), f"{name}: reset left something"


def test_the_formula_holds_for_the_pixel_pointed_at(visit, pages):
    checked = 0
    for name, count in pages.items():
        tour = visit(name, viewport=WIDE)
        for figure in mount_all(tour, count):
            lines = figure.locator(".stn-lines p")
            for part in (0.2, 0.7) if lines.count() else ():
                middle(tour.page, figure.locator("canvas").first)
                box = figure.locator('[data-handle="pixel"]').bounding_box()
                tour.page.mouse.move(box["x"] + part * box["width"], box["y"] + 0.4 * box["height"])
                settle(tour.page)
                for line in lines.all_inner_texts():
                    text = line.replace("\u2212", "-").replace(" ", "")
                    _, a, x, b, y, c, total = re.fullmatch(FORMULA, text).groups()
                    value = float(a) * number(x) + float(b) * number(y) + float(c)
                    assert value == pytest.approx(float(total), abs=0.03), line
                    checked += 1
    assert checked > 0


FORMULA = r"([xyXY])=(-?[\d.]+)·(\S+?)([+-][\d.]+)·(\S+?)([+-][\d.]+)=(-?[\d.]+)"


def number(text):
    return float(text.strip("()"))


def test_every_figure_answers_to_touch_on_a_phone_and_fits_it(visit, pages):
    for name, count in pages.items():
        tour = visit(name, viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
        tour.page.evaluate("() => { document.body.style.paddingBottom = '2000px'; }")
        for figure in mount_all(tour, count):
            before = look(figure)
            drag_by_touch(tour, handles(figure).first)
            assert pictures(look(figure)) != pictures(before), f"{name}: a finger moved nothing"
            small = figure.evaluate("""(node) => [...node.querySelectorAll(
                "button, input, [role=slider], label:has(input[type=radio])")]
              .filter((target) => target.type !== "radio" && target.getClientRects().length)
              .map((target) => [target.outerHTML.slice(0, 60), target.getBoundingClientRect()])
              .filter(([, box]) => box.width < 23.9 || box.height < 23.9)
              .map(([text]) => text)""")
            assert small == [], f"{name}: targets smaller than 24 px"
            left, right = figure.evaluate("""(node) => {
              const inside = [...node.querySelectorAll(".live-figure-mount *")]
                .filter((part) => part.getClientRects().length && !part.closest("[aria-live]"));
              const boxes = inside.map((part) => part.getBoundingClientRect());
              return [Math.min(...boxes.map((box) => box.left)),
                      Math.max(...boxes.map((box) => box.right))];
            }""")
            assert left >= -1, f"{name}: a figure is wider than the phone"
            assert right <= PHONE["width"] + 1, f"{name}: a figure is wider than the phone"
        assert tour.problems == []


def test_a_finger_beside_the_handles_scrolls_the_page(visit, pages):
    name = next(iter(pages))
    tour = visit(name, viewport=PHONE, has_touch=True, is_mobile=True)
    figure = mount_all(tour, pages[name])[0]
    tour.page.evaluate("() => { document.body.style.paddingBottom = '2000px'; }")
    middle(tour.page, figure.locator("canvas").first)
    box = figure.locator("canvas").first.bounding_box()
    x, y = box["x"] + 8, box["y"] + 40  # in the corner, where no handle stands
    before = tour.page.evaluate("scrollY")
    move_finger(tour, (x, y), (x, y - 150))
    assert tour.page.evaluate("scrollY") > before + 60


def colours(figure):
    return figure.evaluate("""(node) => {
      const style = getComputedStyle(node.querySelector(".live-figure-mount > *"));
      return [style.color, getComputedStyle(document.body).backgroundColor];
    }""")


def brightness(colour):
    red, green, blue = map(float, re.findall(r"[\d.]+", colour)[:3])
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_figures_follow_light_and_dark_and_the_switch(visit, pages):
    for name, count in pages.items():
        looks = {}
        for theme in ("light", "dark"):
            tour = visit(name, theme=theme, viewport=WIDE)
            figures = mount_all(tour, count)
            for figure in figures:
                ink, ground = map(brightness, colours(figure))
                assert (ink > ground) == (theme == "dark"), f"{name}: ink and page do not differ"
                assert abs(ink - ground) > 100
            looks[theme] = [pictures(look(figure)) for figure in figures]
            assert tour.problems == []
        for light, dark in zip(looks["light"], looks["dark"], strict=True):
            assert light != dark, f"{name}: the drawing does not follow the theme"
        tour.page.evaluate("() => { document.documentElement.dataset.theme = 'light'; }")
        settle(tour.page)
        assert [pictures(look(figure)) for figure in figures] == looks["light"]


def test_stills_stand_in_for_print_and_without_javascript(visit, pages):
    for name, count in pages.items():
        tour = visit(name, viewport=WIDE)
        figures = mount_all(tour, count)
        tour.page.emulate_media(media="print")
        for figure in figures:
            assert figure.locator("img").is_visible(), f"{name}: no still in print"
            assert not figure.locator(".live-figure-mount").is_visible()
        plain = visit(name, viewport=WIDE, java_script_enabled=False)
        for figure in plain.page.locator(".live-figure").all():
            still = figure.locator("img")
            still.scroll_into_view_if_needed()
            assert still.is_visible(), f"{name}: no still without JavaScript"
            assert len(still.get_attribute("alt")) > 40
            assert still.evaluate("(image) => image.naturalWidth") > 600
            assert still.bounding_box()["width"] > 400
        assert tour.problems == plain.problems == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_figures(visit, pages, theme):
    for name, count in pages.items():
        tour = visit(name, theme=theme, viewport=WIDE)
        mount_all(tour, count)
        results = Axe().run(tour.page, context=".live-figure-mount")
        assert results.violations_count == 0, f"{name}:\n{results.generate_report()}"


def test_figures_live_over_file_too(visit, pages, site):
    for name, count in pages.items():
        tour = visit(name, address=site.as_uri(), viewport=WIDE)
        for figure in mount_all(tour, count):
            before = look(figure)
            drag_by_mouse(tour.page, handles(figure).first)
            assert pictures(look(figure)) != pictures(before)
        assert tour.problems == []


def test_a_figure_that_fails_keeps_its_still_and_says_so(browser, server, pages):
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    name = next(iter(pages))

    def break_script(route):
        body = route.fetch().text()
        route.fulfill(body=body.replace("export default { render }", "throw new Error('broken')"))

    page.route(f"**/{name}", break_script)
    page.goto(f"{server}/{name}")
    page.wait_for_timeout(500)
    assert page.locator(".live-figure img").first.is_visible()
    assert page.locator(MOUNTED).count() == 0
    assert any("stays a still picture" in text and "broken" in text for text in said)
    context.close()
