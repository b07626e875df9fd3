package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
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
