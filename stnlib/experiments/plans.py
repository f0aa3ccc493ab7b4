"""What an experiment is, and its plans in plain words and numbers: what a record must still say."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from functools import partial

import torch
from torch import nn

from stnlib.experiments.task import Task
from stnlib.networks import count_parameters
from stnlib.training import fit
from stnlib.training.checkpoint import without_numpy

# Arguments of fit that run gives; all others are in a plan's description.
GIVEN = {
    "model", "batches", "steps", "seed", "device", "probe", "record_every", "test",
    "judge", "evaluate_every", "checkpoint", "checkpoint_every", "progress",
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """A network and how it is trained.

    Attributes:
        build: makes the network. steps: of the training.
        options: further arguments of ``fit``.
        task: where it is not the experiment's; the test digits are the same.
    """

    build: Callable[[], nn.Module]
    steps: int
    options: dict = field(default_factory=dict)
    task: Callable[[str], Task] | None = None


@dataclass(frozen=True)
class Experiment:
    """Networks that are compared on one task.

    Attributes:
        about: the question, in a line.
        task: makes the task on a device; a :class:`~stnlib.experiments.task.TaskPlan`.
        plans: by the name of the network.
        seeds: of the record.
        watch: keep θ of the task's eight probe pictures along the way, often enough to replay it.
        statistics: keep also what :func:`stnlib.training.diagnose` reads.
        measure: called with the trained network and the task; what it returns is kept too.
        weights: keep the trained networks, too, beside the record: ``trained`` brings them back.
        once: judge at the end only, and not along the way.
    """

    about: str
    task: Callable[[str], Task]
    plans: dict[str, Plan]
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    watch: bool = True
    statistics: bool = False
    measure: Callable[[nn.Module, Task], dict] | None = None
    weights: bool = False
    once: bool = False


def description(experiment: Experiment, network: str) -> dict:
    """Return all that a run of a plan depends on but its seed, ready for JSON.

    Defaults are written out, those of ``fit`` and of the network's builder too.

    Raises:
        TypeError: the plan holds a lambda, or another thing without a name of its own.
    """
    plan = experiment.plans[network]
    with torch.device("meta"):
        parameters = count_parameters(plan.build())
    defaults = {name: p.default for name, p in inspect.signature(fit).parameters.items()}
    options = {name: value for name, value in defaults.items() if name not in GIVEN} | plan.options
    return {
        "task": in_words(plan.task or experiment.task),
        "build": _call(plan.build),
        "parameters": parameters,
        "steps": plan.steps,
        **{name: _plain(value) for name, value in options.items()},
        "watch": experiment.watch,
        "statistics": experiment.statistics,
        "measure": _plain(experiment.measure),
    }


def in_words(value: object) -> str:
    """Say a value as code would, the same in every run.

    >>> in_words(partial(torch.optim.SGD, momentum=0.9))
    'SGD(momentum=0.9)'
    """
    value = without_numpy(value)
    if isinstance(value, partial):
        return _call(value)
    if inspect.isroutine(value) or isinstance(value, type):
        words = value.__qualname__
    elif is_dataclass(value):
        named = (f"{one.name}={in_words(getattr(value, one.name))}" for one in fields(value))
        words = f"{type(value).__name__}({', '.join(named)})"
    else:
        words = " ".join(repr(value).split())
    if "<" in words:
        raise TypeError(f"plan: expected what has a name that a record can tell, got {words}")
    return words


def _call(build: Callable) -> str:
    """Say a call of a function or a class, or of a partial of one, with the defaults it takes."""
    if not isinstance(build, partial):
        build = partial(build)
    bound = inspect.signature(build.func).bind_partial(*build.args, **build.keywords)
    if not isinstance(build.func, type):
        bound.apply_defaults()
    named = dict(bound.arguments)
    for name, parameter in bound.signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            named |= named.pop(name, {})
    arguments = (f"{name}={in_words(value)}" for name, value in named.items())
    return f"{in_words(build.func)}({', '.join(arguments)})"


def _plain(value: object) -> object:
    """Return numbers and words as they are, all else in words."""
    value = without_numpy(value)
    return value if value is None or isinstance(value, (int, float, str)) else in_words(value)


def difference(run: dict, wanted: dict) -> str | None:
    """Say how a recorded run differs from a description, or None where it does not."""
    kept = run.get("plan", {})
    for name in [*wanted, *kept]:
        if kept.get(name) != wanted.get(name):
            return f"{name}: recorded {kept.get(name)}, in the plan {wanted.get(name)}"
    return None
