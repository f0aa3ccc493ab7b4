"""The scripts behind the Makefile, when things are right, wrong, or stopped half-way."""

import ast
import base64
import importlib.util
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from threading import Thread

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]


def load(name):
    """A script of tools/ as a fresh module."""
    specification = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


# --- setup_venv ---------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path):
    (tmp_path / "requirements.txt").write_text("# pins\ntorch==2.13.0\nnumpy==2.4.6\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    return tmp_path


class FakeRun:
    """Stands for pip and venv: notes each command, makes .venv/bin/python, fails where told."""

    def __init__(self, tool, fail_at=None, error=None):
        self.tool, self.fail_at, self.error, self.commands = tool, fail_at, error, []

    def __call__(self, command, what):
        self.commands.append([str(part) for part in command])
        if "venv" in command:
            python = Path(self.tool.python_of(command[-1]))
            python.parent.mkdir(parents=True)
            python.write_text("")
        if self.fail_at is not None and self.fail_at in what:
            raise self.error or self.tool.SetupError(what + " failed", ["pip's last words"])


@pytest.fixture
def setup(project, monkeypatch):
    """Call setup_venv.main with a fake pip: setup(*arguments, fail_at=...) -> (code, commands)."""

    def call(*arguments, fail_at=None, error=None):
        tool = load("setup_venv")
        fake = FakeRun(tool, fail_at, error)
        monkeypatch.setattr(tool, "run", fake)
        before = signal.getsignal(signal.SIGTERM)
        try:
            return tool.main(list(arguments), root=str(project)), fake.commands
        finally:
            signal.signal(signal.SIGTERM, before)

    return call


def stamp_of(project):
    return json.loads((project / ".venv" / "stnlib-stamp.json").read_text())


def test_an_old_python_can_parse_the_script():
    ast.parse((ROOT / "tools" / "setup_venv.py").read_text(), feature_version=(3, 4))


def test_first_call_installs_and_second_does_nothing(project, setup):
    code, commands = setup()
    assert code == 0
    assert [command[1:3] for command in commands] == [["-m", "venv"], ["-m", "pip"], ["-m", "pip"]]
    assert commands[1][-2:] == ["-r", str(project / "requirements.txt")]
    assert commands[2][-2:] == ["-e", str(project)]
    assert "--no-deps" in commands[2]
    assert stamp_of(project)["python"] == ".".join(map(str, sys.version_info[:3]))
    assert setup() == (0, [])


def test_a_changed_pin_is_installed_on_top(project, setup):
    setup()
    (project / "requirements.txt").write_text("torch==2.13.0\nnumpy==2.4.7\n")
    code, commands = setup()
    assert code == 0
    assert [command[2] for command in commands] == ["pip", "pip"]
    assert setup() == (0, [])


@pytest.mark.parametrize("damage", ["no stamp", "torn stamp", "no python", "moved", "not a folder"])
def test_an_environment_without_the_right_stamp_is_made_anew(project, setup, damage):
    setup()
    venv = project / ".venv"
    (venv / "leftover").write_text("x")
    if damage == "no stamp":
        (venv / "stnlib-stamp.json").unlink()
    elif damage == "torn stamp":
        (venv / "stnlib-stamp.json").write_text('{"inputs": ')
    elif damage == "no python":
        (venv / "bin" / "python").unlink()
    elif damage == "moved":
        stamp = {**stamp_of(project), "root": "/elsewhere"}
        (venv / "stnlib-stamp.json").write_text(json.dumps(stamp))
    else:
        venv.rename(project / "old")
        venv.write_text("a file")
    code, commands = setup()
    assert code == 0
    assert commands[0][2] == "venv"
    assert not (venv / "leftover").exists()
    assert setup() == (0, [])


@pytest.mark.parametrize(
    "step", ["Making the virtual", "Installing requirements", "Installing stnlib"]
)
def test_a_failed_install_leaves_nothing_and_says_why(project, setup, capsys, step):
    code, _ = setup(fail_at=step)
    error = capsys.readouterr().err
    assert code == 1
    assert not (project / ".venv").exists()
    assert error.startswith(f"Error: {step}")
    assert "pip's last words" in error
    assert "Traceback" not in error


def test_a_failed_update_leaves_nothing(project, setup):
    setup()
    (project / "requirements.txt").write_text("torch==9\n")
    assert setup(fail_at="Installing requirements")[0] == 1
    assert not (project / ".venv").exists()


def test_ctrl_c_leaves_nothing(project, setup, capsys):
    code, _ = setup(fail_at="Installing requirements", error=KeyboardInterrupt())
    assert code == 130
    assert not (project / ".venv").exists()
    assert "Stopped" in capsys.readouterr().err


def test_the_cpu_build_of_torch_comes_from_its_own_index_and_stays(project, setup):
    code, commands = setup("--torch", "cpu")
    assert code == 0
    index = "https://download.pytorch.org/whl/cpu"
    assert commands[1][-3:] == ["--index-url", index, "torch==2.13.0"]
    assert "--no-deps" in commands[1]
    assert setup() == (0, [])  # a later call without the variable keeps it
    (project / "requirements.txt").write_text("torch==2.14.0\n")
    assert setup()[1][0][-1] == "torch==2.14.0"
    assert stamp_of(project)["torch"] == "cpu"
    assert setup("--torch", "default")[1][0][2] == "venv"


def test_torch_must_be_cpu_or_default(setup, capsys):
    assert setup("--torch", "gpu")[0] == 1
    assert "TORCH is cpu or default, and not 'gpu'" in capsys.readouterr().err


def test_a_chosen_python_replaces_another_and_an_unchosen_one_does_not(project, setup):
    setup()
    stamp = {**stamp_of(project), "python": "3.12.0"}
    (project / ".venv" / "stnlib-stamp.json").write_text(json.dumps(stamp))
    assert setup() == (0, [])
    assert setup("--chosen")[1][0][2] == "venv"


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 8, 10), (3, 10, 14)])
def test_a_python_that_is_too_old_gets_a_sentence(project, setup, capsys, monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    code, commands = setup()
    assert (code, commands) == (1, [])
    assert "The book needs Python 3.11 or newer" in capsys.readouterr().err
    assert not (project / ".venv").exists()


def test_a_missing_venv_module_gets_a_sentence(project, setup, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    code, commands = setup()
    assert (code, commands) == (1, [])
    error = capsys.readouterr().err
    assert "has no ensurepip module" in error
    assert "python3-venv" in error


def test_run_shows_the_last_lines_of_a_command_that_fails():
    tool = load("setup_venv")
    talk = (
        "for i in range(40): print('line', i)\n"
        "print('Requirement already satisfied: x')\n"
        "raise SystemExit(3)"
    )
    with pytest.raises(tool.SetupError, match="Trying failed") as caught:
        tool.run([sys.executable, "-c", talk], "Trying")
    assert caught.value.tail == [f"line {i}" for i in range(28, 40)]


def test_a_stopped_install_ends_its_child_and_leaves_nothing(project):
    """The real script, the real signal; only the long install is a stand-in."""
    code = (
        "import sys, os; sys.path.insert(0, {tools!r}); import setup_venv as s\n"
        "def install(root, venv, torch):\n"
        "    s.run([sys.executable, '-c', 'import time; time.sleep(60)'], 'x')\n"
        "s.install = install\n"
        "real = s.run\n"
        "def run(command, what):\n"
        "    if 'venv' in command:\n"
        "        os.makedirs(command[-1]); print('started', flush=True)\n"
        "    else:\n"
        "        real(command, what)\n"
        "s.run = run\n"
        "sys.exit(s.main([], root={root!r}))\n"
    ).format(tools=str(ROOT / "tools"), root=str(project))
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while "started" not in child.stdout.readline():
        assert child.poll() is None
    time.sleep(0.3)
    assert (project / ".venv").exists()
    child.send_signal(signal.SIGTERM)
    _, error = child.communicate(timeout=20)
    assert child.returncode == 130
    assert error.strip() == "Stopped before .venv was ready, so it was removed."
    assert not (project / ".venv").exists()


# --- the Makefile -------------------------------------------------------------------------------


def run_make(*arguments):
    environment = {**os.environ, "MAKEFLAGS": ""}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, capture_output=True, text=True, env=environment
    )


def test_plain_make_lists_the_commands():
    result = run_make()
    assert result.returncode == 0
    lines = [line.strip() for line in result.stdout.splitlines()]
    commands = ["book", "test", "lab", "serve", "notebooks", "experiments"]
    commands += ["bench", "clean"]
    assert [line.split()[1] for line in lines if line.startswith("make ")] == commands


def test_make_with_an_interpreter_that_is_not_there_says_so():
    result = run_make("book", "PYTHON=python-that-is-not-there")
    assert result.returncode != 0
    assert "Error: there is no python-that-is-not-there here" in result.stderr
    assert "Traceback" not in result.stderr


# --- build_book ---------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path, monkeypatch):
    """build_book on a small tree with a stand-in for Sphinx: site(code=0) -> right or not."""
    tool = load("build_book")
    for name in tool.SOURCES:
        (tmp_path / name).write_text(name)
    for folder in tool.FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
    runs = []

    def call(code=0, error=None, again=False):
        def sphinx(root):
            runs.append(code)
            (root / "_build" / "html").mkdir(parents=True)
            (root / "_build" / "html" / "index.html").write_text("page")
            if error:
                raise error
            return code

        monkeypatch.setattr(tool, "run_sphinx", sphinx)
        return tool.build(tmp_path, again)

    call.root, call.runs, call.tool = tmp_path, runs, tool
    return call


def test_a_site_is_built_once(site):
    assert site()
    assert site()
    assert site.runs == [0]
    assert site(again=True)
    assert site.runs == [0, 0]


@pytest.mark.parametrize("file", ["_toc.yml", "book/page.md", "stnlib/widgets/shared/warp.js"])
def test_a_change_builds_it_again(site, file):
    site()
    (site.root / file).parent.mkdir(exist_ok=True)
    (site.root / file).write_text("changed")
    assert site()
    assert len(site.runs) == 2


def test_a_setting_of_the_environment_builds_it_again(site, monkeypatch):
    site()
    monkeypatch.setenv("BOOK_REPOSITORY", "https://github.com/a/b")
    assert not site.tool.is_fresh(site.root)


def test_a_failed_build_is_never_taken_for_a_site(site, capsys):
    site()
    (site.root / "book" / "page.md").write_text("broken")
    assert not site(code=1)
    assert not (site.root / "_build" / "html").exists()
    assert "Error: the site was not built" in capsys.readouterr().err
    assert site()
    assert len(site.runs) == 3


def test_a_stopped_build_is_never_taken_for_a_site(site):
    with pytest.raises(KeyboardInterrupt):
        site(error=KeyboardInterrupt())
    assert not site.tool.is_fresh(site.root)
    assert site()


# --- serve --------------------------------------------------------------------------------------


def test_the_server_is_on_loopback_and_has_its_own_page_for_wrong_addresses(tmp_path):
    (tmp_path / "index.html").write_text("home")
    (tmp_path / "404.html").write_text("not here")
    server = load("serve").make_server(tmp_path, 0)
    assert server.server_address[0] == "127.0.0.1"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        assert urllib.request.urlopen(address).read() == b"home"
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(address + "nowhere/at/all")
        assert (caught.value.code, caught.value.read()) == (404, b"not here")
        caught.value.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# --- execute_notebooks --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def notebooks():
    return load("execute_notebooks")


def stored_widgets(tool, ids):
    """A notebook with a view of ids[0], which holds ids[1]; ids[2] is shown nowhere."""
    bundle = {tool.WIDGET_VIEW: {"model_id": ids[0], "version_major": 2}, "text/plain": "Figure()"}
    cell = new_code_cell("x", outputs=[new_output("display_data", data=bundle)])
    notebook = new_notebook(cells=[cell])
    state = {key: {"state": {"_esm": "js"}} for key in (ids[2], ids[1], ids[0])}
    state[ids[0]]["state"]["layout"] = f"IPY_MODEL_{ids[1]}"
    notebook.metadata["widgets"] = {tool.WIDGET_STATE: {"state": state}}
    return nbformat.from_dict(notebook)


def test_widget_ids_are_numbered_in_order_of_appearance(notebooks):
    texts = []
    for start in ("a", "f"):
        notebook = stored_widgets(notebooks, [start * 31 + digit for digit in "012"])
        notebooks.renumber_models(notebook)
        texts.append(nbformat.writes(notebook).replace(notebook.cells[0].id, "id"))
    assert texts[0] == texts[1]
    state = notebook.metadata["widgets"][notebooks.WIDGET_STATE]["state"]
    assert list(state) == [f"{number:032x}" for number in (1, 2, 3)]
    assert state[f"{1:032x}"]["state"]["layout"] == f"IPY_MODEL_{2:032x}"
    shown = notebook.cells[0].outputs[0].data[notebooks.WIDGET_VIEW]["model_id"]
    assert shown == f"{1:032x}"


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

    noise = Image.effect_noise((80, 80), 60)
    colourful = Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))).convert("RGBA")
    given = stored(colourful)
    output = new_output("display_data", data={"image/png": given, "text/plain": "Figure()"})
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    notebooks.normalise(notebook)
    once = notebook.cells[0].outputs[0].data["image/png"]
    assert len(once) < 0.5 * len(given)
    small = Image.open(io.BytesIO(base64.b64decode(once)))
    assert small.size == colourful.size
    assert small.convert("RGB").getpixel((0, 0)) == pytest.approx(
        colourful.getpixel((0, 0))[:3], abs=40
    )
    assert notebooks.reduce_colours(once) == once
    colourful.putalpha(100)
    assert notebooks.reduce_colours(stored(colourful)) == stored(colourful)


