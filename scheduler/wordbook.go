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

// Written finds the word of a language that is written so, capitals and all,
// wherever the tone marks stand: "Hoà" is "Hòa".
func (ws Words) Written(language, written string) (Word, bool) {
	key := writing(language, written)
	for _, w := range ws {
		if w.Language == language && writing(language, w.Written) == key {
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
	byWritten map[string]Word   // by writing
	byWords   map[string][]Word // by language and the words of the writing, folded
	longest   int               // words of a writing
	ids       map[string]bool
}

// Index prepares ws to be asked. Of words written the same the later counts.
func (ws Words) Index() *WordIndex {
	x := &WordIndex{byWritten: map[string]Word{}, byWords: map[string][]Word{}, ids: map[string]bool{}}
	for _, w := range ws {
		x.ids[w.ID] = true
		x.byWritten[writing(w.Language, w.Written)] = w
		words := split(w.Written)
		key := wordsKey(w.Language, words)
		x.byWords[key] = append(x.byWords[key], w)
		x.longest = max(x.longest, len(words))
	}
	return x
}

// split cuts text into folded words.
func split(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool { return strings.ContainsRune(" ,.-'’", r) })
}

func wordsKey(language string, words []string) string {
	return language + " " + strings.Join(words, " ")
}

// Check is Words.Check.
func (x *WordIndex) Check(w Word) error {
	var f faults
	if other, there := x.byWritten[writing(w.Language, w.Written)]; there && other.ID != w.ID {
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
	return slices.DeleteFunc(slices.Clone(x.byWords[wordsKey(w.Language, split(w.Written))]), func(o Word) bool {
		return o.ID == w.ID || o.Written == w.Written || fold(o.Written) != fold(w.Written)
	})
}

// Within are the words that stand in what w says. They are not read there: what a
// word says is taken as it is.
func (x *WordIndex) Within(w Word) []Word {
	var within []Word
	words := split(w.Spoken)
	for i := range words {
		for n := 1; n <= min(x.longest, len(words)-i); n++ {
			for _, o := range x.byWords[wordsKey(w.Language, words[i:i+n])] {
				if o.ID != w.ID && !slices.ContainsFunc(within, func(k Word) bool { return k.ID == o.ID }) {
					within = append(within, o)
				}
			}
		}
	}
	return within
}

// Silences says whether o has no effect beside w: what it writes is what w says,
// and that is never read otherwise.
func (w Word) Silences(o Word) bool {
	return w.ID != o.ID && w.Language == o.Language && writing("", fold(w.Spoken)) == writing("", fold(o.Written))
}

// circle is the way from w through what words say back to w; nil when there is
// none.
func (x *WordIndex) circle(w Word) []string {
	home := wordsKey(w.Language, split(w.Written))
	type step struct {
		word Word
		way  []string
	}
	seen := map[string]bool{w.ID: true} // as it was before
	for open := []step{{w, []string{w.Written}}}; len(open) > 0; open = open[1:] {
		s := open[0]
		for _, next := range x.Within(s.word) {
			if seen[next.ID] || wordsKey(next.Language, split(next.Written)) == home {
				continue
			}
			seen[next.ID] = true
			way := append(slices.Clone(s.way), next.Written)
			if contains(fold(next.Spoken), fold(w.Written)) {
				return append(way, w.Written)
			}
			open = append(open, step{next, way})
		}
	}
	return nil
}

// circles finds circles that these words are in, with the way round by ID. When a
// circle shares its words with another, one of both may be found only once the
// words of the first are gone.
func (x *WordIndex) circles(words []Word) map[string][]string {
	walk := circleWalk{index: x, mine: map[string]bool{}, state: map[string]walked{}, found: map[string][]string{}}
	for _, w := range words {
		walk.mine[w.ID] = true
	}
	for _, w := range words {
		if walk.state[w.ID] == unseen {
			walk.from(w)
		}
	}
	return walk.found
}

// walked is how far a walk has looked at a word.
type walked int

const (
	unseen walked = iota
	onWay
	looked
)

// circleWalk goes through a dictionary once, depth first.
type circleWalk struct {
	index *WordIndex
	mine  map[string]bool // the words that may be blamed, by ID
	state map[string]walked
	way   []Word
	found map[string][]string
}

func (c *circleWalk) from(w Word) {
	c.state[w.ID] = onWay
	c.way = append(c.way, w)
	for _, next := range c.index.Within(w) {
		switch c.state[next.ID] {
		case unseen:
			c.from(next)
		case onWay:
			c.blame(next)
		}
	}
	c.way = c.way[:len(c.way)-1]
	c.state[w.ID] = looked
}

// blame names the last of the words in question on the way round from first.
func (c *circleWalk) blame(first Word) {
	from := slices.IndexFunc(c.way, func(o Word) bool { return o.ID == first.ID })
	round := c.way[from:]
	for i, w := range slices.Backward(round) {
		if !c.mine[w.ID] {
			continue
		}
		var names []string
		for j := range len(round) + 1 {
			names = append(names, round[(i+j)%len(round)].Written)
		}
		c.found[w.ID] = names
		return
	}
}
