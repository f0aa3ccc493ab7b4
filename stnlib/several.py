"""Several spatial transformers: side by side on one input, and one in a row with itself."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from stnlib._checks import check_count, describe
from stnlib._precision import full_precision
from stnlib.transformer import SpatialTransformer


class ParallelTransformer(nn.ModuleList):
    """Transformers that read the same input, each at its own grid (section 3.4).

    The outputs stand one behind the other along the channels, in the order of the arguments: those
    of transformer i are the channels i · C to (i + 1) · C − 1. What comes behind can tell them
    apart by this order alone.

    Args:
        transformers: one at least; each must give an output of the same size.

    Raises:
        TypeError, ValueError: none given, or one that is no SpatialTransformer.

    >>> from stnlib.transforms import Attention
    >>> def one():
    ...     look = nn.Sequential(nn.Flatten(), nn.Linear(36, 3))
    ...     return SpatialTransformer(look, Attention(), output_size=4)
    >>> two = ParallelTransformer(one(), one())
    >>> two(torch.rand(5, 1, 6, 6)).shape, two.theta(torch.rand(5, 1, 6, 6)).shape
    (torch.Size([5, 2, 4, 4]), torch.Size([5, 6]))
    """

    def __init__(self, *transformers: SpatialTransformer) -> None:
        if not transformers:
            raise ValueError("transformers: expected one at least, got none")
        for one in transformers:
            if not isinstance(one, SpatialTransformer):
                raise TypeError(f"transformers: expected SpatialTransformers, got {describe(one)}")
        sizes = {one.output_size for one in transformers}
        if len(sizes) > 1:
            raise ValueError(f"transformers: expected one output_size, got {sizes}")
        super().__init__(transformers)

    def theta(self, image: Tensor) -> Tensor:
        """Return what each localisation network says, side by side: (B, n_1 + n_2 + ...)."""
        return torch.cat([one.theta(image) for one in self], dim=1)

    def forward(self, image: Tensor) -> Tensor:
        """Return what each of them reads, (B, k · C, H', W')."""
        return torch.cat([one(image) for one in self], dim=1)


class CompositionalTransformer(nn.Module):
    """One transformer, asked again about what it has read; θ is passed on, and not pixels.

    It looks, chooses a map, looks at the input through that map, chooses a map of what it sees
    there, and so on: θ ← θ ∘ Δθ, Δθ = localisation(U read at T_θ). Each look and the output are
    single readings of U, so nothing is blurred or cut off twice. With one localisation network for
    all looks this is the inverse compositional transformer (Lin & Lucey, arXiv 1612.03897).

    Args:
        transformer: its family must have :meth:`~stnlib.transforms.Transform.compose`; the looks
            have the size of the input, the output its ``output_size``.
        times: how often it looks; 1 is the transformer itself.

    Raises:
        TypeError, ValueError: no SpatialTransformer, no whole number from 1 on.
        NotImplementedError: a family without ``compose``, where ``times`` is above 1.
    """

    def __init__(self, transformer: SpatialTransformer, times: int) -> None:
        super().__init__()
        if not isinstance(transformer, SpatialTransformer):
            raise TypeError(
                f"transformer: expected a SpatialTransformer, got {describe(transformer)}"
            )
        self.transformer, self.times = transformer, check_count("times", times)
        if times > 1:
            start = transformer.transform.identity()[None]
            transformer.transform.compose(start, start)

    @property
    def transform(self):
        """The family T_θ."""
        return self.transformer.transform

    @property
    def output_size(self) -> tuple[int, int] | None:
        """The size of the output, or None where it is that of the input."""
        return self.transformer.output_size

    def theta(self, image: Tensor) -> Tensor:
        """Return θ of all looks together, (B, n_params)."""
        theta = self.transformer.theta(image)
        for _ in range(self.times - 1):
            view = self.transformer.read(image, theta, tuple(image.shape[2:]))
            with full_precision(image.device):
                theta = self.transform.compose(theta, self.transformer.theta(view))
        return theta

    def grid(self, image: Tensor) -> Tensor:
        """Return the sampling grid of the output, (B, H', W', 2)."""
        return self.transformer.grid_of(self.theta(image), self._size(image))

    def forward(self, image: Tensor) -> Tensor:
        """Return the input read once through all maps together, (B, C, H', W')."""
        return self.transformer.read(image, self.theta(image), self._size(image))

    def _size(self, image: Tensor) -> tuple[int, int]:
        return self.output_size or tuple(image.shape[2:])

    def extra_repr(self) -> str:
        return f"times={self.times}"
