# Loa Làng. `make run` and `make test` do all set-up themselves.
GO      ?= go
DATA    ?= data
LISTEN  ?= 127.0.0.1:8080
DEVICE  ?= default
SOAK    ?= 2h
DAYS    ?= 24
FUZZ    ?= 1m
CUTS    ?= 200
KILLS   ?= 200
ARCHES  ?= amd64 arm64 armhf
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: run test check build bench proof-figures soak soak-parts soak-days soak-card year fuzz lab lab-ci lab-setup power-cuts kills nightly pictures web-audit web-load packages packages-twice packages-test generate setup-build setup-run setup-test setup-bench setup-audit clean

run: setup-run build ## install what is missing, build, and serve the panel
	./bin/loalang serve --data "$(DATA)" --listen "$(LISTEN)" --device "$(DEVICE)"

build: setup-build ## leave bin/loalang
	$(GO) build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/loalang ./cmd/loalang

test: setup-test ## every test, with what it needs installed
	$(GO) test -timeout 75m ./...

check: setup-test ## linters, and every test with the race detector
	scripts/lint.sh
	$(GO) test -race -timeout 45m ./...

bench: setup-bench build ## the figures of docs/BENCHMARKS.md, some forty minutes; what becomes of text and recordings and the comparison with other players are written there, and the lines of the board
	scripts/figures.sh "make bench" $(GO) test -run '^$$' -bench . -benchmem -timeout 60m ./...
	$(GO) run ./recordings/yardstick/figures --write docs/BENCHMARKS.md
	$(GO) run ./audio/speaker/comparison --loalang bin/loalang --write docs/BENCHMARKS.md

proof-figures: setup-test ## proof of play: forty announcements in every condition, into docs/BENCHMARKS.md; some minutes
	LOALANG_E2E=require LOALANG_FIGURES=$(CURDIR)/docs/BENCHMARKS.md scripts/figures.sh "make proof-figures" $(GO) test -count=1 -v -timeout 60m -run '^TestFortyAnnouncements$$' ./proof

soak: soak-parts soak-days soak-card ## the long tests: DAYS of a board in virtual time, SOAK on the virtual card, its memory and descriptors into docs/BENCHMARKS.md

soak-parts: setup-test ## of these: speakers in step, and what else of the parts is long
	LOALANG_SOAK=$(SOAK) $(GO) test -count=1 -v -timeout 12h -run 'InStep|Soak' $$($(GO) list ./... | grep -v -e /playout -e /lab)

soak-days: setup-test ## of these: DAYS of a board in virtual time
	LOALANG_SOAK=$(SOAK) LOALANG_FIGURES=$(CURDIR)/docs/BENCHMARKS.md $(GO) test -count=1 -v -timeout 12h -run '^TestSoak$$' ./playout -soak-days $(DAYS)

soak-card: setup-test ## of these: SOAK of a board on the virtual card
	LOALANG_SOAK=$(SOAK) LOALANG_FIGURES=$(CURDIR)/docs/BENCHMARKS.md LOALANG_E2E=require $(GO) test -count=1 -v -timeout 12h -run '^TestSoakOnTheCard$$' ./lab

lab-setup: setup-test ## QEMU, Debian's kernels and gpio-sim into a cache, for what follows
	lab/setup.sh all

lab: setup-test ## the board on real kernel interfaces in virtual machines, some ten minutes: docs/LAB.md
	LOALANG_FIGURES=$(CURDIR)/docs/BENCHMARKS.md lab/run.sh all

lab-ci: setup-test ## the part of it that continuous integration runs: pins, watchdogs, clock
	lab/run.sh ci

power-cuts: setup-test ## the power of a virtual board cut CUTS times under load; LOALANG_SEED=N repeats a run; half a minute each
	lab/setup.sh ci
	LOALANG_CUTS=$(CUTS) LOALANG_FIGURES=$(CURDIR)/docs/BENCHMARKS.md $(GO) test -count=1 -v -timeout 24h -run '^TestPowerCuts$$' ./lab

kills: setup-test ## the five processes of a board killed in turn, KILLS times in all, under load; some twenty minutes, KILLS=1000 some two hours
	LOALANG_E2E=require LOALANG_KILLS=$(KILLS) LOALANG_FIGURES=$(CURDIR)/docs/BENCHMARKS.md $(GO) test -count=1 -v -timeout 12h -run '^TestKills$$' ./lab

nightly: ## what takes a night: five minutes of each fuzz test, the lab, 200 kills of each process, power cuts, the soak; all of it, whatever fails
	@failed=; for part in "fuzz FUZZ=5m" lab "kills KILLS=1000" proof-figures power-cuts soak-parts soak-days soak-card; do \
		$(MAKE) $$part || failed="$$failed $${part%% *}"; \
	done; [ -z "$$failed" ] || { echo "nightly: these failed:$$failed" >&2; exit 1; }

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

packages: setup-build ## packages of Debian for amd64, arm64 and armhf into dist; ARCHES="amd64" for some, SIGN=KEY signs them with that key of gpg; docs/INSTALL.md
	packaging/build.sh $(ARCHES)

packages-twice: setup-build ## the package of this commit made twice, in another folder and without a cache, and compared; some ten minutes
	packaging/twice.sh

packages-test: setup-test ## the package on a bare Debian in a virtual machine: installed, hardened, killed, brought up to date, refused, removed; some ten minutes, as root
	lab/setup.sh ci
	LOALANG_LAB=all $(GO) test -count=1 -v -timeout 60m -run '^TestLabPackage$$' ./lab

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
	rm -rf bin dist
