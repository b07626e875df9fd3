package hardware_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"loalang/hardware"
)

const rtcFile = "sys/class/rtc/rtc0/since_epoch"

func (h house) reboot(t *testing.T, boot string) {
	h.write(t, "proc/sys/kernel/random/boot_id", boot+"\n")
}

// How old the clock is: since the time server answered, as the kernel's largest
// error tells, across a restart of the process and a power cut.
func TestTheAgeOfTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, "boot-1")
		k := newKernel(noon)
		age := func(what string, c *hardware.Clock, trust hardware.Trust, want time.Duration) {
			t.Helper()
			synctest.Wait()
			if got := c.State(); got.Trust != trust || (got.Age-want).Abs() > 1500*time.Millisecond {
				t.Errorf("%s: %s, %s old, want %s, %s", what, got.Trust, got.Age, trust, want)
			}
		}
		c := h.open(k, false)
		if got := c.State(); !got.Vouched.IsZero() || got.Age != 0 {
			t.Errorf("nobody vouched yet: %+v", got)
		}
		time.Sleep(30 * time.Minute)
		k.synced = true
		k.correct()
		c = h.open(k, false)
		running(t, c)
		time.Sleep(3 * time.Minute)
		age("three minutes after the server's answer", c, hardware.Synced, 3*time.Minute)
		k.correct()
		time.Sleep(time.Minute)
		age("a minute after its next", c, hardware.Synced, time.Minute)
		time.Sleep(20 * time.Minute)
		age("another process in the same boot", h.open(k, false), hardware.Synced, 21*time.Minute)
		k.step(0, false) // the server is gone
		time.Sleep(time.Hour)
		age("held", c, hardware.Held, 81*time.Minute)
		c.Saw()
		h.reboot(t, "boot-2")
		k = newKernel(k.wall.Add(time.Since(k.begin) + 24*time.Hour)) // a day without power
		h.write(t, rtcFile, strconv.FormatInt(k.wall.Unix(), 10))
		age("a day later, by the RTC", h.open(k, false), hardware.Held, 25*time.Hour+21*time.Minute)
	})
}

func TestTheAgeOfAToldClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, "boot-1")
		c := h.open(newKernel(time.Unix(1000, 0)), false)
		if err := c.Tell(noon, "Giàng Thị Mỷ"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if got := c.State(); got.Age != time.Hour || got.VouchedBy != "Giàng Thị Mỷ" || !got.Vouched.Equal(noon) {
			t.Errorf("an hour after it was told: %+v", got)
		}
		c.Saw()
		h.reboot(t, "boot-2")
		got := h.open(newKernel(time.Unix(10, 0)), false).State()
		if got.Trust != hardware.Unknown || got.VouchedBy != "Giàng Thị Mỷ" || got.Age != time.Hour {
			t.Errorf("unknown after the power cut: %+v, at least an hour old", got)
		}
	})
}

// TestSuspended: three days asleep. CLOCK_MONOTONIC stands still meanwhile, and a
// told time that hung on it was three days behind ever after.
func TestSuspended(t *testing.T) {
	const asleep = 3 * 24 * time.Hour
	for name, told := range map[string]bool{"Held": false, "Told": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newKernel(noon.Add(-time.Hour))
				c := newHouse(t, "boot-1").open(k, !told)
				running(t, c)
				if told {
					if err := c.Tell(noon, "x"); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Hour)
				next(t, c)
				before := c.Now()
				k.suspend(asleep)
				time.Sleep(time.Second)
				synctest.Wait()
				if got := c.Now().Sub(before); got != asleep+time.Second {
					t.Errorf("the clock went on by %s", got)
				}
				if d, ok := next(t, c); !ok || d != asleep || c.Slept() != asleep {
					t.Errorf("step %s %v, slept %s", d, ok, c.Slept())
				}
				if got := c.State(); got.Stepped != 0 {
					t.Errorf("sleep is told as a step: %+v", got)
				}
			})
		})
	}
}

