package playout_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

// oneVoice fails when two airings of these rows sound at once.
func (s *stage) oneVoice(ids ...string) {
	s.t.Helper()
	type sound struct {
		id string
		playout.Airing
	}
	var all []sound
	for _, id := range ids {
		for _, a := range s.row(id).Airings {
			if a.Part == scheduler.PartBed {
				continue
			}
			all = append(all, sound{id, a})
		}
	}
	slices.SortFunc(all, func(a, b sound) int { return a.Started.Compare(b.Started) })
	for i := 1; i < len(all); i++ {
		if a, b := all[i-1], all[i]; b.Started.Before(a.Ended) {
			s.t.Errorf("%s begins %s before %s ends", b.id, a.Ended.Sub(b.Started), a.id)
		}
	}
}

// anew is an occurrence that begins again when it is interrupted.
func anew(o scheduler.Occurrence) scheduler.Occurrence {
	o.Interrupted = scheduler.Restart
	return o
}

// since is how long after the bubble began an airing did.
func (s *stage) since(a playout.Airing) time.Duration { return a.Started.Sub(s.out.start) }

// A child that dies in the middle of a notice once made the rest of it sound
// over the notices behind.
func TestLostDeviceMovesWhatFollows(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(anew(s.occurrence("a", 20*time.Second, 10*time.Second))) // until 31.5 s
		s.player.Play(s.occurrence("b", 33*time.Second, 3*time.Second))        // until 37.5 s
		s.player.Play(s.occurrence("c", 39*time.Second, 3*time.Second))        // until 43.5 s
		s.player.Play(s.occurrence("d", 90*time.Second, 3*time.Second))
		s.at(28 * time.Second)
		s.out.lose()
		s.out.back()
		s.at(3 * time.Minute)
		s.expect("a", playout.Played, scheduler.ReasonDevice, 4)
		s.expect("b", playout.Played, scheduler.ReasonDelayed, 2)
		s.expect("c", playout.Played, scheduler.ReasonDelayed, 2)
		s.expect("d", playout.Played, "completed", 2)
		s.oneVoice("a", "b", "c", "d")
		if b, c := s.row("b").Airings[0], s.row("c").Airings[0]; c.Started.Before(b.Started) {
			t.Error("c overtook b")
		}
	})
}

// What is behind and would be too late by then is missed, and says why.
func TestLostDevicePushesBeyondGrace(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		b := s.occurrence("b", 33*time.Second, 3*time.Second)
		b.Misfire = scheduler.Misfire{Policy: scheduler.Skip}
		s.player.Play(anew(s.occurrence("a", 20*time.Second, 10*time.Second)))
		s.player.Play(b)
		s.at(28 * time.Second)
		s.out.lose()
		s.out.back()
		s.at(time.Minute)
		s.expect("a", playout.Played, scheduler.ReasonDevice, 4)
		s.expect("b", playout.Missed, scheduler.ReasonDelayed, 0)
	})
}

// What is given up as what is behind makes room for a lost part lets nothing
// sound that still waits for its new place.
func TestGivenUpBehindALostPart(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		b := s.occurrence("b", 33*time.Second, 3*time.Second)
		b.Misfire = scheduler.Misfire{Policy: scheduler.Skip}
		s.player.Play(anew(s.occurrence("a", 20*time.Second, 10*time.Second))) // until 31.5 s
		s.player.Play(b)
		ids := []string{"a", "c", "d"}
		s.player.Play(s.occurrence("c", 39*time.Second, 3*time.Second))
		s.player.Play(s.occurrence("d", 45*time.Second, 3*time.Second))
		for i := range 8 { // of them the last wait for room
			o := s.occurrence(fmt.Sprint("e", i), 51*time.Second+time.Duration(i)*6*time.Second, 3*time.Second)
			s.player.Play(o)
			ids = append(ids, o.ID)
		}
		s.at(28 * time.Second)
		s.out.lose()
		s.out.back()
		s.at(4 * time.Minute)
		s.expect("b", playout.Missed, scheduler.ReasonDelayed, 0)
		s.expect("a", playout.Played, scheduler.ReasonDevice, 4)
		for _, id := range ids[1:] {
			if row := s.row(id); row.Outcome != playout.Played || len(row.Airings) != 2 {
				t.Errorf("%s is %q with %d airings", id, row.Outcome, len(row.Airings))
			}
		}
		s.oneVoice(ids...)
		if begun := s.out.begun(); len(begun) != 2+2*len(ids) {
			t.Errorf("%d cues sounded, want each once and those of the lost one twice: %v", len(begun), begun)
		}
	})
}

