"""Sphinx extension: live figures in static pages, with no kernel and no third-party request.

Add ``stnlib.widgets.sphinx`` to the extensions of a book that is built with myst-nb. Figures of
stnlib are shown from what ``stnlib.widgets.stored`` keeps in a notebook, with the scripts of the
installed package. Any other anywidget works too: its state must be stored in the notebook, and for
a still picture in print and without JavaScript its output must hold an ``image/png``. A page that
shows a widget of another kind (a slider, a box of figures) keeps myst-nb's scripts for it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from myst_nb.core.config import ipywidgets_js_factory
from myst_nb.core.render import MimeData, MimeRenderPlugin
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset_file

from stnlib.widgets.stored import (
    NO_STATE,
    STATE,
    STORED,
    VIEW,
    jupyter_state,
    models_of,
    script_text,
)

HERE = Path(__file__).parent
LIVE_BUILDERS = ("html", "dirhtml")  # the others show the stills alone
STYLE, SHARED, LIVE = "built/figures.css", "built/figures.js", "live.js"
FIGURES = {file.stem: f"built/{file.name}" for file in (HERE / "built").glob("[A-Z]*.js")}
_MODEL = re.compile(r'"model_id": "([^"]+)"')
_FIGURE = "live-figure"
logger = logging.getLogger(__name__)


class FigureMime(MimeRenderPlugin):
    """What myst-nb makes of a stored figure: its settings, for the page's script."""

    mime_priority_overrides: ClassVar[list] = []

    @staticmethod
    def handle_mime(renderer: object, data: MimeData, inline: bool) -> list | None:
        """Return the settings as a script of data; None for other kinds of output."""
        if data.mime_type != STORED:
            return None
        words = data.content.get("words", "")
        kept = {key: value for key, value in data.content.items() if key != "words"}
        text = script_text(json.dumps(kept))
        script = nodes.raw("", f'<script type="{STORED}">{text}</script>', format="html")
        script["words"], script["figure"] = words, kept.get("figure")
        return [script]


class KeepStill(SphinxPostTransform):
    """Show the still of a figure until its live view has mounted.

    myst-nb keeps one type of each output. This runs just before it chooses, and makes one branch of
    the picture and the settings (or, for other anywidgets, the view), so that the page has both.
    """

    default_priority = 3  # myst-nb selects at 4
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        is_live = self.app.builder.name in LIVE_BUILDERS
        states = _states(self.env, self.env.docname)
        without = 0
        for bundle in self.document.findall(nodes.container):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            branches = {branch["mime_type"]: branch for branch in bundle.children}
            if STORED in branches:
                (script,) = branches[STORED].children
                alt, name, live = script["words"], script["figure"], branches[STORED]
            elif VIEW in branches:
                live, state = branches[VIEW], states.get(_model_of(branches[VIEW]))
                if state is None:
                    without += 1
                    if len(branches) > 1:
                        bundle.remove(live)  # what else the output holds is shown
                if not _is_live(state):
                    continue
                alt, name = state.get("alt"), state.get("_figure")
            else:
                continue
            if not is_live and "image/png" not in branches:
                continue
            figure = nodes.container(classes=[_FIGURE] if is_live else [], of=name)
            if "image/png" in branches:
                figure += _still(branches["image/png"], alt)
            if is_live:
                figure.extend(live.children)
            bundle.children = []
            bundle += nodes.container("", figure, mime_type="text/html")
        if without:
            source = self.env.doc2path(self.env.docname, base=False)
            words = f"{source}: {without} {NO_STATE}"
            logger.warning(words, type="stnlib", subtype="widget_state")


def _model_of(view: nodes.container) -> str | None:
    """Return the id of the model that a view is of."""
    found = _MODEL.search(view.astext())
    return found and found[1]


def _is_live(state: dict | None) -> bool:
    """Whether live.js can show a model: an anywidget, or a figure of stnlib."""
    return state is not None and not {"_esm", "_figure"}.isdisjoint(state)


def _still(branch: nodes.Element, alt: str | None) -> nodes.container:
    """Return the picture of an output, with the words for readers who do not see it."""
    still = nodes.container(classes=["live-figure-still"])
    for image in branch.findall(nodes.image):
        copy = image.deepcopy()
        copy["classes"].append("no-scaled-link")
        copy["alt"] = alt or image.get("alt", "Still picture of an interactive figure")
        still += copy
    return still


