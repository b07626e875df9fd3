package playout_test

import (
	"testing"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

// priority is a priority notice that is to sound at once.
func (s *stage) priority(id string, voice time.Duration) scheduler.Occurrence {
	o := s.occurrence(id, s.out.now().Sub(0), voice)
	o.Class, o.Immediate = scheduler.ClassPriority, true
	return o
}

// framesOf counts what left the card of one kind of part.
func framesOf(row playout.AsRun, kind scheduler.PartKind) (n int64) {
	for _, a := range row.Airings {
		if a.Part == kind {
			n += a.Frames
		}
	}
	return n
}

// A notice that something of a higher rung interrupts goes on by its own rule, and
// the row says by which.
func TestWhatIsInterruptedGoesOnByItsRule(t *testing.T) {
	tests := map[string]struct {
		rule    scheduler.Resumption
		kind    scheduler.OccurrenceKind
		outcome playout.Outcome
		cause   string
		airings int
		voice   time.Duration
	}{
		"Resume":  {"", scheduler.Notice, playout.Played, playout.CauseResumed, 3, 30 * time.Second},
		"Restart": {scheduler.Restart, scheduler.Notice, playout.Played, playout.CauseRestarted, 4, 30*time.Second + 8700*time.Millisecond},
		"Drop":    {scheduler.Drop, scheduler.Notice, playout.Cut, scheduler.ReasonPreempted, 2, 8700 * time.Millisecond},
		"Opening": {"", scheduler.Opening, playout.Cut, scheduler.ReasonPreempted, 2, 8700 * time.Millisecond},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				o := s.occurrence("long", 20*time.Second, 30*time.Second)
				o.Interrupted, o.Kind = tt.rule, tt.kind
				s.player.Play(o)
				s.at(30 * time.Second)
				s.player.Play(s.priority("now", 10*time.Second))
				s.at(2 * time.Minute)
				row := s.expect("long", tt.outcome, tt.cause, tt.airings)
				if got, want := framesOf(row, scheduler.PartVoice), int64(audio.Rate.N(tt.voice)); got != want {
					t.Errorf("%d frames of the voice, want %d", got, want)
				}
				now := s.expect("now", playout.Played, "completed", 2)
				cut := row.Airings[1]
				if cut.Cause != string(audio.Replaced) || !cut.Ended.Equal(now.Airings[0].Started) {
					t.Errorf("cut with %q at %s, want it replaced at %s", cut.Cause, cut.Ended, now.Airings[0].Started)
				}
				if at := s.since(now.Airings[0]); at > 30*time.Second+300*time.Millisecond {
					t.Errorf("the priority notice began at %s", at)
				}
				if len(row.Airings) > 2 && !row.Airings[2].Started.Equal(now.Airings[1].Ended) {
					t.Errorf("it went on at %s, want when the other ended, %s", row.Airings[2].Started, now.Airings[1].Ended)
				}
				s.oneVoice("long", "now")
				if s.amp.keyed() {
					t.Error("the amplifier stayed on")
				}
			})
		})
	}
}

// The same rule holds under an emergency.
func TestAnEmergencyObeysTheRuleOfWhatItSilences(t *testing.T) {
	tests := map[string]struct {
		rule    scheduler.Resumption
		outcome playout.Outcome
		cause   string
		voice   time.Duration
	}{
		"Resume":  {scheduler.Resume, playout.Played, playout.CauseResumed, 10 * time.Second},
		"Restart": {scheduler.Restart, playout.Played, playout.CauseRestarted, 13500 * time.Millisecond},
		"Drop":    {scheduler.Drop, playout.Cut, scheduler.ReasonPreempted, 3500 * time.Millisecond},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				o := s.occurrence("a", 20*time.Second, 10*time.Second)
				o.Interrupted = tt.rule
				s.player.Play(o)
				s.at(25 * time.Second)
				s.raise(s.emergency("x", 30*time.Second))
				s.at(3 * time.Minute)
				row := s.row("a")
				if row.Outcome != tt.outcome || row.Cause != tt.cause || framesOf(row, scheduler.PartVoice) != int64(audio.Rate.N(tt.voice)) {
					t.Errorf("row %q %q with %d frames of the voice: %+v", row.Outcome, row.Cause, framesOf(row, scheduler.PartVoice), row.Airings)
				}
				s.oneVoice("a")
			})
		})
	}
}

// What is due under a long emergency and stands higher goes before what that
// silenced.
func TestAfterAnEmergencyTheHigherGoesFirst(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("a", 20*time.Second, 20*time.Second))
		s.at(25 * time.Second)
		s.raise(s.emergency("x", 30*time.Second))
		s.at(40 * time.Second)
		s.player.Play(s.priority("p", 5*time.Second))
		s.at(3 * time.Minute)
		row, p := s.expect("a", playout.Played, playout.CauseResumed, 3), s.row("p")
		if row.Airings[2].Started.Before(p.Airings[1].Ended) {
			t.Error("the silenced notice went on before the priority notice")
		}
		if n := framesOf(row, scheduler.PartVoice); n != 20*48000 {
			t.Errorf("%d frames of the voice", n)
		}
		s.oneVoice("a", "p")
	})
}

// Items that follow one another join to the frame, across any number of them.
func TestBackToBackJoinsToTheFrame(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		due, ids := 20*time.Second, []string{}
		for i := range 40 { // more than the output takes at once
			o := s.occurrence(string(rune('A'+i)), due, 3*time.Second)
			due += o.Length
			ids = append(ids, o.ID)
			s.player.Play(o)
		}
		s.at(10 * time.Minute)
		for i, id := range ids {
			row := s.expect(id, playout.Played, "completed", 2)
			if i == 0 {
				continue
			}
			before := s.row(ids[i-1])
			if gap := row.Airings[0].Started.Sub(before.Airings[1].Ended); gap != 0 {
				t.Errorf("%s begins %s after the end of %s", id, gap, before.Occurrence)
			}
		}
	})
}