// An emergency once made the notice that it silenced and those due under it
// sound at once, and blamed the sound device.
func TestEmergencyMovesWhatFollows(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("a", 20*time.Second, 10*time.Second)) // until 31.5 s
		s.player.Play(s.occurrence("b", 40*time.Second, 3*time.Second))
		s.player.Play(s.occurrence("c", 47*time.Second, 3*time.Second))
		s.player.Play(s.occurrence("d", 58*time.Second, 3*time.Second)) // a is over at 61.5 s
		s.player.Play(s.occurrence("e", 100*time.Second, 3*time.Second))
		s.at(25 * time.Second)
		s.raise(s.emergency("x", 30*time.Second))
		s.at(30 * time.Second)
		s.player.Play(s.occurrence("late", 45*time.Second, time.Second)) // handed over meanwhile
		s.at(3 * time.Minute)
		s.expect("a", playout.Played, playout.CauseResumed, 3)
		for _, id := range []string{"b", "c", "d", "late"} {
			s.expect(id, playout.Played, scheduler.ReasonPreempted, 2)
		}
		s.expect("e", playout.Played, "completed", 2)
		s.oneVoice("a", "b", "c", "d", "e", "late")
		order := []string{"b", "late", "c", "d", "e"}
		if !slices.IsSortedFunc(order, func(x, y string) int {
			return s.row(x).Airings[0].Started.Compare(s.row(y).Airings[0].Started)
		}) {
			t.Errorf("they sounded in another order than planned, %v", order)
		}
		if at := s.since(s.row("e").Airings[0]); at != 100*time.Second {
			t.Errorf("e, which nothing was in the way of, began at %s", at)
		}
	})
}

// Under a long emergency more notices come together than the output takes cues:
// those that it refused once overtook the others, and blamed the sound device.
func TestMoreWaitsThanTheOutputTakes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.at(5 * time.Second)
		s.raise(s.emergency("x", 15*time.Minute))
		var ids []string
		for i := range 40 { // two parts each
			due := time.Minute + time.Duration(i)*20*time.Second
			s.at(due - 10*time.Second)
			o := s.occurrence(fmt.Sprintf("n%02d", i), due, 10*time.Second)
			o.Misfire.Grace = time.Hour
			s.player.Play(o)
			ids = append(ids, o.ID)
		}
		s.at(40 * time.Minute)
		for _, id := range ids {
			s.expect(id, playout.Played, scheduler.ReasonPreempted, 2)
		}
		if n := s.out.turnedAway(); n > 0 {
			t.Errorf("the output was asked for %d cues that it had no room for", n)
		}
		s.oneVoice(ids...)
		began := func(id string) time.Duration { return s.since(s.row(id).Airings[0]) }
		for i := 1; i < len(ids); i++ {
			if gap := began(ids[i]) - began(ids[i-1]); gap < 0 || gap > 15*time.Second {
				t.Errorf("%s began %s after %s", ids[i], gap, ids[i-1])
			}
		}
	})
}

