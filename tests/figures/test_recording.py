"""Recordings: what is kept of a run, and what of it travels in a page."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from stnlib import (
    Affine,
    Attention,
    PiecewiseAffine,
    Projective,
    Similarity,
    SpatialTransformer,
    ThinPlateSpline,
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


def test_numbers_side_by_side_become_six_for_each_affine_map():
    source = torch.Generator().manual_seed(3)
    theta = torch.randn(4, 3, 3 + 4 + 12, generator=source)
    families = [Attention(), Similarity(), ThinPlateSpline((3, 2))]
    run = recording(theta=theta, transforms=families)
    assert run.theta.shape == (4, 3, 6 + 6 + 12)
    assert [type(family).__name__ for family in run.transforms] == [
        "Affine", "Affine", "ThinPlateSpline",
    ]  # fmt: skip
    assert repr(run) == "Recording(4 records of 3 pictures with 3 grids, to step 40)"
    rows = theta.double().flatten(0, 1)
    for family, own, start, first in zip(
        families, run.families, (0, 3, 7), (0, 6, 12), strict=True
    ):
        kept = torch.from_numpy(run.theta).flatten(0, 1)[:, first : first + own.n_params]
        given = rows[:, start : start + family.n_params]
        torch.testing.assert_close(own.grid(kept, 5), family.grid(given, 5))
    first, second, third = run.numbers(2)
    np.testing.assert_allclose(torch.cat((first, second, third), 1), run.theta[2], atol=1e-6)


def test_one_affine_transform_is_what_was_recorded_before():
    theta = maps()
    plain, named = recording(), recording(theta=theta.flatten(2), transforms=[Affine()])
    assert named.to_json() == plain.to_json()
    assert named.transforms == ()


def test_several_grids_come_back_from_the_page():
    theta = torch.randn(4, 3, 6 + 8, generator=torch.Generator().manual_seed(4))
    run = recording(theta=theta, transforms=[Affine(), ThinPlateSpline((2, 2))])
    stored = run.to_json()
    assert stored["grids"] == [[], [2, 2]]
    assert "grids" not in recording().to_json()
    back = Recording.from_json(json.loads(json.dumps(stored | {"theta": None})) | {
        "theta": stored["theta"]})  # fmt: skip
    assert back.to_json() == stored
    np.testing.assert_allclose(back.theta, theta, atol=stored["unit"])
    assert back.transforms[1].control_grid == (2, 2)


class Both(nn.Module):
    """Two transformers that read the same picture, side by side."""

    def __init__(self, parts):
        super().__init__()
        self.parts = nn.ModuleList(parts)

    def theta(self, images):
        return torch.cat([part.theta(images) for part in self.parts], dim=1)

    def forward(self, images):
        return torch.cat([part(images) for part in self.parts], dim=1)


def test_a_recording_of_two_transformers_ends_in_the_grids_of_both():
    torch.manual_seed(0)
    families = [Similarity(), ThinPlateSpline((2, 2))]
    looks = [nn.Sequential(nn.Flatten(), nn.Linear(48, family.n_params)) for family in families]
    parts = [SpatialTransformer(look, family, (5, 4))
             for look, family in zip(looks, families, strict=True)]  # fmt: skip
    model = nn.Sequential(Both(parts), nn.Flatten(), nn.Linear(40, 2))

    def batches(generator):
        labels = torch.randint(2, (4,), generator=generator)
        return torch.rand(4, 1, 6, 8, generator=generator), labels

    history = fit(model, batches, steps=4, probe=IMAGES, record_every=2, progress="none")
    figure = TrainingReplay({"both": Recording.of(history, parts)}, IMAGES)
    grids = torch.stack([part.grid(IMAGES) for part in parts], dim=1)
    torch.testing.assert_close(figure.grid, grids.detach(), rtol=0, atol=1e-5)
    parts[1].mode = "nearest"
    with pytest.raises(
        ValueError, match=r"expected all to read alike, got .*'bilinear'.*'nearest'"
    ):
        Recording.of(history, parts)
    with pytest.raises(
        ValueError, match=r"shape \(T, N, 4\), 4 numbers a picture, got \(3, 3, 12\)"
    ):
        Recording.of(history, parts[0])
    with pytest.raises(TypeError, match="transformer: expected a SpatialTransformer, got \\[\\]"):
        Recording.of(history, [])


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
        ("transforms", Affine(), TypeError, r"transforms: expected a list of transforms, got Affi"),
        ("transforms", ["affine"], TypeError, "transforms: expected a list of transforms"),
        ("transforms", [Affine()] * 5, ValueError, "transforms: expected at most 4, got 5"),
        ("transforms", [Projective()], ValueError,
         "transforms: expected an affine transform or a thin plate spline, got Projective"),
        ("transforms", [ThinPlateSpline(regularisation=0.5)], ValueError,
         "transforms: expected a spline without regularisation, got 0.5"),
        ("transforms", [Affine(), Attention()], ValueError,
         r"theta: expected shape \(T, N, 9\), 6 \+ 3 numbers a picture, got \(4, 3, 2, 3\)"),
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
