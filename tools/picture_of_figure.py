"""Take the README's picture: the live figure of the first page, as the built site shows it."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from stnlib.widgets.browser import launch

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "_build" / "html" / "book" / "intro.html"
PICTURE = ROOT / "book" / "_static" / "explorer.png"
WIDTH, HEIGHT = 1280, 1400  # of the window, in CSS pixels
ROOM = 14  # around the figure


def main():
    sys.stdout.reconfigure(errors="backslashreplace")  # whatever a file or a pipe is encoded in
    if not PAGE.is_file():
        print("Error: there is no site: run make book first.", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = launch(playwright)
        window = {"width": WIDTH, "height": HEIGHT}
        page = browser.new_page(viewport=window, device_scale_factor=1.5, color_scheme="light")
        page.goto(PAGE.as_uri())
        figure = page.locator(".live-figure").first
        figure.locator("[data-handle]").first.wait_for()
        box = figure.bounding_box()
        clip = {"x": box["x"] - ROOM, "y": box["y"] - ROOM}
        clip |= {"width": box["width"] + 2 * ROOM, "height": box["height"] + 2 * ROOM}
        page.screenshot(path=PICTURE, clip=clip, animations="disabled")
        browser.close()
    print(f"Written: {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