// What is handed over while the loudspeaker is still behind once was late for no
// reason that the log told.
func TestHandedOverBehindWhatWasDelayed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("a", 20*time.Second, 10*time.Second)) // until 31.5 s
		s.at(25 * time.Second)
		s.raise(s.emergency("x", 10*time.Second)) // a is over at 41.5 s
		s.at(36 * time.Second)
		s.player.Play(s.occurrence("b", 38*time.Second, 3*time.Second))
		s.at(time.Minute)
		if row := s.expect("b", playout.Played, scheduler.ReasonDelayed, 2); !row.Late() {
			t.Errorf("b is late by %s", row.Lateness)
		}
		s.oneVoice("a", "b")
	})
}

// A child that dies under an alarm: what it held back must not wait for ever.
func TestDeviceLostUnderAnEmergency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("b", 30*time.Second, 3*time.Second))
		s.at(20 * time.Second)
		s.out.events <- audio.Event{Kind: audio.Silenced, At: s.out.now()}
		s.at(25 * time.Second)
		s.out.events <- audio.Event{Kind: audio.Unsilenced, At: s.out.now(), Cause: audio.Lost}
		s.at(time.Minute)
		if row := s.expect("b", playout.Played, "completed", 2); row.Late() {
			t.Errorf("b is late by %s", row.Lateness)
		}
	})
}

// A notice that the card was lost under, while an emergency silenced it, once was
// overtaken by the notice behind it.
func TestLostUnderAnEmergencyKeepsItsTurn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("a", 20*time.Second, 10*time.Second)) // until 31.5 s
		s.player.Play(s.occurrence("b", 33*time.Second, 3*time.Second))
		s.at(25 * time.Second)
		s.raise(s.emergency("x", 30*time.Second))
		s.at(40 * time.Second)
		s.out.lose()
		s.out.back()
		s.at(3 * time.Minute)
		s.expect("a", playout.Played, scheduler.ReasonDevice, 3)
		s.expect("b", playout.Played, scheduler.ReasonPreempted, 2)
		if a, b := s.row("a").Airings, s.row("b").Airings; b[0].Started.Before(a[len(a)-1].Started) {
			t.Error("b overtook a")
		}
		s.oneVoice("a", "b")
	})
}

// Nothing goes on outside the allowed hours, whatever moved it there.
func TestNothingGoesOnBeyondItsLatestEnd(t *testing.T) {
	limit := func(o scheduler.Occurrence, s *stage, until time.Duration) scheduler.Occurrence {
		o.Until, o.UntilReason = s.out.start.Add(until), scheduler.ReasonOutsideHours
		return o
	}
	t.Run("SilencedByAnEmergency", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.player.Play(limit(s.occurrence("a", 20*time.Second, 10*time.Second), s, 40*time.Second))
			s.player.Play(limit(s.occurrence("b", 33*time.Second, 3*time.Second), s, 40*time.Second))
			s.at(25 * time.Second)
			s.raise(s.emergency("x", 30*time.Second))
			s.at(2 * time.Minute)
			row := s.expect("a", playout.Cut, scheduler.ReasonOutsideHours, 2)
			if last := row.Airings[1]; last.Cause != scheduler.ReasonPreempted || last.Frames != 3.5*48000 {
				t.Errorf("the voice that was silenced = %+v, want the 3.5 s before", last)
			}
			s.expect("b", playout.Missed, scheduler.ReasonOutsideHours, 0)
		})
	})
	t.Run("ShortEmergency", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.player.Play(limit(s.occurrence("a", 20*time.Second, 10*time.Second), s, 40*time.Second))
			s.at(25 * time.Second)
			s.raise(s.emergency("x", 5*time.Second))
			s.at(2 * time.Minute)
			s.expect("a", playout.Played, playout.CauseResumed, 3)
		})
	})
	t.Run("RetriedAfterALoss", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.player.Play(limit(s.occurrence("a", 20*time.Second, 10*time.Second), s, 32*time.Second))
			s.at(25 * time.Second)
			s.out.lose()
			s.out.back()
			s.at(2 * time.Minute)
			s.expect("a", playout.Cut, scheduler.ReasonOutsideHours, 2)
			if begun := s.out.begun(); len(begun) != 2 {
				t.Errorf("sounded: %v, want no second try", begun)
			}
		})
	})
}

