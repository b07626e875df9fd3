package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
)

// yardstickStep is how often the yardstick asks to be woken.
const yardstickStep = 5 * time.Millisecond

// yardstick measures beside everything else how long this machine keeps a
// real-time thread waiting: what a virtual machine's host does meanwhile, no
// player can help.
type yardstick struct {
	end  atomic.Bool
	done chan struct{}

	wakes, late int
	worst       time.Duration
}

func newYardstick() *yardstick {
	y := &yardstick{done: make(chan struct{})}
	go func() {
		defer close(y.done)
		runtime.LockOSThread() // never unlocked: the thread ends with it
		_ = unix.SchedSetAttr(0, &unix.SchedAttr{Policy: unix.SCHED_RR, Priority: realTime + 1}, 0)
		for next := audio.Monotonic().Add(yardstickStep); !y.end.Load(); next = next.Add(yardstickStep) {
			until := unix.NsecToTimespec(int64(next))
			for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &until, nil) != nil { // a signal came
			}
			by := audio.Monotonic().Sub(next)
			y.wakes++
			y.worst = max(y.worst, by)
			if by > yardstickStep {
				y.late++
				next = next.Add(by)
			}
		}
	}()
	return y
}

// stop ends it and says what it saw, in a sentence.
func (y *yardstick) stop() string {
	y.end.Store(true)
	<-y.done
	return fmt.Sprintf("Of %d times that a bare real-time thread asked to be woken, every %v, it was woken more than %v late %d times, at worst by %s ms.",
		y.wakes, yardstickStep, yardstickStep, y.late, number(float64(y.worst)/1e6))
}
