package vi

import (
	"strings"
	"unicode"
)

// per reads the stroke of 2 lần/ngày and 5 triệu/hộ, which stands alone between
// words. What money is for is counted by ones: năm triệu một hộ.
func (ts tokens) per(i int) (reading, bool) {
	if unitName(ts.at(i-1).text) != "" && ts.number(i-2) && ts.at(i).gap && ts.at(i+1).gap && ts.at(i+1).kind == word && !ts.number(i+2) {
		return reading{n: 1, text: "trên"}, true // 42ms / request
	}
	goods := ts.goods(i-1) && !ts.at(i).gap
	unit := ts.lower(i - 1)
	if !goods && !countable(unit) && !ts.countedBefore(i) || ts.is(i+1, "/") {
		return reading{}, false
	}
	if _, n := ts.unit(i + 2); ts.stuckNumber(i+1) && (n > 0 || timeWord(ts.lower(i+2))) {
		return reading{n: 1, text: "trên"}, true // 8 lít/100km, 1 lần/6 tháng
	}
	if _, n := ts.amount(i + 1); n > 0 && !ts.at(i).gap && ts.lower(i+1+n) == unit {
		return reading{n: 1, text: "trên"}, true // 800 hộ/1.279 hộ
	}
	text, n := ts.perChain(i, money(unit), false)
	return reading{n: n, text: strings.TrimPrefix(text, " ")}, n > 0
}

// between is the word for the stroke before what is counted: "một" behind money and
// before "lần" (sáu tháng một lần), else "trên".
func between(name string, price bool) string {
	if price || name == "lần" {
		return "một "
	}
	return "trên "
}

// money says whether w, in small letters, ends an amount of đồng.
func money(w string) bool {
	switch w {
	case "đồng", "triệu", "nghìn", "ngàn", "tỷ", "tỉ", "vnđ", "vnd", "đ":
		return true
	}
	return false
}

// countedBefore says whether a number of things ends before the stroke at token i:
// 3 ca/ngày, 30 học sinh/lớp. Two kinds of place are a choice: 5 thôn/bản.
func (ts tokens) countedBefore(i int) bool {
	t := ts.at(i - 1)
	if ts.at(i).gap || t.kind != word || !unicode.IsLower(firstRune(t.text)) && (abbreviated(t.text) == "" || !ts.number(i-2) && !ts.number(i-3)) || place(t.text) && place(ts.lower(i+1)) {
		return false
	}
	return ts.number(i-2) || ts.number(i-3) && ts.at(i-2).kind == word
}

// place says whether w, in small letters, is a kind of place.
func place(w string) bool {
	switch w {
	case "thôn", "bản", "tổ", "xã", "phường", "xóm", "khu", "trường", "lớp", "nhà":
		return true
	}
	return false
}

// goods says whether token i is what is measured out: 120 kg NPK/sào, 40kg
// gạo/khẩu.
func (ts tokens) goods(i int) bool {
	return ts.at(i).kind == word && unitName(ts.at(i-1).text) != "" && ts.number(i-2)
}

// countable says whether w, in small letters, is counted per something.
func countable(w string) bool {
	switch w {
	case "trăm", "lần", "viên", "lượt", "người", "hộ", "con", "cây",
		"tấn", "tạ", "yến", "lít", "cân", "suất", "gói", "ống", "liều", "bữa", "cuộc", "giờ", "phút", "điểm", "công", "bao", "bình", "chai", "thùng", "buổi", "tiết", "khẩu", "vé",
		"kg", "g", "mg", "ml", "km", "m", "cm", "mm", "ha":
		return true
	}
	return money(w)
}

// loneUnit reads the symbol of a unit behind no digits, where it can be nothing
// else: một kg, nghìn m3, mỗi km.
func (ts tokens) loneUnit(i int) (reading, bool) {
	if !ts.at(i).gap || ts.at(i+1).kind == word && !ts.at(i+1).gap {
		return reading{}, false
	}
	if ts.is(i, "đ") && magnitudeWord(ts.lower(i-1)) && ts.number(i-2) && !ts.is(i+2, "c") {
		per, n := ts.perChain(i+1, true, false)
		return reading{n: 1 + n, text: "đồng" + per}, true // 12,5 tỷ đ
	}
	switch ts.at(i).text {
	case "kg", "km", "cm", "mm", "ml", "mg", "ha", "kWh", "kW", "kV", "MW", "MWh", "mmHg", "kVA", "Kg", "Km":
		if ts.is(i, "Km") && ts.number(i+1) && !ts.at(i+1).gap {
			return reading{}, false
		}
	case "m":
		if !ts.stuck(i+1, "2") && !ts.stuck(i+1, "3") && !ts.stuck(i+1, "²") && !ts.stuck(i+1, "³") {
			return reading{}, false
		}
	default:
		return reading{}, false
	}
	name := unitName(ts.at(i).text)
	power, n := ts.power(i+1, name)
	per, m := ts.perChain(i+1+n, false, false)
	return reading{n: 1 + n + m, text: name + power + per}, true
}
