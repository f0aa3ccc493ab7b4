"""The commands of the Makefile and the scripts behind it: right, wrong, or stopped half-way."""

import base64
import contextlib
import importlib.util
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from stnlib.widgets import stills

ROOT = Path(__file__).resolve().parents[1]


def load(name):
    """A script of tools/ as a fresh module."""
    specification = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


# --- the Makefile: set-up -----------------------------------------------------------------------

# Stands for Python, so that real calls of make take no minutes; it notes what it was asked.
STUB = """#!/bin/sh
case "$1" in *alone.py) shift; exec "$@";; esac
echo "$*" >> log
case "$*" in
  *platform*) echo "${VERSION:-3.11.7}";;
  *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python;;
  *version_info*) exit ${TOO_OLD:-0};;
  *ensurepip*) exit ${NO_VENV:-0};;
  *"$PIP_FAILS_AT"*) echo "no network" >&2; exit 1;;
  *jupyter_book*) mkdir -p _build/html && echo page > _build/html/index.html
    echo "book/page.md: WARNING: no such page"; exit ${WARNED:-0};;
esac
"""


class Project:
    """A folder with the book's Makefile: call(*arguments, VARIABLE=…) runs make in it."""

    def __init__(self, folder):
        self.folder, self.log = folder, folder / "log"
        shutil.copy(ROOT / "Makefile", folder)
        for name in ("pyproject.toml", "_config.yml", "_toc.yml", "book/a.md", "stnlib/a.js"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(name)
        (folder / "notebooks").mkdir()
        (folder / "requirements.txt").write_text("# pins\ntorch==2.13.0\nnumpy==2.4.6\n")
        (folder / "bin").mkdir()
        self.add("python3", STUB)

    def add(self, name, script):
        (self.folder / "bin" / name).write_text(script)
        (self.folder / "bin" / name).chmod(0o755)

    def __call__(self, *arguments, **variables):
        """(exit code, what was said, what Python was asked to do)."""
        self.log.unlink(missing_ok=True)
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        given = {"PIP_FAILS_AT": "never", **variables, "PATH": path, "MAKEFLAGS": ""}
        result = subprocess.run(
            ["make", *arguments], cwd=self.folder, env={**os.environ, **given},
            capture_output=True, text=True,
        )  # fmt: skip
        asked = self.log.read_text().splitlines() if self.log.exists() else []
        asked = [line for line in asked if not line.startswith("-c import")]
        return result.returncode, result.stdout + result.stderr, asked


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_first_call_installs_and_second_does_nothing(project):
    code, _, asked = project("setup")
    assert code == 0
    assert asked[0] == "-m venv .venv"
    assert [line.split()[-2:] for line in asked[1:]] == [["-r", "requirements.txt"], ["-e", "."]]
    assert project("setup")[::2] == (0, [])


def test_a_changed_pin_is_installed_on_top(project):
    project("setup")
    later = (project.folder / ".venv" / "stamp").stat().st_mtime + 5
    os.utime(project.folder / "requirements.txt", (later, later))
    code, _, asked = project("setup")
    assert (code, len(asked)) == (0, 2)
    assert all("pip install" in line for line in asked)


@pytest.mark.parametrize("change", ["no stamp", "moved", "another Python", "another torch"])
def test_an_environment_that_is_not_the_one_wanted_is_made_anew(project, change):
    project("setup")
    stamp = project.folder / ".venv" / "stamp"
    arguments, variables = [], {}
    if change == "no stamp":
        stamp.unlink()
    elif change == "moved":
        stamp.write_text(stamp.read_text().replace(str(project.folder), "/elsewhere"))
    elif change == "another Python":
        arguments, variables = ["PYTHON=python3"], {"VERSION": "3.12.1"}
    else:
        arguments = ["TORCH=cpu"]
    (project.folder / ".venv" / "leftover").write_text("x")
    code, _, asked = project("setup", *arguments, **variables)
    assert (code, asked[0]) == (0, "-m venv .venv")
    assert not (project.folder / ".venv" / "leftover").exists()
    assert project("setup")[::2] == (0, [])


@pytest.mark.parametrize("step", ["-m venv", "-r requirements", "-e ."])
def test_a_failed_set_up_is_not_trusted(project, step):
    if step == "-m venv":
        project.add("python3", STUB.replace("mkdir -p .venv/bin &&", "exit 1;"))
    code, said, _ = project("setup", PIP_FAILS_AT=step)
    assert code != 0
    assert "Error: the set-up failed" in said
    assert ("no network" in said) == (step != "-m venv")
    project.add("python3", STUB)
    assert project("setup")[2][0] == "-m venv .venv"


def test_a_failed_update_is_not_trusted(project):
    project("setup")
    (project.folder / ".venv" / "stamp").touch()
    later = time.time() + 5
    os.utime(project.folder / "pyproject.toml", (later, later))
    assert project("setup", PIP_FAILS_AT="-e .")[0] != 0
    assert project("setup")[2][0] == "-m venv .venv"


def test_the_cpu_build_of_torch_comes_from_its_own_index_and_stays(project):
    asked = project("setup", "TORCH=cpu")[2]
    assert asked[1].endswith(
        "--no-deps --index-url https://download.pytorch.org/whl/cpu torch==2.13.0"
    )
    assert project("setup")[2] == []
    later = time.time() + 5
    os.utime(project.folder / "requirements.txt", (later, later))
    assert "whl/cpu" in project("setup")[2][0]
    assert "TORCH is cpu or default, and not gpu" in project("setup", "TORCH=gpu")[1]


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"TOO_OLD": "1"}, "the book needs Python 3.11 or newer"),
        ({"NO_VENV": "1"}, "python3 has no venv module: on Debian or Ubuntu"),
        ({"PYTHON": "no-python"}, "there is no no-python here"),
    ],
)
def test_a_python_that_will_not_do_gets_a_sentence(project, variables, sentence):
    code, said, asked = project("setup", **variables)
    assert (code != 0, asked) == (True, [])
    assert f"Error: {sentence}" in said


