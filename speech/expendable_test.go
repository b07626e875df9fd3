package speech_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"loalang/speech"
)

// TestAVoiceGoesBeforeTheSiren: Piper, and what it starts, had the protection of the service, and
// with 350 MB went later than the board's network.
func TestAVoiceGoesBeforeTheSiren(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mine")
	piper := []string{"/bin/sh", "-c", `cat /proc/self/oom_score_adj > "$0"; sh -c 'cat /proc/self/oom_score_adj' >> "$0"; exit 1`, file}
	err := newExec(t, speech.ExecConfig{Declared: declared(t), Command: piper}).Synthesize(t.Context(), speech.Request{Text: "xin chào", Language: "vi"}, io.Discard)
	if f, ok := speech.FaultOf(err); !ok || f.Code != speech.Failed {
		t.Errorf("it ended with %v", err)
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != "500\n500\n" {
		t.Errorf("it and its child have %q, %v", got, err)
	}
}
