package main_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"loalang/playout"
	"loalang/recordings"
)

// beepEvery and beepLength are the pattern of what speaks live here: a tone at the
// beginning of each second.
const (
	beepEvery  = 50 // packets
	beepLength = 10
)

// microphone is a program that speaks live over the API.
type microphone struct {
	d    *daemon
	conn *websocket.Conn
	stop chan struct{}
	done sync.WaitGroup

	mu     sync.Mutex
	states []object
	beeps  []time.Time // when the first frame of each tone was captured
}

// line is what the network does to packets.
type line struct {
	jitter time.Duration // each packet takes up to so long
	loss   float64
}

// goLive opens a line and begins; it speaks until stop is closed.
func (d *daemon) goLive(l line) *microphone {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, d.url+"/api/v1/live", &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + d.token}}})
	if err != nil {
		d.t.Fatalf("%v\n%s", err, d.log)
	}
	m := &microphone{d: d, conn: conn, stop: make(chan struct{})}
	d.t.Cleanup(func() { m.hangUp() })
	m.order("start")
	m.done.Go(m.listen)
	m.done.Go(func() { m.speak(l) })
	return m
}

func (m *microphone) order(what string) {
	m.d.t.Helper()
	if err := m.conn.Write(context.Background(), websocket.MessageText, []byte(`{"type":"`+what+`"}`)); err != nil {
		m.d.t.Errorf("order %s: %v", what, err)
	}
}

// hush sends no packet any more.
func (m *microphone) hush() {
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-m.stop:
	default:
		close(m.stop)
	}
}

func (m *microphone) hangUp() {
	m.hush()
	_ = m.conn.CloseNow() // it may be closed
	m.done.Wait()
}

// listen keeps what the board says.
func (m *microphone) listen() {
	for {
		_, raw, err := m.conn.Read(context.Background())
		if err != nil {
			return
		}
		s := object{}
		if err := json.Unmarshal(raw, &s); err != nil {
			m.d.t.Errorf("the board says %s", raw)
		}
		m.mu.Lock()
		m.states = append(m.states, s)
		m.mu.Unlock()
	}
}

// last is what the board said last.
func (m *microphone) last() object {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.states) == 0 {
		return object{}
	}
	return m.states[len(m.states)-1]
}

// loudest is the highest level that the board told.
func (m *microphone) loudest() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	top := -120.0
	for _, s := range m.states {
		top = max(top, s["level"].(map[string]any)["rms"].(float64))
	}
	return top
}

func (m *microphone) until(stage string) object {
	m.d.t.Helper()
	m.d.until("the live voice is "+stage, func() bool { return m.last()["stage"] == stage })
	return m.last()
}

// speak sends a packet each 20 ms as it is captured, over a line that delays and
// loses some: what overtakes comes out of order.
func (m *microphone) speak(l line) {
	began := time.Now()
	var under sync.WaitGroup
	defer under.Wait()
	for seq := uint32(0); ; seq++ {
		captured := began.Add(time.Duration(seq) * 20 * time.Millisecond)
		select {
		case <-m.stop:
			return
		case <-time.After(time.Until(captured.Add(20 * time.Millisecond))): // its last frame is captured
		}
		if seq%beepEvery == 0 {
			m.mu.Lock()
			m.beeps = append(m.beeps, captured)
			m.mu.Unlock()
		}
		if rand.Float64() < l.loss {
			continue
		}
		raw := packet(seq)
		under.Go(func() {
			if l.jitter > 0 {
				time.Sleep(rand.N(l.jitter))
			}
			_ = m.conn.Write(context.Background(), websocket.MessageBinary, raw) // the line may have ended
		})
	}
}

// packet is 20 ms of the pattern.
func packet(seq uint32) []byte {
	raw := binary.LittleEndian.AppendUint32(nil, seq)
	raw = binary.LittleEndian.AppendUint64(raw, uint64(seq)*20000)
	for i := range playout.LiveFrames {
		v := 0.0
		if seq%beepEvery < beepLength {
			v = 8000 * math.Sin(2*math.Pi*1000*float64(i)/playout.LiveRate)
		}
		raw = binary.LittleEndian.AppendUint16(raw, uint16(int16(v)))
	}
	return raw
}

