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
LONGEST_LINE = 80  # characters: what the page shows without a scroll bar
WIDEST = 580  # pixels of a plot, so that its words can be read at 390
# Pages that follow every rule of CONTRIBUTING:
DONE = {"intro", "primer", "between_libraries", "papers_table", *(f"{n:02}" for n in range(1, 13))}
MOST = {"words": 2200, "lines": 200}  # of a chapter; folded code is not counted
WORDS_PER_LINE = 7
FOLDED = {"hide-cell", "hide-input"}
HIDDEN = {*FOLDED, "remove-input"}
TAGS = FOLDED | {"hide-output", "remove-input", "nbval-ignore-output"}
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")  # in prose, with what it shows
MACHINE = re.compile(
    r"/(?:tmp|home|root|work|Users|private|var)/\w+|[A-Z]:\\\\?Users|site-packages"
    r"|\bat 0x[0-9a-f]{6,}|\bip(?:ython|ykernel)[-_]input|127\.0\.0\.1"
)

each_notebook = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
each_done = pytest.mark.parametrize(
    "file", [file for file in FILES if file.stem[:2] in DONE or file.stem in DONE],
    ids=lambda file: file.stem,
)  # fmt: skip
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
    text = re.sub(PICTURE, " ", text)
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", " ", text, flags=re.DOTALL)
    text = re.sub(r"^(?:`{3,}|:{3,}|:\w+:).*$", " ", text, flags=re.MULTILINE)
    return re.findall(r"[^\W\d_]{2,}|\b[aAI]\b", text)


def lines_of_code(notebook):
    """The lines that a page shows; what a fold hides does not count."""
    shown = [cell for cell in code_cells(notebook) if not tags(cell) & HIDDEN]
    lines = [line.strip() for cell in shown for line in cell.source.splitlines()]
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
    assert shown or file.stem in ("primer", "papers_table")  # which have plots only
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
        if "remove-input" not in tags(cell):
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


@each_done
def test_code_fits_the_page(file):
    for cell in code_cells(read(file)):
        for line in cell.source.splitlines():
            assert len(line) <= LONGEST_LINE, line


@each_done
def test_a_chapter_is_short(file):
    if file not in CHAPTERS:
        return
    notebook = read(file)
    words, lines = len(prose(notebook)), lines_of_code(notebook)
    assert words <= MOST["words"], f"{words} words"
    assert len(lines) <= MOST["lines"], f"{len(lines)} lines of code"


@each_done
def test_each_picture_has_a_number_and_a_caption(file):
    """The paragraph behind a picture begins with its number: **Figure 3.1.** What to see."""
    cells, captions = read(file).cells, []
    for cell, after in pairwise([*cells, None]):
        if cell.cell_type == "markdown":
            parts = cell.source.split("\n\n")
            captions += [b for a, b in pairwise([*parts, ""]) if PICTURE.match(a)]
        elif any("image/png" in output.get("data", {}) for output in cell.outputs):
            assert after is not None
            assert after.cell_type == "markdown"
            captions.append(after.source.split("\n\n")[0])
    chapter = f"{int(file.name[:2])}." if file in CHAPTERS else ""
    for number, caption in enumerate(captions, 1):
        assert caption.startswith(f"**Figure {chapter}{number}.** "), caption[:60]
        assert len(caption.split()) >= 8, caption


@each_done
def test_plots_are_narrow_and_have_no_ground_of_their_own(file):
    for output in outputs(read(file)):
        data = output.get("data", {})
        if "image/png" in data and STORED not in data:
            picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGBA")
            assert picture.width <= WIDEST
            assert picture.getextrema()[3][0] == 0, "an opaque ground: use_style() is missing"


@each_done
def test_a_true_or_false_is_not_all_that_a_cell_prints(file):
    for output in outputs(read(file)):
        assert output.get("text", "").strip() not in ("True", "False")
        assert output.get("data", {}).get("text/plain") not in ("True", "False", "tensor(True)")


@each_done
def test_nothing_of_an_exercise_is_open(file):
    """Between the stub and the folded way to do it there is no hint."""
    cells = read(file).cells
    for first, stub, after in zip(cells, cells[1:], cells[2:], strict=False):
        if "{exercise}" in first.source:
            assert stub.cell_type == "code"
            assert len(after.source.split()) <= 12 or "hide-cell" in tags(after), after.source


@each_done
def test_words_of_the_glossary_are_linked_once(file):
    text = "\n".join(c.source for c in read(file).cells if c.cell_type == "markdown")
    linked = re.findall(r"\{term\}`([^`<]+?)(?: <([^>]+)>)?`", text)
    named = [(term or shown).strip().lower() for shown, term in linked]
    assert len(named) == len(set(named)), "a term is linked at its first use only"
    if file in CHAPTERS:
        assert len(named) >= 3
