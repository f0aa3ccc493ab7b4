"""The spatial transformer: what it gives, where its gradients go, what it survives and refuses."""

import copy
import math
import pickle
import subprocess
import sys
import warnings

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrize import register_parametrization as parametrize
from torch.testing import assert_close

from stnlib import Affine, Attention, sample
from stnlib.training import fit
from stnlib.transformer import SpatialTransformer
from stnlib.transforms import FAMILIES, Similarity, Transform

ALL = [kind() for kind in FAMILIES.values()]
each_family = pytest.mark.parametrize("family", ALL, ids=lambda f: type(f).__name__)


def localisation(n_params, channels=2, size=(6, 7)):
    torch.manual_seed(0)
    features = channels * size[0] * size[1]
    return nn.Sequential(nn.Flatten(), nn.Linear(features, 5), nn.Tanh(), nn.Linear(5, n_params))


def transformer(family=None, output_size=None, channels=2, size=(6, 7), **options):
    family = family or Affine()
    return SpatialTransformer(
        localisation(family.n_params, channels, size), family, output_size, **options
    )


def moved(*args, **options):
    """A transformer that has left the identity, differently for each picture."""
    module = transformer(*args, **options)
    with torch.no_grad():
        module.localisation[-1].weight.normal_(0, 0.3, generator=torch.Generator().manual_seed(1))
    return module


def picture(batch=3, channels=2, size=(6, 7), dtype=torch.float32):
    generator = torch.Generator().manual_seed(2)
    return torch.rand(batch, channels, *size, generator=generator, dtype=dtype)


@each_family
@pytest.mark.parametrize("size", [(6, 7), (1, 5), (1, 1)])
@pytest.mark.parametrize("align_corners", [False, True])
def test_identity_start_gives_the_picture_back(family, size, align_corners):
    image = picture(size=size)
    nearest = transformer(family, size=size, mode="nearest", align_corners=align_corners)
    assert torch.equal(nearest(image), image)
    assert_close(transformer(family, size=size, align_corners=align_corners)(image), image)
    assert torch.equal(nearest.theta(image), family.identity().expand(3, -1))


def test_without_identity_start_the_network_keeps_its_weights():
    network = localisation(6)
    before = copy.deepcopy(network.state_dict())
    SpatialTransformer(network, Affine(), identity_start=False)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    SpatialTransformer(network, Affine())
    changed = {n for n, value in network.state_dict().items() if not torch.equal(before[n], value)}
    assert changed == {"3.weight", "3.bias"}


@each_family
@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("align_corners", [False, True])
def test_the_three_parts_by_hand(family, mode, padding_mode, align_corners):
    words = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    module, image = moved(family, (4, 9), **words), picture(dtype=torch.float64)
    module.double()
    theta = module.localisation(image)
    grid = family.grid(theta, (4, 9), align_corners=align_corners)
    assert torch.equal(module.theta(image), theta)
    assert_close(module.grid(image), grid)
    assert module(image).shape == (3, 2, 4, 9)
    assert_close(module(image), sample(image, grid, **words))
    assert (module(image) - transformer(family, (4, 9), **words).double()(image)).abs().max() > 0.1


def test_a_known_shift():
    module = transformer(Attention(), channels=1, size=(1, 4))
    with torch.no_grad():
        module.localisation[-1].bias.copy_(torch.tensor([1.0, 0.5, 0.0]))  # 0.5: one pixel of four
    shifted = module(torch.tensor([[[[1.0, 2.0, 3.0, 4.0]]]]))
    assert_close(shifted, torch.tensor([[[[2.0, 3.0, 4.0, 0.0]]]]))


def test_works_on_feature_maps():
    features = nn.Conv2d(1, 16, 3)(picture(channels=1))
    module = moved(Similarity(), (3, 3), channels=16, size=(4, 5))
    out = module(features)
    assert out.shape == (3, 16, 3, 3)
    one = torch.cat([sample(features[:, [c]], module.grid(features)) for c in range(16)], dim=1)
    assert_close(out, one)


