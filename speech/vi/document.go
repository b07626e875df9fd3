package vi

import (
	"strings"
	"unicode"
)

// document reads the number of a document of the state, 39/2020/TT-BTTTT and
// 123/QĐ-UBND, or of the party, 36-HD/VPTW.
func (ts tokens) document(i int) (reading, bool) {
	if !ts.number(i) || len(ts.at(i).text) > 6 || !ts.stuck(i+1, "/") && !ts.partyDocument(i) {
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
	for parts < 8 && ts.codeMark(j, parts) && ts.isCode(j+1) {
		if ts.is(j, "&") {
			said = append(said, "và")
		}
		text, known := readCode(ts.at(j + 1).text)
		said, unknown = append(said, text), unknown || !known
		j += 2
		parts++
		if ts.stuckNumber(j) {
			if strings.HasSuffix(ts.at(j-1).text, "QH") {
				said = append(said, "khóa") // 31/2024/QH15
			}
			said = append(said, numeral(ts.at(j).text))
			j++
		}
	}
	if parts == 0 {
		return reading{}, false
	}
	return reading{n: j - i, text: strings.Join(said, " "), unknown: unknown}, true
}

// codeMark says whether token i may stand before a part of a document's code of
// which there are parts already.
func (ts tokens) codeMark(i, parts int) bool {
	return ts.stuck(i, "/") || ts.stuck(i, "-") || parts > 0 && (ts.stuck(i, ".") || ts.stuck(i, "&"))
}

// partyDocument says whether the number at token i has the code of its kind
// behind a dash and who issued it behind a stroke.
func (ts tokens) partyDocument(i int) bool {
	kind := ts.at(i + 2).text
	return ts.stuck(i+1, "-") && ts.isCode(i+2) && (documentCode(kind) != "" || isDocumentKind(kind)) && ts.stuck(i+3, "/") && ts.isCode(i+4)
}

// isCode says whether token i may be a part of a document's code.
func (ts tokens) isCode(i int) bool {
	t := ts.at(i)
	if t.kind != word || t.gap {
		return false
	}
	return documentCode(t.text) != "" || len([]rune(t.text)) >= 2 && (capitals(t.text) || abbreviated(t.text) != "" && !unicode.IsLower(firstRune(t.text)))
}

// standard reads the number of a standard with its year: ISO 9001:2015.
func (ts tokens) standard(i int) (reading, bool) {
	if !ts.number(i) || !ts.stuck(i+1, ":") || !ts.stuckNumber(i+2) || !ts.isYear(i+2) || !ts.after(i, "iso", "iec", "tcvn", "qcvn", "astm", "sa") {
		return reading{}, false
	}
	return reading{n: 3, text: ts.cardinal(i) + " hai chấm " + numeral(ts.at(i+2).text)}, true
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
