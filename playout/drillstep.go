package playout

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// drillFile proves that an emergency would be durable.
const drillFile = "drill.json"

// DrillResult is what a drill found, step by step.
type DrillResult struct {
	Silent bool
	Steps  []DrillStep
}

// DrillStep is one part of the emergency path that was tried.
type DrillStep struct {
	Code     string // one of the Steps below; web words it
	Language string // of StepWords
	Zone     string // of StepAmplifier: the zones that do not answer, with commas; empty: all, or none
	OK       bool
	Took     time.Duration
	Fault    string         // one of the faults below when it is not OK; web says what to do
	Level    audio.Decibels // of StepLevel: the loudest mean power; 0: not known
}

// The steps, in their order.
const (
	StepRecord    = "record"    // the as-run was made durable, in the database or beside it
	StepCallers   = "callers"   // somebody may raise an emergency, known from memory
	StepPrograms  = "programs"  // so may every program that was given the right
	StepButton    = "button"    // a press of the panic button would raise what it is set to raise
	StepVault     = "vault"     // an emergency would outlive a power cut: written, and read again
	StepWords     = "words"     // a language is spoken into memory
	StepAmplifier = "amplifier" // it answers
	StepSiren     = "siren"     // from the call to the first frame that left the card
	StepCycle     = "cycle"     // everything sounded to its end
	StepLevel     = "level"     // of what left the mixer
	StepQuiet     = "quiet"     // the amplifier is off again
	StepHeard     = "heard"     // by the monitor input, where that could measure it
)

// The faults of steps, beside those of renditions and the Troubles.
const (
	DrillUnkept    = "unkept"         // neither the database nor the disk takes it
	DrillNobody    = "nobody"         // nobody is known who may raise an emergency
	DrillLapsed    = "lapsed"         // a program was given the right, and its time is over
	DrillRefused   = "refused"        // the output did not take the siren
	DrillMute      = "mute"           // the mixer gave nothing to hear
	DrillStuck     = "stuck"          // the output does not tell how it ended
	DrillShort     = "short"          // it broke off
	DrillStillOn   = "still-on"       // the amplifier is on though nobody needs it
	DrillUnread    = "button-unread"  // the panic button cannot be read
	DrillHeld      = "button-held"    // it is stuck
	DrillIdle      = "button-idle"    // it is set to do nothing
	DrillNoMessage = "button-message" // what it is set to say is not known: the siren would sound alone
	DrillUnheard   = "unheard"        // the monitor input heard nothing
	DrillWrong     = "wrong"          // it heard something else
	DrillNoTongue  = "no-tongue"      // there is no language in which it could be spoken
)

// Passed says whether every step went well. A drill without steps has not.
func (r *DrillResult) Passed() bool {
	return r != nil && len(r.Steps) > 0 && !slices.ContainsFunc(r.Steps, func(s DrillStep) bool { return !s.OK })
}

// Siren is the time from the call to the first frame of the siren, or of what
// goes before it; false when it never came.
func (r *DrillResult) Siren() (took time.Duration, ok bool) {
	if r == nil {
		return 0, false
	}
	i := slices.IndexFunc(r.Steps, func(s DrillStep) bool { return s.Code == StepSiren && s.OK })
	if i < 0 {
		return 0, false
	}
	return r.Steps[i].Took, true
}

// stepped is a step that an error decides.
func stepped(code string, err error, fault string) DrillStep {
	if err == nil {
		return DrillStep{Code: code, OK: true}
	}
	return DrillStep{Code: code, Fault: fault}
}

