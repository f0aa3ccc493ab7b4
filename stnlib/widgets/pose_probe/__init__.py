"""A hand on θ: what a trained classifier says of a digit while its grid is turned and moved."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import torch
import traitlets
from torch import Tensor, nn

from stnlib._checks import check_choice, check_count, describe
from stnlib.affine import affine_grid, compose, rotation, translation
from stnlib.sampler import sample
from stnlib.widgets.shared.base import LiveFigure, as_tensor
from stnlib.widgets.shared.network import Layer, layers_of
from stnlib.widgets.shared.traits import (
    Checked,
    Pictures,
    check_output_size,
    finite_array,
    picture_from_json,
    picture_to_json,
    pose_within,
    validate,
)

__all__ = ["PoseProbe"]

MOST = 3  # networks
TURN, MOVE = 90, 10  # the map goes so many degrees and pixels to both sides


def _check_networks(name: str, value: object) -> dict[str, tuple[Layer, ...]]:
    """Read {name: classifier}, or what was read before."""
    if not isinstance(value, dict) or not 0 < len(value) <= MOST:
        raise TypeError(
            f"{name}: expected {{name: classifier}}, {MOST} at most, got {describe(value)}"
        )
    for word, net in value.items():
        read = isinstance(net, tuple) and all(isinstance(layer, Layer) for layer in net)
        if not read and not isinstance(net, nn.Module):
            raise TypeError(f"{name}: expected a classifier as {word!r}, got {describe(net)}")
    return {
        str(word): layers_of(net) if isinstance(net, nn.Module) else net
        for word, net in value.items()
    }


def _networks_to_json(networks: dict[str, tuple[Layer, ...]], _: object) -> list[dict]:
    """Write the networks as the page reads them."""
    return [
        {"name": name, "layers": [layer.to_json() for layer in layers]}
        for name, layers in networks.items()
    ]


def _networks_from_json(value: list[dict], _: object) -> dict[str, tuple[Layer, ...]]:
    """Read what :func:`_networks_to_json` wrote."""
    return {one["name"]: tuple(map(Layer.from_json, one["layers"])) for one in value}


def _check_maps(name: str, value: object) -> tuple[tuple[float, ...], ...]:
    """Read maps as rows of six finite numbers."""
    maps = finite_array(name, value, "(N, 2, 3)")
    if maps.shape[1:] not in ((2, 3), (6,)):
        raise ValueError(f"{name}: expected shape (N, 2, 3), got {maps.shape}")
    return tuple(tuple(row) for row in maps.reshape(-1, 6).round(6).tolist())


def _check_labels(name: str, value: object) -> tuple[int, ...]:
    """Read labels as whole numbers 0 ... 9."""
    labels = finite_array(name, value, "whole numbers 0 ... 9")
    if labels.ndim != 1 or not np.isin(labels, range(10)).all():
        raise ValueError(f"{name}: expected whole numbers 0 ... 9, got {describe(value)}")
    return tuple(labels.astype(int).tolist())


class PoseProbe(LiveFigure):
    """Turn and move the grid of a digit, and see the classifier's probabilities and its loss.

    The classifiers run in the page; their weights are rounded to two bytes each.

    Convention:
        Maps lead from OUTPUT points to picture points. An offset turns the aligned grid about its
        middle (clockwise on screen) and moves it to the right.

    Args:
        networks: {name: classifier}, of :func:`stnlib.networks.cnn`; three at most.
        images: (N, 1, H, W) in 0 ... 1.
        labels: (N,) digits.
        aligned: (N, 2, 3), the true poses: the middle of the map.
        chosen: (N, 2, 3), what the localisation network says.
        output_size: (height, width) of what the classifiers get.
        picture: which picture is shown, from 0 on.
        network: whose answer, the first when left out.
        offset: (degrees, pixels) from the true pose, at most 90 and 10.

    Raises:
        TypeError, ValueError, traitlets.TraitError: a setting that does not fit.
    """

    settings: ClassVar[tuple[str, ...]] = ("picture", "network", "offset")

    networks = Checked(_check_networks).tag(
        sync=True, to_json=_networks_to_json, from_json=_networks_from_json
    )
    images = Pictures().tag(sync=True, to_json=picture_to_json, from_json=picture_from_json)
    labels = Checked(_check_labels).tag(sync=True)
    aligned = Checked(_check_maps).tag(sync=True)
    chosen = Checked(_check_maps).tag(sync=True)
    output_size = Checked(check_output_size, default_value=(20, 20)).tag(sync=True)
    picture = Checked(lambda name, value: check_count(name, value, least=0), default_value=0).tag(
        sync=True
    )
    network = traitlets.Unicode().tag(sync=True)
    offset = pose_within(TURN, MOVE, (0.0, 0.0)).tag(sync=True)

    def __init__(
        self, networks: dict[str, nn.Module], images: object, labels: object, aligned: object,
        chosen: object, **settings: object,
    ) -> None:  # fmt: skip
        settings.setdefault("network", next(iter(_check_networks("networks", networks))))
        super().__init__(
            networks=networks, images=images, labels=labels, aligned=aligned, chosen=chosen,
            **settings,
        )  # fmt: skip

    @validate("images", "labels", "aligned", "chosen")
    def _one_for_each_image(self, proposal: dict) -> object:
        names = ("images", "labels", "aligned", "chosen")
        new = {name: getattr(self, name) for name in names}
        new[proposal["trait"].name] = proposal["value"]
        count = len(new["images"])
        for name, value in new.items():
            if len(value) != count:
                raise ValueError(f"{name}: expected {count}, one for each image, got {len(value)}")
        return proposal["value"]

    @traitlets.observe("networks", "images")
    def _keep_to_what_is_there(self, change: dict) -> None:
        if self.network not in self.networks:
            self.network = next(iter(self.networks))
        self.picture = min(self.picture, len(self.images) - 1)

    @validate("network")
    def _network_is_known(self, proposal: dict) -> str:
        return check_choice("network", proposal["value"], tuple(self.networks))

    @validate("picture")
    def _picture_is_there(self, proposal: dict) -> int:
        if proposal["value"] >= len(self.images):
            last = len(self.images) - 1
            raise ValueError(f"picture: expected 0 ... {last}, got {proposal['value']}")
        return proposal["value"]

    @property
    def label(self) -> int:
        """What the picture is."""
        return self.labels[self.picture]

    @property
    def input(self) -> Tensor:
        """The picture, (1, 1, H, W)."""
        return as_tensor(self.images[self.picture])

    @property
    def matrix(self) -> Tensor:
        """The map of the grid as it stands, (1, 2, 3)."""
        degrees, shift = self.offset
        aligned = torch.tensor([self.aligned[self.picture]]).reshape(1, 2, 3)
        place, width = aligned[0, :, 2], self.images.shape[2]
        centred = compose(translation(-place[0], -place[1]), aligned)
        turned = compose(rotation(math.radians(degrees)), centred)
        return compose(translation(place[0] + 2 * shift / width, place[1]), turned).float()

    @property
    def grid(self) -> Tensor:
        """The sampling grid, (1, H', W', 2)."""
        return affine_grid(self.matrix, self.output_size, align_corners=False)

    @property
    def output(self) -> Tensor:
        """What the grid reads and the classifier sees, (1, 1, H', W')."""
        return sample(self.input, self.grid, align_corners=False)
