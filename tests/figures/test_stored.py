"""What a notebook keeps of its live figures: settings, a still and its words; no script."""

import base64
import copy
import io
import json
import os
import subprocess
import sys

import pytest
import torch
from PIL import Image

from stnlib.experiments.__main__ import main as repeat_experiments
from stnlib.widgets import AlignmentLandscape, GridExplorer, PixelLab, stills
from stnlib.widgets.stills import main, reduce_colours
from stnlib.widgets.stored import (
    STATE,
    STORED,
    VIEW,
    Still,
    outputs_of,
    script_text,
    settings_of,
    store,
    stored_of,
    widgets_without_state,
)


class FakeStudio:
    """Takes a still of anything, and remembers of what."""

    def __init__(self):
        self.asked = []

    def take(self, stored):
        self.asked.append(stored)
        return Still(b"png %d" % len(self.asked), f"Words {len(self.asked)}.")


def model(name=None, layout=None, **state):
    kept = {"_model_name": "AnyModel", "_esm": "export default {}", "_css": ".x {}", **state}
    kept |= {"_figure": name} if name else {}
    kept |= {"layout": f"IPY_MODEL_{layout}"} if layout else {}
    return {"model_name": "AnyModel", "state": kept}


def view(key, text="Figure()"):
    return {"output_type": "display_data", "metadata": {"keep": 1},
            "data": {VIEW: {"model_id": key}, "text/plain": text}}  # fmt: skip


