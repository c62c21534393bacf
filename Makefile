# Two commands are all a newcomer needs: `make book` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?=

.PHONY: book test serve lock lint clean
.DEFAULT_GOAL := book

book: $(VENV)/ready  ## the website, in _build/html
	$(BIN)/inference-economics build $(if $(SCENARIO),--scenario "$(SCENARIO)")

test: $(VENV)/ready  ## every test, the ones in a browser included
	$(BIN)/python -m tests.browser
	$(BIN)/lint-imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest

serve: $(VENV)/ready  ## the built site, on this machine only
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

# The environment, exactly as locked. It is made again when the lock changes.
$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

lock:  ## choose versions anew (needs uv)
	uv pip compile --quiet --upgrade pyproject.toml --extra test --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --output-file requirements.lock

clean:
	rm -rf _build $(VENV)
