package vi

import "strings"

// placeNumber reads the number of a house, lane or plot: số 12/3, ngõ 45/6/7,
// số nhà 12A. Its strokes part lanes from lanes and are no fractions.
func (ts tokens) placeNumber(i int) (reading, bool) {
	if !ts.number(i) || !ts.stuck(i+1, "/") || !ts.stuckNumber(i+2) || !ts.after(i, "số", "ngõ", "ngách", "hẻm", "kiệt", "nhà", "phòng", "lô", "thửa", "kiốt", "căn hộ") {
		return reading{}, false
	}
	if ts.isYear(i+2) || len(ts.at(i+2).text) > 4 || len(ts.at(i).text) > 5 {
		return reading{}, false
	}
	rows := []string{ts.at(i).text}
	j := i + 1
	for len(rows) < 5 && ts.stuck(j, "/") && ts.stuckNumber(j+1) {
		rows = append(rows, ts.at(j+1).text)
		j += 2
	}
	if ts.stuck(j, "/") || ts.isYear(j-1) {
		return reading{}, false
	}
	return reading{n: j - i, text: joinRows(rows, " trên ")}, true
}

// letterNumber reads what letters begin and a number ends, where both are known:
// công văn 123, Km98+500, and keys of many digits, AB123456.
func (ts tokens) letterNumber(i int) (reading, bool) {
	t := ts.at(i)
	switch {
	case len(t.text) > 5 || !capitals(t.text):
		return reading{}, false
	case t.text == "CV" && (ts.number(i+1) && ts.at(i+1).gap || ts.is(i+1, "số")):
		return reading{n: 1, text: "công văn"}, true
	case ts.at(i+1).gap || ts.at(i+1).kind == newline:
		return reading{}, false
	case ts.keyLength(i) > 0:
		return ts.keyWithLetters(i)
	case !ts.number(i+1) || len(t.text) > 4:
		return reading{}, false
	}
	row := ts.at(i + 1).text
	if len(row) < 5 && (row[0] != '0' || len(row) < 3) {
		return reading{}, false
	}
	name, ok := spell(t.text)
	if !ok {
		return reading{}, false
	}
	return reading{n: 2, text: strings.Join([]string{name, digitGroups(groupDigits(row))}, " ")}, true
}

// keyWithLetters reads a key of letters and digits behind what announces one, each
// by its name: mã hồ sơ 000.12.H38-261125, mã khách hàng PA05010012345.
func (ts tokens) keyWithLetters(i int) (reading, bool) {
	if ts.keyLength(i) == 0 {
		return reading{}, false
	}
	var said []string
	j, letters, count := i, false, 0
	for ; j < i+16 && (j == i || !ts.at(j).gap); j++ {
		t := ts.at(j)
		if t.kind == mark && (ts.at(j+1).gap || ts.at(j+1).kind == mark) {
			break // the clause's own
		}
		switch {
		case t.kind == digits && len(t.text) <= 20:
			said = append(said, groupDigits(t.text)...)
			count += len(t.text)
		case t.kind == word && len(t.text) <= 5 && capitals(t.text):
			said, letters = append(said, t.text), true
		case (t.text == "." || t.text == "-" || t.text == "/") && !ts.at(j+1).gap && ts.at(j+1).kind != mark:
		default:
			return reading{}, false
		}
	}
	if !letters || count < min(ts.keyLength(i), 6) {
		return reading{}, false
	}
	return reading{n: j - i, text: nameRows(said)}, true
}

// nameRows names what stands in rows of digits and of capitals.
func nameRows(rows []string) string {
	said := make([]string, len(rows))
	for i, row := range rows {
		if row[0] >= '0' && row[0] <= '9' {
			said[i] = digitByDigit(row)
		} else if name, ok := spell(row); ok {
			said[i] = name
		} else {
			said[i] = strings.ToLower(row)
		}
	}
	return strings.Join(said, ", ")
}

// kilometreMark reads a stone of a road: Km98, km 12+300.
func (ts tokens) kilometreMark(i int) (reading, bool) {
	if ts.lower(i) != "km" || !ts.number(i+1) || ts.number(i-1) || ts.is(i-1, "/") {
		return reading{}, false
	}
	text, n := ts.amount(i + 1)
	text, n = "ki lô mét "+text, n+1
	if ts.is(i+n, "+") && ts.number(i+n+1) {
		more, m := ts.amount(i + n + 1)
		text, n = text+" cộng "+more, n+1+m
	}
	return reading{n: n, text: text, numeric: true}, true
}
