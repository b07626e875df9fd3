package main_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"loalang/playout"
)

// renderWorklet sends a second of a tone through the page's sound thread, as fast as
// the browser can.
const renderWorklet = `(async () => {
	const c = new OfflineAudioContext(1, %[1]d, %[1]d);
	await c.audioWorklet.addModule("/microphone.js");
	const node = new AudioWorkletNode(c, "microphone", { outputChannelCount: [1] });
	const got = [];
	node.port.onmessage = (e) => got.push(e.data);
	const tone = new OscillatorNode(c, { frequency: %[2]f });
	tone.connect(new GainNode(c, { gain: 0.5 })).connect(node).connect(c.destination);
	tone.start();
	const out = await c.startRendering();
	await new Promise((done) => setTimeout(done, 500));
	return {
		seqs: got.map((p) => new DataView(p).getUint32(0, true)),
		micros: got.map((p) => Number(new DataView(p).getBigUint64(4, true))),
		frames: got.flatMap((p) => Array.from(new Int16Array(p.slice(12)))),
		echo: Math.max(...out.getChannelData(0).map(Math.abs)),
	};
})().then((r) => (window.done = r))`

// rendered is what renderWorklet gives.
type rendered struct {
	Seqs   []int64   `json:"seqs"`
	Micros []int64   `json:"micros"`
	Frames []float64 `json:"frames"`
	Echo   float64   `json:"echo"`
}

// The page's worklet makes 24 kHz of whatever rate a microphone has: a voice comes
// through as it was, and what lies above is not folded into it.
func TestWorkletResamples(t *testing.T) {
	b := newBrowser(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, "<!doctype html><title>worklet</title>")
	})
	mux.HandleFunc("GET /microphone.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join("..", "..", "web", "static", "microphone.js"))
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	b.open(server.URL)
	for _, tt := range []struct {
		rate  int
		hertz float64
		above bool // it lies above what 24 kHz can hold
	}{
		{48000, 440, false},
		{44100, 440, false},
		{16000, 440, false},
		{96000, 440, false},
		{48000, 7000, false},
		{44100, 7000, false},
		{48000, 13500, true},
		{44100, 13500, true},
		{48000, 18000, true},
	} {
		t.Run(fmt.Sprintf("%g Hz at %d", tt.hertz, tt.rate), func(t *testing.T) {
			js[bool](b, "(window.done = null, "+fmt.Sprintf(renderWorklet, tt.rate, tt.hertz)+", true)")
			b.until("the tone is rendered", "window.done")
			r := js[rendered](b, "window.done")
			if n := len(r.Seqs); n < 48 || n > 50 || len(r.Frames) != n*playout.LiveFrames || r.Echo != 0 {
				t.Fatalf("%d packets of %d frames for a second, and %v is heard in the room", n, len(r.Frames), r.Echo)
			}
			for i, seq := range r.Seqs {
				if seq != int64(i) {
					t.Fatalf("packet %d has the number %d", i, seq)
				}
				if off := time.Duration(r.Micros[i]-r.Micros[0])*time.Microsecond - time.Duration(i)*20*time.Millisecond; off.Abs() > 9*time.Millisecond {
					t.Errorf("packet %d is %s off the clock", i, off)
				}
			}
			signal, rest := split(r.Frames[2400:21600], tt.hertz/playout.LiveRate)
			switch power := 10 * math.Log10((signal+rest)/32768/32768); {
			case tt.above && power > -60:
				t.Errorf("of a tone that cannot be held there are %.1f dB", power)
			case tt.above:
			case math.Abs(power-10*math.Log10(0.125)) > 0.3:
				t.Errorf("it has %.1f dB, want %.1f", power, 10*math.Log10(0.125))
			case 10*math.Log10(rest/signal) > -50:
				t.Errorf("what is not the tone lies only %.1f dB below it", -10*math.Log10(rest/signal))
			}
		})
	}
}

// split parts frames into the power of a tone, of turns a frame, and that of all else.
func split(frames []float64, turns float64) (signal, rest float64) {
	var in, quad, all float64
	n := float64(len(frames))
	for i, v := range frames {
		sin, cos := math.Sincos(2 * math.Pi * turns * float64(i))
		in, quad, all = in+v*sin, quad+v*cos, all+v*v
	}
	signal = 2 * (in*in + quad*quad) / n / n
	return signal, math.Max(all/n-signal, 1e-9)
}
