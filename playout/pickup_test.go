package playout_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

// crash leaves of a stage what a killed process leaves, and starts another one
// after a while on that, in the same boot.
func (s *stage) crash(away time.Duration, change ...func(*stage, *playout.PlayerConfig)) *stage {
	s.t.Helper()
	book, memory := s.book.copy(), s.t.TempDir()
	if err := os.CopyFS(memory, os.DirFS(s.memory)); err != nil {
		s.t.Fatal(err)
	}
	s.close()
	if left, err := os.ReadDir(s.memory); err != nil || len(left) > 0 {
		s.t.Errorf("an orderly end leaves %v in memory, %v", left, err)
	}
	time.Sleep(away)
	return newStage(s.t, append([]func(*stage, *playout.PlayerConfig){func(n *stage, cfg *playout.PlayerConfig) {
		n.out.start = s.out.start // the clock of the boot runs on
		n.book, n.memory, n.lib = book, memory, s.lib
		cfg.Journal, cfg.Memory, cfg.Library = book, memory, s.lib
	}}, change...)...)
}

// What a crash interrupts goes on by its rule, from where it was: not a word is
// lost, at most a fifth of a second is heard twice, and the as-run says what left
// the card and why there are two airings.
func TestCrashGoesOnByItsRule(t *testing.T) {
	cases := map[string]struct {
		rule    scheduler.Resumption
		at      time.Duration // of the crash; the chime begins at 20 s, the voice at 21.5 s
		outcome playout.Outcome
		airings int
		from    time.Duration // where the first cue after the crash begins; not checked when outcome is Cut
	}{
		"InTheVoice":   {"", 25 * time.Second, playout.Played, 3, 3500 * time.Millisecond},
		"BetweenBeats": {scheduler.Resume, 25*time.Second + 77*time.Millisecond, playout.Played, 3, 3500 * time.Millisecond},
		"InTheChime":   {"", 20500 * time.Millisecond, playout.Played, 3, 500 * time.Millisecond},
		"InThePause":   {"", 21200 * time.Millisecond, playout.Played, 2, 0},
		"Restart":      {scheduler.Restart, 25 * time.Second, playout.Played, 4, 0},
		"Drop":         {scheduler.Drop, 25 * time.Second, playout.Cut, 2, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				o := s.occurrence("one", 20*time.Second, 10*time.Second)
				o.Interrupted = c.rule
				s.player.Play(o)
				s.at(c.at)
				s = s.crash(200 * time.Millisecond)
				s.at(c.at + time.Minute)
				row := s.expect("one", c.outcome, playout.CauseCrash, c.airings)
				s.checkCrashed(row, c.at)
				if c.outcome == playout.Cut {
					return
				}
				first := s.out.cues[s.out.order[0]]
				if off := audio.Rate.D(first.From) - c.from; off > 0 || off < -200*time.Millisecond {
					t.Errorf("it goes on %s from where it was", off)
				}
				// The amplifier fell off with the process: it settles again.
				if again := s.out.begun(); len(again) == 0 || first.at.Sub(0) < c.at+200*time.Millisecond+settle {
					t.Errorf("%v began, the first %s after the restart", again, first.at.Sub(0)-c.at-200*time.Millisecond)
				}
			})
		})
	}
}

// checkCrashed checks that no airing claims more than left the card before a
// crash, nor much less, and that none overlaps another.
func (s *stage) checkCrashed(row playout.AsRun, crash time.Duration) {
	s.t.Helper()
	at := s.out.start.Add(crash)
	for i, a := range row.Airings {
		if a.Ended.IsZero() || a.Ended.Before(a.Started) {
			s.t.Errorf("airing %d = %+v", i, a)
		}
		if i > 0 && a.Started.Before(row.Airings[i-1].Ended) {
			s.t.Errorf("airing %d begins before the end of the one before", i)
		}
		if a.Cause != playout.CauseCrash {
			continue
		}
		if a.Ended.After(at) || at.Sub(a.Ended) > 200*time.Millisecond || audio.Rate.D(audio.Frames(a.Frames)) != a.Ended.Sub(a.Started) {
			s.t.Errorf("interrupted at %s, the airing says %+v", at, a)
		}
	}
	if row.Heard != playout.NotMeasured || row.Late() {
		s.t.Errorf("heard %q, late %v", row.Heard, row.Late())
	}
}

