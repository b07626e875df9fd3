package hardware

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// ErrMixerHung says that amixer hangs in the driver of its card, where nothing can end it.
var ErrMixerHung = errors.New("it hangs in the driver of the card and cannot be ended: unplug the card, or start the board anew")

// mixerLeave is how long an amixer may take to end that was killed.
const mixerLeave = 2 * time.Second

// mixersLeft are, by card, the ends of those that did not end. They are the process's, as a
// card is: whoever turns it next must know of them, or each attempt would leave another.
var mixersLeft = struct {
	mu   sync.Mutex
	ends map[string][]<-chan struct{}
}{ends: map[string][]<-chan struct{}{}}

func leaveMixer(card string, ended <-chan struct{}) {
	mixersLeft.mu.Lock()
	defer mixersLeft.mu.Unlock()
	mixersLeft.ends[card] = append(mixersLeft.ends[card], ended)
}

// mixerHung says whether an amixer on the card was left and has not ended.
func mixerHung(card string) bool {
	mixersLeft.mu.Lock()
	defer mixersLeft.mu.Unlock()
	still := slices.DeleteFunc(mixersLeft.ends[card], func(ended <-chan struct{}) bool {
		select {
		case <-ended:
			return true
		default:
			return false
		}
	})
	if mixersLeft.ends[card] = still; len(still) == 0 {
		delete(mixersLeft.ends, card)
	}
	return len(still) > 0
}

// outlast runs an amixer until it ends; one that does not though ctx is over is left to
// itself after mixerLeave. The error of that one is ErrMixerHung.
func (m Mixer) outlast(ctx context.Context, cmd *exec.Cmd) (out, said string, _ error) {
	if mixerHung(m.Card) {
		return "", "", ErrMixerHung
	}
	run := m.execute
	if run == nil {
		run = (*exec.Cmd).Run
	}
	var printed, complained bytes.Buffer // of one that was left these are its own
	var err error
	cmd.Stdout, cmd.Stderr = &printed, &complained
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err = run(cmd)
	}()
	select {
	case <-ended:
		return printed.String(), complained.String(), err
	case <-ctx.Done():
	}
	late := time.NewTimer(mixerLeave)
	defer late.Stop()
	select {
	case <-ended:
		return printed.String(), complained.String(), err
	case <-late.C:
		leaveMixer(m.Card, ended)
		return "", "", ErrMixerHung
	}
}
