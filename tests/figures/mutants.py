"""Faults that pictures and words must show: a text of the sources, and a wrong one for it."""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """A fault: in ``file``, ``old`` becomes ``new``, and a reader of ``name`` sees ``what``."""

    what: str
    name: str
    file: str
    old: str
    new: str


MUTANTS = [
    Mutant("curves upside down", "TrainingReplay/one run", "training_replay/charts.js",
           "(1 - (value - low) / (high - low))", "((value - low) / (high - low))"),
    Mutant("the map of the loss turned by 180°", "PoseProbe/turned", "shared/heat_map.js",
           "Math.max(all[i] / most", "Math.max(all[all.length - 1 - i] / most"),
    Mutant("bars of 1 − p", "PoseProbe/turned", "pose_probe/scene.js",
           "(height - 16) * chance", "(height - 16) * (1 - chance)"),
    Mutant("weights of the close-up in reverse", "GridExplorer/pixel", "shared/lens.js",
           "fixed(weights[i])", "fixed(weights[3 - i])"),
    Mutant("the angle in words has the wrong sign", "GridExplorer/turned",
           "grid_explorer/words.js", '(angle > 0 ? "clockwise"', '(angle < 0 ? "clockwise"'),
    Mutant("a caption that makes no sense", "GridBender/affine", "grid_bender/main.js",
           "Lines and parallels are kept, angles are not.", "Quick foxes are kept."),
    Mutant("the input where the output should be", "GridExplorer/turned", "grid_explorer/state.js",
           "made.outputCanvas = pixels(made.output, ...size, cache.canvas)",
           "made.outputCanvas = image.canvas"),
    Mutant("pixels hatched that got something", "GridExplorer/splat", "grid_explorer/state.js",
           "(weight === 0 ? 1 : 0)", "(weight === 0 ? 0 : 1)"),
    Mutant("arrows from the end to the start", "plotting/arrows", "plotting.py",
           "xy=head, xytext=tail", "xy=tail, xytext=head"),
    Mutant("points mirrored", "plotting/points", "plotting.py",
           "ax.scatter(*values.T, color=color, marker",
           "ax.scatter(*-values.T, color=color, marker"),
    Mutant("the sign of a field turned over", "plotting/field", "plotting.py",
           "field, cmap=DIVERGING", "-field, cmap=DIVERGING"),
    Mutant("canvases mirrored", "GridBender/affine", "shared/style.css",
           ".stn-figure .stn-stage canvas {",
           ".stn-figure .stn-stage canvas { transform: scaleX(-1);"),
    Mutant("no caption", "AlignmentLandscape/half way", "shared/style.css",
           ".stn-figure .stn-caption {", ".stn-figure .stn-caption { visibility: hidden;"),
    Mutant("the arrow leads from the point to its pixel", "GridExplorer/pixel",
           "grid_explorer/scene.js", "arrow(ctx, [left + w / 2, top + hgt / 2], end,",
           "arrow(ctx, end, [left + w / 2, top + hgt / 2],"),
    Mutant("the gradient points downhill", "PixelLab/stops", "pixel_lab/scene.js",
           "1.5 * taken * places.cell", "-1.5 * taken * places.cell"),
    Mutant("the walk on the map mirrored", "AlignmentLandscape/half way",
           "alignment_landscape/scene.js", "[left + ((shift + MOVE) / (2 * MOVE)) * side",
           "[left + ((MOVE - shift) / (2 * MOVE)) * side"),
    Mutant("turn and shift change places in words", "AlignmentLandscape/start",
           "alignment_landscape/words.js",
           "turned by ${fixed(degrees, 0)}° and moved by ${fixed(shift, 1)}",
           "turned by ${fixed(shift, 0)}° and moved by ${fixed(degrees, 1)}"),
    Mutant("every step shows what the first grid reads", "TrainingReplay/early",
           "training_replay/main.js", "readAt(run, records[k], i, image)",
           "readAt(run, 0, i, image)"),
    Mutant("row and column of the marked pixel change places", "ConventionChecker/opencv",
           "convention_checker/scene.js", "box(to, alignCorners, row, column)",
           "box(to, alignCorners, column, row)"),
    Mutant("crosses where nothing is folded", "GridBender/spline folded", "grid_bender/scene.js",
           "if (!over) return;", "if (over) return;"),
    Mutant("the linear part slants the wrong way", "GridBender/spline of four",
           "grid_bender/scene.js", "a * x + b * y + c", "a * x - b * y + c"),
    Mutant("the wrong bars in orange", "PoseProbe/true pose", "pose_probe/scene.js",
           "digit === label ? theme.output", "digit !== label ? theme.output"),
    Mutant("the curve beside the pixels is the one below them", "PixelLab/pixel",
           "pixel_lab/state.js", ": [point[0], place];", ": [place, point[1]];"),
    Mutant("the grid turns against the hand", "GridExplorer/grid turned", "grid_explorer/hand.js",
           "Math.atan2(y - cy, x - cx) - Math.atan2(y0 - cy, x0 - cx)",
           "Math.atan2(y0 - cy, x0 - cx) - Math.atan2(y - cy, x - cx)"),
    Mutant("pictures upside down", "ConventionChecker/default", "shared/view.js",
           "Math.round(255 * data[i])", "Math.round(255 * data[data.length - 1 - i])"),
    Mutant("input and output in each other's colours", "plotting/grid of lines", "plotting.py",
           'INPUT = "#2288D2"', 'INPUT = "#E8730C"'),
    Mutant("numbers in each other's pixels", "plotting/values", "plotting.py",
           "ax.text(column, row, fmt", "ax.text(column, 2 - row, fmt"),
]  # fmt: skip
