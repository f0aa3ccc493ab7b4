"""Groups of recorded runs: their mean errors, how far apart two are, and whether it can be told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stnlib._checks import check_sequence, describe
from stnlib._extras import needs

APART = "apart"
UNTOLD = "cannot be told apart with these seeds"
LEVEL = 0.95
MOST = 20_000  # orders of the seeds; above, so many are drawn


@dataclass(frozen=True)
class Comparison:
    """The errors of ``a`` against those of ``b``, in percent.

    Attributes:
        means: of a and of b. difference: a − b. ratio: a / b; nan where b makes no error.
        difference_interval, ratio_interval: 95 %, over what ``over`` names.
        p: of the exact permutation test over seeds, two-sided, on the difference of means.
        over: ``"seeds and test pictures"``, or ``"seeds"`` where runs keep no misses.
    """

    means: tuple[float, float]
    difference: float
    difference_interval: tuple[float, float]
    ratio: float
    ratio_interval: tuple[float, float]
    p: float
    over: str

    @property
    def words(self) -> str:
        """``"apart"`` if p is at most .05 and the interval leaves out 0; else that it is not."""
        low, high = self.difference_interval
        return APART if self.p <= 1 - LEVEL and not low <= 0 <= high else UNTOLD

    def __str__(self) -> str:
        low, high = self.difference_interval
        least, most = self.ratio_interval
        return (
            f"{self.means[0]:.2f} − {self.means[1]:.2f} = {self.difference:+.2f} "
            f"({low:+.2f} to {high:+.2f}), ratio {self.ratio:.2f} ({least:.2f} to {most:.2f}), "
            f"p = {self.p:.3f} over {self.over}: {self.words}"
        )


def average(runs: Sequence) -> tuple[float, tuple[float, float]]:
    """Return the mean error of a group of runs, in percent, and its 95 % interval.

    The interval counts what that of :func:`compare` does.

    Args, Raises: as :func:`compare`, for one group.
    """
    errors, misses = _read("runs", runs)
    mean = float(errors.mean())
    return mean, _interval(mean, [errors], None if misses is None else misses.mean(0))


def compare(a: Sequence, b: Sequence) -> Comparison:
    """Compare two groups of runs on the same test pictures.

    The interval counts the runs (another seed would have given another error) and, where each run
    keeps how often it missed each test digit, the digits (others would have been easier or harder;
    both groups read the same ones, so they are paired). It adds the variances of the three means
    and takes Student's t with Satterthwaite's degrees of freedom; that of the ratio is made the
    same way of its logarithm. The p-value counts in how many of all divisions of the runs into
    two such groups the means lie at least as far apart.

    Args:
        a, b: runs as :func:`stnlib.experiments.load` gives them, or errors in percent; two at
            least in each group.

    Raises:
        TypeError, ValueError: other values, fewer than two, or runs on different test digits.
    """
    with needs("digits"):  # scikit-learn comes with scipy
        from scipy.stats import permutation_test

    errors, misses = zip(*(_read(name, runs) for name, runs in (("a", a), ("b", b))), strict=True)
    if paired := all(one is not None for one in misses):
        if misses[0].shape[1] != misses[1].shape[1]:
            raise ValueError(
                f"b: expected runs on the {misses[0].shape[1]} test digits of a, "
                f"got {misses[1].shape[1]}"
            )
        per_digit = [one.mean(0) for one in misses]
    mean_a, mean_b = (float(one.mean()) for one in errors)
    apart = per_digit[0] - per_digit[1] if paired else None
    difference_interval = _interval(mean_a - mean_b, errors, apart)
    ratio, ratio_interval = math.nan, (math.nan, math.nan)
    if mean_a > 0 and mean_b > 0:
        ratio = mean_a / mean_b
        shares = [one / mean for one, mean in zip(errors, (mean_a, mean_b), strict=True)]
        if paired:
            apart = per_digit[0] / mean_a - per_digit[1] / mean_b
        logs = _interval(math.log(ratio), shares, apart)
        ratio_interval = tuple(math.exp(one) for one in logs)
    test = permutation_test(
        errors, lambda x, y, axis: x.mean(axis) - y.mean(axis), vectorized=True,
        n_resamples=MOST, rng=0,
    )  # fmt: skip
    return Comparison(
        (mean_a, mean_b), mean_a - mean_b, difference_interval, ratio, ratio_interval,
        float(test.pvalue), "seeds and test pictures" if paired else "seeds",
    )  # fmt: skip


def misses_of(run: dict) -> np.ndarray | None:
    """Return how many percent of its distorted copies a run missed of each test digit, (digits,).

    None where a record does not keep it.
    """
    if "misses" not in run:
        return None
    return 100 * np.array([int(one, 36) for one in run["misses"]]) / run["copies"]


def _read(name: str, runs: object) -> tuple[np.ndarray, np.ndarray | None]:
    """Return errors (runs,) and misses (runs, digits) or None."""
    runs = check_sequence(name, runs, "runs or errors")
    if len(runs) < 2:
        raise ValueError(f"{name}: expected two runs at least, got {len(runs)}")
    kept = [misses_of(one) if isinstance(one, dict) else None for one in runs]
    errors = [one.get("error") if isinstance(one, dict) else one for one in runs]
    for error in errors:
        real = isinstance(error, (int, float, np.number)) and not isinstance(error, bool)
        if not real or not 0 <= error <= 100:
            raise TypeError(f"{name}: expected errors from 0 to 100 %, got {describe(error)}")
    if any(one is None for one in kept):
        return np.array(errors, float), None
    if len({len(one) for one in kept}) > 1:
        raise ValueError(f"{name}: expected runs on the same test digits")
    return np.array(errors, float), np.stack(kept)


def _interval(
    middle: float, errors: Sequence[np.ndarray], digits: np.ndarray | None
) -> tuple[float, float]:
    """Return the 95 % interval around a sum of means, by Satterthwaite's rule."""
    with needs("digits"):
        from scipy.stats import t

    parts = [(one.var(ddof=1) / len(one), len(one) - 1) for one in errors]
    if digits is not None:
        parts.append((digits.var(ddof=1) / len(digits), len(digits) - 1))
    total = sum(variance for variance, _ in parts)
    if total == 0:
        return middle, middle
    freedom = total**2 / sum(variance**2 / df for variance, df in parts)
    reach = float(t.ppf((1 + LEVEL) / 2, freedom) * math.sqrt(total))
    return middle - reach, middle + reach
