"""The golden numbers, which JavaScript is compared with, are what torch gives today."""

import numpy as np
import pytest
import torch
from skimage.transform import warp
from torch import nn

from stnlib.networks import cnn
from stnlib.pixel_matrix import pixel_from_theta
from stnlib.widgets.shared.network import layers_of
from tests.figures import golden

pytestmark = pytest.mark.filterwarnings("ignore:Since version 1.3.0, affine_grid behavior")


@pytest.mark.parametrize("make", golden.PARTS, ids=lambda make: make.__name__)
def test_the_stored_numbers_are_what_torch_gives(make):
    hint = "python -m tests.figures.golden writes them again: "
    golden.assert_same(golden.plain(make()), golden.stored(make.__name__), hint + make.__name__)


def test_every_stored_file_is_made_and_small():
    files = list(golden.FOLDER.iterdir())
    assert {file.name for file in files} == {f"{make.__name__}.json" for make in golden.PARTS}
    assert sum(file.stat().st_size for file in files) < 300_000


def test_scikit_image_reads_the_same_with_the_pixel_matrices():
    known = golden.stored("conventions")
    image = np.array(known["image"]["data"]).reshape(5, 8)
    cases = [case for case in known["cases"] if "read" in case]
    assert len(cases) == 6
    for case in cases:
        matrix = np.vstack((np.reshape(case["forms"]["skimage"], (2, 3)), [0, 0, 1]))
        theirs = warp(image, matrix, output_shape=case["output"], order=1)
        np.testing.assert_allclose(theirs.flatten(), case["read"], atol=1e-6)
        theta = torch.tensor(case["forms"]["theta"]).reshape(1, 2, 3)
        sizes = tuple(case["input"]), tuple(case["output"])
        options = {"convention": "skimage", "align_corners": case["alignCorners"]}
        again = pixel_from_theta(theta, *sizes, **options)[0]
        np.testing.assert_allclose(again, matrix, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("options", [{}, {"kernels": (3, 4)}, {"hidden": ()}, {"hidden": (40, 20)}])
def test_the_layers_of_a_network_say_what_it_says(options):
    """Two bytes a weight, and a batch norm folded into its convolution."""
    torch.manual_seed(3)
    network = cnn(20, channels=(16, 32), batch_norm=True, **options)
    pictures = torch.rand(6, 1, 20, 20) ** 4
    pictures[:3] = pictures[:3].cumsum(2) / 20
    with torch.no_grad():
        network(torch.rand(64, 1, 20, 20))
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
        network[-1].weight *= 20
        expected = network.eval()(pictures).softmax(1)
    found = golden.run_layers(layers_of(network), pictures).softmax(1)
    assert (found - expected).abs().max() < 1e-2
    assert expected.std(dim=0).max() > 0.005
