"""Draw the three parts of a spatial transformer: book/_static/transformer*.svg.

One drawing, and one for each part that stands out in it. The digit, its grid and what is read
through it are those of a recorded network. Words are grey, the ground is empty, so that it can be
read on light and dark pages, in JupyterLab and on paper.

    .venv/bin/python tools/draw_transformer.py
"""

import base64
import io
import sys
from pathlib import Path

import torch
from PIL import Image

from stnlib import Similarity, experiments, sample
from stnlib.plotting import FOLD, INPUT, OUTPUT, TEXT

FOLDER = Path(__file__).resolve().parents[1] / "book" / "_static"
PARTS = ("localisation", "grid", "sampler")
PROBE, READ, EVERY = 4, 20, 3  # which picture; pixels that are read; drawn lines of the grid
SIDE, LEFT, RIGHT, TOP = 160, 10, 430, 132  # of the two pictures, in units of the drawing
ASKING = ((13, 7), (16, 2), (18, 11))  # output pixels that show where they read: row, column
STYLE = f"""
text {{ font: 20px system-ui, -apple-system, "Segoe UI", sans-serif; fill: {TEXT}; }}
.b rect {{ fill: {TEXT}; fill-opacity: .14; stroke: {TEXT}; stroke-width: 1.5; }}
.rest rect {{ fill: none; stroke-width: 1; }}
.a {{ fill: none; stroke: {TEXT}; stroke-width: 2; marker-end: url(#h); }}
.back {{ fill: none; stroke: {FOLD}; stroke-width: 2; stroke-dasharray: 6 4; }}
.back path {{ marker-end: url(#g); }} .back text {{ fill: {FOLD}; stroke: none; }}
.net path {{ fill: none; stroke: {INPUT}; }}
.ask path {{ fill: none; stroke: url(#way); stroke-width: 2.5; marker-end: url(#i); }}
.ask circle {{ fill: {OUTPUT}; stroke: #fff; stroke-width: 1.2; }}
image {{ image-rendering: pixelated; }}"""
PICKED = """
.PART .b rect { fill: #666; fill-opacity: 1; stroke: #666; stroke-width: 4; }
.PART .b text { fill: #fff; font-weight: 700; }
OTHERS { opacity: .5; }"""


def what_is_drawn():
    """The picture (42, 42), the sampling grid (20, 20, 2) of its θ, and what is read there."""
    runs = experiments.load("pose_parts")
    theta = torch.tensor(next(r for r in runs if r["network"] == "in the localisation")["theta"])
    picture = experiments.EXPERIMENTS["pose_parts"].task("cpu").probe[PROBE : PROBE + 1]
    grid = Similarity().grid(theta[-1, PROBE : PROBE + 1], (READ, READ))
    return picture[0, 0], grid[0], sample(picture, grid)[0, 0]


def embedded(values):
    """A picture as a PNG of 16 greys in the address itself."""
    pixels = (values.clamp(0, 1) * 15).round().mul(17).byte().numpy()
    packed = io.BytesIO()
    Image.fromarray(pixels).quantize(16).save(packed, "png", optimize=True)
    return "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode()


def place(points):
    """Points in normalised coordinates of the input, in units of the drawing: "x y"."""
    return [
        f"{LEFT + (x + 1) * SIDE / 2:.1f} {TOP + (y + 1) * SIDE / 2:.1f}"
        for x, y in points.tolist()
    ]


def lines_of(grid):
    """The sampling grid as paths: some rows and columns, then its outline."""
    keep = [*range(0, READ - 1, EVERY), READ - 1]
    rows = [*grid[keep], *grid.transpose(0, 1)[keep]]
    inner = "".join(f"M{'L'.join(place(line[[0, -1]]))}" for line in rows)  # its lines are straight
    outline = "L".join(place(grid[[0, 0, -1, -1], [0, -1, -1, 0]]))
    return f'<path stroke-width=".8" d="{inner}"/><path stroke-width="2.5" d="M{outline}Z"/>'


