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
	text     string // with its tone mark in the one style
	low      string // the same in small letters
	from, to int    // where it lies in the clean text
	kind     kind
	gap      bool // a space stands before it, or it begins a line
	ordinary bool // a word in small letters with a mark on a vowel: no recogniser begins there
}

// tokens is a text in pieces. Asking beyond either end gives a newline, so that
// recognisers need no bounds of their own.
type tokens []token

// tokenize cuts clean text in linear time.
func tokenize(text string) tokens {
	ts := make(tokens, 0, len(text)/4+1)
	var c cutter
	gap := true
	for i := 0; i < len(text); {
		if text[i] == ' ' {
			gap = true
			i++
			continue
		}
		t := c.cut(text, i)
		t.gap = gap || t.kind == newline
		gap = t.kind == newline
		ts = append(ts, t)
		i = t.to
	}
	return ts
}

// cutter cuts single tokens. It keeps the small letters of all of them in one
// place, so that a word costs no allocation.
type cutter struct{ small strings.Builder }

// cut is the token that begins at byte i, where no space is.
func (c *cutter) cut(text string, i int) token {
	r, size := utf8.DecodeRuneInString(text[i:])
	t := token{from: i, kind: kindOf(r)}
	upper, ascii, marked := unicode.IsUpper(r), r < utf8.RuneSelf, markedVowel(r)
	end := i + size
	for t.kind != mark && end < len(text) {
		next, n := utf8.DecodeRuneInString(text[end:])
		if kindOf(next) != t.kind && (t.kind != word || next < utf8.RuneSelf || !unicode.IsMark(next)) && (t.kind != newline || next != ' ') {
			break
		}
		upper = upper || unicode.IsUpper(next)
		if next >= utf8.RuneSelf {
			ascii, marked = false, marked || markedVowel(next)
		}
		end += n
	}
	t.text, t.to = text[i:end], end
	if t.kind == word && !ascii {
		t.text = oldStyle(t.text)
	}
	t.low, t.ordinary = t.text, marked && !upper
	if upper {
		t.low = c.lower(t.text)
	}
	return t
}

// markedVowel says whether r has a tone or a hat, as no letter of an abbreviation
// has.
func markedVowel(r rune) bool {
	if r < utf8.RuneSelf {
		return false
	}
	_, ok := vowel(r)
	return ok
}

// lower is s in small letters.
func (c *cutter) lower(s string) string {
	at := c.small.Len()
	for _, r := range s {
		c.small.WriteRune(unicode.ToLower(r))
	}
	return c.small.String()[at:]
}

func kindOf(r rune) kind {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', latin(r):
		return word
	case r >= '0' && r <= '9':
		return digits
	case r == '\n':
		return newline
	case r >= utf8.RuneSelf && unicode.IsLetter(r):
		return word
	}
	return mark
}

// beyond is what stands before the first and behind the last token.
var beyond = token{text: "\n", low: "\n", kind: newline, gap: true}

// at is token i, which nobody may change.
func (ts tokens) at(i int) *token {
	if uint(i) >= uint(len(ts)) {
		return &beyond
	}
	return &ts[i]
}

// is says whether token i is the character or word s.
func (ts tokens) is(i int, s string) bool { return ts.at(i).text == s }

// stuck says whether token i is the character or word s and no space stands
// before it.
func (ts tokens) stuck(i int, s string) bool {
	t := ts.at(i)
	return !t.gap && t.text == s
}

// number says whether token i is made of digits.
func (ts tokens) number(i int) bool { return ts.at(i).kind == digits }

// stuckNumber says whether token i is made of digits and no space stands before it.
func (ts tokens) stuckNumber(i int) bool {
	t := ts.at(i)
	return t.kind == digits && !t.gap
}

// lower is token i in small letters.
func (ts tokens) lower(i int) string { return ts.at(i).low }

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
		if w == before {
			return true
		}
		// "điện thoại", "tài khoản": the words of a pair are looked at from behind.
		if n := len(w) - len(before) - 1; n > 0 && w[n] == ' ' && w[n+1:] == before && ts.lower(i-1) == w[:n] {
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
