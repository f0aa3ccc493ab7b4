# Plain `make` lists what there is. Variables:
#   PYTHON=python3.12   the interpreter that .venv is made with (default: python3)
#   TORCH=cpu           the small CPU build of torch, from PyTorch's own wheel index
#   CHAPTER=03          the one chapter that `make notebooks` executes
#   RUNS=rts            the recorded runs that `make experiments` completes (without: a list)
#   PORT=8000           where `make serve` shows the site

PYTHON ?= python3
TORCH ?=
CHAPTER ?=
RUNS ?=
PORT ?= 8000
RUN := .venv/bin/python
SITE := _build/html

# Two threads at most and the kernel of .venv, so that outputs do not depend on the machine.
# Threads that have to wait sleep: on a busy machine, spinning makes training ten times as slow.
OMP_NUM_THREADS ?= 2
export OMP_NUM_THREADS
export OMP_WAIT_POLICY := PASSIVE
export JUPYTER_PREFER_ENV_PATH := 1
unexport MPLBACKEND

.NOTPARALLEL:
.DELETE_ON_ERROR:
ONE_AT_A_TIME := setup book site test engines notebooks experiments figures pictures bench clean
.PHONY: help lab serve anew always $(ONE_AT_A_TIME)

help:
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1|/p' $(firstword $(MAKEFILE_LIST)) | \
	while IFS='|' read -r name what; do printf '%-20s%s\n' "$$name" "$$what"; done
	@echo "  Variables: PYTHON=python3.12  TORCH=cpu  CHAPTER=03 (for notebooks)  RUNS=rts (for experiments)"

# --- One make at a time: a second one waits until the first is done ------------------------------

ifndef ALONE
$(ONE_AT_A_TIME):
	@$(if $(shell command -v "$(PYTHON)" 2>/dev/null),"$(PYTHON)" tools/alone.py) \
	  $(MAKE) --no-print-directory ALONE=1 $@
else

# --- Set-up -------------------------------------------------------------------------------------
# .venv/stamp is written last and says what was made: where, with which torch, by which Python.
# Without it, or when it says something else than is wanted now, .venv is made anew.

HERE := $(subst $() ,_,$(CURDIR))
MADE := $(shell cat .venv/stamp 2>/dev/null)
BUILD := $(or $(TORCH),$(word 2,$(MADE)),default)
VERSION = $(or $(shell "$(PYTHON)" -c "import platform; print(platform.python_version())" \
  2>/dev/null),none)
WANTED := $(HERE) $(BUILD) $(if $(filter file,$(origin PYTHON)),$(word 3,$(MADE)),$(VERSION))
PIP := PIP_USER=0 $(RUN) -m pip install --quiet --disable-pip-version-check
LOG := >> .venv/log 2>&1
FAILED := { tail -n 12 .venv/log; echo "Error: the set-up failed, and the lines above say why. \
  The next call starts anew."; exit 1; } >&2

ifneq ($(filter-out cpu default,$(TORCH)),)
$(error TORCH is cpu or default, and not $(TORCH))
endif

setup: .venv/stamp $(if $(shell command -v npm 2>/dev/null),\
  $(patsubst %,node_modules/stamp,$(wildcard package-lock.json)))

.venv/stamp: requirements.txt pyproject.toml $(if $(filter-out $(MADE),$(WANTED)),anew)
	@rm -f $@
	@echo "Installing the pinned packages of requirements.txt (some minutes the first time)"
	@$(if $(filter cpu,$(BUILD)),$(PIP) --no-deps --index-url https://download.pytorch.org/whl/cpu \
	  $$(sed -n 's/^\(torch==[^ ]*\).*/\1/p' requirements.txt) $(LOG) || $(FAILED))
	@$(PIP) -r requirements.txt $(LOG) || $(FAILED)
	@$(PIP) --no-deps --no-build-isolation -e . $(LOG) || $(FAILED)
	@echo "$(HERE) $(BUILD) $$($(RUN) -c 'import platform; print(platform.python_version())')" > $@

anew:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { echo "Error: there is no $(PYTHON) here: \
	install Python 3.11 or newer, or name an interpreter with PYTHON=." >&2; exit 1; }
	@"$(PYTHON)" -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "Error: the book \
	needs Python 3.11 or newer: choose one, for example make book PYTHON=python3.12." >&2; exit 1; }
	@"$(PYTHON)" -c "import venv, ensurepip" 2>/dev/null || { echo "Error: $(PYTHON) has no venv \
	module: on Debian or Ubuntu, apt-get install python3-venv brings it." >&2; exit 1; }
	@rm -rf .venv && mkdir .venv
	@"$(PYTHON)" -m venv .venv $(LOG) || $(FAILED)