// onsets are the instants at which sound begins after a quarter of a second of
// quiet.
func (tp tape) onsets() (all []time.Time) {
	quiet := 0
	for i, v := range tp.frames {
		if abs(v) < 600 {
			quiet++
			continue
		}
		if quiet > 12000 {
			all = append(all, tp.when(i))
		}
		quiet = 0
	}
	return all
}

// What is spoken live over a bad line is heard behind the chime, soon, and is in
// the library and in the as-run afterwards.
func TestSpeakLiveOverABadLine(t *testing.T) {
	need(t, sound)
	dir := t.TempDir()
	tapeName := filepath.Join(dir, "air.wav")
	d := serve(t, filepath.Join(dir, "data"), "file:"+tapeName, quick...).admit()
	m := d.goLive(line{jitter: 60 * time.Millisecond, loss: 0.02})
	m.until("live")
	time.Sleep(12 * time.Second)
	if s := m.last(); s["taped"] != "yes" || m.loudest() < -30 {
		t.Errorf("the page would show %v, and at its loudest %v dB", s, m.loudest())
	}
	m.order("end")
	if s := m.until("ended"); s["cause"] != playout.EndSpeaker {
		t.Errorf("it ends with %v", s)
	}
	m.hangUp()
	row := d.liveRow("played")
	if row["by"] != "e2e" || !strings.HasPrefix(row["title"].(string), "Trực tiếp ") {
		t.Errorf("the as-run has %v", row)
	}
	d.until("the recording is named in the as-run", func() bool { return d.liveRecording() != "" })
	rec := d.call("GET", "/recordings/"+d.liveRecording(), nil, 200)
	if rec["title"] != row["title"] || rec["kind"] != "take" || rec["length"].(float64) < 10 {
		t.Errorf("in the library is %v", rec)
	}
	d.stop()

	tp := readTape(t, tapeName)
	chime := find(tp.frames, builtIn(t, recordings.ChimeSound))
	if chime < 0 {
		t.Fatal("no chime sounded")
	}
	delays := m.delays(tp, tp.when(chime))
	t.Logf("from the microphone to the card: %v", delays)
	if len(delays) < 5 {
		t.Fatalf("only %d of the tones were heard", len(delays))
	}
	// 20 ms of packet, 200 of the buffer, 10 of the chain and the file device; the
	// rest is for a loaded machine.
	if half := delays[len(delays)/2]; half > 600*time.Millisecond {
		t.Errorf("a word takes %v from the microphone to the card", half)
	}
}

// delays are how long each tone took from its capture to the card, the shortest
// first.
func (m *microphone) delays(tp tape, after time.Time) (all []time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, heard := range tp.onsets() {
		if heard.Before(after.Add(5 * time.Second)) { // the chime's strokes
			continue
		}
		for _, said := range m.beeps {
			if d := heard.Sub(said); d > 0 && d < 900*time.Millisecond {
				all = append(all, d)
			}
		}
	}
	slices.Sort(all)
	return all
}

// liveRow waits for the as-run row of somebody who spoke live to have an outcome.
func (d *daemon) liveRow(outcome string) (row object) {
	d.t.Helper()
	d.until("the as-run has a live row that is "+outcome, func() bool {
		for _, r := range d.rows() {
			if r["kind"] == string(playout.KindLive) && r["outcome"] == outcome {
				row = r
				return true
			}
		}
		return false
	})
	return row
}

// liveRecording is what the as-run says was made of the live voice.
func (d *daemon) liveRecording() string {
	d.t.Helper()
	for _, r := range d.rows() {
		for _, a := range airings(r) {
			if a["part"] == "live" && a["recording"] != nil {
				return a["recording"].(string)
			}
		}
	}
	return ""
}

