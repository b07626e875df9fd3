package scheduler

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler/calendar"
)

// RulesForm is the rules of a place as they are written down: in files, in the
// API, in the database.
type RulesForm struct {
	Model      string         `json:"model,omitempty" doc:"Name of the rules that these were made from."`
	Allowed    []WindowForm   `json:"allowed,omitempty" doc:"When sound is allowed at all; none: always."`
	Quiet      []WindowForm   `json:"quiet,omitempty" doc:"Stretches in which nothing sounds although the hours allow it."`
	Limits     []LimitForm    `json:"limits,omitempty" doc:"Of several on one day the strictest holds."`
	FreeRelays bool           `json:"relays_free,omitempty" doc:"What is relayed of a higher station is not counted."`
	Holidays   []HolidayForm  `json:"holidays,omitempty"`
	Mourning   []MourningForm `json:"mourning,omitempty" doc:"Times without music."`
	Volumes    []VolumeForm   `json:"volumes,omitempty" doc:"How loud the programme is at hours of the day, on top of the volume of the village; of several the softest holds. Emergencies and drills stay as loud as they are."`
	Music      []string       `json:"music,omitempty" enum:"bed,jingle,relay" doc:"What is silent in them; none: bed and jingle."`
}

// WindowForm is a Window as it is written down.
type WindowForm struct {
	From string   `json:"from" doc:"Such as 05:00."`
	To   string   `json:"to" doc:"Such as 22:00; 24:00 is the end of the day."`
	Days []string `json:"days,omitempty" doc:"mon, tue, wed, thu, fri, sat, sun; none: every day."`
}

// LimitForm is a Limit as it is written down.
type LimitForm struct {
	Days      []string `json:"days,omitempty" doc:"mon, tue, wed, thu, fri, sat, sun; none: every day."`
	Broadcast float64  `json:"broadcast_minutes,omitempty" minimum:"0" doc:"Of sound in one broadcast; 0: no limit."`
	Day       float64  `json:"day_minutes,omitempty" minimum:"0" doc:"Of sound in one day; 0: no limit."`
	Times     int      `json:"times,omitempty" minimum:"0" doc:"Broadcasts a day; 0: no limit."`
}

// HolidayForm is a Holiday as it is written down.
type HolidayForm struct {
	Name     string       `json:"name"`
	Calendar string       `json:"calendar,omitempty" enum:"solar,lunar" doc:"solar when left out."`
	Year     int          `json:"year,omitempty" doc:"Of a holiday that comes once; left out: every year."`
	Month    int          `json:"month"`
	Day      int          `json:"day" doc:"The 30th of a lunar month of 29 days is its last."`
	Length   int          `json:"length,omitempty" doc:"Days that it takes; 1 when left out."`
	Rule     string       `json:"rule,omitempty" enum:"sunday,hours,silent" doc:"The hours of a Sunday, its own hours, or no sound; sunday when left out."`
	Hours    []WindowForm `json:"hours,omitempty" doc:"Its own hours; their days do not count."`
}

// MourningForm is a Mourning as it is written down.
type MourningForm struct {
	Name  string `json:"name"`
	From  string `json:"from" doc:"The first day, such as 2026-07-25."`
	Until string `json:"until" doc:"The last day."`
}

// FormOf writes down the rules of a place.
func FormOf(allowed []Window, r Rules) RulesForm {
	f := RulesForm{Model: r.Model, Allowed: windowForms(allowed), Quiet: windowForms(r.Quiet), FreeRelays: r.FreeRelays}
	for _, l := range r.Limits {
		f.Limits = append(f.Limits, LimitForm{dayCodes(l.Days), l.Broadcast.Minutes(), l.Day.Minutes(), l.Times})
	}
	for _, h := range r.Holidays {
		f.Holidays = append(f.Holidays, HolidayForm{h.Name, string(h.Calendar), h.Year, h.Month, h.Day, h.Length, string(h.Rule), windowForms(h.Hours)})
	}
	for _, m := range r.Mourning {
		f.Mourning = append(f.Mourning, MourningForm{m.Name, calendar.Date(m.From).String(), calendar.Date(m.Until).String()})
	}
	for _, u := range r.Volumes {
		f.Volumes = append(f.Volumes, VolumeForm{u.From.String(), u.To.String(), dayCodes(u.Days), string(u.Class), u.Volume})
	}
	for _, m := range r.Music {
		f.Music = append(f.Music, string(m))
	}
	return f
}

