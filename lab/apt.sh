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

# refused ends with 1: the mirrors answer and this machine could, so that what is wrong is ours.
refused() {
	say "$*"
	exit 1
}

# cached PACKAGE VERSION: the file of a package that was downloaded before.
cached() { find "$cache/debs" -maxdepth 1 -name "$1_${2//:/%3a}_*.deb" -print -quit; }

# sum_of PACKAGE VERSION: the SHA-256 that the signed index of the mirrors gives the file; nothing
# when they have no such version.
sum_of() {
	apt-cache "${apt[@]}" show "$1=$2" 2>/dev/null | awk '$1 == "SHA256:" && !n++ { print $2 }' || true
}

# newest ARCH...: lines as in kernels.txt of the newest kernel that the mirrors have, with the checksums
# of their index.
newest() {
	local arch abi image package version sum wanted
	for arch in "$@"; do
		apt_of "$arch"
		image=$(apt-cache "${apt[@]}" depends "linux-image-$arch" 2>/dev/null | sed -n 's/ *Depends: \(linux-image-6\.1\.[0-9].*\)/\1/p' | head -n 1) || true
		[ -n "$image" ] || lacking "the mirrors of this machine's apt have no linux-image-$arch of Debian 12 (no network, no lists, or another Debian)"
		abi=${image#linux-image-}
		wanted="$image linux-headers-$abi"
		[ "$arch" != amd64 ] || wanted="$wanted linux-headers-${abi%-amd64}-common linux-kbuild-6.1 linux-source-6.1"
		for package in $wanted; do
			version=$(apt-cache "${apt[@]}" policy "$package" | sed -n 's/ *Candidate: //p') || true
			sum=$(sum_of "$package" "$version")
			[ -n "$sum" ] || refused "the index of the mirrors has $image and no $package that belongs to it"
			echo "$arch $package $version $sum"
		done
	done
}

# fetch PACKAGE VERSION downloads a package into the cache and sets file to it.
fetch() {
	file=$(cached "$1" "$2")
	[ -z "$file" ] || return 0
	(cd "$cache/debs" && apt-get "${apt[@]}" download -qq "$1=$2" >/dev/null 2>&1) || lacking "$1 $2 cannot be downloaded by this machine's apt (no network?)"
	file=$(cached "$1" "$2")
}
