// Package calendar is civil time: dates without a zone, the instants at which a
// clock on the wall of a place reads a given date and time of day, also where
// summer time skips or repeats an hour; the Vietnamese lunar calendar; and
// recurrences that are told in both.
//
// The seam for who builds on it:
//
//	Date, Civil      a civil day; a civil day and second. Civil.String is what stands in an occurrence's ID
//	At, From, To     civil time to instant
//	Lunar            ToLunar, ToSolar, ParseLunar, LunarMonthLength, LeapMonth
//	Rule             ParseRule (or ParseRuleFrom, for a text without DTSTART) reads it, String prints it in
//	                 one canonical form to keep, Between and Next list its Moments, Form takes it apart for words
//	Anniversary      a solar or lunar day of the year; Holiday, VietnamHolidays
//	RuleError, DateError   what is wrong with a text: a stable code, the part, the limit
//
// A Rule is parsed once and then used many times: parsing costs microseconds
// (milliseconds with a COUNT of thousands), Between about a microsecond for each
// time it names. Moments of a Rule are unique by Civil and by At, so an ID of a
// schedule and Moment.Civil names each once.
//
// The lunar calendar is computed: new moons after Jean Meeus, Astronomical
// Algorithms, chapter 49, the longitude of the Sun after VSOP87 as Meeus prints
// it (chapter 25), the months by the rules of Hồ Ngọc Đức's "Thuật toán tính âm
// lịch", days by UTC+7. Years are remembered once they are computed. ADR 26 says
// how it was checked.
//
// It is pure: it knows neither the current time nor what a schedule is, and it
// starts no goroutine. Everything may be used from any goroutine. Zones come
// from the caller, or by name from a rule's DTSTART. The rules for skipped and
// repeated times follow RFC 5545 section 3.3.5, recurrences its section 3.3.10
// and RFC 7529.
package calendar
