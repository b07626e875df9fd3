package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"loalang/audio"
	"loalang/audio/speaker/ruler"
)

// contender is a player and what it can be asked to do. A nil function: it
// cannot, or nobody would use it for that.
type contender struct {
	name    string
	program string             // looked for in PATH
	version func() string      // asked of the program
	start   func(*stage) *show // plays the click at an instant
	alarm   func(*stage) *show // interrupts what sounds with the click
	endless func(*stage) *show // plays for long, for the loss of its card
	// inStep plays the same for a span on two cards, that of the stage and another.
	inStep func(s *stage, second *ruler.Card, length time.Duration) *pair
	// join plays files one behind the other, told of them all beforehand.
	join func(s *stage, paths []string) *show
	note string // how it was set up, for the table
}

// stage is where one show takes place.
type stage struct {
	*hall
	card *ruler.Card
	rt   bool
	// buffer is what ours asks for; 0: its default.
	buffer time.Duration
}

// show is a player at work. Its functions may be nil but for end.
type show struct {
	err   error
	ahead time.Duration       // how long before the instant play is called
	play  func(audio.Instant) // makes the click sound, at the instant if it can be told
	quiet func()              // ends an interruption
	faint bool                // nothing sounds beneath it: any frame is its first, however it fades in
	pid   int                 // of what holds the card; 0: another one each time
	end   func()
}

// failed is a show that does not take place.
func failed(format string, args ...any) *show {
	return &show{err: fmt.Errorf(format, args...), end: func() {}}
}

// result is what came of a show.
type result struct {
	spread
	dry    int
	effort string
	err    error
}

// starts asks for n clicks at instants that never lock to a period.
func starts(s *stage, c contender, n int, step time.Duration) result {
	sh := c.start(s)
	defer sh.end()
	if sh.err != nil {
		return result{err: sh.err}
	}
	var before effort
	if sh.pid != 0 {
		before = effortOf(sh.pid)
	}
	first := audio.Monotonic().Add(time.Second)
	var asked []audio.Instant
	for i := range n {
		t := first.Add(time.Duration(i) * step).Add(rand.N(100 * time.Millisecond))
		asked = append(asked, t)
		at(t.Add(-sh.ahead), func() { sh.play(t) })
	}
	time.Sleep(2 * time.Second)
	r := result{effort: "—"}
	if sh.pid != 0 {
		r.effort = before.since(sh.pid)
	}
	sh.end()
	return r.read(s.card, asked, step-150*time.Millisecond)
}

// alarms interrupts n times what sounds.
func alarms(s *stage, c contender, n int) result {
	sh := c.alarm(s)
	defer sh.end()
	if sh.err != nil {
		return result{err: sh.err}
	}
	var asked []audio.Instant
	for range n {
		time.Sleep(700*time.Millisecond + rand.N(40*time.Millisecond))
		now := audio.Monotonic()
		sh.play(now)
		asked = append(asked, now)
		time.Sleep(350 * time.Millisecond)
		sh.quiet()
	}
	time.Sleep(time.Second)
	sh.end()
	r := result{effort: "—"}
	if sh.faint {
		return r.readFrom(s.card, asked, 650*time.Millisecond, 1)
	}
	return r.read(s.card, asked, 650*time.Millisecond)
}

// read looks up on the card what came of the instants.
func (r result) read(c *ruler.Card, asked []audio.Instant, patience time.Duration) result {
	return r.readFrom(c, asked, patience, onsetLevel)
}

// readFrom is read for sound that begins with the first frame as loud as that.
func (r result) readFrom(c *ruler.Card, asked []audio.Instant, patience time.Duration, loud int16) result {
	runs, dry, err := c.Runs()
	if err != nil {
		r.err = err
		return r
	}
	r.spread, r.dry = match(asked, ruler.Onsets(runs, loud, 50*time.Millisecond), patience), dry
	return r
}

// returns unplugs the card for a second, n times, and measures from its return
// to sound. A player that is silent for ten seconds is not waited for again.
func returns(s *stage, c contender, n int) result {
	sh := c.endless(s)
	defer sh.end()
	if sh.err != nil {
		return result{err: sh.err}
	}
	time.Sleep(2 * time.Second)
	var ms []float64
	lost := 0
	for range n {
		if err := s.card.Set(ruler.Unplugged, true); err != nil {
			return result{err: err}
		}
		time.Sleep(time.Second)
		back := audio.Monotonic()
		if err := s.card.Set(ruler.Unplugged, false); err != nil {
			return result{err: err}
		}
		took, ok := untilSound(s.card, back, 10*time.Second)
		if !ok {
			lost = n - len(ms)
			break
		}
		ms = append(ms, took)
		time.Sleep(time.Second)
	}
	sh.end()
	return result{spread: newSpread(ms, lost), effort: "—"}
}

// untilSound is how many milliseconds after an instant the card had sound again.
func untilSound(c *ruler.Card, from audio.Instant, patience time.Duration) (float64, bool) {
	for audio.Monotonic().Sub(from) < patience {
		time.Sleep(200 * time.Millisecond)
		runs, _, err := c.Runs()
		if err != nil {
			return 0, false
		}
		for _, r := range runs {
			for i := max(r.Index(from), 0); i < len(r.Left); i++ {
				if v := r.Left[i]; v >= onsetLevel || v <= -onsetLevel {
					return milliseconds(from, r.When(i)), true
				}
			}
		}
	}
	return 0, false
}

// started runs a command and gives a function that ends it.
func started(cmd *exec.Cmd) (end func(), err error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid, cmd.SysProcAttr.Pdeathsig = true, syscall.SIGKILL
	begun, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		// The signal comes when the thread ends that started the process.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		begun <- err
		if err == nil {
			_ = cmd.Wait() // how it ended does not matter
		}
	}()
	if err := <-begun; err != nil {
		return nil, err
	}
	var once sync.Once
	return func() {
		once.Do(func() {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // it may have ended already
			select {
			case <-done:
			case <-time.After(3 * time.Second):
				_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
				<-done
			}
		})
	}, nil
}

// firstLine asks a program for its version.
func firstLine(name string, args ...string) func() string {
	return func() string {
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil && len(out) == 0 {
			return "unknown"
		}
		line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return line
	}
}

// there says whether the program of a contender is installed.
func (c contender) there() error {
	if _, err := exec.LookPath(c.program); err != nil {
		return errors.New("not installed")
	}
	return nil
}

// exists says whether a file is there within a span.
func exists(path string, patience time.Duration) bool {
	for range int(patience / (20 * time.Millisecond)) {
		if _, err := os.Stat(path); err == nil {
			return true
		}
		time.Sleep(20 * time.Millisecond)
	}
	return false
}
