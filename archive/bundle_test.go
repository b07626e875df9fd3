package archive_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/archive"
)

var boardKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// carry writes a stream as a bundle.
func carry(t testing.TB, dir, stream string) (archive.Bundle, int64) {
	t.Helper()
	b, written, err := archive.WriteBundle(t.Context(), dir, archive.Bundle{Node: "n", Village: "un-ta", Made: made}, boardKey, func(w io.Writer) error {
		_, err := io.WriteString(w, stream)
		return err
	})
	check(t, err, nil)
	return b, written
}

func TestBundle(t *testing.T) {
	dir, to := filepath.Join(t.TempDir(), "stick"), filepath.Join(t.TempDir(), "whole")
	stream := strings.Repeat("bản tin ", 1<<20) // 10 MiB: three pieces
	if b, written := carry(t, dir, stream); len(b.Pieces) != 3 || written != int64(len(stream)) {
		t.Fatalf("%d pieces, %d bytes written", len(b.Pieces), written)
	}
	if _, written := carry(t, dir, stream); written != 0 {
		t.Errorf("the same once more wrote %d bytes", written)
	}
	check(t, os.Remove(filepath.Join(dir, "000002.part")), nil)
	if _, written := carry(t, dir, stream); written != 4<<20 {
		t.Errorf("what was missing took %d bytes", written)
	}
	b, err := archive.OpenBundle(dir)
	check(t, err, nil)
	check(t, os.WriteFile(to, []byte(stream[:5<<20]), 0o600), nil) // as an interrupted fetch left it
	copied, err := b.Fetch(t.Context(), dir, to)
	check(t, err, nil)
	if got, err := os.ReadFile(to); err != nil || string(got) != stream || copied != int64(len(stream)-4<<20) {
		t.Errorf("%v, copied %d", err, copied)
	}
	copied, err = b.Fetch(t.Context(), dir, to)
	if err != nil || copied != 0 {
		t.Errorf("the same once more copied %d: %v", copied, err)
	}
}

// A stick that was pulled out during an export held the signed list of last month over pieces of
// both: the next board called the bundle damaged, and not unfinished.
func TestAnExportThatWasCutShortIsNoBundle(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "to")
	old, pulled := strings.Repeat("cũ", 3<<20), errors.New("pulled out")
	first := old[:4<<20] // a piece
	carry(t, dir, old)
	cut := func(stream string) {
		t.Helper()
		_, _, err := archive.WriteBundle(t.Context(), dir, archive.Bundle{Node: "n", Village: "un-ta", Made: made}, boardKey, func(w io.Writer) error {
			_, err := io.WriteString(w, stream)
			return errors.Join(err, pulled)
		})
		check(t, err, pulled)
	}
	cut(first) // as it was: the older bundle is whole still
	b, err := archive.OpenBundle(dir)
	check(t, err, nil)
	_, err = b.Fetch(t.Context(), dir, to)
	check(t, err, nil)
	anew := first + strings.Repeat("mới", 2<<20)
	cut(anew[:9<<20])
	_, err = archive.OpenBundle(dir)
	check(t, err, archive.ErrNotArchive)
	if _, written := carry(t, dir, anew); written != int64(len(anew)-8<<20) { // the second piece was written before
		t.Errorf("it went on with %d bytes of %d", written, len(anew))
	}
	b, err = archive.OpenBundle(dir)
	check(t, err, nil)
	_, err = b.Fetch(t.Context(), dir, to)
	check(t, err, nil)
	if got, err := os.ReadFile(to); err != nil || string(got) != anew {
		t.Errorf("another stream: %v", err)
	}
}

func TestBundleRefusals(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(t *testing.T, dir string)
		want  error
	}{
		{"no list", func(t *testing.T, dir string) { check(t, os.Remove(filepath.Join(dir, "bundle.json")), nil) }, archive.ErrNotArchive},
		{"no signature", func(t *testing.T, dir string) { check(t, os.Remove(filepath.Join(dir, "bundle.sig")), nil) }, archive.ErrForged},
		{"another list", func(t *testing.T, dir string) { alterFile(t, filepath.Join(dir, "bundle.json"), "un-ta", "un-tb") }, archive.ErrForged},
		{"another piece", func(t *testing.T, dir string) { alterFile(t, filepath.Join(dir, "000001.part"), "kho", "kha") }, archive.ErrChanged},
		{"a piece that is missing", func(t *testing.T, dir string) { check(t, os.Remove(filepath.Join(dir, "000001.part")), nil) }, archive.ErrCutShort},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			carry(t, dir, "kho")
			c.spoil(t, dir)
			b, err := archive.OpenBundle(dir)
			if err == nil {
				_, err = b.Fetch(t.Context(), dir, filepath.Join(t.TempDir(), "to"))
			}
			check(t, err, c.want)
		})
	}
}