def notebook(models, *outputs):
    cells = [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": list(outputs)}]
    widgets = {STATE: {"state": models, "version_major": 2}}
    return {"cells": cells, "metadata": {"widgets": widgets, "language": "python"}}


BUFFERS = [{"path": ["image", "data"], "encoding": "base64", "data": "AAEC"}]
IMAGE = {"shape": [1, 3]}


def test_settings_are_what_a_page_needs():
    more = {"theta": [1], "image": IMAGE, "tabbable": None, "tooltip": None}
    state = model("GridExplorer", "l1", **more)["state"]
    assert settings_of(state, BUFFERS) == {
        "figure": "GridExplorer", "state": {"theta": [1], "image": IMAGE}, "buffers": BUFFERS,
    }  # fmt: skip


def test_a_figure_is_stored_as_a_notebook_would():
    stored = stored_of(GridExplorer(torch.eye(3), mode="nearest"))
    assert (stored["figure"], stored["state"]["mode"]) == ("GridExplorer", "nearest")
    assert stored["state"]["image"] == {"shape": [3, 3]}
    [buffer] = stored["buffers"]
    assert buffer["path"] == ["image", "data"]
    assert list(base64.b64decode(buffer["data"])) == [255, 0, 0, 0, 255, 0, 0, 0, 255]
    names = {*GridExplorer.settings, "image", "pixel", "controls"}
    assert stored["state"].keys() == names
    assert len(json.dumps(stored_of(PixelLab()))) < 3000
    assert len(json.dumps(stored_of(GridExplorer()))) < 3000


def test_a_figure_in_a_notebook_becomes_settings_still_and_words():
    known = model("GridExplorer", "l1", theta=[1], image=IMAGE) | {"buffers": BUFFERS}
    book, studio = notebook({"m1": known, "l1": {"state": {}}}, view("m1", "Grid()")), FakeStudio()
    assert store(book, studio) == 1
    settings = {"figure": "GridExplorer", "state": {"theta": [1], "image": IMAGE},
                "buffers": BUFFERS}  # fmt: skip
    assert studio.asked == [settings]
    [output] = book["cells"][1]["outputs"]
    assert output["data"] == {
        "image/png": base64.b64encode(b"png 1").decode(), "text/plain": "Grid()",
        STORED: {**settings, "model": 1, "words": "Words 1."},
    }  # fmt: skip
    assert output["metadata"] == {"keep": 1, "image/png": {"width": 640}}
    assert book["metadata"] == {"language": "python"}  # no model is left, so no state


def test_two_views_of_one_figure_share_its_settings():
    models = {"m1": model("GridExplorer", "l1", theta=[1]), "l1": {"state": {}},
              "m2": model("PixelLab", "l2", point=[0, 0]), "l2": {"state": {}}}  # fmt: skip
    book = notebook(models, view("m1"), view("m2"), view("m1"))
    assert store(book, FakeStudio()) == 3
    first, other, second = (o["data"][STORED] for o in book["cells"][1]["outputs"])
    assert (first["model"], other["model"], second["model"]) == (1, 2, 1)
    assert (first["state"], other["state"]) == ({"theta": [1]}, {"point": [0, 0]})
    assert second == {"figure": "GridExplorer", "model": 1, "words": "Words 3."}
    assert "widgets" not in book["metadata"]


def test_other_widgets_and_their_layouts_are_left_alone():
    models = {"m1": model("GridExplorer", "shared"), "shared": {"state": {}},
              "other": model(layout="shared", value=3), "l2": {"state": {}},
              "m2": model("PixelLab", "l2"), "plain": {"state": {"value": 1}}}  # fmt: skip
    kept = copy.deepcopy({key: models[key] for key in ("other", "shared", "plain")})
    text = {"output_type": "stream", "text": "hello"}
    book = notebook(models, view("other", "Other()"), view("m1"), text, view("m2"), view("gone"))
    before = copy.deepcopy(book["cells"][1]["outputs"])
    assert store(book, FakeStudio()) == 2
    assert book["metadata"]["widgets"][STATE]["state"] == kept
    after = book["cells"][1]["outputs"]
    assert [after[i] for i in (0, 2, 4)] == [before[i] for i in (0, 2, 4)]


def test_a_figure_that_stands_in_a_box_too_stays_a_model():
    models = {"m1": model("GridExplorer", "l1", theta=[1]), "l1": {"state": {}},
              "box": {"state": {"children": ["IPY_MODEL_m1"]}}}  # fmt: skip
    book = notebook(copy.deepcopy(models), view("m1"), view("box"))
    assert store(book, FakeStudio()) == 1
    assert book["metadata"]["widgets"][STATE]["state"] == models


def test_a_notebook_from_colab_is_stored_alike():
    book = notebook({}, view("m1"))
    book["metadata"]["widgets"][STATE] = {"m1": model("GridExplorer", theta=[1]), "comment": "x"}
    assert store(book, FakeStudio()) == 1
    assert book["cells"][1]["outputs"][0]["data"][STORED]["state"] == {"theta": [1]}
    assert "widgets" not in book["metadata"]


def test_a_notebook_without_figures_stays_as_it_is():
    book = notebook({"other": model(value=3)}, view("other"))
    before = copy.deepcopy(book)
    assert store(book, FakeStudio()) == 0
    assert book == before
    bare = {"cells": [], "metadata": {}}
    assert store(bare, FakeStudio()) == 0
    assert bare == {"cells": [], "metadata": {}}


def test_a_notebook_may_leave_out_what_says_nothing():
    bare = view("m1")
    del bare["data"]["text/plain"]
    shown = notebook({"m1": model("PixelLab")}, bare, {"data": {VIEW: {}}})
    shown["cells"].append({"cell_type": "code", "outputs": None})
    assert widgets_without_state(shown) == 1
    assert store(shown, FakeStudio()) == 1
    stored = next(one["data"] for one in outputs_of(shown) if STORED in one["data"])
    assert stored["text/plain"] == "PixelLab()"
    shown["metadata"]["widgets"] = None
    assert store(shown, FakeStudio()) == 1  # a new still of it


def test_what_is_stored_is_json_without_the_end_of_a_script():
    runs = {"</script><!--": "a < b"}
    text = script_text(json.dumps(runs))
    assert "<" not in text
    assert json.loads(text) == runs


def test_a_still_has_few_colours_and_no_transparency():
    picture = Image.new("RGBA", (40, 30), (255, 255, 255, 255))
    for x in range(40):
        for y in range(30):
            picture.putpixel((x, y), (6 * x, 8 * y, 128, 255))
    file = io.BytesIO()
    picture.save(file, "PNG")
    small = reduce_colours(file.getvalue(), 16)
    seen = Image.open(io.BytesIO(small))
    assert (seen.mode, seen.size) == ("P", (40, 30))
    assert len(seen.convert("RGB").getcolors()) <= 16


@pytest.mark.browser
def test_the_command_stores_what_a_notebook_shows(browser, tmp_path):
    figure = AlignmentLandscape(start=(0, 1), basin=True)  # busy for a while, and speaks of it
    made = stored_of(figure)
    made["state"]["_figure"] = made.pop("figure")
    file = tmp_path / "a book.ipynb"
    file.write_text(json.dumps(notebook({"m1": made}, view("m1"))))
    command = [sys.executable, "-m", "stnlib.widgets.stills", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == f"{file}: 1 live figures\n", done.stderr
    book = json.loads(file.read_text())
    data = book["cells"][1]["outputs"][0]["data"]
    assert data[STORED]["state"]["start"] == [0, 1]
    words = data[STORED]["words"]
    assert words.startswith("Alignment landscape. Step 200 of 200")
    assert "of 121 starts find the true place (filled dots)" in words  # not: counting …
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).width > 900
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


class NoBrowser(FakeStudio):
    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


@pytest.mark.parametrize("text", [None, "{", "[]", "{}", '{"cells": 3, "metadata": {}}'])
def test_what_is_no_notebook_is_named_and_left_alone(tmp_path, monkeypatch, capsys, text):
    file = tmp_path / "a.ipynb"
    if text is not None:
        file.write_text(text)
    monkeypatch.setattr(sys, "argv", ["stills", str(file)])
    monkeypatch.setattr(stills, "Studio", NoBrowser)
    with pytest.raises(SystemExit) as stopped:
        main()
    said = capsys.readouterr().err
    assert stopped.value.code == 1
    assert said.startswith("Error: ")
    assert file.name in said
    assert (file.read_text() if text is not None else None) == text


def test_the_command_tells_of_widgets_without_a_state(tmp_path, monkeypatch, capsys):
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps(notebook({}, view("m1"), view("m2"))))
    monkeypatch.setattr(sys, "argv", ["stills", str(file)])
    monkeypatch.setattr(stills, "Studio", NoBrowser)
    main()
    counted, told = capsys.readouterr().out.splitlines()
    assert counted == f"{file}: 0 live figures"
    assert told.startswith(f"{file}: 2 widgets stand there without their state; jupyter nbconvert")


