package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
)

// scheduleJSON is a schedule as the API shows it.
type scheduleJSON struct {
	ID           string      `json:"id"`
	Announcement string      `json:"announcement"`
	Kind         string      `json:"kind" enum:"once,now,slots,recurring"`
	At           *time.Time  `json:"at,omitempty" doc:"once: the instant. now: when it was asked for."`
	Slots        []string    `json:"slots" doc:"slots, and recurring in slots: IDs; it airs in each, per_slot times."`
	Days         []string    `json:"days" doc:"slots: weekdays; none is every day."`
	From         string      `json:"from,omitempty" format:"date" doc:"slots: first day."`
	Until        string      `json:"until,omitempty" format:"date" doc:"slots: last day. recurring: that of a rule that ends."`
	PerSlot      int         `json:"per_slot,omitempty" doc:"slots: how often in each; absent: once."`
	PerDay       int         `json:"per_day,omitempty" doc:"slots: how often at most on one day; absent: in every slot."`
	Rule         string      `json:"rule,omitempty" doc:"recurring: the rule in its canonical form, lines of iCalendar."`
	Words        string      `json:"words,omitempty" doc:"recurring: the rule in words."`
	Next         []time.Time `json:"next,omitempty" doc:"recurring: the next three instants, as far as the rule says."`
	Misfire      misfireJSON `json:"misfire"`
	Interrupted  string      `json:"interrupted" enum:"resume,restart,drop" doc:"What becomes of it when something of a higher claim cuts it short."`
	Created      time.Time   `json:"created"`
	CreatedBy    string      `json:"created_by"`
	Revision     int64       `json:"revision" doc:"Goes up by one at each change."`
	// TooLong is told of a schedule that was just saved.
	TooLong []tightJSON `json:"too_long,omitempty" doc:"Of a schedule that was just saved: its slots that can never hold the notice, as long as its renditions are."`
}

// misfireJSON is what becomes of it when its instant has passed.
type misfireJSON struct {
	Policy string  `json:"policy" enum:"skip,late,coalesce" doc:"skip: never late. late: within the grace. coalesce: within the grace, and of several missed ones only the newest."`
	Grace  float64 `json:"grace,omitempty" minimum:"0" doc:"Seconds."`
}

func scheduleOf(s scheduler.Schedule) scheduleJSON {
	return scheduleJSON{
		ID: s.ID, Announcement: s.Announcement, Kind: string(s.Kind), At: instantOf(s.At), Slots: entries(s.Slots), Days: daysOf(s.Days),
		From: civil(s.From), Until: civil(s.Until), PerSlot: s.PerSlot, PerDay: s.PerDay, Misfire: misfireJSON{string(s.Misfire.Policy), s.Misfire.Grace.Seconds()},
		Interrupted: string(cmp.Or(s.Interrupted, scheduler.Resume)),
		Created:     s.Created.UTC(), CreatedBy: s.CreatedBy, Rule: s.Rule, Revision: s.Revision,
	}
}

// daysOf lists a set of weekdays from Monday on; every day is none.
func daysOf(w scheduler.Weekdays) []string {
	days := []string{}
	if w == 0 || w == 127 {
		return days
	}
	for _, d := range weekFromMonday() {
		if w.Has(d) {
			days = append(days, weekdayCode(d))
		}
	}
	return days
}

// scheduleForm is what makes a schedule.
type scheduleForm struct {
	Kind        string       `json:"kind" enum:"once,now,slots,recurring"`
	At          time.Time    `json:"at,omitempty" doc:"once: the instant, with its zone."`
	Slots       []string     `json:"slots,omitempty" doc:"slots: IDs, or times of day such as 17:00. recurring: the same, and the rule says the days; none: at the rule's times."`
	Days        []string     `json:"days,omitempty" doc:"slots: mon … sun; every day when left out."`
	From        string       `json:"from,omitempty" doc:"slots: first day, such as 2026-11-23."`
	Until       string       `json:"until,omitempty" doc:"slots: last day."`
	PerSlot     int          `json:"per_slot,omitempty" minimum:"0" maximum:"10" doc:"slots, and rules in slots: how often in each, spread through it; once when left out."`
	PerDay      int          `json:"per_day,omitempty" minimum:"0" maximum:"50" doc:"slots: how often at most on one day; in every slot when left out."`
	Rule        string       `json:"rule,omitempty" maxLength:"524288" doc:"recurring: lines of iCalendar, DTSTART, RRULE, RDATE, EXDATE. RSCALE=VIETNAMESE counts in the lunar calendar, OFFSET=-2 is two days before, BYTIME=0530,1700 several times of day. Without DTSTART it begins now."`
	Misfire     *misfireJSON `json:"misfire,omitempty" doc:"When left out: late by at most 10 min (now), 30 min (once), coalesced within 30 min (recurring); coalesce within an hour (slots)."`
	Interrupted string       `json:"interrupted,omitempty" enum:"resume,restart,drop" doc:"When it is cut short: resume from where it was (when left out), restart from its beginning, or drop it."`
}