// What is pushed behind another is joined to it as the settings say.
func TestPushedBehindIsJoined(t *testing.T) {
	tests := map[string]struct {
		segue, cross time.Duration
		gap          time.Duration
	}{
		"ToTheFrame": {},
		"Segue":      {segue: 700 * time.Millisecond, gap: 700 * time.Millisecond},
		"Crossfade":  {cross: 400 * time.Millisecond, gap: -400 * time.Millisecond},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Segue, cfg.Crossfade = tt.segue, tt.cross })
				s.player.Play(s.occurrence("a", 15*time.Second, 10*time.Second))
				s.player.Play(s.occurrence("b", 18*time.Second, 3*time.Second))
				s.at(time.Minute)
				a, b := s.expect("a", playout.Played, "completed", 2), s.expect("b", playout.Played, scheduler.ReasonDelayed, 2)
				if gap := b.Airings[0].Started.Sub(a.Airings[1].Ended); gap != tt.gap {
					t.Errorf("b begins %s after a, want %s", gap, tt.gap)
				}
				if len(s.out.over) > 0 {
					t.Error(s.out.over)
				}
			})
		})
	}
}

// AzuraCast#8557: two lists that interrupt each other blocked one another, and the
// delay piled up.
func TestTwoInterruptersDoNotBlockEachOther(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("a", 20*time.Second, 30*time.Second))
		s.at(25 * time.Second)
		s.player.Play(s.priority("p", 10*time.Second))
		s.at(27 * time.Second)
		s.player.Play(s.priority("q", 10*time.Second))
		s.at(2 * time.Minute)
		s.expect("a", playout.Played, playout.CauseResumed, 3)
		p, q := s.row("p"), s.row("q")
		if p.Outcome != playout.Played || q.Outcome != playout.Played || !q.Airings[0].Started.Equal(p.Airings[1].Ended) {
			t.Errorf("p %q, q %q, which began %s after it", p.Outcome, q.Outcome, q.Airings[0].Started.Sub(p.Airings[1].Ended))
		}
		s.oneVoice("a", "p", "q")
	})
}

// rivendell#87: what an alert broke could not be played again from its beginning.
func TestReplayAnItemBrokenByAnAlert(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(anew(s.occurrence("a", 20*time.Second, 10*time.Second)))
		s.at(28 * time.Second)
		s.raise(s.emergency("x", 20*time.Second))
		s.at(2 * time.Minute)
		row := s.expect("a", playout.Played, playout.CauseRestarted, 4)
		if row.Airings[2].Part != scheduler.PartChime || row.Airings[3].Frames != 10*48000 {
			t.Errorf("airings %+v, want all of it again", row.Airings)
		}
	})
}

// What stands lower waits no longer than its grace, and then says why.
func TestALowerOneIsNotStarvedSilently(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.at(10 * time.Second)
		s.player.Play(s.priority("p", 3*time.Minute))
		s.player.Play(s.occurrence("short", 15*time.Second, 5*time.Second)) // a minute of grace
		patient := s.occurrence("patient", 15*time.Second, 5*time.Second)
		patient.Misfire.Grace = 10 * time.Minute
		s.player.Play(patient)
		s.at(10 * time.Minute)
		s.expect("short", playout.Missed, scheduler.ReasonPreempted, 0)
		s.expect("patient", playout.Played, scheduler.ReasonPreempted, 2)
	})
}

// An interrupter that is stopped gives the output back at once.
func TestAStoppedInterrupterGivesTheOutputBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("a", 20*time.Second, 30*time.Second))
		s.at(25 * time.Second)
		s.player.Play(s.priority("p", time.Minute))
		s.at(35 * time.Second)
		if err := s.player.Stop(t.Context(), "p", "anh Sùng"); err != nil {
			t.Fatal(err)
		}
		s.at(3 * time.Minute)
		s.expect("p", playout.StoppedBy, "stopped", 2)
		row := s.expect("a", playout.Played, playout.CauseResumed, 3)
		if at := s.since(row.Airings[2]); at > 36*time.Second {
			t.Errorf("a went on at %s", at)
		}
		if n := framesOf(row, scheduler.PartVoice); n != 30*48000 {
			t.Errorf("%d frames of the voice", n)
		}
	})
}

// What fits ahead of something that the amplifier was switched on for once sounded
// while that was still settling: its first word was lost.
func TestNothingSoundsWhileTheAmplifierSettles(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.at(10 * time.Second)
		s.player.Play(s.occurrence("later", 20*time.Second, 5*time.Second)) // keyed at 17.95 s
		s.at(18*time.Second + 100*time.Millisecond)
		short := s.occurrence("short", 18*time.Second, 100*time.Millisecond)
		short.Parts, short.Immediate = short.Parts[:1], true
		s.lib.add("tick", 50*time.Millisecond)
		short.Parts[0].Recording, short.Parts[0].Length = "tick", 50*time.Millisecond
		s.player.Play(short)
		s.at(time.Minute)
		on := s.amp.switches()[0]
		for _, id := range []string{"short", "later"} {
			if row := s.row(id); row.Outcome != playout.Played || row.Airings[0].Started.Sub(on) < settle {
				t.Errorf("%s sounds %s after the amplifier was switched on", id, row.Airings[0].Started.Sub(on))
			}
		}
	})
}
