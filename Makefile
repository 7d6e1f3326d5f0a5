.PHONY: demo test verify lint release bench docs clean help

VENV := .venv
BIN := $(VENV)/bin

help:
	@echo "make demo     build the release, make a class, grade it, print the marks"
	@echo "make test     everything that CI runs"
	@echo "make verify   the proof of both assignments: known bugs, right styles, mutants, false failures"
	@echo "make bench    measure against plain nbgrader and the bare computation (some 20 minutes)"
	@echo "make release  build release/ and the executed solutions/ again"
	@echo "make docs     build the manual: docs/_build/html/index.html"
	@echo "make clean    remove what was produced, the virtual environment included"

demo: $(VENV)/.complete
	$(BIN)/gradkit demo --assignment quiz8

test: $(VENV)/.complete lint
	$(BIN)/python -m pytest -n 3 --dist worksteal # two cores; what waits for a time limit leaves one free
	$(BIN)/gradkit verify quiz8
	$(BIN)/gradkit verify normalization

verify: $(VENV)/.complete
	$(BIN)/gradkit verify quiz8
	$(BIN)/gradkit verify normalization

bench: $(VENV)/.complete
	$(BIN)/python -m benchmarks

lint: $(VENV)/.complete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check src tests autograder benchmarks
	$(BIN)/mypy

docs: $(VENV)/.complete
	$(BIN)/sphinx-build -q -W --keep-going -n docs docs/_build/html

release: $(VENV)/.complete
	$(BIN)/gradkit release quiz8
	$(BIN)/gradkit release normalization

$(VENV)/.complete: requirements.lock pyproject.toml scripts/make_venv.sh
	sh scripts/make_venv.sh

clean:
	rm -rf $(VENV) docs/_build .gradkit submitted autograded feedback reports gradebook.db* .pytest_cache .mypy_cache .ruff_cache .hypothesis