def test_tools_for_javascript_are_installed_once_where_there_is_npm(project):
    project.add("npm", "#!/bin/sh\necho npm $* >> log; exit ${OFFLINE:-0}\n")
    assert "npm" not in " ".join(project("setup")[2])
    (project.folder / "package-lock.json").write_text("{}")
    code, said, asked = project("setup", OFFLINE="1")
    assert (code, len(asked)) == (0, 1)
    assert "Note: npm could not install" in said
    assert project("setup")[2] == ["npm ci --silent --no-audit --no-fund"]
    assert project("setup")[2] == []


def test_plain_make_lists_the_commands(project):
    code, said, _ = project()
    commands = ["book", "test", "engines", "notebooks", "experiments", "figures", "pictures"]
    commands += ["bench", "clean", "lab", "serve"]
    assert code == 0
    assert re.findall(r"^  make (\w+)", said, re.MULTILINE) == commands


# --- the Makefile: the site ---------------------------------------------------------------------


@pytest.fixture
def site(project):
    project("setup")
    assert [line.split()[-4:] for line in project("site")[2]] == [[".", "-W", "--keep-going", "-n"]]
    assert project("site")[2] == []
    return project


@pytest.mark.parametrize("change", ["a page", "a script", "a file gone", "a setting"])
def test_a_change_builds_the_site_again(site, change):
    later, variables = time.time() + 5, {}
    if change == "a page":
        os.utime(site.folder / "book" / "a.md", (later, later))
    elif change == "a script":
        os.utime(site.folder / "stnlib" / "a.js", (later, later))
    elif change == "a file gone":
        (site.folder / "book" / "a.md").unlink()
    else:
        variables = {"BOOK_REPOSITORY": "https://github.com/a/b"}
    assert len(site("site", **variables)[2]) == 1


def test_a_build_with_a_warning_is_never_taken_for_a_site(site):
    (site.folder / "book" / "b.md").write_text("new")
    code, said, _ = site("site", WARNED="1")
    assert code != 0
    assert "book/page.md: WARNING: no such page\nError: the site was not built" in said
    assert not (site.folder / "_build" / "html").exists()
    assert len(site("site")[2]) == 1


