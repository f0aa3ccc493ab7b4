"""What all live figures share: one self-contained script, a still picture, a stable repr.

A live figure is an anywidget with a folder beside this one. Its ``main.js`` ends in
``export default { render }`` and imports what it needs; its style sheet, if it has one, is
``style.css``, scoped under ``.stn-figure``. Elements that the hand moves carry a ``data-handle``
attribute and answer to the pointer and to the arrow keys: the tests find them so.
"""

from __future__ import annotations

import base64
import io
from typing import ClassVar

import anywidget
import traitlets
from PIL import Image

from stnlib.widgets.shared.scripts import join_scripts, join_styles

STILL_WIDTH = 640
STILL_COLOURS = 96


class LiveFigure(anywidget.AnyWidget):
    """Base of the live figures. A subclass names its ``folder`` and its ``settings``.

    Attributes:
        folder: where its ``main.js`` and its ``style.css`` lie.
        settings: names of the traits that the repr shows.
        alt: what the figure shows, in words, for readers who do not see it.
    """

    folder: ClassVar[str] = ""
    settings: ClassVar[tuple[str, ...]] = ()

    alt = traitlets.Unicode("").tag(sync=True)

    def __init_subclass__(cls, **kwargs: object) -> None:
        if "folder" in cls.__dict__:  # not the classes that ipywidgets makes on the fly
            cls._esm = join_scripts(f"{cls.folder}/main.js")
            cls._css = join_styles(cls.folder)
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
