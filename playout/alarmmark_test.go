package playout_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

// crashKept is crash with the emergencies as the disk had them.
func (s *stage) crashKept(away time.Duration, change ...func(*stage, *playout.PlayerConfig)) *stage {
	s.t.Helper()
	spool := filepath.Join(s.t.TempDir(), "spool")
	if err := os.CopyFS(spool, os.DirFS(s.spool)); err != nil {
		s.t.Fatal(err)
	}
	alarms := &emergencies{all: map[string]scheduler.Emergency{}}
	s.alarms.mu.Lock()
	for id, e := range s.alarms.all {
		alarms.all[id] = e
	}
	s.alarms.mu.Unlock()
	voicer := s.voicer
	return s.crash(away, append([]func(*stage, *playout.PlayerConfig){func(n *stage, cfg *playout.PlayerConfig) {
		n.spool, n.alarms, n.voicer = spool, alarms, voicer
		cfg.Spool, cfg.Emergencies, cfg.Voicer = []string{spool}, alarms, voicer
	}}, change...)...)
}

// seconds is how long an airing says that it sounded.
func seconds(a playout.Airing) time.Duration { return audio.Rate.D(audio.Frames(a.Frames)) }

// A crash of the program ends what an emergency was giving with what had left the
// card, whether it goes on or its life is over meanwhile: the airing had no end
// though the power was on, and the frames of its last pass were missing.
func TestCrashEndsTheAiringOfAnEmergency(t *testing.T) {
	// The siren sounds at 0–20 and 26.5–36.5 s, the message at 20.5–24.5 and 37–41 s.
	cases := map[string]struct {
		at, away time.Duration
		dry      int // how often the card ran dry before
		airing   int // that was interrupted; -1: none
		sounded  time.Duration
		cause    string
		outcome  playout.Outcome
		airings  int
	}{
		"FirstPass":    {5 * time.Second, time.Second, 0, 0, 5 * time.Second, "expired", playout.Played, 3},
		"BetweenBeats": {5077 * time.Millisecond, time.Second, 0, 0, 5077 * time.Millisecond, "expired", playout.Played, 3},
		"SecondPass":   {15 * time.Second, time.Second, 0, 0, 15 * time.Second, "expired", playout.Played, 3},
		"Message":      {22 * time.Second, time.Second, 0, 1, 1500 * time.Millisecond, "expired", playout.Played, 4},
		"InTheRest":    {26 * time.Second, time.Second, 0, -1, 0, "expired", playout.Played, 4},
		"ThirdPass":    {30 * time.Second, time.Second, 0, 0, 23500 * time.Millisecond, "expired", playout.Played, 4},
		"RanDry":       {5 * time.Second, time.Second, 2, 0, 4800 * time.Millisecond, "expired", playout.Played, 3},
		"OverMeantime": {30 * time.Second, 2 * time.Minute, 0, 0, 23500 * time.Millisecond, playout.CauseCrash, playout.Cut, 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.raise(s.emergency("e1", time.Minute))
				s.at(c.at - time.Millisecond)
				for range c.dry {
					s.out.events <- audio.Event{Kind: audio.Underrun}
				}
				s.at(c.at)
				at := s.out.start.Add(c.at)
				s = s.crashKept(c.away)
				s.at(4 * time.Minute)
				row := s.expect("emergency:e1", c.outcome, c.cause, c.airings)
				for i, a := range row.Airings {
					if a.Ended.IsZero() || a.Ended.Before(a.Started) || a.Frames == 0 {
						t.Errorf("airing %d has no end: %+v", i, a)
					}
					if crashed := a.Cause == playout.CauseCrash; crashed != (i == c.airing) {
						t.Errorf("airing %d = %+v, interrupted was %d", i, a, c.airing)
					}
				}
				if c.airing < 0 {
					return
				}
				a := row.Airings[c.airing]
				if short := c.sounded - seconds(a); short < 0 || short > 200*time.Millisecond {
					t.Errorf("%s are counted of %s", seconds(a), c.sounded)
				}
				if early := at.Sub(a.Ended); early < 0 || early > 200*time.Millisecond+time.Duration(c.dry)*100*time.Millisecond {
					t.Errorf("it ended %s before the crash", early)
				}
			})
		})
	}
}

