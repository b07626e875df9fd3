package vi

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean makes text harmless before anything is read: NFC, one kind of space,
// dash, quote and digit, no control or invisible characters, no towers of marks.
// Newlines stay. Its result is clean already: Clean(Clean(x)) == Clean(x).
func Clean(text string) string {
	text, _ = clean(text)
	return text
}

// clean is Clean with the way back.
func clean(text string) (string, trail) {
	var t trail
	return settled(text, &t), t
}

// settled is text cleaned; t goes on from what led to it.
func settled(text string, t *trail) string {
	// Composing may bring forth a character that is to be replaced (U+037E is a
	// semicolon), and replacing may bring together what composes; both settle at once.
	text = scrub(text, t)
	for range 4 {
		composed := compose(text, t)
		if composed == text {
			break
		}
		text = scrub(composed, t)
	}
	return text
}

// compose brings text to NFC.
func compose(text string, t *trail) string {
	w := rewrite{src: text}
	for i := norm.NFC.QuickSpanString(text); i < len(text); {
		end := i + norm.NFC.NextBoundaryInString(text[i:], true)
		if part := norm.NFC.String(text[i:end]); part != text[i:end] {
			same := 0 // the 1 before a vowel of Korean is no part of what composes
			for same < len(part) && i+same < end && part[same] < utf8.RuneSelf && part[same] == text[i+same] {
				same++
			}
			w.replace(i+same, end, part[same:])
		}
		i = end + norm.NFC.QuickSpanString(text[end:])
	}
	return w.finish(t)
}

// tallestTower is how many marks may stand on one letter. Vietnamese writes two;
// with more than thirty, NFC itself would put invisible characters between.
const tallestTower = 8

// scrub replaces and leaves out characters, and bytes that are no UTF-8.
func scrub(text string, t *trail) string {
	w := rewrite{src: text}
	tower := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c < 0x7f || c == '\n' {
			i++
			tower = 0
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		to := cleanRune(r)
		switch {
		case to == r && unicode.IsMark(r):
			if tower++; tower > tallestTower {
				to = -1
			}
		case to >= 0:
			tower = 0
		}
		switch {
		case r == utf8.RuneError && size == 1:
			w.replace(i, i+1, " ")
		case to < 0:
			w.replace(i, i+size, "")
		case to != r:
			w.replace(i, i+size, string(to))
		}
		i += size
	}
	return w.finish(t)
}

// latin says whether r is one of the letters that Vietnamese is written with, or
// a neighbour of them: what most characters beyond ASCII are.
func latin(r rune) bool {
	return r >= 0xC0 && r < 0x250 && r != '×' && r != '÷' || r >= 0x1E00 && r < 0x1F00
}

// cleanRune is what a character becomes; negative: nothing.
func cleanRune(r rune) rune {
	switch {
	case latin(r):
		return r
	case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f':
		return '\n'
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return ' '
	case r < unicode.MaxASCII:
		return r
	case unicode.Is(unicode.Nd, r):
		return asciiDigit(r)
	case r >= '！' && r <= '～': // as wide as Chinese
		return r - '！' + '!'
	case r >= 0x1D400 && r <= 0x1D7FF: // bold, script and other letters of mathematics
		return []rune(norm.NFKC.String(string(r)))[0]
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Variation_Selector, r):
		return -1
	}
	switch r {
	case '‐', '‑', '‒', '–', '—', '―', '−':
		return '-'
	case '“', '”', '„', '«', '»', '″':
		return '"'
	case '‘', '’', '‚', '′', '´':
		return '\''
	case '、':
		return ','
	case '。':
		return '.'
	case '⁄', '∕':
		return '/'
	case 'º', '˚':
		return '°'
	}
	return r
}

// asciiDigit is a digit of any script as ASCII has it. Unicode keeps the ten of
// each together and in order.
func asciiDigit(r rune) rune {
	for _, row := range unicode.Nd.R16 {
		if r >= rune(row.Lo) && r <= rune(row.Hi) {
			return '0' + (r-rune(row.Lo))%10
		}
	}
	for _, row := range unicode.Nd.R32 {
		if r >= rune(row.Lo) && r <= rune(row.Hi) {
			return '0' + (r-rune(row.Lo))%10
		}
	}
	return r
}
