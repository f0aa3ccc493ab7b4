"""Name the likely failure of a training run from what was recorded of it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, median
from textwrap import fill
from typing import NamedTuple

import torch

from stnlib._checks import describe
from stnlib.training.history import History, means

LEFT = 0.8  # share of a grid beyond the picture from which the window counts as gone
SCRAP = 0.4  # pixels from point to point below which a window is a scrap of the picture
SPECK = 0.15  # and below which it is a speck that shows nothing
SPARSE = 2.5  # and above which pixels are skipped: bilinear reading reaches one to each side
STILL = 0.05  # largest change of a number of θ that counts as none
FELL = 0.97  # share of the first loss below which it has fallen at all
POOR = 10  # percent wrong on the test pictures that no healthy run ends with if θ stood still


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

    It reads the loss, the gradients of both parts, the error on the test pictures, and θ and its
    grids on the probe pictures: call :func:`fit` with ``probe`` and ``test``, or it sees less.
    Beginning and end are each a tenth of the run; short runs and θ that is meant to stand still
    are judged like all others.

    It cannot see what leaves no trace in these numbers: a grid and a read that differ in
    ``align_corners``, x and y swapped, a map applied the wrong way round, a border of padding that
    serves as a cue, feature maps whose filters do not turn along, or θ that is off by one common
    pose. Training works around all of these. Check them on a picture.

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
    last = _nothing_learnt(run)
    return found or ([] if last is None else [last])


def _check_lists(history: History) -> None:
    """Refuse what no run records: one made by hand may hold anything."""
    for name, value in vars(history).items():
        listed = isinstance(value, (list, tuple))
        if listed and not value:
            continue
        try:
            numbers = torch.tensor(value if listed else [], dtype=torch.float64)
        except (TypeError, ValueError, RuntimeError):
            numbers = torch.empty(0)
        depth = {"theta": 3, "outside": 2, "spacing": 2, "read": 2}.get(name, 1)
        if not numbers.numel() or numbers.dim() != depth:
            raise TypeError(f"history: expected numbers as {name}, got {describe(value)}")
        if not numbers.isfinite().all():
            raise ValueError(f"history: expected finite numbers as {name}, got {describe(value)}")


@dataclass(frozen=True)
class _Summary:
    """A history in few numbers; None where it recorded nothing."""

    loss: list[float]  # its mean over each tenth
    local: list[float] | None  # the same of the localisation network's gradient
    error: float | None  # the last one
    moved: float | None  # the largest mean change of a number of θ
    differs: bool  # θ of two pictures, at the start
    left: float  # share of pictures whose window is gone at the end
    spacing: tuple[float, float] | None  # at the start and at the end, median of the pictures

    @classmethod
    def of(cls, history: History) -> _Summary:
        theta = torch.tensor(history.theta or [[[0.0]]])
        outside, spacing = history.outside, history.spacing
        return cls(
            loss=means(history.loss),
            local=means(history.gradient_localisation) or None,
            error=history.error[-1] if history.error else None,
            moved=(theta[-1] - theta[0]).abs().mean(0).max().item() if history.theta else None,
            differs=bool((theta[0] - theta[0][:1]).abs().max() > 1e-6),
            left=fmean(share > LEFT for share in outside[-1]) if outside else 0.0,
            spacing=(median(spacing[0]), median(spacing[-1])) if spacing else None,
        )


def _graph_cut(run: _Summary) -> Finding | None:
    if run.local is None or max(run.local) > 0:
        return None
    return Finding(
        "the graph is cut",
        "the localisation network's gradient is 0 at every step",
        "look between θ and the loss for torch.tensor, detach, item, numpy, round and "
        'mode="nearest", which pass no gradient on',
    )


def _random_start(run: _Summary) -> Finding | None:
    if run.spacing is None or not run.differs or run.spacing[0] >= SCRAP:
        return None
    return Finding(
        "a random start",
        f"before the first step, sample points are {run.spacing[0]:.2f} pixels apart and θ differs "
        "from picture to picture",
        "zero weights and the identity as bias in the regression layer",
    )


def _window_left(run: _Summary) -> Finding | None:
    if run.left < 0.5:
        return None
    gone = run.local is not None and run.local[-1] < 1e-3 * max(run.local)
    return Finding(
        "the window left the picture",
        f"at the end {run.left:.0%} of the grids have most of their points outside"
        + (", and the localisation network's gradient is gone" if gone else ""),
        "a lower localisation_rate, a warmup, fewer numbers in θ, or a bound on them",
    )


def _speck(run: _Summary) -> Finding | None:
    if run.spacing is None or run.spacing[1] >= SPECK or run.left >= 0.5:
        return None
    return Finding(
        "the window shrank to a speck",
        f"at the end sample points are {run.spacing[1]:.2f} pixels apart",
        "the identity as start, a lower localisation_rate, a scale that is bounded from below",
    )


def _done_first(run: _Summary) -> Finding | None:
    if run.error is None or not run.local or run.error < POOR or run.left >= 0.5:
        return None
    if run.loss[-1] > 0.1 * run.loss[0] or run.local[-1] > 0.1 * max(run.local):
        return None
    return Finding(
        "the classifier was done first",
        f"the loss is down to {run.loss[-1]:.2f} and leaves θ no gradient, with {run.error:.0f} % "
        "wrong on the test pictures",
        "pictures distorted anew for each batch, more of them, or a smaller classifier",
    )


def _stands_still(run: _Summary) -> Finding | None:
    if run.moved is None or run.error is None or not run.local or max(run.local) == 0:
        return None
    if (
        run.moved > STILL
        or run.error < POOR
        or run.left >= 0.5
        or run.loss[-1] > FELL * run.loss[0]
    ):
        return None
    return Finding(
        "θ stands still",
        f"the loss fell, and no number of θ changed by more than {run.moved:.2f}, with "
        f"{run.error:.0f} % wrong",
        "a higher localisation_rate, or more steps",
    )


def _skips_pixels(run: _Summary) -> Finding | None:
    if run.spacing is None or run.spacing[1] <= SPARSE or run.left >= 0.5:
        return None
    return Finding(
        "the grid skips pixels",
        f"at the end sample points are {run.spacing[1]:.1f} pixels apart, and a read reaches 1",
        "a larger output_size with a pool behind it, or a blur before it",
    )


def _rose_again(run: _Summary) -> Finding | None:
    if run.loss[-1] < 1.5 * min(run.loss) + 0.1 or run.left >= 0.5:
        return None
    return Finding(
        "the loss rose again",
        f"it was {min(run.loss):.2f} and ended at {run.loss[-1]:.2f}",
        "a lower learning_rate, a schedule that falls, a warmup",
    )


def _nothing_learnt(run: _Summary) -> Finding | None:
    if len(run.loss) < 2 or run.loss[-1] < FELL * run.loss[0]:
        return None
    return Finding(
        "nothing was learnt",
        f"the loss began at {run.loss[0]:.2f} and ended at {run.loss[-1]:.2f}",
        "more steps, a lower learning_rate, a higher one; labels that belong to their pictures",
    )


RULES = (
    _graph_cut, _random_start, _window_left, _speck, _done_first, _stands_still, _skips_pixels,
    _rose_again,
)  # fmt: skip