// What cannot go on is cut, and says why: when too much time has passed, when it
// crashed this program again and again, or after a power cut, of which nothing in
// memory is left; a page of another boot means nothing.
func TestCrashThatIsNotPickedUp(t *testing.T) {
	boot := func(_ *stage, cfg *playout.PlayerConfig) { cfg.Boot = "boot-2" }
	village := func(_ *stage, cfg *playout.PlayerConfig) { cfg.Village = "toong-gianh" }
	nothing := func(_ *stage, cfg *playout.PlayerConfig) { cfg.Memory = "" }
	torn := func(n *stage, _ *playout.PlayerConfig) {
		if err := os.Truncate(filepath.Join(n.memory, "onair.json"), 100); err != nil {
			panic(err)
		}
	}
	cases := map[string]struct {
		away   time.Duration
		change func(*stage, *playout.PlayerConfig)
		cause  string
		open   bool // the row is not for this village to end
	}{
		"TooLate":      {2 * time.Minute, func(*stage, *playout.PlayerConfig) {}, playout.CauseCrash, false},
		"OtherBoot":    {time.Second, boot, scheduler.ReasonPower, false},
		"OtherVillage": {time.Second, village, scheduler.ReasonPower, false},
		"NoMemory":     {time.Second, nothing, scheduler.ReasonPower, false},
		"TornPage":     {time.Second, torn, scheduler.ReasonPower, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.occurrence("one", 20*time.Second, 10*time.Second))
				s.at(25 * time.Second)
				s = s.crash(c.away, c.change)
				s.at(4 * time.Minute)
				s.expect("one", playout.Cut, c.cause, 2)
				if begun := s.out.begun(); len(begun) > 0 {
					t.Errorf("%v sounded", begun)
				}
			})
		})
	}
}

// A notice that crashes this program each time is given up after the third.
func TestCrashLoopEnds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 30*time.Second))
		s.at(23 * time.Second)
		for range 4 {
			s = s.crash(200 * time.Millisecond)
			s.at(time.Since(s.out.start) + 4*time.Second)
		}
		row := s.expect("one", playout.Cut, playout.CauseCrash, 5)
		if s.at(2 * time.Minute); len(s.out.begun()) > 0 {
			t.Errorf("it sounds again: %+v", row)
		}
	})
}

// What was queued behind the interrupted notice follows it, once, and what was
// about to begin does so.
func TestCrashWithAQueue(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("a", 20*time.Second, 10*time.Second))
		s.at(time.Second)
		s.player.Play(s.occurrence("b", 32500*time.Millisecond, 3*time.Second))
		s.at(31 * time.Second) // b is keyed
		told := 0
		s = s.crash(200*time.Millisecond, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Released = func() { told++ } })
		s.at(time.Minute)
		a := s.expect("a", playout.Played, playout.CauseCrash, 3)
		b := s.expect("b", playout.Played, scheduler.ReasonDelayed, 2)
		if b.Airings[0].Started.Before(a.Airings[2].Ended) || told != 0 || len(s.out.over) > 0 {
			t.Errorf("a = %+v\nb = %+v\nreleased %d times, %v", a.Airings, b.Airings, told, s.out.over)
		}
	})
}

// A crash right after an item's end does not make it air twice, nor lose its
// outcome while the journal did not have it yet.
func TestCrashRightAfterTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 3*time.Second))
		s.at(24 * time.Second)
		s.book.locked.Store(true)
		s.at(25 * time.Second)
		s = s.crash(200 * time.Millisecond)
		s.at(time.Minute)
		s.expect("one", playout.Played, "completed", 2)
		if begun := s.out.begun(); len(begun) > 0 {
			t.Errorf("%v sounded again", begun)
		}
	})
}

