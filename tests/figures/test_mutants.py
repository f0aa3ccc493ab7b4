"""Faults of the figures and drawings are seen: each one, made on purpose, turns a picture red."""

import re
import shutil
import subprocess
import types
from pathlib import Path

import pytest

from tests.figures import pictures
from tests.figures.mutants import HOME, MUTANTS

pytestmark = pytest.mark.browser

TOOL = pictures.ROOT / "tools" / "build_figures.mjs"


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Build the scripts and styles with one text changed: build(mutant, file) -> (js, css)."""
    node = shutil.which("node")
    if node is None or not (pictures.ROOT / "node_modules" / "esbuild").exists():
        pytest.skip("There is no node here, or no esbuild (npm ci): no fault was tried.")
    home = tmp_path_factory.mktemp("mutants")
    sources, to = home / "widgets", home / "built"
    kept = shutil.ignore_patterns("*.py", "__pycache__", "built")
    shutil.copytree(HOME / "widgets", sources, ignore=kept)

    def build_one(mutant, file):
        right, path = file.read_text("utf-8"), home / file.relative_to(HOME)
        path.write_text(right.replace(mutant.old, mutant.new), encoding="utf-8")
        subprocess.run([node, TOOL, sources, to], check=True)
        path.write_text(right, encoding="utf-8")
        scripts = [to / "figures.js", *to.glob("[A-Z]*.js")]
        return "\n".join(map(Path.read_text, scripts)), (to / "figures.css").read_text("utf-8")

    return build_one


@pytest.fixture(scope="module")
def page(gallery):
    """Lend the page to the faults, and put the right scripts back."""
    yield gallery
    gallery.use()


def drawn_by(mutant, file):
    """Return the drawing, and its words, of a mutant of plotting: its files as one module."""
    wrong, own = types.ModuleType("plotting"), r"from stnlib\.plotting\S* import (\(.*?\)|.*?$)"
    for name in ("style", "arguments", "drawing"):
        part = file.with_name(f"{name}.py")
        text = re.sub(own, "", part.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        text = text.replace(mutant.old, mutant.new) if part == file else text
        exec(compile(text, part, "exec"), wrong.__dict__)
    return pictures.drawing(mutant.name, wrong)


def shown_by(mutant, file, page, build):
    """Return the picture and the words of a mutant of a live figure."""
    figures, css = build(mutant, file)
    page.use(figures=figures, css=css)
    look = pictures.show(page, mutant.name)
    return pictures.picture_of(look), look.words


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_fault_is_seen(request, mutant):
    files = mutant.files()
    assert len(files) == 1, f"mutants.py is out of date: {mutant.old} stands in {files}"
    if mutant.folder == "plotting":
        seen = drawn_by(mutant, *files)
    else:
        page, build = (request.getfixturevalue(name) for name in ("page", "build"))
        seen = shown_by(mutant, *files, page, build)
    assert pictures.faults(mutant.name, *seen)
