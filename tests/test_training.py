"""Training: it learns, repeats itself bit for bit, survives kill -9, and says what went wrong."""

import io
import json
import math
import os
import re
import subprocess
import sys
import types
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from stnlib import Similarity, SpatialTransformer
from stnlib.training import History, diagnose, evaluate, fit, misses
from stnlib.training.checkpoint import write
from stnlib.training.checks import check_labels
from stnlib.training.progress import choose

ROOT = Path(__file__).resolve().parents[1]
STEPS = 100


class Net(nn.Module):
    """A small classifier with all that a checkpoint must hold: dropout, statistics, two rates.

    Its "transformer" stands behind another layer, and shifts what it reads by its theta.
    """

    def __init__(self):
        super().__init__()
        self.first = nn.BatchNorm2d(1)
        self.shift = Shift()
        self.last = nn.Sequential(nn.Flatten(), nn.Dropout(0.3), nn.Linear(16, 3))

    def forward(self, images):
        return self.last(self.shift(self.first(images)))


class Shift(nn.Module):
    def __init__(self):
        super().__init__()
        self.localisation = nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.Linear(8, 2))

    def theta(self, images):
        return self.localisation(images)

    def forward(self, images):
        return images + self.theta(images).sum(1)[:, None, None, None]


def new_net(seed=7):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Net()


PATTERNS = torch.rand(3, 1, 4, 4, generator=torch.Generator().manual_seed(1))


def batches(generator, batch=8):
    labels = torch.randint(3, (batch,), generator=generator)
    return PATTERNS[labels] + 0.3 * torch.randn(batch, 1, 4, 4, generator=generator), labels


TEST = batches(torch.Generator().manual_seed(99), 64)
OPTIONS = {
    "steps": STEPS, "learning_rate": 0.01, "localisation_rate": 0.003, "probe": TEST[0][:2],
    "record_every": 5, "test": TEST, "evaluate_every": 10, "checkpoint_every": 1,
    "progress": "none", "seed": 3,
}  # fmt: skip


def train(**options):
    model = new_net()
    return model, fit(model, batches, **OPTIONS | options)


CLOCKS = ("seconds", "cpu_seconds")


def assert_same_run(first, second):
    """The same weights and statistics, and the same history but for the clock, bit for bit."""
    (model, history), (other, another) = first, second
    for name, value in model.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name
    expected = another.to_dict() | {name: getattr(history, name) for name in CLOCKS}
    assert history.to_dict() == expected
    for name in CLOCKS:
        spent = getattr(history, name)
        assert len(spent) == len(getattr(another, name))
        assert spent == sorted(spent)


@pytest.fixture(scope="module")
def undisturbed():
    return train()


def test_it_learns(undisturbed):
    model, history = undisturbed
    before = evaluate(new_net(), *TEST)
    assert before > 40
    assert evaluate(model, *TEST) == history.error[-1] < 10
    assert sum(history.loss[-10:]) < 0.5 * sum(history.loss[:10])


def test_the_history_is_complete(undisturbed):
    _, history = undisturbed
    lists = history.to_dict()
    per_step = ("loss", *CLOCKS, "gradient", "gradient_localisation")
    assert {len(lists[name]) for name in per_step} == {STEPS}
    assert history.error_step == list(range(10, STEPS + 1, 10))
    assert history.theta_step == list(range(0, STEPS + 1, 5))
    assert torch.tensor(history.theta).shape == (21, 2, 2)
    assert len(history.error) == 10
    assert min(history.gradient) > 0
    assert min(history.gradient_localisation) > 0


def test_the_last_step_is_always_recorded():
    _, history = train(steps=7, evaluate_every=5, record_every=4)
    assert history.error_step == [5, 7]
    assert history.theta_step == [0, 4, 7]


def test_theta_is_that_of_the_probe_where_the_transformer_stands():
    model, history = train(steps=6, record_every=6)
    model.eval()
    expected = model.shift.theta(model.first(OPTIONS["probe"]))
    torch.testing.assert_close(torch.tensor(history.theta[-1]), expected)
    start = new_net().eval()
    torch.testing.assert_close(
        torch.tensor(history.theta[0]), start.shift.theta(start.first(OPTIONS["probe"]))
    )
    plain = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
    history = fit(plain, batches, steps=2, probe=TEST[0], progress="none")
    assert history.theta == history.theta_step == history.gradient_localisation == []


