package main

import (
	"cmp"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"loalang/archive"
	"loalang/health"
	"loalang/recordings"
)

// recordingsHealth is what is known of the library; nil: nothing.
func recordingsHealth(n recordings.Loss, err error) *health.RecordingsState {
	if err != nil {
		return nil
	}
	return &health.RecordingsState{Damaged: n.Damaged, Missing: n.Missing}
}

// backupHealth is what is known of the newest backup; nil: nothing can be said yet,
// because nothing is there that could be backed up, or the board has hardly begun.
func backupHealth(s settings, now time.Time) *health.BackupState {
	if !folder(s.Data).inhabited() {
		return nil
	}
	state := readBackupState(folder(s.Data))
	b := &health.BackupState{Last: state.Last, Damaged: state.Damaged, SameDisk: !state.Stick, OnStick: state.OnStick, Off: !s.Backup}
	b.Stick, b.BadStick, b.Odd, b.Wrong, b.Lost, b.Left = state.StickCode, state.BadStick, state.Odd, state.Wrong, state.Lost, state.Left
	if state.StickCode == "failed" {
		b.Stick = cmp.Or(state.StickWhy, state.StickCode)
	}
	if state.failing(now) && !state.Tried.After(now) {
		b.Failed = cmp.Or(state.Code, state.Why) // pages have words for the code
		if state.Code == "failed" && state.Why != "" {
			b.Failed = state.Why
		}
	}
	return b
}

const (
	// looseGrace is how long a stick may be plugged in before it is mounted.
	looseGrace = time.Minute
	// bareGrace is how long one may be in that has no folder for backups: it may be there to bring
	// something.
	bareGrace = 10 * time.Minute
)

// stickSense feels whether a stick is there that takes backups. One goroutine at a time uses
// it.
type stickSense struct {
	probe  *health.Probe
	asking atomic.Bool // the sticks have not answered yet
	there  atomic.Bool
	known  atomic.Bool            // they have answered once
	bareAt atomic.Pointer[string] // where a stick is mounted that has no folder for backups; nil: nowhere
	away   lasting
	loose  lasting
	bare   lasting
}

// bareStick is where a stick is mounted that has no folder for backups, though one of the patterns
// of findSticks would find it there; empty: nowhere. It is asked where findSticks finds none.
func bareStick(probe *health.Probe, patterns, data string) string {
	for _, pattern := range strings.Split(patterns, ",") {
		found, err := filepath.Glob(filepath.Dir(strings.TrimSpace(pattern)))
		if err != nil {
			continue
		}
		for _, dir := range found {
			if same, err := archive.SameDisk(dir, data); err == nil && !same && probe.OnUSB(dir) {
				return dir
			}
		}
	}
	return ""
}

// ask asks the sticks, which may take its time.
func (k *stickSense) ask(s settings) {
	there, bareAt := findStick(s.BackupSticks, s.Data) != "", (*string)(nil)
	if !there {
		if dir := bareStick(k.probe, s.BackupSticks, s.Data); dir != "" {
			bareAt = &dir
		}
	}
	k.there.Store(there)
	k.bareAt.Store(bareAt)
	k.known.Store(true)
}

// sense adds to what is known of the newest backup whether its stick is there at mono of
// CLOCK_MONOTONIC, and one that is plugged in and not mounted, or has no folder for backups. It does not wait: the sticks are
// asked beside it, for one that answers no more holds up whoever looks at it, and the answer
// is that of the look before.
func (k *stickSense) sense(b *health.BackupState, s settings, mono time.Duration) *health.BackupState {
	if b == nil || b.Off {
		return b
	}
	if k.asking.CompareAndSwap(false, true) {
		go func() {
			k.ask(s)
			k.asking.Store(false)
		}()
	}
	gone := k.known.Load() && !k.there.Load()
	b.Away = k.away.note(gone, mono)
	name := ""
	if gone {
		name = k.probe.Loose()
	}
	if k.loose.note(name != "", mono) >= looseGrace {
		b.Loose = name
	}
	bareAt := k.bareAt.Load()
	if k.bare.note(gone && bareAt != nil, mono) >= bareGrace {
		b.Bare = *bareAt
	}
	return b
}
