"""What all live figures share: one self-contained script, a still picture, a stable repr.

A live figure is an anywidget. Its JavaScript lies in several small ES modules, so that each part
can be read and tested alone; the page and JupyterLab need one module without imports, so the
parts are joined here, in Python, with no bundler.

A figure's own script ends in ``export default { render }``. Elements that the hand moves carry a
``data-handle`` attribute and answer to the pointer and to the arrow keys: the tests find them so.
"""

from __future__ import annotations

import base64
import io
import re
from importlib.resources import files
from typing import ClassVar

import anywidget
import traitlets
from PIL import Image

_IMPORT = re.compile(r'^import\b[^;]*?from\s+"\./[\w.]+";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class)\b)", re.MULTILINE)
_DEFAULT = re.compile(r"^export default [^;]*;\n", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)
_COMMENT = re.compile(r"^ *// .*\n", re.MULTILINE)  # whole lines only
_DECLARED = re.compile(r"^(?:async )?(?:function|const|class) (\w+)", re.MULTILINE)

STILL_WIDTH = 640
STILL_COLOURS = 96


def read_part(name: str) -> str:
    """Return a script or style sheet of this package."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def join_scripts(parts: dict[str, str]) -> str:
    """Join ES modules into one that imports nothing: {name: source}, the last one's default kept.

    Imports from neighbours and the word ``export`` are dropped, so all names share one scope.
    Lines of comment are left out: every page carries what is joined here.

    Raises:
        ValueError: an import or export is left that cannot be dropped, or a name is declared in
            two parts.
    """
    joined, owner = [], {}
    for index, (part, source) in enumerate(parts.items()):
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
        if index == len(parts) - 1:
            joined.append(default)
    return "\n".join(joined)


class LiveFigure(anywidget.AnyWidget):
    """Base of the live figures. A subclass names its ``scripts``, ``styles`` and ``settings``.

    Attributes:
        scripts: file names, joined in this order; the last one exports ``{ render }``.
        styles: file names of style sheets, all scoped under ``.stn-figure``.
        settings: names of the traits that the repr shows.
        alt: what the figure shows, in words, for readers who do not see it.
    """

    scripts: ClassVar[tuple[str, ...]] = ()
    styles: ClassVar[tuple[str, ...]] = ("view.css",)
    settings: ClassVar[tuple[str, ...]] = ()

    alt = traitlets.Unicode("").tag(sync=True)

    def __init_subclass__(cls, **kwargs: object) -> None:
        if "scripts" in cls.__dict__:  # not the classes that ipywidgets makes on the fly
            cls._esm = join_scripts({name: read_part(name) for name in cls.scripts})
            cls._css = "\n".join(read_part(name) for name in cls.styles)
        super().__init_subclass__(**kwargs)

    def describe(self) -> str:
        """Say in a sentence what the figure shows now."""
        raise NotImplementedError

    def draw(self) -> object:
        """Draw the present state as a matplotlib figure: the still."""
        raise NotImplementedError

    def still(self) -> bytes:
        """Return the still as PNG bytes, the same for the same state."""
        drawn, small = io.BytesIO(), io.BytesIO()
        self.draw().savefig(drawn, format="png", dpi=144, facecolor="white")
        picture = Image.open(drawn).convert("RGB").quantize(STILL_COLOURS, dither=Image.Dither.NONE)
        picture.save(small, "PNG", optimize=True)  # a third of the bytes, and no version number
        return small.getvalue()

    def __repr__(self) -> str:
        shown = (f"{name}={_plain(getattr(self, name))}" for name in self.settings)
        return f"{type(self).__name__}({', '.join(shown)})"

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict]:
        """Give the live view, the still and the repr: the page, the printer, the tests."""
        self.alt = self.describe()
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["image/png"] = base64.b64encode(self.still()).decode("ascii")
        return data, {**metadata, "image/png": {"width": STILL_WIDTH}}


def _plain(value: object) -> str:
    """Write a setting shortly and the same on every machine."""
    if isinstance(value, float):
        return f"{round(value, 4) + 0.0:g}"  # no minus zero
    if isinstance(value, (list, tuple)):
        return f"({', '.join(_plain(item) for item in value)})"
    return repr(value)
