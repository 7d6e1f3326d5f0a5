.PHONY: demo test verify lint release bench clean help

VENV := .venv
BIN := $(VENV)/bin

help:
	@echo "make demo     build the release, make a class, grade it, print the marks"
	@echo "make test     everything that CI runs"
	@echo "make verify   the proof of quiz8: known bugs, right styles, mutants, false failures"
	@echo "make bench    measure against plain nbgrader and the bare computation (an hour)"
	@echo "make release  build release/quiz8 and solutions/quiz8 again"
	@echo "make clean    remove what was produced, the virtual environment included"

demo: $(VENV)/.complete
	$(BIN)/gradkit demo

test: $(VENV)/.complete lint
	$(BIN)/python -m pytest -n 3 --dist worksteal # two cores; what waits for a time limit leaves one free
	$(BIN)/gradkit verify quiz8

verify: $(VENV)/.complete
	$(BIN)/gradkit verify quiz8

bench: $(VENV)/.complete
	$(BIN)/python -m benchmarks

lint: $(VENV)/.complete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check src tests autograder benchmarks
	$(BIN)/mypy

release: $(VENV)/.complete
	$(BIN)/gradkit release quiz8

$(VENV)/.complete: requirements.lock pyproject.toml scripts/make_venv.sh
	sh scripts/make_venv.sh

clean:
	rm -rf $(VENV) .gradkit submitted autograded feedback gradebook.db* .pytest_cache .mypy_cache .ruff_cache .hypothesis
