"""Experiments: tasks, plans and records, the command line, and records that fit their plans."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import fmean
from urllib.error import URLError

import pytest
import torch
from torch.testing import assert_close

from stnlib import (
    Similarity,
    SpatialTransformer,
    ThinPlateSpline,
    affine,
    affine_grid,
    regular_grid,
    sample,
)
from stnlib.alignment import pose
from stnlib.digits import load_split
from stnlib.distortions import RTS
from stnlib.experiments import (
    EXPERIMENTS,
    GROUPS,
    Experiment,
    Plan,
    Task,
    TaskPlan,
    bend,
    failures,
    history_of,
    load,
    records,
    run,
    search,
)
from stnlib.experiments.__main__ import main
from stnlib.experiments.pose import Told
from stnlib.experiments.rivals import pooled_cnn, tutorial_network
from stnlib.experiments.task import Fixed
from stnlib.networks import cnn, count_parameters, fcn, st_fcn
from stnlib.training import fit

ROOT = Path(__file__).resolve().parents[1]
TRAIN, VALIDATION, TEST = load_split(12)
RECORDED = sorted(file.stem for file in records.FOLDER.glob("*.json"))


PLANNED = TaskPlan(RTS(20), size=12, batch=8, copies=2)


@pytest.fixture(scope="module")
def task():
    return PLANNED("cpu")


@pytest.fixture
def small(monkeypatch):
    """A tiny experiment in the catalogue, of half a second."""
    plans = {
        "fcn": Plan(partial(fcn, 20, hidden=(8,)), 20, {"learning_rate": 0.01}),
        "st_fcn": Plan(partial(st_fcn, 20, hidden=(8,), localisation=(8,), output_size=12), 25),
    }
    made = Experiment("Is it small?", PLANNED, plans, seeds=(0, 1))
    monkeypatch.setitem(EXPERIMENTS, "small", made)
    return made


# ---- the task


def test_a_task_draws_train_digits_and_tests_on_others(task):
    images, labels = task(torch.Generator().manual_seed(0))
    assert images.shape == (8, 1, 20, 20)
    index = torch.randint(len(TRAIN.labels), (8,), generator=torch.Generator().manual_seed(0))
    assert labels.tolist() == TRAIN.labels[index].tolist()
    assert task.test[0].shape == (1000, 1, 20, 20)
    assert task.test[1].tolist() == [*TEST.labels.tolist(), *TEST.labels.tolist()]
    assert not torch.equal(task.test[0][:500], task.test[0][500:])  # distorted anew


def test_a_task_is_the_same_each_time(task):
    again = Task(TRAIN, TEST, RTS(20), batch=8, copies=2)
    assert torch.equal(again.test[0], task.test[0])
    one, two = (task(torch.Generator().manual_seed(5))[0] for _ in range(2))
    assert torch.equal(one, two)


def test_the_tasks_truth_reads_the_digits_back(task):
    back = affine_grid(affine.invert(task.test_theta[:50]), (12, 12))
    read = sample(task.test[0][:50], back)
    before = (task.test[0][:50, :, 4:16, 4:16] - TEST.images[:50]).square().mean()
    assert (read - TEST.images[:50]).square().mean() < before / 3


def test_the_probe_shows_eight_classes(task):
    assert task.test[1][task.probe_index].tolist() == [2, 3, 4, 5, 6, 7, 8, 9]
    assert torch.equal(task.probe, task.test[0][task.probe_index])


def test_a_task_judges_on_the_digits_that_its_plan_names():
    chosen = replace(PLANNED, validation=True)("cpu")
    assert chosen.test[1].tolist() == [*VALIDATION.labels.tolist()] * 2
    assert torch.equal(chosen.images, TRAIN.images)
    still = replace(PLANNED, tested=RTS(20, degrees=0, scale=(1, 1)))("cpu")
    assert pose(still.test_theta).angle.abs().max() < 1e-6


def test_an_experiment_may_judge_once(small):
    for once, steps in ((False, list(range(1, 21))), (True, [20])):
        assert run(replace(small, once=once), "fcn", 0)[0]["error_step"] == steps


def test_a_plan_may_have_a_task_of_its_own(small):
    plan = replace(small.plans["fcn"], task=replace(PLANNED, copies=1))
    found, _ = run(replace(small, plans={"fcn": plan}), "fcn", 0)
    assert found["copies"] == 1
    assert "copies=1" in found["plan"]["task"]


def test_a_fixed_task_shows_the_same_256_pictures():
    task = replace(PLANNED, kind=Fixed)("cpu")
    seen = {}
    for seed in range(60):
        for image, label in zip(*task(torch.Generator().manual_seed(seed)), strict=True):
            seen[image.numpy().tobytes()] = int(label)
    assert 200 < len(seen) <= 256
    assert torch.equal(task.test[0], PLANNED("cpu").test[0])


# ---- the search


def searched(name):
    return {one.rsplit(", ", 2)[0] for one in EXPERIMENTS[name].plans}


@pytest.mark.parametrize(
    ("search_name", "name"),
    [("search_rts", "rts"), ("search_tc", "tc")]
    + [("search_bend", one) for one in ("bend_r", "bend_p", "bend_e")],
)
def test_rates_and_steps_are_those_that_the_search_chooses(search_name, name):
    runs = load(search_name)
    for network in searched(search_name):
        plan = EXPERIMENTS[name].plans[network]
        assert search.best(runs, network) == (plan.options["learning_rate"], plan.steps), network


@pytest.mark.parametrize(
    ("search_name", "name", "times"),
    [
        ("search_row", "row", 2),
        ("search_told", "row_told", 2),
        ("search_depths", "depths", 2),
        ("search_sums", "sums", 2),
        ("search_sums", "sums_mnist", 6),
        ("search_numbers", "numbers", 2),
        ("search_volumes", "volumes", 2),
        ("search_table1_rts", "table1_rts", 2),
        ("search_table1_e", "table1_p", 2),
        ("search_table1_e", "table1_e", 2),
    ],
)
def test_rates_are_those_that_a_shorter_search_chooses(search_name, name, times):
    runs = load(search_name)
    for network in searched(search_name):
        plan = EXPERIMENTS[name].plans[network]
        rate, steps = search.best(runs, network)
        assert (rate, times * steps) == (plan.options["learning_rate"], plan.steps), network


OF_RATES = [one for one in EXPERIMENTS if one.startswith("search_") and one != "search_oracle"]


@pytest.mark.parametrize("name", OF_RATES)
def test_each_network_is_searched_alike(name):
    """With the same rates, and with one more where none was better than the last of them."""
    trials, errors = {}, {one["network"]: one["error"] for one in load(name)}
    for plan in EXPERIMENTS[name].plans:
        network, _, rate = plan.rsplit(", ", 2)
        trials.setdefault(network, {}).setdefault(float(rate), []).append(errors[plan])
    common = set.intersection(*(set(rates) for rates in trials.values()))
    assert len(common) >= 4
    for rates in trials.values():
        tried = [rate for rate in rates if rate in common]
        for more in sorted(set(rates) - common):
            best = min(tried, key=lambda rate: (fmean(rates[rate]), -rate))
            assert best == max(tried) < more <= 2 * best
            tried.append(more)
    assert EXPERIMENTS[name].task.validation


def test_the_search_takes_the_rate_that_is_good_at_all_lengths():
    def one(rate, steps, error):
        plan = {"learning_rate": rate}
        return {"network": f"net, big, {steps} steps, {rate}", "plan": plan, "steps": steps,
                "error": error}  # fmt: skip

    runs = [one(1, 10, 5.0), one(1, 20, 4.0), one(2, 10, 90.0), one(2, 20, 1.0)]
    assert search.best(runs, "net, big") == (1, 20)
    assert search.best([*runs, one(3, 10, 3.0), one(3, 20, 3.5)], "net, big") == (3, 10)


# ---- a control for the families


@pytest.mark.parametrize("family", bend.COMPARED.values(), ids=bend.COMPARED)
@pytest.mark.parametrize("pool", [None, 30])
def test_what_a_family_can_undo_it_undoes(family, pool):
    images = load_split(28)[2].images[:20]
    distort = bend.Undoable(family, 0.15, pool=pool)
    made = distort(images, generator=torch.Generator().manual_seed(0))
    back = sample(made.images, family.grid(made.theta, (28, 28)))
    energy = images.square().sum()
    assert (made.images - images).square().sum() > 0.2 * energy
    assert (back - images).square().sum() < 0.05 * energy
    again = distort(images, generator=torch.Generator().manual_seed(0))
    assert torch.equal(again.images, made.images)
    assert len(made.theta.unique(dim=0)) > 10


def test_a_map_that_cannot_be_undone_is_brought_nearer_to_the_identity():
    family = ThinPlateSpline((4, 4))
    theta, source = bend.Undoable(family, 0.6).draw(10, (8, 8), torch.Generator().manual_seed(0))
    wanted = regular_grid((8, 8)).reshape(1, -1, 2).expand(10, -1, -1)
    assert_close(family.points(theta, source), wanted, rtol=0, atol=2e-3)
    spread = (theta - family.identity()).std(dim=1)
    assert spread.max() < 0.35  # of 0.6


# ---- the rivals


def test_the_pooled_network_takes_any_size_and_answers_alike_for_a_moved_digit():
    network = pooled_cnn().eval()
    assert count_parameters(network) == 30_646
    picture = torch.zeros(1, 1, 96, 96)
    picture[:, :, 24:44, 24:44] = torch.rand(20, 20, generator=torch.Generator().manual_seed(0))
    moved = picture.roll((8, -8), (2, 3))  # the strides' product is 8
    assert_close(network(moved), network(picture))
    assert network(torch.rand(3, 1, 42, 42)).shape == (3, 10)


def test_the_tutorials_network_has_the_layers_that_it_describes():
    network = tutorial_network(28)
    widths = [tuple(p.shape) for p in network.parameters()]
    assert (8, 1, 7, 7) in widths
    assert (10, 8, 5, 5) in widths
    assert (32, 90) in widths
    assert (10, 1, 5, 5) in widths
    assert (20, 10, 5, 5) in widths
    assert (50, 320) in widths
    torch.manual_seed(0)
    images = torch.rand(4, 1, 28, 28)
    network.eval()
    assert_close(network.transformer(network.normalise(images)), network.normalise(images))
    assert network(images).shape == (4, 10)
    assert tutorial_network(42)(torch.rand(2, 1, 42, 42)).shape == (2, 10)


# ---- the networks to break


def test_the_small_network_starts_at_the_identity():
    network = failures.small_st_cnn()
    assert count_parameters(network) == 11_646
    whole = affine_grid(affine.identity(), (12, 12))
    pictures = torch.rand(3, 1, 21, 21)
    assert_close(network.transformer(pictures), sample(pictures, whole.expand(3, -1, -1, -1)))


def test_the_swapped_family_says_y_before_x():
    theta = torch.tensor([[0.1, 0.2, 0.3, -0.4]])
    right = Similarity().grid(theta, (4, 7))
    slip = failures.Swapped().grid(theta, (4, 7))
    assert torch.equal(slip, torch.stack((right[..., 1], right[..., 0]), dim=-1))


def test_the_shallow_networks_differ_by_the_place_of_the_transformer():
    networks = {place: failures.shallow_cnn(place) for place in ("before", "behind", None)}
    kinds = {place: [type(part) for part in network] for place, network in networks.items()}
    plain = kinds[None]
    assert SpatialTransformer not in plain
    assert kinds["before"] == [SpatialTransformer, *plain]
    assert kinds["behind"] == [*plain[:2], SpatialTransformer, *plain[2:]]
    for network in networks.values():
        assert network(torch.rand(2, 1, 14, 14)).shape == (2, 10)


# ---- one run


def test_a_run_says_what_it_was_and_what_came_of_it(small):
    found, model = run(small, "st_fcn", 1)
    assert found["network"] == "st_fcn"
    assert found["seed"] == 1
    assert found["steps"] == 25
    assert found["error_step"][-1] == 25
    assert found["parameters"] == count_parameters(model)
    assert found["error"] == found["error_curve"][-1]
    assert found["seconds"] == found["error_seconds"][-1] > 0
    assert len(found["theta"]) == len(found["theta_step"])
    assert len(found["theta"][0]) == 8
    assert json.loads(json.dumps(found)) == found
    again, _ = run(small, "st_fcn", 1)
    assert again["error_curve"] == found["error_curve"]
    assert again["theta"] == found["theta"]
    other, _ = run(small, "st_fcn", 2)
    assert other["theta"] != found["theta"]


def test_a_plans_options_reach_the_training_and_the_record(small):
    found, _ = run(small, "fcn", 0)
    assert found["plan"]["learning_rate"] == 0.01
    assert "theta" not in found
    slow = Experiment(
        "", small.task, {"fcn": Plan(small.plans["fcn"].build, 20, {"learning_rate": 1e-9})}
    )
    assert run(slow, "fcn", 0)[0]["error_curve"] != found["error_curve"]


def test_a_run_with_statistics_gives_its_history_back(small):
    assert "loss" not in run(small, "st_fcn", 0)[0]
    found, _ = run(replace(small, statistics=True), "st_fcn", 0)
    history = history_of(json.loads(json.dumps(found)))
    assert len(history.loss) == len(history.gradient) == len(history.gradient_localisation) == 25
    assert history.loss[0] == pytest.approx(2.3, abs=0.3)
    assert history.theta == found["theta"]
    assert history.error == found["error_curve"]
    assert len(history.spacing) == len(history.outside) == len(history.theta_step) == 26
    assert len(history.read) == len(history.spread) == 26
    assert history.spacing[0] == pytest.approx([20 / 12] * 8, abs=0.005)


def measure(model, task):
    return {"outputs": len(model(task.probe)), "batch": task.batch}


def test_what_an_experiment_measures_is_kept(small):
    measured = replace(small, measure=measure)
    found, _ = run(measured, "fcn", 0)
    assert (found["outputs"], found["batch"]) == (8, 8)
    assert "outputs" not in run(small, "fcn", 0)[0]


def test_an_experiment_that_does_not_watch_keeps_no_theta(small):
    found, _ = run(replace(small, watch=False), "st_fcn", 1)
    assert "theta" not in found
    assert found["error_curve"] == run(small, "st_fcn", 1)[0]["error_curve"]


def test_statistics_that_nobody_watches_are_kept_four_times_and_at_the_start(small):
    plans = {"long": replace(small.plans["st_fcn"], steps=40)}
    found, _ = run(replace(small, plans=plans, statistics=True, watch=False), "long", 0)
    assert found["theta_step"] == [0, 10, 20, 30, 40]
    assert len(history_of(found).outside) == 5


def test_a_run_that_comes_to_nan_is_kept_as_all_wrong(small, tmp_path, capsys):
    wild = {"learning_rate": 1e30}
    small.plans["fcn"] = replace(small.plans["fcn"], options=wild)
    assert command(tmp_path, "--networks", "fcn") == 0
    runs = load(tmp_path / "r.json")
    assert [one["error"] for one in runs] == [100, 100]
    assert "nan" in runs[0]["diverged"] or "inf" in runs[0]["diverged"]


@pytest.mark.parametrize(("middle", "folded"), [(0.1, 0.0), (2.0, 100.0)])
def test_folds_are_counted_over_the_test_set(task, middle, folded):
    model = st_fcn(20, transform=ThinPlateSpline((3, 3)), output_size=12)
    last = model.transformer.localisation[-1]
    torch.nn.init.zeros_(last.weight)
    with torch.no_grad():
        last.bias[8] = (
            middle  # the middle point moves right: by two units, far beyond its neighbour
        )
    assert bend.measure_folds(model, task) == {"folded": folded}
    assert bend.measure_folds(fcn(20), task) == {}


def test_the_plain_networks_beside_the_families_have_their_weights():
    counts = {
        name: count_parameters(plan.build()) for name, plan in EXPERIMENTS["bend_p"].plans.items()
    }
    assert max(counts.values()) < 1.05 * min(counts.values())


# ---- the command


def command(tmp_path, *arguments):
    return main(
        ["small", "--record", str(tmp_path / "r.json"), "--folder", str(tmp_path), *arguments]
    )


def test_the_command_runs_what_the_record_lacks(small, tmp_path, capsys):
    assert command(tmp_path, "--networks", "fcn", "--seeds", "1") == 0
    assert command(tmp_path) == 0
    runs = load(tmp_path / "r.json")
    assert [(one["network"], one["seed"]) for one in runs] == [
        ("fcn", 0), ("fcn", 1), ("st_fcn", 0), ("st_fcn", 1),
    ]  # fmt: skip
    said = capsys.readouterr().out
    assert "1 runs to do, 0 in" in said
    assert "r.json, 1 of unknown length" in said
    assert "3 runs to do, 1 in" in said
    assert "r.json, about 0 CPU minutes, 2 of unknown length" in said
    before = (tmp_path / "r.json").read_bytes()
    assert command(tmp_path) == 0
    assert (tmp_path / "r.json").read_bytes() == before
    assert command(tmp_path, "--again", "--networks", "fcn") == 0
    assert len(load(tmp_path / "r.json")) == 4
    small.plans["fcn"] = replace(small.plans["fcn"], steps=22)  # the record has 20
    assert command(tmp_path) == 0
    assert "2 runs to do, 2 in" in capsys.readouterr().out
    assert [one["steps"] for one in load(tmp_path / "r.json")] == [22, 22, 25, 25]
    assert not list(tmp_path.glob("*.pt"))


def test_a_checkpoint_that_does_not_fit_is_told_in_a_sentence(small, tmp_path, monkeypatch, capsys):
    def killed(*_):
        raise KeyboardInterrupt

    fcn, path = small.plans["fcn"], tmp_path / "small-fcn-0-cpu.pt"
    with monkeypatch.context() as patched:
        patched.setattr("stnlib.experiments.repeat.keep", killed)
        with pytest.raises(KeyboardInterrupt):
            command(tmp_path, "--networks", "fcn")
    whole = path.read_bytes()
    changed = {
        "a run with steps 22, got one with steps 20": replace(fcn, steps=22),
        "a run with learning_rate 0.5, got one with learning_rate 0.01": replace(
            fcn, options={"learning_rate": 0.5}
        ),
        "a run with the pictures and labels of its plan in batches, got one with others": replace(
            fcn, task=replace(small.task, distortion=RTS(20, degrees=1))
        ),
    }
    advice = f"delete {path}, and the same command begins this run anew"
    for words, plan in changed.items():
        small.plans["fcn"] = plan
        capsys.readouterr()
        assert command(tmp_path, "--networks", "fcn") == 1
        said = capsys.readouterr().err
        assert said == f"Error: checkpoint of fcn, seed 0: expected {words}; {advice}\n"
        assert path.read_bytes() == whole
    path.write_bytes(whole[:-1])
    assert command(tmp_path, "--networks", "fcn") == 1
    words = "expected a file that fit wrote, got another one or a damaged one"
    assert f"Error: checkpoint of fcn, seed 0: {words}; {advice}\n" in capsys.readouterr().err
    path.unlink()
    assert command(tmp_path, "--networks", "fcn") == 0


def test_the_command_lists_the_experiments(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    for name, experiment in EXPERIMENTS.items():
        assert name in out
        assert experiment.about in out
    assert out.count("    complete\n") == len(EXPERIMENTS)


def test_the_list_says_what_a_record_lacks_and_for_how_long(small, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    run_of_a_minute = {**run(small, "fcn", 0)[0], "seconds": 60.0}
    records.save(tmp_path / "small.json", [run_of_a_minute])
    assert main([]) == 0
    left = "3 runs to do, about 1 CPU minutes, 2 of unknown length"
    assert left in capsys.readouterr().out


def test_the_list_fits_any_encoding():
    line = [sys.executable, "-m", "stnlib.experiments"]
    env = os.environ | {"PYTHONIOENCODING": "cp1252"}
    said = subprocess.run(line, cwd=ROOT, env=env, capture_output=True)
    assert said.returncode == 0, said.stderr
    listed = said.stdout.decode("cp1252")
    assert f"seeds {EXPERIMENTS['rts'].seeds}: fcn | st_fcn | cnn | st_cnn |" in listed
    assert listed.rstrip().endswith("python -m stnlib.experiments NAME runs what its record lacks.")
    assert b"\\u03b8" in said.stdout


def test_the_command_sees_at_once_that_it_could_not_write(small, tmp_path, monkeypatch, capsys):
    def refuse(**options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("stnlib.experiments.repeat.run", None)  # no run is begun
    (tmp_path / "r.json").mkdir()
    assert command(tmp_path) == 1
    assert "Error: --record: expected a file, got " in capsys.readouterr().err
    (tmp_path / "r.json").rmdir()
    assert main(["small", "--record", str(tmp_path / "no" / "r.json")]) == 1
    assert "Error: --record: expected a folder " in capsys.readouterr().err
    assert command(tmp_path, "--device", "toaster") == 1
    assert "Error: device: 'toaster' was asked for" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert command(tmp_path, "--folder", str(tmp_path / "file")) == 1
    assert "Error: [Errno 17] File exists: " in capsys.readouterr().err
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert command(tmp_path) == 1
    words = f"Error: --record: expected a folder to write in, got {tmp_path} (Permission denied)"
    assert words in capsys.readouterr().err


def test_the_command_says_in_a_sentence_that_there_is_no_mnist(tmp_path, monkeypatch, capsys):
    def offline(*_, **__):
        raise URLError("Name or service not known")

    monkeypatch.setattr("sklearn.datasets.fetch_openml", offline)
    monkeypatch.setenv("STNLIB_MNIST", "")
    rest = ["--record", str(tmp_path / "r.json"), "--folder", str(tmp_path / "runs")]
    assert main(["draw", *rest]) == 1
    words = "Error: MNIST could not be downloaded; pass the folder of its idx files, or name it in"
    assert words in capsys.readouterr().err
    assert main(["draw", "--data", str(tmp_path), *rest]) == 1
    words = f"train-images-idx3-ubyte or train-images-idx3-ubyte.gz in {tmp_path}, found neither"
    assert f"Error: MNIST: expected {words}\n" in capsys.readouterr().err
    assert not (tmp_path / "r.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rts", "--seeds", "1", "-1"], "--seeds: expected numbers from 0 on, got -1"),
        (["rst"], "invalid choice: 'rst'"),
        (["rts", "--networks", "resnet"], "--networks: expected some of fcn, st_fcn"),
        (["rts", "--seeds", "one"], "invalid int value: 'one'"),
        (["rts", "--threads", "0"], "--threads: expected at least 1"),
        (["rts", "--jobs", "0"], "--jobs: expected at least 1, got 0"),
        (["table1", "--networks", "resnet"], "--networks: expected some of fcn, cnn"),
        (["table1", "--record", "r.json"], "--record: expected a folder for table1_r"),
    ],
)
def test_the_command_refuses_what_it_does_not_know(arguments, message, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert message in capsys.readouterr().err


def test_one_name_runs_several_experiments(small, tmp_path, monkeypatch, capsys):
    other = replace(small, plans={"tiny": small.plans["fcn"]}, seeds=(3,))
    monkeypatch.setitem(EXPERIMENTS, "other", other)
    monkeypatch.setitem(GROUPS, "both", ("small", "other"))
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    rest = ["--folder", str(tmp_path)]
    assert main(["both", "--networks", "fcn", "tiny", *rest]) == 0
    assert [(one["network"], one["seed"]) for one in load(tmp_path / "small.json")] == [
        ("fcn", 0), ("fcn", 1),
    ]  # fmt: skip
    assert [(one["network"], one["seed"]) for one in load("other")] == [("tiny", 3)]
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("small: 2 runs to do, 0 in")
    assert said[1].startswith("other: 1 runs to do, 0 in")
    assert said[4].startswith("other: tiny                 seed 3: ")
    assert main(["both", *rest]) == 0
    assert len(load("small")) == 4


def test_a_folder_takes_the_record_of_each_experiment(small, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(GROUPS, "both", ("small", "depth"))
    monkeypatch.setattr(records, "FOLDER", tmp_path / "package")
    mine = tmp_path / "my" / "records"
    rest = ["--record", str(mine), "--networks", "fcn", "--folder", str(tmp_path)]
    assert main(["both", *rest]) == 0
    assert [one["seed"] for one in load(mine / "small.json")] == [0, 1]
    assert [file.name for file in mine.iterdir()] == ["small.json"]
    assert main(["small", *rest]) == 0
    assert "small: 0 runs to do, 2 in " in capsys.readouterr().out
    assert not (tmp_path / "package").exists()
    (tmp_path / "file").touch()
    assert main(["both", "--record", str(tmp_path / "file"), "--folder", str(tmp_path)]) == 1
    assert "File exists: " in capsys.readouterr().err


def test_every_group_is_of_experiments():
    assert set().union(*GROUPS.values()) <= set(EXPERIMENTS)
    assert not set(GROUPS) & set(EXPERIMENTS)


def test_runs_side_by_side_are_those_one_after_the_other(tmp_path):
    rest = ["--seeds", "0", "1", "--networks", "none", "--folder", str(tmp_path)]
    found = []
    for jobs in ("1", "2"):
        path = tmp_path / f"{jobs}.json"
        assert main(["depth", "--jobs", jobs, "--record", str(path), *rest]) == 0
        found.append([{**one, "seconds": 0, "error_seconds": []} for one in load(path)])
    assert len(found[0]) == 2
    assert found[0] == found[1]
    assert not list(tmp_path.glob("*.pt"))


def test_a_run_beside_another_says_what_is_wrong_with_its_checkpoint(tmp_path, capsys):
    path = tmp_path / "depth-none-0-cpu.pt"
    path.write_bytes(b"no checkpoint")
    rest = ["--folder", str(tmp_path), "--record", str(tmp_path / "r.json"), "--jobs", "2"]
    assert main(["depth", "--networks", "none", "--seeds", "0", "1", *rest]) == 1
    words = "checkpoint of none, seed 0: expected a file that fit wrote, got another one"
    assert f"Error: {words}" in capsys.readouterr().err
    assert path.read_bytes() == b"no checkpoint"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_stopped_command_goes_on_from_its_checkpoint(jobs, tmp_path):
    arguments = ["rts", "--networks", "fcn", "--seeds", "0", "1", "--folder", str(tmp_path)]
    arguments += ["--jobs", jobs]
    line = [sys.executable, "-m", "stnlib.experiments", *arguments]
    line += ["--record", str(tmp_path / "r.json")]
    process = subprocess.Popen(
        line,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip  (a shell may have had SIGINT ignored)
    checkpoint = tmp_path / "rts-fcn-0-cpu.pt"
    while not checkpoint.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert b"the same command goes on" in errors
    assert b"Traceback" not in errors
    assert checkpoint.exists()
    assert not (tmp_path / "r.json").exists()


# ---- the records in the package


@pytest.mark.parametrize("name", RECORDED)
def test_a_record_is_complete_and_of_the_plans_as_they_stand(name):
    for one in load(name):  # which compares each run with its plan
        assert one["steps"] == one["plan"]["steps"]
        assert one["parameters"] == one["plan"]["parameters"]
        assert "diverged" in one or one["error_step"][-1] == one["steps"]
        assert 0 <= one["error"] <= 100


def other_task(**changes):
    """Change what the task of rts is made from."""
    return lambda old: replace(old, task=replace(old.task, **changes))


def other_plan(steps=540, build=tutorial_network, **options):
    """Change the plan of rts's ``tutorial``: SGD, 1e-2, constant, 540 steps."""
    wanted = {**EXPERIMENTS["rts"].plans["tutorial"].options, **options}
    return lambda old: replace(old, plans={**old.plans, "tutorial": Plan(build, steps, wanted)})


