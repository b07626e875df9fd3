package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler"
)

// readSlot puts a form into a slot; what cannot be read becomes a fault of the form.
func (v *visit) readSlot(f *form, sl scheduler.Slot) scheduler.Slot {
	sl.Name, sl.Opening, sl.Closing = strings.TrimSpace(scheduler.Clean(f.Get("name"))), f.Get("opening"), f.Get("closing")
	var ok bool
	if sl.Start, ok = timeOfDay(f.Get("start")); !ok {
		f.fault("start", v.word("fault.date"))
	}
	for field, into := range map[string]*time.Duration{"length": &sl.Length, "limit": &sl.Limit} {
		if *into, ok = typedMinutes(f.Get(field)); !ok {
			f.fault(field, v.word("fault.syntax"))
		}
	}
	sl.Days = 0
	for _, d := range weekFromMonday() {
		if slices.Contains(f.Values["day"], weekdayCode(d)) {
			sl.Days |= 1 << d
		}
	}
	if sl.Days == 0 {
		f.fault("days", v.word("fault.required"))
	}
	v.readSeasons(f, &sl)
	v.readDaysOff(f, &sl)
	return sl
}

func (v *visit) readSeasons(f *form, sl *scheduler.Slot) {
	sl.Seasons = nil
	for i := 1; i <= seasonsMost; i++ {
		n := strconv.Itoa(i)
		from, to, start := f.Get("season_from_"+n), f.Get("season_to_"+n), f.Get("season_start_"+n)
		if from == "" && to == "" && start == "" {
			continue
		}
		var x scheduler.Season
		var okFrom, okTo, okStart bool
		x.From, okFrom = monthDayOf(from)
		x.To, okTo = monthDayOf(to)
		if x.Start, okStart = timeOfDay(start); !okFrom || !okTo || !okStart {
			f.fault("season_"+n, v.word("slots.season-fault"))
		}
		sl.Seasons = append(sl.Seasons, x)
	}
}

func (v *visit) readDaysOff(f *form, sl *scheduler.Slot) {
	sl.DaysOff = nil
	for i := 1; i <= daysOffMost; i++ {
		n := strconv.Itoa(i)
		date, start := f.Get("off_date_"+n), f.Get("off_start_"+n)
		if date == "" && start == "" {
			continue
		}
		x := scheduler.SlotDay{Off: start == ""}
		var err error
		if x.Date, err = parseCivil(date); err != nil {
			f.fault("off_"+n, v.word("fault.date"))
		}
		if start != "" {
			var ok bool
			if x.Start, ok = timeOfDay(start); !ok {
				f.fault("off_"+n, v.word("fault.date"))
			}
		}
		sl.DaysOff = append(sl.DaysOff, x)
	}
}

// monthDayOf reads "15/11", also "15-11" and "15.11".
func monthDayOf(text string) (scheduler.MonthDay, bool) {
	day, month, ok := strings.Cut(strings.NewReplacer("-", "/", ".", "/", " ", "").Replace(text), "/")
	d, errD := strconv.Atoi(day)
	m, errM := strconv.Atoi(month)
	md := scheduler.MonthDay{Month: time.Month(m), Day: d}
	return md, ok && errD == nil && errM == nil && md.Valid()
}

// typedMinutes reads minutes as people write them, with a point or a comma; nothing is
// none.
func typedMinutes(text string) (time.Duration, bool) {
	text = strings.Replace(strings.TrimSpace(text), ",", ".", 1)
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= 10000) {
		return 0, false
	}
	return time.Duration(n * float64(time.Minute)).Round(time.Second), true
}
