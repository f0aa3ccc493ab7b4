"""The script and the style sheet of a live figure, joined from small files, with no bundler.

The JavaScript of a figure lies in several small ES modules, so that each part can be read and
tested alone; the page and JupyterLab need one module without imports. A part is named by its path
inside ``stnlib/widgets``: ``"shared/warp.js"``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from importlib.resources import files

_IMPORT = re.compile(r'^import\b[^;]*?from\s+"(\.\.?/[\w./]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class)\b)", re.MULTILINE)
_DEFAULT = re.compile(r"^export default [^;]*;\n", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)
_COMMENT = re.compile(r"^ *// .*\n", re.MULTILINE)  # whole lines only
_DECLARED = re.compile(r"^(?:async )?(?:function|const|class) (\w+)", re.MULTILINE)


def read_part(name: str) -> str:
    """Return a script or style sheet."""
    return files("stnlib.widgets").joinpath(name).read_text(encoding="utf-8")


def parts_of(*names: str, read: Callable[[str], str] = read_part) -> dict[str, str]:
    """Return scripts and all that they import: {name: source}.

    The order is the one in which a browser runs modules: each after those that it imports, which
    come in the order of its import lines.

    Raises:
        ValueError: scripts import each other in a circle.
    """
    parts: dict[str, str] = {}

    def add(name: str, importers: tuple[str, ...] = ()) -> None:
        way = (*importers, name)
        if name in importers:
            raise ValueError(f"{name}: expected imports without a circle, got {' > '.join(way)}")
        if name in parts:
            return
        source = read(name)
        for imported in _IMPORT.findall(source):
            add(posixpath.normpath(posixpath.join(posixpath.dirname(name), imported)), way)
        parts[name] = source

    for name in names:
        add(name)
    return parts


def join_scripts(*names: str, read: Callable[[str], str] = read_part) -> str:
    """Join scripts and all that they import into one module; the default of the last one is kept.

    Imports from other parts and the word ``export`` are dropped, so all names share one scope.
    Lines of comment are left out: every page carries what is joined here.

    Raises:
        ValueError: an import or export is left that cannot be dropped, a name is declared in two
            parts, or scripts import each other in a circle.
    """
    joined, owner, default = [], {}, ""
    for part, source in parts_of(*names, read=read).items():
        text = _EXPORT.sub("", _IMPORT.sub("", _COMMENT.sub("", source)))
        default = "".join(_DEFAULT.findall(text))
        text = _DEFAULT.sub("", text)
        left = _LEFT.search(text)
        if left:
            raise ValueError(f'{part}: expected imports as `… from "./part.js";`, got {left[0]!r}')
        for name in _DECLARED.findall(text):
            if owner.setdefault(name, part) != part:
                raise ValueError(f"{part}: expected new names, got {name}, also in {owner[name]}")
        joined.append(f"// -- {part}\n{text.strip()}\n")
    return "\n".join((*joined, default))


def join_styles(folder: str) -> str:
    """Join the style sheet that all figures share with a figure's own, if it has one."""
    names = ["shared/view.css"]
    if files("stnlib.widgets").joinpath(folder, "style.css").is_file():
        names.append(f"{folder}/style.css")
    return "\n".join(read_part(name) for name in names)
