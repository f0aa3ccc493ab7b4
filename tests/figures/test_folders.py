"""A figure is a folder: found by itself, with its own script and its part of the one style."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from stnlib import plotting, widgets
from stnlib.widgets.shared.base import LiveFigure, built
from stnlib.widgets.stored import VIEW

FOLDER = Path(widgets.__file__).parent
FOLDERS = [main.parent.name for main in sorted(FOLDER.glob("*/main.js"))]
STYLES = [FOLDER / "shared" / "style.css", *sorted(FOLDER.glob("[!s]*/style.css"))]


def class_name(folder):
    return folder.title().replace("_", "")


def rules_of(css):
    """Return the selectors of a style sheet, one by one."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    rules = [rule for rule in re.findall(r"([^{}]+)\{", css) if not rule.strip().startswith("@")]
    return [selector.strip() for rule in rules for selector in re.split(r",(?![^(]*\))", rule)]


def test_the_package_has_the_figure_of_each_folder():
    assert len(FOLDERS) >= 7
    found = {name: getattr(widgets, name) for name in widgets.__all__}
    figures = {name for name, value in found.items() if issubclass(value, LiveFigure)}
    assert figures == {class_name(folder) for folder in FOLDERS}
    for folder in FOLDERS:
        assert found[class_name(folder)].__module__ == f"stnlib.widgets.{folder}"


def test_a_new_folder_is_found(tmp_path):
    package = tmp_path / "stnlib_widgets"
    (package / "new_figure").mkdir(parents=True)
    (package / "other").mkdir()
    (package / "__init__.py").write_text((FOLDER / "__init__.py").read_text())
    (package / "other" / "__init__.py").write_text("Plain = 1\n")
    figure = '__all__ = ["NewFigure"]\nclass NewFigure: ...\n'
    (package / "new_figure" / "__init__.py").write_text(figure)
    (package / "tool.py").write_text("raise RuntimeError('a module is no figure')\n")
    code = "import stnlib_widgets as w; print(w.__all__, w.NewFigure.__module__)"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, text=True, capture_output=True, check=True
    )
    assert result.stdout.strip() == "['NewFigure'] stnlib_widgets.new_figure"


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_figure_has_its_own_script_behind_what_all_share(folder):
    figure = getattr(widgets, class_name(folder))
    shared, own, last = figure._esm.split("\n\n")
    assert f"{shared}\n" == built("figures.js")
    assert shared.startswith("var stnlibFigures;")
    assert f"{own}\n" == built(f"{figure.__name__}.js")
    assert own.count(f"stnlibFigures.{figure.__name__}=") == own.count("stnlibFigures.") - 1 == 1
    assert last == f"export default stnlibFigures.{figure.__name__};"
    assert figure._css == built("figures.css")


def test_a_readers_subclass_is_still_that_figure():
    class Mine(widgets.GridExplorer):
        """With a setting less in its repr."""

        settings = ("mode",)

    mine = Mine()
    assert mine._esm.endswith("\nexport default stnlibFigures.GridExplorer;")
    assert mine.get_state()["_figure"] == "GridExplorer"
    assert repr(mine) == "Mine(mode='bilinear')"


def test_the_output_of_a_cell_has_view_and_repr():
    explorer = widgets.GridExplorer()
    data = explorer._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert set(data) == {VIEW, "text/plain"}
    assert data[VIEW]["model_id"] == explorer.model_id
    assert data["text/plain"] == repr(explorer)


def test_the_style_stays_inside_the_figures():
    css = built("figures.css")
    assert "@import" not in css
    assert "url(" not in css
    assert all(selector.startswith(".stn-figure") for selector in rules_of(css))


def test_on_one_page_no_figures_style_undoes_anothers():
    taken = set()
    assert len(STYLES) > 4
    for file in STYLES:
        own = set(rules_of(file.read_text(encoding="utf-8")))
        assert not own & taken, file
        taken |= own


def test_colours_are_those_of_the_plots():
    css = built("figures.css").lower()
    assert f"--stn-input: {plotting.INPUT.lower()};" in css
    assert f"--stn-output: {plotting.OUTPUT.lower()};" in css
