package vi

import "strings"

// civil is a date as it was written: rows of digits, empty where there was none.
type civil struct {
	day, month, year string
	n                int  // tokens
	lunar            bool // âm lịch follows
	guess            bool // may be something else
}

// read says the date, with "ngày" or "tháng" in front unless that was written.
func (c civil) read(prefixed bool) string {
	name := month(c.month)
	if c.lunar {
		name = lunarMonth(c.month)
	}
	said := "tháng " + name
	if c.day != "" {
		said = numeral(c.day) + " " + said
	}
	if c.year != "" {
		said += " năm " + numeral(c.year)
	}
	switch {
	case c.day != "" && !prefixed:
		return "ngày " + said
	case c.day == "" && prefixed:
		return strings.TrimPrefix(said, "tháng ")
	}
	return said
}

// lunarMonth names a month of the lunar year: the first and the last have names.
func lunarMonth(row string) string {
	switch strings.TrimLeft(row, "0") {
	case "1":
		return "giêng"
	case "12":
		return "chạp"
	}
	return month(row)
}

// doubt is that of a day which the month does not have.
func (c civil) doubt() Doubt {
	last := "31"
	switch strings.TrimLeft(c.month, "0") {
	case "4", "6", "9", "11":
		last = "30"
	case "2":
		last = "29"
		if c.year != "" && !leap(c.year) {
			last = "28"
		}
	}
	if c.lunar {
		last = "30"
	}
	switch {
	case len(c.day) == 2 && c.day > last:
		return Unusual
	case c.guess:
		return Ambiguous
	}
	return ""
}

// leap says whether the year has a 29 February; years of two digits are of this
// century.
func leap(year string) bool {
	y := 0
	for _, d := range []byte(year) {
		y = y*10 + int(d-'0')
	}
	if len(year) == 2 {
		y += 2000
	}
	return y%4 == 0 && (y%100 != 0 || y%400 == 0)
}

// date reads 31/12/2026, 31-12-2026, 2026-12-31, 2/9, 11/2026 and "tháng 1 2026".
func (ts tokens) date(i int) (reading, bool) {
	if c, ok := ts.fullDate(i); ok {
		return ts.dateReading(i, c), true
	}
	if r, ok := ts.monthsOf(i); ok {
		return r, true
	}
	if c, ok := ts.monthYear(i); ok && !ts.act(i) {
		if ts.after(i, "quý", "kỳ", "đợt", "số", "khóa", "khoá", "lần", "vụ") {
			return reading{n: c.n, text: numeral(c.month) + " năm " + numeral(c.year), numeric: true}, true
		}
		return reading{n: c.n, text: c.read(ts.after(i, "tháng")), numeric: true}, true
	}
	if c, ok := ts.dayMonth(i); ok && ts.dated(i, c) {
		return ts.dateReading(i, c), true
	}
	if c, ok := ts.dashedDay(i); ok {
		return ts.dateReading(i, c), true
	}
	if ts.act(i) {
		return reading{n: 3, text: ts.cardinal(i) + " năm " + numeral(ts.at(i+2).text), numeric: true}, true
	}
	if ts.schoolYear(i) {
		return reading{n: 3, text: numeral(ts.at(i).text) + " đến " + numeral(ts.at(i+2).text), numeric: true}, true
	}
	if y, ok := ts.small(i+1, 4); ok && y >= 1900 && y < 2100 && ts.at(i+1).gap && ts.after(i, "tháng") && ts.isMonth(i) && !ts.stuck(i+2, ".") && !ts.stuck(i+2, ",") {
		return reading{n: 2, text: month(ts.at(i).text) + " năm " + numeral(ts.at(i+1).text)}, true
	}
	return reading{}, false
}

// monthsOf reads 11T/2026, the first months of a year, and the number of a class
// with its year, K12/2026.
func (ts tokens) monthsOf(i int) (reading, bool) {
	if ts.isMonth(i) && ts.stuck(i+1, "T") && ts.stuck(i+2, "/") && ts.stuckNumber(i+3) && ts.isYear(i+3) {
		return reading{n: 4, text: numeral(ts.at(i).text) + " tháng năm " + numeral(ts.at(i+3).text)}, true
	}
	_, ok := ts.monthYear(i)
	if !ok || ts.at(i-1).kind != word || ts.at(i).gap {
		return reading{}, false
	}
	return reading{n: 3, text: numeral(ts.at(i).text) + " năm " + numeral(ts.at(i+2).text)}, true
}

func (ts tokens) dateReading(i int, c civil) reading {
	c.lunar = ts.lunar(i + c.n)
	return reading{n: c.n, text: c.read(ts.afterDay(i) || ts.street(i)), numeric: true, doubt: c.doubt()}
}

