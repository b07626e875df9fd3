package playout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// journalPatience is how long one write may wait for the database before the
// row goes to the spool: air must not wait for a locked file.
const journalPatience = 2 * time.Second

const (
	// drainEvery is how often spooled rows are offered to the journal again.
	drainEvery = 10 * time.Second
	// searchEvery is how often the spool is searched all the same while nothing was
	// put into it: a folder that could not be read may be back.
	searchEvery = 10 * time.Minute
)

// logbook writes the as-run: to the journal, and while that fails to fsynced
// files, one for each row, from which the journal is filled later.
//
// A row has one writer at a time, whoever claims, records or drains it, and its
// Updated grows with each state: so an older state never comes after a newer.
type logbook struct {
	journal Journal
	spool   spool
	now     func() time.Time
	log     *slog.Logger
	saw     func() // told of each write; it returns at once

	mu      sync.Mutex
	order   []string         // occurrences with a row to write, oldest first
	rows    map[string]AsRun // newest state of each
	taken   string           // the occurrence whose row is on its way from rows to the journal
	wake    chan struct{}
	failing bool                     // the journal's last write failed: logged once
	ill     bool                     // the spool could not be read: logged once
	clean   bool                     // nothing was put into the spool since it was found empty
	stamped time.Time                // the last Updated that was given
	writing map[string]chan struct{} // occurrences whose row is being written; closed when it is done
	ours    map[string]bool          // occurrences of which this run wrote; nil once nobody asks any more
}

func newLogbook(cfg PlayerConfig) *logbook {
	return &logbook{
		journal: cfg.Journal, spool: spool{dirs: cfg.Spool}, now: cfg.Now, log: cfg.Log,
		rows: map[string]AsRun{}, wake: make(chan struct{}, 1), writing: map[string]chan struct{}{}, ours: map[string]bool{},
	}
}

// turn waits until nobody else writes the row of an occurrence; done lets the
// next one.
func (l *logbook) turn(occurrence string) (done func()) {
	l.mu.Lock()
	for l.writing[occurrence] != nil {
		other := l.writing[occurrence]
		l.mu.Unlock()
		<-other
		l.mu.Lock()
	}
	mine := make(chan struct{})
	l.writing[occurrence] = mine
	l.mu.Unlock()
	return func() {
		l.mu.Lock()
		delete(l.writing, occurrence)
		l.mu.Unlock()
		close(mine)
	}
}

// stamp is the Updated of a row's next state: now, but later than every stamp
// before it and than the row's last, whatever the clock was stepped to. l.mu is
// held.
func (l *logbook) stamp(last time.Time) time.Time {
	const least = time.Microsecond // what the store keeps
	t := l.now().UTC().Truncate(least)
	if !t.After(l.stamped) {
		t = l.stamped.Add(least)
	}
	if !t.After(last) {
		t = last.UTC().Truncate(least).Add(least)
	}
	l.stamped = t
	return t
}

// claim makes a durable before the amplifier is keyed. ErrClaimed when the
// occurrence has a row. Any other error means that neither the journal nor a
// spool folder could keep it.
func (l *logbook) claim(ctx context.Context, a AsRun) error {
	defer l.saw()
	defer l.turn(a.Occurrence)()
	if old, spooled := l.spooled(a.Occurrence); spooled && !l.free(old) {
		return ErrClaimed
	}
	patient, cancel := context.WithTimeout(ctx, journalPatience)
	defer cancel()
	before := l.own(a.Occurrence, true)
	err := l.journal.Claim(patient, a)
	if err == nil || errors.Is(err, ErrClaimed) {
		l.health(nil)
		if err != nil {
			l.own(a.Occurrence, before)
		}
		return err
	}
	l.health(err)
	if spoolErr := l.keep(a); spoolErr != nil {
		return fmt.Errorf("claim %s: %w", a.Occurrence, errors.Join(err, spoolErr))
	}
	return nil
}

// free says whether a spooled row keeps nobody from claiming: it was released,
// or an earlier run claimed it and never came to switch anything on. l.mu is not
// held.
func (l *logbook) free(a AsRun) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	inherited := l.ours != nil && !l.ours[a.Occurrence]
	return !a.Deleted.IsZero() || inherited && !a.Claimed.IsZero() && a.untouched()
}

