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
import base64
import io
import json
import shutil
from pathlib import Path
from typing import NamedTuple

from stnlib.widgets.shared.base import LiveFigure, built

STORED = "application/vnd.stnlib.figure+json"
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
WIDTH = 640
COLOURS = 48
MAXCOVERAGE = 1  # of PIL.Image.Quantize
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--font-render-hinting=none",
)  # fmt: skip
SETTINGS = ("figure", "state", "buffers")
NOT_SETTINGS = ("layout", "tabbable", "tooltip")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A live figure</title>
<style>body { margin: 0; background: #fff; color: #222832; font: 16px/1.5 "Liberation Sans", Arial,
sans-serif; } %(css)s</style>
<div class="live-figure"><script type="%(mime)s">%(stored)s</script></div>
<script>%(figures)s</script><script>%(live)s</script>"""


class Still(NamedTuple):
    """What a figure shows: ``png`` bytes, and its ``words``."""

    png: bytes
    words: str


def script_text(text: str) -> str:
    """Write JSON so that no text in it can end a script of HTML."""
    return text.replace("<", "\\u003c")


def page_of(stored: dict, *, figures: str | None = None) -> str:
    """Return a page of HTML with one live figure, which asks for nothing more."""
    return PAGE % {
        "css": built("figures.css"),
        "mime": STORED,
        "stored": script_text(json.dumps(stored)),
        "figures": figures or built("figures.js"),
        "live": Path(__file__).with_name("live.js").read_text(encoding="utf-8"),
    }


class Studio:
    """A headless Chromium in which live figures are shown; a context manager.

    Raises:
        RuntimeError: there is no Chromium on PATH, and playwright has none.
    """

    def __init__(self, *, width: int = WIDTH, scale: float = 1.5) -> None:
        self._size = {"viewport": {"width": width, "height": 1600}, "device_scale_factor": scale}

    def __enter__(self) -> Studio:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        path = next(filter(None, map(shutil.which, BROWSERS)), None)
        if path is None and not Path(self._playwright.chromium.executable_path).exists():
            self._playwright.stop()
            raise RuntimeError("stills need Chromium: expected chromium or google-chrome on PATH")
        self._browser = self._playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        self.page = self._browser.new_page(**self._size)
        return self

    def __exit__(self, *error: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def show(self, stored: dict, *, figures: str | None = None, dark: bool = False) -> object:
        """Show a figure as a page does; return its element (playwright's Locator) when it is ready.

        Args:
            stored: ``figure``, ``state`` and ``buffers``, see :func:`settings_of`.
            figures: another script than the built one.
            dark: on a dark page.

        Raises:
            RuntimeError: the figure did not mount.
        """
        said: list[str] = []
        self.page.on("console", lambda message: said.append(message.text))
        self.page.set_content(page_of(stored, figures=figures))
        if dark:
            self.page.evaluate(
                "() => document.body.style.cssText = 'background:#14181e;color:#ced6dd'"
            )
        figure = self.page.locator(".live-figure-mount > *")
        try:
            self.page.locator('[data-live-state="mounted"]').wait_for(timeout=20_000)
            figure.locator(':scope[aria-busy="true"]').wait_for(state="detached", timeout=60_000)
        except Exception as error:
            raise RuntimeError(f"{stored['figure']} did not mount: {said or error}") from None
        self.rest()
        return figure

    def rest(self) -> None:
        """Wait until what was asked for has been painted."""
        self.page.evaluate(
            "() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))"
        )

    def take(self, stored: dict, **options: object) -> Still:
        """Take the still of a figure: no controls, and as few colours as the eye needs."""
        figure = self.show(stored, **options)
        figure.evaluate("(node) => node.classList.add('stn-still')")
        self.rest()
        words = (
            f"{figure.get_attribute('aria-label')}. {figure.locator('.stn-spoken').inner_text()}"
        )
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


def settings_of(state: dict, buffers: list[dict]) -> dict:
    """Return what is stored of a figure's model: its name, its settings, nothing of the script."""
    kept = {key: value for key, value in state.items() if not key.startswith("_")}
    kept = {key: value for key, value in kept.items() if key not in NOT_SETTINGS}
    return {"figure": state["_figure"], "state": kept, "buffers": buffers}


def stored_of(figure: LiveFigure) -> dict:
    """Return what a notebook would store of a figure."""
    from ipywidgets.widgets.widget import _remove_buffers

    state, paths, buffers = _remove_buffers(figure.get_state())
    data = [{"path": path, "encoding": "base64", "data": base64.b64encode(part).decode("ascii")}
            for path, part in zip(paths, buffers, strict=True)]  # fmt: skip
    return settings_of(state, data)


def store(notebook: dict, studio: Studio) -> int:
    """Put settings, still and words in the place of each live figure's view; how many there were.

    Figures that are stored already get a new still. A second view of the same figure shares the
    first one's settings: both move together.
    """
    models = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    known: dict[str | int, dict] = {}  # by the id of a model, or by its number in the notebook
    count = 0
    for output in (o for cell in notebook["cells"] for o in cell.get("outputs", ())):
        data = output.get("data", {})
        key, stored = _settings_in(data, models)
        if stored is None and key not in known:
            continue
        new = key not in known
        stored = known.setdefault(key, stored)
        still = studio.take(stored)
        kept = stored if new else {"figure": stored["figure"]}
        output["data"] = {
            "image/png": base64.b64encode(still.png).decode("ascii"),
            "text/plain": data["text/plain"],
            STORED: {**kept, "model": list(known).index(key) + 1, "words": still.words},
        }
        output["metadata"] = {**output.get("metadata", {}), "image/png": {"width": WIDTH}}
        count += 1
    _forget(notebook, models, [key for key in known if key in models])
    return count


def _settings_in(data: dict, models: dict) -> tuple[str | int | None, dict | None]:
    """Return which figure an output shows, and its settings where they are known here."""
    if STORED in data:
        kept = {key: data[STORED][key] for key in SETTINGS if key in data[STORED]}
        return data[STORED]["model"], kept if "state" in kept else None
    key = data.get(VIEW, {}).get("model_id")
    model = models.get(key, {"state": {}})
    if "_figure" not in model["state"]:
        return None, None
    return key, settings_of(model["state"], model.get("buffers", []))


def _forget(notebook: dict, models: dict, stored: list[str]) -> None:
    """Take the models of the stored figures, and their layouts, out of the notebook."""
    layouts = {models.pop(key)["state"].get("layout", "")[len("IPY_MODEL_") :] for key in stored}
    for layout in layouts & set(models):
        if f"IPY_MODEL_{layout}" not in json.dumps(models):
            del models[layout]
    if not models:
        notebook["metadata"].pop("widgets", None)


def main() -> None:
    """Store the live figures of the notebooks that are named."""
    parser = argparse.ArgumentParser(description="Keep a still of each live figure in a notebook.")
    parser.add_argument("notebook", nargs="+", type=Path)
    with Studio() as studio:
        for file in parser.parse_args().notebook:
            notebook = json.loads(file.read_text(encoding="utf-8"))
            count = store(notebook, studio)
            text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
            file.write_text(f"{text}\n", encoding="utf-8")
            print(f"{file}: {count} live figures")


if __name__ == "__main__":
    main()
