package audio_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"loalang/audio"
)

// material is sound without an edge of its own: n frames of it from frame at on.
type material struct {
	name  string
	frame func(at audio.Frames) float64 // −1 to 1
}

var (
	tonal = material{"tone", func(at audio.Frames) float64 {
		t := 2 * math.Pi * float64(at) / float64(audio.Rate)
		return 0.6*math.Sin(200*t) + 0.4*math.Sin(333*t+1)
	}}
	constant = material{"constant", func(audio.Frames) float64 { return 1 }}
)

// fullness is the amplitude of most material.
const fullness = 7000

// raw is n frames from frame at on, which begin and end as they come.
func (m material) raw(n, at audio.Frames, amplitude float64) audio.Clip {
	frames := make([]int16, n)
	for i := range frames {
		frames[i] = int16(math.Round(amplitude * m.frame(at+audio.Frames(i))))
	}
	return audio.NewClip(frames)
}

// soft is raw with edges of 20 ms, as a file has that was made with care.
func (m material) soft(n audio.Frames, amplitude float64) audio.Clip {
	const edge = 960
	frames := m.raw(n, 0, amplitude).AppendTo(nil)
	for i := range min(edge, len(frames)/2) {
		g := (1 - math.Cos(math.Pi*float64(i)/edge)) / 2
		frames[i] = int16(math.Round(g * float64(frames[i])))
		frames[len(frames)-1-i] = int16(math.Round(g * float64(frames[len(frames)-1-i])))
	}
	return audio.NewClip(frames)
}

// pieces are the material's frames, whole at both ends, cut into pieces.
func (m material) pieces(lengths ...audio.Frames) []audio.Clip {
	var n audio.Frames
	for _, l := range lengths {
		n += l
	}
	whole := m.soft(n, fullness).AppendTo(nil)
	var clips []audio.Clip
	for _, l := range lengths {
		clips = append(clips, audio.NewClip(whole[:l]))
		whole = whole[l:]
	}
	return clips
}

// transition is one way in which sound changes on a Desk.
type transition struct {
	name string
	peak float64 // of all that sounds together; 0: two times fullness
	play func(r *rig, m material)
}

// with changes a cue.
func with(c audio.DeskCue, change func(*audio.DeskCue)) audio.DeskCue {
	change(&c)
	return c
}

// now lets a cue start at the next frame.
func now(c *audio.DeskCue) { c.At = 0 }

func fades(in, out time.Duration) func(*audio.DeskCue) {
	return func(c *audio.DeskCue) { c.FadeIn, c.FadeOut = in, out }
}

func replacing(id string) func(*audio.DeskCue) { return func(c *audio.DeskCue) { c.Replaces = id } }

// siren is an alarm of 4800 frames that begins at its full level.
func siren(id string, m material) audio.DeskAlarm {
	whole := m.soft(9600, fullness).AppendTo(nil)
	return alarmOf(id, audio.NewClip(whole[4800:]), 1)
}

// softBed is a bed of the material that ducks quickly.
func softBed(m material) audio.DeskCue {
	return audio.DeskCue{
		ID: "bed", Source: m.soft(7000, fullness).Loop(), At: frameAt(960), FadeIn: 20 * time.Millisecond,
		FadeOut: 50 * time.Millisecond,
		Bed:     &audio.Duck{Attack: 30 * time.Millisecond, Release: 100 * time.Millisecond, Depth: -14},
	}
}

// transitions are all of them.
func transitions() []transition {
	return slices.Concat(plainTransitions(), cutTransitions(), alarmTransitions(), bedTransitions(), streamTransitions())
}