def test_a_link_to_a_notebook_stays_and_a_long_name_is_no_hindrance(tmp_path, monkeypatch):
    file, link = tmp_path / f"{'a' * 249}.ipynb", tmp_path / "link.ipynb"
    file.write_text(json.dumps(notebook({})))
    link.symlink_to(file)
    monkeypatch.setattr(sys, "argv", ["stills", str(file), str(link)])
    monkeypatch.setattr(stills, "Studio", NoBrowser)
    main()
    assert link.is_symlink()
    assert sorted(one.name for one in tmp_path.iterdir()) == [file.name, link.name]


def test_the_commands_run_in_a_kernel_whose_stdout_has_no_encoding(tmp_path, monkeypatch):
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps(notebook({})))
    monkeypatch.setattr(sys, "argv", ["stills", str(file)])
    monkeypatch.setattr(stills, "Studio", NoBrowser)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    main()
    assert sys.stdout.getvalue() == f"{file}: 0 live figures\n"
    assert repeat_experiments([]) == 0


def test_an_interrupted_write_leaves_the_old_notebook(tmp_path, monkeypatch):
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps(notebook({"m1": model("PixelLab")}, view("m1"))))
    before = file.read_bytes()

    def stop(*names):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    monkeypatch.setattr(stills, "Studio", NoBrowser)
    monkeypatch.setattr(sys, "argv", ["stills", str(file)])
    with pytest.raises(KeyboardInterrupt):
        main()
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [file.name]
