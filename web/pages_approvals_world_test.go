package web_test

import (
	"cmp"
	"context"
	"slices"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// AwaitingApproval is what the store's answers, by ID.
func (w *world) AwaitingApproval(_ context.Context, village string, now time.Time) ([]scheduler.Dossier, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []scheduler.Dossier
	for _, d := range w.notices {
		a := d.Announcement
		waits := a.Approval.State == scheduler.Submitted || a.Approval.State == scheduler.Urgent || a.Approval.State == scheduler.Approved && a.Approval.Need != ""
		if a.Village == village && a.Withdrawn.IsZero() && waits && (a.ValidUntil.IsZero() || a.ValidUntil.After(now)) {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(x, y scheduler.Dossier) int { return cmp.Compare(x.Announcement.ID, y.Announcement.ID) })
	return list, w.broken
}

func (w *world) History(context.Context, people.HistoryQuery) ([]people.Change, error) {
	return w.changes, w.broken
}

func (w *world) Writers(context.Context, string, time.Time) ([]people.Actor, error) {
	return w.writers, w.broken
}

func (w *world) Reinstate(announcement string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reinstated = append(w.reinstated, announcement)
}
