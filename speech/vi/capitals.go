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
	case single && w == ts.lower(i):
		return ts.label(i)
	case !capitals(w):
		return ts.voiceless(i)
	case single && strings.ContainsAny(plain(w), "aăâeêioôơuưy"):
		return reading{}, false // a vowel is its own name
	case !single && (asWord(w) || len(w) == 3 && english(w) && (ts.command(i-1) || ts.command(i+1))):
		return reading{}, false
	}
	text, ok := spell(w)
	r := reading{n: 1, text: text, unknown: !single}
	if single && ts.stuck(i+1, ".") && ts.is(i+2, ",") {
		r.n++ // chị Vàng Thị M., no sentence ends here
	}
	return r, ok
}

// voiceless spells small letters without a vowel, pdf or đkv, and reads a unit that
// stands without its number: một kg. The letters of www and http are left to the
// voice, and so is what begins with a capital: a name.
func (ts tokens) voiceless(i int) (reading, bool) {
	w := ts.at(i).text
	n := len([]rune(w))
	if n < 2 || n > 8 || w != ts.lower(i) || strings.ContainsAny(plain(w), "aăâeêioôơuưy") || voiceSpells(w) {
		return reading{}, false
	}
	if name := unitName(w); name != "" {
		return reading{n: 1, text: name}, true
	}
	text, ok := spell(w)
	return reading{n: 1, text: text, unknown: true}, ok
}

// voiceSpells says whether the letters of w are left to the voice: nobody misses
// them who does not hear them.
func voiceSpells(w string) bool { return w == "www" || w == "http" || w == "https" }

// label names the small letter that a part of a paper is called by: điểm b khoản 1.
// Other single letters are left to the voice.
func (ts tokens) label(i int) (reading, bool) {
	w := ts.at(i).text
	if len([]rune(w)) != 1 || w != ts.lower(i) || strings.ContainsAny(plain(w), "aăâeêioôơuưy") ||
		!ts.after(i, "điểm", "mục", "ý", "nhóm", "phương án", "đáp án", "loại", "khối", "hạng", "tiết") {
		return reading{}, false
	}
	text, ok := spell(w)
	return reading{n: 1, text: text}, ok
}

// zone leaves the letters of a time zone behind a time to the voice: 14:30 pst.
func (ts tokens) zone(i int) (reading, bool) {
	switch ts.lower(i) {
	case "gmt", "utc", "pst", "est", "cst", "mst", "pdt", "edt", "cet", "jst", "ict":
		w := ts.at(i).text
		return reading{n: 1, text: w}, ts.after(i, "giờ", "phút", "giây") || ts.number(i-1) || ts.after(i, "h", "g")
	}
	return reading{}, false
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
	if end := i + r.n; ts.stuck(end, ".") && ts.at(end+1).gap && ts.at(end+1).kind == word && ts.at(end+1).text == ts.lower(end+1) {
		r.n++ // Nguyễn V.A. đến: no sentence ends here
	}
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
	// A letter with a tone or hat, Đ, Ư and Ơ apart, is in no abbreviation.
	for _, r := range w {
		if r > unicode.MaxASCII && r != 'Đ' && r != 'Ư' && r != 'Ơ' {
			return true
		}
	}
	return false
}
