"""Name the likely failure of a training run from what was recorded of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from itertools import pairwise
from statistics import fmean, median
from textwrap import fill
from typing import NamedTuple

import torch

from stnlib._checks import describe
from stnlib.training.history import History, means

# Chosen between the healthy runs of the records "failures" and "repairs" and those gone wrong.
LEFT = 0.8  # share of a grid beyond the picture from which a window counts as lost
FAINT = 0.01  # share of the first contrast below which a window reads nothing
ALIKE = 1e-3  # spread of the outputs below which the classifier says the same of all pictures
SCRAP = 0.75  # pixels from point to point below which a first window is a scrap of the picture
SPECK = 0.15  # and a last one a speck
SPARSE = 2.5  # and above which pixels are skipped: bilinear reading reaches one to each side
SAME = 0.02  # spread over the pictures of each number of θ below which they are all moved alike
BY_HEART = 1 / math.log(2)  # times the loss: no larger share of wrong answers makes so little
FELL = 0.97  # share of the first loss below which it has fallen at all
POOR = 10  # percent wrong from which it matters that θ or the loss is at rest
JUMPS = 2  # times the usual jump from loss to loss by which one has risen


class Finding(NamedTuple):
    """A failure: its name, what was seen of it, what to try."""

    name: str
    seen: str
    advice: str

    def __str__(self) -> str:
        lines = (f"  seen: {self.seen}", f"  try:  {self.advice}")
        return "\n".join([self.name, *(fill(x, 80, subsequent_indent=" " * 8) for x in lines)])


def diagnose(history: History) -> list[Finding]:
    """Name what probably went wrong in a run, the likeliest first; nothing if it looks healthy.

    It reads the loss (a cross-entropy), the gradients, the error on the test pictures, and θ, its
    grids, what they read and what the model answers on the probe pictures: call :func:`fit` with
    ``probe``, pictures that differ, and ``test``, or it sees less. Beginning and end are each a
    tenth of the run.

    How sure it is: its thresholds were chosen on the records ``failures`` and ``repairs``. Of the
    42 runs that came to an end in ``failures_elsewhere``, of another network on other pictures, it
    named 12 of 13 runs that failed and raised 4 alarms in 29 that did not: random starts.

    What it may name wrongly: other losses than a cross-entropy, and test pictures or labels of
    another kind than those trained on, look learned by heart; batches of blank pictures look like
    a cut graph; a grid finer than the picture, and a run that goes on from trained weights, may
    look like a random start or a speck.

    It cannot see what leaves no trace in these numbers: a grid and a read that differ in
    ``align_corners``, x and y swapped, a map applied the wrong way round, a border of padding that
    serves as a cue, feature maps whose filters do not turn along, or θ that is off by one common
    pose. Training works around all of these. Check them on a picture. Nor does it see fewer than
    half of the windows lost, a random start with windows of full size, a second transformer, or a
    run that only needs more steps.

    Args:
        history: of a run that :func:`fit` has ended.

    Returns:
        list[Finding]: each with ``name``, ``seen`` and ``advice``.

    Raises:
        TypeError, ValueError: no history, or one without a step, or with other than lists of
            finite numbers.

    >>> run = History(loss=[2.3, 0.1], gradient=[1.0, 0.1], gradient_localisation=[0.0, 0.0])
    >>> [finding.name for finding in diagnose(run)]
    ['the graph is cut']
    """
    if not isinstance(history, History):
        raise TypeError(f"history: expected what fit returns, got {describe(history)}")
    _check_lists(history)
    if not history.loss:
        raise ValueError("history: expected at least one step, got none")
    run = _Summary.of(history)
    found = [finding for rule in RULES if (finding := rule(run)) is not None]
    rest = (_skips_pixels(run), None if found else _nothing_learnt(run))
    return found + [finding for finding in rest if finding is not None]


def _check_lists(history: History) -> None:
    """Refuse what no run records: one made by hand may hold anything."""
    for name in (entry.name for entry in fields(History)):
        value = getattr(history, name)
        listed = isinstance(value, (list, tuple))
        if listed and not value:
            continue
        try:
            numbers = torch.tensor(value if listed else [], dtype=torch.float64)
        except (TypeError, ValueError, RuntimeError, OverflowError):
            numbers = torch.empty(0)
        depth = {"theta": 3, "outside": 2, "spacing": 2, "read": 2, "contrast": 2}.get(name, 1)
        if not numbers.numel() or numbers.dim() != depth:
            raise TypeError(f"history: expected numbers as {name}, got {describe(value)}")
        if not numbers.float().isfinite().all():  # what fit notes is float32
            raise ValueError(f"history: expected finite numbers as {name}, got {describe(value)}")


@dataclass(frozen=True)
class _Summary:
    """A history in few numbers; None where it recorded nothing."""

    loss: list[float]  # its mean over each tenth
    local: list[float] | None  # the same of the localisation network's gradient
    error: float | None  # the last one
    moved: float  # the largest mean change of a number of θ
    differs: tuple[float, float] | None  # θ from picture to picture, at the start and at the end
    beyond: float  # share of the pictures whose window is beyond them, at the end
    blank: float  # share of those whose window reads nothing
    dark: bool  # whether none read anything at the start
    spacing: tuple[float, float] | None  # at the start and at the end, median of the pictures
    silent: bool  # whether the outputs are the same for all pictures, at the end
    jump: float  # mean change from one loss to the next

    @classmethod
    def of(cls, history: History) -> _Summary:
        theta = torch.tensor(history.theta or [[[0.0]]], dtype=torch.float64)
        outside, spacing, read = history.outside, history.spacing, history.contrast or history.read
        faint = 1e-6 * max(*history.read[0], *history.read[-1]) if history.read else 0.0  # rounding
        several = theta.shape[1] > 1
        start, end = theta.std(1).amax(1)[[0, -1]].tolist() if several else (0.0, 0.0)
        return cls(
            loss=means(history.loss),
            local=means(history.gradient_localisation) or None,
            error=history.error[-1] if history.error else None,
            moved=(theta[-1] - theta[0]).abs().mean(0).max().item(),
            differs=(start, end) if several else None,
            beyond=fmean(share > LEFT for share in outside[-1]) if outside else 0.0,
            blank=fmean(x <= max(FAINT * max(read[0]), faint) for x in read[-1]) if read else 0.0,
            dark=bool(read) and max(read[0]) <= faint,
            spacing=(median(spacing[0]), median(spacing[-1])) if spacing else None,
            silent=bool(history.spread) and history.spread[-1] < ALIKE,
            jump=fmean([abs(b - a) for a, b in pairwise(history.loss)] or [0.0]),
        )

    @property
    def poor(self) -> bool:
        """Whether many test pictures are wrong."""
        return self.error is not None and self.error >= POOR

    @property
    def lost(self) -> bool:
        """Whether half of the windows or more show the classifier nothing."""
        return max(self.beyond, self.blank) >= 0.5


def _graph_cut(run: _Summary) -> Finding | None:
    if run.local is None or max(run.local) > 0 or run.silent:
        return None
    return Finding(
        "the graph is cut",
        "the localisation network's gradient is 0 at every step",
        "look between θ and the loss for torch.tensor, detach, item, numpy, round and "
        'mode="nearest", which pass no gradient on; or are the pictures of the batches blank?',
    )


def _random_start(run: _Summary) -> Finding | None:
    if run.spacing is None or run.differs is None or run.differs[0] < 1e-6:
        return None
    if run.spacing[0] >= SCRAP:
        return None
    return Finding(
        "a random start",
        f"before the first step, sample points are {run.spacing[0]:.2f} pixels apart and θ differs "
        "from picture to picture",
        "zero weights and the identity as bias in the regression layer",
    )


def _window_lost(run: _Summary) -> Finding | None:
    if not run.lost:
        return None
    if run.dark and not run.beyond:
        return Finding(
            "the pictures are blank",
            "from the first record on, no window reads anything, and none is outside",
            "look at the pictures; a window that starts where they show something",
        )
    gone = run.local is not None and run.local[-1] < 1e-3 * max(run.local)
    return Finding(
        "the window is lost",
        f"at the end {run.blank:.0%} of the windows read nothing, {run.beyond:.0%} have most of "
        "their points outside" + ", and the localisation network's gradient is gone" * gone,
        "a lower localisation_rate first; then a warmup, or a loss on θ",
    )


def _dead_classifier(run: _Summary) -> Finding | None:
    if not run.silent or run.lost:
        return None
    return Finding(
        "the classifier is dead",
        "the windows read something, and the outputs are the same for all pictures",
        "a lower learning_rate, a warmup, normalised pictures",
    )


def _speck(run: _Summary) -> Finding | None:
    if run.spacing is None or run.spacing[1] >= SPECK or run.lost:
        return None
    return Finding(
        "the window shrank to a speck",
        f"at the end sample points are {run.spacing[1]:.2f} pixels apart",
        "the identity as start, a lower localisation_rate, a scale that is bounded from below",
    )


def _by_heart(run: _Summary) -> Finding | None:
    if not run.poor or run.error < 100 * BY_HEART * run.loss[-1] or run.loss[-1] < 0:
        return None
    return Finding(
        "learned by heart",
        f"the loss is down to {run.loss[-1]:.3f} on the training pictures, and {run.error:.0f} % "
        "of the test pictures are wrong",
        "pictures distorted anew for each batch, more of them, or a smaller classifier; test "
        "pictures and labels of the same kind",
    )


def _all_alike(run: _Summary) -> Finding | None:
    if run.differs is None or run.differs[1] >= SAME or not run.poor or run.lost:
        return None
    if run.loss[-1] > FELL * run.loss[0] or not run.local or max(run.local) == 0:
        return None
    return Finding(
        "θ is the same for all pictures",
        f"with {run.error:.0f} % wrong, and since the start no number of it moved by more than "
        f"{run.moved:.2f}",
        "if it never moved, a higher localisation_rate or more steps; if it did, units of the "
        "localisation network are dead: a lower one, leaky ReLU, a warmup",
    )


def _skips_pixels(run: _Summary) -> Finding | None:
    if run.spacing is None or run.spacing[1] <= SPARSE or run.lost:
        return None
    return Finding(
        "the grid skips pixels",
        f"at the end sample points are {run.spacing[1]:.1f} pixels apart, and a read reaches 1",
        "a larger output_size with a pool behind it, or a blur before it",
    )


def _rose_again(run: _Summary) -> Finding | None:
    rise, low = run.loss[-1] - min(run.loss), min(run.loss)
    if rise < 0.5 * abs(low) + 0.1 + JUMPS * run.jump or run.lost:
        return None
    return Finding(
        "the loss rose again",
        f"it was {min(run.loss):.2f} and ended at {run.loss[-1]:.2f}",
        "a lower learning_rate, a schedule that falls, a warmup",
    )


def _nothing_learnt(run: _Summary) -> Finding | None:
    first, last = run.loss[0], run.loss[-1]
    if len(run.loss) < 2 or first - last > (1 - FELL) * abs(first):
        return None
    if last == 0 or (run.error is not None and not run.poor):  # there was nothing left to learn
        return None
    return Finding(
        "nothing was learnt",
        f"the loss began at {run.loss[0]:.2f} and ended at {run.loss[-1]:.2f}",
        "more steps, a lower learning_rate, a higher one; labels that belong to their pictures",
    )


RULES = (
    _graph_cut, _random_start, _window_lost, _dead_classifier, _speck, _by_heart, _all_alike,
    _rose_again,
)  # fmt: skip
