package playout

import (
	"time"

	"loalang/hardware"
	"loalang/proof"
)

// verdictPatience is how long a drill waits for what a monitor input heard of it. A Monitor
// has told within monitorPatience, and the row has it within 10 s.
const verdictPatience = 9 * time.Second

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

// tryEnd looks whether the amplifier goes off behind a drill, and waits meanwhile for the
// verdict on what sounded; nil: none comes. The tail of an amplifier may be longer than a row
// waits for its verdict.
func (p *Player) tryEnd(d *drill, verdict <-chan proof.Result) {
	if verdict == nil {
		p.tryQuiet(d)
		return
	}
	p.cfg.Witness.Over(d.occ.ID, p.cfg.Mono())
	heard := make(chan func(), 1)
	p.side.Go(func() { heard <- p.hearVerdict(d, verdict) })
	p.tryQuiet(d)
	(<-heard)()
}

// hearVerdict waits for the verdict on a drill that sounded, and has the row say it at once.
// What it returns makes the drill's step of it, behind those before.
func (p *Player) hearVerdict(d *drill, verdict <-chan proof.Result) (tell func()) {
	began := p.cfg.Mono()
	select {
	case <-d.ctx.Done():
	case <-p.done:
	case <-time.After(verdictPatience):
	case r := <-verdict:
		took := p.cfg.Mono().Sub(began)
		p.mu.Lock()
		defer p.mu.Unlock()
		if !d.concluded {
			d.al.row.attest(r)
			p.book.record(d.al.snapshot())
		}
		return func() { p.tryHeard(d, r, took) }
	}
	return func() {}
}

// tryHeard makes a step of the verdict on a drill. What was not measured says nothing of the
// horn.
func (p *Player) tryHeard(d *drill, r proof.Result, took time.Duration) {
	s := DrillStep{Code: StepHeard, OK: r.Verdict == proof.Heard}
	switch r.Verdict {
	case proof.NotMeasured:
		return
	case proof.Silent:
		s.Fault = DrillUnheard
	case proof.Wrong:
		s.Fault = DrillWrong
	}
	p.step(d, s, took)
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
