package main_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/recordings"
)

// The main job on the virtual card: through ALSA and a real-time child. How
// exact a start is, BenchmarkStarts measures; here it must be the right sound
// at the right instant, also while the machine compiles something else.
func TestBroadcastToTheVirtualCard(t *testing.T) {
	need(t, sound)
	dir, env := card(t)
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	d := serve(t, t.TempDir(), "default", quick...).admit()
	d.until("the card is open", 10*time.Second, func() bool {
		return d.call(http.MethodGet, "/air", nil, http.StatusOK)["audible"] == true
	})
	id := d.announce(object{"title": "Mời họp thôn", "text": notice, "renditions": []object{{"language": "vi"}}})
	at := time.Now().Add(10*time.Second + 321*time.Millisecond)
	due := audio.Monotonic().Add(time.Until(at))
	d.airAt(id, at)
	row := d.row(id, time.Minute)
	if row["outcome"] != "played" || row["late"] != false {
		t.Errorf("as-run = %v", row)
	}
	d.stop()
	runs, _ := heard(t, dir)
	off, ok := errorOf(runs, builtIn(t, recordings.ChimeSound), int64(due))
	if !ok {
		t.Fatal("the chime did not sound within 50 ms of its instant, or not as it is")
	}
	t.Logf("the chime was %.3f ms off", off)
	started := instant(t, row["started"])
	if told := started.Sub(at).Abs(); told > 50*time.Millisecond {
		t.Errorf("the as-run says it started %s off, the card heard %.3f ms", told, off)
	}
}
