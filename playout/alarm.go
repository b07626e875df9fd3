package playout

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// messageGap is the silence between siren and message, and between languages.
	messageGap = 500 * time.Millisecond
	// sirenCycle is the length of the built-in siren: no word comes before it.
	sirenCycle = 10 * time.Second
	// messagePatience bounds the synthesis of one emergency's message.
	messagePatience = 2 * time.Minute
	// activeFile keeps the emergencies that sound, for a restart without database.
	activeFile = "emergencies.json"
)

// alarm is one active emergency. Player.mu guards it.
type alarm struct {
	e      scheduler.Emergency
	row    AsRun
	start  audio.Instant // of the open airing; zero when none is open
	expiry *time.Timer
}

// snapshot copies the row, so that it may be written while the alarm goes on.
// Player.mu is held.
func (al *alarm) snapshot() AsRun {
	row := al.row
	row.Airings = slices.Clone(row.Airings)
	return row
}

// Raise makes an emergency sound at once, over everything; it returns as soon
// as the output has it. The message, when there is a text, is spoken while the
// siren sounds and joins from the next cycle on. With the output gone the
// emergency is active all the same and sounds when the output is back.
func (p *Player) Raise(_ context.Context, e scheduler.Emergency) error {
	p.raise(e, p.alarmRow(e))
	return nil
}

// raise begins or, after a restart, goes on with the row of e.
func (p *Player) raise(e scheduler.Emergency, row AsRun) {
	al := &alarm{e: e, row: row}
	p.mu.Lock()
	superseded := p.superseded(e)
	p.alarms = append(p.alarms, al) // first: the output may say AlarmOn before sound returns
	al.expiry = time.AfterFunc(e.Expires.Sub(p.cfg.Now())+time.Second, func() { p.endAlarm(e.ID, "expired", Played) })
	p.mu.Unlock()
	if err := p.sound(e, nil); err != nil {
		p.cfg.Log.Error("the output did not take the emergency yet", "emergency", e.ID, "err", err)
	}
	if err := p.power.hold(alarmHolder(e)); err != nil {
		p.cfg.Log.Error("the amplifier could not be keyed", "emergency", e.ID, "err", err)
	}
	for _, id := range superseded {
		if err := p.lowerOne(id, e.RaisedBy); err != nil {
			p.cfg.Log.Error("a superseded emergency could not be ended", "emergency", id, "err", err)
		}
	}
	p.side.Go(func() { p.keepAlarm(row, e) })
	if strings.TrimSpace(e.Text) != "" {
		p.side.Go(func() { p.message(e) })
	}
	p.changed()
}

// alarmOccurrence is the key of an emergency's as-run row.
func alarmOccurrence(e scheduler.Emergency) string { return "emergency:" + e.ID }

func alarmHolder(e scheduler.Emergency) string { return "emergency " + e.ID }

// superseded lists the active emergencies that e replaces. Player.mu is held.
func (p *Player) superseded(e scheduler.Emergency) []string {
	var ids []string
	for _, other := range p.alarms {
		if e.Supersedes != "" && other.e.ID == e.Supersedes {
			ids = append(ids, other.e.ID)
		}
	}
	return ids
}

// sound gives the output the cycle of e: the siren and then the message parts.
func (p *Player) sound(e scheduler.Emergency, message []*os.File) error {
	a := audio.Alarm{ID: e.ID, Repeat: e.Repeat, Until: p.instant(e.Expires), Cycle: []audio.AlarmPart{{}}}
	if e.Text != "" && message == nil && a.Repeat > 0 {
		a.Repeat = 0 // the cycles asked for are counted from the message on
	}
	for i, f := range message {
		gap := messageGap
		if settle := p.cfg.Amp.State().Settle; i == 0 && settle > sirenCycle {
			gap += settle - sirenCycle
		}
		a.Cycle = append(a.Cycle, audio.AlarmPart{File: f, Gap: gap})
	}
	return p.cfg.Siren.Raise(a)
}

// message speaks the text in every language that has a voice and joins it to
// the siren. A language without a voice stays out; the log says so.
func (p *Player) message(e scheduler.Emergency) {
	ctx, cancel := context.WithTimeout(context.Background(), messagePatience)
	defer cancel()
	languages := e.Languages
	if len(languages) == 0 {
		languages = p.cfg.Languages
	}
	files := []*os.File{}
	for _, language := range languages {
		f, err := p.speak(ctx, language, e.Text)
		if err != nil {
			p.cfg.Log.Error("the emergency's message is not spoken in a language", "emergency", e.ID, "language", language, "err", err)
			continue
		}
		files = append(files, f)
	}
	defer closeAll(files)
	if len(files) == 0 && e.Repeat == 0 || !p.alarmActive(e.ID) {
		return // the siren goes on alone until it is stopped or expires
	}
	if err := p.sound(e, files); err != nil {
		p.cfg.Log.Error("the emergency's message could not join the siren", "emergency", e.ID, "err", err)
	}
}

func (p *Player) speak(ctx context.Context, language, text string) (*os.File, error) {
	spoken, ok := p.cfg.Voicer.Spoken(ctx, language, text)
	if !ok {
		return nil, fmt.Errorf("no voice speaks %q", language)
	}
	rec, err := p.cfg.Voicer.Voice(ctx, language, "", spoken)
	if err != nil {
		return nil, err
	}
	return p.cfg.Library.PlayCopy(ctx, rec.ID)
}

