package vi

import "strings"

// document reads the number of a document: 39/2020/TT-BTTTT, 123/QĐ-UBND.
func (ts tokens) document(i int) (reading, bool) {
	if !ts.number(i) || !ts.stuck(i+1, "/") || len(ts.at(i).text) > 6 {
		return reading{}, false
	}
	said := []string{ts.cardinal(i)}
	if row := ts.at(i).text; row[0] == '0' && len(row) > 1 {
		said[0] = digitByDigit(row)
	}
	j := i + 1
	if ts.stuckNumber(j+1) && ts.isYear(j+1) && ts.stuck(j+2, "/") {
		said = append(said, "năm", numeral(ts.at(j+1).text))
		j += 2
	}
	unknown, parts := false, 0
	for parts < 8 && (ts.stuck(j, "/") || parts > 0 && (ts.stuck(j, "-") || ts.stuck(j, ".") || ts.stuck(j, "&"))) && ts.isCode(j+1) {
		if ts.is(j, "&") {
			said = append(said, "và")
		}
		text, known := readCode(ts.at(j + 1).text)
		said, unknown = append(said, text), unknown || !known
		j += 2
		parts++
		if ts.stuckNumber(j) {
			said = append(said, numeral(ts.at(j).text))
			j++
		}
	}
	if parts == 0 {
		return reading{}, false
	}
	return reading{n: j - i, text: strings.Join(said, " "), unknown: unknown}, true
}

// isCode says whether token i may be a part of a document's code.
func (ts tokens) isCode(i int) bool {
	t := ts.at(i)
	if t.kind != word || t.gap {
		return false
	}
	return documentCode(t.text) != "" || len([]rune(t.text)) >= 2 && capitals(t.text)
}

// readCode reads one part of a document's code.
func readCode(code string) (string, bool) {
	if name := documentCode(code); name != "" {
		return name, true
	}
	if name := abbreviated(code); name != "" {
		return name, true
	}
	if name, ok := spell(code); ok {
		return name, false
	}
	return code, false
}

// documentCode is what a code means in the number of a document, where it may
// mean something else than in a sentence.
func documentCode(code string) string {
	switch code {
	case "TT":
		return "thông tư"
	case "CT":
		return "chỉ thị"
	case "CP":
		return "chính phủ"
	case "TB":
		return "thông báo"
	case "KH":
		return "kế hoạch"
	case "BC":
		return "báo cáo"
	case "HD":
		return "hướng dẫn"
	case "GM":
		return "giấy mời"
	case "CV":
		return "công văn"
	case "CĐ":
		return "công điện"
	case "TTr":
		return "tờ trình"
	case "PL":
		return "pháp lệnh"
	case "QH":
		return "quốc hội"
	case "TU":
		return "tỉnh ủy"
	case "HU":
		return "huyện ủy"
	case "ĐU":
		return "đảng ủy"
	case "BB":
		return "biên bản"
	case "GP":
		return "giấy phép"
	case "TC":
		return "thông cáo"
	}
	return ""
}
