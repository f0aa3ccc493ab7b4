"""diagnose: each failure by its name, no false alarm on healthy runs, and the grid's numbers."""

import math
from statistics import median
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from stnlib import Affine, Similarity, SpatialTransformer
from stnlib.digits import load_split
from stnlib.distortions import RTS
from stnlib.experiments import Task, history_of, load
from stnlib.experiments.failures import Swapped, small_st_cnn
from stnlib.training import Finding, History, diagnose, fit

SEEDS = {"failures": range(5), "repairs": range(5), "failures_elsewhere": range(10, 15)}
NAN = math.nan


@pytest.fixture(scope="module")
def task():
    digits = load_split(14, glyph=10)
    return Task(digits.train, digits.test, RTS(21, degrees=20, scale=(0.8, 1.2)), copies=1)


def train(task, model, steps, batches=None, seed=0, **options):
    options = {"learning_rate": 5e-3, **options}
    return fit(
        model, batches or task, steps=steps, seed=seed, probe=task.probe, test=task.test,
        record_every=steps, evaluate_every=steps, progress="none", **options,
    )  # fmt: skip


def new(seed=0, **options):
    torch.manual_seed(seed)
    return small_st_cnn(**options)


def names(history):
    return [finding.name for finding in diagnose(history)]


# ---- live runs


class Cut(Similarity):
    def matrix(self, theta):
        return super().matrix(torch.tensor(theta.tolist()))


@pytest.mark.parametrize("seed", range(5))
def test_a_healthy_run_raises_no_alarm(task, seed):
    assert diagnose(train(task, new(seed), 200, seed=seed)) == []


def test_a_cut_graph_is_seen_from_the_first_steps(task):
    history = train(task, new(transform=Cut()), 20)
    assert names(history) == ["the graph is cut"]
    assert "torch.tensor" in diagnose(history)[0].advice


def test_nearest_reading_cuts_the_graph(task):
    model = new()
    model.transformer.mode = "nearest"
    assert names(train(task, model, 20)) == ["the graph is cut"]


def test_a_random_start_is_seen(task):
    history = train(task, new(transform=Affine(), identity_start=False), 20)
    assert names(history) == ["a random start"]


def test_a_start_that_is_zoomed_in_on_purpose_is_none(task):
    model = new(transform=Affine())
    with torch.no_grad():
        model.transformer.localisation[-1].bias.copy_(torch.tensor([0.2, 0, 0, 0, 0.2, 0]))
    assert "a random start" not in names(train(task, model, 10))


@pytest.mark.parametrize("seed", range(2))
def test_a_lost_window_is_seen_and_its_gradient_missed(task, seed):
    model = new(seed, transform=Affine())
    history = train(task, model, 150, seed=seed, localisation_rate=0.3)
    assert names(history)[0] == "the window is lost"
    assert "gradient is gone" in diagnose(history)[0].seen
    assert "100% of the windows read nothing" in diagnose(history)[0].seen


def test_a_window_far_too_large_counts_as_lost(task):
    model = new()
    with torch.no_grad():
        model.transformer.localisation[-1].bias[0] = 2.0
    assert names(train(task, model, 5, learning_rate=1e-5)) == ["the window is lost"]


def test_a_window_on_the_background_is_lost_though_it_is_not_outside():
    run = next(run for run in load("repairs") if (run["network"], run["seed"]) == ("bounds", 0))
    history = history_of(run)
    assert max(history.outside[-1]) < 0.8
    assert max(history.read[-1]) == 0
    assert names(history)[0] == "the window is lost"


def test_a_dead_classifier_is_told_from_a_lost_window(task):
    model = new()
    with torch.no_grad():
        model.classifier[-3].bias.fill_(-100.0)  # of the last hidden layer: no unit answers
    assert isinstance(model.classifier[-2], nn.ReLU)
    history = train(task, model, 20)
    assert min(history.read[-1]) > 0.5
    assert names(history)[0] == "the classifier is dead"


@pytest.mark.parametrize("seed", range(2))
def test_a_rate_that_kills_the_classifier_is_seen(task, seed):
    history = train(task, new(seed), 60, seed=seed, learning_rate=0.5, localisation_rate=1e-3)
    assert min(history.read[-1]) > 0.5
    assert names(history)[0] == "the classifier is dead"


