"""The Python side of the live figures: traits, repr, still, script and stored state."""

import base64
import json
import posixpath
import re
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from traitlets import TraitError

from stnlib import affine, plotting
from stnlib.digits import load_digits
from stnlib.sampler import sample
from stnlib.splatting import splat
from stnlib.widgets import (
    AlignmentLandscape,
    ConventionChecker,
    GridBender,
    GridExplorer,
    PixelLab,
    PoseProbe,
    TrainingReplay,
)
from stnlib.widgets.shared.base import LiveFigure
from stnlib.widgets.shared.scripts import join_scripts, parts_of, read_part

ROOT = Path(__file__).resolve().parents[1]
VIEW = "application/vnd.jupyter.widget-view+json"
FIGURES = [
    AlignmentLandscape, ConventionChecker, GridBender, GridExplorer, PixelLab, PoseProbe,
    TrainingReplay,
]  # fmt: skip


@pytest.fixture
def explorer():
    return GridExplorer(torch.rand(1, 1, 6, 8), theta=affine.rotation(0.3), output_size=(4, 5))


@pytest.mark.parametrize(
    "value",
    [
        [1, 0, 0.5, 0, 1, 0],
        [[1, 0, 0.5], [0, 1, 0]],
        np.array([[1, 0, 0.5], [0, 1, 0]]),
        torch.tensor([[1, 0, 0.5, 0, 1, 0]]),
        affine.translation(0.5, 0.0),
        affine.translation(torch.tensor([0.5], requires_grad=True), 0.0),
    ],
)
def test_theta_is_taken_from_lists_arrays_and_tensors(explorer, value):
    explorer.theta = value
    assert explorer.theta == (1, 0, 0.5, 0, 1, 0)
    assert torch.equal(explorer.matrix, affine.translation(0.5, 0.0))


@pytest.mark.parametrize("shape", [(6, 8), (1, 6, 8), (1, 1, 6, 8)])
def test_the_picture_is_taken_in_three_shapes_and_kept_in_bytes(shape):
    picture = torch.linspace(0, 1, 48).reshape(shape)
    explorer = GridExplorer(picture)
    assert explorer.image.dtype == np.uint8
    assert explorer.output_size == (6, 8)
    assert explorer.input.shape == (1, 1, 6, 8)
    assert torch.allclose(explorer.input.flatten(), picture.flatten(), atol=0.5 / 255)


def test_the_default_is_a_digit_read_as_it_is():
    explorer = GridExplorer()
    digit = load_digits().images[33:34]
    assert torch.allclose(explorer.input, digit, atol=0.5 / 255)
    assert torch.allclose(explorer.output, explorer.input, atol=1e-5)


BAD = [
    ({"theta": [1, 2, 3]}, "theta: expected 6 numbers"),
    ({"theta": "six"}, "theta: expected 6 numbers"),
    ({"theta": [1, 0, 0, 0, 1, float("nan")]}, "theta: expected finite numbers"),
    ({"theta": torch.eye(3)}, r"theta: .* got shape \(3, 3\)"),
    ({"theta": None}, "theta"),
    ({"image": torch.rand(2, 3, 4, 4)}, r"image: expected .* got shape \(2, 3, 4, 4\)"),
    ({"image": torch.rand(4, 4) + 1}, r"image: expected values in 0 \.\.\. 1"),
    ({"image": [[0.5, float("inf")]]}, "image: expected finite numbers"),
    ({"image": torch.rand(513, 2)}, "image: expected at most 512"),
    ({"image": torch.rand(0, 2)}, "image: expected"),
    ({"image": "digit.png"}, "image: expected"),
    ({"output_size": 2.5}, r"output_size: expected \(height, width\) or one number for both"),
    ({"output_size": (0, 3)}, "output_size.*at least 1"),
    ({"output_size": (4, 1024)}, "output_size: expected at most 512"),
    ({"mode": "bicubic"}, "mode: expected one of 'bilinear', 'nearest', got str 'bicubic'"),
    ({"padding_mode": "wrap"}, "padding_mode: expected one of"),
    ({"align_corners": 1}, "align_corners: expected True or False"),
    ({"direction": "scatter"}, "direction: expected one of 'gather', 'splat'"),
    ({"pixel": 3}, r"pixel: expected None or \(row, column\)"),
    ({"pixel": (-1, 0)}, "pixel: expected row and column from 0 on"),
    ({"pixel": (28, 0)}, r"pixel: expected \(row, column\) inside \(28, 28\), got \(28, 0\)"),
    ({"controls": ["knobs"]}, "controls: expected one of"),
]


