package lab_test

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"loalang/lab"
)

// write tells the figures and keeps them: what was seen, and whether the test failed.
func (k *kills) write() {
	section := k.section()
	k.t.Log(section)
	file := os.Getenv("LOALANG_FIGURES")
	if file == "" || len(k.killed) == 0 {
		return
	}
	if err := lab.KeepSection(file, "make kills", "kills", section); err != nil {
		k.t.Error(err)
	}
	if !k.ended {
		return // nobody knows what was lost
	}
	most, least := 0, k.killed["serve"]
	for _, n := range k.killed {
		most, least = max(most, n), min(least, n)
	}
	line := lab.Figure{Name: lab.FigureKills, Asked: "0", Measured: "0", Missed: k.t.Failed() || least < 200}
	if k.t.Failed() {
		line.Measured = "the test failed"
	}
	line.Measured += fmt.Sprintf(" (each of five killed %d to %d times)", least, most)
	if err := lab.KeepFigures(file, "`make kills`, "+time.Now().Format("2 January 2006"), line); err != nil {
		k.t.Error(err)
	}
}

// section is the figures as docs/BENCHMARKS.md shows them.
func (k *kills) section() string {
	notices, uploads := k.load.Ledger.Counts()
	total := 0
	for _, n := range k.killed {
		total += n
	}
	var b strings.Builder
	fmt.Fprintf(&b, "## Processes killed (%d cores, %s, %s)\n\n", runtime.NumCPU(), runtime.Version(), time.Now().Format("2 January 2006"))
	if k.t.Failed() {
		b.WriteString("**This run failed**: its log says of what. The lines are what was seen until then.\n\n")
	}
	fmt.Fprintf(&b, "SIGKILL at random instants under load, on the virtual card; `serve` is started again after 200 ms, as systemd does. Asked are 200 of each process; `KILLS=200` kills each of the five kinds in turn, forty of each, `KILLS=1000` is what was asked. Seed %d.\n\n", k.seed)
	b.WriteString("| killed | times | there was none | all of it up again, s: median / greatest |\n| --- | --- | --- | --- |\n")
	for _, v := range victims {
		took := "–" // nothing is down: it is made anew
		if back := k.back[v.name]; len(back) > 0 && v.name != "voice" && v.name != "import" {
			took = fmt.Sprintf("%.2f / %.2f", median(slices.Clone(back)), slices.Max(back))
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %s |\n", v.name, k.killed[v.name], k.missed[v.name], took)
	}
	fmt.Fprintf(&b, "\n%d kills. Acknowledged: %d notices, %d whole recordings, %d rows of the as-run. Beside %d of the kills an emergency sounded, and went on. ", total, notices, uploads, k.load.Ledger.Told(), k.sirens)
	if !k.ended {
		b.WriteString("What was lost was not looked at to the end.\n\n")
		return b.String()
	}
	if !k.t.Failed() {
		b.WriteString("None of it lost, every text spoken, every recording byte by byte in the library. ")
	}
	fmt.Fprintf(&b, "The as-run claims %s of sound, the card was given %s, pauses of a breath included; airings that claim what it was not given: %d. The monitor said of the rows:", k.claimed.Round(time.Second), k.sounded.Round(time.Second), k.untrue)
	for _, word := range slices.Sorted(maps.Keys(k.heard)) {
		fmt.Fprintf(&b, " %s %d", word, k.heard[word])
	}
	b.WriteString(".\n\n")
	return b.String()
}
