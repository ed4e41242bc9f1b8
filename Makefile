# make run [DOCS=folder]   set up and open the chat on the sample records, or on your own
# make test                set up, check the code and run all tests
# make test-fast           the tests that need no browser, no server and no long reading
# make lint                ruff and pyright
# make wheel               build dist/onrecord-*.whl
# make quality [DATA=folder] [ONLY="section ..."]   measure every set there is and write docs/quality.md; resumes
# make torture [KILLS=300] kill whatever changes a library at random moments, finish it, and compare
# make load [LOAD="--users 50 --minutes 5"]   ask a server from all sides, with much that it must not mind
# make fuzz [TIMES=200] [ONLY="body or reply"]   make up questions, bodies, replies and damaged files, many times over
# make bench [BENCH="--rounds 5"]   measure beside LangChain, LlamaIndex and Haystack, each installed into .peers once
# make lint-js             check the page's scripts, where Node is installed
# make lock [NEWER="PACKAGE ..."]   resolve the dependencies anew into requirements.lock and requirements-dev.lock
# make bundle              dist/bundle: all wheels for a machine without network, with a guide
# make sbom                dist/onrecord.cdx.json: what On Record consists of (CycloneDX)
# make licences            list the licences of all dependencies; fails on one that does not fit
# Nothing else is needed: Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PRODUCT := .product
DOCS ?= sample
LIBRARY ?= .library/$(notdir $(abspath $(DOCS)))
PORT ?= 7860
DATA ?= ../shared
FIND_LINKS := $(foreach place,$(PIP_FIND_LINKS),--find-links "$(place)")
# The versions, and the SHA-256 of every file; with LOCK= whatever pyproject.toml and constraints.txt allow is taken.
LOCK ?= requirements-dev.lock
LOCKED := $(if $(LOCK),--requirements $(LOCK))
INSTALL = VIRTUAL_ENV="$(abspath $(VENV))" $(BIN)/uv pip install $(FIND_LINKS) --constraint constraints.txt --override deploy/overrides.txt
# On Linux the package index's torch brings gigabytes of CUDA; PyTorch's own index has builds without. It is left alone
# where a wheel lies ready or UV_TORCH_BACKEND names another build.
TORCH_BACKEND := $(if $(UV_TORCH_BACKEND)$(wildcard $(addsuffix /torch-*.whl,$(PIP_FIND_LINKS))),,--torch-backend cpu)

.PHONY: run test test-fast lint lint-js quality bench torture load fuzz screenshots wheel lock bundle sbom licences setup clean

run: setup
	$(BIN)/onrecord serve --library "$(LIBRARY)" --port $(PORT) --open "$(DOCS)"

# Some images forbid Python to keep what it compiled; each of the processes that the tests start would compile all anew.
unexport PYTHONDONTWRITEBYTECODE

# The tests run in two processes; WORKERS=0 runs them in one, where one can debug. Those of one module share its servers
# and its browser, so they stay together.
WORKERS ?= 2
PYTEST = $(BIN)/pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder

test: lint
	$(PYTEST)

test-fast: setup
	$(PYTEST) -m "not slow"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/pyright

lint-js: setup
	$(BIN)/pytest -q tests/ui/test_javascript.py

screenshots: setup
	$(BIN)/python docs/screenshots.py

quality: setup
	$(BIN)/python benchmarks/quality.py --data "$(DATA)" $(if $(ONLY),--only $(ONLY))

bench: setup
	$(BIN)/python benchmarks/peers.py $(BENCH)

# So many ingests are killed, so many backups and so many restores.
KILLS ?= 300
torture: setup
	$(BIN)/python benchmarks/kill.py sample/press-page.html sample/plenary-notes.txt --kills $(KILLS) $(if $(TALLY),--tally $(TALLY))

load: setup
	$(BIN)/python benchmarks/load.py $(LOAD)

# In one process for each kind of thing; what fails is kept in .hypothesis and tried first the next time.
TIMES ?= 200
fuzz: setup
	HYPOTHESIS_PROFILE=fuzz TIMES=$(TIMES) $(PYTEST) tests/security/test_fuzz.py $(if $(ONLY),-k "$(ONLY)")

# Of the same commit always the same bytes. What an earlier build left would be packed along.
wheel bundle: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1767225600)
wheel: setup
	rm -rf build
	$(BIN)/python -m build --wheel --outdir dist .

lock: setup
	$(BIN)/python deploy/lock.py $(NEWER)

bundle: setup
	rm -rf build dist/bundle
	$(BIN)/python deploy/bundle.py dist/bundle

sbom: $(PRODUCT)/.ready
	mkdir -p dist
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file dist/onrecord.cdx.json $(PRODUCT)

licences: $(PRODUCT)/.ready
	$(BIN)/python deploy/licences.py $(PRODUCT)

# What people install, without what On Record is developed with.
$(PRODUCT)/.ready: requirements.lock constraints.txt $(VENV)/.ready
	rm -rf $(PRODUCT)
	$(PYTHON) -m venv --without-pip $(PRODUCT)
	VIRTUAL_ENV="$(abspath $(PRODUCT))" $(BIN)/uv pip install --quiet $(FIND_LINKS) --constraint constraints.txt $(TORCH_BACKEND) \
	  --requirements requirements.lock torch
	touch $@

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt deploy/overrides.txt $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "On Record needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet uv
	@if [ -z "$(TORCH_BACKEND)" ] || UV_HTTP_RETRIES=1 UV_HTTP_TIMEOUT=15 $(INSTALL) --quiet --dry-run --no-deps $(TORCH_BACKEND) torch 2>/dev/null; \
	then $(INSTALL) $(TORCH_BACKEND) --editable '.[dev,ocr]' $(LOCKED); \
	else echo "PyTorch's index of builds without CUDA cannot be used; torch comes from the configured index, on Linux with CUDA."; \
	  $(INSTALL) --editable '.[dev,ocr]' $(LOCKED); fi
	touch $@

clean:
	rm -rf $(VENV) $(PRODUCT) .library build dist node_modules *.egg-info
