package calendar

// Anniversary is a day that comes once a year, of the civil calendar or of the
// lunar one.
type Anniversary struct {
	Lunar  bool
	Month  int // 1 to 12
	Day    int // from 1; -1 is the last of the month, -2 the one before
	Offset int // days that it is moved by
}

// On is the civil day of the anniversary in a year: in the civil year, or for a
// lunar one in the lunar year whose Tết lies in that civil year (its twelfth
// month mostly ends in the next). The error is a DateError, also in a year that
// has no such day.
func (a Anniversary) On(year int) (Date, error) {
	if a.Lunar {
		return a.onLunar(year)
	}
	s := solarScale{}
	if year < 1 || year > 9999 {
		return Date{}, DateError{Code: DateRange, Text: Lunar{Year: year, Month: a.Month, Day: a.Day}.String(), Limit: "1–9999"}
	}
	none := DateError{Code: DateNone, Text: Lunar{Year: year, Month: a.Month, Day: a.Day}.String()}
	if a.Month < 1 || a.Month > 12 {
		return Date{}, none
	}
	return a.in(s.year(year).months[a.Month-1], none)
}

func (a Anniversary) onLunar(year int) (Date, error) {
	l := Lunar{Year: year, Month: a.Month, Day: a.Day}
	m, err := monthOf(l)
	if err != nil {
		return Date{}, err
	}
	d, err := a.in(m, DateError{Code: DateNone, Text: l.String()})
	if err == nil && d.Compare(firstLunarDay) < 0 {
		err = rangeError(l)
	}
	return d, err
}

func (a Anniversary) in(m month, none DateError) (Date, error) {
	day := a.Day
	if day < 0 {
		day += m.length + 1
	}
	if day < 1 || day > m.length {
		return Date{}, none
	}
	return dayDate(m.first + day - 1 + a.Offset), nil
}

// Holiday is a named stretch of days that comes once a year.
type Holiday struct {
	Code string // stable, for others to word: "tet"
	From Anniversary
	Days int // how many, from 1
}

// On lists the days of the holiday in a year, as Anniversary.On counts them.
func (h Holiday) On(year int) ([]Date, error) {
	first, err := h.From.On(year)
	if err != nil {
		return nil, err
	}
	out := make([]Date, h.Days)
	for i := range out {
		out[i] = first.AddDays(i)
	}
	return out, nil
}

// VietnamHolidays are the public holidays that are commonly kept, as defaults to
// choose from: which days are off in a given year the government announces, and
// nothing here is a claim about the law. Tết runs from the last day of the old
// lunar year to the fifth of the new one; the second day of 2 September may be
// the one before or the one after.
func VietnamHolidays() []Holiday {
	return []Holiday{
		{Code: "new-year", From: Anniversary{Month: 1, Day: 1}, Days: 1},
		{Code: "tet", From: Anniversary{Lunar: true, Month: 1, Day: 1, Offset: -1}, Days: 6},
		{Code: "hung-kings", From: Anniversary{Lunar: true, Month: 3, Day: 10}, Days: 1},
		{Code: "reunification", From: Anniversary{Month: 4, Day: 30}, Days: 1},
		{Code: "labour", From: Anniversary{Month: 5, Day: 1}, Days: 1},
		{Code: "national", From: Anniversary{Month: 9, Day: 2}, Days: 2},
	}
}
