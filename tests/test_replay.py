"""TrainingReplay: what a recording keeps, what the page decodes, and that both agree with torch."""

import json

import numpy as np
import pytest
import torch
from py_mini_racer import MiniRacer
from torch import nn
from traitlets import TraitError

from stnlib import Affine, Similarity, SpatialTransformer, affine, sample
from stnlib.training import History, fit
from stnlib.widgets import Recording, TrainingReplay
from stnlib.widgets.shared.scripts import join_scripts

STEPS = [0, 10, 20, 40]
IMAGES = torch.rand(3, 1, 6, 8, generator=torch.Generator().manual_seed(1))


def maps(seed=0, steps=4, pictures=3):
    source = torch.Generator().manual_seed(seed)
    return torch.eye(2, 3) + 0.3 * torch.randn(steps, pictures, 2, 3, generator=source)


def recording(seed=0, **changes):
    values = {"step": STEPS, "theta": maps(seed), "output_size": (5, 4)}
    values |= {"error_step": [20, 40], "error": [50.0, 12.5]}
    return Recording(**(values | changes))


def replay(**settings):
    return TrainingReplay({"first": recording(), "second": recording(1)}, IMAGES, **settings)


@pytest.fixture(scope="module")
def js():
    """Call a JavaScript function of a list of cases: js("(case) => …", cases)."""
    engine = MiniRacer()
    engine.eval(join_scripts("training_replay/state.js"))
    engine.eval("""
      const run = (r) => decodeRun({ ...r, theta: new Uint8Array(r.theta).buffer });
    """)

    def call(function, cases):
        return json.loads(engine.eval(f"JSON.stringify({json.dumps(cases)}.map({function}))"))

    return call


def sent(run):
    stored = run.to_json()
    return {**stored, "theta": list(stored["theta"])}


def test_the_page_decodes_what_was_recorded(js):
    run = recording()
    read = "(r) => { const d = run(r); return [[...d.values], d.pictures, d.step, d.error]; }"
    [[values, pictures, step, error]] = js(read, [sent(run)])
    assert (pictures, step, error) == (3, STEPS, [50.0, 12.5])
    worst = np.abs(np.array(values) - run.theta.flatten()).max()
    assert worst <= run.to_json()["unit"] / 2 + 1e-12
    assert run.to_json()["unit"] < 1e-4


@pytest.mark.parametrize("corners", [False, True])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_what_the_grids_read_is_what_torch_reads(js, mode, padding, corners):
    run = recording(mode=mode, padding_mode=padding, align_corners=corners)
    figure = TrainingReplay({"only": run}, IMAGES)
    reads = """([r, image]) => {
      const decoded = run(r);
      return decoded.step.map((_, record) => [0, 1, 2].map((i) =>
        [...readAt(decoded, record, i, { data: image[i], height: 6, width: 8 }).output]));
    }"""
    kept = torch.from_numpy(figure.images.astype(np.float32))[:, None] / 255
    [got] = js(reads, [[sent(run), kept.flatten(1).tolist()]])
    options = {"mode": mode, "padding_mode": padding, "align_corners": corners}
    gaps = []
    for record, step in enumerate(STEPS):
        grid = affine.affine_grid(maps()[record], (5, 4), align_corners=corners)
        expected = sample(kept, grid, **options)
        figure.step = step
        torch.testing.assert_close(figure.output("only"), expected, atol=1e-5, rtol=0)
        gaps.append((torch.tensor(got[record]).reshape(3, 1, 5, 4) - expected).abs())
    gap = torch.stack(gaps)
    if mode == "nearest":  # two bytes may fall on the other side of a half, seldom
        assert (gap > 1e-3).float().mean() < 0.01
    else:
        assert gap.max() < 2e-3


def test_the_parts_of_theta_are_those_of_stnlib(js):
    run = recording(theta=affine.from_parts(
        rotation=torch.tensor([0.1, -1.2, 3.0]), scale_x=torch.tensor([0.5, 1.0, 2.0]),
        scale_y=torch.tensor([0.5, 1.0, 2.0]), t_x=0.25, t_y=-0.75,
    ).reshape(1, 3, 2, 3), step=[0])  # fmt: skip
    [got] = js("(r) => [0, 1, 2].map((i) => Object.values(partsOf(thetaOf(run(r), 0, i))))",
               [sent(run)])  # fmt: skip
    expected = [[5.73, 0.5, 0.25, -0.75], [-68.75, 1, 0.25, -0.75], [171.89, 2, 0.25, -0.75]]
    np.testing.assert_allclose(got, expected, atol=0.01)


