#!/usr/bin/env bash
# figures.sh BY COMMAND...: run tests or benchmarks, and write what they print of the board's
# figures into docs/BENCHMARKS.md, with BY as the command that measured. It ends as they do.
set -uo pipefail
cd "$(dirname "$0")/.."
by=$1
shift
"$@" 2>&1 | "${GO:-go}" run ./lab/keepfigures --by "$by" docs/BENCHMARKS.md
