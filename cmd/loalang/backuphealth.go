package main

import (
	"cmp"
	"time"

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
	b.Stick, b.BadStick, b.Odd, b.Wrong, b.Lost = state.StickCode, state.BadStick, state.Odd, state.Wrong, state.Lost
	if state.StickCode == "failed" {
		b.Stick = cmp.Or(state.StickWhy, state.StickCode)
	}
	if state.Tried.After(state.Last) && !state.Tried.After(now) {
		b.Failed = cmp.Or(state.Code, state.Why) // pages have words for the code
		if state.Code == "failed" && state.Why != "" {
			b.Failed = state.Why
		}
	}
	return b
}