@pytest.mark.parametrize(("settings", "message"), BAD, ids=lambda value: str(value)[:40])
def test_bad_settings_say_what_was_expected_and_what_came(settings, message):
    with pytest.raises((TypeError, ValueError, TraitError), match=message):
        GridExplorer(**settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [case for case in BAD if "image" not in case[0]],
    ids=lambda v: str(v)[:40],
)
def test_bad_settings_are_refused_later_too_and_change_nothing(settings, message):
    explorer = GridExplorer()
    before = repr(explorer)
    for name, value in settings.items():
        with pytest.raises((TypeError, ValueError, TraitError), match=message):
            setattr(explorer, name, value)
    assert repr(explorer) == before


def test_what_the_page_sends_arrives(explorer):
    sent = {"theta": [1, 0, 0, 0, 2, 0], "mode": "nearest", "output_size": [9, 9], "pixel": [8, 8]}
    explorer.set_state(sent)
    assert explorer.theta == (1, 0, 0, 0, 2, 0)
    assert (explorer.mode, explorer.output_size, explorer.pixel) == ("nearest", (9, 9), (8, 8))
    explorer.set_state({"pixel": None})
    assert explorer.pixel is None


def test_the_pixel_follows_the_direction(explorer):
    explorer.pixel = (3, 4)  # inside the output of 4 × 5
    with pytest.raises(ValueError, match="inside"):
        explorer.pixel = (5, 7)
    explorer.direction = "splat"
    explorer.pixel = (5, 7)  # inside the input of 6 × 8


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
@pytest.mark.parametrize("corners", [False, True])
def test_the_output_is_what_stnlib_computes(mode, corners):
    picture, theta = torch.rand(1, 1, 6, 8), affine.from_parts(rotation=0.4, scale_x=1.2, t_y=0.2)
    explorer = GridExplorer(
        picture, theta=theta, output_size=(5, 4), mode=mode, align_corners=corners,
        padding_mode="border",
    )  # fmt: skip
    grid = affine.affine_grid(theta, (5, 4), align_corners=corners)
    options = {"mode": mode, "align_corners": corners}
    expected = sample(explorer.input, grid, padding_mode="border", **options)
    assert torch.allclose(explorer.output, expected, atol=1e-6)
    explorer.direction = "splat"
    grid = affine.affine_grid(theta, (6, 8), align_corners=corners)
    expected = splat(explorer.input, grid, (5, 4), **options).average()
    assert torch.allclose(explorer.output, expected, atol=1e-6)


def test_the_repr_names_the_settings_and_no_address():
    settings = {"theta": affine.scaling(2 / 3), "padding_mode": "border"}
    first, second = GridExplorer(**settings), GridExplorer(**settings)
    assert repr(first) == repr(second)
    assert repr(first) == (
        "GridExplorer(theta=(0.6667, 0, 0, 0, 0.6667, 0), output_size=(28, 28), "
        "mode='bilinear', padding_mode='border', align_corners=False, direction='gather')"
    )


def png_of(explorer):
    data, metadata = explorer._repr_mimebundle_()
    return base64.b64decode(data["image/png"]), data, metadata


def test_the_output_of_a_cell_has_view_still_and_repr():
    explorer = GridExplorer(theta=affine.rotation(0.2))
    png, data, metadata = png_of(explorer)
    assert set(data) == {VIEW, "image/png", "text/plain"}
    assert data[VIEW]["model_id"] == explorer.model_id
    assert data["text/plain"] == repr(explorer)
    width, height = struct.unpack(">II", png[16:24])
    assert metadata["image/png"]["width"] <= width <= 2 * metadata["image/png"]["width"]
    assert 0.4 < height / width < 0.7
    assert b"Software" not in png
    assert len(png) < 40_000


