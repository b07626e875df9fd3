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

// codes are what an air says of faults, in their order.
func codes(faults []playout.EmergencyFault) (all []string) {
	for _, f := range faults {
		all = append(all, f.Code)
	}
	return all
}

// Somebody who speaks live was told for all of their time that the village hears them, whatever
// the board knew: no card, an amplifier that is off, somebody at its own microphone, a monitor
// input that hears nothing. It is told from the chime on, and not any more when it is well.
func TestLiveVoiceThatNobodyHearsIsToldWhy(t *testing.T) {
	lost := func(as proof.Verdict) func(s *stage, _ *atomic.Bool, ill bool) {
		return func(s *stage, _ *atomic.Bool, ill bool) {
			var l *proof.Loss
			if ill {
				l = &proof.Loss{As: as, Since: 8 * time.Second}
			}
			s.player.LostNow(s.player.Air().OnAir.Occurrence.ID, l)
		}
	}
	cases := map[string]struct {
		ill  func(s *stage, taken *atomic.Bool, ill bool)
		want string
	}{
		"AdapterPulled": {func(s *stage, _ *atomic.Bool, ill bool) {
			if s.amp.dies(nil); ill {
				s.amp.dies(errors.New("the adapter was pulled"))
				return
			}
			_ = s.amp.Key()
		}, playout.TroubleAmplifier},
		"RelayMute":     {func(s *stage, _ *atomic.Bool, ill bool) { s.amp.mutes(ill) }, playout.TroubleAmplifier},
		"OwnMicrophone": {func(_ *stage, taken *atomic.Bool, ill bool) { taken.Store(ill) }, playout.TroubleBypass},
		"Fuse":          {lost(proof.Silent), playout.TroubleUnheard},
		"OtherInput":    {lost(proof.Wrong), playout.TroubleOther},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var taken atomic.Bool
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
					cfg.Witness, cfg.Zones = &witness{}, nil
					cfg.Bypass = func() hardware.BypassState { return hardware.BypassState{Sensed: true, On: taken.Load()} }
				})
				l := s.goLive(newStreamFeed(), 5*time.Minute)
				say := func(at time.Duration, want ...string) {
					t.Helper()
					s.at(at)
					on := s.player.Air().OnAir
					if on == nil || on.Occurrence.ID != l.ID() || !slices.Equal(codes(on.Faults), want) {
						t.Errorf("at %s %+v, want %q", at, on, want)
					}
				}
				say(3 * time.Second) // the chime
				c.ill(s, &taken, true)
				say(3500*time.Millisecond, c.want)
				say(20*time.Second, c.want)
				c.ill(s, &taken, false)
				say(22 * time.Second)
				l.End(playout.EndSpeaker)
				s.at(time.Minute)
			})
		})
	}
}

// While a stand-in plays for a card that is not there, nobody hears who speaks.
func TestLiveVoiceWithoutACardIsToldWhy(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.out.lose()
		s.at(time.Second)
		l := s.goLive(newStreamFeed(), 5*time.Minute)
		s.at(20 * time.Second)
		if on := s.player.Air().OnAir; on == nil || !slices.Equal(codes(on.Faults), []string{playout.TroubleDevice}) {
			t.Errorf("on the air is %+v", on)
		}
		l.End(playout.EndSpeaker)
		s.at(time.Minute)
	})
}

// Of one zone that is off the others know nothing: who speaks is heard there.
func TestLiveVoiceThatAZoneDoesNotHearIsToldWhich(t *testing.T) {
	bubble(t, func(t *testing.T) {
		zones := map[string]*amp{}
		s := newStage(t, zoned(zones))
		zones["cho"].breaks(errors.New("no such device"))
		l := s.goLive(newStreamFeed(), 5*time.Minute)
		s.at(20 * time.Second)
		on := s.player.Air().OnAir
		if on == nil || !slices.Equal(codes(on.Faults), []string{playout.TroubleZone}) || on.Faults[0].Zone != "cho" {
			t.Errorf("on the air is %+v", on)
		}
		for _, z := range zones {
			z.breaks(errors.New("no such device"))
			z.mutes(true)
		}
		s.at(25 * time.Second)
		if on := s.player.Air().OnAir; !slices.Equal(codes(on.Faults), []string{playout.TroubleAmplifier}) {
			t.Errorf("no zone is on: %+v", on.Faults)
		}
		l.End(playout.EndSpeaker)
		s.at(time.Minute)
	})
}

// The amplifier's fuse blows behind a relay that is well: whoever raised the emergency saw that
// it sounds and no fault, though the monitor input had told. At its own microphone that is why.
func TestEmergencyThatTheMonitorDoesNotHearSaysSo(t *testing.T) {
	for as, want := range map[proof.Verdict]string{proof.Silent: playout.TroubleUnheard, proof.Wrong: playout.TroubleOther} {
		t.Run(want, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var taken atomic.Bool
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
					cfg.Witness = &witness{}
					cfg.Bypass = func() hardware.BypassState { return hardware.BypassState{Sensed: true, On: taken.Load()} }
				})
				s.raise(s.emergency("e1", 5*time.Minute))
				s.raise(s.emergency("e2", 5*time.Minute))
				s.at(11 * time.Second)
				air := s.player.Watch(t.Context())
				<-air
				lost := func(l *proof.Loss) playout.ActiveEmergency {
					t.Helper()
					s.player.LostNow("emergency:e1", l)
					return (<-air).Emergencies[0]
				}
				if e := lost(&proof.Loss{As: as, Since: 3 * time.Second}); !hasFault(e, want, "") {
					t.Errorf("lost: %+v", e)
				}
				if e := s.player.Air().Emergencies[1]; hasFault(e, want, "") {
					t.Errorf("the other has %+v", e.Faults)
				}
				taken.Store(true)
				if e := s.player.Air().Emergencies[0]; hasFault(e, want, "") || !hasFault(e, playout.TroubleBypass, "") {
					t.Errorf("at the amplifier's own microphone: %+v", e)
				}
				taken.Store(false)
				s.amp.mutes(true)
				if e := s.player.Air().Emergencies[0]; hasFault(e, want, "") || !hasFault(e, playout.TroubleAmplifier, "") {
					t.Errorf("with the relay mute: %+v", e)
				}
				s.amp.mutes(false)
				if e := lost(nil); hasFault(e, want, "") {
					t.Errorf("heard again: %+v", e)
				}
			})
		})
	}
}
