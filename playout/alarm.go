package playout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// messageGap is the silence between siren and message, and between languages.
	messageGap = 500 * time.Millisecond
	// cycleRest is the silence behind the words, before the siren begins anew: those who
	// heard them speak to one another, and the siren's first swing is heard as such. The
	// siren alone has none.
	cycleRest = 2 * time.Second
	// sirenCycle is the length of the built-in siren: no word comes before it.
	sirenCycle = 10 * time.Second
	// wordsPatience is how long an alarm without siren waits for its first words: then
	// the siren sounds until they are there.
	wordsPatience = 10 * time.Second
	// sirenPart names the siren among the parts of a cycle; the others are named
	// by their language.
	sirenPart = "siren"
	// chimePart names the chime before the words of a drill.
	chimePart = "chime"
	// ActiveFile of a spool folder keeps the emergencies that sound, for a restart without database.
	ActiveFile = "emergencies.json"
	// maxEmergencies is how many may be active: with more, one would wait for
	// minutes until its turn. The output takes more, for those that are ending.
	maxEmergencies = 8
	// lowerPatience is how long the output may take to say that an alarm is off.
	lowerPatience = 2 * time.Second
)

// alarm is one active emergency. Player.mu guards it unless it says otherwise.
type alarm struct {
	e        scheduler.Emergency
	row      AsRun
	deadline audio.Instant // the end of its life, whatever becomes of the clock
	expiry   *time.Timer
	doubt    life          // the clock was unknown when it went on: to be looked at again
	over     chan struct{} // closed when it has ended
	endAs    string        // cause of its end, when that is known before the output tells

	said     []saying // what of its text is in the cycle, in the order of languages
	faults   []EmergencyFault
	complete bool          // every language was tried: cycles are counted from here
	bereft   bool          // the output could not take its words: its siren sounds instead
	quiet    audio.Instant // until when it waits for words without a siren

	led     bool           // words have joined: lead holds
	lead    time.Duration  // silence before the first words, for an amplifier that settles
	resting bool           // it waits for an amplifier that must stay off still, to be told of anew
	raised  bool           // the card has begun with it, since it is up
	pass    pass           // the part that sounds
	open    map[string]int // the airing of each part, since it began to sound or went on
	heard   bool           // it sounded with the amplifier on
	reach   reach          // for how long it did

	// order keeps what the output is told in order; it is locked before Player.mu.
	order sync.Mutex
}

// saying is the message in one language.
type saying struct {
	language  string
	file      *os.File // open until the alarm is over
	size      int64    // of file, in bytes
	recording string   // in the library; empty until it is there
	kept      bool     // it was offered to the library, or comes from there
	instead   bool     // a voice reads, for the recording cannot be played
}

// snapshot copies the row, so that it may be written while the alarm goes on.
// Player.mu is held.
func (al *alarm) snapshot() AsRun {
	row := al.row
	row.Airings = append([]Airing(nil), al.row.Airings...)
	return row
}

// Raise makes an emergency sound at once, over everything; it returns when the
// output has it and it would survive a power cut, a second later at most. The
// message, when there is a text, is spoken while the siren sounds and follows
// it. With the output gone the
// emergency is active all the same and sounds when the output is back. The error
// is ErrManyEmergencies: then it does not sound.
func (p *Player) Raise(_ context.Context, e scheduler.Emergency) error {
	life := e.Expires.Sub(p.cfg.Now())
	err := p.raise(&alarm{e: e, row: p.alarmRow(e), deadline: p.cfg.Mono().Add(life)})
	p.outlast()
	return err
}

// raise begins or, after a restart, goes on with an alarm.
func (p *Player) raise(al *alarm) error {
	al.e.Text = strings.TrimSpace(al.e.Text)
	e := al.e
	al.quiet = p.cfg.Mono().Add(wordsPatience)
	al.over, al.open = make(chan struct{}), map[string]int{}
	p.mu.Lock()
	superseded := p.superseded(al)
	if p.activeAlarms()-len(superseded) >= maxEmergencies {
		p.mu.Unlock()
		return ErrManyEmergencies
	}
	p.alarms = append(p.alarms, al) // first: the output may say AlarmOn before sound returns
	p.await(al)
	p.mu.Unlock()
	if err := p.sound(al); err != nil {
		p.cfg.Log.Error("the output did not take the emergency yet", "emergency", e.ID, "err", err)
	}
	p.breakDrill(anyDrill, drillEnd{outcome: Cut, cause: scheduler.ReasonPreempted})
	if err := p.power.holdAlarm(alarmHolder(e), e.Zones); err != nil {
		p.cfg.Log.Error("the emergency sounds without the amplifier", "emergency", e.ID, "err", err)
	}
	if p.isOver(al) { // whoever ended it may have let go before it was held: nobody else would
		p.handOn(alarmHolder(e))
	}
	for _, id := range superseded {
		if err := p.lowerOne(id, e.RaisedBy, string(audio.Replaced)); err != nil {
			p.cfg.Log.Error("a superseded emergency could not be ended", "emergency", id, "err", err)
		}
	}
	row := p.rowOf(al)
	p.side.Go(func() { p.keepAlarm(row, e) })
	if e.Speaks() {
		p.side.Go(func() { p.message(al) })
	}
	if e.NoSiren {
		time.AfterFunc(wordsPatience, func() { p.unheard(al) })
	}
	p.changed()
	return nil
}

