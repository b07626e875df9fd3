package audio_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"loalang/audio"
)

func TestCueStartsAtItsFrame(t *testing.T) {
	clip := counted(3000)
	for _, c := range []struct {
		name string
		at   audio.Instant
		want audio.Frames
	}{
		{"OK", frameAt(4800), 4800},
		{"first frame of a period", frameAt(9600), 9600},
		{"last frame of a period", frameAt(9599), 9599},
		{"a third of a frame after one", frameAt(7777).Add(6944), 7777},
		{"two thirds of a frame after one", frameAt(7777).Add(13889), 7778},
		{"the first frame that the look-ahead allows", frameAt(96), 96},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				cue := cueOf("a", clip, 0)
				cue.At = c.at
				r.cue(cue)
				r.play(c.want + 3000 + settled)
				r.wantSilence(0, c.want)
				r.wantSound(c.want, clip, 0, 3000)
				r.wantSilence(c.want+3000, c.want+3000+settled)
				r.wantStarted("a", c.want)
				r.wantEnded("a", audio.Completed, 3000, c.want+3000)
			})
		})
	}
}

func TestProgrammeIsBitTransparent(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		noise := make([]int16, 150000) // longer than what is read ahead
		random := rand.New(rand.NewPCG(1, 2))
		for i := range noise {
			noise[i] = int16(random.IntN(2*29000) - 29000) // up to −1.06 dBFS
		}
		clip := audio.NewClip(noise)
		r.cue(cueOf("noise", clip, 1234))
		r.play(1234 + clip.Len() + settled)
		r.wantSound(1234, clip, 0, clip.Len())
		r.wantEnded("noise", audio.Completed, clip.Len(), 1234+clip.Len())
	})
}

func TestLateCue(t *testing.T) {
	const position, head = audio.Frames(48000), audio.Frames(48000 + 96)
	for _, c := range []struct {
		name  string
		at    audio.Frames
		start audio.Frames // −1: too late
	}{
		{"one frame late", head - 1, head},
		{"20 ms late", head - 960, head},
		{"a frame more than 20 ms late", head - 961, -1},
		{"a second late", 0, -1},
		{"in time", head, head},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				r.play(position)
				r.cue(cueOf("a", flat(1000, 5000), c.at))
				r.play(position + 3*settled)
				r.wantStarted("a", c.start)
				if c.start < 0 {
					r.wantEnded("a", audio.TooLate, 0, -1)
					return
				}
				r.wantEnded("a", audio.Completed, 1000, c.start+1000)
			})
		})
	}
}

func TestCueWithoutInstantStartsAtOnce(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.play(5000)
		cue := cueOf("a", flat(1000, 5000), 0)
		cue.At = 0
		r.cue(cue)
		r.play(5000 + 2*settled)
		r.wantStarted("a", 5096)
	})
}

func TestCueGain(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		cue := cueOf("a", flat(1000, 10000), 1000)
		cue.Gain = -6
		r.cue(cue)
		r.play(2000)
		if got := r.out[1500] * 32768; got < 5011 || got > 5013 {
			t.Errorf("10000 at −6 dB = %v, want 5011.9", got)
		}
	})
}

func TestCuesAddUp(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(cueOf("bed", flat(2000, 1000), 1000))
		r.cue(cueOf("voice", flat(1000, 200), 1500))
		r.play(4000)
		for k, want := range map[int]float32{999: 0, 1000: 1000, 1499: 1000, 1500: 1200, 2499: 1200, 2500: 1000, 2999: 1000, 3000: 0} {
			if got := r.out[k] * 32768; got != want {
				t.Errorf("frame %d is %v, want %v", k, got, want)
			}
		}
	})
}

func TestLoudCuesStayBelowTheCeiling(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(cueOf("one", flat(5000, 25000), 1000))
		r.cue(cueOf("two", flat(5000, 25000), 2000))
		r.play(8000)
		top := audio.Decibels(-1).Factor()
		for k, v := range r.out {
			if v > top || v < -top {
				t.Fatalf("frame %d is %v, want at most %v", k, v, top)
			}
		}
		if r.out[3000] < top-0.01 {
			t.Errorf("the sum is limited to %v, want %v", r.out[3000], top)
		}
	})
}

func TestChain(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		chime, voice, tail := counted(100), counted(1500), counted(50) // two shorter than a period
		// The cues come in an order in which no slot helps.
		r.cue(cueOf("chime", chime, 2000))
		r.cue(after("voice", voice, "chime", 0))
		r.cue(after("pause", tail, "voice", 10*time.Millisecond))
		r.cue(after("tail", tail, "pause", 0))
		r.play(4200 + settled)
		r.wantSound(2000, chime, 0, 100)
		r.wantSound(2100, voice, 0, 1500)
		r.wantSilence(3600, 4080)
		r.wantSound(4080, tail, 0, 50)
		r.wantSound(4130, tail, 0, 50)
		r.wantSilence(4180, 4200)
		r.wantStarted("voice", 2100)
		r.wantStarted("tail", 4130)
		r.wantEnded("tail", audio.Completed, 50, 4180)
	})
}

func TestAfterACueThatHasEnded(t *testing.T) {
	for _, c := range []struct {
		name  string
		gap   time.Duration
		start audio.Frames
		cause audio.Cause
	}{
		{"gap still running", 200 * time.Millisecond, 2000 + 9600, audio.Completed},
		{"gap over", 10 * time.Millisecond, -1, audio.TooLate},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				r.cue(cueOf("chime", flat(1000, 5000), 1000))
				r.play(2000 + settled)
				r.wantEnded("chime", audio.Completed, 1000, 2000)
				r.cue(after("voice", flat(100, 5000), "chime", c.gap))
				r.play(20000)
				r.wantStarted("voice", c.start)
				frames := audio.Frames(100)
				if c.start < 0 {
					frames = 0
				}
				r.wantEnded("voice", c.cause, frames, -1)
			})
		})
	}
}

