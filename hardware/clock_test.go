package hardware_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/hardware"
)

// kernel is a kernel whose wall clock can be set.
type kernel struct {
	mu     sync.Mutex
	begin  time.Time
	wall   time.Time // at begin
	synced bool
	asleep time.Duration // of all the time that has passed
	within time.Duration // the largest error, at fixed
	fixed  time.Time     // when the clock was last corrected
	set    chan struct{}
	deaf   bool // timerfd does not work
}

func newKernel(wall time.Time) *kernel {
	return &kernel{begin: time.Now(), fixed: time.Now(), wall: wall, set: make(chan struct{}, 1)}
}

func (k *kernel) Read() (wall time.Time, mono, boot time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	run := time.Since(k.begin)
	return k.wall.Add(run), time.Hour + run, time.Hour + run + k.asleep
}

// Synced grows the largest error as Linux does.
func (k *kernel) Synced() (bool, time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.synced, k.within + time.Since(k.fixed)/2000
}

// suspend lets the machine sleep: the monotonic clock stands still, and the
// kernel sets the wall clock by the RTC as it wakes. Nobody says so.
func (k *kernel) suspend(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.wall, k.asleep = k.wall.Add(d), k.asleep+d
}

// correct is an answer of the time server.
func (k *kernel) correct() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fixed = time.Now()
}

func (k *kernel) WaitStep(ctx context.Context) error {
	if k.deaf {
		return errors.New("function not implemented")
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-k.set:
		return nil
	}
}

// step sets the wall clock by d, with or without the kernel's word.
func (k *kernel) step(d time.Duration, synced bool) {
	k.mu.Lock()
	k.wall, k.synced = k.wall.Add(d), synced
	k.mu.Unlock()
	k.set <- struct{}{}
}

var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// house is a data folder with a /sys and /proc of our own.
type house struct{ dir string }

func newHouse(t *testing.T, boot string) house {
	t.Helper()
	h := house{t.TempDir()}
	h.write(t, "proc/sys/kernel/random/boot_id", boot+"\n")
	return h
}

func (h house) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (h house) open(k hardware.Kernel, assume bool) *hardware.Clock {
	return hardware.OpenClock(hardware.ClockConfig{
		Kernel: k, File: filepath.Join(h.dir, "clock.json"), Floor: noon.AddDate(0, -1, 0), AssumeTrusted: assume,
		Sys: filepath.Join(h.dir, "sys"), Proc: filepath.Join(h.dir, "proc"), Log: slog.New(slog.DiscardHandler),
	})
}

func TestTrustAtBoot(t *testing.T) {
	clocksource := "sys/devices/system/clocksource/clocksource0/available_clocksource"
	rtc := "sys/class/rtc/rtc0/since_epoch"
	tests := map[string]struct {
		wall   time.Time
		synced bool
		assume bool
		file   [2]string
		want   hardware.Trust
	}{
		"NoRTC":          {wall: noon, want: hardware.Unknown},
		"At1970":         {wall: time.Unix(100, 0), want: hardware.Unknown},
		"Synced":         {wall: noon, synced: true, want: hardware.Synced},
		"SyncedAt1970":   {wall: time.Unix(100, 0), synced: true, want: hardware.Unknown},
		"RTC":            {wall: noon, file: [2]string{rtc, "1795410000"}, want: hardware.Held},
		"RTCLocalTime":   {wall: noon, file: [2]string{rtc, "1795435200"}, want: hardware.Held},
		"RTCEmpty":       {wall: noon, file: [2]string{rtc, "946684800"}, want: hardware.Unknown},
		"RTCBroken":      {wall: noon, file: [2]string{rtc, "?"}, want: hardware.Unknown},
		"RTCButOldWall":  {wall: noon.AddDate(-2, 0, 0), file: [2]string{rtc, "1732338000"}, want: hardware.Unknown},
		"Hosted":         {wall: noon, file: [2]string{clocksource, "tsc kvm-clock \n"}, want: hardware.Held},
		"PlainMachine":   {wall: noon, file: [2]string{clocksource, "arch_sys_counter\n"}, want: hardware.Unknown},
		"TechnicianSays": {wall: noon, assume: true, want: hardware.Held},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "boot-1")
			if tt.file[0] != "" {
				h.write(t, tt.file[0], tt.file[1])
			}
			k := newKernel(tt.wall)
			k.synced = tt.synced
			c := h.open(k, tt.assume)
			if got := c.State(); got.Trust != tt.want || got.Trusted() != (tt.want != hardware.Unknown) {
				t.Errorf("trust = %q, want %q", got.Trust, tt.want)
			}
			if c.Now().Before(noon.AddDate(0, -1, 0)) {
				t.Errorf("now = %s lies before the floor", c.Now())
			}
		})
	}
}

func TestTellTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, "boot-1")
		k := newKernel(time.Unix(1000, 0))
		c := h.open(k, false)
		if err := c.Tell(noon.AddDate(0, -2, 0), "x"); !errors.Is(err, hardware.ErrBackwards) {
			t.Errorf("telling a time before the floor = %v, want ErrBackwards", err)
		}
		if err := c.Tell(noon.AddDate(50, 0, 0), "x"); !errors.Is(err, hardware.ErrAhead) {
			t.Errorf("telling the year 2076 = %v, want ErrAhead", err)
		}
		if err := c.Tell(noon, "trưởng thôn"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if got := c.Now(); !got.Equal(noon.Add(time.Minute)) || c.State().Trust != hardware.Told {
			t.Errorf("now = %s (%s), want a minute past what was told", got, c.State().Trust)
		}
		// A restart of the process in the same boot goes on with the told time.
		again := h.open(k, false)
		if got := again.Now(); !got.Equal(noon.Add(time.Minute)) || again.State().Trust != hardware.Held {
			t.Errorf("after a restart now = %s (%s), want it held", got, again.State().Trust)
		}
		// A new boot does not.
		h.write(t, "proc/sys/kernel/random/boot_id", "boot-2\n")
		if got := h.open(newKernel(time.Unix(1000, 0)), false); got.State().Trust != hardware.Unknown || got.Now().Before(noon) {
			t.Errorf("after a boot: %s at %s, want unknown and not before what was seen", got.State().Trust, got.Now())
		}
	})
}

// steps collects what a running clock delivers.
func running(t *testing.T, c *hardware.Clock) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	synctest.Wait()
}

func next(t *testing.T, c *hardware.Clock) (time.Duration, bool) {
	t.Helper()
	synctest.Wait()
	select {
	case d := <-c.Steps():
		return d, true
	default:
		return 0, false
	}
}

func TestStepsAreTold(t *testing.T) {
	const day = 24 * time.Hour
	to2099 := time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC).Sub(noon)
	for name, steps := range map[string][]time.Duration{
		"ASecond": {time.Second}, "ASecondBack": {-time.Second}, "FiveSeconds": {5 * time.Second}, "FiveSecondsBack": {-5 * time.Second},
		"AnHour": {time.Hour}, "AnHourBack": {-time.Hour}, "ADay": {day}, "ADayBack": {-day},
		"From1970": {56 * 365 * day}, "To2099AndBack": {to2099, -to2099}, "TwoInASecond": {time.Hour, -20 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newKernel(noon)
				c := newHouse(t, "b").open(k, true)
				running(t, c)
				for _, d := range steps {
					k.step(d, false)
					if got, ok := next(t, c); !ok || got != d {
						t.Errorf("step = %s %v, want %s", got, ok, d)
					}
					if got := c.State(); got.Stepped != d || !got.SteppedAt.Equal(c.Now()) {
						t.Errorf("people are told of %s at %s, want %s", got.Stepped, got.SteppedAt, d)
					}
					time.Sleep(100 * time.Millisecond)
				}
			})
		})
	}
}

// Without timerfd a step is found within a second; slewing is no step.
func TestStepsAreFoundWithoutTheKernelsWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKernel(noon)
		k.deaf = true
		c := newHouse(t, "b").open(k, true)
		running(t, c)
		for range 20 {
			k.mu.Lock()
			k.wall = k.wall.Add(400 * time.Microsecond)
			k.mu.Unlock()
			time.Sleep(time.Second)
		}
		if d, ok := next(t, c); ok {
			t.Errorf("slewing was taken for a step of %s", d)
		}
		k.mu.Lock()
		k.wall = k.wall.Add(2 * time.Second)
		k.mu.Unlock()
		time.Sleep(time.Second)
		if d, ok := next(t, c); !ok || d < 1900*time.Millisecond {
			t.Errorf("step = %s %v, want 2 s", d, ok)
		}
	})
}

func TestSyncEndsWhatWasTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKernel(time.Unix(1000, 0))
		c := newHouse(t, "b").open(k, false)
		running(t, c)
		if err := c.Tell(noon.Add(90*time.Second), "x"); err != nil { // the phone is 90 s fast
			t.Fatal(err)
		}
		next(t, c)
		k.step(noon.Sub(time.Unix(1000, 0)), true) // NTP arrives
		if d, ok := next(t, c); !ok || d != -90*time.Second {
			t.Errorf("step = %s %v, want -90 s", d, ok)
		}
		if got := c.State(); got.Trust != hardware.Synced || got.Offset != 0 || !c.Now().Equal(noon) {
			t.Errorf("state = %+v at %s, want synced at noon", got, c.Now())
		}
	})
}

// Somebody setting the system clock does not move a told time.
func TestToldTimeSurvivesASystemStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKernel(noon.Add(-time.Hour))
		c := newHouse(t, "b").open(k, false)
		running(t, c)
		if err := c.Tell(noon, "x"); err != nil {
			t.Fatal(err)
		}
		k.step(5*time.Hour, false)
		synctest.Wait()
		if got := c.Now(); !got.Equal(noon) {
			t.Errorf("now = %s, want noon", got)
		}
	})
}

func TestLosingTheSyncKeepsTheTrustOfThisBoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKernel(noon)
		k.synced = true
		c := newHouse(t, "b").open(k, false)
		running(t, c)
		k.mu.Lock()
		k.synced = false
		k.mu.Unlock()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := c.State(); got.Trust != hardware.Held || got.Since > 3*time.Second {
			t.Errorf("state = %+v, want held since a moment ago", got)
		}
	})
}

func TestUnreadableMemoryIsNone(t *testing.T) {
	h := newHouse(t, "b")
	h.write(t, "clock.json", "{half")
	if got := h.open(newKernel(noon), false).State().Trust; got != hardware.Unknown {
		t.Errorf("trust = %q, want unknown", got)
	}
}

func TestLinuxKernelReadsBothClocks(t *testing.T) {
	k := hardware.Linux{}
	wall, mono, boot := k.Read()
	if d := time.Since(wall).Abs(); d > time.Minute || mono <= 0 || boot < mono {
		t.Errorf("wall is %s off, monotonic %s, since boot %s", d, mono, boot)
	}
	if synced, within := k.Synced(); within < 0 || synced && within == 0 {
		t.Errorf("synchronised %v within %s", synced, within)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- k.WaitStep(ctx) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("wait = %v, want the context's end", err)
	}
}

// A year mistyped must not lock the board out until that year has come.
func TestAWrongWordCanBeTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, "boot-1")
		c := h.open(newKernel(time.Unix(1000, 0)), false)
		for _, told := range []time.Time{noon.AddDate(1, 0, 0), noon} {
			if err := c.Tell(told, "x"); err != nil {
				t.Fatal(err)
			}
			if got := c.Now(); !got.Equal(told) {
				t.Errorf("now = %s, want %s", got, told)
			}
		}
		if err := c.Tell(noon.AddDate(1, 0, 0), "x"); err != nil { // wrong again, and then the power fails
			t.Fatal(err)
		}
		h.write(t, "proc/sys/kernel/random/boot_id", "boot-2\n")
		k := newKernel(noon)
		k.synced = true
		if got := h.open(k, false); got.State().Trust != hardware.Synced || !got.Now().Equal(noon) {
			t.Errorf("synchronised after that: %s at %s, want synced at noon", got.State().Trust, got.Now())
		}
	})
}

