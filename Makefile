# Each of these sets up what it needs, on a fresh machine with Python 3.11 or later.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test thorough lowest fuzz bench docs pictures workbooks vendor clean

demo: $(VENV)/.installed
	rm -rf demo
	$(BIN)/plan-sheets demo demo

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist loadfile -m "not thorough"

# What is too long for every day: redaction, masking, kills, mutants and the like in many cases.
thorough: $(VENV)/.installed-dev
	$(BIN)/pytest -n auto --dist loadfile -m thorough

# What reads and checks answers, and the receiving, with the lowest versions that pyproject.toml allows.
LOWEST := .venv-lowest
lowest:
	$(PYTHON) -m venv --clear $(LOWEST)
	$(LOWEST)/bin/pip install --quiet uv
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct --editable .
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python pytest pytest-xdist hypothesis
	$(LOWEST)/bin/pytest -n auto --dist loadfile tests/core/answers tests/core/returned tests/test_receive.py

# Mutants drawn anew, as many as one likes: make fuzz EXAMPLES=50000
EXAMPLES ?= 2000
fuzz: $(VENV)/.installed-dev
	PLAN_SHEETS_FUZZ=$(EXAMPLES) $(BIN)/pytest -m fuzz

bench: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/run.py

# The workbooks in workbooks/, made again from their source; a test compares them.
workbooks: $(VENV)/.installed
	$(BIN)/python workbooks/make.py

# The reference and the tables in docs/, made again; tests compare them. For the programs see .ci/run.
docs: $(VENV)/.installed-dev
	$(BIN)/python -m tests.reference
	$(BIN)/python -m tests.programs.tabulating

# The pictures in docs/pictures/: parts of pages of the demo's workbooks and paper, as LibreOffice prints them.
pictures: $(VENV)/.installed
	$(BIN)/python workbooks/pictures.py

# The styles and the script of the desk, taken anew from npm, without the crest and the font of GOV.UK.
vendor: $(VENV)/.installed-dev
	$(BIN)/python tests/vendor.py

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) $(LOWEST) demo dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
