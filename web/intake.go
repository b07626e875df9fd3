package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loalang/people"
	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// maxTaken is how many events of a file are taken in at once: each is spoken in
// every language, and a person has to look through them.
const maxTaken = 200

// IntakeDeed is what taking an event in does.
type IntakeDeed string

// What taking an event in does.
const (
	IntakeNew      IntakeDeed = "new"      // it becomes an announcement
	IntakeChange   IntakeDeed = "change"   // what it became before is brought up to date
	IntakeWithdraw IntakeDeed = "withdraw" // it was called off: what it became is taken back
	IntakeSame     IntakeDeed = "same"     // it was taken in as it is
	IntakeRefuse   IntakeDeed = "refuse"   // it cannot be taken: Fault
)

// Intake is what becomes of an event of a calendar file.
type Intake struct {
	Event CalendarEvent
	Deed  IntakeDeed
	Fault error             // of IntakeRefuse
	Was   scheduler.Dossier // of IntakeChange and IntakeWithdraw: what it became before
	// Dossier is what is saved: of IntakeNew all of it, else what is another. Of
	// IntakeSame and IntakeRefuse it is what is there, as far as anything is.
	Dossier scheduler.Dossier
	Next    []time.Time // the next three times it airs, as far as its schedule says
	// Edited, of IntakeChange and IntakeWithdraw: somebody changed here what it became,
	// since it was last taken in, and taking it in overwrites that, or takes it back.
	Edited bool

	mark scheduler.Imported
	from *intaking
	read CalendarEvent // as the file has it
}

// Does says whether taking it in does anything.
func (i Intake) Does() bool {
	return i.Deed == IntakeNew || i.Deed == IntakeChange || i.Deed == IntakeWithdraw
}

// intaking is a calendar file on its way in.
type intaking struct {
	s     *Server
	k     *Caller
	place scheduler.Village
	loc   *time.Location
	slots []scheduler.Slot
	into  []string // IDs of the slots that events of whole days air in
	now   time.Time
	known map[string]scheduler.Imported // by UID
	drawn int                           // how many do something
}

// intake says what becomes of every event of a calendar file, in order, and saves
// nothing. into names the slots, by ID or time of day, that events of whole days air
// in; none: the first of the day. The error is a CalendarFault of the whole file,
// scheduler.Invalid with the field "slots", or comes from the store.
func (s *Server) intake(ctx context.Context, k *Caller, place scheduler.Village, data []byte, into []string) ([]Intake, error) {
	loc, err := place.Location()
	if err != nil {
		return nil, err
	}
	events, err := ReadCalendar(data, loc)
	if err != nil {
		return nil, err
	}
	in := intaking{s: s, k: k, place: place, loc: loc, now: s.cfg.Now(), known: map[string]scheduler.Imported{}}
	if in.slots, err = s.cfg.Places.Slots(ctx, place.Key); err != nil {
		return nil, err
	}
	if err := in.choose(ctx, into); err != nil {
		return nil, err
	}
	uids := make([]string, len(events))
	for i, e := range events {
		uids[i] = e.UID
	}
	marks, err := s.cfg.Interchange.Imported(ctx, place.Key, uids)
	if err != nil {
		return nil, err
	}
	for _, m := range marks {
		in.known[m.UID] = m
	}
	out := make([]Intake, len(events))
	for i, e := range events {
		if out[i], err = in.of(ctx, e); err != nil {
			return nil, fmt.Errorf("read event %q: %w", e.UID, err)
		}
	}
	return out, nil
}

// choose finds the slots for events of whole days.
func (in *intaking) choose(ctx context.Context, names []string) error {
	if len(names) == 0 && len(in.slots) > 0 {
		first := slices.MinFunc(in.slots, func(a, b scheduler.Slot) int { return int(a.Start) - int(b.Start) })
		in.into = []string{first.ID}
		return nil
	}
	sc := scheduler.Schedule{Owned: scheduler.Owned{Village: in.place.Key}}
	err := in.s.slotDays(ctx, &sc, scheduleForm{Slots: names})
	in.into = sc.Slots
	return err
}

// of says what becomes of one event. The error comes from the store; what is wrong
// with the event is the Fault of the answer.
func (in *intaking) of(ctx context.Context, e CalendarEvent) (Intake, error) {
	i := Intake{Event: e, mark: in.known[e.UID], from: in, read: e}
	if i.mark.Revision > 0 {
		old, err := in.s.cfg.Announcements.Announcement(ctx, i.mark.Announcement)
		if err != nil && !isMissing(err) {
			return i, err
		}
		i.Was, i.Dossier = old, old
		if e.Title == "" { // a single time that is called off often has none
			i.Event.Title = old.Announcement.Title
		}
	}
	err := in.decide(ctx, &i)
	if err == nil {
		if i.Does() && !i.Edited { // what is left alone takes no room
			in.drawn++
		}
		if i.Deed != IntakeWithdraw {
			i.Next = in.next(i)
		}
		return i, nil
	}
	var fault CalendarFault
	var rule calendar.RuleError
	var invalid scheduler.Invalid
	if !errors.As(err, &fault) && !errors.As(err, &rule) && !errors.As(err, &invalid) {
		return i, err
	}
	i.Deed, i.Fault, i.Dossier, i.Event.Notes = IntakeRefuse, err, i.Was, nil
	return i, nil
}

