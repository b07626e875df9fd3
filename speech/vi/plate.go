package vi

import "strings"

// plate reads the number of a vehicle: 24A-123.45, 24-B1 234.56, 29C1-12345. The
// province is a number, the letter has its name, the rest is told digit by digit.
func (ts tokens) plate(i int) (reading, bool) {
	province, ok := ts.small(i, 2)
	if !ok || province < 11 || len(ts.at(i).text) != 2 {
		return reading{}, false
	}
	j := i + 1
	if ts.stuck(j, "-") || ts.at(j).gap && ts.at(j).kind == word && ts.onVehicle(i) {
		if ts.is(j, "-") {
			j++
		}
	} else if ts.at(j).gap {
		return reading{}, false
	}
	series := ts.at(j)
	letters, ok := plateSeries(series)
	if !ok {
		return reading{}, false
	}
	j++
	if ts.stuckNumber(j) && len(ts.at(j).text) == 1 {
		letters += " " + digitName(ts.at(j).text[0])
		j++
	}
	rows, n := ts.plateRows(j, i)
	if n == 0 {
		return reading{}, false
	}
	return reading{n: j - i + n, text: numeral(ts.at(i).text) + " " + letters + ", " + digitGroups(rows)}, true
}

// plateSeries names the one or two letters of a series.
func plateSeries(t *token) (string, bool) {
	letters := []rune(t.text)
	if t.kind != word || len(letters) > 2 || !capitals(t.text) {
		return "", false
	}
	return spell(t.text)
}

// plateRows matches the serial number of four or five digits that begins at token
// j, behind a dash, point or space. Without a word for a vehicle before it, it must
// be parted by a dash and have five digits.
func (ts tokens) plateRows(j, i int) ([]string, int) {
	from := j
	parted := ts.stuck(j, "-") || ts.is(j, "-") && ts.onVehicle(i) || ts.stuck(j, ".")
	if parted {
		j++
	}
	if !ts.number(j) || !parted && !ts.at(j).gap && !ts.onVehicle(i) {
		return nil, 0
	}
	rows := []string{ts.at(j).text}
	j++
	if len(rows[0]) == 3 && ts.stuck(j, ".") && ts.stuckNumber(j+1) && len(ts.at(j+1).text) == 2 {
		return append(rows, ts.at(j+1).text), j + 2 - from
	}
	sure := ts.onVehicle(i)
	switch len(rows[0]) {
	case 5:
		if parted || sure {
			return []string{rows[0][:3], rows[0][3:]}, j - from
		}
	case 4:
		if sure {
			return rows, j - from
		}
	}
	return nil, 0
}

// onVehicle says whether a vehicle or its plate is spoken of before token i.
func (ts tokens) onVehicle(i int) bool {
	return ts.before(i, 8, "biển", "bks", "xe", "ô", "máy", "bs", "kiểm", "đkxe") || strings.EqualFold(ts.at(i-1).text, "BS")
}
