package hardware

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	// buttonAgain is how soon a button that cannot be had is asked for again.
	buttonAgain = 5 * time.Second
	// buttonRest is how long a button that has raised something must be let go of before
	// it may again: a contact that flutters raises once.
	buttonRest = time.Second
	// buttonLift is how long a button must be let go of until what comes behind is another
	// press, and not the same one of a contact that flutters or is worn.
	buttonLift = 250 * time.Millisecond
	// buttonStuck is how long a button is held before that is a fault.
	buttonStuck = time.Minute
	// buttonRound is how often one that nobody touches is looked at.
	buttonRound = 10 * time.Second
	// edgePatience is how long the edge of a button that is up again may be on its way.
	edgePatience = 100 * time.Millisecond
)

// Press is what somebody did with a button.
type Press struct {
	At     time.Duration // on CLOCK_MONOTONIC, when it went down as the kernel stamped it
	Number int           // of the press, from 1: one that is held on tells twice, one that began too soon of its Long alone
	Long   bool          // it was held for the Long of its ButtonConfig
}

// ButtonConfig says how a button is read.
type ButtonConfig struct {
	Open func() (Contact, error)
	Hold time.Duration // for which it is held until it counts; 0: at once
	Long time.Duration // for which it is held until it counts as long; 0: it never does
	// Pressed is called at once, from the goroutine of Run; it must not block for longer
	// than a moment.
	Pressed func(Press)
	// Changed is called when the state has changed, without locks. It may be nil.
	Changed func()
	Beat    func()               // called at least every ten seconds while it goes round; nil: nobody watches it
	Mono    func() time.Duration // CLOCK_MONOTONIC
	Now     func() time.Time
	Log     *slog.Logger
}

// ButtonState is a button at a glance.
type ButtonState struct {
	Fitted  bool // there is one
	Down    bool // it is held
	Stuck   bool // it has been down for a minute, or since before it was looked at
	Presses int  // that counted, since the program started
	Last    time.Time
	Trouble Trouble
	Fault   string // why it cannot be read; empty when it can
}

// Button reads a button that must not be missed and must not act twice. State may be
// called from any goroutine.
//
// What counts is a press that begins while the button is watched: one that is held as
// the board starts, or as its line comes back, counts when it was let go of once. It
// counts once, however long it is held; after it the button must be let go of for a
// second before another press does. One that comes sooner may still become a long one: who
// raised the siren by mistake presses again at once, and holds.
type Button struct {
	cfg ButtonConfig

	mu    sync.Mutex
	state ButtonState
}

// NewButton prepares a Button; nothing is read before Run.
func NewButton(cfg ButtonConfig) *Button {
	if cfg.Beat == nil {
		cfg.Beat = func() {}
	}
	return &Button{cfg: cfg, state: ButtonState{Fitted: true}}
}

// State is what is known of the button.
func (b *Button) State() ButtonState {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Run reads the button until ctx ends; it returns nil. A line that cannot be had is
// asked for again: the board goes on without it.
func (b *Button) Run(ctx context.Context) error {
	number := 0
	for {
		b.cfg.Beat()
		c, err := b.cfg.Open()
		if err == nil {
			err = b.follow(ctx, c, &number)
		}
		if ctx.Err() != nil {
			return nil
		}
		b.lost(err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(buttonAgain):
		}
	}
}

// edges tells the edges of a contact until it fails or ctx ends.
func edges(ctx context.Context, c Contact) (<-chan Edge, <-chan error) {
	out, failed := make(chan Edge), make(chan error, 1)
	go func() {
		defer close(out)
		for {
			e, err := c.Next()
			if err != nil {
				failed <- err
				return
			}
			select {
			case out <- e:
			case <-ctx.Done():
				failed <- ctx.Err()
				return
			}
		}
	}()
	return out, failed
}

// follow reads a contact until it fails or ctx ends, and closes it.
func (b *Button) follow(ctx context.Context, c Contact, number *int) (err error) {
	ctx, stop := context.WithCancel(ctx)
	told, failed := edges(ctx, c)
	defer func() {
		stop()
		if closed := c.Close(); err == nil {
			err = closed
		}
		for range told { // what read it ends
		}
	}()
	down, err := read(ctx, c)
	if err != nil {
		return err
	}
	p := pressing{hold: b.cfg.Hold, long: b.cfg.Long, number: *number, down: down, blocked: down, before: down, since: b.cfg.Mono()}
	defer func() { *number = p.number }()
	b.found(down)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	b.act(&p, nil)
	wait, late := p.next(b.cfg.Mono()), false // late: it is up, and its edge is waited for
	for {
		b.cfg.Beat()
		timer.Reset(min(wait, buttonRound))
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case e, alive := <-told:
			if !alive {
				return <-failed
			}
			b.take(&p, e)
			late = false
		case <-timer.C:
			if late, err = b.look(ctx, &p, c, late); err != nil {
				return err
			}
		}
		if wait = p.next(b.cfg.Mono()); late {
			wait = edgePatience
		}
	}
}

