package playout_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

// bubble runs f with synctest's clock.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func TestPlayOnTime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		o := s.occurrence("one", 20*time.Second, 3*time.Second)
		s.at(10 * time.Second)
		s.player.Play(o)
		s.at(17 * time.Second)
		if s.amp.keyed() {
			t.Error("the amplifier is on 3 s ahead, settling takes 2 s")
		}
		if row := s.row("one"); row.Outcome != "" || row.Claimed.IsZero() || len(row.Airings) != 0 {
			t.Errorf("row before the air = %+v, want claimed and open", row)
		}
		s.at(19 * time.Second)
		if !s.amp.keyed() {
			t.Error("the amplifier is off 1 s ahead")
		}
		s.at(20*time.Second + 500*time.Millisecond)
		if air := s.player.Air(); air.OnAir == nil || air.OnAir.Part != scheduler.PartChime {
			t.Errorf("on air = %+v, want the chime", air.OnAir)
		}
		if row := s.row("one"); len(row.Airings) != 1 || !row.Airings[0].Ended.IsZero() {
			t.Errorf("airings while the chime sounds = %+v, want one without end", row.Airings)
		}
		s.at(26 * time.Second)
		row := s.expect("one", playout.Played, "completed", 2)
		if row.Late() || row.Lateness.Abs() > time.Millisecond {
			t.Errorf("lateness = %s, want none", row.Lateness)
		}
		voice := row.Airings[1]
		if voice.Language != "vi" || voice.Recording != "voice-one" || voice.Frames != 3*48000 || !slices.Equal(voice.Zones, []string{"loa-1"}) {
			t.Errorf("voice's airing = %+v", voice)
		}
		if voice.Level != -18 || row.Level() < -18.01 || row.Level() > -17.99 {
			t.Errorf("mean level of the voice %v, of the row %v; the output told -18 dBFS", voice.Level, row.Level())
		}
		if d := voice.Started.Sub(row.Airings[0].Ended); d != 500*time.Millisecond {
			t.Errorf("pause between chime and voice = %s, want 500ms", d)
		}
		if s.amp.keyed() || len(s.amp.switches()) != 2 {
			t.Errorf("amplifier after the tail: on=%v, switched %d times", s.amp.keyed(), len(s.amp.switches()))
		}
		on, first := s.amp.switches()[0], row.Airings[0].Started
		if lead := first.Sub(on); lead < settle || lead > settle+200*time.Millisecond {
			t.Errorf("settle before the first frame = %s, want %s", lead, settle)
		}
		if s.book.claims[0].After(on) {
			t.Error("the amplifier was keyed before the row was durable")
		}
	})
}

func TestPlayOnlyOnce(t *testing.T) {
	tests := map[string]struct {
		known playout.AsRun
		cues  int
	}{
		"HandedOverTwice":   {cues: 2},
		"RowOfAnEarlierRun": {known: playout.AsRun{Occurrence: "one", Outcome: playout.Played}},
		"CutInAnEarlierRun": {known: playout.AsRun{Occurrence: "one"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(s *stage, _ *playout.PlayerConfig) {
					if tt.known.Occurrence != "" {
						s.book.rows["one"] = tt.known
					}
				})
				o := s.occurrence("one", 15*time.Second, time.Second)
				s.player.Play(o)
				s.player.Play(o)
				s.at(90 * time.Second)
				if begun := s.out.begun(); len(begun) != tt.cues {
					t.Errorf("cues that sounded = %v, want %d", begun, tt.cues)
				}
			})
		})
	}
}

func TestBackToBackKeepsTheAmplifierOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		a := s.occurrence("a", 15*time.Second, 3*time.Second)
		b := s.occurrence("b", 15*time.Second+a.Length+2*time.Second, 3*time.Second)
		c := s.occurrence("c", 2*time.Minute, 3*time.Second)
		for _, o := range []scheduler.Occurrence{a, b} {
			s.player.Play(o)
		}
		s.at(50 * time.Second)
		s.player.Play(c)
		s.at(3 * time.Minute)
		for _, id := range []string{"a", "b", "c"} {
			if row := s.expect(id, playout.Played, "completed", 2); row.Late() {
				t.Errorf("%s is late by %s", id, row.Lateness)
			}
		}
		if n := len(s.amp.switches()); n != 4 {
			t.Errorf("the amplifier switched %d times, want on and off for a+b, on and off for c", n)
		}
	})
}

