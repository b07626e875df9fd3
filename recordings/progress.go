package recordings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Stage is how far an import has come. The codes are stable: the panel words them.
type Stage string

// The stages, in their order.
const (
	Receiving Stage = "receiving" // the file is on its way
	Waiting   Stage = "waiting"   // others are before it
	Opening   Stage = "opening"   // it is decoded and measured
	Cleaning  Stage = "cleaning"  // hum, rumble and noise are taken out
	Levelling Stage = "levelling" // it is brought to the level of everything else
	Storing   Stage = "storing"   // it is made durable
)

// Progress is where an import stands.
type Progress struct {
	Stage Stage
	Done  float64 // share of the whole work, 0 … 1; it never falls
	Ahead int     // how many imports come before it, while it waits
}

// tell reports a stage, to whoever asked for it.
func (a About) tell(stage Stage, done float64, ahead int) {
	if a.Tell != nil {
		a.Tell(Progress{Stage: stage, Done: done, Ahead: ahead})
	}
}

// ErrBusy says that so many imports wait that another would only wait for longer.
var ErrBusy = errors.New("too many recordings are being taken in just now: wait a few minutes, then send the file again")

const (
	importsAtOnce  = 2  // a board has few cores and little memory
	importsWaiting = 16 // each of up to 100 MB on the disk
)

// line lets a few imports work at once and the others wait in order. What a voice
// spoke goes before what people sent: it is short, and its time to air is set.
type line struct {
	mu      sync.Mutex
	working int
	waiting []*ticket
}

type ticket struct {
	urgent bool
	turn   chan struct{} // closed when it may work
	moved  chan struct{} // somebody before it has gone
}

// enter waits for a turn and gives what ends it. ErrBusy when too many wait.
func (l *line) enter(ctx context.Context, about About) (leave func(), err error) {
	t := &ticket{urgent: about.Kind == Speech, turn: make(chan struct{}), moved: make(chan struct{}, 1)}
	if !l.stand(t) {
		return nil, ErrBusy
	}
	for {
		if ahead, waits := l.ahead(t); waits {
			about.tell(Waiting, 0, ahead)
		}
		select {
		case <-t.turn:
			return l.leave, nil
		case <-t.moved:
		case <-ctx.Done():
			if l.giveUp(t) {
				return nil, fmt.Errorf("wait for other imports: %w", ctx.Err())
			}
			l.leave() // its turn came at the same time
			return nil, fmt.Errorf("wait for other imports: %w", ctx.Err())
		}
	}
}

// stand puts t in the line, or to work at once.
func (l *line) stand(t *ticket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.working < importsAtOnce {
		l.working++
		close(t.turn)
		return true
	}
	if len(l.waiting) >= importsWaiting && !t.urgent {
		return false
	}
	at := len(l.waiting)
	if t.urgent {
		if at = slices.IndexFunc(l.waiting, func(o *ticket) bool { return !o.urgent }); at < 0 {
			at = len(l.waiting)
		}
	}
	l.waiting = slices.Insert(l.waiting, at, t)
	l.stir()
	return true
}

// ahead is how many come before t while it waits.
func (l *line) ahead(t *ticket) (int, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.waiting, t)
	return i + importsAtOnce, i >= 0
}

// busy says whether an import is worked on.
func (l *line) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.working > 0
}

// leave lets the next one work.
func (l *line) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.working--
		return
	}
	close(l.waiting[0].turn)
	l.waiting = l.waiting[1:]
	l.stir()
}

// giveUp takes t out of the line; false when it may work already.
func (l *line) giveUp(t *ticket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.waiting, t)
	if i < 0 {
		return false
	}
	l.waiting = slices.Delete(l.waiting, i, i+1)
	l.stir()
	return true
}

// stir tells all who wait that the line has moved.
func (l *line) stir() {
	for _, t := range l.waiting {
		select {
		case t.moved <- struct{}{}:
		default:
		}
	}
}
