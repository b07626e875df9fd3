package calendar

import "time"

// Freq is how often a Pattern comes round; Interval says each how-manieth time.
type Freq string

// The frequencies of RFC 5545.
const (
	Secondly Freq = "SECONDLY"
	Minutely Freq = "MINUTELY"
	Hourly   Freq = "HOURLY"
	Daily    Freq = "DAILY"
	Weekly   Freq = "WEEKLY"
	Monthly  Freq = "MONTHLY"
	Yearly   Freq = "YEARLY"
)

// SkipRule says what becomes of a day or a month that a year lacks (RFC 7529).
type SkipRule string

// The skip rules. The empty one is Omit.
const (
	Omit     SkipRule = "OMIT"     // it is left out
	Backward SkipRule = "BACKWARD" // the last one before it is taken
	Forward  SkipRule = "FORWARD"  // the first one after it is taken
)

// MonthName is a month of the year, 1 to 12; Leap is the leap month behind it
// of a lunar year.
type MonthName struct {
	Number int
	Leap   bool
}

// WeekdayIn is a weekday, of which N counts within the month or the year: the
// first is 1, the last -1, and 0 is every one.
type WeekdayIn struct {
	N   int
	Day time.Weekday
}

// Pattern is one RRULE, spelled out. Empty lists restrict nothing.
type Pattern struct {
	Freq      Freq
	Interval  int  // from 1
	Lunar     bool // months, days and years are those of the Vietnamese lunar calendar
	Skip      SkipRule
	Months    []MonthName
	Weeks     []int // 1 to 53, -1 is the last of the year
	YearDays  []int // 1 to 366 (lunar 385), -1 is the last of the year
	MonthDays []int // 1 to 31 (lunar 30), -1 is the last of the month
	Weekdays  []WeekdayIn
	Hours     []int // 0 to 23
	Minutes   []int // 0 to 59
	Seconds   []int // 0 to 59
	Times     []int // of Daily and above, seconds after midnight, instead of Hours, Minutes and Seconds (BYTIME)
	Positions []int // of what each period gives only the first (1), the last (-1) …
	WeekStart time.Weekday
	Offset    int   // days that every time is moved by; -2 is two days before
	Count     int   // how many times in all, 0: no limit
	Until     Stamp // the last time that may be named; zero: no limit
}

// Form is a Rule in parts, for putting it into words. What the text left to the
// start is filled in: a weekly pattern has its weekday, a daily one its time.
type Form struct {
	Start    Civil
	AllDay   bool   // the start has no time of day
	Zone     string // IANA name; empty: that of the place
	Pattern  *Pattern
	Times    []int   // seconds after midnight at which it comes on its days; nil when Freq is finer than Daily
	Added    []Stamp // further times (RDATE)
	Excepted []Stamp // times left out (EXDATE)
}

// Form takes the rule apart. The slices are the rule's own: read them only.
func (r Rule) Form() Form {
	f := Form{Start: r.start, AllDay: r.allDay, Zone: r.Zone(), Added: r.added, Excepted: r.excepted}
	if r.engine != nil {
		p := r.engine.Pattern
		f.Pattern, f.Times = &p, r.engine.times
	} else {
		f.Times = []int{r.start.Second}
	}
	return f
}

// effective fills in what a pattern leaves to the start, as RFC 5545 section
// 3.3.10 has it. start is the start less the offset.
func (p Pattern) effective(start Civil) Pattern {
	if len(p.Weeks)+len(p.YearDays)+len(p.MonthDays)+len(p.Weekdays) == 0 {
		number, leap, day := int(start.Date.Month), false, start.Date.Day
		if p.Lunar {
			l := lunarOf(dayNumber(start.Date))
			number, leap, day = l.Month, l.Leap, l.Day
		}
		switch p.Freq {
		case Yearly:
			if len(p.Months) == 0 {
				p.Months = []MonthName{{Number: number, Leap: leap}}
			}
			p.MonthDays = []int{day}
		case Monthly:
			p.MonthDays = []int{day}
		case Weekly:
			p.Weekdays = []WeekdayIn{{Day: start.Date.Weekday()}}
		}
	}
	if len(p.Times) > 0 {
		return p
	}
	unit := p.Freq.unit()
	if len(p.Hours) == 0 && unit > 3600 {
		p.Hours = []int{start.Second / 3600}
	}
	if len(p.Minutes) == 0 && unit > 60 {
		p.Minutes = []int{start.Second / 60 % 60}
	}
	if len(p.Seconds) == 0 && unit > 1 {
		p.Seconds = []int{start.Second % 60}
	}
	return p
}

// unit is the shortest length of one period in seconds, a day for all above it.
func (f Freq) unit() int {
	switch f {
	case Secondly:
		return 1
	case Minutely:
		return 60
	case Hourly:
		return 3600
	default:
		return secondsPerDay
	}
}
