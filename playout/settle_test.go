package playout_test

import (
	"slices"
	"testing"
	"time"

	"loalang/playout"
)

// TestNoWordBeforeTheAmplifierSettled: the amplifier is keyed with the siren, in the same
// instant, and no word of the message begins before it has settled, however early the
// words are ready and however slow it is.
func TestNoWordBeforeTheAmplifierSettled(t *testing.T) {
	for name, slow := range map[string]time.Duration{"a quick amplifier": 0, "one slower than the siren": 12 * time.Second} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.amp.slow, s.voicer.took = slow, time.Second
				s.at(5 * time.Second)
				s.raise(s.emergency("e1", 2*time.Minute))
				s.at(60 * time.Second)
				keyed := s.amp.switches()
				if len(keyed) != 1 {
					t.Fatalf("the amplifier was switched %d times, want once", len(keyed))
				}
				row := s.row("emergency:e1")
				if len(row.Airings) < 2 || !row.Airings[0].Started.Equal(keyed[0]) {
					t.Fatalf("the amplifier was keyed at %v, airings = %+v; want the siren in that instant, and words", keyed[0], row.Airings)
				}
				words := slices.IndexFunc(row.Airings, func(a playout.Airing) bool { return a.Language != "" })
				if lead := row.Airings[words].Started.Sub(keyed[0]); lead < settle+slow || lead > settle+slow+2*sirenLength+time.Second {
					t.Errorf("the first word came %v after the amplifier was keyed, which needs %v", lead, settle+slow)
				}
			})
		})
	}
}

// TestEmergencyRestsBetweenItsCycles: behind the words; the siren alone has no holes.
func TestEmergencyRestsBetweenItsCycles(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.voicer.took = 3 * time.Second
		s.raise(s.emergency("e1", time.Minute))
		s.at(10 * time.Second)
		if first, second := s.out.alarm(0), s.out.alarm(1); first.Rest != 0 || second.Rest != 2*time.Second || len(second.Cycle) != 2 {
			t.Errorf("rests of the siren alone %v, of the siren and words %v; want 0 and 2s", first.Rest, second.Rest)
		}
		s.at(32 * time.Second) // siren 10 s, words 4.5 s, rest 2 s, siren
		if air := s.player.Air(); len(air.Emergencies) != 1 || !air.Emergencies[0].Sounding {
			t.Errorf("air = %+v, want it sounding", air.Emergencies)
		}
	})
}
