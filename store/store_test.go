package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"loalang/scheduler"
	"loalang/store"
)

// writerEnv makes the test binary a writer that waits to be killed.
const writerEnv = "LOALANG_TEST_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerEnv); path != "" {
		writeUntilKilled(path)
		return
	}
	goleak.VerifyTestMain(m)
}

// day0 is the now of the tests: Monday, 17:00 in Vietnam.
var day0 = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

const unTa = "un-ta"

// clock is a wall clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func config(path string) store.Config {
	return store.Config{Path: path, Now: (&clock{now: day0}).Now, NewID: newID, Log: slog.New(slog.DiscardHandler)}
}

// open is a store that is closed at the end of the test.
func open(t testing.TB, c store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// fresh is an empty store.
func fresh(t testing.TB) *store.Store {
	t.Helper()
	return open(t, config(filepath.Join(t.TempDir(), "loalang.db")))
}

// seeded is a store with the village Ún Tà and its two slots, and a clock.
func seeded(t testing.TB) (*store.Store, *clock) {
	t.Helper()
	c, now := config(filepath.Join(t.TempDir(), "loalang.db")), &clock{now: day0}
	c.Now = now.Now
	s := open(t, c)
	seed(t, s)
	return s, now
}

func seed(t testing.TB, s *store.Store) {
	t.Helper()
	if err := s.Seed(context.Background(), village(), slots()); err != nil {
		t.Fatal(err)
	}
}

func village() scheduler.Village {
	return scheduler.Village{
		Key: unTa, Name: "Ún Tà", Commune: "Cốc San", Zone: "Asia/Ho_Chi_Minh", Languages: []string{"vi", "pcc"},
		Allowed: []scheduler.Window{{From: 300, To: 1320, Days: 0b111110}},
	}
}

func slots() []scheduler.Slot {
	return []scheduler.Slot{
		{Owned: scheduler.Owned{ID: "slot-evening"}, Name: "Buổi chiều", Start: 17 * 60, Length: time.Hour, Closing: "rec-close"},
		{Owned: scheduler.Owned{ID: "slot-morning"}, Name: "Buổi sáng", Start: 5*60 + 30, Length: time.Hour, Days: 1 << time.Monday, Opening: "rec-open"},
	}
}

// notice is an announcement that has never been saved.
func notice(id string) scheduler.Announcement {
	return scheduler.Announcement{
		Owned: scheduler.Owned{ID: id, Village: unTa}, Title: "Họp thôn " + id, Topic: "hop-thon", Class: scheduler.ClassNormal,
		Issuer: "UBND xã Cốc San", Text: "Kính mời bà con …", ValidFrom: day0, ValidUntil: day0.AddDate(0, 0, 7), CreatedBy: "Hoa",
	}
}

// check ends the test when an error is not the one that was expected; nil
// expects none.
func check(t testing.TB, err, want error) {
	t.Helper()
	if want == nil && err != nil || !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

// expect is check for goroutines that are not the test's own.
func expect(t testing.TB, err, want error) bool {
	t.Helper()
	if want == nil && err != nil || !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
		return false
	}
	return true
}

// same compares printed values: times, slices and maps print all they hold.
func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if reflect.DeepEqual(got, want) { // what lies behind pointers is printed as addresses
		return
	}
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func TestPingAndIntegrity(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	check(t, s.Ping(ctx), nil)
	check(t, s.Integrity(ctx), nil)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	check(t, s.Ping(gone), context.Canceled)
	_, err := s.Announcement(gone, "x")
	check(t, err, context.Canceled)
	check(t, s.SaveAnnouncement(gone, notice("x"), nil, nil), context.Canceled)
}

func TestAfterCloseEveryCallFails(t *testing.T) {
	s, err := store.Open(context.Background(), config(filepath.Join(t.TempDir(), "loalang.db")))
	check(t, err, nil)
	check(t, s.Close(), nil)
	if s.Ping(context.Background()) == nil || s.SaveVillage(context.Background(), village()) == nil {
		t.Error("a closed store answers")
	}
}

func TestNotFoundIsErrNotExistEverywhere(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	cases := map[string]func() error{
		"announcement":       func() error { _, err := s.Announcement(ctx, "x"); return err },
		"page of notices":    func() error { _, err := s.Announcements(ctx, unTa, "x", 10); return err },
		"page of recordings": func() error { _, err := s.Recordings(ctx, unTa, "x", 10); return err },
		"recording":          func() error { _, err := s.Recording(ctx, "x"); return err },
		"village":            func() error { _, err := s.Village(ctx, "x"); return err },
		"book":               func() error { _, err := s.Book(ctx, "x", day0); return err },
		"as-run":             func() error { _, err := s.AsRun(ctx, "x"); return err },
		"account by name":    func() error { _, err := s.AccountByName(ctx, "x"); return err },
		"account by ID":      func() error { _, err := s.AccountByID(ctx, "x"); return err },
		"spoken":             func() error { _, err := s.SpokenBefore(ctx, "x"); return err },
		"remove schedule":    func() error { return s.RemoveSchedule(ctx, "x", day0) },
		"remove slot":        func() error { return s.RemoveSlot(ctx, "x", day0) },
		"remove recording":   func() error { _, err := s.RemoveRecording(ctx, "x", day0); return err },
		"update of nothing":  func() error { return s.SaveSlot(ctx, scheduler.Slot{Owned: scheduler.Owned{ID: "x", Revision: 1}}) },
		"village of nothing": func() error { return s.SaveVillage(ctx, scheduler.Village{Key: "x", Revision: 1}) },
		"speech of nothing":  func() error { return s.RememberSpoken(ctx, "key", "x") },
		"schedule of nothing": func() error {
			return s.SaveSchedule(ctx, scheduler.Schedule{Owned: scheduler.Owned{ID: "s"}, Announcement: "x"})
		},
		"rendition of nothing": func() error {
			return s.SaveRendition(ctx, scheduler.Rendition{Owned: scheduler.Owned{ID: "r"}, Announcement: "x"})
		},
		"notice of no village": func() error {
			return s.SaveAnnouncement(ctx, scheduler.Announcement{Owned: scheduler.Owned{ID: "a", Village: "x"}}, nil, nil)
		},
		"slot of no village": func() error {
			return s.SaveSlot(ctx, scheduler.Slot{Owned: scheduler.Owned{ID: "a", Village: "x"}})
		},
	}
	for name, call := range cases {
		t.Run(name, func(t *testing.T) { check(t, call(), fs.ErrNotExist) })
	}
}
