"""Pages of the built site in Firefox and WebKit, through a copy of it whose pages watch themselves.

The copy is there because these browsers run no script before a page's own: each page begins with
the one that `tests/book` uses, and with a list of what goes wrong.
"""

import shutil

import pytest

from tests.book import conftest as book
from tests.engines.drivers import ENGINES

pytest_generate_tests, site = book.pytest_generate_tests, book.site

NOTE_PROBLEMS = """
window.problems = [];
addEventListener("error", ({ message, target }) =>
  problems.push(message || `not loaded: ${target.src || target.href}`), true);
addEventListener("unhandledrejection", ({ reason }) => problems.push(`rejected: ${reason}`));
console.error = (...said) => problems.push(`console error: ${said.join(" ")}`);
"""

MOUNT = """async (number) => {
  const figure = document.querySelectorAll(".live-figure")[number];
  figure.scrollIntoView({ block: "center", behavior: "instant" });
  for (let i = 0; i < 600 && !figure.querySelector('MOUNTED'); i++) await atNextPaint();
  figure.querySelector('[data-action="more"][aria-expanded="false"]')?.click();
  await atRest();
  return figure.querySelector('MOUNTED')?.dataset.liveFigure;
}""".replace("MOUNTED", book.MOUNTED)

# The middle of an element, well inside the window, or the place at a part of its width.
PLACE = """async (number, selector, which, part) => {
  const node = document.querySelectorAll(".live-figure")[number].querySelectorAll(selector)[which];
  node.scrollIntoView({ block: "center", behavior: "instant" });
  await atRest();
  const { x, y, width, height } = node.getBoundingClientRect();
  return [x + part * width, y + height / 2].map(Math.round);
}"""

FIND = """(number, selector) => [...document.querySelectorAll(".live-figure")[number]
  .querySelectorAll(selector)].map((node) => (node.getClientRects().length
    && !node.disabled && !node.checked ? node.dataset.handle ?? node.outerHTML : null))"""

COLOURS = """(number) => [...document.querySelectorAll(".live-figure")[number]
  .querySelectorAll("canvas")].filter((canvas) => canvas.getClientRects().length)
  .map((canvas) => new Set(new Uint32Array(canvas.getContext("2d")
    .getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size)"""

ELSEWHERE = """(own) => performance.getEntriesByType("resource").map(({ name }) => name)
  .filter((name) => !name.startsWith(own) && !/^(data|blob):/.test(name))"""

KEYS = {"Shift": "\ue008", "ArrowLeft": "\ue012", "ArrowRight": "\ue014", "ArrowDown": "\ue015"}


class Tour:
    """One page in one engine, with a reader's eye and hand."""

    def __init__(self, engine, address):
        self.engine, self.address = engine, address

    def open(self, name, *, width=1280, height=900):
        """Open a page afresh, and wait for its formulas and until it is at rest."""
        self.engine.go("about:blank")
        self.engine.size(width, height)
        self.engine.go(f"{self.address}/{name}")
        self.engine.run("async () => { await window.MathJax?.startup?.promise; await atRest(); }")
        return self

    def problems(self):
        """Return what went wrong since the page was opened."""
        elsewhere = self.engine.run(ELSEWHERE, self.address)
        return self.engine.run("() => problems") + [f"asked of another site: {one}"
                                                    for one in elsewhere]  # fmt: skip

    def figures(self):
        """Scroll to each figure; return {number: class}, with None for one that stays a still."""
        count = self.engine.run('() => document.querySelectorAll(".live-figure").length')
        return {number: self.engine.run(MOUNT, number) for number in range(count)}

    def look(self, number):
        """Return the words and the pictures of a figure at rest."""
        figure = f'document.querySelectorAll(".live-figure")[{number}]'
        return self.engine.run(f"() => ({book.LOOK})({figure}, false)")

    def colours(self, number):
        """Return how many colours each visible canvas of a figure has."""
        return self.engine.run(COLOURS, number)

    def find(self, number, selector):
        """Return {index: name} of what a figure has there, is shown and could be pressed."""
        found = self.engine.run(FIND, number, selector)
        return {index: name for index, name in enumerate(found) if name is not None}

    def drag(self, number, selector, which=0, by=(0, 0), part=0.5):
        """Press the mouse on an element, move it in steps, let go, and point at nothing."""
        x, y = self.engine.run(PLACE, number, selector, which, part)
        steps = [{"type": "pointerMove", "x": round(x + by[0] * i / 4), "duration": 0,
                  "y": round(y + by[1] * i / 4)} for i in range(1, 5)]  # fmt: skip
        self.engine.act(
            "pointer", {"type": "pointerMove", "x": x, "y": y, "duration": 0},
            {"type": "pointerDown", "button": 0}, *(steps if any(by) else []),
            {"type": "pointerUp", "button": 0},
            {"type": "pointerMove", "x": 2, "y": 2, "duration": 0},
        )  # fmt: skip

    def press(self, number, selector, which, *keys):
        """Put the focus on an element and press keys, held down until the last is pressed."""
        focus = """(number, selector, which) => document.querySelectorAll(".live-figure")[number]
          .querySelectorAll(selector)[which].focus()"""
        self.engine.run(focus, number, selector, which)
        codes = [KEYS[key] for key in keys]
        self.engine.act("key", *({"type": "keyDown", "value": code} for code in codes),
                        *({"type": "keyUp", "value": code} for code in reversed(codes)))


@pytest.fixture(scope="session")
def watched(site, tmp_path_factory):
    """Return the folder of the copy whose pages watch themselves."""
    folder = tmp_path_factory.mktemp("watched") / "html"
    shutil.copytree(site, folder)
    first = book.BEFORE_THE_PAGE.replace("THEME", "light") + NOTE_PROBLEMS
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        text = text.replace("<head>", f"<head><script>{first}</script>", 1)
        page.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def watched_server(watched):
    """Serve that copy; return its address, no slash at the end."""
    yield from book.serve(watched)


@pytest.fixture(scope="session", params=sorted(ENGINES))
def engine(request):
    """Start Firefox, then WebKit; skip, and say what to install, where one is not there."""
    try:
        running = ENGINES[request.param]()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    yield running
    running.close()


@pytest.fixture
def served(engine, watched_server):
    return Tour(engine, watched_server)


@pytest.fixture
def as_file(engine, watched):
    return Tour(engine, watched.as_uri())
