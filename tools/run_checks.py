"""Run every check of the book on two cores, and say at the end what held and what did not.

The site and its pages go one after another in one lane; the notebooks and the unit tests, two at
a time and with less right to the processor, in the other.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import find_browser  # a script next to this one

ROOT = Path(__file__).resolve().parents[1]
NO_BROWSER = """
  !!  NO CHROMIUM HERE: the live figures were NOT tried in a browser.                 !!
  !!  Install chromium (or google-chrome), put it on PATH, and run `make test` again. !!"""
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
GENTLY = ["nice", "-n", "5"]
SETTINGS = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "HYPOTHESIS_PROFILE": "ci"}
SETTINGS["PYTHONDONTWRITEBYTECODE"] = ""  # else some forty processes compile all of it anew
PATIENCE = 10  # seconds between asking a child to stop and ending it
running, stopped = [], threading.Event()
starting, telling = threading.Lock(), threading.Lock()  # one child at a time


def lanes():
    """(name, command) of each check; the lanes run side by side."""
    notebooks = sorted(ROOT.glob("book/*.ipynb")) + sorted(ROOT.glob("notebooks/*.ipynb"))
    longest_first = [str(file.relative_to(ROOT)) for file in reversed(notebooks)]
    whole = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    validate = ["--nbval", "--nbval-kernel-startup-timeout=300", *whole]
    apart = ["--ignore=tests/book", "--ignore=tests/engines"]
    spread = ["-n", "2", "--dist", "worksteal", *apart]
    tools = ROOT / "node_modules" / ".bin"
    scripts = [("scripts", ["npm", "run", "--silent", "check"])] if tools.is_dir() else []
    return [
        [
            ("style", [sys.executable, "-m", "ruff", "check", "."]),
            *scripts,
            ("site", ["make", "--silent", "site"]),
            ("pages", [*PYTEST, "tests/book"]),
            ("engines", [*PYTEST, "tests/engines", "-k", "each_figure_once"]),
        ],
        [
            ("notebooks", [*GENTLY, *PYTEST, *validate, *longest_first]),
            ("tests", [*GENTLY, *PYTEST, *spread]),
        ],
    ]


def count(said, code):
    """How many checks passed, failed, were skipped: pytest's last line, or the check as one."""
    lines = [line for line in said.splitlines() if re.search(r"\d+ \w+.* in [\d.]+s", line)]
    found = Counter()
    for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", (lines or [""])[-1]):
        found[word] += int(number)
    if not found or (code and not found["failed"] + found["error"]):
        found["failed" if code else "passed"] += 1
    return found


def run(name, command):
    start = time.perf_counter()
    with starting:
        if stopped.is_set():
            return Counter()
        child = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **SETTINGS}, start_new_session=True,
            encoding="utf8", errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            close_fds=False,  # it holds the lock of alone.py, too
        )  # fmt: skip
        running.append(child)
    said, _ = child.communicate()
    if stopped.is_set():
        return Counter()
    found = count(said, child.returncode)
    numbers = ", ".join(f"{number} {word}" for word, number in found.items())
    shown = said if child.returncode else "\n".join(re.findall(r"^SKIPPED.*", said, re.MULTILINE))
    if child.returncode < 0:
        shown += f"\n{name} was ended by signal {-child.returncode}"
    word = "FAILED" if child.returncode else "ok"
    line = f"{word:6s} {time.perf_counter() - start:6.1f} s  {name}: {numbers}"
    with telling:
        print(f"{shown}\n{line}" if shown else line, flush=True)
    return found


def follow(lane, total):
    for name, command in lane:
        total.update(run(name, command))


def stop():
    """End every child with all that it started."""
    with starting:  # a child that is being started is waited for, and ended too
        stopped.set()
    for number, wait in ((signal.SIGINT, PATIENCE), (signal.SIGKILL, 1)):
        for child in running:
            if child.poll() is None:
                os.killpg(child.pid, number)
        end = time.monotonic() + wait
        while time.monotonic() < end and any(child.poll() is None for child in running):
            time.sleep(0.1)


def main():
    sys.stdout.reconfigure(errors="backslashreplace")  # whatever a file or a pipe is encoded in
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background ignores the first
        signal.signal(number, signal.default_int_handler)
    browser, start, total = find_browser.ensure(), time.perf_counter(), Counter()
    threads = [threading.Thread(target=follow, args=(lane, total)) for lane in lanes()]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        stop()
        print("Stopped.", file=sys.stderr)
        return 130
    if browser is None:
        print(NO_BROWSER)
    words = ", ".join(f"{total[word]} {word}" for word in sorted(total))
    print(f"\n===== {words} in {time.perf_counter() - start:.2f}s =====")
    return 1 if total["failed"] + total["error"] else 0


if __name__ == "__main__":
    sys.exit(main())
