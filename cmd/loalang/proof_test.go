package main_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// earFile is the environment variable that makes this test binary, under the name of
// arecord, hear what a board plays.
const earFile = "LOALANG_TEST_EAR"

// earOrders is what the standing-in arecord is told while it runs.
type earOrders struct {
	Tape string  `json:"tape"` // WAV that the file device writes
	Gain float64 `json:"gain"` // dB between the card and the monitor input
	Gone bool    `json:"gone"` // the card was pulled
}

// hearAsArecord is arecord: it gives the sound of the tape as it grows.
func hearAsArecord() {
	if os.Getenv(earFile) == "" || filepath.Base(os.Args[0]) != "arecord" {
		return
	}
	if err := hearTape(os.Getenv(earFile)); err != nil {
		fmt.Fprintln(os.Stderr, "arecord: main:831: audio open error: "+err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

func hearTape(control string) error {
	tape, err := os.Open(mustOrders(control).Tape)
	if err != nil {
		return err
	}
	if _, err := tape.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(7, 8))
	raw := make([]byte, 9600)
	for {
		o := mustOrders(control)
		if o.Gone {
			return errors.New("no such device")
		}
		n, err := tape.Read(raw)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		n -= n % 2
		for i := 0; i < n; i += 2 {
			v := float64(int16(binary.LittleEndian.Uint16(raw[i:])))*math.Pow(10, o.Gain/20) + 10*r.NormFloat64()
			binary.LittleEndian.PutUint16(raw[i:], uint16(int16(math.Max(-32768, math.Min(32767, v)))))
		}
		if _, err := os.Stdout.Write(raw[:n]); err != nil {
			return nil // nobody listens any more
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func mustOrders(control string) (o earOrders) {
	raw, err := os.ReadFile(control)
	if err == nil {
		err = json.Unmarshal(raw, &o)
	}
	if err != nil {
		panic(err)
	}
	return o
}

// loudspeaker is a board's loudspeaker with a monitor input behind the amplifier.
type loudspeaker struct {
	t       *testing.T
	control string

	mu   sync.Mutex
	o    earOrders
	dead bool // the amplifier gives nothing, whatever its relay says
}

// newLoudspeaker puts an arecord before the one of this machine.
func newLoudspeaker(t *testing.T, tape string) *loudspeaker {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "arecord")); err != nil {
		t.Fatal(err)
	}
	l := &loudspeaker{t: t, control: filepath.Join(t.TempDir(), "ear.json"), o: earOrders{Tape: tape, Gain: -60}}
	l.tell(func(*earOrders) {})
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv(earFile, l.control)
	return l
}

func (l *loudspeaker) tell(change func(*earOrders)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.o)
	raw, err := json.Marshal(l.o)
	if err == nil {
		err = os.WriteFile(l.control+".new", raw, 0o600)
	}
	if err == nil {
		err = os.Rename(l.control+".new", l.control)
	}
	if err != nil {
		l.t.Error(err)
	}
}

// follow lets the amplifier do what the board says of its relay, until the test ends.
func (l *loudspeaker) follow(d *daemon) {
	stop := make(chan struct{})
	var all sync.WaitGroup
	l.t.Cleanup(func() { close(stop); all.Wait() })
	all.Go(func() {
		was := -60.0
		for {
			select {
			case <-stop:
				return
			case <-time.After(30 * time.Millisecond):
			}
			status, air := d.try(http.MethodGet, "/air", nil)
			amp, ok := air["amp"].(map[string]any)
			if status != http.StatusOK || !ok {
				continue
			}
			gain := -60.0
			l.mu.Lock()
			if amp["keyed"] == true && !l.dead {
				gain = -20
			}
			l.mu.Unlock()
			if gain != was {
				was = gain
				l.tell(func(o *earOrders) { o.Gain = gain })
			}
		}
	})
}

// What a real serve sends goes through an amplifier into the monitor input of a real
// serve: heard, lost in mid-broadcast, silent, and not measured while the card is out.
func TestProofOfPlay(t *testing.T) {
	need(t, sound)
	tape := filepath.Join(t.TempDir(), "air.wav")
	speaker := newLoudspeaker(t, tape)
	d := serve(t, t.TempDir(), "file:"+tape, append([]string{"--monitor", "Monitor"}, quick...)...).admit()
	speaker.follow(d)
	d.until("the monitor input is heard", func() bool { return d.call(http.MethodGet, "/monitor", nil, http.StatusOK)["up"] == true })
	id := d.announce(object{"title": "Mời họp thôn", "text": notice, "renditions": []object{{"language": "vi"}}})

	row := d.proved(id)
	if proof := row["proof"].(map[string]any); row["heard"] != "not-measured" || proof["why"] != "uncalibrated" {
		t.Errorf("before the calibration: %v", row)
	}
	if out, errs, code := loalang(t, "", "monitor", "calibrate", "--data", d.data); code != 0 || !strings.Contains(out, "Calibrated") {
		t.Fatalf("calibrate: %d %s%s\n%s", code, out, errs, d.log)
	}
	row = d.proved(id)
	if proof := row["proof"].(map[string]any); row["heard"] != "yes" || proof["share"].(float64) < .9 {
		t.Errorf("with all well: %v", row)
	}
	picture := d.call(http.MethodGet, "/asrun/"+url.PathEscape(row["occurrence"].(string))+"/heard", nil, http.StatusOK)["envelopes"].(map[string]any)
	if n := len(picture["sent"].([]any)); n < 40 || len(picture["heard"].([]any)) != n {
		t.Errorf("the picture: %v", picture)
	}
	speaker.dies(d, id)
	speaker.isPulled(d, id)
}

// dies lets the amplifier die while it is keyed, in the middle of a longer notice.
func (l *loudspeaker) dies(d *daemon, id string) {
	l.t.Helper()
	long := d.announce(object{"title": "Bản tin dài", "text": strings.Repeat(notice+" ", 5), "renditions": []object{{"language": "vi"}}})
	d.airAt(long, time.Now().Add(10*time.Second))
	d.until("it sounds", func() bool {
		on, ok := d.call(http.MethodGet, "/air", nil, http.StatusOK)["on_air"].(map[string]any)
		return ok && on["announcement"] == long && on["part"] == "voice"
	})
	time.Sleep(5 * time.Second) // what is heard first is no fault: sound takes its time
	l.mu.Lock()
	l.dead = true
	l.mu.Unlock()
	d.until("the loss is told while it sounds", func() bool {
		air := d.call(http.MethodGet, "/air", nil, http.StatusOK)
		lost, ok := air["lost"].(map[string]any)
		return ok && lost["heard"] == "silent" && lost["title"] == "Bản tin dài" && air["on_air"] != nil
	})
	row := d.provedRow(long)
	if proof := row["proof"].(map[string]any); row["heard"] != "silent" || row["outcome"] != "played" || proof["lost"].(float64) < 8 {
		l.t.Errorf("after the amplifier died: %v", row)
	}
	l.mu.Lock()
	l.dead = false
	l.mu.Unlock()
	if lost := d.call(http.MethodGet, "/air", nil, http.StatusOK)["lost"]; lost != nil {
		l.t.Errorf("it is lost still: %v", lost)
	}
}

// isPulled pulls the monitor's card, and plugs it in again.
func (l *loudspeaker) isPulled(d *daemon, id string) {
	l.t.Helper()
	l.tell(func(o *earOrders) { o.Gone = true })
	d.until("the card is gone", func() bool {
		m := d.call(http.MethodGet, "/monitor", nil, http.StatusOK)
		return m["up"] == false && m["trouble"] == "gone"
	})
	row := d.proved(id)
	if proof := row["proof"].(map[string]any); row["heard"] != "not-measured" || proof["why"] != "no-monitor" {
		l.t.Errorf("without the monitor: %v", row)
	}
	l.tell(func(o *earOrders) { o.Gone = false })
	d.until("the card is back", func() bool { return d.call(http.MethodGet, "/monitor", nil, http.StatusOK)["up"] == true })
}

// proved airs an announcement and waits for the verdict on it.
func (d *daemon) proved(id string) object {
	d.t.Helper()
	before := len(d.rowsOf(id))
	d.airAt(id, time.Now().Add(10*time.Second))
	d.until("it aired", func() bool {
		rows := d.rowsOf(id)
		return len(rows) > before && rows[len(rows)-1]["outcome"] != nil
	})
	return d.provedRow(id)
}

// provedRow waits for the verdict on the newest row of an announcement.
func (d *daemon) provedRow(id string) (row object) {
	d.t.Helper()
	d.until("it is known whether it was heard", func() bool {
		rows := d.rowsOf(id)
		if len(rows) == 0 {
			return false
		}
		row = rows[len(rows)-1]
		return row["outcome"] != nil && row["proof"] != nil
	})
	// It is looked for every 20 ms, and others work beside this test: they may take a second.
	if late := time.Since(instant(d.t, row["ended"])); late > 10*time.Second+time.Second {
		d.t.Errorf("the verdict came %v after the end, want it within 10 s", late)
	}
	return row
}

func (d *daemon) rowsOf(id string) (rows []object) {
	for _, r := range d.rows() {
		if r["announcement"] == id {
			rows = append(rows, r)
		}
	}
	return rows
}