@pytest.mark.parametrize("direction", ["gather", "splat"])
def test_the_still_is_the_same_for_the_same_state_and_follows_it(direction):
    theta = affine.from_parts(rotation=0.3, scale_x=0.8)
    make = lambda **more: GridExplorer(theta=theta, direction=direction, **more)  # noqa: E731
    assert make().still() == make().still()
    assert make().still() != make(output_size=(7, 7)).still()
    assert make(pixel=(8, 10)).still() != make(pixel=(8, 11)).still()


def test_the_words_for_the_still_name_the_map():
    explorer = GridExplorer(theta=affine.rotation(np.pi / 6))
    explorer._repr_mimebundle_()
    assert "28 × 28" in explorer.alt
    assert "rotation 30 degrees" in explorer.alt
    explorer.theta = [0, 0, 0, 0, 0, 0]
    assert "flattens" in explorer.describe()


def test_the_words_for_the_still_tell_what_the_chosen_pixel_reads():
    image = np.arange(16).reshape(4, 4) / 15
    explorer = GridExplorer(image, theta=affine.translation(0.25, 0.0), pixel=(1, 2))
    assert "row 1, column 2 reads the input at column 2.50, row 1.00: value 0.43" in explorer.alt
    explorer.direction = "splat"
    assert "lands in the output at column 2.50, row 1.00" in explorer.describe()


@pytest.mark.parametrize("figure", FIGURES)
def test_the_script_is_one_module_that_needs_no_other(figure):
    script = figure._esm
    assert not re.search(r"^\s*import\b", script, re.MULTILINE)
    assert not re.search(r"\bimport\(|\brequire\(|https?://", script)
    assert script.count("\nexport ") == 1
    assert "export default { render }" in script
    for name, source in parts_of(f"{figure.folder}/main.js").items():
        lines = [line for line in source.splitlines() if line.startswith("    ")]
        code = {line for line in lines if not line.lstrip().startswith("// ")}
        assert code <= set(script.splitlines()), name


@pytest.mark.parametrize("figure", FIGURES)
def test_the_style_stays_inside_the_figure(figure):
    css = re.sub(r"/\*.*?\*/", "", figure._css, flags=re.DOTALL)
    assert "@import" not in css
    assert "url(" not in css
    for rule in re.findall(r"([^{}]+)\{", css):
        if not rule.strip().startswith("@"):
            for selector in rule.split(","):
                assert selector.strip().startswith(".stn-figure"), selector


def selectors(name):
    """Return what the rules of a style sheet are about."""
    css = re.sub(r"/\*.*?\*/", "", read_part(name), flags=re.DOTALL)
    rules = [rule for rule in re.findall(r"([^{}]+)\{", css) if not rule.strip().startswith("@")]
    return {selector.strip() for rule in rules for selector in rule.split(",")}


def test_on_one_page_no_figures_style_undoes_anothers():
    taken = selectors("shared/view.css")
    for name in sorted(files_of("*.css") - {"shared/view.css"}):
        assert not selectors(name) & taken, name
        taken |= selectors(name)


def test_colours_are_those_of_the_plots():
    css = read_part("shared/view.css").lower()
    assert f"--stn-input: {plotting.INPUT.lower()};" in css
    assert f"--stn-output: {plotting.OUTPUT.lower()};" in css


IMPORTED = re.compile(r'^import \{([^}]+)\} from "([^"]+)";\n', re.MULTILINE)
EXPORTED = re.compile(r"^export (?:function|const) (?:(\w+)|\[([^\]]+)\])", re.MULTILINE)


def words(text):
    return set(re.findall(r"\w+", text))


@pytest.mark.parametrize("figure", FIGURES)
def test_each_script_imports_what_it_uses_and_no_more(figure):
    parts = parts_of(f"{figure.folder}/main.js")
    exported = {name: words(str(EXPORTED.findall(text))) for name, text in parts.items()}
    for name, text in parts.items():
        code = re.sub(r"//.*", "", IMPORTED.sub("", text))
        known = set(exported[name])
        for wanted, part in IMPORTED.findall(text):
            assert words(wanted) <= exported[posixpath.normpath(posixpath.join(name, "..", part))]
            assert words(wanted) <= words(code), f"{name} imports what it does not use"
            known |= words(wanted)
        for word in set().union(*exported.values()) - known:
            called = re.search(rf"(?<![\w.]){word}\(", code)
            given = re.search(rf"(?<![\w.]){word}\b(?!\()", code)  # an argument of that name
            assert given or not called, f"{name} calls {word} and does not import it"


