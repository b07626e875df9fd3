package capture

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// ErrHung says that arecord hangs in the driver of its card, where nothing can end it. It
// is an ErrStalled.
var ErrHung = fmt.Errorf("%w: arecord hangs in the driver of the card and cannot be ended; unplug the card, or start the board anew", ErrStalled)

// endPatience is how long a run of arecord may take to end.
const endPatience = 2 * time.Second

// left are the runs that could not be ended, by device. They are the process's, as a card
// is: whoever opens it next must know of them, or programs that nobody can end would fill
// the board, one with each attempt.
var left = struct {
	mu   sync.Mutex
	runs map[string][]*Input
}{runs: map[string][]*Input{}}

// leave notes a run that could not be ended.
func leave(in *Input) {
	left.mu.Lock()
	defer left.mu.Unlock()
	left.runs[in.device] = append(left.runs[in.device], in)
}

// hung says whether one that was left still has not ended.
func hung(device string) bool {
	left.mu.Lock()
	defer left.mu.Unlock()
	still := slices.DeleteFunc(left.runs[device], func(in *Input) bool { return in.over(0) })
	if left.runs[device] = still; len(still) == 0 {
		delete(left.runs, device)
	}
	return len(still) > 0
}

// over says whether arecord has ended, or does within patience.
func (in *Input) over(patience time.Duration) bool {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-in.ended:
		return true
	case <-late.C:
	}
	select { // both may have been so
	case <-in.ended:
		return true
	default:
		return false
	}
}
