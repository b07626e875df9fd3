package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"loalang/archive/disktest"
)

// A command that was given the data folder of a board whose disk is missing said that there
// are no data, while serve ran in memory under a name that nobody knows.
func TestACommandFindsTheBoardThatRunsInMemory(t *testing.T) {
	given := settings{Data: filepath.Join(t.TempDir(), "loalang"), Backup: true, BackupSticks: "/media/*/loalang-backup"}
	memory, err := folder(given.Data).stoodIn()
	if err == nil {
		err = ownFolder(memory)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(memory) })
	said := &bytes.Buffer{}
	cmd := &cobra.Command{}
	cmd.SetErr(said)
	if _, err := given.populated(cmd); err == nil || !strings.Contains(err.Error(), "holds no Loa Làng data") {
		t.Errorf("where no serve runs: %v", err)
	}
	b := &board{settings: settings{Data: memory}, log: program{err: t.Output()}.quietLog()}
	if err := b.lock(); err != nil {
		t.Fatal(err)
	}
	defer b.close()
	s, err := given.populated(cmd)
	if err != nil || s.Data != memory || s.Backup || s.BackupSticks != "" || !s.Missing || !strings.Contains(said.String(), "lies in "+memory+" and is lost") {
		t.Errorf("%+v, %q: %v", s, said, err)
	}
	if err := os.Mkdir(given.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(given.Data, "standby"), 0o700); err != nil {
		t.Fatal(err)
	}
	if s, err := given.populated(cmd); err != nil || s.Data != given.Data || !s.Backup {
		t.Errorf("whose disk is there: %+v: %v", s, err)
	}
	if err := os.Chmod(memory, 0o755); err != nil { // somebody else may write there, or read
		t.Fatal(err)
	}
	if _, stands, err := (settings{Data: filepath.Join(t.TempDir(), "x")}).inUse(); stands || err != nil {
		t.Errorf("without a serve: %v, %v", stands, err)
	}
	if err := os.Remove(filepath.Join(given.Data, "standby")); err != nil {
		t.Fatal(err)
	}
	if _, err := given.populated(cmd); err == nil || !strings.Contains(err.Error(), "belongs to somebody else") {
		t.Errorf("of a folder that others may use: %v", err)
	}
}

// standsIn says that a board on a data folder runs in memory, and returns where.
func standsIn(t *testing.T, data, fstab string) (memory string) {
	t.Helper()
	log := program{err: t.Output()}.quietLog()
	given := settings{Data: data, Backup: true, BackupSticks: "/media/*/loalang-backup"}
	s, err := given.standIn(fstab, log)
	if memory, _ = folder(data).stoodIn(); err != nil || !s.Missing || s.Data != memory || s.Backup {
		t.Fatalf("it does not stand in: %+v: %v", s, err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(memory) })
	b := &board{settings: s, log: log}
	if err := b.lock(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	if is, _, err := runningAnywhere(folder(data)); !is || err != nil {
		t.Errorf("no command finds it: %v, %v", is, err)
	}
	return memory
}

// A card whose file system finds the place of the lock changed ("structure needs cleaning") was no ill
// disk to the start: serve ended at its lock five times a second, without a siren.
func TestACardWithAnIllLockSilencesNoEmergency(t *testing.T) {
	t.Parallel()
	data, err := disktest.Sick(t, 16<<20, "serve.lock", func(dir string) error {
		if err := os.Mkdir(filepath.Join(dir, "standby"), 0o700); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "serve.lock"), []byte("4711\n"), 0o600)
	})
	if err != nil {
		t.Skipf("SKIPPED: a card cannot be mounted here (%v): run the tests as root, with mkfs.ext4 and debugfs", err)
	}
	if _, err := openLock(folder(data).lock()); !takesNothing(err) {
		t.Errorf("the lock of an ill card: %v", err)
	}
	standsIn(t, data, "")
}

// The lock itself may be what an ill card lost, and one that takes no writes gets no new one: serve
// ended there as often as it was started.
func TestACardThatLostTheLockAndTakesNoWritesSilencesNoEmergency(t *testing.T) {
	t.Parallel()
	data, err := disktest.Tmpfs(t, "size=1m")
	if err != nil {
		t.Skipf("SKIPPED: %v: run the tests as root", err)
	}
	if err := os.Mkdir(filepath.Join(data, "standby"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("", data, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	standsIn(t, data, "")
}

// A board whose data disk is dead, on a root that can be written or has an overlay, began a new village on it at each
// power cut, and its empty backups lay on the stick as the newest ones.
func TestADataDiskThatIsNotMountedIsMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, fstab := filepath.Join(dir, "data"), filepath.Join(dir, "fstab")
	if err := os.WriteFile(fstab, []byte("LABEL=loalang "+data+" ext4 nofail 0 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, there := range []bool{false, true} {
		if there {
			if err := os.Mkdir(data, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		t.Run(map[bool]string{false: "NoFolder", true: "Empty"}[there], func(t *testing.T) { standsIn(t, data, fstab) })
		if exists(folder(data).lock()) {
			t.Error("something was made where the disk is to be mounted")
		}
	}
	given := settings{Data: data, Backup: true}
	log := program{err: t.Output()}.quietLog()
	if s, err := given.standIn(filepath.Join(dir, "none"), log); err != nil || s.Missing || !s.Backup {
		t.Errorf("where no disk is named for it: %+v, %v", s, err)
	}
	if err := os.Mkdir(filepath.Join(data, "standby"), 0o700); err != nil {
		t.Fatal(err)
	}
	if s, err := given.standIn(fstab, log); err != nil || s.Missing || s.Data != data { // what a village has there airs
		t.Errorf("where a board ran beneath: %+v, %v", s, err)
	}
}
