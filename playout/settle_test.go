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

// An emergency without a siren waited as long as the amplifier takes to settle though the
// notice that it interrupts had it on and settled, and again before each repetition.
func TestEmergencyWaitsForNothingThatHasSettled(t *testing.T) {
	slow := 28 * time.Second // and it settles for 30
	plain := func(s *stage) { s.at(70 * time.Second) }
	cases := map[string]struct {
		before    func(s *stage)
		zones     []string
		from, to  time.Duration // of the first word, behind the call
		siren     bool
		slowZones bool // the amplifier is quick, the zone cho takes its time
	}{
		"FromCold":     {before: plain, from: settle + slow, to: settle + slow + 2*time.Second},
		"OverANotice":  {before: notice, to: 2 * time.Second},
		"SirenToo":     {before: notice, from: sirenLength, to: 2*sirenLength + 2*time.Second, siren: true},
		"ZoneOfNotice": {before: notice, zones: []string{"cho"}, to: 2 * time.Second, slowZones: true},
		"ZoneThatIsOff": {before: func(s *stage) {
			e := s.emergency("other", time.Hour)
			e.Zones = []string{"suoi"}
			s.raise(e)
			s.at(70 * time.Second)
		}, zones: []string{"cho"}, from: settle + slow, to: settle + slow + time.Minute, slowZones: true},
		"ZoneThatIsQuick": {before: plain, zones: []string{"suoi"}, from: settle, to: settle + 2*time.Second, slowZones: true},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(s *stage, cfg *playout.PlayerConfig) {
					if s.amp.slow = slow; tt.slowZones {
						zones := map[string]*amp{}
						zoned(zones)(s, cfg)
						zones["cho"].slow = slow
					}
				})
				s.voicer.took = time.Second
				tt.before(s)
				called := time.Since(s.out.start)
				e := s.emergency("e1", 20*time.Minute)
				e.NoSiren, e.Zones, e.Languages = !tt.siren, tt.zones, []string{"vi"}
				s.raise(e)
				s.at(called + 3*time.Minute)
				row := s.row("emergency:e1")
				i := slices.IndexFunc(row.Airings, func(a playout.Airing) bool { return a.Language == "vi" })
				if i < 0 {
					t.Fatalf("it was never said: %+v", row.Airings)
				}
				if after := s.since(row.Airings[i]) - called; after < tt.from || after > tt.to {
					t.Errorf("the first word came %s after the call, want %s to %s", after, tt.from, tt.to)
				}
				if said := row.Airings[i].Frames / (4 * 48000); !tt.siren && tt.slowZones == (len(tt.zones) == 0) && said < 15 {
					t.Errorf("it was said %d times in three minutes", said)
				}
			})
		})
	}
}

// notice has the amplifier on and settled: it is keyed 30 s before a minute is over, and
// sounds for three.
func notice(s *stage) {
	s.player.Play(s.occurrence("a", time.Minute, 3*time.Minute))
	s.at(70 * time.Second)
}