def test_a_second_make_waits_for_the_first_and_for_what_it_left(tmp_path):
    alone = [sys.executable, str(ROOT / "tools" / "alone.py"), "sh", "-c"]
    left = f"(touch {tmp_path}/begun; read x; echo left >> {tmp_path}/done) <&9 & exec sleep 100"
    first = subprocess.Popen([*alone, f"exec 9<&0; {left}"], cwd=tmp_path, stdin=subprocess.PIPE)
    while not (tmp_path / "begun").exists():
        time.sleep(0.01)
    second = subprocess.Popen([*alone, f"echo second >> {tmp_path}/done"], cwd=tmp_path,
                              stderr=subprocess.PIPE, text=True)  # fmt: skip
    assert second.stderr.readline() == (
        "Another make is at work in this folder: waiting for it.\n"
    )
    first.kill()  # and what it has started goes on
    first.wait()
    first.communicate(b"\n")
    second.communicate()
    assert second.returncode == 0
    assert (tmp_path / "done").read_text() == "left\nsecond\n"


def test_a_file_system_without_locks_stops_no_command(tmp_path):
    code = (
        "import errno, fcntl, runpy, sys\n"
        "def flock(*_): raise OSError(errno.ENOLCK, 'No locks available')\n"
        "fcntl.flock = flock\n"
        "sys.argv = ['alone', 'echo', 'done']\n"
        f"runpy.run_path({str(ROOT / 'tools' / 'alone.py')!r}, run_name='__main__')"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("done\n", "")


def test_every_command_that_writes_is_run_alone(project):
    project.add("python3", STUB.replace('shift; exec "$@"', "echo alone: $*; exit 0"))
    for name in ("setup", "book", "site", "test", "engines", "notebooks", "experiments", "clean"):
        _, said, _ = project(name, ALONE="")
        assert f"ALONE=1 {name}" in said


# --- run_checks and find_browser ----------------------------------------------------------------


def checks(tmp_path, *lanes):
    """A call of run_checks with other lanes than the book's."""
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'tools')!r}); import run_checks as r\n"
        f"r.PATIENCE = 1; r.find_browser.ensure = lambda: None\n"
        f"r.lanes = lambda: {list(lanes)!r}\n"
        "sys.exit(r.main())"
    )
    (tmp_path / "checks.py").write_text(code)
    return [sys.executable, str(tmp_path / "checks.py")]


def test_the_last_line_counts_all_checks_and_failures_are_shown_in_full(tmp_path):
    said = "echo hidden; echo 'SKIPPED [2] no GPU'; echo '7 passed, 2 skipped in 3.10s (0:00:03)'"
    bad = "echo why; echo '===== 1 failed, 4 passed in 3.10s ====='; exit 1"
    lanes = [("style", ["true"]), ("a", ["sh", "-c", said])], [("b", ["sh", "-c", bad])]
    result = subprocess.run(checks(tmp_path, *lanes), capture_output=True, text=True)
    assert result.returncode == 1
    assert re.search(r"\n===== 1 failed, 12 passed, 2 skipped in [\d.]+s =====\n$", result.stdout)
    assert re.search(r"why\n(.*\n)+FAILED +[\d.]+ s  b: 1 failed, 4 passed\n", result.stdout)
    assert re.search(r"ok +[\d.]+ s  a: 7 passed, 2 skipped\n", result.stdout)
    assert "SKIPPED [2] no GPU" in result.stdout
    assert "NO CHROMIUM HERE" in result.stdout
    assert "hidden" not in result.stdout


def test_what_a_check_says_fits_any_encoding(tmp_path):
    lanes = [("a", ["sh", "-c", "printf 'θ \\377'; exit 1"])]
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}
    result = subprocess.run(checks(tmp_path, lanes), capture_output=True, env=environment)
    assert result.stderr == b""
    assert result.stdout.startswith(b"\\u03b8 \\ufffd\nFAILED")


