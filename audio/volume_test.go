package audio_test

import (
	"math"
	"testing"
	"time"

	"loalang/audio"
)

// TestVolumeTurnsTheProgrammeAndNoAlarm: while a cue sounds it becomes softer without a
// jump within 0.1 s, stays within its bounds, and an alarm is as loud as before.
func TestVolumeTurnsTheProgrammeAndNoAlarm(t *testing.T) {
	for name, c := range map[string]struct{ gain, want audio.Decibels }{
		"softer":        {-6, -6},
		"as softest":    {-200, audio.Softest},
		"not a number":  {audio.Decibels(math.NaN()), 0},
		"as loudest":    {100, audio.Loudest},
		"as it was":     {0, 0},
		"between steps": {-3.5, -3.5},
	} {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.cue(cueOf("a", flat(96000, 8192), 480))
				r.play(24000)
				r.desk.Turn(c.gain)
				from := len(r.out)
				r.play(48000)
				last := r.out[len(r.out)-1]
				if want := 0.25 * c.want.Factor(); math.Abs(float64(last-want)) > 1e-4 {
					t.Errorf("it sounds at %v, want %v", last, want)
				}
				for i := from + 1; i < len(r.out); i++ {
					if step := math.Abs(float64(r.out[i] - r.out[i-1])); step > 0.25*1.1/2400 {
						t.Fatalf("it jumps by %v", step)
					}
				}
				soon := from + int(audio.Rate.N(110*time.Millisecond))
				if math.Abs(float64(r.out[soon]-last)) > 1e-4 {
					t.Errorf("after 110 ms it is at %v, not at %v", r.out[soon], last)
				}
				r.raise(alarmOf("b", flat(9600, 8192), 1))
				r.play(52800)
				if alarm := r.out[len(r.out)-1]; math.Abs(float64(alarm-0.25)) > 1e-4 {
					t.Errorf("the alarm sounds at %v", alarm)
				}
			})
		})
	}
}
