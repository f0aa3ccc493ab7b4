"""What keeps pages light and still: sizes of pictures, room for figures, few icons and formulas.

A page then has its final height before its pictures, figures and formulas come, so that a link to
a section lands there in every browser.
"""

import html
import json
import logging
import re
from pathlib import Path

from fontTools import subset
from PIL import Image

ROOM = Path(__file__).with_name("figure_heights.json")  # tools/measure_figures.py writes it
ICONS = Path("_static/vendor/fontawesome")
FONTS = (  # file, family, weight, classes
    ("fa-solid-900", "Font Awesome 6 Free", 900, ("fa-solid", "fas", "fa")),
    ("fa-brands-400", "Font Awesome 6 Brands", 400, ("fa-brands", "fab")),
)
CAPTION = r'<p class="figure-caption"><strong>Figure ([\d.]+)\.</strong>'
MATHJAX = ("core", "input/tex", "output/chtml", "output/chtml/fonts/tex", "a11y/assistive-mml")
WHEN_NEEDED = ("input/tex/extensions/color",)  # MathJax asks for it at the first \\color


def with_size(tag, size, nearest, clear=False):
    """An image's tag with its size, fetched when it comes near; a file's name is no description.

    A ``clear`` one shows the page's ground, so that it needs no white card in the dark.
    """
    if clear:
        tag = re.sub(r'class="', 'class="clear ', tag, count=1) if 'class="' in tag else (
            tag.replace("<img ", '<img class="clear" ', 1)
        )
    tag = re.sub(r'alt="[^"]*\.(?:png|svg|jpe?g)"', f'alt="{html.escape(nearest)}"', tag)
    width, height = size
    wanted = re.search(r'style="width: (\d+)px;"', tag)
    if wanted:
        height, width = round(height * int(wanted[1]) / width), int(wanted[1])
    return tag.replace("<img ", f'<img width="{width}" height="{height}" loading="lazy" ', 1)


def prepare_images(body, folder, sources):
    """Give every picture of a page its size, and words: of its caption, or of its section."""
    section = ""
    parts = re.split(r"(<img [^>]*>|<h[1-3]>.*?</h[1-3]>)", body, flags=re.S)
    for i, part in enumerate(parts):
        if part.startswith("<h"):
            words = re.sub(r'<a class="headerlink.*|<[^>]+>', "", part, flags=re.S)
            section = " ".join(words.split())
        elif part.startswith("<img "):
            name = re.search(r'src="[^"]*_images/([^"/]+)"', part)
            source = sources.get(name[1]) if name else None
            if source and source.endswith(".svg"):
                size = re.findall(r'(?:width|height)="(\d+)"', (folder / source).read_text())[:2]
                parts[i] = with_size(part, map(int, size), section, clear=True)
            elif source:
                with Image.open(folder / source) as image:
                    said = f"Picture that the code above draws, in the section “{section}”"
                    section_rest = "".join(parts[i + 1 :]).split("<h2")[0]  # two may share one
                    if number := re.search(CAPTION, section_rest):
                        said = f"Figure {number[1]}: its caption says what to see"
                    clear = image.convert("RGBA").getextrema()[3][0] < 255
                    parts[i] = with_size(part, image.size, html.unescape(said), clear)
    return "".join(parts)


def keep_room(body, rooms):
    """Give every live figure the height that it will have, on three widths of window."""
    rooms = iter(rooms)

    def style(match):
        sizes = next(rooms, None)
        names = ("small", "phone", "wide")
        text = "; ".join(f"--room-{n}: {s}px" for n, s in zip(names, sizes or (), strict=False))
        return f'<div style="{text}" {match[1]}' if text else match[0]

    return re.sub(r'<div (class="live-figure[ "])', style, body)


def prepare(app, pagename, templatename, context, doctree):
    body = context.get("body") or ""
    sources = {name: source for source, name in app.builder.images.items()}
    body = prepare_images(body, Path(app.srcdir), sources)
    context["body"] = keep_room(body, json.loads(ROOM.read_text()).get(pagename, []))
    if 'class="math' not in body:  # no formula, no script for formulas
        files = context.get("script_files") or []
        context["script_files"] = [f for f in files if "mathjax" not in str(f).lower()]


def set_mathjax(app, config):
    """The parts of MathJax that the book uses (output/chtml itself loads its font, in order).

    There is no menu, which would make every formula a tab stop.
    """
    given = config.mathjax3_config or {}
    config.mathjax_path = "mathjax/startup.js"
    config.mathjax3_config = {
        **given,
        "loader": {"load": [part for part in MATHJAX if "fonts" not in part]},
    }


def cut_font(source, target, codes):
    """Write the font with these characters only."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    options = subset.Options(flavor="woff")
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    subset.save_font(font, target, options)


def keep_used_icons(outdir):
    """Of the theme's two thousand icons keep those that a page or a style sheet names."""
    pages = " ".join(page.read_text(encoding="utf8") for page in outdir.rglob("*.html"))
    used = set(re.findall(r"\bfa[brs]?-?[a-z0-9-]*", pages))
    styles = " ".join(sheet.read_text(encoding="utf8") for sheet in outdir.rglob("styles/*.css"))
    for sheet in (outdir / ICONS).glob("*/css/all.min.css"):
        text = sheet.read_text(encoding="utf8")
        rules = []
        codes = {int(code, 16) for code in re.findall(r'"\\(f[0-9a-f]{3})"', styles)}
        for names, code in re.findall(r'([^{}]+)\{content:"\\([0-9a-f]+)"\}', text):
            if used & set(re.findall(r"fa-[a-z0-9-]+", names)):
                rules.append(f'{names}{{content:"\\{code}"}}')
                codes.add(int(code, 16))
        fonts = sheet.parents[1] / "webfonts"
        for name, family, weight, classes in FONTS:
            if used & set(classes):
                cut_font(fonts / f"{name}.ttf", fonts / f"{name}.woff", codes)
                rules += [
                    f'@font-face{{font-family:"{family}";'
                    f'font-weight:{weight};font-display:block;src:url("../webfonts/{name}.woff")}}',
                    f".{',.'.join(classes)}{{display:inline-block;"
                    f'font:{weight} 1em/1 "{family}"}}',
                ]
        rules.append(".fa-lg{font-size:1.25em;line-height:.05em;vertical-align:-.075em}")
        for file in [*fonts.glob("*.ttf"), *fonts.glob("*.woff2")]:
            file.unlink()
        sheet.write_text("\n".join(rules) + "\n", encoding="utf8")


def finish(app, exception):
    if exception is None and app.builder.name == "html":
        keep_used_icons(Path(app.outdir))


def setup(app):
    app.connect("config-inited", set_mathjax, priority=950)
    app.connect("html-page-context", prepare, priority=950)
    app.connect("build-finished", finish, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
