package scheduler

import "loalang/scheduler/calendar"

// lunarDay is a day of a lunar year by the Vietnamese calendar; the 30th of a
// month that has 29 days is its last. False outside the years that are known.
func lunarDay(year, month, day int) (calendar.Date, bool) {
	length, err := calendar.LunarMonthLength(year, month, false)
	if err != nil {
		return calendar.Date{}, false
	}
	d, err := calendar.ToSolar(calendar.Lunar{Year: year, Month: month, Day: min(day, length)})
	return d, err == nil
}
