package calendar

// Tet is the first day of a lunar year as counted that many hours before UTC,
// and how many months the year has: what China counts by UTC+8.
func Tet(year int, hours float64) (Date, int) {
	y := meridian(hours).year(year)
	return dayDate(y.months[0].first), len(y.months)
}
