"""The built site, read as files: links, descriptions, and that nothing is asked of other sites."""

import base64
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup

from tests.book.conftest import WHERE_IT_LANDS, serve

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("STNLIB_SITE") or ROOT / "_build" / "html").resolve()
PAGES = sorted(file for file in SITE.rglob("*.html") if "_static" not in file.parts)
LOADING = [
    ("script", "src"), ("img", "src"), ("img", "srcset"), ("iframe", "src"), ("source", "src"),
    ("source", "srcset"), ("video", "src"), ("audio", "src"), ("object", "data"), ("embed", "src"),
]  # fmt: skip
NOT_LOADED = {"canonical", "author", "license", "next", "prev", "index", "search"}

DESCRIBED = (  # chapters of which every picture has a caption, or words of its own
    "01_move_points", "02_ask_backwards", "03_read_between_pixels",
    "04_differentiate_the_read", "05_build_the_transformer", "06_train_end_to_end",
    "07_ask_what_theta_means", "08_break_it", "09_bend_the_grid",
    "10_use_several", "11_find_without_labels", "12_leave_the_plane",
)  # fmt: skip
ADDRESS = "https://someone.example/a-book"
DESCRIPTION = "A square at the left, and its grid, turned by a fifth of a right angle."

built = pytest.mark.skipif(not PAGES, reason="no site in _build/html: run make book")
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(SITE)))
pytestmark = pytest.mark.filterwarnings("ignore::bs4.MarkupResemblesLocatorWarning")

_soups = {}


def soup_of(page):
    if page not in _soups:
        _soups[page] = BeautifulSoup(page.read_text(encoding="utf8"), "html.parser")
    return _soups[page]


def anchors(page):
    soup = soup_of(page)
    return {tag["id"] for tag in soup.find_all(id=True)} | {
        tag["name"] for tag in soup.find_all("a", attrs={"name": True})
    }


def broken_links(page, site=SITE):
    """Links inside the site that lead to no file, or to no place in it."""
    wrong = []
    for tag, attribute in [("a", "href"), ("link", "href"), ("script", "src"), ("img", "src")]:
        for element in soup_of(page).find_all(tag, attrs={attribute: True}):
            link = urlsplit(element[attribute])
            if link.scheme or link.netloc:
                continue
            path = unquote(link.path)
            target = (page.parent / path).resolve() if path else page
            if target.is_dir():
                target = target / "index.html"
            inside = target.is_file() and site in target.parents
            anchor = unquote(link.fragment) if tag == "a" else ""
            if not inside or (anchor and anchor not in anchors(target)):
                wrong.append(element[attribute])
    return wrong


def loaded_from_elsewhere(soup):
    """What a page would fetch from another host as it opens."""
    found = [
        element[attribute]
        for tag, attribute in LOADING
        for element in soup.find_all(tag, attrs={attribute: True})
    ]
    found += [
        element["href"]
        for element in soup.find_all("link", href=True)
        if not NOT_LOADED & set(element.get("rel", []))
    ]
    for element in soup.find_all("style"):
        found += re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")]+)", element.get_text())
    return [link for link in found if re.match(r"\s*(?:https?:)?//", link)]


@built
@each_page
def test_internal_links_lead_somewhere(page):
    assert broken_links(page) == []


@built
@each_page
def test_nothing_is_loaded_from_another_host(page):
    assert loaded_from_elsewhere(soup_of(page)) == []


@built
def test_style_sheets_load_nothing_from_another_host():
    sheets = sorted(SITE.rglob("*.css"))
    assert len(sheets) >= 5
    for sheet in sheets:
        text = sheet.read_text(encoding="utf8")
        found = re.findall(r"(?:url\(|@import)\s*['\"]?((?:https?:)?//[^'\")]+)", text)
        assert found == [], sheet


@built
@each_page
def test_each_page_has_a_title_a_description_and_an_icon(page):
    soup = soup_of(page)
    assert soup.html["lang"] == "en"
    assert len(soup.title.get_text(strip=True)) >= 5
    descriptions = soup.find_all("meta", attrs={"name": "description"})
    assert len(descriptions) == 1
    assert 40 <= len(descriptions[0]["content"]) <= 160
    assert "width=device-width" in soup.find("meta", attrs={"name": "viewport"})["content"]
    icons = soup.find_all("link", rel="icon")
    assert len(icons) == 1
    if page.name == "404.html":  # it must work at any depth, and so brings its own
        assert icons[0]["href"].startswith("data:image/svg+xml,")
    else:
        assert (page.parent / icons[0]["href"]).resolve().is_file()


