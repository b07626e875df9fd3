package vi

import (
	"strings"
	"unicode"
)

// quantity reads a number with what belongs to it: sign, magnitude, currency,
// unit and per what.
func (ts tokens) quantity(i int) (reading, bool) {
	var said []string
	j := i
	if ts.is(j, "-") {
		if !ts.minus(j) {
			return reading{}, false
		}
		said = append(said, "âm")
		j++
	}
	currency := currencySign(ts.at(j).text)
	if currency != "" {
		j++
	}
	amount, n := ts.amount(j)
	if n == 0 || currency != "" && ts.at(j).gap {
		return reading{}, false
	}
	said = append(said, amount)
	j += n
	if name, n := ts.magnitude(j); n > 0 {
		said = append(said, name)
		j += n
	}
	measured := currency != "" || j > i+1 && !ts.number(j-1)
	if currency != "" {
		said = append(said, currency)
	} else if name, n := ts.unit(j); n > 0 {
		said, measured = append(said, name), true
		j += n
	}
	if measured {
		for range 2 {
			name, n := ts.perUnit(j + 1)
			if !ts.is(j, "/") || n == 0 {
				break
			}
			said = append(said, "trên", name)
			j += 1 + n
		}
		next := ts.at(j + 1)
		if ts.stuck(j, "/") && !next.gap && (next.kind == digits || next.kind == word && len(next.text) > 1 && next.text == strings.ToLower(next.text)) {
			// 20ml/16 lít, 3 USD/thùng: what follows is read by itself
			said = append(said, "trên")
			j++
		}
	}
	return reading{n: j - i, text: strings.Join(said, " "), numeric: true}, true
}

// plus reads the sign of 98+500, of a level and what is above it, and of a sum.
func (ts tokens) plus(i int) (reading, bool) {
	before := ts.at(i - 1).kind
	return reading{n: 1, text: "cộng"}, ts.is(i, "+") && ts.number(i+1) && (before == digits || before == word && ts.at(i).gap && ts.at(i+1).gap)
}

// minus says whether the dash at token i makes the number behind it negative.
func (ts tokens) minus(i int) bool {
	if !ts.stuckNumber(i + 1) {
		return false
	}
	before := ts.at(i - 1)
	if before.kind == mark {
		return !ts.dash(i - 1)
	}
	return ts.at(i).gap && before.kind != digits
}

// amount reads a number as it is written in Vietnam: 1.250.000, 19,5, also
// 1,234,567 and 1.5, and says how many tokens it has.
func (ts tokens) amount(i int) (string, int) {
	if !ts.number(i) {
		return "", 0
	}
	row := ts.at(i).text
	dots, commas := ts.groups(i+1, "."), ts.groups(i+1, ",")
	switch {
	case len(dots) > 0 && thousands(row, dots):
		n := 1 + 2*len(dots)
		whole := numeral(row + strings.Join(dots, ""))
		if tail := ts.groups(i+n, ","); len(tail) == 1 {
			return whole + " phẩy " + decimals(tail[0]), n + 2
		}
		return whole, n
	case len(dots) == 1:
		return ts.cardinal(i) + " chấm " + decimals(dots[0]), 3
	case len(dots) > 1:
		return joinRows(append([]string{row}, dots...), " chấm "), 1 + 2*len(dots)
	case len(commas) > 1 && thousands(row, commas):
		return numeral(row + strings.Join(commas, "")), 1 + 2*len(commas)
	case len(commas) == 1 && len(commas[0]) == 3 && thousands(row, commas) && len(ts.groups(i+3, ".")) == 1:
		return numeral(row+commas[0]) + " phẩy " + decimals(ts.at(i+4).text), 5
	case len(commas) == 1 && !ts.after(i, "thôn", "bản", "tổ", "xóm", "khu", "khoản", "điều", "điểm", "ngày", "tháng", "lớp", "nhóm"):
		return numeral(row) + " phẩy " + decimals(commas[0]), 3
	case len(commas) > 0:
		return joinRows(append([]string{row}, commas...), ", "), 1 + 2*len(commas)
	}
	return ts.cardinal(i), 1
}

// groups collects up to 12 rows of digits that follow from token i, each behind
// sep, without spaces.
func (ts tokens) groups(i int, sep string) []string {
	var rows []string
	for ; len(rows) < 12 && ts.stuck(i, sep) && ts.stuckNumber(i+1); i += 2 {
		rows = append(rows, ts.at(i+1).text)
	}
	return rows
}

