"""What the book's pages need beyond Jupyter Book: this project's own small Sphinx extension.

It keeps every request at home (MathJax from a wheel, icons from a style sheet), describes each
page to search engines, writes the start page and the page for a wrong address, and shows the
buttons for repository, Binder and Colab when, and only when, a repository is configured.
Settings from the environment: BOOK_REPOSITORY, BOOK_BRANCH and BOOK_URL (the site's address).
"""

import html
import os
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from book_light import MATHJAX, WHEN_NEEDED
from docutils import nodes
from jinja2 import Template

HERE = Path(__file__).resolve().parent
NOT_OURS = "https://github.com/executablebooks/jupyter-book"  # Jupyter Book's own default
LONGEST = 160  # characters of a description that search engines show
FIXED = {
    "search": "Search all pages of the book on Spatial Transformer Networks.",
    "genindex": "Index of the book on Spatial Transformer Networks.",
}
REPOSITORY_KEYS = (
    "repository_url",
    "repository_branch",
    "use_repository_button",
    "use_issues_button",
    "use_edit_page_button",
    "launch_buttons",
)


def repository_options(url, branch):
    """The theme's options for a repository at `url`; none for an empty one."""
    url = (url or "").rstrip("/")
    if not url or url == NOT_OURS:
        return {}
    launch = {"notebook_interface": "jupyterlab", "binderhub_url": "https://mybinder.org"}
    if "github.com/" in url:
        launch["colab_url"] = "https://colab.research.google.com"
    return {
        "repository_url": url,
        "repository_branch": branch or "main",
        "use_repository_button": True,
        "use_issues_button": True,
        "use_edit_page_button": True,
        "launch_buttons": launch,
    }


def set_options(app, config):
    given = config.html_theme_options
    wanted = repository_options(
        os.environ.get("BOOK_REPOSITORY") or given.get("repository_url"),
        os.environ.get("BOOK_BRANCH") or given.get("repository_branch"),
    )
    kept = {key: value for key, value in given.items() if key not in REPOSITORY_KEYS}
    config.html_theme_options = {**kept, **wanted}
    config.html_baseurl = os.environ.get("BOOK_URL") or config.html_baseurl


def first_sentences(doctree):
    """The page's first paragraph of prose, cut at a word."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            text = " ".join(paragraph.astext().split())
            if len(text) >= 40:
                break
    else:
        return ""
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def mend_roles(body):
    """Take away roles that screen readers no longer know, and a name that hides a fold's own."""
    body = body.replace('role="list" class="citation-list"', 'class="citation-list"')
    body = body.replace(' role="doc-biblioentry"', "")
    return body.replace('<summary aria-label="Toggle hidden content">', "<summary>")


FOLDS = {
    "Show code cell source": "Show the code",
    "Show code cell content": "Show one way to do it",
    "Show code cell output": "Guessed? Show the answer",
    "Show code cell outputs": "Guessed? Show the answer",
    "Hide code cell source": "Hide the code",
    "Hide code cell content": "Hide it",
    "Hide code cell output": "Hide the answer",
    "Hide code cell outputs": "Hide the answer",
}


def name_parts(body):
    """Say what a fold holds, leave answers open where no script runs, and mark captions.

    ``book.js`` closes the answers; a style sheet hides them until it has done so.
    """
    for theirs, ours in FOLDS.items():
        body = body.replace(f'admonition-title">{theirs}</p>', f'admonition-title">{ours}</p>')
    body = body.replace(
        '<details class="admonition hide below-input">',
        '<details class="admonition hide below-input answer" open>',
    )
    return body.replace("<p><strong>Figure ", '<p class="figure-caption"><strong>Figure ')


CAPTION = '<p class="figure-caption"><strong>Figure '
PRESET = r"Figure ([\d.]+\d), preset “([^”<]+)”"


def link_presets(body):
    """Give live figures their numbers as addresses; "Figure 8.5, preset “healthy”" becomes a link.

    ``live.js`` lets it choose that preset; without a script it leads to the figure.
    """
    first, *rest = body.split(CAPTION)
    parts, known = [first], set()
    for after in rest:
        name = "figure-" + after.split(".</strong>")[0].replace(".", "-")
        pattern = r'<div (class="live-figure(?: [^"]*)?")'
        parts[-1], count = re.subn(pattern, rf'<div \1 id="{name}"', parts[-1], count=1)
        known |= {name} if count else set()
        parts.append(after)

    def link(match):
        name = "figure-" + match[1].replace(".", "-")
        begin = f'<a class="preset" href="#{name}" data-preset="{match[2]}">'
        return f"{begin}{match[0]}</a>" if name in known else match[0]

    return re.sub(PRESET, link, CAPTION.join(parts))


def describe_page(app, pagename, templatename, context, doctree):
    tags = context.get("metatags") or ""
    if 'name="description"' not in tags:
        text = FIXED.get(pagename) or (first_sentences(doctree) if doctree else "")
        text = text or f"{context.get('title', '')}: {app.config.html_title}"
        tags += f'<meta name="description" content="{html.escape(text)}" />\n'
    icon = context["pathto"]("_static/icon-180.png", 1)
    tags += f'<link rel="apple-touch-icon" href="{icon}" />\n'
    context["metatags"] = tags
    context["body"] = link_presets(name_parts(mend_roles(context.get("body") or "")))


def copy_mathjax(outdir):
    """The parts and the fonts that the book uses, 1 MB of the wheel's 15."""
    source = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
    target = outdir / "_static" / "mathjax"
    fonts = (source / "output/chtml/fonts/woff-v2").glob("*.woff")
    for file in [*(source / f"{part}.js" for part in ("startup", *MATHJAX, *WHEN_NEEDED)), *fonts]:
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)


def remove_unused(outdir):
    """The scripts that draw icons a second time: the style sheet has drawn them already."""
    for folder in (outdir / "_static" / "vendor" / "fontawesome").glob("*/js"):
        shutil.rmtree(folder)


def write_page(outdir, name, **values):
    """A page of its own, without the theme."""
    text = (HERE.parent / "_templates" / name).read_text(encoding="utf8")
    page = Template(text, autoescape=True).render(**values)
    (outdir / name).write_text(page + "\n", encoding="utf8")


def finish(app, exception):
    if exception is not None or app.builder.name != "html":
        return
    outdir = Path(app.outdir)
    copy_mathjax(outdir)
    remove_unused(outdir)
    home = app.config.html_baseurl.rstrip("/") + "/" if app.config.html_baseurl else ""
    first = re.sub(r"\.(ipynb|md)$", "", app.config.master_doc) + ".html"
    write_page(outdir, "index.html", title=app.config.html_title, first=first)
    (outdir / ".nojekyll").touch()  # GitHub Pages leaves out folders with an underscore else
    write_page(outdir, "404.html", title=app.config.html_title, home=home)  # at any depth


def setup(app):
    app.setup_extension("book_light")
    app.setup_extension("book_api")
    app.add_config_value("comments_config", {}, "")  # Jupyter Book sets it even when it is not used
    app.connect("config-inited", set_options, priority=900)
    app.connect("html-page-context", describe_page, priority=900)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
