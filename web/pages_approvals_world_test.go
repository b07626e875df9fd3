package web_test

import (
	"cmp"
	"context"
	"maps"
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
	return list, w.down()
}

func (w *world) History(_ context.Context, q people.HistoryQuery) ([]people.Change, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.changes), func(c people.Change) bool {
		return len(q.Kinds) > 0 && !slices.Contains(q.Kinds, c.Kind) || q.Kind != "" && len(q.Kinds) > 0 && c.Kind != q.Kind ||
			len(q.Kinds) == 0 && q.Kind == "" && c.Kind == "sign-ins"
	}), w.down()
}

func (w *world) Writers(context.Context, string, time.Time) ([]people.Actor, error) {
	return w.writers, w.down()
}

// Unapproved is what the store's answers, but for its order.
func (w *world) Unapproved(_ context.Context, village, author string, since time.Time) ([]scheduler.Announcement, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []scheduler.Announcement
	for _, id := range slices.Sorted(maps.Keys(w.notices)) {
		a := w.notices[id].Announcement
		waits := slices.Contains([]scheduler.ApprovalState{scheduler.Draft, scheduler.Submitted, scheduler.Returned}, a.Approval.State)
		if a.Village == village && a.CreatedBy == author && a.Withdrawn.IsZero() && waits && (a.ValidUntil.IsZero() || !a.ValidUntil.Before(since)) {
			list = append(list, a)
		}
	}
	return list, w.down()
}

func (w *world) Note(ctx context.Context, c people.Change) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Actor = people.ActorOf(ctx)
	w.changes = append(w.changes, c)
	return w.down()
}

func (w *world) Reinstate(announcement string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reinstated = append(w.reinstated, announcement)
}
