package playout_test

import (
	"errors"
	"testing"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/playout"
	"loalang/scheduler"
)

// stretch is an airing in short.
type stretch struct {
	part      scheduler.PartKind
	language  string
	recording string
	frames    int64
}

func stretches(row playout.AsRun) map[stretch]bool {
	all := map[stretch]bool{}
	for _, a := range row.Airings {
		all[stretch{a.Part, a.Language, a.Recording, a.Frames}] = true
	}
	return all
}

// The as-run of an emergency names siren and message apart, with language and
// recording; of two that alternate no frame counts twice.
func TestAsRunOfAlternatingEmergencies(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		first, second := s.emergency("e1", 60*time.Second), s.emergency("e2", 60*time.Second)
		second.Text = ""
		s.raise(first)
		s.at(2 * time.Second)
		s.raise(second)
		s.at(90 * time.Second)
		// e1: siren 0–10; e2: 10–20; e1: siren and message 20–34.5; e2: –44.5; e1:
		// –59; e2 until the life of both ended at 60.
		one := s.expect("emergency:e1", playout.Played, "expired", 2)
		if want := (map[stretch]bool{{"siren", "", "", 30 * 48000}: true, {scheduler.PartVoice, "vi", "message", 8 * 48000}: true}); !equal(stretches(one), want) {
			t.Errorf("airings of the first = %+v, want %v", one.Airings, want)
		}
		two := s.expect("emergency:e2", playout.Played, "expired", 1)
		if want := (map[stretch]bool{{"siren", "", "", 21 * 48000}: true}); !equal(stretches(two), want) {
			t.Errorf("airings of the second = %+v, want %v", two.Airings, want)
		}
		if two.Lateness != 10*time.Second {
			t.Errorf("the second was %s late, want 10s: it waited for the end of a cycle", two.Lateness)
		}
	})
}

func equal(a, b map[stretch]bool) bool {
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return len(a) == len(b)
}

// What the output lost while two emergencies alternated counts once, up to the
// loss.
func TestAsRunOfEmergenciesOnALostCard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		one, two := s.emergency("e1", time.Minute), s.emergency("e2", time.Minute)
		one.Text, two.Text = "", ""
		s.raise(one)
		s.raise(two)
		s.at(25 * time.Second)
		s.out.lose()
		s.at(30 * time.Second)
		var sum int64
		for _, id := range []string{"emergency:e1", "emergency:e2"} {
			for _, a := range s.row(id).Airings {
				if sum += a.Frames; a.Ended.IsZero() {
					t.Errorf("%s: %+v has no end", id, a)
				}
			}
		}
		if sum != 25*48000 {
			t.Errorf("%d frames in all, want 25 s", sum)
		}
	})
}

// Without a card nobody heard it, whatever a stand-in played.
func TestEmergencyWithoutACardIsNotPlayed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.out.lose()
		s.at(time.Second)
		s.raise(s.emergency("e1", time.Minute))
		s.out.standIn()
		s.at(30 * time.Second)
		if e := s.player.Air().Emergencies; len(e) != 1 || e[0].Sounding || !hasFault(e[0], playout.TroubleDevice, "") {
			t.Errorf("air = %+v, want the emergency without a card", e)
		}
		s.at(2 * time.Minute)
		s.expect("emergency:e1", playout.Missed, scheduler.ReasonDevice, 0)
	})
}

// With a relay that does not answer keying is tried each second, and what was
// never powered was not played.
func TestEmergencyWithoutTheAmplifier(t *testing.T) {
	cases := map[string]struct {
		mended   time.Duration // 0: never
		outcome  playout.Outcome
		cause    string
		lateness time.Duration
	}{
		"ForEver":  {0, playout.Missed, "amplifier", 0},
		"AtFirst":  {5500 * time.Millisecond, playout.Played, "expired", 6 * time.Second},
		"Answered": {-1, playout.Played, "expired", 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				if c.mended >= 0 {
					s.amp.breaks(errors.New("relay: no answer"))
				}
				s.raise(s.emergency("e1", time.Minute))
				s.at(3 * time.Second)
				if e := s.player.Air().Emergencies[0]; e.Sounding != (c.mended < 0) || hasFault(e, playout.TroubleAmplifier, "") != (c.mended >= 0) {
					t.Errorf("air = %+v", e)
				}
				if c.mended > 0 {
					s.at(c.mended)
					s.amp.breaks(nil)
					s.at(c.mended + time.Second)
					if !s.amp.keyed() {
						t.Error("keying was not tried again within a second")
					}
				}
				s.at(2 * time.Minute)
				if row := s.expect("emergency:e1", c.outcome, c.cause, 2); row.Lateness != c.lateness {
					t.Errorf("lateness = %s, want %s", row.Lateness, c.lateness)
				}
			})
		})
	}
}

// An emergency outlasts the guard of the relay.
func TestGuardDoesNotSilenceAnEmergency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		relay := hardware.NewSim(hardware.AmpConfig{Settle: settle, Tail: time.Second, Now: time.Now})
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Amp = relay })
		s.raise(s.emergency("e1", 5*time.Hour))
		for at := time.Hour; at < 5*time.Hour; at += time.Hour {
			s.at(at + time.Minute)
			if st := relay.State(); !st.Keyed {
				t.Fatalf("after %s the amplifier is off: %s", at, st.Fault)
			}
		}
		s.at(5*time.Hour + time.Minute)
		if relay.State().Keyed {
			t.Error("the amplifier stayed on")
		}
	})
}

