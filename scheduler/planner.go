package scheduler

import (
	"cmp"
	"context"
	"log/slog"
	"time"
)

// PlannerConfig is what a Planner works with. Every field is required unless
// it says otherwise.
type PlannerConfig struct {
	Ledger  Ledger
	Stage   Stage
	Village string        // key of the village whose plan this is
	Horizon time.Duration // how far ahead is planned; zero: seven days
	// Lead is how long before its Due an occurrence is handed to the Stage: the
	// settle time of the amplifier and seven seconds; zero: ten seconds.
	Lead time.Duration
	// Now is the wall clock as it is believed, a told offset included.
	Now func() time.Time
	// Trusted says whether the clock may be believed; it is asked every second.
	Trusted func() bool
	// Steps delivers by how much the wall clock was stepped, against the
	// monotonic one, and zero when its trust may have changed. It may be nil: steps of ten seconds and more are noticed
	// within two seconds all the same.
	Steps <-chan time.Duration
	// Slept is how long the machine was suspended so far: that long is part of a
	// step of the clock, and nobody set it. It may be nil: then it never sleeps.
	Slept func() time.Duration
	// UpSince is when the board was switched on, by the clock as it is believed now,
	// when an earlier run of this program was there since: what was due after it was
	// missed by this program and not by the power. Zero, or nil: the board has only
	// just come up, or nobody knows.
	UpSince func() time.Time
	// Next is called with when the next occurrence is due that was not handed over yet,
	// each time that is another; zero: none is. A drill, which waits for its turn, does
	// not count. It should return at once; nil: nobody asks.
	Next func(due time.Time)
	// Beat is called each time the loop of Run comes round, at least once a second; nil:
	// nobody watches it. It must return at once.
	Beat func()
	Log  *slog.Logger
}

// How often a Planner looks.
const (
	defaultHorizon = 7 * 24 * time.Hour
	defaultLead    = 10 * time.Second
	// leadMargin is kept between handing over and the least lead of the plan, so
	// that a late timer does not shift what is on time.
	leadMargin   = 2 * time.Second
	settleEdits  = 50 * time.Millisecond // edits come in groups
	lookEvery    = time.Second           // at the clock's trust, and at what gocron forgot
	rebuildEvery = time.Minute
	// republishAfter is how long an unchanged plan stays as it was published: a
	// memory card does not last for ever.
	republishAfter = time.Hour
)

// Planner keeps the plan of one village: it reads the Ledger, builds, publishes,
// and hands over what is due to the Stage. Run owns its goroutine; Changed may
// be called from any.
//
// Every occurrence of a published plan whose instant comes ends in exactly one
// call of Stage.Play or Stage.Omit, across restarts as long as the Ledger
// returns the rows that the Stage wrote. With the Ledger failing, the Planner
// goes on with what it read last; with the clock unknown it hands over only
// what was asked for now.
type Planner struct {
	cfg     PlannerConfig
	changed chan struct{}
}

// NewPlanner prepares a Planner; nothing happens before Run.
func NewPlanner(cfg PlannerConfig) *Planner {
	cfg.Horizon = cmp.Or(cfg.Horizon, defaultHorizon)
	cfg.Lead = cmp.Or(cfg.Lead, defaultLead)
	if cfg.Beat == nil {
		cfg.Beat = func() {}
	}
	if cfg.Next == nil {
		cfg.Next = func(time.Time) {}
	}
	return &Planner{cfg: cfg, changed: make(chan struct{}, 1)}
}

// Changed says that something that the plan is made of was edited. The plan is
// built again within a tenth of a second. It never blocks.
func (p *Planner) Changed() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// Run plans until ctx ends and then returns nil. It must run once only.
func (p *Planner) Run(ctx context.Context) error {
	d := newDuty(p.cfg)
	defer d.end()
	steps := p.cfg.Steps
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var edits <-chan time.Time // set while edits gather
	built := 0                 // looks since the plan was built

	stepped := func(by time.Duration, alive bool) {
		if !alive {
			steps = nil
			return
		}
		built = 0
		d.step(ctx, by)
	}

	d.rebuild(ctx, jumped)
	for {
		p.cfg.Beat()
		d.announce(p.cfg.Now())
		if d.stale && edits == nil {
			edits = time.After(settleEdits)
		}
		select { // a step first: it says how to read everything else
		case by, alive := <-steps:
			stepped(by, alive)
			continue
		default:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.changed:
			d.stale = true
		case <-edits:
			edits, d.stale, built = nil, false, 0
			d.rebuild(ctx, steady)
		case by, alive := <-steps:
			stepped(by, alive)
		case <-d.runner.woken:
			d.arm(p.cfg.Now())
		case tick := <-look.C:
			built++
			if d.look(ctx, tick) || built < int(cmp.Or(d.again, rebuildEvery)/lookEvery) {
				continue
			}
			built = 0
			d.rebuild(ctx, steady)
		}
	}
}
