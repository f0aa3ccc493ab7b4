"""The form of every notebook: what is stored, and what a reader meets."""

import base64
import io
import json
import re
import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import execute_notebooks as tool  # noqa: E402

from stnlib import widgets  # noqa: E402
from stnlib.widgets.stored import STORED  # noqa: E402

FILES = tool.find_notebooks(ROOT)
CHAPTERS = [file for file in FILES if file.parent.name == "notebooks"]
LONGEST_CELL = 25  # lines
WORDS_PER_LINE = 7
FOLDED = {"hide-cell", "hide-input"}
TAGS = FOLDED | {"hide-output", "remove-input", "nbval-ignore-output"}
MACHINE = re.compile(
    r"/(?:tmp|home|root|work|Users|private|var)/\w+|[A-Z]:\\\\?Users|site-packages"
    r"|\bat 0x[0-9a-f]{6,}|\bip(?:ython|ykernel)[-_]input|127\.0\.0\.1"
)

each_notebook = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
each_chapter = pytest.mark.parametrize("file", CHAPTERS, ids=lambda file: file.stem)


def read(file):
    return nbformat.read(file, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def prose(notebook):
    """The text that a reader reads: no formulas, no code, no directive options."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", " ", text, flags=re.DOTALL)
    text = re.sub(r"^(?:`{3,}|:{3,}|:\w+:).*$", " ", text, flags=re.MULTILINE)
    return re.findall(r"[^\W\d_]{2,}|\b[aAI]\b", text)


def lines_of_code(notebook):
    lines = [line.strip() for cell in code_cells(notebook) for line in cell.source.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def texts(output):
    """Every text of an output: printed, shown, or in a mime bundle; pictures left out."""
    yield output.get("text", "")
    for kind, value in output.get("data", {}).items():
        if not kind.startswith("image/png"):
            yield value if isinstance(value, str) else json.dumps(value)


def test_there_are_an_intro_and_chapters():
    assert FILES[0].stem == "intro"
    numbers = [int(file.name[:2]) for file in CHAPTERS]
    assert numbers == list(range(1, len(CHAPTERS) + 1))
    assert len(numbers) >= 3


def test_the_table_of_contents_has_every_notebook():
    toc = (ROOT / "_toc.yml").read_text()
    for file in FILES:
        assert str(file.relative_to(ROOT).with_suffix("")) in toc


@each_notebook
def test_every_cell_was_run_once_in_order(file):
    cells = code_cells(read(file))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert sum(bool(cell.outputs) for cell in cells) >= 1


@each_notebook
def test_nothing_went_wrong_in_it(file):
    for output in outputs(read(file)):
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output.get("text")


@each_notebook
def test_a_live_figure_is_stored_as_settings_still_and_words(file):
    notebook = read(file)
    assert "widgets" not in notebook.metadata
    shown = [output.data for output in outputs(notebook) if STORED in output.get("data", {})]
    assert len(shown) >= 1
    for data in shown:
        stored = data[STORED]
        figure = getattr(widgets, stored["figure"])
        settings = {n for n in figure.class_trait_names(sync=True) if not n.startswith("_")}
        assert set(stored["state"]) == settings - {"layout", "tabbable", "tooltip"}
        assert len(stored["words"]) > 40
        assert data["text/plain"].startswith(f"{stored['figure']}(")
        colours = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("L")
        assert colours.getextrema()[0] < 80 < 250 < colours.getextrema()[1], "a blank still"


@each_notebook
def test_no_path_or_address_of_a_machine_is_in_it(file):
    notebook = read(file)
    for cell in notebook.cells:
        assert not MACHINE.search(cell.source), MACHINE.search(cell.source)
    for output in outputs(notebook):
        for text in texts(output):
            assert not MACHINE.search(text), MACHINE.search(text)


@each_notebook
def test_it_is_stored_as_the_tool_stores_it(file):
    notebook = read(file)
    nbformat.validate(notebook)
    text = file.read_text(encoding="utf8")
    tool.normalise(notebook)
    assert nbformat.writes(notebook).rstrip("\n") + "\n" == text


@each_notebook
def test_no_cell_is_long(file):
    for cell in code_cells(read(file)):
        assert len(cell.source.splitlines()) <= LONGEST_CELL, cell.source


@each_notebook
def test_prose_stands_before_each_code_cell(file):
    cells = read(file).cells
    assert cells[0].cell_type == "markdown"
    for before, cell in pairwise(cells):
        if cell.cell_type == "code":
            assert before.cell_type == "markdown", cell.source
            assert len(before.source.split()) >= 3


@each_notebook
def test_there_is_more_prose_than_code(file):
    notebook = read(file)
    words, lines = len(prose(notebook)), len(lines_of_code(notebook))
    assert words >= WORDS_PER_LINE * lines, f"{words} words for {lines} lines"


@each_notebook
def test_only_known_tags_and_only_times_are_not_compared(file):
    for cell in code_cells(read(file)):
        assert tags(cell) <= TAGS
        assert not re.search(r"#\s*NBVAL", cell.source, re.IGNORECASE)
        if "nbval-ignore-output" in tags(cell):
            assert re.search(r"perf_counter|timeit|Timer|seconds", cell.source), cell.source


@each_chapter
def test_the_title_begins_with_a_verb_and_has_no_number(file):
    title = read(file).cells[0].source.splitlines()[0]
    assert title.startswith("# ")
    words = file.stem.split("_")[1:]
    assert title[2:].split()[0].lower() == words[0]
    assert not re.search(r"\d", title)


@each_chapter
def test_exercises_have_folded_solutions(file):
    cells = read(file).cells
    exercises = sum(
        len(re.findall(r"^[`:]{3,}\{exercise(?:-start)?\}", cell.source, re.MULTILINE))
        for cell in cells
        if cell.cell_type == "markdown"
    )
    folded = [
        cell
        for cell in cells
        if cell.cell_type == "code"
        and "hide-cell" in tags(cell)
        and cell.metadata.get("jupyter", {}).get("source_hidden") is True
    ]
    assert 2 <= exercises <= 4
    assert len(folded) >= exercises


@each_chapter
def test_recap_comes_after_the_exercises(file):
    text = "\n".join(cell.source for cell in read(file).cells if cell.cell_type == "markdown")
    assert 0 < text.index("## Exercises") < text.index("## Recap")
