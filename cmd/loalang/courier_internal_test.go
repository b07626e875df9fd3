package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loalang/archive"
)

// once takes one piece.
type once struct {
	err   error
	taken bool
}

func (o *once) Write(p []byte) (int, error) {
	if o.taken {
		return 0, o.err
	}
	o.taken = true
	return len(p), nil
}

// TestADownloadThatIsCutShortLeavesNothing: a copy of the database lies on the card while
// a backup is sent. Whoever makes it must come to remove it when nobody takes the backup
// any more.
func TestADownloadThatIsCutShortLeavesNothing(t *testing.T) {
	const script = `trap 'rm -f "$1"; exit 1' TERM; : >"$1"; while :; do printf "%8192s"; done`
	gone := errors.New("the line is dead")
	for name, run := range map[string]func(left string) error{
		"it takes no more": func(left string) error {
			return stream(t.Context(), &once{err: gone}, "/bin/sh", "-c", script, "sh", left)
		},
		"it goes away": func(left string) error {
			ctx, cancel := context.WithCancelCause(t.Context())
			return stream(ctx, cutting{io.Discard, func() { cancel(gone) }}, "/bin/sh", "-c", script, "sh", left)
		},
	} {
		left := filepath.Join(t.TempDir(), "copy")
		if err := run(left); !errors.Is(err, gone) {
			t.Errorf("%s: it ended with %v", name, err)
		}
		if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: its copy is left: %v", name, err)
		}
	}
}

// cutting calls cut when it is written to.
type cutting struct {
	io.Writer
	cut func()
}

func (c cutting) Write(p []byte) (int, error) {
	c.cut()
	return c.Writer.Write(p)
}

// bundled writes a small bundle of a board into a folder, and returns its list.
func bundled(t *testing.T, dir string, f folder) archive.Bundle {
	t.Helper()
	key, err := signingKey(f)
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := archive.WriteBundle(t.Context(), dir, archive.Bundle{Village: "un-ta", Board: "Máy xã"}, key, func(w io.Writer) error {
		_, err := io.WriteString(w, string(f))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Two boards of one village wrote into one folder of a stick: the second took the bundle of
// the first away. What an older version of a board left there goes on under its new name.
func TestEachBoardHasAFolderOfItsOwnOnAStick(t *testing.T) {
	stick := t.TempDir()
	shared := filepath.Join(stick, "bundle-un-ta")
	courierIn := func(dir string) *courier {
		return newCourier(&board{settings: settings{Data: dir, Village: "un-ta"}})
	}
	here, there := courierIn(t.TempDir()), courierIn(t.TempDir())
	made := bundled(t, shared, folder(here.b.settings.Data))
	other, err := there.bundleFolder(stick)
	if err != nil || other == shared || filepath.Dir(other) != stick {
		t.Fatalf("the other board writes into %s: %v", other, err)
	}
	if _, err := archive.OpenBundle(shared); err != nil {
		t.Fatalf("the bundle of the first is gone: %v", err)
	}
	own, err := here.bundleFolder(stick)
	if err != nil || own == other {
		t.Fatalf("both write into %s: %v", own, err)
	}
	if b, err := archive.OpenBundle(own); err != nil || !b.Made.Equal(made.Made) || !slices.Equal(b.Pieces, made.Pieces) {
		t.Errorf("its older bundle is not gone on from: %v", err)
	}
	if _, err := os.Stat(shared); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is there twice: %v", err)
	}
	bundled(t, shared, folder(here.b.settings.Data)) // as the version before does
	if again, err := here.bundleFolder(stick); err != nil || again != own {
		t.Errorf("it writes into %s: %v", again, err)
	}
}

// A folder that somebody names may hold the bundle of another board, which stays as it is: also
// one that only a newer version reads.
func TestABundleOfAnotherBoardIsNotWrittenOver(t *testing.T) {
	here, there := folder(t.TempDir()), folder(t.TempDir())
	key, err := signingKey(here)
	if err != nil {
		t.Fatal(err)
	}
	other, err := signingKey(there)
	if err != nil {
		t.Fatal(err)
	}
	newer := t.TempDir()
	raw, err := json.Marshal(archive.Bundle{Format: archive.Format + 1, Board: "Máy xã", Key: other.Public().(ed25519.PublicKey)}) //nolint:forcetypeassert // so says its documentation
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"bundle.json": raw, "bundle.sig": ed25519.Sign(other, raw)} {
		if err := os.WriteFile(filepath.Join(newer, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	own, another := t.TempDir(), t.TempDir()
	bundled(t, own, here)
	bundled(t, another, there)
	for dir, free := range map[string]bool{own: true, t.TempDir(): true, filepath.Join(own, "none"): true, another: false, newer: false} {
		err := parcel{key: key}.vacant(dir)
		if free != (err == nil) || !free && (bundleFault(err) != "occupied" || !strings.Contains(err.Error(), "another board, \"Máy xã\"") || !strings.Contains(err.Error(), fingerprintOf(other))) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}
