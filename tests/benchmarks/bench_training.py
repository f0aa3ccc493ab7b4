"""Training in the page beside torch: the steps of TrainingBench in node, and those of ``fit``.

Both train the same small network on batches of 64 from the same digits, distorted as they go, one
thread each, in turns. Milliseconds are of CPU; the ratio is of medians. Run `make bench`.
"""

import json
import statistics
import subprocess
from pathlib import Path

import torch

from stnlib.digits import load_split
from stnlib.distortions import RTS
from stnlib.experiments import Task
from stnlib.experiments.failures import small_st_cnn
from stnlib.training import fit
from stnlib.widgets.training_bench import _digits

ROOT = Path(__file__).resolve().parents[2]
STEPS, ROUNDS = 100, 5
PAGE = f"""
import {{ makeBench }} from "{ROOT.as_uri()}/stnlib/widgets/training_bench/bench.js";
const [digits, settings] = JSON.parse(process.argv[1]);
const spent = () => Object.values(process.cpuUsage()).reduce((a, b) => a + b) / 1000;
let begun = 0;
const receive = makeBench((news) => {{
  if (news.history?.loss.length === 20) {{
    begun = spent();
    receive({{ kind: "go", until: 20 + {STEPS} }});
  }}
  if (news.history?.loss.length === 20 + {STEPS}) console.log((spent() - begun) / {STEPS});
}}, 30);
receive({{ kind: "start", id: 1, settings, digits }});
receive({{ kind: "go", until: 20 }});
"""
SETTINGS = {
    "family": "similarity", "start": "identity", "classifier": "small", "seed": 0, "degrees": 20,
    "resize": 0.2, "move": 1, "white": False, "fresh": True, "steps": 400, "rate": 1,
    "localisation_rate": 1,
}  # fmt: skip


def in_the_page() -> float:
    """Return milliseconds a step, with the news that the page gets."""
    given = json.dumps([_digits(), SETTINGS])
    command = ["node", "--input-type=module", "--eval", PAGE, given]
    return float(subprocess.run(command, text=True, capture_output=True, check=True).stdout)


def in_torch(task: Task) -> float:
    """Return milliseconds a step of fit, without recording."""
    torch.manual_seed(0)
    history = fit(small_st_cnn(), task, steps=20 + STEPS, learning_rate=5e-3, progress="none")
    return 1000 * (history.cpu_seconds[-1] - history.cpu_seconds[19]) / STEPS


def main() -> None:
    """Print the two medians and their ratio."""
    torch.set_num_threads(1)
    digits = load_split(14, glyph=10)
    task = Task(digits.train, digits.test, RTS(21, degrees=20, scale=(0.8, 1.2)), copies=1)
    rounds = [(in_the_page(), in_torch(task)) for _ in range(ROUNDS)]
    page, peer = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"one step of training: page {page:.1f} ms, torch {peer:.1f} ms, ratio {page / peer:.2f}")


if __name__ == "__main__":
    main()
