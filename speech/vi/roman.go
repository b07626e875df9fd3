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
	return reading{n: 1, text: text, numeric: true}, true
}

func (ts tokens) romanContext(i int) bool {
	w := ts.at(i).text
	if !capitals(w) {
		// khoản vi, but not điểm i, and not the beginning of a word in pieces
		return w == strings.ToLower(w) && len(w) > 1 && ts.at(i+1).kind != word &&
			ts.after(i, "khóa", "khoá", "kỷ", "kỉ", "chương", "khoản", "mục", "đoạn", "lục", "thứ")
	}
	switch {
	case ts.after(i, "khóa", "khoá", "kỳ", "kỷ", "kỉ", "quý", "chương", "mục", "phần", "điều", "khoản", "đoạn", "lục", "thứ", "hạng", "cấp",
		"nhóm", "loại", "đợt", "vòng", "lần", "tập", "quyển", "số", "khu", "vùng", "bậc", "biểu", "bảng", "bước", "mẫu", "hội", "tháng"):
		return true
	case ts.dash(i-1) && romanValue(ts.at(i-2).text) > 0:
		return true
	case ts.at(i-1).kind == newline && (ts.is(i+1, ".") || ts.is(i+1, ")") || ts.is(i+1, "/")):
		return true
	}
	return len(w) > 1 && strings.Trim(w, "IVX") == "" && !syllable(w)
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
