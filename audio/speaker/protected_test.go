package speaker_test

import (
	"fmt"
	"os"
	"testing"

	"loalang/audio"
)

// TestChildKeepsTheSirensProtection: where memory is short decoders and voices go first, and the
// child that plays has what the service has.
func TestChildKeepsTheSirensProtection(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	ours, err := os.ReadFile("/proc/self/oom_score_adj")
	if err != nil {
		t.Skipf("SKIPPED: %v: this kernel does not say", err)
	}
	child, err := os.ReadFile(fmt.Sprintf("/proc/%d/oom_score_adj", r.State().ChildPID))
	if err != nil || string(child) != string(ours) {
		t.Errorf("the child has %q, %v, and this process %q", child, err, ours)
	}
}
