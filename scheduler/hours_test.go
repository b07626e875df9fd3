package scheduler_test

import (
	"testing"
	"time"

	"loalang/scheduler"
)

func TestVillageAllows(t *testing.T) {
	v := scheduler.Village{Key: "un-ta", Zone: "Asia/Ho_Chi_Minh"} // UTC+7
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 25, hour, minute, 0, 0, time.UTC) }
	if until, ok, err := v.Allows(at(20, 0), time.Hour, scheduler.Subject{}); !ok || !until.IsZero() || err != nil {
		t.Errorf("without a rule: %v %v %v, want all night", until, ok, err)
	}
	v.Allowed = []scheduler.Window{{From: 5 * 60, To: 11 * 60}, {From: 13 * 60, To: 21 * 60}}
	for _, c := range []struct {
		from   time.Time
		length time.Duration
		until  time.Time
		ok     bool
	}{
		{at(1, 0), 3 * time.Hour, at(4, 0), true},
		{at(1, 0), 3*time.Hour + 1, at(4, 0), false},
		{at(4, 0), 0, time.Time{}, false},
		{at(5, 59), time.Minute, time.Time{}, false},
		{at(6, 0), time.Minute, at(14, 0), true},
	} {
		until, ok, err := v.Allows(c.from, c.length, scheduler.Subject{})
		if !until.Equal(c.until) || ok != c.ok || err != nil {
			t.Errorf("%s for %s: %v %v %v, want %v %v", c.from.Format("15:04"), c.length, until, ok, err, c.until, c.ok)
		}
	}
	v.Zone = "Asia/Nowhere"
	if _, _, err := v.Allows(at(1, 0), 0, scheduler.Subject{}); err == nil {
		t.Error("an unknown zone is no error")
	}
}
