package speaker

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"loalang/audio"
)

const (
	// realTimePriority is above ordinary real-time helpers of the kernel's
	// defaults (1) and below its threaded interrupts (50).
	realTimePriority = 20
	// realTimeBudget is how long a thread may run without ever waiting, in
	// microseconds. A thread gone wild dies instead of freezing the board.
	realTimeBudget = 500_000
	// priorityVariable tells the second life of the process how the first
	// fared: "granted", or why not.
	priorityVariable = "LOALANG_SPEAKER_PRIORITY"
	granted          = "granted"
	// schedulerThreads is the number of Go threads that may run at once: the
	// card's writer sits in cgo, the mixer must not wait for it.
	schedulerThreads = 4
	// spares is how many threads are made at the start: all that run Go at once, and as many again
	// that wait in calls of the kernel or the card.
	spares = 2 * schedulerThreads
)

// priority says what the process was given.
type priority struct {
	RealTime bool
	// Refused says what is weaker than asked and why; empty when nothing is.
	Refused string
	// Lacks are the same as codes.
	Lacks []audio.Weakness
}

// lack notes that something was refused, unless why is empty.
func (p *priority) lack(what audio.Weakness, why string) {
	if why == "" {
		return
	}
	if p.Refused != "" {
		p.Refused += "; "
	}
	p.Refused += why
	p.Lacks = append(p.Lacks, what)
}

// takePriority gives the process SCHED_RR and replaces it with itself, since a
// policy set late covers only the thread that set it, and not those that the Go
// runtime has already started. The second time it returns what was given. It
// does not return the first time unless executing fails.
func takePriority() (priority, error) {
	answer, second := os.LookupEnv(priorityVariable)
	if !second {
		return priority{}, becomeRealTime()
	}
	if err := ForgetStartup(); err != nil {
		return priority{}, err
	}
	runtime.GOMAXPROCS(schedulerThreads)
	if answer != granted {
		var p priority
		p.lack(audio.NoRealTime, answer)
		return p, nil
	}
	spareThreads()
	return priority{RealTime: true}, nil
}

// becomeRealTime ends in another program image.
func becomeRealTime() error {
	runtime.LockOSThread()
	answer := granted
	limit := unix.Rlimit{Cur: realTimeBudget, Max: realTimeBudget}
	err := unix.Setrlimit(unix.RLIMIT_RTTIME, &limit)
	if err == nil {
		err = threadRealTime()
	}
	if err != nil {
		answer = fmt.Sprintf("no real-time priority: %v; the service needs CAP_SYS_NICE or LimitRTPRIO=%d", err, realTimePriority)
	}
	env := append(os.Environ(), priorityVariable+"="+answer)
	// /proc/self/exe is the running file even when it was replaced on disk.
	err = syscall.Exec("/proc/self/exe", os.Args, env)
	return fmt.Errorf("start anew with real-time priority: %w", err)
}

// threadRealTime gives the calling thread SCHED_RR.
func threadRealTime() error {
	return unix.SchedSetAttr(0, &unix.SchedAttr{Policy: unix.SCHED_RR, Priority: realTimePriority}, 0)
}

// TryRealTime says whether a child of this process would be given real-time
// priority: it takes it on a thread of its own, which ends with that. The error
// is the kernel's; nil when it was given. Any goroutine may call it.
func TryRealTime() error {
	answer := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		answer <- threadRealTime()
	}()
	return <-answer
}

// lockMemory keeps every page that was touched in memory, and gives back what
// preparations left over: locked memory cannot be given back. The answer says
// why that is not so; empty when it is.
func lockMemory() string {
	debug.FreeOSMemory()
	if !MayLockMemory() {
		return "memory is not locked: the service needs LimitMEMLOCK=infinity"
	}
	if err := unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT); err != nil {
		return fmt.Sprintf("memory is not locked: %v", err)
	}
	return ""
}

// MayLockMemory says whether a child of this process may lock its memory without a
// limit. Under a limit MCL_FUTURE would make a later allocation of the runtime
// fail, which kills the process: then a child does without. Any goroutine may
// call it.
func MayLockMemory() bool {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit) == nil && limit.Cur == unix.RLIM_INFINITY {
		return true
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if unix.Capget(&header, &data[0]) != nil {
		return false
	}
	return data[0].Effective&(1<<unix.CAP_IPC_LOCK) != 0
}

// everyThreadRealTime looks at each thread of the process but the one that was relieved of it, and
// gives a thread that has lost real-time priority, or was started without it, its own again. It is
// false, with the kernel's reason, when that was refused. A thread that ends meanwhile is none.
func everyThreadRealTime(relieved int) (bool, error) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return false, fmt.Errorf("look at threads: %w", err)
	}
	for _, task := range tasks {
		tid, err := strconv.Atoi(task.Name())
		if err != nil || tid == relieved {
			continue
		}
		attr, err := unix.SchedGetAttr(tid, 0)
		if err == nil && (attr.Policy != unix.SCHED_RR || attr.Priority != realTimePriority) {
			err = unix.SchedSetAttr(tid, &unix.SchedAttr{Policy: unix.SCHED_RR, Priority: realTimePriority}, 0)
		}
		if err != nil && !errors.Is(err, unix.ESRCH) {
			return false, fmt.Errorf("priority of thread %d: %w", tid, err)
		}
	}
	return true, nil
}

// spareThreads has the Go runtime make threads before they are needed, at the priority of all: what
// its monitor starts later would begin with the monitor's, which relieveSysmon takes away.
func spareThreads() {
	var here, together sync.WaitGroup
	here.Add(spares)
	for range spares {
		together.Go(func() {
			runtime.LockOSThread() // each on a thread of its own, which is kept for others after that
			defer runtime.UnlockOSThread()
			here.Done()
			here.Wait()
		})
	}
	together.Wait()
}

// ignoreSignals leaves the end to the parent: a stop of the whole service lets
// it fade out first, and the end of the socket pair ends the child.
func ignoreSignals() {
	signal.Ignore(unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGPIPE)
}
