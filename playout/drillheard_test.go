package playout_test

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"loalang/hardware"
	"loalang/playout"
	"loalang/proof"
)

// A drill that can be heard is passed when the monitor input heard it: silent or wrong is a
// step that failed, what was not measured is none. Its row has the verdict.
func TestDrillIsPassedWhenItIsHeard(t *testing.T) {
	cases := map[string]struct {
		verdict proof.Verdict
		failing []string
		steps   bool // one says what was heard
	}{
		"Heard":       {proof.Heard, nil, true},
		"Silent":      {proof.Silent, []string{"heard unheard"}, true},
		"Wrong":       {proof.Wrong, []string{"heard wrong"}, true},
		"NotMeasured": {proof.NotMeasured, nil, false},
		"NoAnswer":    {"", nil, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s, w := watched(t)
				w.answer = func(occurrence string) {
					time.Sleep(8 * time.Second)
					if c.verdict != "" {
						s.player.Proved(occurrence, proof.Result{Verdict: c.verdict, Score: 0.5})
					}
				}
				s.player.Play(s.drill("d", 10*time.Second, false))
				s.at(2 * time.Minute)
				row := s.row("d")
				if got := failing(t, row); !slices.Equal(got, c.failing) || slices.Contains(steps(row), playout.StepHeard) != c.steps {
					t.Errorf("steps %v, failing %v, want %v", steps(row), got, c.failing)
				}
				if passed := row.Outcome == playout.Played; passed != (len(c.failing) == 0) || !passed && row.Cause != playout.CauseDrill {
					t.Errorf("row = %q cause %q", row.Outcome, row.Cause)
				}
				if c.verdict != "" && (row.Heard != playout.Heard(c.verdict) || row.Proof == nil) {
					t.Errorf("heard %q, proof %+v", row.Heard, row.Proof)
				}
			})
		})
	}
}

// straysOff waits until an amplifier is off, and lets its line stray.
func (a *amp) straysOff() {
	for a.keyed() {
		time.Sleep(100 * time.Millisecond) // synctest's clock
	}
	a.strays(true)
}

// A drill while somebody speaks by the amplifier's own microphone has found what would
// become of an emergency, and so has one whose amplifier goes off in the middle; a silent one
// as well, as far as it can.
func TestDrillFindsThatNobodyWouldHear(t *testing.T) {
	dead := errors.New("the adapter was pulled")
	cases := map[string]struct {
		silent bool
		ill    func(s *stage, taken *atomic.Bool) // when it begins
		later  func(s *stage, taken *atomic.Bool) // 8 s later
		want   string
	}{
		"Bypass":       {false, func(_ *stage, taken *atomic.Bool) { taken.Store(true) }, nil, "amplifier bypass"},
		"BypassSilent": {true, func(_ *stage, taken *atomic.Bool) { taken.Store(true) }, nil, "amplifier bypass"},
		"BypassLater":  {false, nil, func(_ *stage, taken *atomic.Bool) { taken.Store(true) }, "amplifier bypass"},
		"Dies":         {false, nil, func(s *stage, _ *atomic.Bool) { s.amp.dies(dead) }, "amplifier amplifier"},
		"PinStrays":    {false, func(s *stage, _ *atomic.Bool) { s.amp.strays(true) }, nil, "amplifier amplifier"},
		"PinStaysOn":   {false, nil, func(s *stage, _ *atomic.Bool) { s.amp.straysOff() }, "quiet still-on"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var taken atomic.Bool
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
					cfg.Bypass = func() hardware.BypassState { return hardware.BypassState{Sensed: true, On: taken.Load()} }
				})
				for after, f := range map[time.Duration]func(*stage, *atomic.Bool){9 * time.Second: c.ill, 17 * time.Second: c.later} {
					if f != nil {
						time.AfterFunc(after, func() { f(s, &taken) })
					}
				}
				s.player.Play(s.drill("d", 10*time.Second, c.silent))
				s.at(2 * time.Minute)
				if row := s.row("d"); !slices.Contains(failing(t, row), c.want) || row.Cause != playout.CauseDrill || row.Drill.Passed() {
					t.Errorf("row = %q %q, failing %v, want %q", row.Outcome, row.Cause, failing(t, row), c.want)
				}
			})
		})
	}
}

// A drill whose sound was over was said to be cut by an emergency that came while its verdict was
// waited for, and shown as still sounding.
func TestDrillThatIsOverIsNotCutByWhatFollows(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, w := watched(t)
		asked := make(chan struct{}, 9)
		w.answer = func(string) { asked <- struct{}{} } // the verdict never comes
		s.player.Play(s.drill("d", 10*time.Second, false))
		<-asked
		if d := s.player.Air().Drill; d != nil {
			t.Errorf("it is shown as sounding: %+v", d)
		}
		if err := s.player.Lower(t.Context(), "Vàng Thị Mỷ"); err == nil {
			t.Error("it was stopped behind its end")
		}
		s.at(4 * time.Minute)
		if row := s.row("d"); row.Outcome != playout.Played {
			t.Errorf("row = %q cause %q", row.Outcome, row.Cause)
		}
	})
}

// The row of a drill had its verdict only when the tail of the amplifier was over, which may
// be a minute.
func TestDrillHasItsVerdictWhileTheAmplifierIsOnStill(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := &witness{}
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
			cfg.Witness, cfg.Zones = w, nil
			cfg.Amp = hardware.NewSim(hardware.AmpConfig{Settle: settle, Tail: 40 * time.Second, Now: time.Now})
		})
		over := time.Duration(0)
		w.answer = func(occurrence string) {
			over = time.Duration(s.out.now())
			time.Sleep(7 * time.Second)
			s.player.Proved(occurrence, proof.Result{Verdict: proof.Heard, Score: 0.5})
		}
		s.player.Play(s.drill("d", 10*time.Second, false))
		for at := 11 * time.Second; ; at += time.Second {
			s.at(at)
			row, _ := s.book.row("d")
			if row.Proof != nil {
				if row.Heard != playout.HeardYes || row.Outcome != "" {
					t.Errorf("heard %q, outcome %q", row.Heard, row.Outcome)
				}
				break
			}
			if over != 0 && at-over > 10*time.Second {
				t.Errorf("%s after its end the row has no verdict", at-over)
				break
			}
		}
		s.at(2 * time.Minute)
		if row := s.expect("d", playout.Played, "completed", 2); row.Heard != playout.HeardYes || !slices.Equal(steps(row)[len(steps(row))-2:], []string{playout.StepQuiet, playout.StepHeard}) {
			t.Errorf("heard %q, steps %v", row.Heard, steps(row))
		}
	})
}
