package playout_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// drill is a test of the emergency path, due after the given time.
func (s *stage) drill(id string, due time.Duration, silent bool) scheduler.Occurrence {
	s.lib.add("message", 4*time.Second)
	at := s.out.start.Add(due)
	return scheduler.Occurrence{
		ID: id, Kind: scheduler.DrillKind, Village: "un-ta", Schedule: "d1", Title: "Thử loa khẩn cấp", Class: scheduler.ClassNormal,
		Nominal: at, Due: at, Length: 40 * time.Second, Misfire: scheduler.Misfire{Policy: scheduler.PlayLate, Grace: scheduler.DrillGrace},
		Drill: &scheduler.DrillTurn{
			Silent: silent, Before: "Sau đây là thử loa khẩn cấp, không có sự cố.", After: "Đã thử xong.", Siren: 10 * time.Second, By: "cán bộ",
		},
	}
}

// failing lists the steps of a row that failed, with their faults.
func failing(t *testing.T, row playout.AsRun) (all []string) {
	t.Helper()
	if row.Drill == nil {
		t.Fatalf("the row has no result: %+v", row)
	}
	for _, s := range row.Drill.Steps {
		if !s.OK {
			all = append(all, s.Code+" "+s.Fault)
		}
	}
	return all
}

func steps(row playout.AsRun) (all []string) {
	for _, s := range row.Drill.Steps {
		all = append(all, s.Code)
	}
	return all
}

func callers(n int) func(*stage, *playout.PlayerConfig) {
	return func(_ *stage, cfg *playout.PlayerConfig) {
		cfg.Callers = func() playout.Callers { return playout.Callers{People: n} }
	}
}

func TestSilentDrill(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, callers(2))
		s.player.Play(s.drill("d", 10*time.Second, true))
		s.at(15 * time.Second)
		if air := s.player.Air(); air.Drill == nil || !air.Drill.Silent || air.Emergency != nil || s.amp.keyed() {
			t.Errorf("on air = %+v with the amplifier %v, want a silent drill that is no emergency", air.Drill, s.amp.keyed())
		}
		if a := s.out.alarm(0); a.Gain > -120 || a.Cycle[0].Name != "siren" || a.Cycle[0].File != nil || a.Repeat != 1 {
			t.Errorf("alarm = %+v, want the built-in siren once, at no gain", a)
		}
		s.at(time.Minute)
		row := s.expect("d", playout.Played, "completed", 0)
		if row.Kind != scheduler.DrillKind || !row.Drill.Passed() || row.Lateness != 0 {
			t.Errorf("row = %+v, %v", row, failing(t, row))
		}
		want := []string{"record", "callers", "vault", "words", "amplifier", "siren", "cycle", "quiet"}
		if got := steps(row); !slices.Equal(got, want) {
			t.Errorf("steps = %v, want %v", got, want)
		}
		if took, ok := row.Drill.Siren(); !ok || took != 0 {
			t.Errorf("siren after %s, %v; the fake begins at once", took, ok)
		}
		if len(s.amp.switches()) != 0 || len(s.alarms.all) != 0 || s.player.Air().Drill != nil {
			t.Error("the amplifier was keyed, an emergency was written, or the drill goes on")
		}
	})
}

func TestSilentDrillKeysTheAmplifierWhenAsked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		o := s.drill("d", 10*time.Second, true)
		o.Drill.Key = true
		s.player.Play(o)
		s.at(15 * time.Second)
		if !s.amp.keyed() {
			t.Error("the amplifier was not tried")
		}
		s.at(time.Minute)
		s.expect("d", playout.Played, "completed", 0)
		if s.amp.keyed() { // eas-station#2547: the weekly test left the relay as it was not before
			t.Error("the drill left the amplifier on")
		}
	})
}

func TestAudibleDrill(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.drill("d", 10*time.Second, false))
		s.at(time.Minute)
		row := s.expect("d", playout.Played, "completed", 2)
		if voice, siren := row.Airings[0], row.Airings[1]; voice.Part != scheduler.PartVoice || voice.Language != "vi" || siren.Part != playout.PartSiren || siren.Frames != 480_000 {
			t.Errorf("airings = %+v, want the words and ten seconds of siren", row.Airings)
		}
		if first := row.Airings[0].Started.Sub(s.out.start); first < 10*time.Second+settle {
			t.Errorf("the first word came after %s, before the amplifier had settled", first)
		}
		if got := steps(row); !slices.Contains(got, playout.StepLevel) || !row.Drill.Passed() || s.amp.keyed() {
			t.Errorf("steps = %v, failing %v", got, failing(t, row))
		}
	})
}

