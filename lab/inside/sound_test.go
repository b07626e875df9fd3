package inside_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/lab"
)

// capture records what comes out of the loopback card until stop is called: 48 kHz mono.
func capture(t testing.TB) (stop func() []int16) {
	t.Helper()
	cmd := exec.Command("/usr/bin/arecord", "-q", "-D", "plughw:CARD=Loopback,DEV=1", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", "48000")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	check(t, cmd.Start())
	return func() []int16 {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		_ = cmd.Wait()                       // it was interrupted
		if errs.Len() > 0 {
			t.Logf("arecord: %s", errs.String())
		}
		return samples(out.Bytes())
	}
}

func samples(raw []byte) []int16 {
	x := make([]int16, len(raw)/2)
	for i := range x {
		x[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return x
}

// playCopy is the sound of a recording as it airs.
func playCopy(t testing.TB, data, recording string) []int16 {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(data, "recordings/play/*"+recording+"*"))
	if err == nil && len(found) == 0 {
		found, err = filepath.Glob(filepath.Join(data, "recordings/play/*/*"+recording+"*"))
	}
	if err != nil || len(found) == 0 {
		t.Fatalf("no play copy of %s: %v", recording, err)
	}
	raw, err := os.ReadFile(found[0])
	check(t, err)
	return samples(raw[44:])
}

// alike is how much of a sound was heard: of its pieces of half a second, silent ones
// left out, the share that comes again in what was captured, where the one before ended
// or wherever else.
func alike(heard, sent []int16) float64 {
	const piece, thin = 24000, 24 // an emulated machine is slow
	a, b := thinned(heard, thin), thinned(sent, thin)
	n, found, at := 0, 0, 0
	for from := 0; from+piece/thin <= len(b); from += piece / thin {
		clip := b[from : from+piece/thin]
		if loud(clip) < 300 {
			continue
		}
		n++
		if i := where(a, clip, at); i >= 0 {
			found, at = found+1, i
		}
	}
	if n == 0 {
		return 0
	}
	return float64(found) / float64(n)
}

func thinned(x []int16, n int) []float64 {
	out := make([]float64, len(x)/n)
	for i := range out {
		for _, v := range x[i*n : i*n+n] {
			out[i] += float64(v) / float64(n)
		}
	}
	return out
}

func loud(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(x)+1))
}

// where is the place behind from at which a clip is most like what is there; -1 when
// that is not much.
func where(in, clip []float64, from int) int {
	const enough = 0.8
	best, at := enough, -1
	own := loud(clip)
	for i := from; i+len(clip) <= len(in); i++ {
		if best > 0.97 {
			break
		}
		if c := correlation(in[i:i+len(clip)], clip, own); c > best {
			best, at = c, i
		}
	}
	return at
}

func correlation(a, b []float64, own float64) float64 {
	var both, other float64
	for k, v := range b {
		both += v * a[k]
		other += a[k] * a[k]
	}
	return both / (math.Sqrt(other*float64(len(b)+1))*own + 1)
}

// TestNoticeOnALoopbackCard: the product's own speaker process plays a notice on a card of
// the kernel, and what comes out at the other end is that notice.
func TestNoticeOnALoopbackCard(t *testing.T) {
	inside(t)
	data, token := prepared(t)
	b := serve(t, data, token, "--device", "plughw:CARD=Loopback,DEV=0", "--settle", "200ms", "--tail", "200ms", "--buffer", "200ms")
	b.until("the card is open", func() bool { return b.air()["audible"] == true })
	stop := capture(t)
	b.ask(http.MethodPost, "/announcements/"+b.first()+"/schedules", lab.Object{"kind": "now"})
	row := b.row()
	time.Sleep(time.Second)
	heard := stop()
	if row.Text("outcome") != "played" {
		t.Fatalf("as-run = %v", row)
	}
	status := read(t, "/proc/asound/card0/pcm0p/sub0/status")
	if !strings.Contains(status, "RUNNING") {
		t.Errorf("the kernel does not say that the card runs: %s", status)
	}
	for _, a := range row.List("airings") {
		if a.Text("part") != "voice" {
			continue
		}
		share := alike(heard, playCopy(t, data, a.Text("recording")))
		t.Logf("%.1f s captured, %.0f of 100 pieces of the voice are in it, %v underruns", float64(len(heard))/48000, 100*share, a["underruns"])
		if share < 0.7 {
			t.Errorf("what was played is not what is heard: %.2f", share)
		}
	}
	check(t, b.Stop())
}