// An alarm once made an airing up, of a part whose first try had been lost.
func TestNoGhostAiringAfterAnEmergency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("a", 20*time.Second, 3*time.Second))
		s.at(20*time.Second + 500*time.Millisecond) // in the chime
		s.out.lose()
		s.out.back()
		s.at(20*time.Second + 600*time.Millisecond) // a tenth of a second before the second try
		s.raise(s.emergency("x", 10*time.Second))
		s.at(time.Minute)
		row := s.expect("a", playout.Played, scheduler.ReasonDevice, 3)
		if a := row.Airings[1]; a.Part != scheduler.PartChime || a.Frames != 24000 {
			t.Errorf("second airing = %+v, want the rest of the chime", a)
		}
	})
}

// An output that refuses a cue is asked again later, not at once for ever.
func TestRefusedCueIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.out.refuseWith(audio.ErrDeskFull)
		s.player.Play(s.occurrence("a", 20*time.Second, 3*time.Second))
		s.at(25 * time.Second)
		s.out.refuseWith(nil)
		s.at(time.Minute)
		s.expect("a", playout.Played, scheduler.ReasonDevice, 2)
	})
}

// A schedule that is removed takes what was cued for it along.
func TestUnscheduleEndsWhatIsCued(t *testing.T) {
	for name, at := range map[string]time.Duration{"Cued": 16 * time.Second, "Sounding": 22 * time.Second} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.occurrence("one", 20*time.Second, 10*time.Second))
				s.player.Play(s.occurrence("two", 40*time.Second, time.Second))
				s.at(at)
				if err := s.player.Unschedule(t.Context(), "s-one", "cán bộ xã"); err != nil {
					t.Fatal(err)
				}
				s.at(time.Minute)
				row := s.row("one")
				if row.Outcome == playout.Played || row.Outcome == "" || row.By != "cán bộ xã" {
					t.Errorf("outcome %q by %q, want it ended by who removed the schedule", row.Outcome, row.By)
				}
				for _, a := range row.Airings {
					if a.Ended.After(s.out.start.Add(at)) {
						t.Errorf("airing %+v outlasts its schedule, removed at %s", a, at)
					}
				}
				s.expect("two", playout.Played, "completed", 2)
			})
		})
	}
}

// A plan that was made before a schedule was removed may still hand it over.
func TestUnscheduleOutrunsTheOldPlan(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		if err := s.player.Unschedule(t.Context(), "s-one", "cán bộ xã"); !errors.Is(err, playout.ErrNotOnAir) {
			t.Errorf("Unschedule = %v, want ErrNotOnAir", err)
		}
		if err := s.player.Withdraw(t.Context(), "a-two", "cán bộ xã"); !errors.Is(err, playout.ErrNotOnAir) {
			t.Errorf("Withdraw = %v, want ErrNotOnAir", err)
		}
		s.at(time.Second)
		for _, id := range []string{"one", "two", "three"} {
			s.player.Play(s.occurrence(id, 20*time.Second, time.Second))
		}
		s.at(time.Minute)
		s.expect("one", playout.Withdrawn, scheduler.ReasonWithdrawn, 0)
		s.expect("two", playout.Withdrawn, scheduler.ReasonWithdrawn, 0)
		s.expect("three", playout.Played, "completed", 2)
	})
}