// As the process goes down, the output's last word is waited for, and the row
// says what became of it.
func TestShutdownClosesTheAsRunOfAnEmergency(t *testing.T) {
	cases := map[string]struct {
		before func(s *stage)
		want   playout.Outcome
		ended  bool
	}{
		"Sounding": {func(*stage) {}, playout.Cut, true},
		"Deaf":     {func(s *stage) { s.out.deaf = true }, playout.Cut, false},
		"Stopped": {func(s *stage) {
			s.out.deaf = true
			if err := s.player.Lower(s.t.Context(), "x"); err != nil {
				s.t.Fatal(err)
			}
		}, playout.StoppedBy, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.raise(s.emergency("e1", 10*time.Minute))
				s.at(5 * time.Second)
				c.before(s)
				down := time.Now()
				s.close()
				if took := time.Since(down); took > time.Second {
					t.Errorf("shutting down took %s", took)
				}
				row := s.row("emergency:e1")
				if row.Outcome != c.want || len(row.Airings) != 1 || row.Airings[0].Ended.IsZero() == c.ended {
					t.Errorf("row = %+v, want %s", row, c.want)
				}
				if c.ended && row.Airings[0].Frames != 5*48000 {
					t.Errorf("%d frames, want 5 s", row.Airings[0].Frames)
				}
			})
		})
	}
}

// What a shutdown cut goes on in the same row.
func TestEmergencyGoesOnInItsRow(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.raise(s.emergency("e1", time.Minute))
		s.at(5 * time.Second)
		before := s.row("emergency:e1")
		s = s.again(t)
		s.lib.add("message", 4*time.Second)
		s.at(90 * time.Second)
		row := s.row("emergency:e1")
		if row.ID != before.ID || row.Outcome != playout.Played || row.Cause != "expired" {
			t.Errorf("row = %+v, want that of before, played", row)
		}
		if len(row.Airings) != 3 || row.Airings[2].Language != "vi" || row.Airings[0].Frames != 5*48000 || row.Airings[0].Cause != string(audio.Stopped) {
			t.Errorf("airings = %+v", row.Airings)
		}
	})
}

// What nobody heard of an emergency before a restart, or a power cut, is not heard for it: the
// amplifier was dead for most of it.
func TestWhatARestartLeavesOfAnEmergencyStaysUnheard(t *testing.T) {
	for name, cut := range map[string]bool{"Restart": false, "PowerCut": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.amp.breaks(errors.New("no such device"))
				s.raise(s.emergency("e1", time.Minute))
				s.at(45 * time.Second)
				if cut {
					s = s.powerCut(t, time.Second, &wallClock{}, 0, false)
				} else {
					s = s.again(t)
				}
				s.lib.add("message", 4*time.Second)
				s.at(90 * time.Second)
				if row := s.row("emergency:e1"); row.Outcome != playout.Cut || row.Cause != playout.TroubleAmplifier {
					t.Errorf("%s, %s, want cut for the amplifier: it was heard for a quarter of its time", row.Outcome, row.Cause)
				}
			})
		})
	}
}

// "Withdrawn" is for what nobody heard.
func TestWithdrawnOnlyBeforeItSounds(t *testing.T) {
	for name, tt := range map[string]struct {
		at       time.Duration
		outcome  playout.Outcome
		airings  int
		cause    string
		sounding bool
	}{
		"Before": {19 * time.Second, playout.Withdrawn, 0, "withdrawn", false},
		"During": {23 * time.Second, playout.StoppedBy, 2, "withdrawn", true},
	} {
		t.Run("Occurrence"+name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.occurrence("one", 20*time.Second, 10*time.Second))
				s.at(tt.at)
				if err := s.player.Withdraw(t.Context(), "a-one", "cán bộ"); err != nil {
					t.Fatal(err)
				}
				s.at(30 * time.Second)
				s.expect("one", tt.outcome, tt.cause, tt.airings)
			})
		})
		t.Run("Emergency"+name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.raise(s.emergency("e0", time.Minute))
				e := s.emergency("e1", time.Minute)
				e.Text = ""
				s.raise(e)
				s.at(5 * time.Second)
				if tt.sounding {
					s.at(15 * time.Second)
				}
				if err := s.player.Lower(t.Context(), "cán bộ"); err != nil {
					t.Fatal(err)
				}
				s.at(30 * time.Second)
				s.expect("emergency:e1", tt.outcome, "stopped", min(tt.airings, 1))
			})
		})
	}
}

func hasFault(e playout.ActiveEmergency, code, language string) bool {
	for _, f := range e.Faults {
		if f.Code == code && f.Language == language {
			return true
		}
	}
	return false
}

// A notice that is longer than the guard of the relay allows is heard to its
// end: each of its parts shows that it goes on.
func TestGuardDoesNotSilenceALongNotice(t *testing.T) {
	bubble(t, func(t *testing.T) {
		relay := hardware.NewSim(hardware.AmpConfig{Settle: settle, Tail: time.Second, MaxOn: 10 * time.Second, Now: time.Now})
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Amp = relay })
		o := s.occurrence("one", 20*time.Second, 6*time.Second)
		for range 3 {
			o.Parts = append(o.Parts, o.Parts[1])
			o.Length += 6500 * time.Millisecond
		}
		s.player.Play(o)
		for at := 21 * time.Second; at < 46*time.Second; at += time.Second {
			s.at(at)
			if st := relay.State(); !st.Keyed {
				t.Fatalf("after %s the amplifier is off: %s", at, st.Fault)
			}
		}
		s.at(time.Minute)
		s.expect("one", playout.Played, "completed", 5)
	})
}
