package audio_test

import (
	"io"
	"slices"
	"testing"
	"time"

	"loalang/audio"
)

// pieces is a clip of stretches of an amplitude each.
func pieces(stretches ...[2]int) audio.Clip {
	var frames []int16
	for _, s := range stretches {
		frames = append(frames, slices.Repeat([]int16{int16(s[1])}, s[0])...)
	}
	return audio.NewClip(frames)
}

// spoken is a cue in which silence is a fault.
func spoken(id string, c audio.Clip, at audio.Frames) audio.DeskCue {
	cue := cueOf(id, c, at)
	cue.Spoken = true
	return cue
}

// wantDead fails unless DeadAir was told of id at the first frame of each pair
// and AliveAgain at the second, −1: not at all.
func (r *rig) wantDead(id string, want ...[2]audio.Frames) {
	r.t.Helper()
	var got []audio.Event
	for _, e := range r.of(id) {
		if e.Kind == audio.DeadAir || e.Kind == audio.AliveAgain {
			got = append(got, e)
		}
	}
	for _, w := range want {
		for i, kind := range []audio.EventKind{audio.DeadAir, audio.AliveAgain} {
			if w[i] < 0 {
				continue
			}
			if len(got) == 0 {
				r.t.Errorf("no %s of %s at frame %d", kind, id, w[i])
				return
			}
			at := audio.Rate.N(got[0].At.Sub(frameAt(0)))
			if d := at - w[i]; got[0].Kind != kind || d < -480 || d > 480 {
				r.t.Errorf("%s of %s at frame %d, want %s at %d", got[0].Kind, id, at, kind, w[i])
			}
			got = got[1:]
		}
	}
	if len(got) > 0 {
		r.t.Errorf("%s: %v, want no more", id, got)
	}
}

func TestDeadAir(t *testing.T) {
	const loud, faint = 5000, 30 // −60.8 dBFS
	for _, c := range []struct {
		name string
		clip audio.Clip
		want [][2]audio.Frames // counted from the cue's first frame
	}{
		{"never", pieces([2]int{200000, loud}), nil},
		{"a pause just short of 2 s", pieces([2]int{48000, loud}, [2]int{95000, 0}, [2]int{48000, loud}), nil},
		{"a hole", pieces([2]int{48000, loud}, [2]int{120000, 0}, [2]int{48000, loud}), [][2]audio.Frames{{48000, 168000}}},
		{
			"two holes", pieces([2]int{48000, loud}, [2]int{98000, 0}, [2]int{9600, loud}, [2]int{98000, 0}, [2]int{9600, loud}),
			[][2]audio.Frames{{48000, 146000}, {155600, 253600}},
		},
		{"all of it", pieces([2]int{120000, 0}), [][2]audio.Frames{{0, -1}}},
		{"noise nobody hears", pieces([2]int{48000, loud}, [2]int{120000, faint}), [][2]audio.Frames{{48000, -1}}},
		{"soft sound", pieces([2]int{200000, 40}), nil},
		{"a short cue", pieces([2]int{90000, 0}), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				const at = 1111
				r.cue(spoken("voice", c.clip, at))
				r.cue(bedOf("bed", 6000, 500)) // cannot hide it
				r.play(at + c.clip.Len() + settled)
				r.desk.Stop()
				r.play(at + c.clip.Len() + 3*settled)
				for i := range c.want {
					for k := range c.want[i] {
						if c.want[i][k] >= 0 {
							c.want[i][k] += at
						}
					}
				}
				r.wantDead("voice", c.want...)
				r.wantDead("bed")
				r.wantEnded("voice", audio.Completed, c.clip.Len(), -1)
			})
		})
	}
}

func TestDeadAirIsToldInTime(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(spoken("voice", pieces([2]int{48000, 5000}, [2]int{400000, 0}), 0))
		r.play(48000 + 96000 - 480)
		r.wantDead("voice")
		r.play(48000 + 96000 + settled + 480)
		r.wantDead("voice", [2]audio.Frames{48000, -1})
	})
}

func TestOnlyTheSpokenMayNotBeSilent(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("chime", flat(120000, 0), 1000))
		r.cue(after("voice", flat(9600, 5000), "chime", 3*time.Second)) // a pause between cues
		r.play(400000)
		r.wantDead("chime")
		r.wantDead("voice")
	})
}

func TestDeadAirNextToAnotherVoice(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(spoken("mute", flat(200000, 0), 1000))
		r.cue(spoken("voice", flat(200000, 5000), 1000))
		r.play(220000)
		r.wantDead("mute", [2]audio.Frames{1000, -1})
		r.wantDead("voice")
	})
}

func TestDeadAirOfSumThatIsSilent(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(spoken("voice", flat(200000, 5000), 1000))
		r.cue(cueOf("against it", flat(200000, -5000), 1000)) // the two cancel
		r.play(220000)
		r.wantDead("voice", [2]audio.Frames{1000, -1})
	})
}

func TestDeadAirAndAlarms(t *testing.T) {
	for _, c := range []struct {
		name   string
		silent audio.Frames // of the voice, from 8600 on, until 20000 frames of sound
		alarm  audio.Frames // its length
		want   [][2]audio.Frames
	}{
		{"the alarm is no silence", 20000, 200000, nil},
		{"what lies around it adds up", 100000, 48000, [][2]audio.Frames{{8600, 8600 + 100000 + 48000}}},
		{"two seconds in all are needed", 90000, 48000, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				r.cue(spoken("voice", pieces([2]int{7600, 5000}, [2]int{int(c.silent), 0}, [2]int{20000, 5000}), 1000))
				r.play(frozen)
				r.raise(alarmOf("flood", flat(c.alarm, -9000), 1))
				r.play(400000)
				r.wantDead("voice", c.want...)
			})
		})
	}
}

func TestDeadAirOfAStalledStream(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		n := 0
		s := &scripted{read: func(dst []float32) (int, error) {
			if n++; n > 60 {
				time.Sleep(400 * time.Millisecond) // never long enough to be given up
				dst = dst[:1]
			}
			if n > 80 {
				return 0, io.EOF
			}
			for i := range dst {
				dst[i] = 0.1
				if n > 60 {
					dst[i] = 0
				}
			}
			return len(dst), nil
		}}
		r.cue(audio.DeskCue{ID: "voice", Source: s, At: frameAt(1000), Spoken: true})
		r.play(600000)
		r.wantDead("voice", [2]audio.Frames{1000 + 60*1024, -1})
	})
}
