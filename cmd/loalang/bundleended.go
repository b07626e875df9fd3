package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"loalang/scheduler"
)

// endedDigest stands for what was taken of a notice when a bundle told that it ended: no
// notice has it, so that one which goes on there again is a change.
const endedDigest = "ended"

// end ends a notice here that ended on the board which made the bundle, if it came from
// there and nobody has changed its words here. What is over here already is not told.
func (in *intake) end(ctx context.Context, e endedNotice) error {
	here, there, err := in.here(ctx, e.ID)
	if err != nil || !there {
		return err
	}
	a := here.Announcement
	m, err := in.remembered(ctx, e.ID)
	if err != nil || m.notice.Revision == 0 {
		return err // it is this board's own
	}
	if since, ended := endOf(a, in.now); ended || e.Withdrawn.IsZero() && (e.Until.IsZero() || e.Until.After(in.now) || e.Until.Equal(since)) {
		return nil
	}
	line := bundleLine{Deed: "keep", Kind: "notice", What: a.Title}
	switch {
	case m.sender.Revision == 0:
		line.Why = "other"
	case in.edited(m.notice, here).words:
		line.Why = "edited"
	case in.made.Before(m.sender.Modified):
		line.Why = "older"
	default:
		line.Deed, line.Ends = "withdraw", shownSchedules(in.living(here))
	}
	if line.Deed == "withdraw" && e.Withdrawn.IsZero() {
		line.Why = "over"
	}
	in.say(line)
	if line.Deed == "keep" || in.dry {
		return nil
	}
	return in.withdraw(ctx, e, m, here)
}

// withdraw saves that a notice ended. A running serve silences what sounds of it.
func (in *intake) withdraw(ctx context.Context, e endedNotice, m memory, here scheduler.Dossier) error {
	if err := in.remember(ctx, m); err != nil {
		return err
	}
	if here.Announcement.ValidUntil = e.Until; !e.Withdrawn.IsZero() {
		here.Announcement.Withdrawn = in.now
	}
	m.notice.Digest = in.marked(endedDigest, here, here, nil)
	return in.db.SaveBundled(ctx, m.notice, scheduler.Dossier{Announcement: here.Announcement}, nil)
}

// living lists the schedules of a notice whose time is not over.
func (in *intake) living(d scheduler.Dossier) []scheduler.Schedule {
	return slices.DeleteFunc(slices.Clone(d.Schedules), in.past)
}

// A digest that is remembered of a notice names what was taken of it, then, behind a dot,
// how it was left here: its words, and behind a hyphen whose voices tell them. An approval
// is in neither: to approve is not to edit.

// takenDigest is what a bundle told of a notice when it was taken in last.
func takenDigest(m scheduler.Imported) string {
	taken, _, _ := strings.Cut(m.Digest, ".")
	return taken
}

// withdrawnHere says whether somebody withdrew a notice here, and no bundle did.
func withdrawnHere(m scheduler.Imported, here scheduler.Dossier) bool {
	return !here.Announcement.Withdrawn.IsZero() && takenDigest(m) != endedDigest
}

// edit says which part of a notice was changed here since a bundle brought it.
type edit struct{ words, takes bool }

func (e edit) any() bool { return e.words || e.takes }

// edited compares a notice with how it was left here. A version that remembered no such
// thing goes by when it was saved last, unless that was an approval.
func (in *intake) edited(m scheduler.Imported, here scheduler.Dossier) edit {
	_, left, known := strings.Cut(m.Digest, ".")
	if !known {
		a := here.Announcement
		since := a.Updated.After(m.Updated.Add(editedAfter)) && a.Updated.Sub(a.Approval.At).Abs() > editedAfter
		return edit{since, since}
	}
	words, takes, _ := strings.Cut(left, "-")
	nowWords, nowTakes := in.leftOf(here)
	return edit{words != nowWords, takes != nowTakes}
}

// editedAfter is how much later than the intake a notice may be stamped by it.
const editedAfter = 2 * time.Second

// marked is the digest to be remembered of d, which is saved over what is here without the
// schedules gone.
func (in *intake) marked(taken string, d, here scheduler.Dossier, gone []scheduler.Schedule) string {
	after := d
	after.Schedules = slices.Clone(d.Schedules)
	for _, h := range here.Schedules {
		same := func(sc scheduler.Schedule) bool { return sc.ID == h.ID }
		if !slices.ContainsFunc(d.Schedules, same) && !slices.ContainsFunc(gone, same) {
			after.Schedules = append(after.Schedules, h)
		}
	}
	words, takes := in.leftOf(after)
	return taken + "." + words + "-" + takes
}

// leftOf names what is here of a notice: its words and when they air by schedules that
// bundles brought, and the takes of people.
func (in *intake) leftOf(d scheduler.Dossier) (words, takes string) {
	a := d.Announcement
	said := []any{a.Title, a.Topic, a.Class, a.Issuer, a.Text, a.Bed, micros(a.ValidFrom), micros(a.ValidUntil), a.SpeakerOnly}
	list := slices.SortedFunc(slices.Values(d.Schedules), func(x, y scheduler.Schedule) int { return strings.Compare(x.ID, y.ID) })
	for _, sc := range list {
		if in.brought(sc) {
			said = append(said, sc.ID, sc.Kind, micros(sc.At), strings.Join(sc.Slots, " "), sc.Days, sc.From, sc.Until, sc.PerSlot, sc.PerDay, sc.Rule, sc.Misfire, sc.Interrupted)
		}
	}
	heard := map[string]string{}
	for _, r := range d.Renditions {
		if r.SpokenText == "" && r.Recording != "" {
			heard[r.Language] = r.Recording
		}
	}
	return shortSum(said), shortSum(heard)
}

// micros is an instant as the database keeps it.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// shortSum names a value.
func shortSum(v any) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(v) // strings and numbers always encode, and a hash takes all
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// beginningMost is how much of a notice's text is shown before it is taken in, in letters.
const beginningMost = 200

func beginning(text string) string {
	letters := []rune(strings.Join(strings.Fields(text), " "))
	if len(letters) > beginningMost {
		return string(letters[:beginningMost]) + "…"
	}
	return string(letters)
}

// shownSchedules are schedules without what says nothing of when they air.
func shownSchedules(list []scheduler.Schedule) (shown []scheduler.Schedule) {
	for _, sc := range list {
		sc.Owned, sc.Announcement, sc.CreatedBy, sc.Since = scheduler.Owned{}, "", "", time.Time{}
		shown = append(shown, sc)
	}
	return shown
}
