package lab_test

import (
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/lab"
)

const (
	// unattended is how long a board runs without anybody: from one update to the next.
	unattended = 90 * 24 * time.Hour
	// sure is how many standard errors a slope must lie on one side of a bound to be told as
	// more, or as less.
	sure = 2
)

// A weight is what is watched. spare is how much more it may become in unattended: memory of
// a board with 1 GB, of which 300 MB are left; descriptors of the 1024 that a process has.
// fatal is the growth in an hour that fails whatever the noise of the run.
type weight struct {
	name         string
	of           func(sample) float64
	spare, fatal float64
}

// weights are judged. What leaks is held for good, so that it raises the least of each block;
// what is held for an answer, a decoding or a comparison comes and goes within one. Memory of
// its own has beside that what Go keeps and gives back to nobody.
var weights = []weight{
	{"`serve`: memory that it holds, MB", sample.held, 250, 4},
	{"`serve`: memory of its own, MB", func(s sample) float64 { return s.serve.Own }, 250, 4},
	{"`serve`: descriptors without the database's", func(s sample) float64 { return float64(s.serve.Files) }, 500, 2},
	{"speaker: memory of its own, MB", func(s sample) float64 { return s.speaker.Own }, 50, 1},
	{"speaker: descriptors", func(s sample) float64 { return float64(s.speaker.Files) }, 500, 1},
}

// parts are told and not judged: of what the weights consist, and the resident sets.
var parts = []struct {
	name string
	of   func(sample) float64
}{
	{"`serve`: of it what Go's collector found alive, MB", func(s sample) float64 { return s.live }},
	{"`serve`: of it stacks and what else Go needs for itself, MB", func(s sample) float64 { return s.around }},
	{"`serve`: of it what is not Go's, MB", func(s sample) float64 { return s.outside }},
	{"`serve`: resident set, MB", func(s sample) float64 { return s.serve.RSS }},
	{"speaker: resident set, MB", func(s sample) float64 { return s.speaker.RSS }},
}

// mostDatabase are the descriptors of the database at most: of its writer and four readers,
// opened as they are needed, a file and its log each, and the one that they share.
const mostDatabase = 2*(1+4) + 1

// A growth is the slope of a weight in an hour, with its standard error.
type growth struct{ hourly, err float64 }

// bound is the slope by which spare is used up in unattended.
func bound(spare float64) float64 { return spare / unattended.Hours() }

// verdict says what a slope means for a bound.
func (g growth) verdict(spare, fatal float64) string {
	switch most := bound(spare); {
	case math.IsNaN(g.hourly) || g.hourly > fatal || g.hourly-sure*g.err > most:
		return "**it grows**"
	case g.hourly+sure*g.err <= most:
		return "flat"
	default:
		return "not shown: the run is too short, or its noise too great"
	}
}

const (
	// block is over how much of a run the least of a weight is taken: the garbage collector's
	// rise and fall is within it.
	block = 5 * time.Minute
	// settled is the part of a run behind which a line is fitted.
	settled = 0.25
)

// slope fits a line to the least of each block behind the first quarter of a run. It is NaN
// where there are less than three.
func slope(samples []sample, of func(sample) float64) growth {
	g := growth{math.NaN(), math.NaN()}
	if len(samples) == 0 || samples[len(samples)-1].at < time.Second {
		return g
	}
	long := samples[len(samples)-1].at
	each := min(block, long/24)
	var x, y []float64
	for from := time.Duration(settled * float64(long)); from+each <= long; from += each {
		var in []float64
		for _, s := range samples {
			if w := of(s); s.at > from && s.at <= from+each && w > 0 { // 0: the speaker was just started anew
				in = append(in, w)
			}
		}
		if len(in) > 0 {
			x, y = append(x, (from+each/2).Hours()), append(y, slices.Min(in))
		}
	}
	n := float64(len(x))
	if n < 3 {
		return g
	}
	var mx, my, sxx, sxy, rest float64
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxy += (x[i] - mx) * (y[i] - my)
	}
	g.hourly = sxy / sxx
	for i := range x {
		d := y[i] - my - g.hourly*(x[i]-mx)
		rest += d * d
	}
	g.err = math.Sqrt(rest / (n - 2) / sxx)
	return g
}

func median(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	slices.Sort(of)
	return of[len(of)/2]
}

