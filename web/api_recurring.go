package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// instantsShown is how many of the next instants of a rule are shown.
const instantsShown = 3

type (
	scheduleEditInput struct {
		Caller
		ID       string `path:"id"`
		Schedule string `path:"sid"`
		Body     struct {
			Rule        *string      `json:"rule,omitempty" maxLength:"524288" doc:"Another rule. What aired keeps having aired, and nothing that lies before the change is promised by it. Left out: as it is."`
			Slots       []string     `json:"slots,omitempty" maxItems:"24" doc:"Slots whose days the rule says; none: at the rule's times; left out: as they are."`
			PerSlot     *int         `json:"per_slot,omitempty" minimum:"0" maximum:"10" doc:"In slots: how often in each; 0: once. Left out: as it is."`
			PerDay      *int         `json:"per_day,omitempty" minimum:"0" maximum:"50" doc:"In slots: how often at most on one day; 0: in every slot. Left out: as it is."`
			Misfire     *misfireJSON `json:"misfire,omitempty" doc:"Left out: as it is."`
			Interrupted string       `json:"interrupted,omitempty" enum:"resume,restart,drop" doc:"Left out: as it is."`
			Revision    int64        `json:"revision,omitempty" minimum:"1" doc:"The revision that was read: 409 when somebody has changed it since."`
		}
	}
	exceptionInput struct {
		Caller
		ID       string `path:"id"`
		Schedule string `path:"sid"`
		Body     struct {
			Do   string `json:"do" enum:"leave-out,include" doc:"leave-out: not on this day. include: on this day as well, also one that was left out."`
			Day  string `json:"day" doc:"Such as 2026-11-24."`
			Time string `json:"time,omitempty" doc:"Such as 05:30, of exact times: only this one. Left out: all of the day."`
		}
	}
	ruleInput struct {
		Caller
		Body struct {
			Rule    string   `json:"rule" maxLength:"524288" doc:"As kind recurring takes it."`
			Slots   []string `json:"slots,omitempty" doc:"IDs, or times of day such as 17:00."`
			Village string   `json:"village,omitempty" doc:"Key; the board's own when left out."`
			Count   int      `json:"count,omitempty" minimum:"1" maximum:"100" default:"3" doc:"How many of the next instants."`
		}
	}
	ruleOutput struct {
		Body struct {
			Rule  string       `json:"rule" doc:"In its canonical form."`
			Words string       `json:"words"`
			Next  []momentJSON `json:"next" doc:"As far as the rule says; conflicts are the plan's business."`
			Ends  string       `json:"ends,omitempty" format:"date" doc:"Last day of a rule that ends."`
		}
	}
)

// momentJSON is one of the next instants of a rule.
type momentJSON struct {
	At    time.Time `json:"at"`
	Civil string    `json:"civil" doc:"By the village's clock."`
	Lunar string    `json:"lunar,omitempty" doc:"Day/month/year of the Vietnamese lunar calendar, + in a leap month."`
}

func (s *Server) registerRecurring(api huma.API) {
	const tag = "schedules"
	answer(s, api, operation{"edit-schedule", http.MethodPatch, "/announcements/{id}/schedules/{sid}", "Change a schedule that recurs by a rule", tag, people.Plan, 0}, s.editSchedule)
	answer(s, api, operation{"except-schedule", http.MethodPost, "/announcements/{id}/schedules/{sid}/exceptions", "Leave out one day of a rule, or add one", tag, people.Plan, 0}, s.exceptSchedule)
	answer(s, api, operation{"read-rule", http.MethodPost, "/rules", "Read a rule before it is saved: its words and its next instants", tag, people.View, 0}, s.readRule)
}

// recur fills in what kind recurring needs. Faults of the form are an Invalid.
func (s *Server) recur(ctx context.Context, sc *scheduler.Schedule, f scheduleForm, now time.Time, place scheduler.Village) error {
	sc.Misfire = scheduler.Misfire{Policy: scheduler.Coalesce, Grace: onceGrace}
	if err := s.slotDays(ctx, sc, scheduleForm{Slots: f.Slots}); err != nil {
		return err
	}
	if len(sc.Slots) > 0 {
		sc.Misfire.Grace = slotGrace
	}
	loc, err := place.Location()
	if err != nil {
		return err
	}
	*sc, err = sc.WithRule(f.Rule, now, loc)
	return err
}