// Nobody listens to words that begin out of nothing: the chime of the village goes
// before them, behind the settle time of the amplifier.
func TestAudibleDrillBeginsWithTheChime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.lib.record(t, "gong", 2*time.Second, span{0, 2 * time.Second})
		o := s.drill("d", 10*time.Second, false)
		o.Drill.Chime = "gong"
		s.player.Play(o)
		s.at(time.Minute)
		row := s.expect("d", playout.Played, "completed", 3)
		if a := row.Airings; a[0].Part != scheduler.PartChime || a[0].Frames != 96_000 || a[1].Part != scheduler.PartVoice || a[2].Part != playout.PartSiren {
			t.Errorf("airings = %+v, want chime, words, siren", a)
		}
		if first := row.Airings[0].Started.Sub(s.out.start); first < 10*time.Second+settle {
			t.Errorf("the chime came after %s, before the amplifier had settled", first)
		}
		if !row.Drill.Passed() || s.amp.keyed() {
			t.Errorf("failing %v", failing(t, row))
		}
	})
}

func TestDrillGoesOnWithoutItsChime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		o := s.drill("d", 10*time.Second, false)
		o.Drill.Chime = "gone"
		s.player.Play(o)
		s.at(time.Minute)
		s.expect("d", playout.Played, "completed", 2)
	})
}

func TestDrillFindsWhatIsBroken(t *testing.T) {
	for name, c := range map[string]struct {
		callers int
		breaks  func(s *stage)
		mend    func(s *stage)
		audible bool
		want    []string
		outcome playout.Outcome
		airings int
	}{
		"siren refused": {
			callers: 1, breaks: func(s *stage) { s.out.refuseWith(errors.New("no siren")) },
			want: []string{"siren refused"}, outcome: playout.Missed,
		},
		"output lost": {callers: 1, breaks: func(s *stage) { s.out.lose() }, want: []string{"siren device", "cycle device"}, outcome: playout.Missed},
		"output lost in the middle": {
			callers: 1, audible: true, mend: func(s *stage) { s.out.lose() },
			want: []string{"cycle device"}, outcome: playout.Cut, airings: 1,
		},
		"nobody may call": {want: []string{"callers nobody"}, outcome: playout.Missed},
		"no voice":        {callers: 1, breaks: func(s *stage) { s.voicer.breaks(&s.voicer.fail, errMuted) }, want: []string{"words production", "words no-tongue"}, outcome: playout.Missed},
		"amplifier":       {callers: 1, audible: true, breaks: func(s *stage) { s.amp.breaks(errors.New("stuck")) }, want: []string{"amplifier amplifier"}, outcome: playout.Cut, airings: 2},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, callers(c.callers))
				if c.breaks != nil {
					c.breaks(s)
				}
				s.player.Play(s.drill("d", 10*time.Second, !c.audible))
				if c.mend != nil {
					s.at(14 * time.Second)
					c.mend(s)
				}
				s.at(2 * time.Minute)
				row := s.expect("d", c.outcome, playout.CauseDrill, c.airings)
				if got := failing(t, row); !slices.Equal(got, c.want) {
					t.Errorf("failing = %v, want %v", got, c.want)
				}
				if len(s.out.bus.alarms) > 0 {
					t.Error("the drill would go on when the card is back")
				}
				s.amp.breaks(nil)
			})
		})
	}
}

// A drill looked at people alone: a siren box whose token had run out was found by the
// flood.
func TestDrillTriesThePrograms(t *testing.T) {
	for name, c := range map[string]struct {
		callers playout.Callers
		steps   []string
		want    []string
	}{
		"OK":                      {playout.Callers{People: 1, Programs: 1}, []string{"callers", "programs"}, nil},
		"only people":             {playout.Callers{People: 1}, []string{"callers"}, nil},
		"only a program":          {playout.Callers{Programs: 1}, []string{"callers", "programs"}, nil},
		"one of two has run out":  {playout.Callers{People: 1, Programs: 1, Lapsed: 1}, []string{"callers", "programs"}, []string{"programs lapsed"}},
		"the only one has lapsed": {playout.Callers{Lapsed: 1}, []string{"callers", "programs"}, []string{"callers nobody", "programs lapsed"}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Callers = func() playout.Callers { return c.callers } })
				s.player.Play(s.drill("d", 10*time.Second, true))
				s.at(time.Minute)
				row := s.row("d")
				if got := failing(t, row); !slices.Equal(got, c.want) {
					t.Errorf("failing %v, want %v", got, c.want)
				}
				if got := steps(row)[1 : 1+len(c.steps)]; !slices.Equal(got, c.steps) || slices.Contains(steps(row), "programs") != slices.Contains(c.steps, "programs") {
					t.Errorf("steps %v, want %v", steps(row), c.steps)
				}
			})
		})
	}
}

