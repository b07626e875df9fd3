package main

import (
	"sync"
	"time"

	"loalang/archive"
)

// stickPatience is how long whoever asks the sticks waits for their answer.
const stickPatience = 2 * time.Second

// asked is what lies on the sticks. They are asked beside whoever wants to know: one that
// answers no more would hold a page up for ever, and every look at it one more thread. One look
// runs at a time, and whoever asks meanwhile has its answer.
type asked[T any] struct {
	list     func() T // may take its time
	patience time.Duration

	mu      sync.Mutex
	running *stickLook[T] // nil: none is
}

// stickLook is one look at the sticks; found is there when done is closed.
type stickLook[T any] struct {
	done  chan struct{}
	found T
}

// answer is what lies there; false: the sticks do not answer.
func (a *asked[T]) answer() (found T, answered bool) {
	look := a.look()
	patience := time.NewTimer(a.patience)
	defer patience.Stop()
	select {
	case <-look.done:
		return look.found, true
	case <-patience.C:
		return found, false
	}
}

// look begins to look, unless that is being done.
func (a *asked[T]) look() *stickLook[T] {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running != nil {
		return a.running
	}
	look := &stickLook[T]{done: make(chan struct{})}
	a.running = look
	go func() {
		look.found = a.list()
		a.mu.Lock()
		a.running = nil
		a.mu.Unlock()
		close(look.done)
	}()
	return look
}

// stickKeep is a folder on a stick that takes backups, with those that it keeps.
type stickKeep struct {
	dir  string
	kept []keptBackup
}

// stickBundles are the bundles on the sticks.
type stickBundles struct {
	stick string // that takes this board's own; empty: there is none
	found []stickBundle
}

// stickBundle is what may be a bundle on a stick.
type stickBundle struct {
	path  string
	about archive.Bundle
	err   error // it is not finished, or something else
}