// An emergency takes the output from whoever speaks live, who goes on when it is
// over; nobody else may begin meanwhile.
func TestEmergencyOverALiveVoice(t *testing.T) {
	t.Parallel()
	need(t, sound)
	tapeName := filepath.Join(t.TempDir(), "air.wav")
	d := serve(t, t.TempDir(), "file:"+tapeName, quick...).admit()
	m := d.goLive(line{})
	m.until("live")
	time.Sleep(2 * time.Second)
	second := d.goLive(line{})
	if s := second.until("ended"); s["cause"] != "busy" || !strings.Contains(s["detail"].(string), "e2e") {
		t.Errorf("the second is told %v", s)
	}
	raised := time.Now()
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "thử", "repeat": 3}, http.StatusCreated)
	m.until("muted")
	time.Sleep(2 * time.Second)
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	lowered := time.Now()
	m.until("live")
	back := time.Now()
	time.Sleep(4 * time.Second)
	m.order("end")
	m.until("ended")
	m.hangUp()
	row := d.liveRow("played")
	live := 0
	for _, a := range airings(row) {
		if a["part"] == "live" {
			live++
		}
	}
	if live < 2 {
		t.Errorf("the as-run has %d stretches of the voice, want two or more: %v", live, row)
	}
	d.stop()
	tp := readTape(t, tapeName)
	siren := tp.between(raised.Add(500*time.Millisecond), lowered)
	if l := meanSquare(siren); l < 1e-3 {
		t.Errorf("the siren's power is %v", l)
	}
	beeps := 0
	for _, at := range tp.onsets() {
		if at.After(back.Add(500 * time.Millisecond)) {
			beeps++
		}
	}
	if beeps < 2 {
		t.Errorf("after the emergency %d tones were heard", beeps)
	}
}

func meanSquare(frames []int16) float64 {
	var sum float64
	for _, v := range frames {
		sum += float64(v) * float64(v) / 32768 / 32768
	}
	return sum / float64(max(1, len(frames)))
}

// What was said before a power cut is in the library after the next start, and
// the as-run names it.
func TestPowerCutWhileSomebodySpeaksLive(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	m := d.goLive(line{})
	m.until("live")
	time.Sleep(5 * time.Second)
	d.kill()
	m.hangUp()
	again := serve(t, data, "null", quick...)
	again.token = d.token
	again.until("the recording is named in the as-run", func() bool { return again.liveRecording() != "" })
	rec := again.call("GET", "/recordings/"+again.liveRecording(), nil, 200)
	if rec["length"].(float64) < 2 {
		t.Errorf("in the library is %v", rec)
	}
	for _, r := range again.rows() {
		if r["kind"] == string(playout.KindLive) && r["outcome"] != "cut" {
			t.Errorf("the as-run has %v", r)
		}
	}
}

// live speaks until it is on the air: a disk that stalls for longer than the limit keeps a
// voice from being claimed.
func (d *daemon) live() *microphone {
	d.t.Helper()
	for range 5 {
		m := d.goLive(line{})
		d.until("the live voice is live, or over", func() bool { s := m.last()["stage"]; return s == "live" || s == "ended" })
		if m.last()["stage"] == "live" {
			return m
		}
		m.hangUp()
	}
	d.t.Fatal("the live voice never came on the air")
	return nil
}

// Whoever says nothing, or whose line breaks, does not keep the output.
func TestLiveVoiceEndsByItself(t *testing.T) {
	t.Parallel()
	d := serve(t, t.TempDir(), "null", append(slices.Clone(quick), "--live-silence", "8s", "--live-limit", "12s")...).admit()
	m := d.live()
	if s := m.until("ended"); s["cause"] != playout.EndLimit {
		t.Errorf("it ends with %v", s)
	}
	m.hangUp()
	lost := d.live()
	lost.hush()
	if s := lost.until("ended"); s["cause"] != playout.EndLink && s["cause"] != playout.EndSilence {
		t.Errorf("it ends with %v", s)
	}
	lost.hangUp()
	if row := d.liveRow("played"); row["cause"] == nil {
		t.Errorf("the as-run does not say why: %v", row)
	}
}
