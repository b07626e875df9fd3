package ruler

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loalang/audio"
)

// Run is what one process played without a break.
type Run struct {
	PID            int
	At             audio.Instant // of its first frame
	Period, Buffer int           // frames
	Drift          int           // of its crystal, parts per million
	Left, Right    []int16
}

// When is the instant at which frame i left.
func (r Run) When(i int) audio.Instant {
	return r.At.Add(time.Duration(float64(audio.Rate.D(audio.Frames(i))) / (1 + float64(r.Drift)/1e6)))
}

// Index is the number of the frame that left next to an instant; it may lie
// outside of the run.
func (r Run) Index(at audio.Instant) int {
	return int(audio.Rate.N(time.Duration(float64(at.Sub(r.At)) * (1 + float64(r.Drift)/1e6))))
}

// Runs reads back everything that was played so far, in order of time, and how
// often the card ran dry.
func (c *Card) Runs() (all []Run, dry int, err error) {
	logs, err := filepath.Glob(filepath.Join(c.Dir, "*.log"))
	if err != nil {
		return nil, 0, fmt.Errorf("read the virtual card: %w", err)
	}
	for _, name := range logs {
		runs, n, err := c.opening(name)
		if err != nil {
			return nil, 0, fmt.Errorf("read the virtual card: %w", err)
		}
		all, dry = append(all, runs...), dry+n
	}
	// Not by the names: process IDs begin anew when they have run out.
	slices.SortFunc(all, func(a, b Run) int { return cmp.Compare(a.At, b.At) })
	return all, dry, nil
}

// opening reads what one opening of the card has played.
func (c *Card) opening(log string) (runs []Run, dry int, err error) {
	var pid, count int
	if _, err := fmt.Sscanf(filepath.Base(log), "%d-%d.log", &pid, &count); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", log, err)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		return nil, 0, err
	}
	raw, err := os.ReadFile(strings.TrimSuffix(log, ".log") + ".s16")
	if err != nil {
		return nil, 0, err
	}
	var firsts []int
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "dry ") {
			dry++
			continue
		}
		r, first := Run{PID: pid}, 0
		// A card that keeps time does not tell its drift.
		if n, err := fmt.Sscanf(lines.Text(), "start %d %d %d %d %d", &r.At, &first, &r.Period, &r.Buffer, &r.Drift); n < 4 {
			return nil, 0, fmt.Errorf("%s: %q: %w", log, lines.Text(), err)
		}
		firsts, runs = append(firsts, first), append(runs, r)
	}
	for i := range runs {
		end := len(raw) / 4
		if i+1 < len(runs) {
			end = firsts[i+1]
		}
		runs[i].take(raw[4*firsts[i] : 4*max(end, firsts[i])])
	}
	return runs, dry, nil
}

func (r *Run) take(raw []byte) {
	for ; len(raw) >= 4; raw = raw[4:] {
		r.Left = append(r.Left, int16(binary.LittleEndian.Uint16(raw)))
		r.Right = append(r.Right, int16(binary.LittleEndian.Uint16(raw[2:])))
	}
}

// Onsets are the instants at which frames of at least loud begin after at least
// quiet without one, in order of time.
func Onsets(runs []Run, loud int16, quiet time.Duration) []audio.Instant {
	var all []audio.Instant
	for _, r := range runs {
		silent := audio.Rate.N(quiet)
		for i, v := range r.Left {
			if v < loud && v > -loud {
				silent++
				continue
			}
			if silent >= audio.Rate.N(quiet) {
				all = append(all, r.When(i))
			}
			silent = 0
		}
	}
	slices.Sort(all)
	return all
}
