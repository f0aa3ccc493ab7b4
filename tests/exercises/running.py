"""What an exercise says to an answer: its cell is run with the answer in place of the stub.

Only those earlier cells run which define what the exercise needs, or change it.
"""

import ast
import contextlib
import io
import re
import symtable
from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pytest
import torch

from tests.claims.quoting import find

FEWEST = {"right": 2, "not yet": 4}  # answers of an exercise


def cases(chapter, answers):
    """[(label, answer, word)] for each answer in {label: {"right": [...], "not yet": [...]}}."""
    found = []
    assert [*answers] == [*exercises(chapter)], "expected every exercise of the chapter, in order"
    for label, words in answers.items():
        few = {word for word, fewest in FEWEST.items() if len(words[word]) < fewest}
        assert not few, f"{label}: too few answers that get {few}"
        found.append(pytest.param(label, "", "not yet", id=f"{label}-stub"))
        for word, codes in words.items():
            for number, code in enumerate(codes):
                found.append(pytest.param(label, code, word, id=f"{label}-{word}-{number}"))
    return found


def said(chapter, label, answer):
    """The last line that the exercise prints.

    ``answer`` defines what it replaces, such as "answer = 3" or a whole function; what the stub
    does not define stands before it.
    """
    stub = exercises(chapter)[label][1]
    names, dtype = run_before(chapter, label, frozenset(loaded(ast.parse(answer))))
    tree, given = ast.parse(stub), ast.parse(answer).body
    for node in reversed(given):
        same = [i for i, one in enumerate(tree.body) if defined(one)[0] & defined(node)[0]]
        if same and not isinstance(node, (ast.Import, ast.ImportFrom)):
            tree.body[same[0]] = node
        else:
            tree.body.insert(0, node)
    with quietly(dtype) as printed:
        exec(compile(ast.fix_missing_locations(tree), label, "exec"), dict(names))
    return (printed.getvalue().splitlines() or [""])[-1]


@cache
def exercises(chapter):
    """{label: (the code cells before it, its own cell)} of a chapter."""
    found, code, label = {}, [], None
    for cell in nbformat.read(find(chapter), as_version=4).cells:
        if cell.cell_type == "markdown":
            if named := re.search(r"\{exercise\}.*\n:label: (\S+)", cell.source):
                label = named[1]
        else:
            if label:
                found[label] = tuple(code), cell.source
            label = None
            code.append(cell.source)
    return found


@cache
def run_before(chapter, label, wanted):
    """The names that the exercise's cell meets, with those that an answer asks for."""
    before, stub = exercises(chapter)[label]
    needed, chosen = loaded(ast.parse(stub)) | wanted, []
    for source in reversed(before):
        tree = ast.parse(source)
        made = [(*defined(node), node) for node in tree.body]
        if needed & set().union(*(new | changed for new, changed, _ in made)):
            for new, _, node in reversed(made):
                needed = needed - new | loaded(node)
            chosen.insert(0, source)
    return run_cells(chapter, tuple(chosen))


@cache
def run_cells(chapter, sources):
    """The names that these cells make, and torch's default dtype after them."""
    names = {"__name__": "__main__"}
    with quietly(torch.get_default_dtype()):
        for source in sources:
            exec(compile(source, chapter, "exec"), names)
        return names, torch.get_default_dtype()


@contextlib.contextmanager
def quietly(dtype):
    """No output, no windows; what a chapter sets for all of torch is set back."""
    own, printed = torch.get_default_dtype(), io.StringIO()
    torch.set_default_dtype(dtype)
    try:
        with contextlib.redirect_stdout(printed), mpl.rc_context({"backend": "agg"}):
            yield printed
    finally:
        torch.set_default_dtype(own)
        plt.close("all")


def loaded(tree):
    """The names that code takes from outside: what is its functions' own is left out."""
    top = symbols(tree)
    tables, found = [top], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for one in table.get_symbols():
            if one.is_referenced() and (table is top or one.is_global()):
                found.add(one.get_name())
    return found


def symbols(tree):
    return symtable.symtable(ast.unparse(tree), "a cell", "exec")


def defined(node):
    """The names that a statement defines, and those it changes by an assignment or a method."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}, set()
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(one.asname or one.name).split(".")[0] for one in node.names}, set()
    new = {one.get_name() for one in symbols(node).get_symbols() if one.is_assigned()}
    changed = set()
    for inner in ast.walk(node):
        if isinstance(inner, (ast.Subscript, ast.Attribute)) and type(inner.ctx) is ast.Store:
            changed |= loaded(inner.value)
        if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call):
            called = inner.value.func
            changed |= loaded(called.value) if isinstance(called, ast.Attribute) else set()
    return new, changed - {"plt"}
