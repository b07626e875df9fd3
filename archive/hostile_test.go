package archive_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"loalang/archive"
)

// soon fails the test when do does not end: what reads a pipe waits for ever.
func soon(t *testing.T, do func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-time.After(30 * time.Second):
		t.Fatal("it hangs")
		return nil
	}
}

// TestAStickOfAnybodyNeitherHangsNorLeads: a pipe where a bundle's file should be once made
// the board wait for ever, and a link led anywhere.
func TestAStickOfAnybodyNeitherHangsNorLeads(t *testing.T) {
	pipe := func(t *testing.T, path string) { check(t, syscall.Mkfifo(path, 0o600), nil) }
	giant := func(t *testing.T, path string) {
		f, err := os.Create(path)
		check(t, err, nil)
		check(t, f.Truncate(1<<40), nil)
		check(t, f.Close(), nil)
	}
	link := func(t *testing.T, path string) {
		whole := filepath.Join(t.TempDir(), "elsewhere")
		check(t, os.Rename(path+".was", whole), nil)
		check(t, os.Symlink(whole, path), nil)
	}
	want := map[string]error{"bundle.json": archive.ErrNotArchive, "bundle.sig": archive.ErrForged, "000001.part": archive.ErrChanged}
	for name, want := range want {
		for kind, lay := range map[string]func(*testing.T, string){"pipe": pipe, "giant": giant, "link": link, "folder": func(t *testing.T, path string) { check(t, os.Mkdir(path, 0o700), nil) }} {
			t.Run(name+" is a "+kind, func(t *testing.T) {
				dir := t.TempDir()
				carry(t, dir, "kho")
				path := filepath.Join(dir, name)
				check(t, os.Rename(path, path+".was"), nil)
				lay(t, path)
				check(t, soon(t, func() error {
					b, err := archive.OpenBundle(dir)
					if err == nil {
						_, err = b.Fetch(t.Context(), dir, filepath.Join(t.TempDir(), "to"))
					}
					return err
				}), want)
			})
		}
	}
	dir := t.TempDir()
	carry(t, filepath.Join(dir, "real"), "kho")
	check(t, os.Symlink("real", filepath.Join(dir, "bundle-un-ta")), nil)
	pipe(t, filepath.Join(dir, "x"+archive.BundleEnding))
	for _, name := range []string{"bundle-un-ta", "x" + archive.BundleEnding} {
		check(t, soon(t, func() error { _, err := archive.OpenBundle(filepath.Join(dir, name)); return err }), archive.ErrNotArchive)
	}
}

// TestABundleInOneFileHoldsABundleAlone: any number of any names were remembered of what
// was found on a stick, of any length.
func TestABundleInOneFileHoldsABundleAlone(t *testing.T) {
	for name, heads := range map[string][]tar.Header{
		"a name of another":     {{Name: "../loalang.db", Size: 1}},
		"a piece without zeros": {{Name: "1.part", Size: 1}},
		"no first piece":        {{Name: "000000.part", Size: 1}},
		"a list without end":    {{Name: "bundle.json", Size: 17 << 20}},
		"a piece too long":      {{Name: "000001.part", Size: 5 << 20}},
		"a piece twice":         {{Name: "000001.part", Size: 1}, {Name: "000001.part", Size: 1}},
		"a link":                {{Name: "000001.part", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}},
	} {
		path := filepath.Join(t.TempDir(), "x"+archive.BundleEnding)
		var raw bytes.Buffer
		w := tar.NewWriter(&raw)
		for _, h := range heads {
			h.Mode = 0o600
			check(t, w.WriteHeader(&h), nil)
			_, err := w.Write(make([]byte, h.Size))
			check(t, err, nil)
		}
		check(t, w.Close(), nil)
		check(t, os.WriteFile(path, raw.Bytes(), 0o600), nil)
		if _, err := archive.OpenBundle(path); err == nil || !strings.Contains(err.Error(), "it holds") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestABundleWhosePiecesAreNotItsBytesIsRefused: how much room is asked for is how much is
// written.
func TestABundleWhosePiecesAreNotItsBytesIsRefused(t *testing.T) {
	for _, bytes := range []int64{-1 << 40, 0, 4<<20 + 1, 1 << 62} {
		dir := t.TempDir()
		b, _ := carry(t, dir, "kho")
		b.Bytes = bytes
		raw, err := json.Marshal(b)
		check(t, err, nil)
		check(t, os.WriteFile(filepath.Join(dir, "bundle.json"), raw, 0o600), nil)
		check(t, os.WriteFile(filepath.Join(dir, "bundle.sig"), ed25519.Sign(boardKey, raw), 0o600), nil)
		if _, err := archive.OpenBundle(dir); err == nil {
			t.Errorf("one piece of %d bytes is taken", bytes)
		} else {
			check(t, err, archive.ErrChanged)
		}
	}
}

// TestAnArchiveHoldsNoMoreThanItIsLong: a sparse file in a tar of 3 KB filled the disk.
func TestAnArchiveHoldsNoMoreThanItIsLong(t *testing.T) {
	var raw bytes.Buffer
	w := tar.NewWriter(&raw)
	check(t, w.WriteHeader(&tar.Header{Name: "READ-ME.txt", Mode: 0o600}), nil)
	check(t, w.Flush(), nil)
	block(&raw, 'x', "x", paxed("GNU.sparse.major", "1")+paxed("GNU.sparse.minor", "0")+paxed("GNU.sparse.name", "loalang.db")+paxed("GNU.sparse.realsize", fmt.Sprint(int64(1)<<40)))
	block(&raw, '0', "GNUSparseFile.0/loalang.db", fmt.Sprintf("%-512s", "1\n1099511627776\n0\n"))
	check(t, w.Close(), nil)
	path := filepath.Join(t.TempDir(), "sparse.tar")
	check(t, os.WriteFile(path, raw.Bytes(), 0o600), nil)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, _, err := archive.Read(ctx, path, func(name string, bytes int64) (io.WriteCloser, error) {
		t.Errorf("%s is to be written, %d bytes", name, bytes)
		return nil, io.ErrShortWrite
	}, nil)
	check(t, err, archive.ErrCutShort)
	if !strings.Contains(err.Error(), "longer than all of it") {
		t.Error(err)
	}
	pipe := filepath.Join(t.TempDir(), "pipe.tar")
	check(t, syscall.Mkfifo(pipe, 0o600), nil)
	check(t, soon(t, func() error { _, _, err := archive.Read(t.Context(), pipe, nil, nil); return err }), archive.ErrNotArchive)
}

// paxed is a record of an extended header.
func paxed(key, value string) string {
	body := " " + key + "=" + value + "\n"
	n := len(body) + 1
	if len(fmt.Sprint(n)) > 1 {
		n++
	}
	return fmt.Sprint(n) + body
}

// block writes an entry of a tar by hand, for no writer makes a sparse one.
func block(to *bytes.Buffer, kind byte, name, body string) {
	head := make([]byte, 512)
	copy(head, name)
	copy(head[100:], "0000600\x000000000\x000000000\x00")
	copy(head[124:], fmt.Sprintf("%011o\x0000000000000\x00        ", len(body)))
	head[156] = kind
	copy(head[257:], "ustar\x0000")
	var sum int
	for _, b := range head {
		sum += int(b)
	}
	copy(head[148:], fmt.Sprintf("%06o\x00 ", sum))
	to.Write(head)
	to.WriteString(body)
	to.Write(make([]byte, (512-len(body)%512)%512))
}
