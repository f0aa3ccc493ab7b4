"""Settings of all tests: one torch thread, fixed seeds, and hypothesis as `make test` wants it."""

import os

import torch
from hypothesis import HealthCheck, settings

collect_ignore = ["benchmarks"]

settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
torch.set_num_threads(1)


def pytest_collectstart():
    """Random arguments are part of a test's name, which must be the same in every process."""
    torch.manual_seed(0)


def pytest_runtest_setup():
    torch.manual_seed(0)
