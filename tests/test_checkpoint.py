"""Checkpoints: of this run only, and whole: what is damaged, or of another run, is refused."""

import errno
import os
import re
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from stnlib import PiecewiseAffine, SpatialTransformer, ThinPlateSpline
from stnlib.experiments import records
from stnlib.training import fit
from stnlib.training.checkpoint import PARTS, check_writable, fingerprint, read, write, write_whole

PICTURES = torch.rand(12, 1, 4, 4, generator=torch.Generator().manual_seed(0))
LABELS = torch.arange(12) % 3
TEST = PICTURES, LABELS


def network(transform=None, **options):
    transform = ThinPlateSpline((2, 3)) if transform is None else transform
    look = nn.Sequential(nn.Flatten(), nn.Linear(16, transform.n_params))
    read = SpatialTransformer(look, transform, **options)
    return nn.Sequential(read, nn.Flatten(), nn.Linear(16, 3))


def batches(generator, scale=1.0, labels=LABELS):
    index = torch.randint(12, (6,), generator=generator)
    return scale * PICTURES[index], labels[index]


def train(path, model=None, draw=batches, **options):
    model = network() if model is None else model
    options = {"steps": 3, "progress": "none", "probe": PICTURES[:2], "test": TEST, **options}
    return fit(model, draw, checkpoint=path, **options)


def changed(tensor, index, value):
    tensor = tensor.clone()
    tensor[index] = value
    return tensor


class Leaky(nn.Module):
    """A model with a word and a number of its own."""

    def __init__(self, word="zeros", slope=0.1):
        super().__init__()
        self.word, self.slope, self.layer = word, slope, nn.Linear(16, 3)

    def forward(self, images):
        return nn.functional.leaky_relu(self.layer(images.flatten(1)), self.slope)


class Sized(Leaky):
    """The same with a list, and with a state that holds more than tensors."""

    def __init__(self, sizes=(1, 2), seen="few"):
        super().__init__()
        self.sizes, self._seen = list(sizes), seen

    def get_extra_state(self):
        return {"seen": self._seen}

    def set_extra_state(self, state):
        self._seen = state["seen"]


def frozen():
    model = network()
    model[2].weight.requires_grad_(False)
    return model


OF_ANOTHER_RUN = [
    ({"model": network(PiecewiseAffine((2, 3)))}, "with model 0.transform ThinPlateSpline, and"),
    ({"model": network(ThinPlateSpline((3, 2)))}, "0.transform.control_grid (2, 3), and this one"),
    ({"model": network(ThinPlateSpline((2, 3), 0.1))}, "0.transform.regularisation 0.0, and this"),
    ({"model": network(mode="nearest")}, "with model 0.mode bilinear, and this one has nearest"),
    ({"model": network(padding_mode="border")}, "model 0.padding_mode zeros, and this one has"),
    ({"model": network(align_corners=True)}, "with model 0.align_corners False, and this one has"),
    ({"model": frozen()}, "[3, 16], and this one has torch.float32 [3, 16] fixed"),
    ({"draw": partial(batches, scale=1.001)}, "of a run with other pictures or labels in batches"),
    ({"draw": partial(batches, labels=LABELS.flip(0))}, "other pictures or labels in batches"),
    ({"probe": PICTURES[1:3]}, "of a run with other pictures or labels in probe"),
    ({"probe": PICTURES[:3]}, "with probe [2, 1, 4, 4], and this one has [3, 1, 4, 4]"),
    ({"test": (changed(PICTURES, 7, 0), LABELS)}, "other pictures or labels in test"),
    ({"test": (PICTURES, changed(LABELS, 7, 0))}, "other pictures or labels in test"),
]


@pytest.mark.parametrize(("other", "message"), OF_ANOTHER_RUN, ids=[m for _, m in OF_ANOTHER_RUN])
def test_the_checkpoint_of_another_model_or_other_data_is_refused(tmp_path, other, message):
    train(tmp_path / "run.pt")
    weights = [value.clone() for value in other.get("model", nn.Module()).parameters()]
    with pytest.raises(ValueError, match=re.escape(message)):
        train(tmp_path / "run.pt", **other)
    for value, before in zip(other.get("model", nn.Module()).parameters(), weights, strict=True):
        assert torch.equal(value, before)


