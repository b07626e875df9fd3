package audio

import (
	"fmt"
	"math"
)

// deepest is the lowest Depth of a Duck that counts.
const deepest = silentLevel

func (d Duck) validate() error {
	switch {
	case d.Attack < 0 || d.Release < 0:
		return fmt.Errorf("%w: its attack or release is negative", ErrBadCue)
	case !(d.Depth <= 0):
		return fmt.Errorf("%w: its depth of %v dB is above 0", ErrBadCue, d.Depth)
	}
	return nil
}

// bed lowers a cue under the voices. Its gain moves evenly in decibels, frame by
// frame. As cues have instants, it sees voices come and is down when they begin,
// where a side chain would still be on its way; one that comes sooner than that
// is met as fast as Attack allows. It comes back from the end of the last voice
// on, but stays down for the next one when that comes before it could have gone
// up and down again. It belongs to the goroutine that pulls the programme.
type bed struct {
	attack, release float64 // frames
	depth           float64 // natural logarithm of the gain when it is down
	level           float64 // 0: up, 1: down
	placed          bool    // level is right for what sounds
}

func newBed(d *Duck) *bed {
	if d == nil {
		return nil
	}
	duck := *d
	if duck == (Duck{}) {
		duck = DefaultDuck
	}
	return &bed{
		attack:  float64(max(fade, Rate.N(duck.Attack))),
		release: float64(max(fade, Rate.N(duck.Release))),
		depth:   float64(max(duck.Depth, deepest)) * math.Ln10 / 20,
	}
}

// span is the device frames [from, to) in which a voice sounds or will.
type span struct{ from, to Frames }

// voices are the spans that are known.
type voices struct {
	spans [MaxCues]span
	n     int
}

// note adds c unless it is a bed, or over before head.
func (v *voices) note(c *deskCue, head Frames) {
	s := span{c.expected, forever}
	if c.fixed {
		s = span{c.start, c.end()}
	}
	if c.bed == nil && s.from < forever && s.to > head && !c.ended.Load() {
		v.spans[v.n] = s
		v.n++
	}
}

// at says whether a voice sounds at the device frame, and until when that holds.
func (v *voices) at(frame Frames) (sounds bool, until Frames) {
	end, next := frame, forever
	for _, s := range v.spans[:v.n] {
		if s.from > frame {
			next = min(next, s.from)
		} else {
			end = max(end, s.to)
		}
	}
	if end > frame {
		return true, end
	}
	return false, next
}

// lower applies the bed's gain to x, its frames from the device frame on.
func (b *bed) lower(x []float32, frame Frames, v *voices) {
	for len(x) > 0 {
		sounds, until := v.at(frame)
		if !b.placed {
			b.place(sounds, until-frame)
		}
		n := int(min(Frames(len(x)), until-frame))
		b.move(x[:n], sounds, until-frame)
		x, frame = x[n:], frame+Frames(n)
	}
}

// place puts the level where it would be if what sounds and what comes had been
// known before.
func (b *bed) place(sounds bool, left Frames) {
	b.placed = true
	if sounds {
		b.level = 1
	} else if near := 1 - float64(left)/b.attack; near > b.level {
		b.level = near
	}
}

// move applies the gain while a voice sounds, or while the next one begins in
// left frames.
func (b *bed) move(x []float32, sounds bool, left Frames) {
	if !sounds && b.level == 0 && float64(left) > b.attack+float64(len(x)) {
		return
	}
	for i := range x {
		rest := float64(left - Frames(i))
		if sounds || rest <= (1-b.level)*b.attack+0.5 || b.level == 1 && rest <= b.attack+b.release {
			b.level = min(1, b.level+1/b.attack)
		} else {
			b.level = max(0, b.level-1/b.release)
		}
		x[i] *= b.gain()
	}
}

// hold applies the gain as it is.
func (b *bed) hold(x []float32) {
	g := b.gain()
	for i := range x {
		x[i] *= g
	}
}

func (b *bed) gain() float32 { return float32(math.Exp(b.level * b.depth)) }