// thousands says whether rows are the groups of three behind first.
func thousands(first string, rows []string) bool {
	if len(first) > 3 || first[0] == '0' {
		return false
	}
	for _, row := range rows {
		if len(row) != 3 {
			return false
		}
	}
	return true
}

// decimals reads what stands behind the comma, digit by digit.
func decimals(row string) string { return digitByDigit(row) }

func joinRows(rows []string, sep string) string {
	said := make([]string, len(rows))
	for i, row := range rows {
		said[i] = numeral(row)
	}
	return strings.Join(said, sep)
}

// cardinal reads one row of digits by what stands around it.
func (ts tokens) cardinal(i int) string {
	row := ts.at(i).text
	switch {
	case ts.after(i, "tháng") && len(row) <= 2:
		return month(row)
	case ts.after(i, "thứ", "hạng") && len(row) <= 2:
		return ordinal(row)
	case len(row) > longestNumeral || row[0] == '0' && len(row) > 4:
		return digitGroups(groupDigits(row))
	case row[0] == '0' && len(row) > 1 && !ts.counts(i):
		return digitByDigit(row)
	}
	return numeral(row)
}

// counts says whether a number with a leading zero is an amount, as in "05 hộ"
// or "ngày 05", and not a name, as in "Đề án 06".
func (ts tokens) counts(i int) bool {
	if ts.after(i, "ngày", "tháng", "năm", "mùng", "mồng", "lúc", "giờ", "phút", "từ", "đến") {
		return true
	}
	if ts.after(i, "án", "thị", "định", "quyết", "thư", "hoạch", "văn", "số", "mẫu", "biểu", "tổ", "báo", "lệnh", "luật") {
		return false
	}
	next := ts.at(i + 1)
	return next.kind == word && next.gap && next.text == strings.ToLower(next.text) ||
		next.kind == word && unitName(next.text) != "" || next.text == "%" || next.text == "°"
}

// magnitude reads k, tr and t behind a number: 50k, 100tr, 1tr5, 2t.
func (ts tokens) magnitude(i int) (string, int) {
	if ts.at(i).gap {
		return "", 0
	}
	name := ""
	switch ts.at(i).text {
	case "k", "K":
		name = "nghìn"
	case "tr", "Tr", "TR":
		name = "triệu"
	case "t":
		name = "tỷ"
	default:
		return "", 0
	}
	if !ts.stuckNumber(i + 1) {
		return name, 1
	}
	if half := ts.at(i + 1).text; half == "5" {
		return name + " rưỡi", 2
	}
	return name + " " + numeral(ts.at(i+1).text), 2
}

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
	between, read := " trên ", numeral
	if proper(num, den) && !ts.counted(i+3) {
		between, read = " phần ", month // phần tư
	} else if num[0] == '0' || den[0] == '0' {
		return reading{n: 3, text: digitByDigit(num) + between + numeral(den), numeric: true}, true
	}
	text := numeral(num) + between + read(den)
	if proper(num, den) && !ts.counted(i+3) && ts.number(i-1) && ts.at(i).gap {
		text = "và " + text
	}
	n := 3
	if name, m := ts.unit(i + n); m > 0 {
		text, n = text+" "+name, n+m
	}
	return reading{n: n, text: text, numeric: true}, true
}

// counted says whether things follow that are told one by one, so that 7/9 thôn
// is so many out of so many, neither a part nor a date. A village with its name
// is one place: 9/9 thôn Ún Tà is a day.
func (ts tokens) counted(i int) bool {
	switch ts.lower(i) {
	case "thôn", "bản", "xóm", "tổ", "xã", "phường", "huyện", "tỉnh", "trường", "lớp":
		return !unicode.IsUpper([]rune(ts.at(i + 1).text)[0])
	case "chi", "tiêu", "đại", "thành":
		switch ts.lower(i + 1) {
		case "bộ", "chí", "biểu", "viên":
			return true
		}
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
	if len(num) > 1 && len(den) == 2 {
		return false
	}
	if num[0] == '0' || den[0] == '0' || len(num) > len(den) || len(num) == len(den) && num >= den {
		return false
	}
	return len(den) <= 2 || den == "100" || den == "1000"
}