def test_the_name_of_a_notebook_fits_any_encoding(monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", write_through=True)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "argv", ["stills", "θ.ipynb"])
    monkeypatch.setattr(stills, "Studio", contextlib.nullcontext)
    monkeypatch.setattr(stills, "_store_file", lambda file, studio: (2, 0))
    stills.main()
    assert out.buffer.getvalue().split() == b"\\u03b8.ipynb: 2 live figures".split()


def test_a_check_that_breaks_down_is_a_failure(tmp_path):
    broken = ["sh", "-c", "echo '3 passed in 1.00s'; exit 3"]
    result = subprocess.run(checks(tmp_path, [("a", broken)]), capture_output=True, text=True)
    assert result.returncode == 1
    assert "===== 1 failed, 3 passed in" in result.stdout


def test_ctrl_c_ends_the_children(tmp_path):
    deaf = f"trap '' INT; sleep 60 & echo $! > {tmp_path}/pid; wait"
    lanes = [("a", ["sh", "-c", deaf]), ("b", ["touch", str(tmp_path / "next")])]
    background = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *checks(tmp_path, lanes)]
    child = subprocess.Popen(background, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "pid").is_file() or not (tmp_path / "pid").read_text():
        time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    assert child.communicate(timeout=60)[1] == "Stopped.\n"
    assert child.returncode == 130
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", (tmp_path / "pid").read_text()], capture_output=True, text=True
    ).stdout
    assert state.strip() in ("", "Z")
    assert not (tmp_path / "next").exists()


def test_a_browser_is_found_on_path(tmp_path, monkeypatch):
    tool = load("find_browser")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tool.ensure() is None
    (tmp_path / "google-chrome").write_text("#!/bin/sh\n")
    (tmp_path / "google-chrome").chmod(0o755)
    assert tool.ensure() == str(tmp_path / "google-chrome")


# --- execute_notebooks --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def notebooks():
    return load("execute_notebooks")


def test_what_differs_from_run_to_run_is_dropped(notebooks):
    cell = new_code_cell("1", metadata={"execution": {"x": "1"}, "tags": ["a"], "scrolled": True})
    about = {"language_info": {"name": "p", "version": "3.99"}, "vscode": 1}
    notebook = new_notebook(cells=[cell], metadata=about)
    notebooks.normalise(notebook)
    assert dict(notebook.cells[0].metadata) == {"tags": ["a"]}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert "version" not in notebook.metadata["language_info"]


def test_pictures_are_stored_in_few_colours_once_and_for_all(notebooks):
    def stored(picture):
        file = io.BytesIO()
        picture.save(file, "PNG")
        return base64.b64encode(file.getvalue()).decode()

    numbers = np.random.default_rng(0).normal(128, 60, (80, 80)).clip(0, 255)
    noise = Image.fromarray(numbers.astype(np.uint8))
    colourful = Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))).convert("RGBA")
    given = stored(colourful)
    output = new_output("display_data", data={"image/png": given, "text/plain": "Figure()"})
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    notebooks.normalise(notebook)
    once = notebook.cells[0].outputs[0].data["image/png"]
    assert len(once) < 0.5 * len(given)
    small = Image.open(io.BytesIO(base64.b64decode(once)))
    assert small.size == colourful.size
    wrong = np.subtract(small.convert("RGB"), colourful.convert("RGB"), dtype=int)
    assert abs(wrong).mean() < 15
    assert notebooks.reduced(once) == once
    colourful.putalpha(100)
    assert notebooks.reduced(stored(colourful)) == stored(colourful)


