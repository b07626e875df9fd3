package vi

import (
	"unicode"
	"unicode/utf8"
)

// pause turns the mark at token i, for which there is no reading, into a pause
// or into nothing.
func (ts tokens) pause(out *renderer, i int) {
	switch t := ts[i]; t.text {
	case ".", "…":
		switch {
		case (ts.is(i-1, ".") || ts.is(i-1, "…")) && !out.unmarked(): // the first of a row decided
		case t.text == "." && !ts.is(i+1, ".") && !ts.is(i+1, "…"):
			out.mark('.')
		default:
			out.mark(ts.ellipsis(i))
		}
	case ",", ";", ":", "!", "?":
		out.mark(t.text[0])
	case "-", "~":
		// Between words that touch it a dash joins: VH-TT.
		if t.gap || ts.at(i+1).gap {
			out.mark(',')
		}
	case "/":
		if ts.number(i+1) && ts.at(i-1).kind == digits {
			out.mark(',')
		}
	case "(", ")", "[", "]", "{", "}", "|", "•", "·", "→", "⇒", "►", "▶", "●", "■", "◆", "✓", "✔":
		out.mark(',')
	}
}

// ellipsis is the end of a sentence when a capital or nothing follows.
func (ts tokens) ellipsis(i int) byte {
	for ts.is(i, ".") || ts.is(i, "…") {
		i++
	}
	next := ts.at(i)
	first, _ := utf8.DecodeRuneInString(next.text)
	if next.kind == word && unicode.IsLower(first) || next.kind == digits {
		return ','
	}
	return '.'
}

// symbol reads a sign that stands for a word.
func (ts tokens) symbol(i int) (reading, bool) {
	said := func(s string) (reading, bool) { return reading{n: 1, text: s}, true }
	number := ts.number(i+1) || ts.is(i+1, "-") && ts.stuckNumber(i+2)
	switch ts.at(i).text {
	case "&":
		return said("và")
	case "@":
		return said("a còng")
	case "±":
		return said("cộng trừ")
	case "≥":
		return said("lớn hơn hoặc bằng")
	case "≤":
		return said("nhỏ hơn hoặc bằng")
	case "≈":
		return said("khoảng")
	case "½":
		return said("một phần hai")
	case "¼":
		return said("một phần tư")
	case "¾":
		return said("ba phần tư")
	case "=":
		if ts.at(i+1).kind != mark {
			return said("bằng")
		}
	case ">":
		if number {
			return said("lớn hơn")
		}
	case "<":
		if number {
			return said("nhỏ hơn")
		}
	case "~":
		if number {
			return said("khoảng")
		}
	case "%":
		return said("phần trăm")
	case "/":
		return ts.per(i)
	}
	return reading{}, false
}

// per reads the stroke of 2 lần/ngày, which stands alone between words.
func (ts tokens) per(i int) (reading, bool) {
	goods := ts.goods(i-1) && !ts.at(i).gap
	if !goods && !countable(ts.lower(i-1)) || ts.is(i+1, "/") {
		return reading{}, false
	}
	if name, n := ts.perUnit(i + 1); n > 0 {
		return reading{n: 1 + n, text: "trên " + name}, true
	}
	return reading{}, false
}

// goods says whether token i is what is measured out: 120 kg NPK/sào, 40kg
// gạo/khẩu.
func (ts tokens) goods(i int) bool {
	return ts.at(i).kind == word && unitName(ts.at(i-1).text) != "" && ts.number(i-2)
}

// countable says whether w, in small letters, is counted per something.
func countable(w string) bool {
	switch w {
	case "đồng", "triệu", "nghìn", "ngàn", "tỷ", "tỉ", "trăm", "lần", "viên", "lượt", "người", "hộ", "con", "cây",
		"tấn", "tạ", "yến", "lít", "cân", "suất", "gói", "ống", "liều", "bữa", "cuộc", "giờ", "phút", "điểm", "công", "bao", "bình", "chai", "thùng", "buổi", "tiết", "khẩu", "vé",
		"kg", "g", "mg", "ml", "km", "m", "cm", "mm", "ha", "vnđ", "vnd", "đ":
		return true
	}
	return false
}

// times reads the x between two numbers.
func (ts tokens) times(i int) (reading, bool) {
	if !ts.is(i, "x") && !ts.is(i, "X") && !ts.is(i, "×") || !ts.number(i+1) {
		return reading{}, false
	}
	before := ts.at(i - 1)
	counted := before.kind == digits || before.kind == word && ts.number(i-2) || before.text == "²" || before.text == "%"
	return reading{n: 1, text: "nhân"}, counted
}
