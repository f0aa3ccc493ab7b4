# Plain `make` lists what there is. Variables:
#   PYTHON=python3.12   the interpreter that .venv is made with (default: python3)
#   TORCH=cpu           the small CPU build of torch, from PyTorch's own wheel index
#   CHAPTER=03          the one chapter that `make notebooks` executes
#   RUNS=rts            the recorded runs that `make experiments` completes (without: a list)

PYTHON ?= python3
TORCH ?=
CHAPTER ?=
RUNS ?=

RUN := .venv/bin/python
SETUP_OPTIONS := $(if $(filter file,$(origin PYTHON)),,--chosen) $(if $(TORCH),--torch "$(TORCH)")

# Two threads at most and the kernel of .venv, so that outputs do not depend on the machine.
OMP_NUM_THREADS ?= 2
export OMP_NUM_THREADS
export JUPYTER_PREFER_ENV_PATH := 1
unexport MPLBACKEND

.NOTPARALLEL:
.PHONY: help setup book test lab serve notebooks experiments bench clean

help:
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1|/p' $(firstword $(MAKEFILE_LIST)) | \
	while IFS='|' read -r name what; do printf '%-20s%s\n' "$$name" "$$what"; done
	@echo "  Variables: PYTHON=python3.12  TORCH=cpu  CHAPTER=03 (for notebooks)  RUNS=rts (for experiments)"

setup:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { echo "Error: there is no $(PYTHON) here: \
	install Python 3.11 or newer, or name an interpreter with PYTHON=." >&2; exit 1; }
	@"$(PYTHON)" tools/setup_venv.py $(SETUP_OPTIONS)

book: setup  ## build the site into _build/html (it opens straight from the file system)
	@$(RUN) tools/build_book.py

test: setup  ## run every check: style, site, unit tests, notebooks, browser
	@$(RUN) tools/run_checks.py

lab: setup  ## open the chapters in JupyterLab
	@$(RUN) -m jupyterlab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

serve: book  ## show the site on a local web server and open the browser
	@$(RUN) tools/serve.py

notebooks: setup  ## execute all chapters and store their outputs (or CHAPTER=03)
	@$(RUN) tools/execute_notebooks.py $(CHAPTER)

experiments: setup  ## repeat the recorded runs that the chapters quote (RUNS=rts; hours for all)
	@$(RUN) -m stnlib.experiments $(RUNS)

bench: book  ## measure the speed of reading, of grids and of repainting
	@$(RUN) tests/benchmarks/bench_reading.py
	@$(RUN) tests/benchmarks/bench_families.py
	@$(RUN) tests/benchmarks/bench_repaint.py

clean:  ## remove everything that make made: _build, caches and .venv
	@rm -rf _build .venv .pytest_cache .ruff_cache .hypothesis stnlib.egg-info
	@find stnlib tests tools book notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) \
	  -prune -exec rm -rf {} + 2>/dev/null || true
	@echo "Removed _build, .venv and the caches."
