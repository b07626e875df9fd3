package web_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/web"
)

// spool has what waits beside the database.
type spool []playout.AsRun

func (s *spool) Spooled() []playout.AsRun { return *s }

// What aired while the database could not be written stands in the log at once, the
// newer state of a row in the place of the older, and the page says that it waits.
func TestLogShowsWhatWaitsBesideTheDatabase(t *testing.T) {
	kept := &spool{}
	h := newHouse(t, func(c *web.Config) { c.Spool = kept })
	h.fill()
	h.w.runs = []playout.AsRun{spooledRow(h, "one", "Bản cũ", 2*time.Hour)}
	newer := spooledRow(h, "one", "Bản mới", 2*time.Hour)
	newer.Updated = newer.Updated.Add(time.Minute)
	elsewhere := spooledRow(h, "far", "Thôn khác", time.Hour)
	elsewhere.Village = "toong-gianh"
	*kept = spool{newer, spooledRow(h, "two", "Cấp nước tối nay", time.Hour), elsewhere, spooledRow(h, "old", "Năm ngoái", 400*24*time.Hour)}
	page := string(h.call("viewer", "GET", "/asrun", "").want(200).Body)
	for _, want := range []string{"Bản mới", "Cấp nước tối nay", "2 lượt dưới đây còn chờ"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	for _, unwanted := range []string{"Bản cũ", "Thôn khác", "Năm ngoái"} {
		if strings.Contains(page, unwanted) {
			t.Errorf("the page has %q", unwanted)
		}
	}
	if body := string(h.call("viewer", "GET", "/api/v1/asrun", "").want(200).Body); !strings.Contains(body, "Cấp nước tối nay") {
		t.Errorf("the API shows %s", body)
	}
	*kept = nil
	if page := string(h.call("viewer", "GET", "/asrun", "").want(200).Body); strings.Contains(page, "còn chờ") {
		t.Error("the page tells of rows that wait though none does")
	}
}

// drainingLog is a database into which what waits beside it goes right behind each reading.
type drainingLog struct {
	*world
	kept *spool
}

func (d drainingLog) AsRuns(ctx context.Context, village string, from, to time.Time) ([]playout.AsRun, error) {
	runs, err := d.world.AsRuns(ctx, village, from, to)
	runs = slices.Clone(runs)
	d.runs, *d.kept = slices.Clone(*d.kept), nil
	return runs, err
}

// A row that went from beside the database into it while both were read was told as it had been
// before: an emergency that was stopped was on the air again, in a power cut of the lab.
func TestARowOnItsWayIntoTheDatabaseIsToldAsItIs(t *testing.T) {
	kept := &spool{}
	h := newHouse(t, func(c *web.Config) { c.Spool, c.AsRun = kept, drainingLog{c.AsRun.(*world), kept} })
	h.fill()
	h.w.runs = []playout.AsRun{spooledRow(h, "one", "Bản cũ", 2*time.Hour)}
	newer := spooledRow(h, "one", "Bản mới", 2*time.Hour)
	newer.Updated = newer.Updated.Add(time.Minute)
	*kept = spool{newer}
	for _, when := range []string{"on its way", "behind it"} {
		if body := string(h.call("viewer", "GET", "/api/v1/asrun", "").want(200).Body); !strings.Contains(body, "Bản mới") || strings.Contains(body, "Bản cũ") {
			t.Errorf("%s the API shows %s", when, body)
		}
		*kept = spool{newer}
	}
}

// While the database cannot be read the log page shows what waits beside it; a file for
// a report, or a program, is not given a part for the whole.
func TestLogWithoutItsDatabase(t *testing.T) {
	kept := &spool{}
	h := newHouse(t, func(c *web.Config) { c.Spool, c.AsRun = kept, damagedLog{c.AsRun.(*world)} })
	h.fill()
	h.call("viewer", "GET", "/asrun", "").want(503)
	*kept = spool{spooledRow(h, "two", "Cấp nước tối nay", time.Hour)}
	page := string(h.call("viewer", "GET", "/asrun", "").want(200).Body)
	if !strings.Contains(page, "Cấp nước tối nay") || !strings.Contains(page, "Chỉ xem được 1 lượt") {
		t.Error("the page does not show what waits, or not that it is not all")
	}
	h.call("viewer", "GET", "/asrun.csv?from=2026-11-20&to=2026-11-27", "").want(503)
	h.call("viewer", "GET", "/api/v1/asrun", "").want(503)
}

// spooledRow is the row of something that was due so long before now.
func spooledRow(h *house, occurrence, title string, before time.Duration) playout.AsRun {
	due := h.w.now.Add(-before)
	return playout.AsRun{
		Owned:      scheduler.Owned{ID: occurrence, Village: "un-ta", Updated: due},
		Occurrence: occurrence, Kind: scheduler.Notice, Title: title, Due: due, Nominal: due, Outcome: playout.Played, Cause: "completed", Heard: playout.HeardYes,
	}
}
