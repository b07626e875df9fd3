#!/usr/bin/env bash
# setup.sh ci|all|cross: what the lab needs. It installs the programs that are missing with apt,
# downloads Debian's kernels into a cache (LOALANG_LAB_CACHE, else ~/.cache/loalang-lab),
# holds them against their checksums, and builds gpio-sim, which Debian does not, out of their
# sources. The kernels are those of kernels.txt, or where the mirrors have dropped them the newest
# of their index, which is kept in the cache. Nothing of a kernel is kept in this repository. `ci` is the amd64 machine
# alone, `all` the arm64 machine and the libraries for arm64 and armhf as well, `cross` compilers
# and libraries alone, for packages.
# It ends with 3, and says why, where what it needs cannot be had: no apt, not root, no network.
# What is wrong although all of that is there ends it with 1.
set -euo pipefail
cd "$(dirname "$0")"
what=${1:-all}
. ./apt.sh

# --- programs
lack=()
want() { # want PACKAGE TEST...
	"${@:2}" >/dev/null 2>&1 || lack+=("$1")
}
has() { command -v "$1"; }
want gcc has gcc
if [ "$what" != cross ]; then
	want qemu-system-x86 has qemu-system-x86_64
	want seabios test -e /usr/share/seabios/bios-256k.bin
	want ipxe-qemu test -e /usr/lib/ipxe/qemu/efi-virtio.rom
	want e2fsprogs has mkfs.ext4
	want busybox-static has busybox
	want kmod has depmod
	want xz-utils has xz
	want make has make
fi
if [ "$what" = all ]; then want qemu-system-arm has qemu-system-aarch64; fi
if [ "$what" != ci ]; then
	want gcc-aarch64-linux-gnu has aarch64-linux-gnu-gcc
	want libc6-dev-arm64-cross test -e /usr/aarch64-linux-gnu/lib/libc.so.6
	want gcc-arm-linux-gnueabihf has arm-linux-gnueabihf-gcc
	want libc6-dev-armhf-cross test -e /usr/arm-linux-gnueabihf/lib/libc.so.6
