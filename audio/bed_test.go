package audio_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"loalang/audio"
)

// bedOf is a bed of a constant amplitude, ducked by 14 dB within 7200 frames and
// back within 38400.
func bedOf(id string, amplitude int16, at audio.Frames) audio.DeskCue {
	return audio.DeskCue{ID: id, Source: flat(10000, amplitude).Loop(), At: frameAt(at), Bed: &audio.Duck{}}
}

const (
	attack  = audio.Frames(7200)
	release = audio.Frames(38400)
)

// ducked is the gain of a bed that is on its way down by 14 dB, 0 to 1.
func ducked(level float64) float64 { return math.Pow(10, -14*level/20) }

func TestBedIsDownWhenTheVoiceBegins(t *testing.T) {
	for _, c := range []struct {
		name string
		cues func(r *rig)
	}{
		{"cued for an instant", func(r *rig) { r.cue(cueOf("voice", flat(20000, 0), 60000)) }},
		{"behind another", func(r *rig) {
			r.cue(cueOf("chime", flat(1, 0), 60000))
			r.cue(after("voice", flat(19999, 0), "chime", 0))
		}},
		{"crossing over", func(r *rig) {
			r.cue(cueOf("chime", flat(10000, 0), 60000))
			r.cue(crossing("voice", flat(14800, 0), "chime", 4800))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				r.cue(bedOf("bed", 8000, 1000))
				c.cues(r)
				r.play(150000)
				r.desk.Stop("bed")
				r.play(160000)
				r.wantGain(1000, 60000-attack, 8000, func(audio.Frames) float64 { return 1 })
				r.wantGain(60000-attack, 60000, 8000, func(k audio.Frames) float64 { return ducked(float64(k+1) / float64(attack)) })
				r.wantGain(60000, 80000, 8000, func(audio.Frames) float64 { return ducked(1) })
				r.wantGain(80000, 80000+release, 8000, func(k audio.Frames) float64 { return ducked(1 - float64(k+1)/float64(release)) })
				r.wantGain(80000+release, 150096, 8000, func(audio.Frames) float64 { return 1 })
				r.wantStarted("bed", 1000)
				r.wantEnded("bed", audio.Stopped, 150096+fadeFrames-1000, 150096+fadeFrames)
			})
		})
	}
}

func TestBedUnderAVoiceThatComesLate(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(bedOf("bed", 8000, 1000))
		r.play(48000)
		voice := cueOf("voice", flat(20000, 0), 0)
		voice.At = 0
		r.cue(voice)
		r.play(60000)
		r.wantGain(48096, 48096+attack, 8000, func(k audio.Frames) float64 { return ducked(float64(k+1) / float64(attack)) })
	})
}

func TestBedTurnsAroundWithoutAStep(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(bedOf("bed", 8000, 1000))
		r.cue(cueOf("first", flat(20000, 0), 20000))
		r.play(48000) // it is on its way back since 40000
		second := cueOf("second", flat(40000, 0), 0)
		second.At = 0
		r.cue(second)
		r.play(80000)
		up := 1 - 8096/float64(release)
		r.wantGain(48096, 50000, 8000, func(k audio.Frames) float64 { return ducked(min(1, up+float64(k+1)/float64(attack))) })
		if step := r.steps(1001, 80000); step > 3 {
			t.Errorf("a step of %v", step)
		}
	})
}

// TestBedComesBackAsFarAsItCan: while it goes up, a voice becomes known that is
// near, but not so near that it had to turn around at once.
func TestBedComesBackAsFarAsItCan(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(bedOf("bed", 8000, 1000))
		r.cue(cueOf("first", flat(20000, 0), 20000))
		r.play(42720)
		r.cue(cueOf("second", flat(20000, 0), 42720+7000))
		r.play(80000)
		// It goes up by 1/38400 in each frame from 40000 on until what is left to
		// 49720 is just enough to come down again.
		turn := audio.Frames(48183)
		r.wantGain(40000, turn, 8000, func(k audio.Frames) float64 { return ducked(1 - float64(k+1)/float64(release)) })
		r.wantGain(49720, 60000, 8000, func(audio.Frames) float64 { return ducked(1) })
	})
}

func TestBedIsDownForWhatTheAlarmHeldBack(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(bedOf("bed", 8000, 1000))
		r.play(frozen)
		r.raise(alarmOf("flood", flat(4800, -9000), 1))
		r.play(frozen + 2400)
		voice := cueOf("voice", flat(20000, 0), 0)
		voice.At = 0
		r.cue(voice)
		r.play(60000)
		r.wantStarted("voice", thawed)
		r.wantGain(thawed+fadeFrames, thawed+20000, 8000, func(audio.Frames) float64 { return ducked(1) })
	})
}

func TestBedStaysDownInAShortPause(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(bedOf("bed", 8000, 1000))
		r.cue(cueOf("chime", flat(20000, 0), 20000))
		r.cue(after("voice", flat(20000, 0), "chime", 900*time.Millisecond))
		r.play(100000)
		r.wantGain(20000, 40000+43200+20000-settled, 8000, func(audio.Frames) float64 { return ducked(1) })
	})
}

