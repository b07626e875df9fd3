package web_test

import (
	"regexp"
	"testing"

	"loalang/audio"
	"loalang/hardware"
	"loalang/people"
)

// TestTodayIsDrawnAnewByItsHealth: an amplifier that failed, or a clock that was put
// right, was told on the first page two minutes later, or never while somebody looked.
func TestTodayIsDrawnAnewByItsHealth(t *testing.T) {
	keyForm := regexp.MustCompile(`data-key="([^"]*)"`)
	for name, change := range map[string]func(*world){
		"the amplifier fails":         func(w *world) { w.air.Amp.Fault = "relay" },
		"the amplifier is bypassed":   func(w *world) { w.air.Amp.Bypass = hardware.BypassState{Sensed: true, On: true} },
		"the clock is put right":      func(w *world) { w.air.Clock.Trust = hardware.Synced },
		"the sound is weaker":         func(w *world) { w.air.Output.Weak = []audio.Weakness{audio.NoRealTime} },
		"the sound is weaker, untold": func(w *world) { w.air.Output.Fault = "buffer" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.fill()
			w.air.Clock.Trust = hardware.Held
			s := newSite(t, w, people.Cadre, "vi")
			before := keyForm.FindStringSubmatch(s.get("/").body)
			change(w)
			if after := keyForm.FindStringSubmatch(s.get("/").body); len(before) != 2 || len(after) != 2 || before[1] == after[1] {
				t.Errorf("the key stays %v", after)
			}
		})
	}
}
