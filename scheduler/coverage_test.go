package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// TestCover: the next airing first, each language of the village in its order,
// and nothing of other languages.
func TestCover(t *testing.T) {
	now := at(t, "2026-11-23 12:00")
	b := book()
	dossier := func(id string, rs []scheduler.Rendition, ss ...scheduler.Schedule) scheduler.Dossier {
		for i := range ss {
			ss[i].Announcement = id
		}
		return scheduler.Dossier{Announcement: scheduler.Announcement{Owned: scheduler.Owned{ID: id, Created: now}}, Renditions: rs, Schedules: ss}
	}
	ready := scheduler.Rendition{Language: "vi", State: scheduler.Ready}
	asked := scheduler.Rendition{Language: "pcc", State: scheduler.Assigned, Assignment: scheduler.Assignment{Reader: "Mỷ", Due: now.Add(-time.Hour)}}
	ds := []scheduler.Dossier{
		dossier("khong-lich", []scheduler.Rendition{ready}),
		dossier("sang-mai", []scheduler.Rendition{ready, asked}, daily("sang")),
		dossier("chieu-nay", []scheduler.Rendition{{Language: "en", State: scheduler.Missing}, ready, {Language: "pcc", State: scheduler.Ready}}, daily("chieu"), once(at(t, "2026-12-01 08:00"))),
		dossier("het-han", []scheduler.Rendition{ready}, daily("chieu")),
	}
	ds[3].Announcement.ValidUntil = at(t, "2026-11-23 15:00")
	c, err := scheduler.Cover(b.Village, ds, b.Slots, now, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	order := func(rows []scheduler.CoverageRow) (ids []string) {
		for _, r := range rows {
			ids = append(ids, r.Announcement.ID)
		}
		return ids
	}
	if got := order(c.Rows); !slices.Equal(got, []string{"chieu-nay", "sang-mai", "het-han", "khong-lich"}) {
		t.Fatalf("order %v", got)
	}
	first := c.Rows[0]
	if !first.Next.Equal(at(t, "2026-11-23 17:00")) || len(first.Cells) != 2 || first.Cells[0].Language != "vi" || len(first.Lacking()) != 0 {
		t.Errorf("first row %+v", first)
	}
	if lacking := c.Rows[3].Lacking(); len(lacking) != 1 || lacking[0].Language != "pcc" || lacking[0].State != scheduler.Missing || lacking[0].ID != "" {
		t.Errorf("a language without a rendition: %+v", lacking)
	}
	if got := order(c.Wanting(now.Add(24 * time.Hour))); !slices.Equal(got, []string{"sang-mai"}) {
		t.Errorf("wanting within a day: %v", got)
	}
	from, to := scheduler.DayOf(at(t, "2026-12-01 15:00"), now.Location())
	if c, err = scheduler.Cover(b.Village, ds, b.Slots, from, to); err != nil || !slices.Equal(order(c.Rows), []string{"sang-mai", "chieu-nay"}) || !c.Rows[1].Next.Equal(at(t, "2026-12-01 08:00")) {
		t.Errorf("on the first of December: %v, %v", order(c.Rows), err)
	}
}

func TestLacking(t *testing.T) {
	for name, tt := range map[string]struct {
		r    scheduler.Rendition
		want bool
	}{
		"ready":          {scheduler.Rendition{State: scheduler.Ready}, false},
		"on its way":     {scheduler.Rendition{State: scheduler.Spoken}, false},
		"stuck":          {scheduler.Rendition{State: scheduler.Recorded, Fault: "recording-gone"}, true},
		"missing":        {scheduler.Rendition{State: scheduler.Missing}, true},
		"somebody asked": {scheduler.Rendition{State: scheduler.Assigned}, true},
		"outdated":       {scheduler.Rendition{State: scheduler.Outdated}, true},
	} {
		if got := tt.r.Lacking(); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestProposeDue(t *testing.T) {
	now := at(t, "2026-11-23 12:00:20")
	for name, tt := range map[string]struct{ next, want time.Time }{
		"an hour before": {at(t, "2026-11-23 17:00"), at(t, "2026-11-23 16:00")},
		"at the airing":  {at(t, "2026-11-23 13:00"), at(t, "2026-11-23 13:00")},
		"no airing":      {time.Time{}, at(t, "2026-11-24 12:00")},
		"a slot goes on": {at(t, "2026-11-23 11:30"), at(t, "2026-11-24 12:00")},
	} {
		if got := scheduler.ProposeDue(tt.next, now); !got.Equal(tt.want) {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
