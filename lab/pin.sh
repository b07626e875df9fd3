#!/usr/bin/env bash
# pin.sh [ARCH...]: print the lines of lab/kernels.txt for the newest kernel that the
# mirrors of this machine's apt have. Without a word: amd64 and arm64.
set -euo pipefail
cd "$(dirname "$0")"
. ./apt.sh
sed -n '/^#/p' kernels.txt
[ $# -gt 0 ] || set -- amd64 arm64
newest "$@"
