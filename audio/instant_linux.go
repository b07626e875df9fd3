package audio

import "golang.org/x/sys/unix"

// Monotonic reads CLOCK_MONOTONIC. It may be called from any goroutine.
func Monotonic() Instant {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic("audio: clock_gettime: " + err.Error()) // the kernel always has this clock
	}
	return Instant(t.Nano())
}
