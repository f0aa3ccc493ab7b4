"""The inside of a training run: one step, what is noted of it, what is saved of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from stnlib._checks import (
    check_callable,
    check_choice,
    check_count,
    check_module,
    describe,
)
from stnlib.training.checkpoint import (
    in_words,
    own_random_numbers,
    random_state,
    read,
    set_random_state,
    without_numpy,
    write,
)
from stnlib.training.checks import check_labels, check_rate, check_seed, draw, find_device
from stnlib.training.history import History
from stnlib.training.weights import channels_last, length, weights_by_rate


class Run:
    """All that one run changes from step to step, and so all that a checkpoint holds.

    The arguments are those of :func:`~stnlib.training.fit`; the model is moved to the device.
    """

    def __init__(
        self, model: nn.Module, *, steps: int, learning_rate: float,
        localisation_rate: float | None, optimizer: str | Callable, schedule: str, warmup: int,
        loss: Callable, seed: int, device: str | torch.device | None,
    ) -> None:  # fmt: skip
        if not torch.is_grad_enabled():
            raise RuntimeError(
                "fit: expected gradients, got a call under torch.no_grad or torch.inference_mode"
            )
        self.steps, self.seed = check_count("steps", steps), check_seed(seed)
        self.schedule = check_choice("schedule", schedule, ("cosine", "constant"))
        self.warmup = check_count("warmup", warmup, least=0)
        self.loss = check_callable("loss", loss, "a function of outputs and labels")
        local = learning_rate if localisation_rate is None else localisation_rate
        given = {"learning_rate": learning_rate, "localisation_rate": local}
        self.rates = {name: check_rate(name, rate) for name, rate in given.items()}
        self.device = find_device(device, check_module("model", model))
        self.model = channels_last(model.to(self.device))
        self.parts = weights_by_rate(model)
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
        if not isinstance(self.optimizer, torch.optim.Optimizer):
            raise TypeError(
                "optimizer: expected a function that returns a torch.optim.Optimizer, "
                f"got {describe(self.optimizer)}"
            )
        if isinstance(self.optimizer, torch.optim.LBFGS):
            raise TypeError(
                "optimizer: expected one that steps once a batch, got LBFGS, which wants a closure"
            )
        self.start_rates = [group["lr"] for group in self.optimizer.param_groups]
        self.generator, self.history = torch.Generator().manual_seed(seed), History()
        self.saved = ""  # where the last good checkpoint is, for an error to tell

    @property
    def step(self) -> int:
        """How many steps are done."""
        return len(self.history.loss)

    def advance(self, batches: Callable) -> None:
        """Do one step: draw a batch, follow its gradient, note what was seen."""
        begin = _clocks()
        images, labels = batch = draw(batches, self.generator)
        loss = self.compare(self.model(images.to(self.device)), labels.to(self.device))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        lengths = [length(w.grad for w in weights) for weights in self.parts.values()]
        seen, rest, local = torch.stack([loss.detach(), *(n.to(loss) for n in lengths)]).tolist()
        for what, value in (("loss", seen), ("gradient", rest), ("gradient of θ", local)):
            self.check_finite(what, value, self.step + 1, batch)
        for group, rate in zip(self.optimizer.param_groups, self.start_rates, strict=True):
            group["lr"] = rate * self.factor()
        self.optimizer.step()
        history = self.history
        history.loss.append(seen)
        history.gradient.append(rest)
        if self.parts["localisation_rate"]:
            history.gradient_localisation.append(local)
        spent = (history.seconds, history.cpu_seconds)
        for seconds, before, now in zip(spent, begin, _clocks(), strict=True):
            seconds.append((seconds[-1] if seconds else 0.0) + now - before)

    def compare(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Return the loss: one number to follow downhill."""
        flat = isinstance(outputs, Tensor) and outputs.dim() == labels.dim() == 2
        if self.loss is cross_entropy and flat and outputs.shape != labels.shape:
            raise ValueError(
                f"labels: expected shape {tuple(outputs.shape[:1])}, or that of the outputs, "
                f"{tuple(outputs.shape)}, got {describe(labels)}"
            )
        if self.loss is cross_entropy and labels.dim() == 1:
            if (labels == -100).all():
                raise ValueError("labels: expected one that is not -100 in a batch, got none")
            whole = not (labels.is_floating_point() or labels.is_complex())
            labels = labels.long() if whole else labels  # a uint16 cannot be filled
            check_labels(outputs, labels.masked_fill(labels == -100, 0))  # -100: to be left out
            labels = labels.long()
        loss = self.loss(outputs, labels)
        if not isinstance(loss, Tensor) or loss.dim() or not loss.requires_grad:
            raise ValueError(
                "loss: expected a tensor of shape () that follows from the weights, "
                f"got {describe(loss)}"
            )
        return loss

    def first_batch(self, batches: Callable) -> tuple[Tensor, Tensor]:
        """Return the batch of step 1, without a trace in the run."""
        with own_random_numbers(self.seed, self.device):
            return draw(batches, torch.Generator().manual_seed(self.seed))

    def factor(self) -> float:
        """Return what the schedule multiplies both rates by at the coming step."""
        rise = min((self.step + 1) / (self.warmup + 1), 1.0)
        if self.schedule == "constant":
            return rise
        return rise * (1 + math.cos(math.pi * self.step / self.steps)) / 2

    def check_finite(self, what: str, value: float, step: int, batch: tuple = ()) -> None:
        """Stop before a number that is not finite reaches the weights, or a checkpoint."""
        if math.isfinite(value):
            return
        if all(part.isfinite().all() for part in batch):
            rates = ", ".join(f"{name} (now {rate:g})" for name, rate in self.rates.items())
            advice = f"try a lower {rates}, the second first"
        else:
            advice = "the batch holds numbers that are not finite"
        raise FloatingPointError(
            f"step {step} of {self.steps}: the {what} is {value}; {advice}{self.saved}"
        )

    def record(self, probe: Tensor) -> None:
        """Note θ for the probe pictures, whatever layer of the model the transformer stands at."""
        for module in self.model.modules():
            if callable(getattr(module, "theta", None)):
                break
        else:
            return
        seen = []
        hook = module.register_forward_hook(
            lambda _, inputs, named, output: seen.append(([*inputs, *named.values()][0], output)),
            with_kwargs=True,
        )
        with mode(self.model, train=False), torch.no_grad():
            try:
                outputs = self.model(probe.to(self.device))
            finally:
                hook.remove()
            if not seen:  # the model goes past its transformer
                return
            images, read = seen[0]
            self.history.theta.append(module.theta(images).tolist())
            if callable(getattr(module, "grid", None)):
                self.history.note_grid(module.grid(images), images.shape[2:])
            self.history.note_values(read, outputs)
        self.history.theta_step.append(self.step)

    def settings(self) -> dict[str, object]:
        """Return what must be the same when a run is resumed, in the order of telling."""
        same = {**self.rates, "schedule": self.schedule, "warmup": self.warmup}
        same |= {**in_words("loss", self.loss), "seed": self.seed, "device": self.device}
        same |= {"optimizer": type(self.optimizer).__name__, **in_words("model", self.model)}
        if isinstance(self.loss, nn.Module):  # such as the weights of the classes
            same |= {f"loss {k}": _numbers(v) for k, v in self.loss.state_dict().items()}
        fixed = {n for n, weight in self.model.named_parameters() if not weight.requires_grad}
        for name, value in self.model.state_dict().items():
            if nn.parameter.is_lazy(value):
                raise ValueError(f"model: expected made weights, got {name} of a layer not yet run")
            if isinstance(value, Tensor):
                same[f"model {name}"] = f"{value.dtype} {[*value.shape]}"
                same[f"model {name}"] += " fixed" * (name in fixed)
        for i, group in enumerate(self.optimizer.param_groups):
            same |= {f"optimizer {k} {i}": v for k, v in group.items() if k != "params"}
        return same

    def states(self) -> dict[str, dict]:
        """Return the states of the model and of the optimizer."""
        optimizer = without_numpy(self.optimizer.state_dict())
        return {"model": self.model.state_dict(), "optimizer": optimizer}

    def save(self, path: Path, settings: dict[str, str], data: dict[str, Tensor]) -> None:
        """Write everything down, if the weights are finite."""
        weights = (weight.detach() for part in self.parts.values() for weight in part)
        self.check_finite("length of the weights", length(weights).item(), self.step)
        content = {"history": self.history.to_dict(), "generator": self.generator.get_state()}
        content |= {**self.states(), "random": random_state(self.device), "data": data}
        write(path, content, settings)
        self.saved = f"; the checkpoint of step {self.step} is good: {path}"

    def load(self, path: Path, settings: dict[str, str], data: dict[str, Tensor]) -> bool:
        """Go back to what was saved, if anything was."""
        content = read(path, settings, data)
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


def _clocks() -> tuple[float, float]:
    """Return the time, and the CPU time of this process."""
    return time.perf_counter(), time.process_time()


def _numbers(value: object) -> object:
    """Return a tensor as lists of numbers."""
    return value.tolist() if isinstance(value, Tensor) else value
