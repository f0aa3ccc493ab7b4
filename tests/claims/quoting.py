"""Claims: sentences of the book that say more than the cell above them printed.

In a page, `<!--claim-->` stands behind such a sentence; no reader sees it. Above the test that
tries it elsewhere stands `@claim(PAGE, "the sentence, word for word")`. `test_quotes.py` holds
that each has the other.

    python -m tests.claims.quoting 03       sentences of a page with the words of a claim, unmarked
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
MARK = "<!--claim-->"
WORDS = re.compile(
    r"\b(all|always|any|because|best|better|cannot|cause[sd]?|each|every\w*|less|more|most|never|no|"
    r"nobody|none|nothing|only|so|therefore|why|worse|worst)\b",
    re.IGNORECASE,
)
QUOTED = defaultdict(list)  # page: its sentences that a test quotes


def claim(page, *sentences):
    """Say which sentences of a page (the beginning of its file's name) the test below tries."""
    QUOTED[page] += [squeezed(one) for one in sentences]
    return lambda test: test


def squeezed(text):
    return " ".join(text.split())


def find(page):
    found = [file for name in ("notebooks", "book") for file in (ROOT / name).glob(page + "*")]
    files = [file for file in found if file.suffix in (".ipynb", ".md")]
    if len(files) != 1:
        raise ValueError(f"page: expected the beginning of one page's name, got {page!r}: {files}")
    return files[0]


def text_of(page):
    """The prose of a page with its marks, lines joined."""
    file = find(page)
    if file.suffix == ".md":
        return squeezed(file.read_text(encoding="utf8"))
    cells = nbformat.read(file, as_version=4).cells
    return squeezed("\n".join(cell.source for cell in cells if cell.cell_type == "markdown"))


def unmarked(page):
    """Sentences with the words of a claim that no mark follows."""
    text = re.sub(r"\$\$.*?\$\$", " ", text_of(page))
    sentences = re.split(rf"(?<=[.?!])\s+(?!{MARK})|(?<={MARK})", text)
    return [s for s in sentences if WORDS.search(s) and MARK not in s]


if __name__ == "__main__":
    print(*unmarked(sys.argv[1]), sep="\n")
