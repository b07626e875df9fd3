package playout_test

import (
	"reflect"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

func TestUnderway(t *testing.T) {
	due := time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC)
	row := func(id string, o playout.Outcome, airings ...playout.Airing) playout.AsRun {
		return playout.AsRun{Occurrence: id, Kind: scheduler.Notice, Title: "Họp thôn", Due: due, Planned: time.Minute, Outcome: o, Airings: airings}
	}
	alarm := row("alarm", "")
	alarm.Kind = playout.KindEmergency
	late := due.Add(3 * time.Second)
	got := playout.Underway([]playout.AsRun{row("claimed", ""), row("over", playout.Played), alarm, row("sounds", "", playout.Airing{Started: late})})
	want := []scheduler.Occurrence{
		{ID: "claimed", Kind: scheduler.Notice, Title: "Họp thôn", Due: due, Length: time.Minute},
		{ID: "sounds", Kind: scheduler.Notice, Title: "Họp thôn", Due: late, Length: time.Minute},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}
