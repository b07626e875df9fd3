package recordings

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Retention says how long a board keeps what nothing uses.
type Retention struct {
	PreviewDays int // what a voice read only to be heard beforehand
	TakeDays    int // what people recorded and no announcement or slot ever took, or takes no more
	LogYears    int // as-run; 0: for ever
}

// UsualRetention is that of a board on which nobody has decided.
func UsualRetention() Retention { return Retention{PreviewDays: 2, TakeDays: 90, LogYears: 5} }

// The bounds of a Retention. What is younger than a day may still be on its way into
// an announcement; a take is somebody's work.
const (
	PreviewDaysLeast = 1
	PreviewDaysMost  = 365
	TakeDaysLeast    = 7
	TakeDaysMost     = 3650
	LogYearsMost     = 50
)

// ErrRetention says that a Retention is outside of its bounds.
var ErrRetention = errors.New("previews are kept for 1 to 365 days, takes for 7 to 3650, the log for 1 to 50 years or for ever")

// Check is ErrRetention when r is outside of its bounds.
func (r Retention) Check() error {
	if r.PreviewDays < PreviewDaysLeast || r.PreviewDays > PreviewDaysMost || r.TakeDays < TakeDaysLeast || r.TakeDays > TakeDaysMost || r.LogYears < 0 || r.LogYears > LogYearsMost {
		return ErrRetention
	}
	return nil
}

// FinishedDays is for how long a recording of an announcement that may air no more was not
// heard before it makes room for new ones. It is kept for as long as there is room.
const FinishedDays = 30

// Surplus is what can be removed: recordings that nothing uses, brought before these
// instants.
type Surplus struct {
	Previews, Takes time.Time
}

// surplus is what r lets go at now. On a disk that runs full it is more: previews of an
// hour ago, takes after half of their time.
func (r Retention) surplus(now time.Time, short bool) Surplus {
	if short {
		return Surplus{now.Add(-time.Hour), now.AddDate(0, 0, -max(1, r.TakeDays/2))}
	}
	return Surplus{now.AddDate(0, 0, -r.PreviewDays), now.AddDate(0, 0, -r.TakeDays)}
}

// Stock knows what the library need not keep. The store implements it.
type Stock interface {
	Retention(ctx context.Context) (Retention, error)
	// Expendable lists the recordings of a Surplus, the oldest first: none that an
	// announcement, a slot or the plan names, nor that aired within ReplayTime.
	Expendable(ctx context.Context, s Surplus, now time.Time) ([]Recording, error)
	// Finished lists recordings of announcements that may air no more, none that anything else
	// uses, that aired or was brought since an instant, or that the plan names; the longest
	// unheard first, some hundreds at once.
	Finished(ctx context.Context, before, now time.Time) ([]Recording, error)
	// PruneLog removes the as-run of before an instant and returns how many rows it
	// had.
	PruneLog(ctx context.Context, before time.Time) (int, error)
	// PrunePictures removes the pictures of what was sent and heard that are too old at now.
	PrunePictures(ctx context.Context, now time.Time) error
}

// ReplayTime is how long what aired can be heard again on the public board, and a day
// more for people who are late.
const ReplayTime = 8 * 24 * time.Hour

// CaretakerConfig is what a Caretaker is made of. Every field is required unless it says otherwise.
type CaretakerConfig struct {
	Library *Library
	Stock   Stock
	// Quiet says that nothing airs and nothing is about to.
	Quiet func(ctx context.Context) bool
	// Trusted says that Now is right: by a wrong clock everything would be old.
	Trusted func() bool
	Now     func() time.Time
	Log     *slog.Logger
	// Lacking is how many bytes the disk lacks; more than 0 says that it runs full. nil: as
	// Library.Lacking tells.
	Lacking func() int64
	// Beat is called each time Run looks, and behind each recording of a round; nil: nobody
	// watches it.
	Beat func()
}

// Caretaker removes by itself what nothing uses any more, and on a disk that runs full the
// sound of announcements that may air no more, as much as makes room: a board that nobody
// visits would take in nothing new. Its methods may be called from any goroutine.
type Caretaker struct{ cfg CaretakerConfig }

// NewCaretaker makes one; Run sets it to work.
func NewCaretaker(c CaretakerConfig) *Caretaker {
	if c.Lacking == nil {
		c.Lacking = c.Library.Lacking
	}
	if c.Beat == nil {
		c.Beat = func() {}
	}
	return &Caretaker{c}
}

// The rhythm of a Caretaker.
const (
	careLook  = 10 * time.Minute // between two looks
	careEvery = 20 * time.Hour   // between two rounds, when the disk has room
)

// Run makes a round about once a day, at a time when nothing airs; at once when the
// disk runs full. It blocks until ctx ends, and tells of faults in the log.
func (k *Caretaker) Run(ctx context.Context) error {
	var last time.Time
	for k.cfg.Beat(); rest(ctx, careLook) == nil; k.cfg.Beat() {
		now, short := k.cfg.Now(), k.cfg.Lacking() > 0
		due := short || last.IsZero() || now.Sub(last) >= careEvery || now.Before(last)
		if !due || !k.cfg.Trusted() || !k.cfg.Quiet(ctx) {
			continue
		}
		last = now
		if _, err := k.Tidy(ctx); err != nil && ctx.Err() == nil {
			k.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "the library could not be tidied; the next round tries again", slog.Any("err", err))
		}
	}
	return nil
}

// Surplus lists what a round would remove now, and changes nothing.
func (k *Caretaker) Surplus(ctx context.Context) ([]Recording, error) {
	unused, finished, err := k.surplus(ctx)
	return append(unused, finished...), err
}

