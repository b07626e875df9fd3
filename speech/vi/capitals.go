package vi

import (
	"strings"
	"unicode"
)

// letters spells what is left in capitals, single letters, and small letters
// that nobody can say. Words in capitals that can be spoken are words.
func (ts tokens) letters(i int) (reading, bool) {
	w := ts.at(i).text
	single := len([]rune(w)) == 1
	switch {
	case !capitals(w):
		return ts.voiceless(i)
	case single && strings.ContainsAny(plain(w), "aăâeêioôơuưy"):
		return reading{}, false // a vowel is its own name
	case !single && asWord(w):
		return reading{}, false
	}
	text, ok := spell(w)
	return reading{n: 1, text: text, unknown: !single}, ok
}

// voiceless spells small letters without a vowel, pdf or đkv. One letter is left
// to the voice, which knows its name; so is what begins with a capital: a name.
func (ts tokens) voiceless(i int) (reading, bool) {
	w := ts.at(i).text
	if n := len([]rune(w)); n < 2 || n > 8 || w != strings.ToLower(w) || strings.ContainsAny(plain(w), "aăâeêioôơuưy") {
		return reading{}, false
	}
	text, ok := spell(w)
	return reading{n: 1, text: text, unknown: true}, ok
}

// initials reads letters with a point behind each: U.B.N.D is UBND, V.A. a name.
func (ts tokens) initials(i int) (reading, bool) {
	var b strings.Builder
	n := 0
	for j := i; n < 16 && ts.at(j).kind == word && len([]rune(ts.at(j).text)) == 1 && capitals(ts.at(j).text) && (n == 0 || !ts.at(j).gap); j += 2 {
		b.WriteString(ts.at(j).text)
		n++
		if !ts.stuck(j+1, ".") {
			break
		}
	}
	if n < 2 || ts.at(i+2*n-1).kind == word && !ts.at(i+2*n-1).gap {
		return reading{}, false
	}
	r := reading{n: 2*n - 1, text: abbreviated(b.String())}
	if r.text == "" {
		r.text, _ = spell(b.String())
	}
	return r, r.text != ""
}

// asWord says whether a word in capitals can be read as one: Vietnamese, in
// pieces that are, or English.
func asWord(w string) bool {
	if syllable(w) || pronounceable(w) || len(w) > 3 && english(w) {
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