type (
	scheduleInput struct {
		Caller
		ID   string `path:"id"`
		Body scheduleForm
	}
	scheduleOutput struct {
		Body scheduleJSON
	}
	removeInput struct {
		Caller
		ID       string `path:"id"`
		Schedule string `path:"sid"`
	}
	nothing struct{}
)

func (s *Server) registerSchedules(api huma.API) {
	const tag = "schedules"
	answer(s, api, operation{"create-schedule", http.MethodPost, "/announcements/{id}/schedules", "Say when an announcement airs", tag, people.Plan, http.StatusCreated}, s.createSchedule)
	s.registerRecurring(api)
	answer(s, api, operation{"delete-schedule", http.MethodDelete, "/announcements/{id}/schedules/{sid}", "Remove a schedule", tag, people.Plan, http.StatusNoContent}, s.removeSchedule)
}

// createSchedule asks nobody what they have read: with somebody else's change between, it is
// done again on what there is then.
func (s *Server) createSchedule(ctx context.Context, in *scheduleInput) (*scheduleOutput, error) {
	for try := 1; ; try++ {
		id, err := s.createOnce(ctx, in)
		if err == nil {
			return s.shownSchedule(ctx, &in.Caller, in.ID, id)
		}
		if !errors.Is(err, scheduler.ErrRevision) || try == editTries {
			return nil, err
		}
	}
}

func (s *Server) createOnce(ctx context.Context, in *scheduleInput) (id string, err error) {
	d, err := s.dossier(ctx, &in.Caller, in.ID, people.Plan)
	if err != nil {
		return "", err
	}
	if !d.Announcement.Withdrawn.IsZero() {
		return "", s.problem(in.lang, http.StatusConflict, "withdrawn")
	}
	sched, err := s.schedule(ctx, &in.Caller, d.Announcement, in.Body)
	if err != nil {
		return "", err
	}
	return sched.ID, s.keepSchedule(ctx, d, sched)
}

// removeSchedule also ends what sounds of the schedule, or is about to.
func (s *Server) removeSchedule(ctx context.Context, in *removeInput) (*removed, error) {
	d, err := s.dossier(ctx, &in.Caller, in.ID, people.Plan)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(d.Schedules, func(sc scheduler.Schedule) bool { return sc.ID == in.Schedule }) {
		return nil, in.missing()
	}
	if err := s.cfg.Schedules.RemoveSchedule(ctx, in.Schedule, s.cfg.Now().UTC()); err != nil {
		return nil, err
	}
	s.tellChange(ctx)
	if err := s.unschedule(ctx, in.Schedule, in.who.Name); err != nil {
		return nil, err
	}
	return s.removedOf(ctx, &in.Caller, d.Announcement.Village, "schedules", in.Schedule), nil
}

// schedule makes a schedule of an announcement. The error is scheduler.Invalid
// or comes from the store.
func (s *Server) schedule(ctx context.Context, k *Caller, a scheduler.Announcement, f scheduleForm) (scheduler.Schedule, error) {
	now := s.cfg.Now().UTC()
	sc := scheduler.Schedule{
		Owned: s.owned(s.cfg.NewID(), a.Village), Announcement: a.ID, Kind: scheduler.Kind(f.Kind), CreatedBy: k.who.Name,
		Interrupted: scheduler.Resumption(f.Interrupted), PerSlot: f.PerSlot, PerDay: f.PerDay,
	}
	place, err := s.cfg.Places.Village(ctx, a.Village)
	if err != nil {
		return sc, err
	}
	faults := f.contradictions()
	switch sc.Kind {
	case scheduler.Now:
		sc.At, sc.Misfire = now, late(nowGrace)
	case scheduler.Once:
		sc.At, sc.Misfire = f.At.UTC(), late(onceGrace)
	case scheduler.Recurring:
		if !collect(&faults, s.recur(ctx, &sc, f, now, place)) {
			return sc, errors.New("slots could not be read")
		}
	case scheduler.Slots:
		sc.Misfire = scheduler.Misfire{Policy: scheduler.Coalesce, Grace: slotGrace}
		if !collect(&faults, s.slotDays(ctx, &sc, f)) {
			return sc, errors.New("slots could not be read")
		}
	}
	if f.Misfire != nil {
		sc.Misfire = scheduler.Misfire{Policy: scheduler.Policy(f.Misfire.Policy), Grace: seconds(f.Misfire.Grace)}
	}
	named := len(sc.Slots) > 0 || len(f.Slots) == 0 // else each of them has its fault
	if sc.Kind == scheduler.Recurring && len(faults) > 0 {
		return sc, faults // of a rule that cannot be read nothing more is known
	}
	if err := sc.Validate(now, place); !collect(&faults, err) {
		return sc, err
	}
	faults = slices.DeleteFunc(faults, func(fault scheduler.Fault) bool {
		return !named && fault.Field == "slots" && fault.Code == scheduler.FaultRequired
	})
	if len(faults) > 0 {
		return sc, faults
	}
	return sc, nil
}

