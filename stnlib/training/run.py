"""The inside of a training run: one step, what is noted of it, what is saved of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from stnlib._checks import check_choice, check_count, check_number, describe
from stnlib.training.checkpoint import random_state, read, set_random_state, write
from stnlib.training.history import History


class Run:
    """All that one run changes from step to step, and so all that a checkpoint holds.

    The arguments are those of :func:`~stnlib.training.fit`; the model is moved to the device.
    """

    def __init__(
        self, model: nn.Module, *, steps: int, learning_rate: float,
        localisation_rate: float | None, optimizer: str | Callable, schedule: str, warmup: int,
        loss: Callable, seed: int, device: str | torch.device | None,
    ) -> None:  # fmt: skip
        self.steps, self.seed = check_count("steps", steps), check_count("seed", seed, least=0)
        self.schedule = check_choice("schedule", schedule, ("cosine", "constant"))
        self.warmup, self.loss = check_count("warmup", warmup, least=0), loss
        local = learning_rate if localisation_rate is None else localisation_rate
        given = {"learning_rate": learning_rate, "localisation_rate": local}
        self.rates = {name: _check_rate(name, rate) for name, rate in given.items()}
        self.device = find_device(device, model)
        self.model, self.parts = model.to(self.device), _weights_by_rate(model)
        if localisation_rate is not None and not self.parts["localisation_rate"]:
            raise ValueError(
                "localisation_rate: expected a model with weights to train in a module named "
                f"localisation, got {type(model).__name__} without"
            )
        groups = [{"params": w, "lr": self.rates[name]} for name, w in self.parts.items() if w]
        if not groups:
            raise ValueError("model: expected weights to train, got none that require a gradient")
        if not callable(optimizer):
            check_choice("optimizer", optimizer, ("adam",))
        self.optimizer = optimizer(groups) if callable(optimizer) else torch.optim.Adam(groups)
        self.start_rates = [group["lr"] for group in self.optimizer.param_groups]
        self.generator, self.history = torch.Generator().manual_seed(seed), History()
        self.saved = ""  # where the last good checkpoint is, for an error to tell

    @property
    def step(self) -> int:
        """How many steps are done."""
        return len(self.history.loss)

    def advance(self, batches: Callable) -> None:
        """Do one step: draw a batch, follow its gradient, note what was seen."""
        begin = time.perf_counter()
        images, labels = check_pair("batches", batches(self.generator))
        loss = self.loss(self.model(images.to(self.device)), labels.to(self.device))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        lengths = [_length(w.grad for w in weights) for weights in self.parts.values()]
        seen, rest, local = torch.stack([loss.detach(), *(n.to(loss) for n in lengths)]).tolist()
        for what, value in (("loss", seen), ("gradient", rest), ("gradient of θ", local)):
            self.check_finite(what, value, self.step + 1)
        for group, rate in zip(self.optimizer.param_groups, self.start_rates, strict=True):
            group["lr"] = rate * self.factor()
        self.optimizer.step()
        history = self.history
        history.loss.append(seen)
        history.gradient.append(rest)
        if self.parts["localisation_rate"]:
            history.gradient_localisation.append(local)
        before = history.seconds[-1] if history.seconds else 0.0
        history.seconds.append(before + time.perf_counter() - begin)

    def factor(self) -> float:
        """Return what the schedule multiplies both rates by at the coming step."""
        rise = min((self.step + 1) / (self.warmup + 1), 1.0)
        if self.schedule == "constant":
            return rise
        return rise * (1 + math.cos(math.pi * self.step / self.steps)) / 2

    def check_finite(self, what: str, value: float, step: int) -> None:
        """Stop before a number that is not finite reaches the weights, or a checkpoint."""
        if not math.isfinite(value):
            rates = ", ".join(f"{name} (now {rate:g})" for name, rate in self.rates.items())
            raise FloatingPointError(
                f"step {step} of {self.steps}: the {what} is {value}; try a lower {rates}, "
                f"the second first, and look for such values in the batch{self.saved}"
            )

    def record(self, probe: Tensor) -> None:
        """Note θ for the probe pictures, whatever layer of the model the transformer stands at."""
        for module in self.model.modules():
            if callable(getattr(module, "theta", None)):
                break
        else:
            return
        seen = []
        hook = module.register_forward_pre_hook(lambda module, inputs: seen.extend(inputs[:1]))
        with mode(self.model, train=False), torch.no_grad():
            try:
                self.model(probe.to(self.device))
            finally:
                hook.remove()
            self.history.theta.append(module.theta(seen[0]).tolist())
            if callable(getattr(module, "grid", None)):
                self.history.note_grid(module.grid(seen[0]), seen[0].shape[2:])
        self.history.theta_step.append(self.step)

    def settings(self) -> dict[str, object]:
        """Return what must be the same when a run is resumed, in the order of telling."""
        loss = getattr(self.loss, "__qualname__", type(self.loss).__name__)
        same = {**self.rates, "schedule": self.schedule, "warmup": self.warmup, "loss": loss}
        same |= {"seed": self.seed, "device": self.device}
        same |= {"optimizer": type(self.optimizer).__name__}
        for name, value in self.model.state_dict().items():
            same[f"model {name}"] = f"{value.dtype} {[*value.shape]}"
        for i, group in enumerate(self.optimizer.param_groups):
            same |= {f"optimizer {k} {i}": v for k, v in group.items() if k != "params"}
        return same

    def save(self, path: Path, settings: dict[str, str]) -> None:
        """Write everything down, if the weights are finite."""
        weights = (weight.detach() for part in self.parts.values() for weight in part)
        self.check_finite("length of the weights", _length(weights).item(), self.step)
        content = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        content |= {"history": self.history.to_dict(), "generator": self.generator.get_state()}
        content["random"] = random_state(self.device)
        write(path, content, settings)
        self.saved = f"; the checkpoint of step {self.step} is good: {path}"

    def load(self, path: Path, settings: dict[str, str]) -> bool:
        """Go back to what was saved, if anything was."""
        content = read(path, settings)
        if content is None:
            return False
        self.model.load_state_dict(content["model"])
        self.optimizer.load_state_dict(content["optimizer"])
        self.history = History.from_dict(content["history"])
        self.generator.set_state(content["generator"])
        set_random_state(content["random"], self.device)
        self.saved = f"; the checkpoint of step {self.step} is good: {path}"
        return True


@contextmanager
def mode(model: nn.Module, *, train: bool) -> Iterator[None]:
    """Put all modules in training or eval mode, and each back to its own afterwards."""
    before = [(module, module.training) for module in model.modules()]
    model.train(train)
    try:
        yield
    finally:
        for module, training in before:
            module.training = training


def _weights_by_rate(model: nn.Module) -> dict[str, list[nn.Parameter]]:
    """Return the weights to train, those of the localisation network apart."""
    parts = {"learning_rate": [], "localisation_rate": []}
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            inside = "localisation" in name.split(".")[:-1]
            parts["localisation_rate" if inside else "learning_rate"].append(weight)
    return parts


def _length(gradients: Iterable[Tensor | None]) -> Tensor:
    """Return the length of all gradients together, 0 where there are none."""
    lengths = [gradient.norm() for gradient in gradients if gradient is not None]
    return torch.stack(lengths).norm() if lengths else torch.zeros(())


def find_device(device: str | torch.device | None, model: nn.Module) -> torch.device:
    """Return the device asked for, or the model's, if it is there."""
    if device is None:
        return next((weight.device for weight in model.parameters()), torch.device("cpu"))
    try:
        return torch.empty(1, device=device).device
    except (RuntimeError, AssertionError, NotImplementedError, TypeError):
        raise RuntimeError(
            f"device: {device!r} was asked for, and torch {torch.__version__} finds no such device "
            'here; device="cpu" always works'
        ) from None


def _check_rate(name: str, value: object) -> float:
    """Return a finite number above 0."""
    if not 0 < check_number(name, value) < math.inf:
        raise ValueError(f"{name}: expected a finite number above 0, got {value}")
    return float(value)


def check_pair(name: str, value: object) -> tuple[Tensor, Tensor]:
    """Return images and labels: two tensors."""
    pair = tuple(value) if isinstance(value, (tuple, list)) else ()
    if len(pair) != 2 or not all(isinstance(part, Tensor) for part in pair):
        raise TypeError(f"{name}: expected (images, labels), two tensors, got {describe(value)}")
    return pair