// A crash behind the last word leaves what everybody heard played, and what nobody heard
// missed, whatever is on afterwards.
func TestCrashBehindTheLastWordTellsWhoHeardIt(t *testing.T) {
	cases := map[string]struct {
		amp     func(s *stage)
		old     bool // the bookmark is of a version that did not note it
		outcome playout.Outcome
		cause   string
	}{
		"Heard":      {func(*stage) {}, false, playout.Played, playout.CauseCrash},
		"OldVersion": {func(*stage) {}, true, playout.Played, playout.CauseCrash},
		"Unpowered":  {func(s *stage) { s.amp.breaks(errors.New("the relay is gone")) }, false, playout.Missed, playout.TroubleAmplifier},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				tt.amp(s)
				s.player.Play(s.occurrence("one", 20*time.Second, 3*time.Second))
				s.at(24450 * time.Millisecond) // its last frames are under way
				s = s.crash(200*time.Millisecond, func(n *stage, _ *playout.PlayerConfig) {
					heard := binary.LittleEndian.AppendUint64(nil, uint64(n.out.now())) // it was alive until its last word was over
					if err := os.WriteFile(filepath.Join(n.memory, "onair.pulse"), heard, 0o600); err != nil {
						t.Fatal(err)
					}
					if tt.old {
						forget(t, filepath.Join(n.memory, "onair.json"), "Reach")
					}
				})
				s.at(time.Minute)
				s.expect("one", tt.outcome, tt.cause, 2)
				if begun := s.out.begun(); len(begun) > 0 {
					t.Errorf("%v sounded again", begun)
				}
			})
		})
	}
}

// forget takes fields from each item of a bookmark.
func forget(t *testing.T, name string, fields ...string) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var page map[string]any
	if err := json.Unmarshal(raw, &page); err != nil {
		t.Fatal(err)
	}
	for _, m := range page["Items"].([]any) {
		for _, field := range fields {
			delete(m.(map[string]any), field)
		}
	}
	if raw, err = json.Marshal(page); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// An emergency that silences a notice at the crash sounds first; the notice goes
// on behind it.
func TestCrashUnderAnEmergency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 10*time.Second))
		s.at(25 * time.Second)
		s.raise(s.emergency("e1", 20*time.Second))
		s.at(28 * time.Second)
		spool := s.t.TempDir()
		if err := os.CopyFS(spool, os.DirFS(s.spool)); err != nil {
			t.Fatal(err)
		}
		alarms := s.alarms
		s = s.crash(200*time.Millisecond, func(n *stage, cfg *playout.PlayerConfig) {
			n.spool, cfg.Spool = spool, []string{spool}
			n.alarms, cfg.Emergencies = alarms, alarms
		})
		s.at(29 * time.Second)
		if len(s.out.raised) == 0 || len(s.out.begun()) > 0 {
			t.Fatalf("raised %v", s.out.raised)
		}
		s.at(2 * time.Minute)
		row := s.expect("one", playout.Played, playout.CauseCrash, 3)
		if voice := row.Airings[2]; voice.Started.Before(s.out.start.Add(45*time.Second)) || voice.Frames != 480000-row.Airings[1].Frames {
			t.Errorf("airings %+v", row.Airings)
		}
	})
}

// The card ran dry: less has left it than the time says, and the doubt is heard
// again rather than lost.
func TestCrashAfterUnderruns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 10*time.Second))
		s.at(24 * time.Second)
		for range 2 {
			s.out.events <- audio.Event{Kind: audio.Underrun}
		}
		s.at(25 * time.Second)
		s = s.crash(200 * time.Millisecond)
		s.at(time.Minute)
		row := s.expect("one", playout.Played, playout.CauseCrash, 3)
		if heard := audio.Rate.D(audio.Frames(row.Airings[1].Frames)); heard > 3300*time.Millisecond || heard < 3100*time.Millisecond {
			t.Errorf("of 3.5 s with two underruns %s are said to have been heard", heard)
		}
	})
}

// The page names nothing that is not on the air, and is gone with the last item.
func TestBookmarkHoldsWhatIsOnAir(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 3*time.Second))
		s.player.Play(s.occurrence("two", time.Minute, 3*time.Second))
		page := func() (names []string) {
			raw, err := os.ReadFile(filepath.Join(s.memory, "onair.json"))
			if os.IsNotExist(err) {
				return nil
			}
			var p struct {
				Items []struct{ Occurrence scheduler.Occurrence }
			}
			if err := json.Unmarshal(raw, &p); err != nil {
				t.Fatal(err)
			}
			for _, m := range p.Items {
				names = append(names, m.Occurrence.ID)
			}
			return names
		}
		for _, c := range []struct {
			at   time.Duration
			want []string
		}{{10 * time.Second, nil}, {18 * time.Second, []string{"one"}}, {22 * time.Second, []string{"one"}}, {26 * time.Second, nil}} {
			if s.at(c.at); !slices.Equal(page(), c.want) {
				t.Errorf("at %s the page names %v, want %v", c.at, page(), c.want)
			}
		}
	})
}
