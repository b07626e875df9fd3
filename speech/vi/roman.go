package vi

import "strings"

// roman reads Roman numerals where they are usual: khóa XXI, quý IV, Phần III,
// heads of sections, and everywhere when they cannot be a word.
func (ts tokens) roman(i int) (reading, bool) {
	w := ts.at(i).text
	if len(w) > 12 || ts.stuckNumber(i+1) || ts.stuckNumber(i-1) {
		return reading{}, false
	}
	value := romanValue(strings.ToUpper(w))
	if len(w) == 1 && !strings.Contains("IVX", w) {
		return reading{}, false // loại C, độ C: a letter
	}
	if value == 0 || !ts.romanContext(i) {
		return reading{}, false
	}
	row := decimal(value)
	text := numeral(row)
	if ts.after(i, "thứ", "hạng") {
		text = ordinal(row)
	}
	if ts.after(i, "quý", "kỳ") && ts.stuck(i+1, "/") && ts.stuckNumber(i+2) && ts.isYear(i+2) {
		return reading{n: 3, text: text + " năm " + numeral(ts.at(i+2).text), numeric: true}, true
	}
	if n, subsections := ts.subsections(i + 1); n > 0 {
		return reading{n: 1 + n, text: text + subsections}, true
	}
	grade := ts.stuck(i-1, "-") && ts.number(i-2) // RON 95-III is no range
	return reading{n: 1, text: text, numeric: !grade}, true
}

// subsections reads the .2 of IV.2 and the .2.1 of IV.2.1.
func (ts tokens) subsections(i int) (n int, text string) {
	for n < 8 && ts.stuck(i+n, ".") && ts.stuckNumber(i+n+1) && len(ts.at(i+n+1).text) < 3 {
		text += " chấm " + numeral(ts.at(i+n+1).text)
		n += 2
	}
	return n, text
}

// romanContext says whether the letters at token i, which make a numeral, are one
// there. V and VI may be a letter and a word: lớp V, vi phạm.
func (ts tokens) romanContext(i int) bool {
	w := ts.at(i).text
	if !capitals(w) {
		return ts.smallRoman(i)
	}
	switch {
	case ts.countedInRoman(i), ts.romanRow(i):
		return true
	case ts.at(i-1).kind == newline && (ts.is(i+1, ".") || ts.is(i+1, ")") || ts.is(i+1, "/") || ts.is(i+1, "-")):
		return len(w) > 1 || !ts.listOfLetters(i) && (w != "X" || !ts.named(i+2)) // X. Cốc San: a commune
	}
	return len(w) > 1 && strings.Trim(w, "IVX") == "" && !syllable(w)
}

// countedInRoman says whether what stands before token i is usually counted so.
func (ts tokens) countedInRoman(i int) bool {
	return ts.after(i, "khóa", "khoá", "kỳ", "kì", "kỷ", "kỉ", "tk", "quý", "chương", "mục", "phần", "điều", "khoản", "đoạn", "lục", "thứ", "hạng", "cấp",
		"nhóm", "loại", "đợt", "vòng", "lần", "tập", "quyển", "số", "khu", "vùng", "bậc", "biểu", "bảng", "bước", "mẫu", "hội", "tháng", "khối", "đông",
		"chiến", "hồi", "màn", "cột", "pháp", "độ", "kỳ họp", "giai đoạn", "tuyến", "tiết", "tổ", "lớp", "đội", "giải", "mức", "kv", "vực")
}

// smallRoman reads khoản vi and mục iii, but not điểm i, and not the beginning of
// a word in pieces: mục vi phạm.
func (ts tokens) smallRoman(i int) bool {
	w := ts.at(i).text
	return w == strings.ToLower(w) && len(w) > 1 && ts.at(i+1).kind != word &&
		(ts.after(i, "khóa", "khoá", "kỷ", "kỉ", "chương", "khoản", "mục", "đoạn", "lục", "thứ", "phần") || !syllable(w) && ts.countedInRoman(i))
}

// romanRow says whether token i goes on a row of numerals: quý I, II và III.
func (ts tokens) romanRow(i int) bool {
	if ts.dash(i - 1) {
		return romanValue(ts.at(i-2).text) > 0
	}
	for range 6 {
		if !ts.is(i-1, ",") && !ts.is(i-1, "và") && !ts.is(i-1, "hoặc") && !ts.is(i-1, "/") && !ts.is(i-1, "đến") || romanValue(ts.at(i-2).text) == 0 {
			return false
		}
		if i -= 2; ts.countedInRoman(i) {
			return true
		}
	}
	return false
}

// listOfLetters says whether the head of a section at token i is one of A, B, C:
// the line before it began with the letter before it, or with its name.
func (ts tokens) listOfLetters(i int) bool {
	const far = 400 // tokens of one section that are looked through
	before := rune(ts.at(i).text[0]) - 1
	for j := i - 2; j >= 0 && j > i-far; j-- {
		if ts.at(j-1).kind == newline && ts.is(j+1, ts.at(i+1).text) && ts.at(j).kind == word {
			return ts.is(j, string(before)) || ts.lower(j) == letterName(before)
		}
	}
	return false
}

// romanValue is the value of a well-formed Roman numeral in capitals below 4000,
// 0 for anything else.
func romanValue(w string) int {
	if w == "" {
		return 0
	}
	value, rest := 0, w
	for _, d := range [...]struct {
		row   string
		value int
	}{
		{"M", 1000},
		{"CM", 900},
		{"D", 500},
		{"CD", 400},
		{"C", 100},
		{"XC", 90},
		{"L", 50},
		{"XL", 40},
		{"X", 10},
		{"IX", 9},
		{"V", 5},
		{"IV", 4},
		{"I", 1},
	} {
		for n := 0; n < 3 && strings.HasPrefix(rest, d.row); n++ {
			value, rest = value+d.value, rest[len(d.row):]
			if len(d.row) == 2 || d.value == 5 || d.value == 50 || d.value == 500 {
				break
			}
		}
	}
	if rest != "" {
		return 0
	}
	return value
}

// decimal is v in digits.
func decimal(v int) string {
	var row []byte
	for ; v > 0; v /= 10 {
		row = append([]byte{byte('0' + v%10)}, row...)
	}
	return string(row)
}
