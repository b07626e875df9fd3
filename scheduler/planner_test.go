package scheduler_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loalang/scheduler"
)

// bubble runs a test in fake time.
func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

func TestPlannerHandsOverOnTime(t *testing.T) {
	bubble(t, "an exact instant", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00:00.5")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:02:00")))
		s.powerOn()
		time.Sleep(10 * time.Minute)
		s.want(t, "a played")
		h := s.played[0]
		if ahead := h.o.Due.Sub(h.at); ahead != 9*time.Second || !h.o.Due.Equal(at(t, "2026-11-23 12:02:00")) {
			t.Errorf("handed over %s before %s", ahead, h.o.Due)
		}
	})
	bubble(t, "a slot of the next days", func(t *testing.T) {
		s := newStation(t, "2026-11-23 16:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", daily("sang", "chieu")).Created = at(t, "2026-11-23 15:00")
		s.powerOn()
		time.Sleep(2 * day)
		s.want(t, "a played", "a played", "a played", "a played")
		if len(s.played) != 12 || len(s.omitted) != 0 {
			t.Errorf("%d played with their frames, %d omitted", len(s.played), len(s.omitted))
		}
		for _, h := range s.played {
			if ahead := h.o.Due.Sub(h.at); ahead != 9*time.Second {
				t.Errorf("%s handed over %s ahead", h.o.ID, ahead)
			}
		}
	})
	bubble(t, "a plan that asks for a longer lead", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00:00.5")
		s.book.Frame.Lead = 20 * time.Second
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:02:17")))
		s.powerOn()
		time.Sleep(10 * time.Minute)
		s.want(t, "a played")
		if h := s.played[0]; !h.o.Due.Equal(at(t, "2026-11-23 12:02:17")) || len(h.o.Reasons) > 0 {
			t.Errorf("due %s, reasons %+v", h.o.Due, h.o.Reasons)
		}
	})
}

// What is not handed over yet is told of as soon as the plan has it, and not again before
// that is another.
func TestPlannerTellsWhatIsDueNext(t *testing.T) {
	bubble(t, "two notices, of which one is taken out", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00:00.5")
		s.book.Slots = nil
		a, b := at(t, "2026-11-23 12:02:00"), at(t, "2026-11-23 12:03:00")
		for id, due := range map[string]time.Time{"a": a, "b": b} {
			tell(&s.book, id, 20*time.Second)
			when(&s.book, id, once(due))
		}
		s.powerOn()
		told := func(until string, want ...time.Time) {
			t.Helper()
			time.Sleep(at(t, until).Sub(s.now()))
			synctest.Wait()
			if !slices.EqualFunc(s.next, want, time.Time.Equal) {
				t.Errorf("at %s it was told of %v, want %v", until, s.next, want)
			}
		}
		told("2026-11-23 12:01:50", a)
		told("2026-11-23 12:01:52", a, b) // a was handed over
		s.edit(func(book *scheduler.Book) { book.Schedules = book.Schedules[:0] })
		told("2026-11-23 12:02:01", a, b, time.Time{})
	})
}

// A drill that switches the amplifier on is told of as notices are, so that it stays on before
// one; a drill that leaves it off is not.
func TestPlannerTellsOfDrillsThatKey(t *testing.T) {
	bubble(t, "three drills, of which one is silent", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00:00.5")
		s.book.Slots = nil
		drilled(t, &s.book, false, "2026-11-23 12:02:00").ID = "audible"
		drilled(t, &s.book, true, "2026-11-23 12:05:00").ID = "silent"
		key := drilled(t, &s.book, true, "2026-11-23 12:08:00")
		key.ID, key.Key = "key", true
		s.powerOn()
		time.Sleep(at(t, "2026-11-23 12:07:00").Sub(s.now()))
		synctest.Wait()
		if want := []time.Time{at(t, "2026-11-23 12:02:00"), at(t, "2026-11-23 12:08:00")}; !slices.EqualFunc(s.next, want, time.Time.Equal) {
			t.Errorf("it was told of %v, want %v", s.next, want)
		}
	})
}

// TestNowIsHandedOverAtOnce: one press, one airing.
func TestNowIsHandedOverAtOnce(t *testing.T) {
	bubble(t, "pressed", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		s.powerOn()
		time.Sleep(17 * time.Second)
		press := s.now()
		s.edit(func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", pressed(press))
		})
		time.Sleep(100 * time.Millisecond)
		s.want(t, "a played")
		if due := s.played[0].o.Due.Sub(press); due < 7*time.Second || due > 7100*time.Millisecond || !s.played[0].o.Immediate {
			t.Errorf("due %s after the press", due)
		}
		time.Sleep(time.Hour)
		s.want(t, "a played")
	})
}

