# make serve   sets everything up and runs the demonstration, programs/clcert
# make test    sets everything up and passes the tests
# make check   ruff, mypy --strict and the tests
# make docs    what is generated: grammar/soul.tables, docs/reference and docs/conformance.md
# make bench   the benchmarks, each beside its peers
# make lock    renews the lock files after a change of pyproject.toml

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: serve test check bench lock docs clean

$(READY): requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $(READY)

serve: $(READY)
	$(BIN)/python programs/clcert/demonstration.py

test: $(READY)
	$(BIN)/python -m pytest

check: $(READY)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest

bench: $(READY)
	$(BIN)/python -m bench

docs: $(READY)
	$(BIN)/python -m soul.language.tables
	$(BIN)/python -m soul.cli.main doc --write docs/reference
	$(BIN)/python -m soul.cli.main doc --conformance docs/conformance.md

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
