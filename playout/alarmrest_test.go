package playout_test

import (
	"testing"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

// An emergency within the time for which the amplifier must stay off speaks no word to one
// that is off, and counts no cycle: its siren begins at once.
func TestEmergencyWaitsForAnAmplifierThatRests(t *testing.T) {
	siren, voice := playout.PartSiren, scheduler.PartVoice
	cases := map[string]struct {
		raise  func(s *stage) scheduler.Emergency
		parts  []scheduler.PartKind
		frames audio.Frames // of the last part
	}{
		"AllClearSaidOnce": {func(s *stage) scheduler.Emergency {
			e := s.allClear("e1")
			e.Repeat = 1
			return e
		}, []scheduler.PartKind{voice}, 4 * 48000},
		"WithoutSiren": {func(s *stage) scheduler.Emergency {
			e := s.emergency("e1", 5*time.Minute)
			e.NoSiren, e.Repeat = true, 1
			return e
		}, []scheduler.PartKind{voice}, 4 * 48000},
		"SirenAndWordsOnce": {func(s *stage) scheduler.Emergency {
			e := s.emergency("e1", 5*time.Minute)
			e.Repeat = 1
			return e
		}, []scheduler.PartKind{siren, voice}, 4 * 48000},
		"SirenOnce": {func(s *stage) scheduler.Emergency {
			e := s.emergency("e1", 5*time.Minute)
			e.Text, e.Repeat = "", 1
			return e
		}, []scheduler.PartKind{siren}, 3 * 10 * 48000},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s, relay := restful(t, 20*time.Second)
				s.voicer.took = time.Second
				s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second)) // off at 20.5 s, until 40.5 s
				s.at(21 * time.Second)
				e := tt.raise(s)
				e.Languages = []string{"vi"}
				s.raise(e)
				s.keyedAt(relay, 40*time.Second, false, "it rests")
				s.keyedAt(relay, 41*time.Second, true, "it has rested")
				since := relay.State().Since
				s.at(3 * time.Minute)
				row := s.expect("emergency:e1", playout.Played, "completed", len(tt.parts))
				for i, part := range tt.parts {
					a := row.Airings[i]
					if a.Part != part {
						t.Fatalf("airing %d = %+v, want %s", i, a, part)
					}
					if part == siren && s.since(a) > 21100*time.Millisecond {
						t.Errorf("the siren began at %s", s.since(a))
					}
					if part == voice && a.Started.Sub(since) < settle {
						t.Errorf("the words began %s after the amplifier was on, it settles for %s", a.Started.Sub(since), settle)
					}
				}
				if a := row.Airings[len(tt.parts)-1]; a.Frames != int64(tt.frames) {
					t.Errorf("%d frames of the last part, want %d: %+v", a.Frames, tt.frames, a)
				}
			})
		})
	}
}

// An emergency that waits for an amplifier which must stay off for a moment says so, and for
// how long: nobody is sent to look for a fault.
func TestEmergencySaysThatTheAmplifierRests(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, relay := restful(t, 20*time.Second)
		s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second)) // off at 20.5 s, until 40.5 s
		s.at(21 * time.Second)
		s.raise(s.emergency("e1", 5*time.Minute))
		s.at(22 * time.Second)
		e := s.player.Air().Emergencies[0]
		if e.Sounding || hasFault(e, playout.TroubleAmplifier, "") || !hasFault(e, playout.TroubleResting, "") {
			t.Errorf("while it rests: %+v", e)
		}
		for _, f := range e.Faults {
			if f.Code == playout.TroubleResting && (f.Rests < 17*time.Second || f.Rests > 19*time.Second) {
				t.Errorf("it rests for %s more", f.Rests)
			}
		}
		s.keyedAt(relay, 41*time.Second, true, "it has rested")
		if e := s.player.Air().Emergencies[0]; !e.Sounding || hasFault(e, playout.TroubleResting, "") {
			t.Errorf("when it has rested: %+v", e)
		}
	})
}
