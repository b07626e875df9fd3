package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/archive/disktest"
	"loalang/health"
)

// A stick that was unmounted was missed only behind the next nightly backup, which it did not
// take; one that was plugged in and never mounted not even then.
func TestAStickThatIsNotMountedIsMissedInTime(t *testing.T) {
	stick, err := disktest.Tmpfs(t, "size=1m")
	if err != nil {
		t.Skip(err)
	}
	machine := t.TempDir()
	disk := filepath.Join(machine, "sys/devices/usb1/block/sda")
	for file, text := range map[string]string{filepath.Join(disk, "size"): "8\n", filepath.Join(disk, "dev"): "8:0\n", filepath.Join(machine, "proc/self/mountinfo"): "", filepath.Join(machine, "sys/block/x"): ""} {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(disk, filepath.Join(machine, "sys/block/sda")); err != nil {
		t.Fatal(err)
	}
	k := &stickSense{probe: &health.Probe{Proc: filepath.Join(machine, "proc"), Sys: filepath.Join(machine, "sys")}}
	s := settings{Data: t.TempDir(), BackupSticks: stick + "/loalang-*", Backup: true}
	look := func(mono time.Duration) health.BackupState {
		b := k.sense(&health.BackupState{Last: time.Now()}, s, mono)
		for k.asking.Load() {
			time.Sleep(time.Millisecond)
		}
		return *b
	}
	folder := filepath.Join(stick, "loalang-backup")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	look(time.Hour)
	if b := look(2 * time.Hour); b.Away != 0 || b.Loose != "" {
		t.Errorf("it is there: %+v", b)
	}
	if err := os.Remove(folder); err != nil { // as it looks where nothing is mounted any more
		t.Fatal(err)
	}
	look(3 * time.Hour)
	if b := look(4 * time.Hour); b.Away != 0 || b.Loose != "" {
		t.Errorf("at the first look without it: %+v", b)
	}
	if b := look(5 * time.Hour); b.Away != time.Hour || b.Loose != "sda" {
		t.Errorf("an hour behind that: %+v", b)
	}
}

// A stick that was mounted and had no folder for backups took none, and nothing said so: one that
// was bought for it and plugged in as it came, for one. It is told of once it has been in for longer
// than one that brings something, and no more once it has the folder, or is out.
func TestAStickWithoutItsFolderIsToldOf(t *testing.T) {
	stick, err := disktest.Tmpfs(t, "size=1m")
	if err != nil {
		t.Skip(err)
	}
	machine := t.TempDir()
	device, links := filepath.Join(machine, "sys/devices/usb1/block/sda/sda1"), filepath.Join(machine, "sys/dev/block")
	var st unix.Stat_t
	err = errors.Join(os.MkdirAll(device, 0o700), os.MkdirAll(links, 0o700), unix.Stat(stick, &st))
	if err == nil {
		err = os.Symlink(device, filepath.Join(links, fmt.Sprintf("%d:%d", unix.Major(st.Dev), unix.Minor(st.Dev))))
	}
	if err != nil {
		t.Fatal(err)
	}
	k := &stickSense{probe: &health.Probe{Proc: filepath.Join(machine, "proc"), Sys: filepath.Join(machine, "sys")}}
	s := settings{Data: t.TempDir(), BackupSticks: "/media/nowhere/*/loalang-backup, " + filepath.Join(filepath.Dir(stick), "*/loalang-backup"), Backup: true}
	look := func(mono time.Duration) string {
		b := k.sense(&health.BackupState{Last: time.Now()}, s, mono)
		for k.asking.Load() {
			time.Sleep(time.Millisecond)
		}
		return b.Bare
	}
	look(time.Hour) // its answer is that of the look before
	if bare := look(time.Hour + time.Second); bare != "" {
		t.Errorf("at once: %q", bare)
	}
	if bare := look(time.Hour + bareGrace + time.Second); bare != stick {
		t.Errorf("after a while: %q, want %s", bare, stick)
	}
	folder := filepath.Join(stick, "loalang-backup")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	look(2 * time.Hour)
	if bare := look(3 * time.Hour); bare != "" {
		t.Errorf("with its folder: %q", bare)
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if bare := bareStick(k.probe, s.BackupSticks, stick); bare != "" {
		t.Errorf("the disk of the data itself: %q", bare)
	}
	k.probe.Sys = t.TempDir() // it lies on no stick
	look(4 * time.Hour)
	if bare := look(5 * time.Hour); bare != "" {
		t.Errorf("a share of the network: %q", bare)
	}
}