def test_a_notebook_is_executed_and_one_that_raises_is_left_alone(notebooks, tmp_path):
    good, bad = tmp_path / "01_good.ipynb", tmp_path / "02_bad.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# T"), new_code_cell("6 * 7")]), good)
    raising = [new_code_cell("1"), new_code_cell("1 / 0"), new_code_cell("2")]
    nbformat.write(new_notebook(cells=raising), bad)
    before = bad.read_bytes()
    notebooks.refresh(good)
    stored = nbformat.read(good, as_version=4).cells[1]
    assert stored.outputs[0].data["text/plain"] == "42"
    assert stored.execution_count == 1
    assert stored.metadata == {}
    with pytest.raises(notebooks.CellError, match=r"(?s)cell 2 .*ZeroDivisionError"):
        notebooks.refresh(bad)
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


def test_chapters_are_chosen_by_the_beginning_of_their_names(notebooks, tmp_path):
    for name in ("book/intro.ipynb", "notebooks/01_a.ipynb", "notebooks/02_b.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert [file.stem for file in notebooks.find_notebooks(tmp_path)] == ["intro", "01_a", "02_b"]
    assert [file.stem for file in notebooks.find_notebooks(tmp_path, ["02"])] == ["02_b"]
    with pytest.raises(SystemExit, match="no notebook starts with '07'"):
        notebooks.find_notebooks(tmp_path, ["07"])


# --- find_browser and the pins ------------------------------------------------------------------


def test_a_browser_is_installed_only_where_that_is_allowed(monkeypatch):
    tool = load("find_browser")
    asked = []
    monkeypatch.setattr(tool, "find", lambda: None)
    monkeypatch.setattr(tool, "install", lambda: asked.append(1) or False)
    monkeypatch.setattr(tool, "may_install", lambda: False)
    assert tool.ensure() is None
    assert asked == []
    monkeypatch.setattr(tool, "may_install", lambda: True)
    assert tool.ensure() is None
    assert asked == [1]


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
