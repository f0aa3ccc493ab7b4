"""A live figure that trains: a spatial transformer learns in the page, while one watches."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

import torch
import traitlets
from torch import Tensor

from stnlib._checks import check_count, check_number
from stnlib.affine import affine_grid
from stnlib.digits import load_split
from stnlib.sampler import sample
from stnlib.training import History
from stnlib.transforms import Affine, Attention, Similarity
from stnlib.widgets.shared.base import LiveFigure
from stnlib.widgets.shared.traits import Checked, between, finite_array, one_of, validate

__all__ = ["TrainingBench"]

FAMILIES = {"attention": Attention(), "similarity": Similarity(), "affine": Affine()}
LOCALISATION = (0.0, 0.1, 1.0, 10.0, 20.0)
RATES = (1.0, 20.0)
PROBES, SIDE, READ = 8, 21, 12  # pictures to watch; pixels of a picture, of what a grid reads
MOST_STEPS = 2000


@cache
def _digits() -> dict:
    """Return the embedded digits as the page gets them: a letter "a" ... "q" a pixel of 8 × 8.

    The first pixels of all digits come first, then the second ones: a page packs that best.
    """
    parts = load_split(8, glyph=8)
    images = torch.cat([parts.train.images, parts.test.images])
    labels = torch.cat([parts.train.labels, parts.test.labels])
    letters = (ord("a") + 16 * images.flatten(1).mT).round().byte()
    return {
        "train": len(parts.train.labels),
        "images": letters.numpy().tobytes().decode("ascii"),
        "labels": "".join(map(str, labels.tolist())),
    }


def _from(values: tuple[float, ...], default: float) -> Checked:
    """Make a trait that takes one of some factors."""

    def check(name: str, value: object) -> float:
        if check_number(name, value) not in values:
            words = ", ".join(f"{one:g}" for one in values)
            raise ValueError(f"{name}: expected one of {words}, got {value}")
        return float(value)

    return Checked(check, default_value=default)


def _count(least: int, most: int, default: int) -> Checked:
    """Make a trait that takes a whole number in a range."""
    return Checked(
        lambda name, value: check_count(name, value, least=least, most=most), default_value=default
    )


def _check_held(name: str, value: object) -> tuple[float, ...] | None:
    """Return θ of a grid in the reader's hand, or None."""
    if value is None:
        return None
    theta = finite_array(name, value, "None or θ")
    if theta.shape not in ((3,), (4,), (6,)):
        raise ValueError(f"{name}: expected 3, 4 or 6 numbers, got shape {theta.shape}")
    return tuple(theta.tolist())


