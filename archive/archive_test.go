package archive_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"loalang/archive"
	"loalang/archive/disktest"
)

var made = time.Date(2026, 11, 26, 2, 10, 0, 0, time.UTC)

func check(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func write(t testing.TB, dir, name, text string) (path, sum string) {
	t.Helper()
	path = filepath.Join(dir, filepath.FromSlash(name))
	check(t, os.MkdirAll(filepath.Dir(path), 0o700), nil)
	check(t, os.WriteFile(path, []byte(text), 0o600), nil)
	h := sha256.Sum256([]byte(text))
	return path, hex.EncodeToString(h[:])
}

// pack makes an archive of files by name.
func pack(t testing.TB, path string, files map[string]string) archive.Manifest {
	t.Helper()
	dir := t.TempDir()
	var m archive.Manifest
	err := archive.Durable(path, func(w io.Writer) error {
		a, err := archive.NewWriter(w, archive.Manifest{Node: "n", Village: "un-ta", Made: made, Schema: 42}, nil)
		check(t, err, nil)
		for name, text := range files {
			from, sum := write(t, dir, name, text)
			_, err := a.Add(t.Context(), name, from, sum)
			check(t, err, nil)
		}
		m, err = a.Close()
		return err
	})
	check(t, err, nil)
	return m
}

// into collects what is read.
type into map[string]*closing

type closing struct{ bytes.Buffer }

func (*closing) Close() error { return nil }

func (i into) take(name string, _ int64) (io.WriteCloser, error) {
	i[name] = &closing{}
	return i[name], nil
}

func TestWriteAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tar")
	files := map[string]string{"loalang.db": strings.Repeat("db", 3<<19), "recordings/original/ab/x.bin": "tiếng", "empty": ""}
	m := pack(t, path, files)
	got := into{}
	read, faults, err := archive.Read(t.Context(), path, got.take, nil)
	check(t, err, nil)
	if len(faults) > 0 || len(read.Files) != 3 || read.Schema != 42 || !read.Made.Equal(made) || read.Bytes() != m.Bytes() || len(got) != 3 {
		t.Errorf("%v %+v", faults, read)
	}
	for name, text := range files {
		if got[name] == nil || got[name].String() != text {
			t.Errorf("%s is not what it was", name)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

// Of an archive in which any one byte is another, either a fault is told, or every file
// is what it was: what stands between them is padding.
func TestEveryChangedByteIsFoundOrHarmless(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tar")
	files := map[string]string{"loalang.db": strings.Repeat("kho", 100), "public.key": "k"}
	pack(t, path, files)
	whole, err := os.ReadFile(path)
	check(t, err, nil)
	found := 0
	for i := range whole {
		bad := bytes.Clone(whole)
		bad[i] ^= 0x20
		check(t, os.WriteFile(path, bad, 0o600), nil)
		got := into{}
		_, faults, err := archive.Read(t.Context(), path, got.take, nil)
		if err != nil || len(faults) > 0 {
			found++
			continue
		}
		for name, text := range files {
			if got[name] == nil || got[name].String() != text {
				t.Fatalf("byte %d: %s is another, and nothing is told", i, name)
			}
		}
	}
	if found < 400 {
		t.Errorf("only %d of %d changes were found", found, len(whole))
	}
}

func TestEveryCutIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tar")
	pack(t, path, map[string]string{"loalang.db": strings.Repeat("kho", 1000)})
	whole, err := os.ReadFile(path)
	check(t, err, nil)
	for n := 0; n < len(whole)-1024-512; n += 61 { // behind that stand zeros
		check(t, os.WriteFile(path, whole[:n], 0o600), nil)
		if _, _, err := archive.Read(t.Context(), path, nil, nil); !errors.Is(err, archive.ErrCutShort) && !errors.Is(err, archive.ErrNotArchive) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}

// A file that is not what its name says is in the archive as damaged; the others are whole.
func TestADamagedFileDoesNotCostTheOthers(t *testing.T) {
	dir := t.TempDir()
	bad, _ := write(t, dir, "bad", "rotten")
	good, sum := write(t, dir, "good", "sound")
	path := filepath.Join(dir, "a.tar")
	check(t, archive.Durable(path, func(w io.Writer) error {
		a, err := archive.NewWriter(w, archive.Manifest{Made: made}, nil)
		check(t, err, nil)
		f, err := a.Add(t.Context(), "bad", bad, strings.Repeat("0", 64))
		check(t, err, nil)
		if !f.Damaged {
			t.Error("it counts as whole")
		}
		_, err = a.Add(t.Context(), "good", good, sum)
		check(t, err, nil)
		_, err = a.Add(t.Context(), "none", filepath.Join(dir, "none"), "")
		check(t, err, fs.ErrNotExist)
		_, err = a.Close()
		return err
	}), nil)
	m, faults, err := archive.Read(t.Context(), path, nil, nil)
	check(t, err, nil)
	if len(faults) > 0 || len(m.Damaged()) != 1 || m.Damaged()[0] != "bad" {
		t.Errorf("%v %v", faults, m.Damaged())
	}
}

// Nothing is left when a backup is interrupted, and what was there before stays.
// One inode that the card had lost ended every backup: what cannot even be opened is missing,
// and the others are there.
func TestAFileThatCannotBeOpenedDoesNotCostTheOthers(t *testing.T) {
	dir := t.TempDir()
	ill := filepath.Join(dir, "ill")
	check(t, os.Symlink(ill, ill), nil) // leads nowhere but to itself
	whole, sum := write(t, dir, "whole", "tiếng")
	path := filepath.Join(dir, "a.tar")
	var m archive.Manifest
	check(t, archive.Durable(path, func(w io.Writer) error {
		a, err := archive.NewWriter(w, archive.Manifest{Made: made}, nil)
		check(t, err, nil)
		f, err := a.Add(t.Context(), "ill", ill, sum)
		check(t, err, nil)
		if !f.Damaged {
			t.Errorf("it is %+v", f)
		}
		_, err = a.Add(t.Context(), "whole", whole, sum)
		check(t, err, nil)
		m, err = a.Close()
		return err
	}), nil)
	if _, faults, err := archive.Read(t.Context(), path, nil, nil); err != nil || len(faults) > 0 || len(m.Files) != 1 || len(m.Missing) != 1 || m.Missing[0] != "ill" {
		t.Errorf("%v %v %+v", faults, err, m)
	}
}

// A stick that failed under a file was taken for a library that is damaged.
func TestACopySaysWhoseFaultItIs(t *testing.T) {
	from, sum := write(t, t.TempDir(), "from", "tiếng")
	small, err := disktest.Tmpfs(t, "size=64k")
	if err != nil {
		missing(t, err)
	}
	long, longSum := write(t, t.TempDir(), "long", strings.Repeat("tiếng", 1<<16))
	ill := filepath.Join(t.TempDir(), "ill")
	broken := filepath.Join(t.TempDir(), "broken")
	for _, path := range []string{ill, broken + ".part"} {
		if err := disktest.Broken(t, path); err != nil {
			missing(t, err)
		}
	}
	for name, c := range map[string]struct {
		from, to, sum string
		want          error
		source        bool
	}{
		"Whole":         {from, filepath.Join(t.TempDir(), "to"), sum, nil, false},
		"SourceGone":    {from + "x", filepath.Join(t.TempDir(), "to"), sum, fs.ErrNotExist, true},
		"SourceChanged": {from, filepath.Join(t.TempDir(), "to"), longSum, archive.ErrChanged, true},
		"SourceBroken":  {ill, filepath.Join(t.TempDir(), "to"), sum, syscall.EIO, true},
		"TargetGone":    {from, filepath.Join(t.TempDir(), "none", "to"), sum, fs.ErrNotExist, false},
		"TargetFull":    {long, filepath.Join(small, "to"), longSum, syscall.ENOSPC, false},
		"TargetBroken":  {from, broken, sum, syscall.EIO, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := archive.Copy(t.Context(), c.from, c.to, c.sum, nil)
			check(t, err, c.want)
			if archive.OfSource(err) != c.source {
				t.Errorf("%v: of the source: %v", err, !c.source)
			}
		})
	}
}

// missing skips a test of what may not be mounted here.
func missing(t *testing.T, err error) {
	t.Helper()
	t.Skipf("a disk cannot be mounted here (%v): run the tests as root", err)
}

func TestNothingIsLeftOfAnInterruptedBackup(t *testing.T) {
	dir := t.TempDir()
	from, _ := write(t, dir, "from", strings.Repeat("x", 5<<20))
	path := filepath.Join(dir, "out", "a.tar")
	check(t, os.Mkdir(filepath.Dir(path), 0o700), nil)
	ctx, cancel := context.WithCancel(t.Context())
	pieces := 0
	err := archive.Durable(path, func(w io.Writer) error {
		a, err := archive.NewWriter(w, archive.Manifest{Made: made}, func(context.Context) error {
			if pieces++; pieces == 3 {
				cancel()
			}
			return nil
		})
		check(t, err, nil)
		_, err = a.Add(ctx, "from", from, "")
		return err
	})
	check(t, err, context.Canceled)
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

func TestNamesThatLeaveTheFolderAreRefused(t *testing.T) {
	for _, name := range []string{"../x", "/etc/x", "a/../../x", "a\\b", "."} {
		path := filepath.Join(t.TempDir(), "a.tar")
		from, _ := write(t, t.TempDir(), "from", "x")
		check(t, archive.Durable(path, func(w io.Writer) error {
			a, err := archive.NewWriter(w, archive.Manifest{Made: made}, nil)
			check(t, err, nil)
			_, err = a.Add(t.Context(), name, from, "")
			check(t, err, nil)
			_, err = a.Close()
			return err
		}), nil)
		got := into{}
		if _, _, err := archive.Read(t.Context(), path, got.take, nil); !errors.Is(err, archive.ErrChanged) || len(got) > 0 {
			t.Errorf("%q: %v, taken %d", name, err, len(got))
		}
	}
}

func TestMirror(t *testing.T) {
	dir := t.TempDir()
	m := archive.Mirror{Dir: filepath.Join(dir, "recordings")}
	a, sumA := write(t, dir, "a", "một")
	_, sumB := write(t, dir, "b", "hai")
	check(t, m.Put(t.Context(), sumA, a, nil), nil)
	check(t, m.Put(t.Context(), sumA, a, nil), nil)
	check(t, m.Put(t.Context(), sumB, a, nil), archive.ErrChanged)
	if !m.Has(sumA, 5) || m.Has(sumB, 5) {
		t.Error("it holds the wrong files")
	}
	check(t, m.Put(t.Context(), sumB, filepath.Join(dir, "none"), nil), fs.ErrNotExist)
	pulled := filepath.Join(dir, "mnt", "loalang-backup")
	check(t, archive.Mirror{Dir: filepath.Join(pulled, "recordings")}.Put(t.Context(), sumA, a, nil), syscall.ENODEV)
	if _, err := os.Stat(filepath.Dir(pulled)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("folders are made below an empty mount point: %v", err)
	}
	_, _ = write(t, m.Dir, "mine.txt", "của tôi")
	_, _ = write(t, m.Dir, sumB[:2]+"/"+sumB+".part", "half")
	n, err := m.Prune(map[string]bool{})
	check(t, err, nil)
	if _, err := os.Stat(filepath.Join(m.Dir, "mine.txt")); n != 2 || err != nil || m.Has(sumA, 5) {
		t.Errorf("removed %d, %v", n, err)
	}
}

func TestRoom(t *testing.T) {
	check(t, archive.Room(t.TempDir(), 1), nil)
	err := archive.Room(t.TempDir(), 1<<60)
	var none archive.NoRoom
	if !errors.As(err, &none) || !errors.Is(err, syscall.ENOSPC) || none.Need <= none.Free {
		t.Errorf("got %v", err)
	}
}

// FuzzRead gives archives that anybody made: a reading never panics, and what it takes
// stays within the folder.
func FuzzRead(f *testing.F) {
	path := filepath.Join(f.TempDir(), "a.tar")
	pack(f, path, map[string]string{"loalang.db": "kho"})
	whole, err := os.ReadFile(path)
	check(f, err, nil)
	f.Add(whole)
	f.Add(whole[:1500])
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "a.tar")
		check(t, os.WriteFile(path, raw, 0o600), nil)
		_, _, _ = archive.Read(t.Context(), path, func(name string, _ int64) (io.WriteCloser, error) {
			if !filepath.IsLocal(name) || !fs.ValidPath(name) {
				t.Errorf("takes %q", name)
			}
			return nil, nil
		}, nil)
	})
}
