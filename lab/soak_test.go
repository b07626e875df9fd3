package lab_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/audio/speaker/ruler"
	"loalang/lab"
)

// missing skips a test aloud; LOALANG_E2E=require turns that into a failure.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("LOALANG_E2E") == "require" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// onCard is a board that plays on the virtual card, with a token of an administrator.
func onCard(t *testing.T, flags ...string) (*lab.Board, *ruler.Card) {
	t.Helper()
	card, err := ruler.Build(t.TempDir(), ruler.Options{})
	if errors.Is(err, ruler.ErrTools) {
		missing(t, err.Error())
	}
	check(t, err)
	p, err := lab.Build(t.Context(), "..", t.TempDir())
	check(t, err)
	data := t.TempDir()
	b, err := p.Serve(t.Context(), data, "", []string{"ALSA_CONFIG_PATH=" + card.Config}, append(flags, "--settle", "500ms", "--tail", "300ms")...)
	check(t, err)
	t.Cleanup(func() { check(t, b.Stop()) })
	b.Token, err = p.Run(t.Context(), "token", "add", "lab", "--role", "admin", "--allow-emergency", "--data", data)
	check(t, err)
	check(t, lab.Until(t.Context(), lab.Patience, "the card is open", func() bool {
		air, err := b.Ask(t.Context(), http.MethodGet, "/air", nil)
		return err == nil && air["audible"] == true
	}))
	_, err = b.Ask(t.Context(), http.MethodPut, "/villages/un-ta/rules", lab.Object{}) // at any hour
	check(t, err)
	return b, card
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestSoakOnTheCard runs the real board on the virtual card for LOALANG_SOAK, two hours
// with `make soak`: a notice every minute, an emergency every ten, people who read and
// write, recordings that come in, and at the end neither memory nor descriptors of any
// process may have grown. LOALANG_FIGURES names the file that gets the figures.
func TestSoakOnTheCard(t *testing.T) {
	words := os.Getenv("LOALANG_SOAK")
	if words == "" {
		t.Skip("make soak runs it; LOALANG_SOAK says for how long")
	}
	long, err := time.ParseDuration(words)
	check(t, err)
	b, card := onCard(t, "--device", "default")
	load := &lab.Load{Client: b.Client, Ledger: lab.NewLedger(), Seed: 1, Pause: min(15*time.Second, long/60), Air: time.Minute, Alarm: 10 * time.Minute}
	check(t, load.Prepare(t.Context(), 3))
	ctx, end := context.WithTimeout(t.Context(), long)
	defer end()
	done := make(chan error, 1)
	go func() { done <- load.Run(ctx) }()
	s := soakFigures{long: long, began: time.Now(), figures: os.Getenv("LOALANG_FIGURES")}
	s.watch(ctx, t, b)
	check(t, <-done)
	s.faults = load.Faults()
	s.count(t, b, card, load.Ledger)
	t.Log(s.section())
	s.check(t)
	if s.figures != "" {
		check(t, lab.KeepSection(s.figures, "make soak", "soak", s.section()))
	}
}

// sample is what the processes weigh at one instant.
type sample struct {
	at             time.Duration
	serve, speaker lab.Weight
}

// soakFigures are what a soak came to.
type soakFigures struct {
	long             time.Duration
	began            time.Time
	figures          string
	samples          []sample
	rows             map[string]int // by outcome
	airings          int
	sounded          time.Duration
	underruns        int64
	dry              int
	notices, uploads int
	faults           []string
	restarts         int // of the speaker
}

// watch weighs the board until ctx ends.
func (s *soakFigures) watch(ctx context.Context, t *testing.T, b *lab.Board) {
	t.Helper()
	every := min(20*time.Second, s.long/60)
	tick := time.NewTicker(every)
	defer tick.Stop()
	told, speaker := time.Now(), 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !b.Alive() {
			t.Fatalf("serve ended\n%s", b.Log)
		}
		var at sample
		var err error
		at.at = time.Since(s.began)
		at.serve, err = lab.Weigh(b.PID())
		check(t, err)
		for _, c := range lab.Children(b.PID()) {
			if len(c.Args) > 1 && c.Args[1] == "speaker" {
				if speaker != 0 && speaker != c.PID {
					s.restarts++
				}
				speaker = c.PID
				if at.speaker, err = lab.Weigh(c.PID); err != nil {
					t.Logf("the speaker went: %v", err)
				}
			}
		}
		s.samples = append(s.samples, at)
		if time.Since(told) > 5*time.Minute {
			told = time.Now()
			t.Logf("after %s: %+v", at.at.Round(time.Second), at)
		}
	}
}

