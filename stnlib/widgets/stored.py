"""What a notebook stores of a live figure: its settings, a still and its words; no script."""

from __future__ import annotations

import base64
import json
from typing import NamedTuple

from stnlib.widgets.shared.base import LiveFigure

STORED = "application/vnd.stnlib.figure+json"
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
WIDTH = 640  # of a still, in pixels of the page
SETTINGS = ("figure", "state", "buffers")
NOT_SETTINGS = ("layout", "tabbable", "tooltip")
NO_STATE = (
    "widgets stand there without their state; jupyter nbconvert --to notebook --execute --inplace "
    "runs the notebook and stores it, and then python -m stnlib.widgets.stills takes the stills"
)


class Still(NamedTuple):
    """What a figure shows: ``png`` bytes, and its ``words``."""

    png: bytes
    words: str


def script_text(text: str) -> str:
    """Write JSON so that no text in it can end a script of HTML."""
    return text.replace("<", "\\u003c")


def settings_of(state: dict, buffers: list[dict]) -> dict:
    """Return what is stored of a figure's model: its name, its settings, nothing of the script."""
    kept = {key: value for key, value in state.items() if not key.startswith("_")}
    kept = {key: value for key, value in kept.items() if key not in NOT_SETTINGS}
    return {"figure": state["_figure"], "state": kept, "buffers": buffers}


def stored_of(figure: LiveFigure) -> dict:
    """Return what a notebook would store of a figure."""
    from ipywidgets.widgets.widget import _remove_buffers

    state, paths, buffers = _remove_buffers(figure.get_state())
    data = [{"path": path, "encoding": "base64", "data": base64.b64encode(part).decode("ascii")}
            for path, part in zip(paths, buffers, strict=True)]  # fmt: skip
    return settings_of(state, data)


def models_of(notebook: dict) -> dict[str, dict]:
    """Return the models that a notebook stores, by id; Colab leaves out the level of "state"."""
    stored = notebook["metadata"].get("widgets") or {}
    stored = stored.get(STATE, {})
    return stored.get("state", {k: v for k, v in stored.items() if isinstance(v, dict)})


def widgets_without_state(notebook: dict) -> int:
    """Count the outputs that show a model which the notebook does not store."""
    models = models_of(notebook)
    shown = (output.get("data", {}) for output in outputs_of(notebook))
    return sum(VIEW in data and data[VIEW].get("model_id") not in models for data in shown)


def outputs_of(notebook: dict) -> list[dict]:
    """List all outputs of a notebook."""
    return [output for cell in notebook["cells"] for output in cell.get("outputs") or ()]


def store(notebook: dict, studio: object) -> int:
    """Put settings, still and words in the place of each live figure's view; how many there were.

    ``studio`` takes the stills (:class:`stnlib.widgets.stills.Studio`). Figures that are stored
    already get a new still. A second view of the same figure shares the
    first one's settings: both move together.
    """
    models = models_of(notebook)
    known: dict[str | int, dict] = {}  # by the id of a model, or by its number in the notebook
    count = 0
    for output in outputs_of(notebook):
        data = output.get("data", {})
        key, stored = _settings_in(data, models)
        if stored is None and key not in known:
            continue
        new = key not in known
        stored = known.setdefault(key, stored)
        still = studio.take(stored)
        kept = stored if new else {"figure": stored["figure"]}
        output["data"] = {
            "image/png": base64.b64encode(still.png).decode("ascii"),
            "text/plain": data.get("text/plain", f"{stored['figure']}()"),
            STORED: {**kept, "model": list(known).index(key) + 1, "words": still.words},
        }
        output["metadata"] = {**output.get("metadata", {}), "image/png": {"width": WIDTH}}
        count += 1
    _forget(notebook, models, [key for key in known if key in models])
    return count


def _settings_in(data: dict, models: dict) -> tuple[str | int | None, dict | None]:
    """Return which figure an output shows, and its settings where they are known here."""
    if STORED in data:
        kept = {key: data[STORED][key] for key in SETTINGS if key in data[STORED]}
        return data[STORED]["model"], kept if "state" in kept else None
    key = data.get(VIEW, {}).get("model_id")
    model = models.get(key, {"state": {}})
    if "_figure" not in model["state"]:
        return None, None
    return key, settings_of(model["state"], model.get("buffers", []))


def _forget(notebook: dict, models: dict, stored: list[str]) -> None:
    """Take the stored figures' models and layouts out of a notebook, if no other model has them."""
    for key in stored:
        model = models.pop(key)
        if f"IPY_MODEL_{key}" in json.dumps(models):
            models[key] = model  # it stands in a box, too
            continue
        layout = model["state"].get("layout", "")[len("IPY_MODEL_") :]
        if layout in models and f"IPY_MODEL_{layout}" not in json.dumps(models):
            del models[layout]
    if not models:
        notebook["metadata"].pop("widgets", None)
    elif stored:
        notebook["metadata"]["widgets"][STATE] = jupyter_state(models)


def jupyter_state(models: dict[str, dict]) -> dict:
    """Return models as Jupyter stores them in a notebook."""
    return {"state": models, "version_major": 2, "version_minor": 0}
