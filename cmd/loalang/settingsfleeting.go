package main

import (
	"bytes"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"loalang/health"
)

// readOnlyRoot is where overlayroot shows the root of the card, beneath what is written in memory.
const readOnlyRoot = "/media/root-ro"

// fleeting says whether what somebody wrote into a file of settings is gone at the next power cut: it lies
// in memory, as with an overlay over the root, and what lies beneath is another. lower is where that is
// shown; where it is not, the file was changed since the machine began.
func fleeting(file, lower string) bool {
	if !health.InMemory(filepath.Dir(file)) {
		return false
	}
	now, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	if beneath, err := os.ReadFile(filepath.Join(lower, file)); err == nil {
		return !bytes.Equal(now, beneath)
	}
	if _, err := os.Stat(filepath.Join(lower, filepath.Dir(file))); err == nil {
		return true // it is new
	}
	info, err := os.Stat(file)
	var up unix.Timespec
	if err != nil || unix.ClockGettime(unix.CLOCK_BOOTTIME, &up) != nil {
		return false
	}
	return info.ModTime().After(time.Now().Add(-time.Duration(up.Nano())))
}

// examineFleeting says that a file of settings does not last.
func examineFleeting(file, lower string, in tongue) []finding {
	if !fleeting(file, lower) {
		return nil
	}
	return []finding{{Name: in.say("settings"), Found: in.say("settings-fleeting", file), Advice: in.say("settings-fleeting-do")}}
}
