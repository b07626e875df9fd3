package speaker

/*
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

// How much later than asked a sleep of the Go runtime's monitor may end, in ns.
#define LEEWAY 5000000

// Runs on the thread that is to have no real-time priority any more. Both calls are
// safe in a handler.
static void relieve(int unused) {
	int kept = errno;
	struct sched_param none = { 0 };
	if (sched_setscheduler(0, SCHED_OTHER, &none) == 0)
		prctl(PR_SET_TIMERSLACK, LEEWAY, 0, 0, 0);
	errno = kept;
}

// The last real-time signal: neither libc nor the Go runtime uses it. SA_ONSTACK, since
// the runtime's threads have small stacks and one aside for signals.
static int reliever(void) {
	struct sigaction a = { .sa_handler = relieve, .sa_flags = SA_ONSTACK | SA_RESTART };
	sigfillset(&a.sa_mask);
	return sigaction(SIGRTMAX, &a, NULL) ? -errno : SIGRTMAX;
}
*/
import "C"

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	// mostLooks is in how many of the looks of a child at itself the monitor is looked for.
	mostLooks = 20
	// looksAtThreads is how often the threads are looked at to find the one that sleeps again and
	// again, and mostAsleep in how many of those at least it must. A lock of the runtime sleeps by
	// the same call, for a moment: fewAsleep looks may meet that in another thread.
	looksAtThreads = 40
	mostAsleep     = looksAtThreads / 2
	fewAsleep      = 2
)

// sysmon finds the thread on which the Go runtime watches over the others, the one thread that
// has no work but sleeps and looks. 0: none, or more than one, looks like it. It keeps its own
// thread busy meanwhile, for some milliseconds: while all of the program rests that thread does
// not sleep by the clock.
func sysmon() (tid int, err error) {
	asleep := map[int]int{}
	for range looksAtThreads {
		tasks, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return 0, fmt.Errorf("look at threads: %w", err)
		}
		for _, task := range tasks {
			// "35 0x7f…", the number of the system call first, or "running". What has ended is none.
			raw, _ := os.ReadFile("/proc/self/task/" + task.Name() + "/syscall")
			number, _, _ := strings.Cut(string(raw), " ")
			if id, err := strconv.Atoi(task.Name()); err == nil && number == strconv.Itoa(unix.SYS_NANOSLEEP) {
				asleep[id]++
			}
		}
	}
	for id, n := range asleep {
		switch {
		case n <= fewAsleep:
		case n < mostAsleep || tid != 0:
			return 0, nil
		default:
			tid = id
		}
	}
	if tid == os.Getpid() {
		return 0, nil // the first thread is never the monitor
	}
	return tid, nil
}

// relieveSysmon takes real-time priority from the Go runtime's monitor, and says which thread that
// is; 0: it was not found, and nothing was done. It sleeps for 20 µs at a time while any goroutine
// runs, which at real-time priority the kernel takes at its word: of a card that is read some
// hundred times a second that was 2,800 looks a second, and more than half of what the child took
// of its processor (ADR 43). What it does for the others can wait for some milliseconds: see
// schedulerThreads.
func relieveSysmon() (tid int, err error) {
	if tid, err = sysmon(); tid == 0 || err != nil {
		return 0, err
	}
	number := C.reliever()
	if number < 0 {
		return 0, fmt.Errorf("relieve the runtime's monitor: %w", syscall.Errno(-number))
	}
	if err := unix.Tgkill(os.Getpid(), tid, syscall.Signal(number)); err != nil {
		return 0, fmt.Errorf("relieve the runtime's monitor: %w", err)
	}
	return tid, nil
}

// lookAtSelf is whether every thread has real-time priority, and the resident
// memory in bytes.
func (c *child) lookAtSelf() (realTime bool, rss int64) {
	if c.prio.RealTime {
		if c.looks++; c.relieved == 0 && c.looks <= mostLooks {
			c.relieved, _ = relieveSysmon() // not found, it goes on as before: that costs processor time alone
		}
		all, err := everyThreadRealTime(c.relieved)
		realTime = all && err == nil
	}
	return realTime, residentMemory(os.Getpid())
}
