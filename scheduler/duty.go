package scheduler

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// ledgerPatience is how long one call of the Ledger may take: what is due must
// not wait for a locked database.
const ledgerPatience = 2 * time.Second

// readAgain is how soon what could not be read is read again, and twice as long each time,
// up to rebuildEvery: the disk of a board that starts may be slow, and what was due while it
// had no power waits for that.
const readAgain = 2 * time.Second

// stepNoticed is the step of the clock that is noticed without being told of: a
// look may come late by the patience with the ledger.
const stepNoticed = 10 * time.Second

// clockwise is how the clock came to where it is since the plan was last built.
type clockwise int

// The ways of the clock.
const (
	steady clockwise = iota
	jumped           // it was stepped, or begins to be believed: the plan is no guide to what is due
)

// duty is the memory of one Planner.Run. It belongs to its goroutine.
type duty struct {
	cfg    PlannerConfig
	runner *runner
	lead   time.Duration // how long before Due the Stage gets an occurrence

	book     *Book // as last read; nil before
	plan     Plan  // as last built, or as published before the restart
	ahead    []Occurrence
	built    bool            // plan was built by this Run
	bridged  bool            // what lies between the published plan and this Run was looked at
	loaded   bool            // the plan published before the restart was read
	done     map[string]Past // handed over or omitted by this Run
	blamed   map[string]blame
	lacked   map[string]Reason // why what is omitted was so as its instant came
	started  time.Time         // of this Run, by the clock as it is believed now
	trusted  bool
	stale    bool          // build again soon
	again    time.Duration // from when something could not be read until it is read again; 0: it was read
	lastNow  time.Time
	lastTick time.Time
	slept    time.Duration         // as PlannerConfig.Slept said last
	leaps    []leap                // of the clock, as long as something due in them is not settled
	held     map[string]Occurrence // handed over and not yet due
	doubted  map[string]bool       // handed over by a clock that went back since
	doubtAt  time.Time             // the tick of that
	pending  map[string]Occurrence // not given up yet, though the clock was set past it
	unsaid   time.Duration         // a step of the clock that was seen and not yet announced
	sent     Plan                  // as last published
	sentAt   time.Time
	next     time.Time       // as PlannerConfig.Next was told last
	troubled map[string]bool // by what failed: logged at each change only
}

// blame is why an occurrence that was planned did not begin when it was due.
type blame struct {
	occ    Occurrence
	reason Reason
}

func newDuty(cfg PlannerConfig) *duty {
	if cfg.Slept == nil {
		cfg.Slept = func() time.Duration { return 0 }
	}
	return &duty{
		slept: cfg.Slept(), cfg: cfg, runner: newRunner(cfg.Now), lead: cfg.Lead, done: map[string]Past{}, blamed: map[string]blame{}, lacked: map[string]Reason{}, pending: map[string]Occurrence{}, doubted: map[string]bool{}, held: map[string]Occurrence{},
		started: cfg.Now(), trusted: cfg.Trusted(), troubled: map[string]bool{},
	}
}

// end stops the wake-ups.
func (d *duty) end() { d.note("the timer", d.runner.stop()) }

// note logs when something begins to fail and when it works again.
func (d *duty) note(what string, err error) {
	was := d.troubled[what]
	d.troubled[what] = err != nil
	switch {
	case err != nil && !was:
		d.cfg.Log.Error("planning goes on without what fails", "what", what, "village", d.cfg.Village, "err", err)
	case err == nil && was:
		d.cfg.Log.Info("what failed works again", "what", what, "village", d.cfg.Village)
	}
}

// step takes in that the wall clock was stepped.
func (d *duty) step(ctx context.Context, by time.Duration) {
	d.unsaid = 0
	d.leap(by)
	d.note("the timer", d.runner.stop()) // gocron does not notice steps
	d.accuse(d.cfg.Now())
	d.trusted = d.cfg.Trusted()
	d.rebuild(ctx, jumped)
}

