"""stnlib.experiments.compare: intervals and p-values with known answers."""

import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp, ttest_ind

from stnlib.experiments import APART, UNTOLD, average, compare, load
from stnlib.experiments.comparison import misses_of

A, B = [3.0, 3.4, 2.9, 3.2, 3.1], [1.1, 0.9, 1.3, 1.2, 1.0]


def runs(errors, digits=500, copies=4, seed=0):
    """Runs whose misses add up to the errors, spread over the digits by chance."""
    chance = np.random.default_rng(seed)
    made = []
    for error in errors:
        misses = np.zeros(digits, int)
        for place in chance.permutation(digits * copies)[: round(error * digits * copies / 100)]:
            misses[place % digits] += 1
        text = "".join(map(str, misses))
        made.append({"error": error, "copies": copies, "misses": text})
    return made


def test_over_seeds_alone_it_is_welchs_interval():
    found = compare(A, B)
    right = ttest_ind(A, B, equal_var=False).confidence_interval()
    assert found.difference == pytest.approx(2.02)
    assert found.difference_interval == pytest.approx((right.low, right.high))
    assert found.over == "seeds"


def test_the_mean_of_one_group_has_students_interval():
    mean, interval = average(A)
    right = ttest_1samp(A, 0).confidence_interval()
    assert mean == pytest.approx(3.12)
    assert interval == pytest.approx((right.low, right.high))


def test_few_test_digits_widen_the_interval_of_a_mean():
    few = [{**one, "misses": one["misses"][:100]} for one in runs(A)]
    widths = [np.diff(average(group)[1])[0] for group in (A, runs(A), few)]
    assert widths == sorted(widths)
    assert widths[2] > 1.5 * widths[1] > 1.6 * widths[0]


@pytest.mark.parametrize(
    ("group", "message"), [([1.0], "two runs at least"), (3, "runs or errors")]
)
def test_a_group_is_more_than_one_run(group, message):
    with pytest.raises((TypeError, ValueError), match=f"runs: .*{message}"):
        average(group)


def test_the_permutation_test_is_exact():
    assert compare(A, B).p == pytest.approx(2 / 252)  # the two extreme of C(10, 5) divisions
    assert compare(A[:3], B[:3]).p == pytest.approx(2 / 20)
    assert compare([1.0, 2.0], [1.0, 2.0]).p == 1


def test_its_words():
    assert compare(A, B).words == APART
    assert compare(A, A[::-1]).words == UNTOLD
    assert compare(A[:3], B[:3]).words == UNTOLD  # three seeds a side can never tell, at .05
    assert str(compare(A, B)).startswith("3.12 − 1.10 = +2.02 (+1.76 to +2.28), ratio 2.84 (")


def test_the_ratio_is_counted_on_its_logarithm():
    found = compare(A, B)
    low, high = found.ratio_interval
    assert found.ratio == pytest.approx(3.12 / 1.1)
    assert math.sqrt(low * high) == pytest.approx(found.ratio)
    assert compare([1.0, 2.0], [0.0, 0.0]).ratio != compare([1.0, 2.0], [0.0, 0.0]).ratio  # nan


def test_few_test_digits_widen_the_interval():
    few = [{**one, "misses": one["misses"][:100]} for one in runs(A)]
    others = [{**one, "misses": one["misses"][:100]} for one in runs(B, seed=1)]
    widths = [
        np.diff(compare(a, b).difference_interval)[0]
        for a, b in ((A, B), (runs(A), runs(B, seed=1)), (few, others))
    ]
    assert widths == sorted(widths)
    assert widths[2] > 1.5 * widths[1]
    assert compare(runs(A), runs(B)).over == "seeds and test pictures"


def test_the_same_digits_are_paired():
    """Digits that both groups miss alike make no difference uncertain."""
    hard = "4" * 20 + "0" * 480
    same = [{"error": 4.0, "copies": 4, "misses": hard} for _ in range(3)]
    found = compare(same, same)
    assert found.difference_interval == (0, 0)


def test_it_holds_the_true_difference_as_often_as_it_says():
    """Runs and digits drawn by chance: the interval must not be too narrow, nor far too wide."""
    chance = np.random.default_rng(0)
    digits, copies, seeds, tries = 120, 4, 4, 200
    inside = 0
    for _ in range(tries):
        ease = chance.normal(-2, 1, digits)  # of the digits, shared by all runs
        groups = []
        for shift in (0.0, 0.6):
            made = []
            for _ in range(seeds):
                odds = ease + shift + chance.normal(0, 0.3) + chance.normal(0, 0.3, digits)
                missed = chance.binomial(copies, 1 / (1 + np.exp(-odds)))
                text = "".join(map(str, missed))
                made.append({"error": 25 * missed.mean(), "copies": copies, "misses": text})
            groups.append(made)
        low, high = compare(groups[1], groups[0]).difference_interval
        inside += low <= TRUE <= high
    assert 0.93 <= inside / tries <= 1


def _true_difference():
    chance = np.random.default_rng(1)
    odds = -2 + chance.normal(0, math.sqrt(1 + 0.09 + 0.09), 2_000_000)
    return 100 * ((1 / (1 + np.exp(-odds - 0.6))) - 1 / (1 + np.exp(-odds))).mean()


TRUE = _true_difference()


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1.0], B, "a: expected two runs at least, got 1"),
        (A, 3.0, "b: expected"),
        (A, ["one", "two"], "b: expected errors from 0 to 100"),
        (A, [1.0, 101.0], "b: expected errors from 0 to 100"),
        (A, [1.0, math.nan], "b: expected errors from 0 to 100"),
        (A, [{"network": "cnn"}] * 2, "b: expected errors from 0 to 100"),
        (runs(A), runs(B, digits=250), "b: expected runs on the 500 test digits"),
    ],
)
def test_bad_calls(a, b, message):
    with pytest.raises((TypeError, ValueError), match=message):
        compare(a, b)


def test_records_can_be_compared():
    of = {name: [r for r in load("rts") if r["network"] == name] for name in ("cnn", "st_cnn")}
    found = compare(of["cnn"], of["st_cnn"])
    assert found.words == APART
    assert found.difference_interval[0] > 1


def test_misses_are_read_in_percent():
    assert misses_of({"misses": "04A", "copies": 10}).tolist() == [0, 40, 100]
    assert misses_of({"error": 1.0}) is None