def test_a_turn_past_half_a_circle_makes_no_jump(js):
    angles = torch.linspace(2.8, 3.8, 6)
    run = recording(theta=affine.rotation(angles).reshape(6, 1, 2, 3), step=range(6))
    [turn] = js("(r) => partsOver(run(r), 0).turn", [sent(run)])
    np.testing.assert_allclose(turn, angles.rad2deg(), atol=0.02)


def test_steps_between_records_show_the_last_record(js):
    steps = [0, 9, 10, 19, 39, 40, 99]
    assert [recording().at(step) for step in steps] == [0, 0, 1, 1, 2, 3, 3]
    assert js("([r, s]) => recordAt(run(r), s)", [[sent(recording()), s] for s in steps]) == [
        0, 0, 1, 1, 2, 3, 3,
    ]  # fmt: skip
    errors = [None, None, None, None, 50.0, 12.5, 12.5]
    assert [recording().error_at(step) for step in steps] == errors
    assert js("([r, s]) => errorAt(run(r), s)", [[sent(recording()), s] for s in steps]) == errors


def test_moving_through_the_steps(js):
    nearest = js(f"(v) => nearestStep({STEPS}, v)", [-5, 4, 6, 16, 29, 31, 90])
    assert nearest == [0, 0, 10, 20, 20, 40, 40]
    assert js(f"([s, by]) => stepBy({STEPS}, s, by)", [[0, 1], [10, -5], [20, 9], [15, 1]]) == [
        10, 0, 40, 20,
    ]  # fmt: skip
    both = [sent(recording()), sent(recording(step=[0, 5, 20, 25]))]
    assert js("(pair) => stepsOf(pair.map(run))", [both]) == [[0, 5, 10, 20, 25, 40]]


def small_run(transform, **options):
    torch.manual_seed(0)
    look = nn.Sequential(nn.Flatten(), nn.Linear(48, transform.n_params))
    look = SpatialTransformer(look, transform, (5, 4), **options)
    model = nn.Sequential(look, nn.Flatten(), nn.Linear(20, 2))

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
    torch.testing.assert_close(figure.theta("run"), last)


def test_what_cannot_be_recorded_is_refused():
    history, model = small_run(Affine())
    with pytest.raises(TypeError, match="history: expected what fit returns"):
        Recording.of([1], model[0])
    with pytest.raises(TypeError, match="transformer: expected a SpatialTransformer, got Sequ"):
        Recording.of(history, model)
    with pytest.raises(ValueError, match="call fit with probe="):
        Recording.of(History(), model[0])
    model[0].transform = nn.Identity()
    with pytest.raises(ValueError, match="expected an affine transform, got Identity"):
        Recording.of(history, model[0])
    model[0].output_size = None
    model[0].transform = Affine()
    with pytest.raises(ValueError, match="expected an output_size"):
        Recording.of(history, model[0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"theta": torch.zeros(4, 3, 6)}, r"theta: expected shape \(T, N, 2, 3\), got \(4, 3, 6\)"),
        ({"theta": "maps"}, "theta: expected numbers"),
        ({"theta": maps() / 0}, "theta: expected finite numbers"),
        ({"step": [0, 10, 20]}, "step: expected 4, one for each theta, got 3"),
        ({"step": [0, 10, 10, 20]}, "step: expected rising whole numbers"),
        ({"step": [-1, 0, 1, 2]}, "step: expected rising whole numbers"),
        ({"step": [0, 0.5, 1, 2]}, "step: expected rising whole numbers"),
        ({"error": [1.0]}, r"error: expected shape \(2,\), got \(1,\)"),
        ({"error": [0.5, 101]}, r"error: expected percent, got 0.5 \.\.\. 101"),
        ({"output_size": 2.5}, r"output_size: expected \(height, width\)"),
        ({"mode": "cubic"}, "mode: expected one of"),
        ({"padding_mode": "wrap"}, "padding_mode: expected one of"),
        ({"align_corners": 1}, "align_corners: expected True or False"),
    ],
)
def test_bad_recordings_say_what_was_expected_and_what_came(changes, message):
    with pytest.raises((TypeError, ValueError), match=message):
        recording(**changes)


