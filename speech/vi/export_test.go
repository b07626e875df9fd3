package vi

import (
	"maps"
	"strings"
)

// Abbreviations lets tests look at every entry.
func Abbreviations() map[string]string { return maps.Clone(readAbbreviations().anywhere) }

// OldStyle lets tests look at single words.
func OldStyle(w string) string { return oldStyle(w) }

// OrdinaryRead is what recognisers would read of a text where they are not asked,
// because the word looks ordinary: nothing, or asking may not be left out.
func OrdinaryRead(text string) []string {
	var read []string
	ts := tokenize(Clean(text))
	for i := range ts {
		if ts[i].kind == newline || !ts.unasked(i) {
			continue
		}
		if r, ok := ts.asked(i); ok {
			read = append(read, ts[i].text+" as "+r.text)
		}
	}
	return read
}

// AbbreviationLines is the table as it is embedded.
func AbbreviationLines() []string {
	return strings.Split(strings.TrimSuffix(abbreviationsTSV, "\n"), "\n")
}

// English lets tests look at single words.
func English(w string) bool { return english(w) }

// Syllable lets tests look at single words.
func Syllable(w string) bool { return syllable(w) }

// LookUp returns what looks every token of text up in the lexicon.
func LookUp(l *Lexicon, text string) func() {
	ts := tokenize(Clean(text))
	return func() {
		for i := range ts {
			l.read(ts, i, i == 0)
		}
	}
}