// read reads a contact, more than once where a bus that is disturbed does not give it: whose
// line was given back for that was deaf for five seconds. What comes meanwhile the kernel keeps.
func read(ctx context.Context, c Contact) (down bool, err error) {
	for looks := 1; ; looks++ {
		if down, err = c.Get(); err == nil || gone(err) || looks >= unreadLooks {
			return down, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(edgePatience):
		}
	}
}

// take takes in an edge. How long it was held is between the stamps of its edges,
// whenever they are read: a board at work reads them late, and both at once.
func (b *Button) take(p *pressing, e Edge) {
	due := p.due(e.At)
	p.edge(e)
	b.act(p, append(due, p.due(e.At)...))
}

// look takes in that time has passed. One that is up again without an edge has one on its
// way, which says whether it was held for long enough: late, it is looked at once more, and
// an edge that nobody was told of by then was lost and counts for nothing.
func (b *Button) look(ctx context.Context, p *pressing, c Contact, late bool) (again bool, err error) {
	down, err := read(ctx, c)
	switch now := b.cfg.Mono(); {
	case err != nil:
		return false, err
	case down || !p.down:
		b.act(p, p.due(now))
	case !late:
		return true, nil
	default:
		p.edge(Edge{At: now})
		b.act(p, nil)
	}
	return false, nil
}

// act tells of the presses that are due, and of how the button stands.
func (b *Button) act(p *pressing, due []Press) {
	for _, press := range due {
		b.cfg.Pressed(press)
	}
	b.mu.Lock()
	s := b.state
	s.Down, s.Stuck = p.down, p.down && (p.before || b.cfg.Mono()-p.since >= buttonStuck)
	for _, press := range due {
		if !press.Long {
			s.Presses++
			s.Last = b.cfg.Now().Add(press.At - b.cfg.Mono())
		}
	}
	changed := s != b.state
	newly := s.Stuck && !b.state.Stuck
	b.state = s
	b.mu.Unlock()
	if newly {
		b.cfg.Log.Warn("the button is held and counts again when it was let go of: look at it", "for", b.cfg.Mono()-p.since)
	}
	if changed && b.cfg.Changed != nil {
		b.cfg.Changed()
	}
}

// found takes in that the button can be read.
func (b *Button) found(down bool) {
	b.mu.Lock()
	was := b.state.Fault
	b.state.Fault, b.state.Trouble = "", NoTrouble
	b.mu.Unlock()
	if was != "" {
		b.cfg.Log.Info("the button can be read again", "down", down)
		if b.cfg.Changed != nil {
			b.cfg.Changed()
		}
	}
}

// lost takes in that the button cannot be read.
func (b *Button) lost(err error) {
	fault := fmt.Sprintf("the button cannot be read: %v", err)
	b.mu.Lock()
	changed := b.state.Fault != fault
	b.state.Fault, b.state.Trouble, b.state.Down, b.state.Stuck = fault, TroubleOf(err), false, false
	b.mu.Unlock()
	if !changed {
		return
	}
	b.cfg.Log.Error("the button cannot be read and is tried each five seconds", "err", err)
	if b.cfg.Changed != nil {
		b.cfg.Changed()
	}
}

// pressing makes presses of edges; it is pure.
type pressing struct {
	hold, long time.Duration
	number     int
	down       bool
	since      time.Duration // of down, or of not
	blocked    bool          // this press does not count
	before     bool          // it began before the button was looked at
	counted    bool          // this press has counted
	extended   bool          // and has counted as long
	resting    bool          // something counted, and it was not let go of for buttonRest since
	lifted     bool          // but for buttonLift: a press may become long
}

// edge takes in a change.
func (p *pressing) edge(e Edge) {
	if e.Down == p.down {
		return
	}
	if up := e.At - p.since; e.Down && p.resting {
		p.resting, p.lifted = up < buttonRest, p.lifted || up >= buttonLift
	}
	p.down, p.since, p.before = e.Down, e.At, false
	p.blocked, p.counted, p.extended = e.Down && p.resting, false, false
	if e.Down && !p.blocked {
		p.number++
	}
}

// due lists what counts by now, once.
func (p *pressing) due(now time.Duration) (all []Press) {
	if !p.down {
		return nil
	}
	if !p.blocked && !p.counted && now-p.since >= p.hold {
		p.counted, p.resting, p.lifted = true, true, false
		all = append(all, Press{At: p.since, Number: p.number})
	}
	if p.extends() && now-p.since >= p.long {
		p.extended = true
		if p.blocked {
			p.number++ // only now: none of a contact that flutters has one
		}
		all = append(all, Press{At: p.since, Number: p.number, Long: true})
	}
	return all
}

// extends says whether this press may still become a long one.
func (p *pressing) extends() bool {
	return p.long > 0 && !p.extended && (p.counted || p.blocked && p.resting && p.lifted)
}

// next is after how long something may be due.
func (p *pressing) next(now time.Duration) time.Duration {
	const idle = time.Hour
	held := now - p.since
	switch {
	case !p.down:
		return idle
	case p.extends():
		return max(0, p.long-held)
	case p.blocked && held >= buttonStuck:
		return buttonStuck
	case p.blocked:
		return buttonStuck - held
	case !p.counted:
		return max(0, p.hold-held)
	case held < buttonStuck:
		return buttonStuck - held
	}
	return idle
}
