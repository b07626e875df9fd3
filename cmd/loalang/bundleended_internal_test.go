package main

import (
	"testing"
	"time"

	"loalang/scheduler"
	"loalang/store"
)

// To approve a notice that a bundle brought is not to edit it; to write, to move or to
// record it is.
func TestWhatCountsAsEditedHere(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), storeConfig(settings{Data: t.TempDir()}, time.Now, program{err: t.Output()}.quietLog()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	in, taken := &intake{db: db}, time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)
	left := scheduler.Dossier{
		Announcement: scheduler.Announcement{Owned: scheduler.Owned{Updated: taken}, Title: "Họp thôn", Text: "Bảy giờ."},
		Renditions:   []scheduler.Rendition{{Language: "vi", State: scheduler.Spoken, SpokenText: "Bảy giờ."}, {Language: "pcc", State: scheduler.Missing}},
		Schedules:    []scheduler.Schedule{{Owned: scheduler.Owned{ID: "a", Origin: "other"}, Kind: scheduler.Once, At: taken.Add(time.Hour)}},
	}
	m := scheduler.Imported{Owned: scheduler.Owned{Updated: taken}, Digest: in.marked("x", left, scheduler.Dossier{}, nil)}
	old := scheduler.Imported{Owned: m.Owned, Digest: "x"}
	later := taken.Add(time.Hour)
	for name, c := range map[string]struct {
		m      scheduler.Imported
		change func(d *scheduler.Dossier)
		want   edit
	}{
		"nothing": {m, func(*scheduler.Dossier) {}, edit{}},
		"approved": {m, func(d *scheduler.Dossier) {
			d.Announcement.Updated, d.Announcement.Approval = later, scheduler.Approval{State: scheduler.Approved, At: later}
		}, edit{}},
		"spoken": {m, func(d *scheduler.Dossier) { d.Renditions[0].State, d.Renditions[0].Recording = scheduler.Ready, "r" }, edit{}},
		"a time of its own": {m, func(d *scheduler.Dossier) {
			d.Schedules = append(d.Schedules, scheduler.Schedule{Owned: scheduler.Owned{ID: "b", Origin: db.Node()}})
		}, edit{}},
		"written":               {m, func(d *scheduler.Dossier) { d.Announcement.Text = "Tám giờ." }, edit{words: true}},
		"moved":                 {m, func(d *scheduler.Dossier) { d.Schedules[0].At = later.Add(time.Hour) }, edit{words: true}},
		"a time taken out":      {m, func(d *scheduler.Dossier) { d.Schedules = nil }, edit{words: true}},
		"recorded":              {m, func(d *scheduler.Dossier) { d.Renditions[1].State, d.Renditions[1].Recording = scheduler.Ready, "r" }, edit{takes: true}},
		"before: saved":         {old, func(d *scheduler.Dossier) { d.Announcement.Updated = later }, edit{true, true}},
		"before: approved":      {old, func(d *scheduler.Dossier) { d.Announcement.Updated, d.Announcement.Approval.At = later, later }, edit{}},
		"before: saved by then": {old, func(d *scheduler.Dossier) { d.Announcement.Updated = taken.Add(time.Second) }, edit{}},
	} {
		d := left
		d.Renditions = append([]scheduler.Rendition{}, left.Renditions...)
		d.Schedules = append([]scheduler.Schedule{}, left.Schedules...)
		c.change(&d)
		if got := in.edited(c.m, d); got != c.want {
			t.Errorf("%s: edited %+v, want %+v", name, got, c.want)
		}
	}
}
