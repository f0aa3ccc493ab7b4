"""Build the site into _build/html, strictly, or do nothing when it is already right.

The hash of everything that the site is made from is written into the site as the very last
step. A build starts by taking the old site away, so a build that failed or was stopped leaves
nothing that the next call could take for a finished site. Pages are never rebuilt one by one:
a warning of a page that was read in an earlier build would not come again.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITE = "_build/html"
STAMP = ".book-stamp"
SOURCES = ("_config.yml", "_toc.yml", "requirements.txt", "pyproject.toml")
FOLDERS = ("book", "notebooks", "stnlib/widgets", "tools")
SETTINGS = ("BOOK_REPOSITORY", "BOOK_BRANCH", "BOOK_URL")
SKIP = {"__pycache__", ".ipynb_checkpoints"}
STRICT = ("-W", "--keep-going", "-n")


def source_files(root):
    """Every file that the site is made from, in a fixed order."""
    files = [root / name for name in SOURCES]
    for folder in FOLDERS:
        files += sorted((root / folder).rglob("*"))
    return [file for file in files if file.is_file() and not SKIP & set(file.parts)]


def sources_hash(root):
    digest = hashlib.sha256()
    for file in source_files(root):
        digest.update(str(file.relative_to(root)).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    for name in SETTINGS:
        digest.update(f"{name}={os.environ.get(name, '')}\0".encode())
    digest.update(sys.version.encode())
    return digest.hexdigest()


def is_fresh(root):
    stamp = root / SITE / STAMP
    return stamp.is_file() and stamp.read_text() == sources_hash(root)


def run_sphinx(root):
    """Jupyter Book's own command; its exit code. Only when it fails is it shown what it said."""
    start = "from jupyter_book.cli.main import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", start, "build", str(root), *STRICT],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "PYTHONWARNINGS": "ignore"},
    )
    if result.returncode != 0:
        said = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout).replace(f"{root}/", "")
        problems = [line for line in said.splitlines() if re.search("WARNING|ERROR", line)]
        print("\n".join(problems) or said, file=sys.stderr)
    return result.returncode


def forget(root):
    """Take the old site away, its stamp first."""
    (root / SITE / STAMP).unlink(missing_ok=True)
    for name in ("html", ".doctrees", "jupyter_execute"):
        shutil.rmtree(root / "_build" / name, ignore_errors=True)


def size_of(folder):
    files = [file for file in folder.rglob("*") if file.is_file()]
    return len(files), sum(file.stat().st_size for file in files) / 1e6


def build(root, again=False):
    """True if the site is right, built now or before."""
    site = root / SITE
    if is_fresh(root) and not again:
        print("The site is up to date.")
        return True
    print("Building the site ...", flush=True)
    forget(root)
    wanted = sources_hash(root)
    start = time.perf_counter()
    if run_sphinx(root) != 0 or not (site / "index.html").is_file():
        forget(root)
        print(
            "Error: the site was not built; the warnings and errors above say why.", file=sys.stderr
        )
        return False
    (site / STAMP).write_text(wanted)
    number, megabytes = size_of(site)
    print(f"Built in {time.perf_counter() - start:.0f} s: {number} files, {megabytes:.1f} MB.")
    return True


def main():
    parser = argparse.ArgumentParser(description="Build the site, or leave it when it is right.")
    parser.add_argument("--again", action="store_true", help="build even if nothing has changed")
    options = parser.parse_args()
    try:
        if not build(ROOT, options.again):
            return 1
    except KeyboardInterrupt:
        forget(ROOT)
        print("Stopped before the site was built, so it was removed.", file=sys.stderr)
        return 130
    print(f"Open {ROOT / SITE / 'index.html'} in a browser: it needs no server.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