// A wrong RTC that was believed once must not outlive the kernel's word.
func TestSyncWinsOverAWrongRTC(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, "boot-1")
		ahead := noon.AddDate(5, 0, 0)
		h.write(t, "sys/class/rtc/rtc0/since_epoch", strconv.FormatInt(ahead.Unix(), 10))
		k := newKernel(ahead)
		c := h.open(k, false)
		if got := c.State().Trust; got != hardware.Held {
			t.Fatalf("trust = %q, want held", got)
		}
		running(t, c)
		k.step(noon.Sub(ahead), true)
		synctest.Wait()
		if got := c.State().Trust; got != hardware.Synced || !c.Now().Equal(noon) {
			t.Errorf("%s at %s, want synced at noon", got, c.Now())
		}
		h.write(t, "sys/class/rtc/rtc0/since_epoch", strconv.FormatInt(noon.Unix(), 10))
		h.write(t, "proc/sys/kernel/random/boot_id", "boot-2\n")
		if got := h.open(newKernel(noon), false).State().Trust; got != hardware.Held {
			t.Errorf("after a boot with the RTC set right: %q, want held", got)
		}
	})
}

// What hangs on CLOCK_MONOTONIC ends with the boot, also when the process of the
// new boot starts twice.
func TestAToldTimeEndsWithItsBoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, "boot-1")
		if err := h.open(newKernel(noon.Add(-3*time.Hour)), false).Tell(noon, "x"); err != nil {
			t.Fatal(err)
		}
		h.write(t, "proc/sys/kernel/random/boot_id", "boot-2\n")
		h.write(t, "sys/class/rtc/rtc0/since_epoch", strconv.FormatInt(noon.Unix(), 10))
		k := newKernel(noon.Add(time.Hour))
		for n := range 2 {
			c := h.open(k, false)
			func() {
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- c.Run(ctx) }()
				synctest.Wait()
				cancel()
				<-done
			}()
			if got := c.State(); got.Offset != 0 || !c.Now().Equal(noon.Add(time.Hour)) {
				t.Errorf("start %d of the new boot: offset %s at %s", n+1, got.Offset, c.Now())
			}
		}
	})
}

// Between a step of the wall clock and the next look, Now goes on from the word.
func TestToldTimeHangsOnTheMonotonicClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKernel(noon.Add(-time.Hour))
		c := newHouse(t, "b").open(k, false)
		if err := c.Tell(noon, "x"); err != nil {
			t.Fatal(err)
		}
		k.step(5*time.Hour, false) // nobody looks: the clock is not running
		if got := c.Now(); !got.Equal(noon) {
			t.Errorf("now = %s, want noon", got)
		}
	})
}

// A machine without boot_id cannot know that it is the same boot.
func TestNoBootIDIsNoMemory(t *testing.T) {
	h := newHouse(t, "")
	k := newKernel(noon)
	k.synced = true
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.open(k, false).Run(ctx); err != nil {
		t.Fatal(err)
	}
	if got := h.open(newKernel(noon), false).State().Trust; got != hardware.Unknown {
		t.Errorf("trust = %q, want unknown", got)
	}
}

// Found by a review: an emergency raised while the clock was unknown never
// expired, since Now stood still at the floor.
func TestAnUnknownClockRunsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, "boot-1")
		floor := noon.AddDate(0, -1, 0)
		k := newKernel(time.Unix(1000, 0))
		at := func(what string, c *hardware.Clock, want time.Time) {
			t.Helper()
			if got := c.Now(); !got.Equal(want) || c.State().Trust != hardware.Unknown {
				t.Errorf("%s: %s at %s, want unknown at %s", what, c.State().Trust, got, want)
			}
		}
		runFor := func(c *hardware.Clock, d time.Duration) {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			if err := c.Run(ctx); err != nil {
				t.Error(err)
			}
		}
		c := h.open(k, false)
		at("at first", c, floor)
		time.Sleep(15 * time.Minute)
		at("a quarter of an hour later", c, floor.Add(15*time.Minute))
		runFor(c, time.Hour)
		// The process starts again in the same boot, and was killed before: time ran on.
		c = h.open(k, false)
		at("in the next process", c, floor.Add(75*time.Minute))
		time.Sleep(time.Minute)
		at("killed a minute later", h.open(k, false), floor.Add(76*time.Minute))
		// The power fails: what passed before it has certainly passed.
		runFor(c, time.Minute)
		h.write(t, "proc/sys/kernel/random/boot_id", "boot-2\n")
		c = h.open(newKernel(time.Unix(10, 0)), false)
		at("in the next boot", c, floor.Add(77*time.Minute))
		time.Sleep(time.Minute)
		at("and on", c, floor.Add(78*time.Minute))
	})
}

