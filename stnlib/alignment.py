"""Compare the maps that a transformer chose with the true ones, up to the pose that none can know.

Convention:
    ``learned`` maps OUTPUT points to picture points, as a transformer does; ``truth`` maps points
    of the upright original to picture points: ``affine.invert`` of what a distortion returns. Both
    are (B, 2, 3) or (B, 6), for one picture a row. A common pose is one map for all pictures, from
    output points to upright points: a perfect transformer has learned = truth · common pose.
    Maps are read as similarities; of a map that is none, the nearest one is read.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from stnlib._checks import check_count, check_tensor, describe
from stnlib.affine import compose, matrix
from stnlib.transforms import Similarity


class Pose(NamedTuple):
    """Log-scale, angle in radians, and the place (B, 2) of the middle of a map; (B,) but for it."""

    log_scale: Tensor
    angle: Tensor
    place: Tensor


class Recovery(NamedTuple):
    """How well poses were recovered: the share R² of their variance, and median errors.

    ``r2_scale`` is that of the log-scale. R² is 1 when all is recovered, and 0 or less when the
    best constant guess would do as well; nan when the true poses do not vary.
    """

    r2_angle: float
    r2_scale: float
    r2_shift: float
    degrees: float
    percent: float
    pixels: float


def pose(theta: Tensor) -> Pose:
    """Read maps as similarities, as :class:`~stnlib.transforms.Similarity` writes them.

    >>> pose(Similarity().matrix(torch.tensor([[0.5, 0.25, 0.0, -1.0]]))).angle
    tensor([0.2500])
    """
    theta = matrix(theta)
    (a, b), (c, d) = (row.unbind(-1) for row in theta[:, :, :2].unbind(1))
    along, across = (a + d) / 2, (c - b) / 2
    return Pose(torch.hypot(along, across).log(), torch.atan2(across, along), theta[:, :, 2])


def wrap(angle: Tensor) -> Tensor:
    """Bring angles into −π ... π."""
    angle = check_tensor("angle", angle, "(...)")
    return torch.atan2(angle.sin(), angle.cos())


def mean_angle(angle: Tensor) -> Tensor:
    """Return the mean direction of angles, by the mean of their points on the circle."""
    angle = check_tensor("angle", angle, "(...)")
    return torch.atan2(angle.sin().mean(), angle.cos().mean())


def common_pose(learned: Tensor, truth: Tensor, groups: Tensor | None = None) -> Tensor:
    """Return the map that takes truth · map closest to learned, (1, 2, 3).

    Log-scales and angles by their mean difference, then the shift by least squares.

    Args:
        learned, truth: maps to the picture, see the head of the module.
        groups: (B,) whole numbers: find a common pose for each of them; (B, 2, 3) is returned.

    Raises:
        TypeError, ValueError: wrong type or shape, not one true map for each learned one, or
            numbers that are not finite.
    """
    learned, truth = _check_pair(learned, truth)
    if groups is not None:
        if not isinstance(groups, Tensor) or groups.shape != learned.shape[:1]:
            raise ValueError(
                f"groups: expected one for each of {len(learned)} maps, got {describe(groups)}"
            )
        if groups.is_floating_point() or groups.is_complex():
            raise TypeError(f"groups: expected whole numbers, got {describe(groups)}")
        common = torch.empty_like(learned)
        for group in groups.unique():
            members = groups == group
            common[members] = common_pose(learned[members], truth[members])
        return common
    for name, maps in (("learned", learned), ("truth", truth)):
        if not maps.isfinite().all():
            raise ValueError(f"{name}: expected finite numbers, got nan or infinite ones")
    found, known = pose(learned), pose(truth)
    log_scale = (found.log_scale - known.log_scale).mean()
    angle = mean_angle(found.angle - known.angle)
    off = (found.place - known.place).reshape(-1, 1)
    shift = torch.linalg.lstsq(truth[:, :, :2].reshape(-1, 2), off).solution.flatten()
    return Similarity().matrix(torch.cat((torch.stack((log_scale, angle)), shift))[None])


def deviation(learned: Tensor, truth: Tensor, common: Tensor) -> Pose:
    """Return how far learned maps are from truth · common: log-scale, angle, place.

    ``common`` is (1, 2, 3), or (B, 2, 3) with a map for each picture.
    """
    learned, truth = _check_pair(learned, truth)
    found, wanted = pose(learned), pose(compose(truth, common))
    return Pose(
        found.log_scale - wanted.log_scale,
        wrap(found.angle - wanted.angle),
        found.place - wanted.place,
    )


def recovery(
    learned: Tensor, truth: Tensor, common: Tensor | None = None, *, side: int
) -> Recovery:
    """Say how well the true poses can be read from the learned ones, a common pose taken out.

    Angle, log-scale and place are compared as they are: no slope is fitted, only the pose.

    Args:
        learned, truth: maps to the picture, see the head of the module.
        common: (1, 2, 3) or (B, 2, 3); what :func:`common_pose` finds when left out.
        side: of the picture in pixels.

    Raises:
        TypeError, ValueError: wrong type or shape, or not one true map for each learned one.
    """
    learned, truth = _check_pair(learned, truth)
    check_count("side", side)
    common = common_pose(learned, truth) if common is None else common
    off, wanted = deviation(learned, truth, common), pose(compose(truth, common))
    turned = wrap(wanted.angle - mean_angle(wanted.angle))
    return Recovery(
        r2_angle=_explained(off.angle, turned),
        r2_scale=_explained(off.log_scale, wanted.log_scale - wanted.log_scale.mean()),
        r2_shift=_explained(off.place, wanted.place - wanted.place.mean(dim=0)),
        degrees=off.angle.abs().median().rad2deg().item(),
        percent=100 * off.log_scale.expm1().abs().median().item(),
        pixels=side / 2 * off.place.norm(dim=1).median().item(),
    )


def _explained(off: Tensor, spread: Tensor) -> float:
    """Return 1 − squared errors / squared spread."""
    total = spread.square().sum()
    return (1 - off.square().sum() / total).item() if total > 0 else float("nan")


def _check_pair(learned: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Return both as (B, 2, 3), and refuse two lengths, or none."""
    learned, truth = matrix(learned), matrix(truth)
    if len(learned) != len(truth) or not len(truth):
        raise ValueError(
            f"truth: expected one map for each of {len(learned)} learned ones, and one at least, "
            f"got {len(truth)}"
        )
    if learned.dtype != truth.dtype or learned.device != truth.device:
        raise TypeError(
            f"truth: expected {learned.dtype} on {learned.device} as the learned maps are, "
            f"got {truth.dtype} on {truth.device}"
        )
    return learned, truth
