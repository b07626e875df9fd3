package vi

import "strings"

// time reads 7h30, 17g, 07:00, 5:20:35, 8p45s and the minutes of "7 giờ 05".
func (ts tokens) time(i int) (reading, bool) {
	if !ts.number(i) {
		return reading{}, false
	}
	for _, form := range []func(tokens, int) (string, int){tokens.colonTime, tokens.letterTime, tokens.minuteTime, tokens.spokenMinutes} {
		if text, n := form(ts, i); n > 0 {
			half, m := ts.halfDay(i, i+n)
			return reading{n: n + m, text: text + half, numeric: true}, true
		}
	}
	return ts.colon(i)
}

// isHour says whether token i may be the hour of a day.
func (ts tokens) isHour(i int) bool {
	h, ok := ts.small(i, 2)
	return ok && h <= 24
}

// isSixtieth says whether token i may be minutes or seconds.
func (ts tokens) isSixtieth(i int) bool {
	m, ok := ts.small(i, 2)
	return ok && m < 60
}

// sixtieths reads minutes or seconds with their name, nothing when they are nought.
func (ts tokens) sixtieths(i int, name string) string {
	if v, _ := ts.small(i, 2); v == 0 {
		return ""
	}
	return " " + numeral(ts.at(i).text) + " " + name
}

// colonTime reads 07:00 and 5:20:35. Behind "tỷ lệ" 1:10 is none.
func (ts tokens) colonTime(i int) (string, int) {
	if !ts.isHour(i) || !ts.stuck(i+1, ":") || !ts.stuckNumber(i+2) || !ts.isSixtieth(i+2) || len(ts.at(i+2).text) != 2 || ts.compares(i) {
		return "", 0
	}
	hour := numeral(ts.at(i).text) + " giờ"
	if ts.stuck(i+3, ":") && ts.stuckNumber(i+4) {
		if !ts.isSixtieth(i+4) || ts.stuck(i+5, ":") {
			return "", 0
		}
		if ts.is(i+2, "00") && ts.is(i+4, "00") {
			// Who writes the seconds of a full hour means them.
			return hour + " không phút không giây", 5
		}
		return hour + ts.sixtieths(i+2, "phút") + ts.sixtieths(i+4, "giây"), 5
	}
	n := 3
	if ts.stuck(i+3, "h") || ts.stuck(i+3, "g") { // 07:00h
		n++
	}
	return hour + ts.sixtieths(i+2, "phút"), n
}

// letterTime reads 7h, 7h30, 7h30', 7h30p, 1h30p15s, 17g, 17g30 and 7 h 30.
func (ts tokens) letterTime(i int) (string, int) {
	letter := ts.lower(i + 1)
	if !ts.isHour(i) || letter != "h" && letter != "g" || letter == "g" && ts.at(i+1).gap {
		return "", 0
	}
	minutes := ts.stuckNumber(i+2) && ts.isSixtieth(i+2)
	if letter == "g" && !minutes && !ts.clockContext(i) || ts.stuckNumber(i+2) && !minutes {
		return "", 0
	}
	text, n := numeral(ts.at(i).text)+" giờ", 2
	if !minutes {
		return text, n
	}
	text, n = text+ts.sixtieths(i+2, "phút"), 3
	named := ts.minuteMark(i + 3)
	if n += named; named > 0 && ts.stuckNumber(i+n) && ts.isSixtieth(i+n) {
		text, n = text+ts.sixtieths(i+n, "giây"), n+1+ts.secondMark(i+n+1)
	}
	return text, n
}

// minuteMark is the tokens of what names minutes at i: p, ph, m, ' or "phút".
func (ts tokens) minuteMark(i int) int {
	switch ts.lower(i) {
	case "phút":
		return 1
	case "p", "ph", "'", "m":
		if !ts.at(i).gap {
			return 1
		}
	}
	return 0
}

// secondMark is the tokens of what names seconds at i: s, " or "giây".
func (ts tokens) secondMark(i int) int {
	switch ts.lower(i) {
	case "giây":
		return 1
	case "s", "\"":
		if !ts.at(i).gap {
			return 1
		}
	}
	return 0
}

