"""Sentences of book/papers_table.ipynb that say more than its cells printed, each tried."""

import pytest

from stnlib.experiments import APART, EXPERIMENTS, GROUPS, average, compare, load
from stnlib.networks import PAPER, cnn, count_parameters, fcn, st_cnn, st_fcn
from stnlib.transforms import Affine
from tests.claims.quoting import claim, text_of

ROWS = GROUPS["table1"]
each_row = pytest.mark.parametrize("row", ROWS)


@each_row
@claim("papers_table", "All networks of a row have as many weights, within 2 %.")
def test_all_have_as_many_weights(row):
    weights = {run["parameters"] for run in load(row)}
    assert max(weights) < 1.02 * min(weights)


@each_row
@claim("papers_table", "The test digits are read once, at the end of a run.")
def test_the_test_digits_are_read_once(row):
    for run in load(row):
        assert run["error_step"] == [run["steps"]]
        assert len(run["misses"]) == 10_000


@each_row
@claim(
    "papers_table",
    "Rates were chosen by the same search for each: five rates, half of the steps, one seed, "
    "judged on 10,000 of the 60,000 digits to train on.",
)
def test_rates_were_chosen_by_one_search_on_other_digits(row):
    search = "search_table1_rts"
    for network, plan in EXPERIMENTS[row].plans.items():
        trials = [one for one in load(search) if one["network"].rsplit(", ", 2)[0] == network]
        assert len({one["plan"]["learning_rate"] for one in trials}) == len(trials) == 5
        assert {2 * one["steps"] for one in trials} == {plan.steps}
        assert all("mnist=True" in one["plan"]["task"] for one in trials)
        assert all("validation=True" in one["plan"]["task"] for one in trials)
        assert all(len(one["misses"]) == 10_000 for one in trials)


def runs_of(row, network):
    return [run for run in load(row) if run["network"] == network]


def against(plain, looking):
    return compare(runs_of("table1_rts", plain), runs_of("table1_rts", looking))


@claim(
    "papers_table",
    "On RTS, the network that looks is ahead of each of its rivals, and apart (p at most .05, and "
    "0 outside the interval).",
)
def test_looking_is_ahead_on_rts():
    for plain, looking in (("fcn", "st_fcn"), ("cnn", "st_cnn"), ("pooled_cnn", "st_cnn")):
        found = against(plain, looking)
        assert found.words == APART
        assert found.difference > 0


@claim(
    "papers_table",
    "The CNN errs 1.7 times as much as the ST-CNN, in the paper 1.6 times; the plain network that "
    "need not know where the digit is, 1.4 times.",
)
def test_the_ratios_are_those_told():
    assert f"{against('cnn', 'st_cnn').ratio:.1f}" == "1.7"
    assert f"{against('pooled_cnn', 'st_cnn').ratio:.1f}" == "1.4"
    assert f"{0.8 / 0.5:.1f}" == "1.6"


@claim("papers_table", "Each of ours errs more than the paper's of its name, the FCN most.")
def test_ours_err_more_than_the_papers():
    paper = {"fcn": 5.2, "st_fcn": 0.8, "cnn": 0.8, "st_cnn": 0.5}
    times = {}
    for network, error in paper.items():
        _, (low, _) = average(runs_of("table1_rts", network))
        assert low > error
        times[network] = low / error
    assert max(times, key=times.get) == "fcn"


def test_the_papers_networks_have_as_many_weights_as_the_page_says():
    weights = []
    for side, pool in ((28, 1), (42, 2)):
        looking = {"transform": Affine(), "pool": pool}
        weights += [count_parameters(build(side, **PAPER[build.__name__])) for build in (fcn, cnn)]
        weights += [
            count_parameters(build(side, **PAPER[build.__name__], **looking))
            for build in (st_fcn, st_cnn)
        ]
    low, high = (round(one, -4) for one in (min(weights), max(weights)))
    assert f"| weights | {low:,} to {high:,} (by" in text_of("papers_table")