@each_family
def test_first_step_moves_the_regression_layer_and_only_later_ones_the_rest(family):
    module, image = transformer(family), picture()
    first, last = module.localisation[1], module.localisation[3]
    step = torch.optim.SGD(module.parameters(), lr=0.5).step
    weight = torch.linspace(0, 1, 7).expand(6, 7)
    (module(image) * weight).square().mean().backward()
    assert (last.weight.grad.abs().amax(1) > 0).all()
    assert (last.bias.grad != 0).all()
    assert (first.weight.grad == 0).all()
    step()
    module.zero_grad()
    (module(image) * weight).square().mean().backward()
    assert (first.weight.grad != 0).any(0).all()


@each_family
def test_gradients_of_picture_and_weights_are_right(family):
    module = moved(family, (4, 5)).double()
    last, image = module.localisation[-1], picture(2, dtype=torch.float64).requires_grad_()

    def read(image, weight, bias):
        new = {"localisation.3.weight": weight, "localisation.3.bias": bias}
        return torch.func.functional_call(module, new, (image,))

    assert torch.autograd.gradcheck(read, (image, last.weight, last.bias))


@pytest.mark.parametrize("batch", [0, 1])
def test_batches_of_none_and_one(batch):
    assert moved(output_size=(3, 4))(picture(batch)).shape == (batch, 2, 3, 4)


class AffineByProduct(Affine):
    """An affine map whose grid is a matrix product, which autocast would do in low precision."""

    grid = Transform.grid


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
@pytest.mark.parametrize("family", [Affine(), AffineByProduct()], ids=["sum", "product"])
def test_under_autocast_only_the_localisation_network_loses_digits(family, mode):
    size = (3, 400)
    image = picture(size=size)
    start, module = (make(family, size=size, mode=mode) for make in (transformer, moved))
    with torch.autocast("cpu", torch.bfloat16):
        assert module.localisation(image).dtype == torch.bfloat16
        assert module.grid(image).dtype == torch.float32
        out, theta, same = module(image), module.theta(image), start(image)
    assert out.dtype == torch.float32
    assert_close(same, image, rtol=0, atol=2e-4)
    expected = sample(image, family.grid(theta, size), mode=mode)
    assert_close(out, expected, rtol=0, atol=2e-4)
    out.sum().backward()
    assert module.localisation[1].weight.grad.dtype == torch.float32


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_the_pictures_dtype_comes_back(dtype):
    image = picture(size=(3, 400), dtype=torch.float64).to(dtype)
    module = transformer(size=(3, 400)).to(dtype)
    assert module.grid(image).dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    assert module(image).dtype == dtype
    assert_close(module(image), image, rtol=1e-2, atol=2e-4)


def test_everything_stays_on_the_pictures_device():
    module, image = moved(Similarity(), (3, 4)).to("meta"), picture().to("meta")
    for tensor in (module.theta(image), module.grid(image), module(image)):
        assert tensor.device.type == "meta"
    assert module(image).shape == (3, 2, 3, 4)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_gives_what_the_cpu_gives():
    module, image = moved(Similarity(), (5, 4)), picture()
    expected = module(image)
    assert_close(module.cuda()(image.cuda()).cpu(), expected)
    with torch.autocast("cuda", torch.float16):
        assert_close(transformer().cuda()(image.cuda()).cpu(), image)


@pytest.mark.parametrize(
    "copy_of",
    [copy.deepcopy, lambda module: pickle.loads(pickle.dumps(module))],
    ids=["deepcopy", "pickle"],
)
def test_copies_are_equal_and_apart(copy_of):
    module, image = moved(Similarity(), (5, 4), padding_mode="border"), picture()
    other, expected = copy_of(module), module(image)
    assert torch.equal(other(image), expected)
    with torch.no_grad():
        module.localisation[-1].bias.add_(0.5)
    assert torch.equal(other(image), expected)
    assert not torch.equal(module(image), expected)


def test_state_dict_carries_the_localisation_network_and_nothing_else():
    module, fresh, image = moved(Similarity()), transformer(Similarity()), picture()
    names = {f"localisation.{name}" for name in module.localisation.state_dict()}
    assert set(module.state_dict()) == names
    fresh.load_state_dict(module.state_dict())
    assert torch.equal(fresh(image), module(image))


@each_family
def test_compiles_into_one_graph(family):
    family = copy.deepcopy(family)  # no other test has made it keep a basis
    module, image = moved(family, (4, 5)), picture()
    torch._dynamo.reset()
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    out, expected = compiled(image), module(image)
    assert_close(out, expected)
    weights = [*module.parameters()]
    for one, two in zip(
        torch.autograd.grad(out.square().sum(), weights),
        torch.autograd.grad(expected.square().sum(), weights),
        strict=True,
    ):
        assert_close(one, two)