def test_outputs_of_no_class_are_refused():
    with pytest.raises(
        ValueError, match=r"model: expected outputs of shape \(5, classes\), got a "
    ):
        check_labels(torch.zeros(5, 0), torch.zeros(5))


def test_what_is_read_and_how_outputs_differ_are_those_of_the_probe():
    model, history = train(steps=6, record_every=6)
    model.eval()
    with torch.no_grad():
        features = model.first(OPTIONS["probe"])
        read, outputs = model.shift(features), model(OPTIONS["probe"])
    expected = read.abs().flatten(1).max(1).values
    torch.testing.assert_close(torch.tensor(history.read[-1]), expected)
    apart = (read.amax((2, 3)) - read.amin((2, 3))).max(1).values
    torch.testing.assert_close(torch.tensor(history.contrast[-1]), apart)
    assert history.spread[-1] == pytest.approx(outputs.std(0).mean().item(), rel=1e-5)
    assert len(history.read) == len(history.spread) == len(history.theta_step)


@pytest.mark.parametrize("end", [lambda x: x[:, 0], lambda x: x.relu().log(), lambda x: x.half()])
def test_whatever_a_model_gives_can_be_recorded(end):
    class Ends(Net):
        def forward(self, images):
            scores = super().forward(images)
            return scores if self.training else end(scores)

    history = fit(Ends(), batches, steps=4, probe=TEST[0], record_every=2, progress="none")
    assert len(history.spread) == len(history.read) == 3
    assert torch.tensor(history.spread).isfinite().all()
    diagnose(history)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(
    ("conv", "layout", "sides"),
    [(nn.Conv2d, torch.channels_last, (4, 4)), (nn.Conv3d, torch.channels_last_3d, (4, 4, 4))],
)
def test_kernels_are_laid_out_for_speed_and_say_the_same(conv, layout, sides, channels):
    model = nn.Sequential(conv(channels, 3, 3), nn.Flatten(), nn.Linear(3 * 2 ** len(sides), 3))
    before = {n: w.clone() for n, w in model.state_dict().items()}
    image = torch.rand(5, channels, *sides)
    expected = model(image)
    fit(model, lambda _: (image, torch.arange(5) % 3), steps=1, learning_rate=1e-30)
    assert model[0](image).is_contiguous(memory_format=layout)
    assert all(torch.equal(w, before[n]) for n, w in model.state_dict().items())
    torch.testing.assert_close(model(image), expected)


def test_recording_and_evaluating_do_not_change_the_training(undisturbed):
    model, _ = train(probe=None, test=None)
    for name, value in model.state_dict().items():
        assert torch.equal(value, undisturbed[0].state_dict()[name]), name


