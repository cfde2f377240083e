# `make` alone lists the targets. Every target sets up what it needs first; a second run is quick.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup web run test lint check faults fuzz bench migrate openapi lock build clean
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  %-9s %s\n", $$1, $$2}' Makefile

setup: ## Make .venv with everything that tests and checks need
	@scripts/setup.sh

web: ## Build the web app into web/dist, if its sources changed
	@scripts/setup.sh run
	@$(PY) hatch_build.py

run: web ## Set everything up and serve on 127.0.0.1:8000 (TASKLY_PORT, TASKLY_DATA_DIR)
	@exec .venv/bin/taskly serve

test: setup ## Run every test: Python on three databases, web units, browser journeys, short fault runs
	@scripts/services.sh
	@$(PY) hatch_build.py
	@scripts/test.sh

lint: setup ## Check style, types, import borders, generated files and shell scripts
	@scripts/lint.sh

check: lint test ## Everything that CI checks

faults: setup ## Run the fault and property tests at length, ending in a table of figures
	@scripts/services.sh
	@$(PY) hatch_build.py
	@scripts/faults.sh

fuzz: setup ## Fuzz the whole API with schemathesis
	@$(PY) -m pytest -p schemathesis.pytest.plugin --db sqlite -m fuzz -q

bench: setup ## Measure the budgets and write docs/benchmarks.md
	@$(PY) -m bench

migrate: ## Bring the configured database up to date
	@scripts/setup.sh run
	@.venv/bin/taskly migrate

openapi: setup ## Write docs/openapi.json and the settings reference from the code
	@scripts/generate.sh

lock: setup ## Resolve the requirements anew and write the hashed locks
	@scripts/lock.sh

build: web ## Build sdist and wheel into dist/
	@rm -rf dist
	@.venv/bin/hatchling build

clean: ## Remove everything that was built or installed; data stays
	@rm -rf .venv .run dist build web/dist web/node_modules .coverage .coverage.* htmlcov
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
