"""The browser that draws stills and runs the tests: a Chromium on PATH, or playwright's own."""

from __future__ import annotations

import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def launch(playwright: object, *flags: str) -> object:
    """Start a headless Chromium (playwright's Browser), with further flags.

    Raises:
        RuntimeError: there is no Chromium on PATH, and playwright has none.
    """
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None and not Path(playwright.chromium.executable_path).exists():
        raise RuntimeError("no browser: expected chromium or google-chrome on PATH")
    return playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
