package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"loalang/archive/disktest"
	"loalang/scheduler"
	"loalang/store"
)

// smallDisk is a file system of its own; the test is skipped where none may be
// mounted.
func smallDisk(t *testing.T, bytes string) string {
	t.Helper()
	dir, err := disktest.Tmpfs(t, "size="+bytes)
	if err != nil {
		t.Skipf("SKIPPED: a small disk cannot be mounted here (%v): run the tests as root", err)
	}
	return dir
}

// fill takes all room of the disk.
func fill(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "filler")
	f, err := os.Create(name)
	check(t, err, nil)
	defer f.Close()
	block := make([]byte, 4096)
	for {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			return name
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// tries is how many small rows may still fit into pages that are there before
// the margin must be touched.
const tries = 20

// saturated is a store on a disk without any room left but the margin; err is
// what the first refused save said.
func saturated(t *testing.T) (s *store.Store, dir, filler string, err error) {
	t.Helper()
	dir = smallDisk(t, "24m")
	s = open(t, config(filepath.Join(dir, "loalang.db")))
	seed(t, s)
	for i := range tries {
		check(t, s.SaveRecording(context.Background(), recording(fmt.Sprint(i), unTa, day0)), nil)
	}
	filler = fill(t, dir)
	for i := 0; i < 100000 && err == nil; i++ { // what room is left inside the files
		err = s.SaveAnnouncement(context.Background(), notice(newID()), nil, nil)
	}
	return s, dir, filler, err
}

// On a full disk what people save is refused with a sentence, playing and
// logging go on, and nothing that was acknowledged is lost.
func TestFullDisk(t *testing.T) {
	s, dir, filler, err := saturated(t)
	ctx := context.Background()
	check(t, err, store.ErrFull)
	check(t, err, syscall.ENOSPC)
	if !strings.Contains(err.Error(), "the disk is full: delete recordings") {
		t.Errorf("no sentence: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "reserve")); err != nil {
		t.Fatalf("the margin was spent on an announcement: %v", err)
	}
	const rows = 300
	for range rows {
		id := newID()
		check(t, s.Claim(ctx, claimed(id, day0)), nil)
		check(t, s.Record(ctx, played(id, day0)), nil)
	}
	if _, err := os.Stat(filepath.Join(dir, "reserve")); !os.IsNotExist(err) {
		t.Errorf("the disk was not full, the margin is still there: %v", err)
	}
	list, err := s.AsRuns(ctx, unTa, time.Time{}, time.Time{})
	check(t, err, nil)
	if len(list) != rows {
		t.Errorf("%d rows, want %d", len(list), rows)
	}
	check(t, s.Integrity(ctx), nil)

	check(t, os.Remove(filler), nil)
	check(t, s.KeepReserve(), nil)
	check(t, s.SaveAnnouncement(ctx, notice("again"), nil, nil), nil)
}

func TestWhatTheMarginIsFor(t *testing.T) {
	ctx := context.Background()
	cases := map[string]func(s *store.Store, i int) error{
		"claim":  func(s *store.Store, i int) error { return s.Claim(ctx, claimed(fmt.Sprint(i), day0)) },
		"record": func(s *store.Store, i int) error { return s.Record(ctx, played(fmt.Sprint(i), day0)) },
		"emergency": func(s *store.Store, i int) error {
			return s.SaveEmergency(ctx, scheduler.Emergency{Owned: scheduler.Owned{ID: fmt.Sprint(i), Village: unTa}, Raised: day0, Expires: day0.Add(time.Hour)})
		},
		"sign-in": func(s *store.Store, i int) error {
			return s.Commit(fmt.Sprint(i), []byte("data"), day0.Add(time.Hour))
		},
		"removed recording": func(s *store.Store, i int) error { _, err := s.RemoveRecording(ctx, fmt.Sprint(i), day0); return err },
	}
	for name, write := range cases {
		t.Run(name, func(t *testing.T) {
			s, dir, _, err := saturated(t)
			check(t, err, store.ErrFull)
			for i := range tries {
				check(t, write(s, i), nil)
				if _, err := os.Stat(filepath.Join(dir, "reserve")); os.IsNotExist(err) {
					return
				}
			}
			t.Error("the margin was never needed")
		})
	}
}

// When the margin is spent too, a claim is refused and says why: playout then
// spools it elsewhere.
func TestFullDiskWithoutMargin(t *testing.T) {
	dir := smallDisk(t, "12m")
	s := open(t, config(filepath.Join(dir, "loalang.db")))
	seed(t, s)
	check(t, s.ReleaseReserve(), nil)
	fill(t, dir)
	var err error
	for i := 0; i < 100000 && err == nil; i++ {
		err = s.Claim(context.Background(), claimed(newID(), day0))
	}
	check(t, err, store.ErrFull)
	check(t, s.Ping(context.Background()), nil)
}

func TestReserve(t *testing.T) {
	dir := t.TempDir()
	s := open(t, config(filepath.Join(dir, "loalang.db")))
	reserve := filepath.Join(dir, "reserve")
	blocks := func() int64 {
		var st unix.Stat_t
		if err := unix.Stat(reserve, &st); err != nil {
			return 0
		}
		return st.Blocks * 512
	}
	if got := blocks(); got < 8<<20 {
		t.Errorf("the margin holds %d bytes", got)
	}
	check(t, s.ReleaseReserve(), nil)
	check(t, s.ReleaseReserve(), nil)
	if got := blocks(); got != 0 {
		t.Errorf("after its release the margin holds %d bytes", got)
	}
	check(t, s.KeepReserve(), nil)
	check(t, s.KeepReserve(), nil)
	if got := blocks(); got < 8<<20 {
		t.Errorf("set aside again, the margin holds %d bytes", got)
	}
}

// A disk too small for the margin must not keep the board from starting.
func TestOpenWithoutRoomForTheMargin(t *testing.T) {
	dir := smallDisk(t, "4m")
	seed(t, open(t, config(filepath.Join(dir, "loalang.db"))))
	if _, err := os.Stat(filepath.Join(dir, "reserve")); !os.IsNotExist(err) {
		t.Errorf("a part of the margin takes room: %v", err)
	}
}

// Two writes that meet the full disk at once are both kept: the second does not
// give up because the first has given the margin back.
func TestTwoWritesMeetTheFullDisk(t *testing.T) {
	s, dir, _, err := saturated(t)
	check(t, err, store.ErrFull)
	ctx := context.Background()
	const writers = 40
	errs := make(chan error, writers)
	for i := range writers {
		go func() { errs <- s.Claim(ctx, claimed(fmt.Sprint("two", i), day0)) }()
	}
	for range writers {
		check(t, <-errs, nil)
	}
	if _, err := os.Stat(filepath.Join(dir, "reserve")); !os.IsNotExist(err) {
		t.Errorf("the margin was not needed: %v", err)
	}
}

// On a full disk the database opens at the cost of the margin, which is not
// taken again while the disk is full; without a margin it opens to be read.
func TestOpenOnAFullDisk(t *testing.T) {
	for name, margin := range map[string]bool{"WithTheMargin": true, "MarginUsedUp": false} {
		t.Run(name, func(t *testing.T) {
			dir := smallDisk(t, "24m")
			path := filepath.Join(dir, "loalang.db")
			ctx := context.Background()
			s := open(t, config(path))
			seed(t, s)
			check(t, s.SaveAnnouncement(ctx, notice("kept"), nil, nil), nil)
			check(t, s.Close(), nil)
			if !margin {
				check(t, os.Remove(filepath.Join(dir, "reserve")), nil)
			}
			filler := fill(t, dir)
			s = open(t, config(path))
			if _, err := os.Stat(filepath.Join(dir, "reserve")); !os.IsNotExist(err) {
				t.Errorf("the margin is there on a full disk: %v", err)
			}
			_, err := s.Announcement(ctx, "kept")
			check(t, err, nil)
			if margin {
				check(t, s.Claim(ctx, claimed("o", day0)), nil)
				return
			}
			check(t, s.Claim(ctx, claimed("o", day0)), store.ErrFull)
			check(t, os.Remove(filler), nil)
			check(t, s.Claim(ctx, claimed("o", day0)), nil)
			for _, pool := range store.Pools(s) {
				pool.SetConnMaxLifetime(time.Nanosecond) // as if half a minute had passed
			}
			check(t, s.Ping(ctx), nil)
			if _, err := open(t, config(path)).Announcement(ctx, "kept"); err != nil {
				t.Errorf("with room on the disk nobody else can open the database: %v", err)
			}
			check(t, s.Claim(ctx, claimed("p", day0)), nil)
		})
	}
}

// While the room is needed the margin is not taken; once there is room it is set
// aside again by itself.
func TestMarginComesBackWhenThereIsRoom(t *testing.T) {
	s, dir, filler, err := saturated(t)
	check(t, err, store.ErrFull)
	check(t, s.ReleaseReserve(), nil)
	check(t, s.KeepReserve(), store.ErrFull)
	reserve := filepath.Join(dir, "reserve")
	if _, err := os.Stat(reserve); !os.IsNotExist(err) {
		t.Fatalf("the margin was taken though it is needed: %v", err)
	}
	check(t, os.Remove(filler), nil)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- s.TendReserve(ctx) }()
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if _, err := os.Stat(reserve); err != nil {
			t.Errorf("the margin did not come back: %v", err)
		}
		stop()
		check(t, <-ended, nil)
	})
}

// TestAMarginThatCannotBeKeptIsToldOnce: a disk that takes no writes wrote the same line into the journal every
// minute, for days, and pushed out what had come before.
func TestAMarginThatCannotBeKeptIsToldOnce(t *testing.T) {
	var log bytes.Buffer
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	s := open(t, c)
	reserve := filepath.Join(filepath.Dir(c.Path), "reserve")
	ill := func() { // what stands in its place takes no bytes
		check(t, os.RemoveAll(reserve), nil)
		check(t, os.Mkdir(reserve, 0o700), nil)
	}
	ill()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- s.TendReserve(ctx) }()
		for i, want := range []int{1, 2} { // it is told once more when it was well in between
			time.Sleep(time.Hour + time.Second)
			synctest.Wait()
			if got := strings.Count(log.String(), "no margin could be set aside"); got != want {
				t.Errorf("after %d hours it was told %d times: %s", i+1, got, log.String())
			}
			check(t, os.RemoveAll(reserve), nil)
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			ill()
		}
		stop()
		check(t, <-ended, nil)
	})
}
