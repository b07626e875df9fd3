package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// recordedFor saves a notice with a recording in Giáy for its text and reads it back.
func recordedFor(t *testing.T, text string) (d scheduler.Dossier, save func(change func(d *scheduler.Dossier)) (scheduler.Dossier, error)) {
	t.Helper()
	s, _ := seeded(t)
	ctx := context.Background()
	a := notice("a")
	a.Text = text
	rs := []scheduler.Rendition{
		{Language: "vi", State: scheduler.Ready, SpokenText: text, Recording: "rec", Length: time.Second},
		{Language: "pcc", State: scheduler.Ready, Recording: "take", Length: time.Second, Told: scheduler.Wording(text)},
	}
	check(t, s.SaveAnnouncement(ctx, a, rs, nil), nil)
	save = func(change func(d *scheduler.Dossier)) (scheduler.Dossier, error) {
		d, err := s.Announcement(ctx, "a")
		check(t, err, nil)
		change(&d)
		if err := s.SaveAnnouncement(ctx, d.Announcement, d.Renditions, nil); err != nil {
			return d, err
		}
		return s.Announcement(ctx, "a")
	}
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	return d, save
}

func edit(text string) func(d *scheduler.Dossier) {
	return func(d *scheduler.Dossier) {
		old := d.Announcement.Text
		d.Announcement.Text = text
		d.Renditions = d.Retold(old, func(string) string { return text })
	}
}

// The text that a recording was made for is there beside what it says now, after
// any number of changes, and goes when a new recording is made.
func TestOutdatedKeepsWhatWasTold(t *testing.T) {
	d, save := recordedFor(t, "Họp lúc 19h.")
	if d.Renditions[1].ToldText != "" {
		t.Errorf("of what is ready: %q", d.Renditions[1].ToldText)
	}
	for i := range 40 {
		_, err := save(edit(fmt.Sprintf("Họp lúc 20h%02d.", i)))
		check(t, err, nil)
	}
	d, err := save(edit("Họp lúc 21h."))
	check(t, err, nil)
	if r := d.Renditions[1]; r.State != scheduler.Outdated || r.ToldText != "Họp lúc 19h." {
		t.Fatalf("after 41 changes: %s, told %q", r.State, r.ToldText)
	}
	ask := scheduler.Assignment{Reader: "Vàng Thị Mỷ", Account: "acc", Due: day0.Add(time.Hour), By: "Hoa", At: day0}
	d, err = save(func(d *scheduler.Dossier) { d.Renditions[1], err = d.Renditions[1].Assign(ask) })
	check(t, err, nil)
	if r := d.Renditions[1]; r.State != scheduler.Assigned || r.Assignment != ask || r.ToldText != "Họp lúc 19h." || r.Recording != "take" {
		t.Errorf("asked to record it again: %+v", r)
	}
	current := scheduler.Wording("Họp lúc 21h.")
	d, err = save(func(d *scheduler.Dossier) { d.Renditions[1], err = d.Renditions[1].Take("new", current, current) })
	check(t, err, nil)
	if r := d.Renditions[1]; r.State != scheduler.Recorded || r.Told != current || r.ToldText != "" || r.Assignment != ask {
		t.Errorf("recorded again: %+v", r)
	}
}

// A take that was recorded while the text was changed knows for what it was made.
func TestTakeOfAnOlderTextIsOutdated(t *testing.T) {
	_, save := recordedFor(t, "Họp lúc 19h.")
	read := scheduler.Wording("Họp lúc 20h.")
	_, err := save(edit("Họp lúc 20h."))
	check(t, err, nil)
	_, err = save(edit("Họp lúc 21h."))
	check(t, err, nil)
	d, err := save(func(d *scheduler.Dossier) {
		d.Renditions[1], err = d.Renditions[1].Take("late", read, scheduler.Wording(d.Announcement.Text))
	})
	check(t, err, nil)
	if r := d.Renditions[1]; r.State != scheduler.Outdated || r.Recording != "late" || r.ToldText != "Họp lúc 20h." {
		t.Errorf("%+v", r)
	}
}

// Nothing gets into a state that the table does not allow, whoever writes it.
func TestStoreRefusesForbiddenStates(t *testing.T) {
	_, save := recordedFor(t, "Họp lúc 19h.")
	_, err := save(func(d *scheduler.Dossier) { d.Renditions[1].State = scheduler.Assigned })
	check(t, err, scheduler.ErrTransition)
	_, err = save(edit("Họp lúc 20h."))
	check(t, err, nil)
	_, err = save(func(d *scheduler.Dossier) { d.Renditions[1].State = scheduler.Ready })
	check(t, err, scheduler.ErrTransition)
}

