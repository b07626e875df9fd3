package health

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// Every is how often a Watch measures.
	Every = 10 * time.Second
	// settled is how many looks in a row say the same before it is a Change: what comes
	// and goes within seconds fills no history.
	settled = 3
	// healed is the same of what is better than before: a number that goes up and down about
	// its limit, a temperature for one, would push everything else out of the history.
	healed = 30
	// staleAfter is how old a Report may be before whoever measures is said to hang.
	staleAfter = 2 * time.Minute
	// bookPatience is how long the Book may take.
	bookPatience = 5 * time.Second
)

// Lamp shows how the board is, on its case. It must return at once.
type Lamp interface {
	ShowHealth(level Level)
}

// WatchConfig is what a Watch works with.
type WatchConfig struct {
	// Measure measures everything; it should come back within a few seconds.
	Measure func(ctx context.Context) Measurement
	Limits  Limits
	Book    Book                 // nil: nothing outlives the program
	Lamp    Lamp                 // nil: there is none
	Beat    func()               // called each time it has measured; nil: nobody watches it
	Now     func() time.Time     // the board's time
	Mono    func() time.Duration // CLOCK_MONOTONIC: how old a Report is
	Log     *slog.Logger
}

// Watch measures the board every ten seconds. Run owns its goroutine, the other methods
// may be called from any and return at once.
type Watch struct {
	cfg WatchConfig

	// Owned by Run.
	standing map[Part]stand
	known    map[Part]Change // the last that was noted
	fine     Sample          // that is being made; Step 0: none is
	coarse   Sample
	looks    int // of fine
	fines    int // of coarse
	pending  History
	unread   bool // the Book could not be read yet
	troubled bool // the Book did not take something, and that was logged

	mu      sync.Mutex
	report  Report
	looked  time.Duration // on Mono, when report was made
	measure Measurement
	history History
}

// stand is for how many looks a finding has been the same.
type stand struct {
	Finding
	looks int
}

// NewWatch prepares a Watch; nothing is measured before Run.
func NewWatch(cfg WatchConfig) *Watch {
	if cfg.Beat == nil {
		cfg.Beat = func() {}
	}
	return &Watch{cfg: cfg, standing: map[Part]stand{}, known: map[Part]Change{}, unread: cfg.Book != nil}
}

// Run measures until ctx ends, and then notes what is left and returns nil.
func (w *Watch) Run(ctx context.Context) error {
	tick := time.NewTicker(Every)
	defer tick.Stop()
	for {
		w.look(ctx)
		w.cfg.Beat()
		select {
		case <-ctx.Done():
			if w.looks > 0 {
				w.endFine()
			}
			w.note(context.WithoutCancel(ctx))
			return nil
		case <-tick.C:
		}
	}
}

// look is one measurement and what follows from it.
func (w *Watch) look(ctx context.Context) {
	m := w.cfg.Measure(ctx)
	looked, r := w.cfg.Mono(), Judge(m, w.cfg.Limits)
	w.read(ctx)
	changes := w.changes(r)
	w.sample(m, r.Level())
	w.mu.Lock()
	w.report, w.looked, w.measure = r, looked, m
	w.history.Changes = append(w.history.Changes, changes...)
	w.history = w.history.trimmed(m.At)
	w.mu.Unlock()
	w.pending.Changes = append(w.pending.Changes, changes...)
	if w.cfg.Lamp != nil {
		w.cfg.Lamp.ShowHealth(r.Level())
	}
	if len(changes) > 0 || len(w.pending.Fine) > 0 {
		w.note(ctx)
	}
}

// changes are the findings that have settled and are not what was known.
func (w *Watch) changes(r Report) (list []Change) {
	for _, f := range r.Findings {
		s := w.standing[f.Part]
		if s.Code != f.Code || s.Level != f.Level {
			s = stand{Finding: f}
		}
		s.Finding = f
		s.looks++
		w.standing[f.Part] = s
		before, noted := w.known[f.Part]
		stood := settled
		if noted && f.Level.Rank() < before.Level.Rank() {
			stood = healed
		}
		if s.looks < stood || noted && before.Level == f.Level && (before.Code == f.Code || !f.Bad()) {
			continue
		}
		if !noted && !f.Bad() {
			w.known[f.Part] = Change{At: r.At, Part: f.Part, Level: f.Level, Code: f.Code}
			continue // a board that was well from the beginning
		}
		c := Change{At: r.At, Part: f.Part, Level: f.Level, Code: f.Code, Values: f.Values}
		w.known[f.Part] = c
		list = append(list, c)
		if f.Bad() {
			w.cfg.Log.Warn("health", "part", string(f.Part), "level", string(f.Level), "code", string(f.Code))
		} else {
			w.cfg.Log.Info("health", "part", string(f.Part), "level", string(f.Level), "code", string(f.Code))
		}
	}
	return list
}

// sample adds a measurement to the stretch that goes on, and ends it in its time.
func (w *Watch) sample(m Measurement, level Level) {
	s := sampleOf(m, level, FineStep)
	if w.looks > 0 {
		s = w.fine.Worse(s)
	}
	w.fine = s
	if w.looks++; w.looks >= int(FineStep/Every) {
		w.endFine()
	}
}

func (w *Watch) endFine() {
	w.looks = 0
	c := w.fine
	if w.fines > 0 {
		c = w.coarse.Worse(c)
	}
	c.Step, w.coarse = CoarseStep, c
	more := History{Fine: []Sample{w.fine}}
	if w.fines++; w.fines >= int(CoarseStep/FineStep) {
		w.fines, more.Coarse = 0, []Sample{c}
	}
	w.pending = w.pending.join(more)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.history = w.history.join(more)
}

// read takes over what earlier runs kept, once the Book can be read.
func (w *Watch) read(ctx context.Context) {
	if !w.unread {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, bookPatience)
	defer cancel()
	h, err := w.cfg.Book.HealthHistory(ctx)
	if err != nil {
		w.trouble(err)
		return
	}
	w.unread = false
	for _, c := range h.Changes { // the last of each part is what was known
		w.known[c.Part] = c
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.history = h.join(w.history)
}

// note writes down what is pending; what cannot be written waits, within the bounds of
// what is kept at all.
func (w *Watch) note(ctx context.Context) {
	if w.cfg.Book == nil || w.pending.empty() {
		w.pending = History{}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, bookPatience)
	defer cancel()
	now := w.cfg.Now()
	if err := w.cfg.Book.NoteHealth(ctx, w.pending, now); err != nil {
		w.trouble(err)
		w.pending = w.pending.trimmed(now)
		return
	}
	w.pending, w.troubled = History{}, false
}

// trouble logs the first of a row of faults of the Book.
func (w *Watch) trouble(err error) {
	if !w.troubled {
		w.cfg.Log.Warn("the history of the board's health waits for the database", "err", err)
	}
	w.troubled = true
}

// Report is the last one; without findings before the first. A Watch that has not come
// back for two minutes is itself what hangs, whatever was done to the board's time.
func (w *Watch) Report() Report {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.report
	if r.At.IsZero() || w.cfg.Mono()-w.looked < staleAfter {
		return r
	}
	hangs := find(Program, Fault, ProgramHangs, text("health"))
	r.Findings = append([]Finding{hangs}, r.Findings[1:]...)
	return r
}

// Measured is the last measurement; zero before the first.
func (w *Watch) Measured() Measurement {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.measure
}

// History is what is kept, from memory: it is there while the database is not.
func (w *Watch) History() History {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.history.clone()
}
