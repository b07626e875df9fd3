package main_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"loalang/audio"
	"loalang/lab"
)

// What make web-load measures: a board with 200 people at its panel at once, reading and
// writing, each with a page open that follows the air, and how exact the sound starts
// meanwhile, beside the same board left alone. It needs a quiet machine; the file that
// LOALANG_WEB_LOAD names gets the figures. With -short few people come for a few starts,
// which says only that nobody is refused.
func TestWebLoad(t *testing.T) {
	file := os.Getenv("LOALANG_WEB_LOAD")
	if file == "" {
		t.Skip("make web-load measures; LOALANG_WEB_LOAD names the file for the figures")
	}
	size, starts, flat := 200, 20, 20*time.Second
	if testing.Short() {
		size, starts, flat = 20, 2, 2*time.Second
	}
	d, dir := onCard(t)
	where := settled(t, d)
	d.call(http.MethodPut, "/villages/un-ta/rules", object{}, http.StatusOK) // starts at any hour
	d.slotsElsewhere(t)
	alone := d.startsGiven(starts)
	people, sum := d.crowd(t, size, where)

	spent := d.cpu()
	began := time.Now()
	var beside []audio.Instant
	d.with(people, pausing, func() { beside = d.startsGiven(starts) })
	f := loadFigures{people: size, thinking: sum.take(), took: time.Since(began), cpu: d.cpu() - spent, memory: rss(t, d.cmd.Process.Pid)}
	began = time.Now()
	d.with(people, func(*rand.Rand) time.Duration { return 0 }, func() { time.Sleep(flat) })
	f.flat, f.flatTook = sum.take(), time.Since(began)
	d.stop()
	runs, dry := heard(t, dir)
	f.alone, f.beside, f.dry = errorsOf(t, runs, alone), errorsOf(t, runs, beside), dry
	f.lost = 2*starts - len(f.alone) - len(f.beside)
	t.Logf("%s", f.section())
	f.check(t, testing.Short())
	if err := lab.KeepSection(file, "make web-load", "load", f.section()); err != nil {
		t.Fatal(err)
	}
}

// slotsElsewhere moves the slots to hours that the measuring does not reach: what they
// still owe would air before the starts that are measured.
func (d *daemon) slotsElsewhere(t *testing.T) {
	t.Helper()
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	for n, raw := range d.call(http.MethodGet, "/slots", nil, http.StatusOK)["slots"].([]any) {
		slot := object(raw.(map[string]any))
		start := time.Now().In(loc).Add(time.Duration(6+3*n) * time.Hour).Format("15:04")
		d.call(http.MethodPut, "/slots/"+slot["id"].(string), object{"name": slot["name"], "start": start, "length": slot["length"]}, http.StatusOK)
	}
}

// pausing is how long somebody looks at a page: two to eight seconds.
func pausing(r *rand.Rand) time.Duration {
	return 2*time.Second + time.Duration(r.Int64N(int64(6*time.Second)))
}

// with lets visitors live while something is done.
func (d *daemon) with(people []*visitor, think func(*rand.Rand) time.Duration, do func()) {
	d.t.Helper()
	ctx, end := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, v := range people {
		all.Go(func() { v.live(ctx, think) })
	}
	do()
	end()
	all.Wait()
}

