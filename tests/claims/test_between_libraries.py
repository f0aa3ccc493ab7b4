"""Sentences of book/between_libraries.ipynb, each tried against the libraries themselves.

Maps are as the table there says: P on pixels, output to input, or what a library wants for it.
"""

import cv2
import kornia
import numpy as np
import pytest
import torch
from PIL import Image
from scipy import ndimage
from skimage.data import camera
from skimage.transform import warp
from torch.nn.functional import grid_sample

from stnlib import affine, affine_grid, coordinates
from stnlib.pixel_matrix import pixel_from_theta
from tests.claims.quoting import claim

FLAGS = [False, True]
EDGES = torch.tensor([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]]).double()
BILINEAR, AFFINE = Image.Resampling.BILINEAR, Image.Transform.AFFINE


def cases():
    generator = torch.Generator().manual_seed(0)
    photo = torch.from_numpy(camera()[40:500:9, 3:400:11] / 255).float()
    for picture, new in (
        (torch.rand(28, 22, generator=generator), (30, 40)),
        (torch.rand(9, 33, generator=generator), (17, 8)),
        (photo, (40, 40)),
    ):
        for parts in (
            {"rotation": 0.4, "scale_x": 1.1, "scale_y": 0.8, "t_x": 0.1},
            {"rotation": -2.0, "scale_x": 0.5, "scale_y": -0.7, "shear": 0.6, "t_y": 0.3},
            {"scale_x": 1.6, "scale_y": 1.3},
        ):
            yield picture, new, affine.from_parts(**parts)


CASES = [pytest.param(*case, id=str(number)) for number, case in enumerate(cases())]
each_case = pytest.mark.parametrize(("picture", "new", "theta"), CASES)
each_flag = pytest.mark.parametrize("flag", FLAGS)


def setting(picture, new, theta, flag):
    """What torch reads; P in double; the points in pixels; which lie between pixel centres."""
    grid = affine_grid(theta, new, align_corners=flag)
    size = tuple(picture.shape)
    P = pixel_from_theta(theta.double(), size, new, align_corners=flag)[0]
    points = coordinates.pixel_from_normalised(grid[0], size, align_corners=flag)
    last = torch.tensor(size[::-1]) - 1
    inside = ((points >= 1e-3) & (points <= last - 1e-3)).all(-1)
    read = grid_sample(picture[None, None], grid, align_corners=flag)[0, 0]
    return read, P, points, inside


def off(made, read, where=None):
    made = made if isinstance(made, torch.Tensor) else torch.from_numpy(np.array(made))
    far = (made.double() - read.double()).abs()
    return (far if where is None else far[where]).max().item()


def swapped(P):
    return P[[1, 0, 2]][:, [1, 0, 2]].numpy()


def by_points(points):
    return points.flip(-1).permute(2, 0, 1).numpy()


def for_pil(P):
    return (EDGES @ P @ EDGES.inverse())[:2].flatten().tolist()


@claim("between", "Inside, all read the same of this picture, which is float32.")
@each_case
@each_flag
def test_every_line_of_the_table(picture, new, theta, flag):
    read, P, points, inside = setting(picture, new, theta, flag)
    pixels, width_first, M = picture.numpy(), new[::-1], P.inverse()[:2]
    made = {
        "scikit-image": warp(pixels, P.numpy(), output_shape=new, order=1),
        "SciPy matrix": ndimage.affine_transform(pixels, swapped(P), output_shape=new, order=1),
        "SciPy points": ndimage.map_coordinates(pixels, by_points(points), order=1),
        "PIL": Image.fromarray(pixels).transform(width_first, AFFINE, for_pil(P), BILINEAR),
        "OpenCV": cv2.warpAffine(pixels, M.numpy(), width_first),
        "kornia": kornia.geometry.warp_affine(picture[None, None], M[None].float(), new)[0, 0],
    }
    assert inside.sum() > 20
    for name, result in made.items():
        assert off(result, read, inside) < 2e-4, name


@claim(
    "between",
    'The others fade to black over one pixel, as torch does with `padding_mode="zeros"`.',
    "SciPy stops at the outer pixel centres, unless you give another `mode`; "
    '`"grid-constant"` fades as torch does.',
)
@each_case
@each_flag
def test_what_stands_at_the_rim(picture, new, theta, flag):
    read, P, points, _ = setting(picture, new, theta, flag)
    pixels, M = picture.numpy(), P.inverse()[:2]
    assert off(warp(pixels, P.numpy(), output_shape=new, order=1), read) < 2e-4
    assert off(cv2.warpAffine(pixels, M.numpy(), new[::-1]), read) < 2e-4
    kornias = kornia.geometry.warp_affine(picture[None, None], M[None].float(), new)
    assert off(kornias[0, 0], read) < 2e-4
    last = torch.tensor(tuple(picture.shape)[::-1]) - 1
    outside = ((points < -1e-3) | (points > last + 1e-3)).any(-1)
    for call, at in (
        (ndimage.affine_transform, (swapped(P),)),
        (ndimage.map_coordinates, (by_points(points),)),
    ):
        size = {"output_shape": new} if call is ndimage.affine_transform else {}
        assert off(call(pixels, *at, order=1, mode="grid-constant", **size), read) < 2e-4
        plain = call(pixels, *at, order=1, **size)
        assert not outside.any() or plain[outside.numpy()].max() == 0


@claim("between", "PIL repeats the outer pixels as far as the edge.")
@each_case
def test_pil_repeats_the_outer_pixels(picture, new, theta):
    _, P, points, _ = setting(picture, new, theta, False)
    last = torch.tensor(tuple(picture.shape)[::-1]) - 1
    within = ((points > -0.499) & (points < last + 0.499)).all(-1)
    beyond = ((points < -0.501) | (points > last + 0.501)).any(-1)
    grid = affine_grid(theta, new)
    border = grid_sample(picture[None, None], grid, padding_mode="border", align_corners=False)
    made = Image.fromarray(picture.numpy()).transform(new[::-1], AFFINE, for_pil(P), BILINEAR)
    assert off(made, border[0, 0], within) < 2e-4
    assert not beyond.any() or off(made, torch.zeros(new), beyond) == 0


@claim("between", "OpenCV takes the upper two rows of $A_{\\text{px}}$ itself with "
    "`flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP`.")
@each_case
@each_flag
def test_opencv_takes_the_inverse_map(picture, new, theta, flag):
    read, P, *_ = setting(picture, new, theta, flag)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    assert off(cv2.warpAffine(picture.numpy(), P[:2].numpy(), new[::-1], flags=flags), read) < 2e-4


@claim(
    "between",
    "A wrong direction raises no error: it gives another picture, unless the map is its own "
    "inverse.",
)
@each_case
def test_a_wrong_direction_is_silent(picture, new, theta):
    read, P, *_ = setting(picture, new, theta, False)
    pixels, wrong = picture.numpy(), P.inverse()
    for made in (
        warp(pixels, wrong.numpy(), output_shape=new, order=1),
        cv2.warpAffine(pixels, P[:2].numpy(), new[::-1]),
        ndimage.affine_transform(pixels, swapped(wrong), output_shape=new, order=1),
        Image.fromarray(pixels).transform(new[::-1], AFFINE, for_pil(wrong), BILINEAR),
        kornia.geometry.warp_affine(picture[None, None], P[None, :2].float(), new)[0, 0],
    ):
        assert off(made, read) > 0.1
