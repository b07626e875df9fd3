package vi

import "strings"

// Replace is clean text with the lexicon's words in it read, and nothing else: for
// languages that have entries but no rules. Replacing again changes nothing. It runs
// in linear time; l may be nil.
func (l *Lexicon) Replace(text string) string {
	if l == nil {
		return text
	}
	ts := tokenize(text)
	var b strings.Builder
	at, begins := 0, true
	for i := 0; i < len(ts); {
		n, r, ok := l.read(ts, i, begins)
		n = max(n, 1)
		if ok {
			spoken := r.text
			if begins && capitalised(ts[i].text) == ts[i].text {
				spoken = capitalised(spoken)
			}
			b.WriteString(text[at:ts[i].from])
			b.WriteString(spoken)
			at = ts[i+n-1].to
		}
		last := &ts[i+n-1]
		begins = last.kind == newline || last.text == "." || last.text == "!" || last.text == "?"
		i += n
	}
	b.WriteString(text[at:])
	return b.String()
}
