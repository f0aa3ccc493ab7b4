"""Stills of live figures, taken in a headless browser, and notebooks that keep them.

    python -m stnlib.widgets.stills NOTEBOOK.ipynb …     store the figures; again: take new stills

A notebook that has been executed holds each figure's settings, and nothing that can be seen without
a script. This puts beside the settings what the figure shows: a picture for paper, for GitHub and
for pages without JavaScript, and its own words for readers who do not see it. The scripts are not
stored: a page takes those of the installed package. It needs playwright, pillow and a Chromium on
PATH: ``pip install stnlib[stills]``.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path

from stnlib.training.checkpoint import write_whole
from stnlib.widgets.browser import launch
from stnlib.widgets.shared.base import built, script_of
from stnlib.widgets.stored import (
    NO_STATE,
    STORED,
    WIDTH,
    Still,
    script_text,
    store,
    widgets_without_state,
)

SCALE = 1.5  # pixels of a still for one of the page
COLOURS = 48
MAXCOVERAGE = 1  # of PIL.Image.Quantize
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A live figure</title>
<style>body { margin: 0; background: #fff; color: #222832; font: 16px/1.5 "Liberation Sans", Arial,
sans-serif; } %(css)s</style>
<div class="live-figure"><script type="%(mime)s">%(stored)s</script></div>
<script>%(figures)s</script><script>%(live)s</script>"""


def page_of(stored: dict) -> str:
    """Return a page of HTML with one live figure, which asks for nothing more."""
    return PAGE % {
        "css": built("figures.css"),
        "mime": STORED,
        "stored": script_text(json.dumps(stored)),
        "figures": script_of(stored["figure"]),
        "live": Path(__file__).with_name("live.js").read_text(encoding="utf-8"),
    }


class Studio:
    """A headless Chromium in which live figures are shown; a context manager.

    Raises:
        RuntimeError: there is no Chromium on PATH, and playwright has none.
    """

    def __enter__(self) -> Studio:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        try:
            self._browser = launch(self._playwright, "--font-render-hinting=none")
        except RuntimeError:
            self._playwright.stop()
            raise
        window = {"width": WIDTH, "height": 1600}
        self.page = self._browser.new_page(viewport=window, device_scale_factor=SCALE)
        self._said: list[str] = []
        self.page.on("console", lambda message: self._said.append(message.text))
        return self

    def __exit__(self, *error: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def take(self, stored: dict) -> Still:
        """Take the still of a figure: no controls, and as few colours as the eye needs.

        Args:
            stored: ``figure``, ``state`` and ``buffers``, see :func:`settings_of`.

        Raises:
            RuntimeError: the figure did not mount.
        """
        self._said.clear()
        self.page.set_content(page_of(stored))
        figure = self.page.locator(".live-figure-mount > *")
        try:
            self.page.locator('[data-live-state="mounted"]').wait_for(timeout=20_000)
            figure.locator(':scope[aria-busy="true"]').wait_for(state="detached", timeout=60_000)
        except Exception as error:
            said = self._said or error
            raise RuntimeError(f"{stored['figure']}: did not come alive: {said}") from None
        figure.evaluate("(node) => node.classList.add('stn-still')")
        twice = "(done) => requestAnimationFrame(() => requestAnimationFrame(done))"
        self.page.evaluate(f"() => new Promise({twice})")  # it has been painted
        newest = figure.locator(".stn-spoken").get_attribute("data-newest")
        words = f"{figure.get_attribute('aria-label')}. {newest}"
        # The rare bright colours of the lines must not become browner.
        few = {"method": MAXCOVERAGE, "kmeans": 2}
        return Still(reduce_colours(figure.screenshot(), COLOURS, **few), words)


def reduce_colours(png: bytes, colours: int, **method: object) -> bytes:
    """Return an opaque picture with so many colours at most: a third of the bytes."""
    from PIL import Image

    small = io.BytesIO()
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(colours, dither=Image.Dither.NONE, **method).save(small, "PNG", optimize=True)
    return small.getvalue()


def main() -> None:
    """Store the live figures of the notebooks that are named."""
    if hasattr(sys.stdout, "reconfigure"):  # a kernel's stdout has none, and needs none
        sys.stdout.reconfigure(errors="backslashreplace")  # whatever a file or pipe is encoded in
    parser = argparse.ArgumentParser(description="Keep a still of each live figure in a notebook.")
    parser.add_argument("notebook", nargs="+", type=Path)
    files = parser.parse_args().notebook
    try:
        with Studio() as studio:
            for file in files:
                count, without = _store_file(file, studio)
                print(f"{file}: {count} live figures")
                if without:
                    print(f"{file}: {without} {NO_STATE}")
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        parser.exit(1, f"Error: {error}\n")


def _store_file(file: Path, studio: Studio) -> tuple[int, int]:
    """Store the figures of a notebook, which is written whole or not at all.

    Returns the number of figures, and of widgets that cannot be known without their state.
    """
    try:
        notebook = json.loads(file.read_text(encoding="utf-8"))
        without = widgets_without_state(notebook)
        count = store(notebook, studio)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{file}: expected a notebook, got {error!r}") from None
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    write_whole(file, f"{text}\n".encode())
    return count, without


if __name__ == "__main__":
    main()
