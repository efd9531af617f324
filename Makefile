# Everything a developer or an operator types. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := PYTHON="$(PYTHON)" sh scripts/install.sh $(VENV)

# Tests wait for their databases and browsers more than they compute: four workers suit two cores. A file's tests stay
# together, because they share their database.
PYTEST_OPTIONS ?= -n 4 --dist loadfile --instafail
FAST := tests/unit tests/architecture tests/web

.PHONY: help setup run test test-api check check-static lint format types layers bench coverage lock system-packages clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

setup: $(VENV)/.installed-dev ## Virtual environment with everything for development

run: $(VENV)/.installed ## Tandem with its demo company (HOST, PORT, TANDEM_HOME, DATABASE_URL by environment)
	@exec $(BIN)/python cli.py serve --demo

test: $(VENV)/.installed-dev system-packages ## Every test, also those in a real browser
	$(BIN)/python -m pytest $(PYTEST_OPTIONS)

test-api: $(VENV)/.installed-dev ## The API with many made-up requests for every role (EXAMPLES an operation)
	TANDEM_TEST_API_EXAMPLES=$(or $(EXAMPLES),50) $(BIN)/python -m pytest $(PYTEST_OPTIONS) --dist load tests/web/test_api_description.py

check: check-static ## Style, types, layers and the fast tests
	$(BIN)/python -m pytest $(PYTEST_OPTIONS) -m "not slow and not e2e" $(wildcard $(FAST))

check-static: lint types layers

lint: $(VENV)/.installed-dev ## Style only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.installed-dev ## Put the code into its standard form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

layers: $(VENV)/.installed-dev
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev ## Measure forecasts, imports, the demo load and the main pages
	$(BIN)/python -m benchmarks

coverage: $(VENV)/.installed-dev ## Every test, with the lines and branches they reach
	$(BIN)/python -m pytest $(PYTEST_OPTIONS) --cov --cov-report=term-missing:skip-covered

# The development lock is held to the versions of the other one: tests run what production runs.
LOCK := $(VENV)/tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url
lock: $(VENV)/.installed-dev ## Compile the locks anew from requirements.in and requirements-dev.in
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) -c requirements.txt --override requirements-overrides.txt requirements-dev.in -o requirements-dev.txt

system-packages:
	@sh scripts/system-packages.sh

clean: ## Remove caches; data (var/) and the virtual environment stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache .coverage .coverage.* htmlcov
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(VENV)/.installed: requirements.txt scripts/install.sh scripts/installer.txt
	@$(INSTALL) requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt scripts/install.sh scripts/installer.txt
	@$(INSTALL) requirements-dev.txt --exact
	@touch $(VENV)/.installed $@
