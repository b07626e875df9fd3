package playout_test

import (
	"fmt"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// A priority notice that comes while two others fade into one another ends both:
// what faded out once went on under it.
func TestPriorityInACrossfade(t *testing.T) {
	for at := 38 * time.Second; at < 43*time.Second; at += 100 * time.Millisecond {
		t.Run(at.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Crossfade = 4 * time.Second })
				s.player.Play(s.occurrence("a", 20*time.Second, 20*time.Second)) // until 41.5 s
				b := s.occurrence("b", 41500*time.Millisecond, 20*time.Second)
				b.Parts = b.Parts[1:]
				b.Parts[0].Pause = 0
				b.Length = 20 * time.Second
				s.player.Play(b)
				s.at(at)
				s.player.Play(s.priority("p", 5*time.Second))
				s.at(3 * time.Minute)
				p := s.row("p")
				for _, id := range []string{"a", "b"} {
					for _, a := range s.row(id).Airings {
						for _, q := range p.Airings {
							if a.Started.Before(q.Started) && q.Started.Before(a.Ended) {
								t.Errorf("%s from %s to %s sounds under p from %s to %s", id, s.since(a), a.Ended.Sub(s.out.start), s.since(q), q.Ended.Sub(s.out.start))
							}
						}
					}
					if row := s.row(id); row.Outcome != playout.Played || framesOf(row, scheduler.PartVoice) != 20*48000 {
						t.Errorf("%s = %s %s, %d frames", id, row.Outcome, row.Cause, framesOf(row, scheduler.PartVoice))
					}
				}
			})
		})
	}
}

// Two interruptions, the second during the first: all frames are heard once.
func TestInterruptedTwice(t *testing.T) {
	for at := 22 * time.Second; at < 26*time.Second; at += 170 * time.Millisecond {
		t.Run(at.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.occurrence("a", 20*time.Second, 20*time.Second))
				s.at(at)
				s.player.Play(s.priority("p", 5*time.Second))
				s.at(at + 3*time.Second)
				l := s.goLive(newStreamFeed(), 10*time.Second)
				s.at(at + 5*time.Second)
				s.raise(s.emergency("x", 20*time.Second))
				s.at(at + 40*time.Second)
				s.player.Play(s.priority("q", 5*time.Second))
				s.at(4 * time.Minute)
				row := s.expect("a", playout.Played, playout.CauseResumed, len(s.row("a").Airings))
				if v, c := framesOf(row, scheduler.PartVoice), framesOf(row, scheduler.PartChime); v != 20*48000 || c != 48000 {
					t.Errorf("%d frames of the voice, %d of the chime", v, c)
				}
				for _, id := range []string{"p", "q"} {
					row := s.row(id)
					if row.Outcome != playout.Played || framesOf(row, scheduler.PartVoice) != 5*48000 {
						t.Errorf("%s = %s %s %+v", id, row.Outcome, row.Cause, row.Airings)
					}
				}
				s.oneVoice("a", "p", "q", l.ID())
				if s.amp.keyed() {
					t.Error("the amplifier stayed on")
				}
			})
		})
	}
}

// A priority notice at each millisecond around the end of a part.
func TestPriorityAroundTheEndOfAPart(t *testing.T) {
	for _, end := range []time.Duration{21 * time.Second, 21500 * time.Millisecond, 31500 * time.Millisecond} {
		for off := -60; off <= 60; off += 3 {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.occurrence("a", 20*time.Second, 10*time.Second))
				s.at(end - 200*time.Millisecond + time.Duration(off)*time.Millisecond)
				s.player.Play(s.priority("p", 5*time.Second))
				s.at(2 * time.Minute)
				a, p := s.row("a"), s.row("p")
				if a.Outcome != playout.Played || framesOf(a, scheduler.PartVoice) != 10*48000 || framesOf(a, scheduler.PartChime) != 48000 {
					t.Errorf("%s%+d: a = %s %s %+v", end, off, a.Outcome, a.Cause, a.Airings)
				}
				if p.Outcome != playout.Played || p.Airings[0].Started.Sub(s.out.start) > end+500*time.Millisecond {
					t.Errorf("%s%+d: p = %s %s %+v", end, off, p.Outcome, p.Cause, p.Airings)
				}
				s.oneVoice("a", "p")
			})
		}
	}
}

