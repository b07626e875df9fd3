package vi

import "strings"

// readRange takes in what stands behind a dash after the numeric reading r: 4-6
// is "bốn đến sáu", thứ 2 - thứ 6 "hai đến thứ sáu". A score is no range, three
// numbers in a row are a list, and so are volts and hertz, 250kVA-35kV.
func (ts tokens) readRange(i int, r reading) reading {
	between := " đến "
	if ts.dash(i+r.n) && (ts.scores(i) || ts.falls(i)) {
		between = " "
	}
	parts := []string{r.text}
	end := i + r.n
	for len(parts) < 8 && ts.dash(end) {
		next, prefix := end+1, ""
		if ts.at(next).kind == word && ts.at(i-1).kind == word && ts.lower(next) == ts.lower(i-1) {
			prefix = ts.lower(next) + " "
			next++
		} else if between == " đến " && ts.weekday(i) && ts.weekday(next) {
			prefix = "thứ "
		}
		q, ok := ts.recognise(next)
		if !ok || !q.numeric {
			break
		}
		if r.doubt == "" {
			r.doubt = q.doubt
		}
		parts = append(parts, prefix+q.text)
		end = next + q.n
	}
	if len(parts) > 2 || len(parts) == 2 && kindOfAmount(parts[0]) != kindOfAmount(parts[1]) && kindOfAmount(parts[0]) != "" {
		between = ", "
	}
	r.text, r.n = strings.Join(parts, between), end-i
	return r
}

// falls says whether two bare numbers go down, 25-20, as no range does.
func (ts tokens) falls(i int) bool {
	a, ok := ts.small(i, 3)
	b, too := ts.small(i+2, 3)
	next := ts.at(i + 3)
	return ok && too && ts.stuck(i+1, "-") && ts.stuckNumber(i+2) && a > b && next.text != "/" && next.kind != word && (next.text != "." && next.text != "," || !ts.stuckNumber(i+4))
}

// kindOfAmount is what an amount ends with that makes it another kind of thing
// than its neighbour, units of electricity and sides of the sky; "" for others.
func kindOfAmount(amount string) string {
	for _, unit := range [...]string{"vôn am pe", "vôn", "am pe", "oát", "hẹc", "bắc", "nam", "đông", "tây"} {
		if strings.HasSuffix(amount, " "+unit) {
			return unit
		}
	}
	return ""
}

// weekday says whether token i is the number of a day of the week: thứ 2-6.
func (ts tokens) weekday(i int) bool {
	d, ok := ts.small(i, 1)
	return ok && d >= 2 && d <= 7 && (ts.after(i, "thứ") || ts.dash(i-1) && ts.after(i-2, "thứ"))
}

// scores says whether the small numbers from token i on, with a dash or colon
// between, are goals: the clause tells of a match, or two teams stand around them.
func (ts tokens) scores(i int) bool {
	if !ts.number(i) || len(ts.at(i).text) > 2 || !ts.dash(i+1) && !ts.is(i+1, ":") || !ts.number(i+2) || len(ts.at(i+2).text) > 2 {
		return false
	}
	if ts.is(i+3, "/") || ts.is(i+3, "%") {
		return false
	}
	if ts.after(i, "số", "thắng", "thua", "hòa", "hoà", "dẫn", "cuộc", "đậm", "sát") && !ts.before(i, 2, "mã") {
		return ts.before(i, 4, "tỷ", "tỉ", "thắng", "thua", "hòa", "hoà", "dẫn", "chung")
	}
	next := ts.at(i + 3)
	if next.kind == word && next.gap && !named(next) && !shortName(next) && !ts.is(i+3, "trước") && !ts.is(i+3, "sau") && !ts.is(i+3, "và") && !ts.is(i+3, "đội") {
		return false
	}
	if _, n := ts.unit(i + 3); n > 0 {
		return false
	}
	if ts.before(i, 12, "thắng", "thua", "hòa", "hoà", "dẫn", "trận", "bóng") {
		return true
	}
	left := ts.at(i - 1)
	team := named(left) || shortName(left)
	return team && (named(next) || shortName(next)) || ts.before(i, 8, "đội") && ts.is(i+3, "đội")
}

// shortName says whether t is a name in capitals, as teams have: HAGL.
func shortName(t *token) bool {
	return t.kind == word && len([]rune(t.text)) > 2 && capitals(t.text)
}

// span reads the dash between two amounts that have their words with them, 8 giờ -
// 11 giờ, 500 nghìn - 1 triệu, and between two days of the week by name.
func (ts tokens) span(i int) (reading, bool) {
	if !ts.dash(i) || ts.at(i-1).kind != word {
		return reading{}, false
	}
	amounts := ts.number(i-2) && ts.number(i+1) && ts.at(i+2).kind == word && ts.alike(i-1, i+2)
	days := ts.lower(i-2) == "thứ" && (ts.lower(i+1) == "thứ" || ts.lower(i+1) == "chủ" || ts.is(i+1, "CN"))
	hours := partOfDay(ts.at(i-1).text) && ts.isHour(i+1) && (ts.lower(i+2) == "h" || ts.lower(i+2) == "g" || ts.is(i+2, ":") || ts.is(i+2, "giờ"))
	return reading{n: 1, text: "đến"}, amounts || days || hours
}

// alike says whether the words at tokens i and j count the same kind of thing.
func (ts tokens) alike(i, j int) bool {
	a, b := ts.lower(i), ts.lower(j)
	return a == b || magnitudeWord(a) && magnitudeWord(b) || timeWord(a) && timeWord(b)
}

func magnitudeWord(w string) bool {
	switch w {
	case "nghìn", "ngàn", "triệu", "tỷ", "tỉ", "vạn":
		return true
	}
	return false
}

func timeWord(w string) bool {
	switch w {
	case "giây", "phút", "giờ", "tiếng", "ngày", "tuần", "tháng", "năm":
		return true
	}
	return false
}