func TestEmergencyInterruptsADrillAtOnce(t *testing.T) {
	for _, silent := range []bool{true, false} {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.player.Play(s.drill("d", 10*time.Second, silent))
			s.at(18 * time.Second)
			s.raise(s.emergency("e1", time.Minute))
			s.at(18*time.Second + 10*time.Millisecond)
			if cur := s.out.bus.current; cur == nil || cur.spec.ID != "e1" || !s.amp.keyed() {
				t.Fatalf("silent %v: the emergency does not sound at once", silent)
			}
			s.at(3 * time.Minute)
			row := s.row("d")
			if row.Outcome != playout.Cut || row.Cause != scheduler.ReasonPreempted {
				t.Errorf("drill = %q %q", row.Outcome, row.Cause)
			}
			e := s.row("emergency:e1")
			if e.Lateness != 0 || e.Outcome != playout.Played {
				t.Errorf("emergency = %q, late %s", e.Outcome, e.Lateness)
			}
		})
	}
}

func TestDrillGivesWay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("one", 8*time.Second, 20*time.Second))
		s.player.Play(s.drill("d", 10*time.Second, false))
		s.at(3 * time.Minute)
		if one := s.expect("one", playout.Played, "completed", 2); one.Lateness > time.Second {
			t.Errorf("the notice came late by %s", one.Lateness)
		}
		row := s.expect("d", playout.Played, "completed", 2)
		if row.Airings[0].Started.Before(s.row("one").Airings[1].Ended) {
			t.Error("the drill did not wait")
		}
	})
}

func TestDrillNeverGetsItsTurn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		o := s.drill("d", 10*time.Second, false)
		o.Misfire.Grace = 20 * time.Second
		s.player.Play(s.occurrence("one", 8*time.Second, time.Minute))
		s.player.Play(o)
		s.at(3 * time.Minute)
		s.expect("d", playout.Missed, scheduler.ReasonPreempted, 0)
	})
}

func TestDrillIsStopped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.drill("d", 10*time.Second, false))
		s.at(20 * time.Second)
		if err := s.player.Stop(t.Context(), "d", "chị Mai"); err != nil {
			t.Fatal(err)
		}
		s.at(30 * time.Second)
		if row := s.expect("d", playout.StoppedBy, "stopped", 2); row.By != "chị Mai" || s.amp.keyed() {
			t.Errorf("row = %+v", row)
		}
		if err := s.player.Lower(t.Context(), "x"); !errors.Is(err, playout.ErrNoEmergency) {
			t.Errorf("a drill that is over was stopped again: %v", err)
		}
	})
}

func TestDrillIsLowered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.drill("d", 10*time.Second, false))
		s.at(20 * time.Second)
		if err := s.player.Lower(t.Context(), "chị Mai"); err != nil {
			t.Fatal(err)
		}
		s.at(30 * time.Second)
		s.expect("d", playout.StoppedBy, "stopped", 2)
	})
}

func TestDrillWithTheDatabaseLocked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.book.locked.Store(true)
		s.player.Play(s.drill("d", 10*time.Second, true))
		s.at(2 * time.Minute)
		if _, there := s.book.row("d"); there {
			t.Fatal("the database took the row")
		}
		s.book.locked.Store(false)
		s.at(4 * time.Minute)
		if row := s.expect("d", playout.Played, "completed", 0); !row.Drill.Passed() {
			t.Errorf("failing: %v", failing(t, row))
		}
	})
}

func TestDrillAndAPowerCut(t *testing.T) {
	for name, c := range map[string]struct {
		silent  bool
		cut     time.Duration
		outcome playout.Outcome
		cause   string
	}{
		"audible, in the middle": {cut: 20 * time.Second, outcome: playout.Cut, cause: scheduler.ReasonPower},
		"silent, in the middle":  {silent: true, cut: 15 * time.Second, outcome: playout.Missed, cause: scheduler.ReasonPower},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.drill("d", 10*time.Second, c.silent))
				s.at(c.cut)
				disk := s.book.copy() // the power goes: nothing is written from here on
				s.close()
				after := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Journal = disk })
				after.book = disk
				time.Sleep(time.Minute)
				row, _ := disk.row("d")
				if row.Outcome != c.outcome || row.Cause != c.cause {
					t.Errorf("row = %q %q, want %q %q", row.Outcome, row.Cause, c.outcome, c.cause)
				}
				if a := after.player.Air(); a.Drill != nil || a.Emergency != nil {
					t.Error("the drill goes on after a power cut")
				}
			})
		})
	}
}

// An orderly stop was told as a power cut: the board was on, and its log said otherwise.
func TestDrillWhenServeEnds(t *testing.T) {
	for name, c := range map[string]struct {
		silent  bool
		outcome playout.Outcome
		airings int
	}{
		"audible": {outcome: playout.Cut, airings: 2},
		"silent":  {silent: true, outcome: playout.Cut},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.drill("d", 10*time.Second, c.silent))
				s.at(20 * time.Second)
				s.close()
				s.expect("d", c.outcome, scheduler.ReasonRestart, c.airings)
			})
		})
	}
}
