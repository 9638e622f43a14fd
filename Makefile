# Everything a newcomer needs: Python 3.11 or newer and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PORT   ?= 8000
# How many processes the tests are spread over.
JOBS   ?= 2
# How many times as many cases as a test asks for the proofs try (`make test` tries 4 of 10), and which tests they are.
TIMES  ?= 10
PROOFS := tests/policy tests/stix tests/taxii tests/files tests/feeds tests/conformance/test_3_4_filters_together.py \
	tests/http/test_query.py tests/http/test_paths.py tests/http/test_authentication.py \
	$(addprefix tests/exchange/test_, labelled_decisions_end_to_end.py sides.py derivatives.py derivatives_agreed.py break_glass.py) \
	$(addprefix tests/laws/test_law_, 2_twin_worlds.py 3_the_unknown_is_denied.py 8_break_glass.py 9_one_decision.py \
	9_under_any_agreement.py)
UV     ?= uv
# One file for every platform and Python, with a hash for each artifact, and without the address of any index.
LOCK_FORM := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help run test corpus crash simulate mutants prove bench-quick probe-medallion suricata check lint lock clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Comity needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

run: $(READY)  ## serve the demonstration partnerships on PORT (8000), with real data and accounts
	$(BIN)/python deploy/demo/run.py --port $(PORT)

test: $(READY)  ## set up and run all tests, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -q -m "not slow" -n $(JOBS) --dist loadfile --no-loadscope-reorder

corpus: $(READY)  ## push the whole corpus of real STIX data, where it stands beside the project, and ask about it
	$(BIN)/python -m pytest -q -s -m slow tests/stix/test_stix_corpus.py tests/exchange/test_corpus.py \
		tests/analyst/test_published_data.py

crash: $(READY)  ## kill servers and commands at random instants, on both engines (about 8 minutes; CRASH_SEED, CRASH_ROUNDS)
	$(BIN)/python -m pytest -q -s -m slow tests/crash

mutants: $(READY)  ## take one promise at a time out of a copy of the product, and see a test fail
	$(BIN)/python -m pytest -q -s -m slow tests/mutants

prove: $(READY)  ## the policy against its reference and its laws, then every mutant of app/policy; MODULES="times lines" tries theirs alone
	$(if $(MODULES),,PROVE_TIMES=$(TIMES) $(BIN)/python -m pytest -q -m "not slow" -n $(JOBS) $(PROOFS))
	$(BIN)/python -m tests.mutation --processes $(JOBS) $(MODULES)

bench-quick: $(READY)  ## print the figures of the design as ratios, with 100,000 objects (minutes)
	$(BIN)/python -m bench --objects 100000

probe-medallion: $(READY) .venv-medallion/.ready  ## install medallion, a foreign TAXII server, probe it, and print the report
	$(BIN)/python -m pytest -q -s -m slow tests/probe/test_medallion.py

.venv-medallion/.ready: tests/probe/medallion.txt
	$(PYTHON) -m venv .venv-medallion
	.venv-medallion/bin/python -m pip install --quiet --no-deps -r tests/probe/medallion.txt
	@touch $@

suricata: $(READY)  ## let Suricata read the exported rules and see traffic by them; fetches Debian's where there is none
	@command -v suricata >/dev/null || test -x .suricata/root/usr/bin/suricata || sh tests/exports/suricata_of_debian.sh .suricata
	$(BIN)/python -m pytest -q tests/exports/test_suricata.py

simulate: $(READY)  ## a long simulation on each engine; SEED= and STEPS= choose which and how long
	SIMULATE_SEED=$(SEED) SIMULATE_STEPS=$(STEPS) $(BIN)/python -m pytest -q -s -m slow tests/simulation tests/laws/test_law_2_twin_worlds.py

lint: $(READY)  ## style, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## what CI runs

lock:  ## write the lock files anew; needs uv, or UV="pipx run uv"; LOCK=--upgrade takes newer releases
	$(UV) pip compile $(LOCK) $(LOCK_FORM) pyproject.toml --output-file requirements.lock
	$(UV) pip compile $(LOCK) $(LOCK_FORM) pyproject.toml --extra dev --output-file requirements-dev.lock

clean:  ## remove what the targets made, except data under var/
	rm -rf $(VENV) .venv-medallion .suricata build *.egg-info
