package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

// seasonJSON is a stretch of every year in which a slot begins at another time.
type seasonJSON struct {
	From  string `json:"from" doc:"First day of it, month and day: 11-15."`
	To    string `json:"to" doc:"Last day of it; before from: it goes over New Year."`
	Start string `json:"start" doc:"Civil time of day, 17:30."`
}

// slotDayJSON is a day on which a slot is otherwise than usual.
type slotDayJSON struct {
	Date  string `json:"date" format:"date"`
	Off   bool   `json:"off,omitempty" doc:"It is not held."`
	Start string `json:"start,omitempty" doc:"When it begins on that day, unless off."`
}

// slotForm is what makes a slot. What it relays is said apart.
type slotForm struct {
	Name     string        `json:"name,omitempty"`
	Start    string        `json:"start" doc:"Civil time of day, 17:00."`
	Length   float64       `json:"length" doc:"Seconds; from a minute to 12 hours."`
	Days     []string      `json:"days,omitempty" doc:"mon … sun; every day when left out."`
	Opening  string        `json:"opening,omitempty" doc:"Recording that opens it."`
	Closing  string        `json:"closing,omitempty" doc:"Recording that closes it."`
	Limit    float64       `json:"limit,omitempty" minimum:"0" doc:"Seconds that notices may take of it; 0: all."`
	Seasons  []seasonJSON  `json:"seasons,omitempty" maxItems:"6"`
	DaysOff  []slotDayJSON `json:"days_off,omitempty" maxItems:"400" doc:"Days on which it is not held, or at another time."`
	Revision int64         `json:"revision,omitempty" minimum:"1" doc:"Of a change: the revision that was read; left out: whatever it is."`
}

type (
	newSlotInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    slotForm
	}
	slotInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	changeSlotInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    slotForm
	}
)

func (s *Server) registerSlots(api huma.API) {
	const tag = "places"
	answer(s, api, operation{"create-slot", http.MethodPost, "/slots", "Add a slot", tag, people.Arrange, http.StatusCreated}, s.createSlot)
	answer(s, api, operation{"change-slot", http.MethodPut, "/slots/{id}", "Change a slot", tag, people.Arrange, 0}, s.changeSlot)
	answer(s, api, operation{"delete-slot", http.MethodDelete, "/slots/{id}", "Remove a slot", tag, people.Arrange, http.StatusNoContent}, s.deleteSlot)
	answer(s, api, operation{"list-moved", http.MethodGet, "/moved", "List the notices that do not fit their slots, and where they air instead", tag, people.View, 0}, s.listMoved)
	answer(s, api, operation{"see-moved", http.MethodPost, "/moved/{occurrence}/seen", "Say that one has seen that a notice is moved", tag, people.Write, http.StatusNoContent}, s.seeMoved)
}

// apply puts what was sent into a slot. The error is scheduler.Invalid with all that
// cannot be read.
func (f slotForm) apply(sl scheduler.Slot) (scheduler.Slot, error) {
	var faults scheduler.Invalid
	sl.Name, sl.Length, sl.Opening, sl.Closing, sl.Limit = strings.TrimSpace(scheduler.Clean(f.Name)), seconds(f.Length), f.Opening, f.Closing, seconds(f.Limit)
	var ok bool
	if sl.Start, ok = timeOfDay(f.Start); !ok {
		faults = append(faults, scheduler.Fault{Field: "start", Code: "date"})
	}
	sl.Days = 0
	for i, name := range f.Days {
		d, ok := weekdayOf(name)
		if !ok {
			faults = append(faults, fieldFault("days", i, "", scheduler.FaultUnknown, "mon, tue, wed, thu, fri, sat, sun"))
			continue
		}
		sl.Days |= 1 << d
	}
	sl.Seasons, sl.DaysOff = nil, nil
	for i, j := range f.Seasons {
		x, wrong := j.read(i)
		sl.Seasons, faults = append(sl.Seasons, x), append(faults, wrong...)
	}
	for i, j := range f.DaysOff {
		x, wrong := j.read(i)
		sl.DaysOff, faults = append(sl.DaysOff, x), append(faults, wrong...)
	}
	if len(faults) > 0 {
		return sl, faults
	}
	return sl, nil
}

// read reads the season of an index, and names what cannot be read of it.
func (j seasonJSON) read(i int) (x scheduler.Season, faults scheduler.Invalid) {
	for _, d := range []struct {
		field, text string
		into        *scheduler.MonthDay
	}{{"from", j.From, &x.From}, {"to", j.To, &x.To}} {
		t, err := time.Parse("2006-01-02", "2000-"+d.text)
		if err != nil {
			f := monthDayFault(d.text)
			faults = append(faults, fieldFault("seasons", i, d.field, f.Code, f.Limit))
			continue
		}
		*d.into = scheduler.MonthDay{Month: t.Month(), Day: t.Day()}
	}
	var ok bool
	if x.Start, ok = timeOfDay(j.Start); !ok {
		faults = append(faults, fieldFault("seasons", i, "start", "date", ""))
	}
	return x, faults
}

// read reads the day of an index, and names what cannot be read of it.
func (j slotDayJSON) read(i int) (x scheduler.SlotDay, faults scheduler.Invalid) {
	x.Off = j.Off
	var err error
	if x.Date, err = parseCivil(j.Date); err != nil {
		f := dateFault("", j.Date)
		faults = append(faults, fieldFault("days_off", i, "date", f.Code, f.Limit))
	}
	if j.Off {
		return x, faults
	}
	var ok bool
	if x.Start, ok = timeOfDay(j.Start); !ok {
		faults = append(faults, fieldFault("days_off", i, "start", "date", ""))
	}
	return x, faults
}

func weekdayOf(name string) (time.Weekday, bool) {
	i := slices.IndexFunc(weekFromMonday(), func(d time.Weekday) bool { return weekdayCode(d) == strings.ToLower(name) })
	if i < 0 {
		return 0, false
	}
	return weekFromMonday()[i], true
}

func (s *Server) createSlot(ctx context.Context, in *newSlotInput) (*slotOutput, error) {
	village, err := in.village(in.Village, people.Arrange)
	if err != nil {
		return nil, err
	}
	sl, err := in.Body.apply(scheduler.Slot{Owned: s.owned(s.cfg.NewID(), village)})
	if err != nil {
		return nil, err
	}
	if sl, err = s.saveSlot(ctx, sl, sl.Start); err != nil {
		return nil, err
	}
	return s.shownSlot(ctx, &in.Caller, sl)
}

func (s *Server) changeSlot(ctx context.Context, in *changeSlotInput) (*slotOutput, error) {
	village, err := in.village(in.Village, people.Arrange)
	if err != nil {
		return nil, err
	}
	old, err := s.slot(ctx, village, in.ID)
	if err != nil {
		return nil, err
	}
	if in.Body.Revision != 0 && in.Body.Revision != old.Revision {
		return nil, scheduler.ErrRevision
	}
	sl, err := in.Body.apply(old)
	if err != nil {
		return nil, err
	}
	if sl, err = s.saveSlot(ctx, sl, old.Start); err != nil {
		return nil, err
	}
	return s.shownSlot(ctx, &in.Caller, sl)
}

func (s *Server) deleteSlot(ctx context.Context, in *slotInput) (*removed, error) {
	village, err := in.village(in.Village, people.Arrange)
	if err != nil {
		return nil, err
	}
	sl, err := s.slot(ctx, village, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.removeSlot(ctx, sl); err != nil {
		return nil, err
	}
	return s.removedOf(ctx, &in.Caller, village, "slots", sl.ID), nil
}
