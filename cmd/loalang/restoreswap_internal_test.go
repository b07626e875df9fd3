package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// swapped is a data folder with a decided restore over what was there, of which nothing is
// done yet, and the renames that do it, in their order.
func swapped(t *testing.T) (data string, p pending, renames [][2]string) {
	t.Helper()
	data = t.TempDir()
	p = pending{
		Aside: beforeHead + "1",
		Old:   []string{"loalang.db", "loalang.db-wal", "recordings", "spool", "standby"},
		New:   []string{"loalang.db", "recordings", "standby", "tls"},
	}
	stage := filepath.Join(data, stageName)
	lay := func(dir, age string, names []string) {
		for _, name := range names {
			path := filepath.Join(dir, name)
			if filepath.Ext(name) == "" { // a folder
				path = filepath.Join(path, "inside")
			}
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(age), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
	}
	lay(data, "old", p.Old)
	lay(stage, "new", p.New)
	raw, err := json.Marshal(p)
	err = errors.Join(err, os.Mkdir(filepath.Join(data, p.Aside), 0o700), os.WriteFile(filepath.Join(data, pendingName), raw, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range p.Old {
		renames = append(renames, [2]string{filepath.Join(data, name), filepath.Join(data, p.Aside, name)})
	}
	for _, name := range p.New {
		renames = append(renames, [2]string{filepath.Join(stage, name), filepath.Join(data, name)})
	}
	return data, p, renames
}

// ages says of each entry of a folder whether it is old or new.
func ages(t *testing.T, dir string, names []string) (found map[string]string) {
	t.Helper()
	found = map[string]string{}
	for _, name := range names {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			raw, err = os.ReadFile(filepath.Join(dir, name, "inside"))
		}
		if err == nil {
			found[name] = string(raw)
		}
	}
	return found
}

// A restore over what was there, its power cut behind each rename: the next start has all of
// the new in its place and all of the old aside, and nothing of either is lost.
func TestARestoreOverCutBehindEachRenameIsFinished(t *testing.T) {
	t.Parallel()
	_, _, all := swapped(t)
	for cut := range len(all) + 1 {
		data, p, renames := swapped(t)
		for _, r := range renames[:cut] {
			if err := os.Rename(r[0], r[1]); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // a start after that finds nothing to do
			if err := finishRestore(data); err != nil {
				t.Fatalf("cut behind %d renames: %v", cut, err)
			}
		}
		names := append(slices.Clone(p.Old), "tls")
		here, aside := ages(t, data, names), ages(t, filepath.Join(data, p.Aside), names)
		for _, name := range names {
			want, kept := "", ""
			if slices.Contains(p.New, name) {
				want = "new"
			}
			if slices.Contains(p.Old, name) {
				kept = "old"
			}
			if here[name] != want || aside[name] != kept {
				t.Errorf("cut behind %d renames: %s is %q instead of %q, aside %q instead of %q", cut, name, here[name], want, aside[name], kept)
			}
		}
		for _, left := range []string{stageName, pendingName} {
			if _, err := os.Lstat(filepath.Join(data, left)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("cut behind %d renames: %s is left: %v", cut, left, err)
			}
		}
	}
}

// A power cut while a restore was changing places left loalang.toml in the stage, or among
// what was put aside: the next start read its settings without it, and put it in its place
// only then.
func TestTheSettingsAreReadBehindARestoreThatAPowerCutInterrupted(t *testing.T) {
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, stageName), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{filepath.Join(stageName, "loalang.toml"): "restored = 1\n", pendingName: `{"aside":"","old":null,"new":["loalang.toml"]}`} {
		if err := os.WriteFile(filepath.Join(data, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	over, end := context.WithCancel(t.Context())
	end() // a start that goes on ends at once
	cmd := program{err: io.Discard, env: func(string) (string, bool) { return "", false }}.serveCommand()
	cmd.SetArgs([]string{"--data", data, "--listen", "127.0.0.1:0", "--device", "null"})
	cmd.SetOut(io.Discard)
	cmd.SetErr(io.Discard)
	if err := cmd.ExecuteContext(over); err == nil || !strings.Contains(err.Error(), `"restored" is no setting`) {
		t.Errorf("the restored settings were not read: %v", err)
	}
	if exists(filepath.Join(data, pendingName)) || exists(filepath.Join(data, stageName)) {
		t.Error("the restore is not finished")
	}
}

// A restore that copies a library and is cut before it is decided left restore.new for ever: nothing told
// of it, and the card may be full of it. One that is decided is not touched, nor is one of which nobody can tell.
func TestTheStageOfARestoreThatWasNeverDecidedGoes(t *testing.T) {
	t.Parallel()
	over, end := context.WithCancel(t.Context())
	end()
	for name, c := range map[string]struct {
		decide func(pending string) error
		stays  bool
	}{
		"Undecided": {func(string) error { return nil }, false},
		"Decided":   {func(pending string) error { return os.WriteFile(pending, []byte("{}"), 0o600) }, true},
	} {
		data := t.TempDir()
		sound := filepath.Join(data, stageName, "recordings", "master", "ab")
		err := errors.Join(os.MkdirAll(sound, 0o700), os.WriteFile(filepath.Join(sound, "ab.flac"), make([]byte, 1<<10), 0o600), c.decide(filepath.Join(data, pendingName)))
		if err != nil {
			t.Fatal(err)
		}
		b := &board{settings: settings{Data: data}, log: program{err: t.Output()}.quietLog()}
		b.upkeep = newUpkeep(b)
		if err := b.lock(); err != nil {
			t.Fatal(err)
		}
		if err := b.tendData(over); err != nil {
			t.Error(err)
		}
		b.close()
		if got := exists(filepath.Join(data, stageName)); got != c.stays {
			t.Errorf("%s: the stage is there: %v", name, got)
		}
	}
}
