"""Run every check of the book, one after another, and say at the end what held and what did not."""

import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import find_browser  # a script next to this one

ROOT = Path(__file__).resolve().parents[1]
NO_BROWSER = """\
!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
!!  NO CHROMIUM HERE: the live figures were NOT tried in a browser.                !!
!!  Install chromium (or google-chrome), put it on PATH, and run `make test` again. !!
!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"""


def notebooks():
    found = sorted((ROOT / "book").glob("*.ipynb")) + sorted((ROOT / "notebooks").glob("*.ipynb"))
    return [str(file.relative_to(ROOT)) for file in found]


def steps():
    """(what it checks, command): the order is that of a reader's patience, quick ones first."""
    python = sys.executable
    return [
        ("style: ruff", [python, "-m", "ruff", "check", "."]),
        ("site: strict build", [python, "tools/build_book.py", "--again"]),
        ("tests: units, doctests, README, imports, site, browser", [python, "-m", "pytest"]),
        (
            "notebooks: every cell run again, its output compared",
            [python, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", "-q", *notebooks()],
        ),
    ]


def run(number, total, what, command):
    print(f"\n=== {number}/{total}  {what}", flush=True)
    start = time.perf_counter()
    code = subprocess.run(command, cwd=ROOT).returncode
    return code == 0, time.perf_counter() - start


def main():
    os.environ["HYPOTHESIS_PROFILE"] = os.environ.get("HYPOTHESIS_PROFILE", "ci")
    browser = find_browser.ensure()
    if browser is None:
        print(NO_BROWSER, flush=True)
    every = steps()
    results = [run(n, len(every), *step) for n, step in enumerate(every, start=1)]
    print("\n=== Summary")
    for (what, _), (held, seconds) in zip(every, results, strict=True):
        print(f"  {'ok    ' if held else 'FAILED'}  {seconds:6.1f} s  {what}")
    if browser is None:
        print(NO_BROWSER)
    return 0 if all(held for held, _ in results) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
