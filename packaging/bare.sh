#!/usr/bin/env bash
# bare.sh PACKAGE...: a bare Debian 12 with systemd, and those packages from Debian, as the image of
# a disk for the lab's virtual machine; its name is printed. It is made once, by debootstrap, as
# root, from the mirrors of this machine's apt, and kept in the lab's cache. It ends with 3, and
# says why, where what it needs cannot be had.
# At its start the machine runs the script `run` of its second disk, and switches off behind it.
set -euo pipefail
cd "$(dirname "$0")/../lab"
. ./apt.sh
PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" = 0 ] || lacking "a bare Debian is made by root"
command -v apt-get >/dev/null || lacking "this machine has no apt-get"
if ! command -v debootstrap >/dev/null; then
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends debootstrap >/dev/null 2>&1 ||
		lacking "debootstrap could not be installed"
fi
modules=$(find "$cache/amd64/lib/modules" -mindepth 1 -maxdepth 1 -print -quit 2>/dev/null) || true
[ -n "$modules" ] || lacking "no kernel for amd64 in $cache: make lab-setup"

image=$cache/bare-amd64.ext4
stamp=$(cat ../packaging/bare.sh "$cache/amd64/stamp" - <<<"$*" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$image.stamp" 2>/dev/null)" = "$stamp" ]; then
	echo "$image"
	exit 0
fi
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Suite: oldstable' 2>/dev/null | head -n 1)
mirror=${mirror:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)}
say "making a bare Debian 12 (once, some minutes)"
root=$(mktemp -d "$cache/bare-XXXXXX")
cleared() {
	mountpoint -q "$root/proc" && umount "$root/proc"
	[ -z "$(awk -v r="$root/" 'index($2, r) == 1' /proc/mounts)" ] && rm -rf --one-file-system "$root"
}
trap cleared EXIT
debootstrap --variant=minbase --include=systemd-sysv,udev,dbus,kmod bookworm "$root" "$mirror" >"$cache/bare.log" 2>&1 || lacking "debootstrap did not come to its end: see $cache/bare.log"
for extra in /etc/resolv.conf; do cp "$extra" "$root$extra"; done
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod 755 "$root/usr/sbin/policy-rc.d"
mount -t proc proc "$root/proc"
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@" >>"$cache/bare.log" 2>&1 || lacking "$*: see $cache/bare.log"; }
# --no-install-recommends, as loalang-update installs.
inside apt-get install -y -qq --no-install-recommends "$@"
inside apt-get clean
umount "$root/proc"
rm -f "$root/usr/sbin/policy-rc.d" "$root/etc/resolv.conf" && rm -rf "$root"/var/lib/apt/lists/*
# The kernel's modules that a board loads; the lab's first process brings its own.
to=$root/lib/modules/${modules##*/}
mkdir -p "$to/kernel"
cp "$modules"/modules.* "$to/"
for part in sound drivers/usb/serial drivers/usb/class drivers/gpio fs/configfs net/ipv4/netfilter; do
	[ ! -d "$modules/kernel/$part" ] || { mkdir -p "$to/kernel/${part%/*}" && cp -r "$modules/kernel/$part" "$to/kernel/$part"; }
done
echo board >"$root/etc/hostname"
echo "127.0.0.1 localhost board" >"$root/etc/hosts"
: >"$root/etc/fstab"
: >"$root/etc/machine-id"
chroot "$root" passwd -d root >/dev/null
cat >"$root/etc/systemd/system/lab.service" <<'UNIT'
[Unit]
Description=What the lab wants to know
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'mkdir -p /run/lab && mount -o ro /dev/vdb /run/lab && exec /bin/sh /run/lab/run'
ExecStopPost=/usr/bin/systemctl --no-block poweroff
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
UNIT
mkdir -p "$root/etc/systemd/system/multi-user.target.wants" "$root/etc/systemd/system/default.target.wants"
ln -s ../lab.service "$root/etc/systemd/system/default.target.wants/lab.service"
ln -sf /dev/null "$root/etc/systemd/system/serial-getty@ttyS0.service"
ln -sf /dev/null "$root/etc/systemd/system/getty@tty1.service"
ln -sf /usr/lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
rm -f "$image" "$image.stamp"
mkfs.ext4 -q -F -m 0 -O ^has_journal -E lazy_itable_init=0,nodiscard -d "$root" "$image" 3G >&2
echo "$stamp" >"$image.stamp"
echo "$image"
