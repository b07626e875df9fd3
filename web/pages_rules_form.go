package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler"
)

// typedPlaceRules reads the rows of the page of rules into w, so that nothing that was
// typed is lost, and says what they mean and what cannot be read.
func (v *visit) typedPlaceRules(f *form, w *placeRulesView) (r scheduler.RulesForm, wrong scheduler.Invalid) {
	r.Model, r.FreeRelays = strings.TrimSpace(scheduler.Clean(f.Get("model"))), f.Get("free_relays") != ""
	r.Music = slices.Clone(f.Values["music"])
	w.Model, w.FreeRelays = r.Model, r.FreeRelays
	v.musicChoices(w, r.Music)
	r.Allowed, w.Allowed = v.typedWindows(f, "allowed", &wrong)
	r.Quiet, w.Quiet = v.typedWindows(f, "quiet", &wrong)
	v.typedLimits(f, w, &r, &wrong)
	v.typedHolidays(f, w, &r, &wrong)
	for i := 1; i <= scheduler.MaxRules; i++ {
		n := "_" + strconv.Itoa(i)
		row := mourningRow{Name: strings.TrimSpace(scheduler.Clean(f.Get("mourning_name" + n))), From: f.Get("mourning_from" + n), Until: f.Get("mourning_until" + n)}
		if row == (mourningRow{}) {
			continue
		}
		w.Mourning = append(w.Mourning, row)
		r.Mourning = append(r.Mourning, scheduler.MourningForm{Name: row.Name, From: row.From, Until: row.Until})
	}
	v.typedVolumes(f, w, &r, &wrong)
	return r, wrong
}

// typedVolumes reads how loud it is at hours; one without times is none.
func (v *visit) typedVolumes(f *form, w *placeRulesView, r *scheduler.RulesForm, wrong *scheduler.Invalid) {
	for i := 1; i <= scheduler.MaxRules; i++ {
		n, at := "_"+strconv.Itoa(i), len(r.Volumes)
		from, to, days := f.Get("volume_from"+n), f.Get("volume_to"+n), f.Values["volume_day"+n]
		if from == "" && to == "" {
			continue
		}
		if len(days) == 0 {
			*wrong = append(*wrong, fieldFault("volumes", at, "", scheduler.FaultRequired, ""))
		}
		dB, err := strconv.Atoi(f.Get("volume_level" + n))
		if err != nil {
			*wrong = append(*wrong, fieldFault("volumes", at, "", scheduler.FaultRange, strconv.Itoa(scheduler.LeastVolume)+"–"+strconv.Itoa(scheduler.MostVolume)))
		}
		span := typedWindow(from, to, days)
		u := scheduler.VolumeForm{From: span.From, To: span.To, Days: days, Class: f.Get("volume_class" + n), Volume: dB}
		row := v.volumeRow(u)
		row.From, row.To, row.Days = from, to, v.tickedDays(days)
		w.Volumes, r.Volumes = append(w.Volumes, row), append(r.Volumes, u)
	}
}

// typedWindows reads stretches of the day; one without times is none.
func (v *visit) typedWindows(f *form, list string, wrong *scheduler.Invalid) (all []scheduler.WindowForm, rows []windowRow) {
	for i := 1; i <= scheduler.MaxRules; i++ {
		n := "_" + strconv.Itoa(i)
		from, to, days := f.Get(list+"_from"+n), f.Get(list+"_to"+n), f.Values[list+"_day"+n]
		if from == "" && to == "" {
			continue
		}
		if len(days) == 0 {
			*wrong = append(*wrong, fieldFault(list, len(all), "", scheduler.FaultRequired, ""))
		}
		rows = append(rows, windowRow{List: list, From: from, To: to, Days: v.tickedDays(days)})
		all = append(all, typedWindow(from, to, days))
	}
	return all, rows
}

func typedWindow(from, to string, days []string) scheduler.WindowForm {
	if to = clockTime(to); to == "00:00" {
		to = midnight
	}
	return scheduler.WindowForm{From: clockTime(from), To: to, Days: days}
}

// tickedDays are the weekdays as they were ticked, and none where none was.
func (v *visit) tickedDays(codes []string) []choiceView {
	days := v.dayChoices(codes)
	for i := range days {
		days[i].Checked = slices.Contains(codes, days[i].Value)
	}
	return days
}

func (v *visit) typedLimits(f *form, w *placeRulesView, r *scheduler.RulesForm, wrong *scheduler.Invalid) {
	for i := 1; i <= scheduler.MaxRules; i++ {
		n := "_" + strconv.Itoa(i)
		days := f.Values["limit_day"+n]
		row := limitRow{Days: v.tickedDays(days), Broadcast: f.Get("broadcast" + n), Day: f.Get("daily" + n), Times: f.Get("times" + n)}
		if row.Broadcast == "" && row.Day == "" && row.Times == "" {
			continue
		}
		if len(days) == 0 {
			*wrong = append(*wrong, fieldFault("limits", len(w.Limits), "", scheduler.FaultRequired, ""))
		}
		at := len(w.Limits)
		l := scheduler.LimitForm{Days: days, Broadcast: limitMinutes(row.Broadcast, at, wrong), Day: limitMinutes(row.Day, at, wrong), Times: typedWhole(row.Times, "limits", at, wrong)}
		w.Limits, r.Limits = append(w.Limits, row), append(r.Limits, l)
	}
}

// limitMinutes reads the minutes of a limit; nothing is no limit.
func limitMinutes(text string, at int, wrong *scheduler.Invalid) float64 {
	d, ok := typedMinutes(text)
	if !ok || d > 24*time.Hour {
		*wrong = append(*wrong, fieldFault("limits", at, "", scheduler.FaultRange, "1–1440"))
		return 0
	}
	return d.Minutes()
}

// typedWhole reads a whole number; nothing is 0.
func typedWhole(text, list string, at int, wrong *scheduler.Invalid) int {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		*wrong = append(*wrong, fieldFault(list, at, "", scheduler.FaultRange, "1–9999"))
		return 0
	}
	return n
}

func (v *visit) typedHolidays(f *form, w *placeRulesView, r *scheduler.RulesForm, wrong *scheduler.Invalid) {
	for i := 1; i <= scheduler.MaxRules; i++ {
		n, at := "_"+strconv.Itoa(i), len(w.Holidays)
		get := func(name string) string { return strings.TrimSpace(scheduler.Clean(f.Get("holiday_" + name + n))) }
		row := holidayRow{
			Name: get("name"), Day: get("day"), Month: get("month"), Year: get("year"), Length: get("length"),
			From: get("from"), To: get("to"), From2: get("from2"), To2: get("to2"),
		}
		if row.Name == "" && row.Day == "" && row.Month == "" {
			continue
		}
		v.holidayChoices(&row, get("calendar"), get("rule"))
		h := scheduler.HolidayForm{
			Name: row.Name, Calendar: get("calendar"), Rule: get("rule"), Day: typedWhole(row.Day, "holidays", at, wrong),
			Month: typedWhole(row.Month, "holidays", at, wrong), Year: typedWhole(row.Year, "holidays", at, wrong), Length: typedWhole(row.Length, "holidays", at, wrong),
		}
		if h.Rule == string(scheduler.OwnHours) {
			for _, times := range [][2]string{{row.From, row.To}, {row.From2, row.To2}} {
				if times[0] != "" || times[1] != "" {
					h.Hours = append(h.Hours, typedWindow(times[0], times[1], nil))
				}
			}
		}
		w.Holidays, r.Holidays = append(w.Holidays, row), append(r.Holidays, h)
	}
}