// lunar says whether "âm lịch" or its short forms stand at token i.
func (ts tokens) lunar(i int) bool {
	if ts.is(i, "(") {
		i++
	}
	return ts.lower(i) == "âm" || ts.lower(i) == "âl" || ts.is(i, "năm") && heavenlyStem(ts.at(i+1).text)
}

// heavenlyStem says whether w begins the name of a lunar year: năm Bính Ngọ.
func heavenlyStem(w string) bool {
	switch w {
	case "Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý":
		return true
	}
	return false
}

// afterDay says whether the day's name was said already, also of several days:
// ngày 20 và 21/11, các ngày 20, 21, 22/11.
func (ts tokens) afterDay(i int) bool {
	for range 4 {
		if ts.after(i, "ngày", "mùng", "mồng", "hôm", "rằm") {
			return true
		}
		if i--; !ts.is(i, ",") && !ts.is(i, "và") && !ts.is(i, "đến") && !ts.is(i, "hoặc") && !ts.is(i, "tới") && !ts.is(i, "&") {
			return false
		}
		if i--; !ts.isDay(i) || ts.is(i-1, "/") {
			return false
		}
	}
	return false
}

// fullDate matches day, month and year with one kind of separator.
func (ts tokens) fullDate(i int) (civil, bool) {
	sep := ts.at(i + 1).text
	if sep != "/" && sep != "-" && sep != "." || !ts.stuck(i+1, sep) || !ts.stuckNumber(i+2) || !ts.stuck(i+3, sep) || !ts.stuckNumber(i+4) {
		return ts.mixedDate(i)
	}
	// 1.1.2026.3 is no date, nor is 12/10/2026/QĐ.
	if ts.stuck(i+5, sep) && ts.stuckNumber(i+6) {
		return civil{}, false
	}
	c := civil{day: ts.at(i).text, month: ts.at(i + 2).text, year: ts.at(i + 4).text, n: 5}
	if len(c.day) == 4 {
		c.day, c.year = c.year, c.day
		return c, ts.isYear(i) && ts.isMonth(i+2) && ts.isDay(i+4)
	}
	if !ts.isDay(i) || !ts.isMonth(i+2) {
		return civil{}, false
	}
	twoDigits := len(c.year) == 2 && (sep == "/" || ts.afterDay(i))
	return c, ts.isYear(i+4) || twoDigits
}

// mixedDate matches 20-11/2026 and 20/11-2026 behind "ngày", and 20 / 11 / 2026.
func (ts tokens) mixedDate(i int) (civil, bool) {
	if !ts.isDay(i) || !ts.number(i+2) || !ts.isMonth(i+2) || !ts.number(i+4) || !ts.isYear(i+4) {
		return civil{}, false
	}
	c := civil{day: ts.at(i).text, month: ts.at(i + 2).text, year: ts.at(i + 4).text, n: 5}
	spaced := ts.is(i+1, "/") && ts.is(i+3, "/") && ts.at(i+1).gap == ts.at(i+2).gap
	mixed := ts.stuck(i+1, "/") && ts.stuckNumber(i+2) && ts.stuck(i+3, "-") && ts.stuckNumber(i+4) && !ts.stuck(i+5, "/")
	return c, spaced || mixed
}

// monthYear matches 11/2026 and 11-2026; with a point only behind "tháng".
func (ts tokens) monthYear(i int) (civil, bool) {
	recent := ts.stuck(i+1, "-") && ts.at(i+2).text >= "1900" && !ts.dash(i-1) // no range spans that
	sep := ts.stuck(i+1, "/") || recent || ts.after(i, "tháng") && (ts.stuck(i+1, "-") || ts.stuck(i+1, "."))
	if !sep || !ts.isMonth(i) || !ts.stuckNumber(i+2) || !ts.isYear(i+2) || ts.is(i+2, "1000") || ts.stuck(i+3, "/") || ts.stuck(i+3, ".") && ts.stuckNumber(i+4) {
		return civil{}, false
	}
	return civil{month: ts.at(i).text, year: ts.at(i + 2).text, n: 3}, true
}

// dayMonth matches what may be a day and a month, or a fraction.
func (ts tokens) dayMonth(i int) (civil, bool) {
	if !ts.isDay(i) || !ts.stuck(i+1, "/") || !ts.stuckNumber(i+2) || !ts.isMonth(i+2) || ts.stuck(i+3, "/") || ts.stuck(i+3, ",") && ts.stuckNumber(i+4) {
		return civil{}, false
	}
	return civil{day: ts.at(i).text, month: ts.at(i + 2).text, n: 3}, true
}