// clockContext says whether 17g is an hour and not 17 grams: 09g is never grams.
func (ts tokens) clockContext(i int) bool {
	if ts.at(i).text[0] == '0' || ts.dash(i-1) ||
		ts.after(i, "lúc", "từ", "đến", "tới", "vào", "hồi", "khoảng", "trước", "sau", "sáng", "trưa", "chiều", "tối", "đêm", "và") {
		return true
	}
	switch ts.lower(i + 2) {
	case "ngày", "sáng", "trưa", "chiều", "tối", "đêm", "thứ", "hôm", "-":
		return true
	}
	return false
}

// minuteTime reads 8p45s, 8p45 and 8'45".
func (ts tokens) minuteTime(i int) (string, int) {
	if !ts.isSixtieth(i) || !ts.stuck(i+1, "p") && !ts.stuck(i+1, "ph") && !ts.stuck(i+1, "'") || !ts.stuckNumber(i+2) || !ts.isSixtieth(i+2) {
		return "", 0
	}
	named := ts.secondMark(i + 3)
	if named == 0 && ts.is(i+1, "'") {
		return "", 0
	}
	return numeral(ts.at(i).text) + " phút" + ts.sixtieths(i+2, "giây"), 3 + named
}

// spokenMinutes reads the 05 of "7 giờ 05 sáng" and "7h 30", which is not followed
// by a noun.
func (ts tokens) spokenMinutes(i int) (string, int) {
	if !ts.after(i, "giờ", "h") || !ts.number(i-2) || !ts.isSixtieth(i) || len(ts.at(i).text) != 2 {
		return "", 0
	}
	switch next := ts.at(i + 1); {
	case next.kind != word && next.text != "/" && next.text != "%" && next.text != ":":
	case partOfDay(next.text), next.text == "ngày", next.text == "đến", next.text == "tại", next.text == "hôm", next.text == "thứ":
	default:
		return "", 0
	}
	return numeral(ts.at(i).text) + " phút", 1
}

func partOfDay(w string) bool {
	switch w {
	case "sáng", "trưa", "chiều", "tối", "đêm":
		return true
	}
	return false
}

// halfDay reads AM and PM behind the time whose hour is token i: morning, and
// afternoon or evening.
func (ts tokens) halfDay(i, j int) (string, int) {
	hour, _ := ts.small(i, 2)
	half := ts.lower(j)
	if half == "a" || half == "p" { // a.m.
		if !ts.stuck(j+1, ".") || !ts.stuck(j+2, "m") {
			return "", 0
		}
	}
	n := 1
	if ts.stuck(j+1, ".") && ts.stuck(j+2, "m") {
		if n = 3; ts.stuck(j+3, ".") {
			n = 4
		}
	}
	switch {
	case half == "am" || half == "a" && n > 1:
		return " sáng", n
	case (half == "pm" || half == "p" && n > 1) && hour >= 6 && hour < 12:
		return " tối", n
	case half == "pm" || half == "p" && n > 1:
		return " chiều", n
	}
	return "", 0
}

// colon reads two numbers with a colon between that are no time: a scale, a
// mixture or the form of a picture (16:9), the year of a standard (ISO 9001:2015),
// or what may be mistyped (25:70).
func (ts tokens) colon(i int) (reading, bool) {
	if !ts.stuck(i+1, ":") || !ts.stuckNumber(i+2) || ts.stuck(i+3, ":") || ts.is(i-1, ":") {
		return reading{}, false
	}
	left := numeral(ts.at(i).text)
	right, n := ts.amount(i + 2)
	r := reading{n: 2 + n, numeric: true}
	switch {
	case ts.scores(i):
		r.text = left + " " + right
	case ts.compares(i):
		r.text = left + " trên " + right
	case len(ts.at(i).text) >= 3 && ts.isYear(i+2):
		r.text = left + " hai chấm " + right
	case n > 1 || strings.TrimLeft(ts.at(i).text, "0") == "1" || len(ts.at(i+2).text) == 1:
		r.text, r.doubt = left+" trên "+right, Ambiguous
	default:
		r.text, r.doubt = left+": "+right, Unusual
	}
	return r, true
}

// compares says whether the numbers from token i on are said to be a ratio.
func (ts tokens) compares(i int) bool {
	return ts.before(i, 6, "lệ", "tỷlệ", "bản", "pha", "hình", "khung") && !ts.after(i, "lúc", "từ", "đến", "hồi")
}
