package vi

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a token is made of.
type kind uint8

const (
	word    kind = iota // letters with their marks
	digits              // ASCII digits
	newline             // one or several line ends
	mark                // any other single character
)

// token is one piece of clean text.
type token struct {
	text string
	kind kind
	gap  bool // a space stands before it, or it begins a line
}

// tokens is a text in pieces. Asking beyond either end gives a newline, so that
// recognisers need no bounds of their own.
type tokens []token

// tokenize cuts clean text in linear time.
func tokenize(text string) tokens {
	ts := make(tokens, 0, len(text)/4+1)
	gap := true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		k := kindOf(r)
		if k == mark && r == ' ' {
			gap = true
			i += size
			continue
		}
		end := i + size
		for k != mark && end < len(text) {
			next, n := utf8.DecodeRuneInString(text[end:])
			if kindOf(next) != k && (k != word || !unicode.IsMark(next)) && (k != newline || next != ' ') {
				break
			}
			end += n
		}
		ts = append(ts, token{text[i:end], k, gap || k == newline})
		gap = k == newline
		i = end
	}
	return ts
}

func kindOf(r rune) kind {
	switch {
	case r >= '0' && r <= '9':
		return digits
	case r == '\n':
		return newline
	case unicode.IsLetter(r):
		return word
	}
	return mark
}

func (ts tokens) at(i int) token {
	if i < 0 || i >= len(ts) {
		return token{"\n", newline, true}
	}
	return ts[i]
}

// is says whether token i is the character or word s.
func (ts tokens) is(i int, s string) bool { return ts.at(i).text == s }

// stuck says whether token i is the character or word s and no space stands
// before it.
func (ts tokens) stuck(i int, s string) bool { return !ts.at(i).gap && ts.is(i, s) }

// number says whether token i is made of digits.
func (ts tokens) number(i int) bool { return ts.at(i).kind == digits }

// stuckNumber says whether token i is made of digits and no space stands before it.
func (ts tokens) stuckNumber(i int) bool { return ts.number(i) && !ts.at(i).gap }

// lower is token i in small letters.
func (ts tokens) lower(i int) string { return strings.ToLower(ts.at(i).text) }

// small is the value of token i when it is a number of at most n digits.
func (ts tokens) small(i, n int) (int, bool) {
	t := ts.at(i)
	if t.kind != digits || len(t.text) > n || len(t.text) > 9 {
		return 0, false
	}
	v := 0
	for _, c := range []byte(t.text) {
		v = v*10 + int(c-'0')
	}
	return v, true
}

// after says whether one of the words, in small letters, stands before token i.
// A colon or bracket between them does not count.
func (ts tokens) after(i int, words ...string) bool {
	const most = 4 // marks; a text of nothing else must not take for ever
	for end := i - most; i > end; {
		if i--; !ts.is(i, ":") && !ts.is(i, "(") && !ts.is(i, "\"") {
			break
		}
	}
	if ts.at(i).kind != word {
		return false
	}
	before := ts.lower(i)
	for _, w := range words {
		if before == w {
			return true
		}
		// "điện thoại", "tài khoản": the words of a pair are looked at from behind.
		if first, last, pair := strings.Cut(w, " "); pair && before == last && ts.lower(i-1) == first {
			return true
		}
	}
	return false
}

// dash says whether token i is a dash, a tilde, or the obelus of forecasts
// (20÷25°C), between two numbers.
func (ts tokens) dash(i int) bool { return ts.is(i, "-") || ts.is(i, "~") || ts.is(i, "÷") }

// written is tokens i to j as they were written.
func (ts tokens) written(i, j int) string {
	var b strings.Builder
	for n := i; n < j; n++ {
		if n > i && ts[n].gap && ts[n].kind != newline {
			b.WriteByte(' ')
		}
		b.WriteString(ts[n].text)
	}
	return b.String()
}