// dashedDay matches 20-11 and 20.11 where only a day can be meant: behind "ngày",
// or when the second number is the smaller, for a range goes up.
func (ts tokens) dashedDay(i int) (civil, bool) {
	dash := ts.stuck(i+1, "-")
	if !ts.isDay(i) || !dash && !ts.stuck(i+1, ".") || !ts.stuckNumber(i+2) || !ts.isMonth(i+2) || ts.stuck(i+3, "-") || ts.stuck(i+3, "/") || ts.stuck(i+3, ".") && ts.stuckNumber(i+4) {
		return civil{}, false
	}
	c := civil{day: ts.at(i).text, month: ts.at(i + 2).text, n: 3}
	named := ts.afterDay(i) || ts.holiday(i) || !dash && ts.afterHour(i)
	falls := dash && !less(c.day, c.month) // a range goes up
	switch {
	case ts.dash(i - 1), ts.is(i+3, "tháng"), ts.measured(i + 3), ts.is(i+3, "%"):
		return civil{}, false
	case ts.after(i-1, "từ", "các") && !falls:
		return c, ts.is(i+3, "đến")
	case named:
		c.guess = dash && !falls && !ts.holiday(i)
		return c, true
	case falls && !ts.scores(i):
		return c, ts.dayExpected(i) || len(c.day) == 2 && c.day > "12"
	}
	return civil{}, false
}

// holiday says whether a feast is named before token i: Quốc khánh 2-9.
func (ts tokens) holiday(i int) bool {
	return ts.after(i, "khánh", "lễ", "qk", "nữ", "lao động")
}

// act says whether the number and year of a law or a decree stand at token i:
// Luật 15/2023, Thông tư 12/2025.
func (ts tokens) act(i int) bool {
	return ts.number(i) && len(ts.at(i).text) <= 4 && ts.stuck(i+1, "/") && ts.stuckNumber(i+2) && ts.isYear(i+2) && !ts.stuck(i+3, "/") &&
		ts.after(i, "luật", "nđ", "qđ", "nq", "nghị định", "thông tư", "chỉ thị", "nghị quyết", "quyết định", "pháp lệnh", "số")
}

// schoolYear matches 2026/2027 behind what spans two years.
func (ts tokens) schoolYear(i int) bool {
	if !ts.isYear(i) || !ts.stuck(i+1, "/") || !ts.stuckNumber(i+2) || !ts.isYear(i+2) {
		return false
	}
	from, _ := ts.small(i, 4)
	to, _ := ts.small(i+2, 4)
	return to == from+1
}

// shortDate reads T2 to T7 and CN, the days of the week, and T8 to T12, months,
// also T3/2026; Q1/2026, the quarters.
func (ts tokens) shortDate(i int) (reading, bool) {
	if ts.is(i, "Q") && ts.stuckNumber(i+1) && len(ts.at(i+1).text) == 1 && ts.at(i+1).text < "5" && ts.at(i+1).text > "0" {
		if c, ok := ts.monthYear(i + 1); ok {
			return reading{n: 1 + c.n, text: "quý " + numeral(c.month) + " năm " + numeral(c.year), numeric: true}, true
		}
		return reading{}, false
	}
	if !ts.is(i, "T") || !ts.stuckNumber(i+1) || !ts.isMonth(i+1) || ts.at(i + 1).text[0] == '0' || ts.stuck(i+2, "-") && ts.stuckNumber(i+3) {
		return reading{}, false
	}
	n := ts.at(i + 1).text
	if c, ok := ts.monthYear(i + 1); ok {
		return reading{n: 1 + c.n, text: c.read(false), numeric: true}, true
	}
	if v, _ := ts.small(i+1, 2); v >= 2 && v <= 7 && !ts.monthly(i) {
		return reading{n: 2, text: "thứ " + ordinal(n), numeric: true}, true
	}
	return reading{n: 2, text: "tháng " + month(n), numeric: true}, true
}

// monthly says whether the T3 at token i is a month: a year follows, or its
// neighbour T1 or T9 is no day of the week.
func (ts tokens) monthly(i int) bool {
	if ts.is(i+2, "năm") && ts.isYear(i+3) || ts.before(i, 6, "đợt", "vụ", "mùa") && !ts.before(i, 6, "sáng", "chiều", "tối", "ngày") {
		return true
	}
	for _, other := range [...]int{i - 3, i + 3} {
		between := max(i, other) - 1
		if v, ok := ts.small(other+1, 2); ok && ts.is(other, "T") && (v == 1 || v > 7) && (ts.dash(between) || ts.is(between, ",") || ts.is(between, "đến") || ts.is(between, "và")) {
			return true
		}
	}
	return false
}

func (ts tokens) isDay(i int) bool {
	d, ok := ts.small(i, 2)
	return ok && d >= 1 && d <= 31
}

func (ts tokens) isMonth(i int) bool {
	m, ok := ts.small(i, 2)
	return ok && m >= 1 && m <= 12
}

func (ts tokens) isYear(i int) bool {
	y, ok := ts.small(i, 4)
	return ok && y >= 1000 && y < 2200 && len(ts.at(i).text) == 4
}