// One owner of the output: an occurrence never sounds over another, even when
// the plan says so.
func TestNeverTwoVoicesAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		a := s.occurrence("a", 15*time.Second, 10*time.Second)
		b := s.occurrence("b", 18*time.Second, 3*time.Second)
		s.player.Play(a)
		s.at(time.Second)
		s.player.Play(b)
		s.at(time.Minute)
		first, second := s.expect("a", playout.Played, "completed", 2), s.expect("b", playout.Played, scheduler.ReasonDelayed, 2)
		if second.Airings[0].Started.Before(first.Airings[1].Ended) {
			t.Errorf("b began %s before a ended", first.Airings[1].Ended.Sub(second.Airings[0].Started))
		}
		if !second.Late() {
			t.Error("b waited and is not called late")
		}
	})
}

func TestImmediateIsNotLate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.at(10 * time.Second)
		o := s.occurrence("now", 10*time.Second, time.Second)
		o.Immediate = true
		s.player.Play(o)
		s.at(20 * time.Second)
		row := s.expect("now", playout.Played, "completed", 2)
		if row.Late() || !row.Due.After(s.out.start.Add(12*time.Second)) {
			t.Errorf("due = %s late %s, want the settled instant and no lateness", row.Due.Sub(s.out.start), row.Lateness)
		}
	})
}

func TestTooLateIsMissed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.at(2 * time.Minute)
		late := s.occurrence("late", 30*time.Second, time.Second) // 90 s ago, grace 60 s
		skip := s.occurrence("skip", 117*time.Second, time.Second)
		skip.Misfire = scheduler.Misfire{Policy: scheduler.Skip}
		s.player.Play(late)
		s.player.Play(skip)
		s.at(3 * time.Minute)
		s.expect("late", playout.Missed, scheduler.ReasonTooLate, 0)
		s.expect("skip", playout.Missed, scheduler.ReasonTooLate, 0)
		if len(s.out.begun()) != 0 || len(s.amp.switches()) != 0 {
			t.Error("something sounded or the amplifier moved")
		}
	})
}

func TestStop(t *testing.T) {
	tests := map[string]struct {
		at      time.Duration
		airings int
	}{
		"BeforeTheAmplifier": {16 * time.Second, 0},
		"WhileItSettles":     {19 * time.Second, 0},
		"WhileItSounds":      {22 * time.Second, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.occurrence("one", 20*time.Second, 10*time.Second))
				s.at(tt.at)
				if err := s.player.Stop(t.Context(), "one", "anh Sùng"); err != nil {
					t.Fatal(err)
				}
				s.at(40 * time.Second)
				row := s.expect("one", playout.StoppedBy, "stopped", tt.airings)
				if row.By != "anh Sùng" || s.amp.keyed() {
					t.Errorf("by %q, amplifier %v", row.By, s.amp.keyed())
				}
				if n := len(row.Airings); n > 0 && (row.Airings[n-1].Ended.IsZero() || row.Airings[n-1].Frames >= 10*48000) {
					t.Errorf("last airing = %+v, want it short and ended", row.Airings[n-1])
				}
				if err := s.player.Stop(t.Context(), "one", "anh Sùng"); !errors.Is(err, playout.ErrNotOnAir) {
					t.Errorf("second stop = %v, want ErrNotOnAir", err)
				}
			})
		})
	}
}

func TestWithdrawEndsWhatSounds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 10*time.Second))
		s.at(22 * time.Second)
		if err := s.player.Withdraw(t.Context(), "a-one", "cán bộ xã"); err != nil {
			t.Fatal(err)
		}
		s.at(24 * time.Second)
		s.expect("one", playout.StoppedBy, scheduler.ReasonWithdrawn, 2)
	})
}

// A withdrawal takes effect within a second, in the middle of a word as well.
func TestWithdrawalTakesEffectWithinASecond(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 10*time.Second))
		s.at(26 * time.Second)
		taken := time.Now()
		if err := s.player.Withdraw(t.Context(), "a-one", "cán bộ xã"); err != nil {
			t.Fatal(err)
		}
		s.at(27 * time.Second)
		row := s.expect("one", playout.StoppedBy, scheduler.ReasonWithdrawn, 2)
		last := row.Airings[len(row.Airings)-1]
		if took := last.Ended.Sub(taken); took > time.Second || last.Ended.IsZero() {
			t.Errorf("it sounded for %s after it was withdrawn: %+v", took, last)
		}
		// Handed over once more by a plan of before: it is refused.
		o := s.occurrence("two", 40*time.Second, 10*time.Second)
		o.Announcement = "a-one"
		s.player.Play(o)
		s.at(45 * time.Second)
		s.expect("two", playout.Withdrawn, scheduler.ReasonWithdrawn, 0)
		// Approved again, it airs.
		s.player.Reinstate("a-one")
		o = s.occurrence("three", 60*time.Second, 10*time.Second)
		o.Announcement = "a-one"
		s.player.Play(o)
		s.at(90 * time.Second)
		s.expect("three", playout.Played, "completed", 2)
	})
}

