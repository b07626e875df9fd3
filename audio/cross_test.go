package audio_test

import (
	"fmt"
	"testing"
	"time"

	"loalang/audio"
)

func crossing(id string, c audio.Clip, other string, over audio.Frames) audio.DeskCue {
	cue := after(id, c, other, 0)
	cue.Cross = audio.Rate.D(over)
	return cue
}

func TestCross(t *testing.T) {
	for _, c := range []struct {
		name          string
		first, second audio.Frames // their lengths
		cross, want   audio.Frames
		unknown       bool // the length of the first
	}{
		{"OK", 20000, 20000, 4800, 4800, false},
		{"clipped to the first", 3000, 20000, 4800, 3000, false},
		{"clipped to the second", 20000, 3000, 4800, 3000, false},
		{"less than a fade: they join", 20000, 239, 4800, 0, false},
		{"the length is known late", 200000, 20000, 4800, 4800, true},
		{"longer than what is known ahead", 130000, 200000, 96000, 96000, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				first := cueOf("first", flat(c.first, 8000), 1000)
				if c.unknown {
					first.Frames = 0
				}
				r.cue(first)
				r.cue(crossing("second", flat(c.second, -4000), "first", c.cross))
				end := 1000 + c.first
				start := end - c.want
				r.play(max(end, start+c.second) + settled)
				r.wantStarted("second", start)
				r.wantEnded("first", audio.Completed, c.first, end)
				r.wantEnded("second", audio.Completed, c.second, start+c.second)
				r.wantGain(1000, start, 8000, func(audio.Frames) float64 { return 1 })
				r.wantGain(start, end, 1, func(k audio.Frames) float64 {
					return 8000*swell(c.want-1-k, c.want) - 4000*swell(k, c.want)
				})
				r.wantGain(end, start+c.second, -4000, func(audio.Frames) float64 { return 1 })
			})
		})
	}
}

// TestCrossChain: one that is shorter than both its crossfades gives to the
// second what the first left, so that never three sound at once.
func TestCrossChain(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("a", flat(20000, 8000), 1000))
		r.cue(crossing("b", flat(6000, 8000), "a", 4800)) // from 16200 to 22200
		r.cue(crossing("c", flat(20000, 8000), "b", 4800))
		r.play(60000)
		r.wantStarted("b", 16200)
		r.wantStarted("c", 22200-1200)
		r.wantEnded("c", audio.Completed, 20000, 41000)
	})
}

func TestCrossTakesThePlaceOfFades(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		a := cueOf("a", flat(20000, 8000), 1000)
		a.FadeOut = time.Second / 4
		r.cue(a)
		b := crossing("b", flat(20000, 0), "a", 4800)
		b.FadeIn = time.Second / 4
		r.cue(b)
		r.play(60000)
		r.wantStarted("b", 16200)
		r.wantGain(1000, 16200, 8000, func(audio.Frames) float64 { return 1 })
		r.wantGain(16200, 21000, 8000, func(k audio.Frames) float64 { return swell(4799-k, 4800) })
	})
}

func TestCrossCuedLate(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("a", flat(20000, 8000), 1000)) // to 21000
		r.play(19200)
		r.cue(crossing("b", flat(20000, 0), "a", 4800))
		r.play(60000)
		head := audio.Frames(19296)
		r.wantStarted("b", head)
		r.wantGain(head, 21000, 8000, func(k audio.Frames) float64 { return swell(21000-head-1-k, 21000-head) })
	})
}

func TestCrossAfterAnAlarm(t *testing.T) {
	for _, c := range []struct {
		name  string
		first audio.Frames // start of the first, of 8000 frames
	}{
		{"before the crossfade", 4000},
		{"in it", 3000},
		{"at its first frame", 4800 + frozen - 8000},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				r.cue(cueOf("a", flat(8000, 8000), c.first))
				r.cue(crossing("b", flat(8000, -4000), "a", 4800))
				r.freeze()
				r.play(60000)
				end := c.first + 8000 + shift
				start := end - 4800
				if c.first+8000-4800 < frozen {
					r.wantStarted("b", start-shift)
				} else {
					r.wantStarted("b", start)
				}
				r.wantEnded("a", audio.Completed, 8000, end)
				r.wantEnded("b", audio.Completed, 8000, start+8000)
				from := max(start, thawed+fadeFrames)
				r.wantGain(from, end, 1, func(k audio.Frames) float64 {
					k += from - start
					return 8000*swell(4799-k, 4800) - 4000*swell(k, 4800)
				})
			})
		})
	}
}

