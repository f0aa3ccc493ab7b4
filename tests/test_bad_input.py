"""Bad calls: each is refused with a sentence that says what was expected and what came.

A line is a call, two spaces, the error that it raises and words of its message. The live figures
have tables of their own.
"""

# ruff: noqa: F401  (the calls are strings, and use the names)

import builtins
import math
import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch import nn

from stnlib import *  # noqa: F403
from stnlib import affine, alignment
from stnlib.alignment import common_pose, recovery
from stnlib.coordinates import axis, normalised_from_pixel, pixel_from_normalised
from stnlib.digits import Digits, load_digits, load_mnist, split
from stnlib.distortions import RTS, TC, E, P, R
from stnlib.experiments import EXPERIMENTS, Task, history_of, load, run
from stnlib.experiments.failures import shallow_cnn
from stnlib.experiments.hidden import Hidden, Hide
from stnlib.networks import (
    ConvLocalisation,
    DenseLocalisation,
    cnn,
    count_parameters,
    fcn,
    st_cnn,
    st_fcn,
    width_for,
)
from stnlib.pixel_matrix import pixel_from_theta, theta_from_pixel
from stnlib.plotting import (
    draw_arrows,
    draw_field,
    draw_grid,
    draw_image,
    draw_points,
    draw_values,
    panels,
)
from stnlib.several import CompositionalTransformer, ParallelTransformer
from stnlib.training import History, diagnose, evaluate, fit, misses

IMAGE, GRID, THETA = torch.zeros(2, 1, 4, 5), torch.zeros(2, 3, 3, 2), torch.zeros(2, 6)
FLAT = affine.scaling(0.0)
VOLUME, IN_3D, TWELVE = torch.zeros(2, 1, 3, 4, 5), torch.zeros(2, 2, 2, 2, 3), torch.zeros(2, 12)


def lbfgs(groups):
    return torch.optim.LBFGS(groups[0]["params"])


SMALL = torch.zeros(1, 2, 3).to(torch.float8_e4m3fn)
NOT_FINITE = torch.tensor([[[float("nan"), 0, 0], [0, 1.0, 0]]])
ON_A_LINE = torch.tensor([[[0.0, 0], [1, 0], [2, 0], [0, 1]]])
NO_NUMBERS = torch.full((2, 4, 2), float("nan"))
MAPS = affine.identity().expand(40, -1, -1)
HORIZONS = torch.tensor([[[1.0, 0, 0, 0, 1, 0, 1, 0]], [[1.0, 0, -1, 0, 1, 0, 0, 0]]])  # 1 · −1 + 1
SHAPED = Digits(torch.zeros(30, 1, 8, 8), torch.arange(30) % 10)
DIGITS, SOURCE = torch.zeros(4, 1, 28, 28), torch.Generator()
PICTURES, LABELS = torch.zeros(64, 1, 4, 4), torch.zeros(64).long()
PLAIN = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
LOOK, LINEAR, NO_BIAS = torch.zeros(3, 2, 6, 7), nn.Linear(4, 6), nn.Linear(4, 6, bias=False)
AX = Figure().subplots()
NARROW = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 5))


def to_pixel(theta=THETA, input_size=(4, 5), output_size=(4, 5), **options):
    return pixel_from_theta(theta, input_size, output_size, **options)


def from_pixel(matrix, input_size=(4, 5), output_size=(4, 5), **options):
    return theta_from_pixel(matrix, input_size, output_size, **options)


def build(network=LINEAR, family=Affine(), *args, **options):  # noqa: B008, F405
    return SpatialTransformer(network, family, *args, **options)  # noqa: F405


class Says(nn.Linear):
    """A localisation network that gives whatever it was told."""

    def __init__(self, answer):
        super().__init__(1, 6)
        self.answer = answer

    def forward(self, image):
        return self.answer


def spline():
    return build(nn.Linear(4, 32), ThinPlateSpline())  # noqa: F405


def says(answer):
    return build(Says(answer), identity_start=False)


def pictures(size, channels=1):
    return torch.zeros(2, channels, size, size)


def fcn_of(width):
    return fcn(42, hidden=(width, width))


def batches(generator):
    return PICTURES, LABELS


