"""The built site, a local server for it, and pages that note everything that goes wrong.

Nothing here waits for a time: `Visit.rest` waits until no figure has asked for a further frame.
"""

import functools
import http.server
import os
import threading
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("STNLIB_SITE") or ROOT / "_build" / "html").resolve()


def pytest_generate_tests(metafunc):
    """Give a test that takes `page_name` one run for each page, but index.html: it only leads on.

    Without a site there is one run all the same, so that the fixture `site` can say so.
    """
    if "page_name" in metafunc.fixturenames:
        found = sorted(file.relative_to(SITE) for file in SITE.rglob("*.html"))
        names = [file.as_posix() for file in found if "_static" not in file.parts]
        metafunc.parametrize("page_name", [n for n in names if n != "index.html"] or ["no page"])


@pytest.fixture(scope="session")
def site():
    """Return the folder of the built site; STNLIB_SITE names another one than _build/html."""
    if not (SITE / "index.html").is_file():
        pytest.fail(f"There is no site in {SITE}: `make book` makes it.", pytrace=False)
    return SITE


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


class _QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """Say nothing of a page that is closed while a file is on its way to it."""


def serve(folder):
    """Serve a folder on loopback, on a free port; yield its address, no slash at the end."""
    handler = functools.partial(_QuietHandler, directory=folder)
    with _QuietServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def server(site):
    """Serve the site; return its address."""
    yield from serve(site)


MOUNTED = '[data-live-state="mounted"]'

# Before the page's own scripts: choose the theme, and count the frames that are asked for. All that
# moves, and all work that goes on, asks for a frame; `atRest` waits for two without a further one,
# and for the end of what the style sheets fade or slide.
# `movedByThemselves` lists the sliders that changed until it is called for the first time.
BEFORE_THE_PAGE = """
for (const key of ["mode", "theme"]) try { localStorage.setItem(key, "THEME"); } catch {}
(() => {
  const asked = new Set();
  const [ask, drop] = [requestAnimationFrame, cancelAnimationFrame].map((f) => f.bind(window));
  window.requestAnimationFrame = (call) => {
    const id = ask((time) => { asked.delete(id); call(time); });
    asked.add(id);
    return id;
  };
  window.cancelAnimationFrame = (id) => { asked.delete(id); drop(id); };
  window.atNextPaint = async () => { for (let i = 0; i < 2; i++) await new Promise(ask); };
  const passing = (animation) => animation.playState === "running"
    && Number.isFinite(animation.effect?.getComputedTiming().endTime);
  window.atRest = async () => {
    const start = performance.now();
    do {
      if (performance.now() - start > 30000) throw new Error("the page does not come to rest");
      await atNextPaint();
    } while (asked.size || document.querySelector('[aria-busy="true"]')
      || document.getAnimations().some(passing));
  };
  const moved = [];
  const watch = new MutationObserver((changes) => changes.forEach(({ target, oldValue }) => {
    if (oldValue !== null) moved.push(`${target.ariaLabel}: ${oldValue}`);
  }));
  const attributeFilter = ["aria-valuetext"];
  watch.observe(document, { subtree: true, attributeFilter, attributeOldValue: true });
  window.movedByThemselves = () => { watch.disconnect(); return moved.splice(0); };
})();
"""

# What a reader sees of a figure: its words, and a number for the pixels of every canvas.
LOOK = """async (figure, moving) => {
  await (moving ? atNextPaint() : atRest());
  const parts = figure.querySelectorAll(".live-figure-mount > * > :not([aria-live])");
  const pictures = [...figure.querySelectorAll("canvas")].map((canvas) => {
    const { width, height } = canvas;
    if (!width || !height) return "nothing";
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    let hash = 0;
    for (const pixel of new Uint32Array(data.buffer)) hash = (Math.imul(hash, 31) + pixel) | 0;
    return `${width} x ${height}: ${hash}`;
  });
  return { words: [...parts].map((part) => part.innerText), pictures };
}"""

# Where the section of the page's address lies, and whether the page is scrolled to its end.
WHERE_IT_LANDS = """() => {
  const { scrollY, innerHeight, location } = window;
  const bottom = scrollY + innerHeight > document.documentElement.scrollHeight - 3;
  return [document.getElementById(location.hash.slice(1)).getBoundingClientRect().top, bottom];
}"""