func plainTransitions() []transition {
	const ms = time.Millisecond
	return []transition{
		{"start and end", 0, func(r *rig, m material) { r.cue(cueOf("a", m.soft(6000, fullness), 1234)) }},
		{"join", 0, func(r *rig, m material) {
			c := m.pieces(5000, 4000, 5001)
			r.cue(cueOf("a", c[0], 1234))
			r.cue(after("b", c[1], "a", 0))
			r.cue(after("c", c[2], "b", 0))
		}},
		{"chain of short items", 0, func(r *rig, m material) {
			for i, c := range m.pieces(700, 700, 1, 700, 700, 96, 700, 480, 700, 700, 97, 700) {
				if i == 0 {
					r.cue(cueOf("0", c, 1234))
					continue
				}
				r.cue(after(fmt.Sprint(i), c, fmt.Sprint(i-1), 0))
			}
		}},
		{"fade in and out", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.raw(12000, 77, fullness), 1234), fades(30*ms, 80*ms)))
		}},
		{"fades cut to fit", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.raw(3000, 77, fullness), 1234), fades(80*ms, 80*ms)))
		}},
		{"begin in the middle", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.raw(6000, 77, fullness), 1234), fades(5*ms, 5*ms)))
		}},
		{"crossfade", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.raw(9000, 50, fullness), 1234), fades(10*ms, 10*ms)))
			r.cue(with(crossing("b", m.raw(9000, 5000, fullness), "a", 3000), fades(10*ms, 10*ms)))
		}},
		{"chain of crossfades", 0, func(r *rig, m material) {
			r.cue(with(cueOf("0", m.raw(9000, 50, fullness), 1234), fades(10*ms, 10*ms)))
			for i, n := range []audio.Frames{5000, 4000, 3500, 9000} {
				r.cue(with(crossing(fmt.Sprint(i+1), m.raw(n, 999*n, fullness), fmt.Sprint(i), 2400), fades(10*ms, 10*ms)))
			}
		}},
		{"limiter", 50000, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(12000, 25000), 1234))
			r.cue(cueOf("b", m.soft(6000, 25000), 4000))
		}},
	}
}

func cutTransitions() []transition {
	const ms = time.Millisecond
	return []transition{
		{"replace", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(12000, fullness), 1234))
			r.cue(with(cueOf("b", m.soft(9000, fullness), 7777), replacing("a")))
		}},
		{"replace with a fade", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.soft(12000, fullness), 1234), fades(0, 60*ms)))
			r.cue(with(cueOf("b", m.soft(9000, fullness), 7777), replacing("a")))
		}},
		{"stop", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(24000, fullness), 1234))
			r.play(9600)
			r.desk.Stop("a")
		}},
		{"stop with a fade", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.soft(24000, fullness), 1234), fades(0, 60*ms)))
			r.play(9600)
			r.desk.Stop("a")
		}},
		{"stop in a fade", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.soft(24000, fullness), 4800), fades(200*ms, 0)))
			r.play(9600)
			r.desk.Stop("a")
		}},
		{"stop in a crossfade", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(9000, fullness), 1234))
			r.cue(crossing("b", m.soft(9000, fullness), "a", 3000))
			r.play(9600 - 960)
			r.desk.Stop()
		}},
		{"hush in a fade", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.soft(24000, fullness), 1234), fades(0, 200*ms)))
			r.play(9600)
			r.desk.Stop()
			r.play(9600 + 4800)
			r.desk.Hush()
		}},
		{"source that breaks", 0, func(r *rig, m material) {
			inner := m.soft(9000, fullness).Source()
			left := 6000
			r.cue(audio.DeskCue{ID: "a", At: frameAt(1234), Source: &scripted{read: func(dst []float32) (int, error) {
				if left == 0 {
					return 0, errors.New("the disk is gone")
				}
				n, err := inner.Read(dst[:min(left, len(dst))])
				left -= n
				return n, err
			}}})
		}},
		{"source that is late", 0, func(r *rig, m material) {
			inner := m.soft(24000, fullness).Source()
			reads := 0
			r.cue(audio.DeskCue{ID: "a", At: frameAt(1234), Source: &scripted{read: func(dst []float32) (int, error) {
				if reads++; reads == 8 {
					time.Sleep(300 * time.Millisecond)
				}
				n, err := inner.Read(dst)
				if errors.Is(err, io.EOF) {
					return 0, err
				}
				return n, err
			}}})
		}},
	}
}

