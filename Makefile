# The two commands that do everything: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
LOCK   := -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate --no-header
.DEFAULT_GOAL := help
.PHONY: help demo test check fix bench peers soak lock messages assets clean

help:  ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/.runtime: requirements.lock pyproject.toml
	@echo "[setup] creating the environment (once; about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit("OneStop needs Python 3.11 or newer; this is %s. Try: make PYTHON=python3.12 demo" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "[setup] installing the locked packages"
	@$(BIN)/pip install --disable-pip-version-check --progress-bar off --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/.dev: $(BIN)/.runtime requirements-dev.lock
	@echo "[setup] installing the tools for tests and checks"
	@$(BIN)/pip install --disable-pip-version-check --progress-bar off --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(BIN)/.runtime  ## Start the portal, the e-ID, the worker and the agencies; Ctrl-C stops all
	@$(BIN)/onestop demo

test: $(BIN)/.dev  ## Run the tests on SQLite and, where a server answers, on PostgreSQL
	@$(BIN)/python tests/run.py

check: $(BIN)/.dev  ## Lint, types, architecture, templates, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/static_checks.py

fix: $(BIN)/.dev  ## Mend what can be mended by a machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(BIN)/.dev  ## Measure; ratios go to bench/results.json
	$(BIN)/python -m bench

peers:  ## Install the foreign systems that the tests in tests/peers meet (needs Node.js and npm)
	npm ci --prefix tests/peers --ignore-scripts --no-audit --no-fund
	@test -x tests/peers/.venv/bin/python || $(PYTHON) -m venv tests/peers/.venv
	tests/peers/.venv/bin/pip install -q --disable-pip-version-check --require-hashes -r tests/peers/requirements.lock

soak: $(BIN)/.dev  ## Ten thousand deliveries with faults and killed workers; the report goes to docs/soak.md
	$(BIN)/python -m bench.soak --report docs/soak.md

lock: $(BIN)/.dev  ## Pin the dependencies anew, with hashes
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile pyproject.toml $(LOCK) --extra build -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml $(LOCK) --extra build --extra dev --extra saml -o requirements-dev.lock
	$(BIN)/uv pip compile tests/peers/requirements.in $(LOCK) -o tests/peers/requirements.lock

messages: $(BIN)/.dev  ## Collect the translatable texts and compile the catalogues
	$(BIN)/python -m onestop.lib.messages

assets: ## Compile the design system from its npm package (only when it changes)
	sh assets/build.sh

clean:  ## Forget the demo's data (the environment stays)
	rm -rf var
