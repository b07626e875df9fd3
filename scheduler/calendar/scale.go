package calendar

import "time"

// scale is a calendar that patterns count in.
type scale interface {
	yearOf(day int) int
	year(y int) yearOfMonths
	monthLength() float64 // mean, in days
}

// solarScale is the Gregorian calendar.
type solarScale struct{}

func (solarScale) yearOf(day int) int { return dayDate(day).Year }

func (solarScale) monthLength() float64 { return 365.2425 / 12 }

func (solarScale) year(y int) yearOfMonths {
	months := make([]month, 12)
	first := dayNumber(Date{Year: y, Month: time.January, Day: 1})
	for i := range months {
		length := dayNumber(Date{Year: y, Month: time.Month(i + 2), Day: 1}) - first
		months[i] = month{number: i + 1, first: first, length: length}
		first += length
	}
	return yearOfMonths{months: months}
}

// lunarScale is the Vietnamese lunar calendar from FirstLunarYear-1 to
// LastLunarYear.
type lunarScale struct{}

func (lunarScale) yearOf(day int) int {
	return min(max(lunarOf(day).Year, FirstLunarYear-1), LastLunarYear)
}

func (lunarScale) monthLength() float64 { return synodicMonth }

func (lunarScale) year(y int) yearOfMonths { return lunarYearOf(y) }

// place finds the year and the month of a day.
func place(s scale, day int) (yearOfMonths, month) {
	year := s.year(s.yearOf(day))
	i := len(year.months) - 1
	for i > 0 && year.months[i].first > day {
		i--
	}
	return year, year.months[i]
}
