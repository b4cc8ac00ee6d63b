# Two commands for a newcomer: `make run` and `make test`. Everything lands in .venv and .data.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export SOLON_DATA ?= $(CURDIR)/.data
export PORT

.DEFAULT_GOAL := help
.PHONY: help run test check format pictures lock bench clean

help: ## list these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

$(VENV)/run.stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the book needs (once) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	@echo "Installing what the tests and checks need (once) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/run.stamp ## set up, fill the demo book on first start, serve it on 127.0.0.1:PORT
	@$(BIN)/solon demo --if-empty
	@$(BIN)/solon serve --port $(PORT)

test: $(VENV)/dev.stamp ## set up and run all tests (both databases, a real browser)
	@$(BIN)/python -m pytest $(or $(ARGS),-n auto --dist loadfile)

check: $(VENV)/dev.stamp ## formatter, linter, types, import contracts, migrations, words, house tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tools/words.py check
	@rm -rf $(VENV)/check && mkdir -p $(VENV)/check
	@SOLON_DATA=$(VENV)/check $(BIN)/alembic upgrade head && SOLON_DATA=$(VENV)/check $(BIN)/alembic check
	@$(BIN)/python -m pytest tests/house

format: $(VENV)/dev.stamp ## put the code in order
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(VENV)/dev.stamp ## the benchmarks (minutes; nothing else should run beside them)
	@$(BIN)/solon bench $(ARGS)

pictures: $(VENV)/dev.stamp ## renew the pictures under docs/ (needs a Chromium)
	@$(BIN)/python tools/pictures.py

lock: ## renew the lock files (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml --group build -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove .venv and the demo book
	rm -rf $(VENV) .data