fi
PATH=$PATH:/usr/sbin:/sbin
if [ ${#lack[@]} -gt 0 ]; then
	command -v apt-get >/dev/null || lacking "this machine lacks ${lack[*]} and has no apt-get"
	[ "$(id -u)" = 0 ] || lacking "this machine lacks ${lack[*]}; as root: apt-get install ${lack[*]}"
	say "installing ${lack[*]} (this is done once)"
	apt-cache show "${lack[0]}" >/dev/null 2>&1 || apt-get update -qq >/dev/null 2>&1 || lacking "${lack[*]}: the mirrors of apt do not answer"
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${lack[@]}" >/dev/null 2>&1 ||
		lacking "${lack[*]} could not be installed"
fi

# --- kernels: chosen into $cache/kernels.txt, unpacked once for each state of it
had() { # had FILE: each of its kernels is in the cache, or the mirrors have it
	local arch package version sum
	[ -e "$1" ] || return 1
	for arch in "${arches[@]}"; do
		grep -q "^$arch linux-image" "$1" || return 1
		apt_of "$arch"
		while read -r _ package version sum; do
			[ -n "$(cached "$package" "$version")" ] || [ "$(sum_of "$package" "$version")" = "$sum" ] || return 1
		done < <(grep "^$arch " "$1")
	done
}
choose() {
	arches=(amd64)
	[ "$what" != all ] || arches+=(arm64)
	if had kernels.txt; then
		grep -v '^#' kernels.txt >"$cache/kernels.txt"
	elif ! had "$cache/kernels.txt"; then
		# Lists of apt that are old or empty are no reason to do without.
		if [ "$(id -u)" = 0 ]; then apt-get update -qq >/dev/null 2>&1 || say "the lists of apt could not be refreshed"; fi
		if had kernels.txt; then
			grep -v '^#' kernels.txt >"$cache/kernels.txt"
			return
		fi
		newest "${arches[@]}" >"$cache/kernels.new"
		mv "$cache/kernels.new" "$cache/kernels.txt"
		say "the mirrors have the kernels of lab/kernels.txt no more: $(awk '$2 ~ /^linux-image/ { print $2, $3 }' "$cache/kernels.txt" | paste -sd, -) instead"
	fi
}
pinned() { awk -v a="$1" '$1 == a' "$cache/kernels.txt"; }
unpack_kernel() { # unpack_kernel ARCH: $cache/ARCH has vmlinuz, modules, gpio-sim.ko
	local arch=$1 to=$cache/$1 stamp package version sum abi
	stamp=$({ pinned amd64; pinned "$arch"; cat setup.sh; } | sha256sum | cut -d' ' -f1)
	[ "$(cat "$to/stamp" 2>/dev/null)" != "$stamp" ] || return 0
	rm -rf "${to:?}" && mkdir -p "$to/build"
	apt_of "$arch"
	while read -r _ package version sum; do
		fetch "$package" "$version"
		echo "$sum  $file" | sha256sum -c --quiet - >&2 || { rm -f "$file"; refused "$package $version is not what its checksum promises; it was thrown away"; }
		case $package in
		linux-image-*) abi=${package#linux-image-} && dpkg -x "$file" "$to/build/image" ;;
		linux-source-*) : ;; # read below
		*) dpkg -x "$file" "$to/build/headers" ;;
		esac
	done < <(pinned "$arch"; [ "$arch" = amd64 ] || pinned amd64 | grep -E 'common|kbuild')
	mv "$to/build/image/boot/vmlinuz-$abi" "$to/vmlinuz"
	mkdir -p "$to/lib/modules" && mv "$to/build/image/lib/modules/$abi" "$to/lib/modules/"
	depmod -b "$to" "$abi"
	build_gpio_sim "$arch" "$abi"
	rm -rf "${to:?}/build"
	echo "$stamp" >"$to/stamp"
}
build_gpio_sim() { # build_gpio_sim ARCH ABI
	local to=$cache/$1 abi=$2 source headers module cross=()
	source=$(pinned amd64 | awk '$2 ~ /^linux-source-/ { print $2, $3 }')
	module=$to/build/gpio-sim headers=$to/build/headers/usr/src/linux-headers-$abi
	mkdir -p "$module"
	(apt_of amd64 && fetch $source && echo "$file") >"$to/build/source"
	dpkg --fsys-tarfile "$(cat "$to/build/source")" | tar -xOf - --wildcards '*.tar.xz' | xz -dc |
		tar -C "$module" -xf - --wildcards --strip-components=3 '*/drivers/gpio/gpio-sim.c' '*/drivers/gpio/gpiolib.h' '*/kernel/irq/irq_sim.c'
	# irq_to_desc is not for modules; the descriptor is had by another way.
	sed -i 's/irq_to_desc(\([a-z]*\))/irq_data_to_desc(irq_get_irq_data(\1))/' "$module/irq_sim.c"
	printf 'obj-m := gpio-sim-lab.o\ngpio-sim-lab-y := gpio-sim.o irq_sim.o\nccflags-y += -I$(src)\n' >"$module/Kbuild"
	sed -i "s#\(include \|\)/usr/src/#\1$to/build/headers/usr/src/#g" "$headers/Makefile"
	# The scripts of the headers are links into /usr/lib of a machine that has them installed.
	ln -sfn "$to/build/headers/usr/lib/linux-kbuild-6.1/scripts" "$headers/scripts"
	ln -sfn "$to/build/headers/usr/lib/linux-kbuild-6.1/tools" "$headers/tools"
	[ "$1" != arm64 ] || cross=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-)
	make -s -C "$headers" M="$module" "${cross[@]}" modules >"$cache/gpio-sim-$1.log" 2>&1 || refused "gpio-sim does not build for $abi: see $cache/gpio-sim-$1.log"
	mv "$module/gpio-sim-lab.ko" "$to/gpio-sim.ko"
	"${cross[1]:+aarch64-linux-gnu-}strip" --strip-debug "$to/gpio-sim.ko"
}

# --- the libraries of the product for another architecture
sysroot() { # sysroot ARCH: $cache/sysroot-ARCH
	local to=$cache/sysroot-$1 package
	[ ! -e "$to/stamp" ] || return 0
	rm -rf "${to:?}" && mkdir -p "$to/debs"
	apt_of "$1"
	for package in libasound2-dev libasound2 libasound2-data libc6 libgcc-s1 busybox-static; do
		(cd "$to/debs" && apt-get "${apt[@]}" download -qq "$package" >/dev/null 2>&1) || lacking "the mirror has no $package for $1"
	done
	for package in "$to"/debs/*.deb; do dpkg -x "$package" "$to"; done
	rm -rf "$to/debs" && touch "$to/stamp"
}

[ "$what" = cross ] || choose
[ "$what" = cross ] || unpack_kernel amd64
[ "$what" != all ] || unpack_kernel arm64
if [ "$what" != ci ]; then
	sysroot arm64
	sysroot armhf
fi
say "ready: $cache"
