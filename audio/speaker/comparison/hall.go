package main

import (
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
	"loalang/audio/speaker/ruler"
)

const (
	// realTime is the priority of everybody who is given one, ours included.
	realTime = 20
	// clickLength is that of the sound which is started: long enough for players
	// that read ahead.
	clickLength = 500 * time.Millisecond
	// clickLevel is its amplitude, onsetLevel what counts as its first frame. The
	// music beneath it stays below that.
	clickLevel = 24000
	onsetLevel = 8000
	bedLevel   = 3000
)

// hall is where everybody plays: one folder with the sounds and a card for each
// show.
type hall struct {
	dir     string
	loalang string // the program
	log     *slog.Logger
	shows   int
}

// click and bed are the sounds, as files that every player reads.
func (h *hall) click() string { return filepath.Join(h.dir, "click.wav") }
func (h *hall) bed() string   { return filepath.Join(h.dir, "bed.wav") }
func (h *hall) long() string  { return filepath.Join(h.dir, "long.wav") }

// newHall makes the sounds.
func newHall(dir, loalang string, log *slog.Logger) (*hall, error) {
	h := &hall{dir: dir, loalang: loalang, log: log}
	if err := os.Chmod(dir, 0o755); err != nil { // liquidsoap will not be root
		return nil, err
	}
	for path, s := range map[string]struct {
		length time.Duration
		level  float64
	}{h.click(): {clickLength, clickLevel}, h.bed(): {2 * time.Minute, bedLevel}, h.long(): {2 * time.Minute, clickLevel}} {
		frames := make([]int16, audio.Rate.N(s.length))
		for i := range frames { // a cosine: full amplitude from the first frame on
			frames[i] = int16(s.level * math.Cos(2*math.Pi*float64(i)*1000/float64(audio.Rate)))
		}
		f, err := os.Create(path)
		if err != nil {
			return nil, err
		}
		if err := audio.WriteWAV(f, audio.NewClip(frames)); err != nil {
			return nil, fmt.Errorf("write %s: %w", path, err)
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// card is a fresh one, which everybody may write to.
func (h *hall) card(o ruler.Options) (*ruler.Card, error) {
	h.shows++
	dir := filepath.Join(h.dir, strconv.Itoa(h.shows))
	if err := os.Mkdir(dir, 0o777); err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		return nil, err
	}
	return ruler.Build(dir, o)
}

// command is a program that plays on a card, at real-time priority if asked.
func (h *hall) command(c *ruler.Card, rt bool, name string, args ...string) *exec.Cmd {
	if rt {
		args = append([]string{"-r", strconv.Itoa(realTime), name}, args...)
		name = "chrt"
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "ALSA_CONFIG_PATH="+c.Config)
	if log, err := os.Create(filepath.Join(c.Dir, filepath.Base(name)+".out")); err == nil {
		cmd.Stdout, cmd.Stderr = log, log
	}
	return cmd
}

// at calls f at an instant as exactly as a program can: from a thread of its own
// at real-time priority.
func at(instant audio.Instant, f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with it
		_ = unix.SchedSetAttr(0, &unix.SchedAttr{Policy: unix.SCHED_RR, Priority: realTime + 1}, 0)
		for wait := instant.Sub(audio.Monotonic()); wait > 0; wait = instant.Sub(audio.Monotonic()) {
			ts := unix.NsecToTimespec(wait.Nanoseconds())
			_ = unix.Nanosleep(&ts, nil) // interrupted: it is looked at again
		}
		f()
	}()
	<-done
}

// match finds for each instant the first onset from a little before it until
// patience after it.
func match(asked, onsets []audio.Instant, patience time.Duration) spread {
	var off []float64
	for _, t := range asked {
		for _, o := range onsets {
			if o >= t.Add(-20*time.Millisecond) && o < t.Add(patience) {
				off = append(off, math.Abs(milliseconds(t, o)))
				break
			}
		}
	}
	return newSpread(off, len(asked)-len(off))
}
