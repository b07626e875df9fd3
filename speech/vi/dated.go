package vi

import "strings"

// dated decides whether d/m is a date by what it is made of and what stands
// around it. A fraction is smaller than one, so 20/11 and 8/3 are dates.
func (ts tokens) dated(i int, c civil) bool {
	if ts.afterDay(i) || ts.street(i) {
		return true
	}
	if ts.divided(i, c) {
		return false
	}
	if !proper(c.day, c.month) {
		return true
	}
	if ts.is(i-1, "(") && ts.is(i+c.n, ")") {
		return true
	}
	if ts.followsDay(i) {
		return true
	}
	if ts.is(i-1, ",") && ts.before(i, 14, "lịch") {
		return true
	}
	if right, ok := ts.dayMonth(i + c.n + 1); ok && ts.dash(i+c.n) && !proper(right.day, right.month) {
		return true // 1/12 - 15/12
	}
	return ts.dayExpected(i) || ts.lunar(i+c.n)
}

// followsDay says whether d/m at token i continues a row of days: 5/12 - 7/12 và
// 9/12.
func (ts tokens) followsDay(i int) bool {
	for range 4 {
		if !ts.dash(i-1) && !ts.is(i-1, ",") && !ts.is(i-1, "và") && !ts.is(i-1, "đến") && !ts.is(i-1, "tới") {
			return false
		}
		i -= 4
		left, ok := ts.dayMonth(i)
		if !ok {
			return false
		}
		if !proper(left.day, left.month) || ts.afterDay(i) || ts.dayExpected(i) {
			return true
		}
	}
	return false
}

// street says whether a street or a square bears the day as its name: đường 30/4.
func (ts tokens) street(i int) bool {
	return ts.after(i, "đường", "phố", "trường", "chợ", "cầu")
}

// divided says whether d/m is surely no date: a measure follows, or what is told
// by parts.
func (ts tokens) divided(i int, c civil) bool {
	next := ts.at(i + c.n)
	if next.kind == word && (!next.gap || unitName(next.text) != "") || next.text == "%" || ts.partOf(i+c.n) {
		return true
	}
	if ts.counted(i+c.n) && atMost(c.day, c.month) && !ts.partOfDay(i) {
		return true
	}
	if ts.after(i, "thứ", "hạng") {
		return true // thứ 2/10
	}
	if c.month == "7" && ts.is(i+c.n, "ngày") && atMost(c.day, c.month) {
		return true // 7/7 ngày
	}
	if ts.after(i, "đạt", "chiếm", "bằng", "gấp", "hơn", "gần", "khoảng", "còn", "lệ", "nửa", "giảm", "tăng", "được", "thiếu", "mất", "phiếu") && proper(c.day, c.month) {
		return true
	}
	// All day, all week.
	return c.day == "24" && c.month == "7" && !ts.dayExpected(i) && !ts.after(i, "đến", "tới") && ts.before(i, 12, "trực", "trợ", "việc", "động", "vụ", "đài", "hotline", "nóng", "mở", "liên", "sát", "camera")
}

// dayExpected says whether what stands before token i lets one expect a day.
func (ts tokens) dayExpected(i int) bool {
	if ts.partOfDay(i) || ts.weekdayBefore(i) || ts.afterClock(i) {
		return true
	}
	if ts.before(i, 6, "lịch", "hạn", "lượt") && !ts.before(i, 2, "âm") {
		return true
	}
	return ts.after(i, "lễ", "dịp", "khánh", "qk", "động", "nữ", "nhi", "nghỉ", "nay", "mai", "hết", "trước", "sau", "qua", "từ", "kể", "hạn", "lịch", "vào",
		"họp", "sĩ", "phụ nữ", "thầy thuốc", "chót", "tuần", "tết")
}

// afterClock says whether a time stands before token i: 8h 5/12, 8h00 5/12,
// 8:00 5/12, 8 giờ 5/12.
func (ts tokens) afterClock(i int) bool {
	if ts.at(i-1).kind == digits {
		return ts.at(i).gap && (ts.lower(i-2) == "h" || ts.lower(i-2) == "g" || ts.is(i-2, ":"))
	}
	return ts.after(i, "h", "giờ", "phút") && ts.number(i-2)
}

