# `make serve` and `make test` need Python 3.11 or newer and make, nothing else of ours. Where npm is installed they
# bring the SPARQL editor as well; every page works without it.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
EDITOR := query_ui/static/vendor/editor.js

.PHONY: serve test lint lock build clean help
.DEFAULT_GOAL := help

help:  ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

serve: $(VENV)/installed $(EDITOR)  ## build a release from data/ and serve it on http://127.0.0.1:8000 (PORT= changes it)
	$(BIN)/wise build
	$(BIN)/wise serve --port $(PORT)

test: $(VENV)/tested $(EDITOR)  ## run the whole suite; WISE_REQUIRE=java,chromium,oxigraph,virtuoso,soffice,npm,esco turns skips into failures
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile

lint: $(VENV)/tested  ## check style and types
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

build: $(VENV)/installed  ## build a release into build/
	$(BIN)/wise build

lock: $(VENV)/tested  ## pin all dependencies again
	$(BIN)/python -m pip install pip-tools
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header -o requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header -o requirements-test.lock requirements-test.in

clean:  ## remove what was made
	rm -rf $(VENV) build node_modules $(dir $(EDITOR))

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/tested: $(VENV)/installed requirements-test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch $@

# Never stops anything: what cannot be brought is said in one line, and tried again the next time.
$(EDITOR): package.json package-lock.json $(wildcard frontend/*.js frontend/*/*.js)
	@if ! command -v npm >/dev/null; then echo "npm is not installed: the query field of /sparql stays a plain one."; \
	elif npm ci --silent >/dev/null && npm run --silent build; then :; \
	else echo "npm could not bring the SPARQL editor: the query field of /sparql stays a plain one."; fi
