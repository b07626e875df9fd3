#!/usr/bin/env bash
# twice.sh [ARCH]: make the package of this commit in two folders, the second time without what the
# first one left in a cache, and compare every byte.
set -euo pipefail
cd "$(dirname "$0")/.."
arch=${1:-$(dpkg --print-architecture)}
[ -z "$(git status --porcelain --untracked-files=no)" ] || { echo "twice: commit first: what is compared is a commit" >&2 && exit 1; }
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
git clone -q . "$work/a-folder-with-another-name"
OUT=$work/one packaging/build.sh "$arch"
OUT=$work/two GOCACHE=$work/cache "$work/a-folder-with-another-name/packaging/build.sh" "$arch"
diff -r "$work/one" "$work/two"
echo "twice: the same bytes: $(cd "$work/one" && sha256sum ./*.deb)"
