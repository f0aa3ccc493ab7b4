"""A browser page in which one live figure after another is shown, and looked at.

What would differ from machine to machine is kept out of the pictures: letters on a canvas are drawn
as bars of their colour, and what was written is kept as text; frames and timers run at once.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from stnlib.widgets import stored as kept
from stnlib.widgets.shared.base import LiveFigure, built, script_of

FIGURES = [path.stem for path in Path(kept.__file__).parent.glob("built/[A-Z]*.js")]
LIVE = Path(kept.__file__).with_name("live.js").read_text(encoding="utf-8")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Figures</title>
<style>body { margin: 0; background: #fff; color: #222832; font: 16px/1.5 %(font)s } %(css)s
.stn-stage * { -webkit-text-fill-color: transparent }
.stn-title::before { content: ""; position: absolute; inset: 8px auto 8px 0; width: 4em;
background: currentcolor; opacity: 0.6 }</style>
<body></body>"""
WIDTH, HEIGHT = 650, 1600
SANS = '"DejaVu Sans", "Liberation Sans", Arial, sans-serif'
HOOKS = (Path(__file__).with_name("hooks.js")).read_text(encoding="utf-8")


class Look(NamedTuple):
    """What a figure shows: its canvases as they stand on the page, (H, W, 3) each, and its words.

    ``words`` holds the ``text`` of the page, what is ``written`` on each canvas, from top to
    bottom, and how the ``controls`` stand; ``scale`` is how many pixels the canvases have for one
    of the page.
    """

    canvases: list[np.ndarray]
    words: dict[str, list]
    scale: int = 1


class Gallery:
    """One page of a browser (playwright's), in which figures take each other's place."""

    def __init__(self, browser: object, **options: object) -> None:
        self._browser, self.page = browser, None
        self.use(**options)

    def use(self, *, figures: str | None = None, css: str | None = None, font: str = SANS,
            scale: int = 1) -> None:  # fmt: skip
        """Open a new page with the built scripts and styles, or with others."""
        if self.page is not None:
            self.page.close()
        size = {"width": WIDTH, "height": HEIGHT}
        self.page = self._browser.new_page(viewport=size, device_scale_factor=scale)
        self._scale = scale
        css = built("figures.css") if css is None else css
        self.page.set_content(PAGE % {"font": font, "css": css})
        self.page.evaluate(f"() => {{ {HOOKS} }}")
        self.page.add_script_tag(content=figures or script_of(*FIGURES))

    def put(self, figure: LiveFigure) -> object:
        """Show a figure in the place of the last one; return its element."""
        stored = kept.script_text(json.dumps(kept.stored_of(figure)))
        self.page.evaluate("(all) => hang(...all)", [kept.STORED, stored, LIVE])
        return self.page.locator(".live-figure-mount > *")

    def middle(self, handle: str) -> tuple[float, float]:
        """Return the middle of a handle on the screen."""
        box = self.page.locator(f'[data-handle="{handle}"]').bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, handle: str, dx: float, dy: float) -> None:
        """Take a handle with the mouse, move it so far, let it go and leave the figure."""
        x, y = self.middle(handle)
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        for part in (0.3, 0.7, 1):
            mouse.move(x + part * dx, y + part * dy)
            self.page.evaluate("() => settle()")
        mouse.up()
        mouse.move(WIDTH - 1, HEIGHT - 1)
        self.page.evaluate("() => settle()")

    def look(self) -> Look:
        """Take what is shown now."""
        seen = self.page.evaluate("() => see()")
        png = self.page.screenshot(clip=seen["clip"])
        whole = Image.open(io.BytesIO(png)).convert("RGB")
        parts = [[round(self._scale * side) for side in box] for box in seen["boxes"]]
        canvases = [np.asarray(whole.crop(box)) for box in parts]
        return Look(canvases, seen["words"], self._scale)