func TestCrossWhenTheFirstIsStopped(t *testing.T) {
	for _, c := range []struct {
		name  string
		at    audio.Frames
		cause audio.Cause // of the second
	}{
		{"before the crossfade", 9600, audio.Stopped},
		{"in it", 19200, audio.Completed},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.cue(cueOf("a", flat(20000, 8000), 1000))
				r.cue(crossing("b", flat(20000, 8000), "a", 4800))
				r.play(c.at)
				r.desk.Stop("a")
				r.play(60000)
				r.wantEnded("a", audio.Stopped, c.at+96+fadeFrames-1000, -1)
				if c.cause == audio.Completed {
					r.wantStarted("b", 16200)
					r.wantEnded("b", audio.Completed, 20000, 36200)
				} else {
					r.wantEnded("b", audio.Stopped, 0, -1)
				}
				if step := r.steps(1001, 36000); step > steepest(8000) {
					t.Errorf("a step of %v, want at most %v", step, steepest(8000))
				}
			})
		})
	}
}

// TestFollowerThatIsStoppedLeavesTheFadeToItsPredecessor: with nobody to cross
// over to, the first ends as it would have.
func TestFollowerThatIsStoppedLeavesTheFadeToItsPredecessor(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("a", flat(20000, 8000), 1000))
		r.cue(crossing("b", flat(20000, 8000), "a", 4800))
		r.play(9600)
		r.desk.Stop("b")
		r.play(30000)
		r.wantGain(1000, 21000, 8000, func(audio.Frames) float64 { return 1 })
	})
}

// TestFollowerThatIsStoppedUnderAnAlarm: as above, when the alarm has taken back
// the frames in which they crossed over.
func TestFollowerThatIsStoppedUnderAnAlarm(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		c := newCard(r, 480, 4)
		first := flat(8000, 8000)
		c.cue(cueOf("a", first, 4000)) // they cross from 10800 on, which is pulled by 9600
		c.cue(crossing("b", flat(8000, -4000), "a", 1200))
		c.sound(9600)
		c.raise(alarmOf("flood", flat(4800, -9000), 1))
		c.sound(9600 + 2400)
		c.desk.Stop("b")
		c.sound(40000)
		c.wantEnded("b", audio.Stopped, 0, -1)
		r.out = c.heard
		var sounds audio.Frames
		for _, v := range c.heard[14400:] {
			if v*32768 > 7999 {
				sounds++
			}
		}
		if want := audio.Frames(4000 + 8000 - 9600 - 240); sounds < want {
			t.Errorf("%d frames of the first came whole behind the alarm, want %d", sounds, want)
		}
	})
}

// TestFadeOfWhatWasTakenBackIsForgotten: a cue that an alarm took back before it
// was heard kept the fade that a follower had wanted of it, though that one had
// been stopped.
func TestFadeOfWhatWasTakenBackIsForgotten(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		const queued = 960
		r.card = newCard(r, queued, 4)
		r.cue(cueOf("a", flat(10600, 5000), 9600))
		r.cue(after("b", flat(3000, 5000), "a", 0)) // at 20200: pulled, but not heard at the alarm
		r.cue(crossing("c", flat(3000, 5000), "b", 2000))
		r.play(20160)
		r.raise(alarmOf("flood", flat(4800, -9000), 1))
		r.play(20160 + 2400)
		r.desk.Stop("c")
		r.play(60000)
		es := r.of("b")
		r.wantEnded("b", audio.Completed, 3000, -1)
		start := audio.Rate.N(es[0].At.Sub(frameAt(0)))
		r.wantGain(start+fadeFrames, start+3000, 5000, func(audio.Frames) float64 { return 1 })
	})
}

// TestSegueOfManyItems joins 500 items, cued as slots fall free, with no frame
// lost or doubled.
func TestSegueOfManyItems(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		const items = 500
		var want []int16
		next := 0
		feed := func() {
			for next < items && next-ended(r) < audio.MaxCues {
				n := audio.Frames(300 + next*37%2500)
				frames := make([]int16, n)
				for i := range frames {
					frames[i] = int16(next*31+i*7)%9000 + 200
				}
				want = append(want, frames...)
				clip := audio.NewClip(frames)
				cue := cueOf("0", clip, 4800)
				if next > 0 {
					cue = after(fmt.Sprint(next), clip, fmt.Sprint(next-1), 0)
				}
				r.cue(cue)
				next++
			}
		}
		for feed(); ended(r) < items; feed() {
			r.play(audio.Frames(len(r.out)) + 9600)
		}
		for i, v := range want {
			if got := r.out[4800+i] * 32768; got != float32(v) {
				t.Fatalf("frame %d is %v, want %v: a join is off", i, got, v)
			}
		}
		r.wantSilence(4800+audio.Frames(len(want)), audio.Frames(len(r.out)))
	})
}

// ended counts the cues that have ended.
func ended(r *rig) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, e := range r.events {
		if e.Kind == audio.Ended {
			n++
		}
	}
	return n
}
