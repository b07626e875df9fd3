package speaker

import (
	"errors"
	"fmt"

	"loalang/audio"
)

// weaker joins what is not as asked into one sentence.
func (o *Output) weaker(u up) string { return both(o.grown, u.Weaker) }

// both joins two sentences, either of which may be empty.
func both(one, other string) string {
	if one == "" || other == "" {
		return one + other
	}
	return one + "; " + other
}

// grow asks for a larger buffer when the card keeps running dry. Its caller
// holds o.mu.
func (o *Output) grow(s *session, st status) error {
	o.dry.note(audio.Monotonic(), st.Underruns)
	if s.standIn || s.up.Buffer == 0 || !o.dry.larger(o.ledger.silent()) {
		return nil
	}
	larger, ok := doubled(s.up.Buffer)
	if !ok {
		o.state.Fault = fmt.Sprintf("the sound card runs dry again and again, though its buffer of %v is the largest: this machine is too slow or too busy for it", s.up.Buffer)
		return nil
	}
	o.buffer = larger
	o.grown = fmt.Sprintf("the sound card ran dry again and again: its buffer is now %v, and everything is that much slower", larger)
	return errors.New(o.grown)
}

// slipped says that sound may break off though real-time priority was given.
const slipped = "a thread of the speaker process has lost its real-time priority: sound may break off on a busy machine; restart loalang"

// notePriority says so while a child that was given real-time priority does not
// have it on every thread. Its caller holds o.mu.
func (o *Output) notePriority(s *session, st status) {
	switch {
	case s.standIn || st.RSS == 0 || !s.up.RealTime:
	case !st.RealTime:
		o.state.Fault = slipped
	case o.state.Fault == slipped:
		o.state.Fault = o.weaker(s.up)
	}
}
