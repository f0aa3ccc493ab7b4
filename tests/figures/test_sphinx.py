"""Live figures in pages that Sphinx builds: a small book."""

import base64
import io
import json
import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from stnlib.widgets import GridExplorer
from stnlib.widgets.stored import STATE, STORED, VIEW, stored_of

OWN = "export default { render({ el }) { el.textContent = '</p>'; } }"
CONF = 'extensions = ["stnlib.widgets.sphinx"]\nnb_execution_mode = "off"\nmaster_doc = "index"\n'
NAMED = """
export function initialize({ model }) { model.set("times", (model.get("times") ?? 0) + 1); }
export function render({ model, el }) { el.textContent = `initialized ${model.get("times")} time`; }
"""
PAGES = ("stored", "two", "foreign", "kernel", "colab", "stateless", "boxed", "named", "copies")
INDEX = "# A book\n\n```{toctree}\n" + "\n".join(PAGES) + "\n```\n"


def still(colour):
    file = io.BytesIO()
    Image.new("RGB", (4, 3), colour).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode("ascii")


def notebook(title, *outputs, models=None):
    """A page with one cell, and the widget state that a kernel saved."""
    cells = [
        nbformat.v4.new_markdown_cell(f"# {title}"),
        nbformat.v4.new_code_cell(
            "figure", outputs=[nbformat.v4.new_output("display_data", data) for data in outputs]
        ),
    ]
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    if models:
        state = {"state": models, "version_major": 2, "version_minor": 0}
        book.metadata["widgets"] = {STATE: state}
    return book


def model(**state):
    names = {"model_name": "AnyModel", "model_module": "anywidget", "model_module_version": "0.9"}
    return {**names, "state": {"_anywidget_id": "their.Widget", **state}}


def plain(name, **state):
    """A widget of ipywidgets, which brings no script."""
    module = {"model_module": "@jupyter-widgets/controls", "model_module_version": "2.0.0"}
    return {"model_name": name, **module, "state": state}


