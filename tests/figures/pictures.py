"""The reference pictures of the live figures and of the drawings, and what is written in them.

    python tests/figures/pictures.py

shows every state and writes its picture and its words anew. Look at what changed before you commit
it: the tests take these for true. Pictures are half as large as on the page; letters are bars.
"""

from __future__ import annotations

import io
import json
import sys
from difflib import ndiff
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright
from scipy.ndimage import maximum_filter, minimum_filter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # for the command; pytest has it already

from stnlib import plotting  # noqa: E402
from stnlib.widgets.browser import launch  # noqa: E402
from tests.figures.drawings import DRAWINGS, drawn  # noqa: E402
from tests.figures.gallery import Gallery, Look  # noqa: E402
from tests.figures.states import DRAGS, STATES  # noqa: E402

FOLDER = Path(__file__).with_name("pictures")
WORDS = FOLDER / "words.json"
RED = ROOT / "_build" / "pictures"
NAMES = (*STATES, *DRAGS)
COLOURS = 128
BLOCK = 2  # pixels, 4 of the page
# Levels of 255. Other fonts and the few colours kept make 12, a finer screen 29; the smallest fault
# of mutants.py that leaves the words as they are makes 36.
TOLERANCE = 32.0


def show(gallery: Gallery, name: str) -> Look:
    """Show a state, or what a drag leads to, and look at it."""
    state, *drag = DRAGS.get(name, (name,))
    gallery.put(STATES[state]())
    if drag:
        gallery.drag(drag[0], *drag[1])
    return gallery.look()


def file_of(state: str) -> Path:
    """Return where the picture of a state is kept."""
    return (FOLDER / state.replace(" ", "-")).with_suffix(".png")


def _averaged(values: np.ndarray, side: int) -> np.ndarray:
    """Return the means of squares; the rest at the right and below is dropped."""
    height, width = (n // side for n in values.shape[:2])
    cut = values[: height * side, : width * side]
    return cut.reshape(height, side, width, side, *values.shape[2:]).mean((1, 3))


def picture_of(look: Look) -> np.ndarray:
    """Return all canvases, one below the other, half as large as on the page: (H, W, 3) bytes."""
    small = [_averaged(canvas.astype(float), 2 * look.scale) for canvas in look.canvases]
    width = max(part.shape[1] for part in small)
    parts = [np.pad(part, ((0, 4), (0, width - part.shape[1]), (0, 0)), constant_values=255)
             for part in small]  # fmt: skip
    return np.concatenate(parts).round().astype(np.uint8)


def encoded(picture: np.ndarray) -> bytes:
    """Return a picture as a small PNG."""
    method = Image.Quantize.MAXCOVERAGE
    reduced = Image.fromarray(picture).quantize(COLOURS, method=method, dither=Image.Dither.NONE)
    file = io.BytesIO()
    reduced.save(file, "PNG", optimize=True)
    return file.getvalue()


def stored(file: Path) -> np.ndarray:
    """Read a picture, (H, W, 3) bytes."""
    return np.asarray(Image.open(file).convert("RGB"))


@cache
def words() -> dict[str, dict | list]:
    """Return the words of all pictures."""
    return json.loads(WORDS.read_text(encoding="utf-8"))


def _beyond(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return how far each colour lies outside what a picture has within a pixel from there."""
    around = (3, 3, 1)
    over, under = seen - maximum_filter(expected, around), minimum_filter(expected, around) - seen
    return np.maximum(np.maximum(over, under), 0)


def apart(seen: np.ndarray, expected: np.ndarray) -> float:
    """Return how far two pictures are apart in their worst block; 255 for other sizes.

    Edges and fine lines differ a little between machines: a colour counts only as far as the other
    picture has none like it one pixel away, and the mean of a block is taken.
    """
    if seen.shape != expected.shape:
        return 255.0
    seen, expected = seen.astype(float), expected.astype(float)
    off = np.maximum(_beyond(seen, expected), _beyond(expected, seen)).mean(2)
    return float(_averaged(np.pad(off, [(0, -side % BLOCK) for side in off.shape]), BLOCK).max())


def show_red(state: str, seen: np.ndarray, expected: np.ndarray) -> Path:
    """Put what was seen, what was expected and the difference side by side; return the file."""
    height = max(len(seen), len(expected))
    sheets = [np.pad(one, ((0, height - len(one)), (0, 8), (0, 0)), constant_values=255)
              for one in (seen, expected)]  # fmt: skip
    if seen.shape == expected.shape:
        sheets.append(255 - np.abs(sheets[0].astype(int) - sheets[1]).astype(np.uint8))
    file = RED / file_of(state).relative_to(FOLDER)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(sheets, axis=1)).save(file)
    return file


def faults(name: str, seen: np.ndarray, said: dict | list) -> list[str]:
    """Return what is not as it is kept, in words; nothing, if all is."""
    off = apart(seen, stored(file_of(name)))
    picture = [f"a block is {off:.0f} levels off"] if off > TOLERANCE else []
    if said == words()[name]:
        return picture
    lines = [json.dumps(every, indent=0, ensure_ascii=False).splitlines()
             for every in (words()[name], said)]  # fmt: skip
    changes = [line for line in ndiff(*lines) if line[0] in "-+"]
    return [*picture, "other words:", *changes[:12]]


def check(name: str, seen: np.ndarray, said: dict | list) -> None:
    """Compare what is seen and said with what is kept.

    Raises:
        AssertionError: they are not the same; pictures to look at lie in ``RED``.
    """
    if found := faults(name, seen, said):
        file = show_red(name, seen, stored(file_of(name)))
        found.append(f"Seen, expected, and what differs: {file}")
        raise AssertionError("\n".join([name, *found]))


def drawing(name: str, module: ModuleType = plotting) -> tuple[np.ndarray, list[str]]:
    """Return a drawing half as large, (H, W, 3) bytes, and what is written where in it."""
    colours, ax = drawn(name, module)
    places = [(text.get_text(), *text.get_position()) for text in ax.texts]
    words = [f"{text} at {x:.2f}, {y:.2f}" for text, x, y in places if text]
    return _averaged(colours.astype(float), 2).round().astype(np.uint8), [ax.get_title(), *words]


def write(name: str, picture: np.ndarray) -> None:
    """Keep a picture as the true one."""
    file_of(name).parent.mkdir(parents=True, exist_ok=True)
    file_of(name).write_bytes(encoded(picture))


def main() -> None:
    """Write all pictures and words anew; forget those of states that are no more."""
    said = {}
    with sync_playwright() as playwright:
        gallery = Gallery(launch(playwright))
        for name in NAMES:
            look = show(gallery, name)
            write(name, picture_of(look))
            said[name] = look.words
    for name in DRAWINGS:
        picture, said[name] = drawing(name)
        write(name, picture)
    files = {file_of(name) for name in (*NAMES, *DRAWINGS)}
    for file in set(FOLDER.rglob("*.png")) - files:
        file.unlink()
    WORDS.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in files) // 1024
    print(f"{len(files)} pictures, {size} kB, in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
