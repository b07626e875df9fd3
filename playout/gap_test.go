package playout_test

import (
	"testing"
	"time"

	"loalang/hardware"
	"loalang/playout"
)

// restful is a stage whose one amplifier stays off for a while.
func restful(t *testing.T, minOff time.Duration) (*stage, *hardware.Relay) {
	t.Helper()
	var relay *hardware.Relay
	s := newStage(t, func(s *stage, cfg *playout.PlayerConfig) {
		relay = hardware.NewSim(hardware.AmpConfig{
			Settle: settle, Tail: time.Second, MinOff: minOff, Fresh: true,
			Now: time.Now, Mono: func() time.Duration { return time.Duration(s.out.now()) },
		})
		cfg.Amp, cfg.Zones = relay, nil
	})
	return s, relay
}

// keyedAt says whether the amplifier is on at an instant of the test.
func (s *stage) keyedAt(relay *hardware.Relay, at time.Duration, want bool, why string) {
	s.t.Helper()
	s.at(at)
	if st := relay.State(); st.Keyed != want {
		s.t.Errorf("at %s the amplifier is %+v: %s", at, st, why)
	}
}

// The plan hands over seconds ahead: what it says is due next keeps the amplifier on that
// must stay off for longer than the gap.
func TestWhatThePlanExpectsKeepsTheAmplifierOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, relay := restful(t, 20*time.Second)
		a := s.occurrence("a", 15*time.Second, 3*time.Second) // until 19.5 s
		b := s.occurrence("b", 35*time.Second, 3*time.Second)
		s.at(6 * time.Second)
		s.player.Play(a)
		s.player.Expect(b.Due)
		s.keyedAt(relay, 12*time.Second, false, "nothing is due yet")
		s.keyedAt(relay, 25*time.Second, true, "b is due in 10 s")
		s.at(26 * time.Second)
		s.player.Play(b)
		s.player.Expect(time.Time{})
		s.keyedAt(relay, 32*time.Second, true, "b is due in 3 s")
		s.keyedAt(relay, 41*time.Second, false, "nothing is due any more")
		for _, id := range []string{"a", "b"} {
			if row := s.expect(id, playout.Played, "completed", 2); row.Lateness.Abs() > time.Millisecond {
				t.Errorf("%s is late by %s", id, row.Lateness)
			}
		}
	})
}

// Nobody hums for what is far, was taken back, or never comes.
func TestAGapIsNotKeptForNothing(t *testing.T) {
	cases := map[string]struct {
		expect func(s *stage)
		off    time.Duration
	}{
		"Far": {func(s *stage) { s.player.Expect(s.out.start.Add(55 * time.Second)) }, 21 * time.Second},
		"TakenBack": {func(s *stage) {
			s.player.Expect(s.out.start.Add(45 * time.Second))
			s.at(24 * time.Second)
			s.player.Expect(time.Time{})
		}, 26 * time.Second},
		"PutOff": {func(s *stage) {
			s.player.Expect(s.out.start.Add(45 * time.Second))
			s.at(24 * time.Second)
			s.player.Expect(s.out.start.Add(time.Hour))
		}, 26 * time.Second},
		"NoShow": {func(s *stage) { s.player.Expect(s.out.start.Add(45 * time.Second)) }, 50 * time.Second},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s, relay := restful(t, 0)
				s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second))
				s.at(19 * time.Second)
				tt.expect(s)
				if tt.off > 30*time.Second {
					s.keyedAt(relay, 40*time.Second, true, "it is expected")
				}
				s.keyedAt(relay, tt.off, false, "nothing comes")
				s.at(70 * time.Second)
				s.player.Expect(s.out.start.Add(80 * time.Second))
				s.keyedAt(relay, 71*time.Second, false, "what is expected does not switch it on")
			})
		})
	}
}

// A notice that is handed over while the amplifier is on for its tail alone keeps it on.
func TestTheTailIsNoGap(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, relay := restful(t, 20*time.Second)
		s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second))
		s.at(20 * time.Second)
		s.player.Play(s.occurrence("b", 29*time.Second, 3*time.Second))
		s.keyedAt(relay, 22*time.Second, true, "b has its place")
		s.at(time.Minute)
		if row := s.expect("b", playout.Played, "completed", 2); row.Lateness.Abs() > time.Millisecond {
			t.Errorf("b is late by %s", row.Lateness)
		}
	})
}