def test_a_speck_is_seen(task):
    model = new()
    with torch.no_grad():
        model.transformer.localisation[-1].bias[0] = -4.0
    assert "the window shrank to a speck" in names(train(task, model, 20))


def test_what_is_learned_by_heart_is_seen(task):
    few = task(torch.Generator().manual_seed(1))
    assert names(train(task, new(), 150, lambda _: few))[0] == "learned by heart"


def test_a_theta_that_stands_still_is_seen(task):
    history = train(task, new(), 150, localisation_rate=1e-6)
    assert names(history) == ["θ is the same for all pictures"]
    assert "more than 0.00" in diagnose(history)[0].seen


def test_a_localisation_network_with_dead_units_is_seen(task):
    model = new()
    with torch.no_grad():
        model.transformer.localisation[-3].bias.fill_(-100.0)
    assert names(train(task, model, 150)) == ["θ is the same for all pictures"]


def test_a_grid_that_skips_pixels_is_seen(task):
    look = nn.Sequential(nn.Flatten(), nn.Linear(441, 4))
    first = SpatialTransformer(look, Similarity(), (4, 4))
    model = nn.Sequential(first, nn.Flatten(), nn.Linear(16, 10))
    found = diagnose(train(task, model, 20, learning_rate=1e-3, localisation_rate=1e-4))
    assert "the grid skips pixels" in [finding.name for finding in found]


def test_labels_that_mean_nothing_teach_nothing(task):
    def senseless(generator):
        images, labels = task(generator)
        return images, labels[torch.randperm(len(labels), generator=generator)]

    history = train(task, new(), 60, senseless, learning_rate=1e-4, localisation_rate=5e-3)
    assert "nothing was learnt" in names(history)


def changed(task, how):
    """Batches, and a task with probe and test pictures, all changed by a function."""

    def batches(generator):
        images, labels = task(generator)
        return how(images), labels

    return batches, SimpleNamespace(
        probe=how(task.probe), test=(how(task.test[0]), task.test[1])
    )  # fmt: skip


@pytest.mark.parametrize("grey", [0.0, 0.5, 1.0])
def test_a_window_on_a_plain_background_of_any_grey_is_lost(task, grey):
    batches, seen = changed(task, lambda x: grey + (0.5 - grey) * x)
    model = new()
    model.transformer.padding_mode = "border"
    with torch.no_grad():
        model.transformer.localisation[-1].bias.copy_(torch.tensor([-3.0, 0, 0.95, 0.95]))
    history = train(seen, model, 5, batches, learning_rate=1e-6)
    assert max(history.outside[-1]) < 0.8
    assert names(history)[0] == "the pictures are blank"  # as far as it has seen
    history.contrast[0] = [0.5] * 8  # as if it had started in the middle
    found = diagnose(history)
    assert found[0].name == "the window is lost"
    assert "100% of the windows read nothing, 0% have most" in found[0].seen


def test_blank_pictures_are_no_lost_window(task):
    batches, seen = changed(task, torch.zeros_like)
    assert names(train(seen, new(), 20, batches)) == ["the pictures are blank"]
    batches, _ = changed(task, torch.zeros_like)
    found = diagnose(train(task, new(), 20, batches))
    assert [finding.name for finding in found] == ["the graph is cut"]  # it cannot see the batches
    assert "are the pictures of the batches blank?" in found[0].advice


def test_a_window_that_starts_outside_is_lost_and_the_pictures_are_not_blank(task):
    model = new()
    with torch.no_grad():
        model.transformer.localisation[-1].bias[2] = 4.0
    assert names(train(task, model, 5)) == ["the window is lost"]


def test_test_labels_of_another_kind_are_seen(task):
    images, labels = task.test
    seen = SimpleNamespace(probe=task.probe, test=(images, (labels + 1) % 10))
    found = diagnose(train(seen, new(), 300, task))
    assert [finding.name for finding in found] == ["learned by heart"]
    assert "pictures and labels of the same kind" in found[0].advice


# ---- recorded runs


def judged(name):
    """[(network, error, failed, names)] of the runs that came to an end.

    A run failed if its error is more than twice the median of the healthy runs: what the plan
    broke does not count.
    """
    runs = load(name)
    healthy = "localisation × 1" if name == "repairs" else "healthy"
    limit = 2 * median(run["error"] for run in runs if run["network"] == healthy)
    assert [run["seed"] for run in runs if run["network"] == healthy] == [*SEEDS[name]]
    return [
        (run["network"], run["error"], run["error"] > limit, names(history_of(run)))
        for run in runs
        if "diverged" not in run
    ]


