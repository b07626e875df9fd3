package playout_test

import (
	"fmt"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// A relay that an emergency silenced until past its end was said to have failed at
// the station.
func TestRelayThatAnEmergencyOutlasts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		feed := newStreamFeed()
		s := newStage(t, withStation(receiver{feed: feed}))
		s.player.Play(s.relay("r", 20*time.Second, time.Minute))
		s.at(40 * time.Second)
		s.raise(s.emergency("x", time.Minute))
		s.at(90 * time.Second) // its end was at 80 s
		s.expect("r", playout.Cut, scheduler.ReasonPreempted, 1)
		if !feed.isClosed() {
			t.Error("the station is still received")
		}
		s.at(3 * time.Minute)
	})
}

// A relay that did not come to its turn at all says why, too.
func TestRelayUnderAnEmergencyFromTheStart(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, withStation(receiver{feed: newStreamFeed()}))
		s.raise(s.emergency("x", 2*time.Minute))
		s.player.Play(s.relay("r", 20*time.Second, time.Minute))
		s.at(4 * time.Minute)
		s.expect("r", playout.Missed, scheduler.ReasonPreempted, 0)
	})
}

// The limit of a live voice ran out under an emergency: no station is to blame.
func TestLiveVoiceThatAnEmergencyOutlasts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.at(10 * time.Second)
		l := s.goLive(newStreamFeed(), 30*time.Second)
		s.at(20 * time.Second)
		s.raise(s.emergency("x", time.Minute))
		s.at(2 * time.Minute)
		s.expect(l.ID(), playout.Cut, scheduler.ReasonPreempted, 2)
		if got := stages(l); got[len(got)-1] != playout.TalkEnded {
			t.Errorf("stages %v", got)
		}
	})
}

// A live voice that begins in the moment of an emergency is heard after it.
func TestLiveVoiceInTheMomentOfAnEmergency(t *testing.T) {
	for off := -3000; off <= 3000; off += 100 {
		t.Run(fmt.Sprint(off), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.occurrence("a", 5*time.Second, 20*time.Second))
				d := time.Duration(off) * time.Millisecond
				var l playout.LiveSession
				live := func() { l = s.goLive(newStreamFeed(), time.Minute) }
				alarm := func() { s.raise(s.emergency("x", 20*time.Second)) }
				first, second := live, alarm
				if off < 0 {
					first, second, d = alarm, live, -d
				}
				s.at(15 * time.Second)
				first()
				s.at(15*time.Second + d)
				second()
				s.at(5 * time.Minute)
				row := s.row(l.ID())
				if row.Outcome != playout.Played {
					t.Errorf("live = %s %s %+v", row.Outcome, row.Cause, row.Airings)
				}
				if a := s.row("a"); a.Outcome != playout.Played || framesOf(a, scheduler.PartVoice) != 20*48000 {
					t.Errorf("a = %s %s %+v", a.Outcome, a.Cause, a.Airings)
				}
				s.oneVoice("a", l.ID())
				if s.amp.keyed() {
					t.Error("the amplifier stayed on")
				}
			})
		})
	}
}
