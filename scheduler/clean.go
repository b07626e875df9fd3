package scheduler

import (
	"regexp"
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

// FileTitle is a title made of a file's name as it came, without folders (a
// browser may send them) and without the ending that tells its kind: one line of
// at most MaxTitle characters, of those that can be seen. It is empty when
// nothing of the name is left.
func FileTitle(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if kind := regexp.MustCompile(`\.[A-Za-z0-9]{1,5}$`).FindStringIndex(name); kind != nil && kind[0] > 0 {
		name = name[:kind[0]]
	}
	seen := strings.Map(func(r rune) rune {
		if hasControl(string(r), false) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(Clean(name), ""))
	title := strings.Join(strings.Fields(seen), " ")
	if runes := []rune(title); len(runes) > MaxTitle {
		title = strings.TrimSpace(string(runes[:MaxTitle-1])) + "…"
	}
	return title
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
