package main

import (
	"errors"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// lowlyMark in the environment says that this process has the least of all priorities.
const lowlyMark = "LOALANG_LOWLY"

// How a process asks for the disk only when nobody else does.
const (
	lowestNice       = 19
	ioprioWhoProcess = 1
	ioprioIdle       = 3 << 13
)

// lowly makes this process ask for processor and disk only when nobody else does, so
// that the sound is untouched. Both are of a thread and inherited: the program executes
// itself once more, with the same words, for every thread to have them. What is refused
// is gone without.
func (p program) lowly() error {
	if _, done := p.env(lowlyMark); done {
		return nil
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), lowestNice)
	_, _, _ = unix.Syscall(unix.SYS_IOPRIO_SET, ioprioWhoProcess, uintptr(unix.Gettid()), ioprioIdle)
	err := syscall.Exec(itself, os.Args, append(os.Environ(), lowlyMark+"=1"))
	return errors.Join(errors.New("begin again with the least priority"), err)
}
