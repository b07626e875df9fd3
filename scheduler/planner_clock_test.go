package scheduler_test

import (
	"testing"
	"time"

	"loalang/scheduler"
)

// TestClockUnknown: gate on the clock's trust, not on a delay (fpp#1669).
func TestClockUnknown(t *testing.T) {
	bubble(t, "nothing scheduled plays, now does", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		s.trusted = false
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:05:00")))
		tell(&s.book, "now", 30*time.Second)
		s.powerOn()
		time.Sleep(4*time.Minute + 55*time.Second)
		s.edit(func(b *scheduler.Book) { when(b, "now", pressed(at(t, "2026-11-23 12:04:55"))) })
		time.Sleep(time.Second)
		s.want(t, "now played")
		if d := s.played[0].o; len(d.Reasons) > 0 || d.Due.After(at(t, "2026-11-23 12:05:03")) {
			t.Errorf("what waits for the clock stands in the way: %+v", d)
		}
		time.Sleep(time.Hour)
		s.want(t, "now played", "a clock-unknown")
	})
	bubble(t, "trusted within the grace", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		s.trusted = false
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:05:00")))
		s.powerOn()
		time.Sleep(10 * time.Minute)
		s.set(func() { s.trusted = true })
		s.step(0) // the watch on the clock says that it changed
		s.want(t, "a played")
	})
	bubble(t, "the clock comes back hours later", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00")
		for _, c := range []struct{ id, at string }{{"off", "2026-11-23 11:00:00"}, {"unknown", "2026-11-23 14:01:00"}, {"later", "2026-11-23 14:30:00"}} {
			tell(&s.book, c.id, 30*time.Second)
			when(&s.book, c.id, once(at(t, c.at))).Misfire = scheduler.Misfire{Policy: scheduler.Skip}
		}
		s.powerOn()
		s.powerOff()
		// Without an RTC the board wakes at 14:00 and believes that it is 10:00.
		s.trusted = false
		s.powerOn()
		time.Sleep(2 * time.Minute)
		s.want(t)
		s.set(func() { s.trusted = true })
		s.step(4 * time.Hour)
		time.Sleep(10 * time.Second)
		s.want(t, "off power", "unknown clock-unknown")
		time.Sleep(time.Hour)
		s.want(t, "off power", "unknown clock-unknown", "later played")
	})
	bubble(t, "trust is lost again", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:05:00")))
		s.powerOn()
		s.set(func() { s.trusted = false })
		time.Sleep(time.Hour)
		s.want(t, "a clock-unknown")
	})
}