// Read is the rules that a form tells. The error is an Invalid that names each
// entry that cannot be read; what can be read and is wrong is found by
// Village.Validate.
func (f RulesForm) Read() (allowed []Window, r Rules, err error) {
	var wrong faults
	r = Rules{Model: f.Model, FreeRelays: f.FreeRelays}
	allowed, r.Quiet = wrong.windows("allowed", f.Allowed), wrong.windows("quiet", f.Quiet)
	for i, l := range f.Limits {
		name := entry("limits", i)
		r.Limits = append(r.Limits, Limit{
			Days: wrong.days(name, l.Days), Broadcast: wrong.minutes(name, l.Broadcast), Day: wrong.minutes(name, l.Day), Times: l.Times,
		})
	}
	for i, h := range f.Holidays {
		r.Holidays = append(r.Holidays, Holiday{
			h.Name, HolidayCalendar(h.Calendar), h.Year, h.Month, h.Day, h.Length, HolidayRule(h.Rule), wrong.windows(entry("holidays", i), h.Hours),
		})
	}
	for i, m := range f.Mourning {
		name := entry("mourning", i)
		r.Mourning = append(r.Mourning, Mourning{m.Name, wrong.day(name, m.From), wrong.day(name, m.Until)})
	}
	for i, u := range f.Volumes {
		name := entry("volumes", i)
		r.Volumes = append(r.Volumes, VolumeRule{Window{wrong.timeOfDay(name, u.From), wrong.timeOfDay(name, u.To), wrong.days(name, u.Days)}, Class(u.Class), u.Volume})
	}
	for _, m := range f.Music {
		r.Music = append(r.Music, Music(m))
	}
	return allowed, r, wrong.err()
}

// ReadRules reads a file of rules, JSON in UTF-8. The error says what is wrong.
func ReadRules(raw []byte) (f RulesForm, err error) {
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	if err := in.Decode(&f); err != nil {
		return f, fmt.Errorf("read rules: %w", err)
	}
	if _, err := in.Token(); err != io.EOF { //nolint:errorlint // io.EOF comes bare
		return f, fmt.Errorf("read rules: something stands behind them")
	}
	return f, nil
}

// WriteRules writes a file of rules that ReadRules reads.
func WriteRules(f RulesForm) ([]byte, error) {
	raw, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write rules: %w", err)
	}
	return append(raw, '\n'), nil
}

func entry(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

func windowForms(all []Window) (forms []WindowForm) {
	for _, w := range all {
		forms = append(forms, WindowForm{w.From.String(), w.To.String(), dayCodes(w.Days)})
	}
	return forms
}

// dayCodes are the weekdays of a set, Monday first; none for every day.
func dayCodes(w Weekdays) []string {
	if w == 0 || w&everyDay == everyDay {
		return nil
	}
	return strings.Split(w.String(), ",")
}

func (f *faults) windows(list string, forms []WindowForm) (all []Window) {
	for i, w := range forms {
		name := entry(list, i)
		all = append(all, Window{f.timeOfDay(name, w.From), f.timeOfDay(name, w.To), f.days(name, w.Days)})
	}
	return all
}

// days reads weekdays; none is every day.
func (f *faults) days(name string, codes []string) (w Weekdays) {
	for _, c := range codes {
		i := slices.IndexFunc(weekdays, func(d time.Weekday) bool { return strings.EqualFold(d.String()[:3], c) })
		if i < 0 {
			f.add(name, FaultUnknown, c)
			continue
		}
		w |= 1 << weekdays[i]
	}
	return w
}

var weekdays = []time.Weekday{time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday}

// timeOfDay reads "05:30"; "24:00" is the end of the day.
func (f *faults) timeOfDay(name, text string) TimeOfDay {
	h, m, _ := strings.Cut(text, ":")
	hour, errH := strconv.Atoi(h)
	minute, errM := strconv.Atoi(m)
	t := TimeOfDay(60*hour + minute)
	if errH != nil || errM != nil || t < 0 || t > endOfDay || t.String() != text {
		f.add(name, FaultDate, text)
		return 0
	}
	return t
}

func (f *faults) minutes(name string, n float64) time.Duration {
	if math.IsNaN(n) || n < 0 || n > calendar.MinutesPerDay {
		f.add(name, FaultRange, "0–"+strconv.Itoa(calendar.MinutesPerDay))
		return 0
	}
	return time.Duration(n * float64(time.Minute)).Round(time.Second)
}

func (f *faults) day(name, text string) Date {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		f.add(name, FaultDate, text)
		return Date{}
	}
	return Date{t.Year(), t.Month(), t.Day()}
}
