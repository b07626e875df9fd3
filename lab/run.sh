#!/usr/bin/env bash
# run.sh ci|all: set up the lab and run its suites. `ci` is the part of continuous
# integration: pins, watchdogs and clock. Where neither QEMU nor the kernels are to be had it
# says so and passes; LOALANG_LAB=require makes that a failure.
set -uo pipefail
cd "$(dirname "$0")"
what=${1:-all}
must=${LOALANG_LAB:-}
./setup.sh "$what"
case $? in
0) ;;
3)
	echo "lab: SKIPPED: the $what suites did not run, for want of what is named above" >&2
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
LOALANG_LAB=$what "${GO:-go}" test -count=1 -v -timeout 90m -run "$suites" ./lab
