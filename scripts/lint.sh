#!/bin/sh
# lint.sh: formatting, vet, linters, known vulnerabilities, shell scripts' syntax, and
# that generated files are up to date.
set -eu
cd "$(dirname "$0")/.."
tool="${GO:-go} tool -modfile=tools/go.mod"
unformatted=$($tool gofumpt -l $(git ls-files '*.go'))
if [ -n "$unformatted" ]; then
	printf 'gofumpt would change:\n%s\n' "$unformatted" >&2
	exit 1
fi
"${GO:-go}" vet ./...
"${GO:-go}" vet -C packaging/mkdeb ./...
# Boards of 32 bits: what has no C in it is compiled for them, so that no size of a kernel's
# structure is taken for that of this machine.
GOOS=linux GOARCH=arm GOARM=7 CGO_ENABLED=0 "${GO:-go}" build $("${GO:-go}" list -f '{{if .GoFiles}}{{.ImportPath}}{{end}}' ./... | grep -v -e /cmd/ -e /audio/speaker -e /store -e /lab)
$tool golangci-lint run --timeout 15m
for script in scripts/*.sh lab/*.sh packaging/*.sh; do
	shell=sh
	case $(head -n 1 "$script") in *bash) shell=bash ;; esac
	$shell -n "$script"
done
# Known holes in what is built of. The database lies on the Internet, or where GOVULNDB
# says (file:///…): where it cannot be reached that is told, and counts if LOALANG_VULN is
# "require". A hole that the program reaches always counts.
if ! found=$($tool govulncheck ${GOVULNDB:+-db "$GOVULNDB"} ./... 2>&1); then
	printf '%s\n' "$found" >&2
	case $found in
	*"fetching vulnerabilities"*)
		echo "lint: NOT CHECKED for known vulnerabilities: govulncheck cannot reach its database" >&2
		[ "${LOALANG_VULN:-}" != require ] || exit 1
		;;
	*) exit 1 ;;
	esac
fi
"${GO:-go}" generate ./...
git diff --exit-code -- recordings
echo "lint: clean"