// count reads what became of everything.
func (s *soakFigures) count(t *testing.T, b *lab.Board, card *ruler.Card, l *lab.Ledger) {
	t.Helper()
	rows, err := b.Rows(t.Context())
	check(t, err)
	s.rows = map[string]int{}
	for _, r := range rows {
		outcome := r.Text("outcome")
		if outcome == "" {
			outcome = "under way"
		}
		s.rows[outcome]++
		for _, a := range r.List("airings") {
			s.airings++
			s.sounded += time.Duration(a.Number("frames")) * time.Second / 48000
			s.underruns += int64(a.Number("underruns"))
		}
	}
	s.dry = dry(t, card)
	s.notices, s.uploads = l.Counts()
	for _, err := range l.Check(t.Context(), b.Client, lab.Restart{}) {
		t.Error(err)
	}
}

// dry counts how often the virtual card ran dry. What it kept of two hours is too much
// to be read for that.
func dry(t *testing.T, card *ruler.Card) (n int) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(card.Dir, "*.log"))
	check(t, err)
	for _, name := range logs {
		raw, err := os.ReadFile(name)
		check(t, err)
		for line := range strings.Lines(string(raw)) {
			if strings.HasPrefix(line, "dry ") {
				n++
			}
		}
	}
	return n
}

// settling is the share of a soak in which a process may still grow: caches fill.
const settling = 4 // a quarter

// halves are the medians of one weight in the first half and in the last half of what
// lies behind the settling.
func (s *soakFigures) halves(of func(sample) float64) (first, last, most float64) {
	behind := s.samples[len(s.samples)/settling:]
	var a, b []float64
	for i, at := range behind {
		most = max(most, of(at))
		if i < len(behind)/2 {
			a = append(a, of(at))
		} else {
			b = append(b, of(at))
		}
	}
	return median(a), median(b), most
}

func median(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	slices.Sort(of)
	return of[len(of)/2]
}

// weights are what is watched, with how much more the last half may weigh than the
// first.
var weights = []struct {
	name string
	of   func(sample) float64
	more float64
}{
	{"`serve`: resident set, MB", func(s sample) float64 { return s.serve.RSS }, 6},
	// The database opens up to four readers as they are needed, two files each.
	{"`serve`: descriptors", func(s sample) float64 { return float64(s.serve.Files) }, 10},
	{"speaker: resident set, MB", func(s sample) float64 { return s.speaker.RSS }, 2},
	{"speaker: descriptors", func(s sample) float64 { return float64(s.speaker.Files) }, 1},
}

func (s *soakFigures) check(t *testing.T) {
	t.Helper()
	if len(s.samples) < 20 || s.rows["played"] == 0 {
		t.Fatalf("%d samples and %v: nothing was measured", len(s.samples), s.rows)
	}
	for _, w := range weights {
		first, last, _ := s.halves(w.of)
		if first == 0 || last > first+w.more {
			t.Errorf("%s: %.1f at first, %.1f at last: it grows", w.name, first, last)
		}
	}
	for _, f := range s.faults {
		t.Error(f)
	}
}

// section is the figures as docs/BENCHMARKS.md shows them.
func (s *soakFigures) section() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Hours on the virtual card (%d cores, %s, %s)\n\n", runtime.NumCPU(), runtime.Version(), s.began.Format("2 January 2006"))
	fmt.Fprintf(&b, "The real program for %s: a notice every minute, an emergency of some seconds every ten, a writing and a reading every quarter of a minute, a recording sent in pieces and taken in every minute.\nThe median of the first and of the last half, behind the first quarter, in which caches fill.\n\n", s.long.Round(time.Second))
	b.WriteString("| | first half | last half | greatest | may grow by |\n| --- | --- | --- | --- | --- |\n")
	for _, w := range weights {
		first, last, most := s.halves(w.of)
		fmt.Fprintf(&b, "| %s | %.1f | %.1f | %.1f | %.0f |\n", w.name, first, last, most, w.more)
	}
	fmt.Fprintf(&b, "\nAs-run: %v in %d airings, %s of sound; %d underruns as reported, %d on the card; %d restarts of the speaker; %d notices written, %d recordings sent, none lost.\n\n",
		s.rows, s.airings, s.sounded.Round(time.Second), s.underruns, s.dry, s.restarts, s.notices, s.uploads)
	return b.String()
}
