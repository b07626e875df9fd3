package playout_test

import (
	"testing"
	"time"

	"loalang/hardware"
	"loalang/playout"
)

// One part that is longer than the guard of the relay allows is heard to its end, be it a
// recording or a live voice.
func TestGuardDoesNotSilenceALongPart(t *testing.T) {
	bubble(t, func(t *testing.T) {
		relay := hardware.NewSim(hardware.AmpConfig{Settle: settle, Tail: time.Second, MaxOn: 30 * time.Second, Now: time.Now})
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Amp, cfg.Zones = relay, nil })
		heard := func(from, to time.Duration) {
			t.Helper()
			for at := from; at < to; at += time.Second {
				s.at(at)
				if st := relay.State(); !st.Keyed {
					t.Fatalf("after %s the amplifier is off: %s", at, st.Fault)
				}
			}
		}
		s.player.Play(s.occurrence("one", 15*time.Second, 70*time.Second))
		heard(16*time.Second, 86*time.Second)
		s.at(90 * time.Second)
		s.expect("one", playout.Played, "completed", 2)
		l := s.goLive(newStreamFeed(), 10*time.Minute)
		heard(95*time.Second, 3*time.Minute)
		l.End(playout.EndSpeaker)
		s.at(4 * time.Minute)
		if relay.State().Keyed {
			t.Error("the amplifier stayed on")
		}
	})
}

// A drill that is longer than the guard of the relay allows, as one with a minute of siren and
// words in every language, is heard to its end, too, and blames no amplifier.
func TestGuardDoesNotSilenceADrill(t *testing.T) {
	bubble(t, func(t *testing.T) {
		relay := hardware.NewSim(hardware.AmpConfig{Settle: settle, Tail: time.Second, MaxOn: 30 * time.Second, Now: time.Now})
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Amp, cfg.Zones = relay, nil })
		o := s.drill("d", 10*time.Second, false)
		o.Drill.Siren = time.Minute
		s.player.Play(o)
		for at := 12 * time.Second; at < 70*time.Second; at += time.Second {
			s.at(at)
			if st := relay.State(); !st.Keyed {
				t.Fatalf("after %s the amplifier is off: %s", at, st.Fault)
			}
		}
		s.at(3 * time.Minute)
		if row := s.expect("d", playout.Played, "completed", 2); !row.Drill.Passed() || relay.State().Keyed {
			t.Errorf("failing %v, the amplifier is on: %v", failing(t, row), relay.State().Keyed)
		}
	})
}

// An output that never says that something has ended does not keep the amplifier on for
// ever: that is what the guard is for.
func TestGuardEndsWhatOutlastsItself(t *testing.T) {
	bubble(t, func(t *testing.T) {
		relay := hardware.NewSim(hardware.AmpConfig{Settle: settle, Tail: time.Second, MaxOn: 2 * time.Minute, Now: time.Now})
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Amp, cfg.Zones = relay, nil })
		s.player.Play(s.occurrence("one", 15*time.Second, 10*time.Second))
		s.at(20 * time.Second)
		s.out.forgetEnds()
		s.at(5 * time.Minute)
		if st := relay.State(); st.Keyed || st.Trouble != hardware.TroubleGuard {
			t.Errorf("four minutes behind its end: %+v, want off by the guard", st)
		}
	})
}

// forgetEnds lets nothing that sounds come to its end.
func (o *output) forgetEnds() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, k := range o.cues {
		if k.live && !k.done {
			for _, timer := range k.timers {
				timer.Stop()
			}
		}
	}
}