def hinge(scores, labels):
    return torch.nn.functional.multi_margin_loss(scores, labels)


CHANGES = [
    (other_task(distortion=RTS(degrees=5)), "RTS(size=42, degrees=5, scale=(0.7, 1.2))"),
    (other_task(batch=8), "batch=8"),
    (other_task(copies=1), "copies=1"),
    (other_task(size=20), "size=20"),
    (other_task(mnist=True), "mnist=True"),
    (other_task(kind=Told), "kind=Told"),
    (other_plan(optimizer="adam"), "optimizer: recorded SGD, in the plan adam"),
    (other_plan(optimizer=torch.optim.AdamW), "in the plan AdamW"),
    (
        other_plan(optimizer=partial(torch.optim.SGD, momentum=0.9)),
        "optimizer: recorded SGD, in the plan SGD(momentum=0.9)",
    ),
    (other_plan(loss=hinge), "loss: recorded cross_entropy, in the plan hinge"),
    (other_plan(learning_rate=0.02), "learning_rate: recorded 0.01, in the plan 0.02"),
    (other_plan(localisation_rate=0.1), "localisation_rate: recorded None, in the plan 0.1"),
    (other_plan(schedule="cosine"), "schedule: recorded constant, in the plan cosine"),
    (other_plan(warmup=10), "warmup: recorded 0, in the plan 10"),
    (other_plan(steps=541), "steps: recorded 540, in the plan 541"),
    (other_plan(build=partial(tutorial_network, 43)), "build: recorded tutorial_network(size=42)"),
    (other_plan(build=partial(cnn, 42, channels=(12, 24, 27))), "channels=(12, 24, 27)"),
    (lambda old: replace(old, seeds=(0, 1)), "each network with each seed of its plans, got [("),
    (lambda old: replace(old, plans={"fcn": old.plans["fcn"]}), "got [('cnn', 0)"),
    (lambda old: replace(old, watch=False), "watch: recorded True, in the plan False"),
    (lambda old: replace(old, statistics=True), "statistics: recorded False, in the plan True"),
    (lambda old: replace(old, measure=bend.measure_folds), "in the plan measure_folds"),
]