// contradictions are the fields that mean nothing for the kind: whoever sent
// them expects something else than would happen.
func (f scheduleForm) contradictions() scheduler.Invalid {
	var faults scheduler.Invalid
	inSlots, byRule := f.Kind == string(scheduler.Slots), f.Kind == string(scheduler.Recurring)
	for _, given := range []struct {
		field string
		is    bool
		fits  bool
	}{
		{"at", !f.At.IsZero(), f.Kind == string(scheduler.Once)},
		{"slots", len(f.Slots) > 0, inSlots || byRule},
		{"rule", f.Rule != "", byRule},
		{"days", len(f.Days) > 0, inSlots},
		{"from", f.From != "", inSlots},
		{"until", f.Until != "", inSlots},
		{"per_slot", f.PerSlot != 0, inSlots || byRule && len(f.Slots) > 0},
		{"per_day", f.PerDay != 0, inSlots || byRule && len(f.Slots) > 0},
	} {
		if given.is && !given.fits {
			faults = append(faults, scheduler.Fault{Field: given.field, Code: faultUnexpected})
		}
	}
	return faults
}

// faultUnexpected says that a field has no place in what was sent.
const faultUnexpected = "unexpected"

// seconds is a span from a number of the API; absurd ones are cut to a week,
// which every check refuses.
func seconds(n float64) time.Duration {
	const most = 7 * 24 * 3600
	return time.Duration(min(max(n, -1), most) * float64(time.Second))
}

// slotDays fills in what kind slots needs.
func (s *Server) slotDays(ctx context.Context, sc *scheduler.Schedule, f scheduleForm) error {
	slots, err := s.cfg.Places.Slots(ctx, sc.Village)
	if err != nil {
		return err
	}
	var faults scheduler.Invalid
	for i, name := range f.Slots {
		at := slices.IndexFunc(slots, func(sl scheduler.Slot) bool { return sl.ID == name || sl.Start.String() == clockTime(name) })
		if at < 0 {
			faults = append(faults, fieldFault("slots", i, "", scheduler.FaultUnknown, slotStarts(slots)))
			continue
		}
		if id := slots[at].ID; !slices.Contains(sc.Slots, id) {
			sc.Slots = append(sc.Slots, id)
		}
	}
	for i, name := range f.Days {
		day := slices.IndexFunc(weekFromMonday(), func(d time.Weekday) bool { return weekdayCode(d) == strings.ToLower(name) })
		if day < 0 {
			faults = append(faults, fieldFault("days", i, "", scheduler.FaultUnknown, "mon, tue, wed, thu, fri, sat, sun"))
			continue
		}
		sc.Days |= 1 << weekFromMonday()[day]
	}
	for _, d := range []struct {
		field, text string
		into        *scheduler.Date
	}{{"from", f.From, &sc.From}, {"until", f.Until, &sc.Until}} {
		if d.text == "" {
			continue
		}
		if *d.into, err = parseCivil(d.text); err != nil {
			faults = append(faults, dateFault(d.field, d.text))
		}
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// clockTime writes "5:30" as slots do, "05:30".
func clockTime(s string) string {
	if len(s) == len("5:30") {
		return "0" + s
	}
	return s
}

func slotStarts(slots []scheduler.Slot) string {
	starts := make([]string, len(slots))
	for i, s := range slots {
		starts[i] = s.Start.String()
	}
	return strings.Join(starts, ", ")
}

// fieldFault is a fault in the i-th entry of a list: "slots[0]".
func fieldFault(name string, i int, field, code, limit string) scheduler.Fault {
	at := fmt.Sprintf("%s[%d]", name, i)
	if field != "" {
		at += "." + field
	}
	return scheduler.Fault{Field: at, Code: code, Limit: limit}
}

// prefixed says in which entry of a list the faults of err lie.
func prefixed(err error, name string, i int) error {
	var faults scheduler.Invalid
	if !errors.As(err, &faults) {
		return err
	}
	moved := make(scheduler.Invalid, len(faults))
	for j, f := range faults {
		moved[j] = fieldFault(name, i, f.Field, f.Code, f.Limit)
	}
	return moved
}

func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, recordings.ErrNotFound)
}

// isHash says whether an ID looks like one of the library's.
func isHash(id string) bool {
	if len(id) != 64 {
		return false
	}
	return strings.Trim(id, "0123456789abcdef") == ""
}