@built
def test_titles_and_descriptions_tell_pages_apart():
    pages = [page for page in PAGES if page.parent != SITE]
    assert len(pages) >= 8
    titles = [soup_of(page).title.get_text() for page in pages]
    metas = [soup_of(page).find("meta", attrs={"name": "description"}) for page in pages]
    described = [meta["content"] for meta in metas]
    assert len(set(titles)) == len(pages)
    assert len(set(described)) == len(pages)


@built
def test_there_is_a_page_for_a_wrong_address_that_needs_no_other_file():
    soup = soup_of(SITE / "404.html")
    assert soup.find_all("img") == []
    assert [tag["rel"] for tag in soup.find_all("link")] == [["icon"]]
    assert soup.find_all("script") == []
    home = os.environ.get("BOOK_URL")
    links = [home.rstrip("/") + "/index.html"] if home else []
    assert [tag["href"] for tag in soup.find_all("a")] == links  # a relative one cannot know
    assert (SITE / ".nojekyll").is_file()


@built
@each_page
def test_folds_have_their_own_names(page):
    for summary in soup_of(page).select("details > summary"):
        assert not summary.has_attr("aria-label")
        assert len(summary.get_text(strip=True)) >= 4


@built
def test_the_start_leads_to_the_first_page():
    refresh = soup_of(SITE / "index.html").find("meta", attrs={"http-equiv": "refresh"})
    assert refresh["content"] == "0; url=book/intro.html"
    assert (SITE / "book" / "intro.html").is_file()


@built
def test_the_live_figure_comes_first_on_the_first_page():
    article = soup_of(SITE / "book" / "intro.html").find("article")
    figure = article.find(class_="live-figure")
    assert figure is not None
    still = figure.find("img")
    assert len(still["alt"]) >= 20
    before = figure.find_all_previous(["h2", "table", "pre"])
    assert [tag.name for tag in before if article in tag.parents] == []


@built
def test_search_knows_the_book():
    index = (SITE / "searchindex.js").read_text(encoding="utf8")
    index = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))
    for word in ("kernel", "bilinear", "matrix"):
        assert word in index["terms"] or word in index["titleterms"], word


@built
def test_only_what_mathjax_needs_is_copied():
    files = [file for file in (SITE / "_static" / "mathjax").rglob("*") if file.is_file()]
    assert {file.suffix for file in files} == {".js", ".woff"}
    assert sum(file.stat().st_size for file in files) < 1.4e6
    icons = SITE / "_static" / "vendor" / "fontawesome"
    assert sum(file.stat().st_size for file in icons.rglob("all.*css")) < 5000
    assert [file.suffix for file in icons.rglob("fa-*")] == [".woff"]
    assert not list((SITE / "_static" / "vendor" / "fontawesome").glob("*/js"))
    assert not list(SITE.rglob("*thebe*.js"))


@built
@each_page
def test_pictures_have_a_size_and_words(page):
    pictures = soup_of(page).select("article img")
    for picture in pictures:
        assert int(picture["width"]) > 0
        assert int(picture["height"]) > 0
        assert picture["loading"] == "lazy"
        assert len(picture["alt"]) >= 20
        assert not re.search(r"\.(png|svg)$", picture["alt"])


def without_words(page):
    """Pictures drawn by code that are described only by the section that they stand in."""
    return [picture["src"] for picture in soup_of(page).select("article img")
            if picture["alt"].startswith("Picture that the code above draws")]  # fmt: skip


@built
def test_pictures_of_the_chapters_that_are_done_have_words_of_their_own():
    for chapter in DESCRIBED:
        assert without_words(SITE / "notebooks" / f"{chapter}.html") == [], chapter


@built
@each_page
def test_formulas_bring_their_script_and_only_they(page):
    has_formulas = bool(soup_of(page).select(".math"))
    scripts = [tag["src"] for tag in soup_of(page).find_all("script", src=re.compile("mathjax"))]
    assert bool(scripts) == has_formulas


@built
@each_page
def test_figures_bring_no_other_library_with_them(page):
    text = page.read_text(encoding="utf8")
    assert "require.min.js" not in text
    assert "html-manager" not in text


@built
@pytest.mark.skipif("BOOK_REPOSITORY" in os.environ, reason="a repository is configured")
def test_without_a_repository_there_are_no_buttons_for_one():
    for page in PAGES:
        text = page.read_text(encoding="utf8")
        assert not re.search(r"mybinder\.org|colab\.research|source-repository-button", text), page


# --- the checks themselves, and the extension ---------------------------------------------------


