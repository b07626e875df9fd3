package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// notice takes one in: new, changed there since, or the same.
func (in *intake) notice(ctx context.Context, d scheduler.Dossier, slots map[string]string) error {
	a := &d.Announcement
	digest, err := digestOfNotice(d)
	if err != nil {
		return err
	}
	m, err := in.remembered(ctx, a.ID)
	if err != nil {
		return err
	}
	here, there, err := in.here(ctx, a.ID)
	if err != nil {
		return err
	}
	if deed, why := in.judge(m, here, there, digest); deed != "" {
		in.say(bundleLine{Deed: deed, Kind: "notice", What: a.Title, Why: why})
		if deed == "same" && why == "" {
			return in.remember(ctx, m)
		}
		return nil
	}
	gone, why, err := in.fit(ctx, &d, here, slots)
	if err != nil {
		return err
	}
	if err := a.Validate(in.now); err != nil {
		return err
	}
	line := bundleLine{
		Deed: "new", Kind: "notice", What: a.Title, Why: why, Text: beginning(a.Text), Class: string(a.Class), Until: a.ValidUntil,
		Airs: shownSchedules(d.Schedules), Ends: shownSchedules(gone), Sum: digest,
	}
	if there {
		line.Deed = "change"
	}
	in.say(line)
	if err := in.remember(ctx, m); err != nil || in.dry {
		return err
	}
	m.notice.Digest = in.marked(digest, d, here, gone)
	return in.db.SaveBundled(ctx, m.notice, d, idsOf(gone))
}

// here reads what this board has of a notice.
func (in *intake) here(ctx context.Context, id string) (d scheduler.Dossier, there bool, err error) {
	d, err = in.db.Announcement(ctx, id)
	if errors.Is(err, fs.ErrNotExist) {
		return d, false, nil
	}
	if err == nil && d.Announcement.Village != in.s.Village {
		err = fmt.Errorf("the village %s has a notice with its ID", d.Announcement.Village)
	}
	return d, err == nil, err
}

// judge says why a notice is not taken in; an empty deed: it is. here is what this board
// has of it, if it is there.
func (in *intake) judge(m memory, here scheduler.Dossier, there bool, digest string) (deed, why string) {
	known := m.notice.Revision > 0
	switch {
	case there && here.Announcement.Origin == in.db.Node() && !known:
		return "same", "own"
	case there && takenDigest(m.notice) == digest:
		return "same", ""
	case !there && known:
		return "keep", "removed"
	case there && (withdrawnHere(m.notice, here) || in.edited(m.notice, here).any()):
		return "keep", "edited"
	case there && in.made.Before(m.sender.Modified):
		return "keep", "older"
	}
	return "", ""
}

// digestOfNotice names what a bundle tells of a notice.
func digestOfNotice(d scheduler.Dossier) (string, error) {
	a := d.Announcement
	raw, err := json.Marshal([]any{a.Title, a.Topic, a.Class, a.Issuer, a.Text, a.Bed, a.ValidFrom, a.ValidUntil, a.SpeakerOnly, d.Renditions, d.Schedules})
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// fit makes a notice of another board one of this: its rows get the revisions of what is
// here, its schedules the slots of here, and what was decided about it there does not count
// here. gone are the schedules that came before and are no more, or have no slot here any
// more: then why is no-slot, as for any that finds none.
func (in *intake) fit(ctx context.Context, d *scheduler.Dossier, here scheduler.Dossier, slots map[string]string) (gone []scheduler.Schedule, why string, err error) {
	a, by := &d.Announcement, people.ActorOf(ctx).Name
	a.Village, a.Revision, a.Deleted, a.CreatedBy = in.s.Village, here.Announcement.Revision, time.Time{}, by
	a.Approval, a.Withdrawn = scheduler.Approval{}, time.Time{}
	for i := range d.Renditions {
		r := &d.Renditions[i]
		r.Assignment, r.Revision = scheduler.Assignment{}, 0
		for _, h := range here.Renditions {
			if h.Language == r.Language {
				r.ID, r.Revision = h.ID, h.Revision
			}
		}
	}
	var kept []scheduler.Schedule
	for _, sc := range d.Schedules {
		if in.past(sc) {
			continue
		}
		var to []string
		for _, id := range sc.Slots {
			if slots[id] != "" {
				to = append(to, slots[id])
			}
		}
		if len(sc.Slots) > 0 && len(to) == 0 {
			why = "no-slot"
			continue
		}
		sc.Slots, sc.Village, sc.Deleted, sc.CreatedBy = to, in.s.Village, time.Time{}, by
		if sc.Origin == in.db.Node() || sc.Origin == "" { // what comes in a bundle is known by it
			sc.Origin = in.node
		}
		if sc.Revision, err = in.revisionOf(ctx, sc.ID, here); err != nil {
			return nil, "", err
		}
		kept = append(kept, sc)
	}
	d.Schedules = kept
	return in.notIn(kept, here), why, nil
}

// past says whether the time of a schedule is over.
func (in *intake) past(sc scheduler.Schedule) bool {
	return sc.Kind == scheduler.Once && sc.At.Before(in.now) || sc.Kind == scheduler.Now
}

// revisionOf is the revision that a schedule has here; one that was taken out by a bundle
// and is there again comes back to life. 0: there was none.
func (in *intake) revisionOf(ctx context.Context, id string, here scheduler.Dossier) (int64, error) {
	for _, h := range here.Schedules {
		if h.ID == id {
			return h.Revision, nil
		}
	}
	r, err := in.db.Removed(ctx, "schedules", id)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil || r.Schedule == nil || r.Schedule.Announcement != here.Announcement.ID {
		return 0, err
	}
	return r.Schedule.Revision, nil
}

// notIn lists the schedules that came here with a bundle, may still air, and are not kept.
func (in *intake) notIn(kept []scheduler.Schedule, here scheduler.Dossier) (gone []scheduler.Schedule) {
	for _, h := range here.Schedules {
		if in.brought(h) && !in.past(h) && !slices.ContainsFunc(kept, func(k scheduler.Schedule) bool { return k.ID == h.ID }) {
			gone = append(gone, h)
		}
	}
	return gone
}

// brought says whether a schedule came with a bundle, and was not made here.
func (in *intake) brought(sc scheduler.Schedule) bool { return sc.Origin != in.db.Node() }

func idsOf(list []scheduler.Schedule) (ids []string) {
	for _, sc := range list {
		ids = append(ids, sc.ID)
	}
	return ids
}
