# Two commands are all a newcomer needs: `make book` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?=
PEERS := .venv-peers
TORCH := .venv-accelerator
NPM := bench/node_modules/.package-lock.json

.PHONY: book pdf epub slides bundle test serve peers bench audit lock lint clean
.DEFAULT_GOAL := book

book: $(VENV)/ready  ## the website, in _build/html
	$(BIN)/inference-economics build $(if $(SCENARIO),--scenario "$(SCENARIO)")

pdf epub: $(VENV)/ready  ## the whole book as one file, in _build/book.pdf or _build/book.epub
	$(BIN)/inference-economics build --to $@ $(if $(SCENARIO),--scenario "$(SCENARIO)")

slides: $(VENV)/ready  ## a deck for each chapter, in _build/slides, with a PDF of each
	$(BIN)/inference-economics build --to slides-pdf $(if $(SCENARIO),--scenario "$(SCENARIO)")

bundle: $(VENV)/ready  ## one zip of all of these, with the source and a sum of each file
	$(BIN)/inference-economics build --to bundle $(if $(SCENARIO),--scenario "$(SCENARIO)")

test: $(VENV)/ready $(TORCH)/ready  ## every test, the ones in a browser included
	$(BIN)/python -m tests.browser
	$(BIN)/lint-imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

serve: $(VENV)/ready  ## the website on this machine, built again when something is saved
	$(BIN)/inference-economics serve $(if $(SCENARIO),--scenario "$(SCENARIO)")

peers: $(VENV)/ready $(PEERS)/ready _build/setups.csv  ## what other calculators predict, into data/
	$(PEERS)/bin/python peers/calculators.py _build/setups.csv > _build/peers.csv
	mv _build/peers.csv data/peers.csv

bench: $(VENV)/ready $(PEERS)/ready _build/setups.csv  ## how fast the model is, beside the others
	$(BIN)/pytest bench --benchmark-quiet --benchmark-json=_build/bench.json
	$(PEERS)/bin/python peers/calculators.py _build/setups.csv --time > _build/peer-times.csv
	$(BIN)/python bench/ratios.py _build/bench.json _build/peer-times.csv
	$(BIN)/python -m bench.builds
	$(MAKE) audit

audit: book $(NPM)  ## the pages' scores, weight and speed, held to bench/budget.yaml
	$(BIN)/python -m bench.pages.audit

_build/setups.csv: $(VENV)/ready peers/setups.py $(wildcard data/*.csv)
	mkdir -p _build
	$(BIN)/python peers/setups.py > $@.part
	mv $@.part $@

# The environment, exactly as locked. It is made again when the lock changes.
$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Theirs is apart from ours: one of them needs releases that have no wheel for a later Python.
$(PEERS)/ready: peers/requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "The other calculators need Python 3.11; name it with make PYTHON=python3.11")'
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

# PyTorch, some gigabytes, to try bench/accelerator.py where there is no accelerator.
$(TORCH)/ready: bench/requirements.lock
	$(PYTHON) -m venv --clear $(TORCH)
	$(TORCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir --require-hashes -r $<
	touch $@

# Lighthouse, and what plain Jupyter Book asks of other hosts. Needs npm.
$(NPM): bench/package-lock.json
	npm ci --prefix bench --ignore-scripts --no-audit --no-fund

lock:  ## choose versions anew (needs uv)
	uv pip compile --quiet --upgrade pyproject.toml --extra test --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --output-file requirements.lock
	uv pip compile --quiet --upgrade peers/requirements.in --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --output-file peers/requirements.lock
	uv pip compile --quiet --upgrade bench/requirements.in --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --output-file bench/requirements.lock

clean:
	rm -rf _build $(VENV) $(PEERS) $(TORCH) bench/node_modules