// TestEditsAreLiveWithoutRestart (AzuraCast#1500), gathered into one plan.
func TestEditsAreLiveWithoutRestart(t *testing.T) {
	bubble(t, "edits", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		s.powerOn()
		_, before := s.plan()
		for i, id := range []string{"a", "b", "c"} {
			s.edit(func(b *scheduler.Book) {
				tell(b, id, 10*time.Second)
				when(b, id, once(at(t, "2026-11-23 12:01:00").Add(time.Duration(i)*time.Minute)))
			})
		}
		time.Sleep(100 * time.Millisecond)
		if p, n := s.plan(); len(p.Occurrences) != 3 || n != before+1 {
			t.Errorf("%d occurrences after %d publications", len(p.Occurrences), n-before)
		}
		time.Sleep(10 * time.Minute)
		s.want(t, "a played", "b played", "c played")
	})
	bubble(t, "a stream of edits does not put it off", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		s.powerOn()
		s.set(func() {
			tell(&s.book, "a", 10*time.Second)
			when(&s.book, "a", once(at(t, "2026-11-23 12:30:00")))
		})
		for range 20 {
			s.edit(func(*scheduler.Book) {})
			time.Sleep(10 * time.Millisecond)
		}
		if p, _ := s.plan(); len(p.Occurrences) != 1 {
			t.Error("not planned after 200 ms of edits")
		}
	})
}

// TestDeletedScheduleDoesNotPlay (xibo#3752), nor what was withdrawn; the
// latter leaves its mark.
func TestDeletedScheduleDoesNotPlay(t *testing.T) {
	bubble(t, "deleted", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:01:00")))
		s.powerOn()
		time.Sleep(50 * time.Second)
		s.edit(func(b *scheduler.Book) { b.Schedules = nil })
		time.Sleep(time.Hour)
		s.want(t)
	})
	bubble(t, "withdrawn", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:01:00")))
		s.powerOn()
		time.Sleep(50 * time.Second)
		s.edit(func(b *scheduler.Book) { b.Announcements[0].Withdrawn = at(t, "2026-11-23 12:00:50") })
		time.Sleep(time.Hour)
		s.want(t, "a withdrawn")
	})
}

// TestWhatWillNotAirIsWrittenDownOnce with the reason of the plan, when it is
// final.
func TestWhatWillNotAirIsWrittenDownOnce(t *testing.T) {
	tests := []struct {
		name string
		set  func(s *station)
		want []string
		at   string // when it is certain; looked at every minute
	}{
		{"not ready within its grace", func(s *station) {
			tell(&s.book, "a", 30*time.Second)
			s.book.Renditions[0].State, s.book.Renditions[1].State = scheduler.Spoken, scheduler.Missing
			when(&s.book, "a", once(at(s.t, "2026-11-23 12:01:00")))
		}, []string{"a not-ready"}, "2026-11-23 12:11:00"},
		{"outside the hours", func(s *station) {
			s.book.Village.Allowed = []scheduler.Window{{From: 300, To: 720}}
			tell(&s.book, "a", 30*time.Second)
			when(&s.book, "a", once(at(s.t, "2026-11-23 12:01:00")))
		}, []string{"a outside-hours"}, "2026-11-23 12:01:00"},
		{"a full slot", func(s *station) {
			s.book.Slots[1].Start = 12*60 + 1
			s.book.Slots[1].Length = 2 * time.Minute
			for _, id := range []string{"a", "b"} {
				tell(&s.book, id, 80*time.Second)
				when(&s.book, id, daily("chieu")).Created = at(s.t, "2026-11-23 11:00")
			}
			s.book.Schedules[1].Misfire = scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Hour} // full is not missed
		}, []string{"a played", "b next-occasion"}, "2026-11-23 12:03:00"},
		{"expired in its slot: never promised", func(s *station) {
			s.book.Slots[1].Start = 12*60 + 1
			tell(&s.book, "a", 30*time.Second).ValidUntil = at(s.t, "2026-11-23 11:00")
			when(&s.book, "a", daily("chieu")).Created = at(s.t, "2026-11-23 11:00")
		}, nil, ""},
		{"expired at its instant", func(s *station) {
			tell(&s.book, "a", 30*time.Second).ValidUntil = at(s.t, "2026-11-23 12:01:00")
			when(&s.book, "a", once(at(s.t, "2026-11-23 12:01:00")))
		}, []string{"a expired"}, "2026-11-23 12:01:00"},
	}
	for _, tt := range tests {
		bubble(t, tt.name, func(t *testing.T) {
			s := newStation(t, "2026-11-23 12:00")
			tt.set(s)
			s.powerOn()
			time.Sleep(3 * time.Hour)
			s.want(t, tt.want...)
			if tt.at != "" {
				if late := s.omitted[len(s.omitted)-1].at.Sub(at(t, tt.at)); late < 0 || late > time.Minute+time.Second {
					t.Errorf("written down %s after it was final", late)
				}
			}
		})
	}
}

