"""Settings of all tests: one torch thread, random numbers from a seed; one Chromium.

Hypothesis looks for new cases in each run, but under `make test`.
"""

import os

import pytest
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


@pytest.fixture(autouse=True)
def seeded_random_numbers():
    """Begin each test with the same random numbers, whatever ran before it.

    A chapter's cell may set how torch prints, which doctests of the same process would see.
    """
    torch.manual_seed(0)
    yield
    torch.set_printoptions(profile="default")


@pytest.fixture(scope="session")
def browser():
    """Start the Chromium on PATH, else playwright's own; skip when there is none."""
    from playwright.sync_api import sync_playwright

    from stnlib.widgets.browser import launch

    with sync_playwright() as playwright:
        try:
            running = launch(playwright)
        except RuntimeError:
            pytest.skip("NO CHROMIUM: THE LIVE FIGURES WERE NOT TESTED. Install chromium to do so.")
        yield running
        running.close()
