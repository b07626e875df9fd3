package audio

const (
	// deadAfter is how long a spoken cue may be silent, 2 s.
	deadAfter = 2 * Frames(Rate)
	// deadWindow is the window whose mean power is judged, 10 ms, counted from
	// device frame 0.
	deadWindow = Frames(Rate) / 100
	// deadPower is the mean power below which a window is silent, −60 dBFS.
	deadPower = 1e-6
	// deadRing is how many windows a cue remembers, a power of two: more than lie
	// between what is mixed and what is told.
	deadRing = 16
)

// listener finds dead air: a window is silent when the cue's own sound is, before
// anything is added to it, so that a bed cannot hide a silent voice, or when what
// the limiter let out is. What an alarm froze is not judged. It belongs to the
// goroutine that pulls the programme.
type listener struct {
	own   [deadRing]ownWindow
	next  Frames // the first frame not judged; 0: none was
	quiet Frames // silent frames in a row
	since Frames // their first
	dead  bool   // and that was told
}

type ownWindow struct {
	number Frames
	power  float32 // sum of squares
}

// hear takes in the cue's own frames from the device frame on.
func (l *listener) hear(x []float32, frame Frames) {
	for len(x) > 0 {
		number := frame / deadWindow
		n := min(Frames(len(x)), (number+1)*deadWindow-frame)
		w := &l.own[number&(deadRing-1)]
		if w.number != number {
			*w = ownWindow{number: number}
		}
		for _, v := range x[:n] {
			w.power += float32(v * v)
		}
		x, frame = x[n:], frame+n
	}
}

// silent judges the window from the device frame on.
func (l *listener) silent(from Frames, e *energy) bool {
	number := from / deadWindow
	w := l.own[number&(deadRing-1)]
	if w.number != number || w.power < deadPower*float32(deadWindow) {
		return true
	}
	out := e.upTo(from+deadWindow) - e.upTo(from)
	return float64(out) < deadPower*fullScale*fullScale*float64(deadWindow)
}

// listen judges the windows of c that lie wholly before the device frame.
func (p *programme) listen(c *deskCue, before Frames) {
	l := c.listener
	if l.next == 0 {
		l.next, l.since = wholeWindow(c.began), c.began
	}
	for ; l.next+deadWindow <= min(before, c.end()); l.next += deadWindow {
		if !l.silent(l.next, &p.energy) {
			if l.dead {
				p.d.tell(Event{Kind: AliveAgain, ID: c.id, At: p.d.instant(l.next)})
			}
			l.quiet, l.dead, l.since = 0, false, l.next+deadWindow
			continue
		}
		l.quiet += deadWindow
		if l.quiet >= deadAfter && !l.dead {
			l.dead = true
			p.d.tell(Event{Kind: DeadAir, ID: c.id, At: p.d.instant(l.since)})
		}
	}
}

// rest leaves out what was frozen up to the device frame.
func (l *listener) rest(to Frames) {
	if l.next > 0 {
		l.next = max(l.next, wholeWindow(to))
	}
}

// wholeWindow is the first window that begins at the device frame or after it.
func wholeWindow(frame Frames) Frames {
	return (frame + deadWindow - 1) / deadWindow * deadWindow
}
