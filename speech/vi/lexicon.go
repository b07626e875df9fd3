package vi

// Entry is one word or phrase that a village reads in its own way.
type Entry struct {
	Written string // as it stands in texts, "TDP"; one or several words
	Spoken  string // what a voice shall say, "tổ dân phố"; taken as it is
}

// Lexicon is entries, ready to be looked up. It does not change and may be used
// from any goroutine; nil is an empty one.
type Lexicon struct {
	byFirst map[string][]phrase // by the first token of what is written
}

// phrase is an entry in tokens.
type phrase struct {
	written tokens
	spoken  string
}

// NewLexicon makes one. Of two entries for the same words the later counts; those
// without words are left out.
func NewLexicon(entries []Entry) *Lexicon {
	l := &Lexicon{byFirst: map[string][]phrase{}}
	for _, e := range entries {
		if ts := tokenize(Clean(e.Written)); len(ts) > 0 {
			l.byFirst[ts[0].text] = append(l.byFirst[ts[0].text], phrase{ts, e.Spoken})
		}
	}
	return l
}

// read finds the longest entry that stands at token i of ts.
func (l *Lexicon) read(ts tokens, i int) (r reading, ok bool) {
	if l == nil {
		return r, false
	}
	for _, p := range l.byFirst[ts.at(i).text] {
		if len(p.written) >= r.n && p.stands(ts, i) {
			r, ok = reading{n: len(p.written), text: p.spoken}, true
		}
	}
	return r, ok
}

// stands says whether the phrase is what is written from token i on.
func (p phrase) stands(ts tokens, i int) bool {
	for n, t := range p.written {
		if at := ts.at(i + n); at.text != t.text || n > 0 && at.gap != t.gap {
			return false
		}
	}
	return true
}
