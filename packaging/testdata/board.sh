#!/bin/bash
# What is asked of a bare Debian in a virtual machine, as root, when it has started: packages lie
# beside this file. Each answer is a line `PACKAGE ok WHAT` or `PACKAGE bad WHAT`.
[ -n "$BASH_VERSION" ] || exec /bin/bash "$0"
here=/run/lab
exec 2>&1
ok() { echo "PACKAGE ok $*"; }
bad() { echo "PACKAGE bad $*"; }
holds() { # holds WHAT COMMAND…
	local what=$1 said
	shift
	if said=$("$@" 2>&1); then ok "$what"; else bad "$what: ${said//$'\n'/ | }"; fi
}
until_so() { # until_so WHAT COMMAND…: it may take an emulated machine a while
	local what=$1 i
	shift
	for ((i = 0; i < 240; i++)); do
		if "$@" >/dev/null 2>&1; then
			ok "$what"
			return
		fi
		sleep 1
	done
	bad "$what: $("$@" 2>&1 | tail -n 3 | tr '\n' '|')"
}
ask() { # ask METHOD PATH [BODY]: the panel's answer
	exec 3<>"/dev/tcp/${at:-127.0.0.1}/8080" || return 1
	printf '%s %s HTTP/1.0\r\nHost: board\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
		"$1" "$2" "${token:+Authorization: Bearer $token$'\r\n'}" "${#3}" "$3" >&3
	cat <&3
	exec 3<&-
}
answers() { ask GET "$1" | head -n 1 | grep -q ' 200'; }
pid() { systemctl show -p MainPID --value loalang; }
runs() { readlink "/proc/$(pid)/exe" | grep -q "/$1/"; }
first_link() { journalctl -u loalang -o cat | grep -o '/setup?t=[^ ]*' | tail -n 1; }
setup_page() { ask GET "$(first_link)" | grep -q '<form'; }
silent() { ! grep -q . <<<"$1"; }

install_it() {
	holds "the package installs" dpkg -i "$here"/one/*.deb
	until_so "the service runs" systemctl --quiet is-active loalang
	until_so "the panel answers" answers /healthz
	holds "the first account's page opens by the link of the journal" setup_page
	holds "its settings are for root and the service" test "$(stat -c %a:%G /etc/loalang/loalang.env)" = 640:loalang
	holds "it is enabled" systemctl --quiet is-enabled loalang
	holds "its import socket listens" systemctl --quiet is-active loalang-import.socket
	holds "nothing of the units is unknown to systemd" silent "$(journalctl -b -o cat _PID=1 | grep -i 'loalang.*\(unknown\|ignoring\|failed to parse\)')"
	for u in loalang.service loalang-restart.service 'loalang-import@1.service'; do
		holds "exposure of $u" systemd-analyze security --threshold=25 --no-pager "$u"
	done
}

# What the service may and may not do, from inside a unit that differs only in what it starts.
confined() {
	local unit=/etc/systemd/system/loalang-lab.service
	sed -e "s#^ExecStart=.*#ExecStart=$1#" -e '/^\[Unit\]/a JoinsNamespaceOf=loalang.service' -e '/^\(Wants\|After\)=/s/ loalang-\(import\.socket\|wear\.timer\)//g; /^ExecStartPre/d; /^ExecStopPost/d; /^Restart/d; /^WatchdogSec/d; /^NotifyAccess/d; s/^Type=.*/Type=oneshot/' /usr/lib/systemd/system/loalang.service >$unit
	systemctl daemon-reload
	systemctl start loalang-lab.service
	local code=$?
	journalctl -u loalang-lab -o cat -b --since "$2"
	return $code
}
inside() { # inside WHAT WORDS COMMAND: the command's output has the words
	local said now
	now=$(date '+%F %T')
	sleep 1
	said=$(confined "$3" "$now")
	if grep -q -e "$2" <<<"$said"; then ok "$1"; else bad "$1: ${said//$'\n'/ | }"; fi
}
metric() { ask GET /metrics | tr -d '\r' | grep -q "^$1\$"; }
hardened() {
	until_so "the sound card is open" grep -q RUNNING /proc/asound/card0/pcm0p/sub0/status
	until_so "the sound runs at real-time priority" metric 'loalang_output_real_time 1'
	until_so "the output is up" metric 'loalang_output_up 1'
	journalctl -u loalang -o cat -b | grep -i -e level=WARN -e level=ERROR | tail -n 8
	inside "sound files are opened by the service of its own" 'ffmpeg, locked in by a service of its own' '/usr/bin/loalang doctor --lang en'
	systemctl stop loalang-import.socket
	inside "without that by Landlock" 'ffmpeg, locked in by landlock' '/usr/bin/loalang doctor --lang en'
	systemctl start loalang-import.socket
	inside "/usr is read-only" 'Read-only file system' '/bin/sh -c "touch /usr/bin/x || true"'
	inside "other devices are refused" 'Operation not permitted\|Permission denied' '/bin/sh -c "head -c1 /dev/vda || true"'
	inside "pins are reached" 'gpiochip' '/bin/sh -c "gpiodetect"'
	inside "the program gets its priority" 'ok   real-time priority' '/usr/bin/loalang doctor --lang en'
	inside "the clock's state is read" 'clock' '/usr/bin/loalang doctor --lang en'
	inside "real-time priority is had" 'SCHED_RR' '/usr/bin/chrt -r 20 /usr/bin/chrt -p 0'
	inside "memory may be locked" 'unlimited' '/bin/sh -c "ulimit -l"'
	inside "what is kept in memory survives a stop" 'kept' '/bin/sh -c "echo kept > /dev/shm/kept-of-lab; cat /dev/shm/kept-of-lab"'
	holds "and is there behind it" test -s /dev/shm/kept-of-lab
}