def test_every_script_and_style_sheet_belongs_to_a_figure():
    used = {"live.js"}  # of the Sphinx extension
    for figure in FIGURES:
        used |= {*parts_of(f"{figure.folder}/main.js"), "shared/view.css"}
        used |= {f"{figure.folder}/style.css"} & files_of("*.css")
    assert used == files_of("*.js") | files_of("*.css")


def files_of(pattern):
    folder = ROOT / "stnlib" / "widgets"
    return {file.relative_to(folder).as_posix() for file in folder.rglob(pattern)}


SCRIPTS = {
    "shared/a.js": "// A word.\nexport const one = 1;\n  // More.\nexport function two() {}\n"
    "export default one;\n",
    "b/words.js": 'import {\n  one,\n} from "../shared/a.js";\nexport const three = one;\n',
    "b/main.js": 'import { three } from "./words.js";\nimport { one } from "../shared/a.js";\n'
    "const four = three + one;\nexport default { four };\n",
}


def test_joining_scripts_follows_and_drops_imports_and_keeps_the_last_default():
    joined = join_scripts("b/main.js", read=SCRIPTS.__getitem__)
    assert "import" not in joined
    assert re.findall("^// -- (.*)$", joined, re.MULTILINE) == list(SCRIPTS)
    assert "\nconst one = 1;\nfunction two() {}\n" in joined
    assert joined.rstrip().endswith("const four = three + one;\n\nexport default { four };")
    assert joined.count("export") == 1
    assert "word." not in joined
    assert "More" not in joined


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"a.js": 'import x from "https://example.org/x.js";\n'}, "a.js: expected imports"),
        ({"a.js": "export { one };\n"}, "a.js: expected"),
        ({"a.js": "const one = 1;\n", "b.js": "function one() {}\n"}, "one, also in a.js"),
        (
            {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'},
            "a.js: expected imports without a circle, got a.js > b.js > a.js",
        ),
    ],
)
def test_joining_scripts_refuses_what_it_cannot_join(parts, message):
    with pytest.raises(ValueError, match=message):
        join_scripts(*parts, read=parts.__getitem__)


def test_the_stored_state_is_small():
    explorer = GridExplorer()
    state = explorer.get_state()
    picture = state.pop("image")
    assert picture == {"shape": [28, 28], "data": explorer.image.tobytes()}
    script = len(state.pop("_esm")) + len(state.pop("_css"))
    assert script < 70_000
    assert len(json.dumps(state)) < 3_000


def test_a_subclass_must_say_what_it_shows():
    class Plain(LiveFigure):
        """No scripts, no words."""

    with pytest.raises(NotImplementedError):
        Plain().describe()
    with pytest.raises(NotImplementedError):
        Plain().draw()


def test_the_default_dtype_of_torch_does_not_matter():
    before = torch.get_default_dtype()
    try:
        torch.set_default_dtype(torch.float64)
        explorer = GridExplorer(theta=affine.rotation(0.3), pixel=(3, 4))
        assert explorer.output.dtype == explorer.matrix.dtype == torch.float32
        assert explorer.still()
    finally:
        torch.set_default_dtype(before)


def documented_settings(figure):
    """The arguments that the docstring names."""
    args = figure.__doc__.split("    Args:\n")[1].split("    Raises:")[0]
    lines = re.findall(r"^ {8}(\w[\w, ]*):", args, re.MULTILINE)
    return {name.strip() for line in lines for name in line.split(",")}


@pytest.mark.parametrize("figure", FIGURES)
def test_the_page_of_all_figures_shows_each_with_its_settings(figure):
    page = json.loads((ROOT / "book" / "widgets.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in page["cells"]]
    name = figure.__name__
    text = "\n".join(cells).split(f"\n## {name}\n")[1].split("\n## ")[0]
    listed = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert listed == documented_settings(figure)
    assert listed <= set(figure.class_traits(sync=True))
    assert any(cell.splitlines()[-1].startswith(f"{name}(") for cell in cells if cell.strip())
