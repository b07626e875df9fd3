package calendar

import (
	"math"
	"sync/atomic"
	"time"
)

// month is one month of a year in some calendar.
type month struct {
	number int
	leap   bool
	first  int // day number
	length int // days
}

// yearOfMonths is a calendar year laid out in days.
type yearOfMonths struct {
	months []month // in order; 12, or 13 with a leap month
}

// end is the day number after the last day of the year.
func (y yearOfMonths) end() int {
	last := y.months[len(y.months)-1]
	return last.first + last.length
}

// remembered keeps the lunar years that were computed: the same input always
// gives the same year, so that goroutines may fill it at once.
var remembered [LastLunarYear - FirstLunarYear + 4]atomic.Pointer[yearOfMonths]

// lunarYearOf lays out a lunar year from FirstLunarYear-1 to LastLunarYear+1.
func lunarYearOf(year int) yearOfMonths {
	slot := &remembered[year-FirstLunarYear+2]
	if y := slot.Load(); y != nil {
		return *y
	}
	y := vietnam.year(year)
	slot.Store(&y)
	return y
}

// meridian is how many hours before UTC a lunar calendar counts its days.
type meridian float64

// vietnam is the meridian of the Vietnamese calendar since 1968, UTC+7. China
// counts by UTC+8, and that hour is the whole difference between the calendars.
const vietnam meridian = 7

// julianEpoch is the Julian day at which day number 0, 1970-01-01, begins in
// Universal Time.
const julianEpoch = 2440587.5

// midnight is the Julian day of Universal Time at which a day begins.
func (m meridian) midnight(day int) float64 {
	return float64(day) + julianEpoch - float64(m)/24
}

// moonDay is the day on which the k-th new moon falls.
func (m meridian) moonDay(k int) int {
	jde := newMoon(k)
	return int(math.Floor(jde - deltaT(jde) - m.midnight(0)))
}

// sector says in which twelfth of its year the Sun stands as a day begins: 0
// from the spring equinox, 9 from the winter solstice. A month whose own and
// whose follower's first day begin in the same sector has no principal term.
func (m meridian) sector(day int) int {
	ut := m.midnight(day)
	return int(sunLongitude(ut+deltaT(ut)) / (fullCircle / 12))
}

// eleventh is the number of the new moon that begins the month of the winter
// solstice of a civil year, always the eleventh.
func (m meridian) eleventh(year int) int {
	k := moonBefore(m.midnight(dayNumber(Date{Year: year, Month: time.December, Day: 31}))) + 1
	for m.sector(m.moonDay(k)) >= 9 || m.sector(m.moonDay(k)) < 3 {
		k--
	}
	return k
}

// year lays out the lunar year whose Tết lies in that civil year, by the rules
// that Hồ Ngọc Đức gives in "Thuật toán tính âm lịch": a month begins on the
// day of its new moon; the eleventh holds the winter solstice; where thirteen
// new moons lie between two of them, the first month without a principal term
// (trung khí) is the leap one and has the number of the month before.
func (m meridian) year(year int) yearOfMonths {
	var named []month
	from := m.eleventh(year - 1)
	for y := year; y <= year+1; y++ {
		to := m.eleventh(y)
		named = append(named, m.months(from, to)...)
		from = to
	}
	var tet []int
	for i, n := range named {
		if n.number == 1 && !n.leap {
			tet = append(tet, i)
		}
	}
	return yearOfMonths{months: named[tet[0]:tet[1]:tet[1]]}
}

// months names the months from one eleventh month up to the next.
func (m meridian) months(from, to int) []month {
	out := make([]month, 0, to-from)
	number, leapToCome := 11, to-from == 13
	first := m.moonDay(from)
	for k := from; k < to; k++ {
		next := m.moonDay(k + 1)
		now := month{number: number, first: first, length: next - first}
		if leapToCome && m.sector(first) == m.sector(next) {
			leapToCome = false
			now.number, now.leap = out[len(out)-1].number, true
		} else {
			number = number%12 + 1
		}
		out = append(out, now)
		first = next
	}
	return out
}
