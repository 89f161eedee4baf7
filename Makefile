# Every target sets up what it needs in .venv from the hashed locks.
PYTHON ?= python3
BIN := .venv/bin
RUNS ?= 300
KILLS ?= 60
# two more than two cores: some tests wait more than they work
WORKERS ?= 4
PLATFORM ?= memory
# keep bytecode whatever the shell says: else every worker and every start compiles the tests and the program anew
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test lint faults kills kills-applause soak soak-meta soak-year test-bluesky test-mastodon test-postgres faults-postgres bench bench-postgres audit sbom lock clean setup

setup: .venv/.ready

.venv/.ready: requirements.txt requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Earshot needs Python 3.11 or newer: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q listener responders
	touch $@

demo:
	@$(MAKE) -q .venv/.ready || echo "installing, about a minute"
	@$(MAKE) -s setup
	@$(BIN)/earshot demo

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) -q

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.binaries

# kills and network faults at random; SEED repeats a run that failed: make faults RUNS=1 SEED=17 PLATFORM=x
faults: setup
	$(BIN)/python -m tests.faults --runs $(RUNS) --platform $(PLATFORM) $(if $(SEED),--seed $(SEED))

# kills of a desk with coupons, on the memory platform and on Mastodon's fake: no code may reach two people;
# in parts: make kills RUNS=500 SEED=1, then SEED=2 ...; each ends with one line
kills: setup
	$(BIN)/python -m tests.club.kills --runs $(RUNS) $(if $(SEED),--seed $(SEED))

# kills of a desk that applauds, so many on each of the same two: each act is done, and done once
kills-applause: setup
	$(BIN)/python -m tests.club.act_kills --kills $(KILLS) $(if $(SEED),--seed $(SEED))

# days of a busy account on X, by a clock that runs fast: what was missed, called and spent (about three minutes)
soak: setup
	$(BIN)/python -m tests.soak days

# a week of a quiet and of a loud account on Facebook and on Instagram (about an hour)
soak-meta: setup
	$(BIN)/python -m tests.soak meta

# a year of unattended operation by a clock that runs fast: memory, file, notices (an hour or two)
soak-year: setup
	$(BIN)/python -m tests.soak year

# a real PLC, PDS and AppView on loopback; skips with a reason where node or PostgreSQL is missing
test-bluesky: setup
	$(BIN)/python -m tests.network $(if $(SEED),--seed $(SEED))

# snac on loopback; skips with a reason where it cannot be had (Debian 13 has it; elsewhere debootstrap unpacks it)
test-mastodon: setup
	$(BIN)/python -m tests.fediverse $(if $(SEED),--seed $(SEED))

# two daemons and three of the staff on one PostgreSQL, with accidents; skips with a reason without it. In parts, with
# one summary: make faults-postgres RUNS=300 SEED=1 RECORD=rounds.jsonl PART=10, again and again
faults-postgres: setup
	$(BIN)/python -m tests.together --rounds $(RUNS) --platform $(if $(filter memory,$(PLATFORM)),x,$(PLATFORM)) $(if $(SEED),--seed $(SEED)) $(if $(RECORD),--record $(RECORD)) $(if $(PART),--part $(PART))

# the suites that work on a database, on a PostgreSQL of their own on loopback; skips with a reason without it
test-postgres: setup
	$(BIN)/python -m tests.on_postgres -n $(WORKERS)

bench: setup
	$(BIN)/python -m bench.run

# the same work in a file and on a PostgreSQL of its own, or on that at URL; a backlog with one daemon and with two
bench-postgres: setup
	$(BIN)/python -m bench.postgres $(if $(BACKLOG),--backlog $(BACKLOG)) $(URL)

# known vulnerabilities in the locked packages; skips with a reason where the list of them cannot be reached
audit: .venv-audit/.ready
	.venv-audit/bin/python tests/audit.py requirements.txt

# what is inside, as CycloneDX: every locked package with its version and hashes
sbom: .venv-audit/.ready
	mkdir -p dist
	.venv-audit/bin/python -W ignore -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --of JSON -o dist/earshot.cdx.json
	@echo dist/earshot.cdx.json

.venv-audit/.ready: requirements-audit.txt
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	touch $@

# uv is only needed here: pip install uv
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra postgres pyproject.toml -c requirements.txt -o requirements-postgres.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra dev pyproject.toml -c requirements-postgres.txt -o requirements-dev.txt
	printf 'cyclonedx-bom\npip-audit\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url - -o requirements-audit.txt
	echo hatchling | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url - -c requirements-dev.txt -o requirements-build.txt

clean:
	rm -rf .venv .venv-audit .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .network .snac dist
