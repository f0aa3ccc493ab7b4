"""What all live figures share: the script and the style of the page, settings, a stable repr.

A live figure is an anywidget with a folder beside this one. Its ``main.js`` exports ``render`` and
imports what it needs; ``tools/build_figures.mjs`` makes one script of each figure, and one of what
they share. They stand in ``built/`` and nowhere else: a page and a kernel read them from there.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache, partial
from importlib.resources import files
from typing import ClassVar

import anywidget
import torch
import traitlets
from torch import Tensor

from stnlib._checks import describe


@cache
def built(name: str) -> str:
    """Return a file of what is built of the figures: ``figures.css``, ``GridBender.js``."""
    return files("stnlib.widgets").joinpath("built", name).read_text(encoding="utf-8")


def script_of(*names: str) -> str:
    """Return the script of the figures that are named, behind what they share."""
    return "\n".join(map(built, ["figures.js", *(f"{name}.js" for name in names)]))


class LiveFigure(anywidget.AnyWidget):
    """Base of the live figures. A subclass names its ``settings``.

    Attributes:
        settings: names of the traits that the repr shows.
    """

    settings: ClassVar[tuple[str, ...]] = ()
    _css = built("figures.css")
    _figure = traitlets.Unicode().tag(sync=True)  # its name in the script

    def __init_subclass__(cls, **kwargs: object) -> None:
        if "settings" in cls.__dict__:  # not the classes that ipywidgets makes on the fly
            own = [c for c in cls.__mro__ if issubclass(c, LiveFigure) and c is not LiveFigure]
            cls._name = own[-1].__name__  # also of a subclass that a reader makes
            cls._esm = f"{script_of(cls._name)}\nexport default stnlibFigures.{cls._name};"
        super().__init_subclass__(**kwargs)

    def __init__(self, **settings: object) -> None:
        for name, value in settings.items():
            if name not in self.trait_names():
                raise TypeError(self._unknown(name, value, cutoff=0))
        super().__init__(_figure=self._name, **settings)

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_") and not hasattr(type(self), name):
            error = self._unknown(name, value, cutoff=0.6)
            if error:  # a name unlike any setting is the reader's own
                raise AttributeError(error)
        super().__setattr__(name, value)

    def _unknown(self, name: str, value: object, cutoff: float) -> str:
        """Name the setting most like an unknown one; an empty text where none is near."""
        near = get_close_matches(name, self._own(), 1, cutoff)
        kind = type(self).__name__
        return "".join(
            f"{name}: expected a setting of {kind}, the nearest is {word!r}, got {describe(value)}"
            for word in near
        )

    def __copy__(self) -> LiveFigure:
        """Return a figure of its own with the same settings; so do deepcopy and pickle."""
        make, _ = self.__reduce__()
        return make()

    def __deepcopy__(self, memo: dict) -> LiveFigure:
        return self.__copy__()  # what the settings hold is never changed in place

    def __reduce__(self) -> tuple:
        name = type(self).__module__, type(self).__qualname__  # of ipywidgets' classes, too
        kind = [c for c in type(self).__mro__ if (c.__module__, c.__qualname__) == name][-1]
        return partial(kind, **{setting: getattr(self, setting) for setting in self._own()}), ()

    def _own(self) -> list[str]:
        """List the settings: what the page knows, but for what every widget has."""
        every = anywidget.AnyWidget.class_trait_names()
        known = {name for name, trait in self.traits(sync=True).items() if not trait.read_only}
        return sorted(name for name in known.difference(every) if name[0] != "_")

    def __repr__(self) -> str:
        shown = (f"{name}={_plain(getattr(self, name))}" for name in self.settings)
        return f"{type(self).__name__}({', '.join(shown)})"


def as_tensor(pictures: object) -> Tensor:
    """Return pictures that are kept as uint8, (H, W), (N, H, W) or (N, C, H, W), with channels."""
    kept = torch.from_numpy(pictures.copy()).float() / 255
    return kept if kept.dim() == 4 else kept.reshape(-1, 1, *kept.shape[-2:])


def _plain(value: object) -> str:
    """Write a setting shortly and the same on every machine."""
    if isinstance(value, float):
        return f"{round(value, 4) + 0.0:g}"  # no minus zero
    if isinstance(value, (list, tuple)):
        return f"({', '.join(_plain(item) for item in value)})"
    return repr(value)
