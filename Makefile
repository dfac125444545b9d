# Two commands matter: `make demo` and `make test`. The rest is for developers.
# Windows has no make: README.md lists the same commands for it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CONSTRAINTS := requirements/constraints.txt
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-input \
	--quiet --progress-bar on -c $(CONSTRAINTS)

.PHONY: help demo serve test quick coverage lint format types openapi reference \
	constraints screenshots wheel clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | sort

demo: $(VENV)/.installed ## Install, build the demo workspace and serve it
	@$(BIN)/safelane demo --serve

serve: $(VENV)/.installed ## Serve your own workspace
	@$(BIN)/safelane serve

test: $(VENV)/.test-installed ## Run everything that CI runs
	@$(BIN)/python tests/run.py

quick: $(VENV)/.test-installed ## Run lint, types and the tests on SQLite only
	@$(BIN)/python tests/run.py lint types contracts migrations sqlite

coverage: $(VENV)/.test-installed ## Measure what the tests on SQLite run; takes longer
	@$(BIN)/python tests/run.py coverage

lint: $(VENV)/.test-installed ## Check style
	@$(BIN)/python tests/run.py lint

format: $(VENV)/.test-installed ## Put the code into the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(VENV)/.test-installed ## Check types
	@$(BIN)/python tests/run.py types

openapi: $(VENV)/.test-installed ## Write the OpenAPI snapshot anew
	$(BIN)/python -m tests.architecture.openapi

reference: $(VENV)/.test-installed ## Write docs/reference/ anew from the code
	$(BIN)/python -m tests.architecture.reference

wheel: $(VENV)/.test-installed ## Build the wheel into dist/
	$(BIN)/python -m pip wheel --no-deps --wheel-dir dist .

constraints: ## Renew the pinned versions from the newest releases
	rm -rf build/pins
	$(PYTHON) -m venv build/pins
	build/pins/bin/python -m pip install --quiet '.[test]'
	head -2 $(CONSTRAINTS) > build/constraints.txt
	build/pins/bin/python -m pip freeze --exclude safelane >> build/constraints.txt
	mv build/constraints.txt $(CONSTRAINTS)

clean: ## Remove what make has built; workspaces stay
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Stamps: each step runs again only when what it depends on has changed.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Safelane needs Python 3.11 or newer; $(PYTHON) is older or missing." \
		"Name another one: make demo PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
		echo "This Python cannot make virtual environments." \
		"On Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml $(CONSTRAINTS)
	@echo "Installing Safelane into $(VENV) (about 700 MB on disk, once)"
	@$(PIP_INSTALL) -e .
	@touch $@

$(VENV)/.test-installed: $(VENV)/.installed
	@echo "Installing the test tools"
	@$(PIP_INSTALL) -e '.[test]'
	@touch $@
