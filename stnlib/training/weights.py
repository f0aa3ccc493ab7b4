"""The weights of a model: how they lie in memory, which rate they have, how long gradients are."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def channels_last(model: nn.Module) -> nn.Module:
    """Lay the kernels of convolutions out as torch's CPU convolutions and pools read fastest.

    Kernels of one channel count as contiguous in either layout, and only their strides tell torch
    which one to go on with: ``to`` changes these, ``contiguous`` does not.
    """
    layouts = {4: torch.channels_last, 5: torch.channels_last_3d}
    for weight in model.parameters():
        if not nn.parameter.is_lazy(weight) and weight.dim() in layouts:
            weight.data = weight.data.to(memory_format=layouts[weight.dim()])
    return model


def weights_by_rate(model: nn.Module) -> dict[str, list[nn.Parameter]]:
    """Return the weights to train, those of the localisation network apart."""
    parts = {"learning_rate": [], "localisation_rate": []}
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            inside = "localisation" in name.split(".")[:-1]
            parts["localisation_rate" if inside else "learning_rate"].append(weight)
    return parts


def length(gradients: Iterable[Tensor | None]) -> Tensor:
    """Return the length of all gradients together, 0 where there are none."""
    lengths = [gradient.norm() for gradient in gradients if gradient is not None]
    return torch.stack(lengths).norm() if lengths else torch.zeros(())
