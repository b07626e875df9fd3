package vi

import "strings"

// scientific reads what makes a number a power of ten: the e5 of 3.2e5, the ^-3 of
// 10^-3, the ⁶ of 10⁶.
func (ts tokens) scientific(i int) (string, int) {
	if ts.powerOfTen(i) {
		n, sign := 1, ""
		if !ts.number(i + 1) {
			n++
			if ts.is(i+1, "-") {
				sign = "trừ "
			}
		}
		return " nhân mười mũ " + sign + numeral(ts.at(i+n).text), n + 1
	}
	return ts.exponent(i)
}

// powerOfTen says whether e5, E5, e-5 or e+5 stands at token i.
func (ts tokens) powerOfTen(i int) bool {
	if !ts.stuck(i, "e") && !ts.stuck(i, "E") {
		return false
	}
	n := i + 1
	if ts.stuck(n, "-") || ts.stuck(n, "+") {
		n++
	}
	return ts.stuckNumber(n) && len(ts.at(n).text) <= 3
}

// exponent reads ^5, ^-3 and ⁻³ behind what is raised.
func (ts tokens) exponent(i int) (string, int) {
	if ts.stuck(i, "^") {
		n, sign := 1, ""
		if ts.stuck(i+1, "-") {
			n, sign = 2, "trừ "
		}
		if ts.stuckNumber(i + n) {
			return " mũ " + sign + numeral(ts.at(i+n).text), n + 1
		}
		return "", 0
	}
	n, sign, row := 0, "", ""
	if ts.stuck(i, "⁻") {
		n, sign = 1, "trừ "
	}
	for len(row) < 4 && ts.at(i+n).kind == mark && !ts.at(i+n).gap {
		d := raised(ts.at(i + n).text)
		if d == "" {
			break
		}
		row += d
		n++
	}
	if row == "" || row == "0" && n == 1 { // 38⁰C is a degree
		return "", 0
	}
	return " mũ " + sign + numeral(row), n
}

// raised is the digit that a raised one stands for, "" for others.
func raised(s string) string {
	at := strings.Index("⁰¹²³⁴⁵⁶⁷⁸⁹", s)
	if at < 0 || s == "" {
		return ""
	}
	// ¹, ² and ³ have two bytes, the others three.
	return string(rune('0' + len([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹"[:at]))))
}
