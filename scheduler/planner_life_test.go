package scheduler_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/scheduler"
)

// TestEveryPromiseEndsOnce lives through days with power cuts, a failing
// database, edits and steps of the clock; then every occurrence that was ever
// published and came due has been played or omitted exactly once.
func TestEveryPromiseEndsOnce(t *testing.T) {
	came := 0
	for seed := range uint64(8) {
		synctest.Test(t, func(t *testing.T) {
			s := newStation(t, "2026-03-27 03:00")
			r := newRandom(seed)
			r.now = s.now()
			r.b.Announcements, r.b.Renditions, r.b.Schedules = nil, nil, nil
			r.b.Village.Zone = "Asia/Ho_Chi_Minh"
			for i := range 14 {
				r.announce(i)
			}
			for i := range r.b.Schedules {
				if sc := &r.b.Schedules[i]; sc.Kind == scheduler.Once {
					sc.At = r.now.Add(r.between(0, 16*time.Hour)).Truncate(time.Minute)
				}
			}
			s.book = r.b
			s.powerOn()
			for range 24 {
				switch r.IntN(6) {
				case 0:
					s.off(r.between(time.Second, 3*time.Hour))
				case 1:
					s.set(func() { s.booksFail = !s.booksFail })
				case 2:
					s.set(func() { s.writeFails = !s.writeFails })
				case 3:
					s.step(r.between(-10*time.Minute, 20*time.Minute))
				case 4:
					s.edit(func(b *scheduler.Book) { b.Renditions[r.IntN(len(b.Renditions))].State = scheduler.Ready })
				}
				time.Sleep(r.between(time.Second, time.Hour))
			}
			s.set(func() { s.booksFail, s.writeFails = false, false })
			time.Sleep(6 * time.Hour)
			came += s.account(t, seed)
		})
	}
	if came < 90 {
		t.Errorf("only %d notices came due", came)
	}
}

// account checks that every promise that came due ended once, and counts them.
func (s *station) account(t *testing.T, seed uint64) int {
	t.Helper()
	synctest.Wait()
	ends := map[string]int{}
	for _, h := range slices.Concat(s.played, s.omitted) {
		ends[h.o.ID]++
	}
	for id, n := range ends {
		if n > 1 {
			t.Errorf("seed %d: %s ended %d times", seed, id, n)
		}
	}
	now := s.now()
	notices := 0
	for id, o := range s.promised {
		if o.Kind != scheduler.Notice || !o.Due.Before(now.Add(-5*time.Hour-time.Minute)) {
			continue
		}
		notices++
		if ends[id] == 0 {
			t.Errorf("seed %d: %s, due %s, ended in nothing", seed, id, o.Due)
		}
	}
	return notices
}

// A board that was off for longer than it plans ahead wrote nothing of what lay
// between the end of its last plan and yesterday.
func TestPowerCutLongerThanThePlan(t *testing.T) {
	bubble(t, "twenty days", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00")
		tell(&s.book, "a", time.Minute)
		when(&s.book, "a", daily("sang", "chieu")).Created = at(t, "2026-11-20 08:00")
		s.powerOn()
		time.Sleep(time.Minute)
		s.off(20 * day)
		time.Sleep(time.Hour)
		missed := map[string]int{}
		for _, fate := range s.fates() {
			missed[fate[strings.LastIndex(fate, " ")+1:]]++
		}
		// The day before it was first switched on, and every slot until this morning.
		if missed[scheduler.ReasonPower] != 42 || len(missed) != 1 {
			t.Errorf("fates %v, want 42 for want of power", missed)
		}
	})
}
