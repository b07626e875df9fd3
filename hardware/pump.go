package hardware

import (
	"fmt"
	"sync"
	"time"
)

// pumpEvery is half a period of the pulses that keep a charge pump up: 50 Hz.
const pumpEvery = 10 * time.Millisecond

// pump is a line behind a charge pump: while it is on it is driven up and down, so that
// a program or board that stands still, whatever level it left, is OFF. Its goroutine
// runs while it is on.
type pump struct {
	line Line

	mu     sync.Mutex
	stop   chan struct{} // nil: it is off
	ended  chan struct{}
	unset  fails  // pulses that could not be set
	unread fails  // levels that could not be read
	odd    [2]int // half periods in a row at the other level than the low or the high that was set
}

// fails are the half periods in a row in which something failed.
type fails struct {
	count int
	last  error
}

// add takes in one more; nil: it went well.
func (f *fails) add(err error) {
	if err == nil {
		*f = fails{}
		return
	}
	f.count, f.last = f.count+1, err
}

// fault is what failed, once that is no moment's disturbance: a charge pump goes on over a
// pulse that is missing.
func (f *fails) fault() error {
	if f.count >= unreadLooks || gone(f.last) {
		return f.last
	}
	return nil
}

// Set starts or ends the pulses; the line is low when it returns from ending them.
func (p *pump) Set(on bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if on {
		if p.stop == nil {
			p.stop, p.ended = make(chan struct{}), make(chan struct{})
			p.unset, p.unread, p.odd = fails{}, fails{}, [2]int{}
			go p.run(p.stop, p.ended)
		}
		return p.unset.fault()
	}
	p.halt()
	return p.line.Set(false)
}

// halt ends the pulses. p.mu is held.
func (p *pump) halt() {
	if p.stop == nil {
		return
	}
	close(p.stop)
	ended := p.ended
	p.stop = nil
	p.mu.Unlock()
	<-ended
	p.mu.Lock()
}

func (p *pump) run(stop, ended chan struct{}) {
	defer close(ended)
	tick := time.NewTicker(pumpEvery)
	defer tick.Stop()
	for high := true; ; high = !high {
		err := p.line.Set(high)
		p.mu.Lock()
		p.unset.add(err)
		p.mu.Unlock()
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		p.read(high)
	}
}

// read takes in how the pin is at the end of a half period: a pin that is held at one level
// is right in every other.
func (p *pump) read(high bool) {
	line, tells := p.line.(interface{ Get() (bool, error) })
	if !tells {
		return
	}
	is, err := line.Get()
	half := 0
	if high {
		half = 1
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil && blind(p.line, err) {
		return
	}
	p.unread.add(err)
	switch {
	case err != nil:
	case is == high:
		p.odd[half] = 0
	default:
		p.odd[half]++
	}
}

// blind says whether a line cannot be read back at all, by what it answers.
func blind(line Line, err error) bool {
	l, tells := line.(interface{ blind(err error) bool })
	return tells && l.blind(err)
}

// Check says why pulses do not get through.
func (p *pump) Check() error {
	p.mu.Lock()
	unset, unread, pulsing, odd := p.unset.fault(), p.unread.fault(), p.stop != nil, max(p.odd[0], p.odd[1])
	p.mu.Unlock()
	switch c, tells := p.line.(checker); {
	case pulsing && unset != nil:
		return unset
	case pulsing && unread != nil:
		return unread
	case pulsing && odd >= oddLooks:
		return fmt.Errorf("the pulses of the charge pump do not reach its pin (%w): look for a short, or something else that drives this pin", errLevel)
	case tells && !pulsing: // while it pulses, the level changes under such a look
		return c.Check()
	}
	return nil
}

// Close ends the pulses and gives the line back, OFF.
func (p *pump) Close() error {
	p.mu.Lock()
	p.halt()
	p.mu.Unlock()
	return p.line.Close()
}
