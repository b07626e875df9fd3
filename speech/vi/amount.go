package vi

import (
	"strings"
	"unicode"
)

// amount reads a number as it is written in Vietnam: 1.250.000, 1 250 000, 19,5,
// also 1,234,567 and 1.5, and says how many tokens it has.
func (ts tokens) amount(i int) (string, int) {
	if !ts.number(i) {
		return "", 0
	}
	if row, n := ts.spaced(i); n > 0 {
		return ts.withTail(numeral(row), i, n)
	}
	if dots := ts.groups(i+1, "."); len(dots) > 0 {
		return ts.dotted(i, dots)
	}
	if commas := ts.groups(i+1, ","); len(commas) > 0 {
		return ts.comma(i, commas)
	}
	return ts.cardinal(i), 1
}

// withTail adds the decimals behind whole, which has n tokens from i on.
func (ts tokens) withTail(whole string, i, n int) (string, int) {
	if tail := ts.groups(i+n, ","); len(tail) == 1 {
		return whole + " phẩy " + digitByDigit(tail[0]), n + 2
	}
	return whole, n
}

// dotted reads thousands (1.250.000), an English point (1.5), and versions (2.1.3).
func (ts tokens) dotted(i int, dots []string) (string, int) {
	row, n := ts.at(i).text, 1+2*len(dots)
	switch {
	case thousands(row, dots) && !ts.powerOfTen(i+n) && (len(dots) > 1 || !ts.before(i, 2, "phiên", "version")):
		return ts.withTail(numeral(row+strings.Join(dots, "")), i, n)
	case len(dots) == 1:
		return ts.cardinal(i) + " chấm " + pointDecimals(dots[0]), n
	}
	return joinRows(append([]string{row}, dots...), " chấm "), n
}

// comma reads decimals (19,5), English thousands (1,234,567; 50,000đ; 1,299.5) and
// lists without spaces (thôn 1,2,3).
func (ts tokens) comma(i int, commas []string) (string, int) {
	row, n := ts.at(i).text, 1+2*len(commas)
	inThousands := thousands(row, commas)
	switch {
	case len(commas) > 1 && inThousands, inThousands && ts.coinless(i+n), inThousands && commas[0] == "000":
		return ts.pointTail(numeral(row+strings.Join(commas, "")), i, n)
	case len(commas) == 1 && inThousands && len(ts.groups(i+n, ".")) == 1:
		return ts.pointTail(numeral(row+commas[0]), i, n)
	case len(commas) == 1 && !ts.listed(i):
		return numeral(row) + " phẩy " + digitByDigit(commas[0]), n
	}
	read := numeral
	if ts.after(i, "thứ", "tháng") {
		read = month // thứ 2,4,6: hai, tư, sáu
	}
	return joinRead(append([]string{row}, commas...), ", ", read), n
}

// pointTail adds the decimals behind an English point: 1,299.5.
func (ts tokens) pointTail(whole string, i, n int) (string, int) {
	if tail := ts.groups(i+n, "."); len(tail) == 1 {
		return whole + " phẩy " + digitByDigit(tail[0]), n + 2
	}
	return whole, n
}

// coinless says whether money follows that has no parts, so that 12,500đ cannot
// be twelve and a half.
func (ts tokens) coinless(i int) bool {
	name, _ := ts.currency(i)
	return name == "đồng"
}

// listed says whether what stands before token i is one of many that have numbers,
// so that thôn 1,2 is two villages.
func (ts tokens) listed(i int) bool {
	if ts.is(i-1, ",") && !ts.at(i).gap && ts.number(i-2) {
		return true // T10,11,12
	}
	if ts.after(i, "tần số", "chỉ số", "hệ số", "tỷ số", "trị số", "thông số") {
		return false
	}
	return ts.after(i, "thôn", "bản", "tổ", "xóm", "khu", "khoản", "điều", "điểm", "ngày", "tháng", "lớp", "nhóm", "đội", "mục", "số", "thứ", "quý", "khối")
}

// spaced matches thousands kept apart by spaces: 1 250 000, 50 000 đồng. One group
// alone may be another number, so it must be round or measured.
func (ts tokens) spaced(i int) (string, int) {
	first := ts.at(i).text
	if len(first) > 3 || first[0] == '0' || !ts.spacedGroup(i+1) || ts.number(i-1) || ts.listed(i) || ts.after(i, "năm", "phẩy", "chấm") {
		return "", 0
	}
	row, n := first, 1
	for n < 9 && ts.spacedGroup(i+n) {
		row += ts.at(i + n).text
		n++
	}
	if next := ts.at(i + n); next.kind == digits || next.text == "/" || next.text == ":" && !next.gap {
		return "", 0
	}
	if n == 2 && ts.at(i+1).text != "000" && !ts.measured(i+n) {
		return "", 0
	}
	return row, n
}

func (ts tokens) spacedGroup(i int) bool {
	return ts.number(i) && ts.at(i).gap && len(ts.at(i).text) == 3
}

// measured says whether a unit, money or what is counted in thousands follows.
func (ts tokens) measured(i int) bool {
	if _, n := ts.unit(i); n > 0 {
		return true
	}
	if _, n := ts.currency(i); n > 0 {
		return true
	}
	switch ts.lower(i) {
	case "hộ", "người", "nhân", "khẩu", "con", "cây", "tấn", "tạ", "lượt", "cử", "học", "hội", "suất", "phiếu", "liều", "mét", "lít", "ki":
		return true
	}
	return false
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

// pointDecimals reads what stands behind an English point digit by digit; the last
// five behind another digit is "lăm", as in the tens that are left unsaid: 1.55 is
// "một chấm năm lăm".
func pointDecimals(row string) string {
	said := digitByDigit(row)
	if n := len(row); n > 1 && row[n-1] == '5' && row[n-2] != '0' && n < 20 {
		return strings.TrimSuffix(said, "năm") + "lăm"
	}
	return said
}

func joinRows(rows []string, sep string) string { return joinRead(rows, sep, numeral) }

func joinRead(rows []string, sep string, read func(string) string) string {
	said := make([]string, len(rows))
	for i, row := range rows {
		said[i] = read(row)
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
	case row == "4" && ts.inList(i, "thứ", "tháng"):
		return "tư"
	case ts.after(i, "giải") && len(row) == 1:
		return prize(row)
	case len(row) > longestNumeral && !strings.HasSuffix(row, "000000000") || row[0] == '0' && len(row) > 4:
		return digitGroups(groupDigits(row))
	case row[0] == '0' && len(row) > 1 && !ts.counts(i):
		return digitByDigit(row)
	}
	return numeral(row)
}

// inList says whether the number at token i stands in a list that one of the words
// heads: thứ 2, 4 và 6.
func (ts tokens) inList(i int, heads ...string) bool {
	for range 6 {
		switch {
		case ts.after(i, heads...):
			return true
		case !ts.number(i - 2):
			return false
		}
		switch ts.lower(i - 1) {
		case ",", "và", "hoặc", "-", "đến", "hay":
		default:
			return false
		}
		i -= 2
	}
	return false
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
	return next.kind == word && next.gap && (unicode.IsLower(firstRune(next.text)) || abbreviated(next.text) != "" && !isDocumentKind(next.text)) ||
		next.kind == word && unitName(next.text) != "" || next.text == "%" || next.text == "°"
}
