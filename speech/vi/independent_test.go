package vi_test

import (
	"path/filepath"
	"testing"

	"loalang/speech/vi"
	"loalang/speech/vi/casetest"
)

// independentFloor is the least share, in percent, that must be right of each
// family of the cases written without a look at the rules. It only rises.
var independentFloor = map[string]float64{"admin": 100, "sea": 98, "tn": 100, "village": 100}

// TestIndependentCases measures the normaliser by sentences whose writer knew no
// rule of it (testdata/cases/independent/README.md says who may change them).
func TestIndependentCases(t *testing.T) {
	cases, err := casetest.ReadDir(filepath.Join("testdata", "cases", "independent"))
	if err != nil {
		t.Fatal(err)
	}
	families := casetest.Families(casetest.Score(cases, readPlain))
	if len(families) != len(independentFloor) {
		t.Errorf("%d families of cases, but floors for %d", len(families), len(independentFloor))
	}
	for _, r := range families {
		t.Logf("%-8s %4d of %4d  %5.1f %%", r.Class, r.Right, r.All, r.Percent())
		for _, w := range r.Wrong {
			t.Logf("wrong %s %s: %q is read %q, expected %q", w.Place, w.Class, w.Input, w.Got, w.Expected)
		}
		if floor, ok := independentFloor[r.Class]; !ok || r.Percent() < floor {
			t.Errorf("of %s only %.1f %% are right, at least %.1f %% must be", r.Class, r.Percent(), floor)
		}
	}
	for _, c := range cases {
		sound(t, c.Input, vi.Normalize(c.Input, nil))
	}
}
