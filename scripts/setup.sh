#!/bin/sh
# setup.sh build|run|test|bench|audit: install what this machine lacks for that purpose.
# Everything is announced; what is present is left alone; where nothing may be
# installed, it says what a person has to do, and fails.
set -eu

purpose=${1:-run}
say() { printf 'setup: %s\n' "$*"; }
stop() {
	printf 'setup: %s\n' "$*" >&2
	exit 1
}

# --- the Go toolchain is the one thing that the packages of Debian 12 are too old for
command -v "${GO:-go}" >/dev/null 2>&1 || stop "Go is not installed. Install Go 1.26 or newer from https://go.dev/dl/ and put its bin folder on the PATH, then run the same command again."
version=$("${GO:-go}" env GOVERSION | sed 's/^go//')
major=${version%%.*}
rest=${version#*.}
minor=${rest%%[!0-9]*}
if [ "$major" -lt 1 ] || { [ "$major" -eq 1 ] && [ "$minor" -lt 26 ]; }; then
	stop "Go $version is too old: Loa Làng needs Go 1.26 or newer from https://go.dev/dl/."
fi

# --- Debian packages: name, and how to tell that it is there
wanted=""
want() { # want PACKAGE TEST...
	package=$1
	shift
	if "$@" >/dev/null 2>&1; then return 0; fi
	wanted="$wanted $package"
}
has() { command -v "$1"; }
alsa_headers() { test -f /usr/include/alsa/asoundlib.h; }
amr_of_sox() { ls /usr/lib/*/sox/libsox_fmt_amr_nb.so; }
roots() { test -s /etc/ssl/certs/ca-certificates.crt; }

want gcc has gcc
want libc6-dev test -f /usr/include/stdio.h
want pkg-config has pkg-config
want libasound2-dev alsa_headers
want ca-certificates roots
if [ "$purpose" != build ]; then
	want espeak-ng has espeak-ng
	want ffmpeg has ffmpeg
	want bubblewrap has bwrap
	want util-linux has prlimit
	want alsa-utils has arecord
	want tzdata test -e /usr/share/zoneinfo/Asia/Ho_Chi_Minh
fi
if [ "$purpose" = test ] || [ "$purpose" = audit ]; then
	want chromium has chromium
	want nodejs has node
	want npm has npm
	want poppler-utils has pdftotext
	want libnss3-tools has certutil
	want fonts-dejavu-core test -d /usr/share/fonts/truetype/dejavu
	want systemd has systemd-analyze
	want gnupg has gpg
	want gpgv has gpgv
	want curl has curl
	want jq has jq
	want procps has ps
	want sox has sox
	want libsox-fmt-base amr_of_sox
	want zbar-tools has zbarimg
fi
if [ "$purpose" = bench ]; then # the players to be compared with
	want curl has curl
	want mpd has mpd
	want mpc has mpc
	want mpv has mpv
	want liquidsoap has liquidsoap
	want snapclient has snapclient
	want snapserver has snapserver
fi
install_packages() {
	by_hand="Install them by hand, as root: apt-get install$wanted"
	command -v apt-get >/dev/null 2>&1 || stop "this machine lacks:$wanted, and has no apt-get. Install what corresponds to them in its own way, then run the same command again."
	as_root=""
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null 2>&1 || stop "this machine lacks:$wanted. $by_hand"
		as_root=sudo
	fi
	say "this machine lacks:$wanted"
	say "installing with apt-get (this is done once)"
	apt() { DEBIAN_FRONTEND=noninteractive $as_root apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; }
	apt update -qq || say "the list of packages could not be refreshed; trying with the old one"
	for package in $wanted; do
		say "installing $package"
		apt install -y -qq --no-install-recommends "$package" >/dev/null || stop "$package could not be installed. $by_hand"
	done
}
[ -z "$wanted" ] || install_packages

# --- what the tests hold the panel against comes from npm; without it they skip, and say so
from_npm() { # from_npm FOLDER: what its package-lock.json names, once
	tools=$(dirname "$0")/../tools/$1
	if cmp -s "$tools/package-lock.json" "$tools/node_modules/.installed"; then return 0; fi
	say "installing the tools of tools/$1 with npm (this is done once)"
	if npm --prefix "$tools" ci --loglevel=error >/dev/null; then
		cp "$tools/package-lock.json" "$tools/node_modules/.installed"
	else
		say "they could not be installed: the tests that need them will skip. Try again when there is a network."
	fi
}
if [ "$purpose" = test ] || [ "$purpose" = audit ]; then from_npm browser; fi
if [ "$purpose" = audit ]; then from_npm audit; fi