func alterFile(t *testing.T, path, old, by string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	check(t, err, nil)
	check(t, os.WriteFile(path, bytes.Replace(raw, []byte(old), []byte(by), 1), 0o600), nil)
}

// A fetch that was stopped keeps what it has.
func TestAStoppedFetchKeepsItsPieces(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "to")
	b, _ := carry(t, dir, strings.Repeat("x", 9<<20))
	check(t, os.Rename(filepath.Join(dir, "000003.part"), filepath.Join(dir, "away")), nil)
	if _, err := b.Fetch(t.Context(), dir, to); !errors.Is(err, archive.ErrCutShort) {
		t.Fatal(err)
	}
	check(t, os.Rename(filepath.Join(dir, "away"), filepath.Join(dir, "000003.part")), nil)
	if copied, err := b.Fetch(t.Context(), dir, to); err != nil || copied != 1<<20 {
		t.Errorf("copied %d: %v", copied, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Fetch(ended, dir, to); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestFingerprint(t *testing.T) {
	if got := archive.Fingerprint([]byte("khóa")); len(got) != 39 || got == archive.Fingerprint([]byte("khoá")) {
		t.Errorf("got %s", got)
	}
	whole := archive.Fingerprint([]byte("khóa"))
	for _, written := range []string{whole, strings.ToUpper(whole), strings.ReplaceAll(whole, "-", " "), " " + strings.ReplaceAll(whole, "-", "") + "\n"} {
		if got, ok := archive.ParseFingerprint(written); !ok || got != whole {
			t.Errorf("%q is read as %q", written, got)
		}
	}
	for _, written := range []string{"", whole[1:], whole + "0", "x" + whole[1:]} {
		if got, ok := archive.ParseFingerprint(written); ok {
			t.Errorf("%q is read as %q", written, got)
		}
	}
}

// A bundle in one file is the same bundle; one that is cut short is not taken for whole.
func TestABundleInOneFile(t *testing.T) {
	path, to := filepath.Join(t.TempDir(), "x"+archive.BundleEnding), filepath.Join(t.TempDir(), "to")
	stream := strings.Repeat("bản tin ", 1<<20)
	f, err := os.Create(path)
	check(t, err, nil)
	made, err := archive.StreamBundle(t.Context(), f, archive.Bundle{Node: "n", Village: "un-ta", Made: made}, boardKey, func(w io.Writer) error {
		_, err := io.WriteString(w, stream)
		return err
	})
	check(t, err, nil)
	check(t, f.Close(), nil)
	b, err := archive.OpenBundle(path)
	check(t, err, nil)
	if _, err := b.Fetch(t.Context(), path, to); err != nil || len(b.Pieces) != len(made.Pieces) {
		t.Fatalf("%d pieces: %v", len(b.Pieces), err)
	}
	if got, err := os.ReadFile(to); err != nil || string(got) != stream {
		t.Errorf("another stream: %v", err)
	}
	alterFile(t, path, "tin bản", "tin bảm")
	if _, err := b.Fetch(t.Context(), path, to+"2"); !errors.Is(err, archive.ErrChanged) {
		t.Errorf("changed: %v", err)
	}
	check(t, os.Truncate(path, 5<<20), nil)
	if _, err := archive.OpenBundle(path); !errors.Is(err, archive.ErrNotArchive) {
		t.Errorf("cut short: %v", err)
	}
	check(t, os.WriteFile(path, []byte(strings.Repeat("no tar ", 200)), 0o600), nil)
	if _, err := archive.OpenBundle(path); !errors.Is(err, archive.ErrNotArchive) {
		t.Errorf("no tar: %v", err)
	}
}