class TrainingBench(LiveFigure):
    """Train a spatial transformer in the page: grids, pull, loss, error, diagnosis (section 3.4).

    The page trains the network of :func:`stnlib.experiments.failures.small_st_cnn` (12,000
    weights) on the 1,000 training digits of :func:`stnlib.digits.load_split`, distorted anew for
    each batch of 64 on a canvas of 21 × 21, with Adam along a cosine from 0.005, and tests it on
    the 500 test digits. Nothing is computed in Python, which gets the run's ``history``.

    Convention:
        theta maps OUTPUT points to INPUT points; grids are drawn on the input, and the pull is
        minus the slope of the loss.

    Args:
        family: of maps: ``"attention"``, ``"similarity"`` or ``"affine"``.
        start: of the regression layer: ``"identity"`` or ``"random"``.
        localisation_rate: the localisation network's rate as a multiple of the rate: 0, 0.1, 1, 10
            or 20.
        rate: as a multiple of 0.005: 1 or 20.
        degrees, resize, move: how far digits are turned either way, resized (a share of their
            size) and moved (a share of the way to the border).
        background: ``"black"``, the value that is read outside the picture, or ``"white"``.
        classifier: ``"linear"``, ``"small"`` or ``"large"``.
        pictures: ``"new"`` ones for each batch, or the same ``"256"``.
        seed: of weights and batches.
        steps: of the whole run, at most 2,000.
        step: up to which step the page trains before anyone asks it to.
        digit: which of the eight test pictures is shown large, from 0 on.
        held: θ of its grid where a hand has put it; None: the network's own.

    Raises:
        TypeError, ValueError, traitlets.TraitError: a setting that does not fit.
    """

    settings: ClassVar[tuple[str, ...]] = ("family", "start", "localisation_rate", "seed")

    family = one_of(tuple(FAMILIES), "similarity").tag(sync=True)
    start = one_of(("identity", "random"), "identity").tag(sync=True)
    localisation_rate = _from(LOCALISATION, 1.0).tag(sync=True)
    rate = _from(RATES, 1.0).tag(sync=True)
    degrees = between(0, 180, 20.0).tag(sync=True)
    resize = between(0, 0.5, 0.2).tag(sync=True)
    move = between(0, 1, 1.0).tag(sync=True)
    background = one_of(("black", "white"), "black").tag(sync=True)
    classifier = one_of(("linear", "small", "large"), "small").tag(sync=True)
    pictures = one_of(("new", "256"), "new").tag(sync=True)
    seed = _count(0, 2**32 - 1, 0).tag(sync=True)
    steps = _count(1, MOST_STEPS, 400).tag(sync=True)
    step = _count(0, MOST_STEPS, 0).tag(sync=True)
    digit = _count(0, PROBES - 1, 0).tag(sync=True)
    held = Checked(_check_held, default_value=None).tag(sync=True)
    _made = False

    digits = traitlets.Dict(read_only=True).tag(sync=True)  # what the page trains on
    seen = traitlets.Dict(read_only=True).tag(sync=True)  # what it has recorded, and its pictures

    @traitlets.default("digits")
    def _embedded(self) -> dict:
        return _digits()

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._made = True
        if self.held is not None and len(self.held) != (count := FAMILIES[self.family].n_params):
            got = len(self.held)
            raise ValueError(f"held: expected {count} numbers for {self.family}, got {got}")

    @validate("step", "steps")
    def _step_is_in_the_run(self, proposal: dict) -> int:
        new = {"step": self.step, "steps": self.steps, proposal["trait"].name: proposal["value"]}
        if new["step"] > new["steps"]:
            raise ValueError(f"step: expected 0 ... {new['steps']}, got {new['step']}")
        return proposal["value"]

    @traitlets.observe("family", "digit")
    def _let_go(self, change: dict) -> None:
        if self._made:
            self.held = None

    @property
    def history(self) -> History:
        """What the page has recorded of the run; empty before it is shown."""
        return History.from_dict(self.seen["history"]) if self.seen else History()

    @property
    def theta(self) -> Tensor:
        """θ of the eight test pictures, (8, n_params), at the last record; else the identity."""
        seen = self.history.theta
        identity = FAMILIES[self.family].identity().expand(PROBES, -1)
        return torch.tensor(seen[-1]) if seen else identity.clone()

    @property
    def input(self) -> Tensor:
        """The eight test pictures, (8, 1, 21, 21); blank before the page is shown."""
        pixels = self.seen.get("pictures", [0.0] * (PROBES * SIDE**2))
        return torch.tensor(pixels).reshape(PROBES, 1, SIDE, SIDE)

    @property
    def matrix(self) -> Tensor:
        """The maps of their grids, (8, 2, 3)."""
        theta = self.theta
        kind = next(k for k in FAMILIES.values() if k.n_params == theta.shape[1])
        return kind.matrix(theta)

    @property
    def grid(self) -> Tensor:
        """Their sampling grids, (8, 12, 12, 2)."""
        return affine_grid(self.matrix, (READ, READ), align_corners=False)

    @property
    def output(self) -> Tensor:
        """What these read and the classifier sees, (8, 1, 12, 12)."""
        return sample(self.input, self.grid, align_corners=False)
