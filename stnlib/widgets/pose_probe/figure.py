"""A hand on θ: what a trained classifier says of a digit while its grid is turned and moved."""

from __future__ import annotations

import math
from typing import ClassVar

import torch
import traitlets
from torch import Tensor, nn

from stnlib._checks import check_choice, check_count, describe
from stnlib.affine import affine_grid, compose, matrix, rotation, translation
from stnlib.sampler import sample
from stnlib.widgets.pose_probe.layers import Layer, layers_of, run_layers
from stnlib.widgets.pose_probe.still import MOVE, TURN, describe_probe, draw_probe
from stnlib.widgets.shared.base import LiveFigure
from stnlib.widgets.shared.traits import (
    Checked,
    Pictures,
    check_output_size,
    picture_to_json,
    pose_within,
)

MOST = 3  # networks


def _check_networks(name: str, value: object) -> dict[str, tuple[Layer, ...]]:
    """Read {name: classifier}, or what was read before."""
    if not isinstance(value, dict) or not 0 < len(value) <= MOST:
        raise TypeError(
            f"{name}: expected {{name: classifier}}, {MOST} at most, got {describe(value)}"
        )
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


def _check_maps(name: str, value: object) -> tuple[tuple[float, ...], ...]:
    """Read maps as rows of six numbers."""
    flat = matrix(value).flatten(1) if isinstance(value, Tensor) else torch.tensor(value)
    return tuple(tuple(round(x, 6) for x in row) for row in flat.tolist())


def _check_labels(name: str, value: object) -> tuple[int, ...]:
    """Read labels as whole numbers 0 ... 9."""
    labels = tuple(value.tolist() if isinstance(value, Tensor) else value)
    if not all(isinstance(label, int) and 0 <= label <= 9 for label in labels):
        raise ValueError(f"{name}: expected whole numbers 0 ... 9, got {describe(value)}")
    return labels


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

    folder: ClassVar[str] = "pose_probe"
    settings: ClassVar[tuple[str, ...]] = ("picture", "network", "offset")

    networks = Checked(_check_networks).tag(sync=True, to_json=_networks_to_json)
    images = Pictures().tag(sync=True, to_json=picture_to_json)
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
        count = len(Pictures().validate(self, images))
        for name, value in {"labels": labels, "aligned": aligned, "chosen": chosen}.items():
            if len(value) != count:
                raise ValueError(f"{name}: expected {count}, one for each image, got {len(value)}")
        super().__init__(
            networks=networks, images=images, labels=labels, aligned=aligned, chosen=chosen,
            **settings,
        )  # fmt: skip
        self.alt = self.describe()

    @traitlets.validate("network")
    def _network_is_known(self, proposal: dict) -> str:
        return check_choice("network", proposal["value"], tuple(self.networks))

    @traitlets.validate("picture")
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
        return torch.from_numpy(self.images[self.picture].copy()).float()[None, None] / 255

    @property
    def theta(self) -> Tensor:
        """The map of the grid as it stands, (1, 2, 3)."""
        return self.theta_at(torch.tensor([self.offset]))

    @property
    def output(self) -> Tensor:
        """What the grid reads, (1, 1, H', W')."""
        return sample(self.input, affine_grid(self.theta, self.output_size))

    @property
    def probabilities(self) -> Tensor:
        """What the classifier says, (10,)."""
        return run_layers(self.networks[self.network], self.output)[0].softmax(0)

    def theta_at(self, offsets: Tensor) -> Tensor:
        """Return the maps at (N, 2) offsets in degrees and pixels: (N, 2, 3)."""
        aligned = torch.tensor([self.aligned[self.picture]]).reshape(1, 2, 3)
        place, width = aligned[0, :, 2], self.images.shape[2]
        centred = compose(translation(-place[0], -place[1]), aligned)
        turned = compose(rotation(offsets[:, 0] * math.pi / 180), centred)
        return compose(translation(place[0] + 2 * offsets[:, 1] / width, place[1]), turned)

    def losses(self, offsets: Tensor) -> Tensor:
        """Return the cross-entropy at (N, 2) offsets in degrees and pixels: (N,)."""
        grid = affine_grid(self.theta_at(offsets.float()), self.output_size)
        read = sample(self.input.expand(len(grid), -1, -1, -1), grid)
        scores = run_layers(self.networks[self.network], read)
        return -scores.log_softmax(1)[:, self.label]

    def describe(self) -> str:
        """Say in words what the figure shows now."""
        return describe_probe(self)

    def draw(self) -> object:
        """Draw the present state as a matplotlib figure."""
        return draw_probe(self)
