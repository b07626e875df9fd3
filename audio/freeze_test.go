package audio_test

import (
	"testing"
	"time"

	"loalang/audio"
)

// The alarms of these tests sound from frame 9600 on for 4800 frames.
const (
	frozen = audio.Frames(9600)
	thawed = audio.Frames(9600 + 4800)
	shift  = thawed - frozen
)

// freeze plays to the alarm and through it.
func (r *rig) freeze() {
	r.play(frozen)
	r.raise(alarmOf("flood", flat(4800, -9000), 1))
	r.play(frozen + 4800)
}

func TestFrozenCueGoesOnWhereItWas(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		clip := counted(20000)
		r.cue(cueOf("news", clip, 1000))
		r.freeze()
		r.play(1000 + 20000 + shift + settled)
		r.wantSound(1000, clip, 0, frozen-1000)
		r.wantLevel(frozen+fadeFrames, frozen+4800, -9000)
		r.wantSound(thawed+fadeFrames, clip, frozen-1000+fadeFrames, 20000)
		r.wantStarted("news", 1000)
		r.wantEnded("news", audio.Completed, 20000, 21000+shift)
		es := r.of("")
		if len(es) != 2 || es[0].Kind != audio.Silenced || es[0].At != frameAt(frozen) ||
			es[1].Kind != audio.Unsilenced || es[1].At != frameAt(thawed) {
			t.Errorf("events = %v, want muted at %d and unmuted at %d", es, frozen, thawed)
		}
		if step := r.steps(thawed, thawed+fadeFrames); step > 12000/float32(fadeFrames)+2 {
			t.Errorf("the fade-in jumps by %v", step)
		}
	})
}

func TestAlarmAndProgrammeStayBelowTheCeilingTogether(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(cueOf("news", flat(20000, 29000), 1000))
		r.play(frozen)
		r.raise(alarmOf("flood", flat(4800, 29000), 1))
		r.play(30000)
		top := audio.Decibels(-1).Factor() + 1e-5
		for k, v := range r.out {
			if v > top {
				t.Fatalf("frame %d is %v, want at most %v", k, v, top)
			}
		}
	})
}

func TestChainUnderAnAlarm(t *testing.T) {
	for _, c := range []struct {
		name        string
		chime       audio.Frames // its start; it has 1000 frames
		gap         audio.Frames
		want        audio.Frames // start of the voice
		chimeFrames audio.Frames
	}{
		{"all before", 1000, 480, 2480, 1000},
		{"the gap is frozen", 8000, 2400, 11400 + shift, 1000},
		{"the chime is frozen", 9000, 480, 10480 + shift, 1000},
		{"the chime ends with the last frame before", 8600, 480, 10080 + shift, 1000},
		{"the chime ends one frame after", 8601, 480, 10081 + shift, 1000},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				voice := counted(3000)
				r.cue(cueOf("chime", flat(1000, 5000), c.chime))
				r.cue(after("voice", voice, "chime", audio.Rate.D(c.gap)))
				r.freeze()
				r.play(40000)
				r.wantEnded("chime", audio.Completed, c.chimeFrames, -1)
				r.wantStarted("voice", c.want)
				r.wantEnded("voice", audio.Completed, 3000, c.want+3000)
				r.wantSound(c.want+fadeFrames, voice, fadeFrames, 3000)
			})
		})
	}
}

func TestCueDueUnderAnAlarm(t *testing.T) {
	for _, c := range []struct {
		name  string
		due   audio.Frames
		start audio.Frames // −1: too late
	}{
		{"with its first frames", frozen + 10, -1},
		{"in its middle", frozen + 2400, -1},
		{"up to 20 ms before its end", thawed - 960, thawed},
		{"after it", thawed + 100, thawed + 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				r.cue(cueOf("news", flat(1000, 5000), c.due))
				r.cue(after("tail", flat(100, 5000), "news", 0))
				r.freeze()
				r.play(30000)
				r.wantStarted("news", c.start)
				if c.start < 0 {
					r.wantEnded("news", audio.TooLate, 0, -1)
					r.wantEnded("tail", audio.TooLate, 0, -1)
					return
				}
				r.wantEnded("news", audio.Completed, 1000, c.start+1000)
			})
		})
	}
}

func TestCueWithoutInstantWaitsForTheEndOfAnAlarm(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.play(frozen)
		r.raise(alarmOf("flood", flat(4800, -9000), 1))
		r.play(frozen + 480)
		cue := cueOf("news", flat(1000, 5000), 0)
		cue.At = 0
		r.cue(cue)
		r.play(30000)
		r.wantStarted("news", thawed)
	})
}

