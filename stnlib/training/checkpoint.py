"""Files that a killed run resumes from: whole or not at all, and of this run only."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor

FORMAT = "stnlib checkpoint 1"


def write(path: Path, content: dict, settings: dict[str, str]) -> None:
    """Replace the file in one step: a kill at any moment leaves the old one or the new one."""
    part = path.with_name(path.name + ".part")  # same folder, so that the rename is atomic
    with open(part, "wb") as file:
        torch.save({"format": FORMAT, "settings": settings, **content}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    if os.name == "posix":  # the rename itself must reach the disk too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read(path: Path, settings: dict[str, str]) -> dict | None:
    """Return what :func:`write` wrote under the same settings, or None where there is no file.

    Raises:
        ValueError: no checkpoint, or one of a run with other settings: the first is named.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError) as error:
        raise ValueError(
            f"checkpoint: expected a file that fit wrote, got {path} ({type(error).__name__})"
        ) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"checkpoint: expected a file that fit wrote, got {path}")
    old = content["settings"]
    for name in [*settings, *old]:
        if settings.get(name) != old.get(name):
            raise ValueError(
                f"checkpoint: {path} is of a run with {name} {old.get(name, 'absent')}, and this "
                f"one has {settings.get(name, 'absent')}; use its settings, or another file"
            )
    return content


def random_state(device: torch.device) -> list[Tensor]:
    """Return the state of torch's global random numbers, on the CPU and on the device."""
    if device.type == "cuda":
        return [torch.get_rng_state(), torch.cuda.get_rng_state(device)]
    if device.type == "mps":
        return [torch.get_rng_state(), torch.mps.get_rng_state()]
    return [torch.get_rng_state()]


def set_random_state(states: list[Tensor], device: torch.device) -> None:
    """Go back to what :func:`random_state` returned."""
    torch.set_rng_state(states[0])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states[1], device)
    if device.type == "mps":
        torch.mps.set_rng_state(states[1])


@contextmanager
def own_random_numbers(seed: int, device: torch.device) -> Iterator[None]:
    """Seed the global random numbers inside, and leave the caller's as they were."""
    before = random_state(device)
    torch.manual_seed(seed)
    try:
        yield
    finally:
        set_random_state(before, device)
