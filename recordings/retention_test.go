package recordings_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/recordings"
)

// stock is a store in memory that has recordings by the day they were brought.
type stock struct {
	*bin
	rules    recordings.Retention
	pruned   []time.Time
	pictures int // how often those of long ago were removed
	finished []recordings.Recording
	before   time.Time // as Finished was asked
	err      error
}

func (s *stock) Retention(context.Context) (recordings.Retention, error) { return s.rules, s.err }

func (s *stock) Expendable(_ context.Context, x recordings.Surplus, _ time.Time) (list []recordings.Recording, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.known {
		if r.Deleted.IsZero() && (r.Kind == recordings.Speech && r.Created.Before(x.Previews) || r.Kind == recordings.Take && r.Created.Before(x.Takes)) {
			list = append(list, r)
		}
	}
	return list, s.err
}

func (s *stock) Finished(_ context.Context, before, _ time.Time) ([]recordings.Recording, error) {
	s.before = before
	return s.finished, s.err
}

func (s *stock) PrunePictures(context.Context, time.Time) error {
	s.pictures++
	return nil
}

func (s *stock) PruneLog(_ context.Context, before time.Time) (int, error) {
	s.pruned = append(s.pruned, before)
	return 1, nil
}

// care is a caretaker in virtual time, of a library with a preview and a take that come
// when it begins.
type care struct {
	stock   *stock
	dir     string // of the library
	keeper  *recordings.Caretaker
	quiet   bool
	lacking int64
	trusted bool
	beats   int
}

const (
	previewID = "1111111111111111111111111111111111111111111111111111111111111111"
	oldTakeID = "2222222222222222222222222222222222222222222222222222222222222222"
)

func newCare(t *testing.T) *care {
	t.Helper()
	x := &index{}
	c := &care{stock: &stock{bin: &bin{index: x}, rules: recordings.UsualRetention()}, quiet: true, trusted: true}
	c.dir = t.TempDir()
	l, err := recordings.Open(recordings.Config{Dir: c.dir, Index: x, Bin: c.stock, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	for id, kind := range map[string]recordings.Kind{previewID: recordings.Speech, oldTakeID: recordings.Take} {
		if err := x.SaveRecording(t.Context(), recordings.Recording{ID: id, Kind: kind, Created: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	c.keeper = recordings.NewCaretaker(recordings.CaretakerConfig{
		Library: l, Stock: c.stock, Now: time.Now, Log: slog.New(slog.DiscardHandler), Lacking: func() int64 { return c.lacking },
		Quiet: func(context.Context) bool { return c.quiet }, Trusted: func() bool { return c.trusted },
		Beat: func() { c.beats++ },
	})
	return c
}

// lives says whether a recording has no tombstone.
func (c *care) lives(id string) bool {
	_, err := c.stock.Recording(context.Background(), id)
	return err == nil
}

// run runs the caretaker within a bubble while do looks at it.
func (c *care) run(t *testing.T, do func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.keeper.Run(ctx) }()
	do()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

func TestCaretakerKeepsWhatIsYoung(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCare(t)
		c.run(t, func() {
			time.Sleep(days(2) - time.Hour)
			if !c.lives(previewID) || !c.lives(oldTakeID) {
				t.Error("removed too early")
			}
			time.Sleep(days(2))
			if c.lives(previewID) || !c.lives(oldTakeID) {
				t.Error("after four days the preview is to be gone, and the take there")
			}
			time.Sleep(days(85))
			if !c.lives(oldTakeID) {
				t.Error("the take is gone after 89 days")
			}
			time.Sleep(days(3))
			if c.lives(oldTakeID) {
				t.Error("the take is there after 92 days")
			}
			if len(c.stock.cleared) != 1 {
				t.Errorf("cleared %v: a take can be taken back", c.stock.cleared)
			}
			time.Sleep(days(8))
			if len(c.stock.cleared) != 2 {
				t.Errorf("cleared %v", c.stock.cleared)
			}
		})
		if n := len(c.stock.pruned); n < 80 || n > 130 {
			t.Errorf("the log was looked at %d times in 100 days", n)
		}
		if n := c.stock.pictures; n < 80 || n > 130 {
			t.Errorf("the pictures were looked at %d times in 100 days", n)
		}
		if at := c.stock.pruned[0]; time.Since(at) < 5*365*24*time.Hour {
			t.Errorf("the log is pruned before %v", at)
		}
	})
}

func TestCaretakerWaitsForQuietAndForTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCare(t)
		c.quiet = false
		c.run(t, func() {
			time.Sleep(days(30))
			if !c.lives(previewID) {
				t.Error("it tidied while something aired")
			}
			c.quiet, c.trusted = true, false
			time.Sleep(days(30))
			if !c.lives(previewID) {
				t.Error("it tidied by a clock that is not trusted")
			}
			c.trusted = true
			time.Sleep(time.Hour)
			if c.lives(previewID) {
				t.Error("it did not make up for it")
			}
		})
	})
}

func TestCaretakerIsEarlyOnAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCare(t)
		c.run(t, func() {
			time.Sleep(2 * time.Hour)
			c.lacking = 1
			time.Sleep(30 * time.Minute)
			if c.lives(previewID) || !c.lives(oldTakeID) {
				t.Error("on a full disk a preview of two hours ago is to go, and a take to stay")
			}
			time.Sleep(days(46))
			if c.lives(oldTakeID) || len(c.stock.cleared) < 2 {
				t.Errorf("after half of its time the take is to be gone for ever: %v", c.stock.cleared)
			}
		})
	})
}

