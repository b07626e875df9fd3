package playout_test

import (
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// TestWhatAClockAheadGaveUpIsOpenedAgain: a clock that is days ahead is believed for
// minutes, longer than anybody waits, and all that lies between is given up. When it is
// put right, that airs when it is due; it once had its row and was never heard.
func TestWhatAClockAheadGaveUpIsOpenedAgain(t *testing.T) {
	for name, crash := range map[string]bool{"OK": false, "AfterACrash": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := &year{soak: &soak{soakBoard: newSoakBoard(t), outcomes: map[string]int{}}, asked: map[string]wish{}, notices: map[string]told{}}
				y.roll(1, 1)
				noon := y.began.Add(12 * time.Hour)
				y.really(noon)
				y.ask(scheduler.Once, noon.Add(3*time.Hour))
				y.set(36 * time.Hour)
				y.really(noon.Add(5 * time.Minute))
				given := 0
				for _, row := range y.stage.book.copy().rows {
					if row.Outcome == playout.Missed {
						given++
					}
				}
				if given == 0 {
					t.Fatal("nothing was given up: this test tests nothing")
				}
				if crash {
					y.wake = func() { y.clock.set(0, false) }
					y.crash(time.Minute, true)
				} else {
					y.set(-36 * time.Hour)
				}
				y.really(noon.Add(42 * time.Hour)) // two evenings and a morning
				y.powerOff()
				heard := 0
				for _, row := range y.stage.book.copy().rows {
					if row.Kind != scheduler.Notice || !row.Deleted.IsZero() || row.Nominal.Before(noon) || row.Nominal.After(noon.Add(41*time.Hour)) {
						continue
					}
					heard++
					if row.Outcome != playout.Played && row.Cause != playout.CauseSilent {
						t.Errorf("%s: %s %s, due %s, written %s", row.Occurrence, row.Outcome, row.Cause, row.Due.In(y.place), row.Created.In(y.place))
					}
				}
				if want := 3*4 + 1; heard != want {
					t.Errorf("%d notices, want %d", heard, want)
				}
			})
		})
	}
}
