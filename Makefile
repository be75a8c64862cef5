# Everything a contributor runs. Each target prepares what it needs: a clone and `make demo` are enough.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/ready

# Debian keeps the broker in /usr/sbin, where ordinary users do not look.
export PATH := $(PATH):/usr/sbin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# `make -C somewhere demo ARGS=--json` must end with the JSON line, not with make leaving the directory. Before version
# 4.4 make reads this too late; there the caller has to say it.
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help setup demo up test lint types micropython draw cuts months firmware bench-device pytest bench-report bench-ingest shape schemas format requirements clean broker browser screen compiler node tools crash server voice

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY)  ## make .venv with every tool, by hash

demo: $(READY) broker  ## boxes, broker, bridge and server with power cuts; ARGS="--json" for the figures
	@$(RUN) -m hymio demo $(ARGS)

up: $(READY) broker  ## the whole trial on this machine until Ctrl-C
	@$(RUN) -m hymio up $(ARGS)

test: lint types micropython pytest  ## all that must pass before a commit

lint: $(READY)  ## ruff: rules and format
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check .

types: $(READY)  ## mypy --strict
	@$(VENV)/bin/mypy

micropython: $(READY)  ## tests of device/ on the MicroPython interpreter
	@$(RUN) tests/run_micropython.py

months: $(READY)  ## two years of two boxes in virtual time, some minutes; ends with the figures as JSON
	@$(RUN) -m tests.run_months

firmware: $(READY)  ## what goes on a board, in build/firmware: bytecode, loader, ROMFS image, and their sizes
	@$(RUN) tests/build_firmware.py

cuts: $(READY)  ## 30,000 power cuts of the outbox, and wrong outboxes that they must catch
	@$(RUN) -m tests.cuts

bench-device: $(READY) broker compiler node  ## a box's flash, heap and speed beside umqtt.simple, as JSON; three minutes
	@$(RUN) tests/bench_device.py

.PHONY: attack coverage-of-intervals
attack: $(READY)  ## solve all that a made-up county published for what it hid, wrong ways to publish too; minutes
	@$(RUN) -m tests.attack $(ARGS)

coverage-of-intervals: $(READY)  ## how often intervals hold the truth and the change test is silent, as JSON; minutes
	@$(RUN) -m tests.intervals $(ARGS)

draw: $(READY)  ## every drawing, list, STL and picture of hardware/, half a minute; ends with what has changed as JSON
	@$(RUN) -m hardware

.PHONY: hardware-check
hardware-check: $(READY)  ## tables, housings and drawings of hardware/ held to their rules; a minute; ends with JSON
	@$(RUN) -m tests.hardware.check

pytest: $(READY) broker browser screen tools server voice compiler  ## tests on CPython; ARGS="tests/server -x" for some
	@$(RUN) -m pytest $(ARGS)

shape: $(READY)  ## how long functions and modules are
	@$(RUN) tests/shape.py

bench-report: $(READY)  ## reports at 1 and 10 million responses, beside raw tables and DuckDB; ARGS="1000000" for sizes
	@$(RUN) -m tests.benchmarks.reports $(ARGS)

.PHONY: bench-api
bench-api: $(READY)  ## every report over HTTP beside a bare endpoint at 10 million responses; ARGS="1000000" for fewer
	@$(RUN) -m tests.benchmarks.api $(ARGS)

bench-ingest: $(READY) broker server  ## the bridge beside paho, executemany, COPY, a naive script and Node-RED; minutes
	@$(RUN) -m tests.benchmarks.ingest $(ARGS)

schemas: $(READY)  ## write the JSON Schema of every message anew
	@$(RUN) -m device.protocol.schema

format: $(READY)  ## let ruff write the layout
	@$(VENV)/bin/ruff check --quiet --fix-only .
	@$(VENV)/bin/ruff format .

PIN := $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header

requirements: $(READY)  ## pin again what pyproject.toml asks for; ARGS="--upgrade" for newer ones
	@$(PIN) $(ARGS) --extra bridge -o broker_bridge/requirements.txt
	@$(PIN) $(ARGS) --extra bridge --extra server -o server/requirements.txt
	@$(PIN) $(ARGS) --extra device -o device/requirements.txt
	@$(PIN) $(ARGS) --extra kiosk -o kiosk_app/requirements.txt
	@$(PIN) $(ARGS) --extra bench -o tests/bench/requirements.txt
	@$(PIN) $(ARGS) --extra hardware -o hardware/requirements.txt
	@$(PIN) $(ARGS) --extra bridge --extra server --extra device --extra kiosk --extra hardware --extra dev -o tests/requirements.txt

clean:  ## remove what was made, .venv too
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

crash: $(READY) broker server  ## power cuts at every write and sync, kill -9 at every stage; the last line says what was lost
	@$(RUN) -m tests.faults.crash

.PHONY: simulate-faults
simulate-faults: $(READY)  ## 3,000 seeds of every fault in virtual time, and wrong designs; ARGS="--seed 7" replays one
	@$(RUN) -m tests.faults.simulation $(ARGS)

.PHONY: matrix
matrix: $(READY)  ## build/matrix.md: every fault, its tests, their last run; ARGS=--run runs all of them
	@$(RUN) -m tests.faults.matrix $(ARGS)

.PHONY: nemesis
nemesis: $(READY) broker server  ## two minutes of kills, stops, cuts, full disks under real processes; ARGS="--seconds 3600"
	@$(RUN) -m tests.faults.nemesis $(ARGS)

.PHONY: fleet
fleet: $(READY) broker  ## 10,000 boxes and a broker that dies: how evenly they come back, what is lost; five minutes
	@$(RUN) -m tests.faults.storm $(ARGS)

server:
	@.ci/debian_packages pg_ctlcluster:postgresql fiu-run:fiu-utils fusermount3:fuse3 unshare:util-linux ip:iproute2 nft:nftables faketime

.PHONY: kiosk kiosk-check bench-kiosk

# Where there is no display it is drawn on a hidden one, and its picture is what there is to see.
SHOWN := $(if $(DISPLAY)$(WAYLAND_DISPLAY),,--screenshot build/kiosk.png)
kiosk: $(READY) screen  ## a kiosk to try, in a window; ARGS="--survey smiley@1 --size 800x480"
	@$(RUN) -m hymio kiosk try $(SHOWN) $(ARGS)

kiosk-check: $(READY) screen  ## every screen touched and looked at, ten fingers at random; three minutes, ends with JSON
	@$(RUN) -m tests.run_kiosk_check

bench-kiosk: $(READY) screen compiler  ## touch to thanks in frames, writes a response, memory of 10,000 visitors, as JSON
	@$(RUN) -m tests.bench_kiosk

compiler:
	@echo 'int main(void) { return 0; }' | cc -x c -o /dev/null - 2>/dev/null || .ci/debian_packages gcc libc6-dev

node:
	@.ci/debian_packages node:nodejs npm

broker:
	@.ci/debian_packages mosquitto

browser:
	@.ci/debian_packages chromium

tools:
	@.ci/debian_packages openssl systemd-analyze:systemd mosquitto_pub:mosquitto-clients

voice:
	@.ci/debian_packages espeak-ng shellcheck

# Kivy brings SDL; the libraries that draw without a graphics card are Debian's.
screen:
	@.ci/debian_packages libegl1 libgl1 libgl1-mesa-dri libgles2

$(READY): tests/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Hymio needs Python 3.11 or newer as $(PYTHON); try: make PYTHON=python3.12 setup" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/debian_packages python3-venv
	@echo "Preparing $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install -qq --no-input --require-hashes -r tests/requirements.txt
	@touch $@
