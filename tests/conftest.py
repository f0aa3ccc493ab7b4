"""Settings of all tests: one torch thread, and hypothesis with a fixed seed under `make test`."""

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
