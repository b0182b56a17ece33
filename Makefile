# make demo   sets up what it needs and shows the whole path, from model to emulated board
# make test   sets up the rest and runs the tests
# make fuzz   compares many more random graphs
# make renode-test  runs firmware for several boards on Renode
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements-lock.txt

.PHONY: exploration demo test lint renode-projects renode-test bundled-model fuzz training-throughput attention-ablation bench row-streaming published-models lock clean

demo: $(VENV)/base-installed
	$(BIN)/attendnets-cli demo

test: $(VENV)/dev-installed
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	if command -v cppcheck >/dev/null; then cppcheck --std=c99 --quiet --error-exitcode=1 \
	    --enable=warning,portability,performance --inline-suppr \
	    firmware_templates/kernels firmware_templates/harness firmware_templates/serial firmware_templates/mlperf_tiny examples; else echo "cppcheck is not installed"; fi

# Firmware for these boards on Renode, where it is installed: each boots and tests itself.
# Renode 1.15 has no Cortex-M55.
RENODE_BOARDS = stm32f407_discovery stm32f746_discovery nucleo_l552ze_q stm32f072_discovery nrf52840_dk \
    $(if $(findstring v1.15,$(shell renode --version 2>/dev/null)),,mps3_an547_nomve)

renode-projects: $(VENV)/base-installed
	for board in $(RENODE_BOARDS); do \
	    $(BIN)/attendnets-cli build $$(test $$board = stm32f072_discovery && echo tests/data/small.tflite) \
	        --board $$board --out build/renode/$$board || exit 1; \
	done

renode-test: renode-projects
	if command -v renode-test >/dev/null; then \
	    renode-test $(foreach board,$(RENODE_BOARDS),build/renode/$(board)/renode/$(board).robot); \
	else echo "SKIPPED: Renode is not installed, so nothing was run on it (https://renode.io). The scripts are in build/renode."; fi

# Trains the model that ships in attendnets_tf/pretrained, a few minutes; the result is committed.
bundled-model: $(VENV)/dev-installed
	$(BIN)/attendnets-cli train digits --specification attendnet_digits --seed 1 --out build/training
	cp $(addprefix build/training/attendnet_digits,.tflite _float.tflite .json) attendnets_tf/pretrained

# A thousand random graphs, compiled and compared; a few minutes. The result is committed as docs/fuzz.json.
fuzz: $(VENV)/dev-installed
	$(BIN)/python -m tests.fuzz

# What the input pipeline costs, by network; a few minutes on an idle machine. The result is committed as docs/training_throughput.json.
training-throughput: $(VENV)/dev-installed
	$(BIN)/python -m tests.training_throughput

# Forms of selective attention compared, three seeds each; hours. DATA can be cifar10:FOLDER. The results are committed in docs.
attention-ablation: $(VENV)/dev-installed
	$(BIN)/python -m tests.attention_ablation $(or $(DATA),cifar10)

# Instructions of models on emulated cores, against the committed counts; needs arm-none-eabi-gcc and QEMU to compare like with like.
bench: $(VENV)/dev-installed
	$(BIN)/python -m tests.bench

# RAM and instructions row by row and layer by layer; the results are committed in docs.
row-streaming: $(VENV)/dev-installed
	$(BIN)/python -m tests.row_streaming

# Models that other people published, compiled and compared; needs PyPI. The results are committed in docs.
published-models: $(VENV)/dev-installed
	$(BIN)/python -m tests.published_models

# A search beside a random one, and how much two workers save; about two hours. The results are committed in docs.
exploration: $(VENV)/dev-installed
	$(BIN)/python -m tests.exploration

# The exact versions that the tests ran with, for requirements-lock.txt.
lock: $(VENV)/dev-installed
	$(BIN)/python -m pip freeze --exclude-editable > requirements-lock.txt

clean:
	rm -rf build $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/base-installed: setup.cfg pyproject.toml requirements-lock.txt | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(VENV)/dev-installed: $(VENV)/base-installed
	$(PIP) --editable '.[dev]'
	@touch $@
