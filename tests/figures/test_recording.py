"""Recordings: what is kept of a run, and what of it travels in a page."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from stnlib import (
    Affine,
    PiecewiseAffine,
    Projective,
    Similarity,
    SpatialTransformer,
)
from stnlib.training import History, fit
from stnlib.widgets import Recording, TrainingReplay
from stnlib.widgets.stored import stored_of

IMAGES = torch.rand(3, 1, 6, 8, generator=torch.Generator().manual_seed(1))


def maps(seed=0, steps=4, pictures=3):
    source = torch.Generator().manual_seed(seed)
    return torch.eye(2, 3) + 0.3 * torch.randn(steps, pictures, 2, 3, generator=source)


def recording(seed=0, **changes):
    values = {"step": [0, 10, 20, 40], "theta": maps(seed), "output_size": (5, 4)}
    return Recording(**values | {"error_step": [20, 40], "error": [50.0, 12.5]} | changes)


def test_two_bytes_a_number_keep_theta():
    run = recording()
    stored = run.to_json()
    kept = np.frombuffer(stored["theta"], "<i2") * stored["unit"]
    assert np.abs(kept - run.theta.flatten()).max() <= stored["unit"] / 2 + 1e-12
    assert stored["unit"] < 1e-4
    assert (stored["step"], stored["error_step"]) == ([0, 10, 20, 40], [20, 40])
    assert stored["error"] == [50.0, 12.5]
    assert (stored["mode"], stored["padding"], stored["alignCorners"]) == (
        "bilinear", "zeros", False,
    )  # fmt: skip
    assert repr(run) == "Recording(4 records of 3 pictures, to step 40)"


def test_a_step_between_records_is_at_the_last_record():
    assert [recording().at(step) for step in (0, 9, 10, 19, 39, 40, 99)] == [0, 0, 1, 1, 2, 3, 3]


def small_run(transform, **options):
    torch.manual_seed(0)
    look = nn.Sequential(nn.Flatten(), nn.Linear(48, transform.n_params))
    model = nn.Sequential(
        SpatialTransformer(look, transform, (5, 4), **options), nn.Flatten(), nn.Linear(20, 2)
    )

    def batches(generator):
        labels = torch.randint(2, (4,), generator=generator)
        return torch.rand(4, 1, 6, 8, generator=generator), labels

    history = fit(model, batches, steps=4, probe=IMAGES, record_every=2, progress="none",
                  test=(IMAGES, torch.zeros(3, dtype=int)), evaluate_every=2)  # fmt: skip
    return history, model


@pytest.mark.parametrize("transform", [Affine(), Similarity()], ids=["affine", "similarity"])
def test_a_recording_of_a_run_ends_in_the_maps_of_the_trained_model(transform):
    history, model = small_run(transform, align_corners=True, mode="nearest")
    run = Recording.of(history, model[0])
    assert run.step.tolist() == [0, 2, 4]
    assert run.error_step.tolist() == [2, 4]
    assert (run.output_size, run.align_corners, run.mode) == ((5, 4), True, "nearest")
    np.testing.assert_allclose(run.theta[0], np.tile(np.eye(2, 3), (3, 1, 1)))
    last = transform.matrix(model[0].theta(IMAGES)).detach()
    np.testing.assert_allclose(run.theta[-1], last, atol=1e-6)
    figure = TrainingReplay({"run": run}, IMAGES)
    assert figure.step == 4
    torch.testing.assert_close(figure.matrix, last)


def test_what_cannot_be_recorded_is_refused():
    history, model = small_run(Affine())
    with pytest.raises(TypeError, match="history: expected what fit returns"):
        Recording.of([1], model[0])
    with pytest.raises(TypeError, match="transformer: expected a SpatialTransformer, got Sequ"):
        Recording.of(history, model)
    with pytest.raises(ValueError, match="call fit with probe="):
        Recording.of(History(), model[0])
    model[0].transform = nn.Identity()
    with pytest.raises(ValueError, match="or a thin plate spline, got Identity"):
        Recording.of(history, model[0])
    for bent in (Projective(), PiecewiseAffine((2, 3))):
        bent_history, bent_model = small_run(bent)
        with pytest.raises(ValueError, match=f"a thin plate spline, got {type(bent).__name__}"):
            Recording.of(bent_history, bent_model[0])
    model[0].output_size, model[0].transform = None, Affine()
    with pytest.raises(ValueError, match="expected an output_size"):
        Recording.of(history, model[0])


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("theta", torch.zeros(4, 3, 6), ValueError,
         r"theta: expected shape \(T, N, 2, 3\), got \(4, 3, 6\)"),
        ("theta", "maps", TypeError, "theta: expected numbers"),
        ("theta", maps() / 0, ValueError, "theta: expected finite numbers"),
        ("step", [0, 10, 20], ValueError, "step: expected 4, one for each theta, got 3"),
        ("step", [0, 10, 10, 20], ValueError, "step: expected rising whole numbers"),
        ("step", [-1, 0, 1, 2], ValueError, "step: expected rising whole numbers"),
        ("step", [0, 0.5, 1, 2], ValueError, "step: expected rising whole numbers"),
        ("error", [1.0], ValueError, r"error: expected shape \(2,\), got \(1,\)"),
        ("error", [0.5, 101], ValueError, r"error: expected percent, got 0.5 \.\.\. 101"),
        ("output_size", 2.5, ValueError, r"output_size: expected \(height, width\)"),
        ("mode", "cubic", ValueError, "mode: expected one of"),
        ("padding_mode", "wrap", ValueError, "padding_mode: expected one of"),
        ("align_corners", 1, TypeError, "align_corners: expected True or False"),
    ],
)  # fmt: skip
def test_bad_recordings_say_what_was_expected_and_what_came(name, value, error, words):
    with pytest.raises(error, match=words):
        recording(**{name: value})


def test_runs_too_large_for_a_page_are_refused():
    long = recording(step=range(1700), theta=maps(steps=1700, pictures=6), error_step=[], error=[])
    with pytest.raises(ValueError, match="at most 110 kB of θ and pictures, got 122 kB: record le"):
        TrainingReplay({"long": long}, torch.zeros(6, 1, 4, 4))


def test_a_page_holds_two_runs_of_2000_steps_in_150_kilobytes():
    runs = {
        name: recording(seed, step=range(0, 2001, 10), theta=maps(seed, 201, 8))
        for seed, name in enumerate(("identity start", "random start"))
    }
    stored = stored_of(TrainingReplay(runs, torch.rand(8, 1, 42, 42)))
    assert len(json.dumps(stored)) < 150_000
