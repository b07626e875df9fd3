package proof

import (
	"math"
	"time"
)

const (
	// pendingMost is over how many windows the first lag is looked for, 8 s of sound.
	pendingMost = 5
	// patience is how long a first lag is looked for at most, in hops: what was sent then
	// is still held.
	patience = 1000
	// joined is how long a pause may be within one span, 1 s.
	joined = 50
	// open is the end of a span that goes on.
	open = math.MaxInt64
	// behind is how much later than its end a window is looked at, 0.5 s: by then it is
	// known when a span ended.
	behind = 25
	// ungatedMost is of how many windows a Trial that waits for its Gate keeps what they said,
	// 10 min in 24 KB: of a longer one the last count.
	ungatedMost = 600
)

// span is a stretch in which a broadcast sounds, in hops.
type span struct{ from, to int64 }

// stretch is a window that holds something to look for.
type stretch struct {
	at int64
	n  int
}

// Trial judges one broadcast as it goes on, in a memory that does not grow with it.
type Trial struct {
	gate    Gate
	awaits  bool    // whether there is one is not known yet
	ungated []match // what windows said meanwhile
	m       *matcher

	spans   []span
	sounds  map[string]bool // what of it sounds now
	deaf    bool            // none of it can be heard now
	taken   bool            // or could not meanwhile
	begun   bool
	at      int64 // where the next window of the first span begins
	drawn   int64 // up to where the envelopes are
	longest int64 // hops of the longest span so far

	locked     bool
	lag, hint  int64
	hinted     bool
	sums       [mostLag - leastLag + 1]float64
	pending    []stretch // windows that wait for a lag
	judged     int
	heard      int
	silences   int
	gaps       int
	soft       int // windows of which nobody can tell, since noise covers them
	score      float64
	level      float64 // powers, summed
	given      float64
	through    float64
	lost       int64
	lostTo     int64
	loss       *Loss
	sent, came outline
}

// NewTrial begins one. hint is the lag of the last broadcast that was heard; hinted
// false: nobody knows. A zero Gate is none.
func NewTrial(gate Gate, hint time.Duration, hinted bool) *Trial {
	return &Trial{gate: gate, m: &matcher{}, sounds: map[string]bool{}, hint: int64(hint / Hop), hinted: hinted}
}

// Awaits says of a Trial without a Gate that whether there is one could not be read yet. It is
// said before anything sounds.
func (t *Trial) Awaits() { t.awaits = true }

// Gated ends that a Trial awaits its Gate; a zero one is none. What it heard meanwhile is
// judged by it too, but for how long it was lost: that is told of what is bad from now on, and
// of what was something else before. One that does not wait keeps what it has.
func (t *Trial) Gated(g Gate) {
	if !t.awaits {
		return
	}
	windows := t.ungated
	t.awaits, t.ungated, t.gate = false, nil, g
	if g == (Gate{}) {
		return
	}
	t.judged, t.heard, t.silences = 0, 0, 0
	t.score, t.level, t.given, t.through = 0, 0, 0, 0
	for _, m := range windows {
		if good := t.good(m); good || !g.covered(m) {
			t.count(m, good)
		} else {
			t.soft++
		}
	}
}

// Begun says whether anything of it ever sounded.
func (t *Trial) Begun() bool { return t.begun }

// Loss is what is lost now; nil: nothing is known to be. It is the caller's own: how it is
// lost may change.
func (t *Trial) Loss() *Loss {
	if t.loss == nil {
		return nil
	}
	return new(*t.loss)
}

// Lag is by how much later it is heard than it is known to be sent; known is false
// while it was not heard.
func (t *Trial) Lag() (lag time.Duration, known bool) {
	return time.Duration(t.lag) * Hop, t.locked && t.heard > 0
}

// Advance compares whatever both Tracks hold by now. It says whether everything that
// sounded has been looked at.
func (t *Trial) Advance(sent, heard *Track) (done bool) {
	for len(t.spans) > 0 {
		s := t.spans[0]
		at, n, last := t.window(s)
		if n > 0 {
			if sent.next < at+int64(n) || heard.next < at+int64(n)+mostLag+behind {
				return false
			}
			t.look(sent, heard, stretch{at, n})
		}
		if t.locked {
			t.draw(sent, heard, min(at, s.to))
		}
		t.at = at + stepHops
		if !last {
			continue
		}
		t.closeSpan(sent, heard, s)
	}
	return len(t.sounds) == 0
}

