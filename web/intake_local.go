package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// marked is the Digest of an event that was taken in: what was taken of it, and what
// it became as it was left here.
func marked(taken string, d scheduler.Dossier, schedule string) string {
	return taken + "." + leftOf(d, schedule)
}

// takenOf is what was taken of an event, as digestOf names it.
func takenOf(m scheduler.Imported) string {
	taken, _, _ := strings.Cut(m.Digest, ".")
	return taken
}

// editedHere says whether somebody changed here what an event became, since it was
// last taken in: taking a change in would overwrite that. What was taken in before
// this was remembered counts as unedited.
func editedHere(m scheduler.Imported, d scheduler.Dossier) bool {
	_, left, known := strings.Cut(m.Digest, ".")
	return known && left != leftOf(d, m.Schedule)
}

// leftOf names all of an announcement and its schedule that taking in overwrites:
// not approvals, nor other schedules.
func leftOf(d scheduler.Dossier, schedule string) string {
	a := d.Announcement
	said := fmt.Sprintf("%q %q %q", a.Title, a.Text, a.Class)
	if at := slices.IndexFunc(d.Schedules, func(sc scheduler.Schedule) bool { return sc.ID == schedule }); at >= 0 {
		sc := d.Schedules[at]
		said += fmt.Sprintf(" %s %d %q %d %v %v %d %d %q %s %d", sc.Kind, sc.At.Unix(), sc.Slots, sc.Days, sc.From, sc.Until, sc.PerSlot, sc.PerDay,
			sc.Rule, sc.Misfire.Policy, sc.Misfire.Grace)
	}
	sum := sha256.Sum256([]byte(said))
	return hex.EncodeToString(sum[:16])
}

// onlyChanges is what an event becomes of which a file has only changed or cancelled
// single times: what it became, with these. A time that was moved or left out before
// cannot be moved again so, for nothing says where it went: that needs the whole event.
func (in *intaking) onlyChanges(i Intake) (announcementForm, error) {
	alone := CalendarFault{Code: "only-changes"}
	at := slices.IndexFunc(i.Was.Schedules, func(sc scheduler.Schedule) bool { return sc.ID == i.mark.Schedule })
	if at < 0 || i.Was.Schedules[at].Kind != scheduler.Recurring {
		return announcementForm{}, alone
	}
	a, sc := i.Was.Announcement, i.Was.Schedules[at]
	rule, err := calendar.ParseRule(sc.Rule)
	if err != nil {
		return announcementForm{}, err
	}
	replaced, err := civilTimes(i.Event.changes.replaced, rule, in.loc)
	if err != nil {
		return announcementForm{}, err
	}
	for _, c := range replaced {
		if !rule.Names(c, in.loc) {
			return announcementForm{}, alone
		}
	}
	changed, err := i.Event.changes.applied(rule, in.loc)
	if err != nil {
		return announcementForm{}, err
	}
	if len(changed.Next(in.now, 1, in.loc)) == 0 {
		return announcementForm{}, CalendarFault{Code: "past"}
	}
	when := scheduleForm{Kind: string(scheduler.Recurring), Rule: changed.String(), Slots: sc.Slots}
	f := announcementForm{Village: in.place.Key, Title: a.Title, Text: a.Text, Issuer: a.Issuer, Schedules: []scheduleForm{when}}
	if a.Class != scheduler.ClassNormal { // as form has it, for the digest
		f.Class = string(a.Class)
	}
	return f, nil
}
