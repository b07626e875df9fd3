package audio_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"loalang/audio"
)

// bend is the largest second difference in x, and where. A sound below 400 Hz
// bends by at most (2π·400/48000)² of its amplitude, a straight or a sine fade
// of 5 ms at its ends by its slope. A click bends by its height.
func bend(x []float32) (most float64, at int) {
	for k := 2; k < len(x); k++ {
		if d := math.Abs(float64(x[k]-2*x[k-1]+x[k-2])) * 32768; d > most {
			most, at = d, k-1
		}
	}
	return most, at
}

// mostBend is what the material and two fades of 5 ms that meet bend at most.
func mostBend(peak float64) float64 {
	const sound = (2 * math.Pi * 400 / 48000) * (2 * math.Pi * 400 / 48000)
	const kink = math.Pi / 2 / float64(fadeFrames)
	return peak*(sound+kink) + 4 // and rounding
}

// TestNoTransitionClicks looks for what the material and its fades cannot have
// made. Without any one of the fades of the Desk it fails.
func TestNoTransitionClicks(t *testing.T) {
	for _, tr := range transitions() {
		for _, m := range []material{tonal, constant} {
			t.Run(tr.name+", "+m.name, func(t *testing.T) {
				peak := tr.peak
				if peak == 0 {
					peak = 2 * fullness
				}
				look := func(t *testing.T, r *rig) {
					if got, at := bend(r.out); got > mostBend(peak) {
						t.Errorf("a click at frame %d: it bends by %.0f, want at most %.0f", at, got, mostBend(peak))
					}
					sounds := 0
					for _, v := range r.out {
						if v != 0 {
							sounds++
						}
					}
					if sounds < 2000 {
						t.Errorf("%d frames sound: nothing was looked at", sounds)
					}
				}
				onTransition(t, tr, m, period, 0, look)
				onTransition(t, tr, m, 240, 2, look) // by a card with a queue
				onTransition(t, tr, m, 480, 1, look)
			})
		}
	}
}

// TestClicksAreFound: the smallest clicks that matter.
func TestClicksAreFound(t *testing.T) {
	clean := func() []float32 {
		x := make([]float32, 9600)
		for i := range x {
			x[i] = float32(fullness * tonal.frame(audio.Frames(i)) / 32768)
		}
		return x
	}
	limit := mostBend(2 * fullness)
	if got, _ := bend(clean()); got > limit/2 {
		t.Fatalf("the material bends by %v, more than half of the limit of %v", got, limit)
	}
	for name, spoil := range map[string]func(x []float32){
		"a step of −40 dBFS":     func(x []float32) { shiftBy(x[5000:], 0.01) },
		"a frame of −40 dBFS":    func(x []float32) { x[5000] += 0.01 },
		"a millisecond too much": func(x []float32) { copy(x[5000:], x[5048:]) },
		"an end without a fade":  func(x []float32) { clear(x[5000:]) },
		"a fade of a tenth":      func(x []float32) { ramp(x[5000:5024]); clear(x[5024:]) },
	} {
		x := clean()
		if spoil(x); x != nil {
			if got, _ := bend(x); got <= limit {
				t.Errorf("%s bends by %v, not more than the limit of %v", name, got, limit)
			}
		}
	}
}

func shiftBy(x []float32, d float32) {
	for i := range x {
		x[i] += d
	}
}

func ramp(x []float32) {
	for i := range x {
		x[i] *= 1 - float32(i)/float32(len(x))
	}
}

// softly makes random calls with sounds that are so soft that even a missing fade
// of one would show, and so few together that what they bend by does not hide it.
type softly struct {
	*rig
	random *rand.Rand
	ids    []string
}

const (
	softLevel = 500.0
	together  = 16
)

func (s *softly) pick() string {
	if len(s.ids) == 0 {
		return ""
	}
	return s.ids[s.random.IntN(len(s.ids))]
}

func (s *softly) fade() time.Duration { return audio.Rate.D(audio.Frames(s.random.IntN(4000))) }

// clip is soft in both senses.
func (s *softly) clip() audio.Clip {
	m := []material{tonal, constant}[s.random.IntN(2)]
	return m.soft(audio.Frames(2000+s.random.IntN(12000)), softLevel)
}

func (s *softly) cueOne(id string, at audio.Frames) {
	clip := s.clip()
	c := cueOf(id, clip, at+audio.Frames(s.random.IntN(9600)))
	c.FadeIn, c.FadeOut, c.Spoken = s.fade(), s.fade(), true
	switch s.random.IntN(4) {
	case 0:
		c.After, c.Cross = s.pick(), s.fade()
	case 1:
		c.Replaces = s.pick()
	case 2:
		c.Bed = &audio.Duck{Attack: time.Millisecond * 20, Release: time.Millisecond * 50, Depth: -12}
		c.Source, c.Frames = clip.Loop(), 0
	}
	if s.desk.Cue(c) == nil { // else it is full, or the other one is forgotten
		s.ids = append(s.ids, id)
	}
}

func (s *softly) act(i int, at audio.Frames) {
	alarm := fmt.Sprint("alarm ", s.random.IntN(2))
	switch s.random.IntN(12) {
	case 0, 1, 2, 3:
		s.cueOne(fmt.Sprint(i), at)
	case 4, 5, 6:
		s.desk.Stop(s.pick())
	case 7:
		if s.random.IntN(4) == 0 {
			s.desk.Hush()
		}
	case 8:
		_ = s.desk.Raise(alarmOf(alarm, s.clip(), 1+s.random.IntN(2))) // refused when too many are active
	default:
		s.desk.Lower(alarm)
	}
}

// TestNoClicksWhateverIsCalled makes random calls between random pulls. It found
// that an alarm shorter than the mute let the programme jump.
func TestNoClicksWhateverIsCalled(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				s := &softly{rig: r, random: rand.New(rand.NewPCG(seed, 3))}
				for i := range 600 {
					at := audio.Frames(len(r.out))
					s.act(i, at)
					r.play(at + 1 + audio.Frames(s.random.IntN(1500)))
				}
				if got, at := bend(r.out); got > mostBend(softLevel*together) {
					t.Errorf("a click at frame %d: it bends by %.0f, want at most %.0f", at, got, mostBend(softLevel*together))
				}
			})
		})
	}
}