func TestStopUnderAnAlarm(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("news", flat(20000, 5000), 1000))
		r.cue(after("tail", flat(100, 5000), "news", 0))
		r.play(frozen)
		r.raise(alarmOf("flood", flat(4800, -9000), 1))
		r.play(frozen + 2400)
		r.desk.Stop()
		r.play(40000)
		r.wantEnded("news", audio.Stopped, frozen-1000, frozen)
		r.wantEnded("tail", audio.Stopped, 0, -1)
		r.wantSilence(frozen+4800, 40000)
	})
}

func TestStopJustBeforeAnAlarm(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("news", flat(20000, 5000), 1000))
		r.play(frozen - 100)
		r.desk.Stop("news") // its fade reaches into the alarm
		r.play(frozen)
		r.raise(alarmOf("flood", flat(4800, -9000), 1))
		r.play(40000)
		r.wantEnded("news", audio.Stopped, frozen-1000, frozen)
		r.wantSilence(frozen+4800, 40000)
	})
}

func TestSecondAlarmFreezesAgain(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		clip := counted(20000)
		r.cue(cueOf("news", clip, 1000))
		r.freeze()
		second := thawed + 2400
		r.play(second)
		r.raise(alarmOf("fire", flat(2400, -9000), 1))
		r.play(60000)
		again := second + 2400
		r.wantSound(again+fadeFrames, clip, frozen-1000+2400+fadeFrames, 20000)
		r.wantEnded("news", audio.Completed, 20000, 21000+shift+again-second)
	})
}

// TestProgrammeStaysMutedBetweenTwoAlarms: it used to go on and freeze again when
// the first ended together with a pull.
func TestProgrammeStaysMutedBetweenTwoAlarms(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(cueOf("news", flat(20000, 9000), 1000))
		r.play(frozen)
		r.raise(alarmOf("flood", flat(4800, -9000), 1))
		r.raise(alarmOf("fire", flat(4800, -9000), 1))
		r.play(60000)
		r.wantStarted("fire", thawed)
		r.wantEnded("news", audio.Completed, 20000, 21000+2*shift)
		if es := r.of(""); len(es) != 2 {
			t.Errorf("events = %v, want muted and unmuted once", es)
		}
	})
}

func TestAlarmTurnsUpAgainInTheFadeIn(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(cueOf("news", flat(20000, 9000), 1000))
		r.freeze()
		r.play(thawed + 100)
		r.raise(alarmOf("fire", flat(2400, 0x2000), 1))
		r.play(60000)
		r.wantEnded("news", audio.Completed, 20000, -1)
		if step := r.steps(frozen+4801, thawed+900); step > 2*9000/float32(fadeFrames)+1 {
			t.Errorf("the mute jumps by %v when it turns around, want at most %v", step, 2*9000/fadeFrames)
		}
	})
}

func TestSlowSourceUnderAnAlarm(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		inner := flat(20000, 5000).Source()
		s := &scripted{read: func(dst []float32) (int, error) {
			time.Sleep(40 * time.Millisecond)
			return inner.Read(dst[:min(len(dst), 960)])
		}}
		r.cue(audio.DeskCue{ID: "slow", Source: s, Frames: 20000, At: frameAt(1000)})
		r.freeze()
		r.play(120000)
		r.wantEnded("slow", audio.Completed, 20000, -1)
	})
}

func TestProgrammeGoesOnAsSoonAsItCanBeMixed(t *testing.T) {
	for _, c := range []struct {
		name  string
		alarm audio.Frames // its length
		want  audio.Frames
	}{
		{"the alarm ends at the end of a period", 4800, 14400},
		{"behind the look-ahead", 4800 + 97, 14497},
		{"within the look-ahead", 4800 + 10, 14496},
		{"shorter than the fade", 10, 10176},
		{"as long as the fade", 240, 10176},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				clip := counted(20000)
				r.cue(cueOf("news", clip, 1000))
				r.play(frozen)
				r.raise(alarmOf("flood", flat(c.alarm, -9000), 1))
				r.play(40000)
				r.wantEnded("news", audio.Completed, 20000, 21000+c.want-frozen)
				r.wantSound(c.want+fadeFrames, clip, frozen-1000+fadeFrames, 20000)
			})
		})
	}
}

