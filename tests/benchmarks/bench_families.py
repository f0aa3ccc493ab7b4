"""Time the sampling grid of each family, forward and with its backward, against other libraries.

Rows are interleaved as in ``bench_reading``: a ratio is the median over rounds of
(time / time of stnlib's family), so above 1 means that the other one is slower. kornia is timed
where it is installed; scikit-image, which knows no batch and no gradient, forward only, on one
picture, and its time is multiplied by the number of pictures.
The last columns compare each family with the affine grid: torch's own and stnlib's.
"""

import argparse
import importlib.util
import statistics
import time

import numpy as np
import torch
import torch.nn.functional as F
from skimage import transform as skimage_transform

from stnlib import Affine, PiecewiseAffine, Projective, ThinPlateSpline, regular_grid
from stnlib.transforms import FAMILIES

SIZES = [(64, 28, 28), (64, 60, 60), (32, 64, 64), (8, 224, 224), (1, 1024, 1024)]
TIMED = {name: kind() for name, kind in FAMILIES.items()}
TIMED["spline 8 × 8"] = ThinPlateSpline((8, 8))
AFFINE = Affine()
KORNIA = importlib.util.find_spec("kornia") is not None


def with_torch(theta, size):
    return F.affine_grid(theta.reshape(-1, 2, 3), (len(theta), 1, *size), align_corners=False)


def with_kornia(family, theta, size):
    """The same grid by kornia: points moved by a matrix, or a spline solved for each picture."""
    from kornia.geometry.linalg import transform_points
    from kornia.geometry.transform import get_tps_transform, warp_points_tps

    points = regular_grid(size).reshape(1, -1, 2).expand(len(theta), -1, -1)
    if isinstance(family, ThinPlateSpline):
        where = family.control_points.expand(len(theta), -1, -1)
        moved = where + family.displacements(theta)
        return warp_points_tps(points, moved, *get_tps_transform(where, moved))
    matrix = family.matrix(theta)
    if isinstance(family, Affine):
        matrix = torch.cat((matrix, matrix.new_tensor([[0, 0, 1]]).expand(len(theta), 1, 3)), 1)
    return transform_points(matrix, points)


def with_skimage(family, theta, size):
    """The grid of the first picture by scikit-image; its set-up is counted."""
    points = regular_grid(size).reshape(-1, 2).numpy()
    if isinstance(family, (Affine, Projective)):
        rows = family.matrix(theta[:1]).numpy()[0]
        square = np.concatenate((rows, [[0, 0, 1]]))[:3]
        return skimage_transform.ProjectiveTransform(square)(points)
    kind = skimage_transform.PiecewiseAffineTransform
    if isinstance(family, ThinPlateSpline):
        kind = skimage_transform.ThinPlateSplineTransform
    where = family.control_points.numpy()
    return kind.from_estimate(where, where + family.displacements(theta[:1])[0].numpy())(points)


def calls(family, size, backward):
    """Return what is timed, by name: functions without arguments."""
    batch, *sides = size
    noise = 0.02 * torch.randn(batch, family.n_params)
    theta = (family.identity() + noise).requires_grad_(backward)
    plain = torch.randn(batch, 6).requires_grad_(backward)
    rows = {
        "own": lambda: family.grid(theta, sides),
        "stnlib affine": lambda: AFFINE.grid(plain, sides),
        "torch affine": lambda: with_torch(plain, sides),
    }
    if KORNIA and not isinstance(family, PiecewiseAffine):
        rows["kornia"] = lambda: with_kornia(family, theta, sides)
    if not backward:
        rows["scikit-image"] = lambda: with_skimage(family, theta, sides)
        return {name: torch.no_grad()(call) for name, call in rows.items()}
    return {name: lambda call=call: call().sum().backward() for name, call in rows.items()}


def seconds(call, name, batch, budget=0.005):
    """Return the seconds of a call for the whole batch, repeated for about ``budget``."""
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < budget or not count:
        call()
        count += 1
    once = (time.perf_counter() - start) / count
    return once * batch if name == "scikit-image" else once


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    print(f"torch {torch.__version__}, {options.threads} threads, {options.rounds} rounds")
    for backward in (False, True):
        step = "forward and backward" if backward else "forward"
        print(f"grids, {step}; how many times as long others take (above 1: slower than stnlib)")
        for size in SIZES:
            for title, family in TIMED.items():
                timed = calls(family, size, backward)
                for call in timed.values():
                    call()
                rows = [
                    {name: seconds(call, name, size[0]) for name, call in timed.items()}
                    for _ in range(options.rounds)
                ]
                own = statistics.median(row["own"] for row in rows)
                ratio = {k: statistics.median(r[k] / r["own"] for r in rows) for k in timed}
                others = ", ".join(f"{k} {ratio[k]:.1f}" for k in list(timed)[3:])
                affine = ", ".join(f"{1 / ratio[k]:.2f} × {k}" for k in list(timed)[1:3])
                print(f"{size!s:16} {title:17} {own * 1e3:8.3f} ms  {others:32} is {affine}")


if __name__ == "__main__":
    main()
