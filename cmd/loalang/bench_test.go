package main_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/recordings"
)

// onCard starts serve on the virtual card, with more flags, and waits until it is
// open.
func onCard(b testing.TB, flags ...string) (d *daemon, dir string) {
	b.Helper()
	need(b, sound)
	dir, env := card(b)
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		b.Setenv(name, value)
	}
	d = serve(b, b.TempDir(), "default", append(flags, quick...)...).admit()
	d.until("the card is open", func() bool { return d.call(http.MethodGet, "/air", nil, http.StatusOK)["audible"] == true })
	return d, dir
}

// yardstick measures beside a benchmark how long this machine keeps any
// real-time program waiting: an underrun of the card while the host of a virtual
// machine did something else is not the program's. It adds its figures when
// finish is called.
func yardstick(b *testing.B) (finish func()) {
	b.Helper()
	exe := filepath.Join(b.TempDir(), "stall")
	if out, err := exec.Command("gcc", "-O2", "-o", exe, "testdata/stall.c").CombinedOutput(); err != nil {
		b.Fatalf("gcc: %v\n%s", err, out)
	}
	cmd := exec.Command(exe)
	end, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	return func() {
		_ = end.Close() // its end is what tells the yardstick to stop
		if err := cmd.Wait(); err != nil {
			b.Logf("no yardstick: %v", err) // no real-time priority for it either
			return
		}
		var wakes, late, worst int64
		if _, err := fmt.Sscan(out.String(), &wakes, &late, &worst); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(late), "machine-late")
		b.ReportMetric(float64(worst)/1e6, "machine-worst-ms")
	}
}

// report prints median, 95th percentile and maximum in milliseconds.
func report(b *testing.B, what string, ms []float64) {
	b.Helper()
	if len(ms) == 0 {
		b.Fatalf("nothing measured for %s", what)
	}
	slices.Sort(ms)
	at := func(p float64) float64 { return ms[min(len(ms)-1, int(p*float64(len(ms))))] }
	b.ReportMetric(at(0.5), what+"-median-ms")
	b.ReportMetric(at(0.95), what+"-p95-ms")
	b.ReportMetric(ms[len(ms)-1], what+"-max-ms")
}

// BenchmarkStarts gives 30 starts at random instants through the API and
// measures on the virtual card how far the chime was off: |error|. It takes
// about five minutes.
func BenchmarkStarts(b *testing.B) {
	const starts = 30
	d, dir := onCard(b)
	finish := yardstick(b)
	due := d.startsGiven(starts)
	air := d.call(http.MethodGet, "/air", nil, http.StatusOK)
	realtime := air["real_time"] == true
	finish()
	d.stop()
	runs, dry := heard(b, dir)
	off := errorsOf(b, runs, due)
	report(b, "start", off)
	b.ReportMetric(float64(starts-len(off)), "lost")
	b.ReportMetric(float64(dry), "underruns")
	b.ReportMetric(map[bool]float64{true: 1}[realtime], "real-time")
}

// startsGiven gives a notice so many starts at random instants, waits until they are
// over and says when each was due.
func (d *daemon) startsGiven(starts int) []audio.Instant {
	d.t.Helper()
	id := d.announce(object{"title": "Đo giờ", "text": "Một.", "renditions": []object{{"language": "vi"}}})
	length := 0.0
	for _, r := range d.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK)["renditions"].([]any) {
		if of, ok := object(r.(map[string]any))["length"].(float64); ok {
			length = max(length, of)
		}
	}
	step := time.Duration((length+2.5+0.7+2.5)*float64(time.Second)) + time.Second
	at := time.Now().Add(12 * time.Second)
	var due []audio.Instant
	for range starts {
		t := at.Add(time.Duration(rand.Int64N(int64(time.Second)))).Truncate(time.Microsecond)
		d.airAt(id, t)
		due = append(due, audio.Monotonic().Add(time.Until(t.Round(0))))
		at = at.Add(step)
	}
	time.Sleep(time.Until(at) + 2*time.Second)
	return due
}

// errorsOf is by how many milliseconds each start was off, of those that were heard.
func errorsOf(t testing.TB, runs []played, due []audio.Instant) (off []float64) {
	t.Helper()
	// The beginning is enough: a card that runs dry later must not hide a start.
	chime := builtIn(t, recordings.ChimeSound)[:9600]
	for _, instant := range due {
		if e, ok := errorOf(runs, chime, int64(instant)); ok {
			off = append(off, e)
		}
	}
	return off
}

// errorOf finds a clip within 50 ms of an instant and says by how many
// milliseconds it was off.
func errorOf(runs []played, clip []int16, due int64) (ms float64, ok bool) {
	for _, r := range runs {
		expected := int((due - r.at) * 48 / 1_000_000)
		from, to := expected-2400, expected+2400+len(clip)
		if from < 0 || to > len(r.frames) {
			continue
		}
		if i := find(r.frames[from:to], clip); i >= 0 {
			left := r.at + int64(from+i)*1_000_000/48
			return max(float64(left-due), float64(due-left)) / 1e6, true
		}
	}
	return 0, false
}

