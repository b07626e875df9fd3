package web_test

import "testing"

// A word that is what another one says changes nothing, as the reading of a text is
// to be stable; both sides are told before they are kept.
func TestWordThatChangesNothingIsTold(t *testing.T) {
	h := newHouse(t)
	h.w.words = nil
	h.w.teach("1", "TDP", "tổ dân phố")
	var made savedReply
	h.call("cadre", "POST", "/api/v1/words?lang=vi", `{"written":"Tổ dân phố","spoken":"khu phố"}`).want(201).into(&made)
	if len(made.Hints) == 0 || made.Hints[len(made.Hints)-1].Code != "silent" {
		t.Errorf("%+v", made.Hints)
	}
	h.call("cadre", "POST", "/api/v1/words?lang=vi", `{"written":"TĐP","spoken":"tổ dân phố"}`).want(201).into(&made)
	if len(made.Hints) != 1 || made.Hints[0].Code != "silences" {
		t.Errorf("%+v", made.Hints)
	}
}