// Without the page of the last run nobody knows how far it came: the airing has no
// end, and that is said of nothing else.
func TestPowerCutLeavesTheAiringOfAnEmergencyOpen(t *testing.T) {
	changes := map[string]func(*stage, *playout.PlayerConfig){
		"OtherBoot": func(_ *stage, cfg *playout.PlayerConfig) { cfg.Boot = "boot-2" },
		"NoPage": func(n *stage, _ *playout.PlayerConfig) {
			if err := os.Remove(filepath.Join(n.memory, "onair.json")); err != nil {
				panic(err)
			}
		},
		"NoSuchAiring": func(n *stage, _ *playout.PlayerConfig) {
			page := `{"Boot":"boot-1","Village":"un-ta","At":1,"Alarms":[{"Row":{"Occurrence":"emergency:e1"},"Part":"siren","Airing":3,"Started":1}]}`
			if err := os.WriteFile(filepath.Join(n.memory, "onair.json"), []byte(page), 0o600); err != nil {
				panic(err)
			}
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.raise(s.emergency("e1", time.Minute))
				s.at(5 * time.Second)
				s = s.crashKept(2*time.Minute, change)
				s.at(3 * time.Minute)
				row := s.expect("emergency:e1", playout.Cut, scheduler.ReasonPower, 1)
				if a := row.Airings[0]; !a.Ended.IsZero() || a.Frames != 0 {
					t.Errorf("airing = %+v", a)
				}
			})
		})
	}
}

// Of two emergencies that alternate only the one that sounded was interrupted, and
// a second crash finds the first one told: no frame counts twice.
func TestCrashesUnderAlternatingEmergencies(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		one, two := s.emergency("e1", 2*time.Minute), s.emergency("e2", 2*time.Minute)
		one.Text, two.Text = "", ""
		s.raise(one)
		s.at(time.Second)
		s.raise(two)
		s.at(25 * time.Second) // in the second pass of e1
		s = s.crashKept(200 * time.Millisecond)
		s.at(40 * time.Second)
		s = s.crashKept(200 * time.Millisecond)
		s.at(4 * time.Minute)
		var sum time.Duration
		crashed := 0
		for _, id := range []string{"emergency:e1", "emergency:e2"} {
			for _, a := range s.row(id).Airings {
				if a.Ended.IsZero() {
					t.Errorf("%s: %+v has no end", id, a)
				}
				if sum += seconds(a); a.Cause == playout.CauseCrash {
					crashed++
				}
			}
		}
		if lost := 2*time.Minute - sum; lost < 400*time.Millisecond || lost > 900*time.Millisecond || crashed != 2 {
			t.Errorf("%s sounded of 2m0s without twice 200ms, %d airings crashed:\n%+v\n%+v", sum, crashed, s.row("emergency:e1").Airings, s.row("emergency:e2").Airings)
		}
	})
}

// A drill that can be heard does not go on, and says how far it came.
func TestCrashEndsTheAiringOfADrill(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, callers(2))
		s.player.Play(s.drill("d", 10*time.Second, false))
		s.at(19 * time.Second)
		before := s.row("d")
		s = s.crashKept(200 * time.Millisecond)
		s.at(time.Minute)
		row := s.expect("d", playout.Cut, playout.CauseCrash, len(before.Airings))
		last := row.Airings[len(row.Airings)-1]
		if off := s.out.start.Add(19 * time.Second).Sub(last.Ended); last.Cause != playout.CauseCrash || off < 0 || off > 200*time.Millisecond {
			t.Errorf("airings = %+v", row.Airings)
		}
	})
}

// A crash right after the end of an emergency does not lose its outcome while the
// journal did not have it yet.
func TestCrashRightAfterTheEndOfAnEmergency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.raise(s.emergency("e1", 30*time.Second))
		s.at(29 * time.Second)
		s.book.locked.Store(true)
		s.at(30*time.Second + 500*time.Millisecond)
		s = s.crash(200 * time.Millisecond) // the disk had nothing of it
		s.at(time.Minute)
		row := s.expect("emergency:e1", playout.Played, "expired", 2)
		if a := row.Airings[0]; a.Ended.IsZero() || seconds(a) != 23500*time.Millisecond {
			t.Errorf("airings = %+v", row.Airings)
		}
	})
}

// The page names an emergency while it is alive, and goes with it.
func TestBookmarkHoldsAnEmergency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.raise(s.emergency("e1", 20*time.Second))
		if s.at(time.Second); !slices.Equal(s.inMemory(), []string{"onair.json", "onair.pulse"}) {
			t.Errorf("under it memory has %v", s.inMemory())
		}
		if s.at(20*time.Second + 300*time.Millisecond); len(s.inMemory()) != 0 {
			t.Errorf("behind it memory has %v", s.inMemory())
		}
	})
}

// inMemory names what the Player keeps for the next run of this boot.
func (s *stage) inMemory() (names []string) {
	s.t.Helper()
	files, err := os.ReadDir(s.memory)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}
