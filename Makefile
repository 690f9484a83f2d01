# Two commands: `make run` (build and start with the demo project) and `make test` (everything, headless browser included).
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

LISTEN ?= 127.0.0.1:8080
DATA ?= phusong-data
BINARY := target/release/phusong

# Property tests draw the same cases every time here; run one with another seed to look for new ones.
export PROPTEST_RNG_SEED ?= 529

.PHONY: help run build web test test-rust test-web test-browser test-clients lint deny bench clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: build ## build, make the demo project if it is not there, serve on http://127.0.0.1:8080
	@[ -e $(DATA)/phusong.db ] || $(BINARY) demo --data $(DATA)
	exec $(BINARY) serve --data $(DATA) --listen $(LISTEN)

build: web ## the web app and the binary
	@scripts/ensure cc c++ cmake sqlite3
	cargo build --release --locked -p phusong

web: web/dist/index.html ## the web app alone

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@scripts/ensure node
	cd web && npm ci --no-audit --no-fund
	touch node_modules/.package-lock.json

web/dist/index.html: web/node_modules/.package-lock.json $(shell find web/src web/public web/index.html web/vite.config.ts -type f 2>/dev/null)
	cd web && npm run build
	touch dist/index.html

test: test-rust test-web test-browser ## everything that needs no heavy outside program
	@echo "make test: all passed"

lint: web ## formatting and clippy
	@scripts/ensure cc c++ cmake sqlite3
	cargo fmt --all --check
	cargo clippy --release --locked --workspace --all-targets -- -D warnings
	$(MAKE) deny

deny: ## licences, sources and known weaknesses of every dependency
	@if command -v cargo-deny >/dev/null; then cargo deny --locked check; else echo "skipped: cargo-deny not present (licences, advisories, sources)"; fi

# Tests build everything in one go, so that every dependency is compiled with one set of features and only once.
test-rust: web ## unit, property, command-line and HTTP tests
	@scripts/ensure cc c++ cmake sqlite3
	@scripts/ensure postgres || echo "skipped: the store's tests on PostgreSQL (it could not be installed)"
	cargo build --release --locked --workspace --all-targets
	cargo test --release --locked --workspace

test-web: web ## the web app's own tests
	cd web && npm run check && npm test

tests/browser/node_modules/.package-lock.json: tests/browser/package.json tests/browser/package-lock.json
	@scripts/ensure node
	cd tests/browser && npm ci --no-audit --no-fund
	touch node_modules/.package-lock.json

test-browser: test-rust tests/browser/node_modules/.package-lock.json ## the whole path in headless Chromium
	@scripts/ensure chromium
	cd tests/browser && npm test

test-clients: test-rust ## tests with GDAL, QGIS, LibreOffice, schemathesis and other outside programs
	@scripts/ensure ogrinfo qgis soffice pdftoppm schemathesis rio-cogeo pmtiles
	PATH="$(CURDIR)/target/clients/bin:$$PATH" PHUSONG_REQUIRE_CLIENTS=1 cargo test --release --locked --workspace -- clients

bench: ## all benchmarks (long)
	cargo bench -p benches

clean: ## remove what was built
	cargo clean
	rm -rf web/dist web/node_modules tests/browser/node_modules
