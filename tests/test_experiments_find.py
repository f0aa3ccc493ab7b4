"""The window that finds digits without labels: the task, the loss, the windows, the judge."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from stnlib import sample
from stnlib.digits import load_split
from stnlib.experiments import EXPERIMENTS, TaskPlan, load, run, search
from stnlib.experiments.catalogue import find
from stnlib.experiments.hidden import Hidden, HiddenOnce, Hide, overlap_of_boxes
from stnlib.experiments.localise import (
    CANVAS,
    WINDOW,
    Finder,
    FreeWindow,
    LooseWindow,
    Window,
    anywhere,
    box_of,
    measure_boxes,
    noisy_pixels,
    noisy_unit_pixels,
    pixels,
    triplet_hinge,
    unit_pixels,
)
from stnlib.training import evaluate, fit, misses

TRAIN, _, TEST = load_split(28, glyph=28)
PLAN = TaskPlan(Hide(4, 16), glyph=28, kind=Hidden, batch=16, copies=2)


def draw(plan, seed=0):
    return plan("cpu")(torch.Generator().manual_seed(seed))


def cut(images, boxes):
    """The pixels of whole boxes."""
    pairs = zip(images, boxes.long().tolist(), strict=True)
    return torch.stack([one[:, top:low, left:right] for one, (left, top, right, low) in pairs])


# ---- the task


def test_a_hidden_digit_is_whole_and_its_box_says_where():
    task = replace(PLAN, distortion=Hide(4))("cpu")
    images, boxes = task.test
    mine = TEST.images[TEST.labels == 4]
    assert images.shape == (2 * len(mine), 1, CANVAS, CANVAS)
    assert torch.equal(cut(images, boxes), mine.repeat(2, 1, 1, 1))
    assert_close(images.sum((1, 2, 3)), mine.repeat(2, 1, 1, 1).sum((1, 2, 3)))
    assert boxes.amin() >= 0
    assert boxes.amax() <= CANVAS
    assert len(boxes.unique(dim=0)) > 90


def test_places_are_spread_over_the_whole_canvas():
    images = torch.rand(1, 1, 28, 28).expand(4000, 1, 28, 28)
    made = Hide(0)(images, images, generator=torch.Generator().manual_seed(1))
    counts = made.theta[:, :2].long().flatten().bincount()
    assert len(counts) == CANVAS - 28 + 1
    assert counts.min() > 0.5 * counts.float().mean()


def test_scraps_are_of_other_digits_and_keep_the_brighter():
    clean, cluttered = (replace(PLAN, distortion=Hide(4, n))("cpu") for n in (0, 16))
    images, boxes = cluttered.test
    mine = TEST.images[TEST.labels == 4].repeat(2, 1, 1, 1)
    assert (cut(images, boxes) >= mine).all()
    more = [(one != 0).sum().item() for one in (clean.test[0], images)]
    assert more[1] > 1.3 * more[0]
    others = TEST.images[TEST.labels != 4]
    assert torch.equal(cluttered.others, TRAIN.images[TRAIN.labels != 4])
    lone = Hide(4, 1)(mine[:30] * 0, others, generator=torch.Generator().manual_seed(0)).images
    values = others.unique()
    for one in lone:
        rows, columns = (one[0] != 0).any(1).nonzero(), (one[0] != 0).any(0).nonzero()
        if len(rows):
            assert rows[-1] - rows[0] < 6
            assert columns[-1] - columns[0] < 6
            assert torch.isin(one, values).all()


def test_batches_tell_the_class_and_no_place():
    images, labels = draw(PLAN)
    assert images.shape == (16, 1, CANVAS, CANVAS)
    assert labels.tolist() == [4] * 16
    assert torch.equal(draw(PLAN)[0], images)
    assert not torch.equal(draw(PLAN, 1)[0], images)


def test_pictures_hidden_once_are_those_that_are_judged():
    task = replace(PLAN, kind=HiddenOnce)("cpu")
    assert len(task.test[0]) == (TRAIN.labels == 4).sum()
    seen = {image.numpy().tobytes() for s in range(30) for image in draw_from(task, s)}
    assert seen == {image.numpy().tobytes() for image in task.test[0]}
    assert len(seen) == len(task.test[0])


def draw_from(task, seed):
    return task(torch.Generator().manual_seed(seed))[0]


def test_iou_of_boxes_is_that_of_their_pixels():
    generator = torch.Generator().manual_seed(0)
    low = torch.randint(0, 10, (50, 2, 2), generator=generator)
    boxes = torch.cat((low, low + torch.randint(1, 10, (50, 2, 2), generator=generator)), dim=2)
    for one, two in boxes:
        masks = torch.zeros(2, 20, 20, dtype=torch.bool)
        for mask, (left, top, right, bottom) in zip(masks, (one, two), strict=True):
            mask[top:bottom, left:right] = True
        wanted = (masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum()
        found = overlap_of_boxes(one[None].float(), two[None].float())
        assert_close(found[0], wanted)
    half = torch.tensor([[0.0, 0, 2, 1]])
    assert Hidden.judge(half, torch.tensor([[0.0, 0, 1, 1]])).tolist() == [True]  # ½ is too little
    assert Hidden.judge(half, torch.tensor([[0.0, 0, 1.1, 1]])).tolist() == [False]


# ---- the windows


def test_a_window_stays_on_the_canvas_and_keeps_its_size():
    theta = torch.tensor([[0.0, 0], [50, -50], [0.3, 1]])
    boxes = box_of(Window().matrix(theta))
    assert_close(boxes[:2], torch.tensor([[28.0, 28, 56, 56], [56, 0, 84, 28]]))
    assert_close(boxes[:, 2:] - boxes[:, :2], torch.full((3, 2), 28.0))
    loose = box_of(LooseWindow().matrix(theta[:2]))
    assert loose[1].tolist() == [42 + 50 * 42 - 14, 42 - 50 * 42 - 14, 42 + 50 * 42 + 14,
                                 42 - 50 * 42 + 14]  # fmt: skip
    free = FreeWindow().matrix(torch.tensor([[0.0, 0, 0], [0, 0, 0.5]]))
    assert_close(free[0], Window().matrix(torch.zeros(1, 2))[0])
    side = box_of(free)[1, 2] - box_of(free)[1, 0]
    assert side.item() == pytest.approx(28 * math.exp(0.5))
    with pytest.raises(NotImplementedError, match="compose"):
        Window().compose(theta, theta)


def test_a_window_at_whole_pixels_reads_these_pixels():
    image = torch.rand(3, 1, CANVAS, CANVAS)
    shift = torch.tensor([[0.0, 0], [-28, 14], [5, -11]]) / 42
    read = sample(image, LooseWindow().grid(shift, WINDOW))
    assert_close(read, cut(image, box_of(LooseWindow().matrix(shift)).round()))


def test_random_crops_come_from_everywhere_and_stay_inside():
    place = torch.arange(84.0).expand(1, 1, CANVAS, CANVAS).expand(2000, -1, -1, -1)
    left = anywhere(place)[:, 0, 0, 0]  # the picture says where it was read
    assert left.min() >= 0
    assert left.max() <= CANVAS - WINDOW
    counts = torch.histc(left, bins=7, min=0, max=56)
    assert counts.min() > 0.7 * counts.mean()


# ---- the loss and the codes


def test_the_loss_is_that_of_the_appendix():
    codes = torch.randn(6, 2, 9, generator=torch.Generator().manual_seed(0))
    e, r = codes.unbind(1)
    terms = [
        max(0.0, ((e[n] - e[m]).square().sum() - (e[n] - r[n]).square().sum() + margin).item())
        for margin in (1.0,)
        for n in range(6)
        for m in range(6)
        if n != m
    ]
    assert 0 in terms
    assert_close(triplet_hinge(codes, None), torch.tensor(terms).mean())
    assert triplet_hinge(codes, None, margin=1e3) > 900


def test_codes_do_what_their_names_say():
    crops = torch.rand(4, 1, 28, 28)
    assert torch.equal(pixels(crops), crops.flatten(1))
    assert_close(unit_pixels(crops).norm(dim=1), torch.ones(4))
    assert_close(unit_pixels(3 * crops), unit_pixels(crops))
    assert unit_pixels(0 * crops).abs().max() == 0
    empty = noisy_unit_pixels(torch.zeros(200, 1, 28, 28))
    assert_close(empty.norm(dim=1), torch.ones(200))
    apart = torch.pdist(empty).square()
    assert abs(apart.mean() - 2) < 0.02
    assert abs(noisy_pixels(torch.zeros(99, 1, 28, 28)).std() - 0.5) < 0.01


def test_a_finder_gives_codes_while_it_learns_and_boxes_afterwards():
    images, _ = draw(PLAN)
    finder = Finder(Window(), pixels)
    codes = finder.train()(images)
    assert codes.shape == (16, 2, WINDOW**2)
    assert_close(codes[:, 0], images[:, :, 28:56, 28:56].flatten(1))
    assert not torch.equal(codes[:, 1], finder(images)[:, 1])  # another random crop
    assert_close(finder.eval()(images), torch.tensor([[28.0, 28, 56, 56]]).expand(16, 4))


class Knows(nn.Linear):
    """A localisation network that knows the answers of the test pictures."""

    def __init__(self, theta):
        super().__init__(1, 2)
        self.known, self.seen = theta, 0

    def forward(self, image):
        start, self.seen = self.seen % len(self.known), self.seen % len(self.known) + len(image)
        return self.known[start : self.seen]


def test_windows_on_the_digits_are_found_and_one_common_offset_is_told():
    task = PLAN("cpu")
    middles = task.test[1].unflatten(1, (2, 2)).mean(1)
    finder = Finder(LooseWindow(), pixels)

    def told(right, down):
        theta = (middles + torch.tensor([right, down])) / 42 - 1
        finder.transformer.localisation = Knows(theta)
        error = evaluate(finder, *task.test, judge=task.judge)
        return error, measure_boxes(finder, task)

    error, found = told(0.0, 0.0)
    assert error == 0
    assert found["iou"] == pytest.approx(1, abs=1e-3)
    error, found = told(12.0, -3.0)
    assert error == 100
    assert found["offset"] == pytest.approx([12, -3], abs=0.02)
    assert found["apart"] == pytest.approx(0, abs=0.02)
    assert found["side"] == pytest.approx(28, abs=0.01)
    assert found["shifted"] == 100


def test_training_finds_more_than_chance():
    task = replace(PLAN, distortion=Hide(1), batch=48)("cpu")
    torch.manual_seed(0)
    finder = Finder(Window(), noisy_unit_pixels)
    options = {"judge": task.judge, "loss": triplet_hinge, "progress": "none"}
    history = fit(finder, task, steps=150, learning_rate=4e-3, test=task.test, **options)
    assert history.error[-1] < 60
    assert history.error[-1] == evaluate(finder, *task.test, judge=task.judge)


# ---- the judge


def test_a_judge_says_what_is_missed():
    pictures, labels = torch.rand(10, 1, 4, 4), torch.arange(10.0)[:, None]
    model = nn.Sequential(nn.Flatten(), nn.Linear(16, 1))
    seen = []

    def far(outputs, truth):
        seen.append(len(truth))
        assert not model.training
        return (truth[:, 0] + 0 * outputs[:, 0]) > 6

    told = misses(model, pictures, labels, judge=far, batch_size=4)
    assert told.tolist() == [False] * 7 + [True] * 3
    assert seen == [4, 4, 2]
    assert evaluate(model, pictures, labels, judge=far) == pytest.approx(30)


def test_a_checkpoint_remembers_its_judge(tmp_path):
    task = replace(PLAN, batch=4)("cpu")
    given = {"steps": 4, "loss": triplet_hinge, "test": task.test, "progress": "none",
             "checkpoint": tmp_path / "run.pt"}  # fmt: skip
    fit(Finder(Window(), pixels), task, judge=task.judge, **given)
    with pytest.raises(ValueError, match=r"with judge Hidden\.judge, and this one has _all"):
        fit(Finder(Window(), pixels), task, judge=_all, **given)


def _all(outputs, labels):
    return torch.ones(len(labels), dtype=torch.bool)


def test_a_recorded_run_counts_by_the_judge_of_its_task():
    experiment = EXPERIMENTS["find"]
    name = "4: 16 scraps"
    short = replace(experiment, plans={name: replace(experiment.plans[name], steps=20)})
    kept, finder = run(short, name, 0)
    task = short.plans[name].task("cpu")
    missed = misses(finder, *task.test, judge=task.judge)
    assert kept["error"] == pytest.approx(100 * missed.float().mean().item())
    assert sum(int(n) for n in kept["misses"]) == missed.sum()
    assert len(kept["theta"][0]) == 8
    assert "judge" not in kept["plan"]


# ---- the plans


def of_kind(trial):
    """A trial's name with the kind of its network alone: one rate for all tasks of the window."""
    network, *rest = trial.rsplit(", ", 2)
    return ", ".join((find.kind_of(network), *rest))


def test_rates_are_those_that_the_search_chooses():
    runs = load("search_find")
    for name, rate in find.RATES_FIND.items():
        same = [one | {"network": of_kind(one["network"])} for one in runs]
        assert search.best(same, name) == (rate, find.STEPS // 2), name
    for name in ("find", "find_once", "find_failures"):
        for network, plan in EXPERIMENTS[name].plans.items():
            assert plan.options["learning_rate"] == find.RATES_FIND[find.kind_of(network)]
            assert plan.steps == find.STEPS
            assert not plan.task.validation


def test_each_failure_is_changed_in_one_thing():
    for name, plan in EXPERIMENTS["find_failures"].plans.items():
        condition = "16 scraps" if "scraps" in name else "alone"
        normal = EXPERIMENTS["find"].plans[f"{name[0]}: {condition}"]
        assert plan.task == normal.task
        pairs = zip(plan.build.args, normal.build.args, strict=True)
        same = [repr(one) == repr(other) for one, other in pairs]
        assert sum(same) == 1, name