// Somebody stops, withdraws or unschedules what waits for the end of an
// interruption: it never comes back.
func TestTakenBackWhileInterrupted(t *testing.T) {
	deeds := map[string]func(s *stage) error{
		"Stop":       func(s *stage) error { return s.player.Stop(s.t.Context(), "a", "x") },
		"Withdraw":   func(s *stage) error { return s.player.Withdraw(s.t.Context(), "a-a", "x") },
		"Unschedule": func(s *stage) error { return s.player.Unschedule(s.t.Context(), "s-a", "x") },
	}
	over := map[string]func(s *stage){
		"Priority":  func(s *stage) { s.player.Play(s.priority("p", 10*time.Second)) },
		"Live":      func(s *stage) { s.goLive(newStreamFeed(), 10*time.Second) },
		"Emergency": func(s *stage) { s.raise(s.emergency("x", 15*time.Second)) },
		"Loss":      func(s *stage) { s.out.lose(); time.AfterFunc(10*time.Second, s.out.back) },
	}
	for name, deed := range deeds {
		for what, interrupt := range over {
			t.Run(name+what, func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					s := newStage(t)
					s.player.Play(s.occurrence("a", 20*time.Second, 20*time.Second))
					s.at(30 * time.Second)
					interrupt(s)
					s.at(35 * time.Second)
					if err := deed(s); err != nil {
						t.Fatal(err)
					}
					s.at(3 * time.Minute)
					row := s.row("a")
					if row.Outcome != playout.StoppedBy || row.By != "x" || len(row.Airings) != 2 {
						t.Errorf("%s %s by %q: %+v", row.Outcome, row.Cause, row.By, row.Airings)
					}
					if s.amp.keyed() {
						t.Error("the amplifier stayed on")
					}
				})
			})
		}
	}
}

// A priority notice that comes a moment before, or after, an ordinary one begins.
func TestPriorityJustBeforeANoticeBegins(t *testing.T) {
	for off := -400; off <= 100; off += 10 {
		t.Run(fmt.Sprint(off), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.occurrence("a", 20*time.Second, 5*time.Second))
				s.at(20*time.Second + time.Duration(off)*time.Millisecond)
				s.player.Play(s.priority("p", 5*time.Second))
				s.at(2 * time.Minute)
				a, p := s.row("a"), s.row("p")
				if a.Outcome != playout.Played || framesOf(a, scheduler.PartVoice) != 5*48000 || framesOf(a, scheduler.PartChime) != 48000 || p.Outcome != playout.Played {
					t.Errorf("a = %s %s %+v, p = %s", a.Outcome, a.Cause, a.Airings, p.Outcome)
				}
				s.oneVoice("a", "p")
			})
		})
	}
}

// A short notice that was to join a longer one, both waiting for the amplifier,
// was laid over that when a third came: it fits in before, but not so soon.
func TestShortNoticeBehindALongerOneWhileTheAmplifierSettles(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		short := func(id string, class scheduler.Class, voice time.Duration) scheduler.Occurrence {
			o := s.occurrence(id, s.out.now().Sub(0), voice)
			o.Parts, o.Length = o.Parts[1:], voice
			o.Parts[0].Pause = 0
			o.Class, o.Immediate = class, true
			return o
		}
		s.at(1020 * time.Millisecond)
		s.player.Play(short("a", scheduler.ClassNormal, 600*time.Millisecond))
		s.at(1060 * time.Millisecond)
		s.player.Play(short("p", scheduler.ClassPriority, 2*time.Second))
		s.at(1580 * time.Millisecond)
		s.player.Play(short("q", scheduler.ClassPriority, time.Second))
		s.at(time.Minute)
		for _, id := range []string{"a", "p", "q"} {
			if row := s.row(id); row.Outcome != playout.Played {
				t.Errorf("%s = %s %s", id, row.Outcome, row.Cause)
			}
		}
		s.oneVoice("a", "p", "q")
	})
}
