package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"loalang/audio"
)

// spread is how a figure lay over its repetitions, in milliseconds.
type spread struct {
	values []float64 // sorted
	lost   int       // repetitions without a result
}

// newSpread sorts values.
func newSpread(values []float64, lost int) spread {
	slices.Sort(values)
	return spread{values: values, lost: lost}
}

// at is the value below which the share p of all lies, by nearest rank.
func (s spread) at(p float64) float64 {
	i := int(math.Ceil(p*float64(len(s.values)))) - 1
	return s.values[min(max(i, 0), len(s.values)-1)]
}

// String is "median / p95 / max", and how many were lost.
func (s spread) String() string {
	if len(s.values) == 0 {
		return fmt.Sprintf("none of %d", s.lost)
	}
	text := fmt.Sprintf("%s / %s / %s", number(s.at(.5)), number(s.at(.95)), number(s.at(1)))
	if s.lost > 0 {
		text += fmt.Sprintf(", %d lost", s.lost)
	}
	return text
}

// number prints milliseconds with three figures that mean something.
func number(ms float64) string {
	switch {
	case math.Abs(ms) < 10:
		return strconv.FormatFloat(ms, 'f', 3, 64)
	case math.Abs(ms) < 100:
		return strconv.FormatFloat(ms, 'f', 1, 64)
	}
	return strconv.FormatFloat(ms, 'f', 0, 64)
}

// milliseconds is the distance from one instant to another.
func milliseconds(from, to audio.Instant) float64 { return float64(to.Sub(from)) / 1e6 }

// effort is what a process has used so far.
type effort struct {
	at  audio.Instant
	cpu int64 // ns
}

// effortOf adds up the run time of a process's threads.
func effortOf(pid int) effort {
	e := effort{at: audio.Monotonic()}
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return e
	}
	for _, t := range tasks {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", pid, t.Name()))
		if err != nil {
			continue // it has ended meanwhile
		}
		var ns int64
		if _, err := fmt.Sscan(string(raw), &ns); err == nil {
			e.cpu += ns
		}
	}
	return e
}

// since is the share of one core that was used since e, and the resident set.
func (e effort) since(pid int) string {
	now := effortOf(pid)
	if now.cpu <= e.cpu {
		return "—"
	}
	share := 100 * float64(now.cpu-e.cpu) / float64(now.at.Sub(e.at))
	return fmt.Sprintf("%.1f %%, %.1f MB", share, float64(residentKB(pid))/1024)
}

func residentKB(pid int) int64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(raw), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "VmRSS:" {
			kb, _ := strconv.ParseInt(words[1], 10, 64) // the kernel writes a number
			return kb
		}
	}
	return 0
}
