package playout_test

import (
	"testing"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/playout"
	"loalang/scheduler"
)

// Somebody who may speak for ten minutes speaks for one: the bulletin that fell due
// meanwhile, with a minute of grace, was given up at once, for the ten minutes.
func TestWhatIsDueUnderALiveVoiceWaitsForItsEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.at(5 * time.Second)
		l := s.goLive(newStreamFeed(), 10*time.Minute)
		s.player.Play(s.occurrence("bulletin", 20*time.Second, 10*time.Second))
		s.player.Play(s.occurrence("behind", 32*time.Second, 5*time.Second))
		s.at(50 * time.Second)
		l.End(playout.EndSpeaker)
		s.at(3 * time.Minute)
		s.expect(l.ID(), playout.Played, playout.EndSpeaker, 2)
		row := s.expect("bulletin", playout.Played, scheduler.ReasonPreempted, 2)
		if at := s.since(row.Airings[0]); at > 51*time.Second {
			t.Errorf("the bulletin began at %s, want when the voice ended", at)
		}
		s.expect("behind", playout.Played, scheduler.ReasonDelayed, 2) // by the bulletin
		s.oneVoice("bulletin", "behind", l.ID())
	})
}

// What waits for a live voice is given up when its own grace is over, not later.
func TestWhatWaitsForALiveVoiceIsGivenUpAtItsGrace(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.at(5 * time.Second)
		l := s.goLive(newStreamFeed(), 10*time.Minute)
		s.player.Play(s.occurrence("bulletin", 20*time.Second, 10*time.Second))
		s.at(75 * time.Second)
		if row := s.row("bulletin"); row.Outcome != "" {
			t.Errorf("at 75 s the bulletin is %q, it has a minute", row.Outcome)
		}
		s.at(82 * time.Second)
		s.expect("bulletin", playout.Missed, scheduler.ReasonPreempted, 0)
		l.End(playout.EndSpeaker)
		s.at(3 * time.Minute)
	})
}

// The hour ends before ten minutes are over, but not before the speaker.
func TestALiveVoiceDoesNotPushWhatIsDueOutOfTheHours(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.place.allows(5)
		s.player.Changed()
		s.at(5 * time.Second)
		l := s.goLive(newStreamFeed(), 4*time.Minute+50*time.Second)
		s.player.Play(s.occurrence("bulletin", 20*time.Second, 10*time.Second))
		s.at(40 * time.Second)
		l.End(playout.EndSpeaker)
		s.at(3 * time.Minute)
		s.expect("bulletin", playout.Played, scheduler.ReasonPreempted, 2)
	})
}

// A relay that a live voice interrupts is joined again when that ends, though the
// voice might have gone on beyond it.
func TestARelayComesBackAfterALiveVoiceThatMightHaveOutlastedIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, withStation(receiver{feed: newStreamFeed()}))
		s.player.Play(s.relay("r", 20*time.Second, 3*time.Minute))
		s.at(30 * time.Second)
		l := s.goLive(newStreamFeed(), 10*time.Minute)
		s.at(60 * time.Second)
		l.End(playout.EndSpeaker)
		s.at(5 * time.Minute)
		r := s.expect("r", playout.Played, playout.CauseResumed, 2)
		if at := s.since(r.Airings[1]); at > 62*time.Second {
			t.Errorf("it came back at %s", at)
		}
		s.oneVoice("r", l.ID())
	})
}

// A priority notice for now that comes while somebody speaks begins behind them,
// and is not told to have begun ten minutes too early.
func TestNowUnderALiveVoiceIsNotEarly(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.at(5 * time.Second)
		l := s.goLive(newStreamFeed(), 10*time.Minute)
		s.at(20 * time.Second)
		s.player.Play(s.priority("now", 5*time.Second))
		s.at(40 * time.Second)
		l.End(playout.EndSpeaker)
		s.at(3 * time.Minute)
		row := s.row("now")
		if row.Outcome != playout.Played || row.Lateness < 0 || s.since(row.Airings[0]) > 41*time.Second {
			t.Errorf("row %q %q, late by %s, began at %s", row.Outcome, row.Cause, row.Lateness, s.since(row.Airings[0]))
		}
		s.oneVoice("now", l.ID())
	})
}

// The page of today told the limit of those who have asked for more time to all.
func TestOnAirTellsWhenALiveVoiceEndsAsThingsAre(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.lib.record(t, "gong", 2*time.Second, span{0, 2 * time.Second})
		ends := s.out.now().Add(5 * time.Minute)
		_, err := s.player.GoLive(t.Context(), playout.Live{
			By: "chị Mẩy", Title: "Nói trực tiếp", Chime: "gong", Feed: newStreamFeed(), Limit: 10 * time.Minute,
			Ends: func() audio.Instant { return ends },
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []time.Duration{5 * time.Minute, 8 * time.Minute} {
			ends = s.out.now().Add(want)
			s.at(time.Since(s.out.start) + 10*time.Second)
			if air := s.player.Air(); air.OnAir == nil || air.OnAir.Ends.Sub(s.out.start) > want+11*time.Second {
				t.Errorf("on air %+v, want its end at %s", air.OnAir, want)
			}
		}
		s.at(20 * time.Minute)
	})
}

// A board that does not know the time took what it had last seen for it, and let
// nobody speak in the morning since it had been switched off at night.
func TestLiveVoiceWithTheClockUnknown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		trust := hardware.Unknown
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
			cfg.Clock = func() hardware.ClockState { return hardware.ClockState{Trust: trust} }
		})
		s.place.allows(1)
		s.at(2 * time.Minute)
		l := s.goLive(newStreamFeed(), time.Minute)
		s.at(150 * time.Second)
		l.End(playout.EndSpeaker)
		s.at(3 * time.Minute)
		s.expect(l.ID(), playout.Played, playout.EndSpeaker, 2)
	})
}

// Somebody opens a line and says nothing: what left before a word of it was heard is
// withdrawn, and the as-run says that nothing was said.
func TestALiveVoiceThatEndsBeforeAWordIsUnsaid(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		l, err := s.player.GoLive(t.Context(), playout.Live{By: "chị Mẩy", Title: "Nói trực tiếp", Feed: newStreamFeed(), Limit: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		s.at(settle / 2) // the stream is cued, the amplifier settles
		if !s.out.runsDry() {
			t.Fatal("no stream was cued that could end before it began")
		}
		s.at(5 * time.Second)
		if row := s.expect(l.ID(), playout.Withdrawn, playout.EndUnsaid, 0); row.By != "chị Mẩy" || s.amp.keyed() {
			t.Errorf("row %+v, amplifier keyed: %v", row, s.amp.keyed())
		}
		if got := stages(l); got[len(got)-1] != playout.TalkEnded {
			t.Errorf("stages %v", got)
		}
		s.goLive(newStreamFeed(), time.Minute) // the next may speak
	})
}
