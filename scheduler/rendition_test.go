package scheduler_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// The table of states, as people read it: from, then to what.
func TestRenditionStates(t *testing.T) {
	want := map[scheduler.RenditionState][]scheduler.RenditionState{
		scheduler.Missing:  {scheduler.Assigned, scheduler.Outdated, scheduler.Spoken, scheduler.Recorded},
		scheduler.Assigned: {scheduler.Missing, scheduler.Outdated, scheduler.Spoken, scheduler.Recorded},
		scheduler.Outdated: {scheduler.Missing, scheduler.Assigned, scheduler.Spoken, scheduler.Recorded},
		scheduler.Spoken:   {scheduler.Missing, scheduler.Assigned, scheduler.Outdated, scheduler.Recorded, scheduler.Ready},
		scheduler.Recorded: {scheduler.Missing, scheduler.Outdated, scheduler.Spoken, scheduler.Ready},
		scheduler.Ready:    {scheduler.Missing, scheduler.Outdated, scheduler.Spoken, scheduler.Recorded},
	}
	for _, from := range scheduler.RenditionStates() {
		for _, to := range scheduler.RenditionStates() {
			if got := from.May(to); got != (from == to || slices.Contains(want[from], to)) {
				t.Errorf("from %s to %s: %v", from, to, got)
			}
		}
	}
	if scheduler.RenditionState("").May(scheduler.Ready) || scheduler.Missing.May("later") {
		t.Error("an unknown state goes anywhere")
	}
}

// Each step, tried from every state, ends in the state that it names or leaves
// everything as it was.
func TestRenditionSteps(t *testing.T) {
	steps := map[string]struct {
		do   func(scheduler.Rendition) (scheduler.Rendition, error)
		from []scheduler.RenditionState
		to   scheduler.RenditionState
	}{
		"assign": {
			func(r scheduler.Rendition) (scheduler.Rendition, error) {
				return r.Assign(scheduler.Assignment{Reader: "Vàng"})
			},
			[]scheduler.RenditionState{scheduler.Missing, scheduler.Assigned, scheduler.Spoken, scheduler.Outdated},
			scheduler.Assigned,
		},
		"take": {
			func(r scheduler.Rendition) (scheduler.Rendition, error) { return r.Take("t", "w", "w") },
			[]scheduler.RenditionState{scheduler.Missing, scheduler.Assigned, scheduler.Spoken, scheduler.Outdated, scheduler.Recorded, scheduler.Ready},
			scheduler.Recorded,
		},
		"take of another text": {
			func(r scheduler.Rendition) (scheduler.Rendition, error) { return r.Take("t", "old", "w") },
			[]scheduler.RenditionState{scheduler.Missing, scheduler.Assigned, scheduler.Spoken, scheduler.Outdated, scheduler.Recorded, scheduler.Ready},
			scheduler.Outdated,
		},
		"speak": {
			func(r scheduler.Rendition) (scheduler.Rendition, error) { return r.Speak("", "chữ", "") },
			[]scheduler.RenditionState{scheduler.Missing, scheduler.Assigned, scheduler.Spoken, scheduler.Outdated, scheduler.Recorded, scheduler.Ready},
			scheduler.Spoken,
		},
		"produce": {
			func(r scheduler.Rendition) (scheduler.Rendition, error) { return r.Produce("p", time.Second) },
			[]scheduler.RenditionState{scheduler.Spoken, scheduler.Recorded, scheduler.Ready},
			scheduler.Ready,
		},
		"hold": {
			func(r scheduler.Rendition) (scheduler.Rendition, error) { return r.Hold("w") },
			[]scheduler.RenditionState{scheduler.Outdated, scheduler.Assigned},
			scheduler.Recorded,
		},
	}
	for name, step := range steps {
		for _, from := range scheduler.RenditionStates() {
			r := scheduler.Rendition{Language: "pcc", State: from, Recording: "cũ", Told: "old"}
			got, err := step.do(r)
			if !slices.Contains(step.from, from) {
				if !errors.Is(err, scheduler.ErrTransition) || got != r {
					t.Errorf("%s from %s: %+v, %v", name, from, got, err)
				}
				continue
			}
			if err != nil || got.State != step.to {
				t.Errorf("%s from %s: %s, %v", name, from, got.State, err)
			}
		}
	}
}

// To take a request back leaves what was there before it.
func TestUnassign(t *testing.T) {
	ask := scheduler.Assignment{Reader: "Vàng Thị Mỷ", Due: at(t, "2026-11-24 16:00")}
	for before, want := range map[scheduler.Rendition]scheduler.RenditionState{
		{State: scheduler.Missing}:                                         scheduler.Missing,
		{State: scheduler.Spoken, SpokenText: "chữ"}:                       scheduler.Missing,
		{State: scheduler.Outdated, Recording: "cũ", Told: "w", Length: 0}: scheduler.Outdated,
	} {
		r, err := before.Assign(ask)
		if err != nil || r.Assignment != ask {
			t.Fatalf("%s: %+v, %v", before.State, r, err)
		}
		if r, err = r.Unassign(); err != nil || r.State != want || r.Assignment != (scheduler.Assignment{}) || r.Recording != before.Recording || r.Told != before.Told {
			t.Errorf("%s: %+v, %v", before.State, r, err)
		}
	}
	if _, err := (scheduler.Rendition{State: scheduler.Ready}).Unassign(); !errors.Is(err, scheduler.ErrTransition) {
		t.Errorf("nobody was asked: %v", err)
	}
}

// A recording outlives a change of the text that is taken back, and white space.
func TestRecordingComesBackWithItsText(t *testing.T) {
	read := func(string) string { return "" }
	a, b := scheduler.Wording("Họp lúc 19h."), scheduler.Wording("Họp lúc 20h.")
	r := scheduler.Rendition{State: scheduler.Ready, Recording: "t", Length: time.Second, Told: a}
	if r = r.Retell(a, b, read); r.State != scheduler.Outdated || r.Told != a || r.Length != 0 {
		t.Fatalf("after a change: %+v", r)
	}
	if r = r.Retell(b, scheduler.Wording("Họp lúc 21h."), read); r.State != scheduler.Outdated {
		t.Fatalf("after another: %+v", r)
	}
	if r = r.Retell(b, a, read); r.State != scheduler.Recorded || r.Recording != "t" {
		t.Errorf("the old text came back: %+v", r)
	}
	if scheduler.Wording(" Họp  lúc\n19h. ") != a {
		t.Error("white space is taken for words")
	}
	if asked := (scheduler.Rendition{State: scheduler.Assigned, Assignment: scheduler.Assignment{Reader: "Mỷ"}}); asked.Retell(a, b, read) != asked {
		t.Error("a change of the text takes the request back")
	}
}

func TestOverdue(t *testing.T) {
	now := at(t, "2026-11-24 16:00")
	due := scheduler.Assignment{Due: now.Add(-time.Minute)}
	for name, tt := range map[string]struct {
		r    scheduler.Rendition
		want bool
	}{
		"late":     {scheduler.Rendition{State: scheduler.Assigned, Assignment: due}, true},
		"in time":  {scheduler.Rendition{State: scheduler.Assigned, Assignment: scheduler.Assignment{Due: now}}, false},
		"recorded": {scheduler.Rendition{State: scheduler.Ready, Assignment: due}, false},
		"no due":   {scheduler.Rendition{State: scheduler.Assigned}, false},
	} {
		if got := tt.r.Overdue(now); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
