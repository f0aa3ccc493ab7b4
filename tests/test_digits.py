"""The embedded digits and MNIST: shapes, ranges, splits, broken files, no network."""

import gzip
import os
import struct
import sys

import pytest
import torch

from stnlib.digits import Digits, load_digits, load_mnist, split


def test_the_digits_are_what_scikit_learn_holds():
    digits = load_digits(8, glyph=8)
    assert digits.images.shape == (1797, 1, 8, 8)
    assert digits.images.dtype == torch.float32
    assert digits.labels.dtype == torch.int64
    assert digits.labels[:10].tolist() == list(range(10))
    assert digits.images.min() == 0
    assert digits.images.max() == 1


@pytest.mark.parametrize(("size", "glyph"), [(28, None), (42, 20), (5, 5), (31, 20)])
def test_enlarged_and_centred(size, glyph):
    images = load_digits(size, glyph=glyph).images.double()
    assert images.shape == (1797, 1, size, size)
    assert images.min() >= 0
    assert images.max() <= 1
    side = glyph or round(size * 20 / 28)
    before = (size - side) // 2
    inner = images[..., before : before + side, before : before + side]
    torch.testing.assert_close(inner.sum(), images.sum())
    assert (inner.amax((0, 1, 3)) > 0).all()


def test_split_is_stratified_seeded_and_complete():
    digits = load_digits(8)
    train, test = split(digits, 500, seed=3)
    again = split(digits, 500, seed=3)[1]
    other = split(digits, 500, seed=4)[1]
    assert torch.equal(test.images, again.images)
    assert not torch.equal(test.labels, other.labels)
    share = digits.labels.bincount() * 500 / 1797
    assert ((test.labels.bincount() - share).abs() <= 1).all()
    pixels = torch.cat((train.images, test.images)).flatten(1).sum(1).sort().values
    assert torch.equal(pixels, digits.images.flatten(1).sum(1).sort().values)


def write_idx(path, values, magic=b"\0\0\x08", opener=open):
    with opener(path, "wb") as file:
        file.write(magic + bytes([values.dim()]))
        file.write(struct.pack(f">{values.dim()}I", *values.shape))
        file.write(values.to(torch.uint8).numpy().tobytes())


@pytest.mark.parametrize(("ending", "opener"), [("", open), (".gz", gzip.open)])
def test_mnist_from_idx_files(tmp_path, ending, opener):
    pictures = torch.randint(0, 256, (3, 28, 28))
    write_idx(tmp_path / f"t10k-images-idx3-ubyte{ending}", pictures, opener=opener)
    write_idx(tmp_path / f"t10k-labels-idx1-ubyte{ending}", torch.tensor([7, 2, 1]), opener=opener)
    digits = load_mnist(tmp_path, train=False)
    assert isinstance(digits, Digits)
    torch.testing.assert_close(digits.images[:, 0] * 255, pictures.float())
    assert digits.labels.tolist() == [7, 2, 1]
    with pytest.raises(FileNotFoundError, match="train-images-idx3-ubyte"):
        load_mnist(tmp_path)


def test_broken_files_are_refused(tmp_path):
    images, labels = tmp_path / "t10k-images-idx3-ubyte", tmp_path / "t10k-labels-idx1-ubyte"
    write_idx(images, torch.zeros(3, 28, 28))
    write_idx(labels, torch.zeros(2))
    with pytest.raises(ValueError, match="one label a picture, got 2 for 3"):
        load_mnist(tmp_path, train=False)
    write_idx(labels, torch.zeros(3), magic=b"\0\0\x0d")
    with pytest.raises(ValueError, match="idx file of bytes with 1 axes"):
        load_mnist(tmp_path, train=False)
    images.write_bytes(images.read_bytes()[:-1])
    with pytest.raises(ValueError, match="got 2351"):
        load_mnist(tmp_path, train=False)
    images.rename(images.with_suffix(".gz"))
    with pytest.raises(ValueError, match="gzip"):
        load_mnist(tmp_path, train=False)