func alarmTransitions() []transition {
	const ms = time.Millisecond
	over := func(r *rig, m material) {
		r.play(frozen)
		r.raise(siren("flood", m))
	}
	return []transition{
		{"alarm over programme and back", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(20000, fullness), 1234))
			over(r, m)
		}},
		{"alarm that is lowered", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(20000, fullness), 1234))
			r.play(frozen)
			r.raise(alarmOf("flood", m.soft(24000, fullness), 0))
			r.play(frozen + 4800)
			r.desk.Lower("flood")
		}},
		{"alarm that expires", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(20000, fullness), 1234))
			r.play(frozen)
			a := alarmOf("flood", m.soft(24000, fullness), 0)
			a.Until = frameAt(frozen + 5000)
			r.raise(a)
		}},
		{"two alarms", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(20000, fullness), 1234))
			over(r, m)
			r.raise(siren("fire", m))
		}},
		{"alarm in the fade behind another", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(20000, fullness), 1234))
			over(r, m)
			r.play(thawed + 96)
			r.raise(siren("fire", m))
		}},
		{"thaw inside a fade in", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.soft(20000, fullness), frozen-2000), fades(100*ms, 0)))
			over(r, m)
		}},
		{"thaw inside a fade out", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.soft(9000, fullness), 3000), fades(0, 100*ms)))
			over(r, m)
		}},
		{"raise in a crossfade", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(9000, fullness), 3000))
			r.cue(crossing("b", m.soft(9000, fullness), "a", 4800))
			over(r, m)
		}},
		{"raise just before a crossfade", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(9000, fullness), 5500))
			r.cue(crossing("b", m.soft(9000, fullness), "a", 4800))
			over(r, m)
		}},
		{"raise just behind a start", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.soft(9000, fullness), frozen+10), fades(5*ms, 0)))
			r.cue(with(cueOf("b", m.raw(9000, 9000, fullness), frozen+10), fades(5*ms, 5*ms)))
			over(r, m)
		}},
		{"stop right behind a raise", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(20000, fullness), 1234))
			over(r, m)
			r.play(frozen + 96)
			r.desk.Stop()
		}},
		{"raise in the fade of a stop", 0, func(r *rig, m material) {
			r.cue(with(cueOf("a", m.soft(20000, fullness), 1234), fades(0, 100*ms)))
			r.play(frozen - 2400)
			r.desk.Stop()
			over(r, m)
		}},
	}
}

func bedTransitions() []transition {
	return []transition{
		{"bed, duck and release", 0, func(r *rig, m material) {
			r.cue(softBed(m))
			r.cue(cueOf("voice", m.soft(7000, fullness), 9000))
			r.play(28800)
			r.desk.Stop("bed")
		}},
		{"bed that turns around", 0, func(r *rig, m material) {
			r.cue(softBed(m))
			r.cue(cueOf("first", m.soft(4000, fullness), 5000))
			r.play(10560)
			r.cue(with(cueOf("second", m.soft(4000, fullness), 0), now))
			r.play(28800)
			r.desk.Stop("bed")
		}},
		{"bed alone, repeated", 0, func(r *rig, m material) {
			r.cue(softBed(m))
			r.play(28800)
			r.desk.Stop("bed")
		}},
		{"alarm with a bed and a voice", 0, func(r *rig, m material) {
			r.cue(softBed(m))
			r.cue(cueOf("voice", m.soft(7000, fullness), 5000))
			r.play(frozen)
			r.raise(siren("flood", m))
			r.play(38400)
			r.desk.Stop("bed")
		}},
		{"alarm in the release of a bed", 0, func(r *rig, m material) {
			r.cue(softBed(m))
			r.cue(cueOf("voice", m.soft(4000, fullness), 4000))
			r.play(frozen)
			r.raise(siren("flood", m))
			r.play(38400)
			r.desk.Stop("bed")
		}},
	}
}

// onTransition plays a transition to its end, pulled in blocks of the size; with a
// queue, by a card that holds so many of them ahead.
func onTransition(t *testing.T, tr transition, m material, size audio.Frames, queue int, check func(t *testing.T, r *rig)) {
	t.Helper()
	onRig(t, func(t *testing.T, r *rig) {
		r.size = size
		if queue > 0 {
			r.card = newCard(r, size, queue)
		}
		tr.play(r, m)
		r.play(48000)
		check(t, r)
	})
}