// Without a card a stand-in plays for listen-in; the as-run must not claim that
// the village heard it.
func TestWithoutCardIsSilent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("heard", 20*time.Second, time.Second))
		s.at(25 * time.Second)
		s.out.events <- audio.Event{Kind: audio.DeviceDown, Cause: audio.Lost}
		s.player.Play(s.occurrence("silent", 40*time.Second, time.Second))
		s.at(50 * time.Second)
		s.out.events <- audio.Event{Kind: audio.DeviceUp, Device: "fake"}
		s.player.Play(s.occurrence("again", 70*time.Second, time.Second))
		s.at(2 * time.Minute)
		if row := s.expect("heard", playout.Played, "completed", 2); row.Heard != playout.NotMeasured {
			t.Errorf("heard = %s", row.Heard)
		}
		if row := s.expect("silent", playout.Played, scheduler.ReasonDevice, 2); row.Heard != playout.HeardSilent {
			t.Errorf("without a card heard = %s, want silent", row.Heard)
		}
		s.player.Play(s.occurrence("repaired", 150*time.Second, 5*time.Second))
		s.at(154 * time.Second)
		s.out.events <- audio.Event{Kind: audio.DeviceDown, Cause: audio.Lost}
		s.out.lose()
		s.out.back()
		s.at(3 * time.Minute)
		if row := s.expect("repaired", playout.Played, scheduler.ReasonDevice, 3); row.Heard != playout.NotMeasured {
			t.Errorf("repeated on the card, heard = %s", row.Heard)
		}
		if row := s.expect("again", playout.Played, "completed", 2); row.Heard != playout.NotMeasured {
			t.Errorf("with the card back heard = %s", row.Heard)
		}
	})
}

// Whatever happens to the device, and whatever emergencies and people do: nothing
// sounds over anything else, the output is never asked for more than it takes,
// and everything has its outcome.
func TestOneVoiceWhateverHappens(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 1))
				s := newStage(t, withStation(receiver{feed: newStreamFeed()}))
				steps := map[int][]func(){} // by second
				within := func(from, to int) int { return from + r.IntN(to-from) }
				then := func(at int, do func()) { steps[at] = append(steps[at], do) }
				var ids []string
				for i := range 40 {
					due := within(20, 400)
					o := s.occurrence(fmt.Sprintf("n%02d", i), time.Duration(due)*time.Second, time.Duration(within(2, 20))*time.Second)
					switch r.IntN(4) {
					case 0:
						o.Misfire = scheduler.Misfire{Policy: scheduler.Skip}
					case 1:
						o.Until, o.UntilReason = o.Due.Add(time.Duration(within(30, 300))*time.Second), scheduler.ReasonOutsideHours
					default:
						o.Misfire.Grace = time.Duration(within(1, 20)) * time.Minute
					}
					if r.IntN(3) == 0 {
						o.Class = scheduler.ClassPriority
					}
					o.Immediate = r.IntN(4) == 0
					o.Interrupted = []scheduler.Resumption{"", scheduler.Restart, scheduler.Drop}[r.IntN(3)]
					if r.IntN(4) == 0 {
						o = s.onBed(o)
					}
					ids = append(ids, o.ID)
					then(due-within(8, 13), func() { s.player.Play(o) })
					if r.IntN(8) == 0 {
						then(due+within(-5, 60), func() { _ = s.player.Stop(t.Context(), o.ID, "x") }) // it may not sound
					}
				}
				if from := within(20, 300); r.IntN(2) == 0 {
					ids = append(ids, "relay")
					then(from-9, func() { s.player.Play(s.relay("relay", time.Duration(from)*time.Second, 2*time.Minute)) })
				}
				for i := range within(0, 4) {
					e, at := fmt.Sprint("e", i), within(10, 600)
					then(at, func() { s.raise(s.emergency(e, time.Duration(within(20, 240))*time.Second)) })
				}
				for range within(0, 12) {
					at := within(10, 600)
					then(at, s.out.lose)
					then(at+within(1, 8), s.out.back)
				}
				for at := range 605 {
					for _, do := range steps[at] {
						s.at(time.Duration(at) * time.Second)
						do()
					}
				}
				s.at(time.Hour)
				for _, id := range ids {
					if row := s.row(id); row.Outcome == "" {
						t.Errorf("%s has no outcome: %+v", id, row)
					}
				}
				s.oneVoice(ids...)
				if n := s.out.turnedAway(); n > 0 {
					t.Errorf("%d cues were refused", n)
				}
				if len(s.out.over) > 0 {
					t.Errorf("sounded over another: %v", s.out.over)
				}
			})
		})
	}
}