// afterHour says whether a time stands before token i, also with a mark between:
// 20h00', 31.12.
func (ts tokens) afterHour(i int) bool {
	j := i - 1
	for n := 0; n < 3 && (ts.is(j, ",") || ts.is(j, "'") || ts.is(j, "(")); n++ {
		j--
	}
	h := j - 1
	if !ts.number(j) {
		h = j // 20h, 31.12
	}
	return (ts.lower(h) == "h" || ts.lower(h) == "g" || ts.is(h, ":") && !ts.at(h).gap) && ts.number(h-1) && ts.isHour(h-1)
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
	case "số", "diện", "tổng", "dân", "quân", "giá", "lượng", "thời", "quãng", "chiều", "hộ", "người", "khẩu", "phiếu", "đại", "thành", "trong", "của", "mức", "cốc", "thìa", "viên", "lần",
		"chặng", "đoạn", "kích", "muỗng", "bát", "chén", "quả", "gói", "ống", "liều", "cân", "lít", "mét", "ki", "héc", "sào", "tấn", "tạ", "giờ", "đồng", "vốn", "tiền", "mảnh", "nửa", "trái", "cái", "con", "khối", "kế", "đường", "cuộc", "đời", "trữ", "dung", "thể":
		return true
	}
	return false
}

// weekdayBefore says whether "thứ Hai," or "Chủ nhật," or CN or T7 stands before
// token i.
func (ts tokens) weekdayBefore(i int) bool {
	i--
	for n := 0; n < 3 && (ts.is(i, ",") || ts.is(i, "(")); n++ {
		i--
	}
	switch {
	case ts.lower(i-1) == "thứ", ts.lower(i) == "nhật" && ts.lower(i-1) == "chủ", ts.is(i, "CN"), ts.is(i-1, "T") && ts.stuckNumber(i):
		return true
	}
	return false
}

// dayList reads the days of one month, 1,2,3/12 and 24-25-26/12, behind "ngày".
func (ts tokens) dayList(i int) (reading, bool) {
	if !ts.isDay(i) || !ts.after(i, "ngày", "hôm", "mùng", "mồng") {
		return reading{}, false
	}
	said, j := []string{numeral(ts.at(i).text)}, i+1
	sep := ts.at(j).text
	for len(said) < 12 && (sep == "," || sep == "-") && ts.stuck(j, sep) && ts.stuckNumber(j+1) && ts.isDay(j+1) {
		if c, ok := ts.fullDate(j + 1); ok {
			return reading{n: j + 1 + c.n - i, text: strings.Join(append(said, c.read(true)), ", "), doubt: c.doubt()}, true
		}
		if c, ok := ts.dayMonth(j + 1); ok {
			return reading{n: j + 1 + c.n - i, text: strings.Join(append(said, c.read(true)), ", "), doubt: c.doubt()}, sep == "," || len(said) > 1
		}
		said, j = append(said, numeral(ts.at(j+1).text)), j+2
	}
	return reading{}, false
}

// dateRange reads 10-12/2026 and 20-25/11[/2026], where the month or year stands
// only once.
func (ts tokens) dateRange(i int) (reading, bool) {
	if !ts.number(i) || !ts.dash(i+1) || !ts.number(i+2) || ts.stuck(i+3, "-") || ts.at(i-1).kind == word && !ts.at(i).gap { // lớp 9A1 - 5/12 em
		return reading{}, false
	}
	from := ts.at(i).text
	if c, ok := ts.monthYear(i + 2); ok && ts.isMonth(i) && !ts.afterDay(i) {
		text := month(from) + " đến " + c.read(false)
		if ts.after(i, "quý") {
			text = numeral(from) + " đến quý " + numeral(c.month) + " năm " + numeral(c.year)
		} else if !ts.after(i, "tháng") {
			text = "tháng " + text
		}
		return reading{n: 2 + c.n, text: text, numeric: true}, true
	}
	c, ok := ts.fullDate(i + 2)
	if !ok {
		if c, ok = ts.dayMonth(i + 2); ok {
			c.guess = !ts.afterDay(i) && proper(c.day, c.month) && !ts.is(i-1, "(") && !ts.dayExpected(i)
			ok = !c.guess || less(from, c.day) && !ts.divided(i+2, c)
		}
	}
	if !ok || !ts.isDay(i) {
		return reading{}, false
	}
	c.lunar = ts.lunar(i + 2 + c.n)
	text := numeral(from) + " đến " + c.read(true)
	if !ts.afterDay(i) {
		text = "ngày " + text
	}
	return reading{n: 2 + c.n, text: text, numeric: true, doubt: c.doubt()}, true
}