// An emergency that ends shortly before a notice leaves the amplifier on for it.
func TestTheEndOfAnEmergencyIsFollowedByAGap(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, relay := restful(t, 20*time.Second)
		s.raise(s.emergency("e1", 15*time.Second))
		b := s.occurrence("b", 35*time.Second, 3*time.Second)
		s.player.Expect(b.Due)
		s.keyedAt(relay, 22*time.Second, true, "b is due in 13 s")
		s.at(26 * time.Second)
		s.player.Play(b)
		s.player.Expect(time.Time{})
		s.at(time.Minute)
		if row := s.expect("b", playout.Played, "completed", 2); row.Lateness.Abs() > time.Millisecond {
			t.Errorf("b is late by %s", row.Lateness)
		}
	})
}

// What is due while the amplifier must stay off begins late, and loses no word: as it is
// handed over, or when it had its place before the amplifier went off.
func TestNoWordToAnAmplifierThatRests(t *testing.T) {
	cases := map[string]struct{ minOff, due, handed time.Duration }{
		"HandedOverMeanwhile": {20 * time.Second, 33 * time.Second, 24 * time.Second},
		"HandedOverBefore":    {50 * time.Second, 55 * time.Second, 10 * time.Second},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s, relay := restful(t, tt.minOff)
				s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second))
				s.at(tt.handed)
				s.player.Play(s.occurrence("b", tt.due, 3*time.Second))
				on := 20500*time.Millisecond + tt.minOff
				s.keyedAt(relay, on-time.Second/10, false, "it rests")
				s.keyedAt(relay, on+time.Second/10, true, "it has rested")
				since := relay.State().Since
				s.at(on + time.Minute)
				row := s.expect("b", playout.Played, playout.CauseResting, 2)
				if lead := row.Airings[0].Started.Sub(since); lead < settle || lead > settle+time.Second {
					t.Errorf("b began %s after the amplifier was on, it settles for %s", lead, settle)
				}
				if row.Lateness < on+settle-tt.due {
					t.Errorf("b is late by %s", row.Lateness)
				}
			})
		})
	}
}

// A zone that must stay off still joins in later: what the others can hear waits for it
// no moment. Nothing waits for an amplifier that is on by itself.
func TestWhatRestsHoldsBackNothingThatIsHeard(t *testing.T) {
	resting := func(only ...string) func(*stage, *playout.PlayerConfig) {
		return func(s *stage, cfg *playout.PlayerConfig) {
			zones := map[string]*amp{}
			zoned(zones)(s, cfg)
			for _, name := range only {
				zones[name].rests, zones[name].offAt = time.Minute, time.Now()
			}
		}
	}
	optional := func(s *stage, cfg *playout.PlayerConfig) {
		began := time.Now()
		cfg.Zones, cfg.Amp = nil, hardware.NewSim(hardware.AmpConfig{
			Settle: settle, Tail: time.Second, MinOff: time.Minute, Optional: true,
			Now: time.Now, Mono: func() time.Duration { return time.Hour + time.Since(began) },
		})
	}
	cases := map[string]struct {
		board func(*stage, *playout.PlayerConfig)
		late  bool
	}{
		"OneZone":  {resting("suoi"), false},
		"Optional": {optional, false},
		"AllZones": {resting("dau-thon", "cho", "suoi"), true},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, tt.board)
				s.at(time.Second)
				s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second))
				s.at(2 * time.Minute)
				row := s.row("a")
				if row.Outcome != playout.Played || row.Lateness > time.Second != tt.late {
					t.Errorf("%s, %s, late by %s", row.Outcome, row.Cause, row.Lateness)
				}
			})
			bubble(t, func(t *testing.T) {
				s := newStage(t, tt.board)
				s.voicer.took = time.Second
				s.at(5 * time.Second)
				e := s.emergency("e1", 2*time.Minute)
				e.NoSiren, e.Repeat, e.Languages = true, 1, []string{"vi"}
				s.raise(e)
				s.at(3 * time.Minute)
				row := s.row("emergency:e1")
				if len(row.Airings) == 0 || s.since(row.Airings[0]) > 15*time.Second != tt.late || row.Outcome != playout.Played {
					t.Errorf("%s, %s: %+v", row.Outcome, row.Cause, row.Airings)
				}
			})
		})
	}
}
