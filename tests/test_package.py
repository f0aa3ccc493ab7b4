"""What pip installs, and the ways that the page of figures names, each tried as it says."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import nbformat
import pytest

from stnlib.widgets import GridExplorer
from stnlib.widgets.stored import STORED, VIEW, jupyter_state, stored_of

ROOT = Path(__file__).resolve().parents[1]
WORDS = nbformat.read(ROOT / "book" / "widgets.ipynb", as_version=4).cells[0].source
BOOK = {
    "jupyter-book": "from jupyter_book.cli.main import main; main(['build', '.', '-W', '-n'])",
    "sphinx": "from sphinx.cmd.build import main; main(['-W', '.', '_build/html'])",
}


def block(language):
    """The only block of this language that names extensions, among the words of the page."""
    blocks = re.findall(rf"```{language}\n(.*?)```", WORDS, re.DOTALL)
    [found] = [text for text in blocks if "extensions" in text]
    return found


def build(folder, kind, to):
    """Build a wheel or an sdist of the project in a folder, as pip does."""
    make = f"import flit_core.buildapi as build; print(build.build_{kind}({str(to)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", make], cwd=folder, capture_output=True, text=True, check=True
    )
    return to / done.stdout.split()[-1]


def names(wheel):
    with zipfile.ZipFile(wheel) as file:
        return sorted(file.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with what the wheel holds, and an environment that finds stnlib there."""
    target = tmp_path_factory.mktemp("site-packages")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(target), str(wheel)], check=True)
    return {**os.environ, "PYTHONPATH": str(target), "NO_COLOR": "1"}


def test_a_wheel_holds_every_file_of_the_package_and_leaves_nothing_behind(wheel):
    files = [file.relative_to(ROOT) for file in (ROOT / "stnlib").rglob("*") if file.is_file()]
    kept = {file.as_posix() for file in files if "__pycache__" not in file.parts}
    assert {name for name in names(wheel) if ".dist-info/" not in name} == kept
    assert not [name for name in ("build", "dist", "stnlib.egg-info") if (ROOT / name).exists()]


def test_a_wheel_from_the_source_distribution_is_the_same(wheel, tmp_path):
    with tarfile.open(build(ROOT, "sdist", tmp_path)) as file:
        file.extractall(tmp_path / "source", filter="data")
    [source] = (tmp_path / "source").iterdir()
    assert names(build(source, "wheel", tmp_path)) == names(wheel)


def test_the_installed_package_is_the_one_that_is_imported(installed, tmp_path):
    code = "import stnlib, stnlib.widgets.stored, stnlib.experiments; print(stnlib.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=installed, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.startswith(installed["PYTHONPATH"]), done.stderr


@pytest.mark.parametrize("tool", BOOK)
def test_a_book_with_the_words_of_the_page_has_live_figures(installed, tmp_path, tool):
    stored = {**json.loads(json.dumps(stored_of(GridExplorer()))), "model": 1, "words": "Words."}
    data = {STORED: stored, "text/plain": "GridExplorer()"}
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("display_data", data)])
    cells = [nbformat.v4.new_markdown_cell("# Mine"), cell]
    page = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    page.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(page, tmp_path / "index.ipynb")
    if tool == "jupyter-book":
        (tmp_path / "_config.yml").write_text("execute: {execute_notebooks: off}\n" + block("yaml"))
        (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    else:
        (tmp_path / "conf.py").write_text(f"nb_execution_mode = 'off'\n{block('python')}")
    done = subprocess.run(
        [sys.executable, "-c", BOOK[tool]], env=installed, cwd=tmp_path, capture_output=True,
        text=True,
    )  # fmt: skip
    html = (tmp_path / "_build" / "html" / "index.html").read_text()
    assert "WARNING" not in done.stderr
    assert re.search(r'class="[^"]*live-figure', html)
    assert re.findall(r"_static/(\w+)\.js\?", html)[-3:] == ["figures", "GridExplorer", "live"]


@pytest.mark.browser
def test_a_page_of_nbconvert_comes_alive_with_one_line(browser, tmp_path):
    [line] = re.findall(r"`(<script defer.*?)`", WORDS)
    figure = GridExplorer()
    stored = stored_of(figure)
    state = {**stored["state"], "_esm": figure._esm, "_css": figure._css, "_figure": "GridExplorer"}
    state["_anywidget_id"] = "stnlib.GridExplorer"
    models = {"m1": {"model_name": "AnyModel", "model_module": "anywidget",
                     "model_module_version": "~0.9.*", "state": state,
                     "buffers": stored["buffers"]}}  # fmt: skip
    view = {VIEW: {"model_id": "m1", "version_major": 2, "version_minor": 0}, "text/plain": "G()"}
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("display_data", view)])
    book = nbformat.v4.new_notebook(cells=[cell])
    book.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": jupyter_state(models)}
    nbformat.write(book, tmp_path / "page.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "page.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    page = tmp_path / "page.html"
    page.write_text(page.read_text().replace("</body>", f"{line}</body>"))
    shutil.copy(ROOT / "stnlib" / "widgets" / "live.js", tmp_path)
    seen = browser.new_page()
    seen.route("http*://**", lambda route: route.abort())
    seen.goto(page.as_uri(), wait_until="domcontentloaded")
    seen.locator('[data-live-state="mounted"] canvas').first.wait_for()
    seen.close()


@pytest.mark.parametrize(("code", "missing", "extra"), [
    ("from stnlib.digits import load_digits; load_digits()", "sklearn", "digits"),
    ("from stnlib.digits import Digits, split; import torch; "
     "split(Digits(torch.zeros(4, 1, 2, 2), torch.tensor([0, 0, 1, 1])), 2)", "sklearn", "digits"),
    ("from stnlib.experiments import compare; compare([1.0, 2.0], [1.5, 3.0])", "scipy", "digits"),
    ("import stnlib.widgets", "traitlets", "widgets"),
    ("import stnlib.widgets", "anywidget", "widgets"),
    ("import stnlib.plotting", "matplotlib", "figures"),
])  # fmt: skip
def test_a_missing_package_is_told_with_the_extra_that_brings_it(code, missing, extra):
    command = [sys.executable, "-c", f"import sys; sys.modules[{missing!r}] = None\n{code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stderr.strip().splitlines()[-1]
    start = f"ModuleNotFoundError: {missing}"
    assert said.startswith(start)
    assert said.endswith(f' is not installed; pip install "stnlib[{extra}]" brings it')
