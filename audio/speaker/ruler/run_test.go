package ruler_test

import (
	"os"
	"path/filepath"
	"testing"

	"loalang/audio/speaker/ruler"
)

// TestRunsAreInOrderOfTime: a process ID is no clock. 32617 was once taken for later
// than 303, which came when the IDs had begun anew.
func TestRunsAreInOrderOfTime(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"32617-0.log": "start 1000 0 32 64\n", "303-0.log": "start 2000 0 32 64\n", "4-0.log": "start 1500 0 32 64\ndry 1700\n"} {
		for file, text := range map[string]string{name: text, name[:len(name)-4] + ".s16": "\x01\x00\x02\x00"} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	runs, dry, err := ruler.Open(dir).Runs()
	if err != nil || len(runs) != 3 || dry != 1 {
		t.Fatalf("runs = %+v, dry %d, %v", runs, dry, err)
	}
	if runs[0].PID != 32617 || runs[1].PID != 4 || runs[2].PID != 303 {
		t.Errorf("runs of the processes %d, %d, %d; want those that began at 1000, 1500, 2000", runs[0].PID, runs[1].PID, runs[2].PID)
	}
}
