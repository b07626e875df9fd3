package vi

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean makes text harmless before anything is read: NFC, one kind of space,
// dash, quote and digit, no control or invisible characters.
// Newlines stay. Its result is clean already: Clean(Clean(x)) == Clean(x).
func Clean(text string) string {
	// A first NFC brings what is written apart together; mapping may bring new
	// neighbours together, which the last one settles.
	text = norm.NFC.String(strings.ToValidUTF8(text, " "))
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		if s := cleanRune(r); s >= 0 {
			b.WriteRune(s)
		}
	}
	return norm.NFC.String(b.String())
}

// cleanRune is what a character becomes; negative: nothing.
func cleanRune(r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f':
		return '\n'
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return ' '
	case r < unicode.MaxASCII:
		return r
	case r >= '０' && r <= '９':
		return '0' + r - '０'
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Variation_Selector, r):
		return -1
	}
	switch r {
	case '‐', '‑', '‒', '–', '—', '―', '−', '－':
		return '-'
	case '“', '”', '„', '«', '»', '″':
		return '"'
	case '‘', '’', '‚', '′', '`', '´':
		return '\''
	case '、', '，':
		return ','
	case '。', '．':
		return '.'
	case '：':
		return ':'
	case '；':
		return ';'
	case '！':
		return '!'
	case '？':
		return '?'
	case '％':
		return '%'
	case '⁄', '∕', '／':
		return '/'
	case 'º', '˚':
		return '°'
	}
	return r
}
