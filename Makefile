# make demo and make test do everything on a fresh machine with a Swift toolchain.
SHELL := /bin/bash
FLAGS := -c release --static-swift-stdlib -Xlinker -z -Xlinker now -Xlinker -z -Xlinker relro
COFFER := .build/release/coffer
PREFIX ?= /usr/local
SOURCES := Package.swift Sources Catalog Converters Tests Benchmarks/Package.swift Benchmarks/RowIndex Benchmarks/Sources

.PHONY: demo test bench lint release install setup clean

## Sets up, builds, and runs the main job on the bundled backups.
demo: release
	@scripts/setup demo
	@scripts/demo $(COFFER)

## All tests, oracles and servers included.
test:
	@scripts/setup test
	swift build --build-tests --explicit-target-dependency-import-check error
	SWIFT_BACKTRACE=enable=no swift test --skip-build

## Side by side with the peers; prints the table.
bench: release
	@scripts/setup bench
	@.build/peers/bin/python Benchmarks/run.py $(COFFER)

lint:
	swift format lint --strict --recursive $(SOURCES)

release:
	@scripts/setup build
	swift build $(FLAGS) --product coffer

install: release
	install -D -m 755 $(COFFER) $(DESTDIR)$(PREFIX)/bin/coffer

setup:
	@scripts/setup test

clean:
	rm -rf .build Benchmarks/.build out
