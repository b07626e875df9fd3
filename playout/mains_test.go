package playout_test

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"loalang/hardware"
	"loalang/playout"
)

// zoned gives the board three zones and nothing that powers them all.
func zoned(zones map[string]*amp) func(*stage, *playout.PlayerConfig) {
	return func(_ *stage, cfg *playout.PlayerConfig) {
		cfg.Amp, cfg.Zones = nil, nil
		for _, name := range []string{"dau-thon", "cho", "suoi"} {
			zones[name] = &amp{}
			cfg.Zones = append(cfg.Zones, playout.Zone{Name: name, Amp: zones[name]})
		}
	}
}

// on are the zones that are switched on.
func on(zones map[string]*amp) []string {
	var names []string
	for _, name := range []string{"dau-thon", "cho", "suoi"} {
		if zones[name].keyed() {
			names = append(names, name)
		}
	}
	return names
}

func want(t *testing.T, when string, zones map[string]*amp, names ...string) {
	t.Helper()
	if got := on(zones); !slices.Equal(got, names) {
		t.Errorf("%s: on are %v, want %v", when, got, names)
	}
}

// An emergency sounds in the zones it names, and its row says so.
func TestEmergencyKeysItsZonesOnly(t *testing.T) {
	bubble(t, func(t *testing.T) {
		zones := map[string]*amp{}
		s := newStage(t, zoned(zones))
		e := s.emergency("e1", 30*time.Second)
		e.Zones = []string{"cho", "suoi"}
		s.raise(e)
		s.at(5 * time.Second)
		want(t, "while it sounds", zones, "cho", "suoi")
		if a := s.player.Air(); !a.Emergencies[0].Sounding || len(a.Amp.Zones) != 3 || a.Amp.Zones[0].Keyed || !a.Amp.Zones[1].Keyed {
			t.Errorf("air = %+v", a.Amp)
		}
		s.at(40 * time.Second)
		want(t, "after its tail", zones)
		for _, a := range s.row("emergency:e1").Airings {
			if !slices.Equal(a.Zones, []string{"cho", "suoi"}) {
				t.Errorf("%s aired in %v", a.Part, a.Zones)
			}
		}
	})
}

// An emergency that is stopped while it begins, as one that was raised by mistake in a drill, leaves
// no loudspeakers on, nor any off: the output takes its time to end the drill, and it is over before
// its amplifier is keyed.
func TestEmergencyStoppedAsItBeginsLetsGo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		zones := map[string]*amp{}
		s := newStage(t, zoned(zones))
		s.player.Play(s.drill("d", 10*time.Second, false))
		s.at(15 * time.Second)
		var stopped atomic.Bool
		s.out.slow = func(id string) {
			if !strings.HasPrefix(id, "drill ") || !stopped.CompareAndSwap(false, true) {
				return
			}
			if err := s.player.Lower(t.Context(), "người"); err != nil {
				t.Error(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		e := s.emergency("e1", 5*time.Minute)
		e.Zones = []string{"suoi"}
		s.raise(e)
		s.at(30 * time.Second)
		want(t, "behind both", zones)
		s.play("one", time.Minute)
		s.at(61 * time.Second)
		want(t, "under a notice", zones, "dau-thon", "cho", "suoi")
		s.at(4 * time.Minute)
		want(t, "at the end", zones)
	})
}

// A notice sounds everywhere. Under an emergency that names one zone, the others are
// off: they would hear it, too. They come back with the notice.
func TestEmergencySilencesOtherZones(t *testing.T) {
	bubble(t, func(t *testing.T) {
		zones := map[string]*amp{}
		s := newStage(t, zoned(zones))
		s.play("one", 10*time.Second)
		s.at(11 * time.Second)
		want(t, "under the notice", zones, "dau-thon", "cho", "suoi")
		e := s.emergency("e1", 20*time.Second)
		e.Zones = []string{"suoi"}
		s.raise(e)
		s.at(12 * time.Second)
		want(t, "under the emergency", zones, "suoi")
		s.at(34 * time.Second)
		want(t, "after the emergency", zones, "dau-thon", "cho", "suoi")
		s.at(3 * time.Minute)
		want(t, "at the end", zones)
		row := s.row("one")
		if len(row.Airings) == 0 || !slices.Equal(row.Airings[0].Zones, []string{"dau-thon", "cho", "suoi"}) {
			t.Errorf("airings = %+v", row.Airings)
		}
	})
}

// A zone whose relay does not answer is not among those that heard it, and the others
// hear it all the same.
func TestBrokenZoneIsNotClaimed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		zones := map[string]*amp{}
		s := newStage(t, zoned(zones))
		zones["cho"].breaks(errors.New("held by gpioset"))
		s.play("one", 10*time.Second)
		s.at(time.Minute)
		row := s.row("one")
		if row.Outcome != playout.Played || !slices.Equal(row.Airings[0].Zones, []string{"dau-thon", "suoi"}) {
			t.Errorf("row = %v %q, aired in %v", row.Outcome, row.Cause, row.Airings[0].Zones)
		}
	})
}

// One of the zones of an emergency is off and another on: the page says which is silent,
// and not that nobody hears it.
func TestEmergencyNamesTheZoneThatIsSilent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		zones := map[string]*amp{}
		s := newStage(t, zoned(zones))
		zones["cho"].breaks(errors.New("held by gpioset"))
		e := s.emergency("e1", time.Minute)
		e.Zones = []string{"cho", "suoi"}
		s.raise(e)
		s.at(2 * time.Second)
		a := s.player.Air().Emergencies[0]
		if i := slices.IndexFunc(a.Faults, func(f playout.EmergencyFault) bool { return f.Code == playout.TroubleZone }); !a.Sounding || i < 0 || a.Faults[i].Zone != "cho" || hasFault(a, playout.TroubleAmplifier, "") {
			t.Errorf("sounding %v, faults %+v", a.Sounding, a.Faults)
		}
	})
}

