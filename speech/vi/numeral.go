package vi

import "strings"

// digitName is the name of one digit.
func digitName(d byte) string {
	return [...]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}[d-'0']
}

// longestNumeral is the digits of the longest number that is read as one:
// a milliard milliard. Longer ones are no amounts, but keys.
const longestNumeral = 19

// numeral reads a row of digits as one number, the Northern way of broadcasting:
// nghìn, linh, mười lăm, hai mươi mốt, hai mươi tư, and "không trăm" kept
// (hai nghìn không trăm hai mươi sáu). Leading zeros count for nothing.
func numeral(row string) string {
	row = strings.TrimLeft(row, "0")
	switch {
	case row == "":
		return "không"
	case len(row) > longestNumeral && (len(row) > 28 || !strings.HasSuffix(row, "000000000")):
		return digitByDigit(row)
	}
	return strings.Join(billions(nil, row, false), " ")
}

// billions reads above a thousand million by reading what stands before it as a
// number of its own: một nghìn tỷ, một tỷ tỷ.
func billions(out []string, row string, inside bool) []string {
	if len(row) > 9 {
		cut := len(row) - 9
		if high := strings.TrimLeft(row[:cut], "0"); high != "" {
			out = append(billions(out, high, inside), "tỷ")
			inside = true
		}
		row = row[cut:]
	}
	names := [...]string{"", "nghìn", "triệu"}
	for len(row) > 0 {
		cut := (len(row) - 1) / 3 * 3
		group := row[:len(row)-cut]
		row = row[len(row)-cut:]
		if strings.Trim(group, "0") == "" {
			continue
		}
		// A lone unit in the middle goes without hundreds: một triệu hai nghìn.
		out = threeDigits(out, group, inside && (cut == 0 || strings.Trim(group[:len(group)-1], "0") != ""))
		if cut > 0 {
			out = append(out, names[cut/3])
		}
		inside = true
	}
	return out
}

// threeDigits reads one to three digits, not all zero. Inside a longer number
// the hundreds are always said.
func threeDigits(out []string, group string, inside bool) []string {
	for len(group) < 3 {
		group = "0" + group
	}
	h, t, u := group[0], group[1], group[2]
	if h != '0' || inside {
		out = append(out, digitName(h), "trăm")
		inside = true
	}
	switch {
	case t == '0' && u == '0':
		return out
	case t == '0' && inside:
		return append(out, "linh", digitName(u))
	case t == '0':
		return append(out, digitName(u))
	case t == '1':
		out = append(out, "mười")
	default:
		out = append(out, digitName(t), "mươi")
	}
	switch {
	case u == '0':
		return out
	case u == '5':
		return append(out, "lăm")
	case u == '1' && t > '1':
		return append(out, "mốt")
	case u == '4' && t > '1':
		return append(out, "tư")
	}
	return append(out, digitName(u))
}

// digitByDigit reads a row of digits one by one.
func digitByDigit(row string) string {
	var b strings.Builder
	b.Grow(len(row) * 6)
	for i := range len(row) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(digitName(row[i]))
	}
	return b.String()
}

// digitGroups reads rows of digits one by one, with a pause between rows.
func digitGroups(rows []string) string {
	read := make([]string, len(rows))
	for i, row := range rows {
		read[i] = digitByDigit(row)
	}
	return strings.Join(read, ", ")
}

// groupDigits cuts a long row for the ear: 4-3-3 for a mobile number of ten
// digits, 4-4 for a hotline, else threes from behind with the odd ones in front.
func groupDigits(row string) []string {
	if len(row) <= 4 {
		return []string{row}
	}
	if len(row) == 8 {
		return []string{row[:4], row[4:]}
	}
	var rows []string
	first := len(row) % 3
	if first == 1 {
		first = 4
	}
	if first > 0 {
		rows, row = append(rows, row[:first]), row[first:]
	}
	for ; len(row) > 0; row = row[3:] {
		rows = append(rows, row[:3])
	}
	return rows
}

// month reads a month: tháng tư, the others as numbers.
func month(row string) string {
	if strings.TrimLeft(row, "0") == "4" {
		return "tư"
	}
	return numeral(row)
}

// ordinal reads what stands behind "thứ": thứ nhất, thứ tư, else as a number.
func ordinal(row string) string {
	switch strings.TrimLeft(row, "0") {
	case "1":
		return "nhất"
	case "4":
		return "tư"
	}
	return numeral(row)
}

// prize reads what stands behind "giải": nhất, nhì, tư, else a number.
func prize(row string) string {
	if row == "2" {
		return "nhì"
	}
	return ordinal(row)
}