# What authors use for the JavaScript; nothing that a reader does needs it.
node_modules/stamp: package-lock.json
	@npm ci --silent --no-audit --no-fund && mkdir -p node_modules && touch $@ || \
	  echo "Note: npm could not install the tools for JavaScript; its checks are left out." >&2

# --- The site -----------------------------------------------------------------------------------
# It is built whole and strictly: a page left from an earlier build would not warn again. The
# stamp is written last, so a build that failed or was stopped is never taken for a site.

SOURCES := $(shell find book notebooks stnlib \( -name __pycache__ -o -name .ipynb_checkpoints \) \
  -prune -o -type f -print | LC_ALL=C sort) _config.yml _toc.yml requirements.txt
SETTINGS := $(BOOK_REPOSITORY) $(BOOK_BRANCH) $(BOOK_URL)

$(SITE)/.stamp: $(SOURCES) _build/sources
	@echo "Building the site ..."
	@rm -rf $(SITE) _build/.doctrees _build/jupyter_execute
	@NO_COLOR=1 PYTHONWARNINGS=ignore $(RUN) -c "from jupyter_book.cli.main import main; main()" \
	  build . -W --keep-going -n > _build/log 2>&1 || { rm -rf $(SITE); \
	  grep -E "WARNING|ERROR" _build/log || cat _build/log; \
	  echo "Error: the site was not built; the lines above say why."; exit 1; } >&2
	@touch $@

# The list of the sources and the settings: it changes when a file goes away, too.
_build/sources: always
	@mkdir -p _build
	@echo "$(SOURCES) $(SETTINGS)" | cmp -s - $@ || echo "$(SOURCES) $(SETTINGS)" > $@

site: $(SITE)/.stamp

# --- Commands -----------------------------------------------------------------------------------

book: setup site  ## build the site into _build/html (it opens straight from the file system)
	@echo "Open $(CURDIR)/$(SITE)/index.html in a browser: it needs no server."

test: setup  ## run every check: style, site, unit tests, notebooks, browser
	@$(RUN) tools/run_checks.py

engines: book  ## try every page in Firefox and WebKit, where they are installed (some minutes)
	@$(RUN) -m pytest -q -p no:cacheprovider tests/engines

notebooks: setup  ## execute all chapters and store their outputs (or CHAPTER=03)
	@$(RUN) tools/execute_notebooks.py $(CHAPTER)

experiments: setup  ## repeat the recorded runs that the chapters quote (RUNS=rts; hours for all)
	@$(RUN) -m stnlib.experiments $(RUNS)

figures: setup  ## check the figures' scripts and join them (for authors, who have npm)
	@node_modules/.bin/biome check --write stnlib tests tools
	@node_modules/.bin/tsc
	@node tools/build_figures.mjs
	@node --test tests/figures/

pictures: setup  ## take the reference pictures of the figures again; look at them afterwards
	@$(RUN) tests/figures/pictures.py

bench: book  ## measure the speed of reading, of grids, of repainting and of training, in the page too
	@$(RUN) tests/benchmarks/bench_reading.py
	@$(RUN) tests/benchmarks/bench_families.py
	@$(RUN) tests/benchmarks/bench_repaint.py
	@$(RUN) tests/benchmarks/bench_training.py
	@$(RUN) tests/benchmarks/bench_steps.py

clean:  ## remove everything that make made: _build, caches, .venv and node_modules
	@rm -rf _build .venv node_modules .pytest_cache .ruff_cache .hypothesis dist
	@find stnlib tests tools book notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) \
	  -prune -exec rm -rf {} + 2>/dev/null || true
	@echo "Removed _build, .venv, node_modules and the caches."

endif

lab: setup  ## open the chapters in JupyterLab
	@$(RUN) -m jupyterlab --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

serve: book  ## show the site on a local web server (PORT=8000)
	@echo "The book is at http://127.0.0.1:$(PORT)/ (Ctrl-C stops the server)."
	@$(RUN) -m http.server --bind 127.0.0.1 --directory $(SITE) $(PORT) 2>/dev/null || \
	  { echo "Error: something else is at port $(PORT): choose another one, PORT=8001." >&2; exit 1; }
