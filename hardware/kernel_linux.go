package hardware

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Linux is the kernel this process runs on.
type Linux struct{}

// A program that has to wait between two clocks takes that for a clock that was set, or for a
// machine that slept: they are read together when a clock that is read before and after them has
// moved on by this much at most. Where that never comes about, the tightest of some readings does.
const (
	together     = 50 * time.Microsecond
	mostReadings = 10
)

// Read reads the clocks together.
func (Linux) Read() (wall time.Time, mono, boot time.Duration) {
	return readTogether(func(clock int32) time.Duration {
		var at unix.Timespec
		if err := unix.ClockGettime(clock, &at); err != nil {
			panic("hardware: clock_gettime: " + err.Error()) // the kernel always has these clocks
		}
		return time.Duration(at.Nano())
	})
}

func readTogether(read func(clock int32) time.Duration) (wall time.Time, mono, boot time.Duration) {
	tightest := time.Duration(math.MaxInt64)
	for range mostReadings {
		before := read(unix.CLOCK_MONOTONIC)
		now, since := read(unix.CLOCK_REALTIME), read(unix.CLOCK_BOOTTIME)
		if took := read(unix.CLOCK_MONOTONIC) - before; took < tightest {
			tightest = took
			wall, mono, boot = time.Unix(0, int64(now)), before+took/2, since
		}
		if tightest <= together {
			break
		}
	}
	return wall, mono, boot
}

// kernelMono is the kernel's CLOCK_MONOTONIC.
func kernelMono() time.Duration {
	_, mono, _ := Linux{}.Read()
	return mono
}

// Synced asks adjtimex whether STA_UNSYNC is clear, and for the largest error.
func (Linux) Synced() (synced bool, within time.Duration) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	synced = err == nil && state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0
	return synced, time.Duration(t.Maxerror) * time.Microsecond
}

// WaitStep arms a timer that the kernel cancels when the wall clock is set.
func (Linux) WaitStep(ctx context.Context) error {
	fd, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("timerfd_create: %w", err)
	}
	f := os.NewFile(uintptr(fd), "clock steps")
	defer func() { _ = f.Close() }()
	wall, _, _ := Linux{}.Read()
	far := unix.ItimerSpec{Value: unix.NsecToTimespec(wall.AddDate(1, 0, 0).UnixNano())}
	if err := unix.TimerfdSettime(fd, unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, &far, nil); err != nil {
		return fmt.Errorf("timerfd_settime: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = f.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	var ticks [8]byte
	_, err = f.Read(ticks[:])
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, unix.ECANCELED), err == nil: // a year has passed: look again
		return nil
	}
	return fmt.Errorf("wait for a clock step: %w", err)
}
