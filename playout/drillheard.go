package playout

import (
	"time"

	"loalang/hardware"
	"loalang/proof"
)

// verdictPatience is how long a drill waits for what a monitor input heard of it: a
// Witness has its verdict within 10 s.
const verdictPatience = 12 * time.Second

// taken is the step of the amplifier where somebody may have put it on its own microphone:
// nobody would hear an emergency.
func (s DrillStep) taken(b hardware.BypassState) DrillStep {
	if s.OK && b.On {
		s.OK, s.Fault = false, TroubleBypass
	}
	return s
}

// tryReach looks behind a drill at what s said of the amplifier before it: a device that is
// sent commands has answered by now, and what sounded was heard or not. Keyed says that the
// drill switched it on.
func (p *Player) tryReach(d *drill, s DrillStep, keyed bool) {
	late := s.silent(p.power.state()).taken(p.power.bypass())
	p.mu.Lock()
	_, why, unheard := d.al.reach.verdict()
	p.mu.Unlock()
	switch {
	case !late.OK:
	case unheard && !d.turn.Silent:
		late.OK, late.Fault = false, why
	case keyed && !p.power.live():
		late.OK, late.Fault = false, TroubleAmplifier
	}
	if s.OK && !late.OK {
		p.step(d, late, 0)
	}
}

// expectVerdict has the verdict on a drill come to whoever carries it, rather than to its row;
// nil: nobody listens. The func is called when it is not waited for any more.
func (p *Player) expectVerdict(d *drill) (<-chan proof.Result, func()) {
	if _, deaf := p.cfg.Witness.(noWitness); deaf || d.turn.Silent {
		return nil, func() {}
	}
	verdict := make(chan proof.Result, 1)
	p.proving.Lock()
	p.samples[d.occ.ID] = verdict
	p.proving.Unlock()
	return verdict, func() {
		p.proving.Lock()
		delete(p.samples, d.occ.ID)
		p.proving.Unlock()
	}
}

// drillAired says whether something of a drill has sounded.
func (p *Player) drillAired(d *drill) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(d.al.row.Airings) > 0
}

// tryHeard waits for the verdict on a drill that sounded. What was not measured says nothing
// of the horn.
func (p *Player) tryHeard(d *drill, verdict <-chan proof.Result) {
	began := p.cfg.Mono()
	select {
	case <-d.ctx.Done():
	case <-p.done:
	case <-time.After(verdictPatience):
	case r := <-verdict:
		p.mu.Lock()
		if !d.concluded {
			d.al.row.attest(r)
		}
		p.mu.Unlock()
		s := DrillStep{Code: StepHeard, OK: r.Verdict == proof.Heard}
		switch r.Verdict {
		case proof.NotMeasured:
			return
		case proof.Silent:
			s.Fault = DrillUnheard
		case proof.Wrong:
			s.Fault = DrillWrong
		}
		p.step(d, s, p.cfg.Mono().Sub(began))
	}
}

// tryQuiet makes sure that the amplifier is off again, unless somebody else
// needs it by now.
func (p *Player) tryQuiet(d *drill) {
	began := p.cfg.Mono()
	select {
	case <-time.After(p.power.state().Tail + time.Second):
	case <-p.done:
		return
	}
	s := DrillStep{Code: StepQuiet, OK: !p.power.hot() || p.power.held()}
	if !s.OK {
		s.Fault = DrillStillOn
	}
	p.step(d, s, p.cfg.Mono().Sub(began))
}
