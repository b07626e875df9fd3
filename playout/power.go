package playout

import (
	"log/slog"
	"sync"
	"time"
)

// power keeps the amplifier on while anybody needs it, and off otherwise. Its
// methods may be called from any goroutine.
type power struct {
	amp Amp
	log *slog.Logger

	mu      sync.Mutex
	holders map[string]bool
	unkey   *time.Timer
	closed  bool
}

func newPower(amp Amp, log *slog.Logger) *power {
	return &power{amp: amp, log: log, holders: map[string]bool{}}
}

// hold keys the amplifier for who. The error is the amplifier's; who holds it
// all the same, so that a later release is in order.
func (p *power) hold(who string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.holders[who] = true
	if p.unkey != nil {
		p.unkey.Stop()
		p.unkey = nil
	}
	return p.amp.Key()
}

// release lets go of who's hold. The amplifier goes off Tail after the last.
func (p *power) release(who string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.holders[who] {
		return
	}
	delete(p.holders, who)
	if len(p.holders) > 0 || p.closed {
		return
	}
	p.unkey = time.AfterFunc(p.amp.State().Tail, p.tailOver)
}

func (p *power) tailOver() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.holders) > 0 {
		return
	}
	if err := p.amp.Unkey(); err != nil {
		p.log.Error("the amplifier could not be switched off", "err", err)
	}
}

// off switches off whoever holds it: the last thing a Player does.
func (p *power) off() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	clear(p.holders)
	if p.unkey != nil {
		p.unkey.Stop()
	}
	if err := p.amp.Unkey(); err != nil {
		p.log.Error("the amplifier could not be switched off", "err", err)
	}
}

// held says whether anybody needs the amplifier.
func (p *power) held() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.holders) > 0
}