def counts(name):
    """How many failed, how many of them are named, how many did not fail, and false alarms."""
    failed = [bool(found) for _, _, one, found in judged(name) if one]
    fine = [bool(found) for _, _, one, found in judged(name) if not one]
    return len(failed), sum(failed), len(fine), sum(fine)


def first_names(name, network):
    return {(found or [None])[0] for one, _, failed, found in judged(name) if one == network}


def test_the_runs_that_the_thresholds_were_chosen_on_are_told_apart():
    assert counts("failures") == (22, 22, 21, 1)  # the alarm: a random start that ended well
    for network in ("healthy", "healthy, affine", "healthy, long", "x and y swapped"):
        assert first_names("failures", network) == {None}
    assert first_names("failures", "random start") == {"a random start"}
    assert first_names("failures", "localisation × 20") == {"the window is lost"}
    assert first_names("failures", "256 pictures") == {"learned by heart"}


def test_a_dead_theta_is_told_from_a_lost_window_in_the_repairs():
    assert first_names("repairs", "a loss on θ") == {"θ is the same for all pictures"}
    assert first_names("repairs", "none") == {"the window is lost"}
    assert first_names("repairs", "localisation × 1") == {None}


def test_how_sure_it_is_on_other_runs_is_what_its_docstring_says():
    failed, named, fine, alarms = counts("failures_elsewhere")
    said = " ".join(diagnose.__doc__.split())
    assert f"it named {named} of {failed} runs that failed" in said
    assert f"raised {alarms} alarms in {fine} that did not" in said


def test_a_thinned_record_is_judged_like_the_whole_run(task):
    from stnlib.experiments.run import curves, statistics

    for rate, count in ((0.005, 0), (0.1, 1)):
        history = train(task, new(transform=Affine()), 200, localisation_rate=rate)
        assert len(names(history)) == count
        record = {"network": "small"} | curves(history) | statistics(history)
        assert len(record["loss"]) == 40
        assert names(history_of(record)) == names(history)


# ---- single rules and numbers


def test_a_loss_that_rose_again_is_seen():
    falling = [2.3 - 0.02 * i for i in range(100)]
    assert names(History(loss=falling)) == []
    assert names(History(loss=[*falling, *[2.0] * 20])) == ["the loss rose again"]


def test_a_history_without_probe_and_test_is_judged_by_the_rest():
    history = History(loss=[2.3] * 50, gradient=[1.0] * 50, gradient_localisation=[0.0] * 50)
    assert names(history) == ["the graph is cut"]
    assert names(History(loss=[2.3] * 50)) == ["nothing was learnt"]
    assert names(History(loss=[2.3])) == []


def test_a_run_that_began_well_need_not_learn():
    assert names(History(loss=[0.05] * 50, error=[3.0])) == []
    assert names(History(loss=[0.0] * 50)) == []
    assert names(History(loss=[0.5] * 50, error=[30.0])) == ["nothing was learnt"]


def test_pixels_that_are_skipped_do_not_hide_that_nothing_was_learnt():
    sparse = {"spacing": [[3.0], [3.0]], "theta_step": [0, 50]}
    both = ["the grid skips pixels", "nothing was learnt"]
    assert names(History(loss=[2.3] * 50, **sparse)) == both
    assert names(History(loss=[2.3] * 25 + [0.1] * 25, **sparse)) == both[:1]


def test_noise_from_batch_to_batch_is_no_rise():
    noisy = [0.9, 0.1] * 4 + [0.01, 0.02] + [0.1, 0.9] * 5
    assert names(History(loss=noisy, error=[5.0])) == []
    smooth = [0.9 - 0.1 * i for i in range(9)] + [0.1 * i for i in range(12)]
    assert names(History(loss=smooth, error=[5.0])) == ["the loss rose again"]


def test_losses_below_zero_raise_no_alarm():
    assert names(History(loss=[-0.1 * i for i in range(50)], error=[12.0])) == []
    assert names(History(loss=[-1.0] * 50)) == ["nothing was learnt"]