// decide fills in the deed; what stands against it is a CalendarFault, a
// calendar.RuleError or scheduler.Invalid.
func (in *intaking) decide(ctx context.Context, i *Intake) error {
	e, there := i.Event, i.Was.Announcement.ID != ""
	if err := ownPlan(e, in.place.Key); err != nil {
		return err
	}
	switch {
	case there && !i.Was.Announcement.Withdrawn.IsZero():
		if e.Cancelled {
			i.Deed = IntakeSame
			return nil
		}
		return CalendarFault{Code: "withdrawn"}
	case there && (e.Sequence < i.mark.Sequence || e.Sequence == i.mark.Sequence && e.Modified.Before(i.mark.Modified)):
		return CalendarFault{Code: "older"}
	case there && e.Cancelled:
		i.Deed, i.Edited = IntakeWithdraw, editedHere(i.mark, i.Was)
		return in.room()
	case e.Fault != nil && (!there || !e.onlyChanges()):
		return e.Fault
	case e.onlyChanges() && !e.Modified.IsZero() && e.Sequence == i.mark.Sequence && e.Modified.Equal(i.mark.Modified):
		i.Deed = IntakeSame
		return nil
	}
	form, err := in.form(*i)
	if err != nil {
		return err
	}
	digest := digestOf(form)
	if there && digest == takenOf(i.mark) {
		i.Deed = IntakeSame
		return nil
	}
	if err := in.room(); err != nil {
		return err
	}
	i.mark.Sequence, i.mark.Modified = e.Sequence, e.Modified
	if e.onlyChanges() && e.Title != i.Was.Announcement.Title {
		i.Event.Notes = append(i.Event.Notes, "other-words")
	}
	if there {
		i.Deed, i.Edited = IntakeChange, !e.onlyChanges() && editedHere(i.mark, i.Was)
		err = in.change(ctx, i, form)
	} else {
		i.Deed = IntakeNew
		err = in.make(ctx, i, form)
	}
	i.mark.Digest = marked(digest, i.Dossier, i.mark.Schedule)
	return err
}

// room refuses what is more than is taken at once.
func (in *intaking) room() error {
	if in.drawn >= maxTaken {
		return CalendarFault{"many-at-once", fmt.Sprint(maxTaken)}
	}
	return nil
}

// make drafts a new announcement by the way of every other one.
func (in *intaking) make(ctx context.Context, i *Intake, f announcementForm) error {
	d, err := in.s.draft(ctx, in.k, f, in.place)
	if err != nil {
		return err
	}
	in.s.begin(&d, in.k.who, in.place, false)
	i.Dossier = d
	i.mark.Announcement, i.mark.Schedule = d.Announcement.ID, d.Schedules[0].ID
	if i.mark.Revision == 0 {
		i.mark.Owned, i.mark.UID = in.s.owned(in.s.cfg.NewID(), in.place.Key), i.Event.UID
	}
	return nil
}

// change brings up to date what the event became before, by the rules of an edit.
func (in *intaking) change(ctx context.Context, i *Intake, f announcementForm) error {
	d, old := i.Was, i.Was.Announcement
	now := in.now.UTC()
	next := in.s.announcement(in.k, f, in.place)
	d.Announcement.Title, d.Announcement.Text, d.Announcement.Class, d.Announcement.Updated = next.Title, next.Text, next.Class, now
	touched := scheduler.Touched{Words: next.Title != old.Title || next.Text != old.Text || next.Class != old.Class}
	var rs []scheduler.Rendition
	if next.Text != old.Text {
		rs = d.Retold(old.Text, func(language string) string { return in.s.cfg.Speaker.Normalize(language, next.Text).Text })
		for j := range rs {
			rs[j].Updated = now
		}
		d.Renditions = rs
	}
	if err := checkEdit(d, old, now); err != nil {
		return err
	}
	sc, err := in.s.schedule(ctx, in.k, d.Announcement, f.Schedules[0])
	if err != nil {
		return err
	}
	at := slices.IndexFunc(d.Schedules, func(o scheduler.Schedule) bool { return o.ID == i.mark.Schedule })
	d.Schedules = slices.Clone(d.Schedules)
	if at < 0 {
		at = len(d.Schedules)
		d.Schedules = append(d.Schedules, sc)
	} else {
		was := d.Schedules[at]
		sc.Owned, sc.CreatedBy, sc.Interrupted = was.Owned, was.CreatedBy, was.Interrupted
		if i.Event.onlyChanges() { // an exception leaves the rest of a schedule as it is
			sc.PerSlot, sc.PerDay, sc.Misfire, sc.Since = was.PerSlot, was.PerDay, was.Misfire, was.Since
		}
		sc.Updated = now
	}
	d.Schedules[at] = sc
	d.Schedules[at].Revision++ // as it will be, for its approval
	touched.Schedule = sc.ID
	if err := in.s.changed(ctx, &d, touched); err != nil {
		return err
	}
	d.Renditions, d.Schedules = rs, []scheduler.Schedule{sc}
	i.Dossier, i.mark.Schedule = d, sc.ID
	return nil
}

