package vi

// unit reads a unit of measure behind a number and says how many tokens it has:
// km², °C, %, mg/dl is left to perUnit.
func (ts tokens) unit(i int) (string, int) {
	t := ts.at(i)
	if t.kind != word {
		return ts.signUnit(i)
	}
	if name, n := ts.oddUnit(i); n > 0 {
		return name, n
	}
	name := unitName(t.text)
	if name == "" || t.gap && !standsAlone(t.text) || ts.is(i, "in") && ts.stuckNumber(i+1) { // 6in1
		return "", 0
	}
	if full := dataUnit(t.text); full != "" {
		return full, 1
	}
	power, n := ts.power(i+1, name)
	return name + power, 1 + n
}

// signUnit reads the units that are written with a sign.
func (ts tokens) signUnit(i int) (string, int) {
	switch t := ts.at(i); t.text {
	case "%":
		return "phần trăm", 1
	case "‰":
		return "phần nghìn", 1
	case "°", "℃", "⁰", "℉":
		return ts.degrees(i)
	case "'":
		if next := ts.at(i + 1); !t.gap && (next.gap || next.text == "/" || next.text == "-" || next.kind == mark && ts.at(i+2).gap) {
			return "phút", 1
		}
	case "\"":
		// A screen is measured in inches; elsewhere the mark ends a quotation.
		if !t.gap && ts.before(i, 6, "màn", "hình", "tivi", "tv", "ống") {
			return "inch", 1
		}
	}
	return "", 0
}

// oddUnit reads units that are several tokens, or that only their neighbours tell
// from something else: 38oC, cmH2O, xe 5T.
func (ts tokens) oddUnit(i int) (string, int) {
	t := ts.at(i)
	switch t.text {
	case "oC", "OC", "oc":
		return "độ xê", 1
	case "oF":
		return "độ f", 1
	case "cmH":
		if ts.stuck(i+1, "2") && ts.stuck(i+2, "O") {
			return "xăng ti mét nước", 3
		}
	case "mm":
		if ts.is(i+1, "Hg") {
			return "mi li mét thủy ngân", 2
		}
	case "N", "E", "B", "Đ":
		if !t.gap && ts.is(i-2, ",") && ts.before(i, 14, "vĩ", "tâm", "bão", "hiểm", "biển", "áp", "quần") { // 14,5N-18,5N
			return "độ " + map[string]string{"N": "vĩ bắc", "B": "vĩ bắc", "E": "kinh đông", "Đ": "kinh đông"}[t.text], 1
		}
	case "ng":
		if t.gap && !ts.is(i+1, "/") && ts.at(i-2).kind == word { // no nanograms
			return "người", 1
		}
	case "T", "t":
		if ts.age(i) {
			return "tuổi", 1
		}
		if ts.is(i, "T") && ts.before(i, 4, "hạn", "kỳ") {
			return "tháng", 1
		}
		if ts.before(i, 6, "xe", "tải", "trọng", "cầu", "cẩu", "hàng") {
			return "tấn", 1
		}
	case "A":
		if ts.before(i, 6, "dòng", "aptomat", "áptômát", "át", "cầu", "chì", "ampe") {
			return "am pe", 1
		}
	}
	return "", 0
}

// standsAlone says whether a unit is one even with a space before it. Single
// letters may be names (lớp 5 A), and "in" and the like are words.
func standsAlone(s string) bool {
	switch s {
	case "m", "g", "l", "s", "V", "W", "Ω":
		return true
	case "in", "CV", "mi", "um", "us", "ug", "ul", "pa", "ma", "va":
		return false
	}
	return len(s) > 1
}

// degrees reads °C, ° C, °F and °.
func (ts tokens) degrees(i int) (string, int) {
	switch {
	case ts.is(i, "℃"):
		return "độ xê", 1
	case ts.is(i, "℉"):
		return "độ f", 1
	}
	switch ts.at(i + 1).text {
	case "C", "c":
		return "độ xê", 2
	case "F", "f":
		return "độ f", 2
	case "K", "k":
		return "độ k", 2
	}
	return "độ", 1
}

