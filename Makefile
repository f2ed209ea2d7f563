# make demo | test | soak | check | format | bench | stories | keys
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
WORKERS ?= auto
ROUNDS ?= 20

.PHONY: demo test soak check format bench stories keys clean
.DEFAULT_GOAL := demo

# A demo needs the program only; tests and checks need the rest too.
$(VENV)/.program: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.program

demo: $(VENV)/.program
	@$(BIN)/ctfront demo $(ARGS)

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)
	@$(BIN)/python -m tests.wire_gate
	@$(BIN)/python tests/other_pythons.py

# Every story with both cores busy, its burst so many times, and the sender killed 300 times: hours on a small machine.
soak: $(VENV)/.dev
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal --soak $(ROUNDS) tests/screens tests/terminal tests/mail $(ARGS)

check: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.dev
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

bench: $(VENV)/.dev
	@$(BIN)/python -m bench $(ARGS)

stories: $(VENV)/.dev
	@$(BIN)/python tests/list_stories.py > docs/stories.md

keys: $(VENV)/.dev
	@$(BIN)/python -m docs.key_page > docs/keys.md

clean:
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
