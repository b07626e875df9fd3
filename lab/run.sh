#!/usr/bin/env bash
# run.sh ci|all: set up the lab and run its suites. `ci` is the part of continuous
# integration: pins, watchdogs and clock. Where neither QEMU nor the kernels are to be had (no
# apt, not root, no network) it says so aloud and passes; LOALANG_LAB=require makes that a failure.
# What goes wrong where they are to be had is a failure always.
set -uo pipefail
cd "$(dirname "$0")"
what=${1:-all}
must=${LOALANG_LAB:-}
why=$(mktemp)
trap 'rm -f "$why"' EXIT
./setup.sh "$what" 2> >(tee "$why" >&2)
case $? in
0) ;;
3)
	sleep 0.2 # until tee has written
	cat >&2 <<END

############################################################################
##  THE LAB DID NOT RUN: pins, watchdogs and clock of the board are        ##
##  NOT PROVEN by this run. What is lacking:                               ##
############################################################################
$(sed 's/^/##  /' "$why")
##  LOALANG_LAB=require makes this a failure; docs/LAB.md says what is needed.

END
	[ "$must" != require ] || exit 1
	exit 0
	;;
*) exit 1 ;;
esac
suites='^TestBoard'
[ "$what" = ci ] || suites='^Test(Board|Lab)'
[ "$what" = ci ] || LOALANG_E2E=require
export LOALANG_E2E
cd ..
told=()
[ -z "${LOALANG_FIGURES:-}" ] || told=(scripts/figures.sh "make lab")
LOALANG_LAB=$what "${told[@]}" "${GO:-go}" test -count=1 -v -timeout 90m -run "$suites" ./lab
