# Loa Làng. `make run` and `make test` do all set-up themselves.
GO      ?= go
DATA    ?= data
LISTEN  ?= 127.0.0.1:8080
DEVICE  ?= default
SOAK    ?= 1h
FUZZ    ?= 1m
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: run test check build bench soak year fuzz pictures web-audit web-load generate setup-build setup-run setup-test setup-bench setup-audit clean

run: setup-run build ## install what is missing, build, and serve the panel
	./bin/loalang serve --data "$(DATA)" --listen "$(LISTEN)" --device "$(DEVICE)"

build: setup-build ## leave bin/loalang
	$(GO) build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/loalang ./cmd/loalang

test: setup-test ## every test, with what it needs installed
	$(GO) test -timeout 30m ./...

check: setup-test ## linters, and every test with the race detector
	scripts/lint.sh
	$(GO) test -race -timeout 30m ./...

bench: setup-bench build ## the figures of docs/BENCHMARKS.md, some forty minutes; what becomes of text and recordings and the comparison with other players are written there
	$(GO) test -run '^$$' -bench . -benchmem -timeout 60m ./...
	$(GO) run ./recordings/yardstick/figures --write docs/BENCHMARKS.md
	$(GO) run ./audio/speaker/comparison --loalang bin/loalang --write docs/BENCHMARKS.md

soak: setup-test ## the long tests, each over SOAK of the air
	LOALANG_SOAK=$(SOAK) $(GO) test -count=1 -v -timeout 12h -run 'InStep|Soak' ./...

# The board of the year writes its recordings and its spool anew with every cut: on a memory card
# that takes longer than the year. Where there is memory to write to, it is used.
YEARTMP = $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 1000000 { print "/dev/shm" }')

year: setup-test ## a year on the air in virtual time, some two minutes: 200 power cuts, 50 steps of the clock, 30 losses of the card
	GOTMPDIR=$${TMPDIR:-/tmp} TMPDIR=$(or $(YEARTMP),$${TMPDIR:-/tmp}) LOALANG_YEAR=1 $(GO) test -count=1 -v -timeout 30m -run '^TestYear$$' ./playout

hour: setup-test ## an hour of sound taken in, as WAV and as MP3, some minutes: how long it takes and what memory
	LOALANG_HOUR=1 $(GO) test -count=1 -v -timeout 30m -run '^TestImportTakesAnHour' ./recordings

fuzz: setup-test ## every fuzz test for FUZZ each; what it finds is kept in testdata/fuzz of the package
	scripts/fuzz.sh "$(FUZZ)"

pictures: setup-test ## every page on a phone and on a desk, into docs/pictures
	LOALANG_E2E=require LOALANG_PICTURES=$(CURDIR)/docs/pictures $(GO) test -count=1 -timeout 10m -run '^TestEvery(Empty)?Page$$' ./cmd/loalang

web-audit: setup-audit ## how soon pages are usable on thin lines, and what Lighthouse says, into docs/BENCHMARKS.md; on a quiet machine, some fifteen minutes
	LOALANG_E2E=require LOALANG_AUDIT=$(CURDIR)/docs/BENCHMARKS.md $(GO) test -count=1 -v -timeout 40m -run '^TestWebAudit$$' ./cmd/loalang

web-load: setup-test ## 200 people at the panel at once, and the start of the sound beside them, into docs/BENCHMARKS.md; on a quiet machine, some eight minutes
	LOALANG_E2E=require LOALANG_WEB_LOAD=$(CURDIR)/docs/BENCHMARKS.md $(GO) test -count=1 -v -timeout 30m -run '^TestWebLoad$$' ./cmd/loalang

generate:
	$(GO) generate ./...

setup-build:
	@scripts/setup.sh build
setup-run:
	@scripts/setup.sh run
setup-test:
	@scripts/setup.sh test

setup-bench:
	@scripts/setup.sh bench

setup-audit:
	@scripts/setup.sh audit

clean:
	rm -rf bin
