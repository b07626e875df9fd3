#!/usr/bin/env bash
# pin.sh [ARCH...]: print the lines of lab/kernels.txt for the newest kernel that the
# mirrors of this machine's apt have. Without a word: amd64 and arm64. It downloads the
# packages into the cache, so that lab/setup.sh finds them there.
set -euo pipefail
cd "$(dirname "$0")"
. ./apt.sh
sed -n '/^#/p' kernels.txt
for arch in "${@:-amd64 arm64}"; do
	for arch in $arch; do
		apt_of "$arch"
		image=$(apt-cache "${apt[@]}" depends "linux-image-$arch" | sed -n 's/ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
		abi=${image#linux-image-}
		wanted="$image linux-headers-$abi"
		[ "$arch" != amd64 ] || wanted="$wanted linux-headers-${abi%-amd64}-common linux-kbuild-6.1 linux-source-6.1"
		for package in $wanted; do
			version=$(apt-cache "${apt[@]}" policy "$package" | sed -n 's/ *Candidate: //p')
			fetch "$package" "$version"
			echo "$arch $package $version $(sha256sum <"$file" | cut -d' ' -f1)"
		done
	done
done
