package lab

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Figure is a line of what a board was measured at, beside what was asked.
type Figure struct {
	Name, Asked, Measured string
	Missed                bool
}

// The names of the figures, in the order in which they stand.
const (
	FigureGlitches  = "relay: glitches at request, start, crash and stop, in the kernel's own trace"
	FigureButton    = "panic button → siren frame, with a debounce of 30 ms"
	FigureRight     = "proof of play: what is right is heard, down to noise 5 dB below"
	FigureOff       = "proof of play: heard with the amplifier off"
	FigureWrong     = "proof of play: wrong audio heard"
	FigureProofCPU  = "proof of play: a second of a broadcast, of a core here"
	FigureReady     = "start of the service to ready"
	FigureMemory    = "memory of all processes while playing, shared pages once"
	FigureCPU       = "processor while playing, all processes, of a core here"
	FigureMemoryToo = "the same with a monitor input: memory"
	FigureCPUToo    = "the same with a monitor input: processor"
	FigureCuts      = "acknowledged data lost in 200 power cuts"
	FigureKills     = "acknowledged data lost when each process is killed 200 times"
)

var figureOrder = []string{
	FigureGlitches, FigureButton, FigureRight, FigureOff, FigureWrong, FigureProofCPU, FigureReady, FigureMemory, FigureCPU, FigureMemoryToo, FigureCPUToo,
	FigureCuts, FigureKills,
}

const boardHead = "## The board\n\nEach line is written by the run that measured it, `by` says which and when; a figure that no run has written is not here.\n\n| figure | asked | measured | by |\n| --- | --- | --- | --- |\n"

// KeepFigures writes lines of the section "The board" of a document, each in place of the
// one of the same name before; the others stay. by is the command that measured, with its
// day.
func KeepFigures(file, by string, figures ...Figure) error {
	const writer, name = "make bench, proof-figures, lab, power-cuts, kills", "the board"
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the figures: %w", err)
	}
	_, section, _ := strings.Cut(string(raw), "<!-- written by `"+writer+"`: "+name+" -->\n")
	section, _, _ = strings.Cut(section, "<!-- end of "+name+" -->\n")
	lines := map[string]string{}
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, " | "); len(cells) == 4 {
			lines[strings.TrimPrefix(cells[0], "| ")] = line
		}
	}
	for _, f := range figures {
		measured := f.Measured
		if f.Missed {
			measured = "**missed**: " + measured
		}
		lines[f.Name] = fmt.Sprintf("| %s | %s | %s | %s |\n", f.Name, f.Asked, measured, by)
	}
	section = boardHead
	for _, name := range figureOrder {
		section += lines[name]
	}
	return KeepSection(file, writer, name, section+"\n")
}

// FiguresOf reads the figures of a board out of what `go test -v` and `go test -bench`
// print. What it does not tell is left out; a test that failed is a figure that was missed.
func FiguresOf(output io.Reader) (all []Figure, err error) {
	var forty tally
	glitches := ""
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		all = append(all, benchmark(line)...)
		forty.take(line)
		switch {
		case strings.Contains(line, " events of the pin, "):
			_, glitches, _ = strings.Cut(line, ": ")
		case strings.HasPrefix(line, "--- PASS: TestRelayOfTheBoard ") && glitches != "":
			all = append(all, Figure{FigureGlitches, "0", "0 (" + glitches + ")", false})
		case strings.HasPrefix(line, "--- FAIL: TestRelayOfTheBoard "):
			all = append(all, Figure{FigureGlitches, "0", "the test failed", true})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read what tests told: %w", err)
	}
	return append(all, forty.figures()...), nil
}

// benchmark is the figures of a line of a benchmark, if it is one.
func benchmark(line string) []Figure {
	fields := strings.Fields(line)
	if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
		return nil
	}
	name := strings.TrimRight(strings.TrimRight(fields[0], "0123456789"), "-")
	is := map[string]float64{}
	for i := 2; i+1 < len(fields); i += 2 {
		v, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return nil
		}
		is[fields[i+1]] = v
	}
	memory, cpu := FigureMemory, FigureCPU
	switch name {
	case "BenchmarkButton":
		m, p, most := is["press-to-siren-median-ms"], is["press-to-siren-p95-ms"], is["press-to-siren-max-ms"]
		text := fmt.Sprintf("median %.1f, p95 %.1f, greatest %.1f ms; %.0f lost (by a named pipe)", m, p, most, is["lost"])
		return []Figure{{FigureButton, "≤ 60 ms", text, most > 60 || is["lost"] > 0}}
	case "BenchmarkReady":
		return []Figure{{FigureReady, "≤ 2 s", fmt.Sprintf("%.2f s, with new data and no card", is["ready-ms"]/1000), is["ready-ms"] > 2000}}
	case "BenchmarkSecond":
		core, there := is["%core"]
		if !there {
			return nil
		}
		return []Figure{{FigureProofCPU, "≤ 1 % of a Raspberry Pi's, some twenty times as much", fmt.Sprintf("%.3f %%", core), 20*core > 1}}
	case "BenchmarkPlayingMonitored":
		memory, cpu = FigureMemoryToo, FigureCPUToo
	case "BenchmarkPlaying":
	default:
		return nil
	}
	return []Figure{
		{memory, "≤ 100 MB", fmt.Sprintf("%.1f MB (%.1f with shared pages once for each)", is["all-Pss-MB"], is["all-MB"]), is["all-Pss-MB"] > 100},
		{cpu, "≤ 8 %", fmt.Sprintf("median %.1f %%, greatest %.1f %% of five spans of 15 s (buffer %.0f ms)", is["%-of-a-core"], is["%-of-a-core-at-worst"], is["buffer-ms"]), is["%-of-a-core-at-worst"] > 8},
	}
}

// A tally counts the verdicts of the test with forty announcements (package proof).
type tally struct {
	of, heard [3]int // right, amplifier off, wrong
}

var (
	verdicts = regexp.MustCompile(`: (.*\S)\s+score .*map\[(.*)\]$`)
	verdict  = regexp.MustCompile(`(\S+):(\d+)`)
)

// take takes in a line, if it is one of those.
func (y *tally) take(line string) {
	found := verdicts.FindStringSubmatch(line)
	if found == nil {
		return
	}
	kind := 0
	switch {
	case strings.HasPrefix(found[1], "amplifier off"):
		kind = 1
	case found[1] == "another announcement", strings.HasPrefix(found[1], "the same, "), found[1] == "music":
		kind = 2
	}
	for _, v := range verdict.FindAllStringSubmatch(found[2], -1) {
		n, err := strconv.Atoi(v[2])
		if err != nil {
			return
		}
		y.of[kind] += n
		if v[1] == "yes" {
			y.heard[kind] += n
		}
	}
}

// leastForty is how many trials there are of each kind when all forty were heard in every
// condition; fewer are no figure.
const leastForty = 120

func (y *tally) figures() []Figure {
	if min(y.of[0], y.of[1], y.of[2]) < leastForty {
		return nil
	}
	share := func(kind int) string {
		return fmt.Sprintf("%.1f %%, %d of %d", 100*float64(y.heard[kind])/float64(y.of[kind]), y.heard[kind], y.of[kind])
	}
	return []Figure{
		{FigureRight, "100 %", share(0), y.heard[0] < y.of[0]},
		{FigureOff, "0 %", share(1), y.heard[1] > 0},
		{FigureWrong, "≤ 0.5 %", share(2), y.heard[2]*200 > y.of[2]},
	}
}
