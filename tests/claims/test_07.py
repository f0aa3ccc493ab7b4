"""Sentences of chapter 7 that say more than its cells printed, each tried elsewhere."""

import ast
from functools import cache
from itertools import product
from types import SimpleNamespace

import nbformat
import pytest
import torch
from torch.nn.functional import cross_entropy

from stnlib import affine, affine_grid, experiments, sample
from stnlib.coordinates import regular_grid
from stnlib.digits import load_split
from stnlib.distortions import RTS
from stnlib.networks import cnn, st_cnn
from stnlib.training import fit
from tests.claims.quoting import claim, find

DEGREES, PIXELS = torch.linspace(-90, 90, 31), torch.linspace(-10, 10, 41)


@cache
def chapter():
    """The chapter's own functions; solutions left out."""
    names = {}
    for cell in nbformat.read(find("07"), as_version=4).cells:
        if cell.cell_type != "code" or "hide-cell" in cell.metadata.get("tags", []):
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef)):
                exec(compile(ast.Module([node], []), "07", "exec"), names)
    return SimpleNamespace(**names)


@cache
def task():
    """The chapter's pictures on the digits that it leaves out."""
    train, validation, _ = load_split()
    return experiments.Task(train, validation, RTS())


def network(seed, steps=0, *, dtype=torch.float32):
    torch.manual_seed(seed)
    model = st_cnn(42, batch_norm=True)
    model.classifier = cnn(20, channels=(16, 32))
    if steps:
        fit(model, task(), steps=steps, seed=seed, progress="none")
    return model.to(dtype).eval()


@torch.no_grad()
def scores(model, index, degrees, pixels):
    """What the classifier says while the grid is turned and moved from the true pose."""
    images, _ = task().test
    aside = affine.translation(2 * pixels / 42, torch.zeros_like(pixels))
    true = affine.invert(task().test_theta[index : index + 1])
    maps = affine.compose(aside, true, affine.rotation(degrees.deg2rad()))
    picture = images[index].expand(len(maps), -1, -1, -1)
    return model.classifier(sample(picture, affine_grid(maps, (20, 20))))


@claim("07", "The untrained classifier's map is flat: it gives $\\theta$ next to no slope.")
@pytest.mark.parametrize("seed", [1, 2])
def test_the_map_of_an_untrained_classifier_is_flat(seed):
    turns, shifts = (one.flatten() for one in torch.meshgrid(DEGREES, PIXELS, indexing="ij"))
    model, (_, labels) = network(seed), task().test
    for digit in range(10):
        index = int((labels == digit).nonzero()[seed])
        said = scores(model, index, turns, shifts)
        losses = cross_entropy(said, labels[index].expand(len(said)), reduction="none")
        assert losses.max() - losses.min() < 0.3  # of a trained one's 5 and more


@claim(
    "07",
    "Eight affine maps do: four turns by quarters, and the same with a mirror.",
)
@pytest.mark.parametrize("side", [3, 4])
def test_eight_affine_maps_take_a_square_of_samples_to_itself(side):
    points = regular_grid((side, side), dtype=torch.float64).reshape(-1, 2)
    ones = torch.ones(len(points), 1, dtype=torch.float64)
    corners = torch.tensor([0, side - 1, side * (side - 1)])
    start = torch.cat((points[corners], ones[:3]), dim=1)
    found = []
    for ends in product(range(len(points)), repeat=3):  # three points fix an affine map
        made = torch.cat((points, ones), dim=1) @ torch.linalg.solve(start, points[list(ends)])
        apart = torch.cdist(made, points)
        nearest = apart.argmin(dim=1)
        if apart.min(dim=1).values.max() < 1e-6 and len(nearest.unique()) == len(points):
            found.append(torch.linalg.solve(start, points[list(ends)])[:2].T)
    assert len(found) == 8
    linear = torch.stack(found)
    assert (torch.linalg.det(linear) > 0).sum() == 4
    torch.testing.assert_close(linear.abs().sum(dim=2), torch.ones(8, 2, dtype=torch.float64))


@claim(
    "07",
    "quarter-turn the **untrained** network, and training takes it, up to rounding, to the twin of "
    "where it would have gone.",
)
@pytest.mark.parametrize("seed", [1])
def test_a_turned_start_is_trained_to_the_turned_end(seed):
    def batches(generator):
        images, labels = task()(generator)
        return images.double(), labels

    start = network(seed, dtype=torch.float64)
    ends = []
    for model in (start, chapter().quarter_turned(start)):
        fit(model, batches, steps=15, seed=seed, progress="none")
        ends.append(model.eval())
    wanted = chapter().quarter_turned(ends[0])
    for name, value in ends[1].state_dict().items():
        torch.testing.assert_close(value, wanted.state_dict()[name], rtol=1e-4, atol=1e-5)
    moved = [one.transformer.localisation[-1].bias[1].item() for one in ends]
    assert abs(moved[0]) > 1e-3
    assert moved[1] - moved[0] == pytest.approx(torch.pi / 2, abs=1e-5)


@claim("07", "The 0 bears the most turning, and the 1 the most shift.")
def test_the_0_bears_the_most_turning_and_the_1_the_most_shift():
    model, (_, labels) = network(1, 600), task().test
    found = {"turned": [], "moved": []}
    for digit in range(10):
        some = (labels == digit).nonzero()[:20, 0].tolist()
        for name, degrees, pixels in (("turned", DEGREES, torch.zeros(31)),
                                      ("moved", torch.zeros(41), PIXELS)):
            both = [chapter().reach(scores(model, i, degrees, pixels).argmax(1) == digit)
                    for i in some]
            found[name].append(torch.tensor(both).sum(dim=1).double().median().item())
    assert max(range(10), key=found["turned"].__getitem__) == 0
    assert max(range(10), key=found["moved"].__getitem__) == 1
