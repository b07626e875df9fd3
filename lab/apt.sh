#!/usr/bin/env bash
# apt.sh is read by the other scripts: the cache, and the machine's own apt for another
# architecture. It installs nothing and changes nothing of the machine's dpkg.
cache=${LOALANG_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/loalang-lab}
mkdir -p "$cache/debs"
cache=$(cd "$cache" && pwd)

say() { printf 'lab: %s\n' "$*" >&2; }
# lacking ends with 3: what is needed cannot be had here.
lacking() {
	say "$*"
	exit 3
}

# apt_of ARCH sets the array apt to the options by which apt-get and apt-cache see the
# mirrors of this machine as a machine of that architecture would: lists of its own in
# the cache, the sources and keys of the machine.
apt_of() {
	apt=(-o APT::Sandbox::User=root)
	[ "$1" != "$(dpkg --print-architecture)" ] || return 0
	local own=$cache/apt-$1
	mkdir -p "$own/lists/partial" "$own/archives/partial"
	: >"$own/status"
	apt+=(-o "APT::Architecture=$1" -o "APT::Architectures=$1" -o "Dir::State::lists=$own/lists"
		-o "Dir::State::status=$own/status" -o "Dir::Cache=$own")
	# A source that has nothing for this architecture is none of ours: its fault counts
	# only when a package is then not found.
	[ -n "$(find "$own/lists" -maxdepth 1 -name '*Packages*' -mtime -7 -print -quit)" ] ||
		apt-get "${apt[@]}" update -qq >/dev/null 2>&1 || say "some of apt's sources do not answer for $1"
}

# fetch PACKAGE VERSION downloads a package into the cache and sets file to it.
fetch() {
	file=
	local found
	found=$(find "$cache/debs" -maxdepth 1 -name "$1_${2//:/%3a}_*.deb" -print -quit)
	if [ -z "$found" ]; then
		(cd "$cache/debs" && apt-get "${apt[@]}" download -qq "$1=$2" >/dev/null 2>&1) ||
			lacking "the mirror has no $1 $2 for this machine's apt (no network, or it was replaced: lab/pin.sh names the newest)"
		found=$(find "$cache/debs" -maxdepth 1 -name "$1_${2//:/%3a}_*.deb" -print -quit)
	fi
	file=$found
}