def test_one_step_is_the_step_that_adam_takes():
    model, reference = new_net(), new_net()
    history = fit(model, batches, steps=1, learning_rate=0.1, localisation_rate=0.01, seed=3,
                  progress="none")  # fmt: skip
    local = [w for name, w in reference.named_parameters() if ".localisation." in name]
    rest = [w for name, w in reference.named_parameters() if ".localisation." not in name]
    optimizer = torch.optim.Adam([{"params": rest, "lr": 0.1}, {"params": local, "lr": 0.01}])
    with torch.random.fork_rng():
        torch.manual_seed(3)
        images, labels = batches(torch.Generator().manual_seed(3))
        loss = nn.functional.cross_entropy(reference(images), labels)
    loss.backward()
    optimizer.step()
    for value, expected in zip(model.parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(value, expected)
    assert history.loss == [loss.item()]
    for weights, seen in ((rest, history.gradient), (local, history.gradient_localisation)):
        expected = torch.cat([w.grad.flatten() for w in weights]).norm().item()
        assert seen == [pytest.approx(expected, rel=1e-5)]


@pytest.mark.parametrize("warmup", [0, 3])
@pytest.mark.parametrize("schedule", ["cosine", "constant"])
def test_the_schedule_and_both_rates(schedule, warmup):
    rates = []

    class Watched(torch.optim.SGD):
        def step(self):
            rates.append([group["lr"] for group in self.param_groups])
            super().step()

    train(steps=8, optimizer=Watched, schedule=schedule, warmup=warmup, learning_rate=0.2)
    share = [(1 + math.cos(math.pi * i / 8)) / 2 if schedule == "cosine" else 1 for i in range(8)]
    if warmup:
        share[:3] = [quarters * s / 4 for quarters, s in zip((1, 2, 3), share, strict=False)]
    assert [rest for rest, _ in rates] == pytest.approx([0.2 * s for s in share])
    assert [local for _, local in rates] == pytest.approx([0.003 * s for s in share])


def test_the_callers_random_numbers_and_modes_are_left_alone():
    model = new_net().eval()
    model.first.train()
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    fit(model, batches, **OPTIONS | {"steps": 3})
    assert torch.equal(torch.rand(3), expected)
    assert [model.training, model.first.training, model.shift.training] == [False, True, False]


def test_frozen_weights_stay():
    model = new_net()
    model.last[2].weight.requires_grad_(False)
    before = model.last[2].weight.clone()
    fit(model, batches, steps=3, progress="none")
    assert torch.equal(model.last[2].weight, before)


KILLER = """
import os, random, runpy, signal, sys, time
tests, checkpoint, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
made = runpy.run_path(tests)
draw, steps_seen = random.Random(0), []
made["train"](steps=1)  # what torch imports late is imported before the runs are forked

for kill in range(kills):
    (heard, told), (taken, given) = os.pipe(), os.pipe()

    def led(generator):  # says that it draws a batch, and waits until it may
        os.write(told, b".")
        os.read(taken, 1)
        return made["batches"](generator)

    child = os.fork()
    if child == 0:
        made["fit"](made["new_net"](), led, **made["OPTIONS"], checkpoint=checkpoint)
        os._exit(0)
    os.close(told)
    if kill % 4:  # in the last of a few steps; else while it starts and reads the checkpoint
        for _ in range(draw.randint(3, 6)):  # the first batch is for the checkpoint's check
            assert os.read(heard, 1) == b"."
            os.write(given, b".")
    time.sleep(draw.uniform(0, 0.015))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, status
    found = made["torch"].load(checkpoint) if os.path.exists(checkpoint) else None
    steps_seen.append(len(found["history"]["loss"]) if found else 0)
print(*steps_seen)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the test starts its victims with fork")
def test_a_run_killed_again_and_again_ends_with_the_same_weights(tmp_path, undisturbed):
    """A process of its own forks the runs, each is killed by SIGKILL somewhere, the next resumes.

    Each step writes a checkpoint, so that many are killed while writing. The last run is finished
    here, in another process than those that were killed.
    """
    script = tmp_path / "killer.py"
    script.write_text(KILLER)
    checkpoint = tmp_path / "run.pt"
    result = subprocess.run(
        [sys.executable, script, __file__, checkpoint, "16"],
        capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    steps = [int(word) for word in result.stdout.split()]
    assert len(steps) == 16
    assert steps == sorted(steps)
    for kill, (before, after) in enumerate(pairwise([0, *steps])):
        least, most = (1, 5) if kill % 4 else (0, 0)  # whatever the machine is busy with
        assert least <= after - before <= most
    assert_same_run(train(checkpoint=checkpoint), undisturbed)


def interrupted(path, **options):
    """A run cut off in the batch of step 31, after the checkpoint of step 30; it draws one more."""
    drawn = []

    def cut(generator):
        drawn.append(1)
        if len(drawn) == 32:
            raise KeyboardInterrupt
        return batches(generator)

    with pytest.raises(KeyboardInterrupt):
        fit(new_net(), cut, **OPTIONS | {"checkpoint_every": 10, "checkpoint": path} | options)


def test_a_resumed_run_is_the_same_and_a_finished_one_is_not_run_again(tmp_path, undisturbed):
    path = tmp_path / "run.pt"
    interrupted(path)
    resumed = train(checkpoint=path)
    assert_same_run(resumed, undisturbed)
    model, drawn = new_net(), []

    def counted(generator):
        drawn.append(1)
        return batches(generator)

    history = fit(model, counted, **OPTIONS, checkpoint=path)
    assert_same_run((model, history), resumed)
    assert len(drawn) == 1  # to see that the data are the same
    assert os.listdir(tmp_path) == ["run.pt"]


@pytest.mark.parametrize("moment", ["in the middle of writing", "before the rename"])
def test_a_checkpoint_is_written_whole_or_not_at_all(tmp_path, monkeypatch, undisturbed, moment):
    path = tmp_path / "run.pt"
    interrupted(path)
    content = path.read_bytes()

    def stop(*names):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, {"before the rename": "replace"}.get(moment, "fsync"), stop)
        with pytest.raises(KeyboardInterrupt):
            train(checkpoint=path)
    assert path.read_bytes() == content
    assert_same_run(train(checkpoint=path), undisturbed)
    assert os.listdir(tmp_path) == ["run.pt"]


def test_a_checkpoint_reaches_the_disk_before_it_replaces_the_old_one(tmp_path, monkeypatch):
    calls = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda *a, real=real, name=name: (calls.append(name), real(*a))[1]
        )
    write(tmp_path / "a.pt", {}, {})
    assert calls[:2] == ["fsync", "replace"]


OTHERS = [
    ({"steps": 60}, "with steps 100, and this one has 60"),
    ({"learning_rate": 0.02}, "with learning_rate 0.01, and this one has 0.02"),
    ({"localisation_rate": None}, "with localisation_rate 0.003, and this one has 0.01"),
    ({"schedule": "constant"}, "with schedule cosine, and this one has constant"),
    ({"warmup": 5}, "with warmup 0, and this one has 5"),
    ({"seed": 4}, "with seed 3, and this one has 4"),
    ({"optimizer": torch.optim.SGD}, "with optimizer Adam, and this one has SGD"),
    ({"loss": nn.MultiMarginLoss()}, "with loss cross_entropy, and this one has MultiMarginLoss"),
    ({"loss": partial(cross_entropy, label_smoothing=0.1)}, "has cross_entropy of () {'label_sm"),
    ({"record_every": 6}, "with record_every 5, and this one has 6"),
    ({"test": None}, "with test [64, 1, 4, 4], and this one has None"),
    ({"seed": 4, "steps": 60}, "with steps 100, and this one has 60"),
]


def test_other_settings_are_refused_and_the_first_is_named(tmp_path):
    path = tmp_path / "run.pt"
    interrupted(path)
    for options, message in OTHERS:
        with pytest.raises(ValueError, match=re.escape(message)):
            train(**{"checkpoint": path, **options})
    interrupted(tmp_path / "one.pt", localisation_rate=None)
    other = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
    options = OPTIONS | {"localisation_rate": None, "checkpoint": tmp_path / "one.pt"}
    with pytest.raises(ValueError, match="with model Net, and this one has Sequential"):
        fit(other, batches, **options)


def test_what_is_no_checkpoint_is_refused(tmp_path):
    for name, content in (("text", b"hello"), ("empty", b"")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ValueError, match="expected a file that fit wrote, got .*" + name):
            train(checkpoint=path)
    torch.save({"weights": torch.zeros(2)}, tmp_path / "other.pt")
    with pytest.raises(ValueError, match=r"expected a file that fit wrote, got .*other\.pt"):
        train(checkpoint=tmp_path / "other.pt")


def test_a_loss_that_is_not_finite_stops_with_advice_and_a_good_checkpoint(tmp_path):
    path, drawn = tmp_path / "run.pt", []

    def poisoned(generator):
        drawn.append(1)
        images, labels = batches(generator)
        return (images * math.nan if len(drawn) == 26 else images), labels

    model = new_net()
    with pytest.raises(FloatingPointError) as caught:
        fit(model, poisoned, **OPTIONS | {"checkpoint_every": 10, "checkpoint": path})
    message = str(caught.value)
    assert message.startswith("step 25 of 100: the loss is nan; the batch holds numbers that are ")
    assert message.endswith(f"the checkpoint of step 20 is good: {path}")
    assert all(weight.isfinite().all() for weight in model.parameters())
    content = torch.load(path)
    assert len(content["history"]["loss"]) == 20
    assert all(value.isfinite().all() for value in content["model"].values())


def test_a_gradient_or_a_weight_that_is_not_finite_stops_too(tmp_path):
    class Sharp(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))

        def forward(self, images):
            return torch.stack([self.weight.abs().sqrt().sum() * images.sum((1, 2, 3))] * 3, 1)

    model = Sharp()
    advice = r"step 1 of 9: the gradient is nan; try a lower learning_rate \(now 0\.002\), local"
    with pytest.raises(FloatingPointError, match=advice):
        fit(model, batches, steps=9, progress="none")
    assert model.weight.item() == 0
    with pytest.raises(FloatingPointError, match="step 1 of 9: the length of the weights is"):
        fit(new_net(), batches, steps=9, learning_rate=1e38, optimizer=torch.optim.SGD,
            checkpoint=tmp_path / "run.pt", checkpoint_every=1, progress="none")  # fmt: skip
    assert os.listdir(tmp_path) == []


def test_evaluate_counts_the_wrong_ones_and_leaves_the_model_as_it_was():
    model = nn.Sequential(nn.Flatten(), nn.Dropout(0.9))  # the answer is the brightest pixel
    images = torch.zeros(10, 1, 2, 2)
    images.reshape(10, 4)[torch.arange(10), torch.arange(10) % 4] = 1
    labels = torch.arange(10) % 4
    labels[:3] = 3
    model.train()
    model[0].eval()
    for batch_size in (1, 3, 10, 256):
        assert evaluate(model, images, labels, batch_size=batch_size) == pytest.approx(30)
    assert [model.training, model[0].training, model[1].training] == [True, False, True]
    assert type(evaluate(model, images, labels)) is float


def test_evaluate_counts_a_tie_as_wrong_and_refuses_nan():
    pixels = nn.Flatten()  # the answer is the brightest pixel
    images, zeros = torch.zeros(4, 1, 1, 3), torch.zeros(4).long()
    assert evaluate(pixels, images, zeros) == 100
    images[0, :, :, 0], images[1, :, :, :2], images[2, :, :, 2] = 1, 1, -torch.inf
    assert evaluate(pixels, images, zeros) == 75
    assert evaluate(pixels, images[:, :, :, :1], zeros) == 0  # of one class only
    for place in range(3):
        with pytest.raises(FloatingPointError, match="model: expected numbers as outputs, got nan"):
            evaluate(pixels, torch.where(torch.arange(3) == place, torch.nan, images), zeros)
    images[0, :, :, 0], images[1, :, :, 0] = torch.inf, 2
    assert evaluate(pixels, images, zeros.float()) == evaluate(pixels, images, zeros.byte()) == 50


@pytest.mark.parametrize("loss", [cross_entropy, nn.CrossEntropyLoss()])
def test_labels_that_are_to_be_left_out_are(loss):
    def masked(generator):
        images, labels = batches(generator)
        return images, torch.where(torch.arange(8) < 4, labels, -100)

    def half(generator):
        images, labels = batches(generator)
        return images[:4], labels[:4]

    plain, other = (nn.Sequential(nn.Flatten(), nn.Linear(16, 3)) for _ in range(2))
    other.load_state_dict(plain.state_dict())
    options = {"steps": 1, "progress": "none", "loss": loss}
    first, second = fit(plain, masked, **options), fit(other, half, **options)
    assert first.loss == pytest.approx(second.loss)


def test_of_several_labels_all_must_be_right():
    scores = torch.zeros(4, 3, 2)  # four pictures, three classes, two labels
    scores[:, 1] = 1.0
    model, pictures = (
        nn.Sequential(nn.Flatten(), nn.Unflatten(1, (3, 2))),
        scores.reshape(4, 1, 2, 3),
    )
    labels = torch.tensor([[1, 1], [1, 0], [2, 1], [0, 0]])
    assert misses(model, pictures, labels).tolist() == [False, True, True, True]
    assert evaluate(model, pictures, labels) == 75.0


def test_evaluate_draws_no_graph():
    seen = []

    class Spy(nn.Module):
        def forward(self, images):
            seen.append(torch.is_grad_enabled())
            return images.flatten(1)

    evaluate(Spy(), torch.zeros(2, 1, 1, 3), torch.tensor([0, 1]))
    assert seen == [False]


def test_the_history_survives_json_and_shows_no_time(undisturbed):
    history = undisturbed[1]
    again = History.from_dict(json.loads(json.dumps(history.to_dict())))
    assert again == history
    assert re.fullmatch(r"History\(100 steps, loss \d\.\d{3}, error \d\.\d\d %\)", repr(history))
    assert repr(History()) == "History(0 steps, loss 0.000)"
    shown = repr(History(loss=[1.0, 2.0], seconds=[3.3, 9.9]))
    assert shown == "History(2 steps, loss 1.500)"


def test_lines_hold_no_measured_time_and_nothing_goes_to_stderr(capfd):
    train(steps=20, progress="auto")  # stdout is no terminal here
    first = capfd.readouterr()
    train(steps=20, progress="lines")
    assert capfd.readouterr() == first
    assert first.err == ""
    lines = first.out.splitlines()
    assert len(lines) == 10
    for step, line in zip(range(2, 21, 2), lines, strict=True):
        assert re.fullmatch(rf"step {step} of 20, loss \d\.\d\d\d", line)


def test_a_resumed_run_says_so_and_none_says_nothing(tmp_path, capfd):
    interrupted(tmp_path / "run.pt")
    assert capfd.readouterr() == ("", "")
    train(checkpoint=tmp_path / "run.pt", progress="lines")
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == "resumed after step 30 of 100"
    assert len(lines) == 8


class Stream(io.StringIO):
    """A stdout that is a terminal, or one of a kernel."""

    def __init__(self, terminal):
        super().__init__()
        self.terminal = terminal

    def isatty(self):
        return self.terminal


KernelStream = type("OutStream", (Stream,), {"__module__": "ipykernel.iostream"})


@pytest.mark.parametrize(
    ("stream", "session", "expected"),
    [
        (Stream(True), None, "bar"),
        (Stream(False), None, "lines"),
        (Stream(False), "a.ipynb", "lines"),
        (KernelStream(False), "a.ipynb", "bar"),
        (KernelStream(False), None, "lines"),
    ],
)
def test_a_bar_where_one_can_live(monkeypatch, stream, session, expected):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    if session:
        monkeypatch.setenv("JPY_SESSION_NAME", session)
    assert choose("auto") == expected


def test_a_process_without_stdout_trains_in_silence(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert choose("auto") == "lines"
    assert len(train(steps=2, progress="auto")[1].loss) == 2


def test_a_stdout_that_is_closed_or_cannot_say_what_it_is_stops_no_training(monkeypatch):
    written = []
    plain = types.SimpleNamespace(write=written.append, flush=lambda: None)
    monkeypatch.setattr(sys, "stdout", plain)
    assert len(train(steps=2, progress="auto")[1].loss) == 2
    assert "step 2 of 2" in "".join(written)
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    assert len(train(steps=2, progress="auto")[1].loss) == 2


@pytest.mark.parametrize(("used", "records"), [(True, 2), (False, 0)])
def test_a_transformer_called_by_keyword_is_recorded_and_an_idle_one_is_not(used, records):
    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            look = nn.Sequential(nn.Flatten(), nn.Linear(16, 4))
            self.read = SpatialTransformer(look, Similarity())
            self.classify = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))

        def forward(self, images):
            return self.classify(self.read(image=images) if used else images)

    images, labels = torch.rand(5, 1, 4, 4), torch.arange(5) % 3
    history = fit(Named(), lambda _: (images, labels), steps=2, probe=images[:2], progress="none")
    assert history.theta_step == [0, 2][:records]
    assert len(history.theta) == records


def test_the_bar_is_on_stdout(monkeypatch, capsys):
    pytest.importorskip("tqdm")
    stream = Stream(True)
    monkeypatch.setattr(sys, "stdout", stream)
    train(steps=20, progress="bar")
    assert "20/20" in stream.getvalue()
    assert "loss" in stream.getvalue()
    assert capsys.readouterr().err == ""


def test_without_tqdm_auto_falls_back_to_lines_and_bar_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys, "stdout", Stream(True))
    assert choose("auto") == "lines"
    with pytest.raises(ImportError, match='progress="bar" needs tqdm'):
        train(steps=2, progress="bar")


def test_a_device_that_is_not_there():
    for device in ("cuda:77", "mps:5", "toaster"):
        message = f"device: '{device}' was asked for, and torch .* finds no such device here"
        with pytest.raises(RuntimeError, match=message):
            train(device=device)
        with pytest.raises(RuntimeError, match=message):
            evaluate(new_net(), *TEST, device=device)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_cuda():
    model, history = train(device="cuda")
    assert next(model.parameters()).is_cuda
    assert history.error[-1] < 10


@pytest.mark.parametrize("dtype", [torch.uint8, torch.uint16, torch.uint32, torch.uint64])
def test_labels_of_every_width_count_alike(dtype):
    """torch neither fills unsigned tensors nor compares them with int64."""
    pictures, labels = torch.rand(9, 1, 4, 4), torch.arange(9) % 3
    runs = []
    for some in (labels, labels.to(dtype)):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
        history = fit(model, lambda _, some=some: (pictures, some), steps=2, progress="none")
        runs.append((history.loss, evaluate(model, pictures, some, batch_size=10**30)))
    assert runs[0] == runs[1]
    with pytest.raises(ValueError, match="labels: expected whole numbers from 0 to 2, got 3"):
        evaluate(model, pictures, (labels + 1).to(dtype))