func TestLostDevice(t *testing.T) {
	tests := map[string]struct {
		back    time.Duration
		outcome playout.Outcome
		cause   string
		airings int
	}{
		"BackWithinGrace": {25 * time.Second, playout.Played, scheduler.ReasonDevice, 3},
		"GoneForGood":     {5 * time.Minute, playout.Cut, scheduler.ReasonDevice, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.occurrence("one", 20*time.Second, 5*time.Second))
				s.at(23 * time.Second) // in the voice
				s.out.lose()
				s.at(tt.back)
				s.out.back()
				s.at(6 * time.Minute)
				row := s.expect("one", tt.outcome, tt.cause, tt.airings)
				if row.Airings[1].Cause != string(audio.Lost) {
					t.Errorf("interrupted airing = %+v, want lost", row.Airings[1])
				}
				if tt.airings == 3 && (row.Airings[1].Frames+row.Airings[2].Frames != 5*48000 || row.Airings[2].Part != scheduler.PartVoice) {
					t.Errorf("airings = %+v, want each frame of the voice once", row.Airings)
				}
				if s.amp.keyed() {
					t.Error("the amplifier stayed on")
				}
			})
		})
	}
}

func TestAmplifierThatFailsIsNotPlayed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.amp.fail = errors.New("gpio: line is gone")
		s.player.Play(s.occurrence("one", 20*time.Second, time.Second))
		s.at(30 * time.Second)
		s.expect("one", playout.Missed, "amplifier", 2)
	})
}

func TestMissingRecordingIsMissed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		o := s.occurrence("one", 20*time.Second, time.Second)
		o.Parts[1].Recording = "gone"
		s.player.Play(o)
		s.at(30 * time.Second)
		s.expect("one", playout.Missed, "unread", 0)
	})
}

func TestOmitIsWrittenDown(t *testing.T) {
	tests := map[string]struct {
		reason scheduler.Reason
		want   playout.Outcome
	}{
		"Power":        {scheduler.Reason{Code: scheduler.ReasonPower}, playout.Missed},
		"Restart":      {scheduler.Reason{Code: scheduler.ReasonRestart}, playout.Missed},
		"Clock":        {scheduler.Reason{Code: scheduler.ReasonClock}, playout.Missed},
		"TooLate":      {scheduler.Reason{Code: scheduler.ReasonTooLate}, playout.Missed},
		"OutsideHours": {scheduler.Reason{Code: scheduler.ReasonOutsideHours}, playout.Skipped},
		"Coalesced":    {scheduler.Reason{Code: scheduler.ReasonCoalesced}, playout.Skipped},
		"Withdrawn":    {scheduler.Reason{Code: scheduler.ReasonWithdrawn}, playout.Withdrawn},
		"FullForNow":   {scheduler.Reason{Code: scheduler.ReasonSlotFull, Until: time.Now().Add(time.Hour)}, playout.Moved},
		"FullForGood":  {scheduler.Reason{Code: scheduler.ReasonSlotFull}, playout.Skipped},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				o := s.occurrence("one", time.Second, time.Second)
				s.player.Omit(o, tt.reason)
				s.player.Omit(o, scheduler.Reason{Code: scheduler.ReasonOverlap})
				s.at(2 * time.Second)
				s.expect("one", tt.want, tt.reason.Code, 0)
			})
		})
	}
}

// What aired before a restart is not turned into an omission after it.
func TestOmitLeavesWhatAiredAlone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(s *stage, _ *playout.PlayerConfig) {
			s.book.rows["one"] = playout.AsRun{Occurrence: "one", Outcome: playout.Played, Cause: "completed"}
		})
		s.player.Omit(s.occurrence("one", time.Second, time.Second), scheduler.Reason{Code: scheduler.ReasonPower})
		s.at(2 * time.Second)
		s.expect("one", playout.Played, "completed", 0)
	})
}

func TestShutdownCutsAndSwitchesOff(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 10*time.Second))
		s.player.Play(s.occurrence("two", 40*time.Second, 10*time.Second))
		s.at(24 * time.Second)
		s.close()
		row := s.expect("one", playout.Cut, scheduler.ReasonRestart, 2)
		if got := row.Airings[1].Frames; got < 2*48000 || got > 3*48000 {
			t.Errorf("frames of the cut voice = %d, want what sounded (2.5 s)", got)
		}
		s.expect("two", "", "", 0) // the next run decides
	})
}

