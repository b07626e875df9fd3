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

// Feed tells a service manager how a program is. Every field is required.
type Feed struct {
	Loops    *Registry
	Watchdog time.Duration // within which it is fed; 0: there is none
	// Notify sends a message of sd_notify(3); where nobody listens it does nothing.
	Notify func(message string) error
	Status func() string // one line; it must return at once
	Log    *slog.Logger
}

// Run says READY=1 when every loop has come round for the first time. From then on it
// says WATCHDOG=1 three times within Watchdog while no loop is late, and nothing while one
// is, so that the manager starts the program anew. At the end of ctx it says STOPPING=1
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
	hanging := false
	for {
		hanging = f.feed(hanging)
		select {
		case <-ctx.Done():
			f.say(stopping)
			return nil
		case <-tick.C:
		}
	}
}

// feed is one look; it says whether a loop hangs, which is logged once.
func (f Feed) feed(hung bool) bool {
	late := f.Loops.Late()
	switch {
	case len(late) > 0 && !hung:
		f.Log.Error("a loop does not come round: the watchdog is fed no more", "loops", late)
	case len(late) == 0 && hung:
		f.Log.Info("every loop comes round again: the watchdog is fed")
	}
	message := status + f.Status()
	if len(late) == 0 && f.Watchdog > 0 {
		message = alive + "\n" + message
	}
	f.say(message)
	return len(late) > 0
}

func (f Feed) say(message string) {
	if err := f.Notify(message); err != nil {
		f.Log.Warn("the service manager cannot be told", "err", err)
	}
}