// own notes whether this run writes the row of an occurrence, and says what was
// noted before.
func (l *logbook) own(occurrence string, ours bool) (before bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before = l.ours[occurrence]
	if l.ours != nil {
		l.ours[occurrence] = ours
	}
	return before
}

// inherited reads what an earlier run left without an outcome, those rows
// included that only the spool had. The error says that not all can be read yet.
func (l *logbook) inherited(ctx context.Context, village string) ([]AsRun, error) {
	if !l.drain(ctx) {
		return nil, errors.New("the spool cannot be read in yet")
	}
	rows, err := l.unfinished(ctx, village)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(rows, func(a AsRun) bool { return l.ours[a.Occurrence] }), nil
}

// unfinished reads what the journal has without an outcome.
func (l *logbook) unfinished(ctx context.Context, village string) ([]AsRun, error) {
	patient, cancel := context.WithTimeout(ctx, journalPatience)
	defer cancel()
	rows, err := l.journal.Unfinished(patient, village)
	if err != nil {
		return nil, fmt.Errorf("read unfinished rows: %w", err)
	}
	return rows, nil
}

// bequeathed says that no inherited rows are asked for any more.
func (l *logbook) bequeathed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ours = nil
}

// put writes the next state of a row of an earlier run and waits for it.
func (l *logbook) put(ctx context.Context, a AsRun) {
	l.mu.Lock()
	a.Updated = l.stamp(a.Updated)
	l.mu.Unlock()
	l.write(ctx, a)
}

// record queues the newest state of a row. It never blocks on the disk.
func (l *logbook) record(a AsRun) {
	a.Airings = append([]Airing(nil), a.Airings...)
	l.own(a.Occurrence, true)
	l.mu.Lock()
	a.Updated = l.stamp(a.Updated)
	if _, waiting := l.rows[a.Occurrence]; !waiting {
		l.order = append(l.order, a.Occurrence)
	}
	l.rows[a.Occurrence] = a
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// waiting says whether a state of a row has not been written yet.
func (l *logbook) waiting(occurrence string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, queued := l.rows[occurrence]
	return queued || l.taken == occurrence || l.writing[occurrence] != nil
}

// run writes what is queued until ctx ends, and then what is left.
func (l *logbook) run(ctx context.Context) {
	tick, search := time.NewTicker(drainEvery), time.NewTicker(searchEvery)
	defer tick.Stop()
	defer search.Stop()
	for {
		l.flush(ctx)
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*journalPatience)
			defer cancel()
			l.flush(last)
			return
		case <-l.wake:
		case <-tick.C:
			if !l.isClean() {
				l.drain(ctx)
			}
		case <-search.C:
			l.drain(ctx)
		}
	}
}

// flush writes every queued row, oldest first.
func (l *logbook) flush(ctx context.Context) {
	for {
		a, ok := l.next()
		if !ok {
			return
		}
		l.write(ctx, a)
		l.mu.Lock()
		l.taken = ""
		l.mu.Unlock()
	}
}

func (l *logbook) next() (AsRun, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.order) == 0 {
		return AsRun{}, false
	}
	id := l.order[0]
	l.order = l.order[1:]
	a := l.rows[id]
	delete(l.rows, id)
	l.taken = id
	return a, true
}

func (l *logbook) write(ctx context.Context, a AsRun) {
	defer l.saw()
	defer l.turn(a.Occurrence)()
	// A journal that is locked lets every row wait: durable first.
	kept := l.sick() && l.keep(a) == nil
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalPatience)
	defer cancel()
	err := l.journal.Record(patient, a)
	l.health(err)
	if err == nil {
		l.unspool(a.Occurrence) // what is there is no newer
		return
	}
	if kept {
		return
	}
	if spoolErr := l.keep(a); spoolErr != nil {
		l.log.Error("as-run row could not be kept", "occurrence", a.Occurrence, "err", spoolErr)
	}
}

// sick says whether the journal's last write failed.
func (l *logbook) sick() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failing
}

// health logs a change of the journal's state, not every failure.
func (l *logbook) health(err error) {
	l.mu.Lock()
	was := l.failing
	l.failing = err != nil
	l.mu.Unlock()
	switch {
	case err != nil && !was:
		l.log.Error("the as-run log cannot be written, rows are kept in the spool", "err", err)
	case err == nil && was:
		l.log.Info("the as-run log can be written again")
	}
}