class Mean(nn.Module):
    """A localisation network's first part for pictures of every size."""

    def forward(self, image):
        return image.mean((2, 3))


def of_any_size(family, output_size):
    torch.manual_seed(0)
    network = nn.Sequential(Mean(), nn.Linear(2, family.n_params))
    module = SpatialTransformer(network, family, output_size)
    nn.init.normal_(network[-1].weight, std=0.1)
    return module.eval()


ANY_SIZE = ({0: torch.export.Dim("b"), 2: torch.export.Dim("h"), 3: torch.export.Dim("w")},)
OTHERS = [(1, 7, 9), (5, 4, 12), (2, 20, 3)]  # batch, height, width


@each_family
@pytest.mark.parametrize("output_size", [None, (5, 6)])
def test_export_is_for_any_batch_and_any_size(family, output_size):
    module, image = of_any_size(family, output_size), picture(3, size=(7, 9))
    program = torch.export.export(module, (image,), dynamic_shapes=ANY_SIZE).module()
    for batch, *size in OTHERS:
        image = picture(batch, size=size)
        assert_close(program(image), module(image))


@each_family
def test_a_trace_is_for_any_batch_and_any_size(family):
    module, image = of_any_size(family, None), picture(3, size=(7, 9))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # each check of a shape warns that it is not traced
        traced = torch.jit.trace(module, image)
    for batch, *size in OTHERS:
        image = picture(batch, size=size)
        assert_close(traced(image), module(image))


@each_family
def test_onnx_is_for_any_batch_and_any_size(family, tmp_path):
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    module, file = of_any_size(family, None), tmp_path / "transformer.onnx"
    image = picture(3, size=(7, 9))
    torch.onnx.export(module, (image,), dynamo=True, dynamic_shapes=ANY_SIZE).save(file)
    session = runtime.InferenceSession(file)
    name = session.get_inputs()[0].name
    for batch, *size in OTHERS:
        image = picture(batch, size=size)
        found = torch.from_numpy(session.run(None, {name: image.numpy()})[0])
        assert_close(found, module(image), rtol=1e-4, atol=1e-5)


FAR = (math.nan, math.inf, -math.inf, 3e38, -3e38, 1e20, 1e10, -1e5, -1.0, 0.0, 0.5)
THROUGH_FAR_POINTS = """
import itertools, sys, torch
from torch import nn
from stnlib import Affine
from stnlib.transformer import SpatialTransformer

class At(Affine):
    def grid(self, theta, size, *, align_corners=False):
        return self.value + 0 * super().grid(theta, size, align_corners=align_corners)

for ways in itertools.product(
    (torch.float32, torch.float64), ("bilinear", "nearest"), ("zeros", "border", "reflection"),
    (False, True), map(float, sys.argv[1:]),
):
    dtype, mode, padding_mode, align_corners, At.value = ways
    network = nn.Sequential(nn.Flatten(), nn.Linear(2 * 81, 6))
    module = SpatialTransformer(
        network, At(), 20, mode=mode, padding_mode=padding_mode, align_corners=align_corners
    ).to(dtype)
    image = torch.rand(4, 2, 9, 9, dtype=dtype, requires_grad=True)
    read = module(image)
    read.sum().backward()
    if padding_mode != "zeros":
        assert read.isfinite().all() and image.grad.isfinite().all(), ways
        assert abs(image.grad.sum() - read.numel()) < 1, ways
print("done")
"""


def test_a_grid_that_is_not_finite_writes_into_no_other_memory():
    """In a process of its own: a fault of torch's backward pass would end this one."""
    call = [sys.executable, "-c", THROUGH_FAR_POINTS, *map(str, FAR)]
    run = subprocess.run(call, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "done\n"), run.stderr


class Points(Affine):
    """A family whose grid is given."""

    def grid(self, theta, size, *, align_corners=False):
        return self.given.to(theta)


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("align_corners", [False, True])
def test_far_and_not_finite_points_are_read_as_sample_reads_them(mode, padding_mode, align_corners):
    family, image = Points(), picture(1)
    family.given = torch.cartesian_prod(*2 * [torch.tensor(FAR)])[None, None]
    words = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    found = transformer(family, **words)(image)
    assert_close(found, sample(image, family.given, **words), equal_nan=True)


