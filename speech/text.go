package speech

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// stripPhonemes drops "[[" and "]]", also those that dropping would make.
func stripPhonemes(text string) string {
	if !strings.Contains(text, "[[") && !strings.Contains(text, "]]") {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if n := len(out); n > 0 && (c == '[' || c == ']') && out[n-1] == c {
			out = out[:n-1]
			continue
		}
		out = append(out, c)
	}
	return string(out)
}

// speakable says whether text holds a letter or a digit.
func speakable(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// oneLine is text as an engine outside takes it: valid, on one line, for a program
// that reads line by line would make a sound of each. The end of a line becomes the
// end of a sentence, and thus a pause. Phonemes and controls are dropped.
func oneLine(text string) string {
	text = stripPhonemes(strings.ToValidUTF8(text, " "))
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.Join(strings.FieldsFunc(line, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
		if line == "" {
			continue
		}
		if b.Len() > 0 {
			if !strings.ContainsRune(".?!:;,…", lastRune(b.String())) {
				b.WriteByte('.')
			}
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}
