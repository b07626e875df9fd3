package audio_test

import (
	"math"
	"testing"

	"loalang/audio"
)

// wantLevelOf fails unless the Ended of id tells the level, within a tenth of a
// decibel.
func (r *rig) wantLevelOf(id string, want float64) {
	r.t.Helper()
	for _, e := range r.of(id) {
		if e.Kind == audio.Ended && math.Abs(float64(e.Level)-want) > 0.1 {
			r.t.Errorf("%s had %v dBFS, want %v", id, e.Level, want)
		}
	}
}

// levelOf is the level of a constant amplitude.
func levelOf(amplitude float64) float64 { return 20 * math.Log10(amplitude/32768) }

func TestLevelOfACue(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.cue(cueOf("voice", flat(7000, 8000), 1000))
		r.cue(after("tail", flat(3001, 500), "voice", 0))
		r.cue(cueOf("empty", flat(5000, 0), 30000))
		r.cue(cueOf("loud", flat(5000, 30000), 50000))
		r.cue(cueOf("louder", flat(5000, 30000), 50000))
		r.cue(cueOf("never", flat(5000, 30000), 90000))
		r.play(70000)
		r.desk.Stop()
		r.play(80000)
		r.wantLevelOf("voice", levelOf(8000))
		r.wantLevelOf("tail", levelOf(500))
		r.wantLevelOf("empty", -120)
		r.wantLevelOf("loud", -1) // behind the limiter
		r.wantLevelOf("never", 0)
	})
}

func TestLevelLeavesOutTheAlarm(t *testing.T) {
	for _, queue := range []int{1, 4} {
		onRig(t, func(_ *testing.T, r *rig) {
			c := newCard(r, 480, queue)
			c.cue(cueOf("voice", flat(20000, 8000), 4000))
			c.cue(after("tail", flat(20000, 500), "voice", 0))
			c.sound(9600)
			c.raise(alarmOf("flood", flat(48000, -9000), 1))
			c.sound(130000)
			c.wantEnded("voice", audio.Completed, 20000, -1)
			c.wantLevelOf("voice", levelOf(8000))
			c.wantLevelOf("tail", levelOf(500))
		})
	}
}

func TestLevelOfTheSum(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		bed := bedOf("bed", 1000, 1000)
		r.cue(bed)
		r.cue(cueOf("voice", flat(20000, 3000), 40000))
		r.play(90000)
		r.wantLevelOf("voice", levelOf(3000+1000*ducked(1)))
	})
}