def _scripts_of(env: object, docname: str) -> dict[str, tuple]:
    """Return what myst-nb adds to a page for its widgets: {name: (address, attributes)}."""
    return getattr(env, "nb_metadata", {}).get(docname, {}).get("js_files", {})


def _states(env: object, docname: str) -> dict[str, dict]:
    """Return the widget states that myst-nb stored for a page: {model id: state}."""
    _, attributes = _scripts_of(env, docname).get("ipywidgets_state", (None, {}))
    stored = json.loads(attributes.get("body", "{}"))
    return {key: model["state"] for key, model in stored.get("state", {}).items()}


def _read_as_jupyter(app: Sphinx, docname: str, source: list[str]) -> None:
    """Bring the widget state of a notebook from Colab into the form that myst-nb knows."""
    if f'"{STATE}"' not in source[0] or Path(app.env.doc2path(docname)).suffix != ".ipynb":
        return
    notebook = json.loads(source[0])
    widgets = notebook["metadata"].get("widgets", {})
    if "state" not in widgets.get(STATE, {"state": {}}):
        widgets[STATE] = jupyter_state(models_of(notebook))
        source[0] = json.dumps(notebook)


def _trim_scripts(app: Sphinx, doctree: nodes.document) -> None:
    """Take away what live.js does without, on pages where it can show every widget.

    Those are myst-nb's scripts from a CDN (unless the book names others) and the scripts and style
    sheets of stnlib. Those of other anywidgets stay once a page: a later widget with the same text
    names the first one in its place, {"same_as": model id}.
    """
    files, states = _scripts_of(app.env, app.env.docname), _states(app.env, app.env.docname)
    views = [one for one in doctree.findall(nodes.container) if one.get("mime_type") == VIEW]
    shown = [states[key] for key in map(_model_of, views) if key in states]
    if not states or not all(map(_is_live, shown)):
        return
    if app.config.nb_ipywidgets_js == ipywidgets_js_factory():
        for name in [name for name in files if re.fullmatch(r"ipywidgets_\d+", name)]:
            del files[name]
    _, attributes = files["ipywidgets_state"]
    stored = json.loads(attributes["body"])
    first: dict[tuple[str, str], str] = {}
    for key, model in stored["state"].items():
        for name in ("_esm", "_css"):
            text = model["state"].get(name)
            if "_figure" in model["state"]:
                model["state"].pop(name, None)  # the page brings those of the installed package
            elif isinstance(text, str) and first.setdefault((name, text), key) != key:
                model["state"][name] = {"same_as": first[name, text]}
    attributes["body"] = script_text(json.dumps(stored))


def _figures_first(app: Sphinx, config: Config) -> None:
    """Load MathJax after the figures, which tell it when to begin."""
    config.mathjax_options = {"priority": 600, **config.mathjax_options}


def _add_scripts(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Load on each page the scripts of the live figures that it has, and of no others."""
    if doctree is None or app.builder.name not in LIVE_BUILDERS:
        return
    live = [node for node in doctree.findall(nodes.container) if _FIGURE in node["classes"]]
    own = [FIGURES[name] for name in sorted(FIGURES.keys() & {node["of"] for node in live})]
    if own:
        app.add_css_file(Path(STYLE).name)
        own.insert(0, SHARED)
    for script in own + [LIVE] * bool(live):
        app.add_js_file(Path(script).name, defer="defer")


def _copy_scripts(app: Sphinx) -> None:
    """Copy scripts and style before pages are written, so that addresses get a checksum."""
    if app.builder.format == "html":
        target = Path(app.outdir) / "_static"
        target.mkdir(parents=True, exist_ok=True)
        for name in (STYLE, SHARED, *FIGURES.values(), LIVE):
            copy_asset_file(str(HERE / name), str(target))


def setup(app: Sphinx) -> dict[str, object]:
    """Register the extension."""
    app.setup_extension("myst_nb")
    app.add_post_transform(KeepStill)
    app.connect("config-inited", _figures_first)
    app.connect("source-read", _read_as_jupyter)
    app.connect("doctree-read", _trim_scripts)
    app.connect("html-page-context", _add_scripts)
    app.connect("builder-inited", _copy_scripts)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
