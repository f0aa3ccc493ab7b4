"""Execute notebooks from top to bottom and store their outputs, the same bytes each time.

    python tools/execute_notebooks.py            all chapters and the intro page
    python tools/execute_notebooks.py 03 intro   those whose file name starts so

What differs from run to run is taken out: times, versions. Of each live figure its settings, a
still and its words are kept (stnlib.widgets.stills), so a browser must be here. A notebook is
written only when all of its cells have run, in one step, so that an error or Ctrl-C leaves the old
file untouched.
"""

import argparse
import base64
import io
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image

from stnlib.training.checkpoint import check_writable
from stnlib.widgets.stills import Studio, reduce_colours
from stnlib.widgets.stored import STORED, store

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("book", "notebooks")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
VOLATILE = ("execution", "collapsed", "scrolled", "ExecuteTime", "widgets", "vscode")
TIMEOUT = 1800  # seconds for one cell
COLOURS = 256


class CellError(Exception):
    """A cell raised: which one, and what."""


def find_notebooks(root, wanted=()):
    """All notebooks of the book in reading order, or those whose names start as wanted."""
    files = [file for folder in FOLDERS for file in sorted((root / folder).glob("*.ipynb"))]
    files.sort(key=lambda file: file.stem != "intro")
    if not wanted:
        return files
    found = [file for file in files if any(file.name.startswith(start) for start in wanted)]
    missing = [start for start in wanted if not any(f.name.startswith(start) for f in files)]
    if missing:
        names = ", ".join(file.stem for file in files) or "none"
        raise SystemExit(f"Error: no notebook starts with {missing[0]!r}; there are: {names}.")
    return found


def execute(notebook, folder):
    """Run all cells in a fresh kernel. Outputs and widget state are put into `notebook`."""
    os.environ["OMP_NUM_THREADS"] = str(min(2, int(os.environ.get("OMP_NUM_THREADS") or 2)))
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ.pop("MPLBACKEND", None)  # the kernel chooses its own
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name=KERNEL["name"],
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=True,
        extra_arguments=["--IPKernelApp.log_level=50"],
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        report = without_colours(error.traceback).split("------------------\n")[-1].rstrip()
        raise CellError(f"{where_it_stopped(notebook)} raised:\n{report}") from None
    except CellTimeoutError:
        raise CellError(f"{where_it_stopped(notebook)} took more than {TIMEOUT} s") from None
    except DeadKernelError:
        raise CellError(f"{where_it_stopped(notebook)}: the kernel died") from None
    except AssertionError:  # nbclient ends the kernel at Ctrl-C, and then misses it
        raise KeyboardInterrupt from None


def where_it_stopped(notebook):
    """The last cell that began to run, for an error message."""
    begun = [
        (position, cell)
        for position, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count)
    ]
    if not begun:
        return "the first code cell"
    position, cell = begun[-1]
    return f"cell {position} ({cell.id})"


def without_colours(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def reduced(png):
    """A picture in base64 with 256 colours at most: a third of the bytes, for the same eye."""
    raw = base64.b64decode(png)
    picture = Image.open(io.BytesIO(raw))
    if picture.mode == "P" or (picture.mode == "RGBA" and picture.getextrema()[3][0] < 255):
        return png  # it is reduced already, or one can see through it
    return base64.b64encode(reduce_colours(raw, COLOURS)).decode("ascii")


def shrink_pictures(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data and STORED not in data:
                data["image/png"] = reduced(data["image/png"])


def normalise(notebook):
    """Leave only what a second run would give again, and pictures that load quickly."""
    shrink_pictures(notebook)
    notebook.metadata["kernelspec"] = nbformat.from_dict(KERNEL)
    notebook.metadata["language_info"] = nbformat.from_dict(LANGUAGE)
    for name in VOLATILE:
        if name != "widgets":
            notebook.metadata.pop(name, None)
        for cell in notebook.cells:
            cell.metadata.pop(name, None)


def forget_outputs(notebook):
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def write(notebook, file):
    """Write next to the file, or to what it links to, and put it in its place in one step."""
    file = file.resolve()
    text = nbformat.writes(notebook)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf8", newline="\n") as part:
            part.write(text if text.endswith("\n") else text + "\n")
        os.chmod(name, 0o644)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise


def refresh(file, studio, folder=None):
    """Execute one notebook and store it; seconds taken. It runs in notebooks/, as for readers."""
    start = time.perf_counter()
    notebook = nbformat.read(file, as_version=4)
    forget_outputs(notebook)
    execute(notebook, folder or file.parent)
    store(notebook, studio)
    normalise(notebook)
    nbformat.validate(notebook)
    write(notebook, file)
    return time.perf_counter() - start


def refuse_read_only(files):
    """Stop before hours of running where the outputs cannot be stored."""
    try:
        for file in files:
            check_writable("notebooks", file)
    except OSError as error:
        raise SystemExit(f"Error: {error}") from None


def main():
    sys.stdout.reconfigure(errors="backslashreplace")  # whatever a file or a pipe is encoded in
    parser = argparse.ArgumentParser(description="Execute notebooks and store their outputs.")
    parser.add_argument("chapter", nargs="*", help="beginnings of file names, such as 03")
    files = find_notebooks(ROOT, parser.parse_args().chapter)
    refuse_read_only(files)
    with Studio() as studio:
        for file in files:
            name = file.relative_to(ROOT)
            print(f"{name} ...", end=" ", flush=True)
            try:
                print(f"{refresh(file, studio):.1f} s", flush=True)
            except CellError as error:
                print(f"failed\nError: {name}, {error}", file=sys.stderr)
                return 1
            except KeyboardInterrupt:
                print(f"stopped; {name} was left as it was.", file=sys.stderr)
                return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