survive() {
	local was
	was=$(pid)
	kill -KILL "$was"
	until_so "a kill ends in a restart" eval '[ "$(pid)" != 0 ] && [ "$(pid)" != '"$was"' ]'
	until_so "and the panel answers again" answers /healthz
	# As the watchdog ends it, and as a panic does: Go's own exit code.
	for signal in ABRT QUIT; do
		was=$(pid)
		kill -$signal "$was"
		until_so "a crash by $signal ends in a restart" eval '[ "$(pid)" != 0 ] && [ "$(pid)" != '"$was"' ]'
		until_so "and the panel answers behind it" answers /healthz
	done
	if systemctl show -p WatchdogUSec --value loalang | grep -qv '^0$\|infinity'; then
		was=$(pid)
		kill -STOP "$was"
		until_so "a program that hangs is replaced" eval '[ "$(pid)" != 0 ] && [ "$(pid)" != '"$was"' ]'
		until_so "and the panel answers once more" answers /healthz
	fi
}

upgrade() {
	holds "an account is made by the command line" eval 'echo "Một mật khẩu dài 9" | loalang-board user add kythuat --role admin --password-stdin'
	token=$(loalang-board token add lab --role admin --allow-emergency | tail -n 1)
	echo '# changed by the technician' >>/etc/loalang/loalang.env
	holds "an emergency sounds" eval 'ask POST /api/v1/emergency "{\"title\":\"Flood\",\"reason\":\"test\",\"expires_in\":3600}" | head -n 1 | grep -q " 20"'
	local was
	was=$(pid)
	holds "an update is taken in" loalang-update "$here"/two/*.deb </dev/null
	sleep 20
	holds "the old version goes on while something sounds" eval '[ "$(pid)" = '"$was"' ]'
	# The kernel calls it deleted, for its first name was; the program leaves that word out too.
	holds "its program lies where it was" eval 'exe=$(readlink /proc/'"$was"'/exe); test -x "${exe% (deleted)}"'
	holds "the emergency ends" eval 'ask DELETE /api/v1/emergency | head -n 1 | grep -q " 20"'
	until_so "the new version begins when nothing sounds" runs 0.2
	until_so "the panel of the new version answers" answers /healthz
	holds "the account is still there" eval 'loalang-board user list | grep -q kythuat'
	holds "it goes back" loalang-update --back
	until_so "the version before runs again" runs 0.1
	holds "the account is there before it goes on" eval 'loalang-board user list | grep -q kythuat'
	holds "the same package is taken in again" loalang-update "$here"/two/*.deb </dev/null
	until_so "and the new one runs" runs 0.2
	until_so "whose panel answers" answers /healthz
	holds "the settings are kept" grep -q 'changed by the technician' /etc/loalang/loalang.env
	holds "those of the new package lie beside them" grep -q 'another setting of version two' /etc/loalang/loalang.env.dpkg-dist
}

# A stick is mounted by the rule of udev, for the service, whose backup goes there; pulled out, it is
# given back.
stick() {
	local place=/media/loalang-sda
	until_so "a stick is found" test -b /dev/sda
	holds "it has no file system yet" eval '! mountpoint -q '$place
	holds "it is given one" mkfs.vfat -I /dev/sda
	until_so "it is mounted, and nobody did it" mountpoint -q $place
	holds "it is the service's alone" eval '[ "$(stat -c %U:%a '$place')" = loalang:700 ]'
	holds "a folder says that backups may lie there" mkdir $place/loalang-backup
	token=${token:-$(loalang-board token add stick --role admin | tail -n 1)}
	holds "a backup is asked for" eval 'ask POST /api/v1/backups | head -n 1 | grep -q " 202"'
	until_so "the service writes it onto the stick" eval 'ls '$place'/loalang-backup/*.loalang.tar'
	holds "it is whole" eval 'loalang-board backup verify '$place'/loalang-backup/*.loalang.tar'
	echo 1 >/sys/block/sda/device/delete
	until_so "pulled out, it is mounted no more" eval '! mountpoint -q '$place
	holds "and the panel answers as before" answers /healthz
}

# A service that is down is started by going back and by an update; a setting that is wrong keeps it
# down until somebody corrects it.
down() {
	local settings=/etc/loalang/loalang.env
	cp $settings /run/settings.kept
	echo 'LOALANG_LISTEN=nowhere' >>$settings
	systemctl restart loalang
	until_so "a wrong setting is not tried again" systemctl --quiet is-failed loalang
	sleep 2
	holds "and stays so" systemctl --quiet is-failed loalang
	cat /run/settings.kept >$settings
	holds "it goes back while the service is down" loalang-update --back
	until_so "and the version before is started" runs 0.1
	until_so "whose panel answers too" answers /healthz
	systemctl stop loalang
	holds "a version is laid down while the service is down" dpkg -i --force-confold "$here"/two/*.deb
	until_so "and is started" runs 0.2
	until_so "and answers" answers /healthz
}

# A version that takes the data and does not start: nobody is there to go back.
unproven() {
	local program
	holds "a version is taken in once more" dpkg -i --force-confold "$here"/two/*.deb
	program=$(readlink -e /usr/bin/loalang)
	mv "$program" "$program.lab"
	printf '#!/bin/sh\n[ "$1" != serve ] || exit 2\nexec %s.lab "$@"\n' "$program" >"$program"
	chmod 755 "$program"
	systemctl restart loalang
	until_so "a version that does not start goes by itself" runs 0.1
	until_so "and the panel of the one before answers" answers /healthz
	holds "which is no longer on trial" test ! -e /usr/lib/loalang/before/unproven
	mv "$program.lab" "$program"
	holds "the new one is taken in when it is mended" dpkg -i --force-confold "$here"/two/*.deb
	until_so "and begins" runs 0.2
	until_so "and its panel answers" answers /healthz
	holds "and counts as unproven" test -s /usr/lib/loalang/before/unproven
}

# A panel that listens on one address of the local network alone: the update waits for that one.
bound() {
	local settings=/etc/loalang/loalang.env
	local was at=192.168.77.1
	mkdir -p /run/systemd/network
	printf '[Match]\nName=lo\n[Network]\nAddress=127.0.0.1/8\nAddress=%s/32\n' $at >/run/systemd/network/lab.network
	systemctl start systemd-networkd
	until_so "this machine has an address" grep -q "$at" /proc/net/fib_trie
	cp $settings /run/settings.kept
	echo "LOALANG_LISTEN=$at:8080" >>$settings
	systemctl restart loalang
	until_so "the panel answers by one address alone" answers /healthz
	was=$(pid)
	holds "an update begins behind it" timeout 200 systemctl start loalang-restart.service
	until_so "in another process" eval '[ "$(pid)" != 0 ] && [ "$(pid)" != '"$was"' ]'
	cat /run/settings.kept >$settings
	systemctl stop systemd-networkd
	at=127.0.0.1
	systemctl restart loalang
	until_so "the panel answers by the old address" answers /healthz
}

refuse() {
	local was said
	was=$(pid)
	said=$(dpkg -i --force-confold "$here"/three/*.deb 2>&1) && bad "an update that does not take the data is installed"
	holds "a refused update says so" grep -q 'does not take it' <<<"$said"
	holds "the version before goes on" eval '[ "$(pid)" = '"$was"' ]'
	holds "and would after a restart" eval 'loalang version | grep -q 0.2'
	systemctl restart loalang
	until_so "it does" answers /healthz
	holds "the same program again mends the package" dpkg -i --force-confold "$here"/two/*.deb
	holds "loalang-update tries before it installs" eval '! loalang-update '"$here"'/three/*.deb && dpkg-query -W -f "\${Version}" loalang | grep -q 0.2'
}

# What a power cut leaves between laying a version down and trying it; and then it is refused.
cut() {
	holds "a version is laid down and not set up" dpkg --force-confold --unpack "$here"/three/*.deb
	systemctl restart loalang
	until_so "the one before begins" runs 0.2
	until_so "whose panel answers then" answers /healthz
	holds "whoever goes on with it is refused" eval '! dpkg --force-confold --configure loalang'
	systemctl restart loalang
	until_so "and the one before begins again" runs 0.2
	until_so "whose panel answers again" answers /healthz
	holds "the program of before mends the package" dpkg -i --force-confold "$here"/two/*.deb
}

remove() {
	local said
	holds "it is removed" dpkg -r loalang
	holds "nothing runs any more" eval '! pgrep -x loalang'
	holds "the data stay" test -s /var/lib/loalang/loalang.db
	holds "it is installed again" dpkg -i --force-confold "$here"/two/*.deb
	until_so "it runs again" systemctl --quiet is-active loalang
	until_so "its panel answers again" answers /healthz
	holds "with the account of before" eval 'loalang-board user list | grep -q kythuat'
	[ -e /etc/loalang/packages.gpg ] || echo key >/etc/loalang/packages.gpg
	said=$(dpkg -P loalang 2>&1) || bad "it is not purged: $said"
	holds "a purge says what it removes" grep -q 'removing everything that the board kept' <<<"$said"
	holds "and does" test ! -e /var/lib/loalang
	said=$(find / -xdev -path /run -prune -o -path /proc -prune -o -path /var/log -prune -o -iname '*loalang*' -print | grep -v '^/etc/\(passwd\|group\)\|loalang-lab')
	holds "nothing of it is left: $(tr '\n' ' ' <<<"$said")" silent "$said"
}

# A chip of pins, as a board has one.
mkdir -p /sys/kernel/config/gpio-sim/lab/bank0/line17 && echo 32 >/sys/kernel/config/gpio-sim/lab/bank0/num_lines && echo 1 >/sys/kernel/config/gpio-sim/lab/live
for part in ${PARTS:-install_it upgrade stick down unproven bound refuse cut hardened survive remove}; do
	echo "PACKAGE part $part"
	"$part"
done
echo "PACKAGE done"
