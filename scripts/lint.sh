#!/bin/sh
# lint.sh: formatting, vet, linters, shell scripts' syntax, and that generated
# files are up to date.
set -eu
cd "$(dirname "$0")/.."
tool="${GO:-go} tool -modfile=tools/go.mod"
unformatted=$($tool gofumpt -l $(git ls-files '*.go'))
if [ -n "$unformatted" ]; then
	printf 'gofumpt would change:\n%s\n' "$unformatted" >&2
	exit 1
fi
"${GO:-go}" vet ./...
$tool golangci-lint run --timeout 15m
for script in scripts/*.sh; do
	shell=sh
	case $(head -n 1 "$script") in *bash) shell=bash ;; esac
	$shell -n "$script"
done
"${GO:-go}" generate ./...
git diff --exit-code -- recordings
echo "lint: clean"
