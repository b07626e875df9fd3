#!/usr/bin/env bash
# build.sh [ARCH...]: packages of Debian for amd64, arm64 and armhf into dist/, by cross compilers
# and libraries that are set up by lab/setup.sh. The same commit gives the same bytes, in any folder.
# VERSION=V gives them another version than that of the commit, FAST=1 packs with gzip.
# SIGN=KEY signs them with that key of gpg: packaging/sign.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
go=${GO:-go}
out=${OUT:-dist}
read -r -a arches <<<"${*:-amd64 arm64 armhf}"

epoch=$(git log -1 --format=%ct)
day=$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y%m%d.%H%M%S)
commit=$(git log -1 --format=%h --abbrev=9)
version=$(git describe --tags --match 'v[0-9]*' --exact-match 2>/dev/null | sed 's/^v//') || true
version=${VERSION:-${version:-0.0~git$day.$commit}}
if [ -z "${VERSION:-}" ] && [ -n "$(git status --porcelain --untracked-files=no)" ]; then
	version=$version+changed
	echo "packages: what is built is no commit: the version says +changed" >&2
fi
export SOURCE_DATE_EPOCH=$epoch GOFLAGS=-mod=readonly

foreign=
for arch in "${arches[@]}"; do [ "$arch" = "$(dpkg --print-architecture)" ] || foreign=yes; done
if [ -n "$foreign" ]; then lab/setup.sh cross; fi
cache=$(bash -c 'cd lab && . ./apt.sh && echo "$cache"')

compile() { # compile ARCH FILE
	local goarch=$1 triplet=x86_64-linux-gnu root=$cache/sysroot-$1
	case $1 in
	amd64) ;;
	arm64) triplet=aarch64-linux-gnu ;;
	armhf) goarch=arm triplet=arm-linux-gnueabihf ;;
	*) echo "packages: no architecture $1: use amd64, arm64, armhf" >&2 && exit 2 ;;
	esac
	local cc=$triplet-gcc cross=()
	if [ "$1" = "$(dpkg --print-architecture)" ]; then
		cc=gcc
	else
		cross=("PKG_CONFIG_SYSROOT_DIR=$root" "PKG_CONFIG_LIBDIR=$root/usr/lib/$triplet/pkgconfig"
			"CGO_CFLAGS=-O2 -g -I$root/usr/include" "CGO_LDFLAGS=-L$root/usr/lib/$triplet -Wl,-rpath-link,$root/usr/lib/$triplet -Wl,-rpath-link,$root/lib/$triplet")
	fi
	env CGO_ENABLED=1 GOOS=linux "GOARCH=$goarch" GOARM=7 "CC=$cc" "${cross[@]}" \
		"$go" build -trimpath -buildvcs=true -ldflags "-s -w -buildid= -X main.version=$version" -o "$2" ./cmd/loalang
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$go" build -C packaging/mkdeb -o "$work/mkdeb" .
mkdir -p "$out"
for arch in "${arches[@]}"; do
	compile "$arch" "$work/loalang-$arch"
	"$work/mkdeb" -arch "$arch" -version "$version" -epoch "$epoch" -program "$work/loalang-$arch" -source packaging -docs docs -out "$out" ${FAST:+-fast}
done
if [ -n "${SIGN:-}" ]; then packaging/sign.sh "$SIGN" "$out"; fi
