# Two commands do everything: `make run` builds the warehouse, `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Where programs may keep what they compiled, each start takes half the time, and tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

# One process of tests more than there are cores: some wait for a server, a lock or a reader.
TESTERS = $(shell $(BIN)/python -c 'import os; print((os.cpu_count() or 1) + 1)')

.PHONY: run test test-services ui help clean

help:
	@echo "make run    set up and build the warehouse from the embedded figures, offline"
	@echo "make test   set up and run every test that needs no service"
	@echo "make test-services   the tests that need a browser, a database server or the like; installs what it can"
	@echo "make ui     start the Dagster UI on http://127.0.0.1:3000"
	@echo "make clean  remove what runs made (tables, releases, Dagster's runs); .venv stays"

run: $(READY)
	@$(BIN)/burdenshare build

test: $(READY)
	@$(BIN)/python -m pytest -m "not services" --numprocesses $(TESTERS) --dist loadfile --no-loadscope-reorder

test-services: $(VENV)/.services
	@tests/services/install
	@$(BIN)/python -m pytest -m services tests/services --numprocesses 3 --dist loadfile --no-loadscope-reorder

$(VENV)/.services: $(READY)
	@echo "Adding to $(VENV) what tests with services need (once)"
	@deploy/install $(BIN)/python '.[test,services]'
	@touch $(VENV)/.services

ui: $(READY)
	@$(BIN)/burdenshare ui

clean:
	rm -rf warehouse/tables warehouse/releases warehouse/report warehouse/dagster warehouse/current warehouse/.write.*

$(READY): pyproject.toml setup.py constraints.txt deploy/install
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v < (3, 14) else "Burdenshare needs Python 3.11, 3.12 or 3.13; $(PYTHON) is %d.%d. Name another one: make PYTHON=python3.12 run" % v)'
	@$(PYTHON) -m venv $(VENV) || { echo "Python could not make $(VENV). On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) (once; it takes about a minute)"
	@deploy/install $(BIN)/python '.[test]'
	@touch $(READY)