// cpu is how long serve has used a core so far; its children are not counted.
func (d *daemon) cpu() time.Duration {
	d.t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", d.cmd.Process.Pid))
	if err != nil {
		d.t.Fatal(err)
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	var ticks int
	for _, f := range fields[11:13] { // utime and stime of proc(5)
		n, err := strconv.Atoi(f)
		if err != nil {
			d.t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// taken is what a crowd saw of one stretch, sorted.
type taken struct {
	reads, writes []float64
	events        int
	conflicts     int
	faults        map[string]int
	slowest       []string
}

// take empties the tally.
func (s *tally) take() taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	got := taken{reads: s.reads, writes: s.writes, events: s.events, conflicts: s.conflicts, faults: s.faults}
	slices.Sort(got.reads)
	slices.Sort(got.writes)
	for _, what := range slices.SortedFunc(maps.Keys(s.worst), func(a, b string) int { return int(s.worst[b] - s.worst[a]) }) {
		got.slowest = append(got.slowest, fmt.Sprintf("%s %.0f ms", what, s.worst[what]))
	}
	s.reads, s.writes, s.events, s.conflicts, s.faults, s.worst = nil, nil, 0, 0, map[string]int{}, map[string]float64{}
	return got
}

func (t taken) all() []float64 {
	all := slices.Concat(t.reads, t.writes)
	slices.Sort(all)
	return all
}

// percentile of what is sorted; 0 when nothing was measured.
func percentile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}

// loadFigures are what the load came to.
type loadFigures struct {
	people         int
	thinking, flat taken
	took, flatTook time.Duration
	cpu            time.Duration // of serve while people paused
	memory         float64       // MB of serve then
	alone, beside  []float64     // ms by which starts were off
	lost, dry      int
}

// wantLoad is within how many ms 95 of 100 answers are there, wantStart by how many the
// starts may be off beside them.
const wantLoad, wantStart = 300, 0.2

func (f loadFigures) check(t *testing.T, short bool) {
	t.Helper()
	for _, got := range []taken{f.thinking, f.flat} {
		for what, n := range got.faults {
			t.Errorf("%d times: %s", n, what)
		}
		if len(got.reads) == 0 || got.events == 0 {
			t.Errorf("%d answers and %d events: nobody was there", len(got.reads), got.events)
		}
		t.Logf("slowest: %s", strings.Join(got.slowest[:min(8, len(got.slowest))], ", "))
	}
	if short {
		return
	}
	if p := percentile(f.thinking.all(), 0.95); p > wantLoad {
		t.Errorf("95 of 100 answers within %.0f ms, wanted %d", p, wantLoad)
	}
	if p := percentile(f.beside, 0.95); p > wantStart || f.lost > 0 {
		t.Errorf("starts off by %.3f ms (p95), %d lost, wanted %.1f", p, f.lost, wantStart)
	}
}

// section is the figures as docs/BENCHMARKS.md shows them.
func (f loadFigures) section() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## The panel with %d people (%d cores, %s, %s)\n\n", f.people, runtime.NumCPU(), runtime.Version(), time.Now().Format("2 January 2006"))
	fmt.Fprintf(&b, "Everybody signed in, with a page open that follows the air; one in five only reads, of the others' deeds one in eight writes: a text read back, a notice kept, a word,\na time given or taken, each rehearsed. They pause two to eight seconds; in the last column not at all. Who asks runs on the same cores. In ms, until the last byte.\n\n")
	b.WriteString("| | asked | pausing | without a pause |\n| --- | --- | --- | --- |\n")
	fmt.Fprintf(&b, "| answers a second | – | %.0f | %.0f |\n", float64(len(f.thinking.all()))/f.took.Seconds(), float64(len(f.flat.all()))/f.flatTook.Seconds())
	row := func(name, asked string, of func(taken) []float64) {
		fmt.Fprintf(&b, "| %s: median / p95 / max | %s |", name, asked)
		for _, got := range []taken{f.thinking, f.flat} {
			ms := of(got)
			fmt.Fprintf(&b, " %.0f / %.0f / %.0f (%d) |", percentile(ms, 0.5), percentile(ms, 0.95), percentile(ms, 1), len(ms))
		}
		b.WriteString("\n")
	}
	row("all", fmt.Sprintf("p95 ≤ %d", wantLoad), taken.all)
	row("reading", "–", func(t taken) []float64 { return t.reads })
	row("writing", "–", func(t taken) []float64 { return t.writes })
	fmt.Fprintf(&b, "| events of the streams a second | – | %.0f | %.0f |\n", float64(f.thinking.events)/f.took.Seconds(), float64(f.flat.events)/f.flatTook.Seconds())
	fmt.Fprintf(&b, "| answers that somebody else changed the same notice first | – | %d | %d |\n", f.thinking.conflicts, f.flat.conflicts)
	fmt.Fprintf(&b, "| `serve`: of one core, resident set | – | %.0f %%, %.0f MB | – |\n\n", 100*f.cpu.Seconds()/f.took.Seconds(), f.memory)
	slices.Sort(f.alone)
	slices.Sort(f.beside)
	fmt.Fprintf(&b, "Start of the sound on the virtual card, |error| in ms, median / p95 / max: alone %.3f / %.3f / %.3f (%d starts), beside the pausing people %.3f / %.3f / %.3f (%d);\nasked: p95 ≤ %.1f. Lost: %d. Underruns: %d.\n\n",
		percentile(f.alone, 0.5), percentile(f.alone, 0.95), percentile(f.alone, 1), len(f.alone),
		percentile(f.beside, 0.5), percentile(f.beside, 0.95), percentile(f.beside, 1), len(f.beside), wantStart, f.lost, f.dry)
	return b.String()
}
