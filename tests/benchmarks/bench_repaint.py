"""Time of one repaint of every live figure of the built site, while the hand drags it.

Each page is opened in Chromium from a local server, each of its figures is dragged by its first
handle, and every frame's script, layout and pixels are timed. A figure that stands on several
pages is measured on each, so its largest size in the book is among them. The last lines of figures
are beyond the book: GridExplorer with an output of 128 × 128 pixels, and VolumeExplorer with its
box moved, its view turned, and every one of its 32³ voxels full.

In the same run: how soon after the start of loading the first figure of each page is live, when
the window shows its place at once; the longest task on the way; and one bare putImageData (the
least that showing a new picture can cost).
A frame lasts 16.7 ms at 60 frames a second. Run `make bench`.
"""

import argparse
import functools
import http.server
import statistics
import sys
import threading
from pathlib import Path

import torch
from playwright.sync_api import sync_playwright

from stnlib.affine import from_parts
from stnlib.widgets import GridExplorer, VolumeExplorer
from stnlib.widgets.browser import launch
from stnlib.widgets.stills import page_of
from stnlib.widgets.stored import stored_of

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
FIGURE = 'class="live-figure '
FRAME = 1000 / 60
HANDLE = '[data-handle]:not([data-handle="pixel"])'

WATCH = """() => {
  window.frame_times = new Map();
  window.longest_task = 0;
  const native = requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (paint) => native((time) => {
    const start = performance.now();
    paint(time);
    if (window.watched) {
      void document.body.offsetHeight; // the layout, and the pixels, belong to the time
      for (const canvas of watched) canvas.getContext("2d").getImageData(0, 0, 1, 1);
    }
    frame_times.set(time, (frame_times.get(time) ?? 0) + performance.now() - start);
  });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest_task = Math.max(longest_task, duration);
  }).observe({ type: "longtask", buffered: true });
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[data-live-state="mounted"]')) return;
    window.first_live = performance.now();
    observer.disconnect();
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-live-state"],
    childList: true });
  addEventListener("DOMContentLoaded", () => document.querySelector(".live-figure")
    ?.scrollIntoView({ block: "center", behavior: "instant" }));
}"""

PEER = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 128, height: 128 });
  const context = canvas.getContext("2d");
  const times = [];
  for (let i = 0; i < 30; i++) {
    const image = new ImageData(new ImageData(128, 128).data.fill(i), 128, 128);
    const start = performance.now();
    for (let k = 0; k < 100; k++) context.putImageData(image, 0, 0);
    context.getImageData(0, 0, 1, 1);
    times.push((performance.now() - start) / 100);
  }
  return times;
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of the site, and no line for each request."""

    def log_message(self, *arguments):
        pass


def drag(page, figure, steps=120, handle=HANDLE):
    """Drag the first handle of a figure to and fro for ``steps`` frames; return their times."""
    target = figure.locator(handle).first
    target.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    figure.evaluate("(node) => { window.watched = [...node.querySelectorAll('canvas')]; }")
    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("() => frame_times.clear()")
    for step in range(steps):
        away = min(step % 60, 60 - step % 60)
        page.mouse.move(x - 1.6 * away, y - away)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.mouse.up()
    times = page.evaluate("() => [...frame_times.values()]")
    return sorted(time for time in times if time > 0.3)  # without the frames waited for above


def report(name, times):
    """Print one line; return the time that 95 % of the frames keep to."""
    median, share = statistics.median(times), times[int(0.95 * len(times))]
    print(
        f"  {name:<52}{median:7.2f}{share:7.2f}{times[-1]:7.2f}  {median / FRAME:4.0%} of a frame"
    )
    return share


def bench_site(browser, address, worst):
    """Measure every figure of every page; return lines on loading."""
    loading = []
    for file in sorted(SITE.rglob("*.html")):
        count = file.read_text(encoding="utf-8").count(FIGURE)
        if not count:
            continue
        name = file.relative_to(SITE).as_posix()
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.add_init_script(f"({WATCH})()")
        page.goto(f"{address}/{name}", wait_until="domcontentloaded")
        page.wait_for_function("() => window.first_live")
        first, task = page.evaluate("() => [first_live, longest_task]")
        loading.append(f"  {name:<52}{first:7.0f}{task:7.0f}  {count} figures")
        for figure in page.locator(".live-figure").all():
            figure.scroll_into_view_if_needed()
            mount = figure.locator('[data-live-state="mounted"]')
            mount.wait_for()
            kind = mount.get_attribute("data-live-figure")
            drag(page, figure, 60)  # warm up
            worst.append(report(f"{kind}, {name.split('/')[-1]}", drag(page, figure)))
        page.close()
    return loading


def bench_large(browser, worst):
    """Measure GridExplorer with 128 × 128 output pixels, all panels shown."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.add_init_script(f"({WATCH})()")
    picture = torch.rand(1, 1, 128, 128, generator=torch.Generator().manual_seed(0))
    theta = from_parts(rotation=0.3, scale_x=0.8, scale_y=0.8)
    for settings in (
        {},
        {"padding_mode": "reflection"},
        {"mode": "nearest"},
        {"direction": "splat"},
    ):
        figure = GridExplorer(picture, theta=theta, pixel=(40, 50), **settings)
        page.goto("about:blank")
        page.set_content(page_of(stored_of(figure)))
        node = page.locator(".live-figure")
        node.locator('[data-live-state="mounted"]').wait_for()
        drag(page, node, 60)
        what = ", ".join(settings.values()) or "gather, bilinear"
        worst.append(report(f"GridExplorer 128 × 128, {what}", drag(page, node)))
    peer = statistics.median(page.evaluate(PEER))
    print(f"  {'one bare putImageData of 128 × 128':<52}{peer:7.3f}")
    page.close()


def bench_volume(browser, worst):
    """Measure VolumeExplorer at 32³: box and view, of two digits and of a volume without a gap."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.add_init_script(f"({WATCH})()")
    full = torch.rand(32, 32, 32, generator=torch.Generator().manual_seed(0)) / 2 + 0.5
    for what, volume in (("two digits", None), ("full", full)):
        page.goto("about:blank")
        page.set_content(page_of(stored_of(VolumeExplorer(volume))))
        node = page.locator(".live-figure")
        node.locator('[data-live-state="mounted"]').wait_for()
        for handle in ("middle", "view"):
            drag(page, node, 60, f'[data-handle="{handle}"]')
            times = drag(page, node, handle=f'[data-handle="{handle}"]')
            worst.append(report(f"VolumeExplorer 32³, {what}, {handle}", times))
    page.close()


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    if not (SITE / "index.html").is_file():
        sys.exit("There is no site to measure: `make book` makes it.")
    handler = functools.partial(Quiet, directory=SITE)
    worst = []
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        sync_playwright() as p,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = launch(p)
        print(f"Repaint while dragging, in ms: {'':<23}median   95 %  worst")
        loading = bench_site(browser, f"http://127.0.0.1:{server.server_port}", worst)
        bench_large(browser, worst)
        bench_volume(browser, worst)
        print(f"Loading, in ms: {'':<35}first live  longest task")
        print("\n".join(loading))
        browser.close()
        server.shutdown()
    if max(worst) > FRAME:
        sys.exit(f"A repaint took {max(worst):.1f} ms (95 %), longer than a frame.")


if __name__ == "__main__":
    main()