@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
def test_a_log_scale_that_is_too_high_ends_the_training_with_a_sentence(padding_mode):
    module = transformer(Similarity(), padding_mode=padding_mode)
    with torch.no_grad():
        module.localisation[-1].bias[0] = 89.0
    with pytest.raises(FloatingPointError, match=r"step 1 of 3: the (loss|gradient of θ) is nan"):
        fit(
            nn.Sequential(module, nn.Flatten(), nn.Linear(84, 3)),
            lambda generator: (picture(), torch.tensor([0, 1, 2])),
            steps=3,
            progress="none",
        )


def test_it_says_what_it_is():
    text = "output_size=(3, 4), mode='nearest', padding_mode='zeros', align_corners=False"
    assert text in repr(transformer(output_size=(3, 4), mode="nearest"))


class WithMore(nn.Linear):
    """A low-rank addition to a linear layer."""

    def __init__(self):
        super().__init__(5, 6)
        self.down, self.up = nn.Parameter(torch.randn(2, 5)), nn.Parameter(torch.randn(6, 2))

    def forward(self, x):
        return super().forward(x) + x @ self.down.T @ self.up.T


def doubled():
    layer = nn.Linear(5, 6)
    layer.register_forward_hook(lambda module, inputs, output: 2 * output)
    return layer


class Double(nn.Module):
    def forward(self, weight):
        return 2 * weight + 1


UNDOING = {
    "weight norm": lambda: nn.utils.parametrizations.weight_norm(nn.Linear(5, 6)),
    "weight norm by hooks": lambda: nn.utils.weight_norm(nn.Linear(5, 6)),
    "spectral norm": lambda: nn.utils.parametrizations.spectral_norm(nn.Linear(5, 6)),
    "a parametrized weight": lambda: parametrize(nn.Linear(5, 6), "weight", Double()),
    "a parametrized bias": lambda: parametrize(nn.Linear(5, 6), "bias", Double()),
    "more inside": WithMore,
    "a hook": doubled,
    "tanh behind": lambda: nn.Sequential(nn.Linear(5, 6), nn.Tanh()),
    "batch norm behind": lambda: nn.Sequential(nn.Sequential(nn.Linear(5, 6)), nn.BatchNorm1d(6)),
}


@pytest.mark.filterwarnings(r"ignore:.*weight_norm.*:FutureWarning")
@pytest.mark.parametrize("part", UNDOING)
def test_what_undoes_the_identity_start_is_refused_and_left_alone(part):
    network = nn.Sequential(nn.Flatten(), nn.Linear(84, 5), UNDOING[part]())
    before = copy.deepcopy(network.state_dict())
    with pytest.raises(ValueError, match=r"localisation: expected a last nn\.Linear whose"):
        SpatialTransformer(network, Affine())
    after = network.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    SpatialTransformer(network, Affine(), identity_start=False)


def test_what_changes_no_number_may_stand_behind_the_regression_layer():
    for part in (nn.Identity(), nn.Dropout(0.0), nn.Flatten(), nn.Hardtanh()):
        network = nn.Sequential(nn.Flatten(), nn.Sequential(nn.Linear(84, 6), part), nn.Identity())
        module, image = SpatialTransformer(network, Affine()), picture()
        assert torch.equal(module.theta(image), Affine().identity().expand(3, -1))


def test_a_refused_network_is_left_alone():
    narrow = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 5))
    no_bias = nn.Linear(4, 6, bias=False)
    before = copy.deepcopy([*narrow.parameters(), *no_bias.parameters()])
    for network in (narrow, no_bias):
        with pytest.raises(ValueError):
            SpatialTransformer(network, Affine())
    assert all(map(torch.equal, before, [*narrow.parameters(), *no_bias.parameters()]))


class Bounded(nn.Module):
    """A localisation network that changes the numbers of its regression layer itself."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(16, 6)

    def forward(self, image):
        return self.layer(image.flatten(1)).tanh()


def test_what_a_networks_own_forward_does_is_not_looked_at():
    """As the docstring says, which also says how to see it."""
    transformer = SpatialTransformer(Bounded(), Affine())
    theta = transformer.theta(torch.rand(2, 1, 4, 4))
    assert_close(theta, Affine().identity().tanh().expand(2, 6))
