package hardware_test

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"loalang/hardware"
)

// seenAtNoon is a board that knew at noon what time it was, and is switched on again
// with an RTC that says wall.
func seenAtNoon(t *testing.T, wall time.Time) (*hardware.Clock, *kernel, house) {
	t.Helper()
	h := newHouse(t, "boot-1")
	k := newKernel(noon)
	k.synced = true
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := h.open(k, false).Run(ctx); err != nil {
		t.Fatal(err)
	}
	h.write(t, "proc/sys/kernel/random/boot_id", "boot-2\n")
	h.write(t, "sys/class/rtc/rtc0/since_epoch", strconv.FormatInt(wall.Unix(), 10))
	again := newKernel(wall)
	return h.open(again, false), again, h
}

// TestAnRTCMonthsAheadIsAskedAbout: an RTC that gained months is not believed until a
// person or a time server says so; the board's time goes on from what was seen, and so
// nothing of the days between is given up. After a month or less without power the RTC
// is believed, for nobody may be there.
func TestAnRTCMonthsAheadIsAskedAbout(t *testing.T) {
	for name, c := range map[string]struct {
		ahead time.Duration
		want  hardware.Trust
	}{
		"OK": {3 * time.Hour, hardware.Held}, "AMonth": {30 * 24 * time.Hour, hardware.Held},
		"ThreeMonths": {92 * 24 * time.Hour, hardware.Unknown}, "TenYears": {3652 * 24 * time.Hour, hardware.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock, _, _ := seenAtNoon(t, noon.Add(c.ahead))
				state := clock.State()
				if state.Trust != c.want || (state.Ahead > 0) != (c.want == hardware.Unknown) {
					t.Errorf("%s, ahead %s", state.Trust, state.Ahead)
				}
				now, want := clock.Now(), noon.Add(c.ahead)
				if c.want == hardware.Unknown {
					want = noon
				}
				if now.Sub(want).Abs() > 2*time.Second {
					t.Errorf("now %s, want %s", now, want)
				}
			})
		})
	}
}

// TestWhoConfirmsAnRTCMonthsAheadIsBelieved: whether it is right, or the person's other
// time is; and it is not asked about again at the next boot when it was right.
func TestWhoConfirmsAnRTCMonthsAheadIsBelieved(t *testing.T) {
	for name, c := range map[string]struct {
		told time.Time
		next hardware.Trust
	}{
		"ItIsRight": {noon.AddDate(0, 3, 0), hardware.Held},
		"ItIsWrong": {noon.Add(time.Hour), hardware.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock, k, h := seenAtNoon(t, noon.AddDate(0, 3, 0))
				if err := clock.Tell(c.told, "trưởng thôn"); err != nil {
					t.Fatal(err)
				}
				if s := clock.State(); s.Trust != hardware.Told || s.Ahead != 0 || clock.Now().Sub(c.told).Abs() > time.Second {
					t.Errorf("%+v at %s", s, clock.Now())
				}
				if again := h.open(k, false); again.State().Trust != hardware.Held || again.Now().Sub(c.told).Abs() > time.Second {
					t.Errorf("the program begins anew: %+v at %s", again.State(), again.Now())
				}
				h.write(t, "proc/sys/kernel/random/boot_id", "boot-3\n")
				if again := h.open(k, false); again.State().Trust != c.next {
					t.Errorf("at the next boot: %+v at %s", again.State(), again.Now())
				}
			})
		})
	}
}

// TestAHeldClockSetMonthsAheadIsAskedAbout: somebody, or something, sets the machine's
// clock months ahead and vouches for nothing. A time server that answers is believed.
// A machine that slept for months woke by its RTC.
func TestAHeldClockSetMonthsAheadIsAskedAbout(t *testing.T) {
	const months = 92 * 24 * time.Hour
	for name, c := range map[string]struct {
		do   func(k *kernel)
		want hardware.Trust
		at   time.Duration // since noon
	}{
		"Set":    {func(k *kernel) { k.step(months, false) }, hardware.Unknown, 0},
		"Synced": {func(k *kernel) { k.step(months, true) }, hardware.Synced, months},
		"Slept":  {func(k *kernel) { k.suspend(months) }, hardware.Held, months},
		"PutRight": {func(k *kernel) {
			k.step(months, false)
			time.Sleep(time.Minute)
			k.step(-months, true)
		}, hardware.Synced, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock, k, _ := seenAtNoon(t, noon)
				began := time.Now()
				running(t, clock)
				time.Sleep(35 * time.Minute)
				c.do(k)
				clock.Saw() // something is written down before anybody looks at the clock
				time.Sleep(5 * time.Second)
				want := noon.Add(c.at + time.Since(began))
				if s := clock.State(); s.Trust != c.want || clock.Now().Sub(want).Abs() > 15*time.Minute {
					t.Errorf("%s at %s, want %s at %s", s.Trust, clock.Now(), c.want, want)
				}
			})
		})
	}
}
