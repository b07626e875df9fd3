package playout_test

import (
	"testing/synctest"
	"time"
)

// cut takes the power away, mid-item or not, for seconds, or over the next slot, or
// over midnight; the clock comes back right, slow, or not at all.
func (y *year) cut() {
	from := y.clock.now()
	away := 5*time.Second + y.upTo(10*time.Minute)
	if y.rng.IntN(6) == 0 {
		away = y.upTo(14 * time.Hour)
	}
	var lost time.Duration // what the clock does not know of
	unknown := false
	switch y.rng.IntN(4) {
	case 0: // no RTC: what was last seen is a floor
		lost, unknown = away, true
	case 1: // one that is slow
		lost = min(away, y.upTo(5*time.Minute))
	}
	right := time.Duration(y.clock.off.Load())
	y.wake = func() { y.clock.set(right-lost, unknown) }
	y.crash(away, true)
	y.wake = nil
	y.count["power"]++
	synctest.Wait()
	if lost > 0 {
		time.Sleep(y.upTo(10 * time.Minute)) // until the time server is found
		y.set(lost)
	}
	y.trouble("power", from)
	y.all[len(y.all)-1].wrong = lost > 0
}

// set sets the clock, after which it is known to be right, and says so as hardware
// does.
func (y *year) set(by time.Duration) {
	y.clock.set(time.Duration(y.clock.off.Load())+by, false)
	y.steps <- by
	synctest.Wait()
}

// setRight ends what the day left of wrong time.
func (y *year) setRight() {
	if off := time.Duration(y.clock.off.Load()) - y.clock.hasSlept(); off != 0 {
		y.set(-off)
	}
}

// setClock sets the clock, by seconds or by ages, and right again a while later; or
// the machine sleeps.
func (y *year) setClock() {
	from := y.clock.now()
	y.count["clock"]++
	steps := []time.Duration{
		time.Second, -time.Second, 5 * time.Second, -5 * time.Second, time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour,
		56 * 365 * 24 * time.Hour, -20 * 365 * 24 * time.Hour,
		-time.Duration(from.Unix()) * time.Second, // 1970
	}
	by := steps[y.rng.IntN(len(steps))]
	y.set(by)
	switch y.rng.IntN(3) {
	case 0: // two steps in a second
		time.Sleep(time.Second / 2)
	case 1:
		time.Sleep(y.upTo(time.Minute))
	default:
		time.Sleep(y.upTo(20 * time.Minute))
	}
	y.set(-by)
	y.trouble("clock", from)
}

// crashTwice ends the program twice, and it is there again within the same minute.
func (y *year) crashTwice() {
	y.fall("crash", 200*time.Millisecond+y.upTo(5*time.Second), false)
	if y.rng.IntN(2) == 0 {
		time.Sleep(y.upTo(10 * time.Second))
		y.fall("crash", 200*time.Millisecond+y.upTo(5*time.Second), false)
	}
}

// sleep suspends the machine, for a nap, a night or three days.
func (y *year) sleep() {
	from := y.clock.now()
	y.count["sleep"]++
	long := []time.Duration{time.Minute, 20 * time.Minute, 9 * time.Hour, 72 * time.Hour}[y.rng.IntN(4)]
	y.clock.sleep(long)
	y.steps <- long
	synctest.Wait()
	y.trouble("sleep", from)
}