// window is the next one of a span: its first hop, its length, and whether it is the
// last, which ends with the span. A length of 0 is none.
func (t *Trial) window(s span) (at int64, n int, last bool) {
	at, n = t.at, windowHops
	if s.to == open || at+windowHops+stepHops <= s.to {
		return at, n, false
	}
	switch whole := s.to - s.from; {
	case whole < shortHops:
		return at, 0, true
	case whole < windowHops:
		return s.from, int(whole), true
	case at+windowHops > s.to:
		return s.to - windowHops, n, true
	}
	// One more would reach beyond the span: this one, and then the last.
	return at, n, at+windowHops == s.to
}

// closeSpan goes on with the next.
func (t *Trial) closeSpan(sent, heard *Track, s span) {
	t.longest = max(t.longest, s.to-s.from)
	t.draw(sent, heard, s.to)
	t.spans = t.spans[1:]
	if len(t.spans) > 0 {
		t.at, t.drawn = t.spans[0].from, t.spans[0].from
	}
}

// look judges a window, or keeps it until a lag is known.
func (t *Trial) look(sent, heard *Track, w stretch) {
	if len(t.pending) > 0 && w.at-t.pending[0].at > patience {
		t.settle(sent, heard)
	}
	if w.at < sent.first || !whole(sent, w.at, w.n) {
		t.gaps++
		return
	}
	if !t.m.load(sent, w.at, w.n) {
		return
	}
	if !whole(heard, w.at+max(0, t.lag), w.n) {
		t.gaps++
		return
	}
	if !t.locked && t.hinted && len(t.pending) == 0 {
		if m := t.m.best(sent, heard, w, t.hint-follow, t.hint+follow); m.score >= sure {
			t.locked, t.lag = true, m.lag
		}
	}
	if t.locked {
		t.judge(sent, heard, w)
		return
	}
	for i := range t.sums {
		t.sums[i] += t.m.score(heard, w.at+leastLag+int64(i), w.n)
	}
	if t.pending = append(t.pending, w); len(t.pending) == pendingMost {
		t.settle(sent, heard)
	}
}

// likely is the lag at which what waits for one scores best: chance does not agree
// over its windows.
func (t *Trial) likely() int64 {
	switch {
	case t.locked:
		return t.lag
	case len(t.pending) == 0:
		return t.hint
	}
	best := 0
	for i, v := range t.sums {
		if v > t.sums[best] {
			best = i
		}
	}
	return leastLag + int64(best)
}

// settle chooses the lag of a broadcast and judges what waited for it.
func (t *Trial) settle(sent, heard *Track) {
	if t.locked || len(t.pending) == 0 {
		return
	}
	t.lag, t.locked = t.likely(), true
	for _, w := range t.pending {
		if t.m.load(sent, w.at, w.n) {
			t.judge(sent, heard, w)
		}
	}
	t.pending = nil
}

// judge counts a window, which is loaded, at the lag as it is followed.
func (t *Trial) judge(sent, heard *Track, w stretch) {
	m := t.m.best(sent, heard, w, max(leastLag, t.lag-follow), min(mostLag, t.lag+follow))
	good := t.good(m)
	if !good && t.gate.covered(m) {
		t.soft++
		return
	}
	if !good {
		if found, again := t.longLook(sent, heard, w.at+int64(w.n), t.gate.silent(m)); again {
			m, good = found, true
		}
	} else {
		t.loss = nil
	}
	if good && m.score >= sure {
		t.lag = m.lag
	}
	if t.awaits {
		if len(t.ungated) == ungatedMost {
			t.ungated = append(t.ungated[:0], t.ungated[1:]...)
		}
		t.ungated = append(t.ungated, m)
	}
	t.count(m, good)
}

// count takes a window into the verdict.
func (t *Trial) count(m match, good bool) {
	t.judged++
	t.score += m.score
	t.level += math.Pow(10, m.level/10)
	t.given += math.Pow(10, m.sent/10)
	t.through += math.Pow(10, (m.sent+t.gate.stood(m))/10)
	switch {
	case good:
		t.heard++
	case t.gate.silent(m):
		t.silences++
	}
}

func (t *Trial) good(m match) bool {
	return m.score >= Threshold && (t.gate == Gate{} || t.gate.opens(m))
}

