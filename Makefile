# The two commands: make demo, make test. Python >= 3.11 (with venv) and make are all they need.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
export PYTHONPATH := $(CURDIR):$(CURDIR)/site
export PORT
PRODUCTION := DJANGO_SETTINGS_MODULE=portal.settings.production
DEMO := DJANGO_SETTINGS_MODULE=portal.settings.demo
SHAPE := $(if $(strip $(DATABASE_URL)$(REDIS_URL)$(ELASTICSEARCH_URL)),scaled,runtime)
TEXTS := site/locale/en/LC_MESSAGES/django.mo site/locale/zh_Hans/LC_MESSAGES/django.mo \
	site/locale/zh_Hans/LC_MESSAGES/djangojs.mo
# Workers of the test run: one a core.
JOBS ?= auto

.NOTPARALLEL:
.PHONY: demo test test-scaled serve web queue bench lint messages screenshots states clean

demo: $(VENV)/.$(SHAPE) site/static/vendor/.done $(TEXTS)
	@$(DEMO) exec $(PY) manage.py demo --port $(PORT)

serve: $(VENV)/.$(SHAPE) site/static/vendor/.done $(TEXTS)
	@$(PRODUCTION) exec $(PY) manage.py serve web queue

web queue: $(VENV)/.$(SHAPE) site/static/vendor/.done $(TEXTS)
	@$(PRODUCTION) exec $(PY) manage.py serve $@

test: $(VENV)/.dev site/static/vendor/.done $(TEXTS)
	$(PY) -m pytest -n $(JOBS) --dist loadgroup

test-scaled: $(VENV)/.dev site/static/vendor/.done $(TEXTS)
	@test -n "$(DATABASE_URL)" || { echo "test-scaled needs DATABASE_URL, REDIS_URL and ELASTICSEARCH_URL" >&2; exit 2; }
	$(PY) -m pytest -n $(JOBS) --dist loadgroup

bench: $(VENV)/.dev site/static/vendor/.done $(TEXTS)
	@$(PY) -m tests.perf $(BENCH)

lint: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) scripts/check_tree.py
	DATA_DIR=$$(mktemp -d) $(PY) manage.py makemigrations --check --dry-run

states: $(VENV)/.dev
	$(PY) manage.py draw_states docs/developers/states.md
	$(PY) manage.py draw_ranking docs/developers/ranking.md

messages: $(VENV)/.dev
	$(PY) scripts/messages.py

screenshots: $(VENV)/.dev site/static/vendor/.done $(TEXTS)
	$(PY) scripts/screenshots.py

clean:
	rm -rf $(VENV) node_modules site/static/vendor site/locale/*/LC_MESSAGES/*.mo

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv is needed (Debian: apt install python3-venv)" >&2; exit 1; }

# Hash-locked; a newer lock installs again.
$(VENV)/.runtime $(VENV)/.scaled $(VENV)/.dev $(VENV)/.frontend: $(VENV)/.%: requirements/%.txt | $(VENV)/bin/python
	$(PIP) -r requirements/$*.txt
	@touch $@

# Node comes from the wheel, so Python is the only prerequisite.
site/static/vendor/.done: package-lock.json scripts/copy_frontend.py | $(VENV)/.frontend
	$(PY) scripts/npm_ci.py
	$(PY) scripts/copy_frontend.py
	@touch $@

$(TEXTS): $(TEXTS:.mo=.po) scripts/compile_messages.py
	@$(PY) scripts/compile_messages.py
