# The list of commands. `make help` shows it.
# Everything is installed on demand, under .venv, build/ and node_modules/, from the lock files.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The newest Python from 3.11 to 3.13 that runs, on PATH or under pyenv.
PYTHON := $(shell for candidate in python3.13 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.13.*/bin/python3.13 \
  python3.12 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.12.*/bin/python3.12 python3.11 python3; do \
  if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
    "$$candidate" -c 'import sys; print(sys.executable)'; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := -m pip --disable-pip-version-check install --quiet --require-hashes
# `sam build` looks for python3.13 by name.
export PATH := $(if $(PYTHON),$(dir $(PYTHON)),/nonexistent):$(PATH)
export SAM_CLI_TELEMETRY := 0

PORT ?= 8400
STATE ?= .carrick
PROVIDERS ?= $(STATE)/providers

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

.PHONY: run
run: $(VENV)/.run ## Start all of Carrick on this machine (PORT, STATE, PROVIDERS)
	@mkdir -p $(PROVIDERS)
	@exec $(BIN)/python -m local --port $(PORT) --state $(STATE) --providers $(PROVIDERS)

.PHONY: test
test: $(VENV)/.test build/sam/.installed build/ministack/.installed tests/e2e/node_modules/.installed web/node_modules/.installed clients/js/examples/dist/.built browser ## Run every test
	npm --prefix clients/js test
	$(BIN)/python -m pytest -n auto --dist loadfile

.PHONY: quick
quick: $(VENV)/.test ## Run the tests that need no browser, no Node and no deployment
	$(BIN)/python -m pytest -n auto --dist loadfile --ignore tests/e2e --ignore tests/peers --ignore tests/web --ignore tests/deploy

.PHONY: web
web: web/node_modules/.installed ## Build the Connect page anew (needs Node; its files are committed)
	npm --prefix web run build

.PHONY: clients-table
clients-table: $(VENV)/.test tests/e2e/node_modules/.installed browser ## Write what the official clients do into docs/migrating-from-nango.md
	CARRICK_CLIENTS_TABLE=write $(BIN)/python -m pytest tests/e2e/official

.PHONY: deploy-test
deploy-test: $(VENV)/.test build/sam/.installed build/ministack/.installed ## Build, deploy into an emulator, run the flow there
	$(BIN)/python -m pytest tests/deploy

.PHONY: lint
lint: $(VENV)/.test clients/js/node_modules/.installed ## Format check, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	npm --prefix clients/js run lint

.PHONY: format
format: $(VENV)/.test ## Format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: bench
bench: $(VENV)/.test browser ## Print the budgets of docs/architecture.md as measured here
	PYTHONPATH=layers/core $(BIN)/python -m tests.benchmarks

.PHONY: catalog
catalog: $(VENV)/.run ## Check every provider file; write the index and docs/providers.md
	PYTHONPATH=layers/core $(BIN)/python -m carrick.catalog --docs docs/providers.md

.PHONY: provider
provider: $(VENV)/.run ## Check a provider file and play its whole flow, without a network (FILE)
	@$(BIN)/python -m local.providers $(FILE)

.PHONY: build
build: build/sam/.installed ## sam build (needs python3.13, no Docker)
	build/sam/bin/sam build

.PHONY: lock
lock: $(VENV)/.test ## Make the lock files anew
	$(BIN)/python local/lock.py

.PHONY: clean
clean: ## Remove what the targets above made; keeps .carrick
	rm -rf $(VENV) build .aws-sam tests/e2e/node_modules web/node_modules clients/js/node_modules clients/js/dist clients/js/examples/dist .pytest_cache .mypy_cache .ruff_cache

.PHONY: browser
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null \
	  || [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
	  || { echo "The browser tests need Chromium or Chrome: install it and try again." >&2; exit 1; }

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "Carrick needs Python 3.11, 3.12 or 3.13." >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.run: local/requirements.txt | $(BIN)/python
	$(BIN)/python $(PIP) -r $<
	@touch $@

$(VENV)/.test: tests/requirements.txt | $(BIN)/python
	$(BIN)/python $(PIP) -r $<
	@touch $@ $(VENV)/.run

# The SAM CLI and the emulator pin other versions of botocore: each has an environment of its own.
build/%/.installed: tests/deploy/%.txt | $(BIN)/python
	"$(PYTHON)" -m venv build/$*
	build/$*/bin/python $(PIP) -r $<
	@touch $@

%/node_modules/.installed: %/package-lock.json
	npm --prefix $* ci --no-audit --no-fund --prefer-offline --loglevel error
	@touch $@

clients/js/examples/dist/.built: clients/js/node_modules/.installed \
  $(shell find clients/js -name node_modules -prune -o -name dist -prune -o -type f -print)
	npm --prefix clients/js run build
	npm --prefix clients/js run examples
	@touch $@
