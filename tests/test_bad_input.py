"""Bad calls: each is refused with a sentence that says what was expected and what came."""

# ruff: noqa: F401  (the calls are strings, and use the names)

import re

import numpy as np
import pytest
import torch

from stnlib import (
    Affine,
    Attention,
    PiecewiseAffine,
    Projective,
    Similarity,
    ThinPlateSpline,
    affine,
    affine_grid,
    regular_grid,
    sample,
    splat,
)
from stnlib.coordinates import axis, normalised_from_pixel, pixel_from_normalised
from stnlib.digits import Digits, load_digits, load_mnist, split
from stnlib.pixel_matrix import pixel_from_theta, theta_from_pixel
from stnlib.transforms import BasisTransform, Transform
from stnlib.transforms.control_grid import ControlGrid

IMAGE, GRID, THETA = torch.zeros(2, 1, 4, 5), torch.zeros(2, 3, 3, 2), torch.zeros(2, 6)
FLAT = affine.scaling(0.0)
NOT_FINITE = torch.tensor([[[float("nan"), 0, 0], [0, 1.0, 0]]])
SHAPED = Digits(torch.zeros(30, 1, 8, 8), torch.arange(30) % 10)


def to_pixel(theta=THETA, input_size=(4, 5), output_size=(4, 5), **options):
    return pixel_from_theta(theta, input_size, output_size, **options)


def from_pixel(matrix, input_size=(4, 5), output_size=(4, 5), **options):
    return theta_from_pixel(matrix, input_size, output_size, **options)


