"""The live figures in JupyterLab with a running kernel: Python redraws them, and reads the hand."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_client import BlockingKernelClient
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
WAIT = 90  # seconds for a slow machine
CELL = """
import numpy as np
import torch
from IPython.display import display
from stnlib.networks import cnn
from stnlib.widgets import *

moves = [[[[1, 0, t / 20], [0, 1, 0]]] for t in range(21)]
run = Recording(range(21), np.array(moves), (8, 8), error_step=[0, 20], error=[90.0, 5.0])
upright = torch.eye(2, 3)[None]
network, digit = cnn(20, channels=(16, 32)), GridBender().input
figures = {
    "GridExplorer": GridExplorer(), "PixelLab": PixelLab(),
    "AlignmentLandscape": AlignmentLandscape(), "ConventionChecker": ConventionChecker(),
    "TrainingReplay": TrainingReplay({"run": run}, np.eye(8)[None]),
    "GridBender": GridBender(control_grid=(2, 2)),
    "PoseProbe": PoseProbe({"one": network}, digit, [3], upright, upright),
    "TrainingBench": TrainingBench(), "DrawDigit": DrawDigit(),
    "VolumeExplorer": VolumeExplorer(),
}
display(*figures.values())
"""
# A trait that the first handle of the figure changes, and what Python sets it to.
CASES = {
    "GridExplorer": ("theta", (0.5, 0.0, 0.1, 0.0, 0.5, 0.0)),
    "PixelLab": ("point", (5.25, 2.5)),
    "AlignmentLandscape": ("start", (-40.0, 3.0)),
    "ConventionChecker": ("pixel", (3, 2)),
    "TrainingReplay": ("step", 1),
    "GridBender": ("theta", (0.0, 0.0, -0.25, 0.25, 0.0, 0.0, 0.0, 0.0)),
    "PoseProbe": ("offset", (20.0, 2.0)),
    "TrainingBench": ("held", (-0.2, 0.1, 0.1, 0.1)),
    "DrawDigit": ("angle", 30.0),
    "VolumeExplorer": ("theta", (0.5, 0.0, 0.0, 0.1, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0)),
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on a notebook with all figures; return (address, runtime folder)."""
    folder = tmp_path_factory.mktemp("lab")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[new_code_cell(CELL)], metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "figures.ipynb")
    names = ("CONFIG", "DATA", "RUNTIME")
    folders = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in names}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root",
        "--expose-app-in-browser", "--ServerApp.token=book", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    environment = {**os.environ, **folders, "JUPYTER_PREFER_ENV_PATH": "1", "PYTHONPATH": str(ROOT)}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
    runtime = folder / "runtime"
    end = time.monotonic() + WAIT
    while not (found := list(runtime.glob("jpserver-*.json"))) and time.monotonic() < end:
        assert server.poll() is None, (folder / "log").read_text()
        time.sleep(0.2)
    yield json.loads(found[0].read_text())["url"], runtime
    server.terminate()
    server.wait(timeout=WAIT)


@pytest.fixture(scope="module")
def page(lab, browser):
    """Open the notebook, run its cell, and wait for the figures."""
    address, _ = lab
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.goto(f"{address}lab/tree/figures.ipynb?token=book")
    ready = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
    page.wait_for_function(ready, timeout=1000 * WAIT)
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(
        f"() => document.querySelectorAll('.stn-figure').length === {len(CASES)}",
        timeout=1000 * WAIT,
    )
    yield page
    context.close()


@pytest.fixture(scope="module")
def ask(lab, page):
    """Run a line in the notebook's own kernel; return what it printed."""
    [connection] = lab[1].glob("kernel-*.json")
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=WAIT)

    def run(code):
        said = []

        def hear(message):
            assert message["msg_type"] != "error", message["content"]
            said.append(message["content"].get("text", ""))

        client.execute_interactive(code, timeout=WAIT, output_hook=hear)
        return "".join(said).strip()

    yield run
    client.stop_channels()


LOOK = (
    """(node) => [...node.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()).join()"""
)


@pytest.mark.parametrize("name", CASES)
def test_python_redraws_the_figure_and_reads_what_the_hand_does(page, ask, name):
    trait, value = CASES[name]
    figure = page.locator(".stn-figure").nth(list(CASES).index(name))
    target = figure.locator('[data-handle]:not([data-handle="pixel"])').first
    target.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.wait_for_timeout(300)
    before = figure.evaluate(LOOK)
    ask(f"figures[{name!r}].{trait} = {value!r}")
    for _ in range(10 * WAIT):
        page.wait_for_timeout(100)
        if (after := figure.evaluate(LOOK)) != before:
            break
    assert after != before, f"{name} did not follow Python"

    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y - 30, steps=5)
    page.mouse.up()
    for _ in range(10 * WAIT):
        found = ask(f"print(repr(figures[{name!r}].{trait}))")
        if found != repr(value):
            break
        page.wait_for_timeout(100)
    assert found != repr(value), f"Python did not read what the hand did to {name}"


def test_the_history_of_what_the_page_trains_comes_to_python(page, ask):
    figure = page.locator(".stn-figure").nth(list(CASES).index("TrainingBench"))
    figure.locator('[data-action="10 steps"]').click()
    figure.locator(':scope[aria-busy="false"]').wait_for()
    ask("from stnlib.training import diagnose; bench = figures['TrainingBench']")
    for _ in range(10 * WAIT):
        if ask("print(len(bench.history.loss))") == "10":
            break
        page.wait_for_timeout(100)
    assert ask("print(bench.history.theta_step, bench.theta.shape)") == (
        "[0, 10] torch.Size([8, 4])"
    )
    assert ask("print(len(diagnose(bench.history)) < 3, bool(bench.input.max() > 0.5))") == (
        "True True"
    )


ACTIVE = """() => [...document.querySelectorAll(".jp-Notebook .jp-Cell")]
  .findIndex((cell) => cell.classList.contains("jp-mod-active"))"""


FOCUSABLE = ["input[type=range]", "input[type=radio]:checked", "[data-handle]"]


@pytest.mark.parametrize("kind", FOCUSABLE)
def test_arrow_keys_move_the_figure_and_not_the_cells(page, kind):
    target = page.locator(f".stn-figure {kind}").first
    figure = page.locator(".stn-figure", has=page.locator(kind)).first
    before, active = figure.evaluate(LOOK), page.evaluate(ACTIVE)
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        target.evaluate("(node) => node.focus({ preventScroll: true })")
        page.keyboard.press(key)
        page.wait_for_timeout(200)
        assert page.evaluate(ACTIVE) == active, f"{key} moved to another cell"
    assert figure.evaluate(LOOK) != before or "radio" in kind
