"""The one rule of precision, for maps, grids and reads.

What is made of several tensors has the widest of their dtypes, also under autocast. Half precision
is computed in float32 and rounded once.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import reduce

import torch


def working_dtype(*dtypes: torch.dtype) -> torch.dtype:
    """Return what to compute in: the widest of these dtypes, and float32 for half precision."""
    return reduce(torch.promote_types, dtypes, torch.float32)


def full_precision(device: torch.device) -> AbstractContextManager:
    """Switch autocast off, which would halve a product of matrices, on devices that know it."""
    available = getattr(torch.amp, "is_autocast_available", None)
    if available is not None and not available(device.type):
        return nullcontext()
    return torch.autocast(device.type, enabled=False)