def test_more_wrong_than_the_loss_has_room_for_is_learned_by_heart():
    falling = [2.3 - 0.04 * i for i in range(50)] + [0.3] * 50
    assert names(History(loss=falling, error=[40.0])) == []  # 0.3 / ln 2 is 0.43
    assert names(History(loss=falling, error=[45.0])) == ["learned by heart"]


def test_what_somebody_adds_to_a_history_is_left_alone():
    history = History(loss=[2.3, 0.1])
    history.note = "of Friday"
    assert diagnose(history) == []


def test_a_finding_is_printed_in_lines_that_fit_a_page():
    assert str(Finding("it broke", "it is in two", "glue")).splitlines() == [
        "it broke", "  seen: it is in two", "  try:  glue",
    ]  # fmt: skip
    long = str(Finding("it broke", "a " * 100, "b")).splitlines()
    assert max(map(len, long)) <= 80
    assert long[2].startswith("        a a")


@pytest.mark.parametrize(("family", "size"), [(Similarity, (21, 21)), (Swapped, (12, 30))])
def test_the_grids_numbers_are_those_of_a_known_map(family, size):
    theta = torch.tensor([[0.0, 0.0, 0.0, 0.0], [-0.6931472, 0.4, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]])
    history = History()
    history.note_grid(family().grid(theta, (10, 10)), size)
    area = size[0] * size[1] / 100
    assert history.spacing[0] == pytest.approx([area**0.5, 0.5 * area**0.5, area**0.5], rel=1e-4)
    assert history.outside[0] == pytest.approx([0.0, 0.0, 0.5])


def test_a_folded_grid_is_no_speck():
    x, y = torch.meshgrid(torch.linspace(-1, 1, 21), torch.linspace(-1, 1, 21), indexing="xy")
    history = History()
    history.note_grid(torch.stack((x.abs(), y), dim=-1)[None], (20, 20))
    assert history.spacing[0] == pytest.approx([1.0])


def test_the_contrast_is_the_widest_of_a_channel():
    read = torch.tensor([[[3.0, 3.0], [0.0, 0.0]], [[1.0, -1.5], [7.0, 8.0]]])[..., None]
    history = History()
    history.note_values(read, None)
    assert history.contrast == [[0.0, 2.5]]
    assert history.read == [[3.0, 8.0]]


def test_a_grid_of_one_row_is_not_measured():
    history = History()
    history.note_grid(torch.zeros(2, 1, 5, 2), (8, 8))
    assert history.outside == history.spacing == []


def test_fit_measures_the_grids_it_records(task):
    history = train(task, new(), 10)
    assert history.theta_step == [0, 10]
    assert history.outside[0] == [0.0] * 8
    assert history.spacing[0] == pytest.approx([21 / 12] * 8, rel=1e-3)
    assert len(history.spacing) == len(history.outside) == 2


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"loss": [1.0, NAN]}, ValueError, r"finite numbers as loss, got list \[1.0, nan\]"),
        ({"loss": [1.0, -math.inf]}, ValueError, "finite numbers as loss"),
        ({"error": [NAN]}, ValueError, "finite numbers as error"),
        ({"gradient_localisation": [NAN, NAN]}, ValueError, "as gradient_localisation"),
        ({"theta": [[[NAN]], [[1.0]]]}, ValueError, "finite numbers as theta"),
        ({"spacing": [[1.0], [NAN]]}, ValueError, "finite numbers as spacing"),
        ({"theta": [[[1.0]], [[1.0, 2.0]]]}, TypeError, "expected numbers as theta, got list"),
        ({"theta": [1.0]}, TypeError, "expected numbers as theta"),
        ({"outside": [[]]}, TypeError, r"expected numbers as outside, got list \[\[\]\]"),
        ({"loss": [10**400]}, TypeError, "expected numbers as loss"),
        ({"loss": [1e308, 1e308]}, ValueError, "finite numbers as loss"),
        ({"loss": ["a"]}, TypeError, "expected numbers as loss"),
        ({"loss": torch.ones(2)}, TypeError, "numbers as loss, got a torch.float32 tensor"),
        ({"loss": None}, TypeError, "numbers as loss, got NoneType None"),
    ],
)
def test_a_history_made_by_hand_of_other_than_finite_numbers_is_refused(changes, error, words):
    with pytest.raises(error, match=words):
        diagnose(History(**{"loss": [2.0, 0.1]} | changes))