// step adds a step to the result.
func (p *Player) step(d *drill, s DrillStep, took time.Duration) {
	s.Took = took
	if !s.OK {
		p.cfg.Log.Error("a step of a drill failed", "occurrence", d.occ.ID, "step", s.Code, "language", s.Language, "fault", s.Fault)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if d.concluded {
		return
	}
	steps := append(slices.Clone(d.al.row.Drill.Steps), s) // a row that is being written keeps its own
	d.al.row.Drill = &DrillResult{Silent: d.turn.Silent, Steps: steps}
}

func (p *Player) tryCallers(d *drill) {
	if p.cfg.Callers == nil {
		return
	}
	began := p.cfg.Mono()
	c := p.cfg.Callers()
	s := DrillStep{Code: StepCallers, OK: c.People+c.Programs > 0}
	if !s.OK {
		s.Fault = DrillNobody
	}
	p.step(d, s, p.cfg.Mono().Sub(began))
	if c.Programs+c.Lapsed == 0 {
		return // nothing but people ever raised one here
	}
	s = DrillStep{Code: StepPrograms, OK: c.Lapsed == 0}
	if !s.OK {
		s.Fault = DrillLapsed
	}
	p.step(d, s, 0)
}

// Callers are those who may raise an emergency, each tried by what a call of theirs
// would be judged by.
type Callers struct {
	People   int // who sign in to the panel
	Programs int // with a token that has the right
	Lapsed   int // whose token had the right, was never revoked, and counts no more
}

// tryVault writes where an emergency would be written, and reads it again.
func (p *Player) tryVault(d *drill) {
	began := p.cfg.Mono()
	raw := fmt.Appendf(nil, "{%q:%q}\n", "drill", d.occ.ID)
	err := p.vault.spool.write(drillFile, raw)
	if err == nil {
		var copies [][]byte
		copies, err = p.vault.spool.read(drillFile)
		if err == nil && !slices.ContainsFunc(copies, func(c []byte) bool { return bytes.Equal(c, raw) }) {
			err = errors.New("it reads otherwise than it was written")
		}
	}
	p.step(d, stepped(StepVault, err, DrillUnkept), p.cfg.Mono().Sub(began))
}

// drillWords speaks what goes before and behind the siren, as an emergency's
// message is spoken: into memory.
func (p *Player) drillWords(d *drill) (w drillWords) {
	if d.turn.Before == "" && d.turn.After == "" {
		return w
	}
	var faults []EmergencyFault
	w.languages, faults = p.tongues(d.ctx, &d.al)
	for _, f := range faults {
		if f.Language != "" {
			p.step(d, DrillStep{Code: StepWords, Language: f.Language, Fault: f.Code}, 0)
		}
	}
	for _, language := range w.languages {
		began := p.cfg.Mono()
		err := p.sayDrill(d, language, &w)
		if d.ctx.Err() != nil {
			return w
		}
		fault := ""
		if err != nil {
			fault = faultCode(err)
			if fault == FaultNoVoice && len(d.turn.Languages) == 0 && len(w.languages) > 1 {
				continue // a language of the village that has readers, and no voice: coverage tells of it
			}
		}
		s := stepped(StepWords, err, fault)
		s.Language = language
		p.step(d, s, p.cfg.Mono().Sub(began))
	}
	if len(w.before)+len(w.after) == 0 && d.ctx.Err() == nil {
		p.step(d, DrillStep{Code: StepWords, Fault: DrillNoTongue}, 0)
	}
	return w
}

// drillChime opens what tells people that words come; without it the drill goes on,
// for an emergency has none.
func (p *Player) drillChime(d *drill) *os.File {
	if d.turn.Silent || d.turn.Chime == "" {
		return nil
	}
	f, err := p.cfg.Library.PlayCopy(d.ctx, d.turn.Chime)
	if err != nil {
		p.cfg.Log.Error("the chime of a drill cannot be opened", "occurrence", d.occ.ID, "recording", d.turn.Chime, "err", err)
		return nil
	}
	return f
}

// sayDrill speaks both texts in one language.
func (p *Player) sayDrill(d *drill, language string, w *drillWords) error {
	for _, one := range []struct {
		text string
		into *[]saying
	}{{d.turn.Before, &w.before}, {d.turn.After, &w.after}} {
		if one.text == "" {
			continue
		}
		f, err := p.aloud(d.ctx, language, one.text)
		if err != nil {
			return err
		}
		*one.into = append(*one.into, saying{language: language, file: f})
	}
	return nil
}

// drillCycle is what the output is given: the chime, the words before, the siren, the
// words after. Of a silent drill the siren is first, as in an emergency.
func (p *Player) drillCycle(d *drill, w drillWords) (a audio.Alarm, length time.Duration) {
	a = audio.Alarm{ID: d.id, Repeat: 1}
	if w.chime != nil {
		a.Cycle = append(a.Cycle, audio.AlarmPart{File: w.chime, Name: chimePart})
		length += playLength(w.chime)
	}
	say := func(all []saying) {
		for _, s := range all {
			a.Cycle = append(a.Cycle, audio.AlarmPart{File: s.file, Gap: messageGap, Name: s.language})
			length += messageGap + playLength(s.file)
		}
	}
	siren := func() {
		for n := range int(max(d.turn.Siren, sirenCycle) / sirenCycle) {
			part := audio.AlarmPart{Name: sirenPart}
			if n == 0 && len(a.Cycle) > 0 {
				part.Gap = messageGap
			}
			a.Cycle = append(a.Cycle, part)
			length += part.Gap + sirenCycle
		}
	}
	if d.turn.Silent {
		a.Gain = drillMute
		siren()
		say(w.before)
	} else {
		say(w.before)
		siren()
	}
	say(w.after)
	if settle, _ := p.power.readiness(nil); !d.turn.Silent {
		a.Cycle[0].Gap += settle
		length += settle
	}
	a.Until = p.cfg.Mono().Add(length + drillSpare)
	return a, length
}

// performDrill is the drill itself.
func (p *Player) performDrill(d *drill, w drillWords) {
	p.mu.Lock()
	d.al.said = append(append([]saying(nil), w.before...), w.after...)
	p.mu.Unlock()
	holder := drillHolder(d.occ)
	keyed := d.turn.Keys()
	verdict, forget := p.expectVerdict(d)
	defer forget()
	began := p.cfg.Mono()
	var s DrillStep
	if keyed {
		s = stepped(StepAmplifier, p.power.hold(holder, nil), TroubleAmplifier).silent(p.power.state()).taken(p.power.bypass())
		p.step(d, s, p.cfg.Mono().Sub(began))
		defer p.handOn(holder) // whatever happens; a second time does nothing
	} else {
		s = DrillStep{Code: StepAmplifier, OK: p.power.state().Fault == ""}
		if !s.OK {
			s.Fault = TroubleAmplifier
		}
		s = s.silent(p.power.state()).taken(p.power.bypass())
		p.step(d, s, 0)
	}
	a, length := p.drillCycle(d, w)
	switch err := p.beginDrill(d, a); {
	case d.ctx.Err() != nil:
	case err != nil:
		p.step(d, DrillStep{Code: StepSiren, Fault: DrillRefused}, 0)
	default:
		p.followDrill(d, a, length)
	}
	p.mu.Lock()
	d.sounded = !d.turn.Silent && d.end == (drillEnd{}) && d.ctx.Err() == nil && len(d.al.row.Airings) > 0
	p.mu.Unlock()
	p.tryReach(d, s, keyed)
	p.handOn(holder)
	if d.ctx.Err() != nil || !p.drillAired(d) {
		verdict = nil // there is none on what did not sound, or not to its end
	}
	p.tryEnd(d, verdict)
}

// followDrill waits for the end of what sounds, and measures it meanwhile.
func (p *Player) followDrill(d *drill, a audio.Alarm, length time.Duration) {
	loudest := audio.Decibels(-120)
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	over := time.NewTimer(length + drillSpare)
	defer over.Stop()
	cause, patient := audio.Cause(""), true
	for quit := d.ctx.Done(); cause == "" && patient; {
		select {
		case cause = <-d.off:
		case <-look.C:
			if s := p.cfg.Siren.State(); s.Up {
				loudest = max(loudest, s.Levels.RMS)
			}
		case <-quit: // Lower was called: the last frames are under way
			quit = nil
			over.Reset(lowerPatience)
		case <-p.done:
			return
		case <-over.C:
			patient = false
		}
	}
	if !patient || cause != audio.Completed { // a card that comes back must not go on with it
		d.order.Lock()
		err := p.cfg.Siren.Lower(d.id)
		d.order.Unlock()
		if err != nil {
			p.cfg.Log.Error("a drill could not be stopped", "occurrence", d.occ.ID, "err", err)
		}
	}
	if d.ctx.Err() == nil {
		p.judgeDrill(d, a, cause, loudest)
	}
}

// judgeDrill turns what the output told into steps.
func (p *Player) judgeDrill(d *drill, a audio.Alarm, cause audio.Cause, loudest audio.Decibels) {
	p.mu.Lock()
	first, up := d.first, p.up
	took := max(0, first.Sub(d.called)-a.Cycle[0].Gap)
	parts := map[string]bool{}
	for _, part := range a.Cycle {
		parts[part.Name] = true
	}
	missing := len(parts) > len(d.al.open)
	p.mu.Unlock()
	siren := DrillStep{Code: StepSiren, OK: first != 0}
	switch {
	case siren.OK:
	case !up:
		siren.Fault = scheduler.ReasonDevice
	default:
		siren.Fault = DrillRefused
	}
	if !siren.OK {
		took = 0
	}
	p.step(d, siren, took)
	cycle := DrillStep{Code: StepCycle, OK: cause == audio.Completed && siren.OK && !missing}
	switch {
	case cycle.OK:
	case cause == "" && up:
		cycle.Fault = DrillStuck
	case cause == audio.Lost || !up:
		cycle.Fault = scheduler.ReasonDevice
	default:
		cycle.Fault = DrillShort
	}
	p.step(d, cycle, p.cfg.Mono().Sub(d.called))
	if d.turn.Silent || !siren.OK {
		return
	}
	level := DrillStep{Code: StepLevel, OK: loudest > -60, Level: loudest}
	if !level.OK {
		level.Fault = DrillMute
	}
	p.step(d, level, 0)
}
