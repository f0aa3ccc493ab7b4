"""Sentences of book/widgets.ipynb that say more than a cell shows, each tried elsewhere."""

import numpy as np
import pytest
import torch

from stnlib.widgets import GridBender, GridExplorer, PixelLab
from tests.claims.quoting import claim

FORMS = {
    "array": np.asarray,
    "array (1, H, W)": lambda rows: np.asarray(rows)[None],
    "tensor": lambda rows: torch.from_numpy(np.asarray(rows)),
    "tensor (1, 1, H, W)": lambda rows: torch.from_numpy(np.asarray(rows))[None, None],
}
ROWS = {"mask": [[0, 1], [1, 0]], "dark": [[0, 2], [1, 0]], "bright": [[0, 255], [128, 0]]}


@claim(
    "widgets",
    "Pictures are tensors, arrays or lists in 0 … 1; only those of bytes (uint8) count from 0 to "
    "255, unless they hold nothing but 0 and 1.",
)
@pytest.mark.parametrize("figure", [GridExplorer, GridBender, PixelLab])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ROWS)
def test_bytes_count_to_255_unless_they_are_a_mask(figure, form, name):
    made = figure(image=FORMS[form](np.array(ROWS[name], dtype=np.uint8)))
    right = torch.tensor(ROWS[name]) / (1 if name == "mask" else 255)
    torch.testing.assert_close(made.input.reshape(2, 2).float(), right.float())


@pytest.mark.parametrize("figure", [GridExplorer, GridBender, PixelLab])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64, bool])
def test_every_other_dtype_counts_from_0_to_1(figure, dtype):
    right = torch.tensor(ROWS["mask"]).float()
    for form in (*FORMS.values(), np.ndarray.tolist):
        made = figure(image=form(np.array(ROWS["mask"], dtype=dtype)))
        torch.testing.assert_close(made.input.reshape(2, 2).float(), right)
    with pytest.raises(ValueError, match="image"):
        figure(image=np.array([[0, 2], [1, 0]], dtype=float))
