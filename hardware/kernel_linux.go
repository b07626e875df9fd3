package hardware

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Linux is the kernel this process runs on.
type Linux struct{}

// Read reads the clocks, the others between two readings of the wall.
func (Linux) Read() (wall time.Time, mono, boot time.Duration) {
	var before, between, since, after unix.Timespec
	for _, r := range []struct {
		clock int32
		at    *unix.Timespec
	}{{unix.CLOCK_REALTIME, &before}, {unix.CLOCK_MONOTONIC, &between}, {unix.CLOCK_BOOTTIME, &since}, {unix.CLOCK_REALTIME, &after}} {
		if err := unix.ClockGettime(r.clock, r.at); err != nil {
			panic("hardware: clock_gettime: " + err.Error()) // the kernel always has these clocks
		}
	}
	nanos := before.Nano() + (after.Nano()-before.Nano())/2
	return time.Unix(0, nanos), time.Duration(between.Nano()), time.Duration(since.Nano())
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