func (s *soakFigures) check(t *testing.T) {
	t.Helper()
	if len(s.samples) < 20 || s.rows["played"] == 0 {
		t.Fatalf("%d samples and %v: nothing was measured", len(s.samples), s.rows)
	}
	for _, w := range weights {
		if g := slope(s.samples, w.of); strings.Contains(g.verdict(w.spare, w.fatal), "grows") {
			t.Errorf("%s: %.3f ± %.3f more in an hour: %.0f may be used up in %.0f days", w.name, g.hourly, g.err, w.spare, unattended.Hours()/24)
		}
	}
	if most := s.database(); most > mostDatabase {
		t.Errorf("%d descriptors of the database, %d are explained", most, mostDatabase)
	}
	for _, f := range s.untoward() {
		t.Error(f)
	}
	for _, f := range s.faults {
		t.Error(f)
	}
}

// endings are how a row of the soak may end: notices are cut by the emergencies.
var endings = []string{"played", "cut", "stopped", "under way"}

// untoward is what became of the airings and of the speaker that should not have.
func (s *soakFigures) untoward() (all []string) {
	for outcome, n := range s.rows {
		if !slices.Contains(endings, outcome) {
			all = append(all, fmt.Sprintf("%d rows ended %q", n, outcome))
		}
	}
	if s.heard["silent"]+s.heard["wrong"] > 0 || s.heard["yes"]*20 < s.rows["played"]*19 {
		all = append(all, fmt.Sprintf("of the rows %v the monitor said: %v", s.rows, s.heard))
	}
	if s.restarts > s.grown { // where the machine is busy the speaker is started anew with a larger buffer
		all = append(all, fmt.Sprintf("the speaker was started anew %d times, %d of them for a larger buffer", s.restarts, s.grown))
	}
	return all
}

// database is the most descriptors of the database that were seen.
func (s *soakFigures) database() (most int) {
	for _, at := range s.samples {
		most = max(most, at.serve.Database)
	}
	return most
}

// write tells the figures and keeps them, and that the test failed if it did.
func (s *soakFigures) write(t *testing.T) {
	section := s.section(t.Failed())
	t.Log(section)
	if s.figures == "" || len(s.samples) == 0 {
		return
	}
	if err := lab.KeepSection(s.figures, "make soak", "soak", section); err != nil {
		t.Error(err)
	}
}

// section is the figures as docs/BENCHMARKS.md shows them.
func (s *soakFigures) section(failed bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Hours on the virtual card (%d cores, %s, %s)\n\n", runtime.NumCPU(), runtime.Version(), s.began.Format("2 January 2006"))
	if failed {
		b.WriteString("**This run failed**: its log says of what.\n\n")
	}
	fmt.Fprintf(&b, "The real program for %s: a notice every minute, an emergency of some seconds every ten, a writing and a reading every quarter of a minute, a recording sent in pieces and taken in every minute, what airs proven by a monitor input. Before that it did as much as in hours within %s, so that heaps and caches have their size; the counts below have it in them. Of either part the newest %d recordings stay and %d notices are written, then only renamed, so that the content is steady.\n", s.long.Round(time.Second), s.warm.Round(time.Second), steady, steady)
	fmt.Fprintf(&b, "A line is fitted to the least of each five minutes behind the first quarter, which what leaks raises and what comes and goes does not; it grows by so much in an hour, ± its standard error. May: what a board can spare, spread over %.0f days without anybody. Flat is what lies below by two standard errors, growing what lies above by as many or is fatal within days; what lies between two hours cannot show. Memory that it holds is what Go's collector found alive, stacks and what else Go needs for itself, and what is not Go's; memory of its own has room in it that Go keeps for what comes next. That is the resident set without the pages of files, the program's own above all: they come as they are first used, and the kernel drops them as it likes.\n\n", unattended.Hours()/24)
	b.WriteString("| | at last | greatest | grows in an hour | may | |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, w := range weights {
		g := slope(s.samples, w.of)
		last, most := s.lastAndMost(w.of)
		fmt.Fprintf(&b, "| %s | %.1f | %.1f | %.2f ± %.2f | %.2f, in no run more than %.0f | %s |\n", w.name, last, most, g.hourly, g.err, bound(w.spare), w.fatal, g.verdict(w.spare, w.fatal))
	}
	for _, w := range parts {
		g := slope(s.samples, w.of)
		last, most := s.lastAndMost(w.of)
		fmt.Fprintf(&b, "| %s | %.1f | %.1f | %.2f ± %.2f | – | |\n", w.name, last, most, g.hourly, g.err)
	}
	fmt.Fprintf(&b, "| `serve`: descriptors of the database | – | %d | – | %d in all | |\n", s.database(), mostDatabase)
	fmt.Fprintf(&b, "\nAs-run: %s in %d airings, %s of sound; the monitor said: %s; %d underruns as reported, %d on the card; %d restarts of the speaker; %d notices written, %d recordings sent.\n\n",
		counted(s.rows), s.airings, s.sounded.Round(time.Second), counted(s.heard), s.underruns, s.dry, s.restarts, s.notices, s.uploads)
	return b.String()
}