CALLS = """
# coordinates
regular_grid(10**30)  ValueError: size: expected at most 2147483647, got 100000000000000000000000000
regular_grid((2, 10**5000))  ValueError: size[1], the width: expected at most 2147483647, got of mor
regular_grid({3, 2})  ValueError: size: expected (height, width) or one number for both, got set {2,
regular_grid(frozenset((2, 3)))  ValueError: size: expected (height, width) or one number for both
regular_grid(torch.tensor(3))  ValueError: size: expected (height, width) or one number for both, go
regular_grid(torch.tensor([3, 2]))  TypeError: size[0], the height: expected a whole number, got a t
regular_grid(b"23", dtype=torch.complex64)  TypeError: dtype: expected a floating point torch.dtype
axis(2**31)  ValueError: n: expected at most 2147483647, got 2147483648
axis(-(10**5000))  ValueError: n: expected at least 1, got of more digits than Python writes
axis(0)  ValueError: n: expected at least 1, got 0
axis(-3)  ValueError: n: expected at least 1, got -3
axis(2.0)  TypeError: n: expected a whole number, got float 2.0
axis(True)  TypeError: n: expected a whole number, got bool True
axis("4")  TypeError: n: expected a whole number, got str '4'
axis(4, dtype=torch.int64)  TypeError: dtype: expected a floating
axis(4, align_corners=1)  TypeError: expected True or False, got int 1
regular_grid(0)  ValueError: size: expected at least 1, got 0
regular_grid(True)  TypeError: size: expected a whole number, got bool True
regular_grid(2.5)  ValueError: (height, width) or one number for both, got float 2.5
regular_grid((1, 2, 3, 4))  ValueError: size: expected (height, width)
regular_grid(None)  ValueError: got NoneType None
regular_grid((0, 4))  ValueError: size[0], the height: expected at least 1
regular_grid((4, 2.5))  TypeError: size[1], the width: expected a whole
regular_grid((2, 2), align_corners=None)  TypeError: align_corners
regular_grid((2, 2), dtype="f4")  TypeError: dtype: expected
pixel_from_normalised([0, 0], (4, 4))  TypeError: got list [0, 0]
pixel_from_normalised(torch.tensor([0, 0]), (4, 4))  TypeError: torch.int64 tensor
pixel_from_normalised(torch.zeros(5, 3), (4, 4))  ValueError: shape (5, 3)
pixel_from_normalised(torch.zeros(2), -4)  ValueError: at least 1, got -4
normalised_from_pixel(0.5, (4, 4))  TypeError: got float 0.5
normalised_from_pixel(torch.tensor(0.5), (4, 4))  ValueError: shape ()
normalised_from_pixel(torch.zeros(2), (4, 4), align_corners="no")  TypeError: 'no'
regular_grid("44")  TypeError: size[0], the height: expected a whole number, got str '4'
pixel_from_normalised(torch.zeros(2), None)  ValueError: size: expected (height, width) or one numb
pixel_from_normalised(torch.zeros(2).to_sparse(), 4)  TypeError: points: expected a dense tensor, g
# volumes: coordinates, maps, reading, the layer
regular_grid((0, 4, 5))  ValueError: size[0], the depth: expected at least 1, got 0
regular_grid((3, 4, 5.5))  TypeError: size[2], the width: expected a whole number, got float 5.5
regular_grid((3, -4, 5))  ValueError: size[1], the height: expected at least 1, got -4
regular_grid((4,))  ValueError: size: expected (height, width) or one number for both, got tuple (4
pixel_from_normalised(torch.zeros(5, 2), (4, 4, 4))  ValueError: points: expected shape (..., 3), (x
normalised_from_pixel(torch.zeros(5, 3), 4)  ValueError: points: expected shape (..., 2), (x, y) la
affine_grid(THETA, (3, 4, 5))  ValueError: theta: expected shape (B, 3, 4) or (B, 12), got a torch.f
affine_grid(TWELVE, (4, 5))  ValueError: theta: expected shape (B, 2, 3) or (B, 6), got a torch.floa
affine_grid([TWELVE], (3, 4, 5))  TypeError: theta: expected a torch tensor of shape (B, 3, 4) or (B
affine.compose(TWELVE, THETA)  ValueError: compose: expected maps of pictures, or of volumes, got bo
affine.invert(TWELVE)  ValueError: theta: expected shape (B, 2, 3) or (B, 6), got a torch.float32 te
Affine3d().grid(THETA, (3, 4, 5))  ValueError: theta: expected shape (B, 12), got a torch.float32
Affine3d().grid(TWELVE, (4, 5))  ValueError: size: expected (depth, height, width) or one number for
Affine().grid(THETA, (3, 4, 5))  ValueError: size: expected (height, width) or one number for both,
Affine3d().points(TWELVE, torch.zeros(5, 2))  ValueError: points: expected shape (..., 3), (x, y, z)
Affine3d().points(TWELVE, torch.zeros(3, 4, 3))  ValueError: points: expected shape (N, 3) or (2, N,
sample(VOLUME, GRID)  ValueError: grid: expected shape (B, D', H', W', 3), got a torch.float32 tens
sample(IMAGE, IN_3D)  ValueError: grid: expected shape (B, H', W', 2), got a torch.float32 tensor o
sample(VOLUME, IN_3D[..., :2])  ValueError: grid: expected shape (B, D', H', W', 3), got a torch.flo
sample(VOLUME, None)  TypeError: grid: expected a torch tensor of shape (B, D', H', W', 3), got None
sample(VOLUME, IN_3D[:1])  ValueError: grid: expected the batch size of the image, 2, got a torch.fl
sample(VOLUME[:, :, :0], IN_3D)  ValueError: or (B, C, D, H, W) with D, H, W >= 1, got a torch.float
sample(VOLUME[None], IN_3D)  ValueError: image: expected shape (B, C, H, W) with H, W >= 1 or (B, C,
sample([VOLUME], IN_3D)  TypeError: torch tensor of shape (B, C, H, W) or (B, C, D, H, W), got list
splat(VOLUME, IN_3D)  ValueError: image: expected shape (B, C, H, W) with H, W >= 1, got a torch.flo
build()(VOLUME)  ValueError: image: expected shape (B, C, H, W) with H, W >= 1, got a torch.float32
build(nn.Linear(4, 12), Affine3d())(IMAGE)  ValueError: image: expected shape (B, C, D, H, W) with D
build(nn.Linear(4, 12), Affine3d(), (4, 5))  ValueError: output_size: expected (depth, height, width
build(LINEAR, Affine3d())  ValueError: expected 12 outputs for Affine3d, its last nn.Linear gives 6
build(LINEAR, Affine(), (3, 4, 5))  ValueError: output_size: expected (height, width) or one number
# affine maps and pixel matrices
affine.scaling(10**5000)  ValueError: x: expected a number that torch.float32 holds, got int of more
affine.compose(THETA.bool(), THETA)  TypeError: theta: expected a floating point tensor, got a torch
affine_grid(THETA, {2, 3})  ValueError: size: expected (height, width) or one number for both, got s
affine_grid(iter(THETA), 3)  TypeError: theta: expected a torch tensor of shape (B, 2, 3) or (B, 6),
affine_grid(np.zeros((1, 6)), 3)  TypeError: theta: expected a torch tensor of shape (B, 2, 3) or (B
affine.rotation("90")  TypeError: angle: expected a number or a
affine.rotation(True)  TypeError: got bool True
affine.rotation(torch.tensor([1]))  TypeError: torch.int64
affine.rotation(torch.zeros(2, 2))  TypeError: shape (2, 2)
affine.scaling(None)  TypeError: x: expected a number
affine.scaling(np.ones(3))  TypeError: x: expected a number or a
affine.shear([1, 2])  TypeError: got list [1, 2]
affine.translation(torch.zeros(2), torch.zeros(3))  ValueError: x (2,)
affine.from_parts(rotation=torch.zeros(2), shear=torch.zeros(3))  ValueError: one batch size
affine.from_parts(t_x=1j)  TypeError: t_x: expected a number
affine.matrix([1, 0, 0, 0, 1, 0])  TypeError: theta: expected a torch
affine.matrix(torch.zeros(6))  ValueError: or (B, 6), got a torch
affine.matrix(torch.zeros(1, 3, 3))  ValueError: (1, 3, 3)
affine.matrix(torch.zeros(1, 6).long())  TypeError: floating point
affine.homogeneous(torch.zeros(2, 3))  ValueError: (2, 3)
affine.compose()  ValueError: at least one theta, got none
affine.compose(torch.zeros(2, 6), torch.zeros(3, 6))  ValueError: got 2 and 3
affine.compose(THETA, 2.0)  TypeError: got float 2.0
affine.invert(FLAT)  ValueError: got 0 or no finite number at batch index [0]
affine.invert(NOT_FINITE)  ValueError: a determinant other than 0
affine.decompose(FLAT)  ValueError: at batch index [0]
affine.decompose("x")  TypeError: got str 'x'
to_pixel(convention="PIL")  ValueError: 'skimage', 'opencv'
to_pixel(input_size=(4,))  ValueError: input_size: expected (height
to_pixel(output_size=(4, 0))  ValueError: output_size[1], the width
to_pixel(input_size=(1, 4), align_corners=True)  ValueError: at least 2 pixels
to_pixel(FLAT, convention="opencv")  ValueError: invert: expected
from_pixel(torch.ones(1, 3, 3))  ValueError: last row (0, 0, 1)
from_pixel(torch.ones(3, 3))  ValueError: pixel_matrix: expected
from_pixel(FLAT, convention="opencv")  ValueError: a determinant other than 0
affine_grid(torch.zeros(1, 5), (2, 2))  ValueError: (1, 5)
affine_grid(THETA, (2, 2, 1, 1))  ValueError: (2, 2, 1, 1)
affine_grid(THETA, (2, 2), align_corners=0)  TypeError: expected True or False
affine.rotation(torch.zeros(3).to_sparse())  TypeError: angle: expected a dense tensor, got one of
affine.rotation(None)  TypeError: angle: expected a number or a (B,) tensor, got NoneType None
affine.scaling(1.0, "2")  TypeError: y: expected a number or a (B,) tensor, got str '2'
affine.scaling(1.0, True)  TypeError: y: expected a number or a (B,) tensor, got bool True
affine.shear(torch.zeros(2), torch.zeros(3))  ValueError: parameters: expected one batch size, got
affine.translation(0, None)  TypeError: y: expected a number or a (B,) tensor, got NoneType None
affine.translation("0", 0)  TypeError: x: expected a number or a (B,) tensor, got str '0'
affine.compose(THETA.to_sparse(), THETA)  TypeError: theta: expected a dense tensor, got one of lay
affine.compose(THETA, SMALL)  TypeError: theta: expected 16 bits a number or more, got torch.float8_
affine.rotation(SMALL[:, 0, 0])  TypeError: angle: expected 16 bits a number or more, got torch.floa
regular_grid(3, dtype=torch.float8_e5m2)  TypeError: dtype: expected 16 bits a number or more, got t
affine.compose([THETA])  TypeError: theta: expected a torch tensor of shape (B, 2, 3) or (B, 6), go
affine.invert(None)  TypeError: theta: expected a torch tensor of shape (B, 2, 3) or (B, 6), got No
affine.invert(torch.zeros(2, 4))  ValueError: theta: expected shape (B, 2, 3) or (B, 6), got a torc
affine.decompose(NOT_FINITE)  ValueError: decompose: expected a determinant other than 0, got 0 or
affine.from_parts(scale_x="1")  TypeError: scale_x: expected a number or a (B,) tensor, got str '1'
affine.homogeneous(None)  TypeError: theta: expected a torch tensor of shape (B, 2, 3) or (B, 6), g
affine.matrix(THETA.to_sparse())  TypeError: theta: expected a dense tensor, got one of layout torc
affine_grid(THETA, "22")  TypeError: size[0], the height: expected a whole number, got str '2'
affine_grid(THETA, None)  ValueError: size: expected (height, width) or one number for both, got No
affine_grid(None, 3)  TypeError: theta: expected a torch tensor of shape (B, 2, 3) or (B, 6), got N
affine_grid(THETA, {"h": 2, "w": 3})  ValueError: size: expected (height, width) or one number for
affine_grid(THETA, np.array([2.5, 3]))  TypeError: size[0], the height: expected a whole number, go
to_pixel(None)  TypeError: theta: expected a torch tensor of shape (B, 2, 3) or (B, 6), got NoneTyp
to_pixel(convention=None)  ValueError: convention: expected one of 'skimage', 'opencv', got NoneTyp
to_pixel(convention=["skimage"])  ValueError: convention: expected one of 'skimage', 'opencv', got
from_pixel(None)  TypeError: pixel_matrix: expected a torch tensor of shape (B, 2, 3) or (B, 3, 3),
from_pixel(torch.full((1, 3, 3), math.nan))  ValueError: pixel_matrix: expected the last row (0, 0,
from_pixel(torch.zeros(1, 3, 3))  ValueError: pixel_matrix: expected the last row (0, 0, 1), got
# transforms
Projective().invert(torch.tensor([[1.0, 2, 3, 2, 4, 6, 0, 0]]) / 3)  ValueError: invert: expected a
Projective().from_corners(ON_A_LINE / 3)  ValueError: corners: expected no three points on one line
Projective().from_corners(torch.zeros(1, 4, 2).long())  TypeError: corners: expected a floating poin
PiecewiseAffine((10**30, 2))  ValueError: control_grid[0], the rows: expected at most 2147483647, go
ThinPlateSpline({4, 3})  ValueError: control_grid: expected (rows, columns), got set {3, 4}
ThinPlateSpline((4, 4), 10**400)  ValueError: regularisation: expected a number that a float holds
Affine().points(THETA, torch.zeros(3, 2) * 1j)  TypeError: points: expected a floating point tensor
Affine().grid(torch.zeros(1, 3), (2, 2))  ValueError: (B, 6), got a
Affine().grid(torch.zeros(1, 2, 3), (2, 2))  ValueError: (1, 2, 3)
Affine().grid([1.0] * 6, (2, 2))  TypeError: theta: expected
Attention().grid(THETA, (2, 2))  ValueError: (B, 3), got a torch
Attention().grid(torch.ones(3), (2, 2))  ValueError: shape (3,)
Similarity().grid(THETA, (2, 2))  ValueError: (B, 4), got a torch
Affine().points(THETA, torch.zeros(3, 4, 2))  ValueError: (2, N, 2), got a torch
Affine().points(THETA, torch.zeros(2, 4, 4, 2))  ValueError: points: expected shape
Affine().points(THETA, torch.zeros(4, 3))  ValueError: shape (4, 3)
Transform().identity()  NotImplementedError: Transform does not say what its identity is
BasisTransform().basis(THETA)  NotImplementedError: does not say what its basis is
BasisTransform().matrix(THETA)  NotImplementedError: does not say what its matrix is
ControlGrid((2, 2)).grid(torch.zeros(1, 8), (2, 2))  NotImplementedError: moves spread
Affine().points(THETA, torch.zeros(3, 2).to("meta"))  TypeError: expected the device of theta, cpu
Affine().determinant(THETA, torch.zeros(3, 4, 2))  ValueError: (2, N, 2), got a torch
Affine().folded(THETA[0], torch.zeros(3, 2))  ValueError: theta: expected shape (B, 6)
Projective().grid(THETA, (2, 2))  ValueError: (B, 8), got a torch
Projective().points(torch.zeros(1, 3, 3), torch.zeros(3, 2))  ValueError: (1, 3, 3)
Projective().from_corners(torch.zeros(4, 2))  ValueError: (B, 4, 2), got a torch
Projective().from_corners([[0, 0]] * 4)  TypeError: corners: expected a torch
Projective().from_corners(ON_A_LINE)  ValueError: corners: expected no three points on one line
Projective().from_corners(NO_NUMBERS)  ValueError: got none at batch index [0, 1]
Projective().invert(torch.zeros(1, 8))  ValueError: invert: expected a map that can be
Projective().invert(torch.tensor([[0.0, 1, 0, 0, 0, 1, 1, 0]]))  ValueError: its last entry not 0
PiecewiseAffine(4)  ValueError: control_grid: expected (rows, columns), got int 4
PiecewiseAffine((1, 4))  ValueError: control_grid[0], the rows: expected at least 2
ThinPlateSpline((4, 1))  ValueError: control_grid[1], the columns: expected at least 2
ThinPlateSpline((4, 2.5))  TypeError: control_grid[1], the columns: expected a whole
ThinPlateSpline((4, 4), -1)  ValueError: regularisation: expected 0 or more, got -1
ThinPlateSpline((4, 4), "1")  TypeError: regularisation: expected a number, got str '1'
ThinPlateSpline((4, 4), True)  TypeError: regularisation: expected a number
ThinPlateSpline((4, 4), float('nan'))  ValueError: expected 0 or more, got nan
ThinPlateSpline((4, 4), float('inf'))  ValueError: expected 0 or more, got inf
ThinPlateSpline((4, 4)).grid(torch.zeros(1, 16), (2, 2))  ValueError: (B, 32), got a
ThinPlateSpline((2, 2)).grid(torch.zeros(1, 8), 0)  ValueError: got 0
ThinPlateSpline((2, 2)).linear_part(THETA)  ValueError: (B, 8), got a torch
ThinPlateSpline((2, 2)).bending_energy(THETA)  ValueError: (B, 8), got a torch
PiecewiseAffine((2, 2)).displacements(THETA)  ValueError: (B, 8), got a torch
PiecewiseAffine((2, 2)).basis(torch.zeros(3))  ValueError: points: expected shape
Affine().points(THETA, None)  TypeError: points: expected a torch tensor of shape (..., 2), got Non
Affine().points(THETA, [[0, 0]])  TypeError: points: expected a torch tensor of shape (..., 2), got
Affine().points(None, torch.zeros(3, 2))  TypeError: theta: expected a torch tensor of shape (B, 6)
Affine().points(THETA.to_sparse(), torch.zeros(3, 2))  TypeError: theta: expected a dense tensor, g
Affine().grid(THETA, None)  ValueError: size: expected (height, width) or one number for both, got
Affine().grid(THETA, (2, 2), align_corners="a")  TypeError: expected True or False, got str 'a'
Affine().folded(THETA, None)  TypeError: points: expected a torch tensor of shape (..., 2), got Non
Similarity().matrix(None)  TypeError: theta: expected a torch tensor of shape (B, 4), got NoneType
Attention().matrix(THETA)  ValueError: theta: expected shape (B, 3), got a torch.float32 tensor of
Projective().invert(None)  TypeError: theta: expected a torch tensor of shape (B, 8), got NoneType
Projective().invert(THETA)  ValueError: theta: expected shape (B, 8), got a torch.float32 tensor of
Projective().from_corners(None)  TypeError: corners: expected a torch tensor of shape (B, 4, 2), go
Projective().from_corners(torch.zeros(1, 4, 2).to_sparse())  TypeError: expected a dense tensor, go
PiecewiseAffine("44")  TypeError: control_grid[0], the rows: expected a whole number, got str '4'
PiecewiseAffine(None)  ValueError: control_grid: expected (rows, columns), got NoneType None
PiecewiseAffine((4, True))  TypeError: control_grid[1], the columns: expected a whole number, got b
ThinPlateSpline((4, 4), None)  TypeError: regularisation: expected a number, got NoneType None
ThinPlateSpline((4, 4), torch.tensor(1.0))  TypeError: regularisation: expected a number, got a tor
ThinPlateSpline((4, 4)).points(None, None)  TypeError: theta: expected a torch tensor of shape (B,
ThinPlateSpline((4, 4)).basis(None)  TypeError: points: expected a torch tensor of shape (..., 2),
ThinPlateSpline((4, 4)).linear_part(None)  TypeError: theta: expected a torch tensor of shape (B, 3
# sample and splat
sample(np.zeros((1, 1, 2, 2)), GRID)  TypeError: image: expected a torch
sample(IMAGE.byte(), GRID)  TypeError: floating point tensor, got a torch
sample(IMAGE[0, 0], GRID)  ValueError: (B, C, H, W) with H, W >= 1
sample(IMAGE[:, :, :0], GRID)  ValueError: shape (2, 1, 0, 5)
sample(IMAGE, torch.zeros(2, 3, 3, 3))  ValueError: (B, H', W', 2)
sample(IMAGE, torch.zeros(2, 9, 2))  ValueError: shape (2, 9, 2)
sample(IMAGE, GRID[:1])  ValueError: batch size of the image, 2, got
sample(IMAGE, GRID.double())  TypeError: the image's torch.float32
sample(IMAGE, GRID, mode="bicubic")  ValueError: got str 'bicubic'
sample(IMAGE, GRID, padding_mode="wrap")  ValueError: 'reflection'
sample(IMAGE, GRID, align_corners="yes")  TypeError: got str 'yes'
splat(IMAGE, GRID)  ValueError: each of (4, 5) pixels, got (3, 3)
splat(IMAGE, IMAGE.new_zeros(2, 4, 5, 2), mode="x")  ValueError: 'x'
splat(IMAGE, IMAGE.new_zeros(2, 4, 5, 2), 0)  ValueError: got 0
splat(None, GRID)  TypeError: got NoneType None
sample(IMAGE.to_sparse(), GRID)  TypeError: image: expected a dense tensor, got one of layout torch
sample(IMAGE, GRID.to_sparse())  TypeError: grid: expected a dense tensor, got one of layout torch.
sample(IMAGE, None)  TypeError: grid: expected a torch tensor of shape (B, H', W', 2), got NoneType
sample(IMAGE, GRID, mode=None)  ValueError: mode: expected one of 'bilinear', 'nearest', got NoneTy
sample(IMAGE, GRID, mode=["bilinear"])  ValueError: mode: expected one of 'bilinear', 'nearest', go
sample(IMAGE, GRID, align_corners=None)  TypeError: align_corners: expected True or False, got None
sample(IMAGE, GRID, padding_mode=0)  ValueError: padding_mode: expected one of 'zeros', 'border', '
splat(IMAGE, None)  TypeError: grid: expected a torch tensor of shape (B, H', W', 2), got NoneType
splat(IMAGE, GRID, size="3")  ValueError: grid: expected a target for each of (4, 5) pixels, got (3
splat(IMAGE.to_sparse(), GRID)  TypeError: image: expected a dense tensor, got one of layout torch.
# digits
load_digits(10**30)  ValueError: size: expected at most 2147483647, got 1000000000000000000000000000
load_mnist(b"/nowhere")  TypeError: folder: expected a path, got bytes b'/nowhere'
split(Digits(SHAPED.images, torch.arange(30) % 29), 29)  ValueError: digits: expected two pictures o
split(Digits(SHAPED.images, SHAPED.labels + 0j), 10)  TypeError: digits: expected real labels, got a
split(Digits(SHAPED.images, SHAPED.labels.to("meta")), 10)  TypeError: digits: expected numbers, got
load_digits(0)  ValueError: size: expected at least 1, got 0
load_digits(2.5)  TypeError: size: expected a whole number
load_digits(8, glyph=9)  ValueError: at most the size, 8, got 9
load_digits(8, glyph=-1)  ValueError: glyph: expected at least 1
split(torch.zeros(5))  TypeError: expected Digits(images, labels)
split(Digits(torch.zeros(3, 1, 8, 8), torch.zeros(4)))  ValueError: got 4 for 3
split(SHAPED, 5)  ValueError: test: expected 10 to 20 of 30, got 5
split(SHAPED, 25)  ValueError: test: expected 10 to 20 of 30, got 25
split(SHAPED, 10, seed=-1)  ValueError: seed: expected at least 0
split(SHAPED, 0.5)  TypeError: test: expected a whole number
load_mnist("/nowhere")  FileNotFoundError: in /nowhere, found neither
load_mnist("/nowhere", train="test")  TypeError: got str 'test'
split(Digits(SHAPED.images, SHAPED.labels.numpy()))  TypeError: digits: expected images (N, ...) an
split(Digits(SHAPED.images, SHAPED.labels.tolist()))  TypeError: digits: expected images (N, ...) a
split(Digits(SHAPED.images.numpy(), SHAPED.labels))  TypeError: digits: expected images (N, ...) an
split(Digits(SHAPED.images, torch.tensor(3)))  TypeError: digits: expected images (N, ...) and labe
split(SHAPED, 10, seed=2**40)  ValueError: seed: expected at most 4294967295, got 1099511627776
split(SHAPED, 10, seed="0")  TypeError: seed: expected a whole number, got str '0'
split(None)  TypeError: digits: expected Digits(images, labels), got NoneType None
load_mnist(False)  TypeError: folder: expected a path, got bool False
load_mnist("")  ValueError: folder: expected a path, got str ''
split(Digits(IMAGE, torch.zeros(1).to_sparse()))  TypeError: digits: expected a dense tensor, got on
load_mnist(3)  TypeError: folder: expected a path, got int 3
load_mnist("a\\0b")  ValueError: folder: expected a path, got str
load_digits("28")  TypeError: size: expected a whole number, got str '28'
load_digits(8, glyph=True)  TypeError: glyph: expected a whole number, got bool True
# distortions
RTS(scale={0.7, 1.2})  ValueError: scale: expected (low, high) with 0 < low <= high, got set {0.
RTS(10**30)  ValueError: size: expected at most 2147483647, got 1000000000000000000000000000000
TC(60, 2**31)  ValueError: distractors: expected at most 2147483647, got 2147483648
E(control_grid={4, 3})  ValueError: control_grid: expected (rows, columns), got set {3, 4}
R(10**5000)  ValueError: degrees: expected a number that a float holds, got a larger one
R()(DIGITS > 0, generator=SOURCE)  TypeError: images: expected a floating point tensor, got a torch.
R("90")  TypeError: degrees: expected a number, got str '90'
R(True)  TypeError: degrees: expected a number, got bool True
R(-1)  ValueError: degrees: expected 0 to 180, got -1
R(math.nan)  ValueError: degrees: expected 0 to 180, got nan
RTS(0)  ValueError: size: expected at least 1, got 0
RTS((42, 0))  ValueError: size[1], the width: expected at least 1, got 0
RTS(degrees=200)  ValueError: degrees: expected 0 to 180, got 200
RTS(scale=1)  ValueError: scale: expected (low, high) with 0 < low <= high, got int 1
RTS(scale=(1.2, 0.7))  ValueError: scale: expected (low, high)
RTS(scale=(0, 1))  ValueError: got tuple (0, 1)
RTS(scale=("a", 1))  ValueError: scale: expected (low, high)
RTS(scale=(1, math.inf))  ValueError: scale: expected (low, high)
TC(60, -1)  ValueError: distractors: expected at least 0, got -1
TC(60, 6, 0)  ValueError: patch: expected at least 1, got 0
TC(8, patch=9)  ValueError: patch: expected at most the size, 8, got 9
TC()(DIGITS[:1], generator=SOURCE)  ValueError: expected at least 2 pictures
TC()(DIGITS[:4, :, :5], generator=SOURCE)  ValueError: 6 × 6 pixels
R()(DIGITS[:4])  TypeError: generator
R()(DIGITS[:4], generator=0)  TypeError: generator: expected a torch.Generator, got int 0
R()(DIGITS[0], generator=SOURCE)  ValueError: images: expected shape (B, C, H, W)
RTS()([1, 2], generator=SOURCE)  TypeError: images: expected a torch tensor
RTS()(DIGITS[:2].byte(), generator=SOURCE)  TypeError: floating point tensor
P(scale=1)  ValueError: scale: expected (low, high) with 0 < low <= high, got int 1
E(scale=(0, 1))  ValueError: scale: expected (low, high)
P(move="5")  TypeError: move: expected a number of pixels, got str '5'
E(move=True)  TypeError: move: expected a number of pixels, got bool True
P(move=-1)  ValueError: move: expected 0 to 1000 pixels, got -1
P(move=float('nan'))  ValueError: move: expected 0 to 1000 pixels, got nan
E(control_grid=(1, 4))  ValueError: control_grid[0], the rows: expected at least 2
E(control_grid=4)  ValueError: control_grid: expected (rows, columns), got int 4
P()(DIGITS[:4])  TypeError: generator
E()(DIGITS[:4], generator=0)  TypeError: generator: expected a torch.Generator, got int 0
P()(DIGITS[0], generator=SOURCE)  ValueError: images: expected shape (B, C, H, W)
E()(DIGITS[:2].byte(), generator=SOURCE)  TypeError: floating point tensor
RTS(scale=(True, 2))  ValueError: scale: expected (low, high) with 0 < low <= high, got tuple (True
RTS(scale=(torch.tensor(0.5), 1))  ValueError: scale: expected (low, high) with 0 < low <= high, go
RTS(scale="ab")  ValueError: scale: expected (low, high) with 0 < low <= high, got str 'ab'
RTS(degrees=None)  TypeError: degrees: expected a number, got NoneType None
RTS(degrees=torch.tensor(3.0))  TypeError: degrees: expected a number, got a torch.float32 tensor o
TC(60.0)  TypeError: size: expected a whole number, got float 60.0
TC(60, True)  TypeError: distractors: expected a whole number, got bool True
TC(60, 6, "6")  TypeError: patch: expected a whole number, got str '6'
E(control_grid=(4, "4"))  TypeError: control_grid[1], the columns: expected a whole number, got str
E(control_grid=None)  ValueError: control_grid: expected (rows, columns), got NoneType None
E(control_grid="44")  TypeError: control_grid[0], the rows: expected a whole number, got str '4'
E(scale=None)  ValueError: scale: expected (low, high) with 0 < low <= high, got NoneType None
P(move=None)  TypeError: move: expected a number of pixels, got NoneType None
P(move=math.inf)  ValueError: move: expected 0 to 1000 pixels, got inf
R()(None, generator=SOURCE)  TypeError: images: expected a torch tensor of shape (B, C, H, W), got
R()(DIGITS.to_sparse(), generator=SOURCE)  TypeError: images: expected a dense tensor, got one of l
R()(DIGITS[:, :, :0], generator=SOURCE)  ValueError: images: expected shape (B, C, H, W) with H, W
E()(DIGITS.numpy(), generator=SOURCE)  TypeError: images: expected a torch tensor of shape (B, C, H
TC()(DIGITS[:0], generator=SOURCE)  ValueError: images: expected at least 2 pictures of at least 6
R()(DIGITS.to(torch.complex64), generator=SOURCE)  TypeError: images: expected a floating point ten
R()(DIGITS, generator=np.random.default_rng(0))  TypeError: generator: expected a torch.Generator,
# the transformer
build(NARROW)  ValueError: expected 6 outputs for Affine, its last nn.Linear gives 5
build(LINEAR, Attention())  ValueError: expected 3 outputs for Attention, its last nn
build(LINEAR, Similarity(), identity_start=False)  ValueError: 4 outputs for Similarity
build(nn.Conv2d(1, 6, 3))  ValueError: as its regression layer, got none in Conv2d
build(Says((1, 2)))  ValueError: got one that does not give the identity for zero weights
build(nn.Sequential(LINEAR, nn.Tanh()))  ValueError: localisation: expected a last nn.Linear whose
build(NO_BIAS)  ValueError: expected a bias in its last nn.Linear
build(nn.LazyLinear(6))  ValueError: expected made weights, got an nn.LazyLinear not
build(torch.relu)  TypeError: localisation: expected an nn.Module, got builtin
build(LINEAR, Affine)  TypeError: transform: expected a stnlib Transform, got type
build(LINEAR, nn.Identity())  TypeError: expected a stnlib Transform, got Identity
build(output_size=0)  ValueError: output_size: expected at least 1, got 0
build(output_size=(4, 0))  ValueError: output_size[1], the width: expected at least 1
build(mode='bicubic')  ValueError: mode: expected one of 'bilinear', 'nearest', got str
build(padding_mode='wrap')  ValueError: padding_mode: expected one of 'zeros'
build(align_corners=1)  TypeError: align_corners: expected True or False, got int 1
build(identity_start=None)  TypeError: identity_start: expected True or False, got None
says(torch.zeros(3, 5))(LOOK)  ValueError: theta of shape (3, 6), it gave a torch.float
says(torch.zeros(1, 6))(LOOK)  ValueError: theta of shape (3, 6), it gave a torch.float
says(torch.zeros(3, 2, 3))(LOOK)  ValueError: tensor of shape (3, 2, 3)
says(torch.zeros(3, 6).long())(LOOK)  ValueError: it gave a torch.int64 tensor
says((1, 2))(LOOK)  ValueError: theta of shape (3, 6), it gave tuple (1, 2)
build()(torch.zeros(2, 6, 7))  ValueError: image: expected shape (B, C, H, W)
build()(LOOK.byte())  TypeError: image: expected a floating point tensor
build()([[0.0]])  TypeError: image: expected a torch tensor of shape (B, C, H, W), got list
build(None)  TypeError: localisation: expected an nn.Module, got NoneType None
build(LINEAR, None)  TypeError: transform: expected a stnlib Transform, got NoneType None
build(LINEAR, "affine")  TypeError: transform: expected a stnlib Transform, got str 'affine'
build(mode=None)  ValueError: mode: expected one of 'bilinear', 'nearest', got NoneType None
build(output_size="20")  TypeError: output_size[0], the height: expected a whole number, got str '2
says(torch.zeros(3, 6).to_sparse())(LOOK)  TypeError: theta: expected a dense tensor, got one of
build()(LOOK.to_sparse())  TypeError: image: expected a dense tensor, got one of layout torch.spars
build()(None)  TypeError: image: expected a torch tensor of shape (B, C, H, W), got NoneType None
# networks
ConvLocalisation(42, 4, channels=())  ValueError: channels: expected those of one convolution at lea
st_cnn(42, localisation=(8,))  ValueError: channels: expected those of one convolution at least, got
fcn(42, hidden={3, 4})  TypeError: hidden: expected a sequence of whole numbers, got set {3, 4}
fcn(42, hidden=(10**30,))  ValueError: width of a layer: expected at most 2147483647, got 1000000000
fcn(42, hidden=torch.tensor([3, 4]))  TypeError: width of a layer: expected a whole number, got a to
width_for(fcn_of, 30_350, tolerance=0.001)  ValueError: is width 17 with 30491
width_for(fcn_of, 100)  ValueError: expected 100 parameters to within 2.0%
width_for(lambda width: nn.Linear(2, 2), 100)  ValueError: with 6
width_for(fcn_of, 0)  ValueError: budget: expected at least 1, got 0
width_for(fcn_of, 1e5)  TypeError: budget: expected a whole number, got float
fcn(42)(pictures(28))  ValueError: image: expected shape (B, 1, 42, 42), got a torch.fl
cnn(42)(pictures(42, channels=2))  ValueError: image: expected shape (B, 1, 42, 42), got
st_cnn(42)(pictures(41))  ValueError: tensor of shape (2, 1, 41, 41)
fcn(0)  ValueError: size: expected at least 1, got 0
fcn(4.5)  ValueError: (height, width) or one number for both, got float 4.5
fcn((4, 5, 6))  ValueError: or one number for both, got tuple (4, 5, 6)
fcn(42, hidden=(3, 0))  ValueError: width of a layer: expected at least 1, got 0
fcn(42, classes=2.0)  TypeError: width of a layer: expected a whole number, got float
fcn(42, in_channels=0)  ValueError: in_channels: expected at least 1, got 0
cnn(28)  ValueError: expected room for kernels (5, 5, 5), got (28, 28) pixels
cnn(42, kernels=(9, 7))  ValueError: kernels: expected 3 of them, got 2
cnn(42, kernels=(5, 5, 0))  ValueError: kernel: expected at least 1, got 0
cnn(42, channels=(4, 0))  ValueError: channels of a layer: expected at least 1, got 0
st_cnn(42, output_size=0)  ValueError: output_size: expected at least 1, got 0
st_cnn(42, output_size=8)  ValueError: expected room for kernels (5, 5), got (8, 8) pi
st_fcn(42, pool=0)  ValueError: pool: expected at least 1, got 0
st_fcn(42, transform='affine')  TypeError: transform: expected a stnlib Transform, got
st_fcn(42, width=3)  TypeError: unexpected keyword argument 'width'
ConvLocalisation(20, 6)  ValueError: expected room for kernels (5, 5), got (10, 10) pi
ConvLocalisation(42, 6)(pictures(28))  ValueError: image: expected shape (B, 1, 42, 42)
DenseLocalisation(0, 6)  ValueError: in_features: expected at least 1, got 0
build(ConvLocalisation(42, 6), Similarity())  ValueError: Similarity, its last nn.Linear gives 6
cnn(42, batch_norm=1)  TypeError: batch_norm: expected True or False, got int 1
fcn(42, hidden=3)  TypeError: hidden: expected a sequence of whole numbers, got int 3
fcn(42, hidden="33")  TypeError: hidden: expected a sequence of whole numbers, got str '33'
fcn(42, hidden=None)  TypeError: hidden: expected a sequence of whole numbers, got NoneType None
fcn(42, classes=0)  ValueError: width of a layer: expected at least 1, got 0
fcn("42")  TypeError: size[0], the height: expected a whole number, got str '4'
cnn(42, channels=3)  TypeError: channels: expected a sequence of whole numbers, got int 3
cnn(42, channels="ab")  TypeError: channels: expected a sequence of whole numbers, got str 'ab'
cnn(42, kernels=5)  TypeError: kernels: expected a sequence of whole numbers, got int 5
cnn(42, hidden=64)  TypeError: hidden: expected a sequence of whole numbers, got int 64
cnn(42, in_channels="1")  TypeError: in_channels: expected a whole number, got str '1'
st_cnn(42, localisation=3)  TypeError: localisation: expected a sequence of whole numbers, got int
st_cnn(42, localisation=())  ValueError: localisation: expected channels and, last, a hidden width,
st_cnn(42, pool=21)  ValueError: pool: expected at most the output's 20 pixels, got 21
st_cnn(42, pool=2.0)  TypeError: pool: expected a whole number, got float 2.0
st_cnn(42, batch_norm=1)  TypeError: batch_norm: expected True or False, got int 1
st_cnn(42, identity_start=1)  TypeError: identity_start: expected True or False, got int 1
st_cnn(42, channels=7)  TypeError: channels: expected a sequence of whole numbers, got int 7
st_fcn(42, localisation=32)  TypeError: localisation: expected a sequence of whole numbers, got int
st_fcn(42, hidden=32)  TypeError: hidden: expected a sequence of whole numbers, got int 32
st_fcn(42, transform=Similarity)  TypeError: transform: expected a stnlib Transform, got type <clas
st_fcn(42, output_size="20")  TypeError: output_size[0], the height: expected a whole number, got s
ConvLocalisation(42, 6, channels=8)  TypeError: channels: expected a sequence of whole numbers, got
ConvLocalisation(42, 6, hidden=(32,))  TypeError: width of a layer: expected a whole number, got tu
ConvLocalisation(42, 6, batch_norm=1)  TypeError: batch_norm: expected True or False, got int 1
ConvLocalisation(42, 0)  ValueError: width of a layer: expected at least 1, got 0
DenseLocalisation(42, 6, hidden=3)  TypeError: hidden: expected a sequence of whole numbers, got in
DenseLocalisation(42, 6, hidden=(0,))  ValueError: width of a layer: expected at least 1, got 0
DenseLocalisation(42, 2.0)  TypeError: width of a layer: expected a whole number, got float 2.0
fcn(42)(None)  TypeError: image: expected a torch tensor of shape (B, 1, 42, 42), got NoneType None
fcn(42)([1, 2])  TypeError: image: expected a torch tensor of shape (B, 1, 42, 42), got list [1, 2]
fcn(42)(pictures(42).byte())  TypeError: image: expected a floating point tensor, got a torch.uint8
cnn(42)(np.zeros((1, 1, 42, 42)))  TypeError: image: expected a torch tensor of shape (B, 1, 42, 42
fcn(42)(torch.tensor(1.0))  ValueError: image: expected shape (B, 1, 42, 42), got a torch.float32 t
count_parameters(3)  TypeError: module: expected an nn.Module, got int 3
count_parameters(nn.Linear)  TypeError: module: expected an nn.Module, got type <class 'torch.nn.mo
width_for(3, 100)  TypeError: build: expected a function of a width, got int 3
width_for(lambda width: None, 100)  TypeError: what build returns: expected an nn.Module, got NoneT
width_for(fcn_of, 100, tolerance="1")  TypeError: tolerance: expected a number, got str '1'
width_for(fcn_of, 100, tolerance=-1)  ValueError: tolerance: expected 0 or more, got -1
width_for(fcn_of, 100, tolerance=math.nan)  ValueError: tolerance: expected 0 or more, got nan
# training
fit(PLAIN, batches, steps=0)  ValueError: steps: expected at least 1, got 0
fit(PLAIN, batches, steps=2.5)  TypeError: steps: expected a whole number, got float 2.5
fit(PLAIN, batches, steps=5, record_every=0)  ValueError: record_every: expected at least 1
fit(PLAIN, batches, steps=5, checkpoint_every=-1)  ValueError: checkpoint_every: expected
fit(PLAIN, batches, steps=5, evaluate_every=None)  TypeError: evaluate_every: expected a
fit(PLAIN, batches, steps=5, seed=-1)  ValueError: seed: expected at least 0, got -1
fit(PLAIN, batches, steps=5, warmup=-1)  ValueError: warmup: expected at least 0, got -1
fit(PLAIN, batches, steps=5, schedule="step")  ValueError: 'cosine', 'constant', got str
fit(PLAIN, batches, steps=5, progress=True)  ValueError: progress: expected one of 'auto'
fit(PLAIN, batches, steps=5, optimizer="sgd")  ValueError: optimizer: expected one of 'adam'
fit(PLAIN, batches, steps=5, learning_rate=0)  ValueError: learning_rate: expected a finite
fit(PLAIN, batches, steps=5, learning_rate="1e-3")  TypeError: learning_rate: expected a n
fit(PLAIN, batches, steps=5, localisation_rate=math.nan)  ValueError: above 0, got nan
fit(PLAIN, batches, steps=5, localisation_rate=1)  ValueError: got Sequential without
fit(nn.Flatten(), batches, steps=5)  ValueError: model: expected weights to train, got none
fit(PLAIN, batches, steps=5, probe=LABELS)  TypeError: probe: expected a floating point
fit(PLAIN, batches, steps=5, test=PICTURES)  TypeError: test: expected (images, labels)
fit(PLAIN, batches, steps=5, test=(PICTURES, LABELS[:3]))  ValueError: one for each of 64
fit(PLAIN, batches, steps=5, judge="iou")  TypeError: judge: expected a function of outputs
evaluate(PLAIN, PICTURES, LABELS, judge=0.5)  TypeError: judge: expected a function of outputs and
misses(PLAIN, PICTURES, LABELS, judge=lambda o, y: 3)  ValueError: judge: expected True or False for
misses(PLAIN, PICTURES, LABELS, judge=lambda o, y: o[:, 0])  ValueError: tensor of shape (64,), got
misses(PLAIN, PICTURES, LABELS, judge=lambda o, y: o > 0)  ValueError: tensor of shape (64,), got
fit(PLAIN, lambda g: PICTURES, steps=5)  TypeError: batches: expected (images, labels)
fit(PLAIN, lambda g: (PICTURES, 3), steps=5)  TypeError: batches: expected (images, labels)
fit(PLAIN, batches, steps=5, checkpoint="no/run.pt")  FileNotFoundError: a folder no, found none
evaluate(PLAIN, PICTURES, LABELS[None])  ValueError: labels: expected one for each of 64
evaluate(PLAIN, PICTURES[:0], LABELS[:0])  ValueError: one at least
evaluate(PLAIN, PICTURES[0], LABELS[0])  ValueError: images: expected shape (B, C, H, W)
evaluate(PLAIN, VOLUME, LABELS)  ValueError: labels: expected one for each of 2 pictures
evaluate(PLAIN, VOLUME[..., :0], LABELS[:2])  ValueError: images: expected shape (B, C, H, W) with H
evaluate(PLAIN, VOLUME[None], LABELS[:1])  ValueError: or (B, C, D, H, W) with D, H, W >= 1, got a t
fit(PLAIN, batches, steps=5, probe=VOLUME[None])  ValueError: or (B, C, D, H, W) with D, H, W >= 1,
fit(PLAIN, batches, steps=5, test=(VOLUME, LABELS))  ValueError: labels: expected one for each of 2
evaluate(PLAIN, PICTURES, LABELS, batch_size=0)  ValueError: batch_size: expected at least 1
History.from_dict({"loss": []})  ValueError: values: expected what to_dict gives, got dict
diagnose({})  TypeError: history: expected what fit returns, got dict
diagnose(History())  ValueError: history: expected at least one step, got none
fit(None, batches, steps=5)  TypeError: model: expected an nn.Module, got NoneType None
fit(nn.Linear, batches, steps=5)  TypeError: model: expected an nn.Module, got type <class 'torch.n
fit(PLAIN, batches, steps=5, loss="mse")  TypeError: loss: expected a function of outputs and label
fit(PLAIN, batches, steps=5, loss=lambda a, b: a.sum(1))  ValueError: expected a tensor of shape ()
fit(PLAIN, batches, steps=5, loss=lambda a, b: 1.0)  ValueError: loss: expected a tensor of shape (
fit(PLAIN, batches, steps=5, loss=lambda a, b: a.sum().detach())  ValueError: expected a tensor of
fit(PLAIN, None, steps=5)  TypeError: batches: expected a function of a generator, got NoneType Non
fit(PLAIN, [(PICTURES, LABELS)], steps=5)  TypeError: batches: expected a function of a generator,
fit(PLAIN, lambda g: None, steps=5)  TypeError: batches: expected (images, labels), two tensors, go
fit(PLAIN, lambda g: (PICTURES[:0], LABELS[:0]), steps=5)  ValueError: expected one picture at leas
fit(PLAIN, lambda g: (PICTURES, LABELS[:3]), steps=5)  ValueError: expected one picture at least, a
fit(PLAIN, lambda g: (PICTURES, LABELS + 3), steps=5)  ValueError: expected whole numbers from 0 to
fit(PLAIN, lambda g: (PICTURES, LABELS - 1), steps=5)  ValueError: expected whole numbers from 0 to
fit(PLAIN, lambda g: (PICTURES, LABELS + 0.5), steps=5)  ValueError: expected whole numbers from 0
fit(PLAIN, lambda g: (PICTURES.to_sparse(), LABELS), steps=5)  TypeError: expected a dense tensor,
fit(PLAIN, lambda g: (torch.tensor(1.0), torch.tensor(1)), steps=5)  ValueError: expected one pictu
fit(nn.Flatten(2), batches, steps=5)  ValueError: model: expected weights to train, got none that r
fit(nn.Conv2d(1, 3, 4), batches, steps=5)  ValueError: model: expected outputs of shape (64, classe
fit(PLAIN, batches, steps=5, device="meta")  RuntimeError: device: 'meta' was asked for, and torch
fit(PLAIN, batches, steps=5, seed=2**70)  ValueError: seed: expected at most 18446744073709551615,
fit(PLAIN, batches, steps=5, seed=None)  TypeError: seed: expected a whole number, got NoneType Non
fit(PLAIN, batches, steps=5, optimizer=None)  ValueError: optimizer: expected one of 'adam', got No
fit(PLAIN, batches, steps=5, optimizer=lambda groups: None)  TypeError: expected a function that re
fit(PLAIN, batches, steps=5, optimizer=lbfgs)  TypeError: optimizer: expected one that steps once
fit(PLAIN, batches, steps=5, schedule=np.array(["a", "b"]))  ValueError: expected one of 'cosine',
fit(PLAIN, batches, steps=5, probe=PICTURES.to_sparse())  TypeError: expected a dense tensor, got o
fit(PLAIN, batches, steps=5, probe=PICTURES[0])  ValueError: probe: expected shape (B, C, H, W) wit
fit(PLAIN, batches, steps=5, test=(PICTURES.to_sparse(), LABELS))  TypeError: expected a dense tens
fit(PLAIN, batches, steps=5, test=(PICTURES, LABELS.tolist()))  TypeError: expected (images, labels
fit(PLAIN, batches, steps=5, test={"a": PICTURES, "b": LABELS})  TypeError: expected (images, label
fit(PLAIN, batches, steps=5, checkpoint="")  ValueError: checkpoint: expected a path, got str ''
fit(PLAIN, batches, steps=5, checkpoint=3)  TypeError: checkpoint: expected a path, got int 3
fit(PLAIN, batches, steps=5, checkpoint="/")  ValueError: checkpoint: expected a file, got /, which
fit(PLAIN, batches, steps=5, checkpoint="/dev/null")  ValueError: expected a file, got /dev/null, w
fit(PLAIN, batches, steps=5, checkpoint="a\\0b")  ValueError: checkpoint: expected a path, got str
fit(PLAIN, batches, steps=5, warmup=0.5)  TypeError: warmup: expected a whole number, got float 0.5
evaluate(None, PICTURES, LABELS)  TypeError: model: expected an nn.Module, got NoneType None
evaluate(torch.relu, PICTURES, LABELS)  TypeError: model: expected an nn.Module, got builtin_functi
evaluate(PLAIN, PICTURES, LABELS, device="meta")  RuntimeError: device: 'meta' was asked for, and t
evaluate(PLAIN, PICTURES, LABELS + 3)  ValueError: labels: expected whole numbers from 0 to 2, got
evaluate(PLAIN, PICTURES, LABELS - 1)  ValueError: labels: expected whole numbers from 0 to 2, got
evaluate(PLAIN, PICTURES, LABELS + 0.5)  ValueError: labels: expected whole numbers from 0 to 2, go
evaluate(PLAIN, PICTURES, [0] * 64)  ValueError: labels: expected one for each of 64 pictures, and
evaluate(PLAIN, PICTURES.to_sparse(), LABELS)  TypeError: images: expected a dense tensor, got one
evaluate(PLAIN, PICTURES, LABELS.to_sparse())  TypeError: labels: expected a dense tensor, got one
evaluate(nn.Identity(), PICTURES, LABELS)  ValueError: model: expected outputs of shape (64, classe
evaluate(Says(None), PICTURES, LABELS)  ValueError: model: expected outputs of shape (64, classes),
evaluate(PLAIN, PICTURES, LABELS, batch_size=2.0)  TypeError: batch_size: expected a whole number,
evaluate(PLAIN, PICTURES * math.nan, LABELS)  FloatingPointError: model: expected numbers as output
History.from_dict({**History().to_dict(), "loss": 3})  ValueError: expected what to_dict gives, got
History.from_dict(None)  ValueError: values: expected what to_dict gives, got NoneType None
fit(PLAIN, lambda g: (PICTURES, LABELS + 0j), steps=5)  TypeError: labels: expected whole numbers, g
fit(PLAIN, lambda g: (PICTURES.to("meta"), LABELS), steps=5)  TypeError: batches: expected numbers,
torch.no_grad()(fit)(PLAIN, batches, steps=5)  RuntimeError: fit: expected gradients, got a call und
torch.inference_mode()(fit)(PLAIN, batches, steps=5)  RuntimeError: fit: expected gradients, got a c
fit(PLAIN, batches, steps=range(5))  TypeError: steps: expected a whole number, got range range(0, 5
fit(PLAIN, iter([(PICTURES, LABELS)]), steps=5)  TypeError: batches: expected a function of a genera
fit(PLAIN, batches, steps=5, checkpoint=b"run.pt")  TypeError: checkpoint: expected a path, got byte
evaluate(PLAIN, PICTURES.to("meta"), LABELS)  TypeError: images: expected numbers, got a torch.float
evaluate(PLAIN, PICTURES, LABELS + 0j)  TypeError: labels: expected whole numbers, got a torch.compl
diagnose(History(loss=[math.nan]))  ValueError: history: expected finite numbers as loss, got list [
diagnose(None)  TypeError: history: expected what fit returns, got NoneType None
fit(PLAIN, lambda g: (PICTURES, LABELS[:, None]), steps=5)  ValueError: labels: expected shape (64,)
fit(PLAIN, lambda g: (PICTURES, 0 * LABELS - 100), steps=5)  ValueError: one that is not -100 in a b
evaluate(PLAIN, PICTURES, LABELS.repeat(3, 1).T)  ValueError: outputs of shape (64, classes, 3), got
evaluate(PLAIN, PICTURES, LABELS[:, None][:, :0])  ValueError: labels: expected one for each of 64 p
# several
ParallelTransformer()  ValueError: transformers: expected one at least, got none
ParallelTransformer(build(), LINEAR)  TypeError: transformers: expected SpatialTransformers, got
ParallelTransformer([build()])  TypeError: transformers: expected SpatialTransformers, got list
ParallelTransformer(build(), build(nn.Linear(4, 6), Affine(), 3))  ValueError: expected one output_
CompositionalTransformer(LINEAR, 2)  TypeError: transformer: expected a SpatialTransformer, got
CompositionalTransformer(build(), 0)  ValueError: times: expected at least 1, got 0
CompositionalTransformer(build(), 2.0)  TypeError: times: expected a whole number, got float 2.0
CompositionalTransformer(spline(), 2)  NotImplementedError: got ThinPlateSpline: read twice instead
CompositionalTransformer(build(), 2)(IMAGE[0])  ValueError: image: expected shape (B, C, H, W)
Affine().compose(THETA, THETA[:1])  ValueError: second: expected shape (2, 6), as first, got
Affine().compose(THETA, None)  TypeError: theta: expected a torch tensor of shape (B, 6), got None
Similarity().compose(THETA, THETA)  ValueError: theta: expected shape (B, 4), got a torch.float32 t
Affine().compose(THETA, THETA.to("meta"))  TypeError: second: expected the device of first, cpu, go
Projective().compose(*HORIZONS)  ValueError: compose: expected a product of two maps, its last entry
ThinPlateSpline().compose(THETA[:, :2], 3)  ValueError: theta: expected shape (B, 32), got
# alignment
common_pose(MAPS, MAPS, torch.zeros(40) * 1j)  TypeError: groups: expected whole numbers, got a torc
common_pose(MAPS, MAPS[:3])  ValueError: truth: expected one map for each of 40 learned ones
recovery(MAPS[:0], MAPS[:0], side=9)  ValueError: and one at least, got 0
recovery(MAPS[:, :1], MAPS, side=9)  ValueError: theta: expected shape (B, 2, 3)
recovery(MAPS, MAPS, side=0)  ValueError: side: expected at least 1
common_pose(MAPS, MAPS, torch.zeros(3))  ValueError: groups: expected one for each of 40 maps
common_pose(MAPS, MAPS, [0] * 40)  ValueError: groups: expected one for each of 40 maps
alignment.pose(None)  TypeError: theta: expected a torch tensor of shape (B, 2, 3) or (B, 6), got N
alignment.pose(torch.zeros(2, 5))  ValueError: theta: expected shape (B, 2, 3) or (B, 6), got a tor
alignment.wrap(3)  TypeError: angle: expected a torch tensor of shape (...), got int 3
alignment.wrap(torch.tensor([1]))  TypeError: angle: expected a floating point tensor, got a torch.
alignment.mean_angle([1.0])  TypeError: angle: expected a torch tensor of shape (...), got list [1.
common_pose(MAPS, MAPS.double())  TypeError: truth: expected torch.float32 on cpu as the learned ma
common_pose(None, MAPS)  TypeError: theta: expected a torch tensor of shape (B, 2, 3) or (B, 6), go
common_pose(MAPS, MAPS, torch.zeros(40))  TypeError: groups: expected whole numbers, got a torch.fl
common_pose(MAPS * math.nan, MAPS)  ValueError: learned: expected finite numbers, got nan or infini
common_pose(MAPS, MAPS * math.nan)  ValueError: truth: expected finite numbers, got nan or infinite
common_pose(MAPS, MAPS * math.inf)  ValueError: truth: expected finite numbers, got nan or infinite
alignment.deviation(MAPS, MAPS, MAPS[:3])  ValueError: compose: expected one batch size, got 40 and
alignment.deviation(MAPS, MAPS, None)  TypeError: theta: expected a torch tensor of shape (B, 2, 3)
alignment.deviation(MAPS, MAPS[:3], MAPS[:1])  ValueError: truth: expected one map for each of 40 l
recovery(MAPS, MAPS, None, side=9.5)  TypeError: side: expected a whole number, got float 9.5
recovery(MAPS, MAPS, 3, side=9)  TypeError: theta: expected a torch tensor of shape (B, 2, 3) or (B
recovery(MAPS, MAPS, MAPS[:2], side=9)  ValueError: compose: expected one batch size, got 40 and 2
recovery(MAPS.to_sparse(), MAPS, side=9)  TypeError: theta: expected a dense tensor, got one of lay
# experiments
load(b"rts")  TypeError: record: expected a path, got bytes b'rts'
Task(Digits(SHAPED.images.to("meta"), SHAPED.labels), SHAPED, R())  TypeError: train: expected numbe
Task(SHAPED, SHAPED, R(), batch=0)  ValueError: batch: expected at least 1, got 0
Task(SHAPED, SHAPED, R(), copies=0)  ValueError: copies: expected at least 1, got 0
Task(SHAPED, SHAPED, R(), copies=1.5)  TypeError: copies: expected a whole number, got float
Hide(10)  ValueError: digit: expected at most 9, got 10
Hide(3, -1)  ValueError: distractors: expected at least 0, got -1
Hide(3, size=5)  ValueError: patch: expected at most the size, 5, got 6
Hide(3, size=7)(SHAPED.images, SHAPED.images, generator=SOURCE)  ValueError: 6 to 7 pixels wide, got
Hide(3, 2, patch=9)(SHAPED.images, SHAPED.images, generator=SOURCE)  ValueError: images: expected
Hide(3)(SHAPED.images, PICTURES, generator=SOURCE)  ValueError: others: expected square
Hidden(SHAPED, SHAPED, R())  TypeError: distortion: expected a Hide, got R R(degrees=90)
run(EXPERIMENTS["depth"], "st", 0)  ValueError: one of 'before', 'behind', 'none', got str 'st'
run(EXPERIMENTS["depth"], "none", -1)  ValueError: seed: expected at least 0, got -1
shallow_cnn("beside")  ValueError: place: expected one of 'before', 'behind', None, got str
load("rst")  FileNotFoundError: table1_rts, tc, volumes, volumes_two, or a JSON file, got rst
history_of({"network": "fcn"})  ValueError: expected one with statistics, got 'fcn' without
shallow_cnn(3)  ValueError: place: expected one of 'before', 'behind', None, got int 3
Task(None, SHAPED, R())  TypeError: train: expected Digits(images, labels), got NoneType None
Task(SHAPED, None, R())  TypeError: test: expected Digits(images, labels), got NoneType None
Task(Digits([1], [1]), SHAPED, R())  TypeError: train: expected images (N, ...) and labels (N,), tw
Task(Digits(SHAPED[0][:5], SHAPED[1]), SHAPED, R())  ValueError: train: expected one label a picture
Task(Digits(SHAPED[0][:0], SHAPED[1][:0]), SHAPED, R())  ValueError: train: expected one picture at
Task((1, 2), SHAPED, R())  TypeError: train: expected Digits(images, labels), got tuple (1, 2)
Task(SHAPED, SHAPED, None)  TypeError: distortion: expected a function, got NoneType None
Task(SHAPED, Digits(SHAPED.images[:5], SHAPED.labels[:5]), R())  ValueError: expected each class fr
Task(SHAPED, SHAPED, R(), device="toaster")  RuntimeError: device: 'toaster' was asked for, and tor
Task(SHAPED, SHAPED, R(), batch="64")  TypeError: batch: expected a whole number, got str '64'
run("rts", "fcn", 0)  TypeError: experiment: expected an Experiment, got str 'rts'
run(EXPERIMENTS["depth"], None, 0)  ValueError: network: expected one of 'before', 'behind', 'none'
run(EXPERIMENTS["depth"], "none", 2**70)  ValueError: seed: expected at most 18446744073709551615,
run(EXPERIMENTS["depth"], ["none"], 0)  ValueError: network: expected one of 'before', 'behind', 'n
load(3)  TypeError: record: expected a path, got int 3
load("")  ValueError: record: expected a path, got str ''
load(None)  TypeError: record: expected a path, got NoneType None
history_of(None)  TypeError: record: expected what run gives, got NoneType None
history_of([])  TypeError: record: expected what run gives, got list []
# plotting
draw_image(AX, np.ma.masked_less(np.eye(3), 1))  ValueError: image: expected real numbers in all pla
draw_points(AX, np.ma.masked_less(np.eye(2), 1))  ValueError: points: expected real numbers in all p
draw_image(AX, IMAGE[0, 0], vmin="a")  TypeError: vmin: expected a number, got str 'a'
draw_image(AX, IMAGE[0, 0], vmax=None)  TypeError: vmax: expected a number, got NoneType None
draw_grid(AX, GRID[0], outline="no")  TypeError: expected True or False, got str 'no'
draw_grid(AX, GRID[0], points=1)  TypeError: points: expected True or False, got int 1
draw_points(AX, iter([(0, 1)]))  TypeError: points: expected real numbers, got list_iterator
draw_image(AX, (row for row in [[0]]))  TypeError: image: expected real numbers, got generator
panels(0)  ValueError: n: expected at least 1, got 0
panels(2.5)  TypeError: n: expected a whole number, got float 2.5
panels("2")  TypeError: n: expected a whole number, got str '2'
panels(2, titles=3)  TypeError: titles: expected a sequence of texts, got int 3
panels(2, titles="ab")  TypeError: titles: expected a sequence of texts, got str 'ab'
panels(2, titles=["a"])  ValueError: titles: expected 2, got 1
panels(1, height=-1)  ValueError: height: expected a finite number above 0, got -1
panels(1, height="2")  TypeError: height: expected a number, got str '2'
panels(1, width=math.nan)  ValueError: width: expected a finite number above 0, got nan
panels(1, width=10**400)  ValueError: width: expected a number that a float holds, got a larger one
RTS(scale=(1, 10**400))  ValueError: scale: expected (low, high) with 0 < low <= high, got tuple (1
panels(1, width=0)  ValueError: width: expected a finite number above 0, got 0
draw_image(None, IMAGE[0, 0])  TypeError: ax: expected axes of matplotlib, got NoneType None
draw_image(AX, None)  TypeError: image: expected real numbers, got NoneType None
draw_image(AX, "abc")  TypeError: image: expected real numbers, got str 'abc'
draw_image(AX, IMAGE)  ValueError: image: expected shape (H, W), (1, H, W) or (1, 1, H, W), got a t
draw_image(AX, torch.zeros(0, 3))  ValueError: image: expected shape (H, W), (1, H, W) or (1, 1, H,
draw_image(AX, [[1, 2], [3]])  TypeError: image: expected real numbers, got list [[1, 2], [3]]
draw_image(AX, [["a", "b"]])  TypeError: image: expected real numbers, got list [['a', 'b']]
draw_image(AX, IMAGE[0, 0] * 1j)  TypeError: image: expected real numbers, got a torch.complex64 te
draw_image(AX, IMAGE[0, 0], frame="cm")  ValueError: frame: expected one of 'normalised', 'pixel',
draw_image(AX, IMAGE[0, 0], frame=None)  ValueError: frame: expected one of 'normalised', 'pixel',
draw_image(AX, IMAGE[0, 0], align_corners="no")  TypeError: expected True or False, got str 'no'
draw_image(AX, IMAGE[0, 0].to_sparse())  TypeError: image: expected a dense tensor, got one of layo
draw_grid(None, GRID[0])  TypeError: ax: expected axes of matplotlib, got NoneType None
draw_grid(AX, None)  TypeError: grid: expected real numbers, got NoneType None
draw_grid(AX, GRID)  ValueError: grid: expected shape (H, W, 2) or (1, H, W, 2), got a torch.float3
draw_grid(AX, torch.zeros(3, 2))  ValueError: grid: expected shape (H, W, 2) or (1, H, W, 2), got a
draw_grid(AX, "grid")  TypeError: grid: expected real numbers, got str 'grid'
draw_grid(AX, GRID[0], every=0)  ValueError: every: expected at least 1, got 0
draw_grid(AX, GRID[0], every=1.5)  TypeError: every: expected a whole number, got float 1.5
draw_grid(AX, torch.zeros(0, 3, 2))  ValueError: grid: expected shape (H, W, 2) or (1, H, W, 2), go
draw_points(None, torch.zeros(3, 2))  TypeError: ax: expected axes of matplotlib, got NoneType None
draw_points(AX, None)  TypeError: points: expected real numbers, got NoneType None
draw_points(AX, "points")  TypeError: points: expected real numbers, got str 'points'
draw_points(AX, torch.zeros(3))  ValueError: points: expected shape (..., 2), got a torch.float32 t
draw_points(AX, torch.zeros(3, 2), labels=["a"])  ValueError: labels: expected 3, got 1
draw_points(AX, torch.zeros(3, 2), labels=3)  TypeError: labels: expected a sequence of texts, got
draw_points(AX, torch.zeros(3, 2), labels="abc")  TypeError: labels: expected a sequence of texts,
draw_arrows(None, torch.zeros(1, 2), torch.zeros(1, 2))  TypeError: ax: expected axes of matplotlib
draw_arrows(AX, torch.zeros(1, 2), None)  TypeError: end: expected real numbers, got NoneType None
draw_arrows(AX, torch.zeros(1, 2), torch.zeros(2, 2))  ValueError: end: expected 1 points, as many
draw_arrows(AX, torch.zeros(1, 3), torch.zeros(1, 2))  ValueError: start: expected shape (..., 2),
draw_values(None, IMAGE[0])  TypeError: ax: expected axes of matplotlib, got NoneType None
draw_values(AX, None)  TypeError: image: expected real numbers, got NoneType None
draw_values(AX, torch.zeros(0, 2))  ValueError: image: expected shape (H, W), (1, H, W) or (1, 1, H
draw_values(AX, IMAGE[0], fmt=3)  TypeError: fmt: expected a format such as '{:.1f}', got int 3
draw_values(AX, IMAGE[0, 0], fmt="{:.1q}")  ValueError: fmt: expected a format such as '{:.1f}', go
draw_values(AX, IMAGE[0, 0], fmt="{} {}")  ValueError: fmt: expected a format such as '{:.1f}', got
draw_image(AX, torch.zeros(2, 2).to("meta"))  TypeError: image: expected numbers, got a torch.float3
history_of({"network": "a", "loss": [1]})  ValueError: record: expected one with statistics, got 'a'
draw_field(None, IMAGE[0])  TypeError: ax: expected axes of matplotlib, got NoneType None
draw_field(AX, torch.zeros(0, 2))  ValueError: image: expected shape (H, W), (1, H, W) or (1, 1, H,
draw_field(AX, None)  TypeError: image: expected real numbers, got NoneType None
draw_field(AX, IMAGE[0], limit="1")  TypeError: limit: expected a number, got str '1'
draw_field(AX, IMAGE[0], limit=-1)  ValueError: limit: expected a number above 0, got -1
draw_field(AX, IMAGE[0], limit=0)  ValueError: limit: expected a number above 0, got 0
draw_field(AX, "ab")  TypeError: image: expected real numbers, got str 'ab'
"""
ROWS = re.findall(r"^([^#].*?)  (\w+): (.*)$", CALLS, re.MULTILINE)


def test_every_line_is_a_row():
    lines = [line for line in CALLS.split("\n") if line and not line.startswith("#")]
    assert len(ROWS) == len(lines) == len(set(lines)) > 500


@pytest.mark.parametrize(("call", "error", "message"), ROWS, ids=[call for call, _, _ in ROWS])
def test_bad_call(call, error, message):
    kind = getattr(builtins, error)
    with pytest.raises(kind, match=re.escape(message)) as caught:
        eval(call)
    assert type(caught.value) is kind