CALLS = [
    ("axis(0)", ValueError, "n: expected at least 1, got 0"),
    ("axis(-3)", ValueError, "n: expected at least 1, got -3"),
    ("axis(2.0)", TypeError, "n: expected a whole number, got float 2.0"),
    ("axis(True)", TypeError, "n: expected a whole number, got bool True"),
    ('axis("4")', TypeError, "n: expected a whole number, got str '4'"),
    ("axis(4, dtype=torch.int64)", TypeError, "dtype: expected a floating"),
    ("axis(4, align_corners=1)", TypeError, "expected True or False, got int 1"),
    ("regular_grid(0)", ValueError, "size: expected at least 1, got 0"),
    ("regular_grid(True)", TypeError, "size: expected a whole number, got bool True"),
    ("regular_grid(2.5)", ValueError, "(height, width) or one number for both, got float 2.5"),
    ("regular_grid((1, 2, 3))", ValueError, "size: expected (height, width)"),
    ("regular_grid(None)", ValueError, "got NoneType None"),
    ("regular_grid((0, 4))", ValueError, "size[0], the height: expected at least 1"),
    ("regular_grid((4, 2.5))", TypeError, "size[1], the width: expected a whole"),
    ("regular_grid((2, 2), align_corners=None)", TypeError, "align_corners"),
    ('regular_grid((2, 2), dtype="f4")', TypeError, "dtype: expected"),
    ("pixel_from_normalised([0, 0], (4, 4))", TypeError, "got list [0, 0]"),
    ("pixel_from_normalised(torch.tensor([0, 0]), (4, 4))", TypeError, "torch.int64 tensor"),
    ("pixel_from_normalised(torch.zeros(5, 3), (4, 4))", ValueError, "shape (5, 3)"),
    ("pixel_from_normalised(torch.zeros(2), -4)", ValueError, "at least 1, got -4"),
    ("normalised_from_pixel(0.5, (4, 4))", TypeError, "got float 0.5"),
    ("normalised_from_pixel(torch.tensor(0.5), (4, 4))", ValueError, "shape ()"),
    ('normalised_from_pixel(torch.zeros(2), (4, 4), align_corners="no")', TypeError, "'no'"),
    ('affine.rotation("90")', TypeError, "angle: expected a number or a"),
    ("affine.rotation(True)", TypeError, "got bool True"),
    ("affine.rotation(torch.tensor([1]))", TypeError, "torch.int64"),
    ("affine.rotation(torch.zeros(2, 2))", TypeError, "shape (2, 2)"),
    ("affine.scaling(None)", TypeError, "x: expected a number"),
    ("affine.scaling(np.ones(3))", TypeError, "x: expected a number or a"),
    ("affine.shear([1, 2])", TypeError, "got list [1, 2]"),
    ("affine.translation(torch.zeros(2), torch.zeros(3))", ValueError, "x (2,)"),
    (
        "affine.from_parts(rotation=torch.zeros(2), shear=torch.zeros(3))",
        ValueError,
        "parameters: expected one batch size",
    ),
    ("affine.from_parts(t_x=1j)", TypeError, "t_x: expected a number"),
    ("affine.matrix([1, 0, 0, 0, 1, 0])", TypeError, "theta: expected a torch"),
    ("affine.matrix(torch.zeros(6))", ValueError, "or (B, 6), got a torch"),
    ("affine.matrix(torch.zeros(1, 3, 3))", ValueError, "(1, 3, 3)"),
    ("affine.matrix(torch.zeros(1, 6).long())", TypeError, "floating point"),
    ("affine.homogeneous(torch.zeros(2, 3))", ValueError, "(2, 3)"),
    ("affine.compose()", ValueError, "at least one theta, got none"),
    ("affine.compose(torch.zeros(2, 6), torch.zeros(3, 6))", ValueError, "got 2 and 3"),
    ("affine.compose(THETA, 2.0)", TypeError, "got float 2.0"),
    ("affine.invert(FLAT)", ValueError, "got 0 or no finite number at batch index [0]"),
    ("affine.invert(NOT_FINITE)", ValueError, "a determinant other than 0"),
    ("affine.decompose(FLAT)", ValueError, "at batch index [0]"),
    ('affine.decompose("x")', TypeError, "got str 'x'"),
    ('to_pixel(convention="PIL")', ValueError, "'skimage', 'opencv'"),
    ("to_pixel(input_size=(4,))", ValueError, "input_size: expected (height"),
    ("to_pixel(output_size=(4, 0))", ValueError, "output_size[1], the width"),
    ("to_pixel(input_size=(1, 4), align_corners=True)", ValueError, "at least 2 pixels"),
    ('to_pixel(FLAT, convention="opencv")', ValueError, "invert: expected"),
    ("from_pixel(torch.ones(1, 3, 3))", ValueError, "last row (0, 0, 1)"),
    ("from_pixel(torch.ones(3, 3))", ValueError, "pixel_matrix: expected"),
    ('from_pixel(FLAT, convention="opencv")', ValueError, "a determinant other than 0"),
    ("affine_grid(torch.zeros(1, 5), (2, 2))", ValueError, "(1, 5)"),
    ("affine_grid(THETA, (2, 2, 1, 1))", ValueError, "(2, 2, 1, 1)"),
    ("affine_grid(THETA, (2, 2), align_corners=0)", TypeError, "expected True or False"),
    ("Affine().grid(torch.zeros(1, 3), (2, 2))", ValueError, "(B, 6), got a"),
    ("Affine().grid(torch.zeros(1, 2, 3), (2, 2))", ValueError, "(1, 2, 3)"),
    ("Affine().grid([1.0] * 6, (2, 2))", TypeError, "theta: expected"),
    ("Attention().grid(THETA, (2, 2))", ValueError, "(B, 3), got a torch"),
    ("Attention().grid(torch.ones(3), (2, 2))", ValueError, "shape (3,)"),
    ("Similarity().grid(THETA, (2, 2))", ValueError, "(B, 4), got a torch"),
    ("Affine().points(THETA, torch.zeros(3, 4, 2))", ValueError, "(2, N, 2), got a torch"),
    ("Affine().points(THETA, torch.zeros(2, 4, 4, 2))", ValueError, "points: expected shape"),
    ("Affine().points(THETA, torch.zeros(4, 3))", ValueError, "shape (4, 3)"),
    ("Transform().identity()", NotImplementedError, "Transform does not say what its identity is"),
    ("BasisTransform().basis(THETA)", NotImplementedError, "does not say what its basis is"),
    ("BasisTransform().matrix(THETA)", NotImplementedError, "does not say what its matrix is"),
    ("ControlGrid((2, 2)).grid(torch.zeros(1, 8), (2, 2))", NotImplementedError, "moves spread"),
    ("Affine().points(THETA, torch.zeros(3, 2).double())", TypeError, "expected torch.float32 on"),
    ("Affine().determinant(THETA, torch.zeros(3, 4, 2))", ValueError, "(2, N, 2), got a torch"),
    ("Affine().folded(THETA[0], torch.zeros(3, 2))", ValueError, "theta: expected shape (B, 6)"),
    ("Projective().grid(THETA, (2, 2))", ValueError, "(B, 8), got a torch"),
    ("Projective().points(torch.zeros(1, 3, 3), torch.zeros(3, 2))", ValueError, "(1, 3, 3)"),
    ("Projective().from_corners(torch.zeros(4, 2))", ValueError, "(B, 4, 2), got a torch"),
    ("Projective().from_corners([[0, 0]] * 4)", TypeError, "corners: expected a torch"),
    (
        "Projective().from_corners(torch.tensor([[[0.0, 0], [1, 0], [2, 0], [0, 1]]]))",
        ValueError,
        "corners: expected no three points on one line",
    ),
    (
        "Projective().from_corners(torch.full((2, 4, 2), float('nan')))",
        ValueError,
        "got none at batch index [0, 1]",
    ),
    ("Projective().invert(torch.zeros(1, 8))", ValueError, "invert: expected a map that can be"),
    (
        "Projective().invert(torch.tensor([[0.0, 1, 0, 0, 0, 1, 1, 0]]))",
        ValueError,
        "its last entry not 0",
    ),
    ("PiecewiseAffine(4)", ValueError, "control_grid: expected (rows, columns), got int 4"),
    ("PiecewiseAffine((1, 4))", ValueError, "control_grid[0], the rows: expected at least 2"),
    ("ThinPlateSpline((4, 1))", ValueError, "control_grid[1], the columns: expected at least 2"),
    ("ThinPlateSpline((4, 2.5))", TypeError, "control_grid[1], the columns: expected a whole"),
    ("ThinPlateSpline((4, 4), -1)", ValueError, "regularisation: expected 0 or more, got -1"),
    ('ThinPlateSpline((4, 4), "1")', TypeError, "regularisation: expected a number, got str '1'"),
    ("ThinPlateSpline((4, 4), True)", TypeError, "regularisation: expected a number"),
    ("ThinPlateSpline((4, 4), float('nan'))", ValueError, "expected 0 or more, got nan"),
    ("ThinPlateSpline((4, 4), float('inf'))", ValueError, "expected 0 or more, got inf"),
    ("ThinPlateSpline((4, 4)).grid(torch.zeros(1, 16), (2, 2))", ValueError, "(B, 32), got a"),
    ("ThinPlateSpline((2, 2)).grid(torch.zeros(1, 8), 0)", ValueError, "got 0"),
    ("ThinPlateSpline((2, 2)).linear_part(THETA)", ValueError, "(B, 8), got a torch"),
    ("ThinPlateSpline((2, 2)).bending_energy(THETA)", ValueError, "(B, 8), got a torch"),
    ("PiecewiseAffine((2, 2)).displacements(THETA)", ValueError, "(B, 8), got a torch"),
    ("PiecewiseAffine((2, 2)).basis(torch.zeros(3))", ValueError, "points: expected shape"),
    ("sample(np.zeros((1, 1, 2, 2)), GRID)", TypeError, "image: expected a torch"),
    ("sample(IMAGE.byte(), GRID)", TypeError, "floating point tensor, got a torch"),
    ("sample(IMAGE[0, 0], GRID)", ValueError, "(B, C, H, W) with H, W >= 1"),
    ("sample(IMAGE[:, :, :0], GRID)", ValueError, "shape (2, 1, 0, 5)"),
    ("sample(IMAGE, torch.zeros(2, 3, 3, 3))", ValueError, "(B, H', W', 2)"),
    ("sample(IMAGE, torch.zeros(2, 9, 2))", ValueError, "shape (2, 9, 2)"),
    ("sample(IMAGE, GRID[:1])", ValueError, "batch size of the image, 2, got"),
    ("sample(IMAGE, GRID.double())", TypeError, "the image's torch.float32"),
    ('sample(IMAGE, GRID, mode="bicubic")', ValueError, "got str 'bicubic'"),
    ('sample(IMAGE, GRID, padding_mode="wrap")', ValueError, "'reflection'"),
    ('sample(IMAGE, GRID, align_corners="yes")', TypeError, "got str 'yes'"),
    ("splat(IMAGE, GRID)", ValueError, "each of (4, 5) pixels, got (3, 3)"),
    ('splat(IMAGE, IMAGE.new_zeros(2, 4, 5, 2), mode="x")', ValueError, "'x'"),
    ("splat(IMAGE, IMAGE.new_zeros(2, 4, 5, 2), 0)", ValueError, "got 0"),
    ("splat(None, GRID)", TypeError, "got NoneType None"),
    ("load_digits(0)", ValueError, "size: expected at least 1, got 0"),
    ("load_digits(2.5)", TypeError, "size: expected a whole number"),
    ("load_digits(8, glyph=9)", ValueError, "at most the size, 8, got 9"),
    ("load_digits(8, glyph=-1)", ValueError, "glyph: expected at least 1"),
    ("split(torch.zeros(5))", TypeError, "expected Digits(images, labels)"),
    ("split(Digits(torch.zeros(3, 1, 8, 8), torch.zeros(4)))", ValueError, "got 4 for 3"),
    ("split(SHAPED, 5)", ValueError, "test: expected 10 to 20 of 30, got 5"),
    ("split(SHAPED, 25)", ValueError, "test: expected 10 to 20 of 30, got 25"),
    ("split(SHAPED, 10, seed=-1)", ValueError, "seed: expected at least 0"),
    ("split(SHAPED, 0.5)", TypeError, "test: expected a whole number"),
    ('load_mnist("/nowhere")', FileNotFoundError, "in /nowhere, found neither"),
    ('load_mnist("/nowhere", train="test")', TypeError, "got str 'test'"),
]


def test_there_are_many():
    assert len({call for call, _, _ in CALLS}) >= 60


@pytest.mark.parametrize(("call", "error", "message"), CALLS)
def test_bad_call(call, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        eval(call)
    assert type(caught.value) is error
