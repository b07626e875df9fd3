package playout_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// onTheBoard runs a board with one more notice, vi-long at an exact time, and what
// is done to it; it returns the row of that notice.
func onTheBoard(t *testing.T, at time.Duration, do func(b *soakBoard, due time.Time)) (row playout.AsRun) {
	synctest.Test(t, func(t *testing.T) {
		b := newSoakBoard(t)
		defer b.powerOff()
		due := b.began.AddDate(0, 0, 1).Add(at)
		b.edit(func(book *scheduler.Book) {
			book.Village.Allowed = nil
			addNotice(book, "one", scheduler.ClassNormal, b.began, "vi-long")
			book.Schedules = append(book.Schedules, scheduler.Schedule{
				Owned: scheduler.Owned{ID: "s-one", Village: "un-ta", Created: b.began.UTC()}, Announcement: "one", Kind: scheduler.Once, At: due.UTC(),
			})
		})
		do(b, due)
		for _, r := range b.stage.book.copy().rows {
			if r.Schedule == "s-one" && r.Deleted.IsZero() {
				row = r
			}
		}
	})
	return row
}

// heardWhole is how often the voice of a row was heard to its end.
func heardWhole(row playout.AsRun) (n int) {
	for _, a := range row.Airings {
		if a.Part == scheduler.PartVoice && a.Frames == 40*48000 {
			n++
		}
	}
	return n
}

// TestPowerCutAcrossMidnight: the power goes while a notice sounds that began
// yesterday, and comes back today (rivendell#860, rivendell#817, fpp#1150). What
// was heard in part is cut by the power and is not told again; what was not heard
// is, within its grace.
func TestPowerCutAcrossMidnight(t *testing.T) {
	const late = 23*time.Hour + 59*time.Minute + 40*time.Second
	for name, c := range map[string]struct {
		cut, away time.Duration // the cut, against due
		outcome   playout.Outcome
		cause     string
	}{
		"BeforeItForSeconds":  {-30 * time.Second, 15 * time.Second, playout.Played, "completed"},
		"BeforeItForMinutes":  {-15 * time.Second, 2 * time.Minute, playout.Played, scheduler.ReasonPower},
		"InItForSeconds":      {10 * time.Second, 5 * time.Second, playout.Cut, scheduler.ReasonPower},
		"InItOverMidnight":    {15 * time.Second, time.Minute, playout.Cut, scheduler.ReasonPower},
		"OverItTillTheMorrow": {-time.Minute, 6 * time.Hour, playout.Missed, scheduler.ReasonPower},
	} {
		t.Run(name, func(t *testing.T) {
			row := onTheBoard(t, late, func(b *soakBoard, due time.Time) {
				time.Sleep(time.Until(due.Add(c.cut)))
				b.crash(c.away, true)
				time.Sleep(12 * time.Hour)
				synctest.Wait()
			})
			if row.Outcome != c.outcome || row.Cause != c.cause || heardWhole(row) > 1 {
				t.Errorf("%s %s: %+v", row.Outcome, row.Cause, row.Airings)
			}
		})
	}
}

// TestRestartWithinTheSameMinuteNeverPlaysTwice: the process is restarted, in order
// or by a power cut, at each second around the instant, once or twice (fpp#11,
// rivendell#817).
func TestRestartWithinTheSameMinuteNeverPlaysTwice(t *testing.T) {
	for second := -12; second <= 38; second += 10 {
		for _, power := range []bool{true, false} {
			t.Run(fmt.Sprintf("%ds,power=%v", second, power), func(t *testing.T) {
				row := onTheBoard(t, 9*time.Hour, func(b *soakBoard, due time.Time) {
					time.Sleep(time.Until(due.Add(time.Duration(second) * time.Second)))
					b.crash(2*time.Second, power)
					time.Sleep(3 * time.Second)
					b.crash(2*time.Second, power)
					time.Sleep(time.Hour)
					synctest.Wait()
				})
				if row.Outcome == "" || row.Cause == "" || heardWhole(row) > 1 {
					t.Errorf("%s %q: %+v", row.Outcome, row.Cause, row.Airings)
				}
				if row.Outcome == playout.Missed && second < -8 {
					t.Errorf("missed (%s) though the board was back before its time", row.Cause)
				}
			})
		}
	}
}

// TestTheScheduleReturnsAfterAnOverride: what somebody starts by hand ends by itself,
// and what was due under it airs within its grace (fpp PR#2528).
func TestTheScheduleReturnsAfterAnOverride(t *testing.T) {
	row := onTheBoard(t, 9*time.Hour, func(b *soakBoard, due time.Time) {
		time.Sleep(time.Until(due.Add(-20 * time.Second)))
		b.edit(func(book *scheduler.Book) {
			addNotice(book, "by-hand", scheduler.ClassPriority, b.clock.now(), "vi-long")
			book.Schedules = append(book.Schedules, scheduler.Schedule{
				Owned:        scheduler.Owned{ID: "s-by-hand", Village: "un-ta", Created: b.clock.now().UTC()},
				Announcement: "by-hand", Kind: scheduler.Now, At: b.clock.now().UTC(),
			})
		})
		time.Sleep(time.Hour)
		synctest.Wait()
		for _, r := range b.stage.book.copy().rows {
			if r.Schedule == "s-by-hand" && (r.Outcome != playout.Played || r.Cause != "completed") {
				t.Errorf("by hand: %s %s", r.Outcome, r.Cause)
			}
		}
	})
	if row.Outcome != playout.Played || heardWhole(row) != 1 {
		t.Errorf("%s %s: %+v", row.Outcome, row.Cause, row.Airings)
	}
}