def test_what_a_model_or_a_loss_keeps_in_words_and_numbers_is_compared(tmp_path):
    train(tmp_path / "run.pt", Leaky(), loss=nn.CrossEntropyLoss(label_smoothing=0.1))
    for model, message in (
        (Leaky("border"), "with model.word zeros, and this one has border"),
        (Leaky(slope=0.2), "with model.slope 0.1, and this one has 0.2"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            train(tmp_path / "run.pt", model, loss=nn.CrossEntropyLoss(label_smoothing=0.1))
    with pytest.raises(ValueError, match=r"with loss.label_smoothing 0\.1, and this one has 0\.0"):
        train(tmp_path / "run.pt", Leaky(), loss=nn.CrossEntropyLoss())


def test_the_numbers_of_a_loss_and_the_lists_of_a_model_are_compared(tmp_path):
    def weighted(*weights):
        return nn.CrossEntropyLoss(weight=torch.tensor(weights))

    train(tmp_path / "loss.pt", Leaky(), loss=weighted(1.0, 1.0, 1.0))
    train(tmp_path / "loss.pt", Leaky(), loss=weighted(1.0, 1.0, 1.0))
    with pytest.raises(ValueError, match=r"loss weight \[1.0, 1.0, 1.0\], and this one"):
        train(tmp_path / "loss.pt", Leaky(), loss=weighted(1.0, 5.0, 1.0))
    train(tmp_path / "list.pt", Sized())
    with pytest.raises(ValueError, match=r"with model.sizes \[1, 2\], and this one has \[1, 3\]"):
        train(tmp_path / "list.pt", Sized([1, 3]))


def test_what_a_model_says_of_its_own_state_comes_back(tmp_path):
    train(tmp_path / "run.pt", Sized(seen="many"))
    train(tmp_path / "run.pt", model := Sized())
    assert model._seen == "many"


def test_numbers_of_numpy_in_an_optimizer_come_back_as_plain_ones(tmp_path):
    def heavy(groups):
        return torch.optim.Adam(groups, betas=(np.float64(0.8), np.float64(0.5)))

    first = train(tmp_path / "run.pt", Leaky(), optimizer=heavy)
    assert train(tmp_path / "run.pt", Leaky(), optimizer=heavy).loss == first.loss


def test_a_state_that_torch_would_not_load_is_refused_before_the_training(tmp_path):
    def odd(groups):
        optimizer = torch.optim.SGD(groups)
        optimizer.param_groups[0]["curve"] = re.compile("x")
        return optimizer

    with pytest.raises(TypeError, match="optimizer: expected tensors, numbers and words in its st"):
        train(tmp_path / "run.pt", Leaky(), optimizer=odd)
    assert os.listdir(tmp_path) == []


def test_a_layer_that_has_not_been_run_has_no_checkpoint(tmp_path):
    lazy = nn.Sequential(nn.Flatten(), nn.LazyLinear(3))
    with pytest.raises(ValueError, match=r"model: expected made weights, got 1\.weight of"):
        train(tmp_path / "run.pt", lazy)


def test_torchs_default_dtype_changes_no_checkpoint(tmp_path):
    train(tmp_path / "run.pt")
    torch.set_default_dtype(torch.float64)
    try:
        train(tmp_path / "run.pt", network().float())
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_file_may_have_the_longest_name_that_there_is(tmp_path):
    train(tmp_path / ("é" * 127))
    assert [len(name.encode()) for name in os.listdir(tmp_path)] == [254]
    with pytest.raises(OSError, match=r"checkpoint: expected a file, got .*File name too long"):
        train(tmp_path / ("é" * 128))


def test_a_link_to_itself_is_no_file(tmp_path):
    (tmp_path / "run.pt").symlink_to(tmp_path / "run.pt")
    with pytest.raises((ValueError, OSError), match=r"run\.pt"):
        train(tmp_path / "run.pt")


def test_the_rounding_of_another_machine_is_no_other_data():
    noise = 1 + 1e-6 * torch.randn(PICTURES.shape, generator=torch.Generator().manual_seed(1))
    seen, again = fingerprint(PICTURES, LABELS), fingerprint(PICTURES * noise, LABELS)
    assert (seen - again).abs().max() < 1e-5
    assert (seen - fingerprint(PICTURES.roll(1, 3), LABELS)).abs().max() > 0.01
    blank = fingerprint(torch.zeros(3, 1, 2, 2), torch.zeros(3))
    assert torch.allclose(blank, blank.clone(), equal_nan=True)


def small(path):
    """A checkpoint of few bytes, and what it holds."""
    content = dict.fromkeys(PARTS - {"settings"}, 1) | {"model": torch.arange(3.0), "data": {}}
    write(path, content, {"steps": "3"})
    return path.read_bytes()


def test_a_checkpoint_of_any_length_or_with_any_byte_flipped_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "run.pt"
    whole = small(path)
    assert read(path, {"steps": "3"}, {})["model"].tolist() == [0, 1, 2]
    damaged = [whole[:length] for length in range(len(whole))]
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        damaged.append(bytes(flipped))
    message = re.compile(rf"checkpoint: expected a file that fit wrote, got {path}, another one")
    for content in damaged:
        monkeypatch.setattr(Path, "read_bytes", lambda path, content=content: content)
        with pytest.raises(ValueError, match=message):
            read(path, {"steps": "3"}, {})


def test_a_format_word_without_its_parts_is_refused(tmp_path):
    write(tmp_path / "run.pt", {}, {})
    with pytest.raises(ValueError, match=r"expected a file that fit wrote, got .*run\.pt"):
        train(tmp_path / "run.pt")


@pytest.mark.parametrize(
    ("save", "load"),
    [
        (lambda path: write_whole(path, b"new"), lambda path: path.read_bytes() == b"new"),
        (small, lambda path: read(path, {"steps": "3"}, {}) is not None),
        (lambda path: records.save(path, []), lambda path: records.load(path) == []),
    ],
)
def test_a_link_stays_and_what_it_points_to_is_written(tmp_path, save, load):
    (tmp_path / "elsewhere").mkdir()
    link, target = tmp_path / "r.json", tmp_path / "elsewhere" / "real.json"
    link.symlink_to(target)
    for _ in range(2):  # the target is made, and then replaced
        save(link)
        assert link.is_symlink()
        assert load(target)
    assert os.listdir(target.parent) == ["real.json"]
    assert os.listdir(tmp_path) in (["r.json", "elsewhere"], ["elsewhere", "r.json"])


@pytest.mark.parametrize("save", [small, lambda path: records.save(path, [])])
def test_processes_that_share_a_path_do_not_disturb_each_other(tmp_path, monkeypatch, save):
    path, real, parts = tmp_path / "r.json", os.replace, []

    def meanwhile(part, whole):  # between writing and renaming, another one does both
        parts.append(part)
        if len(parts) == 1:
            save(path)
        real(part, whole)

    monkeypatch.setattr(os, "replace", meanwhile)
    save(path)
    assert len(set(parts)) == 2
    assert os.listdir(tmp_path) == ["r.json"]


@pytest.mark.parametrize("save", [small, lambda path: records.save(path, [])])
def test_a_full_disk_names_the_file_and_leaves_nothing(tmp_path, monkeypatch, save):
    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*r\.json'"):
        save(tmp_path / "r.json")
    assert os.listdir(tmp_path) == []


def refuse(**options):
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def test_a_folder_that_takes_no_file_is_seen_before_the_training(tmp_path, monkeypatch):
    drawn = []

    def counted(generator):
        drawn.append(1)
        return batches(generator)

    train(tmp_path / "done.pt")
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(PermissionError, match="checkpoint: expected a folder to write in, got /"):
        train(tmp_path / "run.pt", draw=counted)
    assert len(drawn) == 1
    train(tmp_path / "done.pt")  # there is nothing left to write


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder that takes no files")
def test_a_folder_that_takes_no_file_from_anybody_is_told(tmp_path):
    assert check_writable("record", tmp_path / "a") == tmp_path / "a"
    with pytest.raises(OSError, match=r"record: expected a folder to write in, got /proc/\d+ \("):
        check_writable("record", Path("/proc/self/a"))


class Sizes(nn.Linear):
    """The sizes of complex pictures, scored."""

    def __init__(self, power=2):
        super().__init__(16, 3)
        self.power = power

    def forward(self, image):
        return super().forward(image.abs().flatten(1))


def test_complex_pictures_are_told_apart_by_both_of_their_parts(tmp_path, recwarn):
    wave = torch.polar(PICTURES + 1, 3 * PICTURES)

    def draw(generator, pictures=wave):
        return pictures, LABELS

    options = {"probe": None, "test": None}
    train(tmp_path / "a", Sizes(), draw, **options)
    for other in (wave.conj(), wave.real + 0j, wave * 1.001):
        with pytest.raises(ValueError, match="other pictures or labels in batches"):
            train(tmp_path / "a", Sizes(), partial(draw, pictures=other), **options)
    train(tmp_path / "a", Sizes(), partial(draw, pictures=wave.conj().conj()), **options)
    assert not [one for one in recwarn if "complex" in str(one.message)]


def test_numbers_of_numpy_are_the_plain_ones(tmp_path):
    """A run that was begun with one goes on with the other."""
    for name, call, word in (
        ("optimizer", torch.optim.SGD, "momentum"),
        ("loss", cross_entropy, "label_smoothing"),
    ):
        begun = train(tmp_path / name, Sizes(), probe=None, **{name: partial(call, **{word: 0.5})})
        again = {name: partial(call, **{word: np.float64(0.5)})}
        assert train(tmp_path / name, Sizes(np.int64(2)), probe=None, **again) == begun