def view(key, **more):
    return {VIEW: {"model_id": key, "version_major": 2}, "text/plain": f"{key}()", **more}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The folder of the book, and the settings of its stored figure."""
    folder = tmp_path_factory.mktemp("book")
    stored = json.loads(json.dumps(stored_of(GridExplorer())))
    words = {"model": 1, "words": 'A "digit" & its grid.'}
    first = {STORED: {**stored, **words}, "image/png": still("red"), "text/plain": "Grid()"}
    second = {STORED: {"figure": "GridExplorer", **words}, "image/png": still("blue"),
              "text/plain": "Grid()"}  # fmt: skip
    pages = {
        "stored": notebook("Stored", first, second),
        "two": notebook(
            "Two", {STORED: {"figure": "PixelLab", "state": {}, "model": 1, "words": "Lab."}},
            {STORED: {"figure": "DrawDigit", "state": {}, "model": 2, "words": "Draw."}},
            {STORED: {"figure": "../live", "state": {}, "model": 3, "words": "No figure."}},
        ),
        "foreign": notebook(
            "Foreign", view("theirs", **{"image/png": still("green")}),
            view("again"), models={"theirs": model(_esm=OWN), "again": model(_esm=OWN)},
        ),
        "kernel": notebook(
            "Kernel", view("ours"),
            models={"ours": model(_esm="export default stnlibFigures.GridExplorer;",
                                  _figure="GridExplorer", theta=[1, 0, 0, 0, 1, 0])},
        ),
        "colab": notebook("Colab", view("theirs"), models={"theirs": model(_esm=OWN)}),
        "stateless": notebook("Stateless", view("a", **{"image/png": still("grey")}), view("b")),
        "boxed": notebook(
            "Boxed", view("box"), view("slider"), view("ours"),
            models={"ours": model(_esm="export default {};", _figure="GridExplorer", theta=[1]),
                    "slider": plain("IntSliderModel", value=3),
                    "box": plain("VBoxModel", children=["IPY_MODEL_ours", "IPY_MODEL_slider"])},
        ),
        "named": notebook("Named", view("one"), view("one"), models={"one": model(_esm=NAMED)}),
        "copies": notebook(
            "Copies", view("one"), view("two"),
            models={key: model(_esm=f"{GridExplorer._esm} // {key}", **stored["state"])
                    for key in ("one", "two")},
        ),
    }
    pages["copies"].metadata["widgets"][STATE]["state"]["one"]["buffers"] = stored["buffers"]
    pages["copies"].metadata["widgets"][STATE]["state"]["two"]["buffers"] = stored["buffers"]
    widgets = pages["colab"].metadata["widgets"]
    widgets[STATE] = {**widgets[STATE]["state"], "comment": "not a model"}  # fmt: skip
    for name, page in pages.items():
        nbformat.write(page, folder / f"{name}.ipynb")
    (folder / "index.md").write_text(INDEX)
    (folder / "conf.py").write_text(CONF)
    return folder, stored


def build(book, builder, to):
    warnings = io.StringIO()
    with patch_docutils(str(book)), docutils_namespace():
        app = Sphinx(book, book, to, to / ".doctrees", builder, status=None, warning=warnings)
        app.build()
    assert "ERROR" not in warnings.getvalue(), warnings.getvalue()
    (to / "warnings").write_text(warnings.getvalue())
    return to


@pytest.fixture(scope="module")
def html(book, tmp_path_factory):
    folder = build(book[0], "html", tmp_path_factory.mktemp("html"))
    pages = {name: BeautifulSoup((folder / f"{name}.html").read_text("utf-8"), "html.parser")
             for name in ("index", *PAGES)}  # fmt: skip
    return {"warnings": (folder / "warnings").read_text(), **pages}


def data_of(figure, mime):
    [script] = figure.find_all("script", type=mime)
    return json.loads(script.string)


def test_a_stored_figure_is_its_still_its_words_and_its_settings(book, html):
    one, two = html["stored"].select(".live-figure")
    for figure in (one, two):
        [image] = figure.select(".live-figure-still img")
        assert image["alt"] == 'A "digit" & its grid.'
        assert image["src"].endswith(".png")
    assert one.img["src"] != two.img["src"]
    assert data_of(one, STORED) == {**book[1], "model": 1}
    assert data_of(two, STORED) == {"figure": "GridExplorer", "model": 1}
    assert "Grid()" not in html["stored"].select_one("main, body").get_text()


def test_another_anywidget_keeps_its_own_script(html):
    figure, other = html["foreign"].select(".live-figure")
    assert data_of(figure, VIEW)["model_id"] == "theirs"
    assert figure.img["alt"]
    assert other.img is None
    states = data_of(html["foreign"], STATE)["state"]
    scripts = [states[key]["state"]["_esm"] for key in ("again", "theirs")]
    assert scripts == [OWN, {"same_as": "again"}]  # once a page
    assert html["foreign"].find_all("script", type=STORED) == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "shown"),
    [("foreign", ["</p>", "</p>"]), ("colab", ["</p>"]), ("named", ["initialized 1 time"] * 2)],
)
def test_other_anywidgets_come_alive_in_the_page(book, browser, tmp_path, name, shown):
    page = browser.new_page()
    page.goto((build(book[0], "html", tmp_path) / f"{name}.html").as_uri())
    for figure in page.locator(".live-figure").all():
        figure.scroll_into_view_if_needed()
        figure.locator('[data-live-state="mounted"]').wait_for()
    assert page.locator(".live-figure-mount").all_inner_texts() == shown
    page.close()


@pytest.mark.browser
def test_two_copies_of_the_script_keep_their_choices_apart(book, browser, tmp_path):
    page = browser.new_page()
    page.goto((build(book[0], "html", tmp_path) / "copies.html").as_uri())
    page.locator('[data-live-state="mounted"]').nth(1).wait_for()
    figures = page.locator(".stn-figure").all()
    chosen = [figure.locator("input:checked").count() for figure in figures]
    assert chosen[0] == chosen[1] >= 4
    page.close()


def test_a_widget_that_brings_no_script_keeps_those_of_myst_nb(html):
    """And so does a figure in a box: they show it from the whole state."""
    page = html["boxed"]
    views = [json.loads(one.string)["model_id"] for one in page.find_all("script", type=VIEW)]
    assert views == ["box", "slider", "ours"]
    [figure] = page.select(".live-figure")
    assert data_of(figure, VIEW)["model_id"] == "ours"
    assert data_of(page, STATE)["state"]["ours"]["state"]["_esm"] == "export default {};"
    assert any("html-manager" in script.get("src", "") for script in page.find_all("script"))


def test_a_view_without_its_state_shows_what_else_there_is_and_is_told(html):
    page = html["stateless"]
    assert page.find_all("script", type=VIEW) == []
    assert len(page.select("img[src$=\".png\"]")) == 1
    assert "b()" in page.select_one("main, body").get_text()
    [line] = [line for line in html["warnings"].splitlines() if "widgets stand" in line]
    assert "stateless.ipynb: 2 widgets stand there without their state; jupyter nbconvert" in line


def test_a_figure_as_a_kernel_saved_it_is_live_too(html):
    [figure] = html["kernel"].select(".live-figure")
    assert data_of(figure, VIEW)["model_id"] == "ours"
    assert figure.img is None  # it has no still yet
    state = data_of(html["kernel"], STATE)["state"]["ours"]["state"]
    assert (state["_figure"], state["theta"]) == ("GridExplorer", [1, 0, 0, 0, 1, 0])
    assert "_esm" not in state  # the page has the script of the installed package


@pytest.mark.parametrize(
    ("page", "names"),
    [("index", []), ("stateless", []), ("foreign", ["live"]), ("colab", ["live"]),
     ("stored", ["figures", "GridExplorer", "live"]),
     ("kernel", ["figures", "GridExplorer", "live"]),
     ("boxed", ["figures", "GridExplorer", "live"]),
     ("two", ["figures", "DrawDigit", "PixelLab", "live"])],
)  # fmt: skip
def test_a_page_loads_the_scripts_of_its_own_figures(html, page, names):
    scripts = [script.get("src", "") for script in html[page].find_all("script")]
    own = re.findall(r"_static/(figures|live|[A-Z]\w*)\.js\?v=\w+\n", "\n".join([*scripts, ""]))
    styles = [link["href"] for link in html[page].find_all("link", rel="stylesheet")]
    assert own == names
    assert any("figures.css" in href for href in styles) == ("figures" in names)
    others = [src for src in scripts if src.startswith(("http", "//")) and "mathjax" not in src]
    assert others == [] or page == "boxed"  # myst-nb would load its scripts for widgets from a CDN


@pytest.mark.parametrize("builder", ["singlehtml", "latex"])
def test_paper_gets_the_stills_and_nothing_else(book, tmp_path, builder):
    folder = build(book[0], builder, tmp_path)
    [file] = folder.glob("*.tex" if builder == "latex" else "index.html")
    text = file.read_text("utf-8")
    assert len(re.findall(r"includegraphics" if builder == "latex" else "<img ", text)) == 4
    assert len(re.findall("alt=\"A &quot;digit&quot; &amp; its grid.\"", text)) == (
        2 if builder == "singlehtml" else 0  # TeX has no such words
    )
    assert STORED not in text
    assert 'class="live-figure ' not in text
    assert not re.search(r"_static/(figures|live)\.js", text)