def test_the_checks_notice_a_broken_page(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<p id=here><a href='#here'>a</a><a href='#nowhere'>b</a><a href='missing.html'>c</a>"
        "<a href='https://example.org/'>d</a><a href='../outside.html'>e</a>"
        "<script src='https://cdn.example.org/x.js'></script><img src='//example.org/x.png'>"
        "<link rel=stylesheet href='https://example.org/x.css'><link rel=canonical href='https://a/'>"
        "<style>@import 'https://example.org/y.css'; p { color: url(//example.org/z.png) }</style>"
    )
    assert broken_links(page, tmp_path) == ["#nowhere", "missing.html", "../outside.html"]
    assert loaded_from_elsewhere(soup_of(page)) == [
        "https://cdn.example.org/x.js", "//example.org/x.png", "https://example.org/x.css",
        "https://example.org/y.css", "//example.org/z.png",
    ]  # fmt: skip


@pytest.fixture
def house(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book" / "_ext")
    return importlib.import_module("book_house")


def options_with(house, monkeypatch, given=None, **environment):
    for name in ("BOOK_REPOSITORY", "BOOK_BRANCH", "BOOK_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    options = {"search_bar_text": "x", "launch_buttons": {}, **(given or {})}
    config = SimpleNamespace(html_theme_options=options, html_baseurl="", mathjax_path="")
    house.set_options(None, config)
    return config.html_theme_options


def test_no_repository_gives_no_options(house, monkeypatch):
    default = {"repository_url": house.NOT_OURS, "repository_branch": "master"}
    assert options_with(house, monkeypatch, default) == {"search_bar_text": "x"}


@pytest.mark.parametrize("where", ["_config.yml", "environment"])
def test_a_repository_gives_all_buttons(house, monkeypatch, where):
    url = "https://github.com/someone/book"
    if where == "environment":
        options = options_with(house, monkeypatch, BOOK_REPOSITORY=url + "/", BOOK_BRANCH="trunk")
        assert options["repository_branch"] == "trunk"
    else:
        options = options_with(house, monkeypatch, {"repository_url": url})
        assert options["repository_branch"] == "main"
    assert options["repository_url"] == url
    assert options["use_repository_button"] is True
    assert set(options["launch_buttons"]) == {"notebook_interface", "binderhub_url", "colab_url"}


def test_colab_is_offered_for_github_only(house):
    options = house.repository_options("https://gitlab.com/a/b", "")
    assert set(options["launch_buttons"]) == {"notebook_interface", "binderhub_url"}


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """A small book with this book's own settings, built for real, with a repository and an address.

    Its chapter has two pictures more; the cell of the second says what it shows.
    """
    folder = tmp_path_factory.mktemp("small")
    shutil.copytree(ROOT / "book", folder / "book")
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / "notebooks").mkdir()
    chapter = nbformat.read(ROOT / "book" / "intro.ipynb", as_version=4)
    picture = base64.b64encode((ROOT / "book" / "_static" / "icon-180.png").read_bytes()).decode()
    output = nbformat.v4.new_output("display_data", {"image/png": picture, "text/plain": "."})
    for said in ({}, {"mystnb": {"image": {"alt": DESCRIPTION}}}):
        chapter.cells.append(nbformat.v4.new_code_cell("1", outputs=[output], metadata=said))
    nbformat.write(chapter, folder / "notebooks" / "01_small.ipynb")
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: book/about\nchapters:\n  - file: notebooks/01_small\n"
    )
    start = "from jupyter_book.cli.main import main; main()"
    settings = {"BOOK_REPOSITORY": "https://github.com/someone/a-book", "BOOK_URL": ADDRESS}
    result = subprocess.run(
        [sys.executable, "-c", start, "build", str(folder)],
        env={**os.environ, **settings}, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return folder / "_build" / "html"


def test_a_build_with_a_repository_shows_its_buttons(small_book):
    soup = soup_of(small_book / "notebooks" / "01_small.html")
    links = [tag["href"] for tag in soup.find_all("a", href=True)]
    assert "https://github.com/someone/a-book" in links
    path = "notebooks/01_small.ipynb"
    assert f"https://mybinder.org/v2/gh/someone/a-book/main?urlpath=lab/tree/{path}" in links
    assert f"https://colab.research.google.com/github/someone/a-book/blob/main/{path}" in links


def test_with_an_address_a_wrong_one_leads_to_the_start(small_book):
    links = [tag["href"] for tag in soup_of(small_book / "404.html").find_all("a")]
    assert links == [f"{ADDRESS}/index.html"]


def test_a_cell_may_say_what_its_picture_shows(small_book):
    page = small_book / "notebooks" / "01_small.html"
    *captioned, silent, told = soup_of(page).select("article .cell_output img")
    assert told["alt"] == DESCRIPTION
    assert without_words(page) == [silent["src"]]
    assert captioned[-1]["alt"] == "Figure 4: its caption says what to see"


def test_a_preset_that_the_text_names_becomes_a_link_to_a_live_figure_of_the_page(house):
    def body(number, kind="live-figure docutils container"):
        caption = f'<p class="figure-caption"><strong>Figure {number}.</strong> Seen.</p>'
        return f'<div class="{kind}">\n</div>{caption}'

    told = "<p>See Figure 8.2, preset “θ at rest”.</p>"
    link = '<a class="preset" href="#figure-8-2" data-preset="θ at rest">'
    made = house.link_presets(told + body("8.1", "cell_output") + body("8.2"))
    assert made == (
        told.replace("Figure 8.2, preset “θ at rest”", f"{link}Figure 8.2, preset “θ at rest”</a>")
        + body("8.1", "cell_output")
        + body("8.2").replace('container"', 'container" id="figure-8-2"')
    )
    for other in (body("8.3"), body("8.2", "cell_output")):  # none, or no live one
        assert "<a" not in house.link_presets(told + other)


# --- in a browser: what every page must do is in test_pages.py ----------------------------------

WIDE = {"width": 1280, "height": 900}


@built
@pytest.mark.browser
def test_formulas_are_typeset(visit):
    opened = visit("book/notation.html", address=SITE.as_uri())
    opened.ready()
    assert opened.page.locator("mjx-container mjx-mtable").count() > 0
    assert opened.page.locator("mjx-container").count() >= 20
    assert opened.page.locator("mjx-merror").count() == 0


@built
@pytest.mark.browser
@pytest.mark.parametrize("name", ["04_differentiate_the_read", "09_bend_the_grid"])
def test_a_link_to_a_section_lands_there(visit, name):
    opened = visit(f"notebooks/{name}.html#exercises", viewport=WIDE)
    opened.ready()
    links = opened.page.locator('.bd-toc-nav a[href^="#"]')
    assert links.count() > 5
    assert opened.page.evaluate(WHERE_IT_LANDS)[0] == pytest.approx(64, abs=40)
    how = opened.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
    assert how == "auto", "it glides: figures on the way come alive, and it lands late"
    for link in links.all():
        link.evaluate("(node) => node.click()")
        opened.rest()
        top, bottom = opened.page.evaluate(WHERE_IT_LANDS)
        assert top == pytest.approx(64, abs=40) or (bottom and top > 0), link.inner_text()


@built
@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_searched_word_can_be_read(visit, theme):
    opened = visit("book/glossary.html?highlight=grid", theme=theme)
    opened.page.locator(".highlighted").first.wait_for()
    assert opened.axe(options={"runOnly": ["color-contrast"]}) == []


@built
@pytest.mark.browser
def test_a_site_may_lie_in_a_folder_of_another(visit):
    """The page of figures says so."""
    for address in serve(SITE.parent):
        opened = visit(f"{SITE.name}/book/intro.html", address=address)
        opened.ready()
        assert len(opened.figures()) == 2
        assert opened.problems == []


@built
@pytest.mark.browser
@pytest.mark.parametrize("as_file", [False, True], ids=["served", "opened as files"])
def test_search_finds_a_word(visit, as_file):
    opened = visit("search.html?q=bilinear", **({"address": SITE.as_uri()} if as_file else {}))
    opened.page.locator("#search-results li a", has_text="Glossary").first.wait_for()
    opened.page.wait_for_load_state("networkidle")
    assert opened.problems == []


@built
@pytest.mark.browser
def test_scroll_bars_of_code_take_the_colours_of_the_page(visit):
    """Firefox draws them white on dark otherwise."""
    page = visit("book/widgets.html", theme="dark", viewport=WIDE).page
    told = page.locator(".bd-article pre").first.evaluate("""(node) =>
      [getComputedStyle(node).scrollbarColor,
       getComputedStyle(node).getPropertyValue("--pst-color-text-muted")]""")
    red, green, blue = bytes.fromhex(told[1].strip().removeprefix("#"))
    assert told[0] == f"rgb({red}, {green}, {blue}) rgba(0, 0, 0, 0)"


@built
@pytest.mark.browser
def test_printing_opens_what_is_folded_and_turns_dark_to_light(visit):
    page = visit("notebooks/01_move_points.html", theme="dark", viewport=WIDE).page
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    folded = page.locator("details:not([open])").count()
    assert folded >= 2
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == folded
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
