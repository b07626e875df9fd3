package playout_test

import (
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// What was late once had "late" for its cause: the row names what made it so, and what
// it waited for (issue 5, point 7).
func TestALateNoticeNamesItsCause(t *testing.T) {
	because := func(code string) func(*stage, *sleeper) {
		return func(s *stage, _ *sleeper) {
			o := s.occurrence("a", 10*time.Second, 3*time.Second)
			o.Nominal = o.Due.Add(-time.Minute)
			o.Reasons = []scheduler.Reason{{Code: code, By: time.Minute}, {Code: scheduler.ReasonLate, By: time.Minute}}
			s.player.Play(o)
		}
	}
	for name, c := range map[string]struct {
		do           func(*stage, *sleeper)
		cause, title string
	}{
		"Restart":  {because(scheduler.ReasonRestart), scheduler.ReasonRestart, ""},
		"Power":    {because(scheduler.ReasonPower), scheduler.ReasonPower, ""},
		"Clock":    {because(scheduler.ReasonClock), scheduler.ReasonClock, ""},
		"Approval": {because(scheduler.ReasonNotApproved), scheduler.ReasonNotApproved, ""},
		"Asleep": {func(s *stage, clock *sleeper) {
			s.player.Play(s.occurrence("a", 30*time.Second, 3*time.Second))
			s.at(15 * time.Second)
			clock.sleep(30 * time.Second)
		}, scheduler.ReasonAsleep, ""},
		"ANoticeInFront": {func(s *stage, _ *sleeper) {
			b := s.occurrence("b", 10*time.Second, 15*time.Second)
			b.Title = "Lịch tiêm vắc-xin"
			s.player.Play(b)
			s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second))
		}, scheduler.ReasonDelayed, "Lịch tiêm vắc-xin"},
		"ByThePlan": {func(s *stage, _ *sleeper) {
			b := s.occurrence("b", 10*time.Second, 15*time.Second)
			b.Title = "Lịch tiêm vắc-xin"
			s.player.Play(b)
			a := s.occurrence("a", 15*time.Second, 3*time.Second)
			a.Due = s.out.start.Add(28 * time.Second)
			a.Reasons = []scheduler.Reason{{Code: scheduler.ReasonDelayed, Occurrence: "b", By: 13 * time.Second}}
			s.player.Play(a)
		}, scheduler.ReasonDelayed, "Lịch tiêm vắc-xin"},
		"AnEmergency": {func(s *stage, _ *sleeper) {
			s.raise(s.emergency("x", 20*time.Second))
			s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second))
		}, scheduler.ReasonPreempted, "Lũ quét"},
		"InterruptedToo": {func(s *stage, clock *sleeper) {
			because(scheduler.ReasonPower)(s, clock)
			s.at(12 * time.Second)
			s.player.Play(s.priority("p", 3*time.Second))
		}, scheduler.ReasonPower, ""},
		"Busy": {func(s *stage, _ *sleeper) {
			s.at(20 * time.Second)
			s.player.Play(s.occurrence("a", 10*time.Second, 3*time.Second))
		}, playout.CauseBusy, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				clock := &sleeper{}
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
					cfg.Now, cfg.Clock, cfg.Slept = clock.now, clock.state, clock.hasSlept
				})
				c.do(s, clock)
				s.at(5 * time.Minute)
				row := s.row("a")
				if row.Outcome != playout.Played || !row.Late() || row.Cause != c.cause {
					t.Errorf("%s %s, late by %s; want %s", row.Outcome, row.Cause, row.Lateness, c.cause)
				}
				if occurrence, title := row.Behind(); title != c.title || (occurrence == "") != (title == "") {
					t.Errorf("behind %q %q, want %q", occurrence, title, c.title)
				}
			})
		})
	}
}
