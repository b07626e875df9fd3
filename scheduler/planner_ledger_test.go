package scheduler_test

import (
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// TestLedgerFails: the last plan goes on, and the log says so once.
func TestLedgerFails(t *testing.T) {
	bubble(t, "reading the book", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:30:00")))
		s.powerOn()
		s.set(func() { s.booksFail = true })
		time.Sleep(time.Hour)
		s.want(t, "a played")
		if got := s.logged(); len(got) != 1 || !strings.Contains(got[0], "reading the book") || !strings.Contains(got[0], errBroken.Error()) {
			t.Errorf("logged %q", got)
		}
	})
	bubble(t, "a locked database", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:00:10.5")))
		s.powerOn()
		s.set(func() { s.slow = time.Hour })
		s.edit(func(*scheduler.Book) {})
		time.Sleep(time.Minute)
		s.want(t, "a played")
	})
	bubble(t, "publishing", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:30:00")))
		s.writeFails = true
		s.powerOn()
		time.Sleep(time.Hour)
		s.want(t, "a played")
		if got := s.logged(); len(got) != 1 {
			t.Errorf("logged %q", got)
		}
		s.set(func() { s.writeFails = false })
		time.Sleep(2 * time.Minute)
		if _, n := s.plan(); n == 0 {
			t.Error("not published when it works again")
		}
	})
	bubble(t, "the published plan is not overwritten unread", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:30:00"))).Misfire.Policy = scheduler.Skip
		s.powerOn()
		s.powerOff()
		_, before := s.plan()
		s.readFails = true
		s.off(time.Hour)
		time.Sleep(10 * time.Second)
		if _, n := s.plan(); n != before {
			t.Error("published without having read")
		}
		s.set(func() { s.readFails = false })
		time.Sleep(2 * time.Minute)
		if _, n := s.plan(); n == before {
			t.Error("not published after it was read")
		}
		if got := s.fates(); len(got) != 1 {
			t.Errorf("fates %q", got)
		}
	})
	bubble(t, "no book at boot: the published plan airs", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		for _, c := range []struct{ id, at string }{{"missed", "2026-11-23 12:30:00"}, {"a", "2026-11-23 13:30:00"}} {
			tell(&s.book, c.id, 30*time.Second)
			when(&s.book, c.id, once(at(t, c.at)))
		}
		s.powerOn()
		s.powerOff()
		s.booksFail = true
		s.off(time.Hour)
		time.Sleep(time.Hour)
		s.want(t, "a played")
		s.set(func() { s.booksFail = false })
		time.Sleep(2 * time.Minute)
		s.want(t, "a played", "missed power")
	})
	bubble(t, "a village in no zone", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:30:00")))
		s.powerOn()
		s.edit(func(b *scheduler.Book) { b.Village.Zone = "Asia/Un_Ta" })
		time.Sleep(time.Hour)
		s.want(t, "a played")
		if got := s.logged(); len(got) != 1 || !strings.Contains(got[0], "building the plan") {
			t.Errorf("logged %q", got)
		}
	})
}

// A claim that a restart released has left the published plan: when it is too
// late for it, the power is the cause all the same.
func TestReleasedByAPowerCutAndTooLate(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:00:30")))
		s.powerOn()
		time.Sleep(25 * time.Second) // handed over and published without it
		s.powerOff()
		s.set(func() { s.played, s.past = nil, nil })
		s.off(time.Hour)
		s.want(t, "a power")
	})
}

// What was due while the power was off aired a minute late or more when the book could not be
// read in the first seconds of a slow disk: it was read again with the next minute's plan only.
func TestABookThatIsSlowAtBootIsReadAgainSoon(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		s := newStation(t, "2026-11-23 12:00")
		s.powerOn()
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-23 12:30:00")))
		s.powerOff()
		s.booksFail = true
		s.off(31 * time.Minute)
		time.Sleep(5 * time.Second)
		s.set(func() { s.booksFail = false })
		time.Sleep(10 * time.Second)
		s.want(t, "a played")
		if got := s.logged(); len(got) != 1 {
			t.Errorf("logged %q", got)
		}
	})
}
