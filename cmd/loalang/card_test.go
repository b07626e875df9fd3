package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/recordings"
)

// The main job on the virtual card: through ALSA and a real-time child. How
// exact a start is, BenchmarkStarts measures; here it must be the right sound
// at the right instant, also while the machine compiles something else. When
// the card runs dry meanwhile, and that is reported, it is tried again.
func TestBroadcastToTheVirtualCard(t *testing.T) {
	need(t, sound)
	dir, env := card(t)
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	d := serve(t, t.TempDir(), "default", append(quick, "--buffer", "80ms")...).admit() // that bears a machine at work
	d.until("the card is open", func() bool {
		return d.call(http.MethodGet, "/air", nil, http.StatusOK)["audible"] == true
	})
	const attempts = 5
	for attempt := 1; ; attempt++ {
		before := d.underruns()
		fault := d.broadcastToCard(dir)
		switch {
		case fault == "":
			return
		case d.underruns() == before:
			t.Fatal(fault)
		case attempt == attempts:
			t.Fatalf("the card ran dry in each of %d attempts; at last: %s", attempts, fault)
		}
		t.Logf("the card ran dry: %s", fault)
	}
}

// broadcastToCard airs a notice and says what was wrong with it.
func (d *daemon) broadcastToCard(dir string) (fault string) {
	t := d.t
	id := d.announce(object{"title": "Mời họp thôn", "text": notice, "renditions": []object{{"language": "vi"}}})
	at := time.Now().Add(10*time.Second + 321*time.Millisecond)
	due := audio.Monotonic().Add(time.Until(at))
	d.airAt(id, at)
	row := d.row(id)
	if row["outcome"] != "played" || row["late"] != false {
		return fmt.Sprintf("as-run = %v", row)
	}
	time.Sleep(time.Second) // an underrun at its end is reported by now
	runs, _ := heard(t, dir)
	off, ok := errorOf(runs, builtIn(t, recordings.ChimeSound), int64(due))
	if !ok {
		return "the chime did not sound within 50 ms of its instant, or not as it is"
	}
	t.Logf("the chime was %.3f ms off", off)
	if told := instant(t, row["started"]).Sub(at).Abs(); told > 50*time.Millisecond {
		return fmt.Sprintf("the as-run says it started %s off, the card heard %.3f ms", told, off)
	}
	return ""
}

// underruns is what the daemon has reported of its card, and which child did: a
// new one counts from zero.
func (d *daemon) underruns() string {
	air := d.call(http.MethodGet, "/air", nil, http.StatusOK)
	return fmt.Sprint(air["underruns"], " ", air["restarts"])
}
