"""The figures' JavaScript, run by node: its own tests, the code that it writes, what is built."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
BUILT = ROOT / "stnlib" / "widgets" / "built"
CODES = """
import { codeOf } from "../../stnlib/widgets/convention_checker/code.js";
import { formsOf } from "../../stnlib/widgets/convention_checker/state.js";
import { golden } from "./near.mjs";
console.log(JSON.stringify(golden("conventions").cases.map((one) =>
  codeOf({ forms: formsOf(one, one.alignCorners), alignCorners: one.alignCorners }, one))));
"""


def node(*arguments, **options):
    """Run node; skip where there is none."""
    if shutil.which("node") is None:
        pytest.skip("There is no node here: the figures' JavaScript was not tested.")
    return subprocess.run(["node", *map(str, arguments)], text=True, capture_output=True, **options)


def test_the_tests_of_the_figures_in_node_hold():
    files = sorted(HERE.glob("*.test.mjs"))
    assert len(files) > 6
    result = node("--test", "--test-reporter=spec", *files, cwd=ROOT)
    if result.returncode:
        pytest.fail(f"{result.stdout}\n{result.stderr}", pytrace=False)


def test_the_code_that_the_convention_checker_writes_runs_and_says_the_same():
    result = node("--input-type=module", "--eval", CODES, cwd=HERE)
    assert result.returncode == 0, result.stderr
    cases = json.loads((HERE / "golden" / "conventions.json").read_text(encoding="utf-8"))["cases"]
    for case, code in zip(cases, json.loads(result.stdout), strict=True):
        names = {"torch": torch, "np": np, "F": F}
        exec(code, names)
        height, width = case["output"]
        assert names["grid"].shape == (1, height, width, 2)
        found = {"theta": names["theta"], "opencv": names["M"], "skimage": names["matrix"][:2]}
        for form, numbers in case["forms"].items():
            np.testing.assert_allclose(np.ravel(found[form]), numbers, atol=2e-6, rtol=1e-5)
        assert f"cv2.warpAffine(image, M, ({width}, {height}))" in code
        assert f"output_shape=({height}, {width})" in code


def test_the_built_files_are_those_of_the_sources(tmp_path):
    if not (ROOT / "node_modules" / "esbuild").exists():
        pytest.skip("There is no esbuild here (npm ci): whether built/ is current was not tested.")
    result = node(ROOT / "tools" / "build_figures.mjs", ROOT / "stnlib" / "widgets", tmp_path)
    assert result.returncode == 0, result.stderr
    assert {file.name for file in BUILT.iterdir()} == {file.name for file in tmp_path.iterdir()}
    for file in tmp_path.iterdir():
        hint = f"{file.name} is not that of the sources: node tools/build_figures.mjs makes it"
        assert file.read_bytes() == (BUILT / file.name).read_bytes(), hint
