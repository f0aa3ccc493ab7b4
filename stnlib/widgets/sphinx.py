"""Sphinx extension: live figures in static pages, with no kernel and no third-party request.

Add ``stnlib.widgets.sphinx`` to the extensions of a book that is built with myst-nb. Any
anywidget works, not only those of stnlib: its state must be stored in the notebook, and for a
still picture in print and without JavaScript its output must hold an ``image/png`` too. The still
takes its text for readers who do not see it from the widget's trait ``alt``, if there is one.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from docutils import nodes
from myst_nb.core.config import ipywidgets_js_factory
from myst_nb.core.render import sanitize_script_content
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.fileutil import copy_asset_file

VIEW = "application/vnd.jupyter.widget-view+json"
SCRIPT = "live.js"
_MODEL = re.compile(r'"model_id": "([^"]+)"')


class KeepStill(SphinxPostTransform):
    """Show the still of a widget until its live view has mounted.

    myst-nb keeps one type of each output. This runs just before it chooses, and puts the picture
    into the branch of the widget, so that the page has both.
    """

    default_priority = 3  # myst-nb selects at 4
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        states = _states(self.env, self.env.docname)
        for bundle in self.document.findall(nodes.container):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            branches = {branch["mime_type"]: branch for branch in bundle.children}
            view = branches.get(VIEW)
            model = _MODEL.search(view.astext()) if view else None
            state = states.get(model[1]) if model else None
            if state is None or "_esm" not in state:
                continue
            figure = nodes.container(classes=["live-figure"])
            if "image/png" in branches:
                figure += _still(branches["image/png"], state.get("alt"))
            figure.extend(view.children)
            view.children = []
            view += figure


def _still(branch: nodes.Element, alt: str | None) -> nodes.container:
    """Return the picture of an output, with the words for readers who do not see it."""
    still = nodes.container(classes=["live-figure-still"])
    for image in branch.findall(nodes.image):
        copy = image.deepcopy()
        copy["classes"].append("no-scaled-link")
        copy["alt"] = alt or image.get("alt", "Still picture of an interactive figure")
        still += copy
    return still


def _states(env: object, docname: str) -> dict[str, dict]:
    """Return the widget states that myst-nb stored for a page: {model id: state}."""
    files = getattr(env, "nb_metadata", {}).get(docname, {}).get("js_files", {})
    _, attributes = files.get("ipywidgets_state", (None, {}))
    stored = json.loads(attributes.get("body", "{}"))
    return {key: model["state"] for key, model in stored.get("state", {}).items()}


def _share_texts(app: Sphinx, doctree: nodes.document) -> None:
    """Keep each script and style sheet of the figures once a page, not once a figure.

    A later figure with the same text names the first one in its place: {"same_as": model id}.
    """
    files = getattr(app.env, "nb_metadata", {}).get(app.env.docname, {}).get("js_files", {})
    _, attributes = files.get("ipywidgets_state", (None, {}))
    if "body" not in attributes:
        return
    stored = json.loads(attributes["body"])
    first: dict[tuple[str, str], str] = {}
    for key, model in stored["state"].items():
        for name in ("_esm", "_css"):
            text = model["state"].get(name)
            if isinstance(text, str) and first.setdefault((name, text), key) != key:
                model["state"][name] = {"same_as": first[name, text]}
    attributes["body"] = sanitize_script_content(json.dumps(stored))


def _use_own_script(app: Sphinx, config: Config) -> None:
    """Put live.js in the place of myst-nb's scripts from a CDN, unless the book names others."""
    if config.nb_ipywidgets_js == ipywidgets_js_factory():
        config.nb_ipywidgets_js = {SCRIPT: {"defer": "defer"}}
        config.mathjax_options = {"priority": 600, **config.mathjax_options}  # figures first


def _copy_script(app: Sphinx) -> None:
    """Copy live.js before pages are written, so that its address gets a checksum."""
    if app.builder.format == "html":
        target = Path(app.outdir) / "_static"
        target.mkdir(parents=True, exist_ok=True)
        copy_asset_file(str(Path(__file__).with_name(SCRIPT)), str(target))


def setup(app: Sphinx) -> dict[str, object]:
    """Register the extension."""
    app.setup_extension("myst_nb")
    app.add_post_transform(KeepStill)
    app.connect("config-inited", _use_own_script)
    app.connect("doctree-read", _share_texts)
    app.connect("builder-inited", _copy_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