class Visit:
    """One page in a context of its own, what went wrong on it, and a reader's eye and hand."""

    def __init__(self, browser, address, *, theme="light", **options):
        self.problems = []
        self.loaded = set()
        self.address = address
        self.context = browser.new_context(**options)
        self.context.add_init_script(BEFORE_THE_PAGE.replace("THEME", theme))
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        self.page.on("console", self._listen)
        self.page.on("request", self._watch)

    def _listen(self, message):
        if message.type == "error":
            self.problems.append(f"console error: {message.text} ({message.location})")

    def _watch(self, request):
        self.loaded.add(request.url.split("?")[0].split("#")[0])
        own = self.address if self.address.startswith("http") else "file:"
        if not request.url.startswith((own, "blob:", "data:", "about:")):
            self.problems.append(f"request to a third party: {request.url}")

    def open(self, name):
        """Open a page of the site."""
        self.page.goto(f"{self.address}/{name}", wait_until="load")
        return self

    def ready(self):
        """Wait until the page's formulas are set and it is at rest."""
        self.page.evaluate("async () => { await window.MathJax?.startup?.promise; }")
        self.rest()

    def rest(self):
        """Wait until nothing moves and nothing is worked on, and all is painted."""
        self.page.evaluate("atRest()")

    def figures(self):
        """Scroll to each figure, so that it mounts, with what "More" shows; return them by name.

        Names are as "1 GridExplorer". One that does not come alive is left out, and told in
        `problems`.
        """
        made = {}
        for number, figure in enumerate(self.page.locator(".live-figure").all(), 1):
            figure.scroll_into_view_if_needed()
            mounted = figure.locator(MOUNTED)
            try:
                mounted.wait_for()
            except TimeoutError as late:
                self.problems.append(f"figure {number} does not come alive: {late}")
                continue
            self.rest()
            name = f"{number} {mounted.get_attribute('data-live-figure')}"
            figure.evaluate("node => { node.dataset.height = node.offsetHeight; }")
            for button in figure.locator('[data-action="more"][aria-expanded="false"]').all():
                button.click()
            made[name] = figure
        self.rest()
        for slider in self.page.evaluate("movedByThemselves()")[:1]:
            self.problems.append(f"it moved by itself, {slider}")
        return made

    def look(self, figure, *, moving=False):
        """Return the words and the pictures of a figure at rest, or as it is painted next."""
        return figure.evaluate(LOOK, moving)

    def centre(self, target):
        """Return where the middle of an element is, after scrolling it well into the window."""
        return target.evaluate("""async (node) => {
          const { top, bottom } = node.getBoundingClientRect();
          if (top < 0.2 * innerHeight || bottom > 0.8 * innerHeight) {
            node.scrollIntoView({ block: "center", behavior: "instant" });
            await atRest();
          }
          const { x, y, width, height } = node.getBoundingClientRect();
          return [x + width / 2, y + height / 2];
        }""")

    def drag(self, target, dx=24, dy=14):
        """Drag a handle by mouse; the other way if it stands at the end of its way."""
        mouse, before = self.page.mouse, target.get_attribute("style")
        x, y = self.centre(target)
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + dx, y + dy, steps=4)
        mouse.up()
        mouse.move(2, 2)
        self.rest()
        if dx > 0 and target.get_attribute("style") == before:
            self.drag(target, -dx, -dy)

    def switch_to(self, theme):
        """Press the page's switch (light, dark, the system's choice) until this theme is on."""
        for _ in range(3):
            if self.page.evaluate("document.documentElement.dataset.theme") == theme:
                break
            self.page.locator(".theme-switch-button:visible").first.click()
        assert self.page.evaluate("document.documentElement.dataset.theme") == theme
        self.page.mouse.move(2, 2)
        self.page.evaluate("document.activeElement.blur()")  # the switch shows a hint till then
        self.rest()

    def axe(self, context=None, options=None):
        """Return what axe finds, as (rule, first element)."""
        # Without `preload` it does not ask for the style sheets once more.
        options = {"preload": False, "resultTypes": ["violations"], **(options or {})}
        found = Axe().run(self.page, context, options).response["violations"]
        return [(one["id"], one["nodes"][0]["html"]) for one in found]

    def width(self):
        """Return how wide the page wants to be, in pixels."""
        return self.page.evaluate("document.documentElement.scrollWidth")


def _visits(browser, server):
    open_visits = []

    def go(name, *, address=None, **options):
        made = Visit(browser, address or server, **options)
        open_visits.append(made)
        return made.open(name)

    yield go
    for made in open_visits:
        made.context.close()


@pytest.fixture
def visit(browser, server):
    """Open pages: visit("a.html", theme="dark", viewport=…) -> Visit, closed after the test."""
    yield from _visits(browser, server)


@pytest.fixture(scope="module")
def long_visit(browser, server):
    """Open pages as `visit` does, closed after the last test of the file."""
    yield from _visits(browser, server)
