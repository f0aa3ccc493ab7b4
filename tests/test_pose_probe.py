"""The pose probe: its network in JavaScript against torch's, traits, the still, the words."""

import json

import pytest
import torch
from py_mini_racer import MiniRacer
from torch import nn
from traitlets import TraitError

from stnlib import affine
from stnlib.digits import load_digits
from stnlib.distortions import RTS
from stnlib.networks import cnn
from stnlib.widgets import PoseProbe
from stnlib.widgets.pose_probe.layers import layers_of, run_layers
from stnlib.widgets.shared.heat_map import lattice
from stnlib.widgets.shared.scripts import join_scripts


@pytest.fixture(scope="module")
def js():
    """Call a JavaScript function of a list of cases: js("(case) => …", cases)."""
    engine = MiniRacer()
    engine.eval(join_scripts("pose_probe/state.js"))

    def run(function, cases):
        return json.loads(engine.eval(f"JSON.stringify({json.dumps(cases)}.map({function}))"))

    return run


def classifier(seed=0, **options):
    """A classifier with loud scores, and with a batch norm that has seen something."""
    torch.manual_seed(seed)
    network = cnn(20, channels=(16, 32), batch_norm=True, **options)
    with torch.no_grad():
        network(torch.rand(64, 1, 20, 20))
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
        network[-1].weight *= 20
    return network.eval()


@pytest.fixture(scope="module")
def probe():
    digits = load_digits()
    index = [int((digits.labels == label).nonzero()[0]) for label in range(10)]
    made = RTS()(digits.images[index], generator=torch.Generator().manual_seed(0))
    aligned = affine.compose(affine.invert(made.theta), affine.scaling(20 / 28))
    chosen = affine.compose(affine.translation(0.1, 0.0), aligned)
    nets = {"trained": classifier(), "untrained": cnn(20, channels=(16, 32))}
    return PoseProbe(nets, made.images, digits.labels[index], aligned, chosen, picture=5)


def coded(layers):
    """Layers as the page gets them, bytes as lists."""

    def plain(part):
        if not isinstance(part, bytes):
            return part
        return list(part)

    return [{key: plain(value) for key, value in layer.to_json().items()} for layer in layers]


DECODE = """((layers) => {
  const bytes = (list) => Uint8Array.from(list ?? []);
  return layers.map((one) => decodeLayer(
    { ...one, weight: bytes(one.weight), bias: bytes(one.bias) }));
})"""


def state(probe, **more):
    return {
        "image": {"data": probe.input.flatten().tolist(), "height": 42, "width": 42},
        "aligned": probe.aligned[probe.picture], "offset": probe.offset, "size": [20, 20],
        "layers": coded(probe.networks[probe.network]), "label": probe.label, **more,
    }  # fmt: skip


@pytest.mark.parametrize("options", [{}, {"kernels": (3, 4)}, {"hidden": ()}, {"hidden": (40, 20)}])
def test_the_network_in_the_page_is_that_of_torch(js, options):
    network = classifier(3, **options)
    layers = layers_of(network)
    pictures = torch.rand(6, 1, 20, 20, generator=torch.Generator().manual_seed(4)) ** 4
    pictures[:3] = pictures[:3].cumsum(2) / 20
    case = {"layers": coded(layers), "pictures": pictures.flatten(1).tolist()}
    [found] = js(f"""(c) => {{
      const layers = {DECODE}(c.layers);
      return c.pictures.map((data) => softmax(runNet(layers, {{ data, height: 20, width: 20 }})));
    }}""", [case])  # fmt: skip
    rounded = run_layers(layers, pictures).softmax(1)
    assert (torch.tensor(found) - rounded).abs().max() < 1e-5
    with torch.no_grad():
        assert (rounded - network(pictures).softmax(1)).abs().max() < 1e-2  # of two bytes a weight
    assert rounded.std(dim=0).max() > 0.005


def test_odd_sizes_keep_their_last_row(js):
    network = nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True), nn.Flatten()
    )
    network.append(nn.Linear(3 * 3 * 4, 10))
    picture = torch.rand(1, 1, 7, 9)
    case = {"layers": coded(layers_of(network)), "data": picture.flatten().tolist()}
    [found] = js(
        f"(c) => [...runNet({DECODE}(c.layers), {{ data: c.data, height: 7, width: 9 }})]", [case]
    )
    assert found == pytest.approx(
        run_layers(layers_of(network), picture).flatten().tolist(), abs=1e-5
    )


def test_half_precision_is_read_as_numpy_writes_it(js):
    values = torch.tensor([0, 1, -2.5, 6e-8, -3e-5, 65504, 0.1, 1 / 3]).half()
    [found] = js(
        "(bytes) => [...decodeHalf(Uint8Array.from(bytes))]", [list(values.numpy().tobytes())]
    )
    assert found == values.tolist()


def test_the_loss_is_cross_entropy_and_bears_large_scores(js):
    scores = torch.tensor([[1.0, -2, 3, 0.5], [500, 0, -500, 499]])
    found = js("([scores, label]) => lossOf(scores, label)", [(s, 3) for s in scores.tolist()])
    want = nn.functional.cross_entropy(scores, torch.tensor([3, 3]), reduction="none")
    assert found == pytest.approx(want.tolist(), abs=1e-5)