// A producer that measured a take while its text was changed does not make it
// ready: it stays outdated.
func TestTextChangedWhileATakeIsMeasured(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	a := notice("a")
	a.Text = "Họp lúc 19h."
	check(t, s.SaveAnnouncement(ctx, a, []scheduler.Rendition{{Language: "pcc", State: scheduler.Recorded, Recording: "take"}}, nil), nil)
	waiting, err := s.Waiting(ctx, unTa, day0)
	check(t, err, nil)
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	edit("Họp lúc 20h.")(&d)
	check(t, s.SaveAnnouncement(ctx, d.Announcement, d.Renditions, nil), nil)
	produced, err := waiting[0].Produce("take", time.Minute)
	check(t, err, nil)
	check(t, s.SaveRendition(ctx, produced), scheduler.ErrRevision)
	d, err = s.Announcement(ctx, "a")
	check(t, err, nil)
	if r := d.Renditions[0]; r.State != scheduler.Outdated || r.ToldText != "Họp lúc 19h." {
		t.Errorf("%+v", r)
	}
}

// A language that a village adds is missing from everything that may still air,
// and from nothing else.
func TestNewLanguageOfAVillage(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	old := notice("old")
	old.ValidFrom, old.ValidUntil = day0.Add(-2*time.Hour), day0.Add(-time.Hour)
	gone := notice("gone")
	gone.Withdrawn = day0
	for _, a := range []scheduler.Announcement{notice("a"), old, gone} {
		check(t, s.SaveAnnouncement(ctx, a, renditions(1), nil), nil)
	}
	v, err := s.Village(ctx, unTa)
	check(t, err, nil)
	v.Languages = []string{"tyz", "pcc", "vi"}
	v.Missing, v.Pause = scheduler.Wait, 1500*time.Millisecond
	check(t, s.SaveVillage(ctx, v), nil)
	again, err := s.Village(ctx, unTa)
	check(t, err, nil)
	v.Revision++
	same(t, "village", again, v)
	for id, want := range map[string][]string{"a": {"tyz missing", "pcc missing", "vi spoken"}, "old": {"vi spoken"}, "gone": {"vi spoken"}} {
		d, err := s.Announcement(ctx, id)
		check(t, err, nil)
		var got []string
		for _, r := range d.Renditions {
			got = append(got, r.Language+" "+string(r.State))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
	v.Languages = []string{"pcc"} // Vietnamese may have to stand for it, and the others stay as they are
	check(t, s.SaveVillage(ctx, v), nil)
	list, err := s.MayAir(ctx, unTa, day0)
	check(t, err, nil)
	if len(list) != 1 || len(list[0].Renditions) != 3 {
		t.Errorf("%+v", list)
	}
	check(t, s.Cover(ctx, unTa), nil)
	if again, err := s.MayAir(ctx, unTa, day0); err != nil || len(again[0].Renditions) != 3 {
		t.Errorf("covered twice: %+v, %v", again, err)
	}
}

func TestAsRunNamesWhatWasMissing(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	row := playout.AsRun{
		Owned: scheduler.Owned{ID: newID(), Village: unTa, Created: day0, Updated: day0}, Occurrence: "o", Kind: scheduler.Notice, Due: day0,
		Missing: []string{"pcc", "tyz"}, Airings: []playout.Airing{{ID: newID(), Part: scheduler.PartVoice, Language: "vi", For: []string{"pcc", "tyz"}, Started: day0}},
	}
	check(t, s.Record(ctx, row), nil)
	got, err := s.AsRun(ctx, "o")
	check(t, err, nil)
	if !slices.Equal(got.Missing, row.Missing) || len(got.Airings) != 1 || !slices.Equal(got.Airings[0].For, row.Missing) {
		t.Errorf("%+v", got)
	}
}

// That a language is not to be told in is kept, and outlives what covers a
// village anew.
func TestWaivedIsKept(t *testing.T) {
	_, save := recordedFor(t, "Họp lúc 19h.")
	d, err := save(func(d *scheduler.Dossier) {
		waived, err := d.Renditions[1].Waive()
		check(t, err, nil)
		d.Renditions[1] = waived
	})
	check(t, err, nil)
	if r := d.Renditions[1]; !r.Waived || r.State != scheduler.Missing || r.Recording != "" {
		t.Errorf("%+v", r)
	}
	d, err = save(func(d *scheduler.Dossier) {
		wanted, err := d.Renditions[1].Assign(scheduler.Assignment{Reader: "Mỷ", Due: day0})
		check(t, err, nil)
		d.Renditions[1] = wanted
	})
	check(t, err, nil)
	if r := d.Renditions[1]; r.Waived || r.State != scheduler.Assigned {
		t.Errorf("wanted again: %+v", r)
	}
}

// What may still air knows which of its occurrences had their turn.
func TestMayAirKnowsWhatHadItsTurn(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.SaveAnnouncement(ctx, notice("a"), renditions(1), nil), nil)
	row := func(occurrence string, outcome playout.Outcome, due time.Time) {
		check(t, s.Record(ctx, playout.AsRun{
			Owned: scheduler.Owned{ID: newID(), Village: unTa, Created: day0, Updated: day0}, Occurrence: occurrence, Announcement: "a", Kind: scheduler.Notice, Due: due, Outcome: outcome,
		}), nil)
	}
	row("played", playout.Played, day0.Add(-time.Hour))
	row("sounding", "", day0)
	row("long ago", playout.Played, day0.Add(-30*24*time.Hour))
	list, err := s.MayAir(ctx, unTa, day0)
	check(t, err, nil)
	if len(list) != 1 || !slices.Equal(list[0].Turns, []string{"played"}) {
		t.Errorf("%+v", list)
	}
}