// surplus is what nothing uses and, on a disk that runs full, as much of what is finished as
// is lacking still.
func (k *Caretaker) surplus(ctx context.Context) (unused, finished []Recording, err error) {
	if !k.cfg.Trusted() {
		return nil, nil, nil
	}
	r, err := k.cfg.Stock.Retention(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read how long recordings are kept: %w", err)
	}
	now, lacking := k.cfg.Now(), k.cfg.Lacking()
	if unused, err = k.cfg.Stock.Expendable(ctx, r.surplus(now, lacking > 0), now); err != nil {
		return nil, nil, fmt.Errorf("look for what nothing uses: %w", err)
	}
	for _, r := range unused {
		if !k.cfg.Library.held(r) {
			lacking -= r.weight()
		}
	}
	if lacking <= 0 {
		return unused, nil, nil
	}
	if finished, err = k.cfg.Stock.Finished(ctx, now.AddDate(0, 0, -FinishedDays), now); err != nil {
		return nil, nil, fmt.Errorf("look for what airs no more: %w", err)
	}
	all := len(finished)
	finished = slices.DeleteFunc(finished, k.cfg.Library.held)
	if n := all - len(finished); n > 0 {
		k.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "what airs no more makes no room: what a restore put aside has it too; delete the folders before-restore-… of the data folder", slog.Int("recordings", n))
	}
	for i, r := range finished {
		if lacking -= r.weight(); lacking <= 0 {
			return unused, finished[:i+1], nil
		}
	}
	return unused, finished, nil
}

// held says whether a stored form of a recording has a second name, as what a restore put aside
// has: to remove it here gives no room.
func (l *Library) held(r Recording) bool {
	for _, v := range r.Variants {
		hash := v.SHA256
		if v.Form == PlayCopy {
			hash = r.ID
		}
		var st unix.Stat_t
		if isID(hash) && unix.Lstat(l.blob(v.Form, hash), &st) == nil && st.Nlink > 1 {
			return true
		}
	}
	return false
}

// weight is what the disk gets back with a recording, in bytes, at least: what it shares with
// another stays.
func (r Recording) weight() (bytes int64) {
	for _, v := range r.Variants {
		bytes += v.Bytes
	}
	return max(bytes, r.Bytes)
}

// Tidied is what a round removed.
type Tidied struct {
	Previews, Takes int
	Finished        int // recordings of announcements that air no more, for the disk ran full
	Cleared         int // recordings that were removed before and can no more be taken back
	LogRows         int
}

// Tidy makes one round. What people recorded can be taken back for TakeBackTime, unless
// the disk runs full. What has come to be used meanwhile stays. By a clock that is not
// trusted nothing is removed.
func (k *Caretaker) Tidy(ctx context.Context) (t Tidied, err error) {
	unused, finished, err := k.surplus(ctx)
	if err != nil || !k.cfg.Trusted() {
		return t, err
	}
	short := k.cfg.Lacking() > 0
	var errs []error
	for i, r := range append(unused, finished...) {
		if ctx.Err() != nil {
			return t, ctx.Err()
		}
		remove, count := k.cfg.Library.Bury, &t.Takes
		switch {
		case i >= len(unused):
			remove, count = k.cfg.Library.Remove, &t.Finished
		case r.Kind == Speech:
			remove, count = k.cfg.Library.Remove, &t.Previews
		}
		k.cfg.Beat()
		var used InUse
		switch err := remove(ctx, r.ID); {
		case err == nil:
			*count++
		case errors.As(err, &used), errors.Is(err, ErrNotFound): // it came to be used, or somebody was faster
		default:
			errs = append(errs, fmt.Errorf("remove %.8s: %w", r.ID, err))
		}
	}
	now := k.cfg.Now()
	before := now.Add(-TakeBackTime)
	if short {
		before = now.Add(time.Second)
	}
	t.Cleared, err = k.cfg.Library.Empty(ctx, before)
	errs = append(errs, err, k.cfg.Stock.PrunePictures(ctx, now))
	r, err := k.cfg.Stock.Retention(ctx)
	if err == nil && r.LogYears > 0 {
		t.LogRows, err = k.cfg.Stock.PruneLog(ctx, now.AddDate(-r.LogYears, 0, 0))
	}
	if t != (Tidied{}) {
		k.cfg.Log.LogAttrs(ctx, slog.LevelInfo, "library tidied", slog.Int("previews", t.Previews), slog.Int("takes", t.Takes), slog.Int("finished", t.Finished), slog.Int("cleared", t.Cleared), slog.Int("log rows", t.LogRows), slog.Bool("short", short))
	}
	return t, errors.Join(append(errs, err)...)
}

// shortOf is how much room beyond the reserve the disk has left when it runs full.
const shortOf = 300 << 20

// shortOfFiles is how many more files the disk takes when it runs full of them: some hundred
// recordings.
const shortOfFiles = 1000

// Lacking is how many bytes the library's disk lacks for what is said to be room: beyond the
// reserve there is less than that of one long recording. 0: it lacks none.
func (l *Library) Lacking() int64 {
	var s unix.Statfs_t
	if err := unix.Statfs(l.dir, &s); err != nil {
		return 0 // what writes will say so
	}
	lacking := max(0, l.limits.Reserve+shortOf-int64(s.Bavail)*int64(s.Bsize))
	if s.Files > 0 && s.Ffree < shortOfFiles { // some file systems count none
		lacking = max(lacking, shortOf/4)
	}
	return lacking
}
