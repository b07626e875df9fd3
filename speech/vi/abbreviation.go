package vi

import (
	"strings"
	"unicode"
)

// compound reads what the table knows as a whole, though its parts may mean
// something else: TH&THCS, CN-TTCN.
func (ts tokens) compound(i int) (reading, bool) {
	for end := ts.abbreviationEnd(i); end > i+2; end-- {
		if text := abbreviated(ts.written(i, end)); text != "" && (ts.at(end).gap || ts.at(end).kind == mark) {
			return reading{n: end - i, text: text}, true
		}
	}
	return reading{}, false
}

// abbreviationEnd is the token behind the longest that the table may have from
// token i on.
func (ts tokens) abbreviationEnd(i int) int {
	end, most := i+1, i+readAbbreviations().tokens[ts[i].text]
	for end < most && end < len(ts) && !ts.at(end).gap && ts.at(end).kind != newline {
		end++
	}
	return min(end, most)
}

// abbreviation reads what the table knows, the longest first.
func (ts tokens) abbreviation(i int) (reading, bool) {
	if r, ok := ts.joined(i); ok {
		return r, true
	}
	for end := ts.abbreviationEnd(i); end > i; end-- {
		written := ts.written(i, end)
		if text := abbreviated(written); text != "" && ts.fits(i, end, written) {
			return reading{n: end - i, text: text, doubt: severalMeanings(written)}, true
		}
	}
	if text := looselyAbbreviated(ts[i].text); text != "" && ts.fits(i, i+1, ts[i].text) {
		return reading{n: 1, text: text}, true
	}
	return reading{}, false
}

// fits says whether an abbreviation may be read as such where it stands: whole,
// not as a word of a heading in capitals, and one with a point only before what
// it is a title of.
func (ts tokens) fits(i, end int, written string) bool {
	next := ts.at(end)
	if next.kind == digits && !next.gap && neverNumbered(written) {
		return false
	}
	if ts.at(end-1).kind == word && !next.gap && next.kind == digits && len([]rune(written)) < 2 {
		return false
	}
	if strings.HasSuffix(written, ".") && written != "v.v." {
		if end == i+2 && ts.at(i-1).kind == newline && ts.listOfLetters(i) {
			return false // the head of a section
		}
		return next.kind == digits || unicode.IsUpper(firstRune(next.text))
	}
	return !syllable(written) || !ts.heading(i)
}

// neverNumbered says whether an abbreviation never has a number stuck to it, so
// that PN10 is a pipe and VN2000 a grid.
func neverNumbered(written string) bool {
	switch written {
	case "PN", "VN", "NV", "GV", "SV", "VH", "XH", "DN", "SX", "HN", "GD", "KK", "KD", "DL", "CB":
		return true
	}
	return false
}

// heading says whether token i stands in a row of words in capitals.
func (ts tokens) heading(i int) bool {
	for _, n := range [...]int{i - 1, i + 1} {
		if t := ts.at(n); t.kind == word && len([]rune(t.text)) > 1 && capitals(t.text) && abbreviated(t.text) == "" && asWord(t.text) {
			return true
		}
	}
	return false
}

// joined reads one of the parts that - or & joins: in KN-XD, XD is xây dựng, though
// alone it may be anything. The table has those that are read together.
func (ts tokens) joined(i int) (reading, bool) {
	part := readAbbreviations().parts[ts[i].text]
	if part == "" {
		return reading{}, false
	}
	before := ts.joint(i-1) && !ts.at(i).gap && ts.joinable(i, i-2)
	behind := ts.joint(i+1) && !ts.at(i+2).gap && ts.joinable(i, i+2)
	return reading{n: 1, text: part}, before || behind
}

// joint says whether token i is a mark that joins what stands before it.
func (ts tokens) joint(i int) bool { return ts.stuck(i, "-") || ts.stuck(i, "&") }

// joinable says whether token i, a part, may be joined to token other. What names
// a document too, KH-UBND, is joined to parts alone.
func (ts tokens) joinable(i, other int) bool {
	text, written := ts.at(i).text, ts.at(other).text
	if readAbbreviations().parts[written] != "" {
		return true
	}
	return abbreviated(written) != "" && documentCode(text) == "" && !isDocumentKind(text)
}

// documentKind reads the kind of a document before whoever issues it, where its
// number is left open, and before "số": Số: …/TB-UBND, TB số 05, CT số 12.
func (ts tokens) documentKind(i int) (reading, bool) {
	code := documentCode(ts[i].text)
	if code == "" {
		return reading{}, false
	}
	issuer := ts.at(i + 2).text
	issued := ts.stuck(i+1, "-") && readAbbreviations().parts[issuer] == "" && !ts.at(i+2).gap && (abbreviated(issuer) != "" || documentCode(issuer) != "")
	numbered := ts.is(i+1, "số") && ts.number(i+2) || ts.number(i+1) && ts.at(i+1).gap && (ts.stuck(i+2, "/") || ts.stuck(i+2, "-")) && len(ts.at(i+1).text) < 5
	return reading{n: 1, text: code}, (issued || numbered) && (!syllable(ts[i].text) || !ts.heading(i))
}

// issuer reads whoever issued a document behind the code of its kind, where it
// means something else than in a sentence: TT-BTC, KH-ĐU, QĐ-TU.
func (ts tokens) issuer(i int) (reading, bool) {
	code := documentCode(ts[i].text)
	kind := ts.at(i - 2).text
	return reading{n: 1, text: code}, code != "" && !ts[i].gap && (ts.stuck(i-1, "-") || ts.stuck(i-1, "/")) && !ts.at(i-1).gap &&
		(documentCode(kind) != "" || kind != ts[i].text && isDocumentKind(kind))
}

// isDocumentKind says whether an abbreviation that means the same everywhere
// names a kind of document.
func isDocumentKind(code string) bool {
	switch code {
	case "NQ", "QĐ", "QyĐ", "QĐi", "CTr", "KH", "ĐA", "TTr", "HĐ", "CV", "NĐ", "TTLT", "NQLT":
		return true
	}
	return false
}

// severalMeanings doubts an abbreviation that the table has the commonest meaning
// of, and that nothing around it told.
func severalMeanings(written string) Doubt {
	switch written {
	case "ĐB", "GĐ", "HĐ", "CĐ", "ĐH", "TL", "HN", "BĐ", "NV", "CB", "TK", "QK", "KK", "TTCP", "BCT", "DL", "HCN", "DN", "PV", "THA":
		return Ambiguous
	}
	return ""
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