func TestBedThatStartsUnderAVoiceIsDown(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("voice", flat(30000, 0), 1000))
		r.cue(bedOf("bed", 8000, 20000))
		r.play(60000)
		r.wantGain(20000, 31000, 8000, func(audio.Frames) float64 { return ducked(1) })
	})
}

func TestBedsAndWhatIsStoppedLowerNothing(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(bedOf("bed", 8000, 1000))
		r.cue(bedOf("other", 0, 20000))
		r.cue(cueOf("voice", flat(9000, 0), 30000))
		r.play(9600)
		r.desk.Stop("voice")
		r.play(60000)
		r.wantGain(1000, 50000, 8000, func(audio.Frames) float64 { return 1 })
	})
}

func TestDuckOfItsOwn(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		bed := bedOf("bed", 8000, 1000)
		bed.Bed = &audio.Duck{Attack: 50 * time.Millisecond, Release: 100 * time.Millisecond, Depth: -20}
		r.cue(bed)
		r.cue(cueOf("voice", flat(20000, 0), 20000))
		r.play(60000)
		gain := func(level float64) float64 { return math.Pow(10, -level) }
		r.wantGain(20000-2400, 20000, 8000, func(k audio.Frames) float64 { return gain(float64(k+1) / 2400) })
		r.wantGain(20000, 40000, 800, func(audio.Frames) float64 { return 1 })
		r.wantGain(40000, 44800, 8000, func(k audio.Frames) float64 { return gain(1 - float64(k+1)/4800) })
		r.wantGain(44800, 50000, 8000, func(audio.Frames) float64 { return 1 })
	})
}

func TestBedFadesAndWhatFollowsItIsStopped(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("chime", flat(5000, 0), 1000))
		bed := bedOf("bed", 8000, 0)
		bed.After, bed.Gap = "chime", 10*time.Millisecond
		bed.FadeIn, bed.FadeOut = 100*time.Millisecond, 200*time.Millisecond
		bed.Bed = &audio.Duck{Depth: -14, Release: time.Millisecond}
		r.cue(bed)
		r.cue(after("tail", flat(1000, 8000), "bed", 0))
		r.play(48000)
		r.desk.Stop("bed")
		r.play(90000)
		r.wantStarted("bed", 6480)
		r.wantGain(6480+500, 6480+4800, 8000, func(k audio.Frames) float64 { return swell(k+500, 4800) })
		r.wantGain(48096, 48096+9600, 8000, func(k audio.Frames) float64 { return swell(9599-k, 9600) })
		r.wantEnded("bed", audio.Stopped, 48096+9600-6480, 48096+9600)
		r.wantEnded("tail", audio.Stopped, 0, -1)
	})
}

func TestBedUnderAnAlarm(t *testing.T) {
	for _, c := range []struct {
		name  string
		voice audio.Frames // its start, of 9000 frames
		level float64      // of the bed where it goes on
	}{
		{"the voice is frozen", 4800, 1},
		{"the voice is over", 600, 1 - float64(96+fadeFrames+1)/float64(release)}, // 96 frames were mixed ahead
		{"the voice comes behind it", 200000, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.cue(bedOf("bed", 8000, 1000))
				r.cue(cueOf("voice", flat(9000, 0), c.voice))
				r.freeze()
				r.play(90000)
				r.desk.Stop("bed")
				r.play(100000)
				r.wantGain(thawed+fadeFrames, thawed+fadeFrames+1, 8000, func(audio.Frames) float64 { return ducked(c.level) })
				r.wantEnded("bed", audio.Stopped, 90096+fadeFrames-1000-shift, 90096+fadeFrames)
				if step := r.steps(thawed+1, 90000); step > 40 {
					t.Errorf("a step of %v after the alarm", step)
				}
			})
		})
	}
}

func TestHush(t *testing.T) {
	for _, c := range []struct {
		name string
		stop audio.Frames // a stop before it; 0: none
	}{{"out of the sound", 0}, {"out of a long fade", 30000}} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				cue := cueOf("a", flat(200000, 8000), 1000)
				cue.FadeOut = time.Second
				r.cue(cue)
				r.cue(after("b", flat(1000, 8000), "a", 0))
				if c.stop > 0 {
					r.play(c.stop)
					r.desk.Stop("a")
				}
				r.play(48000)
				r.desk.Hush()
				r.play(60000)
				r.wantEnded("a", audio.Stopped, 48096+fadeFrames-1000, 48096+fadeFrames)
				r.wantEnded("b", audio.Stopped, 0, -1)
				r.wantSilence(48096+fadeFrames, 60000)
				if step := r.steps(1001, 60000); step > steepest(8000) {
					t.Errorf("a step of %v, want at most %v", step, steepest(8000))
				}
			})
		})
	}
}

func TestBadBeds(t *testing.T) {
	d := audio.NewDesk(audio.DeskOptions{})
	for name, duck := range map[string]audio.Duck{
		"louder under a voice": {Depth: 3},
		"no number":            {Depth: audio.Decibels(math.NaN())},
		"negative attack":      {Attack: -1},
		"negative release":     {Release: -1},
	} {
		bed := bedOf("bed", 8000, 1000)
		bed.Bed = &duck
		if err := d.Cue(bed); !errors.Is(err, audio.ErrBadCue) {
			t.Errorf("a bed with %s: Cue = %v, want ErrBadCue", name, err)
		}
	}
}
