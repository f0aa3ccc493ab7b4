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
from torch import nn

from stnlib import *  # noqa: F403
from stnlib import affine
from stnlib.alignment import common_pose, recovery
from stnlib.coordinates import axis, normalised_from_pixel, pixel_from_normalised
from stnlib.digits import Digits, load_digits, load_mnist, split
from stnlib.distortions import RTS, TC, E, P, R
from stnlib.experiments import EXPERIMENTS, Task, history_of, load, run
from stnlib.experiments.failures import shallow_cnn
from stnlib.networks import (
    ConvLocalisation,
    DenseLocalisation,
    cnn,
    fcn,
    st_cnn,
    st_fcn,
    width_for,
)
from stnlib.pixel_matrix import pixel_from_theta, theta_from_pixel
from stnlib.training import History, diagnose, evaluate, fit

IMAGE, GRID, THETA = torch.zeros(2, 1, 4, 5), torch.zeros(2, 3, 3, 2), torch.zeros(2, 6)
FLAT = affine.scaling(0.0)
NOT_FINITE = torch.tensor([[[float("nan"), 0, 0], [0, 1.0, 0]]])
ON_A_LINE = torch.tensor([[[0.0, 0], [1, 0], [2, 0], [0, 1]]])
NO_NUMBERS = torch.full((2, 4, 2), float("nan"))
MAPS = affine.identity().expand(40, -1, -1)
SHAPED = Digits(torch.zeros(30, 1, 8, 8), torch.arange(30) % 10)
DIGITS, SOURCE = torch.zeros(4, 1, 28, 28), torch.Generator()
PICTURES, LABELS = torch.zeros(64, 1, 4, 4), torch.zeros(64).long()
PLAIN = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
LOOK, LINEAR, NO_BIAS = torch.zeros(3, 2, 6, 7), nn.Linear(4, 6), nn.Linear(4, 6, bias=False)
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
regular_grid((1, 2, 3))  ValueError: size: expected (height, width)
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
# affine maps and pixel matrices
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
# transforms
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
Affine().points(THETA, torch.zeros(3, 2).double())  TypeError: expected torch.float32 on
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
# digits
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
# distortions
R("90")  TypeError: degrees: expected a number, got str '90'
R(True)  TypeError: degrees: expected a number, got bool True
R(-1)  ValueError: degrees: expected 0 to 180, got -1
R(math.nan)  ValueError: degrees: expected 0 to 180, got nan
RTS(0)  ValueError: size: expected at least 1, got 0
RTS((42, 42))  TypeError: size: expected a whole number, got tuple (42, 42)
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
# networks
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
fit(PLAIN, lambda g: PICTURES, steps=5)  TypeError: batches: expected (images, labels)
fit(PLAIN, lambda g: (PICTURES, 3), steps=5)  TypeError: batches: expected (images, labels)
fit(PLAIN, batches, steps=5, checkpoint="no/run.pt")  FileNotFoundError: a folder no, found none
evaluate(PLAIN, PICTURES, LABELS[None])  ValueError: labels: expected one for each of 64
evaluate(PLAIN, PICTURES[:0], LABELS[:0])  ValueError: one at least
evaluate(PLAIN, PICTURES[0], LABELS[0])  ValueError: images: expected shape (B, C, H, W)
evaluate(PLAIN, PICTURES, LABELS, batch_size=0)  ValueError: batch_size: expected at least 1
History.from_dict({"loss": []})  ValueError: values: expected what to_dict gives, got dict
diagnose({})  TypeError: history: expected what fit returns, got dict
diagnose(History())  ValueError: history: expected at least one step, got none
# alignment
common_pose(MAPS, MAPS[:3])  ValueError: truth: expected one map for each of 40 learned ones
recovery(MAPS[:0], MAPS[:0], side=9)  ValueError: and one at least, got 0
recovery(MAPS[:, :1], MAPS, side=9)  ValueError: theta: expected shape (B, 2, 3)
recovery(MAPS, MAPS, side=0)  ValueError: side: expected at least 1
common_pose(MAPS, MAPS, torch.zeros(3))  ValueError: groups: expected one for each of 40 maps
common_pose(MAPS, MAPS, [0] * 40)  ValueError: groups: expected one for each of 40 maps
# experiments
Task(SHAPED, SHAPED, R(), batch=0)  ValueError: batch: expected at least 1, got 0
Task(SHAPED, SHAPED, R(), copies=0)  ValueError: copies: expected at least 1, got 0
Task(SHAPED, SHAPED, R(), copies=1.5)  TypeError: copies: expected a whole number, got float
run(EXPERIMENTS["depth"], "st", 0)  ValueError: one of 'before', 'behind', 'none', got str 'st'
run(EXPERIMENTS["depth"], "none", -1)  ValueError: seed: expected at least 0, got -1
shallow_cnn("beside")  ValueError: place: expected one of 'before', 'behind', None, got str
load("rst")  FileNotFoundError: rts, starts, tc, or a JSON file, got rst
history_of({"network": "fcn"})  ValueError: expected one with statistics, got 'fcn' without
"""
ROWS = re.findall(r"^([^#].*?)  (\w+): (.*)$", CALLS, re.MULTILINE)


def test_every_line_is_a_row():
    lines = [line for line in CALLS.split("\n") if line and not line.startswith("#")]
    assert len(ROWS) == len(lines) == len(set(lines)) >= 251


@pytest.mark.parametrize(("call", "error", "message"), ROWS, ids=[call for call, _, _ in ROWS])
def test_bad_call(call, error, message):
    kind = getattr(builtins, error)
    with pytest.raises(kind, match=re.escape(message)) as caught:
        eval(call)
    assert type(caught.value) is kind
