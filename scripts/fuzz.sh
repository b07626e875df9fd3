#!/usr/bin/env bash
# Run every fuzz test for a while each: scripts/fuzz.sh [TIME] [NAME]. TIME is a duration of Go (1m), NAME a pattern of
# names (.). An input that fails is kept in testdata/fuzz of its package: mend what it shows, name a test for it,
# and commit both.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-1m}
wanted=${2:-.}
failed=0
while IFS=: read -r file _ line; do
	name=$(sed -E 's/^func (Fuzz[A-Za-z0-9_]*).*/\1/' <<<"$line")
	[[ $name =~ $wanted ]] || continue
	echo "== $name ($(dirname "$file"))"
	# An input worth keeping is made smaller for a second: by default that takes up the whole time.
	${GO:-go} test "./$(dirname "$file")" -run '^$' -fuzz "^$name\$" -fuzztime "$time" -fuzzminimizetime 1s </dev/null || failed=1
done < <(grep -rn --include='*_test.go' '^func Fuzz' . | sed 's|^\./||' | sort)
exit "$failed"
