"""A small network in pieces that a page can run: the Python side of net.js."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from stnlib._checks import describe
from stnlib.networks import Expect

MOST = 60_000  # weights


class Layer(NamedTuple):
    """A layer: ``conv``, ``linear``, ``relu``, ``pool`` or ``mean``; weights of two bytes."""

    kind: str
    weight: Tensor | None = None
    bias: Tensor | None = None

    def to_json(self) -> dict:
        """Write the layer as the page reads it."""
        if self.weight is None:
            return {"kind": self.kind}
        weight, bias = (part.half().numpy().astype("<f2").tobytes() for part in self[1:])
        return {"kind": self.kind, "shape": list(self.weight.shape), "weight": weight, "bias": bias}

    @classmethod
    def from_json(cls, value: dict) -> Layer:
        """Read what :meth:`to_json` wrote."""
        if "weight" not in value:
            return cls(value["kind"])
        weight, bias = (
            torch.from_numpy(np.frombuffer(value[part], "<f2").astype("f4"))
            for part in ("weight", "bias")
        )
        return cls(value["kind"], weight.reshape(value["shape"]), bias)


def layers_of(network: nn.Module) -> tuple[Layer, ...]:
    """Take a network of :mod:`stnlib.networks` apart; a batch norm is folded into its conv.

    Raises:
        TypeError: it is no network of convolutions (no padding, stride 1), batch norm, ReLU,
            max-pool 2 and linear layers in a row, perhaps behind a mean-pool 2.
        ValueError: it has too many weights for a page.
    """
    layers: list[Layer] = []
    for module in (part for part in network.modules() if not list(part.children())):
        match module:
            case nn.Conv2d(stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
                layers.append(Layer("conv", module.weight, _bias(module)))
            case nn.BatchNorm2d() if layers and layers[-1].kind == "conv":
                layers.append(_folded(layers.pop(), module))
            case nn.Linear():
                layers.append(Layer("linear", module.weight, _bias(module)))
            case nn.ReLU():
                layers.append(Layer("relu"))
            case nn.MaxPool2d(kernel_size=2, stride=2, padding=0, ceil_mode=True):
                layers.append(Layer("pool"))
            case nn.AvgPool2d(kernel_size=2, stride=2, padding=0, ceil_mode=False) if not layers:
                layers.append(Layer("mean"))
            case Expect() | nn.Flatten() | nn.Dropout():
                pass
            case _:
                raise TypeError(
                    "network: expected convolutions without padding, batch norm, ReLU, "
                    f"max-pool 2 (ceil_mode) and linear layers, got {describe(module)}"
                )
    size = sum(layer.weight.numel() for layer in layers if layer.weight is not None)
    if not 0 < size <= MOST:
        raise ValueError(f"network: expected 1 ... {MOST} weights, got {size}")
    return tuple(_rounded(layer) for layer in layers)


def _bias(module: nn.Module) -> Tensor:
    return torch.zeros(len(module.weight)) if module.bias is None else module.bias


def _folded(conv: Layer, norm: nn.BatchNorm2d) -> Layer:
    """Let a convolution do what a batch norm behind it does in eval mode."""
    factor = norm.weight / (norm.running_var + norm.eps).sqrt()
    bias = (conv.bias - norm.running_mean) * factor + norm.bias
    return Layer("conv", conv.weight * factor[:, None, None, None], bias)


def _rounded(layer: Layer) -> Layer:
    if layer.weight is None:
        return layer
    return Layer(layer.kind, *(part.detach().cpu().half().float() for part in layer[1:]))