@pytest.mark.parametrize("network", ["trained", "untrained"])
@pytest.mark.parametrize("offset", [(0, 0), (-35, 4.2), (90, -10)])
def test_the_page_shows_what_python_computes(js, probe, network, offset):
    probe.network, probe.offset = network, offset
    [seen] = js(f"""(s) => {{
      const seen = lookAt({{ ...s, layers: {DECODE}(s.layers) }});
      return {{ ...seen, output: [...seen.output.data], grid: null }};
    }}""", [state(probe)])  # fmt: skip
    assert seen["theta"] == pytest.approx(probe.theta.flatten().tolist(), abs=1e-5)
    assert seen["output"] == pytest.approx(probe.output.flatten().tolist(), abs=1e-4)
    assert seen["chances"] == pytest.approx(probe.probabilities.tolist(), abs=1e-4)
    assert seen["loss"] == pytest.approx(-probe.probabilities[probe.label].log().item(), abs=1e-3)


def test_the_map_holds_the_loss_of_each_offset(js, probe):
    [found] = js(
        f"(s) => [...lossesAt({{ ...s, layers: {DECODE}(s.layers) }}, lattice(5))]", [state(probe)]
    )
    want = probe.losses(lattice(5, 90, 10))
    assert found == pytest.approx(want.tolist(), abs=1e-3)
    assert want.std() > 0.01


def test_a_map_is_placed_by_its_turn_and_its_shift(js, probe):
    probe.offset = (-30, 2.5)
    case = [probe.theta.flatten().tolist(), probe.aligned[probe.picture]]
    [found] = js("([theta, aligned]) => offsetOf(theta, aligned, 42)", [case])
    assert found == pytest.approx([-30, 2.5], abs=1e-3)


def test_the_words_say_what_the_classifier_says(js, probe):
    told = "([chances, label, offset]) => verdict({ chances, loss: 0.25 }, { label, offset })"
    chances = [0.05] * 8 + [0.6, 0.0]
    right, wrong = js(told, [(chances, 8, [0, 0]), (chances, 3, [-20, 1.5])])
    assert right == (
        "The grid is in the true pose. The classifier says 8 with probability 0.60, which is "
        "right. The loss is 0.25."
    )
    assert "turned by −20° and moved by 1.5 pixels from the true pose" in wrong
    assert "says 8 with probability 0.60, and it is a 3." in wrong


def made(probe, **changes):
    arguments = {"networks": {"a": classifier()}, "images": torch.zeros(2, 1, 42, 42)}
    arguments |= {"labels": [1, 2], "aligned": affine.identity().repeat(2, 1, 1)}
    arguments |= {"chosen": affine.identity().repeat(2, 1, 1)}
    return PoseProbe(**(arguments | changes))


BAD = [
    ({"networks": []}, "networks: expected {name: classifier}"),
    ({"networks": {"a": nn.Conv2d(1, 2, 3, padding=1)}}, "network: expected convolutions without"),
    ({"networks": {"a": nn.Sequential(nn.Flatten())}}, r"network: expected 1 \.\.\. 60000 weights"),
    ({"labels": [1]}, "labels: expected 2, one for each image, got 1"),
    ({"labels": [1, 11]}, r"labels: expected whole numbers 0 \.\.\. 9"),
    ({"aligned": torch.zeros(2, 5)}, "theta: expected shape"),
    ({"chosen": affine.identity()}, "chosen: expected 2, one for each image, got 1"),
    ({"picture": 2}, r"picture: expected 0 \.\.\. 1, got 2"),
    ({"network": "b"}, "network: expected one of 'a', got str 'b'"),
    ({"offset": 3}, r"offset: expected \(degrees, pixels\), got int 3"),
    ({"offset": (91, 0)}, r"offset: expected at most 90 degrees .* got \(91.0, 0.0\)"),
]


@pytest.mark.parametrize(("changes", "message"), BAD, ids=lambda v: str(v)[:40])
def test_bad_settings_say_what_was_expected(probe, changes, message):
    with pytest.raises((TypeError, ValueError, TraitError), match=message):
        made(probe, **changes)


def test_what_the_page_sends_arrives(probe):
    probe.set_state({"offset": [-30, 2.5], "picture": 3, "network": "untrained"})
    assert (probe.offset, probe.picture, probe.label) == ((-30, 2.5), 3, 3)


def test_repr_words_and_still_follow_the_state(probe):
    probe.picture, probe.network, probe.offset = 5, "trained", (20, -1)
    assert repr(probe) == "PoseProbe(picture=5, network='trained', offset=(20, -1))"
    text = probe.describe()
    assert text.startswith("A 5 with the grid turned by 20 degrees and moved by -1 pixels")
    assert f"{probe.probabilities.max():.2f}" in text
    stills = {probe.still()}
    assert probe.still() in stills
    for name, value in {"offset": (0, 0), "picture": 2, "network": "untrained"}.items():
        setattr(probe, name, value)
        stills.add(probe.still())
    assert len(stills) == 4
    assert max(map(len, stills)) < 45_000
