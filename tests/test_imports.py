"""The import rules of stnlib: which module may use which, and what the package stays free of."""

import ast
import graphlib
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import stnlib

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "stnlib"

# Which of stnlib's own modules, or folders, each may import. The checks of arguments, ``_checks``,
# the rule of precision, ``_precision``, arrays for figures, ``_arrays``, and the errors of missing
# packages, ``_extras``, may be imported by all and import nothing else of stnlib.
# Names are taken from the module that defines them, or from its folder, and not from the package.
MAY_IMPORT = {
    "coordinates": set(),
    "affine": {"coordinates"},
    "pixel_matrix": {"affine"},
    "transforms": {"coordinates", "affine"},
    "alignment": {"affine", "transforms"},
    "sampler": {"coordinates"},
    "splatting": {"coordinates"},
    "digits": set(),
    "plotting": {"coordinates"},
    "exercises": set(),
    "transformer": {"transforms", "sampler"},
    "several": {"transforms", "transformer"},
    "networks": {"transforms", "transformer"},
    "distortions": {"affine", "transforms", "sampler"},
    "training": set(),
    "experiments": {
        "coordinates", "affine", "transforms", "alignment", "sampler", "digits", "transformer",
        "several", "networks", "distortions", "training",
    },
    "widgets": {
        "coordinates", "affine", "pixel_matrix", "transforms", "alignment", "sampler", "splatting",
        "digits", "plotting", "transformer", "networks", "distortions", "training", "experiments",
    },
}  # fmt: skip
MATHS = {
    "coordinates", "affine", "pixel_matrix", "transforms", "alignment", "sampler", "splatting",
    "transformer", "several", "networks", "distortions", "training",
}  # fmt: skip
NOT_IN_MATHS = {"matplotlib", "ipywidgets", "anywidget", "traitlets", "sklearn", "IPython"}


def module_name(file):
    """The first part after stnlib: "affine", or "widgets" for all of stnlib/widgets."""
    first = file.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports_of(source, package="stnlib"):
    """(top-level package, module of stnlib or None) of every import, wherever it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = (package if node.level else "") + ("." if node.level and node.module else "")
            base += node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            inner = parts[1] if parts[0] == "stnlib" and len(parts) > 1 else None
            yield parts[0], inner


def modules():
    return [file for file in sorted(PACKAGE.rglob("*.py")) if file != PACKAGE / "__init__.py"]


def is_module(name):
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def forbidden(file, source=None):
    """The imports of one file that the table does not allow."""
    own = module_name(file)
    allowed = MAY_IMPORT.get(own, set()) | {own}
    wrong = []
    for top, inner in imports_of(file.read_text() if source is None else source):
        if top == "stnlib" and not (inner or "").startswith("_"):
            if own.startswith("_") or inner not in allowed:
                wrong.append(f"stnlib.{inner}")
        elif own in MATHS and top in NOT_IN_MATHS:
            wrong.append(top)
    return wrong


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_below_it(file):
    assert forbidden(file) == []


def test_every_module_is_in_the_table():
    names = {module_name(file) for file in modules()}
    assert {name for name in names if not name.startswith("_")} == MAY_IMPORT.keys()


@pytest.mark.parametrize(
    ("own", "source"),
    [
        ("coordinates", "from stnlib import affine"),
        ("coordinates", "from stnlib.affine import matrix"),
        ("affine", "def f():\n    import stnlib.sampler"),
        ("sampler", "from stnlib import affine_grid"),
        ("sampler", "import matplotlib.pyplot as plt"),
        ("digits", "from stnlib.plotting import panels"),
        ("_checks", "from stnlib.coordinates import axis"),
    ],
)
def test_the_rules_notice_a_forbidden_import(own, source):
    assert len(forbidden(PACKAGE / f"{own}.py", source)) == 1


def test_no_import_leads_back_to_where_it_started():
    """File by file, so inside the folders too."""
    graph = {}
    for file in modules():
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found = re.findall(r"^from (stnlib[\w.]*) import (\w+)", file.read_text(), re.MULTILINE)
        graph[name] = {f"{a}.{b}" if is_module(f"{a}.{b}") else a for a, b in found}
    order = [*graphlib.TopologicalSorter(graph).static_order()]  # or CycleError
    assert order.index("stnlib.coordinates") < order.index("stnlib.training.run")


WIDGETS = PACKAGE / "widgets"


def scripts():
    """{script of a live figure: the scripts that it imports}, as paths in the folder of widgets."""
    graph = {}
    for file in sorted(WIDGETS.glob("*/*.js")):
        if file.parent.name != "built":
            found = re.findall(r'\bfrom "(?:worker:)?([^"]+)"|\bimport "([^"]+)"', file.read_text())
            there = [(file.parent / (one or other)).resolve() for one, other in found]
            name = file.relative_to(WIDGETS).as_posix()
            graph[name] = {path.relative_to(WIDGETS).as_posix() for path in there}
    return graph


def test_a_live_figure_uses_nothing_of_another_one():
    folders = [main.parent for main in sorted(WIDGETS.glob("*/main.js"))]
    assert len(folders) > 5
    for folder in folders:
        for file in folder.glob("*.py"):
            found = re.findall(r"(?:from|import) stnlib\.widgets\.(\w+)", file.read_text())
            assert set(found) <= {"shared", folder.name}, file
    for script, imported in scripts().items():
        own = {script.split("/")[0], "shared"}
        assert {part.split("/")[0] for part in imported} <= own, script


def test_scripts_of_figures_import_without_a_circle_and_each_is_of_use():
    graph = scripts()
    order = [*graphlib.TopologicalSorter(graph).static_order()]  # or CycleError
    assert order.index("shared/warp.js") < order.index("grid_explorer/main.js")
    assert set(order) == graph.keys()  # what is imported is there
    used = {script for script in graph if script.endswith("/main.js")}
    while more := set().union(*(graph[script] for script in used)) - used:
        used |= more
    assert used == graph.keys()


def test_nothing_imports_a_notebook():
    for file in [*modules(), *sorted((ROOT / "tools").glob("*.py"))]:
        tops = {top for top, _ in imports_of(file.read_text())}
        assert not tops & {"import_ipynb", "importnb", "notebooks", "testbook"}, file


def test_import_stnlib_brings_no_figures_no_data_and_no_networks():
    heavy = "matplotlib sklearn ipywidgets anywidget IPython stnlib.networks stnlib.training"
    heavy += " stnlib.plotting stnlib.widgets stnlib.digits stnlib.experiments"
    code = (
        f"import sys, stnlib\nprint(*(name for name in {heavy.split()!r} if name in sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == []


def test_all_of_the_maths_is_reached_from_the_package():
    assert set(dir(stnlib)) >= MATHS
    for name in MATHS:
        assert getattr(stnlib, name) is importlib.import_module(f"stnlib.{name}")
    for family in stnlib.FAMILIES.values():
        assert getattr(stnlib, family.__name__) is family
    with pytest.raises(AttributeError, match="module 'stnlib' has no attribute 'network'"):
        stnlib.network  # noqa: B018
