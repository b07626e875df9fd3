package vi

import "unicode"

// fraction reads 1/2, 2/3 số hộ, 5 1/2, and what is only so much out of so much.
func (ts tokens) fraction(i int) (reading, bool) {
	if r, ok := ts.outOf(i); ok {
		return r, true
	}
	if !ts.number(i) || !ts.stuck(i+1, "/") || !ts.stuckNumber(i+2) {
		return reading{}, false
	}
	num, den := ts.at(i).text, ts.at(i+2).text
	if len(num) > longestNumeral || len(den) > longestNumeral {
		return reading{n: 3, text: digitGroups(groupDigits(num)) + " trên " + digitGroups(groupDigits(den)), numeric: true}, true
	}
	text, part := ts.ratio(i, num, den)
	r := reading{n: 3, text: text, numeric: true}
	if _, date := ts.dayMonth(i); part && date && ts.alone(i, 3) {
		r.doubt = Ambiguous // 3/4 may be a day
	}
	more, n := ts.belongings(i+3, "")
	r.text, r.n = r.text+more, r.n+n
	return r, true
}

// ratio reads num/den: as part of a whole (ba phần tư), or as so many out of so
// many (chín trên mười hai thôn).
func (ts tokens) ratio(i int, num, den string) (text string, part bool) {
	if ts.after(i, "thứ", "hạng") {
		return ordinal(num) + " trên " + numeral(den), false // thứ 2/10
	}
	mixed := ts.number(i-1) && ts.at(i).gap
	counted := ts.counted(i+3) && !quarter(den)
	part = !counted && (proper(num, den) || less(num, den) && (mixed || ts.alone(i, 3)))
	switch {
	case part && mixed:
		return "và " + numeral(num) + " phần " + month(den), true // phần tư
	case part:
		return numeral(num) + " phần " + month(den), true
	case num[0] == '0' || den[0] == '0':
		return digitByDigit(num) + " trên " + numeral(den), false
	}
	return numeral(num) + " trên " + numeral(den), false
}

// quarter says whether den is so small that nobody counts by it: two thirds of the
// delegates are a part even of people.
func quarter(den string) bool { return den == "2" || den == "3" || den == "4" }

// alone says whether the n tokens from i on are a clause of their own, with no word
// beside them, so that 23/45 is the number of that value and not a score.
func (ts tokens) alone(i, n int) bool {
	before, next := ts.at(i-1), ts.at(i+n)
	return before.kind != word && next.kind != word && next.text != "%" && before.kind != digits && !ts.is(i-1, "/") && !ts.is(i+n, "/")
}

// counted says whether things follow that are told one by one, so that 7/9 thôn
// is so many out of so many, neither a part nor a date. A village with its name
// is one place: 9/9 thôn Ún Tà is a day.
func (ts tokens) counted(i int) bool {
	switch ts.lower(i) {
	case "thôn", "bản", "xóm", "tổ", "xã", "phường", "huyện", "tỉnh", "trường", "lớp":
		return !unicode.IsUpper([]rune(ts.at(i + 1).text)[0])
	case "chi", "tiêu", "đại", "thành", "chỉ", "đảng", "hội", "học":
		switch ts.lower(i + 1) {
		case "bộ", "chí", "biểu", "viên", "tiêu", "sinh":
			return true
		}
	case "hộ", "người", "khẩu", "em", "cháu":
		return len(ts.at(i-1).text) > 1 // three fifths of the people, but 5 out of 12
	case "phiếu", "câu", "điểm", "trận", "môn":
		return true
	}
	return false
}

// outOf reads 1.250/1.300, where one of the two is more than a row of digits.
func (ts tokens) outOf(i int) (reading, bool) {
	num, n := ts.amount(i)
	if n == 0 || !ts.stuck(i+n, "/") || !ts.stuckNumber(i+n+1) {
		return reading{}, false
	}
	den, m := ts.amount(i + n + 1)
	return reading{n: n + 1 + m, text: num + " trên " + den, numeric: true}, n > 1 || m > 1
}

// proper says whether num/den is a part of a whole and not a count out of a
// total: both small, or hundredths and thousandths. Nobody says forty-five
// fiftieths.
func proper(num, den string) bool {
	if len(num) > 1 && len(den) == 2 || num[0] == '0' || den[0] == '0' || !less(num, den) {
		return false
	}
	return len(den) <= 2 || den == "100" || den == "1000"
}

// less says whether the row of digits a is less than b, neither with leading
// noughts.
func less(a, b string) bool {
	if a[0] == '0' || b[0] == '0' {
		return false
	}
	return len(a) < len(b) || len(a) == len(b) && a < b
}
