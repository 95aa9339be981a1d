# Everything happens in .venv; the system's package manager is never called.
#
#   make study    install, run the reference study offline, say where its report is
#   make test     install what tests need, run them
#   make quick    a part of each room's tests, within a minute
#   make check    everything that must be green before a commit, tests last
#   make seal     check the tables after an edit, and record their new hashes
#   make help     the other targets

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
JOBS ?= 2
# What `make bench` measures; blank for all. See `docs/engine.md`.
BENCH ?=
# Which modules of `tests/mutants.toml` `make mutants` changes; blank for all.
MUTANTS ?=
# Which Pythons `make pythons` looks for; blank for all that are newer than the oldest.
PYTHONS ?=
# What `make fuzz` draws; blank for the long run. See `docs/developer/testing.md`.
FUZZ ?=

# The first Python of 3.11 or newer; `make PYTHON=/path/to/python3.12 ...` picks another.
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { command -v $$name; break; }; done)

# Stamps live in the environment, so that they go when it goes.
MADE := $(VENV)/stamp-made
FOR_STUDY := $(VENV)/stamp-study
FOR_TEST := $(VENV)/stamp-test

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install study test quick check lint types rooms pages bench mutants fuzz lowest pythons audit licences docs site examples release seal hooks clean print-python

help:
	@echo 'make install   the program with the report extra, in $(VENV)'
	@echo 'make study     the reference study, offline, into runs/reference'
	@echo 'make test      the tests (JOBS=2 at a time)'
	@echo 'make quick     some tests of every room, within a minute (tests/quick.toml says which)'
	@echo 'make check     format, lint, types, rooms, docs, then the tests'
	@echo 'make bench     measure the budget beside its peers (BENCH="engine --networks world")'
	@echo 'make mutants   change the source a little, see that tests notice (MUTANTS=karwan.hazard.model)'
	@echo 'make lowest    install the lowest versions allowed, run the quick tests and a study there'
	@echo 'make pythons   the same with other Pythons, where there are any (PYTHONS="3.12 3.13")'
	@echo 'make audit     hold versions against advisories (KARWAN_ADVISORIES=folder), or pip-audit'
	@echo 'make licences  what every installed package says of its licence'
	@echo 'make fuzz      an hour of hostile input (FUZZ="--kinds commands --seed 7")'
	@echo 'make examples  run every command that the pages show'
	@echo 'make release   wheel and source archive, each tried in empty environments'
	@echo 'make seal      check the tables after an edit, record their row counts and hashes'
	@echo 'make docs      write the generated pages anew'
	@echo 'make site      the documentation as a site, in runs/site'
	@echo 'make hooks     run make check before every commit'
	@echo 'make clean     remove $(VENV), builds and caches; runs/ stays'

print-python:
	@echo '$(PYTHON)'

$(MADE):
	@test -n '$(PYTHON)' || { echo 'karwan needs Python 3.11 or newer; none was found. Try: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo '$(PYTHON) cannot make environments; on Debian install python3-venv.' >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(FOR_STUDY): $(MADE) pyproject.toml constraints.txt
	$(PIP) install --constraint constraints.txt --editable '.[export,report]'
	@touch $@

$(FOR_TEST): $(MADE) pyproject.toml constraints.txt
	$(PIP) install --constraint constraints.txt --editable '.[brief,cluster,export,osm,report,team,web,docs,dev]'
	@touch $(FOR_STUDY) $@

install: $(FOR_STUDY)

study: $(FOR_STUDY)
	$(VENV)/bin/karwan study run src/karwan/data/reference.toml --out runs/reference

test: $(FOR_TEST)
	$(PY) -m pytest -q -n $(JOBS) --dist loadgroup

quick: $(FOR_TEST)
	$(PY) tools/quick.py -n $(JOBS)

# Types have a core to themselves, beside what else is checked; the tests want all cores.
check: $(FOR_TEST)
	@$(MAKE) --no-print-directory types >$(VENV)/types.log 2>&1 & types=$$!; \
	$(MAKE) --no-print-directory lint rooms pages; rest=$$?; \
	wait $$types; typed=$$?; cat $(VENV)/types.log; exit $$((rest || typed))
	@$(MAKE) --no-print-directory test

lint: $(FOR_TEST)
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(PY) tools/dead_code.py

types: $(FOR_TEST)
	$(VENV)/bin/mypy

rooms: $(FOR_TEST)
	$(VENV)/bin/lint-imports

# The tests' conftest comes along as a plugin: no network, a fresh numba cache.
pages: $(FOR_TEST)
	$(PY) tools/docs.py check
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet --strict
	$(PY) -m pytest -q -p tests.conftest --doctest-modules src/karwan --ignore=src/karwan/evidence/migrations --doctest-glob='*.md' docs README.md

# A peer that cannot be installed here is reported by the benchmark and left out. A small run of
# every part is among the tests: tests/tools/test_benchmarks.py.
bench: $(FOR_STUDY)
	-$(PIP) install --constraint constraints.txt --editable '.[export,report,bench]'
	$(PY) -m benchmarks.run $(BENCH)

# Some minutes for each module; not part of `make check`.
mutants: $(FOR_TEST)
	$(PIP) install --constraint constraints.txt --editable '.[brief,export,osm,report,web,dev,mutants]'
	$(PY) tools/mutants.py --jobs $(JOBS) $(MUTANTS)

# A fresh environment each, which takes a minute or two; not part of `make check`.
lowest: $(FOR_TEST)
	$(PY) tools/environments.py lowest --jobs $(JOBS)

pythons: $(FOR_TEST)
	$(PY) tools/environments.py pythons $(PYTHONS) --jobs $(JOBS)

audit: $(FOR_TEST)
	$(PY) tools/advisories.py

licences: $(FOR_TEST)
	$(PY) tools/licences.py

# Part of it runs with every `make test`.
fuzz: $(FOR_TEST)
	$(PY) -m tests.fuzz $(FUZZ)
	KARWAN_SCHEMA_EXAMPLES=300 $(PY) -m pytest -q tests/web/test_schema.py
	KARWAN_FUZZ=200 $(PY) -m pytest -q tests/web/test_browser.py -k random

docs: $(FOR_TEST)
	$(PY) tools/docs.py write

# Built strictly: a notebook that fails, a link to nowhere or a page that loads from another host ends it.
site: $(FOR_TEST)
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet --strict
	@echo 'runs/site/index.html'

# Some minutes; those of the how-to pages run with every `make test`.
examples: $(FOR_TEST)
	$(PY) tools/run_examples.py

# Some minutes: an environment for every extra; not part of `make check`.
release: $(FOR_TEST)
	$(PY) tools/release.py runs/release

seal: $(FOR_TEST)
	$(PY) tools/seal_tables.py

hooks:
	@sh tools/install_hook.sh

clean:
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