// AlarmOccurrence is the key of an emergency's as-run row.
func AlarmOccurrence(e scheduler.Emergency) string { return "emergency:" + e.ID }

func alarmHolder(e scheduler.Emergency) string { return "emergency " + e.ID }

// await ends an alarm a moment after its life, for an output that never says
// so. Player.mu is held.
func (p *Player) await(al *alarm) {
	if al.expiry != nil {
		al.expiry.Stop()
	}
	id, deadline := al.e.ID, al.deadline
	al.expiry = time.AfterFunc(deadline.Sub(p.cfg.Mono())+time.Second, func() {
		p.mu.Lock()
		renewed := al.deadline != deadline
		p.mu.Unlock()
		if !renewed {
			p.endAlarm(id, "expired", Played)
		}
	})
}

// superseded lists the active emergencies that al replaces. Player.mu is held.
func (p *Player) superseded(al *alarm) []string {
	var ids []string
	e := al.e
	for _, other := range p.alarms {
		// After an all-clear nothing sounds on, and a danger that comes back takes it back.
		replaces := e.AllClear || other.e.AllClear || e.Supersedes != "" && other.e.ID == e.Supersedes
		if replaces && other.e.Ended.IsZero() {
			ids = append(ids, other.e.ID)
		}
	}
	return ids
}

// activeAlarms counts those that nobody has stopped. Player.mu is held.
func (p *Player) activeAlarms() int {
	n := 0
	for _, al := range p.alarms {
		if al.e.Ended.IsZero() {
			n++
		}
	}
	return n
}

// sound gives the output the cycle of an alarm: the siren, if it has one, and then the
// message parts; an all-clear waits until it can be said in every language. It does nothing once the alarm was stopped or is
// over, or the process goes down.
func (p *Player) sound(al *alarm) error {
	al.order.Lock()
	defer al.order.Unlock()
	settle, resting := p.power.readiness(al.e.Zones)
	p.mu.Lock()
	if p.leaving || !al.e.Ended.IsZero() || p.findAlarm(al.e.ID) != al {
		p.mu.Unlock()
		return nil
	}
	a := audio.Alarm{ID: al.e.ID, Until: al.deadline}
	sirens := al.sirens(p.cfg.Mono())
	if sirens {
		a.Cycle = []audio.AlarmPart{{Name: sirenPart}}
	} else if len(al.said) == 0 || al.e.AllClear && !al.complete { // not yet
		p.mu.Unlock()
		return nil
	}
	if al.complete || !al.e.Speaks() {
		a.Repeat = al.e.Repeat
	}
	said := al.said
	if al.bereft {
		said = nil
	}
	if p.holdBack(al, settle, resting, sirens) {
		if !sirens {
			p.mu.Unlock()
			return nil
		}
		said, a.Repeat = nil, 0
	}
	for i, s := range said {
		gap := messageGap
		if i == 0 {
			gap += p.leadOf(al, settle, sirens)
		}
		a.Cycle = append(a.Cycle, audio.AlarmPart{File: s.file, Gap: gap, Name: s.language})
		a.Rest = cycleRest
	}
	p.mu.Unlock()
	return p.cfg.Siren.Raise(a)
}

// findAlarm needs Player.mu held.
func (p *Player) findAlarm(id string) *alarm {
	for _, al := range p.alarms {
		if al.e.ID == id {
			return al
		}
	}
	return nil
}

// Renew gives an active emergency another end, later or sooner. It returns as
// soon as the output has it. ErrNoEmergency when id is none that is active.
func (p *Player) Renew(_ context.Context, id string, expires time.Time, by string) (scheduler.Emergency, error) {
	p.mu.Lock()
	al := p.findAlarm(id)
	if al == nil || !al.e.Ended.IsZero() {
		p.mu.Unlock()
		return scheduler.Emergency{}, ErrNoEmergency
	}
	now := p.cfg.Now()
	al.e.Expires, al.e.Updated, al.doubt = expires.UTC(), now.UTC(), life{}
	al.deadline = p.cfg.Mono().Add(expires.Sub(now))
	p.await(al)
	e := al.e
	p.mu.Unlock()
	if err := p.sound(al); err != nil {
		p.cfg.Log.Error("the output did not take the new end of an emergency", "emergency", id, "err", err)
	}
	p.cfg.Log.Info("emergency renewed", "emergency", id, "expires", e.Expires, "by", by)
	p.side.Go(func() { p.saveEmergency(e) })
	p.outlast()
	p.changed()
	return e, nil
}

