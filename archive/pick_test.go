package archive_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"loalang/archive"
)

// Of an archive only what is wanted is read, and of a damaged one what is whole.
func TestPick(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tar")
	pack(t, path, map[string]string{"loalang.db": strings.Repeat("kho", 1<<20), "recordings/master/ab/x.flac": "tiếng"})
	wanted := func(got into) archive.Take {
		return func(name string, bytes int64) (io.WriteCloser, error) {
			if name != "recordings/master/ab/x.flac" {
				return nil, nil
			}
			return got.take(name, bytes)
		}
	}
	pieces := 0
	got := into{}
	check(t, archive.Pick(t.Context(), path, wanted(got), func(context.Context) error { pieces++; return nil }), nil)
	if len(got) != 1 || got["recordings/master/ab/x.flac"].String() != "tiếng" || pieces > 2 {
		t.Errorf("got %v in %d pieces", got, pieces)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	check(t, archive.Pick(ended, path, wanted(into{}), nil), context.Canceled)
	no := errors.New("no")
	check(t, archive.Pick(t.Context(), path, func(string, int64) (io.WriteCloser, error) { return nil, no }, nil), no)

	raw, err := os.ReadFile(path)
	check(t, err, nil)
	check(t, os.WriteFile(path, raw[:len(raw)-1500], 0o600), nil) // the list is cut short
	got = into{}
	if err := archive.Pick(t.Context(), path, wanted(got), nil); len(got) != 1 {
		t.Errorf("of one that is cut short: %v, %v", got, err)
	}
	_, err = archive.List(t.Context(), path)
	check(t, err, archive.ErrCutShort)
}

func TestListOfAnArchive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tar")
	m := pack(t, path, map[string]string{"loalang.db": strings.Repeat("kho", 1<<20), "x": "y"})
	got, err := archive.List(t.Context(), path)
	check(t, err, nil)
	if len(got.Files) != 2 || got.Files[0] != m.Files[0] || got.Village != "un-ta" {
		t.Errorf("listed %+v, packed %+v", got, m)
	}
	other, _ := write(t, t.TempDir(), "phim.mkv", strings.Repeat("phim ", 5000))
	_, err = archive.List(t.Context(), other)
	check(t, err, archive.ErrNotArchive)
}

// Nobody waits for a pipe that lies on a stick under the name of a backup.
func TestAPipeIsNoArchive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tar")
	check(t, unix.Mkfifo(path, 0o600), nil)
	_, _, err := archive.Read(t.Context(), path, nil, nil)
	check(t, err, archive.ErrNoFile)
	_, err = archive.List(t.Context(), path)
	check(t, err, archive.ErrNoFile)
	check(t, archive.Pick(t.Context(), path, into{}.take, nil), archive.ErrNoFile)
	_, err = archive.Hash(t.Context(), path, nil)
	check(t, err, archive.ErrNoFile)
}

// What lies wrong in a mirror is found by its bytes, put out of the way, copied anew, and
// removed in its time.
func TestMirrorIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	m := archive.Mirror{Dir: filepath.Join(dir, "recordings")}
	a, sum := write(t, dir, "a", "một")
	check(t, m.Whole(t.Context(), sum, nil), os.ErrNotExist)
	check(t, m.Put(t.Context(), sum, a, nil), nil)
	check(t, m.Whole(t.Context(), sum, nil), nil)
	check(t, os.WriteFile(m.Path(sum), []byte("mốt"), 0o600), nil)
	check(t, m.Whole(t.Context(), sum, nil), archive.ErrChanged)
	check(t, m.Drop(sum), nil)
	check(t, m.Put(t.Context(), sum, a, nil), nil)
	check(t, m.Whole(t.Context(), sum, nil), nil)
	_, _ = write(t, m.Dir, "ab/notes.txt", "của tôi")
	list, err := m.List()
	check(t, err, nil)
	if len(list) != 1 || list[0] != (archive.MirrorFile{SHA256: sum, Bytes: 5}) {
		t.Errorf("listed %v", list)
	}
	n, err := m.Prune(map[string]bool{sum: true})
	check(t, err, nil)
	if n != 0 {
		t.Errorf("removed %d of what is named", n)
	}
	n, err = m.Prune(map[string]bool{})
	check(t, err, nil)
	if n != 2 {
		t.Errorf("removed %d", n)
	}
}