// look is what is done every second; it says whether that was enough, or the
// plan may be built as every minute. tick is when it should have been done, by the machine's monotonic clock.
func (d *duty) look(ctx context.Context, tick time.Time) bool {
	now := d.cfg.Now()
	if d.unsaid != 0 {
		d.step(ctx, d.unsaid) // nobody else said so
		return true
	}
	if d.unsaid = d.moved(now, tick); d.unsaid != 0 {
		return true // whoever watches the clock knows the step better, and says so
	}
	if trusted := d.cfg.Trusted(); trusted != d.trusted {
		d.accuse(now)
		d.trusted = trusted
		d.cfg.Log.Info("the clock's trust changed", "trusted", trusted)
		d.note("the timer", d.runner.stop())
		d.rebuild(ctx, jumped)
		return true
	}
	if !d.trusted {
		d.accuse(now)
	}
	d.handOver(now)
	return false
}

// moved is by how much the wall clock ran otherwise than the ticks since the
// last look; zero when that is nothing to speak of.
func (d *duty) moved(now, tick time.Time) time.Duration {
	by := now.Round(0).Sub(d.lastNow) - tick.Sub(d.lastTick)
	first := d.lastTick.IsZero()
	d.lastNow, d.lastTick = now.Round(0), tick
	if first || by.Abs() < stepNoticed {
		return 0
	}
	return by
}

// rebuild reads the book, builds the plan, and acts on it. With the clock
// steady, what is due by the old plan goes first: reading may take a while.
func (d *duty) rebuild(ctx context.Context, how clockwise) {
	if how == steady {
		d.handOver(d.cfg.Now())
	}
	d.load(ctx)
	err := d.read(ctx)
	d.note("reading the book", err)
	if err == nil && d.loaded {
		d.again = 0
	} else {
		d.again = min(max(readAgain, 2*d.again), rebuildEvery)
	}
	now := d.cfg.Now()
	if how == steady {
		d.handOver(now)
	}
	d.bridge(now)
	d.accuse(now)
	clear(d.pending)
	if d.book != nil {
		if !d.plan.Made.After(now) { // else the clock went back, and what was too late may not be any more
			d.close(now)
		}
		d.build(now)
	} else {
		d.ahead = d.plan.Occurrences
	}
	d.handOver(now)
	d.publish(ctx, now)
	d.arm(d.cfg.Now())
}

// load reads the plan that was published before this Run, once.
func (d *duty) load(ctx context.Context) {
	if d.loaded {
		return
	}
	patient, cancel := context.WithTimeout(ctx, ledgerPatience)
	defer cancel()
	p, err := d.cfg.Ledger.Published(patient, d.cfg.Village)
	d.note("reading the published plan", err)
	if err != nil {
		return
	}
	d.loaded = true
	if d.book == nil {
		d.plan = p
		return
	}
	// The book came first: what the published plan adds is what is overdue.
	for _, o := range p.Occurrences {
		if o.Due.Before(d.started) {
			d.blame(o)
		}
	}
}

// read reads the book, and at first also what aired before a long absence.
func (d *duty) read(ctx context.Context) error {
	patient, cancel := context.WithTimeout(ctx, ledgerPatience)
	defer cancel()
	now := d.cfg.Now()
	book, err := d.cfg.Ledger.Book(patient, d.cfg.Village, now)
	if err != nil {
		return fmt.Errorf("read book: %w", err)
	}
	book.Past = reopened(book.Past)
	if first := firstDue(d.plan); d.book == nil && first.Before(now.Add(-lookback)) {
		old, err := d.cfg.Ledger.Book(patient, d.cfg.Village, first.Add(lookback))
		if err != nil {
			return fmt.Errorf("read old book: %w", err)
		}
		for _, p := range old.Past {
			d.done[p.Occurrence] = p
		}
	}
	d.book = &book
	return nil
}