def questions(grid):
    """An arrow from each asking output pixel to the input point that it reads."""
    drawn = ""
    for row, column in ASKING:
        x, y = RIGHT + (column + 0.5) * SIDE / READ, TOP + (row + 0.5) * SIDE / READ
        (end,) = place(grid[row, column][None])
        drawn += f'<path d="M{x:.1f} {y:.1f}Q300 {y + 45:.1f} {end}"/>'
        drawn += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    return drawn


def box(x, y, width, height, *words):
    first = y + height / 2 + 7 - 11.5 * (len(words) - 1)
    told = "".join(
        f'<text x="{x + width / 2}" y="{first + 23 * i}" text-anchor="middle">{word}</text>'
        for i, word in enumerate(words)
    )
    rect = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="9"/>'
    return f'<g class="b">{rect}{told}</g>'


def picture(values, x, edge, word):
    frame = f'x="{x}" y="{TOP}" width="{SIDE}" height="{SIDE}"'
    return (
        f'<image {frame} href="{embedded(values)}"/>'
        f'<rect {frame} fill="none" stroke="{edge}" stroke-width="3"/>'
        f'<text x="{x + SIDE / 2}" y="{TOP + SIDE + 25}" text-anchor="middle">{word}</text>'
    )


def head(name, colour):
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="10" '
        'markerHeight="10" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 0L8 4L0 8Z" fill="{colour}" stroke="none"/></marker>'
    )


def transformer(part=None):
    """The drawing as the text of an SVG; a part that is named stands out."""
    source, grid, read = what_is_drawn()
    style = STYLE
    if part is not None:
        told = "back" if part == "localisation" else "points"  # how it learns; where it reads
        pale = [f".{one}" for one in (*PARTS, "points", "rest", "back") if one not in (part, told)]
        style += PICKED.replace("PART", part).replace("OTHERS", ", ".join(pale))
    italic = '<tspan font-style="italic">{}</tspan>'.format
    u, v, theta = italic("U"), italic("V"), italic("θ")
    below = f'<tspan dy="5" font-size="14">{theta}</tspan>'
    t_of_g = f'{italic("T")}{below}<tspan dy="-5">({italic("G")})</tspan>'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="600" height="324" \
viewBox="0 0 600 324">
<style>{style}
</style>
<defs>{head("h", TEXT)}{head("g", FOLD)}{head("i", INPUT)}
<linearGradient id="way" gradientUnits="userSpaceOnUse" x1="{RIGHT}" x2="{LEFT + SIDE}" y2="0">
<stop stop-color="{OUTPUT}"/><stop offset="1" stop-color="{INPUT}"/></linearGradient></defs>
{picture(source, LEFT, INPUT, f"input {u}")}
{picture(read, RIGHT, OUTPUT, f"output {v}")}
<g class="localisation">{box(15, 8, 150, 60, "localisation", "network")}
<path class="a" d="M90 130V70"/><path class="a" d="M166 30H233"/>
<text x="194" y="22">{theta}</text></g>
<g class="grid">{box(235, 8, 130, 60, "grid", "generator")}</g>
<g class="points"><path class="a" d="M290 69V176"/>
<text x="281" y="127" text-anchor="end">{t_of_g}</text>
<g class="net">{lines_of(grid)}</g><g class="ask">{questions(grid)}</g>
<text x="300" y="317" text-anchor="middle">output → input</text></g>
<g class="sampler">{box(240, 178, 120, 52, "sampler")}
<path class="a" d="M172 196H238"/><path class="a" d="M361 196H427"/></g>
<g class="rest">{box(435, 8, 150, 60, "classifier,", "loss")}<path class="a" d="M500 130V70"/></g>
<g class="back"><path d="M522 69V129"/><path d="M428 214H363"/><path d="M312 177V71"/>
<path d="M234 50H168"/><text x="322" y="127">gradient</text></g>
</svg>
"""


def main():
    for part in (None, *PARTS):
        file = FOLDER / f"transformer{f'_{part}' if part else ''}.svg"
        file.write_text(transformer(part), encoding="utf8")
        print(f"{file.name}: {len(file.read_bytes())} bytes")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # whatever a file or a pipe is encoded in
    main()
