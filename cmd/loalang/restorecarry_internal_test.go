package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/archive/disktest"
)

// A file of the used folder that was only to go on, on a card that does not give it back, kept the last backup from
// being restored, and no flag got around it.
func TestWhatAnIllCardDoesNotGiveKeepsNothingFromBeingRestored(t *testing.T) {
	t.Parallel()
	data, stage := t.TempDir(), t.TempDir()
	err := errors.Join(os.MkdirAll(filepath.Join(data, "push.key"), 0o700), os.Mkdir(filepath.Join(data, "tls"), 0o700))
	for _, name := range []string{"bundle.key", "tls/ca.key", "tls/ca.pem", "board.json"} {
		err = errors.Join(err, os.WriteFile(filepath.Join(data, name), []byte(name), 0o600))
	}
	used, opened := os.OpenRoot(data)
	if err = errors.Join(err, opened); err != nil {
		t.Fatal(err)
	}
	defer used.Close()
	for _, name := range []string{"tls/ca.pem", "board.json"} {
		if err := disktest.Broken(t, filepath.Join(data, name)); err != nil {
			t.Skipf("SKIPPED: %v: run the tests as root", err)
		}
	}
	var said strings.Builder
	r := restoring{data: data, log: func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) }}
	for name, goes := range map[string]bool{"push.key": false, "bundle.key": true, "tls": false, "board.json": false, "none": false} {
		if err := r.carry(used, stage, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if exists(filepath.Join(stage, name)) != goes {
			t.Errorf("%s goes on: %v", name, !goes)
		}
		if told := strings.Contains(said.String(), "what cannot be read does not go on: "+name); told == goes && name != "none" {
			t.Errorf("%s: told %q", name, said.String())
		}
	}
	if strings.Contains(said.String(), "none") {
		t.Errorf("told of what there is not: %s", said.String())
	}
}