// A board that nobody visits kept the sound of every notice that it ever aired, and took in
// nothing new when the card was full: what airs no more goes then, the longest unheard first
// and as much as is lacking; with room it stays.
func TestCaretakerMakesRoomOfWhatAirsNoMore(t *testing.T) {
	c := newCare(t)
	for _, id := range []string{"3", "4", "5"} {
		r := recordings.Recording{ID: strings.Repeat(id, 64), Kind: recordings.Take, Created: time.Now(), Bytes: 1000}
		if err := c.stock.SaveRecording(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		c.stock.finished = append(c.stock.finished, r)
	}
	there := func() (n int) {
		for _, r := range c.stock.finished {
			if c.lives(r.ID) {
				n++
			}
		}
		return n
	}
	for _, step := range []struct {
		lacking int64
		left    int
	}{{0, 3}, {1500, 1}, {0, 1}} {
		c.lacking = step.lacking
		would, err := c.keeper.Surplus(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		was := there()
		got, err := c.keeper.Tidy(t.Context())
		if err != nil || there() != step.left || got.Finished != was-step.left || len(would) != was-step.left {
			t.Errorf("lacking %d: %d are left, want %d; told %+v, foretold %d, %v", step.lacking, there(), step.left, got, len(would), err)
		}
	}
	if c.lives(c.stock.finished[0].ID) || !c.lives(c.stock.finished[2].ID) {
		t.Error("not the longest unheard went")
	}
	if since := time.Since(c.stock.before); since < days(recordings.FinishedDays)-time.Hour || since > days(recordings.FinishedDays)+time.Hour {
		t.Errorf("it asked for what was not heard since %v", c.stock.before)
	}
}

// A restore puts what was there aside, and what the backup names has a second name there: on a full card the
// sound of every old notice went for ever, round after round, and gave no room.
func TestWhatGivesNoRoomStays(t *testing.T) {
	c := newCare(t)
	aside := filepath.Join(t.TempDir(), "before-restore")
	for _, id := range []string{"3", "4"} {
		id = strings.Repeat(id, 64)
		r := recordings.Recording{ID: id, Kind: recordings.Take, Created: time.Now(), Bytes: 1000, Variants: []recordings.Variant{{Form: recordings.Master, SHA256: id, Bytes: 1000}}}
		at := filepath.Join(c.dir, filepath.FromSlash(recordings.BlobName(recordings.Master, id)))
		if err := errors.Join(c.stock.SaveRecording(t.Context(), r), os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, make([]byte, 1000), 0o600)); err != nil {
			t.Fatal(err)
		}
		if len(c.stock.finished) == 0 { // the longest unheard
			if err := os.Link(at, aside); err != nil {
				t.Fatal(err)
			}
		}
		c.stock.finished = append(c.stock.finished, r)
	}
	first, second := c.stock.finished[0], c.stock.finished[1]
	c.lacking = 1500
	if got, err := c.keeper.Tidy(t.Context()); err != nil || got.Finished != 1 || !c.lives(first.ID) || c.lives(second.ID) {
		t.Errorf("%+v, %v", got, err)
	}
	c.stock.finished = []recordings.Recording{first}
	if err := os.Remove(aside); err != nil {
		t.Fatal(err)
	}
	if got, err := c.keeper.Tidy(t.Context()); err != nil || got.Finished != 1 || c.lives(first.ID) {
		t.Errorf("once nothing else has it: %+v, %v", got, err)
	}
}

func TestCaretakerLeavesWhatCameToBeUsed(t *testing.T) {
	c := newCare(t)
	c.lacking = 1
	c.stock.used = recordings.InUse{By: []string{"Họp thôn"}}
	for id, r := range c.stock.known {
		r.Created = r.Created.AddDate(-1, 0, 0)
		c.stock.known[id] = r
	}
	got, err := c.keeper.Tidy(t.Context())
	if err != nil || got.Takes+got.Previews != 0 || !c.lives(oldTakeID) {
		t.Errorf("%+v, %v", got, err)
	}
	c.stock.err = errors.New("locked")
	if _, err := c.keeper.Tidy(t.Context()); !errors.Is(err, c.stock.err) {
		t.Errorf("got %v", err)
	}
}

// A caretaker that stood still let the disk run full, and nobody knew: it comes round every ten
// minutes, also while it may remove nothing, and behind each recording that it removes.
func TestACaretakerComesRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCare(t)
		c.quiet = false
		c.run(t, func() {
			synctest.Wait()
			if c.beats != 1 {
				t.Errorf("as it begins: %d", c.beats)
			}
			time.Sleep(days(1))
			synctest.Wait()
			if looks := int(days(1) / (10 * time.Minute)); c.beats < looks {
				t.Errorf("in a day it came round %d times, want %d", c.beats, looks)
			}
		})
		c.beats = 0
		time.Sleep(days(100))
		if _, err := c.keeper.Tidy(t.Context()); err != nil || c.beats != 2 {
			t.Errorf("over two recordings: %d, %v", c.beats, err)
		}
	})
}

func TestRetentionBounds(t *testing.T) {
	for _, r := range []recordings.Retention{{0, 90, 5}, {366, 90, 5}, {2, 6, 5}, {2, 3651, 5}, {2, 90, -1}, {2, 90, 51}} {
		if err := r.Check(); !errors.Is(err, recordings.ErrRetention) {
			t.Errorf("%+v: %v", r, err)
		}
	}
	for _, r := range []recordings.Retention{recordings.UsualRetention(), {1, 7, 0}, {365, 3650, 50}} {
		if err := r.Check(); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
}