func (p *Player) alarmActive(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.findAlarm(id) != nil
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

// Lower ends every active emergency at once. ErrNoEmergency when there is none.
func (p *Player) Lower(_ context.Context, by string) error {
	p.mu.Lock()
	ids := make([]string, 0, len(p.alarms))
	for _, al := range p.alarms {
		if al.e.Ended.IsZero() { // else stopped already, its last frames are under way
			ids = append(ids, al.e.ID)
		}
	}
	p.mu.Unlock()
	if len(ids) == 0 {
		return ErrNoEmergency
	}
	var errs []error
	for _, id := range ids {
		errs = append(errs, p.lowerOne(id, by))
	}
	return errors.Join(errs...)
}

// lowerOne stops the sound of one emergency and ends it.
func (p *Player) lowerOne(id, by string) error {
	p.mu.Lock() // marked first: the output may say AlarmOff before Lower returns
	if al := p.findAlarm(id); al != nil {
		al.row.By = by
		al.e.Ended, al.e.EndedBy = p.cfg.Now().UTC(), by // a restart from here on does not raise it again
	}
	p.mu.Unlock()
	err := p.cfg.Siren.Lower(id)
	p.side.Go(p.keepActive)
	if err != nil {
		// The output that does not answer is killed or gone: nothing sounds.
		p.endAlarm(id, scheduler.ReasonStopped, StoppedBy)
		return fmt.Errorf("lower emergency: %w", err)
	}
	// The row is closed by the output's own AlarmOff; this is for an output
	// that is gone and never says it.
	time.AfterFunc(2*time.Second, func() { p.endAlarm(id, scheduler.ReasonStopped, StoppedBy) })
	return nil
}

// alarmEvent takes in what the output says of an emergency.
func (p *Player) alarmEvent(_ context.Context, ev audio.Event) {
	p.mu.Lock()
	al := p.findAlarm(ev.ID)
	if al == nil {
		p.mu.Unlock()
		return
	}
	if ev.Kind == audio.AlarmOn {
		p.openAlarm(al, ev)
	} else {
		p.closeAlarm(al, ev)
	}
	row := al.snapshot()
	p.mu.Unlock()
	p.book.record(row)
	if ev.Kind == audio.AlarmOff && ev.Cause != audio.Lost {
		p.endAlarm(ev.ID, string(ev.Cause), alarmOutcome(ev.Cause))
	}
	p.changed()
}

// openAlarm needs Player.mu held.
func (p *Player) openAlarm(al *alarm, ev audio.Event) {
	if al.start != 0 {
		return
	}
	al.start = ev.At
	at := p.wall(ev.At)
	if len(al.row.Airings) == 0 {
		al.row.Lateness = at.Sub(al.row.Due)
	}
	al.row.Airings = append(al.row.Airings, Airing{ID: p.cfg.NewID(), Part: scheduler.PartKind("siren"), Zones: p.cfg.Zones, Started: at})
}

// closeAlarm needs Player.mu held.
func (p *Player) closeAlarm(al *alarm, ev audio.Event) {
	if al.start == 0 {
		return
	}
	a := &al.row.Airings[len(al.row.Airings)-1]
	a.Ended, a.Frames, a.Cause = p.wall(ev.At), int64(ev.Frames), string(ev.Cause)
	al.start = 0
}

func alarmOutcome(c audio.Cause) Outcome {
	if c == audio.Stopped || c == audio.Replaced {
		return StoppedBy
	}
	return Played
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
	kept := make([]*alarm, 0, len(p.alarms))
	for _, other := range p.alarms {
		if other != al {
			kept = append(kept, other)
		}
	}
	p.alarms = kept
	now := p.cfg.Now().UTC()
	if al.e.Ended.IsZero() {
		al.e.Ended, al.e.EndedBy = now, cause
	}
	al.row.Outcome, al.row.Cause, al.row.Updated = outcome, cause, now
	if len(al.row.Airings) == 0 {
		al.row.Outcome, al.row.Cause = Missed, scheduler.ReasonDevice
	}
	e, row := al.e, al.snapshot()
	p.mu.Unlock()
	p.power.release(alarmHolder(e))
	p.book.record(row)
	p.side.Go(func() { p.saveEmergency(e) })
	p.cfg.Log.Info("emergency ended", "emergency", e.ID, "by", e.EndedBy)
	p.changed()
}

// leaveAlarms keeps what is active on disk: it sounds again after the restart.
func (p *Player) leaveAlarms() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, al := range p.alarms {
		al.expiry.Stop()
		if !al.e.Ended.IsZero() { // stopped, and the output has not said so yet
			al.row.Outcome, al.row.Cause = StoppedBy, scheduler.ReasonStopped
		}
		p.book.record(al.row)
	}
}

func (p *Player) alarmRow(e scheduler.Emergency) AsRun {
	row := p.newRow(scheduler.Occurrence{
		ID: alarmOccurrence(e), Kind: KindEmergency, Title: e.Title, Class: scheduler.ClassEmergency,
		Nominal: e.Raised, Due: e.Raised,
	})
	row.Claimed, row.Keyed, row.By = row.Created, row.Created, e.RaisedBy
	return row
}
