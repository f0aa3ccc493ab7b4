"""The paper's Table 1 on MNIST's digits, with small networks: one experiment a row.

All networks of a row have as many weights, within 2 %. On RTS and E they have about five minutes of
one CPU thread: the transformer's steps were chosen, and the others' follow from what a step of
theirs costs. The other rows have the steps and rates of E. A network called "long" has twice its
steps or more: a plain one as many as the transformer, the transformer ten minutes. Rates come from
half of the steps, judged on 10,000 of the 60,000 digits; the test digits are read only at the end
of a run.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from torch import Tensor
from torch.nn.functional import cross_entropy

from stnlib.distortions import RTS, E, P, R
from stnlib.experiments import search
from stnlib.experiments.plans import Experiment, Plan
from stnlib.experiments.rivals import pooled_cnn
from stnlib.experiments.task import TaskPlan
from stnlib.networks import cnn, fcn, st_cnn, st_fcn
from stnlib.transforms import Affine, Projective, ThinPlateSpline


def smoothed(outputs: Tensor, labels: Tensor, *, smoothing: float) -> Tensor:
    """Return the cross entropy to labels of which a share is spread over all classes."""
    return cross_entropy(outputs, labels, label_smoothing=smoothing)


SEEDS = (0, 1, 2, 3)
SHARE = 0.5  # of the steps, to choose rates with
TRAINED = {"loss": partial(smoothed, smoothing=0.1), "warmup": 100}
READ = {"output_size": 32, "pool": 2}  # 16 × 16 pixels behind the transformer
ST_CNN = partial(
    st_cnn, localisation=(8, 24, 24), channels=(16, 48, 96), kernels=(3, 3, 3), hidden=(),
    batch_norm=True, **READ,
)  # fmt: skip


def task_of(distortion: object) -> TaskPlan:
    """Return MNIST with a distortion, twice for each test digit."""
    return TaskPlan(distortion, mnist=True, batch=128, copies=2)


def row(distortion: object, plans: dict[str, Plan]) -> Experiment:
    """Return a row of the table."""
    about = f"How far do small networks come on {type(distortion).__name__}, beside the paper's?"
    return Experiment(about, task_of(distortion), plans, seeds=SEEDS, watch=False, once=True)


def search_of(
    distortion: object, plans: dict[str, Plan], further: dict[str, tuple[float, ...]]
) -> Experiment:
    """Return the search of the rates for pictures of one size.

    Args:
        further: a network's rates beyond the common ones, each tried while none beat the last.
    """
    trials = search.trials(plans, (SHARE,))
    for name, rates in further.items():
        trials |= search.trials({name: plans[name]}, (SHARE,), rates)
    return Experiment(
        f"Which rate suits each network of table1, on {type(distortion).__name__}?",
        replace(task_of(distortion), validation=True),
        trials,
        seeds=(10,),
        watch=False,
        once=True,
    )


CNN = partial(cnn, hidden=(), batch_norm=True)
ST_FCN = partial(st_fcn, transform=Affine(), **READ)
WIDE = {
    "fcn": Plan(partial(fcn, 42, hidden=(33, 33)), 37_000, TRAINED),
    "cnn": Plan(partial(CNN, 42, channels=(16, 32, 48, 92), kernels=(3,) * 4), 3200, TRAINED),
    "pooled_cnn": Plan(partial(pooled_cnn, channels=(20, 49, 76)), 4100, TRAINED),
    "st_fcn": Plan(partial(ST_FCN, 42, localisation=(20, 20), hidden=(71, 71)), 22_900, TRAINED),
    "st_cnn": Plan(partial(ST_CNN, 42, transform=Affine()), 8000, TRAINED),
}
SPLINE = ThinPlateSpline((4, 4))
NARROW = {
    "fcn": Plan(partial(fcn, 28, hidden=(65, 65)), 50_000, TRAINED),
    "cnn": Plan(partial(CNN, 28, channels=(20, 50, 96), kernels=(3,) * 3), 4900, TRAINED),
    "pooled_cnn": Plan(partial(pooled_cnn, channels=(20, 48, 71)), 8700, TRAINED),
    "st_fcn": Plan(partial(ST_FCN, 28, localisation=(24, 24), hidden=(99, 99)), 27_000, TRAINED),
    "st_cnn": Plan(partial(ST_CNN, 28, transform=Affine()), 10_000, TRAINED),
    "st_cnn, projective": Plan(partial(ST_CNN, 28, transform=Projective()), 10_000, TRAINED),
    "st_cnn, spline": Plan(partial(ST_CNN, 28, transform=SPLINE), 10_000, TRAINED),
}

RATES_WIDE = {"fcn": 2e-3, "cnn": 3.2e-2, "pooled_cnn": 8e-3, "st_fcn": 2e-3, "st_cnn": 2e-3}
RATES_NARROW = {
    "fcn": 4e-3, "cnn": 3.2e-2, "pooled_cnn": 3.2e-2, "st_fcn": 4e-3, "st_cnn": 8e-3,
    "st_cnn, projective": 8e-3, "st_cnn, spline": 4e-3,
}  # fmt: skip
WIDE_AT_RATES = search.at_rates(WIDE, RATES_WIDE)
AT_RATES = search.at_rates(NARROW, RATES_NARROW)
AFFINE = {name: plan for name, plan in AT_RATES.items() if "," not in name}
WIDE_LONG = {
    "cnn, long": replace(WIDE_AT_RATES["cnn"], steps=8000),
    "pooled_cnn, long": replace(WIDE_AT_RATES["pooled_cnn"], steps=8200),
    "st_cnn, long": replace(WIDE_AT_RATES["st_cnn"], steps=16_000),
}
LONG = {"cnn, long": replace(AT_RATES["cnn"], steps=9800)}
FURTHER = (3.2e-2, 6.4e-2)
EXPERIMENTS = {
    "search_table1_rts": search_of(RTS(), WIDE, {"cnn": FURTHER}),
    "search_table1_e": search_of(E(), NARROW, {"cnn": FURTHER, "pooled_cnn": FURTHER}),
    "table1_r": row(R(), AFFINE | LONG),
    "table1_rts": row(RTS(), WIDE_AT_RATES | WIDE_LONG),
    "table1_p": row(P(), AT_RATES | LONG),
    "table1_e": row(E(), AT_RATES | LONG),
}