ONE = {"one": recording()}
BAD = [
    ({"runs": {}}, "runs: expected {name: Recording}"),
    ({"runs": recording()}, "runs: expected {name: Recording}"),
    ({"runs": {"one": 1}}, "runs: expected {name: Recording}, got str 'one': int 1"),
    ({"runs": {1: recording()}}, "runs: expected {name: Recording}, got int 1"),
    ({"images": IMAGES[:2]}, "runs: expected θ of 2 images, 'one' has 3"),
    ({"images": torch.rand(3, 2, 4, 4)}, "images: expected a tensor or an array"),
    ({"images": [[0.5]]}, "images: expected a tensor or an array"),
    ({"images": torch.rand(13, 1, 4, 4)}, "images: expected at most 12 pictures, got 13"),
    ({"images": IMAGES + 1}, r"image: expected values in 0 \.\.\. 1"),
    ({"step": 41}, r"step: expected 0 \.\.\. 40, got 41"),
    ({"step": -1}, "step"),
    ({"step": 1.5}, "step"),
    ({"digit": 3}, r"digit: expected 0 \.\.\. 2, got 3"),
    ({"left": "two"}, "left: expected one of 'one', got str 'two'"),
    ({"right": "two"}, "right: expected one of 'one', got str 'two'"),
]


@pytest.mark.parametrize(("settings", "message"), BAD, ids=lambda value: str(value)[:40])
def test_bad_settings_say_what_was_expected_and_what_came(settings, message):
    with pytest.raises((TypeError, ValueError, TraitError), match=message):
        TrainingReplay(**({"runs": ONE, "images": IMAGES} | settings))


@pytest.mark.parametrize(("settings", "message"), BAD[9:], ids=lambda value: str(value)[:40])
def test_bad_settings_are_refused_later_too_and_change_nothing(settings, message):
    figure = TrainingReplay(ONE, IMAGES)
    before = repr(figure)
    for name, value in settings.items():
        with pytest.raises((TypeError, ValueError, TraitError), match=message):
            setattr(figure, name, value)
    assert repr(figure) == before


def test_runs_too_large_for_a_page_are_refused():
    long = recording(step=range(1700), theta=maps(steps=1700, pictures=6), error_step=[], error=[])
    images = torch.zeros(6, 1, 4, 4)
    with pytest.raises(ValueError, match="at most 110 kB of θ and pictures, got 122 kB: record le"):
        TrainingReplay({"long": long}, images)


def test_a_page_holds_two_runs_of_2000_steps_in_150_kilobytes():
    runs = {
        name: recording(seed, step=range(0, 2001, 10), theta=maps(seed, 201, 8))
        for seed, name in enumerate(("identity start", "random start"))
    }
    state = TrainingReplay(runs, torch.rand(8, 1, 42, 42)).get_state()
    size = sum(len(run.pop("theta")) for run in state["runs"]) + len(state["images"].pop("data"))
    for key in ("_esm", "_css", "layout"):
        state.pop(key)
    assert 4 / 3 * size + len(json.dumps(state)) < 150_000


def test_the_first_two_runs_are_shown_at_their_last_step():
    figure = replay()
    assert figure.names == ("first", "second")
    assert figure.step == figure.last_step == 40
    assert repr(figure) == "TrainingReplay(names=('first', 'second'), step=40, digit=0)"
    assert repr(replay(right=None, step=10)) == "TrainingReplay(names=('first'), step=10, digit=0)"
    assert TrainingReplay(ONE, IMAGES).right is None
    assert replay(left="second").names == ("second", "first")


def test_what_the_page_sends_arrives():
    figure = replay()
    figure.set_state({"step": 10, "digit": 2, "left": "second", "right": None})
    assert (figure.step, figure.digit, figure.names) == (10, 2, ("second",))


def test_the_words_tell_the_step_the_error_and_the_grid():
    theta = affine.from_parts(rotation=0.5, scale_x=0.8, scale_y=0.8, t_x=0.1, t_y=-0.2)
    figure = TrainingReplay({"run": recording(theta=theta.expand(4, 3, 2, 3))}, IMAGES, step=20)
    assert figure.alt == (
        "A recorded training after 20 of 40 steps, 3 pictures; run: 50.0 % test error, grid on "
        "picture 1 turned by 29 degrees, scaled by 0.80, its middle at (0.10, -0.20)."
    )
    figure.step = 10
    assert "error not measured yet" in figure.describe()


def test_the_still_is_the_same_for_the_same_state_and_follows_it():
    first = replay().still()
    assert first == replay().still()
    others = [{"step": 10}, {"digit": 1}, {"right": None}]
    assert len({first, *(replay(**settings).still() for settings in others)}) == 4
    assert len(first) < 120_000
