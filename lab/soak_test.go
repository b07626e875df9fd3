package lab_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
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
	first, err := p.Serve(t.Context(), data, "", nil, "--device", "null") // lays the database
	check(t, err)
	check(t, first.Stop())
	calibrated(t, data, "plughw:CARD=Monitor")
	ear, err := earTo(card.Dir, t.TempDir())
	check(t, err)
	b, err := p.Serve(t.Context(), data, "", append(ear, "ALSA_CONFIG_PATH="+card.Config), append(flags, "--monitor", "Monitor", "--settle", "500ms", "--tail", "300ms")...)
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
// process may grow as weights says. What the time was too short to show is said in the
// figures, for which LOALANG_FIGURES names the file; also when the test fails.
func TestSoakOnTheCard(t *testing.T) {
	words := os.Getenv("LOALANG_SOAK")
	if words == "" {
		t.Skip("make soak runs it; LOALANG_SOAK says for how long")
	}
	long, err := time.ParseDuration(words)
	check(t, err)
	b, card := onCard(t, "--device", "default")
	load := &lab.Load{Client: b.Client, Ledger: lab.NewLedger(), Seed: 1, Pause: min(15*time.Second, long/60), Air: time.Minute, Alarm: 10 * time.Minute, Keep: steady}
	check(t, load.Prepare(t.Context(), 3))
	warm := min(mostWarm, long/12)
	warmUp(t, load, warm)
	ctx, end := context.WithTimeout(t.Context(), long)
	defer end()
	done := make(chan error, 1)
	go func() { done <- load.Run(ctx) }()
	s := soakFigures{long: long, warm: warm, began: time.Now(), figures: os.Getenv("LOALANG_FIGURES")}
	defer s.write(t)
	defer func() {
		if t.Failed() {
			t.Logf("serve warned, at last:\n%s", warnings(b.Log.String()))
		}
	}()
	s.watch(ctx, t, b)
	if err := <-done; err != nil { // what became of the rest is told all the same
		t.Error(err)
	}
	s.faults = load.Faults()
	s.count(t, b, card, load.Ledger)
	s.check(t)
}

// steady is how much content a soak makes before it replaces it: what a board weighs with twice the
// recordings is not what it weighs after twice the time.
const steady = 10

// mostWarm is how long a soak is worked hard before it is weighed, at most.
const mostWarm = 10 * time.Minute

// warmUp has the board do in a short time as much as then in hours: heaps, arenas and caches
// are as large as they become, and what grows behind that is a leak. At the pace of the soak
// they take hours for it.
func warmUp(t *testing.T, load *lab.Load, long time.Duration) {
	t.Helper()
	busy := &lab.Load{Client: load.Client, Ledger: load.Ledger, Seed: load.Seed + 1, Pause: time.Second, Air: 5 * time.Second, Keep: steady}
	busy.Adopt(load.Airs()...)
	ctx, end := context.WithTimeout(t.Context(), long)
	defer end()
	if err := busy.Run(ctx); err != nil {
		t.Error(err)
	}
	for _, f := range busy.Faults() {
		t.Error(f)
	}
}

// warnings are the lines of a log that tell of something wrong.
func warnings(log string) string {
	var all []string
	for line := range strings.Lines(log) {
		if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			all = append(all, line)
		}
	}
	return strings.Join(all, "")
}

// sample is what the processes weigh at one instant.
type sample struct {
	at             time.Duration
	serve, speaker lab.Weight
	// MB of serve: what Go's collector found alive, what Go needs beside the heap (stacks,
	// its own books), and what is its own but not Go's.
	live, around, outside float64
}

// held is what serve holds, in MB: its own memory without what the heap has free and what is dead in it.
func (s sample) held() float64 { return s.live + s.around + s.outside }

// soakFigures are what a soak came to.
type soakFigures struct {
	long, warm       time.Duration
	began            time.Time
	figures          string
	samples          []sample
	rows             map[string]int // by outcome
	heard            map[string]int // by what the monitor said of them
	airings          int
	sounded          time.Duration
	underruns        int64
	dry              int
	notices, uploads int
	faults           []string
	restarts         int // of the speaker
	grown            int // of them for a larger buffer, as serve told
}

// watch weighs the board until ctx ends.
func (s *soakFigures) watch(ctx context.Context, t *testing.T, b *lab.Board) {
	t.Helper()
	every := min(10*time.Second, s.long/60)
	tick := time.NewTicker(every)
	defer tick.Stop()
	logged, speaker := time.Now(), 0
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
		if told, err := b.Metrics(ctx); err == nil {
			at.live = told["go_gc_heap_live_bytes"] / (1 << 20)
			at.around = (told["go_memstats_sys_bytes"] - told["go_memstats_heap_sys_bytes"]) / (1 << 20)
			at.outside = at.serve.Own - (told["go_memstats_sys_bytes"]-told["go_memstats_heap_released_bytes"])/(1<<20)
		} else if ctx.Err() == nil {
			t.Error(err)
		}
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
		if time.Since(logged) > 5*time.Minute {
			logged = time.Now()
			t.Logf("after %s: %+v", at.at.Round(time.Second), at)
		}
	}
}

// count reads what became of everything.
func (s *soakFigures) count(t *testing.T, b *lab.Board, card *ruler.Card, l *lab.Ledger) {
	t.Helper()
	rows, err := b.Rows(t.Context())
	check(t, err)
	s.rows, s.heard = map[string]int{}, map[string]int{}
	for _, r := range rows {
		outcome := r.Text("outcome")
		if outcome == "" {
			outcome = "under way"
		}
		s.rows[outcome]++
		if word := r.Text("heard"); word != "" {
			s.heard[word]++
			if word == "silent" || word == "wrong" {
				t.Logf("not heard as it was: %v", r)
			}
		}
		for _, a := range r.List("airings") {
			s.airings++
			s.sounded += time.Duration(a.Number("frames")) * time.Second / 48000
			s.underruns += int64(a.Number("underruns"))
		}
	}
	s.dry = dry(t, card)
	for line := range strings.Lines(b.Log.String()) {
		if strings.Contains(line, `msg="the output is gone"`) && strings.Contains(line, "its buffer grows") {
			s.grown++
		}
	}
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
