package lab_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"loalang/lab"
)

const (
	// asked is how many cuts the figure is asked of.
	asked = 200
	// backAsked is how soon a board sounds again, from its first process on.
	backAsked = 10 * time.Second
	// backMost is what no life of the emulated machine may take for it, six times as long: every
	// instruction is emulated there, beside whatever else the host does.
	backMost = time.Minute
	// leastShare of the cuts, one in eight, must have told each of the figures: an emergency and
	// what is planned each follow two in five of them.
	leastShare = 8
	// fewCuts are too few for that to say anything.
	fewCuts = 20
)

// enough says what a run measured too seldom to prove anything, and what took too long.
func (c *cuts) enough() {
	c.t.Helper()
	for what, took := range map[string][]float64{"an emergency that was on the air": c.back, "what is planned": c.planned} {
		if slow := slices.Max(append(took, 0)); slow > backMost.Seconds() {
			c.t.Errorf("%s sounded %.1f s after the first process, want %s at most in an emulated machine", what, slow, backMost)
		}
		if c.done >= fewCuts && len(took)*leastShare < c.done {
			c.t.Errorf("the return of %s was measured %d times in %d cuts", what, len(took), c.done)
		}
	}
	notices, uploads := c.load.Ledger.Counts()
	if told := c.load.Ledger.Told(); c.done >= fewCuts && (notices < c.done || told < c.done || c.compared < max(1, c.done/fewCuts)) {
		c.t.Errorf("%d cuts met %d notices, %d rows of the as-run and %d whole recordings, %d of them compared: that proves little", c.done, notices, told, uploads, c.compared)
	}
	if c.done >= fewCuts && c.fresh*2*takings < c.done {
		c.t.Errorf("%d of %d cuts came as a recording had been taken in: that proves little", c.fresh, c.done)
	}
	if c.done >= fewCuts && c.torn == 0 {
		c.t.Errorf("no cut met an upload of which more than %d bytes were acknowledged", lab.TornBytes)
	}
}

// write tells the figures and keeps them: what was seen, and whether the test failed.
func (c *cuts) write() {
	section := c.section()
	c.t.Log(section)
	file := os.Getenv("LOALANG_FIGURES")
	if file == "" || c.done == 0 {
		return
	}
	if err := lab.KeepSection(file, "make power-cuts", "power cuts", section); err != nil {
		c.t.Error(err)
	}
	line := lab.Figure{Name: lab.FigureCuts, Asked: "0", Measured: fmt.Sprintf("%d in %d cuts", c.lost, c.done), Missed: c.t.Failed() || c.done < asked}
	if err := lab.KeepFigures(file, "`make power-cuts`, "+time.Now().Format("2 January 2006"), line); err != nil {
		c.t.Error(err)
	}
}

// section is the figures as docs/BENCHMARKS.md shows them.
func (c *cuts) section() string {
	notices, uploads := c.load.Ledger.Counts()
	flushes, gone := c.disk.Losses()
	var b strings.Builder
	fmt.Fprintf(&b, "## Power cuts (%d cores, QEMU without KVM, %s, %s)\n\n", runtime.NumCPU(), runtime.Version(), time.Now().Format("2 January 2006"))
	if c.t.Failed() {
		b.WriteString("**This run failed**: its log says of what. The lines are what was seen until then.\n\n")
	}
	b.WriteString("The real program in a virtual machine under load (notices written and renamed, recordings of 1.5 to 3.1 MB sent in pieces over a thin line, notices and emergencies aired), its power cut at random instants; the disk loses what was not flushed, or keeps a random part of it, torn between sectors. Every instruction is emulated, so that times are several times those of a board; no life may take more than a minute to sound. With what the last cut left, the same program went on outside of the machine until all was taken in and aired.\n\n")
	b.WriteString("| | asked | measured |\n| --- | --- | --- |\n")
	fmt.Fprintf(&b, "| power cuts, of them while it started (seed %d) | 200 | %d, %d |\n", c.seed, c.done, c.starting)
	fmt.Fprintf(&b, "| acknowledged and lost, or told and untrue: %d notices, %d whole recordings, %d rows of the as-run, %d emergencies | 0 | %d |\n", notices, uploads, c.load.Ledger.Told(), c.sirens, c.lost)
	fmt.Fprintf(&b, "| recordings held against what was sent, byte by byte | all | %d of %d |\n", c.compared, uploads)
	fmt.Fprintf(&b, "| cuts of an upload of which more than 256 KiB were acknowledged | – | %d |\n", c.torn)
	fmt.Fprintf(&b, "| cuts within 3 s of a recording's having been taken into the library; recordings looked for there after this and each later cut | – | %d; %d |\n", c.fresh, len(c.kept))
	fmt.Fprintf(&b, "| database whole, as another machine reads the disk | always | %d of %d |\n", c.whole, c.done)
	fmt.Fprintf(&b, "| first process to ready: median / greatest | – | %s |\n", spread(c.ready, 0))
	fmt.Fprintf(&b, "| first process to the siren going on: median / greatest | ≤ 10 s | %s |\n", spread(c.back, backAsked))
	fmt.Fprintf(&b, "| first process to what is planned sounding: median / greatest | ≤ 10 s | %s |\n", spread(c.planned, backAsked))
	fmt.Fprintf(&b, "| emergencies that do not count: not answered, or answered before they were durable, as the log said | – | %d |\n", c.doubtful)
	fmt.Fprintf(&b, "| flushes asked for; sectors that cuts cost | – | %d; %d |\n\n", flushes, gone)
	b.WriteString("That a row of the as-run fits to itself and to the times without power is looked at here; that the card was given what it claims, with `make kills`.\n\n")
	return b.String()
}

// spread is the median and the greatest of seconds; more than asked (0: nothing is) is
// marked.
func spread(seconds []float64, asked time.Duration) string {
	if len(seconds) == 0 {
		return "not measured"
	}
	most := slices.Max(seconds)
	text := fmt.Sprintf("%.1f / %.1f s (%d)", median(slices.Clone(seconds)), most, len(seconds))
	if asked > 0 && most > asked.Seconds() {
		text = "**missed here**: " + text
	}
	return text
}
