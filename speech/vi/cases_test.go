package vi_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/speech/vi"
	"loalang/speech/vi/casetest"
)

// readPlain reads as a village without a lexicon hears it.
func readPlain(text string) string { return vi.Normalize(text, nil).Text }

// floorOf is the least share, in percent, that must be right of a family of the
// cases that lie beside the project.
var floorOf = map[string]float64{"admin": 100, "tn": 100, "sea": 88}

// TestCases measures the normaliser by tables of cases that are not part of this
// project: every *.tsv of a folder, which lies in ../shared/data beside the
// checkout or where LOALANG_SPEECH_CASES says.
func TestCases(t *testing.T) {
	dir := os.Getenv("LOALANG_SPEECH_CASES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("NOT MEASURED: no cases in %s; set LOALANG_SPEECH_CASES to a folder of .tsv files with the columns input and expected", dir)
	}
	cases, err := casetest.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	results := casetest.Score(cases, readPlain)
	for _, r := range results {
		t.Logf("%-14s %4d of %4d  %5.1f %%", r.Class, r.Right, r.All, r.Percent())
		for _, w := range r.Wrong {
			t.Logf("wrong %s %s: %q is read %q, expected %q", w.Place, w.Class, w.Input, w.Got, w.Expected)
		}
	}
	for _, r := range casetest.Families(results) {
		t.Logf("together %-8s %4d of %4d  %5.1f %%", r.Class, r.Right, r.All, r.Percent())
		if r.Percent() < floorOf[r.Class] {
			t.Errorf("of %s only %.1f %% are right, at least %.0f %% must be", r.Class, r.Percent(), floorOf[r.Class])
		}
	}
	for _, c := range cases {
		sound(t, c.Input, vi.Normalize(c.Input, nil))
	}
}

// TestOwnCases reads the project's own cases: all must be right, to the letter
// when the class ends with "!", else by what a listener would call the same.
func TestOwnCases(t *testing.T) {
	cases, err := casetest.ReadDir(filepath.Join("testdata", "cases"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range casetest.Score(cases, readPlain) {
		for _, w := range r.Wrong {
			t.Errorf("%s %s: %q is read %q, expected %q", w.Place, w.Class, w.Input, w.Got, w.Expected)
		}
	}
	for _, c := range cases {
		got := vi.Normalize(c.Input, nil)
		sound(t, c.Input, got)
		if strings.HasSuffix(c.Class, "!") && got.Text != c.Expected {
			t.Errorf("%s: %q is read %q, expected exactly %q", c.Place, c.Input, got.Text, c.Expected)
		}
	}
}
