package main

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"loalang/archive/disktest"
)

// The lock is taken on a card that takes no more writes, too: without it the board would not
// start, and with none a second serve would play the same plan.
func TestTheLockOnADiskThatTakesNoWrites(t *testing.T) {
	disk, err := disktest.Tmpfs(t, "size=1m")
	if err != nil {
		t.Skip(err)
	}
	b := &board{settings: settings{Data: disk}, log: program{err: t.Output()}.quietLog()}
	if err := os.WriteFile(filepath.Join(disk, "serve.lock"), []byte("4711\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("", disk, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if err := b.lock(); err != nil {
		t.Fatal(err)
	}
	defer b.close()
	if is, _, err := running(folder(disk)); !is || err != nil {
		t.Errorf("nobody has it: %v, %v", is, err)
	}
	second := &board{settings: b.settings, log: b.log}
	if err := second.lock(); err == nil {
		t.Error("a second serve has it as well")
	}
}