// BenchmarkEmergency measures from the API call to the first sample of the
// siren on the virtual card, and from the call that stops it to the last, 30 times
// each: with the default buffer and with the smallest.
func BenchmarkEmergency(b *testing.B) {
	for _, buffer := range []string{"6ms", "2ms"} {
		b.Run(buffer, func(b *testing.B) { emergencies(b, buffer) })
	}
}

func emergencies(b *testing.B, buffer string) {
	d, dir := onCard(b, "--buffer", buffer)
	finish := yardstick(b)
	var raised, lowered []int64
	for range 30 {
		raised = append(raised, int64(audio.Monotonic()))
		d.call(http.MethodPost, "/emergency", object{"title": "Đo", "reason": "đo độ trễ", "source": "đo"}, http.StatusCreated)
		time.Sleep(600*time.Millisecond + time.Duration(rand.Int64N(int64(20*time.Millisecond))))
		lowered = append(lowered, int64(audio.Monotonic()))
		d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
		time.Sleep(600 * time.Millisecond)
	}
	finish()
	restarts := d.call(http.MethodGet, "/air", nil, http.StatusOK)["restarts"].(float64)
	d.stop()
	runs, dry := heard(b, dir)
	var siren, stop []float64
	for i := range raised {
		if first, ok := firstSound(runs, raised[i]); ok {
			siren = append(siren, float64(first-raised[i])/1e6)
		}
		if last, ok := lastSound(runs, lowered[i]); ok {
			stop = append(stop, float64(last-lowered[i])/1e6)
		}
	}
	report(b, "siren", siren)
	report(b, "stop", stop)
	b.ReportMetric(float64(len(raised)-len(siren)), "lost")
	b.ReportMetric(float64(dry), "underruns")
	b.ReportMetric(restarts, "restarts") // the first of them makes the buffer larger
}

// lastSound is the instant of the last sample before 20 ms of silence, at or after
// at and within half a second of it.
func lastSound(runs []played, at int64) (int64, bool) {
	for _, r := range runs {
		from, silent := max(0, int((at-r.at)*48/1_000_000)), 0
		for i := from; i < min(len(r.frames), from+24000); i++ {
			if r.frames[i] != 0 {
				silent = 0
			} else if silent++; silent == 960 {
				return r.at + int64(i-silent)*1_000_000/48, i >= from+silent
			}
		}
	}
	return 0, false
}

// firstSound is the instant of the first sample that is not silence, at or
// after at and within half a second of it.
func firstSound(runs []played, at int64) (int64, bool) {
	for _, r := range runs {
		from := max(0, int((at-r.at)*48/1_000_000)+1)
		for i := from; i < min(len(r.frames), from+24000); i++ {
			if r.frames[i] != 0 {
				return r.at + int64(i)*1_000_000/48, true
			}
		}
	}
	return 0, false
}

// BenchmarkMemory prints the resident sets of serve, idle, and of the child
// that holds the virtual card.
func BenchmarkMemory(b *testing.B) {
	d, _ := onCard(b)
	time.Sleep(10 * time.Second)
	b.ReportMetric(rss(b, d.cmd.Process.Pid), "serve-MB")
	b.ReportMetric(rss(b, childOf(b, d.cmd.Process.Pid)), "child-MB")
}

var residentSet = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

func rss(b testing.TB, pid int) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	kb, err := strconv.ParseFloat(string(residentSet.FindSubmatch(raw)[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb / 1024
}

var asset = regexp.MustCompile(`(?:href|src)="(/[^"#]*\.(?:css|js|svg)[^"]*)"`)

// BenchmarkFirstPage counts what the first visit brings over the wire,
// compressed: the page and every file that it names.
func BenchmarkFirstPage(b *testing.B) {
	d := serve(b, b.TempDir(), "null")
	page, total := fetch(b, d.url+"/sign-in")
	for _, m := range asset.FindAllStringSubmatch(page, -1) {
		_, n := fetch(b, d.url+m[1])
		total += n
	}
	b.ReportMetric(float64(total)/1024, "KB")
}

// fetch gets a page as a browser does: its text, and its size on the wire.
func fetch(b *testing.B, url string) (string, int) {
	b.Helper()
	out, err := exec.Command("curl", "-sS", "--compressed", "-w", "\n%{size_download}", url).Output()
	if err != nil {
		b.Skipf("no curl on this machine: apt-get install curl (%v)", err)
	}
	text := string(out)
	cut := strings.LastIndexByte(text, '\n')
	n, err := strconv.Atoi(text[cut+1:])
	if err != nil {
		b.Fatal(err)
	}
	return text[:cut], n
}
