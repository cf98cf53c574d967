# Two commands do all set-up:   make run    the application with sample data     make test    the tests
#
# Needs make and Python 3.11 or newer with its venv module (Debian, Ubuntu: sudo apt install make python3-venv).
# Packages are installed by hash from the lock files, by uv where it is on PATH, else by venv and pip.
# Only what GNU make 3.81 knows, the one that macOS carries.

PY ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
UV ?= $(shell command -v uv 2>/dev/null)
V := .venv
B := $(V)/bin
FLASK := $(B)/python -m flask --app wsgi
PYTEST_ARGS ?= -n 2
LOCK := --quiet --universal --no-strip-extras --generate-hashes --no-header --python-version 3.11 --exclude-newer "7 days" $(LOCK_ARGS)

run: $(V)/run.ok
	$(FLASK) run-demo

test: $(V)/dev.ok
	$(B)/python -m pytest $(PYTEST_ARGS)

check: $(V)/dev.ok
	$(B)/ruff check && $(B)/ruff format --check && $(B)/python -m mypy && $(B)/lint-imports --no-logo && $(B)/codespell

worker: $(V)/run.ok
	$(FLASK) worker

demo: $(V)/run.ok
	$(FLASK) demo-day --out var/demo

docs: $(V)/run.ok
	$(FLASK) docs

decision: # the name that the next decision record gets
	@ls docs/decisions | awk -F- '$$1+0>n{n=$$1+0} END{printf "docs/decisions/%04d-short-name.md\n",n+1}'

migrate: $(V)/run.ok
	$(FLASK) migrate

rules: $(V)/dev.ok # branch coverage of the rules, from the tests that need no database; anything untried fails
	$(B)/python -m tests.pure

bench: $(V)/dev.ok
	$(B)/python -m bench

race: $(V)/dev.ok
	$(B)/python -m tests.race

model: $(V)/dev.ok # the ledger against its oracle; MODEL_ARGS="--runs 200 --steps 60 --seed 7"
	$(B)/python -m tests.ledger.model $(MODEL_ARGS)

bugs: $(V)/dev.ok # twenty faults planted one by one, and whether the model notices
	$(B)/python -m tests.ledger.bugs $(BUGS_ARGS)

forbidden: $(V)/dev.ok # statements that the databases must refuse
	$(B)/python -m tests.ledger.forbidden

constraints: $(V)/dev.ok # each constraint of the ledger dropped in turn
	$(B)/python -m tests.ledger.constraints

twopeople: $(V)/dev.ok # a thousand dishonest second signatures and a thousand honest ones
	$(B)/python -m tests.ledger.two_people $(TWOPEOPLE_ARGS)

lock: # needs uv; LOCK_ARGS=--upgrade takes newer releases, none younger than a week
	uv pip compile $(LOCK) pyproject.toml -o requirements.lock
	uv pip compile $(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean: # what make made; never var/, which holds data
	rm -rf $(V) .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache htmlcov

# The development lock contains the other one, so "make test" after "make run" only adds packages.
define install
	@py="$(PY)"; if [ -z "$$py" ]; then \
	    echo "Python 3.11 or newer is missing (Debian, Ubuntu: sudo apt install python3 python3-venv)"; exit 1; fi; \
	if [ ! -x $(B)/python ]; then rm -rf $(V); \
	    if [ -n "$(UV)" ]; then "$(UV)" venv --quiet --python "$$py" $(V); else "$$py" -m venv $(V) >/dev/null; fi || { rm -rf $(V); \
	    echo "$$py cannot make a virtual environment (Debian, Ubuntu: sudo apt install python3-venv; or install uv)"; exit 1; }; fi
	@if [ -n "$(UV)" ]; then "$(UV)" pip install --quiet --python $(B)/python --require-hashes -r $(1); \
	else $(B)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); fi
	@touch $@
endef

$(V)/run.ok: requirements.lock
	$(call install,requirements.lock)

$(V)/dev.ok: requirements-dev.lock
	$(call install,requirements-dev.lock)

.PHONY: run test check rules worker demo docs migrate bench race model bugs forbidden constraints twopeople decision lock clean