// recurringOf reads a schedule about which the caller may plan, and its village.
func (s *Server) recurringOf(ctx context.Context, k *Caller, announcement, id string) (d scheduler.Dossier, sc scheduler.Schedule, place scheduler.Village, err error) {
	d, err = s.dossier(ctx, k, announcement, people.Plan)
	if err != nil {
		return d, sc, place, err
	}
	if !d.Announcement.Withdrawn.IsZero() {
		return d, sc, place, s.problem(k.lang, http.StatusConflict, "withdrawn")
	}
	i := slices.IndexFunc(d.Schedules, func(sc scheduler.Schedule) bool { return sc.ID == id })
	if i < 0 {
		return d, sc, place, k.missing()
	}
	if sc = d.Schedules[i]; sc.Kind != scheduler.Recurring {
		return d, sc, place, scheduler.Invalid{{Field: "kind", Code: scheduler.FaultRuleSingle}}
	}
	place, err = s.cfg.Places.Village(ctx, d.Announcement.Village)
	return d, sc, place, err
}

func (s *Server) editSchedule(ctx context.Context, in *scheduleEditInput) (*scheduleOutput, error) {
	d, sc, place, err := s.recurringOf(ctx, &in.Caller, in.ID, in.Schedule)
	if err != nil {
		return nil, err
	}
	if in.Body.Revision != 0 && in.Body.Revision != sc.Revision {
		return nil, scheduler.ErrRevision
	}
	loc, err := place.Location()
	if err != nil {
		return nil, err
	}
	now, rule := s.cfg.Now().UTC(), sc.Rule
	if in.Body.Rule != nil {
		rule = *in.Body.Rule
	}
	if in.Body.Slots != nil {
		sc.Slots = nil
		if err := s.slotDays(ctx, &sc, scheduleForm{Slots: in.Body.Slots}); err != nil {
			return nil, err
		}
	}
	if in.Body.Rule != nil || in.Body.Slots != nil {
		if sc, err = sc.WithRule(rule, now, loc); err != nil {
			return nil, err
		}
	}
	if err := in.often(&sc); err != nil {
		return nil, err
	}
	if m := in.Body.Misfire; m != nil {
		sc.Misfire = scheduler.Misfire{Policy: scheduler.Policy(m.Policy), Grace: seconds(m.Grace)}
	}
	if in.Body.Interrupted != "" {
		sc.Interrupted = scheduler.Resumption(in.Body.Interrupted)
	}
	if err := sc.Validate(now, place); err != nil {
		return nil, err
	}
	if err := s.keepSchedule(ctx, d, sc); err != nil {
		return nil, err
	}
	return s.shownSchedule(ctx, &in.Caller, in.ID, sc.ID)
}