// A drill finds that one zone does not answer, though the others do: it is what drills are
// for. A silent one finds it as well.
func TestDrillFindsTheZoneThatIsSilent(t *testing.T) {
	for what, silent := range map[string]bool{"audible": false, "silent": true} {
		t.Run(what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				zones := map[string]*amp{}
				s := newStage(t, zoned(zones))
				zones["cho"].breaks(errors.New("held by gpioset"))
				s.player.Play(s.drill("d", 10*time.Second, silent))
				s.at(2 * time.Minute)
				row := s.row("d")
				i := slices.IndexFunc(row.Drill.Steps, func(st playout.DrillStep) bool { return st.Code == playout.StepAmplifier })
				if st := row.Drill.Steps[i]; st.OK || st.Zone != "cho" || row.Drill.Passed() {
					t.Errorf("the amplifier's step is %+v", st)
				}
			})
		})
	}
}

// play hands over an occurrence with a chime and eight seconds of voice.
func (s *stage) play(id string, at time.Duration) {
	s.t.Helper()
	s.player.Play(s.occurrence(id, at, 8*time.Second))
}

// No zone answers: nobody heard the notice, and the row says why.
func TestNoZoneAnswers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		zones := map[string]*amp{}
		s := newStage(t, zoned(zones))
		for _, z := range zones {
			z.breaks(errors.New("no such device"))
		}
		s.play("one", 10*time.Second)
		s.raise(s.emergency("e1", 5*time.Second))
		s.at(2 * time.Second)
		if a := s.player.Air().Emergencies[0]; a.Sounding || !hasFault(a, playout.TroubleAmplifier, "") {
			t.Errorf("air = %+v", a)
		}
		s.at(time.Minute)
		s.expect("one", playout.Missed, "amplifier", 2)
		if row := s.row("emergency:e1"); row.Outcome != playout.Missed || row.Cause != "amplifier" || len(row.Airings[0].Zones) > 0 {
			t.Errorf("row = %v %q %+v", row.Outcome, row.Cause, row.Airings)
		}
	})
}

// An amplifier that answers a moment late was heard: its row is not "missed".
func TestAmplifierThatAnswersLate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		zones := map[string]*amp{}
		s := newStage(t, zoned(zones))
		for _, z := range zones {
			z.breaks(errors.New("no such device"))
		}
		s.play("one", 10*time.Second)
		s.at(8*time.Second + 500*time.Millisecond)
		for _, z := range zones {
			z.breaks(nil)
		}
		s.at(time.Minute)
		if row := s.row("one"); row.Outcome != playout.Played || len(row.Airings[0].Zones) != 3 {
			t.Errorf("row = %v %q %+v", row.Outcome, row.Cause, row.Airings)
		}
	})
}

// While somebody has the amplifier on its own microphone nobody hears the board: rows
// and the air say so.
func TestBypassIsTold(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var taken atomic.Bool
		taken.Store(true)
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
			cfg.Bypass = func() hardware.BypassState { return hardware.BypassState{Sensed: true, On: taken.Load()} }
		})
		s.play("one", 10*time.Second)
		s.at(11 * time.Second)
		if a := s.player.Air(); !a.Amp.Bypass.On {
			t.Errorf("amplifier = %+v", a.Amp)
		}
		s.at(30 * time.Second)
		s.expect("one", playout.Missed, "bypass", 2)
		s.raise(s.emergency("e1", 15*time.Second))
		s.at(32 * time.Second)
		if a := s.player.Air().Emergencies[0]; a.Sounding || !hasFault(a, playout.TroubleBypass, "") {
			t.Errorf("air = %+v", a)
		}
		s.at(50 * time.Second)
		if row := s.row("emergency:e1"); row.Outcome != playout.Missed || row.Cause != "bypass" {
			t.Errorf("row = %v %q", row.Outcome, row.Cause)
		}
		taken.Store(false)
		s.raise(s.emergency("e2", 5*time.Second))
		s.at(70 * time.Second)
		if row := s.row("emergency:e2"); row.Outcome != playout.Played {
			t.Errorf("row = %v %q", row.Outcome, row.Cause)
		}
	})
}

// Which zone was switched last is known though the board's time was set between them.
func TestStepOfTheClockBetweenTwoZones(t *testing.T) {
	bubble(t, func(t *testing.T) {
		began, step := time.Now(), time.Duration(0)
		var zones []*hardware.Relay
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
			cfg.Amp, cfg.Zones = nil, nil
			for _, name := range []string{"dau-thon", "cho"} {
				r := hardware.NewSim(hardware.AmpConfig{
					Settle: settle, Tail: time.Second, Now: func() time.Time { return time.Now().Add(step) }, Mono: func() time.Duration { return time.Since(began) },
				})
				zones, cfg.Zones = append(zones, r), append(cfg.Zones, playout.Zone{Name: name, Amp: r})
			}
		})
		s.at(time.Minute)
		for _, z := range zones {
			if err := z.Key(); err != nil {
				t.Error(err)
			}
			step -= 7 * time.Hour
			s.at(time.Since(began) + time.Minute)
		}
		last := zones[1].State()
		if a := s.player.Air().Amp; a.Turned != last.Turned || !a.Since.Equal(last.Since) {
			t.Errorf("since %v (%v), want since %v (%v)", a.Since, a.Turned, last.Since, last.Turned)
		}
	})
}