func TestFollowersShareTheFate(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(r *rig)
		cause audio.Cause
	}{
		{"stopped while it sounds", func(r *rig) { r.play(2000); r.desk.Stop("chime") }, audio.Stopped},
		{"stopped before it sounds", func(r *rig) { r.play(480); r.desk.Stop("chime") }, audio.Stopped},
		{"replaced", func(r *rig) {
			cue := cueOf("other", flat(10, 100), 2000)
			cue.Replaces = "chime"
			r.cue(cue)
		}, audio.Replaced},
		{"too late", func(r *rig) {
			r.desk.Anchor(0, frameAt(0).Add(time.Second)) // the clock jumps: chime was due long ago
		}, audio.TooLate},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				r.cue(cueOf("chime", flat(3000, 5000), 1000))
				r.cue(after("voice", flat(100, 5000), "chime", 0))
				r.cue(after("tail", flat(100, 5000), "voice", 0))
				c.spoil(r)
				r.play(20000)
				r.wantEnded("voice", c.cause, 0, -1)
				r.wantEnded("tail", c.cause, 0, -1)
				r.wantStarted("voice", -1)
			})
		})
	}
}

func TestStop(t *testing.T) {
	for _, c := range []struct {
		name string
		ids  []string
		a, b audio.Cause
	}{
		{"one", []string{"a"}, audio.Stopped, audio.Completed},
		{"both by name", []string{"a", "b"}, audio.Stopped, audio.Stopped},
		{"all", nil, audio.Stopped, audio.Stopped},
		{"unknown", []string{"c"}, audio.Completed, audio.Completed},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.cue(cueOf("a", flat(20000, 8000), 1000))
				r.cue(cueOf("b", flat(500, 8000), 40000))
				r.play(9600)
				r.desk.Stop(c.ids...)
				r.play(40500 + settled)
				if c.a == audio.Stopped {
					cut := audio.Frames(9600+96) + fadeFrames
					r.wantEnded("a", audio.Stopped, cut-1000, cut)
					r.wantSilence(cut, 40000)
					if step := r.steps(9000, cut+10); step > steepest(8000) {
						t.Errorf("the fade jumps by %v, want at most %v", step, steepest(8000))
					}
				} else {
					r.wantEnded("a", audio.Completed, 20000, 21000)
				}
				frames := audio.Frames(500)
				if c.b == audio.Stopped {
					frames = 0
				}
				r.wantEnded("b", c.b, frames, -1)
			})
		})
	}
}

func TestStopInTheLastFadeChangesNothing(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("a", flat(1000, 8000), 1000))
		r.play(1800)
		r.desk.Stop()
		r.play(2000 + settled)
		r.wantEnded("a", audio.Completed, 1000, 2000)
	})
}

func TestReplaces(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(cueOf("old", flat(20000, 8000), 1000))
		cue := cueOf("new", flat(2000, 100), 5000)
		cue.Replaces = "old"
		r.cue(cue)
		r.play(9000 + settled)
		r.wantEnded("old", audio.Replaced, 4000+fadeFrames, 5000+fadeFrames)
		r.wantEnded("new", audio.Completed, 2000, 7000)
		if got := r.out[4999] * 32768; got != 8000 {
			t.Errorf("the old one is %v before the new one starts, want 8000", got)
		}
		if got := r.out[5000+fadeFrames] * 32768; got != 100 {
			t.Errorf("the sum is %v after the fade, want 100", got)
		}
		if step := r.steps(1100, 7000); step > steepest(8000)+100 {
			t.Errorf("the fade jumps by %v", step)
		}
	})
}

func TestReplacesWhatHasNotStarted(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("old", flat(2000, 8000), 20000))
		cue := cueOf("new", flat(2000, 100), 5000)
		cue.Replaces = "old"
		r.cue(cue)
		cue = cueOf("third", flat(2000, 100), 9000)
		cue.Replaces = "nobody"
		r.cue(cue)
		r.play(30000)
		r.wantEnded("old", audio.Replaced, 0, -1)
		r.wantEnded("third", audio.Completed, 2000, 11000)
	})
}

func TestAnchorMoves(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("a", flat(1000, 5000), 20000))
		r.play(9600)
		r.desk.Anchor(9600, frameAt(9600+480)) // the card ran dry for 10 ms
		r.desk.Underrun(frameAt(9600))
		r.play(21000 + settled)
		r.wantSilence(0, 19520)
		r.wantStarted("a", 20000) // the same instant, 480 frames earlier
		if r.out[19520] == 0 {
			t.Error("the cue did not follow the anchor")
		}
		es := r.of("")
		if len(es) != 1 || es[0].Kind != audio.Underrun || es[0].Underruns != 1 || r.desk.Underruns() != 1 {
			t.Errorf("events = %v, want one underrun", es)
		}
	})
}

func TestNothingStartsWithoutAnAnchor(t *testing.T) {
	onBareRig(t, func(t *testing.T, r *rig) {
		r.cue(cueOf("a", flat(1000, 5000), 1000))
		r.play(9600)
		r.wantSilence(0, 9600)
		r.desk.Anchor(9600, frameAt(0))
		r.play(12600 + settled)
		if r.out[10600] == 0 || r.out[10599] != 0 {
			t.Error("the cue did not start at the instant of its anchored frame")
		}
	})
}