// After a power cut the rows tell the truth: what sounded has no end, what was
// only claimed was missed, and neither airs again.
func TestPowerCutTellsTheTruth(t *testing.T) {
	bubble(t, func(t *testing.T) {
		started := time.Now().Add(-time.Hour).UTC()
		s := newStage(t, func(s *stage, _ *playout.PlayerConfig) {
			s.book.rows["cut"] = playout.AsRun{Occurrence: "cut", Claimed: started, Airings: []playout.Airing{{ID: "x", Started: started}}}
			s.book.rows["claimed"] = playout.AsRun{Occurrence: "claimed", Claimed: started}
			s.book.rows["done"] = playout.AsRun{Occurrence: "done", Claimed: started, Outcome: playout.Played}
		})
		s.at(time.Second)
		if row := s.expect("cut", playout.Cut, scheduler.ReasonPower, 1); !row.Airings[0].Ended.IsZero() {
			t.Error("an end was invented for what the power cut")
		}
		s.expect("claimed", playout.Missed, scheduler.ReasonPower, 0)
		s.expect("done", playout.Played, "", 0)
		s.player.Play(s.occurrence("cut", 20*time.Second, time.Second))
		s.at(time.Minute)
		if len(s.out.begun()) != 0 {
			t.Error("what was cut played again")
		}
	})
}

// While the board was on, what an earlier run left open was left by this program,
// and a commune that reads "power" would ask for the wrong thing.
func TestARestartIsNotToldAsAPowerCut(t *testing.T) {
	bubble(t, func(t *testing.T) {
		started, settled := time.Now().Add(-time.Hour).UTC(), 0
		s := newStage(t, func(s *stage, cfg *playout.PlayerConfig) {
			cfg.Restarted, cfg.Settled = true, func() { settled++ }
			s.book.rows["cut"] = playout.AsRun{Occurrence: "cut", Claimed: started, Airings: []playout.Airing{{ID: "x", Started: started}}}
			s.book.rows["claimed"] = playout.AsRun{Occurrence: "claimed", Claimed: started}
		})
		s.at(time.Second)
		s.expect("cut", playout.Cut, scheduler.ReasonRestart, 1)
		s.expect("claimed", playout.Missed, scheduler.ReasonRestart, 0)
		if settled != 1 {
			t.Errorf("told %d times that earlier rows have their outcome", settled)
		}
	})
}

func TestJournalDownGoesToTheSpool(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.book.breaks(errors.New("database is locked"))
		s.player.Play(s.occurrence("one", 20*time.Second, time.Second))
		s.at(30 * time.Second)
		if len(s.out.begun()) != 2 {
			t.Fatal("nothing sounded while the database was locked")
		}
		files, _ := filepath.Glob(filepath.Join(s.spool, "asrun-*.json"))
		if len(files) != 1 {
			t.Fatalf("spooled rows = %v, want one", files)
		}
		s.book.breaks(nil)
		s.at(time.Minute)
		row := s.expect("one", playout.Played, "completed", 2)
		if row.Claimed.IsZero() {
			t.Error("the claim was lost on the way")
		}
		if files, _ := filepath.Glob(filepath.Join(s.spool, "asrun-*.json")); len(files) != 0 {
			t.Errorf("still spooled: %v", files)
		}
	})
}

func TestSpooledClaimIsNotPlayedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.book.breaks(errors.New("disk I/O error"))
		o := s.occurrence("one", 20*time.Second, time.Second)
		s.player.Play(o)
		s.at(19800 * time.Millisecond) // about to sound
		dir := s.spool
		s.close()
		begun := len(s.out.begun())

		s = newStage(t, func(n *stage, cfg *playout.PlayerConfig) {
			n.spool, cfg.Spool = dir, []string{dir}
			n.book.failing = errors.New("disk I/O error")
		})
		o = s.occurrence("one", 10*time.Second, time.Second)
		s.player.Play(o)
		s.at(30 * time.Second)
		if got := len(s.out.begun()); begun != 0 || got != 0 {
			t.Errorf("sounded %d cues before and %d after the restart, want none: it was claimed and missed", begun, got)
		}
	})
}

func TestBrokenSpoolFileIsSetAside(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(s *stage, _ *playout.PlayerConfig) {
			if err := os.MkdirAll(s.spool, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(s.spool, "asrun-00.json"), []byte("{half"), 0o600); err != nil {
				t.Fatal(err)
			}
		})
		s.at(time.Second)
		if _, err := os.Stat(filepath.Join(s.spool, "asrun-00.broken")); err != nil {
			t.Errorf("set aside: %v", err)
		}
	})
}

func TestWatchTellsChanges(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		air := s.player.Watch(ctx)
		s.player.Play(s.occurrence("one", 20*time.Second, 2*time.Second))
		s.at(20*time.Second + 10*time.Millisecond)
		if a := <-air; a.OnAir == nil || a.OnAir.Started.IsZero() || !a.Amp.Keyed {
			t.Errorf("air = %+v, want the occurrence that sounds", a)
		}
		s.at(30 * time.Second)
		if a := <-air; a.OnAir != nil {
			t.Errorf("on air after the end = %+v", a.OnAir)
		}
		cancel()
		synctest.Wait()
		for range air { // the last state, then closed
		}
	})
}
