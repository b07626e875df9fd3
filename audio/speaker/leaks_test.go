package speaker_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"loalang/audio"
)

// TestLedgerClosesFiles: what ended, however, leaves no descriptor behind.
func TestLedgerClosesFiles(t *testing.T) {
	l := booked(t, "a@0", "b>a", "c@5", "d@6", "e@7")
	l.RaiseAlarm(audio.Alarm{ID: "x", Cycle: []audio.AlarmPart{{File: someFile(t)}}})
	l.RaiseAlarm(audio.Alarm{ID: "x", Cycle: []audio.AlarmPart{{File: someFile(t)}}})
	l.Note(started("a", 0))
	l.Cut(noon.Add(time.Second), "")
	l.Overdue(noon.Add(5*time.Second), "")
	l.Stopped(noon, []string{"d"})
	if open := leaks(t); len(open) == 0 {
		t.Error("nothing is open while an alarm waits: this test sees no files")
	}
	l.Close()
	if open := leaks(t); len(open) > 0 {
		t.Errorf("left open: %q", open)
	}
}

// openFiles counts the descriptors of this process.
func openFiles(t testing.TB) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// leaks are the descriptors of this process on files of this test. Others come and go
// with the children of other tests.
func leaks(t testing.TB) (all []string) {
	t.Helper()
	for _, name := range fileNames(t) {
		if whole, _, _ := strings.Cut(t.Name(), "/"); strings.Contains(name, "/"+whole) {
			all = append(all, name)
		}
	}
	return all
}

// fileNames is what the descriptors of this process are open on.
func fileNames(t testing.TB) []string {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		name, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil {
			names = append(names, e.Name()+" "+name)
		}
	}
	return names
}
