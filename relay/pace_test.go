package relay_test

import (
	"testing"
	"time"

	"loalang/relay"
)

// A station whose clock is 100 parts in a million off is heard for half a day: what
// is held of it is neither used up nor, with a line that nobody can hold back, too
// much.
func TestPaceFollowsAStationsClock(t *testing.T) {
	const span, room = 20 * time.Millisecond, 200
	for _, c := range []struct {
		name  string
		off   float64 // of the sender's clock
		burst int     // blocks that come at once
		line  bool
	}{
		{"OK exact", 0, 1, false},
		{"slow", -100e-6, 1, false},
		{"slow in bursts of a second", -100e-6, 50, false},
		{"slower", -300e-6, 1, false},
		{"slow line", -100e-6, 1, true},
		{"fast line", 100e-6, 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			step := relay.Pace(c.line)
			sent, given := 100.0, 0 // what was there before the first was given
			at, fullest := time.Duration(0), 0
			for at < 12*time.Hour {
				sent := sent + float64(at)/float64(span)*(1+c.off)
				held := int(sent)/c.burst*c.burst - given + c.burst
				if held <= 0 {
					t.Fatalf("a hole after %v", at)
				}
				fullest = max(fullest, held)
				took := step(held)
				if off := float64(took-span) / float64(span); off > 500e-6 || off < -500e-6 {
					t.Fatalf("it is steered by %.0f parts in a million", off*1e6)
				}
				at += took
				given++
			}
			if c.line && fullest > room {
				t.Errorf("%d blocks are held of a line", fullest)
			}
		})
	}
}
