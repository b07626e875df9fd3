package main_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
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

// weighPlaying is the measurement of both. Where the host stalls the card is opened anew with a larger
// buffer: then it is made again, by that buffer, some times.
func weighPlaying(b *testing.B, d *daemon) {
	b.Helper()
	const tries = 4
	id := d.announce(object{
		"title": "Đo bộ nhớ", "renditions": []object{{"language": "vi"}},
		"text": strings.Repeat("Kính mời bà con đến nhà văn hóa thôn họp lúc bảy giờ tối nay. ", 30),
	})
	fetch(b, d.url+"/sign-in")
	for _, path := range []string{"/announcements", "/plan", "/air", "/health"} {
		d.call(http.MethodGet, path, nil, http.StatusOK)
	}
	for range tries {
		if weighOnce(b, d, id) {
			return
		}
	}
	b.Fatalf("the card or the monitor input was opened anew in each of %d tries", tries)
}

// weighOnce weighs while a notice airs, and is false where the processes were others at its end.
func weighOnce(b *testing.B, d *daemon, id string) bool {
	b.Helper()
	const spans, looks = 5, 15
	d.airAt(id, time.Now().Add(12*time.Second))
	onAir := func() bool { return d.call(http.MethodGet, "/air", nil, http.StatusOK)["on_air"] != nil }
	d.until("the notice is on air", onAir)
	time.Sleep(2 * time.Second) // the settle time
	children := companions(b, d.cmd.Process.Pid)
	var resident, shared, own float64
	var shares []float64
	for range spans {
		began, before := time.Now(), worked(b, d.cmd.Process.Pid)
		for range looks {
			time.Sleep(time.Second)
			var all, share float64
			for _, pid := range family(b, d.cmd.Process.Pid) {
				all += rss(b, pid)
				share += pss(b, pid)
			}
			resident, shared, own = max(resident, all), max(shared, share), max(own, rss(b, d.cmd.Process.Pid))
		}
		after := worked(b, d.cmd.Process.Pid)
		took, parts, all := time.Since(began), []string{}, 0.0
		for _, name := range slices.Sorted(maps.Keys(after)) {
			share := 100 * (after[name] - before[name]).Seconds() / took.Seconds()
			parts, all = append(parts, fmt.Sprintf("%s %.2f %%", name, share)), all+share
		}
		shares = append(shares, all)
		b.Logf("of a core %.2f %%: %s", all, strings.Join(parts, ", "))
	}
	if is := companions(b, d.cmd.Process.Pid); !slices.Equal(is, children) {
		b.Logf("the card or the monitor input was opened anew meanwhile: processes %v, then %v", children, is)
		d.until("the notice is over", func() bool { return !onAir() })
		return false
	}
	slices.Sort(shares)
	if !onAir() {
		b.Fatal("the notice was over before the measurement was")
	}
	b.ReportMetric(resident, "all-MB")
	b.ReportMetric(shared, "all-Pss-MB")
	b.ReportMetric(own, "serve-MB")
	b.ReportMetric(shares[len(shares)/2], "%-of-a-core")
	b.ReportMetric(shares[len(shares)-1], "%-of-a-core-at-worst")
	b.ReportMetric(d.call(http.MethodGet, "/air", nil, http.StatusOK)["buffer"].(float64)*1000, "buffer-ms")
	return true
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

// worked is the time that the processor spent on a process and on all that it started, by what they
// are called; of those that have ended it stands with whoever started them.
func worked(b testing.TB, pid int) map[string]time.Duration {
	b.Helper()
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	all := map[string]time.Duration{}
	for _, pid := range family(b, pid) {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // it ends just now
		}
		if err != nil {
			b.Fatal(err)
		}
		name, after, _ := strings.Cut(string(raw), ") ")
		_, name, _ = strings.Cut(name, " (")
		name += " " + calling(pid)
		columns := strings.Fields(after)
		for i, column := range columns[11:15] { // utime and stime, then those of children that were waited for
			n, err := strconv.ParseInt(column, 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			if i < 2 {
				all[name] += time.Duration(n) * tick
			} else {
				all["what has ended"] += time.Duration(n) * tick
			}
		}
	}
	return all
}

// calling is the first word behind the name of a program, such as serve and speaker; empty for others.
func calling(pid int) string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	words := strings.Split(string(raw), "\x00")
	if err != nil || len(words) < 2 || strings.HasPrefix(words[1], "-") {
		return ""
	}
	return words[1]
}

// companions are the children that are there for good: who holds the card, and who listens.
func companions(b testing.TB, pid int) (all []int) {
	b.Helper()
	for _, child := range family(b, pid)[1:] {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", child))
		if name := strings.TrimSpace(string(raw)); err == nil && (name == "arecord" || calling(child) == "speaker") {
			all = append(all, child)
		}
	}
	slices.Sort(all)
	return all
}