// TestClockSteps: gocron would fire an hour late or early; the plan is built
// anew and what was jumped over goes by its misfire (fpp#2409, snapcast#175).
func TestClockSteps(t *testing.T) {
	set := func(t *testing.T, s *station) {
		for _, c := range []struct{ id, at string }{{"jumped", "2026-11-23 12:30:00"}, {"just", "2026-11-23 13:00:00"}, {"later", "2026-11-23 13:05:00"}} {
			tell(&s.book, c.id, 30*time.Second)
			when(&s.book, c.id, once(at(t, c.at)))
		}
		s.powerOn()
		time.Sleep(2*time.Hour + time.Minute + time.Second/2)
	}
	bubble(t, "an hour on", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00")
		set(t, s)
		s.step(time.Hour) // 13:01
		time.Sleep(10 * time.Minute)
		s.want(t, "just played", "jumped clock-set", "later played")
		for _, h := range s.played {
			if h.o.Announcement == "later" && (!h.o.Due.Equal(at(t, "2026-11-23 13:05:00")) || h.o.Due.Sub(h.at) != 9*time.Second) {
				t.Errorf("handed over at %s for %s", h.at, h.o.Due)
			}
		}
	})
	bubble(t, "an hour on, to before the board was on", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:30:00")))
		s.powerOn()
		time.Sleep(10 * time.Second)
		s.step(time.Hour)
		time.Sleep(2 * time.Minute)
		s.want(t, "a power")
	})
	bubble(t, "an hour back", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00")
		set(t, s)
		s.step(-time.Hour) // 11:01
		time.Sleep(80 * time.Minute)
		s.want(t)
		time.Sleep(time.Hour)
		s.want(t, "jumped played", "just played", "later played")
	})
	bubble(t, "back over what has aired", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00")
		set(t, s)
		time.Sleep(40 * time.Minute)
		s.want(t, "jumped played")
		s.step(-time.Hour)
		time.Sleep(3 * time.Hour)
		s.want(t, "jumped played", "just played", "later played")
	})
	bubble(t, "nothing watches the clock", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00")
		set(t, s)
		s.set(func() { s.offset += 59 * time.Minute }) // unsaid
		time.Sleep(3 * time.Second)
		s.want(t, "just played") // 13:00:03
		time.Sleep(10 * time.Minute)
		s.want(t, "just played", "jumped clock-set", "later played")
	})
	bubble(t, "two steps in a second", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00")
		set(t, s)
		s.step(2 * time.Hour) // 14:01
		s.step(-time.Hour)    // 13:01, back over what was blamed and not yet settled
		time.Sleep(10 * time.Minute)
		s.want(t, "jumped clock-set", "just played", "later played") // 12:30 has passed for good, 13:00 has a grace
	})
	bubble(t, "small steps shift nothing and lose nothing", func(t *testing.T) {
		for _, by := range []time.Duration{time.Second, -time.Second, 5 * time.Second, -5 * time.Second} {
			s := newStation(t, "2026-11-23 10:00")
			set(t, s)
			time.Sleep(28*time.Minute + 55*time.Second) // 12:29:55.5
			s.step(by)
			time.Sleep(40 * time.Minute)
			s.want(t, "jumped played", "just played", "later played")
			s.powerOff()
		}
	})
	bubble(t, "from 1970 and to 2099 and back", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00")
		set(t, s)
		to := at(t, "2099-12-31 12:00:00").Sub(s.now())
		s.step(to)
		time.Sleep(30 * time.Second)
		s.step(-to)
		time.Sleep(2 * time.Hour)
		s.want(t, "jumped played", "just played", "later played")
		s.powerOff()
		s = newStation(t, "1970-01-01 00:00")
		s.trusted = false
		set(t, s)
		s.set(func() { s.trusted = true })
		s.step(at(t, "2026-11-23 12:29:00").Sub(s.now()))
		time.Sleep(time.Hour)
		s.want(t, "jumped played", "just played", "later played")
	})
	bubble(t, "the power fails while nothing is given up yet", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00")
		set(t, s)
		s.step(3 * day)
		time.Sleep(10 * time.Second)
		s.off(time.Hour)
		time.Sleep(10 * time.Minute)
		s.want(t, "jumped power", "just power", "later power")
	})
	bubble(t, "suspended for 3 days", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00")
		for _, id := range []string{"a", "b", "c", "d"} {
			tell(&s.book, id, 30*time.Second)
		}
		when(&s.book, "a", once(at(t, "2026-11-23 10:30:00")))
		when(&s.book, "b", once(at(t, "2026-11-24 10:30:00")))
		when(&s.book, "c", once(at(t, "2026-11-26 10:55:00")))
		when(&s.book, "d", once(at(t, "2026-11-26 11:30:00")))
		s.powerOn()
		time.Sleep(time.Hour)
		s.set(func() { s.slept = 3 * day })
		s.step(3 * day) // 11:00
		time.Sleep(time.Hour)
		s.want(t, "a played", "b asleep", "c played", "d played")
	})
	bubble(t, "the watch on the clock ends", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00")
		set(t, s)
		close(s.steps)
		time.Sleep(2 * time.Hour)
		s.want(t, "jumped played", "just played", "later played")
	})
}
