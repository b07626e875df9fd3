package vi

import "strings"

// civil is a date as it was written: rows of digits, empty where there was none.
type civil struct {
	day, month, year string
	n                int // tokens
}

// read says the date, with "ngày" or "tháng" in front unless that was written.
func (c civil) read(prefixed bool) string {
	said := "tháng " + month(c.month)
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

// date reads 31/12/2026, 31-12-2026, 2026-12-31, 2/9, 11/2026 and "tháng 1 2026".
func (ts tokens) date(i int) (reading, bool) {
	if c, ok := ts.fullDate(i); ok {
		return reading{n: c.n, text: c.read(ts.afterDay(i)), numeric: true}, true
	}
	if c, ok := ts.monthYear(i); ok {
		if ts.after(i, "quý", "kỳ", "đợt", "số", "khóa", "khoá", "lần") {
			return reading{n: c.n, text: numeral(c.month) + " năm " + numeral(c.year), numeric: true}, true
		}
		return reading{n: c.n, text: c.read(ts.after(i, "tháng")), numeric: true}, true
	}
	if c, ok := ts.dayMonth(i); ok && ts.dated(i, c) {
		return reading{n: c.n, text: c.read(ts.afterDay(i)), numeric: true}, true
	}
	if y, ok := ts.small(i+1, 4); ok && y >= 1900 && y < 2100 && ts.at(i+1).gap && ts.after(i, "tháng") && ts.isMonth(i) && !ts.stuck(i+2, ".") && !ts.stuck(i+2, ",") {
		return reading{n: 2, text: month(ts.at(i).text) + " năm " + numeral(ts.at(i+1).text)}, true
	}
	return reading{}, false
}

func (ts tokens) afterDay(i int) bool {
	return ts.after(i, "ngày", "mùng", "mồng", "hôm", "rằm")
}

// fullDate matches day, month and year with one kind of separator.
func (ts tokens) fullDate(i int) (civil, bool) {
	sep := ts.at(i + 1).text
	if sep != "/" && sep != "-" && sep != "." || !ts.stuck(i+1, sep) || !ts.stuckNumber(i+2) || !ts.stuck(i+3, sep) || !ts.stuckNumber(i+4) {
		return civil{}, false
	}
	// 1.1.2026.3 is no date, nor is 12/10/2026/QĐ.
	if ts.stuck(i+5, sep) && ts.stuckNumber(i+6) {
		return civil{}, false
	}
	c := civil{day: ts.at(i).text, month: ts.at(i + 2).text, year: ts.at(i + 4).text, n: 5}
	if len(c.day) == 4 {
		return civil{c.year, c.month, c.day, 5}, ts.isYear(i) && ts.isMonth(i+2) && ts.isDay(i+4)
	}
	if !ts.isDay(i) || !ts.isMonth(i+2) {
		return civil{}, false
	}
	return c, ts.isYear(i+4) || sep == "/" && len(c.year) == 2
}

// monthYear matches 11/2026; with another separator only behind "tháng".
func (ts tokens) monthYear(i int) (civil, bool) {
	sep := ts.stuck(i+1, "/") || ts.after(i, "tháng") && (ts.stuck(i+1, "-") || ts.stuck(i+1, "."))
	if !sep || !ts.isMonth(i) || !ts.stuckNumber(i+2) || !ts.isYear(i+2) || ts.stuck(i+3, "/") {
		return civil{}, false
	}
	return civil{month: ts.at(i).text, year: ts.at(i + 2).text, n: 3}, true
}

// dayMonth matches what may be a day and a month, or a fraction.
func (ts tokens) dayMonth(i int) (civil, bool) {
	if !ts.isDay(i) || !ts.stuck(i+1, "/") || !ts.stuckNumber(i+2) || !ts.isMonth(i+2) || ts.stuck(i+3, "/") {
		return civil{}, false
	}
	return civil{day: ts.at(i).text, month: ts.at(i + 2).text, n: 3}, true
}

// dated decides whether d/m is a date by what it is made of and what stands
// around it. A fraction is smaller than one, so 20/11 and 8/3 are dates.
func (ts tokens) dated(i int, c civil) bool {
	if ts.afterDay(i) {
		return true
	}
	if next := ts.at(i + c.n); next.kind == word && (!next.gap || unitName(next.text) != "") || next.text == "%" || ts.partOf(i+c.n) {
		return false
	}
	if ts.counted(i+c.n) && atMost(c.day, c.month) && ts.at(i-1).kind == word && !ts.partOfDay(i) {
		return false
	}
	if c.day == "24" && c.month == "7" && ts.after(i, "trực") {
		return false // all day, all week
	}
	if !proper(c.day, c.month) {
		return true
	}
	if ts.is(i-1, "(") && ts.is(i+c.n, ")") {
		return true
	}
	if ts.dash(i-1) || ts.is(i-1, ",") || ts.after(i, "và", "đến", "tới") {
		if left, ok := ts.dayMonth(i - 4); ok && !proper(left.day, left.month) {
			return true
		}
	}
	return ts.partOfDay(i) || ts.after(i, "lễ", "dịp", "khánh", "qk", "động", "nữ", "nhi", "nghỉ", "nay", "mai", "hết", "trước", "sau", "qua") ||
		ts.weekdayBefore(i)
}

// atMost says whether row a is no more than row b.
func atMost(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return len(a) < len(b) || len(a) == len(b) && a <= b
}

// partOfDay says whether a part of a day stands before token i.
func (ts tokens) partOfDay(i int) bool {
	return ts.after(i, "sáng", "trưa", "chiều", "tối", "đêm")
}

// partOf says whether a word follows of which one can have a part.
func (ts tokens) partOf(i int) bool {
	switch ts.lower(i) {
	case "số", "diện", "tổng", "dân", "quân", "giá", "lượng", "thời", "quãng", "chiều", "hộ", "người", "khẩu", "phiếu", "đại", "thành", "trong", "của", "mức", "cốc", "thìa", "viên", "lần":
		return true
	}
	return false
}

// weekdayBefore says whether "thứ Hai," or "Chủ nhật," stands before token i.
func (ts tokens) weekdayBefore(i int) bool {
	i--
	for ts.is(i, ",") || ts.is(i, "(") {
		i--
	}
	return ts.lower(i) == "nhật" && ts.lower(i-1) == "chủ" || ts.lower(i-1) == "thứ"
}

// dateRange reads 10-12/2026 and 20-25/11[/2026], where the month or year stands
// only once.
func (ts tokens) dateRange(i int) (reading, bool) {
	if !ts.number(i) || !ts.dash(i+1) || !ts.number(i+2) || ts.stuck(i+3, "-") {
		return reading{}, false
	}
	from := ts.at(i).text
	if c, ok := ts.monthYear(i + 2); ok && ts.isMonth(i) && !ts.afterDay(i) {
		text := month(from) + " đến " + c.read(false)
		if !ts.after(i, "tháng") {
			text = "tháng " + text
		}
		return reading{n: 2 + c.n, text: text, numeric: true}, true
	}
	c, ok := ts.fullDate(i + 2)
	if !ok {
		c, ok = ts.dayMonth(i + 2)
		ok = ok && (ts.afterDay(i) || !proper(c.day, c.month) || ts.is(i-1, "("))
	}
	if !ok || !ts.isDay(i) {
		return reading{}, false
	}
	text := numeral(from) + " đến " + c.read(true)
	if !ts.afterDay(i) {
		text = "ngày " + text
	}
	return reading{n: 2 + c.n, text: text, numeric: true}, true
}

// shortDate reads T2 to T7 and CN, the days of the week, and T8 to T12, months,
// also T3/2026.
func (ts tokens) shortDate(i int) (reading, bool) {
	if !ts.is(i, "T") || !ts.stuckNumber(i+1) || !ts.isMonth(i+1) || ts.at(i + 1).text[0] == '0' || ts.stuck(i+2, "-") && ts.stuckNumber(i+3) {
		return reading{}, false
	}
	n := ts.at(i + 1).text
	if c, ok := ts.monthYear(i + 1); ok {
		return reading{n: 1 + c.n, text: c.read(false), numeric: true}, true
	}
	if v, _ := ts.small(i+1, 2); v >= 2 && v <= 7 {
		return reading{n: 2, text: "thứ " + ordinal(n), numeric: true}, true
	}
	return reading{n: 2, text: "tháng " + month(n), numeric: true}, true
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
