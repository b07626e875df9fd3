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

	mu    sync.Mutex
	stop  chan struct{} // nil: it is off
	ended chan struct{}
	fault error
	odd   [2]int // half periods in a row at the other level than the low or the high that was set
}

// Set starts or ends the pulses; the line is low when it returns from ending them.
func (p *pump) Set(on bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if on {
		if p.stop == nil {
			p.stop, p.ended, p.fault, p.odd = make(chan struct{}), make(chan struct{}), nil, [2]int{}
			go p.run(p.stop, p.ended)
		}
		return p.fault
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
		if err := p.line.Set(high); err != nil {
			p.mu.Lock()
			p.fault = err
			p.mu.Unlock()
		}
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
	switch {
	case err != nil && blind(p.line, err):
	case err != nil:
		p.fault = err
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
	fault, pulsing, odd := p.fault, p.stop != nil, max(p.odd[0], p.odd[1])
	p.mu.Unlock()
	switch c, tells := p.line.(checker); {
	case fault != nil:
		return fault
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