// firstDue is the earliest instant of a plan; far ahead when it is empty.
func firstDue(p Plan) time.Time {
	first := p.To
	for _, o := range p.Occurrences {
		first = earlier(first, o.Due)
	}
	for _, om := range p.Omissions {
		first = earlier(first, om.Occurrence.Nominal)
	}
	return first
}

// build makes the plan from the book and what this Run remembers.
func (d *duty) build(now time.Time) {
	d.forget(now)
	d.takeBack()
	d.recall(now)
	book := *d.book
	book.Past = d.past()
	if book.Frame.Lead == 0 {
		book.Frame.Lead = max(d.cfg.Lead-leadMargin, 0)
	}
	d.lead = max(d.cfg.Lead, book.Frame.Lead+leadMargin)
	plan, err := BuildPlan(now, d.cfg.Horizon, book)
	d.note("building the plan", err)
	if err != nil {
		return
	}
	d.plan, d.ahead, d.built = plan, plan.Occurrences, true
	if !d.trusted {
		// What waits for the clock must not stand in the way of what does not.
		book.Schedules = slices.DeleteFunc(slices.Clone(book.Schedules), func(s Schedule) bool { return s.Kind != Now })
		book.Slots = withoutRelays(book.Slots)
		urgent, err := BuildPlan(now, d.cfg.Horizon, book)
		d.note("building the plan", err)
		d.ahead = urgent.Occurrences
	}
	d.absent()
	d.close(now)
}

// past joins the book's rows with those that are still on their way there.
func (d *duty) past() []Past {
	all := slices.Clone(d.book.Past)
	known := make(map[string]bool, len(all))
	for _, p := range all {
		known[p.Occurrence] = true
	}
	for id, p := range d.done {
		if !known[id] {
			all = append(all, p)
		}
	}
	return all
}

// forget drops what no plan can name again.
func (d *duty) forget(now time.Time) {
	if len(d.lacked) > 0 {
		named := make(map[string]bool, len(d.plan.Omissions))
		for _, om := range d.plan.Omissions {
			named[om.Occurrence.ID] = true
		}
		for _, o := range d.plan.Occurrences { // it airs after all, late: see belated
			named[o.ID] = true
		}
		maps.DeleteFunc(d.lacked, func(id string, _ Reason) bool { return !named[id] })
	}
	for id, p := range d.done {
		if now.Sub(p.Due) > 2*lookback {
			delete(d.done, id)
		}
	}
}

// publish writes the plan down when it says something new. The plan of before
// the restart is never overwritten unread.
func (d *duty) publish(ctx context.Context, now time.Time) {
	if !d.loaded || d.book == nil || d.plan.Made.IsZero() {
		return
	}
	plan, age := d.toPublish(), now.Sub(d.sentAt)
	same := reflect.DeepEqual(plan.Occurrences, d.sent.Occurrences) && reflect.DeepEqual(plan.Omissions, d.sent.Omissions)
	if same && age >= 0 && age < republishAfter {
		return
	}
	patient, cancel := context.WithTimeout(ctx, ledgerPatience)
	defer cancel()
	err := d.cfg.Ledger.Publish(patient, plan)
	d.note("publishing the plan", err)
	if err == nil {
		d.sent, d.sentAt = plan, now
	}
}

// arm hands over what is due and asks for the wake-ups of what is ahead; none
// while the clock is unknown.
func (d *duty) arm(now time.Time) {
	d.handOver(now)
	if !d.trusted {
		d.note("the timer", d.runner.stop())
		return
	}
	var instants []time.Time
	for _, o := range d.ahead {
		_, done := d.done[o.ID]
		// What is due and still here is held back on purpose: no wake-up helps.
		if at := o.Due.Add(-d.lead); !done && at.After(now) {
			instants = append(instants, at)
		}
	}
	d.note("the timer", d.runner.arm(now, instants))
}
