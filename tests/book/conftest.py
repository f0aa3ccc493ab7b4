"""The built site, a local server for it, and a Chromium that notes everything that goes wrong."""

import functools
import http.server
import os
import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def site():
    """Return the folder of the built site; STNLIB_SITE names another one than _build/html."""
    folder = Path(os.environ.get("STNLIB_SITE") or ROOT / "_build" / "html").resolve()
    if not (folder / "index.html").is_file():
        pytest.fail(f"There is no site in {folder}: `make book` makes it.", pytrace=False)
    return folder


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def server(site):
    """Serve the site on loopback, on a free port; return its address, no slash at the end."""
    handler = functools.partial(_QuietHandler, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser():
    """Start the Chromium on PATH, else playwright's own; skip when there is none."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as playwright:
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("NO CHROMIUM: THE LIVE FIGURES WERE NOT TESTED. Install chromium to do so.")
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


class Visit:
    """One page in a context of its own, and what went wrong on it."""

    def __init__(self, browser, address, *, theme="light", **options):
        self.problems = []
        self.address = address
        self.context = browser.new_context(**options)
        self.context.add_init_script(
            "for (const key of ['mode', 'theme']) "
            f"try {{ localStorage.setItem(key, '{theme}'); }} catch {{}}"
        )
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        self.page.on("console", self._listen)
        self.page.on("request", self._watch)

    def _listen(self, message):
        if message.type == "error":
            self.problems.append(f"console error: {message.text} ({message.location})")

    def _watch(self, request):
        own = self.address if self.address.startswith("file:") else self.address.rstrip("/")
        root = own if own.startswith("http") else "file:"
        if not request.url.startswith((root, "blob:", "data:", "about:")):
            self.problems.append(f"request to a third party: {request.url}")


@pytest.fixture
def visit(browser, server):
    """Open pages: visit("a.html", theme="dark", viewport=…) -> Visit, closed after the test."""
    open_visits = []

    def go(name, *, address=None, **options):
        made = Visit(browser, address or server, **options)
        open_visits.append(made)
        made.page.goto(f"{address or server}/{name}", wait_until="load")
        return made

    yield go
    for made in open_visits:
        made.context.close()
