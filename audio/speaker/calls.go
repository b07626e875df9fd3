package speaker

import (
	"fmt"
	"os"

	"loalang/audio"
)

// Cue hands over one file to sound at an instant; see audio.Cue. The file is
// duplicated: the caller closes its own whenever it likes. An error (ErrCue,
// ErrEnded) says that nothing was taken. A file that turns out unreadable ends
// as Unread, a cue whose instant has passed as TooLate, one that the device was
// lost under as Lost.
func (o *Output) Cue(c audio.Cue) error {
	if err := checkCue(wordsOf(c)); err != nil {
		return err
	}
	if c.File == nil {
		return fmt.Errorf("%w %q: it has no file", ErrCue, c.ID)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return ErrEnded
	}
	if err := o.ledger.admit(&c); err != nil {
		return err
	}
	own, err := duplicate(c.File)
	if err != nil {
		return fmt.Errorf("cue %q: %w", c.ID, err)
	}
	c.File = own
	o.ledger.add(c)
	if o.active != nil {
		o.active.tell(cueMessage(c))
	}
	return nil
}

// Stop ends the cues with these IDs with a fade; unknown IDs are ignored. No
// IDs: all cues. The error is ErrEnded.
func (o *Output) Stop(ids ...string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return ErrEnded
	}
	if o.active == nil {
		o.publish(o.ledger.stopped(audio.Monotonic(), ids))
		return nil
	}
	o.ledger.halt(ids)
	o.active.tell(&message{Stop: &stop{IDs: ids}})
	return nil
}

// Raise makes an alarm sound at once, over the programme; see audio.Alarm. An
// alarm with the same ID gets a new cycle: from its next cycle on, or behind the
// parts that sound when it begins with them. While no child
// is there it waits for one, until its Until. The files are duplicated. An error
// (ErrCue, ErrEnded) says that nothing was taken.
func (o *Output) Raise(a audio.Alarm) error {
	if err := checkRaise(alarmWords(a)); err != nil {
		return err
	}
	own := a
	own.Cycle = make([]audio.AlarmPart, len(a.Cycle))
	for i, part := range a.Cycle {
		own.Cycle[i] = audio.AlarmPart{Gap: part.Gap, Name: part.Name}
		if part.File == nil && o.siren == nil {
			closeParts(own)
			return fmt.Errorf("%w %q: a part has no file, and there is no built-in siren", ErrCue, a.ID)
		}
		if part.File == nil {
			continue
		}
		f, err := duplicate(part.File)
		if err != nil {
			closeParts(own)
			return fmt.Errorf("alarm %q: %w", a.ID, err)
		}
		own.Cycle[i].File = f
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		closeParts(own)
		return ErrEnded
	}
	if own.Until != 0 && own.Until <= audio.Monotonic() {
		closeParts(own)
		return fmt.Errorf("%w %q: its time is over already", ErrCue, a.ID)
	}
	e := o.ledger.raise(own)
	if o.active != nil {
		o.active.tell(raiseMessage(e))
	}
	return nil
}

// Lower ends an alarm at once; an unknown ID is ignored. The error is ErrEnded.
func (o *Output) Lower(id string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return ErrEnded
	}
	if o.ledger.findAlarm(id) == nil {
		return nil
	}
	if o.active != nil {
		o.active.tell(&message{Lower: &id})
		o.ledger.lowered(id)
		return nil
	}
	o.ledger.dropAlarm(id)
	o.events.put(audio.Event{Kind: audio.AlarmOff, ID: id, At: audio.Monotonic(), Cause: audio.Stopped})
	return nil
}

// Turn sets the volume of the programme, in dB, within audio.Softest and audio.Loudest: it
// is heard within a second, and kept for every child that follows. Alarms stay as loud as
// they are. It may be called from any goroutine. The error is ErrEnded.
func (o *Output) Turn(gain audio.Decibels) error {
	if !(gain >= audio.Softest && gain <= audio.Loudest) {
		return fmt.Errorf("%w: a volume of %v dB; %v to %v is possible", ErrCue, float64(gain), float64(audio.Softest), float64(audio.Loudest))
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return ErrEnded
	}
	o.volume = &gain
	if o.active != nil {
		o.active.tell(&message{Volume: &gain})
	}
	return nil
}

func wordsOf(c audio.Cue) cue {
	return cue{
		ID: c.ID, At: c.At, After: c.After, Gap: c.Gap, Gain: c.Gain, Replaces: c.Replaces,
		From: c.From, Cross: c.Cross, FadeIn: c.FadeIn, FadeOut: c.FadeOut, Bed: c.Bed, Stream: c.Stream, Spoken: c.Spoken,
	}
}

func cueMessage(c audio.Cue) *message {
	words := wordsOf(c)
	return &message{Cue: &words, files: []*os.File{c.File}}
}

func alarmWords(a audio.Alarm) raise {
	r := raise{ID: a.ID, Repeat: a.Repeat, Until: a.Until, Gain: a.Gain, Rest: a.Rest}
	for _, part := range a.Cycle {
		r.Cycle = append(r.Cycle, raisePart{Siren: part.File == nil, Gap: part.Gap, Name: part.Name})
	}
	return r
}

func raiseMessage(e *alarmEntry) *message {
	words := alarmWords(e.alarm)
	words.Turn = e.turn
	m := &message{Raise: &words}
	for _, part := range e.alarm.Cycle {
		if part.File != nil {
			m.files = append(m.files, part.File)
		}
	}
	return m
}