// TestAlarmBeforeTheProgrammeGoesOn: where one began in the 2 ms before the end of
// a mute it took back what had not gone on yet, which then sounded twice.
func TestAlarmBeforeTheProgrammeGoesOn(t *testing.T) {
	for pulled := audio.Frames(0); pulled <= 144; pulled += 48 {
		onRig(t, func(t *testing.T, r *rig) {
			r.size = 48
			clip := counted(20000)
			r.cue(cueOf("news", clip, 1000))
			r.freeze()
			r.play(thawed + pulled)
			r.raise(alarmOf("fire", flat(4800, -9000), 1))
			r.play(60000)
			var at []audio.Frames
			for _, e := range r.of("") {
				at = append(at, audio.Rate.N(e.At.Sub(frameAt(0))))
			}
			if len(at) != 4 || at[2] < at[1] {
				t.Fatalf("muted and unmuted at %v, want twice, one behind the other", at)
			}
			next := at[0] - 1000 + at[2] - at[1]
			r.wantSound(at[3]+fadeFrames, clip, next+fadeFrames, 20000)
			r.wantEnded("news", audio.Completed, 20000, at[3]+20000-next)
		})
	}
}

// TestWhatHasSoundedDoesNotBecomeLess: behind an alarm the Desk once said for 100 ms
// that less had left the card than before.
func TestWhatHasSoundedDoesNotBecomeLess(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(cueOf("news", flat(48000, 5000), 1000))
		r.play(frozen)
		r.raise(alarmOf("flood", flat(9600, -9000), 1))
		last, most := audio.Frames(0), audio.Frames(0)
		for at := frozen; at < 60000; at += 480 {
			r.play(at)
			r.desk.Sounding(func(_ string, n audio.Frames) {
				if n < last {
					t.Errorf("at frame %d it is %d, after %d", at, n, last)
				}
				if sure := at - 4800 - 1000; n > sure {
					t.Errorf("at frame %d it is %d, want at most %d", at, n, sure)
				}
				last, most = n, max(most, n)
			})
		}
		if most < 40000 {
			t.Errorf("it came to %d", most)
		}
	})
}

// waiting is a source of counted frames that waits before one of them.
func waiting(clip audio.Clip, before int, wait time.Duration) *scripted {
	inner := clip.Source()
	return &scripted{read: func(dst []float32) (int, error) {
		if before == 0 {
			time.Sleep(wait)
		}
		n, err := inner.Read(dst[:min(len(dst), 512)])
		before -= n
		return n, err
	}}
}

// TestAlarmWhileNothingCanBeRead: what is missing moves the start of a cue. What
// had sounded before was counted from there too: it counted less, and sounded again.
func TestAlarmWhileNothingCanBeRead(t *testing.T) {
	for _, early := range []audio.Frames{512, 8192} { // the first: less than what waits in the card
		onRig(t, func(t *testing.T, r *rig) {
			r.card = newCard(r, 960, 4)
			clip := counted(20000)
			r.cue(audio.DeskCue{ID: "news", Source: waiting(clip, int(early), 450*time.Millisecond), Frames: 20000, At: frameAt(9600)})
			r.play(9600 + early + 1000)
			r.raise(alarmOf("flood", flat(24000, -9000), 1))
			r.play(96000)
			on := r.of("")[1].At
			thawed := audio.Rate.N(on.Sub(frameAt(0)))
			r.wantStarted("news", 9600)
			r.wantEnded("news", audio.Completed, 20000, thawed+20000-early)
			r.wantSound(thawed+fadeFrames, clip, early+fadeFrames, 20000)
		})
	}
}

// TestStopWhileNothingCanBeRead: all that sounded counts.
func TestStopWhileNothingCanBeRead(t *testing.T) {
	for _, alarm := range []bool{false, true} {
		onRig(t, func(_ *testing.T, r *rig) {
			r.cue(audio.DeskCue{ID: "news", Source: waiting(counted(20000), 4096, time.Second), Frames: 20000, At: frameAt(1000)})
			r.cue(after("tail", flat(100, 5000), "news", 0))
			r.play(9600)
			if alarm {
				r.raise(alarmOf("flood", flat(4800, -9000), 1))
			}
			r.play(12000)
			r.desk.Stop("news")
			r.play(96000)
			r.wantEnded("news", audio.Stopped, 4096, -1)
			r.wantEnded("tail", audio.Stopped, 0, -1)
		})
	}
}
