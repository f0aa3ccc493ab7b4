"""Files that a killed run resumes from: whole or not at all, and of this run only."""

from __future__ import annotations

import io
import os
import pickle
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import numpy as np
import torch
from torch import Tensor, nn

from stnlib._checks import describe

FORMAT = "stnlib checkpoint 3"
PARTS = {"settings", "data", "model", "optimizer", "history", "generator", "random"}


class OtherRunError(ValueError):
    """A file that is no checkpoint of this run: what was ``expected``, what was ``found``."""

    def __init__(self, message: str, expected: str, found: str) -> None:
        super().__init__(message)
        self.expected, self.found = expected, found

    def __reduce__(self) -> tuple:  # from process to process
        return type(self), (str(self), self.expected, self.found)


def write(path: Path, content: dict, settings: dict[str, str]) -> None:
    """Write a checkpoint: what torch saves, and its SHA-256."""
    memory = io.BytesIO()
    torch.save({"format": FORMAT, "settings": settings, **content}, memory)
    body = memory.getvalue()
    write_whole(path, body + sha256(body).digest())


def without_numpy(value: object) -> object:
    """Return a state with plain numbers in the place of numpy's, which torch does not load."""
    if isinstance(value, dict):
        return {key: without_numpy(inside) for key, inside in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(without_numpy, value))
    return value.item() if isinstance(value, np.generic) else value


def check_states(**states: object) -> None:
    """Raise a TypeError where torch would not load what it saves of a model or an optimizer."""
    for name, state in states.items():
        torch.save(state, memory := io.BytesIO())
        memory.seek(0)
        try:
            torch.load(memory, weights_only=True)
        except pickle.UnpicklingError:
            raise TypeError(
                f"{name}: expected tensors, numbers and words in its state_dict, which a checkpoint"
                f" keeps, got others in {describe(state)}"
            ) from None


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step: a kill at any moment leaves the old one or the new one.

    Of a link, what it points to is replaced.

    Raises:
        OSError: it cannot be written; the file is named.
    """
    path = path.resolve()
    # in the same folder, so that the rename is atomic; a name of its own for each writer
    part = path.with_name(f"{path.name[:40]}.{uuid4().hex[:8]}.part")  # names end at 255 bytes
    try:
        with open(part, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    if os.name == "posix":  # the rename itself must reach the disk too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def check_writable(name: str, path: Path) -> Path:
    """Return the path of a file whose folder takes new files: tried, since root may think it does.

    Raises:
        OSError: of the folder: not there, read-only, full.
    """
    folder = path.resolve().parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return path
    except OSError as error:
        message = f"{name}: expected a folder to write in, got {folder} ({error.strerror})"
        raise type(error)(message) from None


def read(path: Path, settings: dict[str, str], data: dict[str, Tensor]) -> dict | None:
    """Return what :func:`write` wrote of the same run, or None where there is no file.

    Args:
        settings: in words; ``data``: a :func:`fingerprint` of each.

    Raises:
        OtherRunError: no checkpoint, or one of another run: the first difference is named.
    """
    try:
        body, seal = (found := path.read_bytes())[:-32], found[-32:]
    except FileNotFoundError:
        return None
    content = None
    if sha256(body).digest() == seal:
        with suppress(pickle.UnpicklingError, RuntimeError, EOFError, KeyError):
            content = torch.load(io.BytesIO(body), map_location="cpu", weights_only=True)
    whole = isinstance(content, dict) and set(content) >= PARTS and content.get("format") == FORMAT
    if not whole:
        expected, found = "a file that fit wrote", "another one or a damaged one"
        raise OtherRunError(
            f"checkpoint: expected {expected}, got {path}, {found}", expected, found
        )
    old = content["settings"]
    for name in [*settings, *old]:
        wanted, got = (where.get(name, "absent") for where in (settings, old))
        if wanted != got:
            raise OtherRunError(
                f"checkpoint: {path} is of a run with {name} {got}, and this one has {wanted}; "
                "use its settings, or another file",
                f"a run with {name} {wanted}",
                f"one with {name} {got}",
            )
    for name, seen in data.items():
        if not torch.allclose(seen, content["data"][name], rtol=0, atol=1e-4, equal_nan=True):
            raise OtherRunError(
                f"checkpoint: {path} is of a run with other pictures or labels in {name}; "
                "use its data, or another file",
                f"a run with the pictures and labels of its plan in {name}",
                "one with others",
            )
    return content


def fingerprint(*tensors: Tensor) -> Tensor:
    """Return two numbers for each tensor: log of its length, and its part along a fixed direction.

    Rounding, as on another machine, moves them by less than 1e-4, another picture by more.
    """
    seen, source = [], torch.Generator().manual_seed(0)
    for tensor in tensors:
        plain = torch.view_as_real(tensor.resolve_conj()) if tensor.is_complex() else tensor
        rows = plain.detach().reshape(len(tensor), -1).float()
        across, down = (
            torch.randn(n, generator=source, dtype=torch.float32, device="cpu")
            for n in rows.shape[::-1]
        )
        size = rows.norm(dim=1).cpu().double().norm()
        seen += [size.log(), down.double() @ (rows @ across.to(rows.device)).cpu().double() / size]
    return torch.stack(seen)


def in_words(name: str, part: Callable) -> dict[str, str]:
    """Say of a function its name, of a module its parts' classes, plain numbers and words."""
    if isinstance(part, partial):
        given = f"{without_numpy(part.args)} {without_numpy(part.keywords)}"
        given = re.sub(r" at 0x\w+", "", given)
        return {name: f"{in_words(name, part.func)[name]} of {given}"}
    if not isinstance(part, nn.Module):
        return {name: getattr(part, "__qualname__", type(part).__name__)}
    said = {}
    for inside, module in part.named_modules():
        place = f"{name} {inside}".rstrip()
        said[place] = type(module).__name__
        for key, value in without_numpy(vars(module)).items():
            if not key.startswith("_") and key != "training" and _is_plain(value):
                said[f"{place}.{key}"] = str(value)
    return said


def _is_plain(value: object) -> bool:
    """Say whether a value is a number, a word, or a list or tuple of such."""
    if isinstance(value, (list, tuple)):
        return all(_is_plain(one) for one in value)
    return isinstance(value, (bool, int, float, str))


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