// longLook looks at the 8 s before a bad window's end. If they are there at another lag
// that is followed, and again is true; if they are bad at any the broadcast is lost, and
// silent is what the bad window says of how.
func (t *Trial) longLook(sent, heard *Track, to int64, silent bool) (m match, again bool) {
	from := to - longHops
	if len(t.spans) == 0 || from < t.spans[0].from || from < sent.first || !t.m.load(sent, from, longHops) || !whole(heard, from+max(0, t.lag), longHops) {
		return m, false
	}
	w := stretch{from, longHops}
	m = t.m.best(sent, heard, w, max(leastLag, t.lag-follow), min(mostLag, t.lag+follow))
	if t.good(m) {
		return m, false // a bad moment of a good stretch
	}
	if !silent {
		if far := t.m.best(sent, heard, w, leastLag, mostLag); far.score >= sure && t.good(far) {
			t.lag, t.loss = far.lag, nil
			return far, true
		}
	}
	t.lost += to - max(from, t.lostTo)
	t.lostTo = to
	if t.loss == nil && t.gate != (Gate{}) {
		t.loss = &Loss{As: Wrong, Since: time.Duration(from) * Hop}
	}
	if t.loss != nil {
		if t.loss.As = Wrong; silent {
			t.loss.As = Silent
		}
	}
	return m, false
}

// draw brings the envelopes up to a hop.
func (t *Trial) draw(sent, heard *Track, to int64) {
	for lag := t.likely(); t.drawn < to; t.drawn++ {
		t.sent.put(sent.at(t.drawn))
		t.came.put(heard.at(t.drawn + lag))
	}
}

// Result is the verdict. It may be asked before everything was looked at: what was
// not counts as missed.
func (t *Trial) Result(sent, heard *Track) Result {
	t.abandon(sent, heard)
	t.settle(sent, heard)
	r := Result{Verdict: NotMeasured, Windows: t.judged, Missed: t.gaps, Lost: time.Duration(t.lost) * Hop, Lag: time.Duration(t.lag) * Hop}
	r.Envelopes = &Envelopes{Step: time.Duration(t.sent.step) * Hop, Sent: t.sent.bytes(), Heard: t.came.bytes()}
	if t.judged > 0 {
		r.Score, r.Share = t.score/float64(t.judged), float64(t.heard)/float64(t.judged)
		r.Level, r.Sent = decibels(t.level, t.judged), decibels(t.given, t.judged)
		r.Fader = 10 * math.Log10(t.through/t.given)
	}
	switch {
	case t.gaps > t.judged+t.soft:
		r.Why = NoMonitor
	case t.soft > t.judged && (t.heard > 0 || t.judged < deciding):
		r.Why = TooSoft
	case t.judged == 0 && t.longest < shortHops && t.taken:
		r.Why = Bypassed
	case t.judged == 0 && t.longest < shortHops:
		r.Why = TooShort
	case t.judged == 0:
		r.Why = NothingSent
	case t.awaits:
		r.Why = Unread
	case t.gate == Gate{}:
		r.Why = Uncalibrated
	case r.Share >= goodShare && r.Score >= Threshold && t.judged < deciding && r.Score < sure:
		r.Why = TooShort // the best of all lags: over so little sound chance agrees as well
	case r.Share >= goodShare && r.Score >= Threshold:
		r.Verdict = Heard
	case 2*t.silences >= t.judged-t.heard:
		r.Verdict = Silent
	case r.Score >= Threshold && t.judged-t.heard == 1:
		r.Why = TooShort // one that an interruption spoiled; among five it would not count
	default:
		r.Verdict = Wrong
	}
	return r
}

// abandon counts what could not be looked at.
func (t *Trial) abandon(sent, heard *Track) {
	for len(t.spans) > 0 {
		s := t.spans[0]
		s.to = min(s.to, max(sent.next, s.from))
		t.longest = max(t.longest, s.to-s.from)
		if s.to-s.from >= shortHops {
			t.gaps++
		}
		for t.at += stepHops; t.at+windowHops <= s.to; t.at += stepHops {
			t.gaps++
		}
		t.draw(sent, heard, s.to)
		t.spans = t.spans[1:]
		if len(t.spans) > 0 {
			t.at, t.drawn = t.spans[0].from, t.spans[0].from
		}
	}
}
