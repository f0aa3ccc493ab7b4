"""Time the grid and the read as ratios to torch's own pair, interleaved in one run.

For each size: affine_grid + grid_sample of torch is 1. Below 1 is faster. A round calls each
reader in turn, for about 5 ms. A ratio is the median over rounds of (ours / torch's) within the
round, so that a busy machine slows both.
"""

import argparse
import importlib.util
import statistics
import time
from functools import partial

import torch
import torch.nn.functional as F

from stnlib import affine, affine_grid, sample
from stnlib.pixel_matrix import pixel_from_theta

SIZES = [(64, 1, 28, 28), (64, 1, 60, 60), (32, 16, 64, 64), (8, 3, 224, 224), (1, 3, 1024, 1024)]


def with_torch(image, theta):
    grid = F.affine_grid(theta, image.shape, align_corners=False)
    return F.grid_sample(image, grid, align_corners=False)


def with_our_grid(image, theta):
    return F.grid_sample(image, affine_grid(theta, image.shape[2:]), align_corners=False)


def all_ours(image, theta):
    return sample(image, affine_grid(theta, image.shape[2:]))


def with_kornia(image, theta, matrix):
    from kornia.geometry.transform import warp_affine

    return warp_affine(image, matrix, image.shape[2:], align_corners=False)


def forward(read, image, theta):
    with torch.no_grad():
        read(image, theta)


def forward_backward(read, image, theta):
    read(image, theta.detach().requires_grad_()).sum().backward()


def read_backward(read, image, grid):
    image, grid = image.detach().requires_grad_(), grid.detach().requires_grad_()
    read(image, grid, align_corners=False).sum().backward()


def seconds(call, repeats=1):
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def ratios(step, readers, image, theta, rounds):
    """Return the median ratio of each reader to torch, and torch's median seconds."""
    calls = {name: partial(step, read, image, theta) for name, read in readers.items()}
    for call in calls.values():
        call()
    repeats = {name: max(1, round(0.005 / seconds(call))) for name, call in calls.items()}
    times = [
        {name: seconds(call, repeats[name]) for name, call in calls.items()} for _ in range(rounds)
    ]
    found = {name: statistics.median(row[name] / row["torch"] for row in times) for name in readers}
    return found, statistics.median(row["torch"] for row in times)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    kornia = importlib.util.find_spec("kornia") is not None
    print(f"torch {torch.__version__}, {options.threads} threads, {options.rounds} rounds")
    print(f"{'(B, C, H, W)':20} {'step':17} {'torch ms':>9}  ratios to torch's pair")
    for size in SIZES:
        image = torch.randn(size)
        theta = affine.from_parts(rotation=torch.linspace(-0.5, 0.5, size[0]), scale_x=0.9)
        matrix = pixel_from_theta(theta, size[2:], size[2:], convention="opencv")
        readers = {"torch": with_torch, "stnlib grid + torch read": with_our_grid}
        readers["stnlib grid + stnlib read"] = all_ours
        if kornia:
            readers["kornia warp_affine"] = partial(with_kornia, matrix=matrix)
        for step in (forward, forward_backward):
            # kornia is given a matrix that needs no gradient, so it is timed forward only
            timed = {k: v for k, v in readers.items() if k[0] != "k" or step is forward}
            found, base = ratios(step, timed, image, theta, options.rounds)
            text = ", ".join(f"{k} {v:.2f}" for k, v in found.items() if k != "torch")
            print(f"{size!s:20} {step.__name__:17} {base * 1e3:9.3f}  {text}")
    print("reading alone, forward and backward to picture and grid, torch's grid_sample = 1")
    for size in SIZES:
        image = torch.randn(size)
        theta = affine.from_parts(rotation=torch.linspace(-0.5, 0.5, size[0]), scale_x=0.9)
        readers = {"torch": F.grid_sample, "stnlib": sample}
        grid = affine_grid(theta, size[2:]).contiguous()
        found, base = ratios(read_backward, readers, image, grid, options.rounds)
        print(f"{size!s:20} {'read_backward':17} {base * 1e3:9.3f}  stnlib {found['stnlib']:.2f}")


if __name__ == "__main__":
    main()