// often puts into a schedule how often it is to air. At exact times it is as often as
// the rule says: what was said for its slots goes with them.
func (in *scheduleEditInput) often(sc *scheduler.Schedule) error {
	if len(sc.Slots) == 0 {
		sc.PerSlot, sc.PerDay = 0, 0
	}
	var faults scheduler.Invalid
	for _, n := range []struct {
		field string
		is    *int
		into  *int
	}{{"per_slot", in.Body.PerSlot, &sc.PerSlot}, {"per_day", in.Body.PerDay, &sc.PerDay}} {
		switch {
		case n.is == nil:
		case len(sc.Slots) == 0 && *n.is != 0:
			faults = append(faults, scheduler.Fault{Field: n.field, Code: faultUnexpected})
		default:
			*n.into = *n.is
		}
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

func (s *Server) exceptSchedule(ctx context.Context, in *exceptionInput) (*scheduleOutput, error) {
	d, sc, place, err := s.recurringOf(ctx, &in.Caller, in.ID, in.Schedule)
	if err != nil {
		return nil, err
	}
	loc, err := place.Location()
	if err != nil {
		return nil, err
	}
	day, err := parseCivil(in.Body.Day)
	if err != nil {
		return nil, scheduler.Invalid{{Field: "day", Code: "date"}}
	}
	second, err := secondOfDay(in.Body.Time)
	if err != nil {
		return nil, scheduler.Invalid{{Field: "time", Code: "date"}}
	}
	if in.Body.Do == "leave-out" {
		if sc, err = sc.LeaveOut(day, second, s.cfg.Now(), loc); err == nil {
			err = s.trimSchedule(ctx, d, sc)
		}
	} else if sc, err = sc.Include(day, second, s.cfg.Now(), loc); err == nil {
		err = s.keepSchedule(ctx, d, sc)
	}
	if err != nil {
		return nil, err
	}
	return s.shownSchedule(ctx, &in.Caller, in.ID, sc.ID)
}

// secondOfDay reads "05:30" or "05:30:15"; -1 of nothing.
func secondOfDay(text string) (int, error) {
	if text == "" {
		return -1, nil
	}
	layout := time.TimeOnly
	if strings.Count(text, ":") == 1 {
		layout = "15:04"
	}
	t, err := time.Parse(layout, text)
	return t.Hour()*3600 + t.Minute()*60 + t.Second(), err
}

// shownSchedule is a schedule as it was saved.
func (s *Server) shownSchedule(ctx context.Context, k *Caller, announcement, id string) (*scheduleOutput, error) {
	d, err := s.cfg.Announcements.Announcement(ctx, announcement)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(d.Schedules, func(sc scheduler.Schedule) bool { return sc.ID == id })
	if i < 0 {
		return nil, k.missing() // removed at this moment
	}
	j := scheduleOf(d.Schedules[i])
	if err := s.tellRule(ctx, k.lang, d.Schedules[i], &j); err != nil {
		return nil, err
	}
	if j.TooLong, err = s.tightOf(ctx, k.lang, d, d.Schedules[i]); err != nil {
		return nil, err
	}
	return &scheduleOutput{Body: j}, nil
}

// tellRule adds the words and the next instants of a schedule that recurs.
func (s *Server) tellRule(ctx context.Context, lang string, sc scheduler.Schedule, j *scheduleJSON) error {
	if sc.Kind != scheduler.Recurring {
		return nil
	}
	place, err := s.cfg.Places.Village(ctx, sc.Village)
	if err != nil {
		return err
	}
	slots, err := s.cfg.Places.Slots(ctx, sc.Village)
	if err != nil {
		return err
	}
	loc, err := place.Location()
	if err != nil {
		return err
	}
	now := s.cfg.Now()
	j.Words = phrase{lang: lang, loc: loc}.recurringName(sc, slots, now)
	for _, at := range sc.Instants(now, instantsShown, slots, loc) {
		j.Next = append(j.Next, at.UTC())
	}
	return nil
}

func (s *Server) readRule(ctx context.Context, in *ruleInput) (*ruleOutput, error) {
	key, err := in.village(in.Body.Village, people.View)
	if err != nil {
		return nil, err
	}
	place, err := s.cfg.Places.Village(ctx, key)
	if err != nil {
		return nil, err
	}
	slots, err := s.cfg.Places.Slots(ctx, key)
	if err != nil {
		return nil, err
	}
	loc, err := place.Location()
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	sc := scheduler.Schedule{Owned: scheduler.Owned{Village: key}, Kind: scheduler.Recurring}
	if err := s.recur(ctx, &sc, scheduleForm{Rule: in.Body.Rule, Slots: in.Body.Slots}, now, place); err != nil {
		return nil, err
	}
	if err := sc.Validate(now, place); err != nil {
		return nil, err
	}
	var out ruleOutput
	out.Body.Rule, out.Body.Ends = sc.Rule, civil(sc.Until)
	out.Body.Words = phrase{lang: in.lang, loc: loc}.recurringName(sc, slots, now)
	out.Body.Next = []momentJSON{}
	for _, at := range sc.Instants(now, in.Body.Count, slots, loc) {
		out.Body.Next = append(out.Body.Next, momentOf(at, loc))
	}
	return &out, nil
}

func momentOf(at time.Time, loc *time.Location) momentJSON {
	m := momentJSON{At: at.UTC(), Civil: calendar.CivilOf(at, loc).String()}
	if l, err := calendar.ToLunar(calendar.DateOf(at, loc)); err == nil {
		m.Lunar = l.String()
	}
	return m
}

// recurringName says a schedule that recurs: its days, its times or slots, and
// until when.
func (p phrase) recurringName(s scheduler.Schedule, slots []scheduler.Slot, now time.Time) string {
	rule, err := calendar.ParseRule(s.Rule)
	if err != nil {
		return p.word("rule.unreadable", strconv.Quote(s.Rule))
	}
	where := p.slotNames(s.Slots, slots)
	if times := p.timesName(s); where != "" && times != "" {
		where += ", " + times
	}
	return upper(p.ruleWords(rule, where, now))
}

// slotNames names the slots of a schedule: "buổi sáng, 05:30 và buổi chiều, 17:00".
func (p phrase) slotNames(ids []string, slots []scheduler.Slot) string {
	var names []string
	for _, id := range ids {
		i := slices.IndexFunc(slots, func(sl scheduler.Slot) bool { return sl.ID == id })
		switch {
		case i < 0:
			names = append(names, p.word("schedule.gone-slot"))
		case slots[i].Name == "":
			names = append(names, p.word("rule.at", slots[i].Start.String()))
		default:
			names = append(names, p.lower(slots[i].Name)+" "+slots[i].Start.String())
		}
	}
	return p.list(names)
}
