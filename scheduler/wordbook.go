package scheduler

import (
	"slices"
	"strconv"
	"strings"
)

// Words are the living words of one village, in any order.
type Words []Word

// Of are the words of one language.
func (ws Words) Of(language string) Words {
	var of Words
	for _, w := range ws {
		if w.Language == language {
			of = append(of, w)
		}
	}
	return of
}

// Written finds the word of a language that is written so, capitals and all.
func (ws Words) Written(language, written string) (Word, bool) {
	for _, w := range ws {
		if w.Language == language && w.Written == written {
			return w, true
		}
	}
	return Word{}, false
}

// With is ws after changes: a word of a known ID takes the place of the old one,
// one with a tombstone goes, another is added.
func (ws Words) With(changes ...Word) Words {
	at := make(map[string]int, len(ws))
	with := slices.Clone(ws)
	for i, w := range with {
		at[w.ID] = i
	}
	for _, c := range changes {
		i, known := at[c.ID]
		switch {
		case known:
			with[i] = c
		case c.Deleted.IsZero():
			at[c.ID] = len(with)
			with = append(with, c)
		}
	}
	return slices.DeleteFunc(with, func(w Word) bool { return !w.Deleted.IsZero() })
}

// Check is what is wrong with w among the others of ws, w itself as it was before
// not counted: it is there already, the dictionary is full, or words lead to each
// other in a circle. The error is an Invalid, or nil.
func (ws Words) Check(w Word) error {
	return ws.Index().Check(w)
}

// WordIndex answers for many words how they go with those of a dictionary.
type WordIndex struct {
	byWritten map[string]Word // by language and written
	byFold    map[string][]Word
	byFirst   map[string][]Word // by language and the first word, folded
	ids       map[string]bool
}

// Index prepares ws to be asked. Later words of the same writing win.
func (ws Words) Index() *WordIndex {
	x := &WordIndex{byWritten: map[string]Word{}, byFold: map[string][]Word{}, byFirst: map[string][]Word{}, ids: map[string]bool{}}
	for _, w := range ws {
		x.Add(w)
	}
	return x
}

// Add takes in a word.
func (x *WordIndex) Add(w Word) {
	x.ids[w.ID] = true
	x.byWritten[w.Language+" "+w.Written] = w
	folded := w.Language + " " + fold(w.Written)
	x.byFold[folded] = append(x.byFold[folded], w)
	first := w.Language + " " + firstWord(w.Written)
	x.byFirst[first] = append(x.byFirst[first], w)
}

func firstWord(text string) string {
	words := split(text)
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// split cuts text into folded words.
func split(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool { return strings.ContainsRune(" ,.-'’", r) })
}

// Check is Words.Check.
func (x *WordIndex) Check(w Word) error {
	var f faults
	if other, there := x.byWritten[w.Language+" "+w.Written]; there && other.ID != w.ID {
		f.add("written", FaultTwice, other.Spoken)
	}
	if !x.ids[w.ID] && len(x.ids) >= MaxWords {
		f.add("written", FaultMany, strconv.Itoa(MaxWords))
	}
	if way := x.circle(w); len(way) > 0 {
		f.add("spoken", FaultCycle, strings.Join(way, " → "))
	}
	return f.err()
}

// Cased are the words that are written like w but for capitals.
func (x *WordIndex) Cased(w Word) []Word {
	return slices.DeleteFunc(slices.Clone(x.byFold[w.Language+" "+fold(w.Written)]), func(o Word) bool { return o.ID == w.ID || o.Written == w.Written })
}

// Within are the words that stand in what w says. They are not read there: what a
// word says is taken as it is.
func (x *WordIndex) Within(w Word) []Word {
	var within []Word
	spoken := fold(w.Spoken)
	for _, first := range split(w.Spoken) {
		for _, o := range x.byFirst[w.Language+" "+first] {
			if o.ID != w.ID && contains(spoken, fold(o.Written)) && !slices.ContainsFunc(within, func(k Word) bool { return k.ID == o.ID }) {
				within = append(within, o)
			}
		}
	}
	return within
}

// circle is the way from w through what words say back to w; nil when there is none.
func (x *WordIndex) circle(w Word) []string {
	type step struct {
		word Word
		way  []string
	}
	seen := map[string]bool{}
	for open := []step{{w, []string{w.Written}}}; len(open) > 0; {
		s := open[0]
		open = open[1:]
		for _, next := range x.Within(s.word) {
			if next.Written == w.Written || next.ID == w.ID {
				continue // the word as it was before
			}
			if contains(fold(next.Spoken), fold(w.Written)) {
				return append(slices.Clone(s.way), next.Written, w.Written)
			}
			if !seen[next.ID] {
				seen[next.ID] = true
				open = append(open, step{next, append(slices.Clone(s.way), next.Written)})
			}
		}
	}
	return nil
}
