"""What nbval says of the book's notebooks: of texts, of pictures, and of live figures."""

import base64
import importlib.util
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image, ImageFilter, ImageOps

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(ROOT.glob("notebooks/*.ipynb"))
specification = importlib.util.spec_from_file_location("house", ROOT / "conftest.py")
house = importlib.util.module_from_spec(specification)
specification.loader.exec_module(house)


def png(picture):
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()


def on_white(stored):
    """A stored picture as a light page shows it."""
    picture = Image.open(io.BytesIO(stored)).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def stored_pictures(file):
    for cell in nbformat.read(file, as_version=4).cells:
        yield from house.pictures(map(house.words_of_live, cell.get("outputs", [])))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_stored_picture_would_be_missed(file):
    """Were it blank, turned, mirrored, or were a quarter of it missing."""
    for stored in stored_pictures(file):
        picture = on_white(stored)
        width, height = picture.size
        part = picture.copy()
        part.paste("white", (0, 0, width // 4, height))
        blank = Image.new("RGB", picture.size, "white")
        wrong = [part, blank, picture.rotate(180), ImageOps.mirror(picture), ImageOps.flip(picture)]
        assert all(house.difference(stored, png(other)) for other in wrong)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_stored_picture_may_come_from_another_machine(file):
    """Softer by a pixel and in fewer colours, a few pixels larger."""
    for stored in stored_pictures(file):
        picture = on_white(stored)
        width, height = picture.size
        soft = picture.filter(ImageFilter.GaussianBlur(0.7)).quantize(64)
        for other in (picture, soft, picture.resize((width + 4, height + 3))):
            assert house.difference(png(other), stored) == ""


def test_it_says_what_is_wrong():
    picture = Image.linear_gradient("L").convert("RGB")
    larger = picture.resize((300, 256))
    assert "picture of (300, 256) pixels instead of (256, 256)" in house.difference(
        png(larger), png(picture)
    )
    assert "another picture" in house.difference(png(picture.rotate(180)), png(picture))
    stored = next(stored_pictures(FILES[0]))
    part = on_white(stored)
    part.paste("white", (0, 0, 150, 999))
    assert "part of the picture is missing or new: 0." in house.difference(png(part), stored)


# --- nbval itself, on a notebook that is wrong in each way --------------------------------------

PLOT = "from PIL import Image\npicture = Image.linear_gradient('L')\npicture"
LIVE = """from IPython.display import display
view = {"model_id": "0", "version_major": 2}
display({"text/plain": "Figure(1)", "application/vnd.jupyter.widget-view+json": view}, raw=True)"""


def plot(picture):
    """The stored output of PLOT, with this picture."""
    data = {
        "text/plain": "<PIL.Image.Image image mode=L size=256x256>",
        "image/png": base64.b64encode(png(picture)).decode(),
    }
    return new_output("execute_result", data=data, execution_count=1)


def live(words):
    """A live figure as a chapter stores it: its still and its settings in place of a view."""
    kind = "application/vnd.stnlib.figure+json"
    still = base64.b64encode(png(Image.new("L", (9, 9)))).decode()
    return new_output("display_data", data={"text/plain": words, "image/png": still, kind: {}})


def test_nbval_misses_what_differs(tmp_path):
    right = Image.linear_gradient("L")
    cells = {
        PLOT: plot(right),
        PLOT + " # blank": plot(Image.new("L", right.size, 255)),
        PLOT + " # turned": plot(right.rotate(180)),
        "print(3)": new_output("stream", text="3\n"),
        "print(4)": new_output("stream", text="5\n"),
        LIVE: live("Figure(1)"),
        LIVE + " # other words": live("Figure(2)"),
        "1": plot(right),
        "raise KeyError": new_output("stream", text=""),
    }
    made = [
        new_code_cell(source, outputs=[output], execution_count=1)
        for source, output in cells.items()
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    file = tmp_path / "wrong.ipynb"
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": kernel}), file)
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "conftest", "-rA", "--color=no"]
    command += ["-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), str(file)]
    quiet = {name: value for name, value in os.environ.items() if name != "CI"}  # it says all twice
    said = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True).stdout
    results = re.findall(r"^(PASSED|FAILED) .*Cell (\d+)", said, re.MULTILINE)
    failed = {int(number) for word, number in results if word == "FAILED"}
    assert len(results) == len(cells), said
    assert failed == {1, 2, 4, 6, 7, 8}, said
    assert said.count("another picture") == 2
