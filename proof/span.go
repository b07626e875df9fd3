package proof

import "time"

// Sounds says that a part of the broadcast sounds from an instant of CLOCK_MONOTONIC on.
func (t *Trial) Sounds(part string, at time.Duration) {
	if len(t.sounds) == 0 && !t.deaf {
		t.goOn(hopOf(at))
	}
	t.sounds[part], t.begun = true, true
}

// goOn begins a span, or goes on with one that has just ended.
func (t *Trial) goOn(hop int64) {
	last := len(t.spans) - 1
	if last >= 0 && hop <= t.spans[last].to+joined {
		t.spans[last].to = open
		return
	}
	if last < 0 {
		t.at, t.drawn = hop, hop
	}
	t.spans = append(t.spans, span{hop, open})
}

// Rests says that a part ended at an instant.
func (t *Trial) Rests(part string, at time.Duration) {
	if !t.sounds[part] {
		return
	}
	delete(t.sounds, part)
	if len(t.sounds) == 0 && !t.deaf {
		t.shut(hopOf(at))
	}
}

// shut ends the span that goes on.
func (t *Trial) shut(hop int64) {
	last := &t.spans[len(t.spans)-1]
	last.to = max(hop, last.from)
}

// Taken says that from an instant on something else is heard in its place, which somebody
// chose: what sounds meanwhile is not compared.
func (t *Trial) Taken(at time.Duration) {
	if !t.deaf && len(t.sounds) > 0 {
		t.shut(hopOf(at))
	}
	t.deaf, t.taken = true, true
}

// GivenBack says that from an instant on it is heard again.
func (t *Trial) GivenBack(at time.Duration) {
	if t.deaf && len(t.sounds) > 0 {
		t.goOn(hopOf(at))
	}
	t.deaf = false
}

// End says that the broadcast is over at an instant: whatever sounds ends.
func (t *Trial) End(at time.Duration) {
	for part := range t.sounds {
		t.Rests(part, at)
	}
}
