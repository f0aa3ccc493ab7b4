"""Handwritten digits: 1,797 that come with scikit-learn, and MNIST when it is there."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate, pad

from stnlib._checks import LONGEST, check_count, check_filled, check_flag, check_path, describe
from stnlib._extras import needs


class Digits(NamedTuple):
    """Pictures (N, 1, S, S), float32 in 0 ... 1, ink white, and labels (N,), int64."""

    images: Tensor
    labels: Tensor


def load_digits(size: int = 28, *, glyph: int | None = None) -> Digits:
    """Return scikit-learn's 1,797 embedded digits, enlarged; nothing is downloaded.

    The 8 × 8 originals grow to ``glyph`` × ``glyph`` (bicubic, clamped to 0 ... 1) and sit in the
    middle of a black picture.

    Args:
        size: side of the pictures in pixels.
        glyph: side of the digit in them; 20/28 of ``size`` when left out, as in MNIST.

    Returns:
        Digits: 1,797 pictures of shape (1, size, size).

    Raises:
        TypeError, ValueError: sizes that are no whole numbers from 1 on, or a glyph too large.

    >>> load_digits(28).images.shape
    torch.Size([1797, 1, 28, 28])
    """
    size = check_count("size", size, most=LONGEST)
    glyph = check_count("glyph", max(round(size * 20 / 28), 1) if glyph is None else glyph)
    if glyph > size:
        raise ValueError(f"glyph: expected at most the size, {size}, got {glyph}")
    with needs("digits"):
        from sklearn import datasets

    raw = datasets.load_digits()
    small = torch.from_numpy(raw.images).float()[:, None] / 16
    if glyph != 8:
        small = interpolate(small, (glyph, glyph), mode="bicubic", antialias=glyph < 8).clamp(0, 1)
    before = (size - glyph) // 2
    after = size - glyph - before
    images = pad(small, (before, after, before, after))
    return Digits(images, torch.from_numpy(raw.target).long())


def check_digits(name: str, value: object) -> tuple[Tensor, Tensor]:
    """Return pictures (N, ...) and as many labels (N,)."""
    if not (isinstance(value, tuple) and len(value) == 2):
        raise TypeError(f"{name}: expected Digits(images, labels), got {describe(value)}")
    images, labels = value
    if not all(isinstance(part, Tensor) and part.dim() for part in value) or labels.dim() != 1:
        raise TypeError(
            f"{name}: expected images (N, ...) and labels (N,), two tensors, "
            f"got {describe(images)} and {describe(labels)}"
        )
    for part in value:
        check_filled(name, part)
    if labels.is_complex():
        raise TypeError(f"{name}: expected real labels, got {describe(labels)}")
    if len(images) != len(labels):
        raise ValueError(
            f"{name}: expected one label a picture, got {len(labels)} for {len(images)}"
        )
    return images, labels


def split(digits: Digits, test: int = 500, *, seed: int = 0) -> tuple[Digits, Digits]:
    """Divide into train and test so that each class has the same share of both.

    Args:
        digits: pictures and labels.
        test: how many go to the test set.
        seed: of the shuffle.

    Returns:
        (train, test), both shuffled.

    Raises:
        TypeError, ValueError: no two tensors, or one picture only of a class, or ``test`` is too
            small for one of each class, or leaves too few.

    >>> train, test = split(load_digits(8))
    >>> len(train.labels), len(test.labels)
    (1297, 500)
    """
    images, labels = check_digits("digits", digits)
    test, seed = check_count("test", test), check_count("seed", seed, least=0, most=2**32 - 1)
    kinds, numbers, counts = labels.detach().unique(return_inverse=True, return_counts=True)
    if (counts < 2).any():
        raise ValueError(
            "digits: expected two pictures of each class at least, "
            f"got one of {kinds[counts < 2].tolist()}"
        )
    classes = len(kinds)
    if not classes <= test <= len(labels) - classes:
        raise ValueError(
            f"test: expected {classes} to {len(labels) - classes} of {len(labels)}, got {test}"
        )
    with needs("digits"):
        from sklearn.model_selection import train_test_split

    train_index, test_index = train_test_split(
        np.arange(len(labels)), test_size=test, random_state=seed, stratify=numbers.cpu().numpy()
    )
    return (
        Digits(images[train_index], labels[train_index]),
        Digits(images[test_index], labels[test_index]),
    )


class Split(NamedTuple):
    """Digits in three parts: to learn from, to choose settings with, and to test on, once."""

    train: Digits
    validation: Digits
    test: Digits


def load_split(size: int = 28, *, glyph: int | None = None) -> Split:
    """Return the digits of :func:`load_digits` in the three parts that the whole book uses.

    Args, Raises: as :func:`load_digits`.

    >>> [len(part.labels) for part in load_split(8)]
    [1000, 297, 500]
    """
    rest, test = split(load_digits(size, glyph=glyph))
    return Split(*split(rest, 297), test)


def load_mnist(folder: str | os.PathLike | None = None, *, train: bool = True) -> Digits:
    """Return MNIST: 60,000 training or 10,000 test digits of 28 × 28 pixels.

    Args:
        folder: holds the four original idx files, raw or ``.gz``. Left out: the folder that the
            environment variable ``STNLIB_MNIST`` names; failing that, a download from OpenML,
            kept in scikit-learn's cache.
        train: the training set, or the test set.

    Returns:
        Digits: pictures (N, 1, 28, 28).

    Raises:
        FileNotFoundError: the folder or a file in it is missing.
        ValueError: a file is no idx file of bytes, or of another shape, or damaged.
        ConnectionError: no folder was given and the download failed.
    """
    check_flag("train", train)
    folder = (os.environ.get("STNLIB_MNIST") or None) if folder is None else folder
    if folder is None:
        images, labels = _download_mnist()
        part = slice(None, 60_000) if train else slice(60_000, None)
        images, labels = images[part], labels[part]
    else:
        stem = "train" if train else "t10k"
        folder = check_path("folder", folder)
        images = _read_idx(_find(folder, f"{stem}-images-idx3-ubyte"), 28, 28)
        labels = _read_idx(where := _find(folder, f"{stem}-labels-idx1-ubyte"))
        if len(images) != len(labels):
            raise ValueError(
                f"{folder}: expected one label a picture, got {len(labels)} for {len(images)}"
            )
        if labels.max() > 9:
            raise ValueError(f"{where}: expected labels from 0 to 9, got {labels.max()}")
    pictures = torch.from_numpy(images.reshape(-1, 1, 28, 28)).float() / 255
    return Digits(pictures, torch.from_numpy(labels).long())


def _find(folder: Path, name: str) -> Path:
    """Return the file ``name`` or ``name.gz`` in a folder."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise FileNotFoundError(f"MNIST: expected {name} or {name}.gz in {folder}, found neither")


