"""Measure how high each live figure of the built site is, so that a page can keep its room."""

import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from stnlib.widgets.browser import launch

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
ROOM = ROOT / "book" / "_ext" / "figure_heights.json"
WIDTHS = (320, 390, 1280)  # of the window


def heights(browser, page, width):
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(page.as_uri())
    found = []
    for figure in tab.locator(".live-figure").all():
        figure.scroll_into_view_if_needed()
        figure.locator('[data-live-state="mounted"]').wait_for()
        found.append(round(figure.bounding_box()["height"]))
    tab.close()
    return found


def main():
    pages = [page for page in sorted(SITE.rglob("*.html")) if "live-figure" in page.read_text()]
    if not pages:
        print("Error: there is no site: run make book first.", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = launch(playwright)
        found = {
            page.relative_to(SITE).with_suffix("").as_posix(): list(
                zip(*(heights(browser, page, width) for width in WIDTHS), strict=True)
            )
            for page in pages
        }
        browser.close()
    lines = (f"  {json.dumps(name)}: {json.dumps(sizes)}" for name, sizes in found.items())
    ROOM.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"Written: {ROOM.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
