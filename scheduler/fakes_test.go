package scheduler_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/scheduler"
)

var errBroken = errors.New("database is locked")

// station is a board for the Planner: Ledger and Stage in memory, and a clock
// that can be stepped. Its memory survives a restart of the Planner. It lives
// in a synctest bubble.
type station struct {
	t  *testing.T
	mu sync.Mutex

	book       scheduler.Book
	past       []scheduler.Past
	published  scheduler.Plan
	publishes  int
	promised   map[string]scheduler.Occurrence // everything ever published as airing
	booksFail  bool
	readFails  bool // Published
	writeFails bool // Publish
	slow       time.Duration

	offset  time.Duration // of the wall clock against the bubble's
	trusted bool
	steps   chan time.Duration
	slept   time.Duration
	upSince func() time.Time // as PlannerConfig.UpSince

	next    []time.Time // as PlannerConfig.Next was told
	played  []handed
	omitted []handed
	errors  []string // logged

	planner *scheduler.Planner
	stop    context.CancelFunc
	ended   chan struct{}
}

// handed is one call of the Stage.
type handed struct {
	o      scheduler.Occurrence
	reason string
	at     time.Time
	nth    int // of all calls
}

// newStation is a board in Ún Tà at a civil time.
func newStation(t *testing.T, civil string) *station {
	t.Helper()
	s := &station{t: t, book: book(), trusted: true, promised: map[string]scheduler.Occurrence{}}
	s.book.Frame.Lead = 0 // the Planner fills it in
	s.offset = time.Until(at(t, civil))
	s.steps = make(chan time.Duration, 4)
	t.Cleanup(s.powerOff)
	return s
}

func (s *station) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.offset)
}

// powerOn starts the Planner.
func (s *station) powerOn() {
	ctx, cancel := context.WithCancel(context.Background())
	s.stop, s.ended = cancel, make(chan struct{})
	s.planner = scheduler.NewPlanner(scheduler.PlannerConfig{
		Ledger: s, Stage: s, Village: "un-ta", Horizon: 2 * day, Lead: 9 * time.Second, Now: s.now, Trusted: s.isTrusted, Steps: s.steps, Slept: s.hasSlept, UpSince: s.upSince,
		Next: func(due time.Time) { s.set(func() { s.next = append(s.next, due) }) },
		Log:  slog.New(complaints{s}),
	})
	go func() {
		defer close(s.ended)
		if err := s.planner.Run(ctx); err != nil {
			s.t.Errorf("run: %v", err)
		}
	}()
	synctest.Wait()
}

// powerOff ends it.
func (s *station) powerOff() {
	if s.stop != nil {
		s.stop()
		<-s.ended
		s.stop = nil
	}
}

// off is a power cut that lasts.
func (s *station) off(d time.Duration) {
	s.powerOff()
	time.Sleep(d)
	s.powerOn()
}

// edit changes the book as a person would.
func (s *station) edit(f func(b *scheduler.Book)) {
	s.mu.Lock()
	f(&s.book)
	s.mu.Unlock()
	if s.planner != nil {
		s.planner.Changed()
	}
}

// set changes what the board is like.
func (s *station) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// step moves the wall clock and says so, as hardware's watch on it does.
func (s *station) step(by time.Duration) {
	s.set(func() { s.offset += by })
	s.steps <- by
	synctest.Wait()
}

func (s *station) isTrusted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trusted
}

func (s *station) hasSlept() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.slept
}

func (s *station) Book(ctx context.Context, _ string, now time.Time) (scheduler.Book, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.slow > 0 {
		s.mu.Unlock()
		select {
		case <-time.After(s.slow):
		case <-ctx.Done():
		}
		s.mu.Lock()
	}
	if s.booksFail || ctx.Err() != nil {
		return scheduler.Book{}, errBroken
	}
	b := s.book
	b.Schedules, b.Announcements, b.Renditions = slices.Clone(b.Schedules), slices.Clone(b.Announcements), slices.Clone(b.Renditions)
	for _, p := range s.past {
		if !p.Due.Before(now.Add(-2 * day)) {
			b.Past = append(b.Past, p)
		}
	}
	return b, nil
}

func (s *station) Publish(_ context.Context, p scheduler.Plan) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writeFails {
		return errBroken
	}
	s.published = p
	s.publishes++
	for _, o := range p.Occurrences {
		s.promised[o.ID] = o
	}
	return nil
}

func (s *station) Published(context.Context, string) (scheduler.Plan, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readFails {
		return scheduler.Plan{}, errBroken
	}
	return s.published, nil
}

// Play claims the occurrence a moment later, as playout does.
func (s *station) Play(o scheduler.Occurrence) {
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.played = append(s.played, handed{o, "", at, len(s.played) + len(s.omitted)})
	time.AfterFunc(100*time.Millisecond, func() { s.set(func() { s.past = append(s.past, aired(o)) }) })
}

func (s *station) Omit(o scheduler.Occurrence, r scheduler.Reason) {
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.omitted = append(s.omitted, handed{o, r.Code, at, len(s.played) + len(s.omitted)})
	time.AfterFunc(100*time.Millisecond, func() {
		s.set(func() {
			s.past = append(s.past, scheduler.Past{
				Occurrence: o.ID, Due: o.Due, End: o.Due, Schedule: o.Schedule, Slot: o.Slot, Nominal: o.Nominal, Cause: r.Code,
			})
		})
	})
}

// fates lists what became of the notices, "announcement played" or
// "announcement reason", in order.
func (s *station) fates() []string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []handed
	all = append(append(all, s.played...), s.omitted...)
	slices.SortStableFunc(all, func(a, b handed) int { return a.nth - b.nth })
	var out []string
	for _, h := range all {
		if h.o.Kind != scheduler.Notice {
			continue
		}
		fate := h.reason
		if fate == "" {
			fate = "played"
		}
		out = append(out, h.o.Announcement+" "+fate)
	}
	return out
}

// plan is the published plan and how often one was published.
func (s *station) plan() (scheduler.Plan, int) {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.published, s.publishes
}

// logged lists the errors of the log.
func (s *station) logged() []string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.errors)
}

func (s *station) want(t *testing.T, fates ...string) {
	t.Helper()
	if got := s.fates(); !slices.Equal(got, fates) {
		t.Errorf("fates %q, want %q", got, fates)
	}
}

// complaints keeps the errors that are logged.
type complaints struct{ s *station }

func (c complaints) Enabled(context.Context, slog.Level) bool { return true }

func (c complaints) Handle(_ context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		var what []string
		r.Attrs(func(a slog.Attr) bool {
			what = append(what, a.Value.String())
			return true
		})
		c.s.set(func() { c.s.errors = append(c.s.errors, strings.Join(what, " ")) })
	}
	return nil
}

func (c complaints) WithAttrs([]slog.Attr) slog.Handler { return c }
func (c complaints) WithGroup(string) slog.Handler      { return c }
