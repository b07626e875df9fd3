package vi

import "strings"

// phone reads telephone, account and identity numbers digit by digit, in groups
// with a pause between.
func (ts tokens) phone(i int) (reading, bool) {
	start, said := i, ""
	switch {
	case ts.is(i, "+") && ts.stuckNumber(i+1) && strings.HasPrefix(ts.at(i+1).text, "84"):
		start, said = i+1, "cộng "
	case ts.is(i, "(") && ts.stuckNumber(i+1) && ts.stuck(i+2, ")") && ts.number(i+3) && ts.at(i + 1).text[0] == '0':
		start = i + 1
	}
	if !ts.number(start) {
		return reading{}, false
	}
	rows, n := ts.phoneRows(start, said != "")
	if n == 0 {
		rows, n = ts.shortPhone(start)
	}
	if n == 0 {
		return reading{}, false
	}
	return reading{n: start - i + n, text: said + digitGroups(rows)}, true
}

// phoneRows collects groups of digits behind points, dashes, spaces and the
// bracket of an area code until they are a telephone number.
func (ts tokens) phoneRows(i int, abroad bool) ([]string, int) {
	first := ts.at(i).text
	hotline := strings.HasPrefix(first, "1800") || strings.HasPrefix(first, "1900")
	if !hotline && !abroad && (first[0] != '0' || len(first) < 3) {
		return nil, 0
	}
	rows, sum, j := []string{first}, len(first), i+1
	for sum < 10 && len(rows) < 6 {
		next := j
		if mark := ts.at(j).text; mark == "." || mark == "-" || mark == ")" {
			next++
		}
		if !ts.number(next) || len(ts.at(next).text) > 7 || len(ts.at(next).text) < 2 || hotline && sum >= 8 {
			break
		}
		row := ts.at(next).text
		rows, sum, j = append(rows, row), sum+len(row), next+1
	}
	switch {
	case hotline && (sum == 8 || sum == 10), abroad && sum >= 9 && sum <= 12, first[0] == '0' && (sum == 10 || sum == 11):
	default:
		return nil, 0
	}
	if len(rows) == 1 {
		rows = groupDigits(first)
	}
	return rows, j - i
}

// shortPhone reads what stands behind a word that announces such a number: 113,
// an account, an identity card.
func (ts tokens) shortPhone(i int) ([]string, int) {
	row := ts.at(i).text
	if ts.stuck(i+1, ".") && ts.stuckNumber(i+2) || ts.stuck(i+1, ",") && ts.stuckNumber(i+2) || ts.stuck(i+1, "/") || len(row) > 40 {
		return nil, 0
	}
	switch {
	case ts.after(i, "sđt", "đt", "thoại", "hotline", "fax", "đài", "nóng", "zalo", "máy") && len(row) >= 3,
		ts.after(i, "stk", "tk", "cccd", "cmnd", "mst", "khoản", "thuế", "imei", "otp", "pin") && len(row) >= 5,
		ts.after(i, "số", "mã") && len(row) >= 9,
		emergencyNumber(row) && ts.called(i):
		return groupDigits(row), 1
	}
	return nil, 0
}

// called says whether the short number at token i is called, or stands in a list
// of such: gọi 113, 114 hoặc 115.
func (ts tokens) called(i int) bool {
	for range 5 {
		if ts.after(i, "số", "gọi") {
			return true
		}
		switch ts.lower(i - 1) {
		case ",", "/", "-", "và", "hoặc", "hay":
		default:
			return false
		}
		if i -= 2; !emergencyNumber(ts.at(i).text) {
			return false
		}
	}
	return false
}

// emergencyNumber says whether row is one of the country's short numbers.
func emergencyNumber(row string) bool {
	switch row {
	case "111", "112", "113", "114", "115":
		return true
	}
	return false
}
