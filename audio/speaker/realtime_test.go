package speaker_test

import (
	"os"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"loalang/audio/speaker"
)

// Trying leaves no thread of this process behind at real-time priority.
func TestTryRealTimeLeavesNothing(t *testing.T) {
	for range 8 {
		if err := speaker.TryRealTime(); err != nil {
			t.Skipf("no real-time priority here: %v", err)
		}
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	wild := 0
	for _, task := range tasks {
		tid, err := strconv.Atoi(task.Name())
		if err != nil {
			t.Fatal(err)
		}
		if attr, err := unix.SchedGetAttr(tid, 0); err == nil && attr.Policy == unix.SCHED_RR {
			wild++
		}
	}
	if wild > 1 { // the last one may still be on its way out
		t.Errorf("%d threads kept real-time priority", wild)
	}
}
