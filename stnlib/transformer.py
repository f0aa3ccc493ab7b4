"""The spatial transformer: a localisation network, a map T_θ and a read, in one module."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn.functional import grid_sample

from stnlib._checks import (
    MODES,
    PADDING_MODES,
    Size,
    Volume,
    check_choice,
    check_dense,
    check_flag,
    check_image,
    check_size,
    describe,
)
from stnlib._precision import full_precision, working_dtype
from stnlib.transforms import Transform


class SpatialTransformer(nn.Module):
    """Look at a picture, choose a map, read the picture through it (section 3, eq. 1 to 5).

    θ = localisation(U), the sampling grid is T_θ of the regular grid, V is U read at the grid.
    U may be a picture or a feature map with any number of channels; all channels share one grid.
    To restrict the map, choose a ``transform`` with fewer numbers (``Attention``, ``Similarity``):
    it builds its matrix from θ inside the graph, so that gradients keep flowing. With ``Affine3d``
    pictures are volumes, (B, C, D, H, W), and read in the same way.

    The last ``nn.Linear`` registered in ``localisation`` is the regression layer. With
    ``identity_start`` its weights become 0 and its bias the identity, so the first forward gives
    the picture back (smaller or larger under ``output_size``). This is promised of a network that
    gives the numbers of this layer as they are. A weight norm, a parametrization, a hook or a
    later part of an ``nn.Sequential`` that changes them is refused. What the network's own
    ``forward`` does with them, such as a tanh or a factor, is not looked at: see for yourself that
    ``transformer.theta(picture)`` is ``transform.identity()``.

    Zero weights pass nothing down: the first step reaches only the regression layer itself; from
    the second step on every layer below it learns.

    Convention:
        θ maps OUTPUT points to INPUT points in normalised coordinates. Under autocast only
        ``localisation`` runs in low precision. Map and read run in float32 (float64 for a float64
        picture), since a bfloat16 coordinate is up to a quarter of a pixel off at 256 pixels; the
        result has the picture's dtype again.

    Args:
        localisation: maps (B, C, H, W) to (B, n_params); changed in place by the identity start.
        transform: the family T_θ, of :mod:`stnlib.transforms`.
        output_size: (H', W'), of volumes (D', H', W'), or one number for all; that of the picture
            when left out.
        mode, padding_mode, align_corners: as in :func:`stnlib.sampler.sample`.
        identity_start: False leaves the regression layer as it is.

    Raises:
        TypeError, ValueError: wrong type, word or size; ``localisation`` has no ``nn.Linear``, or
            its last one does not give ``transform.n_params`` numbers, or has no bias to start from;
            a weight norm, a parametrization, a hook or a later part of an ``nn.Sequential`` undoes
            the identity start.

    >>> from stnlib.transforms import Attention
    >>> localisation = nn.Sequential(nn.Flatten(), nn.Linear(2 * 6 * 6, 3))
    >>> transformer = SpatialTransformer(localisation, Attention(), output_size=(3, 4))
    >>> picture = torch.rand(5, 2, 6, 6)
    >>> transformer(picture).shape
    torch.Size([5, 2, 3, 4])
    >>> transformer.theta(picture)[0].tolist()
    [1.0, 0.0, 0.0]
    """

    def __init__(
        self,
        localisation: nn.Module,
        transform: Transform,
        output_size: Size | Volume | None = None,
        *,
        mode: str = "bilinear",
        padding_mode: str = "zeros",
        align_corners: bool = False,
        identity_start: bool = True,
    ) -> None:
        super().__init__()
        if not isinstance(localisation, nn.Module):
            raise TypeError(f"localisation: expected an nn.Module, got {describe(localisation)}")
        if not isinstance(transform, Transform):
            raise TypeError(f"transform: expected a stnlib Transform, got {describe(transform)}")
        self.localisation, self.transform = localisation, transform
        if output_size is not None:
            output_size = check_size("output_size", output_size, transform.axes)
        self.output_size = output_size
        self.mode = check_choice("mode", mode, MODES)
        self.padding_mode = check_choice("padding_mode", padding_mode, PADDING_MODES)
        self.align_corners = check_flag("align_corners", align_corners)
        regression = _regression_layer(localisation, transform)
        if check_flag("identity_start", identity_start):
            _start_at_identity(regression, localisation, transform)

    def theta(self, image: Tensor) -> Tensor:
        """Return what the localisation network says, (B, n_params), in float32 or float64.

        Raises:
            TypeError, ValueError: no (B, C, H, W) picture, or no volume where the transform maps
                volumes, or the network gave another shape.
        """
        image = check_image("image", image, self.transform.axes)
        theta, expected = self.localisation(image), (image.shape[0], self.transform.n_params)
        right = isinstance(theta, Tensor) and theta.is_floating_point()
        if not right or theta.shape != expected:
            raise ValueError(
                f"localisation: expected floating point theta of shape {expected}, "
                f"it gave {describe(theta)}"
            )
        return check_dense("theta", theta).to(working_dtype(image.dtype))

    def grid(self, image: Tensor) -> Tensor:
        """Return the sampling grid (eq. 1), (B, H', W', 2): the INPUT point of each output pixel.

        That of volumes is (B, D', H', W', 3).

        Raises:
            TypeError, ValueError: as in :meth:`theta`.
        """
        return self.grid_of(self.theta(image), self.output_size or tuple(image.shape[2:]))

    def forward(self, image: Tensor) -> Tensor:
        """Return the picture read through the grid (eq. 3 to 5), (B, C, H', W') or as a volume.

        Raises:
            TypeError, ValueError: as in :meth:`theta`.
        """
        return self.read(image, self.theta(image), self.output_size or tuple(image.shape[2:]))

    def grid_of(self, theta: Tensor, size: Size) -> Tensor:
        """Return the sampling grid of a given θ, (B, H', W', 2)."""
        with full_precision(theta.device):
            return self.transform.grid(theta, size, align_corners=self.align_corners)

    def read(self, image: Tensor, theta: Tensor, size: Size) -> Tensor:
        """Return the picture read at the grid of a given θ, (B, C, H', W')."""
        grid = self.grid_of(theta, size)
        with full_precision(image.device):
            read = grid_sample(
                image.to(grid.dtype),
                _within_reach(grid, self.padding_mode),
                mode=self.mode,
                padding_mode=self.padding_mode,
                align_corners=self.align_corners,
            )
            if image.dim() == 5 and (self.mode, self.padding_mode) == ("bilinear", "zeros"):
                read = torch.where(grid.isfinite().all(-1)[:, None], read, torch.nan)
        return read.to(image.dtype)

    def extra_repr(self) -> str:
        return (
            f"output_size={self.output_size}, mode={self.mode!r}, "
            f"padding_mode={self.padding_mode!r}, align_corners={self.align_corners}"
        )


def _regression_layer(localisation: nn.Module, transform: Transform) -> nn.Linear:
    """Return the last linear layer, or refuse a localisation network that does not fit."""
    layers = [layer for layer in localisation.modules() if isinstance(layer, nn.Linear)]
    if not layers:
        raise ValueError(
            "localisation: expected an nn.Linear as its regression layer, got none in "
            f"{type(localisation).__name__}"
        )
    if layers[-1].out_features != transform.n_params:
        raise ValueError(
            f"localisation: expected {transform.n_params} outputs for {type(transform).__name__}, "
            f"its last nn.Linear gives {layers[-1].out_features}"
        )
    return layers[-1]


def _start_at_identity(
    regression: nn.Linear, localisation: nn.Module, transform: Transform
) -> None:
    """Set zero weights and the identity as bias, and refuse what undoes it."""
    if regression.bias is None:
        raise ValueError(
            "localisation: expected a bias in its last nn.Linear, to hold the identity, got none"
        )
    if isinstance(regression, nn.LazyLinear):
        raise ValueError("localisation: expected made weights, got an nn.LazyLinear not yet run")
    before = copy.deepcopy(regression.state_dict())
    identity = transform.identity().to(regression.bias)
    with torch.no_grad():
        regression.weight.zero_()
        regression.bias.copy_(identity)
        if identity.is_meta:
            return
        given = regression(torch.ones_like(regression.weight[:1]))
        for module in _behind(regression, localisation):
            given = copy.deepcopy(module).eval()(given)
    if not (isinstance(given, Tensor) and torch.equal(given, identity[None])):
        regression.load_state_dict(before)
        raise ValueError(
            "localisation: expected a last nn.Linear whose numbers nothing changes, got one that "
            "does not give the identity for zero weights: leave out its weight norm or what "
            "stands behind it, or set identity_start=False"
        )


def _behind(regression: nn.Linear, localisation: nn.Module) -> list[nn.Module]:
    """Return what an nn.Sequential runs after the regression layer, from the inside out."""
    if type(localisation).forward is not nn.Sequential.forward:
        return []
    parts = [*localisation]
    place = next(i for i, part in enumerate(parts) if regression in [*part.modules()])
    return _behind(regression, parts[place]) + parts[place + 1 :]


def _within_reach(grid: Tensor, padding_mode: str) -> Tensor:
    """Replace what is not finite, or would overflow, by -1 or 1: ``sample`` reads alike.

    The backward pass of torch's read writes outside its memory there, except under ``"zeros"``.
    There a point that is not finite makes NaN, in a volume only once ``forward`` has put it in.
    """
    if padding_mode == "zeros":
        return grid
    end = torch.where(grid > 0, 1.0, -1.0) if padding_mode == "border" else -1.0
    return torch.where(grid.abs() < 1e30, grid, end)
