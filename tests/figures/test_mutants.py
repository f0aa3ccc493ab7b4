"""Faults of the figures and drawings are seen: each one, made on purpose, turns a picture red."""

import shutil
import subprocess
import types
from pathlib import Path

import pytest

from stnlib import plotting
from stnlib.widgets import stills
from tests.figures import pictures
from tests.figures.mutants import MUTANTS

pytestmark = pytest.mark.browser

HOME = Path(stills.__file__).parent
TOOL = pictures.ROOT / "tools" / "build_figures.mjs"


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Build the scripts and styles with one text changed: build(file, old, new) -> (js, css)."""
    node = shutil.which("node")
    if node is None or not (pictures.ROOT / "node_modules" / "esbuild").exists():
        pytest.skip("NO MUTANT WAS TRIED: node and its packages are missing; see CONTRIBUTING.md")
    home = tmp_path_factory.mktemp("mutants")
    sources, to = home / "widgets", home / "built"
    kept = shutil.ignore_patterns("*.py", "__pycache__", "built")
    shutil.copytree(HOME, sources, ignore=kept)

    def build_one(file, old, new):
        path, right = sources / file, (HOME / file).read_text(encoding="utf-8")
        path.write_text(right.replace(old, new), encoding="utf-8")
        subprocess.run([node, TOOL, sources, to], check=True)
        path.write_text(right, encoding="utf-8")
        return [(to / f"figures.{kind}").read_text(encoding="utf-8") for kind in ("js", "css")]

    return build_one


def shown_by(mutant, gallery, build):
    """Return the picture and the words of a mutant."""
    if mutant.file == "plotting.py":
        wrong = types.ModuleType("plotting")
        text = Path(plotting.__file__).read_text(encoding="utf-8")
        exec(compile(text.replace(mutant.old, mutant.new), mutant.file, "exec"), wrong.__dict__)
        return pictures.drawing(mutant.name, wrong)
    figures, css = build(mutant.file, mutant.old, mutant.new)
    gallery.use(figures=figures, css=css)
    try:
        look = pictures.show(gallery, mutant.name)
    finally:
        gallery.use()
    return pictures.picture_of(look), look.words


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_fault_is_seen(gallery, build, mutant):
    source = HOME.parent / mutant.file if mutant.file == "plotting.py" else HOME / mutant.file
    assert source.read_text(encoding="utf-8").count(mutant.old) == 1, "mutants.py is out of date"
    with pytest.raises(AssertionError):
        pictures.check(mutant.name, *shown_by(mutant, gallery, build))