@pytest.mark.parametrize(("change", "message"), CHANGES, ids=[words for _, words in CHANGES])
def test_a_record_of_another_plan_is_refused(change, message, monkeypatch):
    monkeypatch.setitem(EXPERIMENTS, "rts", change(EXPERIMENTS["rts"]))
    with pytest.raises(ValueError, match=f"record: .*{re.escape(message)}"):
        load("rts")


def test_another_default_is_another_plan(monkeypatch):
    monkeypatch.setattr(fcn, "__kwdefaults__", {**fcn.__kwdefaults__, "hidden": (39, 38)})
    with pytest.raises(ValueError, match=r"build: recorded fcn\(size=42, hidden=\(38, 38\)"):
        load("rts")
    monkeypatch.undo()
    monkeypatch.setattr(fit, "__kwdefaults__", {**fit.__kwdefaults__, "warmup": 5})
    with pytest.raises(ValueError, match="warmup: recorded 0, in the plan 5"):
        load("rts")


def test_a_plan_without_a_name_is_refused(small):
    plans = {"fcn": Plan(lambda: fcn(20), 20)}
    with pytest.raises(TypeError, match=r"plan: expected what has a name .*, got .*<lambda>"):
        run(replace(small, plans=plans), "fcn", 0)


def test_every_experiment_has_a_record():
    assert sorted(EXPERIMENTS) == RECORDED


def test_loading_says_what_is_wrong(tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text("[{")
    with pytest.raises(ValueError, match="record: expected a JSON file of runs"):
        load(broken)
    broken.write_text('[{"seed": 1}]')
    with pytest.raises(ValueError, match="record: expected a list of runs"):
        load(broken)


def test_a_record_is_replaced_in_one_step(tmp_path, monkeypatch):
    path = tmp_path / "r.json"
    records.save(path, [{"network": "a", "seed": 0}])
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        records.save(path, [])
    assert load(path) == [{"network": "a", "seed": 0}]
