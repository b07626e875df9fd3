package hardware

import (
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
}

// Set starts or ends the pulses; the line is low when it returns from ending them.
func (p *pump) Set(on bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if on {
		if p.stop == nil {
			p.stop, p.ended, p.fault = make(chan struct{}), make(chan struct{}), nil
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
	}
}

// Check says why pulses do not get through.
func (p *pump) Check() error {
	p.mu.Lock()
	fault := p.fault
	p.mu.Unlock()
	if c, tells := p.line.(checker); tells && fault == nil {
		return c.Check()
	}
	return fault
}

// Close ends the pulses and gives the line back, OFF.
func (p *pump) Close() error {
	p.mu.Lock()
	p.halt()
	p.mu.Unlock()
	return p.line.Close()
}
