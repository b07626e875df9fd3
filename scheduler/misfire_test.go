package scheduler_test

import (
	"testing"
	"time"

	"loalang/scheduler"
)

func TestMisfireDecide(t *testing.T) {
	due := at(t, "2026-11-23 17:00")
	tests := []struct {
		name  string
		rule  scheduler.Misfire
		late  time.Duration
		newer bool
		airs  bool
		code  string
	}{
		{"OK on time", scheduler.Misfire{Policy: scheduler.Skip}, 0, false, true, ""},
		{"before its time", scheduler.Misfire{Policy: scheduler.Skip}, -time.Hour, false, true, ""},
		{"skip", scheduler.Misfire{Policy: scheduler.Skip, Grace: time.Hour}, time.Nanosecond, false, false, scheduler.ReasonTooLate},
		{"late within the grace", scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Hour}, time.Hour, false, true, scheduler.ReasonLate},
		{"late beyond the grace", scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Hour}, time.Hour + 1, false, false, scheduler.ReasonTooLate},
		{"late with a newer one", scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Hour}, time.Minute, true, true, scheduler.ReasonLate},
		{"coalesce the newest", scheduler.Misfire{Policy: scheduler.Coalesce, Grace: time.Hour}, time.Minute, false, true, scheduler.ReasonLate},
		{"coalesce an older one", scheduler.Misfire{Policy: scheduler.Coalesce, Grace: time.Hour}, time.Minute, true, false, scheduler.ReasonCoalesced},
		{"coalesce beyond the grace", scheduler.Misfire{Policy: scheduler.Coalesce, Grace: time.Hour}, 2 * time.Hour, false, false, scheduler.ReasonTooLate},
		{"no rule", scheduler.Misfire{}, time.Second, false, false, scheduler.ReasonTooLate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := tt.rule.Decide(due, due.Add(tt.late), tt.newer)
			if d.Air != tt.airs || d.Reason.Code != tt.code {
				t.Errorf("decided %+v", d)
			}
			if tt.code == scheduler.ReasonLate && d.Reason.By != tt.late {
				t.Errorf("late by %s, want %s", d.Reason.By, tt.late)
			}
		})
	}
}
