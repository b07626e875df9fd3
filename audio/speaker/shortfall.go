package speaker

import (
	"errors"
	"fmt"
	"time"

	"loalang/audio"
)

// Lesson is how much sound one card had to hold so as not to run dry.
type Lesson struct {
	Buffer time.Duration
	Age    time.Duration // since it was learned
}

// both joins two sentences, either of which may be empty.
func both(one, other string) string {
	if one == "" || other == "" {
		return one + other
	}
	return one + "; " + other
}

// weaker joins what is not as asked into one sentence.
func (o *Output) weaker(u up) string {
	grown := ""
	if o.grown(u) && u.Buffer > CalmBuffer {
		grown = fmt.Sprintf("the sound card ran dry again and again: its buffer is now %v, and everything is that much slower", u.Buffer)
	}
	return both(grown, u.Weaker)
}

// lacks are the same as codes.
func (o *Output) lacks(u up) []audio.Weakness {
	all := append([]audio.Weakness{}, u.Lacks...)
	if o.grown(u) && u.Buffer > CalmBuffer {
		all = append(all, audio.LargerBuffer)
	}
	return all
}

// grown says whether a buffer is larger than asked.
func (o *Output) grown(u up) bool {
	_, learned := o.lessons[u.Device]
	return u.Buffer > 0 && (o.learns(u) && learned || o.buffer != o.cfg.Buffer)
}

// learns says whether what a card needs is remembered: not where a person has
// said what it shall have, and not without real-time priority, when it is the
// machine's other work that decides.
func (o *Output) learns(u up) bool { return o.cfg.Buffer == 0 && u.RealTime && u.Buffer > 0 }

// adjust asks for a larger buffer when the card keeps running dry, and, long
// after that, for a smaller one. The error says so; the child must end then. Its
// caller holds o.mu.
func (o *Output) adjust(s *session, st status, now audio.Instant) error {
	o.dry.note(now, st.Underruns)
	if s.standIn || s.up.Buffer == 0 {
		return nil
	}
	idle := o.ledger.idle(now)
	if !o.dry.larger(now, s.up.Buffer, idle, o.cfg.Buffer != 0) {
		return o.relearn(s, now, idle)
	}
	next, ok := larger(s.up.Buffer)
	if !ok {
		o.state.Fault = fmt.Sprintf("the sound card runs dry again and again, though its buffer of %v is the largest: this machine is too slow or too busy for it", s.up.Buffer)
		o.state.Weak = append(o.lacks(s.up), audio.TooSlow)
		return nil
	}
	if o.learns(s.up) {
		o.learn(s.up.Device, lesson{next, now})
	} else {
		o.buffer = next
	}
	return fmt.Errorf("the sound card ran dry again and again: its buffer grows from %v to %v", s.up.Buffer, next)
}

// relearn tries half of what was learned long ago: the machine, or its load, may
// be another one by now.
func (o *Output) relearn(s *session, now audio.Instant, idle bool) error {
	old, known := o.lessons[s.up.Device]
	if !known || !idle || !o.learns(s.up) || now.Sub(old.at) < relearnAfter {
		return nil
	}
	o.learn(s.up.Device, lesson{smaller(old.buffer), now})
	return errors.New("the sound card did well for a week: a smaller buffer is tried")
}

// learn keeps a lesson and has it told.
func (o *Output) learn(device string, l lesson) {
	if o.lessons[device] = l; l.buffer <= realTimeBuffer {
		delete(o.lessons, device)
	}
	if o.cfg.Learned == nil {
		return
	}
	// Whoever keeps it waits for the disk; cues and alarms do not.
	o.goroutines.Go(func() {
		o.telling.Lock()
		defer o.telling.Unlock()
		o.cfg.Learned(o.Lessons())
	})
}

// Lessons is what was learned of each card, by its label.
func (o *Output) Lessons() map[string]Lesson {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := audio.Monotonic()
	all := make(map[string]Lesson, len(o.lessons))
	for device, l := range o.lessons {
		all[device] = Lesson{Buffer: l.buffer, Age: now.Sub(l.at)}
	}
	return all
}

// takeLessons begins with what was learned before. Nonsense is left out.
func (o *Output) takeLessons(known map[string]Lesson, now audio.Instant) {
	o.lessons = map[string]lesson{}
	for device, l := range known {
		if l.Buffer > realTimeBuffer && l.Buffer <= maxBuffer && len(device) <= maxID && len(o.lessons) < maxLessons {
			o.lessons[device] = lesson{l.Buffer, now.Add(-max(0, l.Age))}
		}
	}
}

// buffers is what a child is told of what was learned; nil when it is not to
// depend on that.
func (o *Output) buffers() map[string]time.Duration {
	if o.cfg.Buffer != 0 {
		return nil
	}
	all := map[string]time.Duration{}
	for device, l := range o.lessons {
		all[device] = l.buffer
	}
	return all
}

// slipped says that sound may break off though real-time priority was given.
const slipped = "a thread of the speaker process has lost its real-time priority: sound may break off on a busy machine; restart loalang"

// notePriority says so while a child that was given real-time priority does not
// have it on every thread. Its caller holds o.mu.
func (o *Output) notePriority(s *session, st status) {
	switch {
	case s.standIn || st.RSS == 0 || !s.up.RealTime:
	case !st.RealTime:
		o.state.Fault, o.state.Weak = slipped, append(o.lacks(s.up), audio.NoRealTime)
	case o.state.Fault == slipped:
		o.state.Fault, o.state.Weak = o.weaker(s.up), o.lacks(s.up)
	}
}
