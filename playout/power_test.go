package playout_test

import (
	"testing"
	"time"

	"loalang/hardware"
	"loalang/playout"
)

// A device that is sent commands takes each without an error and never answers: nobody
// heard a thing, and no row and no emergency says that somebody did.
func TestDeviceThatNeverAnswersIsNotHeard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.amp.mutes(true)
		s.player.Play(s.occurrence("one", 20*time.Second, time.Second))
		s.at(30 * time.Second)
		row := s.expect("one", playout.Missed, playout.TroubleAmplifier, 2)
		for _, a := range row.Airings {
			if len(a.Zones) > 0 {
				t.Errorf("%s aired in %v", a.Part, a.Zones)
			}
		}
		s.raise(s.emergency("e1", 20*time.Second))
		s.at(35 * time.Second)
		if e := s.player.Air().Emergencies[0]; e.Sounding || !hasFault(e, playout.TroubleAmplifier, "") {
			t.Errorf("air = %+v", e)
		}
		s.at(time.Minute)
		s.expect("emergency:e1", playout.Missed, playout.TroubleAmplifier, 1)
	})
}

// One that answers late is on from then on, in the middle of what sounds.
func TestDeviceThatAnswersLateIsHeardFromThenOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.amp.mutes(true)
		s.raise(s.emergency("e1", time.Minute))
		s.at(1300 * time.Millisecond)
		s.amp.mutes(false)
		s.at(1500 * time.Millisecond)
		if e := s.player.Air().Emergencies[0]; !e.Sounding || hasFault(e, playout.TroubleAmplifier, "") {
			t.Errorf("air = %+v", e)
		}
		s.at(2 * time.Minute)
		if row := s.expect("emergency:e1", playout.Played, "expired", 2); row.Lateness > 1500*time.Millisecond {
			t.Errorf("heard %s late, want when the device answered", row.Lateness)
		}
	})
}

// While an amplifier hangs, the panel shows what sounds, and an emergency can be renewed and
// ended.
func TestNobodyWaitsForAnAmplifierThatHangs(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		answers := make(chan struct{})
		s.amp.mu.Lock()
		s.amp.hangs = answers
		s.amp.mu.Unlock()
		e := s.emergency("e1", time.Minute)
		raised := make(chan error, 1)
		go func() { raised <- s.player.Raise(t.Context(), e) }()
		s.at(2 * time.Second)
		if a := s.player.Air(); len(a.Emergencies) != 1 || a.Emergencies[0].Sounding {
			t.Errorf("air = %+v", a.Emergencies)
		}
		if _, err := s.player.Renew(t.Context(), "e1", s.out.start.Add(3*time.Minute), "chi-lan"); err != nil {
			t.Errorf("renew: %v", err)
		}
		if err := s.player.Lower(t.Context(), "chi-lan"); err != nil {
			t.Errorf("lower: %v", err)
		}
		if took := time.Since(s.out.start); took > 2100*time.Millisecond {
			t.Errorf("it took until %s", took)
		}
		if a := s.player.Air(); len(a.Emergencies) != 0 {
			t.Errorf("air = %+v", a.Emergencies)
		}
		close(answers)
		if err := <-raised; err != nil {
			t.Errorf("raise: %v", err)
		}
		s.at(10 * time.Second)
		s.expect("emergency:e1", playout.Missed, playout.TroubleAmplifier, 1) // nobody heard it
	})
}

// What is on may be switched off by its guard: the Player still took it for on and settled
// since it went on first, and what came next lost its beginning.
func TestWhatTheGuardSwitchedOffSettlesAnew(t *testing.T) {
	cases := map[string]struct {
		at   time.Duration
		play func(s *stage)
		row  string
	}{
		"WhileItIsOff": {27 * time.Second, func(s *stage) { s.player.Play(s.priority("now", 5*time.Second)) }, "now"},
		"OnAgain": {30500 * time.Millisecond, func(s *stage) {
			e := s.emergency("e1", time.Minute)
			e.NoSiren = true
			s.raise(e)
		}, "emergency:e1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				relay := hardware.NewSim(hardware.AmpConfig{Settle: settle, Tail: time.Second, MaxOn: 5 * time.Second, Now: time.Now})
				s := newStage(t, func(s *stage, cfg *playout.PlayerConfig) { cfg.Amp, cfg.Zones = relay, nil })
				s.voicer.took = 100 * time.Millisecond
				s.player.Play(s.occurrence("long", 20*time.Second, 30*time.Second))
				s.at(26900 * time.Millisecond)
				if st := relay.State(); st.Keyed || st.Trouble != hardware.TroubleGuard {
					t.Fatalf("its guard has not switched it off: %+v", st)
				}
				s.at(c.at)
				c.play(s)
				s.at(c.at + 100*time.Millisecond)
				keyed := relay.State()
				if !keyed.Keyed {
					t.Fatalf("it is not on: %+v", keyed)
				}
				s.at(c.at + 8*time.Second)
				row := s.row(c.row)
				if len(row.Airings) == 0 || row.Airings[0].Started.Sub(keyed.Since) < settle {
					t.Errorf("on since %s, and %+v", keyed.Since.Sub(s.out.start), row.Airings)
				}
			})
		})
	}
}