// TestNoticeIsProvenOnALoopbackCard: the product's own monitor listens at the other end of
// the card on which the product plays. What came out there is told as heard.
func TestNoticeIsProvenOnALoopbackCard(t *testing.T) {
	inside(t)
	data, token := prepared(t)
	b := serve(t, data, token, "--device", "plughw:CARD=Loopback,DEV=0", "--monitor", "plughw:CARD=Loopback,DEV=1", "--settle", "200ms", "--tail", "200ms", "--buffer", "200ms")
	b.until("the card is open", func() bool { return b.air()["audible"] == true })
	b.until("the monitor input is heard", func() bool { return b.ask(http.MethodGet, "/monitor", nil)["up"] == true })
	b.ask(http.MethodPost, "/announcements/"+b.first()+"/schedules", lab.Object{"kind": "now"})
	b.row()
	var row lab.Object
	b.until("it is known whether it was heard", func() bool { row = b.row(); return row["proof"] != nil })
	t.Logf("heard: %v: %v", row["heard"], row["proof"])
	if row.Text("outcome") != "played" || row.Text("heard") != "yes" {
		t.Errorf("as-run = %v", row)
	}
	check(t, b.Stop())
}

// row waits for a row with an outcome.
func (b *board) row() (row lab.Object) {
	b.t.Helper()
	b.until("the as-run has an outcome", func() bool {
		rows, err := b.Rows(b.t.Context())
		for _, r := range rows {
			if r.Text("outcome") != "" {
				row = r
			}
		}
		return err == nil && row != nil
	})
	return row
}

// silence is how much of a sound at 48 kHz is silent, in whole tenths of a second: those
// that the host does not count as sound either.
func silence(x []int16) (n time.Duration) {
	const tenth, loud = 4800, 200
	for ; len(x) >= tenth; x = x[tenth:] {
		if !slices.ContainsFunc(x[:tenth], func(v int16) bool { return v > loud || v < -loud }) {
			n += 100 * time.Millisecond
		}
	}
	return n
}

// TestMixerOfACard: what the product asks of a card's mixer, by the program that it asks.
func TestMixerOfACard(t *testing.T) {
	inside(t)
	amixer := func(args ...string) (string, error) {
		out, err := exec.Command("/usr/bin/amixer", args...).CombinedOutput()
		return string(out), err
	}
	if out, err := amixer("-c", "Dummy", "scontrols"); err != nil || !strings.Contains(out, "Master") {
		t.Fatalf("controls: %v: %s", err, out)
	}
	if out, err := amixer("-M", "-c", "Dummy", "sset", "Master", "60%"); err != nil || !strings.Contains(out, "60%") {
		t.Errorf("set: %v: %s", err, out)
	}
	for _, args := range [][]string{{"-c", "Dummy", "sset", "Nope", "1%"}, {"-c", "Missing", "sget", "Master"}} {
		if out, err := amixer(args...); err == nil {
			t.Errorf("amixer %v does not say that there is no such thing: %s", args, out)
		}
	}
}

// TestUSBCardIsPulledOut: the only card goes while the product plays on it, and comes back.
// The host pulls and plugs at the marks.
func TestUSBCardIsPulledOut(t *testing.T) {
	inside(t)
	data, token := prepared(t)
	b := serve(t, data, token, "--device", "default", "--settle", "200ms", "--tail", "200ms", "--buffer", "200ms")
	b.until("the card is open", func() bool { return b.air()["audible"] == true })
	notice := b.first()
	b.ask(http.MethodPost, "/announcements/"+notice+"/schedules", lab.Object{"kind": "now"})
	b.until("it sounds", func() bool { return b.air().Text("state") == "playing" })
	time.Sleep(15 * time.Second) // of a minute and more
	mark("pull")
	pulled := time.Now()
	b.until("the loss is told", func() bool { return b.air().Text("trouble") == "absent" })
	t.Logf("told %s after the host was asked to pull", time.Since(pulled).Round(time.Millisecond))
	if air := b.air(); air["up"] != false || !strings.Contains(air.Text("fault"), "nothing will be heard") {
		t.Errorf("the air without a card: %v", air)
	}
	time.Sleep(2 * time.Second)
	mark("plug")
	plugged := time.Now()
	b.until("the card is back", func() bool { return b.air()["audible"] == true })
	t.Logf("back %s after the host was asked to plug in", time.Since(plugged).Round(time.Millisecond))
	b.until("the notice goes on to its end", func() bool {
		rows, err := b.Rows(t.Context())
		return err == nil && len(rows) > 0 && rows[0].Text("outcome") != ""
	})
	rows, err := b.Rows(t.Context())
	check(t, err)
	var sounded time.Duration
	voices := map[string]bool{}
	for _, r := range rows {
		for _, a := range r.List("airings") {
			sounded += seconds(a.Number("frames") / 48000)
			if a.Text("part") == "voice" {
				voices[a.Text("recording")] = true
			}
		}
	}
	var pauses time.Duration
	for id := range voices {
		pauses += silence(playCopy(t, data, id))
	}
	t.Logf("as-run: %v", rows)
	mark("sounded " + sounded.String() + " " + pauses.String())
	if air := b.air(); air["trouble"] != nil || air["up"] != true {
		t.Errorf("the air with the card back: %v", air)
	}
	check(t, b.Stop())
}
