"""Each marked sentence of a page is quoted by a test, and each quoted one stands there, marked."""

import importlib
from pathlib import Path

import pytest

from tests.claims.quoting import MARK, QUOTED, ROOT, text_of

for file in sorted(Path(__file__).parent.glob("test_*.py")):
    importlib.import_module(f"tests.claims.{file.stem}")

PAGES = sorted(
    file.stem
    for folder in ("notebooks", "book")
    for file in (ROOT / folder).iterdir()
    if file.suffix in (".ipynb", ".md")
)


def test_what_is_quoted_is_a_page():
    assert all(sum(page.startswith(begin) for page in PAGES) == 1 for begin in QUOTED)


@pytest.mark.parametrize("page", PAGES)
def test_quotes_and_marks_belong_together(page):
    quotes = [quote for begin, said in QUOTED.items() if page.startswith(begin) for quote in said]
    *parts, _ = text_of(page).split(MARK)
    untried = [p[-160:] for p in parts if not any(p.rstrip().endswith(q) for q in quotes)]
    assert not untried, "marked as a claim, and no test quotes it"
    lost = [q for q in quotes if not any(p.rstrip().endswith(q) for p in parts)]
    assert not lost, "quoted by a test, and not in the page with a mark behind it"
