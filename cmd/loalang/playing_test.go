package main_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/audio/speaker/ruler"
	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
	"loalang/store"
)

// BenchmarkPlaying measures what all processes of serve take while a notice of more than
// a minute plays on the virtual card, after the pages were used: the resident set of each
// process added up, which counts pages that they share once for each, the same with
// shared pages shared out (Pss), both the highest of a look each second, and the
// processor's time of all of them in percent of one core.
func BenchmarkPlaying(b *testing.B) {
	d, _ := onCard(b)
	weighPlaying(b, d)
}

// BenchmarkPlayingMonitored is the same with a monitor input, arecord's process included: it
// listens to a line input of the virtual card that brings noise, so that the comparison has
// all its work.
func BenchmarkPlayingMonitored(b *testing.B) {
	need(b, sound)
	dir := b.TempDir()
	line := filepath.Join(dir, "line.s16")
	r, raw := rand.New(rand.NewPCG(1, 2)), make([]byte, 4*48000*180) // longer than the notice
	for i := 0; i < len(raw); i += 4 {
		v := uint16(int16(3000 * r.NormFloat64()))
		binary.LittleEndian.PutUint16(raw[i:], v)
		binary.LittleEndian.PutUint16(raw[i+2:], v)
	}
	if err := os.WriteFile(line, raw, 0o600); err != nil {
		b.Fatal(err)
	}
	card, err := ruler.Build(dir, ruler.Options{Capture: line})
	if err != nil {
		b.Skip(err)
	}
	// The name by which a monitor input is given leads to the line input.
	config, err := os.OpenFile(card.Config, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = config.WriteString("pcm.plughw { @args [ CARD ] @args.CARD { type string } type plug slave.pcm ruler }\n")
		err = errors.Join(err, config.Close())
	}
	if err != nil {
		b.Fatal(err)
	}
	data := b.TempDir()
	first := serve(b, data, "null", quick...).admit()
	token := first.token
	first.stop()
	keepGate(b, data)
	b.Setenv("ALSA_CONFIG_PATH", card.Config)
	d := serve(b, data, "default", append([]string{"--monitor", "Line"}, quick...)...)
	d.token = token
	d.until("the card is open and heard", func() bool {
		return d.call(http.MethodGet, "/air", nil, http.StatusOK)["audible"] == true && d.call(http.MethodGet, "/monitor", nil, http.StatusOK)["up"] == true
	})
	if m := d.call(http.MethodGet, "/monitor", nil, http.StatusOK); m["calibrated"] != true {
		b.Fatalf("what airs would not be measured: %v", m)
	}
	weighPlaying(b, d)
}

// keepGate gives the data of a board that is off a monitor input that was calibrated.
func keepGate(b *testing.B, data string) {
	b.Helper()
	s, err := store.Open(b.Context(), store.Config{
		Path: filepath.Join(data, "loalang.db"), Now: time.Now, NewID: func() string { return "history-of-the-gate" }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now().UTC()
	c := playout.Calibration{
		Owned: scheduler.Owned{ID: "gate", Village: "un-ta", Created: now}, By: "e2e", Ended: now, Gate: proof.Gate{Off: -80, On: -20, Sent: -20}, Score: 1,
		Setup: playout.MonitorSetup{Device: "plughw:CARD=Line"},
	}
	if err := errors.Join(s.SaveCalibration(b.Context(), c), s.Close()); err != nil {
		b.Fatal(err)
	}
}

// weighPlaying is the measurement of both.
func weighPlaying(b *testing.B, d *daemon) {
	b.Helper()
	const looks = 30
	id := d.announce(object{
		"title": "Đo bộ nhớ", "renditions": []object{{"language": "vi"}},
		"text": strings.Repeat("Kính mời bà con đến nhà văn hóa thôn họp lúc bảy giờ tối nay. ", 30),
	})
	fetch(b, d.url+"/sign-in")
	for _, path := range []string{"/announcements", "/plan", "/air", "/health"} {
		d.call(http.MethodGet, path, nil, http.StatusOK)
	}
	d.airAt(id, time.Now().Add(12*time.Second))
	onAir := func() bool { return d.call(http.MethodGet, "/air", nil, http.StatusOK)["on_air"] != nil }
	d.until("the notice is on air", onAir)
	time.Sleep(2 * time.Second) // the settle time
	began, before := time.Now(), worked(b, d.cmd.Process.Pid)
	var resident, shared, own float64
	for range looks {
		time.Sleep(time.Second)
		var all, share float64
		for _, pid := range family(b, d.cmd.Process.Pid) {
			all += rss(b, pid)
			share += pss(b, pid)
		}
		resident, shared, own = max(resident, all), max(shared, share), max(own, rss(b, d.cmd.Process.Pid))
	}
	took := time.Since(began)
	cpu := worked(b, d.cmd.Process.Pid) - before
	if !onAir() {
		b.Fatal("the notice was over before the measurement was")
	}
	b.ReportMetric(resident, "all-MB")
	b.ReportMetric(shared, "all-Pss-MB")
	b.ReportMetric(own, "serve-MB")
	b.ReportMetric(100*cpu.Seconds()/took.Seconds(), "%-of-a-core")
}

// family is a process and all that it started and that are there still.
func family(b testing.TB, pid int) []int {
	b.Helper()
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", all[i]))
		if err != nil {
			continue // it has ended
		}
		for _, task := range tasks {
			raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", all[i], task.Name()))
			if err != nil {
				continue // the thread has ended
			}
			for _, child := range strings.Fields(string(raw)) {
				n, err := strconv.Atoi(child)
				if err != nil {
					b.Fatal(err)
				}
				all = append(all, n)
			}
		}
	}
	return all
}

var proportionalSet = regexp.MustCompile(`(?m)^Pss:\s+(\d+) kB`)

// pss is what a process takes in MB, pages shared with others divided by their number.
func pss(b testing.TB, pid int) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	found := proportionalSet.FindSubmatch(raw)
	if err != nil || found == nil {
		b.Fatalf("the kernel does not say what process %d takes: %v", pid, err)
	}
	kb, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb / 1024
}

// worked is the time that the processor spent on a process and on all that it started.
func worked(b testing.TB, pid int) (all time.Duration) {
	b.Helper()
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	for _, pid := range family(b, pid) {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			b.Fatal(err)
		}
		_, after, _ := strings.Cut(string(raw), ") ")
		columns := strings.Fields(after)
		for _, column := range columns[11:13] { // utime and stime
			n, err := strconv.ParseInt(column, 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			all += time.Duration(n) * tick
		}
	}
	return all
}
