"""The Python code of the README runs, and what the README promises is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_there_is_code_and_it_is_short():
    assert len(BLOCKS) == 2
    for block in BLOCKS:
        lines = [line for line in block.splitlines() if line.strip() and "import" not in line]
        assert 5 <= len(lines) <= 10


@pytest.mark.parametrize("block", BLOCKS)
def test_the_code_runs_and_prints_what_it_says(block, capsys):
    exec(compile(block, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"print\(.*\)\s*# (.*)$", block, re.MULTILINE)
    assert len(promised) >= 1
    assert printed == promised


def test_files_and_commands_that_it_names_exist():
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", README)
    assert len(links) >= 5
    assert [link for link in links if not (ROOT / link).exists()] == []
    makefile = (ROOT / "Makefile").read_text()
    commands = set(re.findall(r"make ([a-z]+)", README))
    assert {"book", "test"} <= commands
    for command in commands:
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command


def test_the_chapters_that_it_lists_are_those_of_the_book():
    listed = re.findall(r"notebooks/(\d\d_\w+)\.ipynb", README)
    in_book = re.findall(r"file: notebooks/(\d\d_\w+)", (ROOT / "_toc.yml").read_text())
    assert listed == in_book
