"""Faults that pictures and words must show: a text of the sources, and a wrong one for it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import stnlib

HOME = Path(stnlib.__file__).parent


class Mutant(NamedTuple):
    """A fault: in ``folder``, ``old`` becomes ``new``, and a reader of ``name`` sees ``what``.

    A folder of ``widgets/``, or ``plotting`` for that module. The old text stands in it once, in
    whichever file.
    """

    what: str
    name: str
    folder: str
    old: str
    new: str

    def files(self) -> list[Path]:
        """Return the files that hold the old text, as often as they do: one, or this is old."""
        places = ["plotting/*.py"] if self.folder == "plotting" else [
            f"widgets/{self.folder}/*.{kind}" for kind in ("js", "css")
        ]  # fmt: skip
        every = [file for place in places for file in HOME.glob(place)]
        return [file for file in every for _ in range(file.read_text("utf-8").count(self.old))]


MUTANTS = [
    Mutant("curves upside down", "TrainingReplay/one run", "training_replay",
           "(1 - (values[i] - low) / (high - low))", "((values[i] - low) / (high - low))"),
    Mutant("the map of the loss turned by 180°", "PoseProbe/turned", "shared",
           "Math.max(all[i] / most", "Math.max(all[all.length - 1 - i] / most"),
    Mutant("bars of 1 − p", "PoseProbe/turned", "shared",
           "(height - 16) * chance", "(height - 16) * (1 - chance)"),
    Mutant("weights of the close-up in reverse", "GridExplorer/pixel", "shared",
           "fixed(weights[i])", "fixed(weights[3 - i])"),
    Mutant("the angle in words has the wrong sign", "GridExplorer/turned", "grid_explorer",
           '(angle > 0 ? "clockwise"', '(angle < 0 ? "clockwise"'),
    Mutant("a caption that makes no sense", "GridBender/affine", "grid_bender",
           "Lines and parallels are kept, angles are not.", "Quick foxes are kept."),
    Mutant("the input where the output should be", "GridExplorer/turned", "grid_explorer",
           "outputCanvas: pixels(made.output, size[0], size[1], kept.output)",
           "outputCanvas: image.canvas"),
    Mutant("pixels hatched that got something", "GridExplorer/splat", "grid_explorer",
           "(weight === 0 ? 1 : 0)", "(weight === 0 ? 0 : 1)"),
    Mutant("arrows from the end to the start", "plotting/arrows", "plotting",
           "xy=head, xytext=tail", "xy=tail, xytext=head"),
    Mutant("points mirrored", "plotting/points", "plotting",
           "ax.scatter(*values.T, color=color, marker",
           "ax.scatter(*-values.T, color=color, marker"),
    Mutant("the sign of a field turned over", "plotting/field", "plotting",
           "field, cmap=DIVERGING", "-field, cmap=DIVERGING"),
    Mutant("canvases mirrored", "GridBender/affine", "shared",
           ".stn-figure .stn-stage canvas {",
           ".stn-figure .stn-stage canvas { transform: scaleX(-1);"),
    Mutant("no caption", "AlignmentLandscape/half way", "shared",
           ".stn-figure .stn-caption {", ".stn-figure .stn-caption { visibility: hidden;"),
    Mutant("the arrow leads from the point to its pixel", "GridExplorer/pixel", "grid_explorer",
           "arrow(ctx, [left + w / 2, top + hgt / 2], toScreen(moving, detail.point),",
           "arrow(ctx, toScreen(moving, detail.point), [left + w / 2, top + hgt / 2],"),
    Mutant("the gradient points downhill", "PixelLab/stops", "pixel_lab",
           "1.5 * taken * cell", "-1.5 * taken * cell"),
    Mutant("places on the map mirrored", "AlignmentLandscape/half way", "shared",
           "((shift + move) / (2 * move)) * side", "((move - shift) / (2 * move)) * side"),
    Mutant("turn and shift change places in words", "AlignmentLandscape/start",
           "alignment_landscape",
           "turned by ${fixed(degrees, 0)}° and moved by ${fixed(shift, 1)}",
           "turned by ${fixed(shift, 0)}° and moved by ${fixed(degrees, 1)}"),
    Mutant("every step shows what the first grid reads", "TrainingReplay/early",
           "training_replay", "readAt(run, records[k], i, image)", "readAt(run, 0, i, image)"),
    Mutant("channels in each other's place", "TrainingReplay/two grids", "training_replay",
           "paintInput(ctx, place, state.image[c],",
           "paintInput(ctx, place, state.image[1 - c],"),
    Mutant("each grid reads the channels of the other", "TrainingReplay/two grids",
           "training_replay", "paintPicture(ctx, panels[g][c], canvas",
           "paintPicture(ctx, panels[panels.length - 1 - g][c], canvas"),
    Mutant("all grids have the first one's dashes", "TrainingReplay/three grids",
           "training_replay", "dash: GRIDS[g], edge: GRIDS[g]", "dash: GRIDS[0], edge: GRIDS[0]"),
    Mutant("all grids have the first one's colour", "TrainingReplay/two grids",
           "training_replay", "colour: theme.grids[g]", "colour: theme.grids[0]"),
    Mutant("the numbers of two grids change places", "TrainingReplay/three grids",
           "training_replay", "CORNERS[[0, 1, 3, 2][g]]", "CORNERS[[1, 0, 3, 2][g]]"),
    Mutant("a spline drawn without its bending", "TrainingReplay/a spline beside maps",
           "training_replay", "if (!bent) return", "if (theta) return"),
    Mutant("curves of the grids of the other run", "TrainingReplay/two grids of two runs",
           "training_replay", "parts[runs.indexOf(run)].map", "parts[1 - runs.indexOf(run)].map"),
    Mutant("row and column of the marked pixel change places", "ConventionChecker/opencv",
           "convention_checker", "box(to, alignCorners, row, column)",
           "box(to, alignCorners, column, row)"),
    Mutant("crosses where nothing is folded", "GridBender/spline folded", "grid_bender",
           "if (!over) return;", "if (over) return;"),
    Mutant("the linear part slants the wrong way", "GridBender/spline of four", "grid_bender",
           "[a * x + b * y + c, d * x + e * y + f]);", "[a * x - b * y + c, d * x + e * y + f]);"),
    Mutant("the wrong bars in orange", "PoseProbe/true pose", "shared",
           "digit === strong ? colour", "digit !== strong ? colour"),
    Mutant("the curve beside the pixels is the one below them", "PixelLab/pixel", "pixel_lab",
           ": [point[0], place];", ": [place, point[1]];"),
    Mutant("the grid turns against the hand", "GridExplorer/grid turned", "grid_explorer",
           "Math.atan2(y - cy, x - cx) - Math.atan2(y0 - cy, x0 - cx)",
           "Math.atan2(y0 - cy, x0 - cx) - Math.atan2(y - cy, x - cx)"),
    Mutant("pictures upside down", "ConventionChecker/default", "shared",
           "Math.round(255 * data[i])", "Math.round(255 * data[data.length - 1 - i])"),
    Mutant("input and output in each other's colours", "plotting/grid of lines", "plotting",
           'INPUT = "#2288D2"', 'INPUT = "#E8730C"'),
    Mutant("no answer in colour", "DrawDigit/default", "draw_digit",
           "state.blank ? [-1, -1] : [made.says, made.plainSays]", "[-1, -1]"),
    Mutant("the drawing turns against its angle", "DrawDigit/turned", "draw_digit",
           "const turn = (angle * Math.PI) / 180;\n  const [cos, sin] = [size",
           "const turn = (-angle * Math.PI) / 180;\n  const [cos, sin] = [size"),
    Mutant("the curve of the CNN upside down", "DrawDigit/around", "draw_digit",
           "({ plain }) => plain[says]", "({ plain }) => 1 - plain[says]"),
    Mutant("the pull leads uphill", "TrainingBench/trained", "training_bench",
           "(slope) => -slope),\n      onTheta", "(slope) => slope),\n      onTheta"),
    Mutant("each grid reads the picture beside it", "TrainingBench/trained", "training_bench",
           "readAt(trained, theta, images[i])", "readAt(trained, theta, images[(i + 1) % 8])"),
    Mutant("the network's own grid is the one in the hand", "TrainingBench/held", "training_bench",
           "paintApart(ctx, from, own[state.digit]", "paintApart(ctx, from, shown"),
    Mutant("the error falls upwards", "TrainingBench/trained", "training_bench",
           "(1 - Math.min(value / chart.most, 1));\n      if (i)",
           "Math.min(value / chart.most, 1);\n      if (i)"),
    Mutant("diagnose finds nothing", "TrainingBench/window lost", "training_bench",
           "if (!findings.length)", "if (findings)"),
    Mutant("what the box holds in the colour of what it does not", "VolumeExplorer/default",
           "volume_explorer", "COLOURS[inside[n]]", "COLOURS[1 - inside[n]]"),
    Mutant("the box's projection is the straight one", "VolumeExplorer/from its side",
           "volume_explorer", "project(output, size, projection)",
           "project(data, size, projection)"),
    Mutant("far voxels before near ones", "VolumeExplorer/default", "volume_explorer",
           "(depth + FAR)", "(FAR - depth)"),
    Mutant("the front of the box behind it", "VolumeExplorer/default", "volume_explorer",
           "polygon(corners.slice(0, 4)", "polygon(corners.slice(4)"),
    Mutant("slices in each other's place", "VolumeExplorer/not a cube", "volume_explorer",
           "= made.slices[i]", "= made.slices[2 - i]"),
    Mutant("the volume seen from below", "VolumeExplorer/default", "volume_explorer",
           "turnOf([up, 0, 0])", "turnOf([-up, 0, 0])"),
    Mutant("the box turns against the hand", "VolumeExplorer/box turned", "volume_explorer",
           "multiply(turnTo(from, to)", "multiply(turnTo(to, from)"),
    Mutant("the box moves against the hand", "VolumeExplorer/box moved", "volume_explorer",
           "v + by[i] / half[i]", "v - by[i] / half[i]"),
    Mutant("ink outside the box counted as in it", "VolumeExplorer/far outside",
           "volume_explorer", "sum / ink", "1 - sum / ink"),
    Mutant("numbers in each other's pixels", "plotting/values", "plotting",
           "ax.text(column, row, fmt", "ax.text(column, 2 - row, fmt"),
]  # fmt: skip