// A step is one of Now, not of the kernel's wall below the floor.
func TestLeavingTheFloorIsOneStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKernel(time.Unix(1000, 0))
		c := newHouse(t, "b").open(k, false)
		running(t, c)
		time.Sleep(time.Hour)
		next(t, c)
		before := c.Now()
		k.step(noon.Sub(time.Unix(1000, 0)), true)
		if d, ok := next(t, c); !ok || d != c.Now().Sub(before) || !c.Now().Equal(noon.Add(time.Hour)) {
			t.Errorf("step = %s %v to %s, want the way from %s", d, ok, c.Now(), before)
		}
	})
}

// An RTC loses some seconds a day. Right after a time that the kernel vouched
// for it lies in the past; it is believed, and put right by what is known.
func TestASlowRTCIsHeldAndNeverGoesBack(t *testing.T) {
	rtc := "sys/class/rtc/rtc0/since_epoch"
	for name, tt := range map[string]struct {
		behind time.Duration
		want   hardware.Trust
	}{
		"OK":      {5 * time.Minute, hardware.Held},
		"ByHours": {2 * time.Hour, hardware.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, "boot-1")
				k := newKernel(noon)
				k.synced = true
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if err := h.open(k, false).Run(ctx); err != nil {
					t.Fatal(err)
				}
				h.write(t, "proc/sys/kernel/random/boot_id", "boot-2\n")
				wall := noon.Add(time.Minute - tt.behind)
				h.write(t, rtc, strconv.FormatInt(wall.Unix(), 10))
				c := h.open(newKernel(wall), false)
				running(t, c)
				for range 3 {
					time.Sleep(time.Hour)
					if got, want := c.Now().Sub(noon), time.Since(k.begin); got != want || c.State().Trust != tt.want {
						t.Errorf("%s at noon and %s, want %s at noon and %s", c.State().Trust, got, tt.want, want)
					}
				}
			})
		})
	}
}

// After a power cut the clock does not stand before what was written down.
func TestSawKeepsTheClockFromGoingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, "boot-1")
		k := newKernel(noon)
		k.synced = true
		c := h.open(k, false)
		time.Sleep(5 * time.Minute)
		c.Saw()
		saw := c.Now()
		time.Sleep(5 * time.Second)
		c.Saw() // too soon to count
		h.write(t, "proc/sys/kernel/random/boot_id", "boot-2\n")
		if got := h.open(newKernel(time.Unix(100, 0)), false).Now(); !got.Equal(saw) {
			t.Errorf("after the power cut it is %v, want %v", got, saw)
		}
		time.Sleep(6 * time.Second)
		c.Saw()
		h.write(t, "proc/sys/kernel/random/boot_id", "boot-3\n")
		if got := h.open(newKernel(time.Unix(100, 0)), false).Now(); !got.Equal(saw.Add(11 * time.Second)) {
			t.Errorf("after the next it is %v, want %v", got, saw.Add(11*time.Second))
		}
	})
}

// A disk that hangs once kept everybody waiting who asked for the time: the siren
// and the relay among them.
func TestTheTimeWaitsForNoDisk(t *testing.T) {
	c := newHouse(t, "boot-1").open(newKernel(noon), true)
	writing, whole := make(chan struct{}, 1), make(chan struct{})
	c.FakeDisk(func(string, []byte) error {
		select {
		case writing <- struct{}{}:
		default:
		}
		<-whole
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- c.Run(ctx) }()
	<-writing
	told := make(chan bool)
	go func() {
		c.Now()
		told <- c.Trusted()
	}()
	select {
	case <-told:
	case <-time.After(time.Minute): // only of a clock that waits
		t.Error("who asks for the time waits for the disk")
		defer func() { <-told }()
	}
	close(whole)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
