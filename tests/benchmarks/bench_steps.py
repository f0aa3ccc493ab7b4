"""What makes a training step shorter: the ST-CNN of `table1_rts`, with one thing changed at a time.

Time a picture, as a ratio to `fit` as it is, taken in turns in one run; medians. The last two lines
are pictures a second of wall clock, beside one process with one thread. Run `make bench`.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial

import torch
from joblib import Parallel, delayed
from torch import nn
from torch.nn.functional import cross_entropy

from stnlib.digits import load_split
from stnlib.distortions import RTS
from stnlib.experiments import Task
from stnlib.experiments.catalogue.table1 import WIDE
from stnlib.training.run import Run

ROUNDS, PLAIN = 40, {"batch": 128, "optimizer": "adam", "change": None, "fresh": True}
CHANGES = {
    "fit as it is": {},
    "kernels in torch's default layout": {"change": "layout"},
    "ReLU before the pool, not behind": {"change": "order"},
    "fused Adam": {"optimizer": partial(torch.optim.Adam, fused=True)},
    "64 pictures a step": {"batch": 64},
    "256 pictures a step": {"batch": 256},
    "pictures that were distorted before": {"fresh": False},
}


def stepper(batch: int, optimizer: str | Callable, change: str | None, fresh: bool) -> Callable:
    """Return a function that does one step of a new network."""
    torch.manual_seed(0)
    network = WIDE["st_cnn"].build()
    if change == "order":
        for part in (network.transformer.localisation, network.classifier):
            for i, layer in enumerate(list(part)):
                if isinstance(layer, nn.MaxPool2d):
                    part[i], part[i + 1] = part[i + 1], layer
    run = Run(
        network, steps=10**6, learning_rate=1e-3, localisation_rate=None, optimizer=optimizer,
        schedule="cosine", warmup=0, loss=cross_entropy, seed=0, device=None,
    )  # fmt: skip
    if change == "layout":
        for weight in network.parameters():
            weight.data = weight.data.clone(memory_format=torch.contiguous_format)
    train, _, test = load_split()
    task = Task(train, test, RTS(), batch=batch, copies=1)
    kept = task(torch.Generator().manual_seed(0))
    return lambda: run.advance(task if fresh else lambda _: kept)


def pictures_a_second(threads: int) -> float:
    """Return how many pictures a process trains on, a second of wall clock."""
    torch.set_num_threads(threads)
    step = stepper(**PLAIN)
    step()
    begin = time.perf_counter()
    for _ in range(ROUNDS):
        step()
    return ROUNDS * PLAIN["batch"] / (time.perf_counter() - begin)


def main() -> None:
    """Print each ratio."""
    torch.set_num_threads(1)
    steps = {name: stepper(**PLAIN | changed) for name, changed in CHANGES.items()}
    spent = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            begin = time.process_time()
            step()
            pictures = (PLAIN | CHANGES[name])["batch"]
            spent[name].append((time.process_time() - begin) / pictures)
    medians = {name: statistics.median(found) for name, found in spent.items()}
    plain = medians["fit as it is"]
    for name, found in medians.items():
        print(f"{name:38} {1e6 * found:6.0f} µs a picture, ratio {found / plain:.2f}")
    one = pictures_a_second(1)
    two_processes = sum(Parallel(2)(delayed(pictures_a_second)(1) for _ in range(2)))
    print(f"{'one process with two threads':38} {pictures_a_second(2) / one:.2f} × the pictures")
    print(f"{'two processes with one thread each':38} {two_processes / one:.2f} × the pictures")


if __name__ == "__main__":
    main()