// lastAndMost are the last and the greatest of a weight.
func (s *soakFigures) lastAndMost(of func(sample) float64) (last, most float64) {
	for _, at := range s.samples {
		if w := of(at); w > 0 { // 0: it was not read
			last, most = w, max(most, w)
		}
	}
	return last, most
}

// counted is how often each word was said.
func counted(of map[string]int) string {
	var all []string
	for _, word := range slices.Sorted(maps.Keys(of)) {
		all = append(all, fmt.Sprintf("%s %d", word, of[word]))
	}
	return strings.Join(all, ", ")
}

// A leak that ends a board within months once passed: 6 MB in three quarters of an hour, and
// ten descriptors.
func TestASlowLeakIsNotFlat(t *testing.T) {
	run := func(long time.Duration, hourly, noise float64) (all []sample) {
		for i := range 360 {
			at := long * time.Duration(i+1) / 360
			// The collector's saw, out of step with the blocks.
			all = append(all, sample{at: at, live: 100 + hourly*at.Hours() + noise*math.Sin(float64(i)*1.7)})
		}
		return all
	}
	for name, c := range map[string]struct {
		long          time.Duration
		hourly, noise float64
		want          string
	}{
		"Flat":                  {2 * time.Hour, 0, 0.01, "flat"},
		"FallsASoakGrowsNot":    {2 * time.Hour, -1, 0.1, "flat"},
		"AsOncePassed":          {2 * time.Hour, 7, 8, "**it grows**"},
		"AMegabyteAnHour":       {2 * time.Hour, 1, 0.1, "**it grows**"},
		"LostInTheNoise":        {2 * time.Hour, 0.2, 40, "not shown: the run is too short, or its noise too great"},
		"ShownByALongerRun":     {48 * time.Hour, 0.2, 0.1, "**it grows**"},
		"MonthsAreLeftForThis":  {48 * time.Hour, 0.05, 0.1, "flat"},
		"NothingMeasuredIsNone": {0, 0, 0, "**it grows**"},
	} {
		g := slope(run(c.long, c.hourly, c.noise), weights[0].of)
		if got := g.verdict(weights[0].spare, weights[0].fatal); got != c.want {
			t.Errorf("%s: %q, want %q (%+v)", name, got, c.want, g)
		}
	}
}

// What was being decoded at the instant of a reading once made a soak fail, and was no leak.
// Each kind of leak is one.
func TestWhatComesAndGoesIsNoLeak(t *testing.T) {
	t.Parallel()
	run := func(leak func(*sample, float64)) (all []sample) {
		for i := range 720 {
			s := sample{at: 10 * time.Second * time.Duration(i+1), live: 13, around: 4, outside: 5}
			if i%5 != 0 && i > 500 { // more is under way near the end
				s.live += 6
			}
			leak(&s, s.at.Hours())
			all = append(all, s)
		}
		return all
	}
	for name, c := range map[string]struct {
		leak func(s *sample, hours float64)
		want string
	}{
		"None":       {func(*sample, float64) {}, "flat"},
		"Heap":       {func(s *sample, h float64) { s.live += h }, "**it grows**"},
		"Goroutines": {func(s *sample, h float64) { s.around += h }, "**it grows**"},
		"C":          {func(s *sample, h float64) { s.outside += h }, "**it grows**"},
	} {
		g := slope(run(c.leak), weights[0].of)
		if got := g.verdict(weights[0].spare, weights[0].fatal); got != c.want {
			t.Errorf("%s: %q, want %q (%+v)", name, got, c.want, g)
		}
	}
}

// Half of the notices could be silent and the speaker die every hour, and it passed.
func TestASilentSoakFails(t *testing.T) {
	t.Parallel()
	good := soakFigures{rows: map[string]int{"played": 100, "cut": 12, "under way": 1}, heard: map[string]int{"yes": 98, "not-measured": 14}, restarts: 2, grown: 2}
	if got := good.untoward(); got != nil {
		t.Errorf("a good soak: %q", got)
	}
	for name, s := range map[string]soakFigures{
		"Missed":  {rows: map[string]int{"played": 1, "missed": 1}, heard: map[string]int{"yes": 1}},
		"Silent":  {rows: map[string]int{"played": 100}, heard: map[string]int{"yes": 99, "silent": 1}},
		"Unheard": {rows: map[string]int{"played": 100}, heard: map[string]int{"yes": 94}},
		"Speaker": {rows: map[string]int{"played": 1}, heard: map[string]int{"yes": 1}, restarts: 3, grown: 2},
	} {
		if got := s.untoward(); len(got) != 1 {
			t.Errorf("%s: %q", name, got)
		}
	}
}
