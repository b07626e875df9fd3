package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What runs printed becomes lines of the document; what another run wrote stays, what
// nobody measured is not there, and a miss says so.
func TestFiguresAreReadFromRuns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "B.md")
	if err := os.WriteFile(file, []byte("# Figures\n\ntext\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	keep := func(by, output string) string {
		t.Helper()
		figures, err := FiguresOf(strings.NewReader(output))
		if err == nil {
			err = KeepFigures(file, by, figures...)
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	keep("a", "goos: linux\nBenchmarkReady-2   \t       1\t 900 ns/op\t 812.4 ready-ms\nBenchmarkButton-2 1 5 ns/op 0 lost 71.0 press-to-siren-max-ms 48.2 press-to-siren-median-ms 55.5 press-to-siren-p95-ms\n")
	text := keep("b", "    relay_test.go:64: 31 events of the pin, 5 times on, as often as asked for\n--- PASS: TestRelayOfTheBoard (20.01s)\nBenchmarkReady-2 1 9 ns/op 2100 ready-ms\n")
	for _, want := range []string{
		"| " + FigureButton + " | ≤ 60 ms | **missed**: median 48.2, p95 55.5, greatest 71.0 ms; 0 lost (by a named pipe) | a |\n",
		"| " + FigureReady + " | ≤ 2 s | **missed**: 2.10 s, with new data and no card | b |\n",
		"| " + FigureGlitches + " | 0 | 0 (31 events of the pin, 5 times on, as often as asked for) | b |\n",
	} {
		if strings.Count(text, want) != 1 {
			t.Errorf("no line %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, FigureCPU) || strings.Count(text, "## The board") != 1 || !strings.HasPrefix(text, "# Figures\n\ntext\n") {
		t.Errorf("written: %s", text)
	}
	const few = "x.go:1: music    score 0.10 (0.00 to 0.20)  map[wrong:40]\n"
	if figures, _ := FiguresOf(strings.NewReader(few)); figures != nil {
		t.Errorf("figures of a run in part: %v", figures)
	}
	var all strings.Builder
	for range 3 {
		all.WriteString(few + "x.go:1: noise 5 dB below    score 0.70 (0.50 to 0.90)  map[yes:40]\nx.go:1: amplifier off: hum    score 0.00 (0.00 to 0.10)  map[silent:39 wrong:1]\n")
	}
	figures, _ := FiguresOf(strings.NewReader(all.String()))
	if len(figures) != 3 || figures[0].Measured != "100.0 %, 120 of 120" || figures[1].Measured != "0.0 %, 0 of 120" || figures[2].Missed {
		t.Errorf("%+v", figures)
	}
}