// TestRTCKeepsShutdownTime: an RTC that stands while the power is off, or is set
// by fake-hwclock at boot to what it was at the shutdown (Witty-Pi#11). It looks
// valid, and it is behind: nobody can know. It is held, it never runs below what
// was seen, and the time server's word is one step that people are told of.
func TestRTCKeepsShutdownTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, "boot-1")
		k := newKernel(noon)
		k.synced = true
		c := h.open(k, false)
		time.Sleep(2 * time.Hour)
		c.Saw()
		seen := c.Now()
		time.Sleep(time.Minute) // and then the power fails for ten hours
		h.reboot(t, "boot-2")
		k = newKernel(seen)
		h.write(t, rtcFile, strconv.FormatInt(seen.Unix(), 10))
		c = h.open(k, false)
		running(t, c)
		if got := c.State(); got.Trust != hardware.Held || c.Now().Before(seen) {
			t.Errorf("%s at %s, seen %s", got.Trust, c.Now(), seen)
		}
		time.Sleep(5 * time.Minute)
		next(t, c)
		k.step(10*time.Hour, true)
		if d, ok := next(t, c); !ok || d != 10*time.Hour {
			t.Errorf("step = %s %v", d, ok)
		}
		if got := c.State(); got.Trust != hardware.Synced || got.Stepped != 10*time.Hour {
			t.Errorf("people are told: %+v", got)
		}
	})
}

// TestOldDateAfterPowerCycle: after each power cycle the board says 2000-01-01, for
// the battery of its RTC is empty (fpp#2409).
func TestOldDateAfterPowerCycle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, "boot-1")
		k := newKernel(noon)
		k.synced = true
		c := h.open(k, false)
		time.Sleep(time.Hour)
		c.Saw()
		dead := time.Date(2000, 1, 1, 0, 0, 5, 0, time.UTC)
		for _, boot := range []string{"boot-2", "boot-3", "boot-4"} {
			h.reboot(t, boot)
			h.write(t, rtcFile, strconv.FormatInt(dead.Unix(), 10))
			c = h.open(newKernel(dead), false)
			if got := c.State(); got.Trust != hardware.Unknown || c.Now().Before(noon.Add(time.Hour)) {
				t.Errorf("%s: %s at %s", boot, got.Trust, c.Now())
			}
			if got := c.State(); got.Age < 0 || got.Vouched.IsZero() {
				t.Errorf("%s: vouched %s, %s ago", boot, got.Vouched, got.Age)
			}
			time.Sleep(time.Minute)
			c.Saw()
		}
	})
}

// TestRightTimeWins: somebody told a time that is two hours ahead, things aired by
// it, and then the time server comes. Its time is the right one, so the clock goes
// back, once, below what was written down, and says so (adr/0032).
func TestRightTimeWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKernel(noon)
		h := newHouse(t, "boot-1")
		c := h.open(k, false)
		running(t, c)
		if err := c.Tell(noon.Add(2*time.Hour), "x"); err != nil {
			t.Fatal(err)
		}
		next(t, c)
		time.Sleep(time.Hour)
		c.Saw()
		k.step(0, true)
		if d, ok := next(t, c); !ok || d != -2*time.Hour {
			t.Errorf("step = %s %v", d, ok)
		}
		got := c.State()
		if got.Trust != hardware.Synced || got.Stepped != -2*time.Hour || !c.Now().Equal(noon.Add(time.Hour)) {
			t.Errorf("%s: %+v", c.Now(), got)
		}
		// It is still told of after a power cut.
		c.Saw()
		time.Sleep(11 * time.Second)
		c.Saw()
		h.reboot(t, "boot-2")
		if got := h.open(newKernel(time.Unix(10, 0)), false).State(); got.Stepped != -2*time.Hour {
			t.Errorf("after a power cut: %+v", got)
		}
	})
}
