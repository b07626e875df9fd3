package scheduler

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean brings typed or pasted text into one form: Unicode NFC, so that
// Vietnamese letters are single characters whatever keyboard wrote them, and
// "\n" as the only line break. Byte order marks go. It changes no word, takes
// out no control character (Validate refuses those) and trims nothing.
func Clean(text string) string {
	breaks := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n", "\ufeff", "")
	return norm.NFC.String(breaks.Replace(text))
}

// hasControl reports characters that nobody types on purpose: control
// characters other than line breaks and tabs, overrides of the writing
// direction, which make a text read otherwise than it sounds, and bytes that
// are no UTF-8. lines allows line breaks and tabs.
func hasControl(s string, lines bool) bool {
	if !utf8.ValidString(s) {
		return true
	}
	return strings.ContainsFunc(s, func(r rune) bool {
		if r == '\n' || r == '\t' {
			return !lines
		}
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Noncharacter_Code_Point, r) || r == '\u2028' || r == '\u2029'
	})
}

// hasWords reports whether there is anything to read aloud.
func hasWords(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}