// Lower ends every active emergency at once, and a drill that sounds, and for
// good: it returns as Raise does. ErrNoEmergency when there is neither.
func (p *Player) Lower(_ context.Context, by string) error {
	p.mu.Lock()
	ids := make([]string, 0, len(p.alarms))
	for _, al := range p.alarms {
		switch {
		case !al.e.Ended.IsZero(): // stopped already, its last frames are under way
		case al.pass.part != "": // last: else another would have its turn for a moment
			ids = append(ids, al.e.ID)
		default:
			ids = append([]string{al.e.ID}, ids...)
		}
	}
	p.mu.Unlock()
	drilled := p.breakDrill(begunDrill, drillEnd{outcome: StoppedBy, cause: scheduler.ReasonStopped, by: by})
	if len(ids) == 0 && drilled {
		return nil
	}
	if len(ids) == 0 {
		return ErrNoEmergency
	}
	var errs []error
	for _, id := range ids {
		errs = append(errs, p.lowerOne(id, by, scheduler.ReasonStopped))
	}
	p.outlast()
	return errors.Join(errs...)
}

// lowerOne stops the sound of one emergency and ends it; nobody did when by is
// empty.
func (p *Player) lowerOne(id, by, cause string) error {
	p.mu.Lock()
	al := p.findAlarm(id)
	if al == nil {
		p.mu.Unlock()
		return nil
	}
	// Marked first: the output may say AlarmOff before Lower returns, and what is
	// spoken for it meanwhile must not raise it anew.
	al.endAs = cause
	if by != "" {
		al.row.By = by
	}
	al.e.Ended, al.e.EndedBy = p.cfg.Now().UTC(), cmp.Or(by, cause) // a restart from here on does not raise it again
	p.vault.put(al.e)
	p.over(al.e)
	p.mu.Unlock()
	al.order.Lock()
	err := p.cfg.Siren.Lower(id)
	al.order.Unlock()
	p.side.Go(p.keepActive)
	if err != nil {
		// The output that does not answer is killed or gone: nothing sounds.
		p.endAlarm(id, cause, StoppedBy)
		return fmt.Errorf("lower emergency: %w", err)
	}
	// The row is closed by the output's own AlarmOff; this is for an output
	// that is gone and never says it.
	time.AfterFunc(lowerPatience, func() { p.endAlarm(id, cause, StoppedBy) })
	return nil
}

// endAlarm closes an emergency; a second call does nothing.
func (p *Player) endAlarm(id, cause string, outcome Outcome) {
	p.mu.Lock()
	al := p.findAlarm(id)
	if al == nil {
		p.mu.Unlock()
		return
	}
	al.expiry.Stop()
	close(al.over)
	kept := make([]*alarm, 0, len(p.alarms))
	for _, other := range p.alarms {
		if other != al {
			kept = append(kept, other)
		}
	}
	p.alarms = kept
	if al.e.Ended.IsZero() {
		al.e.Ended, al.e.EndedBy = p.cfg.Now().UTC(), cause
	}
	if al.endAs != "" {
		cause = al.endAs
	}
	if cause == scheduler.ReasonExpired {
		outcome = Played
	}
	p.conclude(al, outcome, cause)
	e, row, said := al.e, al.snapshot(), al.said
	p.over(e)
	p.recordEnd(al)
	p.mu.Unlock()
	al.order.Lock() // the output may be taking them over
	for _, s := range said {
		_ = s.file.Close() // read only
	}
	al.order.Unlock()
	p.handOn(alarmHolder(e))
	p.side.Go(func() { p.saveEmergency(e) })
	p.cfg.Log.Info("emergency ended", "emergency", e.ID, "by", e.EndedBy, "outcome", row.Outcome, "cause", row.Cause)
	p.changed()
}

// tendAlarms keeps the amplifier on for what sounds, and keeps for a restart how
// much of its life is left.
func (p *Player) tendAlarms() {
	p.judgeAlarms()
	p.mu.Lock()
	holders := make([]string, 0, len(p.alarms))
	for _, al := range p.alarms {
		holders = append(holders, alarmHolder(al.e))
	}
	p.mu.Unlock()
	for _, who := range holders {
		p.power.renew(who)
	}
	if len(holders) > 0 {
		p.side.Go(p.keepActive)
	}
}
