package scheduler_test

import (
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// What was due while this program was away is missed for want of power only when
// the board was off then: while it was on, the cause is the program.
func TestWhatARestartMissedIsNotToldAsPower(t *testing.T) {
	cases := map[string]struct {
		up    time.Duration // how long before its return the board came up; 0: nobody knows
		cause string
	}{
		"BoardWasOn":  {24 * time.Hour, scheduler.ReasonRestart},
		"BoardWasOff": {time.Minute, scheduler.ReasonPower},
		"NobodyKnows": {0, scheduler.ReasonPower},
	}
	for name, c := range cases {
		bubble(t, name, func(t *testing.T) {
			s := newStation(t, "2026-11-23 16:50")
			tell(&s.book, "a", time.Minute)
			when(&s.book, "a", daily("chieu")).Created = at(t, "2026-11-23 08:00")
			s.powerOn()
			time.Sleep(time.Minute)
			s.powerOff()
			time.Sleep(6 * time.Hour)
			if back := s.now(); c.up > 0 {
				s.upSince = func() time.Time { return back.Add(-c.up) }
			}
			s.powerOn()
			time.Sleep(time.Hour)
			causes := map[string]int{}
			for _, fate := range s.fates() {
				causes[fate[strings.LastIndex(fate, " ")+1:]]++
			}
			if causes[c.cause] == 0 || len(causes) != 1 {
				t.Errorf("fates %v, want only %s", causes, c.cause)
			}
		})
	}
}
