"""A live figure of all families: drag the points that a map is made of, and see what it keeps."""

from __future__ import annotations

from typing import ClassVar

import torch
import traitlets
from torch import Tensor

from stnlib._checks import describe
from stnlib.coordinates import regular_grid
from stnlib.sampler import sample
from stnlib.transforms import FAMILIES, ControlGrid, Transform
from stnlib.widgets.shared.base import LiveFigure, as_tensor
from stnlib.widgets.shared.traits import (
    Checked,
    Picture,
    one_of,
    picture_from_json,
    picture_to_json,
    validate,
)

__all__ = ["GridBender"]


def _check_theta(name: str, value: object) -> tuple[float, ...]:
    """Return finite numbers from a list, an array or a tensor of n, or (1, n)."""
    try:
        numbers = torch.as_tensor(value, dtype=torch.float64).detach()
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"{name}: expected a row of numbers, got {describe(value)}") from None
    if not numbers.isfinite().all():
        raise ValueError(f"{name}: expected finite numbers, got {describe(value)}")
    return tuple(numbers.flatten().tolist())


def _check_control_grid(name: str, value: object) -> tuple[int, int]:
    """Return (rows, columns), so few that a hand can still tell the points apart."""
    size = ControlGrid(value).control_grid
    if max(size) > 5:
        raise ValueError(f"{name}: expected at most 5 × 5 points, got {size}")
    return size


class GridBender(LiveFigure):
    """A picture, the grid of any family of maps, and the output that it reads.

    The hand holds as many points as the family has pairs of numbers: corners, or control points.
    Where the grid is turned over, it is marked. Of a thin plate spline, the linear part is drawn as
    a dashed frame, with an arrow from there to each control point: the bending.

    Args:
        image: (H, W), (1, H, W) or (1, 1, H, W) in 0 ... 1; a handwritten digit when left out.
        family: a name in ``stnlib.transforms.FAMILIES``.
        theta: its numbers; the identity when left out.
        control_grid: (rows, columns), at most 5 each, of the two families with control points.

    Raises:
        TypeError, ValueError, traitlets.TraitError: a setting that does not fit.
    """

    settings: ClassVar[tuple[str, ...]] = ("family", "control_grid", "theta")

    image = Picture().tag(sync=True, to_json=picture_to_json, from_json=picture_from_json)
    family = one_of(tuple(FAMILIES), "thin plate spline").tag(sync=True)
    control_grid = Checked(_check_control_grid, default_value=(4, 4)).tag(sync=True)
    theta = Checked(_check_theta, default_value=(0.0,) * 32).tag(sync=True)

    def __init__(self, image: object = None, **settings: object) -> None:
        if image is None:
            from stnlib.digits import load_digits

            image = load_digits().images[33]
        super().__init__(image=Picture().validate(self, image), **settings)
        self._keep_theta_fitting()

    @validate("theta")
    def _theta_fits(self, proposal: dict) -> tuple[float, ...]:
        theta, wanted = proposal["value"], self.transform.n_params
        if len(theta) != wanted:
            raise ValueError(f"theta: {self.family} expects {wanted} numbers, got {len(theta)}")
        return theta

    @traitlets.observe("family", "control_grid")
    def _keep_theta_fitting(self, change: dict | None = None) -> None:
        if len(self.theta) != self.transform.n_params:
            self.theta = self.transform.identity().tolist()

    @property
    def transform(self) -> Transform:
        """The family, ready for stnlib and torch."""
        family = FAMILIES[self.family]
        return family(self.control_grid) if issubclass(family, ControlGrid) else family()

    @property
    def params(self) -> Tensor:
        """theta as a (1, n_params) float tensor: what the family's own methods take."""
        return torch.tensor([self.theta], dtype=torch.float32)

    @property
    def input(self) -> Tensor:
        """The input picture as a (1, 1, H, W) float tensor in 0 ... 1."""
        return as_tensor(self.image)

    @property
    def grid(self) -> Tensor:
        """The sampling grid, (1, H, W, 2)."""
        return self.transform.grid(self.params, self.image.shape)

    @property
    def folded(self) -> Tensor:
        """Where the grid is turned over, (H, W)."""
        points = regular_grid(self.image.shape, dtype=torch.float32).reshape(-1, 2)
        return self.transform.folded(self.params, points).reshape(self.image.shape)

    @property
    def output(self) -> Tensor:
        """The output picture, (1, 1, H, W), as the figure shows it."""
        return sample(self.input, self.grid)
