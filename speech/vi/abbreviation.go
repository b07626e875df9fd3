package vi

import (
	"strings"
	"unicode"
)

// longestAbbreviation is the most tokens that one has: NN&PTNT, TP.HCM, v.v.
const longestAbbreviation = 5

// abbreviation reads what the lexicon knows, the longest first.
func (ts tokens) abbreviation(i int) (reading, bool) {
	end := i + 1
	for end < i+longestAbbreviation && !ts.at(end).gap && ts.at(end).kind != newline && end < len(ts) {
		end++
	}
	for ; end > i; end-- {
		written := ts.written(i, end)
		text := abbreviated(written)
		if text == "" || !ts.fits(i, end, written) {
			continue
		}
		return reading{n: end - i, text: text}, true
	}
	return reading{}, false
}

// fits says whether an abbreviation may be read as such where it stands: whole,
// not as a word of a heading in capitals, and one with a point only before what
// it is a title of.
func (ts tokens) fits(i, end int, written string) bool {
	next := ts.at(end)
	if ts.at(end-1).kind == word && !next.gap && next.kind == digits && len([]rune(written)) < 2 {
		return false
	}
	if strings.HasSuffix(written, ".") && written != "v.v." {
		first := []rune(next.text)[0]
		return unicode.IsUpper(first) || next.kind == digits
	}
	return !syllable(written) || !ts.heading(i)
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

// letters spells what is left in capitals, and single letters. Words in capitals
// that can be spoken are words.
func (ts tokens) letters(i int) (reading, bool) {
	w := ts.at(i).text
	if !capitals(w) {
		return reading{}, false
	}
	single := len([]rune(w)) == 1
	if !single && asWord(w) {
		return reading{}, false
	}
	if single && strings.ContainsAny(plain(w), "aăâeêioôơuưy") {
		return reading{}, false // a vowel is its own name
	}
	text, ok := spell(w)
	if !ok {
		return reading{}, false
	}
	return reading{n: 1, text: text, unknown: !single}, true
}

// asWord says whether a word in capitals can be read as one.
func asWord(w string) bool {
	if syllable(w) || pronounceable(w) {
		return true
	}
	// A letter with a tone or hat, Đ and Ư apart, is in no abbreviation.
	for _, r := range w {
		if r > unicode.MaxASCII && r != 'Đ' && r != 'Ư' {
			return true
		}
	}
	return false
}
