package audio_test

import (
	"errors"
	"time"

	"loalang/audio"
)

// speaking is a sender that says n frames of the material, from when on it begins.
func speaking(m material, n audio.Frames, begins time.Duration) *sender {
	voice := m.soft(n, fullness)
	s := newSender(int(n), func(i int) float64 { return float64(voice.At(audio.Frames(i))) })
	s.began = s.began.Add(begins)
	return s
}

// live is a cue of it that holds 40 ms.
func live(s *sender) audio.DeskCue {
	return with(streamOf("live", s, 40*time.Millisecond), func(c *audio.DeskCue) { c.Spoken = true })
}

// heldUp keeps back what is said between two points in time until the second.
func heldUp(s *sender, from, to time.Duration) *sender {
	s.held = func(at time.Duration) time.Duration {
		if at > from {
			return max(at, to)
		}
		return at
	}
	return s
}

func streamTransitions() []transition {
	const ms = time.Millisecond
	return []transition{
		{"stream that begins and ends", 0, func(r *rig, m material) { r.cue(live(speaking(m, 20000, 0))) }},
		{"stream that takes the place of an item", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(40000, fullness), 1234))
			r.cue(with(live(speaking(m, 15000, 150*ms)), replacing("a")))
		}},
		{"stream between two items", 0, func(r *rig, m material) {
			r.cue(cueOf("a", m.soft(8000, fullness), 1234))
			r.cue(with(live(speaking(m, 15000, 0)), func(c *audio.DeskCue) { c.After, c.Cross = "a", 30*ms }))
			r.cue(with(after("b", m.soft(8000, fullness), "live", 0), fades(5*ms, 0)))
		}},
		{"stream that runs dry", 0, func(r *rig, m material) {
			r.cue(live(heldUp(speaking(m, 30000, 0), 200*ms, 320*ms)))
		}},
		{"stream of which too much comes", 0, func(r *rig, m material) {
			s := speaking(m, 40000, 0)
			s.held = func(at time.Duration) time.Duration {
				if at > 300*ms {
					at -= 250 * ms
				}
				return at
			}
			r.cue(live(s))
		}},
		{"stream that is stopped", 0, func(r *rig, m material) {
			r.cue(with(live(speaking(m, 40000, 0)), fades(20*ms, 60*ms)))
			r.play(14400)
			r.desk.Stop("live")
		}},
		{"stream that is stopped while it is dry", 0, func(r *rig, m material) {
			r.cue(live(heldUp(speaking(m, 40000, 0), 200*ms, 600*ms)))
			r.play(16800)
			r.desk.Stop("live")
		}},
		{"stream that breaks", 0, func(r *rig, m material) {
			s := speaking(m, 40000, 0)
			s.total, s.ends = 20000, errors.New("the line is cut")
			r.cue(live(s))
		}},
		{"alarm over a stream", 0, func(r *rig, m material) {
			r.cue(live(speaking(m, 40000, 0)))
			r.play(frozen)
			r.raise(siren("flood", m))
		}},
		{"alarm over a stream that is dry", 0, func(r *rig, m material) {
			r.cue(live(heldUp(speaking(m, 40000, 0), 150*ms, 250*ms)))
			r.play(frozen)
			r.raise(siren("flood", m))
		}},
		{"stream over a bed", 0, func(r *rig, m material) {
			r.cue(softBed(m))
			r.cue(live(speaking(m, 12000, 100*ms)))
			r.play(30000)
			r.desk.Stop("bed")
		}},
	}
}