// power reads the 2 of km², m2 and m^2, the 3 of m3, and mol^-1. A second is
// squared, not made square.
func (ts tokens) power(i int, name string) (string, int) {
	t := ts.at(i)
	if t.gap {
		return "", 0
	}
	n := 1
	if t.text == "^" {
		if ts.at(i+1).text != "2" && ts.at(i+1).text != "3" {
			return ts.exponent(i)
		}
		t, n = ts.at(i+1), 2
	}
	time := name == "giây" || name == "giờ"
	switch {
	case (t.text == "²" || t.text == "2") && time:
		return " bình phương", n
	case t.text == "²", t.text == "2":
		return " vuông", n
	case t.text == "³", t.text == "3":
		return " khối", n
	case t.text == "⁻":
		return ts.exponent(i)
	}
	return "", 0
}

// perChain reads what stands behind strokes: trên giờ, trên mét khối. What costs
// money is told by ones, đồng một ki lô gam; foreign money only by a symbol (kg).
func (ts tokens) perChain(j int, dong, foreign bool) (string, int) {
	text, n := "", 0
	for range 3 {
		if !ts.is(j+n, "/") {
			break
		}
		name, m := ts.perUnit(j + n + 1)
		if m == 0 {
			break
		}
		symbol := unitName(ts.at(j+n+1).text) != ""
		text, n = text+" "+between(name, dong || foreign && symbol)+name, n+1+m
	}
	return text, n
}

// perUnit reads what stands behind a stroke: a unit of measure, or a word of time
// or count.
func (ts tokens) perUnit(i int) (string, int) {
	if ts.at(i).kind != word {
		return "", 0
	}
	if name := unitName(ts.at(i).text); name != "" && (!ts.at(i).gap || standsAlone(ts.at(i).text)) {
		power, n := ts.power(i+1, name)
		return name + power, 1 + n
	}
	switch w := ts.lower(i); w {
	case "sms":
		return "tin nhắn", 1
	case "hs":
		return "học sinh", 1
	case "sv":
		return "sinh viên", 1
	case "ng":
		return "người", 1
	case "th":
		return "tháng", 1
	case "ngày", "đêm", "tuần", "tháng", "quý", "năm", "giờ", "phút", "giây", "lần", "lượt", "vụ", "người", "hộ", "khẩu", "suất", "sào",
		"công", "mẫu", "con", "cây", "bao", "đội", "nhóm", "tin", "cái", "chiếc", "bộ", "lít", "tấn", "tạ", "yến", "cân", "buổi", "bàn", "học", "trẻ", "cháu", "em", "đợt", "chuyến", "bình", "chai", "gói", "thùng", "đầu", "gốc", "thôn", "xã",
		"ki", "mét", "héc", "gam", "lạng", "số", "kỳ", "ca", "liều", "mũi", "viên", "vé", "phòng", "lớp", "trường", "bản", "tổ", "nhà", "thửa", "lô", "cuốn", "quyển", "trang", "bài", "tiết", "bữa", "quả", "bó", "mớ", "khóm", "hố", "m", "gallon", "phiếu", "giường", "xe", "lượng", "chỉ", "vòng":
		return w, 1
	}
	return "", 0
}

// before says whether one of the words, in small letters, stands among the last n
// tokens before token i in the same clause.
func (ts tokens) before(i, n int, words ...string) bool {
	for j := i - 1; j >= 0 && j >= i-n; j-- {
		t := ts.at(j)
		if t.kind == newline || t.text == ";" || t.text == "." && ts.at(j+1).gap {
			return false
		}
		if t.kind != word {
			continue
		}
		for _, w := range words {
			if t.low == w {
				return true
			}
		}
	}
	return false
}
