package health_test

import (
	"fmt"
	"testing"
)

// What serve takes was told for all processes, and only itself and the sound card's were
// counted: the ear at the loudspeakers, a decoder or a voice that ate the memory was nobody's.
func TestProbeMemoryOfAllProcesses(t *testing.T) {
	m, p := newMachine(t)
	m.write("proc/meminfo", "MemTotal:         947000 kB\nMemAvailable:     512000 kB\n")
	m.write("proc/self/stat", "7 (loalang) S 1 7 7 0 -1\n")
	for _, of := range []struct {
		pid, parent, megabytes int
		name                   string
	}{
		{1, 0, 300, "systemd"},
		{6, 1, 200, "cron"},
		{7, 1, 60, "loalang"},
		{8, 7, 10, "speaker"},
		{9, 7, 5, "arecord"},
		{10, 7, 2, "bwrap"},
		{11, 10, 40, "ff) S 6 (mpeg"}, // the decoder's own parent is none of those
		{12, 7, 0, "gone"},
	} {
		m.write(fmt.Sprintf("proc/%d/stat", of.pid), fmt.Sprintf("%d (%s) S %d %d 7 0 -1\n", of.pid, of.name, of.parent, of.pid))
		status := fmt.Sprintf("Name:\t%s\nVmRSS:\t   %d kB\n", of.name, of.megabytes<<10)
		if of.megabytes == 0 {
			status = "Name:\tgone\nState:\tZ (zombie)\n"
		}
		m.write(fmt.Sprintf("proc/%d/status", of.pid), status)
	}
	for name, c := range map[string]struct {
		pids []int
		want int64
	}{"Serve": {[]int{7}, 117}, "AndAChildOfIts": {[]int{7, 8}, 117}, "ADecoder": {[]int{10}, 42}, "Nobody": {nil, 0}, "Gone": {[]int{99}, 0}} {
		if got := p.Memory(c.pids...); got == nil || got.Ours != c.want<<20 {
			t.Errorf("%s: %+v, want %d MB", name, got, c.want)
		}
	}
}