def test_a_notebook_is_executed_and_one_that_raises_is_left_alone(notebooks, tmp_path):
    good, bad = tmp_path / "01_good.ipynb", tmp_path / "02_bad.ipynb"
    plot = new_code_cell("import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);")
    cells = [new_markdown_cell("# T"), new_code_cell("6 * 7"), plot]
    nbformat.write(new_notebook(cells=cells), good)
    raising = [new_code_cell("1"), new_code_cell("1 / 0"), new_code_cell("2")]
    nbformat.write(new_notebook(cells=raising), bad)
    before = bad.read_bytes()
    notebooks.refresh(good, studio=None)
    stored = nbformat.read(good, as_version=4).cells[1]
    assert stored.outputs[0].data["text/plain"] == "42"
    assert stored.execution_count == 1
    assert stored.metadata == {}
    first = good.read_bytes()
    notebooks.refresh(good, studio=None)
    assert good.read_bytes() == first
    assert b"image/png" in first
    with pytest.raises(notebooks.CellError, match=r"(?s)cell 2 .*ZeroDivisionError"):
        notebooks.refresh(bad, studio=None)
    assert bad.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == [good.name, bad.name]


def test_an_interrupted_write_leaves_the_old_notebook(notebooks, tmp_path, monkeypatch):
    file = tmp_path / "01.ipynb"
    file.write_text("old")

    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(notebooks.os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        notebooks.write(new_notebook(), file)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_to_a_notebook_stays_a_link(notebooks, tmp_path):
    (tmp_path / "real.ipynb").write_text("old")
    (tmp_path / "01.ipynb").symlink_to(tmp_path / "real.ipynb")
    notebooks.write(new_notebook(), tmp_path / "01.ipynb")
    assert (tmp_path / "01.ipynb").is_symlink()
    assert nbformat.read(tmp_path / "real.ipynb", as_version=4).cells == []


def test_a_read_only_folder_is_seen_before_a_notebook_runs(notebooks, tmp_path, monkeypatch):
    def refuse(**options):
        raise OSError(30, "Read-only file system")

    notebooks.refuse_read_only([tmp_path / "01.ipynb"])
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    words = f"notebooks: expected a folder to write in, got {tmp_path} (Read-only file system)"
    with pytest.raises(SystemExit, match=re.escape(words)):
        notebooks.refuse_read_only([tmp_path / "01.ipynb"])
    monkeypatch.setattr(sys, "argv", ["execute_notebooks.py", "01"])
    monkeypatch.setattr(notebooks, "Studio", None)  # not reached
    with pytest.raises(SystemExit, match="Read-only file system"):
        notebooks.main()


def test_chapters_are_chosen_by_the_beginning_of_their_names(notebooks, tmp_path):
    for name in ("book/intro.ipynb", "notebooks/01_a.ipynb", "notebooks/02_b.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert [file.stem for file in notebooks.find_notebooks(tmp_path)] == ["intro", "01_a", "02_b"]
    assert [file.stem for file in notebooks.find_notebooks(tmp_path, ["02"])] == ["02_b"]
    with pytest.raises(SystemExit, match="no notebook starts with '07'"):
        notebooks.find_notebooks(tmp_path, ["07"])


# --- the pins -----------------------------------------------------------------------------------


def test_requirements_pin_everything_exactly_and_once():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]
    assert all(line.count("==") == 1 and "+" not in line for line in pins)
    names = [line.split("==")[0].lower().replace("_", "-") for line in pins]
    assert len(names) == len(set(names))
    assert "torch==2.13.0" in pins
    binder = (ROOT / ".binder" / "requirements.txt").read_text()
    assert "torch==2.13.0+cpu" in binder


def test_jupyterlab_accepts_its_extensions():
    command = [sys.executable, "-m", "jupyter", "labextension", "list"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    said = result.stdout + result.stderr
    assert re.search(r"jupyterlab-myst v\S+ .*enabled.* OK", re.sub(r"\x1b\[\d*m", "", said))
    assert "not compatible" not in said


def test_jupyterlab_serves_all_that_a_chapter_links_to():
    [served] = re.findall(r"--notebook-dir=(\S+)", (ROOT / "Makefile").read_text())
    for file in (ROOT / "notebooks").glob("*.ipynb"):
        for link in re.findall(r"\]\(([^)#:\s]+\.(?:ipynb|md))", file.read_text(encoding="utf-8")):
            assert (file.parent / link).resolve().is_relative_to((ROOT / served).resolve()), link
