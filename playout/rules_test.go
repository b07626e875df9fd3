package playout_test

import (
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// What was taken over once sounded outside the hours that were narrowed
// meanwhile: after an emergency that can be half an hour later.
func TestHoursNarrowedWhileANoticeWaits(t *testing.T) {
	narrow := func(s *stage, minutes int) {
		s.place.allows(minutes)
		s.player.Changed()
	}
	t.Run("Cued", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.at(25 * time.Second) // nothing is handed over more than a minute ahead
			s.player.Play(s.occurrence("a", 65*time.Second, 5*time.Second))
			urgent := s.occurrence("b", 80*time.Second, 5*time.Second)
			urgent.Class = scheduler.ClassEmergency
			s.player.Play(urgent)
			s.at(55 * time.Second)
			narrow(s, 1)
			s.at(2 * time.Minute)
			s.expect("a", playout.Missed, scheduler.ReasonOutsideHours, 0)
			s.expect("b", playout.Played, "completed", 2)
		})
	})
	t.Run("BehindAnEmergency", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.player.Play(s.occurrence("a", 40*time.Second, 5*time.Second))
			s.at(30 * time.Second)
			s.raise(s.emergency("x", 40*time.Second)) // until 1:10
			s.at(50 * time.Second)
			narrow(s, 1)
			s.at(2 * time.Minute)
			s.expect("a", playout.Missed, scheduler.ReasonOutsideHours, 0)
			if n := len(s.amp.switches()); n != 2 {
				t.Errorf("the amplifier switched %d times, want for the emergency only", n)
			}
		})
	})
	t.Run("Silenced", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.player.Play(s.occurrence("a", 20*time.Second, 30*time.Second))
			s.at(30 * time.Second)
			s.raise(s.emergency("x", 60*time.Second)) // until 1:30
			s.at(35 * time.Second)
			narrow(s, 1) // 20 s are left to a, 25 s of the hour: not for long
			s.at(2 * time.Minute)
			s.expect("a", playout.Cut, scheduler.ReasonOutsideHours, 2)
		})
	})
	t.Run("Sounding", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.player.Play(s.occurrence("a", 50*time.Second, 30*time.Second))
			s.at(70 * time.Second)
			narrow(s, 1)
			s.at(2 * time.Minute)
			s.expect("a", playout.Played, "completed", 2)
		})
	})
	t.Run("Widened", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			narrow(s, 1)
			narrow(s, 0)
			s.at(20 * time.Second)
			s.player.Play(s.occurrence("a", 70*time.Second, 5*time.Second))
			s.at(2 * time.Minute)
			s.expect("a", playout.Played, "completed", 2)
		})
	})
	t.Run("WidenedBehindAnEmergency", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			narrow(s, 1)
			held := s.occurrence("a", 40*time.Second, 5*time.Second)
			held.Until, held.UntilReason = held.Due.Truncate(24*time.Hour).Add(time.Minute), scheduler.ReasonOutsideHours
			s.player.Play(held)
			s.at(30 * time.Second)
			s.raise(s.emergency("x", 40*time.Second)) // until 1:10
			s.at(50 * time.Second)
			narrow(s, 0)
			s.at(2 * time.Minute)
			s.expect("a", playout.Played, "preempted", 2)
		})
	})
	t.Run("WidenedWhileSilenced", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			narrow(s, 1)
			held := s.occurrence("a", 20*time.Second, 30*time.Second)
			held.Until, held.UntilReason = held.Due.Truncate(24*time.Hour).Add(time.Minute), scheduler.ReasonOutsideHours
			s.player.Play(held)
			s.at(30 * time.Second)
			s.raise(s.emergency("x", 60*time.Second)) // until 1:30
			s.at(32 * time.Second)
			narrow(s, 0)
			s.at(3 * time.Minute)
			s.expect("a", playout.Played, "resumed", 3)
		})
	})
	t.Run("WidenedBeyondItsValidity", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			narrow(s, 1)
			held := s.occurrence("a", 40*time.Second, 5*time.Second)
			held.Until, held.UntilReason = held.Due.Truncate(24*time.Hour).Add(time.Minute), scheduler.ReasonOutsideHours
			held.Expires = held.Due.Truncate(24 * time.Hour).Add(65 * time.Second)
			s.player.Play(held)
			s.at(30 * time.Second)
			s.raise(s.emergency("x", 40*time.Second)) // until 1:10
			s.at(50 * time.Second)
			narrow(s, 0)
			s.at(2 * time.Minute)
			s.expect("a", playout.Missed, scheduler.ReasonExpired, 0)
		})
	})
}
