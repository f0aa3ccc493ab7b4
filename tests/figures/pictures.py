"""The reference pictures of the live figures and of the drawings, and what is written in them.

    python tests/figures/pictures.py

shows every state and writes its picture and its words anew. Look at what changed before you commit
it: the tests take these for true. Pictures are half as large as on the page; letters are bars.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # for the command; pytest has it already

from stnlib import plotting  # noqa: E402
from tests.figures.drawings import DRAWINGS, drawn  # noqa: E402
from tests.figures.gallery import Gallery, Look  # noqa: E402
from tests.figures.states import DRAGS, STATES  # noqa: E402

FOLDER = Path(__file__).with_name("pictures")
WORDS = FOLDER / "words.json"
RED = ROOT / "_build" / "pictures"
NAMES = (*STATES, *DRAGS)
COLOURS = 128
CELL, BLOCK = 2, 4  # pixels that are compared as one, and cells whose difference is averaged
TOLERANCE = 25.0  # of 255 levels


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


def picture_of(look: Look, scale: int = 1) -> np.ndarray:
    """Return all canvases, one below the other, half as large as on the page: (H, W, 3) bytes."""
    small = [_averaged(canvas.astype(float), 2 * scale) for canvas in look.canvases]
    width = max(part.shape[1] for part in small)
    parts = [np.pad(part, ((0, 4), (0, width - part.shape[1]), (0, 0)), constant_values=255)
             for part in small]  # fmt: skip
    return np.concatenate(parts).round().astype(np.uint8)


def reduced(colours: np.ndarray) -> np.ndarray:
    """Return a drawing half as large, (H, W, 3) bytes."""
    return _averaged(colours.astype(float), 2).round().astype(np.uint8)


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


def differences(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return how far two pictures are apart, block by block, in grey levels.

    Fine lines and soft edges differ between machines: cells of few pixels are compared by their
    mean colours, and blocks of cells by the mean of these differences.
    """
    cells = [_averaged(picture.astype(float), CELL) for picture in (seen, expected)]
    apart = np.abs(cells[0] - cells[1]).mean(2)
    rest = [(0, -side % BLOCK) for side in apart.shape]
    return _averaged(np.pad(apart, rest), BLOCK)


def apart(seen: np.ndarray, expected: np.ndarray) -> float:
    """Return the difference of the worst block; 255 for pictures of other sizes."""
    return 255.0 if seen.shape != expected.shape else float(differences(seen, expected).max())


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


def write(name: str, picture: np.ndarray) -> None:
    """Keep a picture as the true one."""
    file_of(name).parent.mkdir(parents=True, exist_ok=True)
    file_of(name).write_bytes(encoded(picture))


def main() -> None:
    """Write all pictures and words anew; forget those of states that are no more."""
    words = {}
    with Gallery() as gallery:
        for name in NAMES:
            look = show(gallery, name)
            write(name, picture_of(look))
            words[name] = look.words
    for name in DRAWINGS:
        write(name, reduced(drawn(name, plotting)[0]))
    files = {file_of(name) for name in (*NAMES, *DRAWINGS)}
    for file in set(FOLDER.rglob("*.png")) - files:
        file.unlink()
    WORDS.write_text(json.dumps(words, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in files) // 1024
    print(f"{len(files)} pictures, {size} kB, in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