// TestReadyInTheLastMinute: what was not ready at its instant airs within its
// grace, as soon as it is.
func TestReadyInTheLastMinute(t *testing.T) {
	bubble(t, "late", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		s.book.Renditions[0].State, s.book.Renditions[1].State = scheduler.Spoken, scheduler.Missing
		when(&s.book, "a", once(at(t, "2026-11-23 12:01:00")))
		s.powerOn()
		time.Sleep(3 * time.Minute)
		s.edit(func(b *scheduler.Book) { b.Renditions[0].State = scheduler.Ready })
		time.Sleep(time.Hour)
		s.want(t, "a played")
		if r := s.played[0].o.Reasons; !slices.ContainsFunc(r, func(r scheduler.Reason) bool { return r.Code == scheduler.ReasonLate }) {
			t.Errorf("reasons %+v", r)
		}
	})
}

// TestPowerCut: on boot what is due is decided by rule, and logged
// (fpp#11, rivendell#817).
func TestPowerCut(t *testing.T) {
	tests := []struct {
		name string
		rule scheduler.Misfire
		off  time.Duration
		want string
	}{
		{"back before it is due", scheduler.Misfire{}, 10 * time.Second, "a played"},
		{"within the grace", scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 5 * time.Minute}, 4 * time.Minute, "a played"},
		{"beyond the grace", scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 5 * time.Minute}, 10 * time.Minute, "a power"},
		{"never late", scheduler.Misfire{Policy: scheduler.Skip}, 4 * time.Minute, "a power"},
		{"for three days", scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 5 * time.Minute}, 3 * day, "a power"},
		{"for three weeks", scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 5 * time.Minute}, 21 * day, "a power"},
	}
	for _, tt := range tests {
		bubble(t, tt.name, func(t *testing.T) {
			s := newStation(t, "2026-11-23 12:00")
			tell(&s.book, "before", 10*time.Second)
			when(&s.book, "before", once(at(t, "2026-11-23 12:00:20")))
			tell(&s.book, "a", 30*time.Second)
			when(&s.book, "a", once(at(t, "2026-11-23 12:02:00"))).Misfire = tt.rule
			s.powerOn()
			time.Sleep(time.Minute)
			s.off(tt.off)
			time.Sleep(time.Hour)
			s.want(t, "before played", tt.want)
			s.off(time.Minute)
			time.Sleep(time.Hour)
			s.want(t, "before played", tt.want)
		})
	}
	bubble(t, "a slot, most of it", func(t *testing.T) {
		s := newStation(t, "2026-11-23 16:59")
		for _, id := range []string{"a", "b", "c"} {
			tell(&s.book, id, 100*time.Second)
			when(&s.book, id, daily("chieu")).Created = at(t, "2026-11-23 11:00")
		}
		s.powerOn()
		time.Sleep(90 * time.Second) // opening and a have begun
		s.off(55 * time.Minute)      // 17:55:30: two notices and the closing still fit
		time.Sleep(time.Hour)
		s.want(t, "a played", "b played", "c played")
	})
	bubble(t, "a slot, nearly all of it", func(t *testing.T) {
		s := newStation(t, "2026-11-23 16:59")
		for _, id := range []string{"a", "b", "c"} {
			tell(&s.book, id, 100*time.Second)
			when(&s.book, id, daily("chieu")).Created = at(t, "2026-11-23 11:00")
		}
		s.powerOn()
		time.Sleep(90 * time.Second)
		s.off(57*time.Minute + 20*time.Second) // 17:57:50: one still fits
		time.Sleep(time.Hour)
		s.want(t, "a played", "b played", "c next-occasion")
	})
	bubble(t, "while a schedule was removed", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:02:00")))
		s.powerOn()
		s.powerOff()
		s.book.Schedules = nil
		s.off(time.Hour)
		s.want(t, "a withdrawn")
	})
}

// TestMemoryCardIsSpared: an unchanged plan is written once an hour.
func TestMemoryCardIsSpared(t *testing.T) {
	bubble(t, "a quiet day", func(t *testing.T) {
		s := newStation(t, "2026-11-23 06:45")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", daily("chieu")).Created = at(t, "2026-11-23 06:00")
		s.powerOn()
		time.Sleep(10 * time.Hour)
		if _, n := s.plan(); n > 12 {
			t.Errorf("published %d times in ten hours", n)
		}
	})
}
