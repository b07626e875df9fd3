package pulse

import (
	"context"
	"log/slog"
	"time"
)

// statusEvery is how often the status is told anew where no watchdog asks for more.
const statusEvery = 10 * time.Second

// The messages of sd_notify(3).
const (
	ready    = "READY=1"
	stopping = "STOPPING=1"
	alive    = "WATCHDOG=1"
	status   = "STATUS="
)

// Feed tells a service manager how a program is. Every field is required, but for Waits.
type Feed struct {
	Loops    *Registry
	Watchdog time.Duration // within which it is fed; 0: there is none
	// Notify sends a message of sd_notify(3); where nobody listens it does nothing.
	Notify func(message string) error
	Status func() string // one line; it must return at once
	// Waits says that what is late waits for something for which a new program would wait as well, such as
	// a disk that hangs: then it is fed. It is asked only while something is late, and must return at once.
	Waits func() bool
	Log   *slog.Logger
}

// Run says READY=1 when every loop has come round for the first time. From then on it
// says WATCHDOG=1 three times within Watchdog while no loop is late, and nothing while one
// is, so that the manager starts the program anew, unless it Waits. At the end of ctx it says STOPPING=1
// and returns nil. It blocks until then.
func (f Feed) Run(ctx context.Context) error {
	select {
	case <-ctx.Done():
		f.say(stopping)
		return nil
	case <-f.Loops.Begun():
	}
	f.say(ready + "\n" + status + f.Status())
	every := statusEvery
	if f.Watchdog > 0 {
		every = f.Watchdog / 3
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	was := well
	for {
		was = f.feed(was)
		select {
		case <-ctx.Done():
			f.say(stopping)
			return nil
		case <-tick.C:
		}
	}
}

// state is how the loops were when somebody looked.
type state int

const (
	well    state = iota
	hangs         // one is late
	waiting       // one is late, and waits for what a new program would wait for
)

// feed is one look; it logs what has changed since the last.
func (f Feed) feed(was state) (is state) {
	late := f.Loops.Late()
	switch {
	case len(late) == 0:
		is = well
	case f.Waits != nil && f.Waits():
		is = waiting
	default:
		is = hangs
	}
	switch is {
	case was:
	case hangs:
		f.Log.Error("a loop does not come round: the watchdog is fed no more", "loops", late)
	case waiting:
		f.Log.Error("a loop does not come round, for something for which a new program would wait as well: the watchdog is fed", "loops", late)
	default:
		f.Log.Info("every loop comes round again: the watchdog is fed")
	}
	message := status + f.Status()
	if is != hangs && f.Watchdog > 0 {
		message = alive + "\n" + message
	}
	f.say(message)
	return is
}

func (f Feed) say(message string) {
	if err := f.Notify(message); err != nil {
		f.Log.Warn("the service manager cannot be told", "err", err)
	}
}