// form is what an event says, as somebody would have typed it.
func (in *intaking) form(i Intake) (announcementForm, error) {
	e := i.Event
	if e.onlyChanges() {
		return in.onlyChanges(i)
	}
	title := []rune(e.Title)
	f := announcementForm{Village: in.place.Key, Title: e.Title, Text: spokenText(e), Issuer: word(vietnamese, "place.village", in.place.Name)}
	if len(title) > scheduler.MaxTitle { // the text has all of it
		f.Title = string(title[:scheduler.MaxTitle-1]) + "…"
	}
	if e.Urgent {
		f.Class = string(scheduler.ClassPriority)
	}
	when, err := in.when(e)
	f.Schedules = []scheduleForm{when}
	return f, err
}

// spokenText is what is read aloud: what the event is called, what it says, and where
// it takes place unless that is said already or is an address of the Internet.
func spokenText(e CalendarEvent) string {
	said := titleAndText(e)
	if e.Place == "" || strings.Contains(e.Place, "://") || strings.Contains(strings.ToLower(oneLine(said)), strings.ToLower(e.Place)) {
		return said
	}
	if !strings.ContainsAny(said[len(said)-1:], ".!?") {
		said += "."
	}
	return said + "\n" + word(vietnamese, "intake.place", strings.TrimRight(e.Place, "."))
}

func titleAndText(e CalendarEvent) string {
	switch {
	case e.Text == "":
		return e.Title
	case strings.HasPrefix(strings.ToLower(oneLine(e.Text)), strings.ToLower(strings.TrimRight(e.Title, ".!?… "))):
		return e.Text
	case strings.ContainsAny(e.Title[len(e.Title)-1:], ".!?"):
		return e.Title + "\n" + e.Text
	}
	return e.Title + ".\n" + e.Text
}

// when is the schedule of an event: one instant, one or several days in slots, or a
// rule.
func (in *intaking) when(e CalendarEvent) (scheduleForm, error) {
	if e.AllDay && len(in.into) == 0 {
		return scheduleForm{}, CalendarFault{Code: "no-slot"}
	}
	if err := e.FaultAt(in.now, in.loc); err != nil {
		return scheduleForm{}, err
	}
	single := e.Rule.Form().Pattern == nil
	var all []calendar.Moment
	if single {
		all = e.Rule.Next(time.Time{}.AddDate(1600, 0, 0), 2, in.loc)
	}
	switch {
	case e.lasts():
		return in.inSlots(e.Rule.Start().Date, e.Until), nil
	case single && len(all) == 1 && e.AllDay:
		return in.inSlots(all[0].Civil.Date, all[0].Civil.Date), nil
	case single && len(all) == 1:
		return scheduleForm{Kind: string(scheduler.Once), At: all[0].At.UTC()}, nil
	case e.AllDay:
		return scheduleForm{Kind: string(scheduler.Recurring), Rule: e.Rule.String(), Slots: in.into}, nil
	}
	return scheduleForm{Kind: string(scheduler.Recurring), Rule: e.Rule.String()}, nil
}

func (in *intaking) inSlots(from, until calendar.Date) scheduleForm {
	return scheduleForm{Kind: string(scheduler.Slots), Slots: in.into, From: from.String(), Until: until.String()}
}

// digestOf names everything that is taken of an event.
func digestOf(f announcementForm) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q", f.Title, f.Text, f.Class, fmt.Sprintf("%+v", f.Schedules)))
	return hex.EncodeToString(sum[:16])
}

// schedule is the one that an event became or becomes.
func (i Intake) schedule() (scheduler.Schedule, bool) {
	at := slices.IndexFunc(i.Dossier.Schedules, func(sc scheduler.Schedule) bool { return sc.ID == i.mark.Schedule })
	if at < 0 {
		return scheduler.Schedule{}, false
	}
	return i.Dossier.Schedules[at], true
}

// next lists the next times of what an event becomes.
func (in *intaking) next(i Intake) []time.Time {
	sc, there := i.schedule()
	switch {
	case !there:
		return nil
	case sc.Kind == scheduler.Once && sc.At.After(in.now):
		return []time.Time{sc.At}
	case sc.Kind == scheduler.Once:
		return nil
	}
	return sc.Instants(in.now, instantsShown, in.slots, in.loc)
}

// mayTake says whether somebody may take calendars in: they write announcements and
// say when those air.
func mayTake(who people.Principal, village string) bool {
	return who.May(people.Write, village) && who.May(people.Plan, village)
}
