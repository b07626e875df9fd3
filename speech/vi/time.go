package vi

// time reads 7h30, 17g, 07:00, 5:20:35, 8p45s and the minutes of "7 giờ 05".
func (ts tokens) time(i int) (reading, bool) {
	if !ts.number(i) {
		return reading{}, false
	}
	for _, form := range []func(tokens, int) (string, int){tokens.colonTime, tokens.letterTime, tokens.minuteTime, tokens.spokenMinutes} {
		if text, n := form(ts, i); n > 0 {
			return reading{n: n, text: text, numeric: true}, true
		}
	}
	return reading{}, false
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

// colonTime reads 07:00 and 5:20:35.
func (ts tokens) colonTime(i int) (string, int) {
	if !ts.isHour(i) || !ts.stuck(i+1, ":") || !ts.stuckNumber(i+2) || !ts.isSixtieth(i+2) || len(ts.at(i+2).text) != 2 {
		return "", 0
	}
	text := numeral(ts.at(i).text) + " giờ" + ts.sixtieths(i+2, "phút")
	if ts.stuck(i+3, ":") && ts.stuckNumber(i+4) {
		if !ts.isSixtieth(i+4) || ts.stuck(i+5, ":") {
			return "", 0
		}
		return text + ts.sixtieths(i+4, "giây"), 5
	}
	return text, 3
}

// letterTime reads 7h, 7h30, 7h30', 7h30p, 17g, 17g30 and 7 h 30.
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
	if end := ts.lower(i + 3); !ts.at(i+3).gap && (end == "p" || end == "ph" || end == "'" || end == "m") {
		n++
	}
	return text, n
}

// clockContext says whether 17g is an hour and not 17 grams.
func (ts tokens) clockContext(i int) bool {
	if ts.after(i, "lúc", "từ", "đến", "tới", "vào", "hồi", "khoảng", "trước", "sau", "sáng", "trưa", "chiều", "tối", "đêm", "và") || ts.dash(i-1) {
		return true
	}
	switch ts.lower(i + 2) {
	case "ngày", "sáng", "trưa", "chiều", "tối", "đêm", "thứ", "hôm", "-":
		return true
	}
	return false
}

// minuteTime reads 8p45s.
func (ts tokens) minuteTime(i int) (string, int) {
	if !ts.isSixtieth(i) || !ts.stuck(i+1, "p") || !ts.stuckNumber(i+2) || !ts.isSixtieth(i+2) || !ts.stuck(i+3, "s") {
		return "", 0
	}
	return numeral(ts.at(i).text) + " phút" + ts.sixtieths(i+2, "giây"), 4
}

// spokenMinutes reads the 05 of "7 giờ 05 sáng", which is not followed by a noun.
func (ts tokens) spokenMinutes(i int) (string, int) {
	if !ts.after(i, "giờ") || !ts.number(i-2) || !ts.isSixtieth(i) || len(ts.at(i).text) != 2 {
		return "", 0
	}
	switch next := ts.at(i + 1); {
	case next.kind != word && next.text != "/" && next.text != "%":
	case next.text == "sáng", next.text == "trưa", next.text == "chiều", next.text == "tối", next.text == "ngày", next.text == "đêm", next.text == "đến", next.text == "tại", next.text == "hôm":
	default:
		return "", 0
	}
	return numeral(ts.at(i).text) + " phút", 1
}
