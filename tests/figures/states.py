"""The states of the live figures that teach something: what the reference pictures show."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch

from stnlib.widgets import (
    AlignmentLandscape,
    ConventionChecker,
    DrawDigit,
    GridBender,
    GridExplorer,
    PixelLab,
    PoseProbe,
    TrainingBench,
    TrainingReplay,
    VolumeExplorer,
)
from stnlib.widgets.shared.base import LiveFigure
from stnlib.widgets.volume_explorer.example import example
from tests.figures import data

TURNED = (0.7, -0.3, 0.1, 0.25, 0.8, -0.05)  # clockwise, smaller, moved
WIDE = (1.5, 0.3, 0.2, -0.2, 1.4, 0.3)  # counter-clockwise, beyond the picture
SHRUNK = (0.45, -0.1, 0.2, 0.1, 0.5, -0.1)
GROWN = (1.3, -0.5, 0.0, 0.4, 1.2, 0.1)
STRIPES = torch.tensor([[0.1, 0.9, 0.3, 0.6, 0.0], [0.5, 0.2, 1.0, 0.4, 0.8],
                        [0.0, 0.7, 0.1, 0.9, 0.3], [1.0, 0.4, 0.6, 0.2, 0.5]])  # fmt: skip

EXPLORER = {
    "default": {},
    "turned": {"theta": TURNED, "controls": ("theta", "sliders")},
    "pixel": {"theta": TURNED, "pixel": (9, 17)},
    "nearest": {"theta": TURNED, "pixel": (9, 17), "mode": "nearest"},
    "zeros": {"theta": WIDE, "pixel": (4, 20)},
    "border": {"theta": WIDE, "padding_mode": "border", "pixel": (24, 20)},
    "reflection": {"theta": WIDE, "padding_mode": "reflection", "pixel": (24, 20)},
    "corners": {"image": STRIPES, "align_corners": True, "pixel": (0, 0)},
    "edges": {"image": STRIPES, "align_corners": False, "pixel": (0, 0)},
    "few pixels": {"theta": TURNED, "output_size": (7, 9), "pixel": (2, 6)},
    "many pixels": {"theta": SHRUNK, "output_size": (56, 40)},
    "mirrored": {"theta": (-0.9, 0.0, 0.0, 0.3, 0.8, 0.0)},
    "flat": {"theta": (0.8, 0.4, 0.0, 0.4, 0.2, 0.0)},
    "splat": {"theta": TURNED, "direction": "splat"},
    "splat holes": {"theta": GROWN, "direction": "splat", "mode": "nearest", "pixel": (8, 9)},
    "splat shared holes": {"image": STRIPES, "theta": GROWN, "direction": "splat",
                           "output_size": (9, 12), "pixel": (1, 2)},
    "splat pile-ups": {"theta": SHRUNK, "direction": "splat", "pixel": (20, 12)},
    "splat corners": {"image": STRIPES, "theta": TURNED, "direction": "splat",
                      "align_corners": True, "output_size": (6, 6)},
}  # fmt: skip

BENT = tuple(0.15 * ((7 * i) % 5 - 2) for i in range(32))
FOLDED = (1.4, 1.3, *[0.0] * 6)
BENDER = {
    "default": {},
    "attention": {"family": "attention", "theta": (0.6, 0.2, -0.15)},
    "similarity": {"family": "similarity", "theta": (0.5, 0.7, 0.2, 0.1)},
    "affine": {"family": "affine", "theta": (0.8, 0.4, 0.1, -0.2, 0.7, -0.1)},
    "projective": {"family": "projective", "theta": (0.9, 0.1, 0.0, 0.0, 0.9, 0.1, 0.1, 0.3)},
    "horizon": {"family": "projective", "theta": (0.9, 0.1, 0.0, 0.0, 0.9, 0.1, 0.2, 1.3)},
    "piece-wise": {"family": "piece-wise affine", "control_grid": (3, 3),
                   "theta": (0, 0, 0, 0.2, 0, 0, 0.1, 0, 0.35, 0.3, 0, 0, 0, 0, -0.2, 0, 0, 0)},
    "piece-wise folded": {"family": "piece-wise affine", "control_grid": (2, 2), "theta": FOLDED},
    "spline": {"theta": BENT},
    "spline of four": {"control_grid": (2, 2), "theta": tuple(v / 2 for v in FOLDED)},
    "spline folded": {"control_grid": (3, 3), "theta": (*[0.0] * 8, 1.2, 0.9, *[0.0] * 8)},
}  # fmt: skip

LAB = {
    "default": {},
    "kink along x": {"point": (3.0, 2.4)},
    "kink along both": {"point": (4.0, 2.0)},
    "dead zone": {"point": (-1.4, 1.3)},
    "fading": {"image": STRIPES, "point": (4.6, 1.3)},
    "nearest": {"point": (2.3, 0.8), "mode": "nearest"},
    "border": {"image": STRIPES, "point": (4.7, 1.6), "padding_mode": "border"},
    "reflection": {"image": STRIPES, "point": (-0.9, 3.4), "padding_mode": "reflection"},
    "stops": {"point": (4.5, 1.5), "stops": [(3.0, 2.4), (4.5, 1.5)]},
    "pixel": {"image": STRIPES, "point": (1.3, 1.7), "pixel": (2, 1)},
    "sum": {"image": STRIPES, "point": (2.7, 2.2), "panels": ("sum",)},
}

LAND = {
    "default": {},
    "start": {"start": (-75, -6), "step": 0},
    "half way": {"start": (50, 4), "step": 60},
    "blurred": {"start": (50, 7), "blur": 3},
    "to and fro": {"start": (30, 3), "rate": 0.1},
    "three numbers": {"start": (40, 5), "numbers": 3, "blur": 1},
    "six numbers": {"start": (-30, 4), "numbers": 6, "blur": 2},
    "basin": {"image": data.small_digit, "start": (40, 1), "basin": True, "blur": 0.5},
}

CHECKER = {
    "default": {},
    "theta": {"numbers": (0.8660254, -0.5, 0.0, 0.5, 0.8660254, 0.0)},
    "scikit-image": {"numbers": (1, 0, 1, 0, 1, 0), "given": "skimage", "pixel": (2, 3)},
    "opencv": {"numbers": (1.2, 0.3, -1, -0.2, 0.9, 0.5), "given": "opencv", "pixel": (4, 1)},
    "not square": {"numbers": (0.8, -0.2, 0.1, 0.1, 0.9, 0), "input_size": (6, 3),
                   "output_size": (3, 9), "pixel": (1, 6)},
    "large": {"numbers": (0.9, 0.1, 3, -0.1, 0.8, 2), "given": "skimage",
              "input_size": (60, 90), "output_size": (70, 50), "pixel": (50, 10)},
    "singular": {"numbers": (1, 1, 0, 1, 1, 0), "given": "opencv"},
    "flat": {"numbers": (0.5, 0.5, 0, 0.5, 0.5, 0)},
}  # fmt: skip

PROBE = {
    "true pose": {"picture": 3},
    "turned": {"picture": 3, "offset": (-40, 2)},
    "moved": {"picture": 4, "offset": (0, -6.5)},
    "wrong": {"picture": 6, "offset": (90, 0)},
    "untrained": {"picture": 7, "network": "untrained", "offset": (25, 1)},
}

REPLAY = {
    "one run": {"runs": ("quick",)},
    "two runs": {"runs": ("quick", "slow")},
    "early": {"runs": ("quick", "slow"), "step": 45},
    "first step": {"runs": ("quick",), "step": 0},
    "another digit": {"runs": ("slow", "quick"), "digit": 2, "step": 150},
    "of four": {
        "runs": ("quick", "slow", "corners", "coarse"),
        "left": "corners",
        "right": "coarse",
    },
}
SEVERAL = {
    "two grids": {"step": 60, "digit": 2},
    "two grids of two runs": {"pictures": "rows", "grids": 2, "runs": ("quick", "slow"),
                              "step": 90},
    "a grid on two channels": {"grids": 1, "digit": 1},
    "three grids": {"pictures": "rows", "step": 75, "digit": 1},
    "a spline beside maps": {"pictures": "rows", "splines": True, "step": 240},
}  # fmt: skip
RUNS = {
    "quick": {"pace": 0.03},
    "slow": {"pace": 0.008, "turn": 0.5},
    "corners": {"pace": 0.02, "align_corners": True, "padding_mode": "border"},
    "coarse": {"pace": 0.02, "output_size": (8, 12), "mode": "nearest", "last": 240},
}


BENCH = {
    "default": {},
    "trained": {"step": 120, "digit": 2},
    "held": {"step": 60, "held": (-0.3, 0.4, 0.3, -0.2), "digit": 5},
    "attention": {"step": 50, "family": "attention", "degrees": 0},
    "random start": {"step": 60, "family": "affine", "start": "random"},
    "window lost": {"step": 50, "family": "affine", "localisation_rate": 20},
    "white": {"step": 30, "background": "white", "classifier": "linear"},
}
DRAW = {
    "default": {},
    "turned": {"strokes": 7, "angle": -35, "size": 0.8, "shift": (-6, 4)},
    "around": {"strokes": 2, "angle": 20, "around": True},
    "blank": {"strokes": ()},
    "dot": {"strokes": [[(9.0, 30.0)]]},
}
SIDEWAYS = (0.5, 0.2, 0.0, 0.1, -0.2, 0.6, 0.1, -0.1, 0.1, 0.0, 0.4, 0.3)
VOLUME = {
    "default": {},
    "from its side": {"theta": tuple(example()[1]["the 8 from its side"]), "view": (-56, 24)},
    "thin slice": {"theta": tuple(example()[1]["a thin slice of the 8"])},
    "whole": {"theta": torch.eye(3, 4), "projection": "max", "view": (0, 0)},
    "far outside": {"theta": (0.5, 0.2, 0, 0.8, -0.2, 0.6, 0.1, -0.1, 0.1, 0, 0.4, 0.3)},
    "mirrored": {"theta": (-0.6, 0, 0, -0.2, 0, 0.6, 0, 0, 0, 0, 0.6, -0.2)},
    "flat": {"theta": (0.6, 0, 0, 0, 0, 0.6, 0, 0, 0, 0, 0, 0)},
    "not a cube": {"volume": data.blocks, "theta": SIDEWAYS, "view": (25, 30)},
}
USUAL = {GridExplorer: 33, GridBender: 33, AlignmentLandscape: 12}  # the picture when left out


def _plain(kind: type, settings: dict) -> LiveFigure:
    if settings and kind in USUAL:  # the same picture, read once for all
        settings = {"image": data.digit(USUAL[kind]), **settings}
    return kind(**{k: value() if callable(value) else value for k, value in settings.items()})


def _probe(settings: dict) -> PoseProbe:
    images, aligned = data.turned()
    chosen = torch.cat([aligned[1:], aligned[:1]])  # a localisation network that errs
    chosen = torch.cat((chosen[:, :, :2], aligned[:, :, 2:] + 0.1), dim=2)
    nets = {"templates": data.classifier(), "untrained": data.untrained()}
    return PoseProbe(nets, images, data.digits().labels, aligned, chosen, **settings)


def _replay(settings: dict) -> TrainingReplay:
    runs = {name: data.recording(**RUNS[name]) for name in settings["runs"]}
    return TrainingReplay(**{**settings, "runs": runs, "images": data.turned()[0][:4]})


def _several(settings: dict) -> TrainingReplay:
    own = {"runs": ("quick",), "grids": 3, "pictures": "pairs", "splines": False, **settings}
    images, poses = getattr(data, own.pop("pictures"))()
    options = {"poses": poses[:, : own.pop("grids")], "splines": own.pop("splines")}
    runs = {name: data.side_by_side(pace=RUNS[name]["pace"], **options) for name in own["runs"]}
    return TrainingReplay(**{**own, "runs": runs, "images": images})


STATES: dict[str, Callable[[], LiveFigure]] = {
    f"{kind.__name__}/{name}": partial(make, *front, settings)
    for kind, make, front, table in (
        (GridExplorer, _plain, (GridExplorer,), EXPLORER),
        (GridBender, _plain, (GridBender,), BENDER),
        (PixelLab, _plain, (PixelLab,), LAB),
        (AlignmentLandscape, _plain, (AlignmentLandscape,), LAND),
        (ConventionChecker, _plain, (ConventionChecker,), CHECKER),
        (PoseProbe, _probe, (), PROBE),
        (TrainingReplay, _replay, (), REPLAY),
        (TrainingReplay, _several, (), SEVERAL),
        (TrainingBench, _plain, (TrainingBench,), BENCH),
        (DrawDigit, _plain, (DrawDigit,), DRAW),
        (VolumeExplorer, _plain, (VolumeExplorer,), VOLUME),
    )
    for name, settings in table.items()
}

# What the hand does: the state it begins with, the handle, how far it goes on the screen, and how
# far the handle may be from the pointer then (it may be held to a line, or to whole steps).
DRAGS = {
    "GridExplorer/corner dragged": ("GridExplorer/turned", "corner-D", (-50, 20), 1),
    "GridExplorer/grid turned": ("GridExplorer/turned", "rotate", (35, 12), 8),
    "GridExplorer/splat moved": ("GridExplorer/splat", "move", (30, -24), 1),
    "GridBender/point dragged": ("GridBender/spline of four", "point-3", (-45, -30), 1),
    "PixelLab/point dragged": ("PixelLab/default", "point", (92, 56), 6),
    "PixelLab/point off the kinks": ("PixelLab/default", "point", (-60, 25), 1),
    "AlignmentLandscape/start dragged": ("AlignmentLandscape/start", "start", (60, 48), 1),
    "TrainingReplay/knob dragged": ("TrainingReplay/two runs", "step", (-330, 0), 16),
    "PoseProbe/grid turned": ("PoseProbe/true pose", "rotate", (45, 5), 6),
    "PoseProbe/spot dragged": ("PoseProbe/turned", "spot", (-50, 40), 2),
    "VolumeExplorer/box moved": ("VolumeExplorer/default", "middle", (50, -40), 1),
    "VolumeExplorer/box turned": ("VolumeExplorer/default", "aim", (20, 50), 1),
    "ConventionChecker/ring dragged": ("ConventionChecker/theta", "pixel-edges", (-40, 22), 7),
}