@pytest.mark.parametrize(("ending", "opener"), [("", open), (".gz", gzip.open)])
def test_a_damaged_file_is_named_or_gives_digits(tmp_path, ending, opener):
    images = tmp_path / f"t10k-images-idx3-ubyte{ending}"
    labels = tmp_path / f"t10k-labels-idx1-ubyte{ending}"
    write_idx(images, torch.zeros(2, 28, 28), opener=opener)
    write_idx(labels, torch.tensor([7, 2]), opener=opener)
    for file in (images, labels):
        whole = file.read_bytes()
        places = [*range(min(len(whole) - 1, 200)), len(whole) - 1]  # all but some raw pixels
        for length in places:
            file.write_bytes(whole[:length])
            with pytest.raises(ValueError, match=str(tmp_path)):
                load_mnist(tmp_path, train=False)
        for place in places:
            flipped = bytearray(whole)
            flipped[place] ^= 1 << place % 8
            file.write_bytes(flipped)
            try:
                seen = len(load_mnist(tmp_path, train=False).images)
            except ValueError as error:
                seen = str(error).startswith(str(tmp_path)) and 2
            assert seen == 2
        file.write_bytes(whole)


def test_files_of_another_shape_or_count_than_they_should_have_are_refused(tmp_path):
    images, labels = tmp_path / "t10k-images-idx3-ubyte", tmp_path / "t10k-labels-idx1-ubyte"
    write_idx(labels, torch.tensor([7, 2]))
    for shape in ((2, 14, 56), (2, 56, 14), (0, 28, 28), (2, 27, 28)):
        write_idx(images, torch.zeros(shape))
        with pytest.raises(ValueError, match=r"images-idx3-ubyte: expected shape \(N, 28, 28\)"):
            load_mnist(tmp_path, train=False)
    images.write_bytes(b"\0\0\x08\x03" + struct.pack(">3I", 2**31, 28, 28) + bytes(8))
    with pytest.raises(ValueError, match=r"expected \(2147483648, 28, 28\) bytes, got 8"):
        load_mnist(tmp_path, train=False)
    write_idx(images, torch.zeros(2, 28, 28))
    write_idx(labels, torch.tensor([7, 200]))
    with pytest.raises(ValueError, match="labels-idx1-ubyte: expected labels from 0 to 9, got 200"):
        load_mnist(tmp_path, train=False)


def test_offline_is_one_clear_sentence(monkeypatch):
    def offline(*_, **__):
        raise OSError("no route")

    import sklearn.datasets

    monkeypatch.delenv("STNLIB_MNIST", raising=False)
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", offline)
    with pytest.raises(ConnectionError, match=r"STNLIB_MNIST.*no route"):
        load_mnist()


def test_without_scikit_learn_the_error_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ImportError, match="sklearn"):
        load_digits()


@pytest.mark.skipif("STNLIB_MNIST" not in os.environ, reason="STNLIB_MNIST names no MNIST folder")
def test_the_real_mnist():
    assert load_mnist().images.shape == (60_000, 1, 28, 28)
    assert load_mnist(train=False).labels[:5].tolist() == [7, 2, 1, 0, 4]


@pytest.mark.parametrize("dtype", [torch.uint16, torch.bfloat16, torch.bool])
def test_labels_of_every_dtype_are_split_alike(dtype):
    images, labels = torch.arange(20.0).reshape(20, 1, 1, 1), torch.arange(20) % 2
    for one, other in zip(
        split(Digits(images, labels), 4), split(Digits(images, labels.to(dtype)), 4), strict=True
    ):
        assert torch.equal(one.images, other.images)
        assert torch.equal(other.labels, one.labels.to(dtype))
    asks = Digits(images, labels.double().requires_grad_())
    assert torch.equal(split(asks, 4)[1].images, split(Digits(images, labels), 4)[1].images)