def _read_idx(path: Path, *sides: int) -> np.ndarray:
    """Read an idx file of unsigned bytes: two zeros, type 8, number of axes, sizes, values.

    The axes are one of any length, and those of ``sides``.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rb") as file:
            content = file.read()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: expected a gzip file, got a broken one ({error})") from None
    dimensions = 1 + len(sides)
    start = 4 + 4 * dimensions
    if content[:4] != bytes((0, 0, 8, dimensions)) or len(content) < start:
        raise ValueError(f"{path}: expected an idx file of bytes with {dimensions} axes")
    shape = tuple(np.frombuffer(content[4:start], dtype=">u4").tolist())
    if not shape[0] or shape[1:] != sides:
        wanted = ", ".join(map(str, ("N", *sides)))
        raise ValueError(f"{path}: expected shape ({wanted}) with N >= 1, got {shape}")
    if len(content) - start != math.prod(shape):
        raise ValueError(f"{path}: expected {shape} bytes, got {len(content) - start}")
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape).copy()


def _download_mnist() -> tuple[np.ndarray, np.ndarray]:
    """Fetch MNIST from OpenML, or say in one sentence what to do instead."""
    with needs("digits"):
        from sklearn.datasets import fetch_openml

    try:
        raw = fetch_openml("mnist_784", version=1, as_frame=False, parser="liac-arff")
    except OSError as error:
        raise ConnectionError(
            "MNIST could not be downloaded; pass the folder of its idx files, or name it in the "
            f"environment variable STNLIB_MNIST ({type(error).__name__}: {error})"
        ) from None
    return raw.data.astype(np.uint8), raw.target.astype(np.int64)
