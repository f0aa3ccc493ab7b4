"""Show how far a run is: a bar where one can live, plain lines elsewhere. All on stdout."""

from __future__ import annotations

import os
import sys
from types import TracebackType

KINDS = ("auto", "bar", "lines", "none")


def choose(kind: str) -> str:
    """Settle ``"auto"``: a bar in a terminal and in JupyterLab, if tqdm is installed.

    A kernel that a Jupyter server started for somebody has JPY_SESSION_NAME; one that runs a
    notebook through, for the book or for nbval, has not, and gets lines, the same in every run.
    """
    if kind != "auto":
        return kind
    in_kernel = type(sys.stdout).__module__.startswith("ipykernel")
    if getattr(sys.stdout, "closed", False):
        return "none"
    in_terminal = hasattr(sys.stdout, "isatty") and sys.stdout.isatty()
    seen = "JPY_SESSION_NAME" in os.environ if in_kernel else in_terminal
    try:
        import tqdm  # noqa: F401
    except ImportError:
        return "lines"
    return "bar" if seen else "lines"


class Progress:
    """``with Progress(kind, steps, start) as show: show(step, loss)``, once after each step.

    Lines tell of each tenth of the run and hold no measured time.
    """

    def __init__(self, kind: str, steps: int, start: int = 0) -> None:
        self.kind, self.steps, self.every = choose(kind), steps, max(steps // 10, 1)
        self.bar = None
        if self.kind == "bar":
            try:
                from tqdm import tqdm
            except ImportError:
                raise ImportError(
                    'progress="bar" needs tqdm: install it, or use progress="lines"'
                ) from None
            self.bar = tqdm(
                total=steps, initial=start, unit="step", file=sys.stdout, dynamic_ncols=True
            )
        elif start and self.kind == "lines":
            print(f"resumed after step {start} of {steps}", flush=True)

    def __enter__(self) -> Progress:
        return self

    def __call__(self, step: int, loss: float) -> None:
        if self.bar is not None:
            self.bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
            self.bar.update()
        elif self.kind == "lines" and (step % self.every == 0 or step == self.steps):
            print(f"step {step} of {self.steps}, loss {loss:.3f}", flush=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.bar is not None:
            self.bar.close()
